/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page/connection.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "output/check_rows.h"
#include "output/event_rows.h"
#include "output/listing.h"
#include "output/summary_rows.h"
#include "output/summary_sentences.h"
#include "page/cells.h"
#include "page/figure.h"
#include "page/html.h"
#include "plot/ends.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

enum {
	EVENTS_MOST = 300, /* maximum number of rows */
	LONG = 40
};

/* "10.0.1.1:42970 to 10.0.1.2:5001" */
static void put_name(struct strbuf *out, const struct connection *conn)
{
	address_append_endpoint(out, &conn->side[0].end.address,
				conn->side[0].end.port);
	strbuf_puts(out, " to ");
	address_append_endpoint(out, &conn->side[1].end.address,
				conn->side[1].end.port);
}

enum direction page_connection_main(const struct summary *summary)
{
	const struct direction_summary *d = summary->direction;

	return d[TO_CLIENT].counts->sent > d[TO_SERVER].counts->sent
		       ? TO_CLIENT
		       : TO_SERVER;
}

/* Append the sentences from the i-th on as paragraphs; releases them. */
static void put_paragraphs(struct strbuf *out, struct strlist *said, size_t i)
{
	for (; i < said->n; i++)
		html_element(out, "p", said->items[i]);
	strlist_release(said);
}

static void put_head(struct strbuf *out, const struct page_connection *c,
		     const struct summary_row *row)
{
	struct strlist said = { .n = 0 };
	struct strbuf name = STRBUF_INIT;

	strbuf_printf(&name, "Connection %s: ", c->name);
	put_name(&name, c->conn);
	strbuf_printf(out, "<section id=\"%s\">\n", c->place);
	html_element(out, "h3", name.text);
	connection_sentences(row, false, &said);
	put_paragraphs(out, &said, 1);
	strbuf_release(&name);
}

/* ------------------------------------------------------------- what happened
 */

static void put_verdict(struct strbuf *out, const struct trace *t,
			const struct verdict *v)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, v->text);
	check_put_frames(&text, t, v->frames, v->n_frames, v->n_frames);
	strbuf_puts(out, "<li><strong>");
	html_text(out, check_title(v->question));
	strbuf_puts(out, "</strong>: ");
	html_text(out, text.text);
	strbuf_printf(out, " <span class=\"surety\">[%s]</span></li>\n",
		      certainty_name(v->certainty));
	strbuf_release(&text);
}

static void put_verdicts(struct strbuf *out, const struct page_connection *c)
{
	const struct verdicts *list = &c->check->verdicts;

	if (!list->n)
		return;
	strbuf_puts(out, "<h4>What happened</h4>\n<ul class=\"said\">\n");
	for (size_t i = 0; i < list->n; i++)
		put_verdict(out, c->trace, &list->items[i]);
	strbuf_puts(out, "</ul>\n");
}

/* ------------------------------------------------------ where the bytes went
 */

static const struct cells_column flows[] = {
	{ "TCP", &summary_subflow, "tcp_stream" },
	{ "Subflow", NULL, NULL },
	{ "Sent", &summary_subflow, "sent_bytes" },
	{ "Share", &summary_subflow, "share" },
	{ "Unique", &summary_subflow, "unique_bytes" },
	{ "Retransmitted", &summary_subflow, "tcp_retransmitted_bytes" },
	{ "Reinjected", &summary_subflow, "reinjected_bytes" },
	{ "RTT (median)", &summary_subflow, "rtt_p50_ms" },
	{ "Delivery rate", &summary_subflow, "delivery_rate_bps" },
	{ "End", &summary_subflow, "end" },
	/* only with captures of both ends: */
	{ "One-way delay (median)", &summary_subflow, "owd_p50_ms" },
	{ "Lost packets", &summary_subflow, "lost_packets" },
};

enum {
	FLOWS_ALONE = 10 /* columns with one capture */
};

