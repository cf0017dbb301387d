/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/portions.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "model/numbers.h"
#include "model/survey.h"
#include "os/proc.h"

enum {
	PORTION = 8192 /* packets, at least, if there are as many */
};

void portions_whole(struct portions *p, struct trace *trace)
{
	*p = (struct portions){ .trace = trace };
	p->wanted = mem_calloc(trace->n_connections + 1, 1);
	memset(p->wanted, 1, trace->n_connections);
	packets_init(&p->next.packets);
}

int portions_open(struct portions *p, struct trace *trace, struct input *input,
		  const char *path, struct error *err)
{
	unsigned jobs = input->jobs ? input->jobs : proc_processors();
	struct cache_rows rows;
	int is_open = 0;

	if (trace_load_listing(trace, input, path) == 1) {
		is_open = capture_open_rows(input, path, trace->info.rows_id,
					    &rows);
		if (!is_open)
			trace_release(trace);
	}
	if (!is_open)
		is_open = survey_load(trace, input, path, &rows, err);
	if (is_open < 0)
		return -1;
	portions_whole(p, trace);
	if (!is_open)
		return 0;
	p->is_open = 1;
	p->rows = rows;
	p->input = input;
	p->ahead = jobs > 1;
	for (size_t i = 0; i < trace->packets.interfaces.n; i++)
		packets_add_interface(&p->next.packets,
				      trace->packets.interfaces.items[i]);
	return 0;
}

void portions_skip(struct portions *p, size_t i)
{
	p->wanted[i] = 0;
}

/* The connections from n->first on that make a portion: their TCP streams. */
static struct numbers plan(const struct portions *p, struct portion *n)
{
	const struct trace *t = p->trace;
	struct numbers numbers = { .items = NULL };
	size_t packets = 0, i = n->first;

	for (; i < t->n_connections && packets < PORTION; i++) {
		const struct connection *c = &t->connections[i];

		if (!p->wanted[i])
			continue;
		numbers_add_connection(&numbers, t, c);
		for (size_t k = 0; k < c->n_subflows; k++)
			packets += t->streams[c->subflows[k]].n;
	}
	n->end = i;
	numbers_sort(&numbers);
	return numbers;
}

/*
 * Read p->next, while others may look at the trace: of that, this changes the
 * place of the packets in those streams only that it reads.
 */
static void *read_next(void *ctx)
{
	struct portions *p = ctx;
	struct portion *n = &p->next;
	struct trace shadow = *p->trace;
	struct numbers numbers = plan(p, n);

	packets_clear(&n->packets);
	free(n->order);
	shadow.packets = n->packets;
	shadow.order = NULL;
	n->rc = numbers.n ? trace_take_rows(&shadow, &p->rows, numbers.items,
					    numbers.n, &n->err)
			  : 1;
	n->packets = shadow.packets;
	n->order = shadow.order;
	numbers_release(&numbers);
	return NULL;
}

static void wait_for_next(struct portions *p)
{
	if (p->started)
		pthread_join(p->thread, NULL);
	p->started = 0;
}

static void read_ahead(struct portions *p)
{
	if (!p->ahead || p->end == p->trace->n_connections)
		return;
	p->next.first = p->end;
	p->started = pthread_create(&p->thread, NULL, read_next, p) == 0;
}

/* What comes into the trace was in p->next, and the other way round. */
static void exchange(struct portions *p)
{
	struct trace *t = p->trace;
	struct packets packets = t->packets;
	uint32_t *order = t->order;

	t->packets = p->next.packets;
	t->order = p->next.order;
	p->next.packets = packets;
	p->next.order = order;
	p->first = p->next.first;
	p->end = p->next.end;
}

static void stop(struct portions *p)
{
	wait_for_next(p);
	packets_release(&p->next.packets);
	free(p->next.order);
	p->next.order = NULL;
	if (p->is_open)
		cache_rows_close(&p->rows);
	p->is_open = 0;
}

/* All of the capture, which has not changed, into the trace. */
static int read_again(struct portions *p, struct error *err)
{
	struct trace whole, *t = p->trace;
	struct capture_info info = t->info;

	stop(p);
	if (trace_load(&whole, p->input, info.path, err) < 0)
		return -1;
	if (whole.n_connections != t->n_connections ||
	    whole.n_streams != t->n_streams ||
	    whole.info.tcp_packets != info.tcp_packets) {
		trace_release(&whole);
		return error_set(err, EXIT_INPUT,
				 "'%s' changed while it was read", info.path);
	}
	capture_info_release(&whole.info);
	t->info = (struct capture_info){ .path = NULL };
	trace_release(t);
	*t = whole;
	t->info = info;
	return 0;
}

static int reach(struct portions *p, size_t i, struct error *err)
{
	if (!p->is_open || (i >= p->first && i < p->end))
		return 0;
	wait_for_next(p);
	if (p->next.rc != 1 || i < p->next.first || i >= p->next.end) {
		p->next.first = i;
		read_next(p);
	}
	if (p->next.rc == 0)
		return read_again(p, err);
	if (p->next.rc < 0) {
		*err = p->next.err;
		return -1;
	}
	exchange(p);
	p->next.rc = 0; /* nothing is there */
	read_ahead(p);
	return 0;
}

int portions_next(struct portions *p, size_t *i, struct error *err)
{
	while (*i < p->trace->n_connections && !p->wanted[*i])
		++*i;
	if (*i == p->trace->n_connections)
		return 0;
	return reach(p, *i, err) < 0 ? -1 : 1;
}

void portions_close(struct portions *p)
{
	stop(p);
	free(p->wanted);
	p->wanted = NULL;
}
