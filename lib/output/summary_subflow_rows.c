/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Subflows, and the TCP streams of -t with their directions. */
#include "output/summary_getters.h"

COUNT_GETTERS(sub, subflow)

/* Subflows. */

KNOWN_GETTER(sub_unique, byte_counts_know_unique(r->direction->counts),
	     value_u64(out, r->subflow->counts->of[BYTES_UNIQUE]))
KNOWN_GETTER(sub_acked, r->subflow->tcp->has_acked,
	     value_u64(out, r->subflow->tcp->acked))
VALUE_GETTER(sub_packets, value_u64(out, r->subflow->tcp->packets))
VALUE_GETTER(sub_elsewhere, value_u64(out, r->subflow->reinjected_elsewhere))
VALUE_GETTER(sub_share, value_ratio(out, r->subflow->counts->sent,
				    r->direction->counts->sent))

/* Of a subflow in a direction that the same capture has. */
static void set_unique_share(const struct direction_summary *d,
			     const struct subflow_summary *flow,
			     struct value *out)
{
	if (d && flow)
		value_ratio(out, flow->counts->of[BYTES_UNIQUE],
			    d->counts->of[BYTES_UNIQUE]);
}

VALUE_GETTER(sub_first_sent,
	     set_unique_share(at_sender(r), flow_at_sender(r), out))

GETTER(sub_contribution)
{
	const struct crossing_summary *c = r->crossing;

	if (c && c->has_contribution)
		value_ratio(out, c->first_arrived, c->arrived);
	else
		set_unique_share(at_receiver(r), flow_at_receiver(r), out);
}

KNOWN_GETTER(sub_mapped, r->crossing && r->crossing->mapped,
	     value_u64(out, r->crossing->owd.stream->stream[1]->tcp_stream))
KNOWN_GETTER(sub_lost, r->crossing && r->crossing->mapped,
	     value_u64(out, r->crossing->owd.lost))
KNOWN_GETTER(sub_altered, r->crossing && r->crossing->mapped,
	     value_u64(out, r->crossing->owd.altered))

GETTER(sub_duplicated)
{
	if (r->crossing && r->crossing->mapped)
		value_u64(out, r->crossing->owd.duplicated);
	else
		value_u64(out, r->subflow->tcp->duplicated_packets);
}

GETTER(sub_duplicated_bytes)
{
	if (r->crossing && r->crossing->mapped)
		value_u64(out, r->crossing->owd.duplicated_bytes);
	else
		value_u64(out, r->subflow->tcp->duplicated_bytes);
}

GETTER(sub_loss_ratio)
{
	const struct owd *o = r->crossing ? &r->crossing->owd : NULL;

	if (o)
		value_ratio(out, o->lost, o->crossed);
}

DISTRIBUTION_GETTERS(sub_owd, r->crossing ? &r->crossing->owd.delay : NULL)

KNOWN_GETTER(sub_blocking, flow_at_receiver(r),
	     value_ns(out, flow_at_receiver(r)->blocking))

/* What a subflow and a TCP stream have both, from one direction of TCP. */
static const struct tcp_direction *tcp_of(const struct summary_row *r)
{
	if (r->subflow)
		return r->subflow->tcp;
	return &r->tcp->direction[r->tcp_direction];
}

VALUE_GETTER(tcp_duration, set_period(out, &tcp_of(r)->data))
VALUE_GETTER(tcp_duration_all, set_period(out, &tcp_of(r)->all))
KNOWN_GETTER(tcp_first_data, tcp_of(r)->data.known,
	     set_relative(out, r->listing.trace, tcp_of(r)->data.from))
KNOWN_GETTER(tcp_last_data, tcp_of(r)->data.known,
	     set_relative(out, r->listing.trace, tcp_of(r)->data.to))
VALUE_GETTER(tcp_throughput,
	     set_throughput(out, tcp_of(r)->sent, &tcp_of(r)->data))

GETTER(sub_goodput)
{
	if (byte_counts_know_unique(r->direction->counts))
		set_throughput(out, r->subflow->counts->of[BYTES_UNIQUE],
			       &tcp_of(r)->data);
}

