/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/session.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "load/first_pass.h"
#include "load/outline.h"
#include "model/account.h"
#include "model/copies.h"
#include "model/shortcomings.h"
#include "model/streams.h"
#include "os/outfile.h"
#include "model/vantage.h"

static int take_row(void *ctx, const struct row *row, struct error *err)
{
	struct session *s = ctx;

	if (s->exact)
		exact_rows_append(s->exact, row);
	return packets_append(&s->trace.packets, row, err);
}

static void forget_packets(struct session *s)
{
	packets_clear(&s->trace.packets);
	free(s->trace.order);
	s->trace.order = NULL;
	if (s->exact)
		exact_rows_release(s->exact);
}

/*
 * If packets are kept as whole rows, record their places before they are
 * sorted.
 */
static void settle_exact(struct session *s)
{
	if (s->exact)
		exact_rows_settle(s->exact, &s->trace.packets);
}

/*
 * Write the outline, if the cache has the rows.  Commands that needed
 * connections have accounted their bytes by then, so do this as late as
 * possible.
 */
static void store_outline(struct session *s)
{
	struct strbuf text = STRBUF_INIT;

	if (!s->trace.info.rows_id || s->in->only_cached || s->in->keep_copies)
		return;
	account_all(&s->trace);
	outline_print(&s->trace, &text);
	cache_write_outline(&s->capture.cache, s->trace.info.rows_id, text.text,
			    text.len);
	strbuf_release(&text);
}

/* Take streams and connections from the outline. */
static bool recall_outline(struct session *s)
{
	char *text = NULL;
	size_t n = 0;
	bool found = false;

	if (cache_read_outline(&s->capture.cache, &s->trace.info, &text, &n)) {
		s->trace.info.path = mem_strdup(s->capture.source.path);
		capture_settle(&s->trace.info);
		found = outline_parse(&s->trace, text, n) == 0;
		if (!found)
			capture_info_release(&s->trace.info);
	}
	free(text);
	s->trace.accounted = found;
	return found;
}

static void init_trace(struct session *s)
{
	trace_init(&s->trace, input_jobs(s->in));
	s->trace.keep_copies = s->in->keep_copies;
	s->trace.captured_at = (enum vantage)s->in->captured_at;
}

/* Reset the trace, and what is kept beside it. */
static void empty(struct session *s)
{
	trace_release(&s->trace);
	init_trace(s);
	if (s->exact)
		exact_rows_release(s->exact);
}

/* For several files that are the capture. */
static int read_files(struct session *s, struct error *err)
{
	if (files_read(&s->files, &s->trace, s->exact, err) < 0)
		return -1;
	settle_exact(s);
	trace_build(&s->trace);
	s->is_whole = true;
	return 0;
}

/*
 * Read the complete capture into the trace, which must be empty.  The model is
 * built while tshark confirms the rows and the cache is written.
 */
static int read_whole(struct session *s, struct error *err)
{
	enum capture_result result = CAPTURE_AGAIN;

	while (result == CAPTURE_AGAIN) {
		result = capture_read(&s->capture, take_row, s, &s->trace.info,
				      err);
		if (result == CAPTURE_READ) {
			settle_exact(s);
			trace_build(&s->trace);
			result = capture_confirm(&s->capture, &s->trace.info,
						 err);
		}
		if (result == CAPTURE_AGAIN)
			empty(s);
	}
	s->is_whole = result == CAPTURE_READ;
	return s->is_whole ? 0 : -1;
}

/* The same in limited memory, if the cache can store the rows. */
static int read_first(struct session *s, enum session_use use,
		      struct error *err)
{
	const uint64_t keep = s->in->keep_packets;
	enum first_pass_result result = FIRST_PASS_AGAIN;

	if (use != SESSION_WHOLE && !s->exact && !s->in->keep_copies &&
	    cache_is_writable(&s->capture.cache)) {
		result = first_pass(&s->trace, &s->capture,
				    keep ? keep : SESSION_KEEP, &s->rows, err);
		if (result == FIRST_PASS_FAILED)
			return -1;
		s->has_rows = result == FIRST_PASS_OUTLINE;
		s->is_whole = result == FIRST_PASS_ALL;
	}
	if (result == FIRST_PASS_AGAIN && read_whole(s, err) < 0)
		return -1;
	s->is_new = s->is_whole;
	if (!s->is_new)
		store_outline(s);
	return 0;
}

static bool open_rows(struct session *s)
{
	if (!s->has_rows)
		s->has_rows = cache_open_rows(&s->capture.cache,
					      s->trace.info.rows_id, &s->rows);
	return s->has_rows;
}

/*
 * The outline is of no use if packets are needed but their rows are missing,
 * or if all copies of packets are to be counted.
 */
static bool recall(struct session *s, enum session_use use)
{
	if (s->in->keep_copies || !recall_outline(s))
		return false;
	if (use != SESSION_SOME || open_rows(s))
		return true;
	trace_release(&s->trace);
	init_trace(s);
	return false;
}

