/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/reinject_rows.h"

#include <inttypes.h>

#include "output/human.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* A getter: "r" is the row, "out" what it fills. */
#define GETTER(name)                                                           \
	static void name##_of(const struct reinject_row *r,                    \
			      struct value *out);                              \
	static void name(const void *row, struct value *out)                   \
	{                                                                      \
		name##_of(row, out);                                           \
	}                                                                      \
	static void name##_of(const struct reinject_row *r, struct value *out)

GETTER(towards)
{
	value_text(out, r->direction == TO_SERVER ? "server" : "client");
}

/* The list. */

GETTER(item_frame)
{
	value_u64(out, r->listing.trace->packets.frame[r->item->packet]);
}

GETTER(item_time)
{
	const struct trace *t = r->listing.trace;

	set_relative(out, t, t->packets.time[r->item->packet]);
}

GETTER(item_kind)
{
	switch (r->item->byte_class) {
	case BYTES_REINJECTED: value_text(out, "reinjection"); break;
	case BYTES_MPTCP_REPEATED: value_text(out, "mptcp_repeat"); break;
	default: value_text(out, "tcp_retransmission"); break;
	}
}

GETTER(item_dsn)
{
	if (r->item->dsn != LEDGER_UNKNOWN)
		value_i64(out, r->item->dsn);
}

GETTER(item_bytes)
{
	value_u64(out, r->item->bytes);
}

static uint32_t original_frame(const struct reinject_row *r, size_t i)
{
	return r->listing.trace->packets
		.frame[r->list->originals[r->item->originals + i]];
}

GETTER(item_original_frames)
{
	value_text(out, "[");
	for (size_t i = 0; i < r->item->n_originals; i++)
		strbuf_printf(&out->text, "%s%" PRIu32, i ? "," : "",
			      original_frame(r, i));
	strbuf_putc(&out->text, ']');
	out->kind = VALUE_JSON;
}

/* "12", "12 13", "12 .. 57 (46)" */
GETTER(item_original_frames_text)
{
	size_t n = r->item->n_originals;

	value_text(out, "");
	strbuf_printf(&out->text, "%" PRIu32, original_frame(r, 0));
	if (n == 2)
		strbuf_printf(&out->text, " %" PRIu32, original_frame(r, 1));
	else if (n > 2)
		strbuf_printf(&out->text, " .. %" PRIu32 " (%zu)",
			      original_frame(r, n - 1), n);
}

GETTER(item_original_stream)
{
	const struct trace *t = r->listing.trace;
	size_t s = r->listing.conn->subflows[r->item->original_subflow];

	value_u64(out, t->streams[s].tcp_stream);
}

GETTER(item_delay)
{
	value_ns(out, repetition_delay(r->listing.trace, r->list, r->item));
}

static struct judgement judge(const struct reinject_row *r)
{
	struct judgement j;

	usefulness_of(r->arrivals, r->list, r->item, &j);
	return j;
}

GETTER(item_verdict)
{
	value_text(out, usefulness_name(judge(r).usefulness));
}

/* What had been acknowledged when something was sent only its sender knows. */
static int at_sender(const struct reinject_row *r)
{
	return vantage_is_sender(r->vantage, r->direction) ||
	       (r->vantage == VANTAGE_UNKNOWN && r->arrivals &&
		r->arrivals->at_sender[r->direction]);
}

GETTER(total_counted_at)
{
	if (at_sender(r))
		value_text(out, "sender");
	else if (vantage_is_receiver(r->vantage, r->direction))
		value_text(out, "receiver");
}

GETTER(item_spurious)
{
	if (at_sender(r) && r->item->has_spurious)
		value_bool(out, r->item->spurious);
}

GETTER(item_delta)
{
	struct judgement j = judge(r);

	if (j.has_delta)
		value_ns(out, j.delta);
}

/* The sums. */

GETTER(total_packets)
{
	value_u64(out, r->totals->all.packets);
}

GETTER(total_bytes)
{
	value_u64(out, r->totals->all.bytes);
}

