/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/survey.h"

#include <pthread.h>

#include "model/account.h"
#include "model/kin.h"
#include "model/merge.h"
#include "model/numbers.h"

enum {
	PORTION = 1 << 16 /* packets, at least, if there are as many */
};

struct survey {
	struct trace *trace;
	struct kin kin;
	size_t most; /* packets to be kept */
	/* When all rows went by: */
	const struct cache_rows *rows;
	pthread_mutex_t mutex; /* of what follows, and the trace */
	size_t at;	       /* streams of "kin" before it are taken */
	int rc;		       /* of model_portion() */
	struct error err;      /* when that is -1 */
};

static void drop(struct survey *s)
{
	kin_take(&s->kin, &s->trace->packets);
	packets_clear(&s->trace->packets);
}

static int take_row(void *ctx, const struct row *row, struct error *err)
{
	struct survey *s = ctx;

	if (s->trace->packets.n == s->most)
		drop(s);
	return packets_append(&s->trace->packets, row, err);
}

/* The groups from "from" on that make a portion: the end of them. */
static size_t portion_end(const struct survey *s, size_t from)
{
	const struct kin *kin = &s->kin;
	const size_t least = s->most < PORTION ? s->most : PORTION;
	uint64_t packets = 0;
	size_t i = from;

	while (i < kin->n &&
	       (packets < least ||
		kin->streams[i].group == kin->streams[i - 1].group))
		packets += kin->streams[i++].packets;
	return i;
}

/* 1; 0: the rows are damaged; -1. */
static int model_portion(const struct survey *s, size_t from, size_t end,
			 struct trace *part, struct error *err)
{
	struct numbers numbers = { .items = NULL };
	uint64_t packets = 0;
	int rc = 0;

	for (size_t i = from; i < end; i++) {
		numbers_add_one(&numbers, s->kin.streams[i].tcp_stream);
		packets += s->kin.streams[i].packets;
	}
	numbers_sort(&numbers);
	rc = cache_rows_read(s->rows, numbers.items, numbers.n, packets_append,
			     &part->packets, err);
	numbers_release(&numbers);
	if (rc != 1 || part->packets.n != packets)
		return rc < 0 ? -1 : 0;
	trace_build(part);
	account_all(part);
	return 1;
}

/* Portion after portion; several threads may. */
static void *model_portions(void *ctx)
{
	struct survey *s = ctx;
	const struct strlist *names = &s->trace->packets.interfaces;
	struct trace part;

	trace_init(&part, NULL); /* there are threads enough */
	for (size_t i = 0; i < names->n; i++)
		packets_add_interface(&part.packets, names->items[i]);
	pthread_mutex_lock(&s->mutex);
	while (s->rc == 1 && s->at < s->kin.n) {
		struct error err = ERROR_INIT;
		size_t from = s->at, end = portion_end(s, from);
		int rc = 0;

		s->at = end;
		pthread_mutex_unlock(&s->mutex);
		rc = model_portion(s, from, end, &part, &err);
		pthread_mutex_lock(&s->mutex);
		if (rc == 1) {
			merge_adopt(s->trace, &part);
		} else if (s->rc == 1) {
			s->rc = rc;
			s->err = err;
		}
	}
	pthread_mutex_unlock(&s->mutex);
	packets_release(&part.packets);
	return NULL;
}

/* 1; 0: the rows are damaged; -1. */
static int model_all(struct survey *s, int two, struct error *err)
{
	pthread_t thread;
	int started = 0;

	s->rc = 1;
	pthread_mutex_init(&s->mutex, NULL);
	if (two)
		started = pthread_create(&thread, NULL, model_portions, s) == 0;
	model_portions(s);
	if (started)
		pthread_join(thread, NULL);
	pthread_mutex_destroy(&s->mutex);
	if (s->rc == 1)
		merge_finish(s->trace);
	s->trace->accounted = 1;
	if (s->rc < 0)
		*err = s->err;
	return s->rc;
}

/* After all rows went by: as survey_load(). */
static int finish(struct survey *s, struct input *input,
		  struct cache_rows *rows, struct error *err)
{
	struct trace *t = s->trace;
	struct input again = *input;
	int rc = 0;

	drop(s);
	kin_settle(&s->kin);
	again.refresh = 0; /* that is done */
	if (capture_open_rows(&again, t->info.path, t->info.rows_id, rows)) {
		s->rows = rows;
		rc = model_all(s, t->threads > 1, err);
		if (rc != 1)
			cache_rows_close(rows);
	}
	if (rc == 1) {
		trace_store(t, &again);
		return 1;
	}
	return rc;
}

int survey_load(struct trace *t, struct input *input, const char *path,
		struct cache_rows *rows, struct error *err)
{
	struct survey s = { .trace = t, .most = SURVEY_PACKETS };
	int rc = 0;

	if (!capture_can_be_cached(input, path))
		return trace_load(t, input, path, err);
	if (input->keep_packets)
		s.most = input->keep_packets;
	trace_init(t, input);
	rc = capture_read(input, path, take_row, &s, &t->info, err);
	if (rc == 0 && !s.kin.n) {
		trace_build(t);
		trace_store(t, input);
		return 0;
	}
	if (rc == 0)
		rc = finish(&s, input, rows, err);
	kin_release(&s.kin);
	if (rc == 1)
		return 1;
	trace_release(t);
	/* The cache did not take them, or lost them: they are needed here. */
	return rc < 0 ? -1 : trace_load(t, input, path, err);
}