/* Add a note about packets captured more than once to the warnings. */
static void note_copies(struct trace *t)
{
	char *text = copies_describe(t);

	t->info.copies = copies_count(t);
	if (text) /* an export may contain it already */
		strlist_add_new(&t->info.warnings, text);
	free(text);
}

static int open_operand(struct session *s, const struct session_operand *what,
			struct error *err)
{
	if (what->merge)
		return files_open(&s->files, s->in, what->paths, what->n, err);
	return capture_open(&s->capture, s->in, what->paths[0], err);
}

static int fill(struct session *s, enum session_use use, struct error *err)
{
	if (s->files.n)
		return read_files(s, err);
	return recall(s, use) ? 0 : read_first(s, use, err);
}

int session_open_exact(struct session *s, struct input *in,
		       const struct session_operand *what, enum session_use use,
		       struct exact_rows *exact, struct error *err)
{
	*s = (struct session){ .in = in, .exact = exact };
	if (exact)
		*exact = (struct exact_rows){ .n = 0 };
	if (open_operand(s, what, err) < 0)
		return -1;
	init_trace(s);
	window_init(&s->window);
	if (fill(s, use, err) < 0) {
		session_close(s);
		return -1;
	}
	note_copies(&s->trace);
	shortcomings_find(&s->trace);
	s->skipped = mem_calloc(s->trace.n_connections + 1, sizeof(bool));
	return 0;
}

int session_open(struct session *s, struct input *in,
		 const struct session_operand *what, enum session_use use,
		 struct error *err)
{
	return session_open_exact(s, in, what, use, NULL, err);
}

static bool is_same(const struct trace *a, const struct trace *b)
{
	return a->n_connections == b->n_connections &&
	       a->n_streams == b->n_streams &&
	       a->info.tcp_packets == b->info.tcp_packets;
}

static void close_rows(struct session *s)
{
	window_release(&s->window);
	if (s->has_rows)
		cache_rows_close(&s->rows);
	s->has_rows = false;
}

/*
 * Read the complete capture again if the cache has lost the rows: the only
 * fallback.  Warnings are kept.
 */
static int fall_back(struct session *s, struct error *err)
{
	struct trace before = s->trace;
	int rc = 0;

	close_rows(s);
	if (s->exact)
		exact_rows_release(s->exact);
	init_trace(s);
	rc = read_whole(s, err);
	if (rc == 0 && !is_same(&before, &s->trace))
		rc = error_set(err, EXIT_INPUT,
			       "'%s' changed while it was read",
			       s->capture.source.path);
	if (rc == 0) {
		capture_info_release(&s->trace.info);
		s->trace.info = before.info;
		before.info = (struct capture_info){ .path = NULL };
	}
	trace_release(&before);
	return rc;
}

/* Replace the packets in the trace by those of these streams (NULL: all). */
static int take_packets(struct session *s, const struct numbers *numbers,
			struct error *err)
{
	enum cache_result result = CACHE_MISS;

	if (s->is_whole)
		return 0;
	window_release(&s->window);
	forget_packets(s);
	if (open_rows(s))
		result = cache_rows_read(
			&s->rows, numbers ? numbers->items : NULL,
			numbers ? numbers->n : 0, take_row, s, err);
	if (result == CACHE_ERROR)
		return -1;
	settle_exact(s);
	packets_sort(&s->trace.packets);
	if (result == CACHE_MISS || streams_attach(&s->trace) < 0)
		return fall_back(s, err);
	return 0;
}

int session_need_all(struct session *s, struct error *err)
{
	if (take_packets(s, NULL, err) < 0)
		return -1;
	s->is_whole = true;
	return 0;
}

int session_need_streams(struct session *s, const struct numbers *numbers,
			 struct error *err)
{
	return numbers->n ? take_packets(s, numbers, err) : 0;
}

/* The packets that are picked, or with "others" those that are not. */
struct picking {
	const uint8_t *streams;
	bool others;
	struct frames *frames;
};

static void pick_one(const struct picking *p, uint32_t frame, uint64_t at)
{
	if (p->others)
		frames_drop(p->frames, frame);
	else
		frames_add(p->frames, frame, at);
}

static void pick_place(void *ctx, const struct packet_place *place)
{
	pick_one(ctx, place->frame, place->at);
}

static bool concerns(const struct picking *p, size_t stream)
{
	return !p->streams[stream] == p->others;
}

static bool pick_from_cache(struct session *s, struct picking *p)
{
	struct numbers numbers = { .items = NULL };
	bool found = false;

	if (!open_rows(s))
		return false;
	for (size_t i = 0; i < s->trace.n_streams; i++)
		if (concerns(p, i))
			numbers_add(&numbers, &s->trace.streams[i]);
	numbers_sort(&numbers);
	frames_init(p->frames, s->trace.info.packets, p->others);
	found = cache_rows_places(&s->rows, numbers.items, numbers.n,
				  pick_place, p) == CACHE_HIT;
	if (!found)
		frames_release(p->frames);
	numbers_release(&numbers);
	return found;
}

