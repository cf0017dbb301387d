/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/reinject_rows.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "output/define_columns.h"
#include "output/human.h"

#define ROW struct reinject_row

VALUE_GETTER(towards, set_towards(out, r->direction))

/* The list. */

static uint32_t frame_of(const struct reinject_row *r)
{
	return r->listing.trace->packets.frame[r->item->packet];
}

VALUE_GETTER(item_frame, set_frame(out, r->listing.trace, frame_of(r)))
VALUE_GETTER(item_frame_text,
	     set_frame_text(out, r->listing.trace, frame_of(r)))
VALUE_GETTER(item_file, set_frame_file(out, r->listing.trace, frame_of(r)))

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

KNOWN_GETTER(item_dsn, r->item->dsn != LEDGER_UNKNOWN,
	     value_i64(out, r->item->dsn))
VALUE_GETTER(item_bytes, value_u64(out, r->item->bytes))

static uint32_t original_frame(const struct reinject_row *r, size_t i)
{
	return r->listing.trace->packets
		.frame[r->list->originals[r->item->originals + i]];
}

/* To be freed. */
static uint32_t *original_frames(const struct reinject_row *r)
{
	uint32_t *frames =
		mem_calloc(r->item->n_originals + 1, sizeof(*frames));

	for (size_t i = 0; i < r->item->n_originals; i++)
		frames[i] = original_frame(r, i);
	return frames;
}

GETTER(item_original_frames)
{
	uint32_t *frames = original_frames(r);

	set_frames(out, r->listing.trace, frames, r->item->n_originals);
	free(frames);
}

GETTER(item_original_files)
{
	uint32_t *frames = original_frames(r);

	set_frames_files(out, r->listing.trace, frames, r->item->n_originals);
	free(frames);
}

/* "12", "12 13", "12 .. 57 (46)" */
GETTER(item_original_frames_text)
{
	size_t n = r->item->n_originals;

	const struct origins *o = &r->listing.trace->info.origins;

	value_text(out, origins_text(o, original_frame(r, 0)).text);
	if (n == 2)
		strbuf_printf(&out->text, " %s",
			      origins_text(o, original_frame(r, 1)).text);
	else if (n > 2)
		strbuf_printf(&out->text, " .. %s (%zu)",
			      origins_text(o, original_frame(r, n - 1)).text,
			      n);
}

GETTER(item_original_stream)
{
	const struct trace *t = r->listing.trace;
	size_t s = r->listing.conn->subflows[r->item->original_subflow];

	value_u64(out, t->streams[s].tcp_stream);
}

VALUE_GETTER(item_delay, value_ns(out, repetition_delay(r->listing.trace,
							r->list, r->item)))

static struct judgement judge(const struct reinject_row *r)
{
	struct judgement j;

	usefulness_of(r->arrivals, r->list, r->item, &j);
	return j;
}

VALUE_GETTER(item_verdict,
	     value_text(out, usefulness_name(judge(r).usefulness)))

/* What had been acknowledged when something was sent only its sender knows. */
static bool at_sender(const struct reinject_row *r)
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

KNOWN_GETTER(item_spurious, at_sender(r) && r->item->has_spurious,
	     value_bool(out, r->item->spurious))

/* To people a probe is not one more that was in vain. */
KNOWN_GETTER(item_spurious_text, at_sender(r) && r->item->has_spurious,
	     value_text(out, !r->item->spurious ? "no"
			     : r->item->probe	? "probe"
						: "yes"))
VALUE_GETTER(item_probe, value_bool(out, r->item->probe))

GETTER(item_delta)
{
	struct judgement j = judge(r);

	if (j.has_delta)
		value_ns(out, j.delta);
}

/* The sums. */

VALUE_GETTER(total_packets, value_u64(out, r->totals->all.packets))
VALUE_GETTER(total_bytes, value_u64(out, r->totals->all.bytes))

static const struct byte_counts *counts_of(const struct reinject_row *r)
{
	return &r->listing.conn->bytes[r->direction];
}

VALUE_GETTER(total_share,
	     value_ratio(out, r->totals->all.bytes, counts_of(r)->sent))

#define VERDICT_GETTERS(name, v)                                               \
	VALUE_GETTER(total_##name##_packets,                                   \
		     value_u64(out, r->usefulness->of[v].packets))             \
	VALUE_GETTER(total_##name##_bytes,                                     \
		     value_u64(out, r->usefulness->of[v].bytes))

VERDICT_GETTERS(useful, USEFULNESS_USEFUL)
VERDICT_GETTERS(redundant, USEFULNESS_REDUNDANT)
VERDICT_GETTERS(unknown, USEFULNESS_UNKNOWN)

/* Where no reinjection could be judged none was found to be useful or not. */
static bool is_any_judged(const struct reinject_row *r)
{
	const struct count *of = r->usefulness->of;

	return of[USEFULNESS_USEFUL].packets ||
	       of[USEFULNESS_REDUNDANT].packets ||
	       !of[USEFULNESS_UNKNOWN].packets;
}

