/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/choose.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/mistaken.h"

static void list_kinds(FILE *to)
{
	for (const struct plot_kind *k = plot_kinds; k->name; k++)
		fprintf(to, "  %-13s %s\n", k->name, k->help);
}

enum exit_status choose_list(void)
{
	list_kinds(stdout);
	return cli_flush(EXIT_OK);
}

static void unknown_kind(const struct cli *cli, const char *name)
{
	char *near = mistaken_word(cli->command, 0, name, strlen(name));

	cli_usage(cli, "no kind of plot '%s'%s; they are listed below", name,
		  near);
	free(near);
}

enum exit_status choose_kind(const struct cli *cli, const char *name,
			     const struct plot_kind **kind)
{
	*kind = name ? plot_find(name) : NULL;
	if (*kind)
		return EXIT_OK;
	if (!name)
		cli_usage(cli, "no KIND of plot given before the capture; they "
			       "are listed below");
	else if (access(name, F_OK) == 0)
		cli_usage(cli,
			  "no KIND of plot given before the capture '%s'; they "
			  "are listed below",
			  name);
	else
		unknown_kind(cli, name);
	list_kinds(stderr);
	return EXIT_USAGE;
}

static enum exit_status check_captures(const struct cli *cli,
				       const struct plot_kind *kind,
				       const struct plot *plot, int n)
{
	if (n == 0)
		return cli_usage(cli, "no capture given");
	if (kind->needs & PLOT_FILES)
		return EXIT_OK;
	if (plot->runs && (kind->needs & PLOT_TWO) && n % 2)
		return cli_usage(cli,
				 "'%s' with --overlay needs the captures of "
				 "both ends of each run, one after the other",
				 kind->name);
	if (plot->runs)
		return EXIT_OK;
	if (n < 2 && (kind->needs & PLOT_TWO))
		return cli_usage(cli, "'%s' needs the captures of both ends",
				 kind->name);
	if (n < 2 && plot->at != PLOT_AT_BOTH)
		return cli_usage(cli, "--at needs the captures of both ends");
	if (n > 2)
		return cli_usage(cli, "more than two captures given: a plot "
				      "uses at most two, or --overlay");
	if (n == 2 && !(kind->needs & PLOT_GAINS))
		return cli_usage(cli, "'%s' uses one capture only", kind->name);
	return EXIT_OK;
}

/* Options that only some kinds support. */
static enum exit_status check_options(const struct cli *cli,
				      const struct plot_kind *kind,
				      const struct plot *plot, bool each)
{
	const struct select *select = &cli->common.select;
	const struct {
		bool given;
		unsigned need; /* supported if the kind has any of these */
		const char *name;
	} options[] = {
		{ plot->at != PLOT_AT_BOTH, PLOT_AT, "--at" },
		{ plot->stacked, PLOT_STACKS, "--stacked" },
		{ plot->window != 0, PLOT_WINDOW, "--window" },
		{ plot->raw, PLOT_RAW, "--raw" },
		{ plot->field != NULL, PLOT_FIELD, "--field" },
		{ plot->labels != NULL, PLOT_CONNECTION | PLOT_STREAM,
		  "--label" },
		{ plot->logs != NULL, PLOT_MARKS, "--monitor" },
		{ plot->runs, PLOT_RUNS, "--overlay" },
		{ plot->sockets != NULL, PLOT_SOCKETS, "--ss" },
		{ plot->log == PLOT_LOG_OF_X,
		  PLOT_X_LOG | (plot->runs ? PLOT_RUNS : 0), "--log x" },
		{ plot->log == PLOT_LOG_OF_Y, PLOT_Y_LOG, "--log y" },
	};

	if (plot->runs && (kind->needs & PLOT_RUNS) &&
	    plot->log == PLOT_LOG_OF_Y)
		return cli_usage(cli, "--log y cannot be used with --overlay, "
				      "which draws distributions; use --log x");
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (options[i].given && !(kind->needs & options[i].need))
			return cli_usage(cli, "%s cannot be used with '%s'",
					 options[i].name, kind->name);
	if (plot->stacked && plot->log == PLOT_LOG_OF_Y)
		return cli_usage(cli, "--stacked cannot be used with --log y");
	if (plot->runs && (each || plot->at != PLOT_AT_BOTH || plot->labels))
		return cli_usage(cli,
				 "--each, --at and --label cannot be used with "
				 "--overlay, which draws one line per run");
	if ((kind->needs & PLOT_FILES) && each)
		return cli_usage(cli, "--each needs a capture");
	if (select->n_streams > 1)
		return cli_usage(
			cli,
			"more than one TCP stream given: a plot shows one");
	if (select->n_streams && each)
		return cli_usage(cli, "--each cannot be used with -t");
	if (select->n_streams && !(kind->needs & PLOT_STREAM))
		return cli_usage(
			cli,
			"-t cannot be used with '%s', which shows a connection",
			kind->name);
	return EXIT_OK;
}

enum exit_status choose_check(const struct cli *cli,
			      const struct plot_kind *kind,
			      const struct plot *plot, bool each, int n)
{
	enum exit_status status = check_captures(cli, kind, plot, n);

	return status == EXIT_OK ? check_options(cli, kind, plot, each)
				 : status;
}

static uint64_t sent(const struct trace *t, const struct connection *c, int d)
{
	uint64_t bytes = 0;

	for (size_t k = 0; k < c->n_subflows; k++) {
		const struct stream *s = &t->streams[c->subflows[k]];

		bytes += s->side[d ^ s->flipped].sent;
	}
	return bytes;
}