GETTER(total_share)
{
	const struct byte_counts *c = &r->listing.conn->bytes[r->direction];

	value_ratio(out, r->totals->all.bytes, c->sent);
}

#define VERDICT_GETTERS(name, v)                                               \
	GETTER(total_##name##_packets)                                         \
	{                                                                      \
		value_u64(out, r->usefulness->of[v].packets);                  \
	}                                                                      \
	GETTER(total_##name##_bytes)                                           \
	{                                                                      \
		value_u64(out, r->usefulness->of[v].bytes);                    \
	}

VERDICT_GETTERS(useful, USEFULNESS_USEFUL)
VERDICT_GETTERS(redundant, USEFULNESS_REDUNDANT)
VERDICT_GETTERS(unknown, USEFULNESS_UNKNOWN)

#define DELTA_GETTER(part)                                                     \
	GETTER(total_delta_##part)                                             \
	{                                                                      \
		if (r->usefulness->delta.n)                                    \
			value_ns(out, r->usefulness->delta.part);              \
	}

DELTA_GETTER(min)
DELTA_GETTER(p50)
DELTA_GETTER(p95)
DELTA_GETTER(max)

GETTER(total_spurious)
{
	if (!at_sender(r) || !r->totals->has_spurious)
		return;
	value_text(out, "");
	strbuf_printf(&out->text,
		      "{\"packets\":%" PRIu64 ",\"bytes\":%" PRIu64 "}",
		      r->totals->spurious.packets, r->totals->spurious.bytes);
	out->kind = VALUE_JSON;
}

GETTER(total_spurious_packets)
{
	if (at_sender(r) && r->totals->has_spurious)
		value_u64(out, r->totals->spurious.packets);
}

GETTER(total_spurious_bytes)
{
	if (at_sender(r) && r->totals->has_spurious)
		value_u64(out, r->totals->spurious.bytes);
}

GETTER(total_since_p50)
{
	if (r->totals->delay.n)
		value_ns(out, r->totals->delay.p50);
}

GETTER(total_since_p95)
{
	if (r->totals->delay.n)
		value_ns(out, r->totals->delay.p95);
}

GETTER(total_since_max)
{
	if (r->totals->delay.n)
		value_ns(out, r->totals->delay.max);
}

static uint32_t number(const struct reinject_row *r, uint32_t subflow)
{
	const struct listing_row *l = &r->listing;

	return l->trace->streams[l->conn->subflows[subflow]].tcp_stream;
}

GETTER(total_matrix)
{
	const struct matrix *m = &r->totals->matrix;

	value_text(out, "[");
	for (size_t i = 0; i < m->n; i++)
		strbuf_printf(&out->text,
			      "%s{\"from\":%" PRIu32 ",\"to\":%" PRIu32
			      ",\"bytes\":%" PRIu64 "}",
			      i ? "," : "", number(r, m->cells[i].from),
			      number(r, m->cells[i].to), m->cells[i].bytes);
	strbuf_putc(&out->text, ']');
	out->kind = VALUE_JSON;
}

GETTER(total_matrix_text)
{
	const struct matrix *m = &r->totals->matrix;

	for (size_t i = 0; i < m->n; i++) {
		if (i == 0)
			value_text(out, "");
		strbuf_printf(&out->text, "%s%" PRIu32 ">%" PRIu32 " ",
			      i ? ", " : "", number(r, m->cells[i].from),
			      number(r, m->cells[i].to));
		human_bytes(&out->text, m->cells[i].bytes);
	}
}

#define CLASS_GETTERS(name, c)                                                 \
	GETTER(name##_packets)                                                 \
	{                                                                      \
		value_u64(out,                                                 \
			  r->listing.conn->bytes[r->direction].packets_of[c]); \
	}                                                                      \
	GETTER(name##_bytes)                                                   \
	{                                                                      \
		value_u64(out, r->listing.conn->bytes[r->direction].of[c]);    \
	}

CLASS_GETTERS(repeated, BYTES_MPTCP_REPEATED)
CLASS_GETTERS(retransmitted, BYTES_TCP_RETRANSMITTED)

/* clang-format off */

/* name, heading, JSON key, type, flags, help, getter, getter for the table */
static const struct column item_columns[] = {
	{ "connection", "CONN", "connection", COLUMN_COUNT, COLUMN_TABLE,
	  "number of the connection", get_connection, NULL },
	{ "capture", NULL, "capture", COLUMN_COUNT, 0,
	  "number of the capture, from 0", get_capture, NULL },
	{ "file", "CAPTURE", NULL, COLUMN_TEXT, COLUMN_MULTI,
	  "the capture file", get_path, NULL },
	{ "towards", "TO", "towards", COLUMN_TEXT, COLUMN_TABLE,
	  "server or client", towards, NULL },
	{ "kind", NULL, "kind", COLUMN_TEXT, 0,
	  "reinjection, mptcp_repeat or tcp_retransmission", item_kind, NULL },
	{ "frame", NULL, "frame", COLUMN_COUNT, COLUMN_TABLE,
	  "frame that sent the data again", item_frame, NULL },
	{ "time_s", "TIME", "time_s", COLUMN_SECONDS, COLUMN_TABLE,
	  "since the start of the capture", item_time, NULL },
	{ "tcp_stream", "TCP", "tcp_stream", COLUMN_COUNT, COLUMN_TABLE,
	  "subflow of that frame", get_stream_number, NULL },
	{ "dsn", NULL, "dsn", COLUMN_COUNT, COLUMN_TABLE,
	  "its first data byte, relative", item_dsn, NULL },
	{ "bytes", NULL, "bytes", COLUMN_COUNT, COLUMN_TABLE,
	  "sent again", item_bytes, NULL },
	{ "original_frames", "ORIGINAL", "original_frames", COLUMN_LIST,
	  COLUMN_TABLE, "frames that sent them first", item_original_frames,
	  item_original_frames_text },
	{ "original_tcp_stream", "FROM", "original_tcp_stream", COLUMN_COUNT,
	  COLUMN_TABLE, "subflow of those", item_original_stream, NULL },
	{ "original_delay_ms", "DELAY", "original_delay_ms",
	  COLUMN_MILLISECONDS, COLUMN_TABLE, "since the last of those frames",
	  item_delay, NULL },
	{ "verdict", NULL, "verdict", COLUMN_TEXT, COLUMN_OTHER_END,
	  "useful, redundant or unknown: needs both ends", item_verdict, NULL },
	{ "spurious", NULL, "spurious", COLUMN_BOOL, COLUMN_TABLE,
	  "a DATA_ACK had covered all of it, at the sender", item_spurious, NULL },
	{ "delta_ms", "DELTA", "delta_ms", COLUMN_MILLISECONDS,
	  COLUMN_OTHER_END,
	  "arrival of the original - arrival here: needs both ends", item_delta,
	  NULL },
};

static const struct column total_columns[] = {
	{ "connection", "CONN", "connection", COLUMN_COUNT, COLUMN_TABLE,
	  "number of the connection", get_connection, NULL },
	{ "capture", NULL, "capture", COLUMN_COUNT, 0,
	  "number of the capture, from 0", get_capture, NULL },
	{ "file", "CAPTURE", NULL, COLUMN_TEXT, COLUMN_MULTI,
	  "the capture file", get_path, NULL },
	{ "towards", "TO", "towards", COLUMN_TEXT, COLUMN_TABLE,
	  "server or client", towards, NULL },
	{ "packets", NULL, "packets", COLUMN_COUNT, COLUMN_TABLE,
	  "packets with reinjected bytes", total_packets, NULL },
	{ "bytes", NULL, "bytes", COLUMN_BYTES, COLUMN_TABLE,
	  "reinjected bytes", total_bytes, NULL },
	{ "counted_at", NULL, "counted_at", COLUMN_TEXT, 0,
	  "sender; receiver: what arrived again", total_counted_at, NULL },
	{ "share", NULL, "share", COLUMN_RATIO, COLUMN_TABLE,
	  "of the bytes sent in this direction", total_share, NULL },
	{ "useful_packets", NULL, "verdicts.useful.packets", COLUMN_COUNT, 0,
	  "first to arrive, or what came before was not kept: needs both ends",
	  total_useful_packets, NULL },
	{ "useful_bytes", NULL, "verdicts.useful.bytes", COLUMN_BYTES,
	  COLUMN_OTHER_END, "bytes of those", total_useful_bytes, NULL },
	{ "redundant_packets", NULL, "verdicts.redundant.packets",
	  COLUMN_COUNT, 0, "the original was first: needs both ends",
	  total_redundant_packets, NULL },
	{ "redundant_bytes", NULL, "verdicts.redundant.bytes", COLUMN_BYTES,
	  COLUMN_OTHER_END, "bytes of those", total_redundant_bytes, NULL },
	{ "unknown_packets", NULL, "verdicts.unknown.packets", COLUMN_COUNT, 0,
	  "nobody can tell", total_unknown_packets, NULL },
	{ "unknown_bytes", NULL, "verdicts.unknown.bytes", COLUMN_BYTES, 0,
	  "bytes of those", total_unknown_bytes, NULL },
	{ "delta_min_ms", NULL, "delta_ms.min", COLUMN_MILLISECONDS, 0,
	  "arrival of the original - of the reinjection, least",
	  total_delta_min, NULL },
	{ "delta_p50_ms", "DELTA", "delta_ms.p50", COLUMN_MILLISECONDS,
	  COLUMN_OTHER_END, "median", total_delta_p50, NULL },
	{ "delta_p95_ms", NULL, "delta_ms.p95", COLUMN_MILLISECONDS, 0,
	  "95th percentile", total_delta_p95, NULL },
	{ "delta_max_ms", NULL, "delta_ms.max", COLUMN_MILLISECONDS, 0,
	  "largest", total_delta_max, NULL },
	{ "spurious", NULL, "spurious", COLUMN_LIST, COLUMN_HUMAN,
	  "what a DATA_ACK had covered, at the sender", total_spurious,
	  NULL },
	{ "spurious_packets", NULL, NULL, COLUMN_COUNT, 0,
	  "packets with bytes that a DATA_ACK had covered",
	  total_spurious_packets, NULL },
	{ "spurious_bytes", "SPURIOUS", NULL, COLUMN_BYTES, COLUMN_TABLE,
	  "bytes of those", total_spurious_bytes, NULL },
	{ "original_delay_p50_ms", "DELAY", "original_delay_ms.p50",
	  COLUMN_MILLISECONDS, COLUMN_TABLE,
	  "from the original to the reinjection, median", total_since_p50,
	  NULL },
	{ "original_delay_p95_ms", NULL, "original_delay_ms.p95",
	  COLUMN_MILLISECONDS, 0, "95th percentile", total_since_p95, NULL },
	{ "original_delay_max_ms", "LONGEST", "original_delay_ms.max",
	  COLUMN_MILLISECONDS, COLUMN_TABLE, "longest", total_since_max, NULL },
	{ "matrix", "FROM>TO", "matrix", COLUMN_LIST, COLUMN_TABLE,
	  "bytes from subflow to subflow", total_matrix, total_matrix_text },
	{ "mptcp_repeated_packets", NULL, "mptcp_repeated.packets",
	  COLUMN_COUNT, 0, "packets that repeat data on the same subflow",
	  repeated_packets, NULL },
	{ "mptcp_repeated_bytes", NULL, "mptcp_repeated.bytes", COLUMN_BYTES,
	  0, "bytes of those", repeated_bytes, NULL },
	{ "tcp_retransmitted_packets", NULL, "tcp_retransmitted.packets",
	  COLUMN_COUNT, 0, "packets that TCP sent again",
	  retransmitted_packets, NULL },
	{ "tcp_retransmitted_bytes", NULL, "tcp_retransmitted.bytes",
	  COLUMN_BYTES, 0, "bytes of those", retransmitted_bytes, NULL },
};

/* clang-format on */

const struct row_type reinject_item = { "reinjection", "reinjections",
					item_columns, N(item_columns) };
const struct row_type reinject_total = { "total", "totals", total_columns,
					 N(total_columns) };