KNOWN_GETTER(total_useful_text, is_any_judged(r), total_useful_bytes(r, out))
KNOWN_GETTER(total_redundant_text, is_any_judged(r),
	     total_redundant_bytes(r, out))
DISTRIBUTION_GETTERS(total_delta, &r->usefulness->delta)
QUANTILE_GETTER(total_since_p50, &r->totals->delay, p50, value_ns)
QUANTILE_GETTER(total_since_p95, &r->totals->delay, p95, value_ns)
QUANTILE_GETTER(total_since_max, &r->totals->delay, max, value_ns)

GETTER(total_spurious)
{
	if (!at_sender(r) || !r->totals->has_spurious)
		return;
	value_json(out, "");
	strbuf_printf(&out->text,
		      "{\"packets\":%" PRIu64 ",\"bytes\":%" PRIu64 "}",
		      r->totals->spurious.packets, r->totals->spurious.bytes);
}

KNOWN_GETTER(total_spurious_packets, at_sender(r) && r->totals->has_spurious,
	     value_u64(out, r->totals->spurious.packets))
KNOWN_GETTER(total_spurious_bytes, at_sender(r) && r->totals->has_spurious,
	     value_u64(out, r->totals->spurious.bytes))
VALUE_GETTER(total_matrix, set_matrix(out, &r->listing, &r->totals->matrix))

GETTER(total_matrix_text)
{
	const struct matrix *m = &r->totals->matrix;

	for (size_t i = 0; i < m->n; i++) {
		if (i == 0)
			value_text(out, "");
		strbuf_printf(&out->text, "%s%" PRIu32 ">%" PRIu32 " ",
			      i ? ", " : "",
			      subflow_number(&r->listing, m->cells[i].from),
			      subflow_number(&r->listing, m->cells[i].to));
		human_bytes(&out->text, m->cells[i].bytes);
	}
}

