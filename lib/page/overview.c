/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page/overview.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/sort.h"
#include "base/utc.h"
#include "cli/doctor.h"
#include "os/file.h"
#include "output/check_rows.h"
#include "output/human.h"
#include "output/listing.h"
#include "output/summary_rows.h"
#include "output/total_rows.h"
#include "page/cells.h"
#include "page/document.h"
#include "page/html.h"
#include "page/small.h"
#include "page/trends.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

enum {
	ROWS_MOST = 2000, /* maximum for the table of connections */
	LONG = 30,
	/* maximum of small plots for connections without a section */
	SMALL_MOST = 200
};

void overview_init(struct overview *page, const char *title, size_t limit,
		   size_t captures)
{
	*page = (struct overview){ .title = title,
				   .limit = limit,
				   .captures = captures,
				   .totals = TOTALS_INIT,
				   .tally = TALLY_INIT,
				   .latest = TALLY_INIT };
	strbuf_init(&page->heads);
	strbuf_init(&page->rows);
	strbuf_init(&page->sections);
	strbuf_init(&page->small);
}

void overview_release(struct overview *page)
{
	for (size_t i = 0; i < page->n; i++) {
		free(page->list[i].path);
		free(page->list[i].causes);
		totals_release(&page->list[i].totals);
	}
	free(page->list);
	free(page->largest);
	strbuf_release(&page->heads);
	strbuf_release(&page->rows);
	strbuf_release(&page->sections);
	strbuf_release(&page->small);
	totals_release(&page->totals);
	tally_release(&page->tally);
	tally_release(&page->latest);
}

/* ---------------------------------------------------------------- captures */

static void put_fact(struct strbuf *out, const char *what, const char *value)
{
	strbuf_puts(out, "<dt>");
	html_text(out, what);
	strbuf_puts(out, "</dt><dd>");
	html_text(out, value);
	strbuf_puts(out, "</dd>\n");
}

static void put_facts(struct strbuf *out, const struct capture_info *info)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(out, "<dl class=\"facts\">\n");
	put_fact(out, "file", info->path);
	strbuf_printf(&text, "%" PRIu64 ", %" PRIu64 " of them TCP",
		      info->packets, info->tcp_packets);
	put_fact(out, "packets", text.text);
	if (info->has_time) {
		strbuf_clear(&text);
		strbuf_printf(&text, "%s UTC", utc_text(info->first_time).text);
		put_fact(out, "begins", text.text);
		strbuf_clear(&text);
		human_duration(&text, info->last_time - info->first_time);
		put_fact(out, "lasts", text.text);
	}
	strbuf_clear(&text);
	for (size_t i = 0; i < info->interfaces.n; i++)
		strbuf_printf(&text, "%s%s", i ? ", " : "",
			      info->interfaces.items[i]);
	if (text.len)
		put_fact(out, "interfaces", text.text);
	strbuf_puts(out, "</dl>\n");
	strbuf_release(&text);
}

static void put_check(struct strbuf *out, const struct check *check)
{
	static const char *const classes[] = { [DOCTOR_OK] = "ok",
					       [DOCTOR_WARN] = "warn",
					       [DOCTOR_FAIL] = "fail" };

	strbuf_printf(out, "<li class=\"%s\"><strong>", classes[check->result]);
	html_text(out, check->name);
	strbuf_puts(out, "</strong>: ");
	html_text(out, check->text);
	if (check->advice) {
		strbuf_puts(out, "; ");
		html_text(out, check->advice);
	}
	strbuf_puts(out, "</li>\n");
}

/* Can it be trusted?  The results of mptcp-doctor. */
static void put_trust(struct strbuf *out, const struct trace *trace)
{
	struct doctor doctor = DOCTOR_INIT;
	size_t good = 0;

	doctor_capture(&doctor, trace);
	for (size_t i = 0; i < doctor.n; i++)
		good += doctor.checks[i].result == DOCTOR_OK;
	strbuf_puts(out, "<ul class=\"said\">\n");
	for (size_t i = 0; i < doctor.n; i++)
		if (doctor.checks[i].result != DOCTOR_OK)
			put_check(out, &doctor.checks[i]);
	strbuf_puts(out, "</ul>\n");
	strbuf_printf(out,
		      "<details><summary>%zu of %zu checks of this capture "
		      "found nothing wrong</summary>\n<ul class=\"said\">\n",
		      good, doctor.n);
	for (size_t i = 0; i < doctor.n; i++)
		if (doctor.checks[i].result == DOCTOR_OK)
			put_check(out, &doctor.checks[i]);
	strbuf_puts(out, "</ul></details>\n");
	doctor_release(&doctor);
}