int session_pick(struct session *s, const uint8_t *streams, bool others,
		 struct frames *frames, struct error *err)
{
	struct picking p = { streams, others, frames };
	const struct packets *packets = &s->trace.packets;

	if (!s->is_whole && pick_from_cache(s, &p))
		return 0;
	if (!s->is_whole && fall_back(s, err) < 0)
		return -1;
	frames_init(frames, s->trace.info.packets, others);
	for (size_t i = 0; i < packets->n; i++)
		if (concerns(&p, packets->stream[i]))
			pick_one(&p, packets->frame[i], 0);
	return 0;
}

bool session_has(const struct session *s, size_t i)
{
	return i < s->trace.n_connections &&
	       (s->is_whole || window_has(&s->window, i));
}

static int reach(struct session *s, size_t i, struct error *err)
{
	enum cache_result result = CACHE_MISS;

	if (session_has(s, i))
		return 0;
	if (open_rows(s))
		result = window_move(&s->window, &s->trace, &s->rows,
				     s->skipped, i, err);
	if (result == CACHE_ERROR)
		return -1;
	return result == CACHE_MISS ? fall_back(s, err) : 0;
}

int session_next(struct session *s, size_t *i, struct error *err)
{
	while (*i < s->trace.n_connections && s->skipped[*i])
		++*i;
	if (*i == s->trace.n_connections)
		return 0;
	return reach(s, *i, err) < 0 ? -1 : 1;
}

bool session_reads(const struct session *s, const char *path)
{
	const struct strlist *paths = &s->trace.info.origins.paths;

	for (size_t i = 0; i < paths->n; i++)
		if (outfile_is_same(path, paths->items[i]))
			return true;
	return !s->files.n && outfile_is_same(path, s->capture.source.path);
}

int session_read_payload(struct session *s, payload_fn *fn, void *ctx,
			 struct error *err)
{
	if (s->files.n)
		return files_read_payload(&s->files, &s->trace.info.origins, fn,
					  ctx, err);
	return payload_read(s->in, &s->capture.source, fn, ctx, err);
}

void session_skip(struct session *s, size_t i)
{
	s->skipped[i] = true;
}

bool session_skips(const struct session *s, size_t i)
{
	return s->skipped[i];
}

void session_close(struct session *s)
{
	if (s->is_new)
		store_outline(s);
	close_rows(s);
	free(s->skipped);
	s->skipped = NULL;
	trace_release(&s->trace);
	if (s->files.n)
		files_close(&s->files);
	else
		capture_close(&s->capture);
	free(s->own);
	s->own = NULL;
}

struct opening {
	struct session *session;
	struct input *input; /* a copy */
	const struct session_operand *what;
	struct error err;
	int rc;
};

static void *open_whole(void *ctx)
{
	struct opening *o = ctx;

	o->rc = session_open(o->session, o->input, o->what, SESSION_WHOLE,
			     &o->err);
	if (o->rc < 0) {
		free(o->input);
		return NULL;
	}
	o->session->own = o->input;
	o->rc = session_need_all(o->session, &o->err);
	if (o->rc < 0)
		session_close(o->session);
	return NULL;
}

int session_open_two(struct session s[2], struct input *in,
		     const struct session_operand what[2], struct error *err)
{
	const unsigned jobs = input_jobs(in);
	struct opening o[2];
	pthread_t thread;
	bool started = false;

	/*
	 * Exports can be read without tshark; each session reports errors
	 * itself.
	 */
	input_prepare(in);
	for (int i = 0; i < 2; i++) {
		o[i] = (struct opening){ .session = &s[i],
					 .input = mem_calloc(1, sizeof(*in)),
					 .what = &what[i],
					 .err = ERROR_INIT };
		*o[i].input = *in;
	}
	o[1].input->captured_at =
		(int)vantage_opposite((enum vantage)in->captured_at);
	o[0].input->jobs = jobs - jobs / 2;
	o[1].input->jobs = jobs > 1 ? jobs / 2 : 1;
	o[1].input->progress = NULL; /* only the first one reports progress */
	started = pthread_create(&thread, NULL, open_whole, &o[1]) == 0;
	open_whole(&o[0]);
	if (started)
		pthread_join(thread, NULL);
	else
		open_whole(&o[1]);
	/* It may be released when "in" is, after this function. */
	if (o[0].rc == 0)
		s[0].own->progress = NULL;
	if (o[0].rc == 0 && o[1].rc == 0)
		return 0;
	*err = o[o[0].rc == 0].err;
	for (int i = 0; i < 2; i++)
		if (o[i].rc == 0)
			session_close(&s[i]);
	return -1;
}
