/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/view.h"

#include <string.h>

#include "base/mem.h"
#include "model/rtt.h"
#include "model/vantage.h"

enum {
	RECENT = 1024 /* packets of a subflow used for its round-trip time */
};

static enum live_state state_of(const struct stream *s)
{
	switch (s->end) {
	case END_OPEN: return s->established ? LIVE_OPEN : LIVE_OPENING;
	case END_UNANSWERED: return LIVE_OPENING;
	case END_FIN_CLIENT:
	case END_FIN_SERVER: return LIVE_CLOSING;
	default: return LIVE_CLOSED;
	}
}

/* The state of the connection: closed if all of its subflows are. */
static enum live_state state_of_all(const struct live_connection *v)
{
	size_t n[LIVE_CLOSED + 1] = { 0 };

	for (size_t k = 0; k < v->n_subflows; k++)
		n[v->subflows[k].state]++;
	if (n[LIVE_CLOSED] == v->n_subflows)
		return LIVE_CLOSED;
	if (n[LIVE_OPEN] && v->conn->close == END_OPEN)
		return LIVE_OPEN;
	return n[LIVE_OPEN] || n[LIVE_CLOSING] ? LIVE_CLOSING : LIVE_OPENING;
}

/*
 * The flights of a stream, or NULL; the most recent ones if Wireshark split
 * it.
 */
static const struct cluster_flights *flights_of(const struct live_cluster *c,
						const struct stream *s)
{
	const struct cluster_flights *best = cluster_flights(c, s->tcp_stream);

	for (size_t a = 0; a < s->n_also; a++) {
		const struct cluster_flights *f =
			cluster_flights(c, s->also[a]);

		if (f && (!best || f->last_time > best->last_time))
			best = f;
	}
	return best;
}

/* Which raw end is the TCP client. */
static int client_of(const struct cluster_flights *f, const struct stream *s)
{
	return f->end.port != s->client.port ||
	       !address_is_equal(&f->end.address, &s->client.address);
}

static void set_flight(const struct live_cluster *c, struct live_subflow *sub,
		       const struct cluster_job *job)
{
	const struct stream *s = sub->stream;
	const struct cluster_flights *f = flights_of(c, s);

	for (int d = 0; f && d < 2; d++) {
		const struct flight *up =
			&f->flight[d ^ s->flipped ^ client_of(f, s)];
		struct live_flow *flow = &sub->flow[d];

		flow->has_flight = up->answered;
		flow->flight = flight_is_up(up) && !up->dead
				       ? (uint64_t)(up->high - up->ack)
				       : 0;
		flow->stalled =
			up->answered && up->silent && !up->dead &&
			job->now - up->since > flight_patience(flow->rtt);
	}
}

static void set_rtt(const struct live_cluster *c, struct live_subflow *sub,
		    enum vantage vantage)
{
	struct stream tail = *sub->stream;
	struct rtt rtt[2];

	if (tail.n > RECENT) {
		tail.first += tail.n - RECENT;
		tail.n = RECENT;
	}
	rtt_measure(&c->trace, &tail, rtt);
	for (int d = 0; d < 2; d++)
		if (vantage_is_sender(vantage, (enum direction)d))
			sub->flow[d].rtt = rtt_typical(&rtt[d ^ tail.flipped]);
}

/* Packets in the trace that were not accounted before, plus those that were. */
static void count_packets(const struct live_cluster *c,
			  struct live_subflow *sub)
{
	const struct trace *t = &c->trace;
	const struct stream *s = sub->stream;
	const struct past_stream *past = past_find_stream(t, s->tcp_stream);

	for (int d = 0; d < 2; d++)
		sub->flow[d].packets = past ? past->flow[d].packets : 0;
	for (size_t k = 0; k < s->n; k++) {
		const uint32_t i = t->order[s->first + k];

		if (!past || !past_has(past, &t->packets, i))
			sub->flow[ledger_direction(t, i)].packets++;
	}
}

static void set_subflow(const struct live_cluster *c, struct live_subflow *sub,
			enum vantage vantage, const struct cluster_job *job)
{
	const struct stream *s = sub->stream;
	const struct strlist *names = &c->packets.interfaces;

