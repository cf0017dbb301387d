/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/live_rows.h"

#include <string.h>

#include "output/class_columns.h"
#include "output/live_view.h"

#define ROW struct live_row

static void set_since(struct value *out, const struct live_row *r, int64_t time)
{
	if (r->moment->has_time)
		value_ns(out, time - r->moment->first_time);
}

/* ---- a moment ---- */

GETTER(refresh_type)
{
	static const char *const names[] = {
		[LIVE_REFRESH] = "refresh",
		[LIVE_FORGOTTEN] = "forgotten",
		[LIVE_FINAL] = "final",
	};

	value_text(out, names[r->moment->reason]);
}

VALUE_GETTER(refresh_final, value_bool(out, r->moment->reason == LIVE_FINAL))
KNOWN_GETTER(refresh_time, r->moment->has_time, value_ns(out, r->moment->time))
VALUE_GETTER(refresh_time_s, set_since(out, r, r->moment->time))
VALUE_GETTER(refresh_interval, value_ns(out, r->moment->second))
VALUE_GETTER(refresh_packets, value_u64(out, r->moment->counts.packets))
VALUE_GETTER(refresh_bytes, value_u64(out, r->moment->counts.bytes))
KNOWN_GETTER(refresh_packets_per_s, r->moment->has_rate,
	     value_real(out, r->moment->packets_per_s))
KNOWN_GETTER(refresh_wire_rate, r->moment->has_wire_rate,
	     value_real(out, r->moment->bytes_per_s * 8))
VALUE_GETTER(refresh_tcp_packets, value_u64(out, r->moment->totals.packets))
KNOWN_GETTER(refresh_dropped, r->moment->counts.has_dropped,
	     value_u64(out, r->moment->counts.dropped))
VALUE_GETTER(refresh_odd, value_u64(out, r->moment->counts.odd))
VALUE_GETTER(refresh_waiting, value_u64(out, r->moment->counts.waiting))
VALUE_GETTER(refresh_sampled, value_u64(out, r->moment->sampled))
VALUE_GETTER(refresh_left_out, value_u64(out, r->moment->totals.left_out))
VALUE_GETTER(refresh_count, value_u64(out, r->moment->totals.connections))
VALUE_GETTER(refresh_gone, value_u64(out, r->moment->totals.gone))
VALUE_GETTER(refresh_sent, value_u64(out, r->moment->totals.bytes))
VALUE_GETTER(refresh_other, value_u64(out, r->moment->totals.other_streams))
VALUE_GETTER(refresh_kept, value_u64(out, r->moment->totals.kept))

/* ---- connections ---- */

VALUE_GETTER(conn_id, value_u64(out, r->connection->id))
VALUE_GETTER(conn_subflows, value_u64(out, r->connection->n_subflows))
VALUE_GETTER(conn_start, set_since(out, r, r->connection->first_time))
VALUE_GETTER(conn_duration, value_ns(out, r->connection->last_time -
						  r->connection->first_time))
VALUE_GETTER(conn_phase, value_text(out, live_state_name(r->connection->state)))
VALUE_GETTER(conn_partial, value_bool(out, r->connection->is_partial))

/* ---- directions ---- */

static void set_rate(struct value *out, const struct live_row *r,
		     const struct live_part *part)
{
	value_rate(out, part->flow->lately, r->moment->second);
}

VALUE_GETTER(dir_towards, set_towards(out, r->towards))
COUNT_GETTERS(dir, direction)
KNOWN_GETTER(dir_unique, byte_counts_know_unique(r->direction->counts),
	     value_u64(out, r->direction->counts->of[BYTES_UNIQUE]))
VALUE_GETTER(dir_packets, value_u64(out, r->direction->flow->packets))
VALUE_GETTER(dir_rate, set_rate(out, r, r->direction))

/* ---- subflows ---- */

COUNT_GETTERS(sub, subflow)
KNOWN_GETTER(sub_interface, r->flows->interface && * r->flows->interface,
	     value_text(out, r->flows->interface))
VALUE_GETTER(sub_phase, value_text(out, live_state_name(r->flows->state)))
KNOWN_GETTER(sub_unique, byte_counts_know_unique(r->direction->counts),
	     value_u64(out, r->subflow->counts->of[BYTES_UNIQUE]))
