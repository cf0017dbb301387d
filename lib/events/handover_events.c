/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/mem.h"
#include "base/search.h"
#include "events/transfer.h"

/* Why a subflow may be left: it was closed, or became a backup. */
struct reason {
	uint32_t packet;
	int closed;
};

struct reasons {
	struct reason *items; /* owned */
	size_t n, cap;
};

/* A period in which the old subflow carries nothing. */
struct pause {
	enum direction d;
	uint32_t subflow;
	size_t last; /* index in flow_story.carries of the last one before it */
	uint32_t from, to;   /* packets; "to" may be FOR_GOOD */
	int64_t patience;    /* of the old subflow */
	struct reasons *why; /* of the old subflow */
};

static struct flow_story *flow_of(const struct transfer *t, uint32_t subflow,
				  enum direction d)
{
	return &t->flows[2 * subflow + d];
}

static const struct piece *carried(const struct transfer *t,
				   const struct flow_story *f, size_t i)
{
	return transfer_piece(t, f->carries[i].piece);
}

static int64_t pause_end(const struct transfer *t, const struct pause *p)
{
	return p->to == FOR_GOOD ? t->g->conn->last_time
				 : transfer_time(t, p->to);
}

/* The number of carries up to a packet. */
static size_t carries_to(const struct transfer *t, const struct flow_story *f,
			 uint32_t packet)
{
	return LOWER_BOUND(k, 0, f->n_carries,
			   carried(t, f, k)->packet <= packet);
}

/* How many of the first "end" were sent before "time". */
static size_t carries_before(const struct transfer *t,
			     const struct flow_story *f, size_t end,
			     int64_t time)
{
	return LOWER_BOUND(k, 0, end,
			   transfer_time(t, carried(t, f, k)->packet) < time);
}

static uint64_t bytes_of(const struct flow_story *f, size_t from, size_t to)
{
	uint64_t before = from ? f->carries[from - 1].bytes : 0;

	return to > from ? f->carries[to - 1].bytes - before : 0;
}

/* What the flow carried in the second that ended with one of its carries. */
static uint64_t last_second(const struct transfer *t,
			    const struct flow_story *f, size_t last)
{
	int64_t since =
		transfer_time(t, carried(t, f, last)->packet) - HANDOVER_SECOND;

	return bytes_of(f, carries_before(t, f, last, since), last + 1);
}

static int failed(const struct flow_story *f, uint32_t from, uint32_t to)
{
	size_t at =
		LOWER_BOUND(k, 0, f->n_failures, f->failures[k].until <= from);

	return at < f->n_failures && f->failures[at].since < to;
}

/* Index of the first one after the packet. */
static size_t indices_after(const struct transfer *t,
			    const struct indices *list, uint32_t packet)
{
	return LOWER_BOUND(k, 0, list->n,
			   transfer_piece(t, list->items[k])->packet <= packet);
}

static size_t agains_after(const struct transfer *t, const struct flow_story *f,
			   uint32_t packet)
{
	return LOWER_BOUND(k, 0, f->n_agains,
			   transfer_piece(t, f->agains[k].piece)->packet <=
				   packet);
}

/* The end of what was acknowledged on a flow before a packet. */
static int find_acked(const struct transfer *t, const struct flow_story *f,
		      uint32_t packet, int64_t *acked)
{
	size_t at = LOWER_BOUND(k, 0, f->n_progress,
				f->progress[k].packet <= packet);
	int64_t last = 0;

	if (!at)
		return 0;
	last = f->progress[at - 1].ack - 1;
	at = LOWER_BOUND(k, 0, f->fresh.n,
			 transfer_piece(t, f->fresh.items[k])->ssn <= last);
	for (; at > 0; at--) {
		const struct piece *p =
			transfer_piece(t, f->fresh.items[at - 1]);
		int64_t end =
			last < p->ssn + p->len ? last + 1 : p->ssn + p->len;

		if (p->dsn == LEDGER_UNKNOWN)
			continue;
		*acked = p->dsn + end - p->ssn;
		return 1;
	}
	return 0;
}