static void put_capture(struct overview *page, const struct trace *trace)
{
	struct strbuf *out = &page->heads;
	struct strbuf name = STRBUF_INIT;

	strbuf_puts(&name, "Capture");
	if (page->captures > 1)
		strbuf_printf(&name, " %zu: %s", page->n - 1,
			      file_base_name(trace->info.path));
	strbuf_printf(out, "<section id=\"capture-%zu\">\n", page->n - 1);
	html_element(out, "h2", name.text);
	put_facts(out, &trace->info);
	put_trust(out, trace);
	strbuf_puts(out, "</section>\n");
	strbuf_release(&name);
}

/* -------------------------------------------------------- which are largest */

struct size_of {
	uint64_t bytes;
	uint32_t id;
};

static int by_size(const void *x, const void *y)
{
	const struct size_of *a = x, *b = y;

	return COMPARE(b->bytes, a->bytes) ?: COMPARE(a->id, b->id);
}

static uint64_t sent_by(const struct trace *t, const struct connection *c)
{
	uint64_t bytes = 0;

	for (size_t k = 0; k < c->n_subflows; k++) {
		const struct stream *s = &t->streams[c->subflows[k]];

		bytes += s->side[0].sent + s->side[1].sent;
	}
	return bytes;
}

static void find_largest(struct overview *page, const struct trace *t,
			 const bool *wants)
{
	struct size_of *sizes =
		mem_calloc(t->n_connections + 1, sizeof(*sizes));
	size_t n = 0;

	for (size_t i = 0; i < t->n_connections; i++)
		if (!wants || wants[i])
			sizes[n++] =
				(struct size_of){ sent_by(t,
							  &t->connections[i]),
						  t->connections[i].id };
	SORT(sizes, n, by_size);
	page->n_largest = n < page->limit ? n : page->limit;
	free(page->largest);
	page->largest = mem_calloc(page->n_largest + 1, sizeof(uint32_t));
	for (size_t i = 0; i < page->n_largest; i++)
		page->largest[i] = sizes[i].id;
	free(sizes);
}

static bool is_large(const struct overview *page, uint32_t id)
{
	for (size_t i = 0; i < page->n_largest; i++)
		if (page->largest[i] == id)
			return true;
	return false;
}

void overview_begin(struct overview *page, const struct trace *trace,
		    const bool *wants)
{
	*MEM_PUSH(page->list, page->n, page->cap) = (struct overview_capture){
		.path = mem_strdup(trace->info.path),
		.has_time = trace->info.has_time,
		.first = trace->info.first_time,
		.totals = TOTALS_INIT,
	};
	put_capture(page, trace);
	find_largest(page, trace, wants);
}

/* ------------------------------------------------------------- connections */

static const struct cells_column connection_columns[] = {
	{ "Connection", NULL, NULL },
	{ "State", &listing_connection, "state" },
	{ "Client", &listing_connection, "client" },
	{ "Server", &listing_connection, "server" },
	{ "Subflows", &listing_connection, "subflows" },
	{ "Time", &listing_connection, "duration_s" },
	{ "To server", &listing_connection, "bytes_to_server" },
	{ "To client", &listing_connection, "bytes_to_client" },
	{ "Goodput", &summary_direction, "goodput_bps" },
	{ "Overhead", &summary_direction, "overhead" },
	{ "Limited by", &summary_direction, "limit" },
};

/* "3", or of several captures "0/3". */
static char *name_of(const struct overview *page, size_t capture, uint32_t id)
{
	return page->captures > 1 ? mem_printf("%zu/%" PRIu32, capture, id)
				  : mem_printf("%" PRIu32, id);
}

static void put_row(struct overview *page, const struct page_connection *c,
		    bool has_section)
{
	struct summary_row row = {
		.listing = { c->trace, c->capture, c->conn, NULL },
		.summary = c->summary,
		.direction =
			&c->summary
				 ->direction[page_connection_main(c->summary)],
	};

	cells_begin_row(&page->rows);
	if (has_section)
		cells_put_link(&page->rows, c->name, c->place);
	else
		cells_put_text(&page->rows, c->name);
	for (size_t i = 1; i < N(connection_columns); i++)
		cells_put(&page->rows, &connection_columns[i], &row);
	cells_end_row(&page->rows);
}

