/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/interleave.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"

enum {
	TCP_HEADER = 20 /* bytes, without options */
};

/* A packet or an ICMP error in its file. */
struct interleave_item {
	int64_t time;
	uint32_t file, frame;
	uint32_t at; /* index in the table, or among the errors of the file */
	bool is_icmp;
};

struct interleave_work {
	struct interleaved *v;
	struct packets *p;
	const struct interleave_file *files;
	struct interleave_item *items;
	size_t n;
	struct numbering numbering;
	struct origins *origins;
	size_t packets; /* so far */
};

static int by_time(const void *x, const void *y)
{
	const struct interleave_item *a = x, *b = y;

	return COMPARE(a->time, b->time) ?:
	       COMPARE(a->file, b->file) ?:
	       COMPARE(a->frame, b->frame);
}

static void list_file(struct interleave_work *w, size_t file)
{
	const struct interleave_file *f = &w->files[file];

	for (size_t i = f->first; i < f->first + f->n; i++)
		w->items[w->n++] =
			(struct interleave_item){ .time = w->p->time[i],
						  .file = (uint32_t)file,
						  .frame = w->p->frame[i],
						  .at = (uint32_t)i };
	for (size_t i = 0; i < f->icmp->n; i++)
		w->items[w->n++] = (struct interleave_item){
			.time = f->icmp->items[i].time,
			.file = (uint32_t)file,
			.frame = f->icmp->items[i].frame,
			.at = (uint32_t)i,
			.is_icmp = true
		};
}

static void take_icmp(struct interleave_work *w,
		      const struct interleave_item *item)
{
	struct icmp_error e = w->files[item->file].icmp->items[item->at];
	struct row row;

	row_clear(&row);
	row.src = e.src;
	row.dst = e.dst;
	row.sport = e.sport;
	row.dport = e.dport;
	row.seq = e.seq;
	numbering_row(&w->numbering, &row, ROW_ICMP);
	origins_add(w->origins, item->file, e.frame);
	e.frame = (uint32_t)w->origins->n;
	icmp_errors_add(&w->v->icmp, &e);
}

/* Number the stream. */
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

static void take_packet(struct interleave_work *w,
			const struct interleave_item *item)
{
	w->v->order[w->packets] = item->at;
	w->v->numbers[w->packets++] = number_packet(w, item->at);
	origins_add(w->origins, item->file, item->frame);
	w->p->frame[item->at] = (uint32_t)w->origins->n;
}

void interleave(struct interleaved *v, struct packets *p,
		const struct interleave_file *files, size_t n,
		enum numbering_rule rule, struct origins *origins)
{
	struct interleave_work w = {
		.v = v, .p = p, .files = files, .origins = origins
	};
	size_t all = p->n;

	*v = (struct interleaved){
		.order = mem_calloc(p->n + 1, sizeof(*v->order)),
		.numbers = mem_calloc(p->n + 1, sizeof(*v->numbers))
	};
	for (size_t i = 0; i < n; i++)
		all += files[i].icmp->n;
	w.items = mem_calloc(all + 1, sizeof(*w.items));
	for (size_t i = 0; i < n; i++)
		list_file(&w, i);
	SORT(w.items, w.n, by_time);
	numbering_init(&w.numbering, rule);
	for (size_t i = 0; i < w.n; i++) {
		if (w.items[i].is_icmp)
			take_icmp(&w, &w.items[i]);
		else
			take_packet(&w, &w.items[i]);
	}
	numbering_release(&w.numbering);
	free(w.items);
}

void interleaved_release(struct interleaved *v)
{
	free(v->order);
	free(v->numbers);
	icmp_errors_release(&v->icmp);
	*v = (struct interleaved){ .order = NULL };
}
