/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict on aggregation: do the subflows add up, or why not? */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "check/availability.h"
#include "check/examine.h"
#include "check/overlap.h"
#include "check/subflow.h"
#include "model/arrival.h"
#include "model/delivery.h"
#include "model/flight.h"

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

/* When the connection was aborted, ns since 1970; INT64_MAX: it was not. */
static int64_t abort_time(const struct team *t)
{
	const struct check_context *c = t->c;
	const uint32_t packet =
		arrival_end(c->trace, c->conn, (enum direction)t->d);

	return packet == LEDGER_NO_PACKET ? INT64_MAX
					  : c->trace->packets.time[packet];
}

/*
 * The last stall of a subflow in the direction that did not end.  When the
 * connection is aborted, an answer must have been missed already.
 */
static const struct event *final_stall(const struct team *t, size_t subflow)
{
	const struct timeline *line = &t->c->timeline;
	const int64_t latest =
		abort_time(t) - flight_patience(round_trip(t, subflow));
	const struct event *stall = NULL;

	for (size_t k = 0; k < line->n; k++) {
		const struct event *e = &line->events[k];

		if (!(e->has & EVENT_HAS_SUBFLOW) || e->subflow != subflow ||
		    e->from != t->d)
			continue;
		if (e->kind == EVENT_STALLED && e->time < latest)
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

/* Append a frame of the examined capture, if it is not the first one. */
static void put_other_frame(struct strbuf *out, const struct team *t,
			    uint32_t packet)
{
	const struct check_context *c = t->c;

	if (c != t->told)
		strbuf_printf(
			out, " (frame %s of the other capture)",
			context_frame_text(c, context_frame(c, packet)).text);
}

static void put_since_beginning(struct strbuf *out, const struct team *t,
				int64_t time)
{
	context_put_time(out, time - t->c->conn->first_time);
	strbuf_puts(out, " after the connection's beginning");
}

/* Why a subflow carried little, and what shows it. */
struct explanation {
	const char *cause; /* NULL: unknown */
	uint32_t packet;   /* LEDGER_NO_PACKET: the subflow's first one */
	const char *alternatives[2];
	size_t n_alternatives;
	struct strbuf why;
};

typedef void say_fn(const struct team *, const struct availability *,
		    struct explanation *);

static void say_backup(const struct team *t, const struct availability *a,
		       struct explanation *e)
{
	strbuf_puts(&e->why,
		    ": probably because it was a backup while data was sent, "
		    "to be used only when no regular subflow works");
	e->packet = a->wish;
	put_other_frame(&e->why, t, a->wish);
}

static void say_late(const struct team *t, const struct availability *a,
		     struct explanation *e)
{
	strbuf_puts(&e->why, ": probably because it joined late, ");
	put_since_beginning(&e->why, t, t->c->trace->packets.time[a->opening]);
	strbuf_printf(&e->why, ", when %s%.0f%% of the bytes had been sent",
		      t->at_sender ? "" : "at least ",
		      percent(a->before, a->all));
}

static void say_closed(const struct team *t, const struct availability *a,
		       struct explanation *e)
{
	strbuf_printf(&e->why, ": probably because the %s %s ",
		      hosts[a->closing->from],
		      a->closing->kind == EVENT_FIN ? "closed" : "reset");
	put_subflow(&e->why, t, t->second);
	strbuf_puts(&e->why,
		    a->closing->kind == EVENT_FIN ? " with a FIN, " : ", ");
	put_since_beginning(&e->why, t, a->closing->time);
	strbuf_printf(&e->why, ", when %.0f%% of the bytes had been %s",
		      percent(a->all - a->after, a->all),
		      t->at_sender ? "sent" : "captured");
	put_other_frame(&e->why, t, a->closing->packet);
	e->packet = a->closing->packet;
}

/*
 * Causes that both ends can know: it could not be used while most of the data
 * was sent.  What was so for the largest part of the data is the cause.
 */
static void explain_by_time(const struct team *t, struct explanation *e)
{
	enum {
		BACKUP,
		BEFORE,
		AFTER,
		PARTS
	};
	static const char *const causes[PARTS] = { "backup", "joined_late",
						   "closed_early" };
	static say_fn *const say[PARTS] = { say_backup, say_late, say_closed };
	uint64_t bytes[PARTS];
	struct availability a;
	int top = 0;

	availability_find(t->c, (enum direction)t->d, t->second, &a);
	bytes[BACKUP] = a.backup;
	bytes[BEFORE] = a.before;
	bytes[AFTER] = a.after;
	if (MOST * (a.backup + a.before + a.after) < a.all)
		return;
	for (int i = 1; i < PARTS; i++)
		if (bytes[i] > bytes[top])
			top = i;
	e->cause = causes[top];
	say[top](t, &a, e);
	for (int i = 0; i < PARTS; i++)
		if (i != top && bytes[i] * USED_PARTS >= a.all)
			e->alternatives[e->n_alternatives++] = causes[i];
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

static void put_unknown(struct strbuf *why, const struct team *t)
{
	const char *sender = hosts[t->d == TO_CLIENT];

	strbuf_puts(why, ": the capture does not tell why");
	if (t->at_sender)
		return;
	if (vantage_is_one_host(t->c->trace, t->c->conn))
		strbuf_printf(why,
			      ": both ends are on one host; give --captured-at "
			      "%s, the sender",
			      sender);
	else
		strbuf_printf(why,
			      ": only a capture at the sender, the %s, does",
			      sender);
}

/* The frame, in the capture whose numbers are shown. */
static uint32_t told_frame(const struct team *t, const struct explanation *e)
{
	const struct stream *told = told_stream(t, t->second);

	if (t->c == t->told && e->packet != LEDGER_NO_PACKET)
		return context_frame(t->c, e->packet);
	return told ? told->first_frame : 0;
}

static void explain(const struct team *t)
{
	struct explanation e = { .packet = LEDGER_NO_PACKET,
				 .why = STRBUF_INIT };
	struct verdict *v = NULL;

	explain_by_time(t, &e);
	if (!e.cause && t->at_sender)
		e.cause = explain_by_sender(t, &e.why);
	if (!e.cause)
		put_unknown(&e.why, t);
	v = add(t, e.cause ? e.cause : "not_used",
		e.cause ? CERTAINTY_LIKELY : CERTAINTY_UNKNOWN, e.why.text);
	for (size_t i = 0; i < e.n_alternatives; i++)
		verdict_alternative(v, e.alternatives[i]);
	if (e.cause)
		verdict_alternative(v, "not_used");
	verdict_frame(v, told_frame(t, &e));
	strbuf_release(&e.why);
}

/*
 * Whether no data of the direction is missing in the capture: neither its
 * beginning nor its end, nor what was acknowledged in between.
 */
static bool is_complete(const struct team *t)
{
	const struct connection *conn = t->c->conn;

	return conn->has_initial && conn->close != END_OPEN &&
	       conn->has_acked[t->d] && t->c->ledger.has_idsn[t->d] &&
	       conn->bytes[t->d].of[BYTES_UNIQUE] >= conn->acked[t->d];
}

/* Both carried a good part of the data: at the same time? */
static void tell_use(const struct team *t)
{
	struct strbuf text = STRBUF_INIT;
	int64_t from = 0, to = 0;
	struct overlap both;
	bool together = false, proven = false;
	struct verdict *v = NULL;

	overlap_measure(t->c, (enum direction)t->d, t->first, t->second, &both);
	data_time(t, &from, &to);
	together = MOST * both.bytes[0] >= sent(t, t->first) ||
		   MOST * both.bytes[1] >= sent(t, t->second);
	proven = together || is_complete(t);
	strbuf_printf(&text, ": %s%s", proven ? "" : "probably ",
		      together ? "both carried data at the same time"
			       : "one after the other");
	if (both.time > 0) {
		strbuf_puts(&text, together ? ", for "
					    : ", at the same time only for ");
		context_put_time(&text, both.time);
		strbuf_printf(
			&text,
			", %.0f%% of the time in which data was "
			"sent",
			percent((uint64_t)both.time, (uint64_t)(to - from)));
	}
	v = add(t, together ? "aggregating" : "one_at_a_time",
		proven ? CERTAINTY_PROVEN : CERTAINTY_LIKELY, text.text);
	if (!proven)
		verdict_alternative(v, "aggregating");
	strbuf_release(&text);
}

static void tell_stall(const struct team *t, const struct event *stall)
{
	struct check_context *c = t->c;
	struct strbuf why = STRBUF_INIT;
	struct verdict *v = NULL;

	strbuf_puts(&why, ": probably that path had failed: nothing was "
			  "acknowledged on ");
	put_subflow(&why, t, stall->subflow);
	strbuf_puts(&why, " from ");
	put_since_beginning(&why, t, stall->time);
	strbuf_puts(&why, " on");
	put_other_frame(&why, t, stall->packet);
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
		tell_use(&t);
	else
		explain(&t);
}
