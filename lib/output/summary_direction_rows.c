/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows of directions of connections. */
#include <stdlib.h>

#include "output/summary_getters.h"

VALUE_GETTER(dir_towards, set_towards(out, r->direction->direction))

GETTER(dir_acked)
{
	enum direction d = r->direction->direction;

	if (r->summary->conn->has_acked[d])
		value_u64(out, r->summary->conn->acked[d]);
}

COUNT_GETTERS(dir, direction)

KNOWN_GETTER(dir_unique, byte_counts_know_unique(r->direction->counts),
	     value_u64(out, r->direction->counts->of[BYTES_UNIQUE]))

GETTER(dir_overhead)
{
	const struct byte_counts *c = r->direction->counts;

	value_ratio(out, c->sent - c->of[BYTES_UNIQUE], c->of[BYTES_UNIQUE]);
}

KNOWN_GETTER(dir_reinjected_share,
	     byte_counts_know_unique(r->direction->counts),
	     value_ratio(out, r->direction->counts->of[BYTES_REINJECTED],
			 r->direction->counts->of[BYTES_UNIQUE]))

/* Of the capture that the rest is of. */
GETTER(dir_duplicated)
{
	uint64_t packets = 0;

	for (size_t k = 0; k < r->direction->n_subflows; k++)
		packets += r->direction->subflows[k].tcp->duplicated_packets;
	value_u64(out, packets);
}

GETTER(dir_duplicated_bytes)
{
	uint64_t bytes = 0;

	for (size_t k = 0; k < r->direction->n_subflows; k++)
		bytes += r->direction->subflows[k].tcp->duplicated_bytes;
	value_u64(out, bytes);
}

VALUE_GETTER(dir_duration, set_period(out, &r->direction->data))
VALUE_GETTER(dir_duration_all, set_period(out, &r->direction->all))
VALUE_GETTER(dir_throughput, set_throughput(out, r->direction->counts->sent,
					    &r->direction->data))

GETTER(dir_goodput)
{
	const struct byte_counts *c = r->direction->counts;

	if (byte_counts_know_unique(c))
		set_throughput(out, c->of[BYTES_UNIQUE], &r->direction->data);
}

KNOWN_GETTER(dir_switches, r->direction->data.known,
	     value_u64(out, r->direction->switches))

GETTER(dir_switches_per_s)
{
	const struct period *p = &r->direction->data;

	if (p->known && p->to > p->from)
		value_real(out, (double)r->direction->switches * 1e9 /
					(double)(p->to - p->from));
}

KNOWN_GETTER(dir_dsn_first, r->direction->coverage.bytes,
	     value_i64(out, r->direction->coverage.first))
KNOWN_GETTER(dir_dsn_last, r->direction->coverage.bytes,
	     value_i64(out, r->direction->coverage.last))

GETTER(dir_dsn_origin)
{
	const struct summary *s = r->summary;

	if (!s->has_idsn[r->direction->direction])
		value_text(out, "first_captured");
	else
		value_text(out, s->plain ? "isn" : "idsn");
}

VALUE_GETTER(dir_holes, set_holes(out, &r->direction->coverage))
KNOWN_GETTER(dir_hole_bytes, r->direction->coverage.bytes,
	     value_u64(out, r->direction->coverage.missing))

/* NULL where there are none, too. */
GETTER(dir_holes_are)
{
	const struct coverage *c = &r->direction->coverage;

	if (c->bytes && (c->n_holes || c->first > 1))
		value_text(out, holes_name(r->direction->holes));
}

/* What was lost on the way only the sender counts: there a repetition was sent
   twice, at the receiver it arrived twice. */
GETTER(dir_counted_at)
{
	if (r->direction->at_sender)
		value_text(out, "sender");
	else if (r->direction->at_receiver)
		value_text(out, "receiver");
}

