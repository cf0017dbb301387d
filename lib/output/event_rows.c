/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/event_rows.h"

#include <arpa/inet.h>
#include <inttypes.h>

#include "output/human.h"

#define UNUSED __attribute__((unused))
#define N(a) (sizeof(a) / sizeof((a)[0]))

/* A getter: "r" is the row, "e" its event, "out" what it fills. */
#define GETTER(name)                                                           \
	static void name##_of(const struct event_row *r,                       \
			      const struct event *e, struct value *out);       \
	static void name(const void *row, struct value *out)                   \
	{                                                                      \
		const struct event_row *r = row;                               \
                                                                               \
		name##_of(r, r->event, out);                                   \
	}                                                                      \
	static void name##_of(const struct event_row *r UNUSED,                \
			      const struct event *e UNUSED, struct value *out)

/*
 * A detail: "kinds" carry it, others have no such column; it is unknown where
 * the event does not have "flag".
 */
#define DETAIL(name, kinds, flag)                                              \
	static void name##_of(const struct event_row *r,                       \
			      const struct event *e, struct value *out);       \
	static void name(const void *row, struct value *out)                   \
	{                                                                      \
		const struct event_row *r = row;                               \
                                                                               \
		if (!((kinds) >> r->event->kind & 1))                          \
			value_absent(out);                                     \
		else if ((r->event->has & (flag)) == (flag))                   \
			name##_of(r, r->event, out);                           \
	}                                                                      \
	static void name##_of(const struct event_row *r UNUSED,                \
			      const struct event *e UNUSED, struct value *out)

#define KIND(name) (1u << EVENT_##name)

enum {
	CAPABLE = KIND(CONNECTION_SYN) | KIND(CONNECTION_SYNACK) |
		  KIND(CONNECTION_ESTABLISHED),
	JOIN_SYNS = KIND(JOIN_SYN) | KIND(JOIN_SYNACK),
	HANDSHAKE = CAPABLE | JOIN_SYNS | KIND(JOIN_ESTABLISHED),
	ADDRESSES = KIND(ADD_ADDR) | KIND(ADD_ADDR_ECHO),
	RESETS =
		KIND(TCP_RESET) | KIND(CONNECTION_REFUSED) | KIND(JOIN_REFUSED),
	STALLS = KIND(STALLED) | KIND(RECOVERED)
};

/* Who, when, what. */

GETTER(item_time)
{
	set_relative(out, r->listing.trace, e->time);
}

/* For people, too, to the millisecond: it is for looking up. */
GETTER(item_time_text)
{
	const struct trace *t = r->listing.trace;
	int64_t ms = (e->time - t->info.first_time + 500000) / 1000000;

	if (!t->info.has_time)
		return;
	value_text(out, "");
	strbuf_printf(&out->text, "%" PRId64 ".%03d s", ms / 1000,
		      (int)(ms % 1000));
}

GETTER(item_frame)
{
	value_u64(out, r->listing.trace->packets.frame[e->packet]);
}

GETTER(item_from)
{
	if (e->has & EVENT_HAS_FROM)
		value_text(out, e->from ? "server" : "client");
}

GETTER(item_event)
{
	value_text(out, event_name(e->kind));
}

GETTER(item_count)
{
	value_u64(out, e->count);
}

GETTER(item_last_frame)
{
	value_u64(out, r->listing.trace->packets.frame[e->last]);
}

/* Details. */

/* Of the subflow: the end that sent it, or the other. */
static const struct endpoint *end_of(const struct event_row *r, int other)
{
	const struct stream *s = r->listing.stream;
	int server = r->event->from ^ s->flipped ^ other;

	return server ? &s->server : &s->client;
}

DETAIL(source_address, HANDSHAKE, 0)
{
	value_text(out, end_of(r, 0)->address);
}

DETAIL(source_port, HANDSHAKE, 0)
{
	value_u64(out, end_of(r, 0)->port);
}

DETAIL(destination_address, HANDSHAKE, 0)
{
	value_text(out, end_of(r, 1)->address);
}