VALUE_GETTER(sub_packets, value_u64(out, r->subflow->flow->packets))
VALUE_GETTER(sub_share, value_ratio(out, r->subflow->counts->sent,
				    r->direction->counts->sent))
VALUE_GETTER(sub_rate, set_rate(out, r, r->subflow))
VALUE_GETTER(sub_rate_share, value_ratio(out, r->subflow->flow->lately,
					 r->direction->flow->lately))
KNOWN_GETTER(sub_rtt, r->subflow->flow->rtt,
	     value_ns(out, r->subflow->flow->rtt))
KNOWN_GETTER(sub_flight, r->subflow->flow->has_flight,
	     value_u64(out, r->subflow->flow->flight))
VALUE_GETTER(sub_stalled, value_bool(out, r->subflow->flow->stalled))
VALUE_GETTER(sub_idle, value_ns(out, r->moment->time - r->flows->last_time))

/* clang-format off */

static const struct column refresh_columns[] = {
	SAME("type", TEXT,
	     "kind of line: refresh, forgotten, final or event",
	     refresh_type),
	SAME("final", BOOL, "this is the last line", refresh_final),
	SAME("time", TIME, "when, by the clock of the packets", refresh_time),
	SAME("time_s", SECONDS, "since the first packet", refresh_time_s),
	SAME("interval_s", SECONDS, "the interval of the rates",
	     refresh_interval),
	SAME("packets", COUNT, "packets of any protocol that were read so far",
	     refresh_packets),
	SAME("bytes", BYTES, "bytes of these on the wire", refresh_bytes),
	SAME("packets_per_s", REAL,
	     "TCP packets per second, since the last line that has this",
	     refresh_packets_per_s),
	SAME("wire_bps", RATE,
	     "bits per second on the wire, of packets of any protocol; "
	     "unknown unless packets are read while they are captured",
	     refresh_wire_rate),
	SAME("tcp_packets", COUNT, "packets of TCP so far",
	     refresh_tcp_packets),
	SAME("dropped_packets", COUNT,
	     "packets that the kernel, the interface or dumpcap dropped; "
	     "unknown where they are not counted", refresh_dropped),
	SAME("odd_packets", COUNT,
	     "packets left out because only tshark can read them",
	     refresh_odd),
	SAME("waiting_packets", COUNT,
	     "packets read but not yet examined", refresh_waiting),
	SAME("sampled_of", COUNT,
	     "one of this many new connections is examined; 1: all",
	     refresh_sampled),
	SAME("left_out_connections", COUNT,
	     "connections left out by this sampling",
	     refresh_left_out),
	SAME("connection_count", COUNT, "connections so far", refresh_count),
	SAME("forgotten_connections", COUNT,
	     "of these, those no longer shown",
	     refresh_gone),
	SAME("sent_bytes", BYTES,
	     "payload of all connections so far, both directions, with "
	     "repetitions",
	     refresh_sent),
	SAME("other_tcp_streams", COUNT,
	     "TCP streams without Multipath TCP so far", refresh_other),
	SAME("kept_packets", COUNT, "packets in memory", refresh_kept),
};

static const struct column connection_columns[] = {
	COLUMN("connection", "CONN", "id", COUNT, COLUMN_TABLE,
	       "number of the connection", conn_id),
	SAME("version", COUNT, "MPTCP version: 0 or 1", get_conn_version),
	SAME("state", TEXT,
	     "state: established, fallback, incomplete or refused",
	     get_conn_state),
	SAME("fallback_cause", TEXT, "why it fell back to plain TCP",
	     get_conn_cause),
	SIDE_ADDRESS_COLUMNS(client),
	SIDE_TOKEN_COLUMN(client),
	SIDE_ADDRESS_COLUMNS(server),
	SIDE_TOKEN_COLUMN(server),
	COLUMN("subflows", NULL, "subflow_count", COUNT, 0,
	       "number of subflows", conn_subflows),
	SAME("start_s", SECONDS, "first packet, since the first of all",
	     conn_start),
	SAME("duration_s", SECONDS, "from the first packet to the last",
	     conn_duration),
	SAME("close", TEXT, "how it ended", get_conn_close),
	SAME("phase", TEXT, "opening, open, closing or closed", conn_phase),
	SAME("partial", BOOL, "its beginning was not captured", conn_partial),
};