VALUE_GETTER(dir_matrix,
	     set_matrix(out, &r->listing, &r->direction->reinjected.matrix))

/* What had been acknowledged when something was sent, and how long that took,
   only the sender knows. */
static bool has_progress(const struct summary_row *r)
{
	return at_sender(r) && at_sender(r)->delivery.has_interruption;
}

KNOWN_GETTER(dir_spurious, has_progress(r),
	     value_u64(out, at_sender(r)->reinjected.spurious.bytes))
KNOWN_GETTER(dir_interruption, has_progress(r),
	     value_ns(out, at_sender(r)->delivery.interruption))
KNOWN_GETTER(dir_interruption_at,
	     has_progress(r) && at_sender(r)->delivery.has_interruption_at,
	     set_relative(out, r->listing.trace,
			  at_sender(r)->delivery.interruption_at))

/* The window is the sender's matter, reordering the receiver's. */
KNOWN_GETTER(dir_limited, at_sender(r) && at_sender(r)->delivery.has_limited,
	     value_ns(out, at_sender(r)->delivery.limited))

static const struct reordering *reordering(const struct summary_row *r)
{
	return at_receiver(r) ? &at_receiver(r)->reordering : NULL;
}

KNOWN_GETTER(dir_late, reordering(r), value_u64(out, reordering(r)->late))
KNOWN_GETTER(dir_late_ratio, reordering(r),
	     value_ratio(out, reordering(r)->late, reordering(r)->packets))
KNOWN_GETTER(dir_degree_max, reordering(r),
	     value_u64(out, reordering(r)->degree_max))
KNOWN_GETTER(dir_late3, reordering(r), value_u64(out, reordering(r)->late3))
KNOWN_GETTER(dir_unresolved, reordering(r),
	     value_u64(out, reordering(r)->unresolved))
KNOWN_GETTER(dir_blocked, reordering(r), value_ns(out, reordering(r)->blocked))
KNOWN_GETTER(dir_blocked_max, reordering(r),
	     value_ns(out, reordering(r)->blocked_max))
KNOWN_GETTER(dir_held_max, reordering(r),
	     value_u64(out, reordering(r)->held_max))

static const struct distribution *delay(const struct summary_row *r)
{
	return reordering(r) ? &reordering(r)->delay : NULL;
}

static const struct distribution *extent(const struct summary_row *r)
{
	return reordering(r) ? &reordering(r)->extent : NULL;
}

QUANTILE_GETTER(delay_p50, delay(r), p50, value_ns)
QUANTILE_GETTER(delay_p95, delay(r), p95, value_ns)
QUANTILE_GETTER(delay_max, delay(r), max, value_ns)
QUANTILE_GETTER(extent_p50, extent(r), p50, value_i64)
QUANTILE_GETTER(extent_p95, extent(r), p95, value_i64)
QUANTILE_GETTER(extent_max, extent(r), max, value_i64)

KNOWN_GETTER(delay_n, delay(r), value_u64(out, delay(r)->n))

static const struct aggregation *aggregation(const struct summary_row *r)
{
	return at_sender(r) ? &at_sender(r)->aggregation : NULL;
}

KNOWN_GETTER(dir_required_window, aggregation(r) && aggregation(r)->window,
	     value_u64(out, aggregation(r)->window))
KNOWN_GETTER(dir_best_path, aggregation(r) && aggregation(r)->best,
	     value_u64(out, aggregation(r)->best))
KNOWN_GETTER(dir_benefit, aggregation(r) && aggregation(r)->has_benefit,
	     value_real(out, aggregation(r)->benefit))

/* NULL: they are not known. */
static const struct limits *limits_of(const struct summary_row *r)
{
	const struct direction_summary *d = at_sender(r);

	return d && d->limits.known ? &d->limits : NULL;
}

