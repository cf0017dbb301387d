/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/choose.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

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

enum exit_status choose_kind(const struct cli *cli, const char *name,
			     const struct plot_kind **kind)
{
	*kind = name ? plot_find(name) : NULL;
	if (*kind)
		return EXIT_OK;
	if (name)
		cli_usage(cli, "'%s' is no kind of plot; there are", name);
	else
		cli_usage(cli, "no KIND given; there are");
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
	if (n < 2 && (kind->needs & PLOT_TWO))
		return cli_usage(cli, "'%s' needs the captures of both ends",
				 kind->name);
	if (n < 2 && plot->at != PLOT_AT_BOTH)
		return cli_usage(cli, "--at needs the captures of both ends");
	if (n > 2)
		return cli_usage(cli, "at most two captures make a plot");
	if (n == 2 && !(kind->needs & PLOT_GAINS))
		return cli_usage(cli,
				 "'%s' gains nothing from a second capture: "
				 "give one",
				 kind->name);
	return EXIT_OK;
}

/* Options that mean something to some kinds only. */
static enum exit_status check_options(const struct cli *cli,
				      const struct plot_kind *kind,
				      const struct plot *plot, bool each)
{
	const struct select *select = &cli->common.select;
	const struct {
		bool given;
		enum plot_need need;
		const char *name;
	} options[] = {
		{ plot->at != PLOT_AT_BOTH, PLOT_AT, "--at" },
		{ plot->stacked, PLOT_STACKS, "--stacked" },
		{ plot->window != 0, PLOT_WINDOW, "--window" },
		{ plot->raw, PLOT_RAW, "--raw" },
		{ plot->field != NULL, PLOT_FIELD, "--field" },
		{ plot->logs != NULL, PLOT_MARKS, "--monitor" },
		{ plot->sockets != NULL, PLOT_SOCKETS, "--ss" },
		{ plot->log == PLOT_LOG_OF_X, PLOT_X_LOG, "--log x" },
		{ plot->log == PLOT_LOG_OF_Y, PLOT_Y_LOG, "--log y" },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (options[i].given && !(kind->needs & options[i].need))
			return cli_usage(cli, "%s means nothing to '%s'",
					 options[i].name, kind->name);
	if (plot->stacked && plot->log == PLOT_LOG_OF_Y)
		return cli_usage(cli, "areas on top of each other are not for "
				      "a logarithmic axis: leave out "
				      "--stacked or --log y");
	if ((kind->needs & PLOT_FILES) && each)
		return cli_usage(cli, "--each needs a capture");
	if (select->n_streams > 1)
		return cli_usage(cli, "one TCP stream at a time");
	if (select->n_streams && each)
		return cli_usage(cli, "--each and -t exclude each other");
	if (select->n_streams && !(kind->needs & PLOT_STREAM))
		return cli_usage(cli,
				 "'%s' is of a connection: -t does not go "
				 "with it",
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
		warnx("connection %u, the largest of %zu, is drawn; -c chooses",
		      (unsigned)best->id, t->n_connections);
	return best;
}

/* What has nothing to be drawn is said and left out, unless that is all. */
static int draw_each(const struct cli *cli, const struct plot_kind *kind,
		     struct plot *plot, const struct plot_look *look,
		     const char *path, struct error *err)
{
	const char *number = strstr(path, "%d");
	struct trace *t = plot->trace;
	size_t made = 0;

	for (size_t i = 0; i < t->n_connections; i++) {
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
			return -1;
		else if (!cli->common.quiet)
			warnx("%s", err->text);
	}
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

int choose_and_draw(const struct cli *cli, const struct plot_kind *kind,
		    struct plot *plot, const struct plot_look *look,
		    const struct plot_file *file, struct error *err)
{
	const struct select *select = &cli->common.select;
	struct trace *t = plot->trace;

	if (select_check(select, t, err) < 0)
		return -1;
	if (!select->n_streams && t->n_connections == 0) {
		char *absence = trace_absence(t);

		error_set(err, EXIT_INPUT, "'%s': %s%s", t->info.path, absence,
			  kind->needs & PLOT_STREAM ? "; -t draws a TCP stream"
						    : "");
		free(absence);
		return -1;
	}
	if (file->each)
		return draw_each(cli, kind, plot, look, file->path, err);
	choose(cli, kind, plot);
	return plot_draw(kind, plot, look, file->path, err);
}