static void count(struct overview_capture *capture,
		  const struct page_connection *c)
{
	capture->connections++;
	capture->subflows += c->conn->n_subflows;
	capture->fallbacks += c->conn->state == CONN_FALLBACK;
	for (int i = 0; i < 2; i++) {
		const struct direction_summary *d = &c->summary->direction[i];
		uint64_t all = 0, most = 0;

		for (size_t k = 0; k < d->n_subflows; k++) {
			const uint64_t unique =
				d->subflows[k].counts->of[BYTES_UNIQUE];

			all += unique;
			most = unique > most ? unique : most;
		}
		capture->bytes += all;
		capture->rest += all - most;
	}
}

int overview_add(struct overview *page, struct page_connection *c,
		 struct error *err)
{
	struct overview_capture *capture = &page->list[page->n - 1];
	const bool has_section = is_large(page, c->conn->id);
	char *place = mem_printf("c%zu-%" PRIu32, page->n - 1, c->conn->id);
	char *name = name_of(page, page->n - 1, c->conn->id);
	int rc = 0;

	c->place = place;
	c->name = name;
	count(capture, c);
	totals_add(&capture->totals, c->summary);
	totals_add(&page->totals, c->summary);
	tally_add(&page->tally, c->check, page->n - 1);
	tally_add(&page->latest, c->check, page->n - 1);
	if (page->connections++ < ROWS_MOST)
		put_row(page, c, has_section);
	if (has_section) {
		rc = page_connection_put(&page->sections, c, err);
		page->n_sections++;
	} else if (page->n_small < SMALL_MOST) {
		rc = small_put(&page->small, c, err);
		page->n_small++;
	}
	free(place);
	free(name);
	return rc;
}

void overview_end(struct overview *page)
{
	struct overview_capture *capture = &page->list[page->n - 1];
	const struct tally_list *verdicts = &page->latest.verdicts;

	tally_sort(&page->latest);
	for (size_t i = 0; i < verdicts->n; i++) {
		const struct tally_item *item = &verdicts->items[i];

		if (item->kind.question != QUESTION_CLOSE)
			*MEM_PUSH(capture->causes, capture->n_causes,
				  capture->cap_causes) =
				(struct cause_count){ item->kind.cause,
						      item->connections };
	}
	tally_release(&page->latest);
	page->latest = (struct tallies)TALLY_INIT;
}

/* ------------------------------------------------------------ all together */

static void put_table(struct strbuf *out, const struct overview *page)
{
	struct strbuf caption = STRBUF_INIT;

	if (!page->connections) {
		strbuf_puts(out, "<p>There is no Multipath TCP connection in "
				 "it.</p>\n");
		return;
	}
	strbuf_printf(&caption, "%zu connection%s", page->connections,
		      plural(page->connections));
	if (page->connections > ROWS_MOST)
		strbuf_printf(&caption, ", of which the first %d are shown",
			      ROWS_MOST);
	strbuf_puts(&caption, "; goodput, overhead and limit are those of the "
			      "direction with more data");
	cells_begin(out, caption.text, connection_columns,
		    N(connection_columns), page->connections > LONG);
	strbuf_append(out, page->rows.text, page->rows.len);
	cells_end(out);
	strbuf_release(&caption);
}

static const struct cells_column total_columns[] = {
	{ "Number", &summary_totals, "quantity" },
	{ "Towards", &summary_totals, "towards" },
	{ "Connections", &summary_totals, "n" },
	{ "Median", &summary_totals, "p50" },
	{ "95th percentile", &summary_totals, "p95" },
	{ "Largest", &summary_totals, "max" },
};

static void put_totals(struct strbuf *out, struct overview *page)
{
	static const enum total_quantity wanted[] = {
		TOTAL_SUBFLOWS, TOTAL_DURATION, TOTAL_UNIQUE, TOTAL_GOODPUT,
		TOTAL_OVERHEAD
	};

	cells_begin(out, "How numbers are distributed over the connections",
		    total_columns, N(total_columns), false);
	for (size_t i = 0; i < N(wanted); i++)
		for (int d = 0; d < (total_has_direction(wanted[i]) ? 2 : 1);
		     d++) {
			struct total_row row = { .quantity = wanted[i],
						 .towards = (enum direction)d,
						 .totals = &page->totals };

			totals_describe(&page->totals, wanted[i],
					(enum direction)d, &row.of);
			if (!row.of.n)
				continue;
			cells_begin_row(out);
			for (size_t k = 0; k < N(total_columns); k++)
				cells_put(out, &total_columns[k], &row);
			cells_end_row(out);
		}
	cells_end(out);
}