DETAIL(destination_port, HANDSHAKE, 0)
{
	value_u64(out, end_of(r, 1)->port);
}

DETAIL(version, CAPABLE, EVENT_HAS_VERSION)
{
	value_u64(out, (uint64_t)e->version);
}

DETAIL(flags, CAPABLE, EVENT_HAS_FLAGS)
{
	value_text(out, "");
	for (int i = 0; i < 8; i++)
		if (e->flags & 0x80 >> i)
			strbuf_putc(&out->text, (char)('A' + i));
}

DETAIL(key, CAPABLE | KIND(FASTCLOSE), EVENT_HAS_KEY)
{
	value_u64(out, e->key);
}

static void set_address(const struct event *e, char text[INET6_ADDRSTRLEN])
{
	if (!inet_ntop(e->family == 6 ? AF_INET6 : AF_INET, e->address, text,
		       INET6_ADDRSTRLEN))
		text[0] = '\0';
}

DETAIL(address, ADDRESSES, EVENT_HAS_ADDRESS)
{
	char text[INET6_ADDRSTRLEN];

	set_address(e, text);
	value_text(out, text);
}

DETAIL(port, ADDRESSES, EVENT_HAS_PORT)
{
	value_u64(out, e->port);
}

DETAIL(address_id, ADDRESSES | JOIN_SYNS | KIND(PRIORITY), EVENT_HAS_ID)
{
	value_u64(out, e->id);
}

static void put_ids(struct strbuf *out, const struct event *e,
		    const char *comma)
{
	for (size_t i = 0; i < e->n_ids; i++)
		strbuf_printf(out, "%s%u", i ? comma : "", e->ids[i]);
}

DETAIL(address_ids, KIND(REMOVE_ADDR), 0)
{
	value_text(out, "[");
	put_ids(&out->text, e, ",");
	strbuf_putc(&out->text, ']');
	out->kind = VALUE_JSON;
}

DETAIL(backup, JOIN_SYNS | KIND(PRIORITY), EVENT_HAS_BACKUP)
{
	value_bool(out, e->backup);
}

DETAIL(token, KIND(JOIN_SYN), EVENT_HAS_TOKEN)
{
	value_u64(out, e->token);
}

DETAIL(nonce, JOIN_SYNS, EVENT_HAS_NONCE)
{
	value_u64(out, e->nonce);
}

DETAIL(hmac, KIND(JOIN_SYNACK) | KIND(JOIN_ESTABLISHED) | KIND(ADD_ADDR),
       EVENT_HAS_HMAC)
{
	value_text(out, "");
	strbuf_hex(&out->text, e->hmac, e->n_hmac);
}

DETAIL(cause, KIND(FALLBACK), 0)
{
	value_text(out, fallback_cause_name(e->cause));
}

DETAIL(reason, RESETS, EVENT_HAS_REASON)
{
	value_u64(out, e->reason);
}

DETAIL(reason_name, RESETS, EVENT_HAS_REASON)
{
	value_text(out, reset_reason_name(e->reason));
}

DETAIL(transient, RESETS, EVENT_HAS_REASON)
{
	value_bool(out, e->transient);
}

DETAIL(effective, KIND(ADD_ADDR) | KIND(PRIORITY) | KIND(FASTCLOSE),
       EVENT_HAS_EFFECT)
{
	value_bool(out, e->effective);
}

DETAIL(dsn, KIND(MP_FAIL) | KIND(DATA_FIN) | KIND(FIRST_DATA) | KIND(HANDOVER),
       EVENT_HAS_DSN)
{
	value_i64(out, e->dsn);
}

DETAIL(gap, STALLS | KIND(HANDOVER), EVENT_HAS_GAP)
{
	value_ns(out, e->gap);
}

DETAIL(outstanding, STALLS, EVENT_HAS_BYTES)
{
	value_u64(out, e->bytes);
}

static uint32_t old_number(const struct event_row *r)
{
	const struct listing_row *l = &r->listing;

	return l->trace->streams[l->conn->subflows[r->event->other]].tcp_stream;
}

DETAIL(old_tcp_stream, KIND(HANDOVER), EVENT_HAS_OTHER)
{
	value_u64(out, old_number(r));
}

