/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/summary_text.h"

#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "output/human.h"
#include "output/notes.h"
#include "output/owd_rows.h"
#include "output/summary_rows.h"

/* A column of the tables here: of the rows' columns, under another name. */
struct text_column {
	const char *heading;
	const char *column; /* name in the row type; NULL: the path */
	enum {
		ALWAYS,
		NONZERO,    /* only where some row has a number above 0 */
		ROUND_TRIP, /* at the sender */
		OTHER_END   /* only with the other end's capture */
	} when;
};

static const struct text_column subflow_table[] = {
	{ "TCP", "tcp_stream", ALWAYS },
	{ "SUBFLOW", NULL, ALWAYS },
	{ "SENT", "sent_bytes", ALWAYS },
	{ "SHARE", "share", ALWAYS },
	{ "UNIQUE", "unique_bytes", ALWAYS },
	{ "RETRANS", "tcp_retransmitted_bytes", ALWAYS },
	{ "REPEATED", "mptcp_repeated_bytes", NONZERO },
	{ "REINJ", "reinjected_bytes", ALWAYS },
	{ "UNMAPPED", "unmapped_bytes", NONZERO },
	{ "RTT", "rtt_p50_ms", ROUND_TRIP },
	{ "ONE-WAY", "owd_p50_ms", OTHER_END },
	{ "LOST", "lost_packets", OTHER_END },
	{ "ARRIVED", "goodput_contribution", OTHER_END },
	{ "END", "end", ALWAYS },
};

static const struct text_column stream_table[] = {
	{ "TO", "towards", ALWAYS },
	{ "SENT", "sent_bytes", ALWAYS },
	{ "UNIQUE", "unique_bytes", ALWAYS },
	{ "RANGE", "range_bytes", ALWAYS },
	{ "HOLES", "hole_bytes", ALWAYS },
	{ "RETRANS", "retransmitted_bytes", ALWAYS },
	{ "TIME", "duration_s", ALWAYS },
	{ "GOODPUT", "goodput_bps", ALWAYS },
	{ "RTT", "rtt_p50_ms", ROUND_TRIP },
	{ "MIN", "rtt_min_ms", ROUND_TRIP },
};

enum {
	COLUMNS_MAX = 16,
	STALL = 1000000000 /* ns */
};

