/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/event_rows.h"

#include <inttypes.h>

#include "output/define_columns.h"
#include "output/event_text.h"

#define ROW struct event_row

/*
 * A detail: "kinds" carry it, others have no such column; it is unknown where
 * the event does not have "flag".
 */
#define DETAIL(name, kinds, flag, set)                                         \
	GETTER(name)                                                           \
	{                                                                      \
		if (!((kinds) >> r->event->kind & 1))                          \
			value_absent(out);                                     \
		else if ((r->event->has & (flag)) == (flag))                   \
			set;                                                   \
	}

#define KIND(name) (1u << EVENT_##name)

enum {
	CAPABLE = KIND(CONNECTION_SYN) | KIND(CONNECTION_SYNACK) |
		  KIND(CONNECTION_ESTABLISHED),
	JOIN_SYNS = KIND(JOIN_SYN) | KIND(JOIN_SYNACK),
	HANDSHAKE = CAPABLE | JOIN_SYNS | KIND(JOIN_ESTABLISHED),
	ADDRESSES = KIND(ADD_ADDR) | KIND(ADD_ADDR_ECHO),
	/* What kernels say; of these, with addresses or ids. */
	SUBFLOWS = KIND(SF_ESTABLISHED) | KIND(SF_CLOSED) | KIND(SF_PRIO),
	LOGGED = KIND(CREATED) | KIND(ESTABLISHED) | KIND(ANNOUNCED) |
		 KIND(REMOVED) | SUBFLOWS,
	OF_KERNEL = KIND(CLOSED) | LOGGED,
	RESETS =
		KIND(TCP_RESET) | KIND(CONNECTION_REFUSED) | KIND(JOIN_REFUSED),
	STALLS = KIND(STALLED) | KIND(RECOVERED)
};

/* Who, when, what. */

KNOWN_GETTER(item_time, !(r->event->has & EVENT_NO_TIME),
	     set_relative(out, r->listing.trace, r->event->time))

/* For people, too, to the millisecond: it is for looking up. */
GETTER(item_time_text)
{
	const struct trace *t = r->listing.trace;
	int64_t ms = (r->event->time - t->info.first_time + 500000) / 1000000;

	if (!t->info.has_time || (r->event->has & EVENT_NO_TIME))
		return;
	value_text(out, "");
	strbuf_printf(&out->text, "%" PRId64 ".%03d s", ms / 1000,
		      (int)(ms % 1000));
}

static uint32_t frame_of(const struct event_row *r, size_t packet)
{
	return r->listing.trace->packets.frame[packet];
}

static bool has_packet(const struct event_row *r)
{
	return !(r->event->has & EVENT_NO_PACKET);
}

KNOWN_GETTER(item_frame, has_packet(r),
	     set_frame(out, r->listing.trace, frame_of(r, r->event->packet)))
KNOWN_GETTER(item_frame_text, has_packet(r),
	     set_frame_text(out, r->listing.trace,
			    frame_of(r, r->event->packet)))
KNOWN_GETTER(item_file, has_packet(r),
	     set_frame_file(out, r->listing.trace,
			    frame_of(r, r->event->packet)))
KNOWN_GETTER(item_stream, r->listing.stream != NULL,
	     value_u64(out, r->listing.stream->tcp_stream))
VALUE_GETTER(item_source,
	     value_text(out, event_is_of_kernel(r->event->kind) ? "kernel"
								: "capture"))
KNOWN_GETTER(item_from, (r->event->has & EVENT_HAS_FROM) != 0,
	     value_text(out, r->event->from ? "server" : "client"))
VALUE_GETTER(item_event, value_text(out, event_name(r->event->kind)))
VALUE_GETTER(item_count, value_u64(out, r->event->count))
KNOWN_GETTER(item_last_frame, has_packet(r),
	     set_frame(out, r->listing.trace, frame_of(r, r->event->last)))
KNOWN_GETTER(item_last_frame_text, has_packet(r),
	     set_frame_text(out, r->listing.trace, frame_of(r, r->event->last)))
KNOWN_GETTER(item_last_file, has_packet(r),
	     set_frame_file(out, r->listing.trace, frame_of(r, r->event->last)))

/* Details. */

static void set_address(struct value *out, const struct event_row *r,
			bool other)
{
	const struct endpoint end = event_end(r, other);

	if (event_knows_end(r, other))
		value_address(out, &end.address);
}

static void set_port(struct value *out, const struct event_row *r, bool other)
{
	if (event_knows_end(r, other))
		value_u64(out, event_end(r, other).port);
}

DETAIL(source_address, HANDSHAKE | LOGGED, 0, set_address(out, r, false))
DETAIL(source_port, HANDSHAKE | LOGGED, 0, set_port(out, r, false))
DETAIL(destination_address, HANDSHAKE | LOGGED, 0, set_address(out, r, true))
DETAIL(destination_port, HANDSHAKE | LOGGED, 0, set_port(out, r, true))

/* What kernels say. */

DETAIL(local_id, LOGGED, EVENT_HAS_LOCAL_ID, value_u64(out, r->event->local_id))
DETAIL(remote_id, LOGGED, EVENT_HAS_REMOTE_ID,
       value_u64(out, r->event->remote_id))
