/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/summary_text.h"

#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "output/clock_rows.h"
#include "output/human.h"
#include "output/summary_getters.h"
#include "output/summary_sentences.h"

/*
 * A column of the tables here: one of the rows' columns with another heading.
 */
struct text_column {
	const char *heading;
	const char *column; /* name in the row type; NULL: the path */
	enum {
		ALWAYS,
		NONZERO,    /* only if some row has a number above 0 */
		ROUND_TRIP, /* only if measured at the sender */
		OTHER_END   /* only with a capture of the other end */
	} when;
	const char *arrived; /* heading at the receiver; or NULL */
};

static const struct text_column subflow_table[] = {
	{ "TCP", "tcp_stream", ALWAYS, NULL },
	{ "SUBFLOW", NULL, ALWAYS, NULL },
	{ "SENT", "sent_bytes", ALWAYS, "ARRIVED" },
	{ "SHARE", "share", ALWAYS, NULL },
	{ "UNIQUE", "unique_bytes", ALWAYS, NULL },
	{ "RETRANS", "tcp_retransmitted_bytes", ALWAYS, NULL },
	{ "REPEATED", "mptcp_repeated_bytes", NONZERO, NULL },
	{ "REINJ", "reinjected_bytes", ALWAYS, NULL },
	{ "UNMAPPED", "unmapped_bytes", NONZERO, NULL },
	{ "RTT", "rtt_p50_ms", ROUND_TRIP, NULL },
	{ "ONE-WAY", "owd_p50_ms", OTHER_END, NULL },
	{ "LOST", "lost_packets", OTHER_END, NULL },
	{ "BROUGHT", "goodput_contribution", OTHER_END, NULL },
	{ "END", "end", ALWAYS, NULL },
};

static const struct text_column stream_table[] = {
	{ "TO", "towards", ALWAYS, NULL },
	{ "SENT", "sent_bytes", ALWAYS, NULL },
	{ "UNIQUE", "unique_bytes", ALWAYS, NULL },
	{ "RANGE", "range_bytes", ALWAYS, NULL },
	{ "HOLES", "hole_bytes", ALWAYS, NULL },
	{ "RETRANS", "retransmitted_bytes", ALWAYS, NULL },
	{ "TIME", "duration_s", ALWAYS, NULL },
	{ "GOODPUT", "goodput_bps", ALWAYS, NULL },
	{ "RTT", "rtt_p50_ms", ROUND_TRIP, NULL },
	{ "MIN", "rtt_min_ms", ROUND_TRIP, NULL },
};

enum {
	COLUMNS_MAX = 16
};

struct text {
	const struct report_options *options;
	size_t lines;		      /* connections or streams so far */
	struct libscols_table *table; /* NULL: none yet; reused */
	bool under_way; /* rows of the current direction are being added */
	const struct text_column *columns; /* of the table */
	size_t n;
	bool at_receiver;	    /* use the headings for the receiver */
	uint64_t sums[COLUMNS_MAX]; /* to decide which columns are shown */
	struct harm harm;	    /* for packets of this direction */
};

static void *nomem(void *p)
{
	if (!p)
		abort();
	return p;
}

static void *text_open(const struct report_options *options,
		       const struct pick *picks, size_t n)
{
	struct text *t = mem_calloc(1, sizeof(*t));

	(void)picks;
	(void)n;
	scols_init_debug(0);
	t->options = options;
	return t;
}

/* Tables. */

/* How columns shrink if the line is too wide. */
static int column_flags(const struct text_column *c)
{
	if (!c->column)
		return SCOLS_FL_WRAP;
	if (strcmp(c->column, "end") == 0)
		return SCOLS_FL_TRUNC;
	return strcmp(c->column, "towards") == 0 ? 0 : SCOLS_FL_RIGHT;
}

static const char *heading_of(const struct text *t, const struct text_column *c)
{
	return t->at_receiver && c->arrived ? c->arrived : c->heading;
}

