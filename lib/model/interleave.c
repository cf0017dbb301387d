/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/interleave.h"

#include <stdlib.h>

#include "base/heap.h"
#include "base/mem.h"

enum {
	TCP_HEADER = 20 /* bytes, without options */
};

/* How far a file is dealt with. */
struct interleave_cursor {
	size_t packet, end; /* in the table */
	size_t icmp;
};

struct interleave_work {
	struct interleaved *v;
	struct packets *p;
	const struct interleave_file *files;
	struct interleave_cursor *cursors;
	struct heap waiting; /* files by the time of their next packet */
	struct numbering numbering;
	struct origins *origins;
	size_t n; /* packets so far */
};

/* Is the next one of a file an ICMP error?  Both are in the order of it. */
static bool is_icmp_next(const struct interleave_work *w, size_t file)
{
	const struct interleave_cursor *c = &w->cursors[file];
	const struct icmp_errors *icmp = w->files[file].icmp;

	return c->icmp < icmp->n &&
	       (c->packet == c->end ||
		icmp->items[c->icmp].frame < w->p->frame[c->packet]);
}

/* The time of the next one of a file; false: there is none. */
static bool look_ahead(const struct interleave_work *w, size_t file, int64_t *time)
{
	const struct interleave_cursor *c = &w->cursors[file];

	if (is_icmp_next(w, file))
		*time = w->files[file].icmp->items[c->icmp].time;
	else if (c->packet < c->end)
		*time = w->p->time[c->packet];
	else
		return false;
	return true;
}

static void take_icmp(struct interleave_work *w, size_t file)
{
	struct icmp_error e =
		w->files[file].icmp->items[w->cursors[file].icmp++];
	struct row row;

	row_clear(&row);
	row.src = e.src;
	row.dst = e.dst;
	row.sport = e.sport;
	row.dport = e.dport;
	row.seq = e.seq;
	numbering_row(&w->numbering, &row, ROW_ICMP);
	origins_add(w->origins, file, e.frame);
	e.frame = (uint32_t)w->origins->n;
	icmp_errors_add(&w->v->icmp, &e);
}

/* The number of the stream that it is of. */
static uint32_t number_packet(struct interleave_work *w, size_t i)
{
	const struct packets *p = w->p;
	const struct raw_stream *s = &p->streams[p->stream[i]];
	const bool reverse = p->mark[i] & PACKET_REVERSE;
	struct row row;

	row_clear(&row);
	row.present = ROW_HAS_TCP;
	row.src = reverse ? s->b.address : s->a.address;
	row.dst = reverse ? s->a.address : s->b.address;
	row.sport = reverse ? s->b.port : s->a.port;
	row.dport = reverse ? s->a.port : s->b.port;
	row.seq = p->seq[i];
	row.ack = p->ack[i];
	row.flags = p->flags[i];
	row.hdr_len = TCP_HEADER;
	numbering_row(&w->numbering, &row, ROW_TCP);
	return row.stream;
}

static void take_packet(struct interleave_work *w, size_t file)
{
	size_t i = w->cursors[file].packet++;

	w->v->order[w->n] = (uint32_t)i;
	w->v->numbers[w->n++] = number_packet(w, i);
	origins_add(w->origins, file, w->p->frame[i]);
	w->p->frame[i] = (uint32_t)w->origins->n;
}

/* Does a file whose next packet is of that time have to wait? */
static bool has_to_wait(const struct interleave_work *w, size_t file, int64_t time)
{
	const struct heap_item *first = w->waiting.items;

	return w->waiting.n &&
	       (first->key < time ||
		(first->key == time && first->value < (int64_t)file));
}

static void take_all(struct interleave_work *w)
{
	while (w->waiting.n) {
		const size_t file = (size_t)heap_pop(&w->waiting).value;
		int64_t time = 0;
		bool more = true;

		do {
			if (is_icmp_next(w, file))
				take_icmp(w, file);
			else
				take_packet(w, file);
			more = look_ahead(w, file, &time);
		} while (more && !has_to_wait(w, file, time));
		if (more)
			heap_push(&w->waiting, time, (int64_t)file);
	}
}

void interleave(struct interleaved *v, struct packets *p,
		const struct interleave_file *files, size_t n,
		enum numbering_rule rule, struct origins *origins)
{
	struct interleave_work w = { .v = v, .p = p, .files = files, .origins = origins };

	*v = (struct interleaved){
		.order = mem_calloc(p->n + 1, sizeof(*v->order)),
		.numbers = mem_calloc(p->n + 1, sizeof(*v->numbers))
	};
	w.cursors = mem_calloc(n + 1, sizeof(*w.cursors));
	numbering_init(&w.numbering, rule);
	for (size_t i = 0; i < n; i++) {
		int64_t time = 0;

		w.cursors[i] =
			(struct interleave_cursor){ .packet = files[i].first,
					 .end = files[i].first + files[i].n };
		if (look_ahead(&w, i, &time))
			heap_push(&w.waiting, time, (int64_t)i);
	}
	take_all(&w);
	numbering_release(&w.numbering);
	heap_release(&w.waiting);
	free(w.cursors);
}

void interleaved_release(struct interleaved *v)
{
	free(v->order);
	free(v->numbers);
	icmp_errors_release(&v->icmp);
	*v = (struct interleaved){ .order = NULL };
}
