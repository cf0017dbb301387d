/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/event_text.h"

#include <inttypes.h>

#include "output/human.h"

/* Of the subflow: the end that sent it, or the other. */
static const struct endpoint *end_of(const struct event_row *r, bool other)
{
	const struct stream *s = r->listing.stream;
	bool server = r->event->from ^ s->flipped ^ other;

	return server ? &s->server : &s->client;
}

bool event_knows_end(const struct event_row *r, bool other)
{
	return !event_is_of_kernel(r->event->kind) ||
	       (r->event->has & (other ? EVENT_HAS_ADDRESS : EVENT_HAS_SOURCE));
}

struct endpoint event_end(const struct event_row *r, bool other)
{
	const struct event *e = r->event;

	if (!event_is_of_kernel(e->kind))
		return *end_of(r, other);
	return (struct endpoint){ other ? e->address : e->source,
				  other ? e->port : e->source_port };
}

uint32_t event_old_stream(const struct event_row *r)
{
	const struct listing_row *l = &r->listing;

	return l->trace->streams[l->conn->subflows[r->event->other]].tcp_stream;
}

void event_put_ids(struct strbuf *out, const struct event *e, const char *comma)
{
	for (size_t i = 0; i < e->n_ids; i++)
		strbuf_printf(out, "%s%u", i ? comma : "", e->ids[i]);
}

static void put_endpoints(struct strbuf *out, const struct endpoint *from,
			  const struct endpoint *to)
{
	address_append_endpoint(out, &from->address, from->port);
	strbuf_puts(out, " > ");
	address_append_endpoint(out, &to->address, to->port);
}

static void put_ends(struct strbuf *out, const struct event_row *r)
{
	put_endpoints(out, end_of(r, false), end_of(r, true));
}

/* An option that is not there, or that was behind what was captured. */
static void put_lack(struct strbuf *out, const struct event_row *r,
		     const char *option)
{
	const struct packets *p = &r->listing.trace->packets;

	if (p->mark[r->event->packet] & PACKET_OPTIONS_CUT)
		strbuf_puts(out, "options not captured");
	else
		strbuf_printf(out, "without %s", option);
}

static void put_capable(struct strbuf *out, const struct event_row *r)
{
	const struct event *e = r->event;

	if (!(e->has & EVENT_HAS_VERSION)) {
		put_lack(out, r, "MP_CAPABLE");
		return;
	}
	strbuf_printf(out, "v%d", e->version);
	if (e->flags & 0x80)
		strbuf_puts(out, ", checksums");
	if (e->flags & 0x20 && e->version > 0)
		strbuf_puts(out, ", no joins to this address");
}

static void put_join(struct strbuf *out, const struct event_row *r)
{
	const struct event *e = r->event;

	if (!(e->has & EVENT_HAS_ID)) {
		put_lack(out, r, "MP_JOIN");
		return;
	}
	strbuf_printf(out, "id %u%s", e->id, e->backup ? ", backup" : "");
}

static void put_announced(struct strbuf *out, const struct event *e)
{
	if (e->has & EVENT_HAS_PORT)
		address_append_endpoint(out, &e->address, e->port);
	else
		address_append(out, &e->address);
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

	strbuf_printf(out, "from %" PRIu32 " to %" PRIu32, event_old_stream(r),
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

/* Behind what is there already. */
static const char *comma(const struct strbuf *out)
{
	return out->len ? ", " : "";
}

static void put_error(struct strbuf *out, const struct event *e)
{
	const char *name = event_error_name(e->error);

	strbuf_printf(out, "%serror %" PRIu32, comma(out), e->error);
	if (name)
		strbuf_printf(out, " (%s)", name);
}

/* In the words of "ip mptcp monitor". */
static void put_kernel(struct strbuf *out, const struct event_row *r)
{
	const struct event *e = r->event;
	const struct endpoint from = event_end(r, false),
			      to = event_end(r, true);

	strbuf_puts(out, "kernel");
	if (event_knows_end(r, false) || event_knows_end(r, true))
		strbuf_puts(out, ": ");
	if (event_knows_end(r, false) && event_knows_end(r, true))
		put_endpoints(out, &from, &to);
	else if (event_knows_end(r, true))
		address_append_endpoint(out, &to.address, to.port);
	if (e->has & EVENT_HAS_LOCAL_ID)
		strbuf_printf(out, "%slocid %" PRIu32, comma(out), e->local_id);
	if (e->has & EVENT_HAS_REMOTE_ID)
		strbuf_printf(out, "%sremid %" PRIu32, comma(out),
			      e->remote_id);
	if ((e->has & EVENT_HAS_BACKUP) && e->backup)
		strbuf_printf(out, "%sbackup", comma(out));
	if (e->has & EVENT_HAS_ERROR)
		put_error(out, e);
	if (e->has & EVENT_HAS_REASON) {
		strbuf_puts(out, comma(out));
		put_reason(out, e);
	}
	if ((e->has & EVENT_NO_PACKET) && e->kind != EVENT_CLOSED)
		strbuf_printf(out, "%sno packet of it is in the capture",
			      comma(out));
}

static void put_words(struct strbuf *out, const struct event_row *r)
{
	const struct event *e = r->event;

	switch (e->kind) {
	case EVENT_CONNECTION_SYN:
		put_ends(out, r);
		strbuf_puts(out, ", ");
		put_capable(out, r);
		break;
	case EVENT_CONNECTION_SYNACK: put_capable(out, r); break;
	case EVENT_JOIN_SYN:
		put_ends(out, r);
		strbuf_puts(out, ", ");
		put_join(out, r);
		break;
	case EVENT_JOIN_SYNACK: put_join(out, r); break;
	case EVENT_FALLBACK:
		strbuf_puts(out, fallback_cause_name(e->cause));
		break;
	case EVENT_ADD_ADDR:
	case EVENT_ADD_ADDR_ECHO: put_announced(out, e); break;
	case EVENT_REMOVE_ADDR:
		strbuf_puts(out, e->n_ids > 1 ? "ids " : "id ");
		event_put_ids(out, e, ", ");
		break;
	case EVENT_PRIORITY:
		if (e->has & EVENT_HAS_ID)
			strbuf_printf(out, "id %u: ", e->id);
		strbuf_puts(out, e->backup ? "backup" : "regular");
		break;
	case EVENT_MP_FAIL:
	case EVENT_DATA_FIN:
	case EVENT_FIRST_DATA:
	case EVENT_WINDOW_PROBE:
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
	case EVENT_CREATED:
	case EVENT_ESTABLISHED:
	case EVENT_CLOSED:
	case EVENT_ANNOUNCED:
	case EVENT_REMOVED:
	case EVENT_SF_ESTABLISHED:
	case EVENT_SF_CLOSED:
	case EVENT_SF_PRIO: put_kernel(out, r); break;
	}
}

void event_put_detail(struct strbuf *out, const struct event_row *r)
{
	put_words(out, r);
	if ((r->event->has & EVENT_HAS_EFFECT) && !r->event->effective)
		strbuf_printf(out, "%swithout effect", comma(out));
	if ((r->event->has & EVENT_HAS_KERNEL) && r->event->unsaid)
		strbuf_printf(out, "%snot in the kernel's log", comma(out));
	if (r->event->count > 1)
		strbuf_printf(out, "%s(%" PRIu32 " times)", out->len ? " " : "",
			      r->event->count);
}