static const struct column direction_columns[] = {
	SHOWN("towards", TEXT, "where the data goes: server or client",
	      dir_towards),
	SAME("sent_bytes", BYTES, "all payload, with repetitions", dir_sent),
	SAME("unique_bytes", BYTES,
	     "distinct data bytes; unknown when no payload could be mapped",
	     dir_unique),
	CLASS_COLUMNS(dir),
	SAME("packets", COUNT, "all packets, with or without payload",
	     dir_packets),
	SAME("rate_bps", RATE,
	     "payload of the last interval_s, with repetitions",
	     dir_rate),
};

static const struct column subflow_columns[] = {
	COLUMN("tcp_stream", "TCP", "tcp_stream", COUNT, COLUMN_TABLE,
	       "Wireshark's tcp.stream", get_stream_number),
	STREAM_ADDRESS_COLUMNS,
	SUBFLOW_ROLE_COLUMNS,
	INTERFACE_COLUMN(sub_interface),
	SUBFLOW_END_COLUMNS,
	SAME("phase", TEXT, "opening, open, closing or closed", sub_phase),
	COLUMN("sent_bytes", "SENT", "sent_bytes", BYTES, COLUMN_TABLE,
	       "all payload, with repetitions", sub_sent),
	SHOWN("share", RATIO,
	      "share of its sent bytes in those of the direction",
	      sub_share),
	COLUMN("unique_bytes", "UNIQUE", "unique_bytes", BYTES, COLUMN_TABLE,
	       "data bytes that were seen first here; unknown when no payload "
	       "could be mapped", sub_unique),
	CLASS_COLUMNS(sub),
	SAME("packets", COUNT, "all packets, with or without payload",
	     sub_packets),
	SAME("rate_bps", RATE,
	     "payload of the last interval_s, with repetitions",
	     sub_rate),
	SAME("rate_share", RATIO, "share of its rate in that of the direction",
	     sub_rate_share),
	SAME("rtt_lately_ms", MILLISECONDS,
	     "from data to its acknowledgment, recent median; where the "
	     "sender was captured", sub_rtt),
	SAME("flight_bytes", BYTES,
	     "payload that TCP has not acknowledged yet", sub_flight),
	SAME("stalled", BOOL,
	     "nothing of that was acknowledged for three of its round-trip "
	     "times, and at least a second", sub_stalled),
	SAME("idle_s", SECONDS, "since its last packet", sub_idle),
};

/* clang-format on */

ROW_TYPE(live_refresh, "refresh", "refreshes", refresh_columns);
ROW_TYPE(live_connection, "connection", "connections", connection_columns);
ROW_TYPE(live_direction, "direction", "directions", direction_columns);
ROW_TYPE(live_subflow, "subflow", "subflows", subflow_columns);

/* ---- events ---- */

#undef ROW
#define ROW struct event_row

GETTER(event_type)
{
	(void)r;
	value_text(out, "event");
}

KNOWN_GETTER(event_time, !(r->event->has & EVENT_NO_TIME),
	     value_ns(out, r->event->time))

/* clang-format off */

static const struct column event_own[] = {
	SAME("type", TEXT,
	     "kind of line: refresh, forgotten, final or event",
	     event_type),
	SAME("time", TIME, "when, by the clock of the packets", event_time),
};

/* clang-format on */

/* No kernel says anything here, and there are no files. */
static bool is_left_out(const struct column *c)
{
	static const char *const names[] = {
		"file",	     "last_file",	"local_id",
		"remote_id", "error",		"error_name",
		"log_line",  "interface_index", "in_kernel_log",
	};

	for (size_t i = 0; i < N(names); i++)
		if (strcmp(c->name, names[i]) == 0)
			return true;
	return !c->json;
}

void live_event_init(struct live_event_type *t)
{
	size_t n = N(event_own);

	memcpy(t->columns, event_own, sizeof(event_own));
	for (size_t i = 0; i < event_item.n && n < LIVE_EVENT_COLUMNS; i++) {
		t->columns[n] = event_item.columns[i];
		n += !is_left_out(&t->columns[n]);
	}
	t->type = (struct row_type){ event_item.name, event_item.list,
				     t->columns, n, false };
}