static void choose_direction(const struct select *select, struct plot *p)
{
	uint64_t bytes[2] = { 0, 0 };

	p->both_ways = !select->one_way;
	p->direction = select->towards;
	if (select->one_way)
		return;
	for (int d = 0; d < 2; d++)
		bytes[d] =
			p->stream ? p->stream->side[d ^ p->stream->flipped].sent
				  : sent(p->trace, p->conn, d);
	p->direction =
		bytes[TO_CLIENT] > bytes[TO_SERVER] ? TO_CLIENT : TO_SERVER;
}

static struct connection *largest(const struct cli *cli, struct trace *t)
{
	const struct select *select = &cli->common.select;
	struct connection *best = NULL;
	uint64_t most = 0;

	for (size_t i = 0; i < t->n_connections; i++) {
		struct connection *c = &t->connections[i];
		uint64_t bytes = sent(t, c, 0) + sent(t, c, 1);

		if (!select_wants(select, c) || (best && bytes <= most))
			continue;
		best = c;
		most = bytes;
	}
	if (best && !select->n && t->n_connections > 1 && !cli->common.quiet)
		warnx("drawing connection %u, the largest of %zu; use -c to "
		      "choose another",
		      (unsigned)best->id, t->n_connections);
	return best;
}

/* Why connections were skipped, and how many of them. */
struct skipped {
	struct skipped_reason {
		char *text; /* owned */
		size_t n;
		unsigned first; /* number of a connection */
	} * reasons;
	size_t n, cap;
};

static void skip(struct skipped *s, const struct connection *conn,
		 const char *text)
{
	size_t i = 0;

	while (i < s->n && strcmp(s->reasons[i].text, text) != 0)
		i++;
	if (i == s->n)
		*MEM_PUSH(s->reasons, s->n, s->cap) =
			(struct skipped_reason){ .text = mem_strdup(text),
						 .first = (unsigned)conn->id };
	s->reasons[i].n++;
}

static void tell_skipped(struct skipped *s, bool quiet)
{
	for (size_t i = 0; i < s->n; i++) {
		struct skipped_reason *r = &s->reasons[i];

		if (!quiet && r->n > 1)
			warnx("%s (%zu connections, the first is %u)", r->text,
			      r->n, r->first);
		else if (!quiet)
			warnx("%s (connection %u)", r->text, r->first);
		free(r->text);
	}
	free(s->reasons);
}

/*
 * Connections with nothing to draw are reported and skipped, unless no others
 * are left.
 */
static int draw_each(const struct cli *cli, const struct plot_kind *kind,
		     struct plot *plot, const struct plot_look *look,
		     const char *path, struct error *err)
{
	const char *number = strstr(path, "%d");
	struct trace *t = plot->trace;
	struct skipped skipped = { .n = 0 };
	size_t made = 0;
	bool failed = false;

	for (size_t i = 0; i < t->n_connections && !failed; i++) {
		char *one = NULL;
		int rc = 0;

		plot->conn = &t->connections[i];
		if (!select_wants(&cli->common.select, plot->conn))
			continue;
		one = mem_printf("%.*s%zu%s", (int)(number - path), path, i,
				 number + 2);
		choose_direction(&cli->common.select, plot);
		rc = plot_draw(kind, plot, look, one, err);
		free(one);
		if (rc == 0)
			made++;
		else if (err->kind != EXIT_INPUT)
			failed = true;
		else
			skip(&skipped, plot->conn, err->text);
	}
	tell_skipped(&skipped, cli->common.quiet);
	if (failed)
		return -1;
	if (made)
		return 0;
	return error_set(err, EXIT_INPUT,
			 "'%s': nothing to draw in any connection",
			 t->info.path);
}

static void choose(const struct cli *cli, const struct plot_kind *kind,
		   struct plot *plot)
{
	const struct select *select = &cli->common.select;
	struct trace *t = plot->trace;

	if (select->n_streams) {
		plot->stream = trace_find_stream(t, select->streams[0]);
		if (plot->stream->connection >= 0)
			plot->conn = &t->connections[plot->stream->connection];
	} else {
		plot->conn = largest(cli, t);
		if (kind->needs & PLOT_STREAM)
			plot->stream = &t->streams[plot->conn->subflows[0]];
	}
	choose_direction(select, plot);
}

/* Whether the requested connection or stream exists, and anything to draw. */
static int check_trace(const struct cli *cli, const struct plot_kind *kind,
		       const struct trace *t, struct error *err)
{
	const struct select *select = &cli->common.select;
	char *absence = NULL;

	if (select_check(select, t, err) < 0)
		return -1;
	if (select->n_streams || t->n_connections > 0)
		return 0;
	absence = trace_absence(t);
	error_set(err, EXIT_INPUT, "'%s': %s%s", t->info.path, absence,
		  kind->needs & PLOT_STREAM ? "; use -t to draw a TCP stream"
					    : "");
	free(absence);
	return -1;
}

int choose_one(const struct cli *cli, const struct plot_kind *kind,
	       struct plot *plot, struct error *err)
{
	if (check_trace(cli, kind, plot->trace, err) < 0)
		return -1;
	choose(cli, kind, plot);
	return 0;
}

int choose_and_draw(const struct cli *cli, const struct plot_kind *kind,
		    struct plot *plot, const struct plot_look *look,
		    const struct plot_file *file, struct error *err)
{
	if (check_trace(cli, kind, plot->trace, err) < 0)
		return -1;
	if (file->each)
		return draw_each(cli, kind, plot, look, file->path, err);
	choose(cli, kind, plot);
	return plot_draw(kind, plot, look, file->path, err);
}
