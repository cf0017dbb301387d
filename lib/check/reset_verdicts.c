/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdicts on resets: who reset it? */
#include <inttypes.h>

#include "base/plural.h"
#include "base/strbuf.h"
#include "check/counterpart.h"
#include "check/examine.h"
#include "check/rst_origin.h"
#include "check/subflow.h"
#include "check/witness.h"

enum {
	RESETS_TOLD = 8, /* described one by one */
	REASON_ERROR = 1
};

static const char *const hosts[2] = { "client", "server" };

/* An RST and what is known about it. */
struct reset {
	const struct event *event;
	struct subflow_facts facts;
	struct tcp_options options;
	const struct mptcp_option *reason; /* in it; or NULL */
	int reason_removed;		   /* it was removed on the path */
	struct rst_origin origin;
	struct counterpart counterpart;
};

/* The first valid MP_FASTCLOSE, or NULL. */
static const struct event *find_fastclose(const struct check_context *c)
{
	for (size_t k = 0; k < c->timeline.n; k++) {
		const struct event *e = &c->timeline.events[k];
		const struct stream *s = NULL;

		if (e->kind != EVENT_FASTCLOSE || !e->effective)
			continue;
		s = context_subflow(c, e->subflow);
		if (s->side[e->from ^ s->flipped].fastclose)
			return e;
	}
	return NULL;
}

static void tell_fastclose(struct check_context *c, const struct event *e)
{
	int known = c->conn->side[!e->from].has_key;
	struct strbuf after = STRBUF_INIT;
	struct verdict *v = NULL;

	context_put_time(&after, e->time - c->conn->first_time);
	v = verdicts_add(&c->verdicts, QUESTION_RESET, "fastclose",
			 known ? CERTAINTY_PROVEN : CERTAINTY_LIKELY,
			 "The %s aborted the whole connection with "
			 "MP_FASTCLOSE, first on tcp %" PRIu32
			 ", %s after its beginning%s",
			 hosts[e->from],
			 context_subflow(c, e->subflow)->tcp_stream, after.text,
			 known ? ""
			       : " (probably: the key that it names was not "
				 "captured)");
	if (!known)
		verdict_alternative(v, "no_reason");
	verdict_frame(v, context_frame(c, e->packet));
	strbuf_release(&after);
}

/* What the others of the connection did after a subflow was reset. */
struct others {
	size_t went_on; /* they carried new data, or acknowledged some */
	size_t open;	/* they did not, but nobody had closed them */
};

/* How far a subflow got in each TCP direction. */
struct reach {
	bool has_sent[2], has_acked[2];
	uint32_t sent[2], acked[2];
};

static bool is_reset(const struct event *e)
{
	return e->kind == EVENT_TCP_RESET || e->kind == EVENT_JOIN_REFUSED ||
	       e->kind == EVENT_CONNECTION_REFUSED;
}

/* The RST that ended a subflow; LEDGER_NO_PACKET: none did. */
static uint32_t find_end(const struct check_context *c, size_t subflow)
{
	for (size_t k = 0; k < c->timeline.n; k++) {
		const struct event *e = &c->timeline.events[k];
		struct rst_origin origin;

		if (!is_reset(e) || e->subflow != subflow ||
		    rst_is_void(c, subflow, e->packet))
			continue;
		rst_origin_find(c, subflow, e->packet, &origin);
		if (!origin.ignored)
			return e->packet;
	}
	return LEDGER_NO_PACKET;
}

/* Raise *mark to "value"; false if it is the first value, or not higher. */
static bool raise_mark(bool *has, uint32_t *mark, uint32_t value)
{
	bool higher = *has && (int32_t)(value - *mark) > 0;

	if (!*has || higher)
		*mark = value;
	*has = true;
	return higher;
}

/* Whether the packet carries new data, or acknowledges more than before. */
static bool advances(struct reach *r, const struct packets *p, uint32_t i,
		     bool closing)
{
	int d = !!(p->mark[i] & PACKET_REVERSE);
	unsigned flags = p->flags[i];
	uint32_t from = p->seq[i] + !!(flags & TCP_SYN);
	bool sends = raise_mark(&r->has_sent[d], &r->sent[d], from + p->len[i]);
	bool acks = (flags & TCP_ACK) &&
		    raise_mark(&r->has_acked[d], &r->acked[d], p->ack[i]);

	/* What is acknowledged now may be a FIN. */
	return (sends && p->len[i]) || (acks && !closing);
}

