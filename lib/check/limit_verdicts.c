/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdicts on limits and outages. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/search.h"
#include "base/strbuf.h"
#include "check/examine.h"
#include "check/subflow.h"
#include "model/arrival.h"
#include "model/limit_text.h"
#include "pair/arrived.h"

enum {
	/* ns: of shorter transfers it is not said that nobody knows what
	   limited them, or that they were just starting */
	SHORT = 1000000000
};

static const char *const hosts[2] = { "client", "server" };

/* One direction, in the capture of its sender. */
struct limit_case {
	struct check_context
		*told; /* the first capture: its numbers are named */
	struct check_context *c;
	enum direction d;
	struct limits limits;
	struct aggregation aggregation;
};

static struct limits_input input_of(const struct limit_case *l)
{
	return (struct limits_input){ .trace = l->c->trace,
				      .conn = l->c->conn,
				      .ledger = &l->c->ledger,
				      .tcp = l->c->tcp,
				      .direction = l->d };
}

/* The k-th subflow, with its number in the capture whose numbers are shown. */
static void put_name(void *ctx, struct strbuf *out, size_t k)
{
	const struct limit_case *l = ctx;
	const struct stream *s = context_subflow(l->c, k);
	const struct stream *told =
		l->c == l->told ? s : pairing_peer(l->told->pairing, 1, s);

	if (told)
		strbuf_printf(out, "tcp %" PRIu32, told->tcp_stream);
	else
		strbuf_printf(out, "tcp %" PRIu32 " of the other capture",
			      s->tcp_stream);
}

/* The alternative, if packets prove less than the state says; or NULL. */
static const char *alternative_of(enum limit_state state)
{
	switch (state) {
	case LIMIT_SEND_BUFFER: return "application";
	case LIMIT_RECOVERY: return "path";
	default: return NULL;
	}
}

static void tell_limit(struct limit_case *l)
{
	const struct limits_input in = input_of(l);
	const enum limit_state state = limits_main(&l->limits);
	const char *other = alternative_of(state);
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	strbuf_printf(&text, "To the %s, ", hosts[l->d == TO_SERVER]);
	limits_describe(&in, &l->limits, &l->aggregation, false, put_name, l,
			&text);
	v = verdicts_add(
		&l->told->verdicts, QUESTION_LIMIT, limit_state_name(state),
		other ? CERTAINTY_LIKELY : CERTAINTY_PROVEN, "%s", text.text);
	if (other)
		verdict_alternative(v, other);
	strbuf_release(&text);
}

/* What data that had arrived waited for, from the receiver's capture. */
static void put_blocking(const struct check_context *c, enum direction d,
			 struct strbuf *out)
{
	const size_t n = c->conn->n_subflows;
	struct reordering order;
	struct reorder r;
	size_t top = 0;

	reorder_init(&r, n, c->ledger.has_idsn[d], 1);
	arrival_walk(c->trace, c->conn, &c->ledger, d, &r, NULL, NULL);
	reorder_finish(&r, c->conn->last_time, &order);
	for (size_t k = 1; k < n; k++)
		if (order.blocked_by[k] > order.blocked_by[top])
			top = k;
	if (order.blocked > 0) {
		strbuf_printf(out,
			      "; data that had arrived waited for earlier data "
			      "for %.2f s",
			      (double)order.blocked / 1e9);
		if (n > 1 && order.blocked_by[top] > 0)
			strbuf_printf(out,
				      ", most of it for data on tcp %" PRIu32,
				      context_subflow(c, top)->tcp_stream);
	}
	reordering_release(&order);
}

/* From the first to the last packet with payload, ns. */
static int64_t data_time(const struct check_context *c, enum direction d)
{
	int64_t from = INT64_MAX, to = INT64_MIN;

	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		const struct stream *s = context_subflow(c, k);
		const struct period *p =
			&c->tcp[k].direction[d ^ s->flipped].data;

		if (p->known && p->from < from)
			from = p->from;
		if (p->known && p->to > to)
			to = p->to;
	}
	return to > from ? to - from : 0;
}

/* If the sender's capture is missing or incomplete. */
static void tell_unknown(struct check_context *c, enum direction d,
			 const char *why)
{
	const int64_t duration = data_time(c, d);
	struct strbuf text = STRBUF_INIT;
	struct delivery delivery;

	if (duration < SHORT)
		return;
	strbuf_printf(
		&text,
		"To the %s, the capture does not tell what limited it: %s",
		hosts[d == TO_SERVER],
		limits_unknown_text(why,
				    vantage_is_one_host(c->trace, c->conn)));
	if (vantage_is_receiver(c->vantage, d)) {
		delivery_measure(c->trace, c->conn, &c->ledger, d, &delivery);
		limits_describe_receiver(&delivery, duration, &text);
		put_blocking(c, d, &text);
	}
	verdicts_add(&c->verdicts, QUESTION_LIMIT, why, CERTAINTY_UNKNOWN, "%s",
		     text.text);
	strbuf_release(&text);
}

/*
 * The frame of the first packet of the connection at or after a time; 0: none.
 */
static uint32_t frame_at(const struct check_context *c, int64_t time)
{
	const struct ledger *l = &c->ledger;
	const int64_t *times = c->trace->packets.time;
	const size_t at =
		LOWER_BOUND(k, 0, l->n_packets, times[l->packets[k]] < time);

	return at < l->n_packets ? context_frame(c, l->packets[at]) : 0;
}

