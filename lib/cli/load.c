/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/load.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/progress.h"

/*
 * The streams that are selected, and all others of the same connections:
 * results for a subflow may depend on all of them.
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

static int need_selected(const struct cli *cli, struct session *s,
			 struct error *err)
{
	struct numbers numbers = { .items = NULL };
	int rc = 0;

	collect(&cli->common.select, &s->trace, &numbers);
	rc = session_need_streams(s, &numbers, err);
	numbers_release(&numbers);
	return rc;
}

static void leave_out(const struct cli *cli, struct session *s)
{
	for (size_t i = 0; i < s->trace.n_connections; i++)
		if (!select_wants(&cli->common.select,
				  &s->trace.connections[i]))
			session_skip(s, i);
}

static enum session_use use_of(enum load_what what)
{
	switch (what) {
	case LOAD_OUTLINE: return SESSION_OUTLINE;
	case LOAD_SELECTED:
	case LOAD_IN_TURN: return SESSION_SOME;
	case LOAD_ALL: break;
	}
	return SESSION_WHOLE;
}

static int open_one(const struct cli *cli,
		    const struct session_operand *operand, enum load_what what,
		    struct loaded *l, struct error *err)
{
	struct session *s = &l->session[0];
	int rc = 0;

	if (session_open_exact(s, &l->input, operand, use_of(what), l->exact,
			       err) < 0)
		return -1;
	if (what == LOAD_ALL)
		rc = session_need_all(s, err);
	else if (what == LOAD_SELECTED)
		rc = need_selected(cli, s, err);
	if (rc < 0)
		session_close(s);
	return rc;
}

static bool is_same(const char *one, const char *other)
{
	struct stat a, b;

	if (strcmp(one, other) == 0)
		return true;
	return stat(one, &a) == 0 && stat(other, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* The operand that is this file; NULL: none. */
static const char *find_path(const struct session_operand *what,
			     const char *path)
{
	for (size_t i = 0; i < what->n; i++)
		if (is_same(what->paths[i], path))
			return what->paths[i];
	return NULL;
}

static int open_two(const struct session_operand what[2], struct loaded *l,
		    struct error *err)
{
	for (size_t i = 0; i < what[1].n; i++) {
		const char *path = find_path(&what[0], what[1].paths[i]);

		if (path)
			return error_set(err, EXIT_INPUT,
					 "'%s' and '%s' are the same capture: "
					 "give those of both ends",
					 path, what[1].paths[i]);
	}
	return session_open_two(l->session, &l->input, what, err);
}

size_t load_operands(const struct cli *cli, int first,
		     struct session_operand what[2])
{
	const char *const *paths = (const char *const *)cli->argv + first;
	const size_t n = cli->argc > first ? (size_t)(cli->argc - first) : 0;
	size_t behind = cli->behind > 0 ? (size_t)cli->behind : 0;

	if (!cli->common.merge) {
		for (size_t i = 0; i < 2 && i < n; i++)
			what[i] = (struct session_operand){ .paths = paths + i,
							    .n = 1 };
		return n;
	}
	if (behind >= n)
		behind = 0;
	what[0] = (struct session_operand){ .paths = paths,
					    .n = n - behind,
					    .merge = true };
	what[1] = (struct session_operand){ .paths = paths + n - behind,
					    .n = behind,
					    .merge = true };
	return (what[0].n > 0) + (what[1].n > 0);
}

struct session_operand load_with(const struct cli *cli)
{
	const struct cli_common *common = &cli->common;

	return (struct session_operand){ .paths = common->with,
					 .n = common->n_with,
					 .merge = common->merge ||
						  common->n_with > 1 };
}

static void warn_of(const struct trace *t)
{
	const char *text = NULL;

	for (size_t k = 0; (text = capture_info_warning(&t->info, k)); k++)
		cli_warn(t->info.path, text);
}

enum exit_status load_captures(const struct cli *cli,
			       const struct session_operand *operands, size_t n,
			       enum load_what what, struct loaded *l)
{
	const struct select *select = &cli->common.select;
	struct error err = ERROR_INIT;
	struct progress progress;
	int rc = 0;

	l->n = n;
	l->input = (struct input){ .whole_packets = l->whole_packets };
	cli_input(cli, &l->input);
	progress_init(&progress, cli->common.quiet);
	progress_attach(&progress, &l->input);
	if (what == LOAD_SELECTED && !select->n && !select->n_streams)
		what = LOAD_ALL;
	rc = n == 2 ? open_two(operands, l, &err)
		    : open_one(cli, &operands[0], what, l, &err);
	progress_erase(&progress);
	l->input.progress = NULL; /* it is local to this function */
	if (rc < 0) {
		input_release(&l->input);
		return cli_error(EXIT_OK, &err);
	}
	if (what == LOAD_IN_TURN)
		leave_out(cli, &l->session[0]);
	for (size_t i = 0; i < n; i++)
		warn_of(&l->session[i].trace);
	return EXIT_OK;
}

void loaded_release(struct loaded *l)
{
	for (size_t i = 0; i < l->n; i++)
		session_close(&l->session[i]);
	input_release(&l->input);
	l->n = 0;
}

size_t load_two_operands(const struct cli *cli, int first,
			 struct session_operand what[2])
{
	size_t n = load_operands(cli, first, what);

	if (n != 1 || what[0].n != 2)
		return n;
	what[1] = what[0];
	what[1].paths++;
	what[0].n = what[1].n = 1;
	return 2;
}

enum exit_status load_two_main(const struct cli *cli,
			       struct report_options *options, load_two_fn *fn,
			       void *ctx)
{
	struct report *report = NULL;
	struct error err = ERROR_INIT;
	struct session_operand what[2];
	const struct trace *trace[2];
	struct loaded l = { .n = 0 };
	enum exit_status status = EXIT_OK;

	cli_report(cli, options);
	if (cli->common.list_columns)
		return cli_columns(options);
	if (load_two_operands(cli, optind, what) != 2)
		return cli_usage(
			cli,
			cli->common.merge
				? "-m needs the files of one end, then --, "
				  "then the files of the other end"
				: "two captures are needed, one of each end");
	for (int i = 0; i < 2; i++)
		trace[i] = &l.session[i].trace;
	status = load_captures(cli, what, 2, LOAD_ALL, &l);
	if (status != EXIT_OK)
		return status;
	if (select_check(&cli->common.select, trace[0], &err) == 0)
		report = report_open(options, &err);
	if (report) {
		report_capture(report, &trace[0]->info);
		report_capture(report, &trace[1]->info);
		status = fn(ctx, report, trace);
	} else {
		status = cli_error(EXIT_OK, &err);
	}
	loaded_release(&l);
	return status;
}

void load_warn_absence(const struct trace *t)
{
	char *absence = trace_absence(t);

	cli_warn(t->info.path, absence);
	free(absence);
}
