/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cache/rowindex.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/search.h"
#include "base/sort.h"

static const char header[] = "stream,first_frame,rows,offset,bytes,xxh3\n";

enum {
	RUN = 32 * 1024, /* bytes, about, when there are many rows */
	WAITING_MAX = 8 * 1024 * 1024, /* bytes of all streams */
	STREAMS_MAX = 1 << 24,
	COLUMNS = 6
};

void rowindex_release(struct rowindex *runs)
{
	free(runs->items);
	*runs = (struct rowindex){ .items = NULL };
}

void rowindex_print(const struct rowindex *runs, struct strbuf *out)
{
	strbuf_puts(out, header);
	for (size_t i = 0; i < runs->n; i++) {
		const struct run *r = &runs->items[i];

		strbuf_printf(
			out, "%lu,%lu,%lu,%llu,%llu,%016llx\n",
			(unsigned long)r->stream, (unsigned long)r->first_frame,
			(unsigned long)r->rows, (unsigned long long)r->offset,
			(unsigned long long)r->bytes,
			(unsigned long long)r->hash);
	}
}

static int parse_run(struct run *r, const char *line, const char *end)
{
	uint64_t v[COLUMNS] = { 0 };

	for (size_t i = 0; i < COLUMNS; i++) {
		bool last = i + 1 == COLUMNS;
		const char *comma =
			last ? end : memchr(line, ',', (size_t)(end - line));
		size_t n = comma ? (size_t)(comma - line) : 0;

		if (!comma ||
		    (last ? num_hex(line, n, UINT64_MAX, &v[i])
			  : num_u64(line, n, i < 3 ? UINT32_MAX : INT64_MAX,
				    &v[i])) < 0)
			return -1;
		line = comma + 1;
	}
	*r = (struct run){ (uint32_t)v[0], (uint32_t)v[1], (uint32_t)v[2],
			   v[3],	   v[4],	   v[5] };
	return 0;
}

int rowindex_parse(struct rowindex *runs, const char *text, size_t n)
{
	const char *end = text + n, *newline = NULL;

	*runs = (struct rowindex){ .items = NULL };
	if (n < sizeof(header) - 1 ||
	    memcmp(text, header, sizeof(header) - 1) != 0)
		return -1;
	text += sizeof(header) - 1;
	for (; text < end; text = newline + 1) {
		newline = memchr(text, '\n', (size_t)(end - text));
		MEM_PUSH_ROOM(runs->items, runs->n, runs->cap);
		if (!newline ||
		    parse_run(&runs->items[runs->n], text, newline) < 0) {
			rowindex_release(runs);
			return -1;
		}
		runs->n++;
	}
	return 0;
}

/* The first run of this stream or of one behind it. */
static size_t find_run(const struct rowindex *runs, uint32_t stream)
{
	return LOWER_BOUND(k, 0, runs->n, runs->items[k].stream < stream);
}

void rowindex_select(const struct rowindex *runs, const uint32_t *streams,
		     size_t n, struct rowindex *out)
{
	*out = (struct rowindex){ .items = NULL };
	for (size_t s = 0; s < n; s++) {
		size_t i = find_run(runs, streams[s]);

		if (s && streams[s] == streams[s - 1])
			continue;
		for (; i < runs->n && runs->items[i].stream == streams[s];
		     i++) {
			*MEM_PUSH(out->items, out->n, out->cap) =
				runs->items[i];
		}
	}
}

/* The bytes of a run, or NULL when the file has others, or too few. */
static char *load(const struct run *r, int fd)
{
	char *buf = malloc(r->bytes ? r->bytes : 1);
	size_t have = 0;

	while (buf && have < r->bytes) {
		ssize_t n = pread(fd, buf + have, r->bytes - have,
				  (off_t)(r->offset + have));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			free(buf);
			return NULL;
		}
		have += (size_t)n;
	}
	if (buf && XXH3_64bits(buf, r->bytes) != r->hash) {
		free(buf);
		return NULL;
	}
	return buf;
}

bool rowindex_agree(const struct rowindex *runs, int fd)
{
	bool agree = true;

	for (size_t i = 0; agree && i < runs->n; i++) {
		char *buf = load(&runs->items[i], fd);

		agree = buf != NULL;
		free(buf);
	}
	return agree;
}

/* Where the reading of a stream is. */
struct cursor {
	uint32_t frame; /* of the next row */
	const struct run *next, *end;
	char *buf, *line, *stop;
};

/* Go to the next row: 1, 0 when the stream is at its end, -1. */
static int advance(struct cursor *c, int fd)
{
	uint64_t frame = 0;

	if (c->line == c->stop) {
		free(c->buf);
		c->buf = NULL;
		if (c->next == c->end)
			return 0;
		c->buf = load(c->next, fd);
		if (!c->buf || !c->next->bytes)
			return -1;
		c->line = c->buf;
		c->stop = c->buf + c->next->bytes;
		c->next++;
		if (c->stop[-1] != '\n')
			return -1;
	}
	for (const char *p = c->line; *p >= '0' && *p <= '9'; p++)
		frame = frame * 10 + (uint64_t)(*p - '0');
	if (frame > UINT32_MAX)
		return -1;
	c->frame = (uint32_t)frame;
	return 1;
}

static void sift_down(struct cursor **heap, size_t n, size_t i)
{
	struct cursor *moving = heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= n)
			break;
		if (child + 1 < n &&
		    heap[child + 1]->frame < heap[child]->frame)
			child++;
		if (heap[child]->frame >= moving->frame)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = moving;
}