struct text {
	const struct report_options *options;
	size_t lines;		      /* connections or streams so far */
	struct libscols_table *table; /* NULL: none yet; used again and again */
	int under_way;		      /* it is that of this direction */
	const struct text_column *columns; /* of the table */
	size_t n;
	uint64_t sums[COLUMNS_MAX];   /* to see what is worth a column */
	uint64_t altered, duplicated; /* packets of this direction */
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

static void text_capture(void *state, const struct capture_info *info)
{
	(void)state;
	(void)info;
}

/* Tables. */

/* How a column gives way where the line is too narrow. */
static int column_flags(const struct text_column *c)
{
	if (!c->column)
		return SCOLS_FL_WRAP;
	if (strcmp(c->column, "end") == 0)
		return SCOLS_FL_TRUNC;
	return strcmp(c->column, "towards") == 0 ? 0 : SCOLS_FL_RIGHT;
}

static void make_table(struct text *t, const struct text_column *columns,
		       size_t n)
{
	scols_unref_table(t->table);
	t->table = nomem(scols_new_table());
	scols_table_set_stream(t->table, stdout);
	scols_table_set_termforce(t->table, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(t->table, human_width());
	t->columns = columns;
	t->n = n;
	nomem(scols_table_new_column(t->table, "", 0, 0)); /* indents */
	for (size_t i = 0; i < n; i++) {
		struct libscols_column *c = nomem(
			scols_table_new_column(t->table, columns[i].heading, 0,
					       column_flags(&columns[i])));

		if (columns[i].column)
			continue;
		scols_column_set_safechars(c, "\n");
		scols_column_set_wrapfunc(c, scols_wrapnl_chunksize,
					  scols_wrapnl_nextchunk, NULL);
	}
}

static void begin_table(struct text *t, const struct text_column *columns,
			size_t n)
{
	if (t->columns != columns)
		make_table(t, columns, n);
	for (size_t i = 0; i < n; i++)
		scols_column_set_flags(scols_table_get_column(t->table, i + 1),
				       column_flags(&columns[i]));
	memset(t->sums, 0, sizeof(t->sums));
	t->under_way = 1;
}

static void put_path(const struct summary_row *r, struct strbuf *out)
{
	const struct stream *s = r->listing.stream;
	const struct endpoint *ends[2] = { &s->client, &s->server };
	int swapped = s->flipped ^ (r->direction->direction == TO_CLIENT);

	strbuf_puts(out, ends[swapped]->address);
	/* Two addresses of IPv6 are too much for a line. */
	strbuf_puts(out, strchr(s->client.address, ':') ? " >\n" : " > ");
	strbuf_puts(out, ends[!swapped]->address);
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
			c->get(row, &value);
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

static void end_table(struct text *t, int at_sender)
{
	for (size_t i = 0; i < t->n; i++)
		if ((t->columns[i].when == NONZERO && !t->sums[i]) ||
		    (t->columns[i].when == ROUND_TRIP && !at_sender) ||
		    (t->columns[i].when == OTHER_END &&
		     !t->options->other_end)) {
			struct libscols_column *c =
				scols_table_get_column(t->table, i + 1);

			scols_column_set_flags(c, SCOLS_FL_HIDDEN);
		}
	scols_print_table(t->table);
	scols_table_remove_lines(t->table);
	t->under_way = 0;
}

/* Sentences. */

static const char *verdict(const struct connection *c)
{
	switch (c->close) {
	case END_OPEN: return "still open at the end";
	case END_FIN: return "closed by FINs";
	case END_FIN_CLIENT: return "closed by the client only";
	case END_FIN_SERVER: return "closed by the server only";
	case END_DATA_FIN: return "closed by DATA_FINs";
	case END_RESET_CLIENT: return "reset by the client";
	case END_RESET_SERVER: return "reset by the server";
	case END_FASTCLOSE_CLIENT: return "aborted by the client (FASTCLOSE)";
	case END_FASTCLOSE_SERVER: return "aborted by the server (FASTCLOSE)";
	case END_REFUSED: return "refused";
	case END_UNANSWERED: return "never answered";
	}
	return "";
}

static void put_endpoint(struct strbuf *out, const struct endpoint *e)
{
	struct value value = VALUE_INIT;

	set_endpoint(&value, e);
	strbuf_puts(out, value.text.text);
	value_release(&value);
}

static void put_kind(const struct connection *c, struct strbuf *out)
{
	if (c->state == CONN_FALLBACK)
		strbuf_printf(out, "fell back to TCP (%s)",
			      fallback_cause_name(c->cause));
	else if (c->version >= 0)
		strbuf_printf(out, "MPTCP v%d", c->version);
	else
		strbuf_puts(out, "MPTCP");
	if (c->state == CONN_INCOMPLETE)
		strbuf_puts(out, " (incomplete)");
}

static void say(const struct strbuf *line)
{
	human_print(stdout, line->text, human_width(), 2);
}

static void headline(struct text *t, const struct summary_row *r)
{
	const struct connection *c = r->summary->conn;
	struct strbuf line = STRBUF_INIT;
	struct strlist notes = { .n = 0 };

	if (t->lines++)
		putchar('\n');
	if (t->options->several)
		strbuf_printf(&line, "%s: ", r->listing.trace->info.path);
	strbuf_printf(&line, "Connection %" PRIu32 ": ", c->id);
	put_endpoint(&line, &c->side[0].end);
	strbuf_puts(&line, " to ");
	put_endpoint(&line, &c->side[1].end);
	say(&line);
	strbuf_clear(&line);
	strbuf_puts(&line, "  ");
	put_kind(c, &line);
	strbuf_printf(&line, ", %zu subflow%s, ", c->n_subflows,
		      c->n_subflows == 1 ? "" : "s");
	human_duration(&line, c->last_time - c->first_time);
	strbuf_printf(&line, ", %s", verdict(c));
	if (vantage_name(r->summary->vantage))
		strbuf_printf(&line, "; captured %s",
			      r->summary->vantage == VANTAGE_MIDDLE
				      ? "between the ends"
			      : r->summary->vantage == VANTAGE_CLIENT
				      ? "at the client"
				      : "at the server");
	say(&line);
	notes_of_connection(r->summary, &notes);
	for (size_t i = 0; i < notes.n; i++) {
		strbuf_clear(&line);
		strbuf_printf(&line, "  note: %s", notes.items[i]);
		say(&line);
	}
	strlist_release(&notes);
	strbuf_release(&line);
}

static void put_column(struct strbuf *out, const struct row_type *type,
		       const char *name, const struct summary_row *r)
{
	const struct column *c = row_type_find(type, name);
	struct value value = VALUE_INIT;

	c->get(r, &value);
	column_human(c, &value, out);
	value_release(&value);
}

static void direction_line(const struct summary_row *r)
{
	const struct direction_summary *d = r->direction;
	const struct row_type *type = &summary_direction;
	struct strbuf line = STRBUF_INIT;

	strbuf_printf(&line, "  To the %s: ",
		      d->direction == TO_SERVER ? "server" : "client");
	if (!d->counts->sent) {
		strbuf_puts(&line, "no data");
		say(&line);
		strbuf_release(&line);
		return;
	}
	put_column(&line, type, "unique_bytes", r);
	strbuf_puts(&line, " of data in ");
	put_column(&line, type, "duration_s", r);
	strbuf_puts(&line, ", goodput ");
	put_column(&line, type, "goodput_bps", r);
	strbuf_puts(&line, ", overhead ");
	put_column(&line, type, "overhead", r);
	if (d->n_subflows > 1)
		strbuf_printf(&line, ", %" PRIu64 " switch%s", d->switches,
			      d->switches == 1 ? "" : "es");
	say(&line);
	strbuf_release(&line);
}

/* What was sent twice, the largest part first. */

struct part {
	uint64_t bytes;
	struct strbuf text;
};

static int by_bytes(const void *x, const void *y)
{
	const struct part *a = x, *b = y;

	return a->bytes < b->bytes ? 1 : a->bytes > b->bytes ? -1 : 0;
}

static void put_share(struct strbuf *out, uint64_t part, uint64_t all)
{
	human_ratio(out, (double)part / (double)all);
}

static void put_reinjected(const struct direction_summary *d, struct part *p)
{
	const struct matrix_cell *top = NULL;

	p->bytes = d->counts->of[BYTES_REINJECTED];
	if (!p->bytes)
		return;
	for (size_t i = 0; i < d->reinjected.matrix.n; i++)
		if (!top || d->reinjected.matrix.cells[i].bytes > top->bytes)
			top = &d->reinjected.matrix.cells[i];
	put_share(&p->text, p->bytes, d->counts->sent);
	strbuf_printf(&p->text,
		      " reinjected%s from tcp %" PRIu32 " to tcp %" PRIu32,
		      d->reinjected.matrix.n > 1 ? ", most" : "",
		      d->subflows[top->from].stream->tcp_stream,
		      d->subflows[top->to].stream->tcp_stream);
}

static void put_class(const struct direction_summary *d, enum byte_class c,
		      const char *verb, struct part *p)
{
	const struct subflow_summary *top = NULL;
	size_t n = 0;

	p->bytes = d->counts->of[c];
	if (!p->bytes)
		return;
	for (size_t k = 0; k < d->n_subflows; k++) {
		const struct subflow_summary *s = &d->subflows[k];

		n += s->counts->of[c] > 0;
		if (!top || s->counts->of[c] > top->counts->of[c])
			top = s;
	}
	put_share(&p->text, p->bytes, d->counts->sent);
	strbuf_printf(&p->text, " %s%s on tcp %" PRIu32, verb,
		      n > 1 ? ", most" : "", top->stream->tcp_stream);
}

static void loss_line(const struct direction_summary *d)
{
	struct part parts[3] = { { 0, STRBUF_INIT },
				 { 0, STRBUF_INIT },
				 { 0, STRBUF_INIT } };
	uint64_t twice = 0;
	struct strbuf line = STRBUF_INIT;

	put_reinjected(d, &parts[0]);
	put_class(d, BYTES_TCP_RETRANSMITTED, "retransmitted by TCP",
		  &parts[1]);
	put_class(d, BYTES_MPTCP_REPEATED, "repeated by MPTCP", &parts[2]);
	for (size_t i = 0; i < 3; i++)
		twice += parts[i].bytes;
	qsort(parts, 3, sizeof(parts[0]), by_bytes);
	if (twice) {
		strbuf_puts(&line, "    ");
		put_share(&line, twice, d->counts->sent);
		strbuf_puts(&line, d->at_receiver
					   ? " of the bytes arrived twice"
					   : " of the bytes were sent twice");
		for (size_t i = 0; i < 3 && parts[i].bytes; i++)
			strbuf_printf(&line, "%s%s", i ? "; " : ": ",
				      parts[i].text.text);
		say(&line);
	}
	for (size_t i = 0; i < 3; i++)
		strbuf_release(&parts[i].text);
	strbuf_release(&line);
}

static void order_line(const struct direction_summary *d)
{
	const struct reordering *o = &d->reordering;
	const struct subflow_summary *top = NULL;
	struct strbuf line = STRBUF_INIT;

	if (!d->at_receiver || !o->late)
		return;
	for (size_t k = 0; k < d->n_subflows; k++)
		if (!top || d->subflows[k].blocking > top->blocking)
			top = &d->subflows[k];
	strbuf_puts(&line, "    ");
	put_share(&line, o->late, o->packets);
	strbuf_puts(&line, " of the packets came late; data waited up to ");
	human_duration(&line, o->delay.n ? o->delay.max : 0);
	strbuf_puts(&line, ", ");
	human_duration(&line, o->blocked);
	strbuf_puts(&line, " in all");
	if (top && top->blocking)
		strbuf_printf(&line, ", most for tcp %" PRIu32,
			      top->stream->tcp_stream);
	say(&line);
	strbuf_release(&line);
}

/* A wait of some round trips is nothing special. */
static int64_t worth_a_line(const struct direction_summary *d)
{
	int64_t rtt = 0;

	for (size_t k = 0; k < d->n_subflows; k++) {
		const struct distribution *r = &d->subflows[k].tcp->rtt.data;

		if (r->n && r->p50 > rtt)
			rtt = r->p50;
	}
	return rtt ? 3 * rtt : STALL;
}

static void stall_line(const struct summary_row *r)
{
	const struct direction_summary *d = r->direction;
	struct strbuf line = STRBUF_INIT;

	if (!d->at_sender)
		return;
	if (d->delivery.has_interruption &&
	    d->delivery.interruption > worth_a_line(d)) {
		strbuf_puts(&line, "    longest wait for an acknowledgment of "
				   "data ");
		human_duration(&line, d->delivery.interruption);
		strbuf_puts(&line, ", from ");
		human_duration(&line,
			       d->delivery.interruption_at -
				       r->listing.trace->info.first_time);
		strbuf_puts(&line, " on");
	}
	if (d->delivery.has_limited && d->delivery.limited &&
	    d->data.to > d->data.from) {
		strbuf_puts(&line, line.len ? "; " : "    ");
		strbuf_puts(&line, "receive window full for ");
		human_duration(&line, d->delivery.limited);
	}
	if (line.len)
		say(&line);
	strbuf_release(&line);
}

static void stream_headline(struct text *t, const struct summary_row *r)
{
	const struct stream *s = r->listing.stream;
	struct strbuf line = STRBUF_INIT;

	if (t->lines++)
		putchar('\n');
	if (t->options->several)
		strbuf_printf(&line, "%s: ", r->listing.trace->info.path);
	strbuf_printf(&line, "TCP stream %" PRIu32 ": ", s->tcp_stream);
	put_endpoint(&line, &s->client);
	strbuf_puts(&line, " to ");
	put_endpoint(&line, &s->server);
	strbuf_puts(&line, ", ");
	human_duration(&line, s->last_time - s->first_time);
	strbuf_printf(&line, ", %s", conn_end_name(s->end));
	if (r->listing.conn)
		strbuf_printf(&line, "; in connection %" PRIu32,
			      r->listing.conn->id);
	say(&line);
	strbuf_release(&line);
}

/* What the network did to packets, apart from losing them. */
static void add_harm(struct text *t, const struct summary_row *r)
{
	const struct crossing_summary *c = r->crossing;

	if (r->subflow == &r->direction->subflows[0])
		t->altered = t->duplicated = 0;
	if (c && c->mapped) {
		t->altered += c->owd.altered;
		t->duplicated += c->owd.duplicated;
	} else {
		t->duplicated += r->subflow->tcp->duplicated_packets;
	}
}

static void harm_line(const struct text *t)
{
	struct strbuf line = STRBUF_INIT;

	if (t->altered)
		strbuf_printf(&line,
			      "    %" PRIu64 " packet%s altered on the way",
			      t->altered, t->altered == 1 ? " was" : "s were");
	if (t->duplicated)
		strbuf_printf(&line,
			      "%sthe network delivered %" PRIu64
			      " packet%s more than once",
			      line.len ? "; " : "    ", t->duplicated,
			      t->duplicated == 1 ? "" : "s");
	if (line.len)
		say(&line);
	strbuf_release(&line);
}

static void subflow_row(struct text *t, const struct summary_row *r)
{
	const struct direction_summary *d = r->direction;

	if (!t->under_way)
		return;
	add_line(t, &summary_subflow, r);
	add_harm(t, r);
	if (r->subflow != &d->subflows[d->n_subflows - 1])
		return;
	end_table(t, d->at_sender);
	loss_line(d);
	order_line(d);
	stall_line(r);
	harm_line(t);
}

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void text_row(void *state, int level, const struct row_type *type,
		     const void *row)
{
	struct text *t = state;
	const struct summary_row *r = row;

	(void)level;
	if (type == &owd_clock) {
		owd_print_clock(row);
		t->lines++;
	} else if (type == &summary_connection) {
		headline(t, r);
	} else if (type == &summary_direction) {
		direction_line(r);
		if (r->direction->counts->sent)
			begin_table(t, subflow_table, N(subflow_table));
	} else if (type == &summary_subflow) {
		subflow_row(t, r);
	} else if (type == &summary_tcp_stream) {
		stream_headline(t, r);
		begin_table(t, stream_table, N(stream_table));
	} else if (type == &summary_tcp_direction) {
		add_line(t, type, r);
		if (r->tcp_direction == TO_CLIENT)
			end_table(t, 1);
	}
}

static void text_close(void *state)
{
	(void)state;
}

static void text_free(void *state)
{
	struct text *t = state;

	scols_unref_table(t->table);
	free(t);
}

const struct sink sink_summary = { text_open, text_capture, text_row,
				   text_close, text_free };
