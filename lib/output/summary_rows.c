/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/summary_rows.h"

#include <stdlib.h>

#include "output/notes.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* A getter: "r" is the row, "out" what it fills. */
#define GETTER(name)                                                           \
	static void name##_of(const struct summary_row *r, struct value *out); \
	static void name(const void *row, struct value *out)                   \
	{                                                                      \
		name##_of(row, out);                                           \
	}                                                                      \
	static void name##_of(const struct summary_row *r, struct value *out)

static void set_period(struct value *out, const struct period *p)
{
	if (p->known)
		value_ns(out, p->to - p->from);
}

static void set_throughput(struct value *out, uint64_t bytes,
			   const struct period *p)
{
	if (p->known)
		value_rate(out, bytes, p->to - p->from);
}

static void set_holes(struct value *out, const struct coverage *c)
{
	value_text(out, "[");
	for (size_t i = 0; i < c->n_holes; i++)
		strbuf_printf(&out->text, "%s[%lld,%lld]", i ? "," : "",
			      (long long)c->holes[i].from,
			      (long long)c->holes[i].to);
	strbuf_putc(&out->text, ']');
	out->kind = VALUE_JSON;
}

static void set_notes(struct value *out, const struct strlist *notes)
{
	value_text(out, "[");
	for (size_t i = 0; i < notes->n; i++)
		strbuf_printf(&out->text, "%s\"%s\"", i ? "," : "",
			      notes->items[i]);
	strbuf_putc(&out->text, ']');
	out->kind = VALUE_JSON;
}

/* One value of a distribution, where there are samples. */
#define QUANTILE_GETTER(name, source, member, set)                             \
	GETTER(name)                                                           \
	{                                                                      \
		const struct distribution *d = source(r);                      \
		if (d && d->n)                                                 \
			set(out, d->member);                                   \
	}

/* Connections. */

GETTER(conn_vantage)
{
	value_text(out, vantage_name(r->summary->vantage));
}

GETTER(conn_notes)
{
	struct strlist notes = { .n = 0 };

	notes_of_connection(r->summary, &notes);
	set_notes(out, &notes);
	strlist_release(&notes);
}

/* Directions. */

GETTER(dir_towards)
{
	value_text(out, r->direction->direction == TO_SERVER ? "server" :
							       "client");
}

GETTER(dir_acked)
{
	enum direction d = r->direction->direction;

	if (r->summary->conn->has_acked[d])
		value_u64(out, r->summary->conn->acked[d]);
}

#define COUNT_GETTER(name, level, expression)                                  \
	GETTER(name)                                                           \
	{                                                                      \
		const struct byte_counts *c = r->level->counts;                \
		value_u64(out, c->expression);                                 \
	}