DETAIL(error, SUBFLOWS, EVENT_HAS_ERROR, value_u64(out, r->event->error))
DETAIL(error_name, SUBFLOWS, EVENT_HAS_ERROR,
       value_text(out, event_error_name(r->event->error)))
DETAIL(interface_index, SUBFLOWS, EVENT_HAS_INTERFACE,
       value_u64(out, r->event->interface))
DETAIL(log_line, OF_KERNEL, 0, value_u64(out, r->event->line))

/* Does the log of a host have what its packets say? */
GETTER(in_log)
{
	if (!(r->event->has & EVENT_HAS_KERNEL))
		value_absent(out);
	else
		value_bool(out, !r->event->unsaid);
}
DETAIL(version, CAPABLE, EVENT_HAS_VERSION,
       value_u64(out, (uint64_t)r->event->version))

static void set_flags(struct value *out, unsigned flags)
{
	value_text(out, "");
	for (int i = 0; i < 8; i++)
		if (flags & 0x80 >> i)
			strbuf_putc(&out->text, (char)('A' + i));
}

DETAIL(flags, CAPABLE, EVENT_HAS_FLAGS, set_flags(out, r->event->flags))
DETAIL(key, CAPABLE | KIND(FASTCLOSE), EVENT_HAS_KEY,
       value_u64(out, r->event->key))

DETAIL(address, ADDRESSES, EVENT_HAS_ADDRESS,
       value_address(out, &r->event->address))
DETAIL(port, ADDRESSES, EVENT_HAS_PORT, value_u64(out, r->event->port))
DETAIL(address_id, ADDRESSES | JOIN_SYNS | KIND(PRIORITY), EVENT_HAS_ID,
       value_u64(out, r->event->id))

static void set_ids(struct value *out, const struct event *e)
{
	value_json(out, "[");
	event_put_ids(&out->text, e, ",");
	strbuf_putc(&out->text, ']');
}

DETAIL(address_ids, KIND(REMOVE_ADDR), 0, set_ids(out, r->event))
DETAIL(backup, JOIN_SYNS | KIND(PRIORITY) | SUBFLOWS, EVENT_HAS_BACKUP,
       value_bool(out, r->event->backup))
DETAIL(token, KIND(JOIN_SYN), EVENT_HAS_TOKEN, value_u64(out, r->event->token))
DETAIL(nonce, JOIN_SYNS, EVENT_HAS_NONCE, value_u64(out, r->event->nonce))

static void set_hmac(struct value *out, const struct event *e)
{
	value_text(out, "");
	strbuf_hex(&out->text, e->hmac, e->n_hmac);
}

DETAIL(hmac, KIND(JOIN_SYNACK) | KIND(JOIN_ESTABLISHED) | KIND(ADD_ADDR),
       EVENT_HAS_HMAC, set_hmac(out, r->event))
DETAIL(cause, KIND(FALLBACK), 0,
       value_text(out, fallback_cause_name(r->event->cause)))
DETAIL(reason, RESETS | KIND(SF_CLOSED), EVENT_HAS_REASON,
       value_u64(out, r->event->reason))
DETAIL(reason_name, RESETS | KIND(SF_CLOSED), EVENT_HAS_REASON,
       value_text(out, reset_reason_name(r->event->reason)))
DETAIL(transient, RESETS, EVENT_HAS_REASON,
       value_bool(out, r->event->transient))
DETAIL(effective, KIND(ADD_ADDR) | KIND(PRIORITY) | KIND(FASTCLOSE),
       EVENT_HAS_EFFECT, value_bool(out, r->event->effective))
DETAIL(dsn,
       KIND(MP_FAIL) | KIND(DATA_FIN) | KIND(FIRST_DATA) | KIND(WINDOW_PROBE) |
	       KIND(HANDOVER),
       EVENT_HAS_DSN, value_i64(out, r->event->dsn))
DETAIL(gap, STALLS | KIND(HANDOVER), EVENT_HAS_GAP,
       value_ns(out, r->event->gap))
DETAIL(outstanding, STALLS, EVENT_HAS_BYTES, value_u64(out, r->event->bytes))

DETAIL(old_tcp_stream, KIND(HANDOVER), EVENT_HAS_OTHER,
       value_u64(out, event_old_stream(r)))
DETAIL(forced, KIND(HANDOVER), EVENT_HAS_FORCED,
       value_bool(out, r->event->forced))
DETAIL(last_acked, KIND(HANDOVER), EVENT_HAS_ACKED,
       value_i64(out, r->event->acked - 1))
DETAIL(reinjected, KIND(HANDOVER), EVENT_HAS_BYTES,
       value_u64(out, r->event->bytes))

GETTER(item_detail)
{
	value_text(out, "");
	event_put_detail(&out->text, r);
}

/* clang-format off */

/* Within "detail" in JSON; in the table only with -o. */
#define INNER(name, type, help, get) \
	COLUMN(name, NULL, "detail." name, type, 0, help, get)

