/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/load.h"

#include <stdlib.h>

#include "base/mem.h"

struct numbers {
	uint32_t *items;
	size_t n, cap;
};

static void add(struct numbers *numbers, const struct stream *s)
{
	for (size_t k = 0; k <= s->n_also; k++) {
		MEM_PUSH_ROOM(numbers->items, numbers->n, numbers->cap);
		numbers->items[numbers->n++] =
			k ? s->also[k - 1] : s->tcp_stream;
	}
}

static void add_connection(struct numbers *numbers, const struct trace *t,
			   const struct connection *c)
{
	for (size_t k = 0; k < c->n_subflows; k++)
		add(numbers, &t->streams[c->subflows[k]]);
}

static int by_number(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

/*
 * The streams that the selectors mean, and those that are of the same
 * connections: what is known of a subflow may rest on all of them.
 */
static void collect(const struct select *select, const struct trace *t,
		    struct numbers *numbers)
{
	for (size_t i = 0; select->n && i < t->n_connections; i++)
		if (select_wants(select, &t->connections[i]))
			add_connection(numbers, t, &t->connections[i]);
	for (size_t i = 0; i < select->n_streams; i++) {
		const struct stream *s =
			trace_find_stream(t, select->streams[i]);

		if (s && s->connection >= 0)
			add_connection(numbers, t,
				       &t->connections[s->connection]);
		else if (s)
			add(numbers, s);
	}
	if (numbers->n)
		qsort(numbers->items, numbers->n, sizeof(*numbers->items),
		      by_number);
}

/*
 * 1: done; 0: the cache has it not, and nothing is to be released; -1.  "raw"
 * is NULL when the rows are not wanted beside the packets.
 */
static int load_some(const struct cli *cli, struct input *input,
		     const char *path, enum load what, struct trace *trace,
		     struct rawrows *raw, struct error *err)
{
	struct numbers numbers = { .items = NULL };
	int rc = trace_load_listing(trace, input, path);

	if (rc == 0 || what == LOAD_LISTING)
		return rc;
	collect(&cli->common.select, trace, &numbers);
	if (raw && numbers.n)
		rc = rawrows_load_some(raw, trace, input, numbers.items,
				       numbers.n, err);
	else if (numbers.n)
		rc = trace_load_rows(trace, input, numbers.items, numbers.n,
				     err);
	if (rc != 1) {
		trace_release(trace);
		if (raw)
			rawrows_release(raw);
	}
	free(numbers.items);
	return rc;
}

static int is_selective(const struct cli *cli)
{
	return cli->common.select.n || cli->common.select.n_streams;
}

int load_trace(const struct cli *cli, struct input *input, const char *path,
	       enum load what, struct trace *trace, struct error *err)
{
	int rc = 0;

	if (what == LOAD_LISTING ||
	    (what == LOAD_SELECTED && is_selective(cli)))
		rc = load_some(cli, input, path, what, trace, NULL, err);
	return rc ? rc < 0 ? -1 : 0 : trace_load(trace, input, path, err);
}

int load_rawrows(const struct cli *cli, struct input *input, const char *path,
		 struct rawrows *raw, struct trace *trace, struct error *err)
{
	int rc = 0;

	*raw = (struct rawrows){ .n = 0 };
	if (is_selective(cli))
		rc = load_some(cli, input, path, LOAD_SELECTED, trace, raw,
			       err);
	return rc ? rc < 0 ? -1 : 0
		  : rawrows_load(raw, trace, input, path, err);
}

int load_portions(const struct cli *cli, struct input *input, const char *path,
		  struct portions *portions, struct trace *trace,
		  struct error *err)
{
	if (portions_open(portions, trace, input, path, err) < 0)
		return -1;
	for (size_t i = 0; i < trace->n_connections; i++)
		if (!select_wants(&cli->common.select, &trace->connections[i]))
			portions_skip(portions, i);
	return 0;
}
