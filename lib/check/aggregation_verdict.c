/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict on aggregation: do the subflows add up, or why not? */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "check/examine.h"
#include "check/subflow.h"
#include "model/delivery.h"

/* A subflow counts as used if it carries one part of so many of the bytes. */
enum {
	USED_PARTS = 10,
	MOST = 2,	  /* half of the bytes */
	WINDOW_PARTS = 5, /* the window was full for a fifth of the time */
	IDLE_PARTS = 2,	  /* nothing was in flight for half of the time */
	RTT_RATIO = 2	  /* round-trip times differ by this factor */
};

static const char *const hosts[2] = { "client", "server" };

/*
 * The subflows in the direction with more data, in the capture that shows most
 * of it: at its sender, if there is one.
 */
struct team {
	struct check_context
		*told;		 /* the first capture: its numbers are named */
	struct check_context *c; /* the capture that is examined */
	int at_sender;
	int d;
	uint64_t total;
	size_t first; /* the one that carried most */
	/* of the other working ones, the one that carried most */
	size_t second;
	size_t working;
};

static uint64_t sent(const struct team *t, size_t k)
{
	return context_subflow(t->c, k)->bytes[t->d].sent;
}

/* Data bytes known to both ends; packets may be lost in between. */
static uint64_t data_bytes(const struct check_context *c, int d)
{
	uint64_t here = c->conn->bytes[d].of[BYTES_UNIQUE];
	uint64_t there =
		c->other ? c->other->conn->bytes[d].of[BYTES_UNIQUE] : 0;

	return here > there ? here : there;
}

/* 0: the question does not apply. */
static int find_team(struct team *t)
{
	const struct connection *conn = t->c->conn;
	int has_second = 0;

	if (t->c->ledger.plain || conn->n_subflows < 2)
		return 0;
	t->total = conn->bytes[t->d].sent;
	for (size_t k = 1; k < conn->n_subflows; k++)
		if (sent(t, k) > sent(t, t->first))
			t->first = k;
	for (size_t k = 0; k < conn->n_subflows; k++) {
		struct subflow_facts f;

		subflow_facts_find(t->c, k, &f);
		if (!f.works)
			continue;
		t->working++;
		if (k != t->first &&
		    (!has_second || sent(t, k) > sent(t, t->second))) {
			t->second = k;
			has_second = 1;
		}
	}
	return has_second && t->total > 0;
}

/* The k-th subflow in the capture whose numbers are shown, or NULL. */
static const struct stream *told_stream(const struct team *t, size_t k)
{
	const struct stream *s = context_subflow(t->c, k);

	return t->c == t->told ? s : pairing_peer(t->told->pairing, 1, s);
}

