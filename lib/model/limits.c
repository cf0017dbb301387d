/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/limits.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"
#include "model/delivery.h"
#include "model/limit_periods.h"

enum {
	GAP_RTTS = 3,
	/* "path" is the result if the others have less than one part */
	PARTS = 10
};

const char *limit_state_name(enum limit_state state)
{
	static const char *const names[] = {
		[LIMIT_STARTING] = "starting",
		[LIMIT_OUTAGE] = "outage",
		[LIMIT_RECEIVE_WINDOW] = "receive_window",
		[LIMIT_APPLICATION] = "application",
		[LIMIT_SEND_BUFFER] = "send_buffer",
		[LIMIT_IDLE_PATH] = "idle_path",
		[LIMIT_RECOVERY] = "recovery",
		[LIMIT_STALLED_PATH] = "stalled_path",
		[LIMIT_PATH] = "path",
	};

	return names[state];
}

/* The current state of a subflow. */
struct limit_now {
	bool open, sent;
	bool wish[2]; /* backup flags set by client and server */
	bool stalled, idle, late, usable, backup;
};

struct limit_walk {
	const struct limits_input *in;
	struct limit_periods *periods;
	struct limit_now *flows;
	int64_t mss;
	bool has_sent, has_ack, has_edge;
	int64_t sent, ack, edge; /* S, A, W */
	bool started;		 /* some data was acknowledged */
	size_t arrival;		 /* index of the next one in in->arrivals */
	int64_t next; /* end of the data received so far, according to these */
	uint32_t packet;	/* current packet */
	struct limit_span span; /* period that is still going on */
	limits_fn *fn;
	void *ctx;
};

/*
 * The period that contains a time, or NULL; times only increase.  "turn"
 * becomes the beginning of the next period, if that is earlier.
 */
static const struct limit_period *period_at(struct limit_period_list *list,
					    int64_t time, int64_t *turn)
{
	const struct limit_period *next = NULL;

	while (list->at < list->n && list->items[list->at].to <= time)
		list->at++;
	if (list->at == list->n)
		return NULL;
	next = &list->items[list->at];
	if (next->from <= time)
		return next;
	if (next->from < *turn)
		*turn = next->from;
	return NULL;
}

/* Subflows. */

static bool is_backup(const struct limit_now *f)
{
	return f->wish[0] || f->wish[1];
}

struct limit_count {
	size_t open, stalled;
	bool regular;	    /* an open subflow is not a backup */
	bool late;	    /* one retransmits acknowledged data */
	int64_t rtt;	    /* longest one of those that have sent */
	int64_t turn;	    /* when the state may change without a packet */
	long first_stalled; /* first stalled one that is not a backup */
	int64_t since;
};

static void count_flow(struct limit_walk *w, size_t k, int64_t time,
		       struct limit_count *c)
{
	struct limit_now *f = &w->flows[k];
	struct limit_flow *about = &w->periods->flows[k];
	const struct limit_period *stall =
		period_at(&about->stalled, time, &c->turn);

	f->stalled = stall != NULL;
	f->idle = period_at(&about->idle, time, &c->turn) != NULL;
	f->late = period_at(&about->late, time, &c->turn) != NULL;
	f->usable = false;
	if (!f->open)
		return;
	c->open++;
	c->stalled += f->stalled;
	c->late |= f->late && !f->stalled;
	c->regular |= !is_backup(f);
	if (f->sent && about->rtt > c->rtt)
		c->rtt = about->rtt;
	if (stall && !is_backup(f) &&
	    (c->first_stalled < 0 || stall->from < c->since)) {
		c->first_stalled = (long)k;
		c->since = stall->from;
	}
}

static struct limit_count count_flows(struct limit_walk *w, int64_t time)
{
	struct limit_count c = { .first_stalled = -1, .turn = INT64_MAX };

	for (size_t k = 0; k < w->periods->n_flows; k++)
		count_flow(w, k, time, &c);
	for (size_t k = 0; k < w->periods->n_flows; k++) {
		struct limit_now *f = &w->flows[k];

		f->backup = is_backup(f) && c.regular;
		f->usable = f->open && !f->stalled && !f->backup;
	}
	return c;
}

