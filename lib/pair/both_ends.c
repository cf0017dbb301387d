/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/both_ends.h"

#include <stdlib.h>

#include "base/mem.h"
#include "model/account.h"
#include "pair/arrived.h"

/* The summary from one of the ends. */
struct end {
	struct summary *summary;
	/* Accounting again gives the same sums. */
	struct trace trace;
	struct connection conn;
	struct ledger ledger;
};

static void end_init(struct end *e, struct summary *s)
{
	e->summary = s;
	e->trace = *s->trace;
	e->conn = *s->conn;
	ledger_init(&e->ledger);
	account_connection(&e->trace, &e->conn, &e->ledger);
}

/* The limits of a direction whose sender is at "sender". */
static void improve(const struct pairing *p, struct end ends[2], int sender,
		    enum direction d)
{
	struct summary *s = ends[sender].summary;
	const struct end *there = &ends[!sender];
	const struct arrived_from receiver = { &there->trace, &there->conn,
					       &there->ledger };
	struct limits *limits = &s->direction[d].limits;
	struct limit_arrivals arrivals;
	struct limits_input in = { .trace = s->trace,
				   .conn = s->conn,
				   .ledger = &ends[sender].ledger,
				   .tcp = s->tcp,
				   .direction = d,
				   .arrivals = &arrivals };

	if (!limits->known ||
	    !arrived_find(p, sender, &in, &receiver, &arrivals))
		return;
	limits_release(limits);
	limits_measure(&in, limits);
	free(arrivals.items);
}

static bool knows_limits(const struct summary *s)
{
	return s->direction[0].limits.known || s->direction[1].limits.known;
}

static void go_by_arrivals(const struct pairing *p, struct summary *s)
{
	struct end ends[2];

	if (!knows_limits(s) && !knows_limits(&s->other->summary))
		return;
	end_init(&ends[0], s);
	end_init(&ends[1], &s->other->summary);
	improve(p, ends, p->client_end, TO_SERVER);
	improve(p, ends, !p->client_end, TO_CLIENT);
	ledger_release(&ends[0].ledger);
	ledger_release(&ends[1].ledger);
}

static size_t position_of(const struct other_end *other, const struct stream *s)
{
	for (size_t k = 0; s && k < other->conn.n_subflows; k++)
		if (trace_subflow(&other->trace, &other->conn, k) == s)
			return k;
	return SUMMARY_NOWHERE;
}

/* Times in rows are those of the first capture. */
static void correct_times(const struct pairing *p, struct summary *other)
{
	for (int d = 0; d < 2; d++) {
		struct delivery *of = &other->direction[d].delivery;

		if (of->has_interruption_at &&
		    pairing_time(p, 0, of->interruption_at,
				 &of->interruption_at) < 0)
			of->has_interruption_at = false;
	}
}

void both_ends_tell(const struct pairing *p, const uint64_t *capacity,
		    struct summary *s)
{
	const uint32_t id = p->mapping.connection_of[s->conn->id];
	const size_t n = s->conn->n_subflows;
	struct other_end *other = NULL;

	if (id == MAPPING_NONE)
		return;
	other = mem_calloc(1, sizeof(*other));
	other->trace = *p->trace[1];
	other->trace.capacity = capacity;
	other->conn = other->trace.connections[id];
	summary_make(&other->trace, &other->conn, &other->summary);
	other->subflow = mem_calloc(n + 1, sizeof(*other->subflow));
	for (size_t k = 0; k < n; k++)
		other->subflow[k] = position_of(
			other, pairing_peer(p, 0, s->tcp[k].stream));
	s->other = other;
	go_by_arrivals(p, s);
	correct_times(p, &other->summary);
}