/* Count what one of the others did after the reset "e". */
static void take_other(const struct check_context *c, size_t k,
		       const struct event *e, struct others *out)
{
	const struct packets *p = &c->trace->packets;
	const struct stream *s = context_subflow(c, k);
	uint32_t end = find_end(c, k);
	bool closing = false, closed = end < e->packet;
	struct reach reach = { .has_sent = { false, false } };

	for (size_t n = 0; n < s->n; n++) {
		uint32_t i = c->trace->order[s->first + n];

		if (i >= end)
			break;
		if (p->flags[i] & TCP_RST)
			continue;
		if (advances(&reach, p, i, closing) && i > e->packet) {
			out->went_on++;
			return;
		}
		closing |= !!(p->flags[i] & TCP_FIN);
		closed |= i < e->packet && closing;
	}
	out->open += !closed;
}

static struct others find_others(const struct check_context *c,
				 const struct event *e)
{
	struct others others = { 0, 0 };

	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		const struct stream *s = context_subflow(c, k);

		if (k != e->subflow && s->established &&
		    s->first_time < e->time)
			take_other(c, k, e, &others);
	}
	return others;
}

/* An MP_FAIL on the subflow, before the RST or in it. */
static bool has_failed(const struct check_context *c, const struct event *e)
{
	for (size_t i = 0; i < c->signals.n; i++) {
		const struct signal *s = &c->signals.items[i];

		if (s->option.subtype == MP_FAIL && s->subflow == e->subflow &&
		    s->packet <= e->packet)
			return true;
	}
	return false;
}

/*
 * Whether the joined host answers the ACK of the join, with no other reason
 * than its being wrong.
 */
static bool answers_join(const struct reset *r)
{
	const struct stream *s = r->facts.stream;

	return s->kind == STREAM_JOIN && !s->side[TO_CLIENT].talked &&
	       r->facts.rst_answers_ack && r->facts.rst_from == !s->flipped &&
	       r->facts.rst_packet == r->event->packet &&
	       (!r->reason || r->reason->reason == REASON_ERROR);
}

static const char *cause_of(const struct check_context *c,
			    const struct reset *r)
{
	const char *name =
		r->reason ? reset_reason_name(r->reason->reason) : NULL;

	if (has_failed(c, r->event))
		return "mp_fail";
	if (answers_join(r))
		return "bad_join";
	if (name)
		return name;
	return r->reason ? "unknown_reason" : "no_reason";
}

/*
 * Evidence for another sender, with the weights of join.h: 0 none, 1 some, 2
 * no other explanation.
 */
static int is_forged(const struct reset *r)
{
	const struct rst_origin *o = &r->origin;

	if (r->counterpart.state == COUNTERPART_MISSING &&
	    r->counterpart.is_sender)
		return 2;
	if (rst_origin_is_foreign(o))
		return o->goes_on ? 2 : 1;
	if (o->in_row || (r->counterpart.state != COUNTERPART_UNKNOWN &&
			  r->counterpart.is_sender))
		/* its IP id fits the host; it was captured when sent */
		return 0;
	return o->goes_on ? 1 : 0;
}

static void put_subflow(struct strbuf *out, const struct reset *r)
{
	const struct stream *s = r->facts.stream;

	strbuf_printf(out, "tcp %" PRIu32 ", %s port %u to %s port %u, after ",
		      s->tcp_stream, address_text(&s->client.address).text,
		      s->client.port, address_text(&s->server.address).text,
		      s->server.port);
	context_put_time(out, r->event->time - s->first_time);
}

static void put_others(struct strbuf *out, const struct check_context *c,
		       const struct event *e)
{
	struct others others = find_others(c, e);

	if (others.went_on)
		strbuf_printf(out,
			      "; the connection went on over %zu other "
			      "subflow%s",
			      others.went_on, plural(others.went_on));
	else if (others.open)
		strbuf_printf(out, "; %zu other subflow%s open", others.open,
			      others.open == 1 ? " was" : "s were");
	else
		strbuf_puts(out, "; no other captured subflow was open");
}

static void put_origin(struct strbuf *out, const struct check_context *c,
		       const struct reset *r)
{
	const struct rst_origin *o = &r->origin;
	const char *comma = "";

	if (rst_origin_is_foreign(o)) {
		strbuf_printf(out,
			      "the RST has a TTL of %d, the other packets of "
			      "the %s have %d",
			      o->ttl, hosts[r->event->from], o->usual);
		comma = ", and ";
	}
	if (o->goes_on) {
		strbuf_printf(out, "%sthe %s went on sending (frame %s)", comma,
			      hosts[r->event->from],
			      context_frame_text(c, o->goes_on).text);
		comma = ", and ";
	}
	if (r->counterpart.state == COUNTERPART_MISSING)
		strbuf_printf(out, "%sthe capture at the %s has no such RST",
			      comma, hosts[r->event->from]);
}