DETAIL(forced, KIND(HANDOVER), EVENT_HAS_FORCED)
{
	value_bool(out, e->forced);
}

DETAIL(last_acked, KIND(HANDOVER), EVENT_HAS_ACKED)
{
	value_i64(out, e->acked - 1);
}

DETAIL(reinjected, KIND(HANDOVER), EVENT_HAS_BYTES)
{
	value_u64(out, e->bytes);
}

/* The details in words, for the table. */

static void put_ends(struct strbuf *out, const struct event_row *r)
{
	const struct endpoint *from = end_of(r, 0), *to = end_of(r, 1);

	strbuf_endpoint(out, from->address, from->port);
	strbuf_puts(out, " > ");
	strbuf_endpoint(out, to->address, to->port);
}

static void put_capable(struct strbuf *out, const struct event *e)
{
	if (!(e->has & EVENT_HAS_VERSION)) {
		strbuf_puts(out, "without MP_CAPABLE");
		return;
	}
	strbuf_printf(out, "v%d", e->version);
	if (e->flags & 0x80)
		strbuf_puts(out, ", checksums");
	if (e->flags & 0x20 && e->version > 0)
		strbuf_puts(out, ", no joins to this address");
}

static void put_join(struct strbuf *out, const struct event *e)
{
	if (!(e->has & EVENT_HAS_ID)) {
		strbuf_puts(out, "without MP_JOIN");
		return;
	}
	strbuf_printf(out, "id %u%s", e->id, e->backup ? ", backup" : "");
}

static void put_announced(struct strbuf *out, const struct event *e)
{
	char text[INET6_ADDRSTRLEN];

	set_address(e, text);
	if (e->has & EVENT_HAS_PORT)
		strbuf_endpoint(out, text, e->port);
	else
		strbuf_puts(out, text);
	strbuf_printf(out, ", id %u", e->id);
}

static void put_reason(struct strbuf *out, const struct event *e)
{
	const char *name = reset_reason_name(e->reason);

	if (!(e->has & EVENT_HAS_REASON)) {
		strbuf_puts(out, "no reason given");
		return;
	}
	if (name)
		strbuf_puts(out, name);
	else
		strbuf_printf(out, "unknown reason %u", e->reason);
	if (e->transient)
		strbuf_puts(out, ", transient");
}

static void put_stall(struct strbuf *out, const struct event *e)
{
	strbuf_puts(out, e->kind == EVENT_STALLED ? "no ACK for " : "after ");
	human_duration(out, e->gap);
	if (e->kind == EVENT_RECOVERED)
		return;
	strbuf_puts(out, ", ");
	human_bytes(out, e->bytes);
	strbuf_puts(out, " outstanding");
}

static void put_handover(struct strbuf *out, const struct event_row *r)
{
	const struct event *e = r->event;

	strbuf_printf(out, "from %" PRIu32 " to %" PRIu32, old_number(r),
		      r->listing.stream->tcp_stream);
	if ((e->has & EVENT_HAS_FORCED) && !e->forced)
		strbuf_puts(out, ", voluntary");
	if (e->has & EVENT_HAS_GAP) {
		strbuf_puts(out, ", gap ");
		human_duration(out, e->gap);
	}
	if (!(e->has & EVENT_HAS_BYTES) || !e->bytes)
		return;
	strbuf_puts(out, ", ");
	human_bytes(out, e->bytes);
	strbuf_puts(out, " sent again");
}