/*
 * Whether all subflows were captured, as far as known: the transfer continued
 * afterwards, so DATA_ACKs would show data on others (limit_periods.h).
 */
static bool is_everywhere(const struct limit_case *l, int64_t end)
{
	const struct ledger *ledger = &l->c->ledger;
	size_t after = 0;

	for (size_t k = ledger->n_acks; k > 0; k--) {
		const struct data_ack *ack = &ledger->acks[k - 1];

		if (l->c->trace->packets.time[ack->packet] <= end)
			break;
		after += ack->direction == l->d;
	}
	return l->c->conn->has_initial && after > 0;
}

/*
 * The last outage is none if it begins within a round trip of the abort: RSTs
 * that then end the other subflows, one after the other, are part of it.
 */
static void drop_abort(struct limit_case *l)
{
	struct limits *limits = &l->limits;
	const struct trace *trace = l->c->trace;
	const uint32_t abort = arrival_end(trace, l->c->conn, l->d);
	const int64_t *last = NULL;
	size_t subflow = 0;

	if (!limits->n_outages || abort == LEDGER_NO_PACKET)
		return;
	last = limits->outages + limits->n_outages - 2;
	if (last[1] != trace->packets.time[abort])
		return;
	subflow = trace->streams[trace->packets.stream[abort]].position;
	if (last[1] - last[0] > subflow_round_trip(l->c, subflow))
		return;
	limits->time[LIMIT_OUTAGE] -= last[1] - last[0];
	limits->n_outages -= 2;
}

/* The longest outage. */
static size_t find_longest(const int64_t *outages, size_t n)
{
	size_t longest = 0;

	for (size_t i = 1; i < n; i++)
		if (outages[2 * i + 1] - outages[2 * i] >
		    outages[2 * longest + 1] - outages[2 * longest])
			longest = i;
	return longest;
}

static void tell_outage(struct limit_case *l)
{
	const int64_t *o = l->limits.outages;
	const size_t n = l->limits.n_outages / 2;
	const size_t longest = find_longest(o, n);
	const bool proven = n && is_everywhere(l, o[2 * n - 1]);
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	if (!n)
		return;
	strbuf_printf(&text,
		      "To the %s, nothing was acknowledged on any captured "
		      "subflow for %.2f s",
		      hosts[l->d == TO_SERVER],
		      (double)l->limits.time[LIMIT_OUTAGE] / 1e9);
	if (n > 1)
		strbuf_printf(
			&text,
			", in %zu periods, the longest of which was %.2f s", n,
			(double)(o[2 * longest + 1] - o[2 * longest]) / 1e9);
	strbuf_printf(&text,
		      ", from %.3f s after the connection's beginning on: "
		      "%sno path worked, or the %s did not respond",
		      (double)(o[2 * longest] - l->c->conn->first_time) / 1e9,
		      proven ? "" : "probably ", hosts[l->d == TO_SERVER]);
	v = verdicts_add(&l->told->verdicts, QUESTION_OUTAGE, "outage",
			 proven ? CERTAINTY_PROVEN : CERTAINTY_LIKELY, "%s",
			 text.text);
	if (!proven)
		verdict_alternative(v, "not_captured");
	if (l->c == l->told) {
		verdict_frame(v, frame_at(l->c, o[2 * longest]));
		verdict_frame(v, frame_at(l->c, o[2 * longest + 1]));
	}
	strbuf_release(&text);
}

/* With both captures: when data arrived; false: unknown. */
static bool find_arrivals(const struct limit_case *l,
			  const struct limits_input *in,
			  struct limit_arrivals *arrivals)
{
	const struct check_context *there =
		l->c == l->told ? l->told->other : l->told;

	return there &&
	       arrived_find(l->told->pairing, l->c != l->told, in,
			    &(struct arrived_from){ there->trace, there->conn,
						    &there->ledger },
			    arrivals);
}

static void measure(struct limit_case *l)
{
	struct limit_arrivals arrivals = { .n = 0 };
	struct limits_input in = input_of(l);

	if (find_arrivals(l, &in, &arrivals))
		in.arrivals = &arrivals;
	limits_measure(&in, &l->limits);
	free(arrivals.items);
	in.arrivals = NULL;
	if (l->limits.known && l->limits.duration)
		aggregation_find(&in, &l->limits, &l->aggregation);
}

/* The direction in question: the one with more data. */
static enum direction main_direction(const struct check_context *c)
{
	const struct byte_counts *bytes = c->conn->bytes;

	return bytes[TO_CLIENT].of[BYTES_UNIQUE] >
			       bytes[TO_SERVER].of[BYTES_UNIQUE]
		       ? TO_CLIENT
		       : TO_SERVER;
}

void judge_limits(struct check_context *c)
{
	const enum direction main = main_direction(c);

	for (int d = 0; d < 2; d++) {
		struct limit_case l = { .told = c, .d = (enum direction)d };

		l.c = context_at_sender(c, l.d);
		if (!l.c && l.d == main)
			tell_unknown(c, l.d,
				     limits_unknown_why(c->vantage, l.d));
		if (!l.c)
			continue;
		measure(&l);
		if (l.d == main && !l.limits.known)
			tell_unknown(c, l.d, "not_captured");
		if (l.d == main && l.limits.known &&
		    (l.limits.duration >= SHORT ||
		     limits_main(&l.limits) != LIMIT_STARTING))
			tell_limit(&l);
		drop_abort(&l);
		tell_outage(&l);
		limits_release(&l.limits);
	}
}