#define COUNT_GETTERS(prefix, level)                                           \
	COUNT_GETTER(prefix##_sent, level, sent)                               \
	COUNT_GETTER(prefix##_data_packets, level, packets)                    \
	COUNT_GETTER(prefix##_unmapped, level, of[BYTES_UNMAPPED])             \
	COUNT_GETTER(prefix##_retransmitted, level,                            \
		     of[BYTES_TCP_RETRANSMITTED])                              \
	COUNT_GETTER(prefix##_repeated, level, of[BYTES_MPTCP_REPEATED])       \
	COUNT_GETTER(prefix##_reinjected, level, of[BYTES_REINJECTED])         \
	COUNT_GETTER(prefix##_new_packets, level, packets_of[BYTES_UNIQUE])    \
	COUNT_GETTER(prefix##_unmapped_packets, level,                         \
		     packets_of[BYTES_UNMAPPED])                               \
	COUNT_GETTER(prefix##_retransmitted_packets, level,                    \
		     packets_of[BYTES_TCP_RETRANSMITTED])                      \
	COUNT_GETTER(prefix##_repeated_packets, level,                         \
		     packets_of[BYTES_MPTCP_REPEATED])                         \
	COUNT_GETTER(prefix##_reinjected_packets, level,                       \
		     packets_of[BYTES_REINJECTED])

COUNT_GETTERS(dir, direction)
COUNT_GETTERS(sub, subflow)

GETTER(dir_unique)
{
	if (byte_counts_know_unique(r->direction->counts))
		value_u64(out, r->direction->counts->of[BYTES_UNIQUE]);
}

GETTER(dir_overhead)
{
	const struct byte_counts *c = r->direction->counts;

	value_ratio(out, c->sent - c->of[BYTES_UNIQUE], c->of[BYTES_UNIQUE]);
}

GETTER(dir_duration)
{
	set_period(out, &r->direction->data);
}

GETTER(dir_duration_all)
{
	set_period(out, &r->direction->all);
}

GETTER(dir_throughput)
{
	set_throughput(out, r->direction->counts->sent, &r->direction->data);
}

GETTER(dir_goodput)
{
	const struct byte_counts *c = r->direction->counts;

	if (byte_counts_know_unique(c))
		set_throughput(out, c->of[BYTES_UNIQUE], &r->direction->data);
}

GETTER(dir_switches)
{
	if (r->direction->data.known)
		value_u64(out, r->direction->switches);
}

GETTER(dir_switches_per_s)
{
	const struct period *p = &r->direction->data;

	if (p->known && p->to > p->from)
		value_real(out, (double)r->direction->switches * 1e9 /
					(double)(p->to - p->from));
}

GETTER(dir_dsn_first)
{
	if (r->direction->coverage.bytes)
		value_i64(out, r->direction->coverage.first);
}

GETTER(dir_dsn_last)
{
	if (r->direction->coverage.bytes)
		value_i64(out, r->direction->coverage.last);
}

GETTER(dir_dsn_origin)
{
	const struct summary *s = r->summary;

	if (!s->has_idsn[r->direction->direction])
		value_text(out, "first_captured");
	else
		value_text(out, s->plain ? "isn" : "idsn");
}

GETTER(dir_holes)
{
	set_holes(out, &r->direction->coverage);
}

GETTER(dir_hole_bytes)
{
	if (r->direction->coverage.bytes)
		value_u64(out, r->direction->coverage.missing);
}

GETTER(dir_matrix)
{
	const struct matrix *m = &r->direction->reinjected.matrix;

	value_text(out, "[");
	for (size_t i = 0; i < m->n; i++) {
		const struct subflow_summary *s = r->direction->subflows;

		strbuf_printf(&out->text,
			      "%s{\"from\":%u,\"to\":%u,\"bytes\":%llu}",
			      i ? "," : "",
			      s[m->cells[i].from].stream->tcp_stream,
			      s[m->cells[i].to].stream->tcp_stream,
			      (unsigned long long)m->cells[i].bytes);
	}
	strbuf_putc(&out->text, ']');
	out->kind = VALUE_JSON;
}

GETTER(dir_spurious)
{
	if (r->direction->delivery.has_interruption)
		value_u64(out, r->direction->reinjected.spurious.bytes);
}

GETTER(dir_interruption)
{
	if (r->direction->delivery.has_interruption)
		value_ns(out, r->direction->delivery.interruption);
}

GETTER(dir_interruption_at)
{
	if (r->direction->delivery.has_interruption_at)
		set_relative(out, r->listing.trace,
			     r->direction->delivery.interruption_at);
}

/* The window is the sender's matter, reordering the receiver's. */
GETTER(dir_limited)
{
	if (r->direction->at_sender && r->direction->delivery.has_limited)
		value_ns(out, r->direction->delivery.limited);
}

static const struct reordering *reordering(const struct summary_row *r)
{
	return r->direction->at_receiver ? &r->direction->reordering : NULL;
}

GETTER(dir_late)
{
	if (reordering(r))
		value_u64(out, reordering(r)->late);
}

GETTER(dir_late_ratio)
{
	if (reordering(r))
		value_ratio(out, reordering(r)->late, reordering(r)->packets);
}

GETTER(dir_degree_max)
{
	if (reordering(r))
		value_u64(out, reordering(r)->degree_max);
}

GETTER(dir_late3)
{
	if (reordering(r))
		value_u64(out, reordering(r)->late3);
}

GETTER(dir_unresolved)
{
	if (reordering(r))
		value_u64(out, reordering(r)->unresolved);
}

GETTER(dir_blocked)
{
	if (reordering(r))
		value_ns(out, reordering(r)->blocked);
}

GETTER(dir_blocked_max)
{
	if (reordering(r))
		value_ns(out, reordering(r)->blocked_max);
}

GETTER(dir_held_max)
{
	if (reordering(r))
		value_u64(out, reordering(r)->held_max);
}

static const struct distribution *delay(const struct summary_row *r)
{
	return reordering(r) ? &reordering(r)->delay : NULL;
}

static const struct distribution *extent(const struct summary_row *r)
{
	return reordering(r) ? &reordering(r)->extent : NULL;
}

QUANTILE_GETTER(delay_p50, delay, p50, value_ns)
QUANTILE_GETTER(delay_p95, delay, p95, value_ns)
QUANTILE_GETTER(delay_max, delay, max, value_ns)
QUANTILE_GETTER(extent_p50, extent, p50, value_i64)
QUANTILE_GETTER(extent_p95, extent, p95, value_i64)
QUANTILE_GETTER(extent_max, extent, max, value_i64)

GETTER(delay_n)
{
	if (delay(r))
		value_u64(out, delay(r)->n);
}

/* Subflows. */

GETTER(sub_unique)
{
	if (byte_counts_know_unique(r->direction->counts))
		value_u64(out, r->subflow->counts->of[BYTES_UNIQUE]);
}

GETTER(sub_acked)
{
	if (r->subflow->tcp->has_acked)
		value_u64(out, r->subflow->tcp->acked);
}

GETTER(sub_packets)
{
	value_u64(out, r->subflow->tcp->packets);
}

GETTER(sub_elsewhere)
{
	value_u64(out, r->subflow->reinjected_elsewhere);
}

GETTER(sub_share)
{
	value_ratio(out, r->subflow->counts->sent, r->direction->counts->sent);
}

static void set_unique_share(const struct summary_row *r, struct value *out)
{
	value_ratio(out, r->subflow->counts->of[BYTES_UNIQUE],
		    r->direction->counts->of[BYTES_UNIQUE]);
}

GETTER(sub_first_sent)
{
	if (r->direction->at_sender)
		set_unique_share(r, out);
}

GETTER(sub_contribution)
{
	const struct crossing_summary *c = r->crossing;

	if (c && c->has_contribution)
		value_ratio(out, c->first_arrived, c->arrived);
	else if (r->direction->at_receiver)
		set_unique_share(r, out);
}

GETTER(sub_mapped)
{
	if (r->crossing && r->crossing->mapped)
		value_u64(out, r->crossing->owd.stream->stream[1]->tcp_stream);
}

GETTER(sub_lost)
{
	if (r->crossing && r->crossing->mapped)
		value_u64(out, r->crossing->owd.lost);
}

GETTER(sub_loss_ratio)
{
	const struct owd *o = r->crossing ? &r->crossing->owd : NULL;

	if (o)
		value_ratio(out, o->lost, o->sent - o->outside);
}

#define OWD_GETTER(part)                                                       \
	GETTER(sub_owd_##part)                                                 \
	{                                                                      \
		if (r->crossing && r->crossing->owd.delay.n)                   \
			value_ns(out, r->crossing->owd.delay.part);            \
	}

OWD_GETTER(min)
OWD_GETTER(p50)
OWD_GETTER(p95)
OWD_GETTER(max)


GETTER(sub_blocking)
{
	if (r->direction->at_receiver)
		value_ns(out, r->subflow->blocking);
}

/* What a subflow and a TCP stream have both, from one direction of TCP. */
static const struct tcp_direction *tcp_of(const struct summary_row *r)
{
	if (r->subflow)
		return r->subflow->tcp;
	return &r->tcp->direction[r->tcp_direction];
}

GETTER(tcp_duration)
{
	set_period(out, &tcp_of(r)->data);
}

GETTER(tcp_duration_all)
{
	set_period(out, &tcp_of(r)->all);
}

GETTER(tcp_first_data)
{
	if (tcp_of(r)->data.known)
		set_relative(out, r->listing.trace, tcp_of(r)->data.from);
}

GETTER(tcp_last_data)
{
	if (tcp_of(r)->data.known)
		set_relative(out, r->listing.trace, tcp_of(r)->data.to);
}

GETTER(tcp_throughput)
{
	set_throughput(out, tcp_of(r)->sent, &tcp_of(r)->data);
}

GETTER(tcp_handshake)
{
	if (tcp_of(r)->rtt.has_handshake)
		value_ns(out, tcp_of(r)->rtt.handshake);
}

static const struct distribution *rtt(const struct summary_row *r)
{
	return &tcp_of(r)->rtt.data;
}

QUANTILE_GETTER(rtt_min, rtt, min, value_ns)
QUANTILE_GETTER(rtt_p50, rtt, p50, value_ns)
QUANTILE_GETTER(rtt_p95, rtt, p95, value_ns)
QUANTILE_GETTER(rtt_max, rtt, max, value_ns)

GETTER(rtt_n)
{
	value_u64(out, rtt(r)->n);
}

/* TCP streams. */

GETTER(stream_towards)
{
	value_text(out, r->tcp_direction == TO_SERVER ? "server" : "client");
}

GETTER(stream_packets)
{
	value_u64(out, tcp_of(r)->packets);
}

GETTER(stream_data_packets)
{
	value_u64(out, tcp_of(r)->data_packets);
}

GETTER(stream_sent)
{
	value_u64(out, tcp_of(r)->sent);
}

GETTER(stream_unique)
{
	value_u64(out, tcp_of(r)->coverage.bytes);
}

GETTER(stream_acked)
{
	if (tcp_of(r)->has_acked)
		value_u64(out, tcp_of(r)->acked);
}

GETTER(stream_retransmitted)
{
	value_u64(out, tcp_of(r)->sent - tcp_of(r)->coverage.bytes);
}

GETTER(stream_retransmitted_packets)
{
	value_u64(out, tcp_of(r)->retransmitted_packets);
}

GETTER(stream_overhead)
{
	value_ratio(out, tcp_of(r)->sent - tcp_of(r)->coverage.bytes,
		    tcp_of(r)->coverage.bytes);
}

GETTER(stream_goodput)
{
	set_throughput(out, tcp_of(r)->coverage.bytes, &tcp_of(r)->data);
}

GETTER(stream_first)
{
	if (tcp_of(r)->coverage.bytes)
		value_i64(out, tcp_of(r)->coverage.first);
}

GETTER(stream_last)
{
	if (tcp_of(r)->coverage.bytes)
		value_i64(out, tcp_of(r)->coverage.last);
}

GETTER(stream_range)
{
	const struct coverage *c = &tcp_of(r)->coverage;

	if (c->bytes)
		value_u64(out, (uint64_t)(c->last - c->first));
}

GETTER(stream_holes)
{
	set_holes(out, &tcp_of(r)->coverage);
}

GETTER(stream_hole_bytes)
{
	if (tcp_of(r)->coverage.bytes)
		value_u64(out, tcp_of(r)->coverage.missing);
}

/* clang-format off */

/* name, heading, JSON key, type, flags, help, getter */
#define COLUMN(name, heading, json, type, flags, help, get) \
	{ name, heading, json, COLUMN_##type, flags, help, get, NULL }
#define SAME(name, type, help, get) COLUMN(name, NULL, name, type, 0, help, get)

static const struct column connection_columns[] = {
	COLUMN("connection", "CONN", "id", COUNT, COLUMN_TABLE,
	       "number of the connection", get_connection),
	SAME("capture", COUNT, "number of the capture, from 0", get_capture),
	COLUMN("file", "CAPTURE", NULL, TEXT, COLUMN_MULTI,
	       "the capture file", get_path),
	SAME("version", COUNT, "MPTCP version: 0 or 1", get_conn_version),
	SAME("state", TEXT, "established, fallback, incomplete or refused",
	     get_conn_state),
	SAME("fallback_cause", TEXT, "why it fell back to plain TCP",
	     get_conn_cause),
	COLUMN("client_address", NULL, "client.address", TEXT, 0,
	       "client's address on the initial subflow",
	       get_conn_client_address),
	COLUMN("client_port", NULL, "client.port", COUNT, 0, "client's port",
	       get_conn_client_port),
	COLUMN("client_token", NULL, "client.token", TOKEN, 0,
	       "client's token", get_conn_client_token),
	COLUMN("server_address", NULL, "server.address", TEXT, 0,
	       "server's address on the initial subflow",
	       get_conn_server_address),
	COLUMN("server_port", NULL, "server.port", COUNT, 0, "server's port",
	       get_conn_server_port),
	COLUMN("server_token", NULL, "server.token", TOKEN, 0,
	       "server's token", get_conn_server_token),
	COLUMN("subflows", NULL, "subflow_count", COUNT, 0,
	       "number of subflows", get_conn_subflows),
	SAME("start_s", SECONDS, "first packet, since the start of the capture",
	     get_conn_start),
	SAME("duration_s", SECONDS, "from the first packet to the last",
	     get_conn_duration),
	SAME("close", TEXT, "how it ended", get_conn_close),
	SAME("vantage", TEXT,
	     "where it was captured: client, server or middle", conn_vantage),
	SAME("filter", TEXT, "Wireshark display filter for this connection",
	     get_conn_filter),
	SAME("notes", LIST, "what limits the numbers", conn_notes),
};

#define CLASS_COLUMNS(prefix) \
	COLUMN("tcp_retransmitted_bytes", "RETRANS", \
	       "tcp_retransmitted_bytes", BYTES, COLUMN_TABLE, \
	       "the same subflow bytes again", prefix##_retransmitted), \
	COLUMN("mptcp_repeated_bytes", "REPEATED", "mptcp_repeated_bytes", \
	       BYTES, COLUMN_TABLE, \
	       "data again on the same subflow, with new subflow numbers", \
	       prefix##_repeated), \
	COLUMN("reinjected_bytes", "REINJ", "reinjected_bytes", BYTES, \
	       COLUMN_TABLE, "data that another subflow had sent before", \
	       prefix##_reinjected), \
	SAME("unmapped_bytes", BYTES, "payload without a known mapping", \
	     prefix##_unmapped), \
	SAME("data_packets", COUNT, "packets with payload", \
	     prefix##_data_packets), \
	SAME("new_data_packets", COUNT, "packets with new data", \
	     prefix##_new_packets), \
	SAME("tcp_retransmitted_packets", COUNT, \
	     "packets with TCP-retransmitted bytes", \
	     prefix##_retransmitted_packets), \
	SAME("mptcp_repeated_packets", COUNT, \
	     "packets with MPTCP-repeated bytes", prefix##_repeated_packets), \
	SAME("reinjected_packets", COUNT, "packets with reinjected bytes", \
	     prefix##_reinjected_packets), \
	SAME("unmapped_packets", COUNT, "packets with unmapped bytes", \
	     prefix##_unmapped_packets)

static const struct column direction_columns[] = {
	COLUMN("towards", NULL, "towards", TEXT, COLUMN_TABLE,
	       "server or client", dir_towards),
	SAME("sent_bytes", BYTES, "payload, repetitions too", dir_sent),
	SAME("unique_bytes", BYTES, "distinct data bytes", dir_unique),
	SAME("acked_bytes", BYTES, "data that DATA_ACKs cover", dir_acked),
	CLASS_COLUMNS(dir),
	SAME("overhead", RATIO, "(sent - unique) / unique", dir_overhead),
	SAME("duration_s", SECONDS, "first to last packet with payload",
	     dir_duration),
	SAME("duration_all_s", SECONDS, "first to last packet",
	     dir_duration_all),
	SAME("throughput_bps", RATE, "sent bytes / duration", dir_throughput),
	SAME("goodput_bps", RATE, "unique bytes / duration", dir_goodput),
	SAME("switches", COUNT,
	     "data packets on another subflow than the one before",
	     dir_switches),
	SAME("switches_per_s", REAL, "switches / duration",
	     dir_switches_per_s),
	SAME("dsn_first", COUNT, "lowest data byte, relative", dir_dsn_first),
	SAME("dsn_last", COUNT, "highest data byte + 1, relative",
	     dir_dsn_last),
	SAME("dsn_origin", TEXT,
	     "positions count from: idsn, isn or first_captured",
	     dir_dsn_origin),
	SAME("holes", LIST, "data never captured, [from, to)", dir_holes),
	SAME("hole_bytes", BYTES, "bytes in holes", dir_hole_bytes),
	SAME("reinjection_matrix", LIST,
	     "reinjected bytes from subflow to subflow", dir_matrix),
	SAME("spurious_bytes", BYTES,
	     "reinjected although a DATA_ACK covered them", dir_spurious),
	SAME("out_of_order_packets", COUNT,
	     "reordered packets (RFC 4737), at the receiver", dir_late),
	SAME("reordering_ratio", RATIO, "of the packets with new data",
	     dir_late_ratio),
	COLUMN("reordering_extent_p50", NULL, "reordering_extent.p50", COUNT,
	       0, "median extent, in packets", extent_p50),
	COLUMN("reordering_extent_p95", NULL, "reordering_extent.p95", COUNT,
	       0, "95th percentile", extent_p95),
	COLUMN("reordering_extent_max", NULL, "reordering_extent.max", COUNT,
	       0, "largest", extent_max),
	SAME("n_reordering_max", COUNT, "largest n of n-reordering",
	     dir_degree_max),
	SAME("three_reordered_packets", COUNT, "n-reordered with n >= 3",
	     dir_late3),
	COLUMN("out_of_order_delay_p50_ms", NULL, "out_of_order_delay_ms.p50",
	       MILLISECONDS, 0, "median wait for lower bytes", delay_p50),
	COLUMN("out_of_order_delay_p95_ms", NULL, "out_of_order_delay_ms.p95",
	       MILLISECONDS, 0, "95th percentile", delay_p95),
	COLUMN("out_of_order_delay_max_ms", NULL, "out_of_order_delay_ms.max",
	       MILLISECONDS, 0, "longest", delay_max),
	COLUMN("out_of_order_delay_n", NULL, "out_of_order_delay_ms.n", COUNT,
	       0, "packets with a known delay", delay_n),
	SAME("out_of_order_unresolved", COUNT, "packets whose wait is unknown",
	     dir_unresolved),
	SAME("hol_blocked_s", SECONDS, "time with data held back", dir_blocked),
	SAME("hol_blocked_max_s", SECONDS, "longest", dir_blocked_max),
	SAME("held_max_bytes", BYTES, "most data held back at a time",
	     dir_held_max),
	SAME("interruption_max_s", SECONDS,
	     "longest time without DATA_ACK progress", dir_interruption),
	SAME("interruption_at_s", SECONDS,
	     "its beginning, since the start of the capture",
	     dir_interruption_at),
	SAME("receive_window_limited_s", SECONDS,
	     "time with the receive window full, at the sender", dir_limited),
};

#define RTT_COLUMNS \
	SAME("handshake_rtt_ms", MILLISECONDS, \
	     "SYN to SYN/ACK, or SYN/ACK to ACK", tcp_handshake), \
	COLUMN("rtt_min_ms", NULL, "rtt_ms.min", MILLISECONDS, 0, \
	       "shortest time from data to its ACK", rtt_min), \
	COLUMN("rtt_p50_ms", "RTT", "rtt_ms.p50", MILLISECONDS, COLUMN_TABLE, \
	       "median", rtt_p50), \
	COLUMN("rtt_p95_ms", NULL, "rtt_ms.p95", MILLISECONDS, 0, \
	       "95th percentile", rtt_p95), \
	COLUMN("rtt_max_ms", NULL, "rtt_ms.max", MILLISECONDS, 0, \
	       "longest", rtt_max), \
	COLUMN("rtt_n", NULL, "rtt_ms.n", COUNT, 0, "samples", rtt_n)

static const struct column subflow_columns[] = {
	COLUMN("tcp_stream", "TCP", "tcp_stream", COUNT, COLUMN_TABLE,
	       "Wireshark's tcp.stream", get_stream_number),
	SAME("client_address", TEXT, "address of the TCP client",
	     get_stream_client_address),
	SAME("client_port", COUNT, "port of the TCP client",
	     get_stream_client_port),
	SAME("server_address", TEXT, "address of the TCP server",
	     get_stream_server_address),
	SAME("server_port", COUNT, "port of the TCP server",
	     get_stream_server_port),
	SAME("opened_by", TEXT, "the connection's client or server",
	     get_subflow_opened_by),
	SAME("local_id", COUNT, "address id of the side that opened it",
	     get_subflow_local_id),
	SAME("remote_id", COUNT, "address id of the other side",
	     get_subflow_remote_id),
	SAME("backup", BOOL, "a side asked to use it as a backup only",
	     get_subflow_backup),
	SAME("interface", TEXT, "interface that captured its first packet",
	     get_stream_interface),
	SAME("join_delay_ms", MILLISECONDS,
	     "its SYN, since the SYN of the initial subflow",
	     get_subflow_join_delay),
	SAME("established", BOOL, "its handshake was completed",
	     get_subflow_established),
	SAME("end", TEXT, "how it ended, by TCP role", get_stream_end),
	SAME("end_reason", TEXT, "reason in an MP_TCPRST option",
	     get_stream_end_reason),
	COLUMN("sent_bytes", "SENT", "sent_bytes", BYTES, COLUMN_TABLE,
	       "payload, repetitions too", sub_sent),
	COLUMN("share", NULL, "share", RATIO, COLUMN_TABLE,
	       "of the bytes sent in this direction", sub_share),
	COLUMN("unique_bytes", "UNIQUE", "unique_bytes", BYTES, COLUMN_TABLE,
	       "data bytes that came first here", sub_unique),
	SAME("first_sent_share", RATIO,
	     "of the data, sent first here; at the sender", sub_first_sent),
	SAME("goodput_contribution", RATIO,
	     "of the data, arrived first here; at the receiver",
	     sub_contribution),
	SAME("acked_bytes", BYTES, "subflow bytes that TCP acknowledged",
	     sub_acked),
	CLASS_COLUMNS(sub),
	SAME("reinjected_elsewhere_bytes", BYTES,
	     "sent first here and again on other subflows", sub_elsewhere),
	SAME("packets", COUNT, "all packets", sub_packets),
	SAME("duration_s", SECONDS, "first to last packet with payload",
	     tcp_duration),
	SAME("duration_all_s", SECONDS, "first to last packet",
	     tcp_duration_all),
	SAME("first_data_s", SECONDS, "first payload, since the start of the "
	     "capture", tcp_first_data),
	SAME("last_data_s", SECONDS, "last payload", tcp_last_data),
	SAME("throughput_bps", RATE, "sent bytes / duration", tcp_throughput),
	RTT_COLUMNS,
	SAME("mapped_tcp_stream", COUNT,
	     "tcp.stream in the other capture (--with)", sub_mapped),
	SAME("lost_packets", COUNT, "packets that never arrived (--with)",
	     sub_lost),
	SAME("loss_ratio", RATIO,
	     "lost packets / sent while both captures ran (--with)",
	     sub_loss_ratio),
	COLUMN("owd_min_ms", NULL, "owd_ms.min", MILLISECONDS, 0,
	       "shortest one-way delay, on one clock (--with)", sub_owd_min),
	COLUMN("owd_p50_ms", NULL, "owd_ms.p50", MILLISECONDS, 0, "median",
	       sub_owd_p50),
	COLUMN("owd_p95_ms", NULL, "owd_ms.p95", MILLISECONDS, 0,
	       "95th percentile", sub_owd_p95),
	COLUMN("owd_max_ms", NULL, "owd_ms.max", MILLISECONDS, 0, "longest",
	       sub_owd_max),
	SAME("hol_caused_s", SECONDS,
	     "time data was held back for bytes that it brought",
	     sub_blocking),
};

static const struct column tcp_stream_columns[] = {
	COLUMN("tcp_stream", "TCP", "tcp_stream", COUNT, COLUMN_TABLE,
	       "Wireshark's tcp.stream", get_stream_number),
	SAME("capture", COUNT, "number of the capture, from 0", get_capture),
	COLUMN("file", "CAPTURE", NULL, TEXT, COLUMN_MULTI,
	       "the capture file", get_path),
	COLUMN("connection", NULL, "connection", COUNT, COLUMN_TABLE,
	       "number of the MPTCP connection it belongs to", get_connection),
	SAME("client_address", TEXT, "address of the TCP client",
	     get_stream_client_address),
	SAME("client_port", COUNT, "port of the TCP client",
	     get_stream_client_port),
	SAME("server_address", TEXT, "address of the TCP server",
	     get_stream_server_address),
	SAME("server_port", COUNT, "port of the TCP server",
	     get_stream_server_port),
	SAME("start_s", SECONDS, "first packet, since the start of the capture",
	     get_stream_start),
	SAME("duration_s", SECONDS, "from the first packet to the last",
	     get_stream_duration),
	SAME("end", TEXT, "how it ended", get_stream_end),
};

static const struct column tcp_direction_columns[] = {
	COLUMN("towards", NULL, "towards", TEXT, COLUMN_TABLE,
	       "server or client, by TCP role", stream_towards),
	COLUMN("sent_bytes", "SENT", "sent_bytes", BYTES, COLUMN_TABLE,
	       "payload, retransmissions too", stream_sent),
	COLUMN("unique_bytes", "UNIQUE", "unique_bytes", BYTES, COLUMN_TABLE,
	       "distinct payload bytes", stream_unique),
	SAME("acked_bytes", BYTES, "bytes that were acknowledged",
	     stream_acked),
	COLUMN("retransmitted_bytes", "RETRANS", "retransmitted_bytes", BYTES,
	       COLUMN_TABLE, "sent - unique", stream_retransmitted),
	SAME("retransmitted_packets", COUNT,
	     "packets with bytes that were sent before",
	     stream_retransmitted_packets),
	SAME("packets", COUNT, "all packets", stream_packets),
	SAME("data_packets", COUNT, "packets with payload",
	     stream_data_packets),
	SAME("overhead", RATIO, "(sent - unique) / unique", stream_overhead),
	SAME("first", COUNT, "lowest byte, 1 = first of the stream",
	     stream_first),
	SAME("last", COUNT, "highest byte + 1", stream_last),
	SAME("range_bytes", BYTES, "last - first", stream_range),
	SAME("holes", LIST, "bytes never captured, [from, to)", stream_holes),
	SAME("hole_bytes", BYTES, "bytes in holes", stream_hole_bytes),
	SAME("duration_s", SECONDS, "first to last packet with payload",
	     tcp_duration),
	SAME("duration_all_s", SECONDS, "first to last packet",
	     tcp_duration_all),
	SAME("first_data_s", SECONDS, "first payload, since the start of the "
	     "capture", tcp_first_data),
	SAME("last_data_s", SECONDS, "last payload", tcp_last_data),
	SAME("throughput_bps", RATE, "sent bytes / duration", tcp_throughput),
	COLUMN("goodput_bps", "GOODPUT", "goodput_bps", RATE, COLUMN_TABLE,
	       "unique bytes / duration", stream_goodput),
	RTT_COLUMNS,
};

/* clang-format on */

#define ROW_TYPE(name) { #name, #name "s", name##_columns, N(name##_columns) }

const struct row_type summary_connection = ROW_TYPE(connection);
const struct row_type summary_direction = ROW_TYPE(direction);
const struct row_type summary_subflow = ROW_TYPE(subflow);
const struct row_type summary_tcp_stream = ROW_TYPE(tcp_stream);
const struct row_type summary_tcp_direction = {
	"direction", "directions", tcp_direction_columns,
	N(tcp_direction_columns)
};
