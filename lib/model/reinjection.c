/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/reinjection.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"

static bool is_repetition(const struct piece *p)
{
	return p->byte_class == BYTES_TCP_RETRANSMITTED ||
	       p->byte_class == BYTES_MPTCP_REPEATED ||
	       p->byte_class == BYTES_REINJECTED;
}

static uint32_t subflow_of(const struct trace *t, uint32_t packet)
{
	return (uint32_t)t->streams[t->packets.stream[packet]].position;
}

/* Whether the piece continues the last item. */
static bool goes_on(const struct repetitions *l, const struct piece *p,
		    uint32_t original_subflow, int64_t next_ssn)
{
	const struct repetition *r = l->n ? &l->items[l->n - 1] : NULL;

	if (!r || r->packet != p->packet || r->byte_class != p->byte_class ||
	    r->original_subflow != original_subflow)
		return false;
	if (r->dsn == LEDGER_UNKNOWN || p->dsn == LEDGER_UNKNOWN)
		return r->dsn == p->dsn && next_ssn == p->ssn;
	return r->dsn + (int64_t)r->bytes == p->dsn;
}

static void add_original(struct repetitions *l, struct repetition *r,
			 uint32_t packet)
{
	*MEM_PUSH(l->originals, l->n_originals, l->cap_originals) = packet;
	r->n_originals++;
}

static void take_piece(const struct trace *t, struct repetitions *l,
		       const struct piece *p, int64_t next_ssn)
{
	uint32_t from = subflow_of(t, p->original);
	struct repetition *r = NULL;

	if (!goes_on(l, p, from, next_ssn)) {
		*MEM_PUSH(l->items, l->n, l->cap) = (struct repetition){
			.direction = (enum direction)p->direction,
			.byte_class = (enum byte_class)p->byte_class,
			.packet = p->packet,
			.subflow = p->subflow,
			.original_subflow = from,
			.dsn = p->dsn,
			.originals = l->n_originals,
			.probe = p->probe == PROBE_OF_WINDOW,
		};
	}
	r = &l->items[l->n - 1];
	r->bytes += p->len;
	add_original(l, r, p->original);
}

/* Items and acknowledgments are both in order of time. */
static void judge_spurious(const struct ledger *l, struct repetitions *list)
{
	bool has[2] = { 0, 0 };
	int64_t ack[2] = { 0, 0 };
	size_t k = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct repetition *r = &list->items[i];

		for (; k < l->n_acks && l->acks[k].packet < r->packet; k++) {
			const struct data_ack *a = &l->acks[k];

			if (!has[a->direction] || a->ack > ack[a->direction])
				ack[a->direction] = a->ack;
			has[a->direction] = true;
		}
		r->spurious = has[r->direction] && r->dsn != LEDGER_UNKNOWN &&
			      r->dsn + (int64_t)r->bytes <= ack[r->direction];
	}
	for (; k < l->n_acks; k++)
		has[l->acks[k].direction] = 1;
	for (size_t i = 0; i < list->n; i++)
		list->items[i].has_spurious =
			has[list->items[i].direction] &&
			list->items[i].dsn != LEDGER_UNKNOWN;
}

/* Ascending, without repetitions. */
static void sort_originals(const struct repetitions *l, struct repetition *r)
{
	uint32_t *list = l->originals + r->originals;
	size_t n = 0;

	sort_uint32(list, r->n_originals);
	for (size_t i = 1; i < r->n_originals; i++)
		if (list[i] != list[n])
			list[++n] = list[i];
	r->n_originals = n + 1;
}

void repetitions_list(const struct trace *t, const struct ledger *l,
		      struct repetitions *out)
{
	int64_t next_ssn = LEDGER_UNKNOWN;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < l->n_pieces; i++) {
		const struct piece *p = &l->pieces[i];

		if (is_repetition(p) && p->original != LEDGER_NO_PACKET)
			take_piece(t, out, p, next_ssn);
		next_ssn = p->ssn + p->len;
	}
	for (size_t i = 0; i < out->n; i++)
		sort_originals(out, &out->items[i]);
	judge_spurious(l, out);
}

void repetitions_release(struct repetitions *l)
{
	free(l->items);
	free(l->originals);
	memset(l, 0, sizeof(*l));
}

static int by_pair(const void *x, const void *y)
{
	const struct matrix_cell *a = x, *b = y;

	return COMPARE(a->from, b->from) ?: COMPARE(a->to, b->to);
}

/* There is one cell per repetition; combine them to one per pair. */
static void matrix_settle(struct matrix *m)
{
	size_t n = 0;

	if (!m->n)
		return;
	SORT(m->cells, m->n, by_pair);
	for (size_t i = 1; i < m->n; i++) {
		if (by_pair(&m->cells[n], &m->cells[i]) == 0)
			m->cells[n].bytes += m->cells[i].bytes;
		else
			m->cells[++n] = m->cells[i];
	}
	m->n = n + 1;
}

int64_t repetition_delay(const struct trace *t, const struct repetitions *l,
			 const struct repetition *r)
{
	uint32_t last = l->originals[r->originals + r->n_originals - 1];

	return t->packets.time[r->packet] - t->packets.time[last];
}

static void add_count(struct count *count, uint64_t bytes, bool new_packet)
{
	count->bytes += bytes;
	count->packets += (uint64_t)new_packet;
}

void repetitions_total(const struct trace *t, const struct repetitions *l,
		       enum direction d, enum byte_class c,
		       struct repetition_totals *out)
{
	struct samples delays = { .n = 0 };
	uint32_t last = LEDGER_NO_PACKET, last_spurious = LEDGER_NO_PACKET;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < l->n; i++) {
		const struct repetition *r = &l->items[i];
		struct matrix *m = &out->matrix;

		if (r->direction != d || r->byte_class != c)
			continue;
		add_count(&out->all, r->bytes, r->packet != last);
		last = r->packet;
		out->has_spurious |= r->has_spurious;
		if (r->spurious) {
			add_count(&out->spurious, r->bytes,
				  r->packet != last_spurious);
			last_spurious = r->packet;
		}
		samples_add(&delays, repetition_delay(t, l, r));
		*MEM_PUSH(m->cells, m->n, m->cap) =
			(struct matrix_cell){ r->original_subflow, r->subflow,
					      r->bytes };
	}
	matrix_settle(&out->matrix);
	samples_describe(&delays, &out->delay);
	samples_release(&delays);
}

void repetition_totals_release(struct repetition_totals *totals)
{
	free(totals->matrix.cells);
	memset(totals, 0, sizeof(*totals));
}