/* One cursor per stream, none of them loaded yet. */
static size_t make_cursors(const struct rowindex *runs, struct cursor *cursors)
{
	size_t n = 0;

	for (size_t i = 0; i < runs->n; i++) {
		const struct run *r = &runs->items[i];

		if (i == 0 || r->stream != r[-1].stream)
			cursors[n++] = (struct cursor){ .frame = r->first_frame,
							.next = r };
		cursors[n - 1].end = r + 1;
	}
	return n;
}

enum rowindex_result rowindex_read(const struct rowindex *runs, int fd,
				   row_fn *fn, void *ctx, uint64_t *rows,
				   struct error *err)
{
	struct cursor *cursors = mem_calloc(runs->n, sizeof(*cursors));
	struct cursor **heap = mem_calloc(runs->n, sizeof(struct cursor *));
	size_t n = make_cursors(runs, cursors), total = n;
	enum rowindex_result rc = ROWINDEX_READ;
	struct rowcsv csv;

	rowcsv_init(&csv);
	for (size_t i = 0; i < n; i++)
		heap[i] = &cursors[i];
	for (size_t i = n / 2; i-- > 0;)
		sift_down(heap, n, i);
	while (rc == ROWINDEX_READ && n > 0) {
		struct cursor *c = heap[0];
		char *newline = NULL;
		int more = 0;

		if (!c->buf && advance(c, fd) <= 0) {
			rc = ROWINDEX_BAD;
			break;
		}
		newline = memchr(c->line, '\n', (size_t)(c->stop - c->line));
		if (rowcsv_line(&csv, c->line, newline) < 0) {
			rc = ROWINDEX_BAD;
			break;
		}
		c->line = newline + 1;
		++*rows;
		if (fn(ctx, &csv.row, err) < 0)
			rc = ROWINDEX_STOPPED;
		more = advance(c, fd);
		if (more < 0)
			rc = ROWINDEX_BAD;
		else if (more == 0)
			heap[0] = heap[--n];
		if (n > 0)
			sift_down(heap, n, 0);
	}
	for (size_t i = 0; i < total; i++)
		free(cursors[i].buf);
	free(cursors);
	free(heap);
	return rc;
}

/* Rows of a stream that wait to become a run. */
struct pending {
	struct strbuf text;
	uint32_t first_frame, rows;
};

static void write_out(struct rowindex_writer *w, const char *text, size_t n)
{
	if (w->failed)
		return;
	errno = EIO;
	if (fwrite(text, 1, n, w->out) != n)
		w->failed = errno;
	w->size += n;
}

void rowindex_writer_init(struct rowindex_writer *w, FILE *out)
{
	struct strbuf names = STRBUF_INIT;

	*w = (struct rowindex_writer){ .out = out };
	rowcsv_init(&w->csv);
	rowcsv_header(&w->csv, &names);
	write_out(w, names.text, names.len);
	strbuf_release(&names);
}

void rowindex_writer_release(struct rowindex_writer *w)
{
	for (size_t i = 0; i < w->cap; i++)
		strbuf_release(&w->by_stream[i].text);
	free(w->by_stream);
	for (size_t i = 0; i < w->n_spare; i++)
		strbuf_release(&w->spare[i]);
	rowindex_release(&w->runs);
	*w = (struct rowindex_writer){ .out = NULL };
}

static void end_run(struct rowindex_writer *w, uint32_t stream)
{
	struct pending *p = &w->by_stream[stream];

	if (!p->rows)
		return;
	*MEM_PUSH(w->runs.items, w->runs.n, w->runs.cap) = (struct run){
		.stream = stream,
		.first_frame = p->first_frame,
		.rows = p->rows,
		.offset = w->size,
		.bytes = p->text.len,
		.hash = XXH3_64bits(p->text.text, p->text.len),
	};
	write_out(w, p->text.text, p->text.len);
	w->waiting -= p->text.len;
	p->rows = 0;
	/* A stream that may have no more rows keeps no memory for them. */
	strbuf_clear(&p->text);
	if (w->n_spare < ROWINDEX_SPARE)
		w->spare[w->n_spare++] = p->text;
	else
		strbuf_release(&p->text);
	strbuf_init(&p->text);
}

void rowindex_put(struct rowindex_writer *w, const struct row *row)
{
	struct pending *p = NULL;
	size_t before = 0;

	if (row->stream >= STREAMS_MAX && !w->failed)
		w->failed = EOVERFLOW;
	if (w->failed)
		return;
	if (row->stream >= w->cap) {
		size_t cap = mem_grow(w->cap, (size_t)row->stream + 1);

		w->by_stream =
			mem_realloc(w->by_stream, cap, sizeof(*w->by_stream));
		for (size_t i = w->cap; i < cap; i++) {
			w->by_stream[i] = (struct pending){ .rows = 0 };
			strbuf_init(&w->by_stream[i].text);
		}
		w->cap = cap;
	}
	p = &w->by_stream[row->stream];
	if (!p->rows++) {
		p->first_frame = row->frame;
		if (w->n_spare)
			p->text = w->spare[--w->n_spare];
	}
	before = p->text.len;
	rowcsv_print(&w->csv, row, &p->text);
	w->waiting += p->text.len - before;
	w->rows++;
	if (p->text.len >= RUN)
		end_run(w, row->stream);
	else if (w->waiting >= WAITING_MAX)
		for (size_t i = 0; i < w->cap; i++)
			end_run(w, (uint32_t)i);
}

static int by_stream(const void *x, const void *y)
{
	const struct run *a = x, *b = y;

	return COMPARE(a->stream, b->stream) ?: COMPARE(a->offset, b->offset);
}

void rowindex_flush(struct rowindex_writer *w)
{
	for (size_t i = 0; i < w->cap; i++)
		end_run(w, (uint32_t)i);
	SORT(w->runs.items, w->runs.n, by_stream);
}