static const struct column columns[] = {
	CONNECTION_COLUMN,
	CAPTURE_OF_FRAME_COLUMNS(item_file),
	{ "time_s", "TIME", "time_s", COLUMN_SECONDS, COLUMN_TABLE,
	  "when it happened, since the start of the capture", item_time,
	  item_time_text },
	{ "frame", NULL, "frame", COLUMN_COUNT, COLUMN_TABLE,
	  "first frame that shows it", item_frame, item_frame_text },
	COLUMN("tcp_stream", "TCP", "tcp_stream", COUNT, COLUMN_TABLE,
	       "the subflow; for a handover the new one", item_stream),
	COLUMN("source", NULL, "source", TEXT, 0,
	       "source: the capture, or the kernel (a log that was given)",
	       item_source),
	SHOWN("from", TEXT,
	      "who sent the packet or the data, or whose kernel reports it: "
	      "client or server", item_from),
	SHOWN("event", TEXT, "what happened", item_event),
	COLUMN("detail", NULL, NULL, TEXT,
	       COLUMN_TABLE | COLUMN_HUMAN | COLUMN_CUT,
	       "the details below, in words; in the table only", item_detail),
	INNER("count", COUNT, "number of packets that show it", item_count),
	{ "last_frame", NULL, "detail.last_frame", COLUMN_COUNT, 0,
	  "last frame that shows it", item_last_frame, item_last_frame_text },
	INNER("last_file", TEXT, "the file of this frame",
	      item_last_file),
	INNER("source_address", TEXT,
	      "handshakes: where the packet came from; kernel: its own address",
	      source_address),
	INNER("source_port", COUNT,
	      "handshakes: port that the packet came from; kernel: its own",
	      source_port),
	INNER("destination_address", TEXT,
	      "handshakes: where the packet went; kernel: the address of its "
	      "peer", destination_address),
	INNER("destination_port", COUNT,
	      "handshakes: port that the packet went to; kernel: that of its "
	      "peer", destination_port),
	INNER("local_id", COUNT, "kernel: id of its own address", local_id),
	INNER("remote_id", COUNT, "kernel: id of the address of its peer",
	      remote_id),
	INNER("error", COUNT, "sf_closed: number of the error", error),
	INNER("error_name", TEXT, "sf_closed: name of the error", error_name),
	INNER("interface_index", COUNT, "kernel: of its own interface",
	      interface_index),
	INNER("log_line", COUNT, "kernel: line of the log", log_line),
	INNER("in_kernel_log", BOOL,
	      "whether the log of the receiving host has it, too", in_log),
	INNER("version", COUNT, "MP_CAPABLE: version, 0 or 1", version),
	INNER("flags", TEXT, "MP_CAPABLE: letters of the flags set", flags),
	INNER("key", ID64,
	      "MP_CAPABLE: key of the sender; fastclose: key of the receiver",
	      key),
	INNER("address", TEXT, "ADD_ADDR: address that is announced", address),
	INNER("port", COUNT, "ADD_ADDR: port that is announced", port),
	INNER("address_id", COUNT,
	      "ADD_ADDR: of the address; MP_JOIN: of the sender; MP_PRIO of "
	      "v0: of the subflow", address_id),
	INNER("address_ids", LIST, "REMOVE_ADDR: ids that are withdrawn",
	      address_ids),
	INNER("backup", BOOL, "MP_JOIN, MP_PRIO, kernel: flag B", backup),
	INNER("token", TOKEN, "MP_JOIN: token of the receiver", token),
	INNER("nonce", COUNT, "MP_JOIN: random number of the sender", nonce),
	INNER("hmac", TEXT, "MP_JOIN, ADD_ADDR: HMAC, hexadecimal", hmac),
	INNER("cause", TEXT, "fallback: why", cause),
	INNER("reason", COUNT,
	      "MP_TCPRST, sf_closed: number of the reason", reason),
	INNER("mptcp_reason", COUNT, "the same number as reason", reason),
	INNER("reason_name", TEXT,
	      "MP_TCPRST, sf_closed: name of the reason", reason_name),
	INNER("transient", BOOL, "MP_TCPRST: flag T", transient),
	INNER("effective", BOOL,
	      "add_addr, priority, fastclose: its receiver does not have to "
	      "ignore it", effective),
	INNER("dsn", COUNT, "data sequence number, relative", dsn),
	INNER("gap_ms", MILLISECONDS,
	      "stalled, recovered, handover: time without progress", gap),
	INNER("outstanding_bytes", BYTES,
	      "stalled, recovered: bytes not acknowledged when the stall "
	      "ended", outstanding),
	INNER("old_tcp_stream", COUNT, "handover: the subflow that was left",
	      old_tcp_stream),
	INNER("forced", BOOL,
	      "handover: data was outstanding on the old subflow", forced),
	INNER("last_acked_dsn", COUNT,
	      "handover: last data byte acknowledged on the old subflow "
	      "before", last_acked),
	INNER("reinjected_bytes", BYTES,
	      "handover: bytes outstanding there that were sent again "
	      "elsewhere", reinjected),
};

/* clang-format on */

ROW_TYPE(event_item, "event", "events", columns);
