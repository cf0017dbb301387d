/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/announced.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/effect.h"
#include "model/tcpopt.h"

/* Whether the echo is identical to the announcement. */
static bool is_same(const struct mptcp_option *a, const struct mptcp_option *b)
{
	return a->id == b->id && a->port == b->port &&
	       address_is_equal(&a->address, &b->address);
}

static void take_echo(struct announced *a, const struct signal *echo)
{
	if (a->signal && is_same(&echo->option, &a->signal->option))
		a->echo = echo;
	else
		a->other_echo = echo;
}

/*
 * By host and address id.  A withdrawn address can be announced again; a valid
 * announcement is preferred to an invalid one.
 */
static void collect(const struct check_context *c, struct announced all[2][256])
{
	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];
		const struct mptcp_option *o = &s->option;
		int echo = !!(o->has & MPTCP_ECHO);
		struct announced *a = &all[s->from ^ echo][o->id];

		if (o->subtype == MP_ADD_ADDR && echo)
			take_echo(a, s);
		else if (o->subtype == MP_ADD_ADDR &&
			 (!a->signal || a->removal ||
			  (a->signal->flaw != FLAW_NONE &&
			   s->flaw == FLAW_NONE)))
			*a = (struct announced){ .signal = s,
						 .from = s->from,
						 .option = *o };
		else if (o->subtype == MP_REMOVE_ADDR)
			for (size_t i = 0; i < o->n_ids; i++)
				all[s->from][o->ids[i]].removal = s;
	}
}

static int last_here(const struct check_context *c, struct announced *last)
{
	struct announced(*all)[256] = mem_calloc(2, sizeof(*all));

	memset(last, 0, sizeof(*last));
	collect(c, all);
	for (size_t k = 0; k < 2 * (size_t)256; k++) {
		const struct announced *a = &all[k / 256][k % 256];

		if (!a->signal)
			continue;
		if (!last->signal || (last->removal && !a->removal) ||
		    (!last->removal == !a->removal && a->signal > last->signal))
			*last = *a;
	}
	free(all);
	return last->signal != NULL;
}

/* A packet of a paired stream with an ADD_ADDR, in one of the captures. */
struct sight {
	const struct paired_stream *pair;
	int end;
	size_t k; /* index in the match */
	uint32_t packet;
	unsigned flags;
	int from;	/* 0 client, 1 server */
	bool is_sender; /* that capture was taken at the packet's sender */
	const struct mptcp_option *option;
};

typedef void take_sight(const struct check_context *c, const struct sight *s,
			void *ctx);

static void look_at_stream(const struct check_context *c,
			   const struct paired_stream *pair, int end,
			   take_sight *take, void *ctx)
{
	const struct match_end *e = &pair->match.end[end];
	const struct packets *p = &c->pairing->trace[end]->packets;

	for (size_t k = 0; k < e->n; k++) {
		uint32_t i = e->packet[k];
		int near = e->direction[k] == TO_SERVER ? pair->client_end
							: !pair->client_end;
		struct sight s = { .pair = pair,
				   .end = end,
				   .k = k,
				   .packet = i,
				   .flags = p->flags[i],
				   .is_sender = near == end };
		struct tcp_options o;

		packets_mptcp(p, i, &o);
		s.option = tcpopt_find(&o, MP_ADD_ADDR);
		s.from = e->direction[k] ^ pair->stream[end]->flipped;
		if (s.option)
			take(c, &s, ctx);
	}
}

static void look(const struct check_context *c, int end, take_sight *take,
		 void *ctx)
{
	for (size_t k = 0; c->pairing && k < c->conn->n_subflows; k++) {
		const struct paired_stream *pair =
			pairing_stream(c->pairing, context_subflow(c, k));

		if (pair)
			look_at_stream(c, pair, end, take, ctx);
	}
}

struct following {
	int from;
	const struct mptcp_option *option;
	struct announced_passage *out;
};

/* The packet, if its options were changed on the path. */
static const struct damaged *find_damaged(const struct check_context *c,
					  const struct sight *s)
{
	uint32_t here = s->packet;

	if (s->end == 1)
		here = s->pair->match.end[1].peer[s->k];
	return here == MATCH_NONE ? NULL : context_damage(c, here);
}

static void follow(const struct check_context *c, const struct sight *s,
		   void *ctx)
{
	struct following *f = ctx;
	const struct match_end *e = &s->pair->match.end[s->end];
	const struct damaged *damaged = NULL;

	if (!is_same(s->option, f->option))
		return;
	if (s->option->has & MPTCP_ECHO) {
		f->out->echoed |= s->end == 1 && s->from != f->from;
		return;
	}
	if (s->from != f->from || !s->is_sender)
		return;
	if (s->end == 1 && !f->out->frame)
		f->out->frame = c->pairing->trace[1]->packets.frame[s->packet];
	damaged = find_damaged(c, s);
	if (damaged && damaged->removed)
		f->out->stripped++;
	else if (damaged || e->fate[s->k] == MATCH_MATCHED)
		f->out->arrived++;
	else if (e->fate[s->k] == MATCH_LOST)
		f->out->lost++;
}

void announced_follow(const struct check_context *c, int from,
		      const struct mptcp_option *option,
		      struct announced_passage *out)
{
	struct following f = { from, option, out };

	memset(out, 0, sizeof(*out));
	for (int end = 0; end < 2; end++)
		look(c, end, follow, &f);
}

bool announced_is_lost(const struct announced_passage *p)
{
	return !p->arrived && p->lost + p->stripped > 0;
}

/* The last valid one, of the host at whose end the other capture was taken. */
static void take_last(const struct check_context *c, const struct sight *s,
		      void *ctx)
{
	const struct trace *there = c->pairing->trace[1];
	long id = s->pair->stream[1]->connection;
	struct announced *last = ctx;

	if ((s->option->has & MPTCP_ECHO) || !s->is_sender || id < 0 ||
	    effect_flaw(&there->connections[id], s->from, s->option,
			s->flags) != FLAW_NONE)
		return;
	last->option = *s->option;
	last->from = s->from;
	last->passage.frame = there->packets.frame[s->packet];
}

int announced_last(const struct check_context *c, struct announced *out)
{
	if (!last_here(c, out)) {
		look(c, 1, take_last, out);
		if (!out->passage.frame)
			return 0;
	}
	announced_follow(c, out->from, &out->option, &out->passage);
	return out->signal || announced_is_lost(&out->passage);
}
