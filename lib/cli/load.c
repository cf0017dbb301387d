/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/load.h"

#include "model/numbers.h"
#include "model/survey.h"

/*
 * The streams that the selectors mean, and those that are of the same
 * connections: what is known of a subflow may rest on all of them.
 */
static void collect(const struct select *select, const struct trace *t,
		    struct numbers *numbers)
{
	for (size_t i = 0; select->n && i < t->n_connections; i++)
		if (select_wants(select, &t->connections[i]))
			numbers_add_connection(numbers, t, &t->connections[i]);
	for (size_t i = 0; i < select->n_streams; i++) {
		const struct stream *s =
			trace_find_stream(t, select->streams[i]);

		if (s && s->connection >= 0)
			numbers_add_connection(numbers, t,
					       &t->connections[s->connection]);
		else if (s)
			numbers_add(numbers, s);
	}
	numbers_sort(numbers);
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
	numbers_release(&numbers);
	return rc;
}

static int is_selective(const struct cli *cli)
{
	return cli->common.select.n || cli->common.select.n_streams;
}

/* The same for a capture that is read for the first time. */
static int load_new(const struct cli *cli, struct input *input,
		    const char *path, enum load what, struct trace *trace,
		    struct error *err)
{
	struct numbers numbers = { .items = NULL };
	struct cache_rows rows;
	int rc = survey_load(trace, input, path, &rows, err);

	if (rc <= 0)
		return rc;
	if (what == LOAD_SELECTED)
		collect(&cli->common.select, trace, &numbers);
	if (numbers.n)
		rc = trace_take_rows(trace, &rows, numbers.items, numbers.n,
				     err);
	numbers_release(&numbers);
	cache_rows_close(&rows);
	if (rc == 1)
		return 0;
	trace_release(trace);
	return rc < 0 ? -1 : trace_load(trace, input, path, err);
}

int load_trace(const struct cli *cli, struct input *input, const char *path,
	       enum load what, struct trace *trace, struct error *err)
{
	int rc = 0;

	if (what != LOAD_LISTING &&
	    (what != LOAD_SELECTED || !is_selective(cli)))
		return trace_load(trace, input, path, err);
	rc = load_some(cli, input, path, what, trace, NULL, err);
	if (rc == 0)
		return load_new(cli, input, path, what, trace, err);
	return rc < 0 ? -1 : 0;
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

static void leave_out(const struct cli *cli, struct portions *portions)
{
	const struct trace *t = portions->trace;

	for (size_t i = 0; i < t->n_connections; i++)
		if (!select_wants(&cli->common.select, &t->connections[i]))
			portions_skip(portions, i);
}

int load_portions(const struct cli *cli, struct input *input, const char *path,
		  struct portions *portions, struct trace *trace,
		  struct error *err)
{
	if (portions_open(portions, trace, input, path, err) < 0)
		return -1;
	leave_out(cli, portions);
	return 0;
}

void load_whole(const struct cli *cli, struct portions *portions,
		struct trace *trace)
{
	portions_whole(portions, trace);
	leave_out(cli, portions);
}
