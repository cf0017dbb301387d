/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/mem.h"
#include "events/transfer.h"

/* The state of a flow while its packets are processed again. */
struct watch {
	size_t progress; /* items processed so far */
	int64_t ack, end;
	bool has_ack, has_sent;
	int has_last, waits;
	uint32_t last, since; /* packets */
	uint32_t data;	      /* last packet with data */
};

struct watches {
	struct transfer *t;
	struct watch *flows; /* as transfer.flows; owned */
	int ended[2];	     /* all data of the direction has DATA_ACKs */
};

static void end_wait(struct watches *w, size_t k, uint32_t until)
{
	struct transfer *t = w->t;
	struct watch *f = &w->flows[k];
	struct flow_story *story = &t->flows[k];
	int64_t end = t->g->conn->last_time;
	int lasts = 0;

	if (!f->waits)
		return;
	f->waits = 0;
	if (until != FOR_GOOD)
		end = transfer_time(t, until);
	lasts = end - transfer_time(t, f->since) >
		transfer_patience(t, (uint32_t)(k / 2),
				  (enum direction)(k % 2));
	if (!f->has_last || !story->flight.answered || t->at_receiver[k % 2] ||
	    (!lasts &&
	     !(until == FOR_GOOD && w->ended[k % 2] && !t->g->trace->goes_on)))
		return;
	*MEM_PUSH(story->failures, story->n_failures, story->cap_failures) =
		(struct failure){ f->last, f->since, until, lasts };
}

static void watch_ack(struct watches *w, size_t k, uint32_t packet)
{
	const struct flow_story *story = &w->t->flows[k];
	struct watch *f = &w->flows[k];

	for (; f->progress < story->n_progress &&
	       story->progress[f->progress].packet <= packet;
	     f->progress++) {
		f->has_ack = true;
		f->ack = story->progress[f->progress].ack;
		if (story->progress[f->progress].all)
			end_wait(w, k, packet);
	}
}

/* Data of a flow: pieces [from, to) of a packet. */
static void watch_data(struct watches *w, size_t k, size_t from, size_t to)
{
	struct transfer *t = w->t;
	struct watch *f = &w->flows[k];
	uint32_t packet = transfer_piece(t, (uint32_t)from)->packet;
	int64_t rtt =
		transfer_rtt(t, (uint32_t)(k / 2), (enum direction)(k % 2));
	int silent = !f->has_sent ||
		     transfer_time(t, packet) - transfer_time(t, f->data) > rtt;
	int effective = 0, fresh = 0;

	for (size_t i = from; i < to; i++) {
		const struct piece *p = transfer_piece(t, (uint32_t)i);
		int proven = transfer_effective(t, (uint32_t)i);

		effective |= proven;
		if (!f->has_sent || p->ssn + p->len > f->end)
			f->end = p->ssn + p->len;
		f->has_sent = true;
		if (proven && silent && !fresh &&
		    p->byte_class == BYTES_UNIQUE) {
			indices_push(&t->wakes[k % 2], (uint32_t)i);
			fresh = 1;
		}
	}
	f->data = packet;
	if (effective) {
		end_wait(w, k, packet);
		f->has_last = 1;
		f->last = packet;
	}
	if (!f->waits && (!f->has_ack || f->end > f->ack)) {
		f->waits = 1;
		f->since = packet;
	}
}

static void find_returns(struct transfer *t, size_t k)
{
	struct flow_story *f = &t->flows[k];
	int64_t patience = transfer_patience(t, (uint32_t)(k / 2),
					     (enum direction)(k % 2));
	int64_t before = 0;

	if (t->by_data[k % 2].n)
		before = transfer_time(t, t->first[k % 2]);
	for (size_t i = 0; i < f->n_carries; i++) {
		const struct piece *p = transfer_piece(t, f->carries[i].piece);
		int64_t time = transfer_time(t, p->packet);

		if (time - before > patience)
			indices_push(&f->returns, (uint32_t)i);
		before = time;
	}
}

static void see_end(struct watches *w)
{
	struct transfer *t = w->t;

	for (int d = 0; d < 2; d++) {
		const struct indices *all = &t->by_data[d];
		const struct piece *last = NULL;

		if (!all->n)
			continue;
		last = transfer_piece(t, all->items[all->n - 1]);
		w->ended[d] = t->data_ack[d] != LEDGER_UNKNOWN &&
			      t->data_ack[d] >= last->dsn + last->len;
	}
}

void find_failures(struct transfer *t)
{
	const struct ledger *l = t->g->ledger;
	const struct trace *trace = t->g->trace;
	size_t n = 2 * t->g->conn->n_subflows;
	struct watches w = { .t = t, .flows = mem_calloc(n, sizeof(*w.flows)) };
	size_t at = 0;

	see_end(&w);
	for (size_t j = l->first_packet; j < l->n_packets; j++) {
		uint32_t i = l->packets[j];
		enum direction d = ledger_direction(trace, i);
		size_t k =
			2 * trace->streams[trace->packets.stream[i]].position;
		size_t from = at;

		watch_ack(&w, k + !d, i);
		while (at < l->n_pieces && l->pieces[at].packet <= i)
			at++;
		if (from < at)
			watch_data(&w, k + d, from, at);
	}
	for (size_t k = 0; k < n; k++) {
		end_wait(&w, k, FOR_GOOD);
		find_returns(t, k);
	}
	free(w.flows);
}