#define CLASS_GETTERS(name, c)                                                 \
	VALUE_GETTER(name##_packets,                                           \
		     value_u64(out, counts_of(r)->packets_of[c]))              \
	VALUE_GETTER(name##_bytes, value_u64(out, counts_of(r)->of[c]))

CLASS_GETTERS(repeated, BYTES_MPTCP_REPEATED)
CLASS_GETTERS(retransmitted, BYTES_TCP_RETRANSMITTED)

/* clang-format off */

static const struct column item_columns[] = {
	CONNECTION_COLUMN,
	CAPTURE_OF_FRAME_COLUMNS(item_file),
	TOWARDS_COLUMN(towards),
	SAME("kind", TEXT,
	     "kind: reinjection, mptcp_repeat or tcp_retransmission",
	     item_kind),
	{ "frame", NULL, "frame", COLUMN_COUNT, COLUMN_TABLE,
	  "frame that sent the data again", item_frame, item_frame_text },
	COLUMN("time_s", "TIME", "time_s", SECONDS, COLUMN_TABLE,
	       "time of that frame, since the start of the capture", item_time),
	COLUMN("tcp_stream", "TCP", "tcp_stream", COUNT, COLUMN_TABLE,
	       "subflow of that frame", get_stream_number),
	SHOWN("dsn", COUNT,
	      "first byte of the data, relative; unknown where it has no "
	      "mapping", item_dsn),
	SHOWN("bytes", COUNT, "bytes sent again", item_bytes),
	{ "original_frames", "ORIGINAL", "original_frames", COLUMN_LIST,
	  COLUMN_TABLE, "frames that sent these bytes first",
	  item_original_frames, item_original_frames_text },
	SAME("original_files", LIST,
	     "the files of these frames, where several files are one capture",
	     item_original_files),
	COLUMN("original_tcp_stream", "FROM", "original_tcp_stream", COUNT,
	       COLUMN_TABLE, "subflow of the original frames",
	       item_original_stream),
	COLUMN("original_delay_ms", "DELAY", "original_delay_ms", MILLISECONDS,
	       COLUMN_TABLE, "from the last of the original frames to this one",
	       item_delay),
	COLUMN("verdict", NULL, "verdict", TEXT, COLUMN_OTHER_END,
	       "whether it was needed: useful, redundant or unknown; needs "
	       "both ends",
	       item_verdict),
	{ "spurious", NULL, "spurious", COLUMN_BOOL, COLUMN_TABLE,
	  "a DATA_ACK had covered all of it when it was sent; at the sender",
	  item_spurious, item_spurious_text },
	SAME("window_probe", BOOL,
	     "it is a zero-window probe: one byte below the DATA_ACK, while "
	     "the receive window was closed", item_probe),
	COLUMN("delta_ms", "DELTA", "delta_ms", MILLISECONDS, COLUMN_OTHER_END,
	       "arrival of the original minus arrival of the reinjection; "
	       "needs both ends", item_delta),
};

static const struct column total_columns[] = {
	CONNECTION_COLUMN,
	CAPTURE_COLUMNS,
	TOWARDS_COLUMN(towards),
	SHOWN("packets", COUNT, "packets with reinjected bytes", total_packets),
	SHOWN("bytes", BYTES, "reinjected bytes", total_bytes),
	SAME("counted_at", TEXT,
	     "where it is counted: at the sender, or at the receiver (what "
	     "arrived again)",
	     total_counted_at),
	SHOWN("share", RATIO,
	      "share of reinjected bytes in those sent in this direction",
	      total_share),
	COLUMN("useful_packets", NULL, "verdicts.useful.packets", COUNT, 0,
	       "reinjections that arrived first, or whose original was lost "
	       "or discarded; needs both ends", total_useful_packets),
	{ "useful_bytes", "USEFUL", "verdicts.useful.bytes", COLUMN_BYTES,
	  COLUMN_OTHER_END, "bytes of useful reinjections", total_useful_bytes,
	  total_useful_text },
	COLUMN("redundant_packets", NULL, "verdicts.redundant.packets", COUNT,
	       0,
	       "reinjections whose original arrived before, or that never "
	       "arrived; needs both ends", total_redundant_packets),
	{ "redundant_bytes", "REDUNDANT", "verdicts.redundant.bytes",
	  COLUMN_BYTES, COLUMN_OTHER_END, "bytes of redundant reinjections",
	  total_redundant_bytes, total_redundant_text },
	COLUMN("unknown_packets", NULL, "verdicts.unknown.packets", COUNT, 0,
	       "reinjections that may be either, or cannot be judged",
	       total_unknown_packets),
	COLUMN("unknown_bytes", "UNKNOWN", "verdicts.unknown.bytes", BYTES,
	       COLUMN_OTHER_END,
	       "bytes of those that may be either, or cannot be judged",
	       total_unknown_bytes),
	COLUMN("delta_min_ms", NULL, "delta_ms.min", MILLISECONDS, 0,
	       "arrival of the original minus that of the reinjection, least; "
	       "needs both ends", total_delta_min),
	COLUMN("delta_p50_ms", "DELTA", "delta_ms.p50", MILLISECONDS,
	       COLUMN_OTHER_END,
	       "arrival of the original minus that of the reinjection, median",
	       total_delta_p50),
	COLUMN("delta_p95_ms", NULL, "delta_ms.p95", MILLISECONDS, 0,
	       "arrival of the original minus that of the reinjection, 95th "
	       "percentile", total_delta_p95),
	COLUMN("delta_max_ms", NULL, "delta_ms.max", MILLISECONDS, 0,
	       "arrival of the original minus that of the reinjection, largest",
	       total_delta_max),
	COLUMN("spurious", NULL, "spurious", LIST, COLUMN_HUMAN,
	       "reinjections that a DATA_ACK had covered; at the sender",
	       total_spurious),
	COLUMN("spurious_packets", NULL, NULL, COUNT, 0,
	       "packets with reinjected bytes that a DATA_ACK had covered; at "
	       "the sender", total_spurious_packets),
	COLUMN("spurious_bytes", "SPURIOUS", NULL, BYTES, COLUMN_TABLE,
	       "reinjected bytes that a DATA_ACK had covered; at the sender",
	       total_spurious_bytes),
	COLUMN("original_delay_p50_ms", "DELAY", "original_delay_ms.p50",
	       MILLISECONDS, COLUMN_TABLE,
	       "from the original to the reinjection, median", total_since_p50),
	COLUMN("original_delay_p95_ms", NULL, "original_delay_ms.p95",
	       MILLISECONDS, 0,
	       "from the original to the reinjection, 95th percentile",
	       total_since_p95),
	COLUMN("original_delay_max_ms", "LONGEST", "original_delay_ms.max",
	       MILLISECONDS, COLUMN_TABLE,
	       "from the original to the reinjection, longest",
	       total_since_max),
	{ "matrix", "FROM>TO", "matrix", COLUMN_LIST, COLUMN_TABLE,
	  "reinjected bytes from subflow to subflow", total_matrix,
	  total_matrix_text },
	COLUMN("mptcp_repeated_packets", NULL, "mptcp_repeated.packets", COUNT,
	       0,
	       "packets that repeat data on the same subflow, under other "
	       "subflow sequence numbers", repeated_packets),
	COLUMN("mptcp_repeated_bytes", NULL, "mptcp_repeated.bytes", BYTES, 0,
	       "bytes that were repeated so", repeated_bytes),
	COLUMN("tcp_retransmitted_packets", NULL, "tcp_retransmitted.packets",
	       COUNT, 0, "packets that TCP sent again on the same subflow",
	       retransmitted_packets),
	COLUMN("tcp_retransmitted_bytes", NULL, "tcp_retransmitted.bytes",
	       BYTES, 0, "bytes that TCP sent again on the same subflow",
	       retransmitted_bytes),
};

/* clang-format on */

ROW_TYPE(reinject_item, "reinjection", "reinjections", item_columns);
ROW_TYPE(reinject_total, "total", "totals", total_columns);