static void put_flow_name(struct strbuf *out, const struct summary_row *row)
{
	const struct stream *s = row->listing.stream;
	const bool swapped =
		s->flipped ^ (row->direction->direction == TO_CLIENT);
	const struct endpoint *ends[2] = { &s->client, &s->server };
	struct strbuf name = STRBUF_INIT;

	address_append(&name, &ends[swapped]->address);
	strbuf_puts(&name, " > ");
	address_append(&name, &ends[!swapped]->address);
	cells_put_text(out, name.text);
	strbuf_release(&name);
}

/* Rows of the table of subflows in a direction. */
struct flow_table {
	struct strbuf *out;
	struct harm harm; /* to their packets */
};

static void put_flow(void *ctx, const struct summary_row *row)
{
	struct flow_table *t = ctx;
	const size_t n = row->pairing ? N(flows) : FLOWS_ALONE;

	cells_begin_row(t->out);
	for (size_t i = 0; i < n; i++)
		if (flows[i].name)
			cells_put(t->out, &flows[i], row);
		else
			put_flow_name(t->out, row);
	cells_end_row(t->out);
	harm_add(&t->harm, row);
}

static void put_bytes(struct strbuf *out, const struct page_connection *c,
		      struct summary_row *row)
{
	strbuf_puts(out, "<h4>Where the bytes went</h4>\n");
	for (int i = 0; i < 2; i++) {
		struct strlist said = { .n = 0 };
		struct flow_table t = { .out = out };

		row->direction = &c->summary->direction[i];
		direction_sentences(row, &said);
		put_paragraphs(out, &said, 0);
		if (!row->direction->counts->sent)
			continue;
		cells_begin(out, "Subflows", flows,
			    c->pairing ? N(flows) : FLOWS_ALONE, false);
		summary_rows_flows(row, c->arrivals, put_flow, &t);
		cells_end(out);
		bytes_sentences(row, &t.harm, &said);
		put_paragraphs(out, &said, 0);
	}
}

/* ---------------------------------------------------------------- pictures */

static int put_pictures(struct strbuf *out, const struct page_connection *c,
			struct error *err)
{
	/* The limits are drawn below the rate. */
	const enum direction direction = page_connection_main(c->summary);
	const bool knows = c->summary->direction[direction].limits.known;
	const char *const kinds[] = { "dsn", knows ? "limits" : "rate",
				      "flight", "rtt", "owd" };
	struct plot plot = { .trace = c->trace,
			     .second = c->second,
			     .conn = c->conn,
			     .pairing = c->pairing,
			     .stacked = true,
			     .direction = direction };
	int rc = 0;

	strbuf_puts(out, "<h4>Pictures</h4>\n");
	for (size_t i = 0; rc == 0 && i < N(kinds); i++) {
		char *ids = mem_printf("%s-%s-", c->place, kinds[i]);
		struct plot one = plot;

		if (c->pairing && !(plot_find(kinds[i])->needs & PLOT_GAINS))
			one.pairing = NULL;
		if (one.pairing || strcmp(kinds[i], "owd") != 0)
			rc = figure_put(
				out, kinds[i], &one,
				ends_axis_time(&one, c->conn->first_time),
				ends_axis_time(&one, c->conn->last_time), ids,
				err);
		free(ids);
	}
	return rc;
}

/* ------------------------------------------------------------------ events */

static const struct cells_column moments[] = {
	{ "Time", &event_item, "time_s" },
	{ "Frame", &event_item, "frame" },
	{ "TCP", &event_item, "tcp_stream" },
	{ "From", &event_item, "from" },
	{ "Event", &event_item, "event" },
	{ "Detail", &event_item, "detail" },
};

