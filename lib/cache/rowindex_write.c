/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/sort.h"
#include "cache/places.h"
#include "cache/rowindex.h"

static const char places_header[] = "mptcptools-places/1\n";

enum {
	RUN = 32 * 1024, /* bytes, about, if there are many rows */
	WAITING_MAX = 8 * 1024 * 1024, /* bytes of all streams together */
	STREAMS_MAX = 1 << 24
};

/* Rows of a stream that are collected for a run. */
struct pending {
	struct strbuf text;
	uint32_t first_frame, rows;
	struct packet_place last; /* for places */
};

static void write_out(struct rowindex_writer *w, enum run_kind kind,
		      const struct strbuf *text)
{
	struct rowindex_out *out = &w->out[kind];

	if (w->failed)
		return;
	errno = EIO;
	if (fwrite(text->text, 1, text->len, out->stream) != text->len)
		w->failed = errno;
	out->size += text->len;
}

void rowindex_header(enum run_kind kind, struct strbuf *out)
{
	struct rowcsv csv;

	if (kind == RUN_PLACES) {
		strbuf_puts(out, places_header);
		return;
	}
	rowcsv_init(&csv);
	rowcsv_header(&csv, out);
}

void rowindex_writer_init(struct rowindex_writer *w,
			  FILE *const streams[RUN_KINDS])
{
	*w = (struct rowindex_writer){ .rows = 0 };
	rowcsv_init(&w->csv);
	for (enum run_kind k = 0; k < RUN_KINDS; k++) {
		struct strbuf first = STRBUF_INIT;

		w->out[k].stream = streams[k];
		rowindex_header(k, &first);
		write_out(w, k, &first);
		strbuf_release(&first);
	}
}

static void release_out(struct rowindex_out *out)
{
	for (size_t i = 0; i < out->cap; i++)
		strbuf_release(&out->by_stream[i].text);
	free(out->by_stream);
	for (size_t i = 0; i < out->n_spare; i++)
		strbuf_release(&out->spare[i]);
}

void rowindex_writer_release(struct rowindex_writer *w)
{
	for (enum run_kind k = 0; k < RUN_KINDS; k++)
		release_out(&w->out[k]);
	rowindex_release(&w->runs);
	*w = (struct rowindex_writer){ .rows = 0 };
}

static void end_run(struct rowindex_writer *w, enum run_kind kind,
		    uint32_t stream)
{
	struct rowindex_out *out = &w->out[kind];
	struct pending *p = &out->by_stream[stream];

	if (!p->rows)
		return;
	*MEM_PUSH(w->runs.items, w->runs.n, w->runs.cap) = (struct run){
		.stream = stream,
		.first_frame = p->first_frame,
		.rows = p->rows,
		.kind = kind,
		.offset = out->size,
		.bytes = p->text.len,
		.hash = XXH3_64bits(p->text.text, p->text.len),
	};
	write_out(w, kind, &p->text);
	w->waiting -= p->text.len;
	p->rows = 0;
	/* A stream that probably has no more rows keeps no memory for them. */
	strbuf_clear(&p->text);
	if (out->n_spare < ROWINDEX_SPARE)
		out->spare[out->n_spare++] = p->text;
	else
		strbuf_release(&p->text);
	strbuf_init(&p->text);
}

static void end_runs(struct rowindex_writer *w)
{
	for (enum run_kind k = 0; k < RUN_KINDS; k++)
		for (size_t i = 0; i < w->out[k].cap; i++)
			end_run(w, k, (uint32_t)i);
}

/* The collected rows for the stream of this row. */
static struct pending *find_pending(struct rowindex_out *out,
				    const struct row *row)
{
	struct pending *p = NULL;

	if (row->stream >= out->cap) {
		size_t cap = mem_grow(out->cap, (size_t)row->stream + 1);

		out->by_stream = mem_realloc(out->by_stream, cap,
					     sizeof(*out->by_stream));
		for (size_t i = out->cap; i < cap; i++) {
			out->by_stream[i] = (struct pending){ .rows = 0 };
			strbuf_init(&out->by_stream[i].text);
		}
		out->cap = cap;
	}
	p = &out->by_stream[row->stream];
	if (!p->rows++) {
		p->first_frame = row->frame;
		p->last = (struct packet_place){ .frame = 0 };
		if (out->n_spare)
			p->text = out->spare[--out->n_spare];
	}
	return p;
}

void rowindex_put(struct rowindex_writer *w, const struct row *row)
{
	const enum run_kind kind = row->at ? RUN_PLACES : RUN_ROWS;
	const struct packet_place place = { .frame = row->frame,
					    .at = row->at };
	struct pending *p = NULL;
	size_t before = 0;

	if (row->stream >= STREAMS_MAX && !w->failed)
		w->failed = EOVERFLOW;
	if (w->failed)
		return;
	p = find_pending(&w->out[kind], row);
	before = p->text.len;
	if (kind == RUN_PLACES)
		places_put(&p->text, &p->last, &place);
	else
		rowcsv_print(&w->csv, row, &p->text);
	w->waiting += p->text.len - before;
	w->rows++;
	if (p->text.len >= RUN)
		end_run(w, kind, row->stream);
	else if (w->waiting >= WAITING_MAX)
		end_runs(w);
}

static int by_stream(const void *x, const void *y)
{
	const struct run *a = x, *b = y;

	return COMPARE(a->stream, b->stream)
		       ?: COMPARE(a->kind, b->kind)
				  ?: COMPARE(a->offset, b->offset);
}

void rowindex_flush(struct rowindex_writer *w)
{
	end_runs(w);
	SORT(w->runs.items, w->runs.n, by_stream);
}