/* The first data of the packet that contains a piece. */
static int64_t first_byte(const struct transfer *t, uint32_t piece)
{
	uint32_t packet = transfer_piece(t, piece)->packet;
	int64_t dsn = transfer_piece(t, piece)->dsn;

	for (; piece > 0 && transfer_piece(t, piece - 1)->packet == packet;
	     piece--)
		if (transfer_piece(t, piece - 1)->dsn != LEDGER_UNKNOWN)
			dsn = transfer_piece(t, piece - 1)->dsn;
	return dsn;
}

static struct event *add(struct transfer *t, uint32_t piece, uint32_t old)
{
	const struct piece *p = transfer_piece(t, piece);
	struct sighting s = { .packet = p->packet,
			      .subflow = p->subflow,
			      .direction = (enum direction)p->direction };
	struct event *e = gather_add(t->g, &s, EVENT_HANDOVER, NULL);

	e->has |= EVENT_HAS_OTHER;
	e->other = old;
	e->dsn = first_byte(t, piece);
	if (e->dsn != LEDGER_UNKNOWN)
		e->has |= EVENT_HAS_DSN;
	return e;
}

/* Fill in what only the sender knows. */
static void describe(struct transfer *t, struct event *e, int forced,
		     uint32_t last, uint64_t bytes)
{
	enum direction d = (enum direction)e->from;

	if (!t->at_sender[d])
		return;
	e->has |= EVENT_HAS_FORCED | EVENT_HAS_GAP | EVENT_HAS_BYTES;
	e->forced = forced;
	e->gap = e->time - transfer_time(t, last);
	e->bytes = bytes;
	if (find_acked(t, flow_of(t, e->other, d), e->packet, &e->acked))
		e->has |= EVENT_HAS_ACKED;
}

/* Forced handovers: the failed flow, and the one that takes over. */

static void judge_failure(struct transfer *t, uint32_t subflow,
			  enum direction d, const struct failure *failure)
{
	const struct flow_story *f = flow_of(t, subflow, d);
	const struct indices *wakes = &t->wakes[d];
	size_t first = agains_after(t, f, failure->since), i = first;
	size_t end = agains_after(t, f, failure->until - 1);
	size_t wake = indices_after(t, wakes, failure->since);
	uint32_t to = FOR_GOOD;

	while (i < end && !(f->agains[i].outstanding &&
			    transfer_effective(t, f->agains[i].piece)))
		i++;
	if (i < end)
		to = f->agains[i].piece;
	if (failure->lasts && wake < wakes->n && wakes->items[wake] < to &&
	    transfer_piece(t, wakes->items[wake])->packet < failure->until)
		to = wakes->items[wake];
	if (to == FOR_GOOD)
		return;
	describe(t, add(t, to, subflow), 1, failure->last,
		 end > first ? f->agains[end - 1].bytes -
				       (first ? f->agains[first - 1].bytes : 0)
			     : 0);
}

/* Voluntary handovers: nothing is outstanding, and it carries no more. */

/*
 * A request to be a backup takes some time to reach the sender.  *first, an
 * index of the new subflow's carries, becomes the first one after the reason.
 */
static bool left_on_purpose(const struct transfer *t, const struct pause *p,
			    const struct flow_story *to, size_t *first)
{
	int64_t since = transfer_time(t, p->from) - p->patience;
	int64_t end = transfer_time(t, p->from) + p->patience;
	size_t at =
		LOWER_BOUND(k, 0, p->why->n,
			    transfer_time(t, p->why->items[k].packet) < since);

	for (; at < p->why->n && p->why->items[at].packet < p->to &&
	       transfer_time(t, p->why->items[at].packet) <= end;
	     at++) {
		const struct reason *r = &p->why->items[at];

		if (r->packet > p->from)
			*first = carries_to(t, to, r->packet);
		if (!r->closed || r->packet > p->from)
			return true;
	}
	return false;
}

/* The number of returns of a flow up to one of its carries. */
static size_t returns_to(const struct flow_story *f, size_t carry)
{
	return LOWER_BOUND(k, 0, f->returns.n, f->returns.items[k] <= carry);
}

/*
 * Whether the traffic had left the new subflow, whose carry *first is the
 * first one in the old subflow's pause.  If its last pause ended late enough,
 * it must have failed in it, or the old subflow must have carried data without
 * a pause during the last part of it (as long as its patience).  *first
 * becomes the end of that pause.
 */
