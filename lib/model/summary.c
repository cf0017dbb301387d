/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/account.h"
#include "model/arrival.h"
#include "os/parallel.h"

/* Durations and switches. */
static void walk_packets(struct summary *s, const struct ledger *l)
{
	const struct packets *p = &s->trace->packets;
	uint32_t last[2] = { LEDGER_NO_PACKET, LEDGER_NO_PACKET };

	for (size_t j = 0; j < l->n_packets; j++) {
		uint32_t i = l->packets[j];
		enum direction d = ledger_direction(s->trace, i);
		struct direction_summary *out = &s->direction[d];

		period_add(&out->all, p->time[i]);
		if (!p->len[i])
			continue;
		period_add(&out->data, p->time[i]);
		if (last[d] != LEDGER_NO_PACKET &&
		    p->stream[last[d]] != p->stream[i])
			out->switches++;
		last[d] = i;
	}
}

static void measure_reordering(struct direction_summary *out,
			       const struct trace *t,
			       const struct connection *conn,
			       const struct ledger *l)
{
	struct reorder r;
	int64_t end = 0;

	if (!out->at_receiver)
		return;
	reorder_init(&r, out->n_subflows, l->has_idsn[out->direction], 1);
	arrival_walk(t, conn, l, out->direction, &r, NULL, NULL);
	if (l->n_packets)
		end = t->packets.time[l->packets[l->n_packets - 1]];
	reorder_finish(&r, end, &out->reordering);
	out->aborted = arrival_end(t, conn, out->direction) != LEDGER_NO_PACKET;
	for (size_t k = 0; k < out->n_subflows; k++)
		out->subflows[k].blocking = out->reordering.blocked_by[k];
}

static void count_reinjections(struct direction_summary *out,
			       const struct trace *t,
			       const struct repetitions *list)
{
	const struct matrix *m = &out->reinjected.matrix;

	repetitions_total(t, list, out->direction, BYTES_REINJECTED,
			  &out->reinjected);
	for (size_t i = 0; i < m->n; i++)
		out->subflows[m->cells[i].from].reinjected_elsewhere +=
			m->cells[i].bytes;
}

static void init_direction(struct summary *s, enum direction d)
{
	struct direction_summary *out = &s->direction[d];
	size_t n = s->conn->n_subflows;

	out->direction = d;
	out->counts = &s->conn->bytes[d];
	out->new_data_packets = out->counts->packets_of[BYTES_UNIQUE];
	out->at_sender = vantage_is_sender(s->vantage, d);
	out->at_receiver = vantage_is_receiver(s->vantage, d);
	out->subflows = mem_calloc(n, sizeof(*out->subflows));
	out->n_subflows = n;
	for (size_t k = 0; k < n; k++) {
		const struct stream *stream = s->tcp[k].stream;

		out->subflows[k].stream = stream;
		out->subflows[k].counts = &stream->bytes[d];
		out->subflows[k].tcp =
			&s->tcp[k].direction[d ^ stream->flipped];
	}
}

/* What the packets are read for: the subflows, and the connection. */
struct reading {
	struct summary *s;
	struct trace *trace;
	struct connection *conn;
	struct ledger *ledger;
};

static void read_packets(void *ctx, size_t part)
{
	const struct reading *r = ctx;

	for (size_t k = 0; part == 0 && k < r->conn->n_subflows; k++)
		tcp_summarize(r->trace, trace_subflow(r->trace, r->conn, k),
			      &r->s->tcp[k]);
	if (part == 1) /* which takes much memory: the last for one thread */
		account_connection(r->trace, r->conn, r->ledger);
}

/* How many threads are worth while for it: one, unless it is large. */
static unsigned threads_for(const struct trace *t,
			    const struct connection *conn)
{
	return trace_connection_packets(t, conn) < TRACE_MANY ? 1 : t->threads;
}

/* What was read, on its way to the summary. */
struct judging {
	struct summary *s;
	const struct ledger *ledger;
	const struct repetitions *list;
};

static void judge_direction(struct direction_summary *out,
			    const struct judging *j)
{
	const struct summary *s = j->s;
	const enum direction d = out->direction;
	const struct ledger *l = j->ledger;

	coverage_of(&l->data[d], l->shift[d], &out->coverage);
	out->holes = holes_judge(s->trace, s->conn, s->tcp, l, d,
				 &out->coverage, s->vantage);
	count_reinjections(out, s->trace, j->list);
	delivery_measure(s->trace, s->conn, l, d, &out->delivery);
	measure_reordering(out, s->trace, s->conn, l);
}