static void make_table(struct text *t, const struct text_column *columns,
		       size_t n, bool at_receiver)
{
	scols_unref_table(t->table);
	t->table = nomem(scols_new_table());
	scols_table_set_stream(t->table, stdout);
	scols_table_set_termforce(t->table, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(t->table, human_width());
	t->columns = columns;
	t->n = n;
	t->at_receiver = at_receiver;
	nomem(scols_table_new_column(t->table, "", 0, 0)); /* indents */
	for (size_t i = 0; i < n; i++) {
		struct libscols_column *c = nomem(scols_table_new_column(
			t->table, heading_of(t, &columns[i]), 0,
			column_flags(&columns[i])));

		if (columns[i].column && strcmp(columns[i].column, "end") != 0)
			continue;
		scols_column_set_safechars(c, "\n");
		scols_column_set_wrapfunc(c, scols_wrapnl_chunksize,
					  scols_wrapnl_nextchunk, NULL);
	}
}

static void begin_table(struct text *t, const struct text_column *columns,
			size_t n, bool at_receiver)
{
	if (t->columns != columns || t->at_receiver != at_receiver)
		make_table(t, columns, n, at_receiver);
	for (size_t i = 0; i < n; i++)
		scols_column_set_flags(scols_table_get_column(t->table, i + 1),
				       column_flags(&columns[i]));
	memset(t->sums, 0, sizeof(t->sums));
	t->under_way = true;
}

static void put_path(const struct summary_row *r, struct strbuf *out)
{
	const struct stream *s = r->listing.stream;
	const struct endpoint *ends[2] = { &s->client, &s->server };
	bool swapped = s->flipped ^ (r->direction->direction == TO_CLIENT);

	address_append(out, &ends[swapped]->address);
	/* Two IPv6 addresses do not fit on a line. */
	strbuf_puts(out, address_is_v6(&s->client.address) ? " >\n" : " > ");
	address_append(out, &ends[!swapped]->address);
}

static void add_line(struct text *t, const struct row_type *type,
		     const struct summary_row *row)
{
	struct libscols_line *line =
		nomem(scols_table_new_line(t->table, NULL));

	for (size_t i = 0; i < t->n; i++) {
		struct value value = VALUE_INIT;
		struct strbuf text = STRBUF_INIT;
		const char *name = t->columns[i].column;
		const struct column *c =
			name ? row_type_find(type, name) : NULL;

		if (c) {
			(c->get_table ? c->get_table : c->get)(row, &value);
			column_human(c, &value, &text);
		} else {
			put_path(row, &text);
		}
		if (value.kind == VALUE_U64)
			t->sums[i] += value.u64;
		if (scols_line_set_data(line, i + 1, text.text) != 0)
			nomem(NULL);
		strbuf_release(&text);
		value_release(&value);
	}
}

/* The widest line of a cell, in bytes: these are addresses and numbers. */
static size_t width_of(const char *text)
{
	size_t most = 0;

	for (size_t n = 0; text; text = text[n] ? text + n + 1 : NULL) {
		n = strcspn(text, "\n");
		most = n > most ? n : most;
	}
	return most;
}

static const char *text_at(const struct text *t, size_t line, size_t column)
{
	return scols_cell_get_data(scols_line_get_cell(
		scols_table_get_line(t->table, line), column));
}

/* Whether the lines have room in the terminal. */
static bool fits(const struct text *t)
{
	size_t sum = 1; /* the column that indents */

	for (size_t i = 1; i <= t->n; i++) {
		struct libscols_column *c = scols_table_get_column(t->table, i);
		size_t width = width_of(scols_column_get_name(c));

		if (scols_column_get_flags(c) & SCOLS_FL_HIDDEN)
			continue;
		for (size_t k = 0; k < scols_table_get_nlines(t->table); k++) {
			const size_t n = width_of(text_at(t, k, i));

			width = n > width ? n : width;
		}
		sum += 1 + width;
	}
	return sum <= human_width();
}

/* "fin, backup" takes two lines where one has no room for it. */
static void wrap_ends(struct text *t)
{
	const size_t end = t->n; /* it is the last column */

	if (strcmp(t->columns[end - 1].column, "end") != 0 || fits(t))
		return;
	scols_column_set_flags(scols_table_get_column(t->table, end),
			       SCOLS_FL_WRAP);
	for (size_t k = 0; k < scols_table_get_nlines(t->table); k++) {
		char *text = mem_strdup(text_at(t, k, end));

		for (char *at = text; (at = strstr(at, ", ")) != NULL;)
			at[1] = '\n';
		if (scols_line_set_data(scols_table_get_line(t->table, k), end,
					text) != 0)
			nomem(NULL);
		free(text);
	}
}

static void end_table(struct text *t, bool has_round_trips)
{
	for (size_t i = 0; i < t->n; i++)
		if ((t->columns[i].when == NONZERO && !t->sums[i]) ||
		    (t->columns[i].when == ROUND_TRIP && !has_round_trips) ||
		    (t->columns[i].when == OTHER_END &&
		     !t->options->other_end)) {
			struct libscols_column *c =
				scols_table_get_column(t->table, i + 1);

			scols_column_set_flags(c, SCOLS_FL_HIDDEN);
		}
	wrap_ends(t);
	scols_print_table(t->table);
	scols_table_remove_lines(t->table);
	t->under_way = false;
}

/* Print the sentences with "margin" in front, and release them. */
static void say(struct strlist *sentences, const char *margin)
{
	struct strbuf line = STRBUF_INIT;

	for (size_t i = 0; i < sentences->n; i++) {
		const char *text = sentences->items[i];

		strbuf_printf(&line, "%s%s", margin, text);
		human_say(&line, strncmp(text, "limit: ", 7) == 0 ? 6 : 2);
	}
	strbuf_release(&line);
	strlist_release(sentences);
}

/* The first sentence is the heading. */
static void say_head(struct strlist *sentences)
{
	struct strbuf line = STRBUF_INIT;

	for (size_t i = 0; i < sentences->n; i++) {
		strbuf_printf(&line, "%s%s", i ? "  " : "",
			      sentences->items[i]);
		human_say(&line, 2);
	}
	strbuf_release(&line);
	strlist_release(sentences);
}

static void subflow_row(struct text *t, const struct summary_row *r)
{
	const struct direction_summary *d = r->direction;
	struct strlist said = { .n = 0 };

	if (!t->under_way)
		return;
	add_line(t, &summary_subflow, r);
	if (r->subflow == &d->subflows[0])
		t->harm = (struct harm){ .altered = 0 };
	harm_add(&t->harm, r);
	if (r->subflow != &d->subflows[d->n_subflows - 1])
		return;
	end_table(t, at_sender(r));
	bytes_sentences(r, &t->harm, &said);
	say(&said, "    ");
}

static void begin_item(struct text *t)
{
	if (t->lines++)
		putchar('\n');
}

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void text_row(void *state, int level, const struct row_type *type,
		     const void *row)
{
	struct text *t = state;
	const struct summary_row *r = row;
	struct strlist said = { .n = 0 };

	(void)level;
	if (type == &owd_clock) {
		owd_print_clock(row);
		t->lines++;
	} else if (type == &summary_connection) {
		begin_item(t);
		connection_sentences(r, t->options->several, &said);
		say_head(&said);
	} else if (type == &summary_direction) {
		direction_sentences(r, &said);
		say(&said, "  ");
		if (r->direction->counts->sent)
			begin_table(t, subflow_table, N(subflow_table),
				    r->direction->at_receiver);
	} else if (type == &summary_subflow) {
		subflow_row(t, r);
	} else if (type == &summary_tcp_stream) {
		begin_item(t);
		stream_sentences(r, t->options->several, &said);
		say_head(&said);
		begin_table(t, stream_table, N(stream_table), false);
	} else if (type == &summary_tcp_direction) {
		add_line(t, type, r);
		if (r->tcp_direction == TO_CLIENT)
			end_table(t, true);
	}
}

static void text_free(void *state)
{
	struct text *t = state;

	scols_unref_table(t->table);
	free(t);
}

const struct sink sink_summary = { .open = text_open,
				   .row = text_row,
				   .free = text_free };