/*
 * A usable subflow that is idle; during a wait, one with a shorter round-trip
 * time; or LIMIT_NOBODY.
 */
static long find_idle(const struct limit_walk *w,
		      const struct limit_period *wait)
{
	for (size_t k = 0; k < w->periods->n_flows; k++)
		if (w->flows[k].usable && w->flows[k].idle &&
		    (!wait || wait->to - wait->from > w->periods->flows[k].rtt))
			return (long)k;
	return LIMIT_NOBODY;
}

/* Whether a later packet takes over what it sends. */
static bool is_taken_over(const struct limit_walk *w, uint32_t packet)
{
	const struct limit_periods *p = w->periods;
	const size_t at =
		LOWER_BOUND(k, 0, p->n_taken_over, p->taken_over[k] < packet);

	return packet > w->packet && at < p->n_taken_over &&
	       p->taken_over[at] == packet;
}

/* The subflow that a packet took over from; LIMIT_NOBODY: there are several. */
static long find_other(const struct limit_walk *w, long subflow)
{
	long other = LIMIT_NOBODY;

	for (size_t k = 0; k < w->periods->n_flows; k++) {
		if ((long)k == subflow || !w->flows[k].open)
			continue;
		if (other != LIMIT_NOBODY)
			return LIMIT_NOBODY;
		other = (long)k;
	}
	return other;
}

/* Process arrivals up to a time; "turn" as in period_at(). */
static void take_arrivals(struct limit_walk *w, int64_t time, int64_t *turn)
{
	const struct limit_arrivals *a = w->in->arrivals;

	for (; a && w->arrival < a->n && a->items[w->arrival].time <= time;
	     w->arrival++)
		w->next = a->items[w->arrival].next;
	if (a && w->arrival < a->n && a->items[w->arrival].time < *turn)
		*turn = a->items[w->arrival].time;
}

/* The subflow with the byte that is waited for: it sent it first, or will. */
static long find_culprit(const struct limit_walk *w)
{
	const struct trace *t = w->in->trace;
	const bool is_there = w->next > w->ack && w->next < w->sent;
	struct range range;
	long culprit = LIMIT_NOBODY;

	if (!rangemap_find(&w->in->ledger->data[w->in->direction],
			   is_there ? w->next : w->ack, &range))
		return culprit;
	culprit = (long)t->streams[t->packets.stream[range.value]].position;
	return is_taken_over(w, range.value) ? find_other(w, culprit) : culprit;
}

/* Whether the DATA_ACK did not advance for too long. */
static bool is_recovery(struct limit_walk *w, struct limit_count *c,
			int64_t time)
{
	const struct limit_period *gap =
		period_at(&w->periods->gaps, time, &c->turn);
	int64_t since = 0;

	if (!gap)
		return false;
	since = gap->from +
		(GAP_RTTS * c->rtt > LIMIT_GAP ? GAP_RTTS * c->rtt : LIMIT_GAP);
	if (since > time && since < c->turn)
		c->turn = since;
	return since <= time && c->stalled < c->open;
}

/* Determine the state from a time on, its culprit, and when to check again. */
static enum limit_state classify(struct limit_walk *w, int64_t time,
				 long *culprit, int64_t *turn)
{
	struct limit_count c = count_flows(w, time);
	const struct limit_period *wait =
		period_at(&w->periods->waits, time, &c.turn);
	const bool all_acked = w->has_ack && w->sent <= w->ack;
	const bool recovery = is_recovery(w, &c, time);

	*culprit = LIMIT_NOBODY;
	*turn = c.turn;
	take_arrivals(w, time, turn);
	if (!w->started)
		return LIMIT_STARTING;
	if (c.open && c.stalled == c.open)
		return LIMIT_OUTAGE;
	if (w->has_edge && w->mss && w->sent >= w->edge - w->mss) {
		*culprit = all_acked ? LIMIT_READER : find_culprit(w);
		return LIMIT_RECEIVE_WINDOW;
	}
	if (all_acked && !c.late)
		return LIMIT_APPLICATION;
	if (wait && find_idle(w, wait) >= 0) {
		*culprit = find_culprit(w);
		return LIMIT_SEND_BUFFER;
	}
	*culprit = find_idle(w, NULL);
	if (*culprit >= 0)
		return LIMIT_IDLE_PATH;
	if (recovery) {
		*culprit = find_culprit(w);
		return LIMIT_RECOVERY;
	}
	if (c.first_stalled >= 0) {
		*culprit = c.first_stalled;
		return LIMIT_STALLED_PATH;
	}
	return LIMIT_PATH;
}