static void put_subflow(struct strbuf *out, const struct team *t, size_t k)
{
	const struct stream *told = told_stream(t, k);

	if (told)
		strbuf_printf(out, "tcp %" PRIu32, told->tcp_stream);
	else
		strbuf_printf(out, "tcp %" PRIu32 " of the other capture",
			      context_subflow(t->c, k)->tcp_stream);
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* The minimum round-trip time of the direction, at its sender; 0: unknown. */
static int64_t round_trip(const struct team *t, size_t k)
{
	const struct stream *s = context_subflow(t->c, k);
	const struct tcp_direction *way = t->c->tcp[k].direction;
	const struct rtt *rtt = &way[t->d ^ s->flipped].rtt;
	int sender = vantage_is_sender(t->c->vantage, (enum direction)t->d);
	int64_t least = 0;

	if (way[TO_SERVER].rtt.has_handshake &&
	    way[TO_CLIENT].rtt.has_handshake)
		least = way[TO_SERVER].rtt.handshake +
			way[TO_CLIENT].rtt.handshake;
	if (sender && rtt->data.n && (!least || rtt->data.min < least))
		least = rtt->data.min;
	return least;
}

/* The last stall of a subflow in the direction that did not end. */
static const struct event *final_stall(const struct team *t, size_t subflow)
{
	const struct timeline *line = &t->c->timeline;
	const struct event *stall = NULL;

	for (size_t k = 0; k < line->n; k++) {
		const struct event *e = &line->events[k];

		if (!(e->has & EVENT_HAS_SUBFLOW) || e->subflow != subflow ||
		    e->from != t->d)
			continue;
		if (e->kind == EVENT_STALLED)
			stall = e;
		else if (e->kind == EVENT_RECOVERED)
			stall = NULL;
	}
	return stall;
}

/* When the first and last data of the direction was sent, ns. */
static void data_time(const struct team *t, int64_t *from, int64_t *to)
{
	const struct check_context *c = t->c;

	*from = INT64_MAX;
	*to = INT64_MIN;
	for (size_t k = 0; k < c->ledger.n_pieces; k++) {
		const struct piece *piece = &c->ledger.pieces[k];
		int64_t time = c->trace->packets.time[piece->packet];

		if ((int)piece->direction != t->d)
			continue;
		*from = time < *from ? time : *from;
		*to = time > *to ? time : *to;
	}
}

/* Facts about a subflow while data is sent in the direction. */
struct while_data {
	uint64_t all, backup, before; /* bytes: total; while it was a backup;
					 before the sender could use it */
};

/*
 * Either side may declare it a backup (RFC 8684 3.3.8): by flag B of its join,
 * or by MP_PRIO.
 */
static void take_wish(const struct signal *s, size_t subflow, int wants[2])
{
	int join = s->option.subtype == MP_JOIN &&
		   (s->option.has & MPTCP_HAS_NONCE);
	int priority =
		s->option.subtype == MP_PRIO && !(s->option.has & MPTCP_HAS_ID);

	if (s->subflow == subflow && s->flaw == FLAW_NONE && (join || priority))
		wants[s->from] = !!(s->option.has & MPTCP_BACKUP);
}

/*
 * The packet after which the sender may use a joined subflow: the ACK with the
 * HMAC for the joined host, the answer to it for the joining host (RFC 8684
 * 3.2).  Not its SYN: a round trip passes before it can be used.
 */
static uint32_t opening_packet(const struct team *t, size_t subflow)
{
	const struct trace *trace = t->c->trace;
	const struct packets *p = &trace->packets;
	const struct stream *s = context_subflow(t->c, subflow);
	struct subflow_facts f;

	subflow_facts_find(t->c, subflow, &f);
	if (s->kind != STREAM_JOIN || !f.join_acks)
		return trace->order[s->first];
	if (t->d != (s->flipped ? TO_CLIENT : TO_SERVER))
		return f.ack_packet;
	for (size_t n = 0; n < s->n; n++) {
		uint32_t i = trace->order[s->first + n];

		if (i > f.ack_packet && (p->mark[i] & PACKET_REVERSE) &&
		    !(p->flags[i] & TCP_SYN))
			return i;
	}
	return f.ack_packet;
}

/*
 * During the time of the data: later events are no reason.  Elsewhere than at
 * the sender, data captured before the packet that opens the subflow had been
 * sent before that arrived, so the true value can only be larger.
 */
static void look_while_data(const struct team *t, size_t subflow,
			    struct while_data *out)
{
	const struct check_context *c = t->c;
	uint32_t opening = opening_packet(t, subflow);
	int wants[2] = { 0, 0 };
	size_t signal = 0;

	*out = (struct while_data){ 0, 0, 0 };
	for (size_t k = 0; k < c->ledger.n_pieces; k++) {
		const struct piece *piece = &c->ledger.pieces[k];

		for (; signal < c->signals.n &&
		       c->signals.items[signal].packet < piece->packet;
		     signal++)
			take_wish(&c->signals.items[signal], subflow, wants);
		if ((int)piece->direction != t->d)
			continue;
		out->all += piece->len;
		out->backup += wants[0] || wants[1] ? piece->len : 0;
		if (piece->packet < opening)
			out->before += piece->len;
	}
}

/*
 * The share of that time during which the window was full, in percent; -1:
 * unknown.
 */
static double window_limited(const struct team *t)
{
	struct check_context *c = t->c;
	struct delivery delivery;
	int64_t from = 0, to = 0;

	delivery_measure(c->trace, c->conn, &c->ledger, (enum direction)t->d,
			 &delivery);
	data_time(t, &from, &to);
	if (!delivery.has_limited || to <= from)
		return -1;
	return 100.0 * (double)delivery.limited / (double)(to - from);
}

/* The share of it during which everything sent was acknowledged. */
static double idle(const struct team *t)
{
	const struct ledger *l = &t->c->ledger;
	const int64_t *times = t->c->trace->packets.time;
	int64_t sent = INT64_MIN, since = 0, sum = 0, from = 0, to = 0;
	size_t ack = 0;

	data_time(t, &from, &to);
	for (size_t k = 0; k < l->n_pieces; k++) {
		const struct piece *piece = &l->pieces[k];

		for (; ack < l->n_acks && l->acks[ack].packet <= piece->packet;
		     ack++)
			if ((int)l->acks[ack].direction == t->d && !since &&
			    sent != INT64_MIN && l->acks[ack].ack >= sent)
				since = times[l->acks[ack].packet];
		if ((int)piece->direction != t->d ||
		    piece->dsn == LEDGER_UNKNOWN)
			continue;
		if (since)
			sum += times[piece->packet] - since;
		since = 0;
		if (piece->dsn + piece->len > sent)
			sent = piece->dsn + piece->len;
	}
	return to > from ? 100.0 * (double)sum / (double)(to - from) : 0;
}

static struct verdict *add(const struct team *t, const char *cause,
			   enum certainty certainty, const char *why)
{
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	strbuf_printf(&text, "To the %s, ", hosts[t->d == TO_SERVER]);
	put_subflow(&text, t, t->first);
	strbuf_printf(&text, " carried %.1f%% of the bytes and ",
		      percent(sent(t, t->first), t->total));
	put_subflow(&text, t, t->second);
	strbuf_printf(&text, " %.1f%%%s", percent(sent(t, t->second), t->total),
		      why);
	v = verdicts_add(&t->told->verdicts, QUESTION_AGGREGATION, cause,
			 certainty, "%s", text.text);
	strbuf_release(&text);
	return v;
}

/* Causes that both ends can know; or NULL. */
static const char *explain_by_time(const struct team *t, struct strbuf *why)
{
	const struct check_context *c = t->c;
	uint32_t opening = opening_packet(t, t->second);
	int64_t late = c->trace->packets.time[opening] - c->conn->first_time;
	struct while_data data;

	look_while_data(t, t->second, &data);
	if (MOST * data.backup >= data.all) {
		strbuf_puts(
			why,
			": probably because it was a backup while data was "
			"sent, to be used only when no regular subflow works");
		return "backup";
	}
	if (MOST * data.before < data.all)
		return NULL;
	strbuf_printf(why,
		      ": probably because it joined late, after %.3f s, when "
		      "%s%.0f%% of the bytes had been sent",
		      (double)late / 1e9, t->at_sender ? "" : "at least ",
		      percent(data.before, data.all));
	return "joined_late";
}

/* Causes that only the sender knows; or NULL. */
static const char *explain_by_sender(const struct team *t, struct strbuf *why)
{
	int64_t rtt[2] = { round_trip(t, t->first), round_trip(t, t->second) };
	double window = window_limited(t), nothing = idle(t);

	if (window * WINDOW_PARTS >= 100) {
		strbuf_printf(why,
			      ": probably because the receive window, which "
			      "all subflows share, was full for %.0f%% of the "
			      "time",
			      window);
		return "window_limited";
	}
	if (nothing * IDLE_PARTS >= 100) {
		strbuf_printf(why,
			      ": probably one was enough: the application had "
			      "nothing in flight for %.0f%% of the time",
			      nothing);
		return "application_limited";
	}
	if (rtt[0] && rtt[1] >= RTT_RATIO * rtt[0]) {
		strbuf_printf(why,
			      ": probably because its round-trip time is %.1f "
			      "times as long (%.1f ms, %.1f ms)",
			      (double)rtt[1] / (double)rtt[0],
			      (double)rtt[1] / 1e6, (double)rtt[0] / 1e6);
		return "rtt";
	}
	return NULL;
}

static void put_who_tells(const struct team *t, struct strbuf *out)
{
	const char *sender = hosts[t->d == TO_CLIENT];

	if (vantage_is_one_host(t->c->trace, t->c->conn))
		strbuf_printf(out,
			      ": both ends are on one host; give --captured-at "
			      "%s, the sender",
			      sender);
	else
		strbuf_printf(out,
			      ": only a capture at the sender, the %s, does",
			      sender);
}

static void explain(const struct team *t)
{
	const struct stream *told = told_stream(t, t->second);
	struct strbuf why = STRBUF_INIT;
	const char *cause = explain_by_time(t, &why);
	struct verdict *v = NULL;

	if (!cause && t->at_sender)
		cause = explain_by_sender(t, &why);
	if (!cause)
		strbuf_puts(&why, ": the capture does not tell why");
	if (!cause && !t->at_sender)
		put_who_tells(t, &why);
	v = add(t, cause ? cause : "not_used",
		cause ? CERTAINTY_LIKELY : CERTAINTY_UNKNOWN, why.text);
	if (cause)
		verdict_alternative(v, "not_used");
	if (told)
		verdict_frame(v, told->first_frame);
	strbuf_release(&why);
}

static void tell_stall(const struct team *t, const struct event *stall)
{
	struct check_context *c = t->c;
	struct strbuf why = STRBUF_INIT;
	struct verdict *v = NULL;

	strbuf_puts(&why, ": probably that path had failed: nothing was "
			  "acknowledged on ");
	put_subflow(&why, t, stall->subflow);
	strbuf_printf(&why, " from %.3f s on",
		      (double)(stall->time - c->conn->first_time) / 1e9);
	if (c != t->told)
		strbuf_printf(
			&why, " (frame %s of the other capture)",
			context_frame_text(c, context_frame(c, stall->packet))
				.text);
	v = add(t, "stalled", CERTAINTY_LIKELY, why.text);
	verdict_alternative(v, "not_captured");
	if (c == t->told)
		verdict_frame(v, context_frame(c, stall->packet));
	strbuf_release(&why);
}

/*
 * Of the two that carried most: one on which nothing was acknowledged any
 * more.  If data does not reach the receiver's capture, it may have been lost
 * or never sent.
 */
static const struct event *find_stall(const struct team *t)
{
	const struct event *stall = NULL;

	if (!t->at_sender &&
	    vantage_is_receiver(t->c->vantage, (enum direction)t->d))
		return NULL;
	stall = final_stall(t, t->second);
	return stall ? stall : final_stall(t, t->first);
}

void judge_aggregation(struct check_context *c)
{
	int d = data_bytes(c, TO_CLIENT) > data_bytes(c, TO_SERVER);
	struct team here = { .told = c, .c = c, .d = d }, t = here;
	struct check_context *sender = context_at_sender(c, (enum direction)d);
	const struct event *stall = NULL;

	t.at_sender = sender != NULL;
	t.c = sender ? sender : c;
	if (!find_team(&here) || !find_team(&t))
		return;
	stall = find_stall(&t);
	if (stall)
		tell_stall(&t, stall);
	else if (sent(&t, t.second) * USED_PARTS >= t.total)
		add(&t, "aggregating", CERTAINTY_PROVEN, ": both are used");
	else
		explain(&t);
}