KNOWN_GETTER(sub_reinjected_share,
	     byte_counts_know_unique(r->direction->counts),
	     value_ratio(out, r->subflow->counts->of[BYTES_REINJECTED],
			 r->direction->counts->of[BYTES_UNIQUE]))

static uint64_t capacity(const struct summary_row *r)
{
	return trace_capacity(r->listing.trace, r->subflow->stream);
}

KNOWN_GETTER(sub_capacity, capacity(r), value_u64(out, capacity(r)))
KNOWN_GETTER(sub_delivery_rate,
	     flow_at_sender(r) && flow_at_sender(r)->tcp->delivery_rate,
	     value_u64(out, flow_at_sender(r)->tcp->delivery_rate))

/* Round trips as the sender sees them, NULL where no capture was taken there:
   elsewhere it would be but a part of the way. */
static const struct rtt *round_trips(const struct summary_row *r)
{
	const struct subflow_summary *flow = NULL;

	if (r->subflow) {
		flow = flow_at_sender(r);
		return flow ? &flow->tcp->rtt : NULL;
	}
	return vantage_is_sender(
		       vantage_of_stream(r->listing.trace, r->tcp->stream),
		       r->tcp_direction)
		       ? &tcp_of(r)->rtt
		       : NULL;
}

KNOWN_GETTER(tcp_handshake, round_trips(r) && round_trips(r)->has_handshake,
	     value_ns(out, round_trips(r)->handshake))

static const struct distribution *rtt(const struct summary_row *r)
{
	return round_trips(r) ? &round_trips(r)->data : NULL;
}

DISTRIBUTION_GETTERS(rtt, rtt(r))

KNOWN_GETTER(rtt_n, rtt(r), value_u64(out, rtt(r)->n))

/* TCP streams. */

VALUE_GETTER(stream_towards, set_towards(out, r->tcp_direction))
VALUE_GETTER(stream_packets, value_u64(out, tcp_of(r)->packets))
VALUE_GETTER(stream_duplicated,
	     value_u64(out,
		       r->tcp->direction[r->tcp_direction].duplicated_packets))
VALUE_GETTER(stream_duplicated_bytes,
	     value_u64(out,
		       r->tcp->direction[r->tcp_direction].duplicated_bytes))
VALUE_GETTER(stream_data_packets, value_u64(out, tcp_of(r)->data_packets))
VALUE_GETTER(stream_sent, value_u64(out, tcp_of(r)->sent))
VALUE_GETTER(stream_unique, value_u64(out, tcp_of(r)->coverage.bytes))
KNOWN_GETTER(stream_acked, tcp_of(r)->has_acked,
	     value_u64(out, tcp_of(r)->acked))
VALUE_GETTER(stream_retransmitted,
	     value_u64(out, tcp_of(r)->sent - tcp_of(r)->coverage.bytes))
VALUE_GETTER(stream_retransmitted_packets,
	     value_u64(out, tcp_of(r)->retransmitted_packets))
VALUE_GETTER(stream_overhead,
	     value_ratio(out, tcp_of(r)->sent - tcp_of(r)->coverage.bytes,
			 tcp_of(r)->coverage.bytes))
VALUE_GETTER(stream_goodput,
	     set_throughput(out, tcp_of(r)->coverage.bytes, &tcp_of(r)->data))
KNOWN_GETTER(stream_first, tcp_of(r)->coverage.bytes,
	     value_i64(out, tcp_of(r)->coverage.first))
KNOWN_GETTER(stream_last, tcp_of(r)->coverage.bytes,
	     value_i64(out, tcp_of(r)->coverage.last))

GETTER(stream_range)
{
	const struct coverage *c = &tcp_of(r)->coverage;

	if (c->bytes)
		value_u64(out, (uint64_t)(c->last - c->first));
}

VALUE_GETTER(stream_holes, set_holes(out, &tcp_of(r)->coverage))
KNOWN_GETTER(stream_hole_bytes, tcp_of(r)->coverage.bytes,
	     value_u64(out, tcp_of(r)->coverage.missing))

/* clang-format off */