static void tell_forged(struct check_context *c, const struct reset *r,
			int proven)
{
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	if (proven)
		strbuf_puts(&text, r->origin.ignored
					   ? "Something on the way sent a RST "
					     "for "
					   : "Something on the way reset ");
	else if (r->origin.ignored)
		strbuf_printf(&text, "A RST in the name of the %s is on ",
			      hosts[r->event->from]);
	else
		strbuf_printf(&text, "A RST in the name of the %s ended ",
			      hosts[r->event->from]);
	put_subflow(&text, r);
	if (proven)
		strbuf_printf(&text,
			      ", in the name of the %s, which did not send "
			      "that RST: ",
			      hosts[r->event->from]);
	else
		strbuf_puts(&text,
			    ": probably something on the way sent it, for ");
	put_origin(&text, c, r);
	if (r->origin.ignored)
		strbuf_printf(&text,
			      "; it had no effect, the %s went on (frame %s)",
			      hosts[!r->event->from],
			      context_frame_text(c, r->origin.ignored).text);
	else
		put_others(&text, c, r->event);
	v = verdicts_add(&c->verdicts, QUESTION_RESET, "forged",
			 proven ? CERTAINTY_PROVEN : CERTAINTY_LIKELY, "%s",
			 text.text);
	if (!proven)
		verdict_alternative(v, cause_of(c, r));
	verdict_frame(v, context_frame(c, r->event->packet));
	verdict_frame(v, r->origin.goes_on ? r->origin.goes_on
					   : r->origin.at_once);
	strbuf_release(&text);
}

static void put_reason(struct strbuf *out, const struct mptcp_option *m)
{
	const char *name = m ? reset_reason_name(m->reason) : NULL;

	if (m)
		strbuf_printf(out, ": reason %d, %s, %s", m->reason,
			      name ? name : "an unknown reason",
			      m->flags & 1 ? "transient" : "not transient");
	else
		strbuf_puts(out, ", without a reason");
}

/*
 * Whether the reason says everything.  It does not if it is "unspecified", or
 * if the ACK of a join that it may answer was not captured, or is truncated.
 */
static bool is_told(const struct check_context *c, const struct reset *r)
{
	const struct stream *s = r->facts.stream;

	if (!r->reason || !r->reason->reason)
		return false;
	if (s->kind != STREAM_INITIAL && witness_is_cut(c))
		return false;
	return s->kind != STREAM_JOIN || r->facts.works || !r->facts.synack ||
	       r->facts.rst_behind_ack || r->event->from == s->flipped;
}

static void tell_reset(struct check_context *c, const struct reset *r)
{
	const char *cause = cause_of(c, r);
	/*
	 * A sender with a reason supports Multipath TCP; anyone can send a
	 * RST.
	 */
	int sure = is_told(c, r) || has_failed(c, r->event) ||
		   (r->counterpart.state != COUNTERPART_UNKNOWN &&
		    r->counterpart.is_sender);
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	strbuf_printf(&text, "The %s %s ", hosts[r->event->from],
		      r->facts.works ||
				      r->event->from == r->facts.stream->flipped
			      ? "reset"
			      : "refused");
	put_subflow(&text, r);
	put_reason(&text, r->reason);
	if (r->reason_removed)
		strbuf_puts(&text, " (in the capture of its sender: the option "
				   "was removed on the way)");
	if (has_failed(c, r->event))
		strbuf_puts(&text, "; a checksum had failed (MP_FAIL)");
	else if (answers_join(r))
		strbuf_puts(&text, "; it answers the ACK of the join");
	put_others(&text, c, r->event);
	if (!sure && r->reason)
		strbuf_puts(&text,
			    "; probably only this subflow was reset, but such "
			    "a RST is also sent when the connection is "
			    "aborted, or when a join is wrong");
	else if (!sure)
		strbuf_printf(&text,
			      "; probably it was the %s itself (a firewall can "
			      "send such a RST, too)",
			      hosts[r->event->from]);
	v = verdicts_add(&c->verdicts, QUESTION_RESET, cause,
			 sure ? CERTAINTY_PROVEN : CERTAINTY_LIKELY, "%s",
			 text.text);
	if (!sure)
		verdict_alternative(v, r->reason ? "fastclose" : "forged");
	if (!sure && (witness_is_cut(c) || !r->facts.works) &&
	    r->facts.stream->kind != STREAM_INITIAL)
		verdict_alternative(v, "bad_join");
	verdict_frame(v, context_frame(c, r->event->packet));
	strbuf_release(&text);
}