static void judge_limits(struct direction_summary *out, const struct judging *j)
{
	const struct summary *s = j->s;
	const struct limits_input in = { .trace = s->trace,
					 .conn = s->conn,
					 .ledger = j->ledger,
					 .tcp = s->tcp,
					 .direction = out->direction };

	if (!out->at_sender)
		return;
	limits_measure(&in, &out->limits);
	aggregation_find(&in, &out->limits, &out->aggregation);
}

enum {
	JUDGE_PARTS = 5 /* none of which waits for another one */
};

static void judge(void *ctx, size_t part)
{
	const struct judging *j = ctx;

	switch (part) {
	case 0:
	case 1: judge_direction(&j->s->direction[part], j); break;
	case 2:
	case 3: judge_limits(&j->s->direction[part - 2], j); break;
	default: walk_packets(j->s, j->ledger); break;
	}
}

void summary_make(struct trace *t, struct connection *conn, struct summary *s)
{
	struct ledger ledger;
	struct repetitions list;
	struct reading reading = { s, t, conn, &ledger };
	struct judging judging = { s, &ledger, &list };
	const unsigned threads = threads_for(t, conn);

	memset(s, 0, sizeof(*s));
	s->trace = t;
	s->conn = conn;
	s->tcp = mem_calloc(conn->n_subflows, sizeof(*s->tcp));
	ledger_init(&ledger);
	parallel_each(threads, 2, read_packets, &reading);
	s->plain = ledger.plain;
	vantage_judge(t, conn, &s->vantage_verdict);
	s->vantage = s->vantage_verdict.where;
	repetitions_list(t, &ledger, &list);
	for (int d = 0; d < 2; d++) {
		init_direction(s, (enum direction)d);
		s->has_idsn[d] = ledger.has_idsn[d];
	}
	parallel_each(threads, JUDGE_PARTS, judge, &judging);
	repetitions_release(&list);
	ledger_release(&ledger);
}

static const struct summary *other_of(const struct summary *s)
{
	return s->other ? &s->other->summary : NULL;
}

const struct summary *summary_at_sender(const struct summary *s,
					enum direction d)
{
	const struct summary *other = other_of(s);

	if (s->direction[d].at_sender)
		return s;
	return other && other->direction[d].at_sender ? other : NULL;
}

const struct summary *summary_at_receiver(const struct summary *s,
					  enum direction d)
{
	const struct summary *other = other_of(s);

	if (s->direction[d].at_receiver)
		return s;
	return other && other->direction[d].at_receiver ? other : NULL;
}

size_t summary_position(const struct summary *s, const struct summary *there,
			size_t k)
{
	return there == s ? k : s->other->subflow[k];
}

size_t summary_position_back(const struct summary *s,
			     const struct summary *there, size_t k)
{
	for (size_t i = 0; i < s->conn->n_subflows; i++)
		if (summary_position(s, there, i) == k)
			return i;
	return SUMMARY_NOWHERE;
}

const char *summary_limit_unknown(const struct summary *s, enum direction d)
{
	const struct summary *teller = summary_at_sender(s, d) ?: s;
	const struct direction_summary *dir = &teller->direction[d];

	if (dir->limits.known || !dir->data.known)
		return NULL;
	return limits_unknown_why(teller->vantage, d);
}

static void other_end_free(struct other_end *other)
{
	if (!other)
		return;
	summary_release(&other->summary);
	free(other->subflow);
	free(other);
}

void summary_release(struct summary *s)
{
	for (size_t k = 0; k < s->conn->n_subflows; k++)
		tcp_summary_release(&s->tcp[k]);
	free(s->tcp);
	other_end_free(s->other);
	vantage_verdict_release(&s->vantage_verdict);
	for (int d = 0; d < 2; d++) {
		coverage_release(&s->direction[d].coverage);
		repetition_totals_release(&s->direction[d].reinjected);
		reordering_release(&s->direction[d].reordering);
		limits_release(&s->direction[d].limits);
		free(s->direction[d].subflows);
	}
	memset(s, 0, sizeof(*s));
}