static void put_events(struct strbuf *out, const struct page_connection *c)
{
	const struct timeline *line = &c->check->timeline;
	const size_t n = line->n < EVENTS_MOST ? line->n : EVENTS_MOST;

	strbuf_printf(out, "<details%s><summary>Events (%zu)</summary>\n",
		      line->n <= LONG ? " open" : "", line->n);
	cells_begin(out, "What happened, in order of time", moments, N(moments),
		    n > LONG);
	for (size_t k = 0; k < n; k++) {
		const struct event *e = &line->events[k];
		const bool has_subflow = !event_is_of_kernel(e->kind) ||
					 (e->has & EVENT_HAS_SUBFLOW);
		const struct stream *s =
			has_subflow
				? trace_subflow(c->trace, c->conn, e->subflow)
				: NULL;
		const struct event_row row = {
			{ c->trace, c->capture, c->conn, s }, e
		};

		cells_begin_row(out);
		for (size_t i = 0; i < N(moments); i++)
			cells_put(out, &moments[i], &row);
		cells_end_row(out);
	}
	cells_end(out);
	if (n < line->n)
		strbuf_printf(out,
			      "<p>The first %zu of %zu; mptcp-events "
			      "lists all.</p>\n",
			      n, line->n);
	strbuf_puts(out, "</details>\n");
}

/* ------------------------------------------------------------------- rules */

static void put_section(struct strbuf *out, const struct rule *rule, bool v1)
{
	const char *section = rule->section[v1];

	strbuf_printf(out,
		      " <a href=\"https://www.rfc-editor.org/rfc/rfc%s"
		      "#section-%.*s\">RFC %s, %s</a>",
		      v1 ? "8684" : "6824", (int)strspn(section, "0123456789."),
		      section, v1 ? "8684" : "6824", section);
}

static void put_violation(struct strbuf *out, const struct page_connection *c,
			  const struct finding *f)
{
	const struct rule *rule = rule_get(f->rule);
	struct strbuf text = STRBUF_INIT;

	finding_put(&text, f);
	check_put_frames(&text, c->trace, f->frames, f->n_frames, f->wrong);
	strbuf_printf(out, "<li class=\"%s\"><strong>%s %s</strong>: ",
		      severity_name(f->severity), severity_name(f->severity),
		      rule->name);
	html_text(out, text.text);
	put_section(out, rule, !context_is_v0(c->check));
	strbuf_puts(out, "</li>\n");
	strbuf_release(&text);
}

static void put_rules(struct strbuf *out, const struct page_connection *c)
{
	size_t of[3] = { 0, 0, 0 };

	strbuf_puts(out, "<h4>Rules of the protocol</h4>\n");
	strbuf_puts(out, "<ul class=\"said\">\n");
	for (int i = 0; i < RULES; i++) {
		const struct finding *f = &c->check->findings[i];

		if (!context_has_rule(c->check, (enum rule_id)i))
			continue;
		of[finding_result(f)]++;
		if (finding_result(f) == RESULT_VIOLATED)
			put_violation(out, c, f);
	}
	strbuf_printf(
		out,
		"<li>%zu passed, %zu violated, %zu not checked</li>\n</ul>\n",
		of[RESULT_OK], of[RESULT_VIOLATED], of[RESULT_NOT_CHECKED]);
}

static void put_filter(struct strbuf *out, const struct page_connection *c)
{
	const struct listing_row row = { c->trace, c->capture, c->conn, NULL };
	struct strbuf filter = STRBUF_INIT;

	cells_value(&filter, &listing_connection, "filter", &row);
	strbuf_puts(out, "<p>In Wireshark: ");
	html_element(out, "code", filter.text);
	strbuf_puts(out, "</p>\n");
	strbuf_release(&filter);
}

int page_connection_put(struct strbuf *out, const struct page_connection *c,
			struct error *err)
{
	struct summary_row row = {
		.listing = { c->trace, c->capture, c->conn, NULL },
		.summary = c->summary,
		.pairing = c->pairing,
	};
	int rc = 0;

	put_head(out, c, &row);
	put_verdicts(out, c);
	put_bytes(out, c, &row);
	rc = put_pictures(out, c, err);
	put_events(out, c);
	put_rules(out, c);
	put_filter(out, c);
	strbuf_puts(out, "</section>\n");
	return rc;
}
