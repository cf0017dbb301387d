/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/first_pass.h"

#include <pthread.h>

#include "load/clusters.h"
#include "load/merge.h"
#include "model/account.h"
#include "model/numbers.h"

enum {
	PORTION = 1 << 16 /* minimum packets per portion, if available */
};

struct pass {
	struct trace *trace;
	struct clusters clusters;
	size_t most; /* packets to keep in memory */
	/* Used after all rows were passed on: */
	const struct cache_rows *rows;
	pthread_mutex_t mutex; /* protects the following, and the trace */
	size_t at; /* streams of "clusters" before this one are taken */
	enum cache_result result; /* of model_portion() */
	struct error err; /* valid with CACHE_ERROR */
};

static void drop(struct pass *s)
{
	clusters_take(&s->clusters, &s->trace->packets);
	packets_clear(&s->trace->packets);
}

static int take_row(void *ctx, const struct row *row, struct error *err)
{
	struct pass *s = ctx;

	if (s->trace->packets.n == s->most)
		drop(s);
	return packets_append(&s->trace->packets, row, err);
}

/* The end of the clusters from "from" on that form a portion. */
static size_t portion_end(const struct pass *s, size_t from)
{
	const struct clusters *c = &s->clusters;
	const size_t least = s->most < PORTION ? s->most : PORTION;
	uint64_t packets = 0;
	size_t i = from;

	while (i < c->n && (packets < least ||
			    c->streams[i].cluster == c->streams[i - 1].cluster))
		packets += c->streams[i++].packets;
	return i;
}

static enum cache_result model_portion(const struct pass *s, size_t from,
				       size_t end, struct trace *part,
				       struct error *err)
{
	struct numbers numbers = { .items = NULL };
	uint64_t packets = 0;
	enum cache_result result = CACHE_MISS;

	for (size_t i = from; i < end; i++) {
		numbers_add_one(&numbers, s->clusters.streams[i].tcp_stream);
		packets += s->clusters.streams[i].packets;
	}
	numbers_sort(&numbers);
	result = cache_rows_read(s->rows, numbers.items, numbers.n,
				 packets_append, &part->packets, err);
	numbers_release(&numbers);
	if (result == CACHE_HIT && part->packets.n != packets)
		result = CACHE_MISS;
	if (result != CACHE_HIT)
		return result;
	trace_build(part);
	account_all(part);
	return CACHE_HIT;
}

/* Model portions until none is left; run by several threads. */
static void *model_portions(void *ctx)
{
	struct pass *s = ctx;
	const struct strlist *names = &s->trace->packets.interfaces;
	struct trace part;

	trace_init(&part, 1); /* the portions already use all threads */
	for (size_t i = 0; i < names->n; i++)
		packets_add_interface(&part.packets, names->items[i]);
	pthread_mutex_lock(&s->mutex);
	while (s->result == CACHE_HIT && s->at < s->clusters.n) {
		struct error err = ERROR_INIT;
		size_t from = s->at, end = portion_end(s, from);
		enum cache_result result = CACHE_MISS;

		s->at = end;
		pthread_mutex_unlock(&s->mutex);
		result = model_portion(s, from, end, &part, &err);
		pthread_mutex_lock(&s->mutex);
		if (result == CACHE_HIT) {
			merge_adopt(s->trace, &part);
		} else if (s->result == CACHE_HIT) {
			s->result = result;
			s->err = err;
		}
	}
	pthread_mutex_unlock(&s->mutex);
	packets_release(&part.packets);
	return NULL;
}

static enum cache_result model_all(struct pass *s, struct error *err)
{
	pthread_t thread;
	bool started = false;

	s->result = CACHE_HIT;
	pthread_mutex_init(&s->mutex, NULL);
	if (s->trace->threads > 1)
		started = pthread_create(&thread, NULL, model_portions, s) == 0;
	model_portions(s);
	if (started)
		pthread_join(thread, NULL);
	pthread_mutex_destroy(&s->mutex);
	if (s->result == CACHE_HIT)
		merge_finish(s->trace);
	s->trace->accounted = true;
	if (s->result == CACHE_ERROR)
		*err = s->err;
	return s->result;
}

/* After all rows were passed on, and not all were kept. */
static enum first_pass_result model_from_cache(struct pass *s,
					       const struct capture *capture,
					       struct cache_rows *rows,
					       struct error *err)
{
	enum cache_result result = CACHE_MISS;

	drop(s);
	clusters_settle(&s->clusters);
	if (cache_open_rows(&capture->cache, s->trace->info.rows_id, rows)) {
		s->rows = rows;
		result = model_all(s, err);
		if (result != CACHE_HIT)
			cache_rows_close(rows);
	}
	if (result == CACHE_HIT)
		return FIRST_PASS_OUTLINE;
	return result == CACHE_ERROR ? FIRST_PASS_FAILED : FIRST_PASS_AGAIN;
}

/* Pass on all rows; keep at most s->most in memory. */
static enum capture_result read_rows(struct pass *s, struct capture *capture,
				     struct error *err)
{
	struct trace *t = s->trace;
	enum capture_result result =
		capture_read(capture, take_row, s, &t->info, err);

	/* Do this while tshark confirms the rows, and the cache is written. */
	if (result == CAPTURE_READ && !s->clusters.n)
		trace_build(t);
	if (result == CAPTURE_READ)
		result = capture_confirm(capture, &t->info, err);
	return result;
}

enum first_pass_result first_pass(struct trace *t, struct capture *capture,
				  uint64_t most, struct cache_rows *rows,
				  struct error *err)
{
	const unsigned threads = t->threads;
	const enum vantage captured_at = t->captured_at;
	enum capture_result read = CAPTURE_AGAIN;
	enum first_pass_result result = FIRST_PASS_FAILED;
	struct pass s = { .trace = t, .most = most };

	while (read == CAPTURE_AGAIN) {
		read = read_rows(&s, capture, err);
		if (read == CAPTURE_READ)
			result = s.clusters.n
					 ? model_from_cache(&s, capture, rows,
							    err)
					 : FIRST_PASS_ALL;
		clusters_release(&s.clusters);
		if (read == CAPTURE_AGAIN || result == FIRST_PASS_AGAIN) {
			trace_release(t);
			trace_init(t, threads);
			t->captured_at = captured_at;
		}
	}
	return result;
}