static void put_detail(struct strbuf *out, const struct event_row *r)
{
	const struct event *e = r->event;

	switch (e->kind) {
	case EVENT_CONNECTION_SYN:
		put_ends(out, r);
		strbuf_puts(out, ", ");
		put_capable(out, e);
		break;
	case EVENT_CONNECTION_SYNACK: put_capable(out, e); break;
	case EVENT_JOIN_SYN:
		put_ends(out, r);
		strbuf_puts(out, ", ");
		put_join(out, e);
		break;
	case EVENT_JOIN_SYNACK: put_join(out, e); break;
	case EVENT_FALLBACK:
		strbuf_puts(out, fallback_cause_name(e->cause));
		break;
	case EVENT_ADD_ADDR:
	case EVENT_ADD_ADDR_ECHO: put_announced(out, e); break;
	case EVENT_REMOVE_ADDR:
		strbuf_puts(out, e->n_ids > 1 ? "ids " : "id ");
		put_ids(out, e, ", ");
		break;
	case EVENT_PRIORITY:
		if (e->has & EVENT_HAS_ID)
			strbuf_printf(out, "id %u: ", e->id);
		strbuf_puts(out, e->backup ? "backup" : "regular");
		break;
	case EVENT_MP_FAIL:
	case EVENT_DATA_FIN:
	case EVENT_FIRST_DATA:
		if (e->has & EVENT_HAS_DSN)
			strbuf_printf(out, "dsn %" PRId64, e->dsn);
		break;
	case EVENT_CONNECTION_REFUSED:
	case EVENT_JOIN_REFUSED:
	case EVENT_TCP_RESET: put_reason(out, e); break;
	case EVENT_STALLED:
	case EVENT_RECOVERED: put_stall(out, e); break;
	case EVENT_HANDOVER: put_handover(out, r); break;
	case EVENT_CONNECTION_ESTABLISHED:
	case EVENT_JOIN_ESTABLISHED:
	case EVENT_FASTCLOSE:
	case EVENT_FIN:
	case EVENT_KINDS: break;
	}
}

GETTER(item_detail)
{
	value_text(out, "");
	put_detail(&out->text, r);
	if ((e->has & EVENT_HAS_EFFECT) && !e->effective)
		strbuf_printf(&out->text, "%swithout effect",
			      out->text.len ? ", " : "");
	if (e->count > 1)
		strbuf_printf(&out->text, "%s(%" PRIu32 " times)",
			      out->text.len ? " " : "", e->count);
}

/* clang-format off */