	sub->interface = s->interface >= 0 && (size_t)s->interface < names->n
				 ? names->items[s->interface]
				 : "";
	sub->state = state_of(s);
	sub->last_time = s->last_time;
	count_packets(c, sub);
	set_rtt(c, sub, vantage);
	set_flight(c, sub, job);
	for (int d = 0; d < 2; d++) {
		sub->flow[d].bytes = s->bytes[d];
		sub->flow[d].backup = s->side[d ^ s->flipped].backup;
	}
}

/*
 * The same subflow in the previous view: usually the k-th again, or a new one
 * with the largest number.
 */
static const struct live_subflow *find_before(const struct live_connection *v,
					      size_t k, uint32_t tcp_stream,
					      uint32_t largest)
{
	if (k < v->n_subflows && v->numbers[k] == tcp_stream)
		return &v->subflows[k];
	for (size_t i = 0; i < v->n_subflows && tcp_stream <= largest; i++)
		if (v->numbers[i] == tcp_stream)
			return &v->subflows[i];
	return NULL;
}

static void set_subflows(const struct live_cluster *c,
			 const struct connection *conn,
			 struct live_connection *view,
			 const struct cluster_job *job)
{
	const struct live_connection before = *view;
	const enum vantage vantage = vantage_of(&c->trace, conn);
	uint32_t largest = 0;

	view->subflows = mem_calloc(conn->n_subflows, sizeof(*view->subflows));
	view->numbers = mem_calloc(conn->n_subflows, sizeof(*view->numbers));
	for (size_t k = 0; k < before.n_subflows; k++)
		if (before.numbers[k] > largest)
			largest = before.numbers[k];
	for (size_t k = 0; k < conn->n_subflows; k++) {
		struct live_subflow *sub = &view->subflows[k];
		const struct stream *s = trace_subflow(&c->trace, conn, k);
		const struct live_subflow *same =
			find_before(&before, k, s->tcp_stream, largest);

		if (same)
			*sub = *same;
		sub->stream = s;
		view->numbers[k] = s->tcp_stream;
		set_subflow(c, sub, vantage, job);
	}
	view->n_subflows = conn->n_subflows;
	free(before.subflows);
	free(before.numbers);
}

/* The average since a second ago, or since the last look before that. */
static void set_rate(struct live_flow *flow, int64_t first,
		     const struct cluster_job *job)
{
	const int64_t second = job->options->second;
	int64_t passed = 0;

	/* It had sent nothing before it existed. */
	if (!flow->has_mark)
		flow->mark_time =
			job->now - first < second ? job->now - second : first;
	flow->has_mark = true;
	passed = job->now - flow->mark_time;
	if (passed >= 0 && passed < second - second / 8)
		return; /* looks are not exact to the ns */
	/* Unless the clock was set, or packets turned out to be copies. */
	flow->lately = passed < 0 || flow->bytes.sent < flow->mark_sent
			       ? 0
			       : (uint64_t)((double)(flow->bytes.sent -
						     flow->mark_sent) *
					    (double)second / (double)passed);
	flow->mark_time = job->now;
	flow->mark_sent = flow->bytes.sent;
}

void view_refresh(const struct live_cluster *c, struct live_connection *view,
		  const struct cluster_job *job)
{
	for (int d = 0; d < 2; d++)
		view->flow[d].lately = 0;
	for (size_t k = 0; k < view->n_subflows; k++) {
		struct live_subflow *sub = &view->subflows[k];

		set_flight(c, sub, job);
		for (int d = 0; d < 2; d++) {
			set_rate(&sub->flow[d], sub->stream->first_time, job);
			view->flow[d].lately += sub->flow[d].lately;
		}
	}
}

void view_make(const struct live_cluster *c, const struct connection *conn,
	       struct live_connection *view, const struct cluster_job *job)
{
	set_subflows(c, conn, view, job);
	view->conn = conn;
	view->first_time = conn->first_time;
	view->last_time = conn->last_time;
	view->is_partial = !conn->has_initial;
	view->state = state_of_all(view);
	for (int d = 0; d < 2; d++) {
		view->flow[d].bytes = conn->bytes[d];
		view->flow[d].packets = 0;
		for (size_t k = 0; k < view->n_subflows; k++)
			view->flow[d].packets +=
				view->subflows[k].flow[d].packets;
	}
	view_refresh(c, view, job);
}