/* Times. */

static void tell(struct limit_walk *w)
{
	if (w->span.to > w->span.from)
		w->fn(w->ctx, &w->span);
}

static void add_time(struct limit_walk *w, const struct limit_span *next)
{
	struct limit_span *span = &w->span;

	if (span->to != next->from || span->state != next->state ||
	    span->culprit != next->culprit ||
	    span->is_spare != next->is_spare) {
		tell(w);
		*span = *next;
		return;
	}
	span->to = next->to;
	if (next->window > span->window)
		span->window = next->window;
}

/* Account for the time between two packets, within the time of the data. */
static void pass_time(struct limit_walk *w, int64_t from, int64_t to)
{
	if (from < w->periods->from)
		from = w->periods->from;
	if (to > w->periods->to)
		to = w->periods->to;
	while (from < to) {
		struct limit_span next = { .from = from };
		int64_t turn = 0;

		next.state = classify(w, from, &next.culprit, &turn);
		next.to = turn < to ? turn : to;
		next.window = w->has_edge ? w->edge - w->ack : 0;
		next.is_spare = next.state == LIMIT_IDLE_PATH &&
				period_at(&w->periods->spare, from, &turn);
		add_time(w, &next);
		from = next.to;
	}
}

static void take_change(struct limit_walk *w, const struct limit_change *c)
{
	struct limit_now *f = &w->flows[c->subflow];

	switch (c->kind) {
	case LIMIT_OPENED: f->open = true; break;
	case LIMIT_CLOSED: f->open = false; break;
	case LIMIT_WISH: f->wish[c->server] = c->on; break;
	}
}

static void take_ack(struct limit_walk *w, const struct data_ack *ack)
{
	const struct packets *p = &w->in->trace->packets;
	const struct stream *s = &w->in->trace->streams[p->stream[ack->packet]];
	const int shift = w->periods->flows[s->position].shift;
	const int64_t edge = ack->ack + ((int64_t)p->window[ack->packet]
					 << (shift < 0 ? 0 : shift));

	if (!(p->flags[ack->packet] & TCP_SYN) &&
	    (!w->has_edge || edge > w->edge)) {
		w->edge = edge;
		w->has_edge = true;
	}
	if (w->has_ack && ack->ack <= w->ack)
		return;
	w->started |= w->has_ack && w->has_sent;
	w->ack = ack->ack;
	w->has_ack = true;
}

static void take_piece(struct limit_walk *w, const struct piece *piece)
{
	w->flows[piece->subflow].sent = true;
	if (piece->dsn == LEDGER_UNKNOWN)
		return;
	if (!w->has_sent || piece->dsn + piece->len > w->sent)
		w->sent = piece->dsn + piece->len;
	w->has_sent = true;
}

static void walk_packets(struct limit_walk *w)
{
	const struct ledger *l = w->in->ledger;
	const int64_t *times = w->in->trace->packets.time;
	const enum direction d = w->in->direction;
	const struct limit_periods *p = w->periods;
	size_t piece = 0, ack = 0, change = 0;

	for (size_t j = 0; j < l->n_packets; j++) {
		const uint32_t i = l->packets[j];

		w->packet = i;
		for (; change < p->n_changes && p->changes[change].packet <= i;
		     change++)
			take_change(w, &p->changes[change]);
		for (; ack < l->n_acks && l->acks[ack].packet <= i; ack++)
			if (l->acks[ack].direction == d)
				take_ack(w, &l->acks[ack]);
		for (; piece < l->n_pieces && l->pieces[piece].packet <= i;
		     piece++)
			if (l->pieces[piece].direction == d)
				take_piece(w, &l->pieces[piece]);
		if (j + 1 < l->n_packets)
			pass_time(w, times[i], times[l->packets[j + 1]]);
	}
}