#define LIMIT_GETTER(name, state)                                              \
	KNOWN_GETTER(dir_limit_##name, limits_of(r),                           \
		     value_ns(out, limits_of(r)->time[LIMIT_##state]))

LIMIT_GETTER(starting, STARTING)
LIMIT_GETTER(outage, OUTAGE)
LIMIT_GETTER(receive_window, RECEIVE_WINDOW)
LIMIT_GETTER(application, APPLICATION)
LIMIT_GETTER(send_buffer, SEND_BUFFER)
LIMIT_GETTER(idle_path, IDLE_PATH)
LIMIT_GETTER(recovery, RECOVERY)
LIMIT_GETTER(stalled_path, STALLED_PATH)
LIMIT_GETTER(path, PATH)

KNOWN_GETTER(dir_limit, limits_of(r),
	     value_text(out, limit_state_name(limits_main(limits_of(r)))))

/* Who held it up, as the sender's capture counts subflows. */
static long culprit(const struct summary_row *r)
{
	const struct limits *l = limits_of(r);

	return l ? limits_culprit(l, limits_main(l)) : LIMIT_NOBODY;
}

GETTER(dir_limit_culprit)
{
	const struct summary *s =
		summary_at_sender(r->summary, r->direction->direction);
	const size_t k = culprit(r) >= 0
				 ? summary_position_back(r->summary, s,
							 (size_t)culprit(r))
				 : SUMMARY_NOWHERE;

	if (k != SUMMARY_NOWHERE)
		value_u64(out, r->direction->subflows[k].stream->tcp_stream);
}

GETTER(dir_limit_culprit_time)
{
	const struct limits *l = limits_of(r);

	if (culprit(r) >= 0 && l->held[limits_main(l)])
		value_ns(out, l->held[limits_main(l)][culprit(r)]);
}

GETTER(dir_limit_reader)
{
	const struct limits *l = limits_of(r);
	const int64_t *window = l ? l->held[LIMIT_RECEIVE_WINDOW] : NULL;

	if (l)
		value_ns(out, window ? window[l->n_subflows] : 0);
	else if (at_receiver(r) && at_receiver(r)->delivery.has_limited)
		value_ns(out, at_receiver(r)->delivery.reader);
}

GETTER(dir_limit_unknown)
{
	const char *why =
		summary_limit_unknown(r->summary, r->direction->direction);

	if (why)
		value_text(out, why);
}

KNOWN_GETTER(dir_exhausted,
	     at_receiver(r) && at_receiver(r)->delivery.has_limited,
	     value_ns(out, at_receiver(r)->delivery.exhausted))

/* clang-format off */

#define LIMIT_COLUMN(name, state, help) \
	COLUMN("limit_" #name "_s", NULL, "limits." #name, SECONDS, 0, help \
	       "; at the sender", dir_limit_##name)

static const struct column direction_columns[] = {
	SHOWN("towards", TEXT, "where the data goes: server or client",
	      dir_towards),
	COLUMN("sent_bytes", "SENT", "sent_bytes", BYTES, COLUMN_LEVEL | COLUMN_SUM,
	       "all payload, with repetitions", dir_sent),
	COLUMN("unique_bytes", "UNIQUE", "unique_bytes", BYTES, COLUMN_LEVEL | COLUMN_SUM,
	     "distinct data bytes; unknown when no payload could be mapped",
	     dir_unique),
	SAME("acked_bytes", BYTES,
	     "data covered by DATA_ACKs, without the DATA_FIN; by TCP's ACKs "
	     "where options were lost", dir_acked),
	CLASS_COLUMNS(dir),
	DUPLICATED_COLUMNS(dir),
	COLUMN("overhead", NULL, "overhead", RATIO, COLUMN_LEVEL, "(sent - unique) / unique", dir_overhead),
	COLUMN("duration_s", "TIME", "duration_s", SECONDS, COLUMN_LEVEL,
	     "from the first to the last packet with payload", dir_duration),
	SAME("duration_all_s", SECONDS, "from the first to the last packet",
	     dir_duration_all),
	SAME("throughput_bps", RATE, "sent_bytes / duration_s", dir_throughput),
	COLUMN("goodput_bps", "GOODPUT", "goodput_bps", RATE, COLUMN_LEVEL, "unique_bytes / duration_s", dir_goodput),
	COLUMN("reinjected_share", NULL, "reinjected_share", RATIO,
	       COLUMN_LEVEL,
	       "reinjected_bytes / unique_bytes: a part of the overhead",
	       dir_reinjected_share),
	SAME("switches", COUNT,
	     "packets with payload on another subflow than the one before",
	     dir_switches),
	SAME("switches_per_s", REAL, "switches / duration_s",
	     dir_switches_per_s),
	SAME("dsn_first", COUNT, "lowest data position, relative",
	     dir_dsn_first),
	SAME("dsn_last", COUNT, "highest data position + 1, relative",
	     dir_dsn_last),
	SAME("dsn_origin", TEXT,
	     "what positions are counted from: idsn; isn after a fallback; "
	     "first_captured", dir_dsn_origin),
	SAME("holes", LIST,
	     "data between dsn_first and dsn_last that is not in the capture, "
	     "as [from, to)", dir_holes),
	SAME("hole_bytes", BYTES, "bytes in these holes", dir_hole_bytes),
	SAME("holes_are", TEXT,
	     "why they are missing: not_sent; or not_captured (lost, not "
	     "sent, or not in the capture)", dir_holes_are),
	SAME("counted_at", TEXT,
	     "where it is counted: at the sender, or at the receiver (what "
	     "arrived, and what arrived twice)", dir_counted_at),
	SAME("reinjection_matrix", LIST,
	     "reinjected bytes from subflow to subflow", dir_matrix),
	SAME("spurious_bytes", BYTES,
	     "reinjected bytes that a DATA_ACK had covered before; at the "
	     "sender", dir_spurious),
	SAME("out_of_order_packets", COUNT,
	     "packets whose first new byte is below one that arrived before "
	     "(reordered, RFC 4737); at the receiver", dir_late),
	SAME("reordering_ratio", RATIO,
	     "share of reordered packets in those with new data; at the "
	     "receiver",
	     dir_late_ratio),
	COLUMN("reordering_extent_p50", NULL, "reordering_extent.p50", COUNT, 0,
	       "reordering extent, in packets (RFC 4737 4.2), median; at the "
	       "receiver", extent_p50),
	COLUMN("reordering_extent_p95", NULL, "reordering_extent.p95", COUNT, 0,
	       "reordering extent, 95th percentile; at the receiver",
	       extent_p95),
	COLUMN("reordering_extent_max", NULL, "reordering_extent.max", COUNT, 0,
	       "reordering extent, largest; at the receiver", extent_max),
	SAME("n_reordering_max", COUNT,
	     "largest n for which a packet is n-reordered (RFC 4737 5); at "
	     "the receiver", dir_degree_max),
	SAME("three_reordered_packets", COUNT,
	     "packets that are n-reordered with n of 3 or more; at the "
	     "receiver", dir_late3),
	COLUMN("out_of_order_delay_p50_ms", NULL, "out_of_order_delay_ms.p50",
	       MILLISECONDS, 0,
	       "from the arrival of new data until all lower data had "
	       "arrived, median; at the receiver", delay_p50),
	COLUMN("out_of_order_delay_p95_ms", NULL, "out_of_order_delay_ms.p95",
	       MILLISECONDS, 0,
	       "out-of-order delay, 95th percentile; at the receiver",
	       delay_p95),
	COLUMN("out_of_order_delay_max_ms", NULL, "out_of_order_delay_ms.max",
	       MILLISECONDS, 0, "out-of-order delay, longest; at the receiver",
	       delay_max),
	COLUMN("out_of_order_delay_n", NULL, "out_of_order_delay_ms.n", COUNT,
	       0,
	       "packets whose out-of-order delay is known; at the receiver",
	       delay_n),
	SAME("out_of_order_unresolved", COUNT,
	     "packets whose out-of-order delay is unknown; at the receiver",
	     dir_unresolved),
	SAME("hol_blocked_s", SECONDS,
	     "time with data held back because earlier data was missing; at "
	     "the receiver", dir_blocked),
	SAME("hol_blocked_max_s", SECONDS,
	     "longest time with data held back; at the receiver",
	     dir_blocked_max),
	SAME("held_max_bytes", BYTES,
	     "most data held back at a time; at the receiver", dir_held_max),
	SAME("interruption_max_s", SECONDS,
	     "longest time without progress of the DATA_ACK while data was "
	     "outstanding; at the sender", dir_interruption),
	SAME("interruption_at_s", SECONDS,
	     "beginning of that time, since the start of the capture",
	     dir_interruption_at),
	LIMIT_COLUMN(starting, STARTING,
		     "time before any data was acknowledged"),
	LIMIT_COLUMN(outage, OUTAGE,
		     "time during which all subflows were stalled"),
	LIMIT_COLUMN(receive_window, RECEIVE_WINDOW,
		     "time during which the receive window was full"),
	LIMIT_COLUMN(application, APPLICATION,
		     "time during which all data that was sent was "
		     "acknowledged"),
	LIMIT_COLUMN(send_buffer, SEND_BUFFER,
		     "time during which a subflow was idle because the sender "
		     "had no room for more data"),
	LIMIT_COLUMN(idle_path, IDLE_PATH,
		     "time during which a subflow was idle and others went on"),
	LIMIT_COLUMN(recovery, RECOVERY,
		     "time during which no DATA_ACK advanced because losses "
		     "had to be repaired"),
	LIMIT_COLUMN(stalled_path, STALLED_PATH,
		     "time during which a subflow was stalled and others went "
		     "on"),
	LIMIT_COLUMN(path, PATH, "time during which all subflows were busy"),
	SAME("limit", TEXT,
	     "what limited it: the name of one of these states; at the sender",
	     dir_limit),
	SAME("limit_culprit", COUNT,
	     "the subflow that held it up longest in that state, as tcp.stream",
	     dir_limit_culprit),
	SAME("limit_culprit_s", SECONDS,
	     "for how long it did", dir_limit_culprit_time),
	SAME("limit_reader_s", SECONDS,
	     "time during which the receive window was full and all data "
	     "acknowledged: the receiving application did not read; as the "
	     "captured end sees it", dir_limit_reader),
	SAME("limit_unknown", TEXT,
	     "why limit is unknown: at_receiver, in_the_middle, place_unknown "
	     "(where it was captured), not_captured", dir_limit_unknown),
	SAME("window_exhausted_s", SECONDS,
	     "time during which all data that the receive window allowed had "
	     "arrived, except less than an MSS: for at least so long the "
	     "sender could send nothing new; at the receiver", dir_exhausted),
	SAME("required_window_bytes", BYTES,
	     "receive window that would keep all subflows busy: the sum of "
	     "their delivery rates, for the longest round-trip time (95th "
	     "percentile); at the sender", dir_required_window),
	SAME("best_single_path_bps", RATE,
	     "delivery rate of the subflow that has the highest; at the sender",
	     dir_best_path),
	SAME("aggregation_benefit", REAL,
	     "goodput against the best subflow alone: -1 nothing, 0 as much, 1 "
	     "all subflows together; unknown where the application was the "
	     "limit; at the sender", dir_benefit),
	SAME("receive_window_limited_s", SECONDS,
	     "time with less than an MSS left in the receive window; at the "
	     "sender", dir_limited),
};

/* clang-format on */

PREFIXED_ROW_TYPE(summary_direction, "direction", "directions",
		  direction_columns);
