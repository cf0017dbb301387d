/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/trace.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "input/cache.h"
#include "model/account.h"
#include "model/connections.h"
#include "model/numbers.h"
#include "model/stored.h"
#include "model/streams.h"
#include "os/proc.h"

enum {
	MANY = 10000 /* packets: worth a thread of their own */
};

void trace_init(struct trace *t, const struct input *input)
{
	memset(t, 0, sizeof(*t));
	packets_init(&t->packets);
	if (input)
		t->threads = input->jobs ? input->jobs : proc_processors();
}

unsigned trace_threads(const struct trace *t)
{
	return t->packets.n < MANY ? 1 : t->threads;
}

void trace_build(struct trace *t)
{
	packets_sort(&t->packets);
	if (!t->packets.n)
		return;
	streams_build(t);
	connections_build(t);
}

int trace_load_listing(struct trace *t, struct input *input, const char *path)
{
	char *text = NULL;
	size_t n = 0;
	int rc = 0;

	trace_init(t, input);
	rc = capture_read_listing(input, path, &t->info, &text, &n);
	if (rc == 1 && stored_parse(t, text, n) < 0)
		rc = 0;
	free(text);
	if (rc == 0)
		trace_release(t);
	t->accounted = rc;
	return rc;
}

int trace_take_rows(struct trace *t, const struct cache_rows *rows,
		    const uint32_t *streams, size_t n, struct error *err)
{
	int rc = cache_rows_read(rows, streams, n, packets_append, &t->packets,
				 err);

	if (rc != 1)
		return rc;
	packets_sort(&t->packets);
	return streams_attach(t) == 0;
}

int trace_load_rows(struct trace *t, struct input *input,
		    const uint32_t *streams, size_t n, struct error *err)
{
	struct cache_rows rows;
	int rc = capture_open_rows(input, t->info.path, t->info.rows_id, &rows);

	if (rc == 1) {
		rc = trace_take_rows(t, &rows, streams, n, err);
		cache_rows_close(&rows);
	}
	return rc;
}

void trace_store(struct trace *t, struct input *input)
{
	struct strbuf text = STRBUF_INIT;

	if (!t->info.rows_id)
		return;
	account_all(t);
	stored_print(t, &text);
	capture_write_listing(input, &t->info, text.text, text.len);
	strbuf_release(&text);
}

int trace_load(struct trace *t, struct input *input, const char *path,
	       struct error *err)
{
	if (trace_load_listing(t, input, path) == 1) {
		int rc = trace_load_rows(t, input, NULL, 0, err);

		if (rc == 1)
			return 0;
		trace_release(t);
		if (rc < 0)
			return -1;
	}
	trace_init(t, input);
	if (capture_read(input, path, packets_append, &t->packets, &t->info,
			 err) < 0) {
		trace_release(t);
		return -1;
	}
	trace_build(t);
	trace_store(t, input);
	return 0;
}

struct load {
	struct trace *trace;
	struct input input;
	const char *path;
	struct error err;
	int rc;
};

static void *load(void *ctx)
{
	struct load *l = ctx;

	l->rc = trace_load(l->trace, &l->input, l->path, &l->err);
	return NULL;
}

int trace_load_two(struct trace trace[2], struct input *input,
		   const char *const path[2], struct error *err)
{
	struct load job[2];
	pthread_t thread;
	int started = 0;

	unsigned jobs = input->jobs ? input->jobs : proc_processors();

	/* Without tshark exports can be read all the same: each says itself. */
	(void)!input_prepare(input, err);
	for (int i = 0; i < 2; i++)
		job[i] = (struct load){ .trace = &trace[i],
					.input = *input,
					.path = path[i],
					.err = ERROR_INIT };
	job[0].input.jobs = jobs - jobs / 2;
	job[1].input.jobs = jobs > 1 ? jobs / 2 : 1;
	job[1].input.progress = NULL; /* the first speaks for both */
	started = pthread_create(&thread, NULL, load, &job[1]) == 0;
	load(&job[0]);
	if (started)
		pthread_join(thread, NULL);
	else
		load(&job[1]);
	for (int i = 0; i < 2; i++)
		if (job[i].input.found != input->found)
			input_release(&job[i].input);
	if (job[0].rc == 0 && job[1].rc == 0)
		return 0;
	*err = job[job[0].rc == 0].err;
	for (int i = 0; i < 2; i++)
		if (job[i].rc == 0)
			trace_release(&trace[i]);
	return -1;
}

void trace_release(struct trace *t)
{
	connections_release(t->connections, t->n_connections);
	streams_release(t->streams, t->n_streams);
	free(t->order);
	packets_release(&t->packets);
	capture_info_release(&t->info);
	memset(t, 0, sizeof(*t));
}

const struct stream *trace_find_stream(const struct trace *t,
				       uint32_t tcp_stream)
{
	for (size_t i = 0; i < t->n_streams; i++) {
		const struct stream *s = &t->streams[i];

		if (s->tcp_stream == tcp_stream)
			return s;
		for (size_t k = 0; k < s->n_also; k++)
			if (s->also[k] == tcp_stream)
				return s;
	}
	return NULL;
}

char *trace_absence(const struct trace *t)
{
	if (t->info.options_cut)
		return mem_strdup("cannot tell whether there is Multipath TCP "
				  "in this capture: options are cut");
	for (size_t i = 0; i < t->n_streams; i++)
		if (t->streams[i].bad_option)
			return mem_printf("no Multipath TCP connection in this "
					  "capture, but an MPTCP option that "
					  "makes no sense (frame %u)",
					  t->streams[i].bad_option);
	return mem_strdup("no Multipath TCP in this capture");
}

char *trace_filter(const struct trace *t, const struct connection *conn)
{
	struct strbuf out = STRBUF_INIT;
	struct numbers numbers = { .items = NULL };

	numbers_add_connection(&numbers, t, conn);
	numbers_sort(&numbers);
	strbuf_puts(&out, "tcp.stream in {");
	for (size_t k = 0; k < numbers.n; k++) {
		if (k)
			strbuf_putc(&out, ',');
		strbuf_decimal(&out, numbers.items[k]);
	}
	strbuf_putc(&out, '}');
	numbers_release(&numbers);
	return strbuf_detach(&out);
}