#define TCP_TIME_COLUMNS \
	SAME("duration_s", SECONDS, \
	     "from the first to the last packet with payload", tcp_duration), \
	SAME("duration_all_s", SECONDS, "from the first to the last packet", \
	     tcp_duration_all), \
	SAME("first_data_s", SECONDS, "first payload, since the start of the " \
	     "capture", tcp_first_data), \
	SAME("last_data_s", SECONDS, \
	     "last payload, since the start of the capture", tcp_last_data), \
	SAME("throughput_bps", RATE, "sent_bytes / duration_s", tcp_throughput)

#define RTT_COLUMNS \
	SAME("handshake_rtt_ms", MILLISECONDS, \
	     "from SYN to SYN/ACK, or from SYN/ACK to ACK; at the sender of " \
	     "the first", tcp_handshake), \
	COLUMN("rtt_min_ms", NULL, "rtt_ms.min", MILLISECONDS, 0, \
	       "from data to its acknowledgment, shortest; at the sender", \
	       rtt_min), \
	COLUMN("rtt_p50_ms", "RTT", "rtt_ms.p50", MILLISECONDS, COLUMN_TABLE, \
	       "from data to its acknowledgment, median", rtt_p50), \
	COLUMN("rtt_p95_ms", NULL, "rtt_ms.p95", MILLISECONDS, 0, \
	       "from data to its acknowledgment, 95th percentile", rtt_p95), \
	COLUMN("rtt_max_ms", NULL, "rtt_ms.max", MILLISECONDS, 0, \
	       "from data to its acknowledgment, longest", rtt_max), \
	COLUMN("rtt_n", NULL, "rtt_ms.n", COUNT, 0, \
	       "samples of that time", rtt_n)

static const struct column subflow_columns[] = {
	COLUMN("tcp_stream", "TCP", "tcp_stream", COUNT, COLUMN_TABLE,
	       "Wireshark's tcp.stream", get_stream_number),
	STREAM_ADDRESS_COLUMNS,
	SUBFLOW_ID_COLUMNS,
	SAME("join_delay_ms", MILLISECONDS,
	     "from the SYN of the initial subflow to its own",
	     get_subflow_join_delay),
	SUBFLOW_END_COLUMNS,
	COLUMN("sent_bytes", "SENT", "sent_bytes", BYTES,
	       COLUMN_TABLE | COLUMN_SUM,
	       "all payload, with repetitions", sub_sent),
	SHOWN("share", RATIO,
	      "share of its sent bytes in those of the direction",
	      sub_share),
	COLUMN("unique_bytes", "UNIQUE", "unique_bytes", BYTES,
	       COLUMN_TABLE | COLUMN_SUM,
	       "data bytes that were seen first here; unknown when no payload "
	       "could be mapped", sub_unique),
	SAME("first_sent_share", RATIO,
	     "share of its unique bytes in those of the direction; at the "
	     "sender",
	     sub_first_sent),
	SAME("goodput_contribution", RATIO,
	     "share of data that arrived here first in that of the direction; "
	     "at the receiver, or --with", sub_contribution),
	SAME("acked_bytes", BYTES,
	     "bytes that TCP acknowledged, without the FIN; unknown without "
	     "the initial sequence number", sub_acked),
	CLASS_COLUMNS(sub),
	SAME("reinjected_elsewhere_bytes", BYTES,
	     "bytes that it sent first and another subflow sent again",
	     sub_elsewhere),
	SAME("packets", COUNT, "all packets, with or without payload",
	     sub_packets),
	TCP_TIME_COLUMNS,
	COLUMN("subflow_goodput_bps", NULL, "goodput_bps", RATE, 0,
	       "its unique_bytes / its duration_s", sub_goodput),
	COLUMN("reinjected_share", NULL, "reinjected_share", RATIO, 0,
	       "its reinjected_bytes / unique bytes of the direction: a part "
	       "of the overhead", sub_reinjected_share),
	SAME("delivery_rate_bps", RATE,
	     "highest rate of acknowledged payload over at least 10 "
	     "round-trip times with data in flight (100 ms where these are "
	     "less than 10 ms): its path carries at least that; at the sender",
	     sub_delivery_rate),
	SAME("capacity_bps", RATE,
	     "what its path carries, as --capacity says; else unknown",
	     sub_capacity),
	RTT_COLUMNS,
	SAME("mapped_tcp_stream", COUNT,
	     "tcp.stream in the other capture (--with)", sub_mapped),
	SAME("lost_packets", COUNT, "packets that never arrived (--with)",
	     sub_lost),
	SAME("loss_ratio", RATIO,
	     "lost packets, of those sent while both captures ran (--with)",
	     sub_loss_ratio),
	SAME("altered_packets", COUNT,
	     "packets that arrived with other options, window or flags (--with)",
	     sub_altered),
	DUPLICATED_COLUMNS(sub),
	COLUMN("owd_min_ms", NULL, "owd_ms.min", MILLISECONDS, 0,
	       "one-way delay on one clock, shortest (--with)", sub_owd_min),
	COLUMN("owd_p50_ms", NULL, "owd_ms.p50", MILLISECONDS, 0,
	       "one-way delay, median (--with)", sub_owd_p50),
	COLUMN("owd_p95_ms", NULL, "owd_ms.p95", MILLISECONDS, 0,
	       "one-way delay, 95th percentile (--with)", sub_owd_p95),
	COLUMN("owd_max_ms", NULL, "owd_ms.max", MILLISECONDS, 0,
	       "one-way delay, longest (--with)", sub_owd_max),
	SAME("hol_caused_s", SECONDS,
	     "time data was held back for bytes that came on this subflow; at "
	     "the receiver", sub_blocking),
};