/* name, heading, JSON key, type, flags, help, getter, getter for the table */
static const struct column columns[] = {
	{ "connection", "CONN", "connection", COLUMN_COUNT, COLUMN_TABLE,
	  "number of the connection", get_connection, NULL },
	{ "capture", NULL, "capture", COLUMN_COUNT, 0,
	  "number of the capture, from 0", get_capture, NULL },
	{ "file", "CAPTURE", NULL, COLUMN_TEXT, COLUMN_MULTI,
	  "the capture file", get_path, NULL },
	{ "time_s", "TIME", "time_s", COLUMN_SECONDS, COLUMN_TABLE,
	  "since the start of the capture", item_time, item_time_text },
	{ "frame", NULL, "frame", COLUMN_COUNT, COLUMN_TABLE,
	  "the first that shows it", item_frame, NULL },
	{ "tcp_stream", "TCP", "tcp_stream", COLUMN_COUNT, COLUMN_TABLE,
	  "subflow; of a handover the new one", get_stream_number, NULL },
	{ "from", NULL, "from", COLUMN_TEXT, COLUMN_TABLE,
	  "client or server: who sent it, or the data", item_from, NULL },
	{ "event", NULL, "event", COLUMN_TEXT, COLUMN_TABLE,
	  "what happened", item_event, NULL },
	{ "detail", NULL, NULL, COLUMN_TEXT,
	  COLUMN_TABLE | COLUMN_HUMAN | COLUMN_CUT,
	  "the details below, in words", item_detail, NULL },
	{ "count", NULL, "detail.count", COLUMN_COUNT, 0,
	  "packets that say it", item_count, NULL },
	{ "last_frame", NULL, "detail.last_frame", COLUMN_COUNT, 0,
	  "the last of them", item_last_frame, NULL },
	{ "source_address", NULL, "detail.source_address", COLUMN_TEXT, 0,
	  "handshakes: of the packet", source_address, NULL },
	{ "source_port", NULL, "detail.source_port", COLUMN_COUNT, 0,
	  "handshakes: of the packet", source_port, NULL },
	{ "destination_address", NULL, "detail.destination_address",
	  COLUMN_TEXT, 0, "handshakes: of the packet", destination_address,
	  NULL },
	{ "destination_port", NULL, "detail.destination_port", COLUMN_COUNT, 0,
	  "handshakes: of the packet", destination_port, NULL },
	{ "version", NULL, "detail.version", COLUMN_COUNT, 0,
	  "MP_CAPABLE: 0 or 1", version, NULL },
	{ "flags", NULL, "detail.flags", COLUMN_TEXT, 0,
	  "MP_CAPABLE: letters of the flags set", flags, NULL },
	{ "key", NULL, "detail.key", COLUMN_ID64, 0,
	  "MP_CAPABLE: of the sender; FASTCLOSE: of the receiver", key, NULL },
	{ "address", NULL, "detail.address", COLUMN_TEXT, 0,
	  "ADD_ADDR: what is announced", address, NULL },
	{ "port", NULL, "detail.port", COLUMN_COUNT, 0,
	  "ADD_ADDR: what is announced", port, NULL },
	{ "address_id", NULL, "detail.address_id", COLUMN_COUNT, 0,
	  "ADD_ADDR, MP_JOIN, MP_PRIO of v0", address_id, NULL },
	{ "address_ids", NULL, "detail.address_ids", COLUMN_LIST, 0,
	  "REMOVE_ADDR", address_ids, NULL },
	{ "backup", NULL, "detail.backup", COLUMN_BOOL, 0,
	  "MP_JOIN, MP_PRIO: flag B", backup, NULL },
	{ "token", NULL, "detail.token", COLUMN_TOKEN, 0,
	  "MP_JOIN: of the receiver", token, NULL },
	{ "nonce", NULL, "detail.nonce", COLUMN_COUNT, 0,
	  "MP_JOIN: random number", nonce, NULL },
	{ "hmac", NULL, "detail.hmac", COLUMN_TEXT, 0,
	  "MP_JOIN, ADD_ADDR: hexadecimal", hmac, NULL },
	{ "cause", NULL, "detail.cause", COLUMN_TEXT, 0,
	  "fallback: why", cause, NULL },
	{ "reason", NULL, "detail.reason", COLUMN_COUNT, 0,
	  "MP_TCPRST: number", reason, NULL },
	{ "mptcp_reason", NULL, "detail.mptcp_reason", COLUMN_COUNT, 0,
	  "the same number", reason, NULL },
	{ "reason_name", NULL, "detail.reason_name", COLUMN_TEXT, 0,
	  "MP_TCPRST: name of the number", reason_name, NULL },
	{ "transient", NULL, "detail.transient", COLUMN_BOOL, 0,
	  "MP_TCPRST: flag T", transient, NULL },
	{ "effective", NULL, "detail.effective", COLUMN_BOOL, 0,
	  "add_addr, priority, fastclose: no flaw makes it void", effective,
	  NULL },
	{ "dsn", NULL, "detail.dsn", COLUMN_COUNT, 0,
	  "data sequence number, relative", dsn, NULL },
	{ "gap_ms", NULL, "detail.gap_ms", COLUMN_MILLISECONDS, 0,
	  "stalled, recovered, handover: without progress", gap, NULL },
	{ "outstanding_bytes", NULL, "detail.outstanding_bytes", COLUMN_BYTES,
	  0, "stalled, recovered: not acknowledged", outstanding, NULL },
	{ "old_tcp_stream", NULL, "detail.old_tcp_stream", COLUMN_COUNT, 0,
	  "handover: the subflow that was left", old_tcp_stream, NULL },
	{ "forced", NULL, "detail.forced", COLUMN_BOOL, 0,
	  "handover: data was outstanding on the old subflow", forced, NULL },
	{ "last_acked_dsn", NULL, "detail.last_acked_dsn", COLUMN_COUNT, 0,
	  "handover: last byte acknowledged there", last_acked, NULL },
	{ "reinjected_bytes", NULL, "detail.reinjected_bytes", COLUMN_BYTES, 0,
	  "handover: outstanding there, sent again elsewhere", reinjected, NULL },
};

/* clang-format on */

const struct row_type event_item = { "event", "events", columns, N(columns) };
