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
#include "read/reread.h"

static const char header[] = "stream,first_frame,rows,places,offset,bytes,"
			     "xxh3\n";

enum {
	COLUMNS = 7
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

		strbuf_printf(out, "%lu,%lu,%lu,%d,%llu,%llu,%016llx\n",
			      (unsigned long)r->stream,
			      (unsigned long)r->first_frame,
			      (unsigned long)r->rows, (int)r->kind,
			      (unsigned long long)r->offset,
			      (unsigned long long)r->bytes,
			      (unsigned long long)r->hash);
	}
}

static int parse_run(struct run *r, const char *line, const char *end)
{
	static const uint64_t max[COLUMNS] = { UINT32_MAX, UINT32_MAX,
					       UINT32_MAX, RUN_KINDS - 1,
					       INT64_MAX,  INT64_MAX,
					       UINT64_MAX };
	uint64_t v[COLUMNS] = { 0 };

	for (size_t i = 0; i < COLUMNS; i++) {
		bool last = i + 1 == COLUMNS;
		const char *comma =
			last ? end : memchr(line, ',', (size_t)(end - line));
		size_t n = comma ? (size_t)(comma - line) : 0;

		if (!comma || (last ? num_hex(line, n, max[i], &v[i])
				    : num_u64(line, n, max[i], &v[i])) < 0)
			return -1;
		line = comma + 1;
	}
	*r = (struct run){ .stream = (uint32_t)v[0],
			   .first_frame = (uint32_t)v[1],
			   .rows = (uint32_t)v[2],
			   .kind = (enum run_kind)v[3],
			   .offset = v[4],
			   .bytes = v[5],
			   .hash = v[6] };
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

/* The first run of this stream or of a later one. */
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

bool rowindex_has(const struct rowindex *runs, enum run_kind kind)
{
	for (size_t i = 0; i < runs->n; i++)
		if (runs->items[i].kind == kind)
			return true;
	return false;
}

/* The bytes of a run, or NULL if the file has different ones, or too few. */
static char *load(const struct run *r, const struct rowindex_files *files)
{
	char *buf = malloc(r->bytes ? r->bytes : 1);
	size_t have = 0;

	while (buf && have < r->bytes) {
		ssize_t n = pread(files->fd[r->kind], buf + have,
				  r->bytes - have, (off_t)(r->offset + have));

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

bool rowindex_agree(const struct rowindex *runs,
		    const struct rowindex_files *files)
{
	bool agree = true;

	for (size_t i = 0; agree && i < runs->n; i++) {
		char *buf = load(&runs->items[i], files);

		agree = buf != NULL;
		free(buf);
	}
	return agree;
}

/* The position in a stream's rows of one kind. */
struct cursor {
	uint32_t frame; /* of the next row */
	const struct run *next, *end;
	char *buf;		   /* content of the run before "next"; owned */
	char *at, *stop;	   /* position in it */
	struct packet_place place; /* of the next row, for places */
};

/* The recipient of rows, or of places only. */
struct taker {
	row_fn *row;
	place_fn *place;
	void *ctx;
};

struct reading {
	const struct rowindex_files *files;
	const struct taker *taker;
	struct rowcsv csv;
	struct reread reread;
	bool rereads; /* "reread" is open */
	struct cursor *cursors;
	struct cursor **heap; /* the first one has the lowest frame */
	size_t n;	      /* those with rows left */
};

/* The frame number at the beginning of a line. */
static int look_at_line(struct cursor *c)
{
	uint64_t frame = 0;

	for (const char *p = c->at; *p >= '0' && *p <= '9'; p++)
		frame = frame * 10 + (uint64_t)(*p - '0');
	c->frame = (uint32_t)frame;
	return frame > UINT32_MAX ? -1 : 1;
}

static int look_at_place(struct cursor *c)
{
	const uint8_t *behind = places_next(
		(const uint8_t *)c->at, (const uint8_t *)c->stop, &c->place);

	if (!behind)
		return -1;
	c->at = (char *)(uintptr_t)behind;
	c->frame = c->place.frame;
	return 1;
}

/* Load the next run: 1; 0 at the end of the stream; -1. */
static int next_run(struct cursor *c, const struct rowindex_files *files)
{
	const struct run *r = c->next;

	free(c->buf);
	c->buf = NULL;
	if (r == c->end)
		return 0;
	c->buf = load(r, files);
	if (!c->buf || !r->bytes)
		return -1;
	c->next++;
	c->at = c->buf;
	c->stop = c->buf + r->bytes;
	c->place = (struct packet_place){ .frame = 0 };
	return r->kind == RUN_ROWS && c->stop[-1] != '\n' ? -1 : 1;
}

/* Go to the next row: 1; 0 at the end of the stream; -1. */
static int advance(struct cursor *c, const struct rowindex_files *files)
{
	int rc = 1;

	if (c->at == c->stop)
		rc = next_run(c, files);
	if (rc <= 0)
		return rc;
	return c->next[-1].kind == RUN_ROWS ? look_at_line(c)
					    : look_at_place(c);
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

/* Make one cursor per stream and kind, without loading. */
static void make_cursors(struct reading *r, const struct rowindex *runs)
{
	r->cursors = mem_calloc(runs->n, sizeof(*r->cursors));
	r->heap = mem_calloc(runs->n, sizeof(struct cursor *));
	for (size_t i = 0; i < runs->n; i++) {
		const struct run *run = &runs->items[i];

		if (i == 0 || run->stream != run[-1].stream ||
		    run->kind != run[-1].kind) {
			r->heap[r->n] = &r->cursors[r->n];
			r->cursors[r->n++] =
				(struct cursor){ .frame = run->first_frame,
						 .next = run };
		}
		r->cursors[r->n - 1].end = run + 1;
	}
	for (size_t i = r->n / 2; i-- > 0;)
		sift_down(r->heap, r->n, i);
}

/* The row at the cursor; NULL: there is none. */
static const struct row *take_row(struct reading *r, struct cursor *c)
{
	const struct run *run = &c->next[-1];
	char *newline = NULL;

	if (run->kind == RUN_ROWS) {
		newline = memchr(c->at, '\n', (size_t)(c->stop - c->at));
		if (rowcsv_line(&r->csv, c->at, newline) < 0)
			return NULL;
		c->at = newline + 1;
		return &r->csv.row;
	}
	if (!r->rereads) {
		r->rereads = true;
		if (reread_open(&r->reread, r->files->capture,
				r->files->start) < 0)
			return NULL;
	}
	if (reread_row(&r->reread, c->place.frame, c->place.at, run->stream) <
	    0)
		return NULL;
	return &r->reread.row;
}

static enum rowindex_result give_row(struct reading *r, struct cursor *c,
				     uint64_t *rows, struct error *err)
{
	const struct row *row = take_row(r, c);

	if (!row)
		return ROWINDEX_BAD;
	++*rows;
	return r->taker->row(r->taker->ctx, row, err) < 0 ? ROWINDEX_STOPPED
							  : ROWINDEX_READ;
}

static enum rowindex_result tell_place(const struct reading *r,
				       struct cursor *c, uint64_t *rows)
{
	struct packet_place place = { .frame = c->frame };

	if (c->next[-1].kind == RUN_PLACES)
		place.at = c->place.at;
	else
		c->at = (char *)memchr(c->at, '\n', (size_t)(c->stop - c->at)) +
			1;
	if (!place.frame)
		return ROWINDEX_BAD;
	++*rows;
	r->taker->place(r->taker->ctx, &place);
	return ROWINDEX_READ;
}

/* Pass on the row with the lowest frame number. */
static enum rowindex_result hand_over(struct reading *r, uint64_t *rows,
				      struct error *err)
{
	struct cursor *c = r->heap[0];
	enum rowindex_result rc = ROWINDEX_READ;
	int more = 0;

	if (!c->buf && advance(c, r->files) <= 0)
		return ROWINDEX_BAD;
	rc = r->taker->place ? tell_place(r, c, rows)
			     : give_row(r, c, rows, err);
	if (rc != ROWINDEX_READ)
		return rc;
	more = advance(c, r->files);
	if (more == 0)
		r->heap[0] = r->heap[--r->n];
	if (more >= 0 && r->n > 0)
		sift_down(r->heap, r->n, 0);
	return more < 0 ? ROWINDEX_BAD : ROWINDEX_READ;
}

static enum rowindex_result take_all(const struct rowindex *runs,
				     const struct rowindex_files *files,
				     const struct taker *taker, uint64_t *rows,
				     struct error *err)
{
	struct reading r = { .files = files, .taker = taker };
	enum rowindex_result rc = ROWINDEX_READ;
	size_t total = 0;

	rowcsv_init(&r.csv);
	make_cursors(&r, runs);
	total = r.n;
	while (rc == ROWINDEX_READ && r.n > 0)
		rc = hand_over(&r, rows, err);
	if (r.rereads)
		reread_close(&r.reread);
	for (size_t i = 0; i < total; i++)
		free(r.cursors[i].buf);
	free(r.cursors);
	free(r.heap);
	return rc;
}

enum rowindex_result rowindex_read(const struct rowindex *runs,
				   const struct rowindex_files *files,
				   row_fn *fn, void *ctx, uint64_t *rows,
				   struct error *err)
{
	const struct taker taker = { .row = fn, .ctx = ctx };

	return take_all(runs, files, &taker, rows, err);
}

enum rowindex_result rowindex_places(const struct rowindex *runs,
				     const struct rowindex_files *files,
				     place_fn *fn, void *ctx, uint64_t *rows)
{
	const struct taker taker = { .place = fn, .ctx = ctx };

	return take_all(runs, files, &taker, rows, NULL);
}