static const struct column tcp_stream_columns[] = {
	COLUMN("tcp_stream", "TCP", "tcp_stream", COUNT, COLUMN_TABLE,
	       "Wireshark's tcp.stream", get_stream_number),
	CAPTURE_COLUMNS,
	SHOWN("connection", COUNT,
	      "number of its MPTCP connection, if it has one", get_connection),
	STREAM_ADDRESS_COLUMNS,
	SAME("start_s", SECONDS, "first packet, since the start of the capture",
	     get_stream_start),
	SAME("duration_s", SECONDS, "from the first packet to the last",
	     get_stream_duration),
	SAME("end", TEXT, "how it ended, by TCP role", get_stream_end),
};

static const struct column tcp_direction_columns[] = {
	SHOWN("towards", TEXT,
	      "where the data goes, by TCP role: server or client",
	      stream_towards),
	COLUMN("sent_bytes", "SENT", "sent_bytes", BYTES, COLUMN_TABLE,
	       "all payload, with retransmissions", stream_sent),
	COLUMN("unique_bytes", "UNIQUE", "unique_bytes", BYTES, COLUMN_TABLE,
	       "distinct payload bytes", stream_unique),
	SAME("acked_bytes", BYTES,
	     "bytes that were acknowledged, without the FIN; unknown without "
	     "the initial sequence number", stream_acked),
	COLUMN("retransmitted_bytes", "RETRANS", "retransmitted_bytes", BYTES,
	       COLUMN_TABLE, "sent_bytes - unique_bytes", stream_retransmitted),
	SAME("retransmitted_packets", COUNT,
	     "packets with a byte that was seen before",
	     stream_retransmitted_packets),
	SAME("packets", COUNT, "all packets, with or without payload",
	     stream_packets),
	SAME("data_packets", COUNT, "packets with payload",
	     stream_data_packets),
	DUPLICATED_COLUMNS(stream),
	SAME("overhead", RATIO, "(sent - unique) / unique", stream_overhead),
	SAME("first", COUNT,
	     "lowest position; the first byte of the stream is 1",
	     stream_first),
	SAME("last", COUNT, "highest position + 1", stream_last),
	SAME("range_bytes", BYTES, "last - first", stream_range),
	SAME("holes", LIST,
	     "bytes between first and last that are not in the capture, as "
	     "[from, to)", stream_holes),
	SAME("hole_bytes", BYTES, "bytes in those holes", stream_hole_bytes),
	TCP_TIME_COLUMNS,
	COLUMN("goodput_bps", "GOODPUT", "goodput_bps", RATE, COLUMN_TABLE,
	       "unique_bytes / duration_s", stream_goodput),
	RTT_COLUMNS,
};

/* clang-format on */

ROW_TYPE(summary_subflow, "subflow", "subflows", subflow_columns);
ROW_TYPE(summary_tcp_stream, "tcp_stream", "tcp_streams", tcp_stream_columns);
ROW_TYPE(summary_tcp_direction, "direction", "directions",
	 tcp_direction_columns);