bool limits_walk(const struct limits_input *in, limits_fn *fn, void *ctx)
{
	struct limit_periods periods;
	struct limit_walk w = {
		.in = in, .periods = &periods, .fn = fn, .ctx = ctx
	};

	w.mss = delivery_mss(in->trace, in->conn, in->direction);
	if (!w.mss || !limit_periods_find(&periods, in))
		return false;
	if (in->ledger->has_idsn[in->direction]) {
		w.has_ack = true;
		w.ack = 1;
	}
	w.flows = mem_calloc(periods.n_flows + 1, sizeof(*w.flows));
	walk_packets(&w);
	tell(&w);
	free(w.flows);
	limit_periods_release(&periods);
	return true;
}

/* Sums. */

static void add_span(void *ctx, const struct limit_span *span)
{
	struct limits *l = ctx;
	const int64_t time = span->to - span->from;
	int64_t **held = &l->held[span->state];

	l->time[span->state] += time;
	l->duration += time;
	l->spare += span->is_spare ? time : 0;
	if (span->state == LIMIT_RECEIVE_WINDOW && span->window > l->window)
		l->window = span->window;
	if (span->state == LIMIT_OUTAGE) {
		*MEM_PUSH(l->outages, l->n_outages, l->cap_outages) =
			span->from;
		*MEM_PUSH(l->outages, l->n_outages, l->cap_outages) = span->to;
	}
	if (span->culprit == LIMIT_NOBODY)
		return;
	if (!*held)
		*held = mem_calloc(l->n_subflows + 1, sizeof(**held));
	(*held)[span->culprit == LIMIT_READER ? l->n_subflows
					      : (size_t)span->culprit] += time;
}

void limits_measure(const struct limits_input *in, struct limits *out)
{
	memset(out, 0, sizeof(*out));
	out->n_subflows = in->conn->n_subflows;
	out->known = limits_walk(in, add_span, out);
}

void limits_release(struct limits *l)
{
	for (int state = 0; state < LIMIT_STATES; state++)
		free(l->held[state]);
	free(l->outages);
	memset(l, 0, sizeof(*l));
}

const char *limits_unknown_why(enum vantage vantage, enum direction d)
{
	if (vantage_is_sender(vantage, d))
		return "not_captured";
	if (vantage_is_receiver(vantage, d))
		return "at_receiver";
	return vantage == VANTAGE_MIDDLE ? "in_the_middle" : "place_unknown";
}

/*
 * The time that counts for a state: if the application had no more data, an
 * idle subflow is not to blame.
 */
static int64_t weight(const struct limits *l, int state)
{
	switch (state) {
	case LIMIT_APPLICATION: return l->time[state] + l->spare;
	case LIMIT_IDLE_PATH: return l->time[state] - l->spare;
	default: return l->time[state];
	}
}

enum limit_state limits_main(const struct limits *l)
{
	enum limit_state best = LIMIT_STARTING;
	const int64_t part = (l->duration + PARTS - 1) / PARTS;
	bool others = false; /* another state has a tenth */

	for (int s = LIMIT_STARTING; s < LIMIT_PATH; s++) {
		if (weight(l, s) > weight(l, (int)best))
			best = (enum limit_state)s;
		others |= s != LIMIT_APPLICATION && weight(l, s) >= part;
	}
	if (l->time[LIMIT_PATH] > weight(l, (int)best) && !others)
		return LIMIT_PATH;
	return best;
}

long limits_culprit(const struct limits *l, enum limit_state state)
{
	const int64_t *held = l->held[state];
	size_t best = 0;

	if (!held)
		return LIMIT_NOBODY;
	for (size_t k = 1; k <= l->n_subflows; k++)
		if (held[k] > held[best])
			best = k;
	return best == l->n_subflows ? LIMIT_READER : (long)best;
}