static bool comes_back(struct transfer *t, const struct pause *p,
		       uint32_t subflow, size_t *first)
{
	const struct flow_story *old = flow_of(t, p->subflow, p->d);
	const struct flow_story *to = flow_of(t, subflow, p->d);
	size_t n = returns_to(to, *first), runs = returns_to(old, p->last);
	size_t run = runs ? old->returns.items[runs - 1] : 0;
	uint32_t back = 0;

	if (!n)
		return false;
	*first = to->returns.items[n - 1];
	back = carried(t, to, *first)->packet;
	if (transfer_time(t, back) <= transfer_time(t, p->from) - p->patience)
		return false;
	return (*first &&
		failed(to, carried(t, to, *first - 1)->packet, back)) ||
	       transfer_time(t, back) -
			       transfer_time(t, carried(t, old, run)->packet) >
		       transfer_patience(t, subflow, p->d);
}

/* Whether it carried its share of the two when it was last used. */
static bool had_share(const struct transfer *t, const struct pause *p,
		      const struct flow_story *to)
{
	const struct flow_story *old = flow_of(t, p->subflow, p->d);
	int64_t since = transfer_time(t, p->from) - HANDOVER_SECOND;
	size_t end = carries_to(t, to, p->from);

	return last_second(t, old, p->last) * HANDOVER_SHARE >=
	       bytes_of(to, carries_before(t, to, end, since), end);
}

static bool takes_over(struct transfer *t, const struct pause *p,
		       uint32_t subflow)
{
	const struct flow_story *old = flow_of(t, p->subflow, p->d);
	const struct flow_story *to = flow_of(t, subflow, p->d);
	size_t first = carries_to(t, to, p->from), back = first;

	if (first == to->n_carries)
		return false;
	if (comes_back(t, p, subflow, &back))
		first = back;
	else if (!had_share(t, p, to) || !left_on_purpose(t, p, to, &first))
		return false;
	return bytes_of(to, first, carries_to(t, to, p->to - 1)) >=
	       last_second(t, old, p->last);
}

static bool is_among(const uint32_t *list, size_t n, uint32_t item)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == item)
			return true;
	return false;
}

/* Whether a piece carries data, effectively. */
static bool carries_on(const struct transfer *t, enum direction d,
		       uint32_t piece)
{
	const struct piece *p = transfer_piece(t, piece);

	return p->direction == d && p->dsn != LEDGER_UNKNOWN &&
	       p->probe != PROBE_OF_WINDOW &&
	       (p->byte_class == BYTES_UNIQUE ||
		p->byte_class == BYTES_REINJECTED) &&
	       transfer_effective(t, piece);
}

/* The first effective packet of the subflow that takes over. */
static uint32_t find_successor(struct transfer *t, const struct pause *p)
{
	uint32_t refused[HANDOVER_FLOWS] = { p->subflow };
	int64_t late = transfer_time(t, p->from) + p->patience;
	size_t n = 1,
	       first = flow_of(t, p->subflow, p->d)->carries[p->last].piece + 1;

	for (size_t i = first;
	     i < t->g->ledger->n_pieces && i < first + HANDOVER_LOOK; i++) {
		const struct piece *piece = transfer_piece(t, (uint32_t)i);

		if (piece->packet >= p->to ||
		    transfer_time(t, piece->packet) > late)
			break;
		if (!carries_on(t, p->d, (uint32_t)i) ||
		    is_among(refused, n, piece->subflow))
			continue;
		if (takes_over(t, p, piece->subflow))
			return (uint32_t)i;
		if (n == HANDOVER_FLOWS)
			break;
		refused[n++] = piece->subflow;
	}
	return FOR_GOOD;
}

/*
 * Whether a piece shows that the old subflow was left.  If the whole direction
 * had been silent, only if the old subflow remains silent from here on.
 */
static bool shows_leaving(const struct transfer *t, const struct pause *p,
			  uint32_t piece)
{
	int64_t now = transfer_time(t, transfer_piece(t, piece)->packet);
	size_t end = piece > HANDOVER_LOOK ? piece - HANDOVER_LOOK : 0;

	if (!transfer_effective(t, piece))
		return false;
	if (pause_end(t, p) - now > p->patience)
		return true;
	for (size_t i = piece; i-- > end;) {
		const struct piece *before = transfer_piece(t, (uint32_t)i);

		if (before->direction == p->d)
			return now - transfer_time(t, before->packet) <=
			       p->patience;
	}
	return false;
}

