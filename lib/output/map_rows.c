/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/map_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "output/define_columns.h"
#include "output/human.h"

#define ROW struct map_row

/* "keys, isn", or for JSON "\"keys\",\"isn\"". */
static void put_evidence(struct strbuf *out, unsigned evidence, bool json)
{
	const char *comma = "";

	for (unsigned e = 1; e <= EVIDENCE_SUBFLOWS; e <<= 1) {
		if (!(evidence & e))
			continue;
		strbuf_printf(out, json ? "%s\"%s\"" : "%s%s", comma,
			      evidence_name((enum evidence)e));
		comma = json ? "," : ", ";
	}
}

static void set_evidence(struct value *out, const struct candidate *c)
{
	if (!c)
		return;
	value_json(out, "[");
	put_evidence(&out->text, c->evidence, true);
	strbuf_putc(&out->text, ']');
}

VALUE_GETTER(candidate_id, value_u64(out, r->candidate->b))
VALUE_GETTER(candidate_stream, value_u64(out, r->mapped->tcp_stream))
VALUE_GETTER(candidate_score, value_real(out, r->candidate->score))
VALUE_GETTER(candidate_certain, value_bool(out, r->candidate->certain))
VALUE_GETTER(candidate_evidence, set_evidence(out, r->candidate))
KNOWN_GETTER(sub_mapped, r->mapped, value_u64(out, r->mapped->tcp_stream))
KNOWN_GETTER(sub_score, r->subflow, value_real(out, r->subflow->score))
KNOWN_GETTER(sub_certain, r->subflow, value_bool(out, r->subflow->certain))
VALUE_GETTER(sub_evidence, set_evidence(out, r->subflow))
KNOWN_GETTER(sub_stream, r->listing.stream,
	     value_u64(out, r->listing.stream->tcp_stream))

/* clang-format off */

static const struct column connection_columns[] = {
	COLUMN("connection", "CONN", "id", COUNT, COLUMN_TABLE,
	       "number of the connection in the first capture", get_connection),
};

#define CANDIDATE_COLUMNS \
	SHOWN("score", REAL, "how well it fits, from 0 to 1", \
	      candidate_score), \
	SHOWN("certain", BOOL, \
	      "no other connection or stream can have that evidence", \
	      candidate_certain), \
	SHOWN("evidence", LIST, "what both captures have", \
	      candidate_evidence)

static const struct column candidate_columns[] = {
	COLUMN("candidate", "CONN-B", "id", COUNT, COLUMN_TABLE,
	       "number of the connection in the second capture", candidate_id),
	CANDIDATE_COLUMNS,
};

static const struct column subflow_columns[] = {
	COLUMN("tcp_stream", "TCP", "tcp_stream", COUNT, COLUMN_TABLE,
	       "tcp.stream in the first capture", sub_stream),
	COLUMN("mapped_tcp_stream", "TCP-B", "mapped_tcp_stream", COUNT,
	       COLUMN_TABLE, "tcp.stream in the second capture", sub_mapped),
	SHOWN("score", REAL, "how well the two fit, from 0 to 1", sub_score),
	SAME("certain", BOOL, "no other stream can have that evidence",
	     sub_certain),
	SHOWN("evidence", LIST, "what both captures have", sub_evidence),
};

static const struct column stream_columns[] = {
	COLUMN("tcp_stream", "TCP", "tcp_stream", COUNT, COLUMN_TABLE,
	       "tcp.stream in the first capture", sub_stream),
	COLUMN("connection", "CONN", "connection", COUNT, 0,
	       "number of its MPTCP connection, if it has one", get_connection),
};

static const struct column stream_candidate_columns[] = {
	COLUMN("mapped_tcp_stream", "TCP-B", "mapped_tcp_stream", COUNT,
	       COLUMN_TABLE, "tcp.stream in the second capture",
	       candidate_stream),
	CANDIDATE_COLUMNS,
};

/* clang-format on */

ROW_TYPE(map_connection, "connection", "connections", connection_columns);
ROW_TYPE(map_candidate, "candidate", "candidates", candidate_columns);
ROW_TYPE(map_subflow, "subflow", "subflows", subflow_columns);
ROW_TYPE(map_stream, "stream", "tcp_streams", stream_columns);
ROW_TYPE(map_stream_candidate, "candidate", "candidates",
	 stream_candidate_columns);

/* The text. */

struct text {
	struct strbuf pending; /* of a row whose candidates may follow */
};

static void *text_open(const struct report_options *options,
		       const struct pick *picks, size_t n)
{
	(void)options;
	(void)picks;
	(void)n;
	return mem_calloc(1, sizeof(struct text));
}

/* Nothing followed: it is nowhere. */
static void flush(struct text *t)
{
	if (!t->pending.len)
		return;
	strbuf_puts(&t->pending, " is not in the second capture");
	human_say(&t->pending, 6);
}

static void put_how(struct strbuf *line, const struct candidate *c)
{
	if (c->certain)
		strbuf_puts(line, "certain: ");
	else
		strbuf_printf(line, "likely (score %.2f): ", c->score);
	put_evidence(line, c->evidence, false);
}

static void candidate_line(struct text *t, const char *what, uint32_t a,
			   uint32_t b, const struct candidate *c)
{
	struct strbuf line = STRBUF_INIT;

	strbuf_clear(&t->pending);
	strbuf_printf(&line,
		      "%s %" PRIu32 " is %s %" PRIu32
		      " of the second capture; ",
		      what, a, what, b);
	put_how(&line, c);
	human_say(&line, 6);
	strbuf_release(&line);
}

static void subflow_line(const struct map_row *r)
{
	struct strbuf line = STRBUF_INIT;

	if (r->listing.stream && r->mapped) {
		strbuf_printf(&line, "    tcp %" PRIu32 " is tcp %" PRIu32 "; ",
			      r->listing.stream->tcp_stream,
			      r->mapped->tcp_stream);
		put_how(&line, r->subflow);
	} else if (r->mapped) {
		strbuf_printf(&line,
			      "    tcp %" PRIu32
			      " of the second capture is not "
			      "in the first",
			      r->mapped->tcp_stream);
	} else {
		strbuf_printf(&line,
			      "    tcp %" PRIu32
			      " is not in the second capture",
			      r->listing.stream->tcp_stream);
	}
	human_say(&line, 6);
	strbuf_release(&line);
}

static void text_row(void *state, int level, const struct row_type *type,
		     const void *row)
{
	struct text *t = state;
	const struct map_row *r = row;

	(void)level;
	if (type == &map_connection || type == &map_stream)
		flush(t);
	if (type == &map_connection)
		strbuf_printf(&t->pending, "connection %" PRIu32,
			      r->listing.conn->id);
	else if (type == &map_stream)
		strbuf_printf(&t->pending, "tcp %" PRIu32,
			      r->listing.stream->tcp_stream);
	else if (type == &map_candidate)
		candidate_line(t, "connection", r->listing.conn->id,
			       r->candidate->b, r->candidate);
	else if (type == &map_stream_candidate)
		candidate_line(t, "tcp", r->listing.stream->tcp_stream,
			       r->mapped->tcp_stream, r->candidate);
	else if (type == &map_subflow)
		subflow_line(r);
}

static void text_close(void *state)
{
	flush(state);
}

static void text_free(void *state)
{
	struct text *t = state;

	strbuf_release(&t->pending);
	free(t);
}

const struct sink sink_map = { .open = text_open,
			       .row = text_row,
			       .close = text_close,
			       .free = text_free };