static void put_tally_list(struct strbuf *out, const struct overview *page,
			   const struct tally_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct tally_item *item = &list->items[i];
		const struct tally_kind *kind = &item->kind;
		char *name = name_of(page, item->example.capture,
				     item->example.connection);

		if (kind->is_rule)
			strbuf_printf(out, "<li class=\"%s\"><strong>%s %s",
				      severity_name(kind->severity),
				      severity_name(kind->severity),
				      rule_get(kind->rule)->name);
		else
			strbuf_printf(out, "<li><strong>%s, %s",
				      check_title(kind->question), kind->cause);
		strbuf_printf(
			out,
			"</strong>: %" PRIu64 " connection%s; for example %s: ",
			item->connections, plural(item->connections), name);
		html_text(out, item->example.text);
		strbuf_puts(out, "</li>\n");
		free(name);
	}
}

static void put_tally(struct strbuf *out, struct overview *page)
{
	tally_sort(&page->tally);
	strbuf_puts(out, "<h3>What happened how often</h3>\n"
			 "<ul class=\"said\">\n");
	put_tally_list(out, page, &page->tally.rules);
	put_tally_list(out, page, &page->tally.verdicts);
	strbuf_puts(out, "</ul>\n");
}

static void put_together(struct strbuf *out, struct overview *page)
{
	if (page->connections <= 1)
		return;
	strbuf_puts(out, "<section id=\"together\">\n"
			 "<h2>All connections together</h2>\n");
	put_totals(out, page);
	put_tally(out, page);
	if (page->n_small) {
		strbuf_printf(
			out,
			"<h3>The other connections</h3>\n<p>%zu of %zu: the "
			"rate of each subflow over time; every picture has its "
			"own axes.</p>\n<div class=\"small\">\n",
			page->n_small, page->connections - page->n_sections);
		strbuf_append(out, page->small.text, page->small.len);
		strbuf_puts(out, "</div>\n");
	}
	strbuf_puts(out, "</section>\n");
}

/* Length of the directory that all paths have in common. */
static size_t common_directory(const struct overview *page)
{
	const char *first = page->list[0].path;
	size_t n = strlen(first);

	for (size_t i = 1; i < page->n; i++) {
		size_t k = 0;

		while (k < n && page->list[i].path[k] == first[k])
			k++;
		n = k;
	}
	while (n && first[n - 1] != '/')
		n--;
	return n;
}

/* The index of captures. */
static void put_index(struct strbuf *out, const struct overview *page)
{
	const size_t common = common_directory(page);
	static const char *const heads[] = {
		"Capture",	    "Begins",	 "Connections",
		"Subflows",	    "Data",	 "Not on the largest subflow",
		"Goodput (median)", "Fell back", "What happened"
	};

	strbuf_puts(out, "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
			 "aria-label=\"The captures\"><table>\n<caption>The "
			 "captures; goodput is that of the direction with more "
			 "of it</caption>\n<thead><tr>");
	for (size_t i = 0; i < N(heads); i++)
		strbuf_printf(out, "<th scope=\"col\">%s</th>", heads[i]);
	strbuf_puts(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < page->n; i++)
		trends_put_row(out, &page->list[i], i, common);
	strbuf_puts(out, "</tbody></table></div>\n");
}

void overview_put(struct overview *page, const char *tool, struct strbuf *out)
{
	const char *title = page->title	  ? page->title
			    : page->n > 1 ? "Multipath TCP captures"
					  : file_base_name(page->list[0].path);
	struct strbuf body = STRBUF_INIT;

	strbuf_puts(&body, "<main>\n");
	html_element(&body, "h1", title);
	if (page->n > 1) {
		put_index(&body, page);
		trends_put(&body, page->list, page->n);
	} else {
		strbuf_append(&body, page->heads.text, page->heads.len);
	}
	strbuf_puts(&body, "<section id=\"connections\">\n"
			   "<h2>Connections</h2>\n");
	put_table(&body, page);
	strbuf_puts(&body, "</section>\n");
	put_together(&body, page);
	if (page->n > 1)
		strbuf_append(&body, page->heads.text, page->heads.len);
	if (page->n_sections) {
		strbuf_puts(&body,
			    page->n_sections < page->connections
				    ? "<h2>The largest connections</h2>\n"
				    : "<h2>In detail</h2>\n");
		strbuf_append(&body, page->sections.text, page->sections.len);
	}
	strbuf_puts(&body, "</main>\n");
	document_put(out, title, tool, &body);
	strbuf_release(&body);
}