/* Whether it is part of the abort of the whole connection. */
static bool is_abort(const struct check_context *c, const struct event *e,
		     const struct event *fastclose)
{
	return fastclose &&
	       e->time + subflow_round_trip(c, e->subflow) >= fastclose->time;
}

/* A RST without a reason, or with the same one, that follows another one. */
static bool is_echo(const struct check_context *c, const struct event *e)
{
	for (size_t k = 0; k < c->timeline.n; k++) {
		const struct event *b = &c->timeline.events[k];

		if (b == e)
			break;
		if (!is_reset(b) || b->subflow != e->subflow ||
		    rst_is_void(c, b->subflow, b->packet))
			continue;
		if (!(e->has & EVENT_HAS_REASON) || b->from != e->from ||
		    ((b->has & EVENT_HAS_REASON) && b->reason == e->reason))
			return true;
	}
	return false;
}

/* RSTs at the very end, after all data had been closed, are ignored. */
static bool is_worth_telling(const struct check_context *c,
			     const struct event *e,
			     const struct event *fastclose)
{
	return is_reset(e) && context_subflow(c, e->subflow)->end != END_FIN &&
	       !is_abort(c, e, fastclose) &&
	       !rst_is_void(c, e->subflow, e->packet) && !is_echo(c, e);
}

/*
 * The reason as in the sender's capture, since it may have been removed on the
 * path.
 */
static void find_sent_reason(const struct check_context *c, struct reset *r)
{
	const struct packets *p = NULL;

	if (r->reason || r->counterpart.packet == LEDGER_NO_PACKET ||
	    !r->counterpart.is_sender)
		return;
	p = &c->pairing->trace[1]->packets;
	packets_mptcp(p, r->counterpart.packet, &r->options);
	r->reason = tcpopt_find(&r->options, MP_TCPRST);
	r->reason_removed = r->reason != NULL;
}

static void tell(struct check_context *c, const struct event *e)
{
	struct reset r = { .event = e };
	int forged = 0;

	subflow_facts_find(c, e->subflow, &r.facts);
	r.reason = subflow_reason(c, e->packet, &r.options);
	rst_origin_find(c, e->subflow, e->packet, &r.origin);
	r.counterpart = counterpart_find(c, e->packet);
	find_sent_reason(c, &r);
	forged = is_forged(&r);
	if (forged)
		tell_forged(c, &r, forged > 1);
	else
		tell_reset(c, &r);
}

/*
 * An RST that only the other capture has, in the name of a host at whose end
 * this one was taken: the host never sent it.
 */
static void tell_foreign(struct check_context *c, size_t k)
{
	const struct paired_stream *pair =
		pairing_stream(c->pairing, context_subflow(c, k));
	const struct trace *there = c->pairing->trace[1];
	const struct packets *q = &there->packets;

	for (size_t n = 0; pair && n < pair->stream[1]->n; n++) {
		uint32_t j = there->order[pair->stream[1]->first + n];
		int from = !!(q->mark[j] & PACKET_REVERSE) ^
			   pair->stream[1]->flipped;
		int here = c->pairing->client_end == 0 ? 0 : 1;
		struct verdict *v = NULL;

		if (!(q->flags[j] & TCP_RST))
			continue;
		if (from != here || counterpart_exists(pair, j))
			return; /* the first RST is genuine */
		v = verdicts_add(
			&c->verdicts, QUESTION_RESET, "forged",
			CERTAINTY_PROVEN,
			"Something on the way reset tcp %" PRIu32
			" in the name of the %s, which did not send that RST: "
			"only the capture at the other end has it (its frame "
			"%s)",
			context_subflow(c, k)->tcp_stream, hosts[from],
			context_other_frame(c, q->frame[j]).text);
		verdict_frame(v, context_subflow(c, k)->first_frame);
		return;
	}
}

void judge_resets(struct check_context *c)
{
	const struct event *fastclose = find_fastclose(c);
	size_t told = 0, more = 0;

	if (fastclose)
		tell_fastclose(c, fastclose);
	for (size_t k = 0; c->pairing && k < c->conn->n_subflows; k++)
		tell_foreign(c, k);
	for (size_t k = 0; k < c->timeline.n; k++) {
		const struct event *e = &c->timeline.events[k];

		if (!is_worth_telling(c, e, fastclose))
			continue;
		if (told++ < RESETS_TOLD)
			tell(c, e);
		else
			more++;
	}
	if (more)
		verdicts_add(&c->verdicts, QUESTION_RESET, "more",
			     CERTAINTY_PROVEN, "%zu more subflow%s reset", more,
			     more == 1 ? " was" : "s were");
}