/*
 * Not at the sender: which subflow carried what was outstanding on the old
 * one?  The first effective packet with data that the old subflow had sent, or
 * with new data below what its own subflow had sent.
 */
static uint32_t find_evidence(const struct transfer *t, const struct pause *p)
{
	const struct flow_story *old = flow_of(t, p->subflow, p->d);
	const struct indices *backward = &t->backward[p->d];
	size_t i = agains_after(t, old, p->from);
	uint32_t found = FOR_GOOD, piece = 0;

	for (; i < old->n_agains && found == FOR_GOOD; i++) {
		piece = old->agains[i].piece;
		if (transfer_piece(t, piece)->packet >= p->to)
			break;
		if (shows_leaving(t, p, piece))
			found = piece;
	}
	i = indices_after(t, backward, p->from);
	for (size_t end = i + HANDOVER_LOOK; i < backward->n && i < end; i++) {
		piece = backward->items[i];
		if (transfer_piece(t, piece)->packet >= p->to || piece >= found)
			break;
		if (transfer_piece(t, piece)->subflow != p->subflow &&
		    shows_leaving(t, p, piece))
			return piece;
	}
	return found;
}

static void judge_pause(struct transfer *t, const struct pause *p)
{
	const struct flow_story *old = flow_of(t, p->subflow, p->d);
	int lasts = pause_end(t, p) - transfer_time(t, p->from) > p->patience;
	uint32_t to = FOR_GOOD;

	if (((p->to != FOR_GOOD || t->g->trace->goes_on) && !lasts) ||
	    failed(old, p->from, p->to))
		return;
	if (lasts && !t->at_sender[p->d])
		to = find_evidence(t, p);
	if (to == FOR_GOOD)
		to = find_successor(t, p);
	if (to != FOR_GOOD)
		describe(t, add(t, to, p->subflow), 0, p->from, 0);
}

static struct reasons *find_reasons(const struct transfer *t)
{
	struct reasons *reasons =
		mem_calloc(t->g->conn->n_subflows, sizeof(*reasons));
	size_t n = t->g->line->n;

	for (size_t i = 0; i < n; i++) {
		const struct event *e = &t->g->line->events[i];
		struct reasons *r = &reasons[e->subflow];
		int closed = e->kind == EVENT_FIN ||
			     e->kind == EVENT_TCP_RESET ||
			     e->kind == EVENT_FASTCLOSE;

		if (!closed && (e->kind != EVENT_PRIORITY || !e->backup))
			continue;
		*MEM_PUSH(r->items, r->n, r->cap) =
			(struct reason){ e->packet, closed };
	}
	return reasons;
}

static void judge_flow(struct transfer *t, uint32_t subflow, enum direction d,
		       struct reasons *why)
{
	const struct flow_story *f = flow_of(t, subflow, d);
	struct pause p = { .d = d,
			   .subflow = subflow,
			   .patience = transfer_patience(t, subflow, d),
			   .why = why };

	for (size_t i = 0; i < f->n_failures; i++)
		judge_failure(t, subflow, d, &f->failures[i]);
	for (size_t i = 0; i <= f->returns.n && f->n_carries; i++) {
		size_t next =
			i < f->returns.n ? f->returns.items[i] : f->n_carries;

		if (!next)
			continue;
		p.last = next - 1;
		p.from = carried(t, f, p.last)->packet;
		p.to = next < f->n_carries ? carried(t, f, next)->packet
					   : FOR_GOOD;
		judge_pause(t, &p);
	}
}

void handover_events(struct transfer *t)
{
	size_t n = t->g->conn->n_subflows;
	struct reasons *reasons = NULL;

	if (!t->judged)
		return;
	find_failures(t);
	reasons = find_reasons(t);
	for (uint32_t k = 0; k < n; k++)
		for (int d = 0; d < 2; d++)
			judge_flow(t, k, (enum direction)d, &reasons[k]);
	for (size_t k = 0; k < n; k++)
		free(reasons[k].items);
	free(reasons);
}
