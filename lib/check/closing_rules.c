/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on MP_FASTCLOSE and MP_TCPRST. */
#include <stdlib.h>
#include <uthash.h>

#include "base/mem.h"
#include "check/examine.h"
#include "check/subflow.h"

enum {
	REASONS = 7,	/* RFC 8684 3.6: 0 to 6 */
	TRANSIENT = 0x1 /* T */
};

static void check_fastclose(struct check_context *c, const struct signal *s)
{
	struct finding *f = &c->findings[RULE_FASTCLOSE_KEY];
	const struct conn_side *peer = &c->conn->side[!s->from];

	if (!peer->has_key)
		finding_unknown(f, "the keys are unknown: the first handshake "
				   "was not captured");
	else if (s->option.key != peer->key)
		finding_wrong(f, SEVERITY_ERROR, context_frame(c, s->packet),
			      "the MP_FASTCLOSE of the %s does not name the "
			      "key of the %s",
			      s->from ? "server" : "client",
			      s->from ? "client" : "server");
	else
		finding_ok(f);
}

static void check_reason(struct check_context *c, const struct signal *s)
{
	struct finding *f = &c->findings[RULE_RESET_REASON];

	if (s->flaw != FLAW_NONE)
		finding_wrong(f, SEVERITY_WARNING, context_frame(c, s->packet),
			      "MP_TCPRST in a packet that is not a RST: it has "
			      "no effect");
	else if (s->option.reason >= REASONS)
		finding_wrong(f, SEVERITY_WARNING, context_frame(c, s->packet),
			      "the reset has reason 0x%02x, which RFC 8684 "
			      "does not define",
			      s->option.reason);
	else
		finding_ok(f);
}

/* A pair of addresses on which a subflow was reset permanently. */
struct barred {
	struct addresses {
		struct address client, server;
	} path;	      /* no padding: it is hashed */
	int64_t time; /* of the first reset */
	uint32_t frame;
	UT_hash_handle hh;
};

static struct barred *find_barred(struct barred **all, const struct stream *s,
				  int make)
{
	const struct addresses path = { s->client.address, s->server.address };
	struct barred *b = NULL;

	HASH_FIND(hh, *all, &path, sizeof(path), b);
	if (b || !make)
		return b;
	b = mem_calloc(1, sizeof(*b));
	b->path = path;
	b->time = INT64_MAX;
	HASH_ADD(hh, *all, path, sizeof(path), b);
	return b;
}

static void check_reconnects(struct check_context *c)
{
	struct finding *f = &c->findings[RULE_RESET_RECONNECT];
	const struct packets *p = &c->trace->packets;
	struct barred *all = NULL, *b = NULL, *next = NULL;

	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];

		if (s->option.subtype != MP_TCPRST || s->flaw != FLAW_NONE)
			continue;
		finding_ok(f);
		if (s->option.flags & TRANSIENT)
			continue;
		b = find_barred(&all, context_subflow(c, s->subflow), 1);
		if (p->time[s->packet] < b->time) {
			b->time = p->time[s->packet];
			b->frame = context_frame(c, s->packet);
		}
	}
	for (size_t k = 0; all && k < c->conn->n_subflows; k++) {
		const struct stream *s = context_subflow(c, k);

		b = s->kind == STREAM_JOIN ? find_barred(&all, s, 0) : NULL;
		if (!b || s->first_time <= b->time)
			continue;
		finding_wrong(f, SEVERITY_WARNING, s->first_frame,
			      "tcp %u joins on a path that a reset without "
			      "flag T (transient) had closed (frame %s)",
			      s->tcp_stream,
			      context_frame_text(c, b->frame).text);
		finding_frame(f, b->frame);
	}
	HASH_ITER (hh, all, b, next) {
		HASH_DEL(all, b);
		free(b);
	}
}

void check_closing(struct check_context *c)
{
	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];

		switch (s->option.subtype) {
		case MP_FASTCLOSE: check_fastclose(c, s); break;
		case MP_TCPRST: check_reason(c, s); break;
		default: break;
		}
	}
	check_reconnects(c);
}
