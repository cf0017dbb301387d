/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-plot - draw what happened in a capture. */
#include <err.h>
#include <getopt.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/num.h"
#include "chart/canvas.h"
#include "chart/write.h"
#include "cli/options.h"
#include "cli/pair.h"
#include "os/cleanup.h"
#include "os/tempfile.h"
#include "plot/plot.h"

enum {
	OPT_FORMAT = 0x100,
	OPT_TITLE,
	OPT_SIZE,
	OPT_DPI,
	OPT_THEME,
	OPT_FROM,
	OPT_TO,
	OPT_TIME,
	OPT_WINDOW,
	OPT_RAW,
	OPT_FIELD,
	OPT_EACH,
	OPT_LIST
};

static const struct opt_spec specs[] = {
	{ 'o', "output", "OUT", "the file to make, - for stdout" },
	{ OPT_FORMAT, "format", "F", "png, svg, pdf, xpl, csv or json" },
	{ OPT_TITLE, "title", "TEXT", "the title" },
	{ OPT_SIZE, "size", "WxH", "in pixels (800x600)" },
	{ OPT_DPI, "dpi", "N", "of a PNG (96)" },
	{ OPT_THEME, "theme", "NAME", "light (default), dark or print" },
	{ OPT_FROM, "from", "SECONDS", "begin the x axis there" },
	{ OPT_TO, "to", "SECONDS", "end it there" },
	{ OPT_TIME, "time", "HOW", "relative (default) or absolute" },
	{ OPT_WINDOW, "window", "MS", "width of the steps of rates" },
	{ OPT_FIELD, "field", "NAME", "what attr and cwnd draw" },
	{ OPT_RAW, "raw", NULL, "absolute sequence numbers" },
	{ OPT_EACH, "each", NULL, "all connections; %d in OUT is the number" },
	{ OPT_LIST, "list", NULL, "list the kinds, and exit" },
	{ 0, NULL, NULL, NULL },
};

static const struct cli_command command = {
	.name = "mptcp-plot",
	.operands = "KIND CAPTURE [CAPTURE]",
	.summary = "Draw what happened in a capture; --list names the KINDs.",
	.groups = CLI_INPUT | CLI_CONNECTION | CLI_STREAM | CLI_TOWARDS,
	.specs = specs,
};

struct options {
	struct cli cli;
	const struct plot_kind *kind;
	const char *out, *title, *field;
	int has_format;
	enum chart_format format;
	int width, height, dpi;
	enum chart_theme theme;
	double from, to; /* NAN: not given */
	int absolute, raw, each;
	int64_t window;
};

static void list_kinds(FILE *to)
{
	for (const struct plot_kind *k = plot_kinds; k->name; k++)
		fprintf(to, "  %-13s %s\n", k->name, k->help);
}

static void set_up(const struct options *opt, const struct trace *t,
		   struct chart *c)
{
	if (opt->title)
		chart_set_text(&c->title, "%s", opt->title);
	if (c->x.unit == CHART_SECONDS && opt->absolute) {
		c->x.unit = CHART_CLOCK;
		c->x.epoch_ns = t->info.first_time;
	}
	c->x.from = opt->from;
	c->x.to = opt->to;
	c->theme = opt->theme;
	c->width = opt->width;
	c->height = opt->height;
	c->dpi = opt->dpi;
}

/* A picture is no secret, unless the user's umask says so. */
static void share(FILE *file)
{
	mode_t mask = umask(077);

	umask(mask);
	(void)!fchmod(fileno(file), 0666 & ~mask);
}

static int write_chart(const struct options *opt, const char *path,
		       const struct chart *c, struct error *err)
{
	struct tempfile file = { .stream = NULL };

	if (strcmp(path, "-") == 0) {
		if (chart_write(c, opt->format, stdout, err) < 0)
			return -1;
		return report_flush(err);
	}
	if (tempfile_create(&file, path, err) < 0)
		return -1;
	share(file.stream);
	if (chart_write(c, opt->format, file.stream, err) < 0) {
		tempfile_drop(&file);
		return -1;
	}
	return tempfile_commit(&file, TEMPFILE_NOSYNC, err);
}

static int draw(const struct options *opt, struct plot *plot, const char *path,
		struct error *err)
{
	struct chart chart;
	int rc = 0;

	chart_init(&chart);
	rc = plot_make(opt->kind, plot, &chart, err);
	if (rc == 0) {
		set_up(opt, plot->trace, &chart);
		rc = write_chart(opt, path, &chart, err);
	}
	chart_release(&chart);
	return rc;
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

/* The direction that was asked for, else the one with more data. */
static void choose_direction(const struct options *opt, struct plot *p)
{
	const struct select *select = &opt->cli.common.select;
	uint64_t bytes[2] = { 0, 0 };

	p->both_ways = !select->one_way;
	p->direction = select->towards;
	for (int d = 0; d < 2; d++)
		bytes[d] =
			p->stream ? p->stream->side[d ^ p->stream->flipped].sent
				  : sent(p->trace, p->conn, d);
	if (!select->one_way)
		p->direction = bytes[TO_CLIENT] > bytes[TO_SERVER] ? TO_CLIENT
								   : TO_SERVER;
}

/* The connection that was asked for, else the largest. */
static struct connection *choose(const struct options *opt, struct trace *t)
{
	const struct select *select = &opt->cli.common.select;
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
	if (best && !select->n && t->n_connections > 1 &&
	    !opt->cli.common.quiet)
		warnx("connection %u, the largest of %zu, is drawn; -c chooses",
		      (unsigned)best->id, t->n_connections);
	return best;
}

static int draw_each(const struct options *opt, struct plot *plot,
		     struct error *err)
{
	const char *number = strstr(opt->out, "%d");
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < plot->trace->n_connections; i++) {
		struct plot one = *plot;
		char *path = mem_printf("%.*s%zu%s", (int)(number - opt->out),
					opt->out, i, number + 2);

		one.conn = &plot->trace->connections[i];
		if (select_wants(&opt->cli.common.select, one.conn)) {
			choose_direction(opt, &one);
			rc = draw(opt, &one, path, err);
		}
		free(path);
	}
	return rc;
}

static int draw_plots(const struct options *opt, struct trace *trace,
		      const struct pairing *pairing, struct error *err)
{
	const struct select *select = &opt->cli.common.select;
	struct plot plot = { .trace = trace,
			     .pairing = pairing,
			     .raw = opt->raw,
			     .field = opt->field,
			     .window = opt->window };

	if (select_check(select, trace, err) < 0)
		return -1;
	if (select->n_streams) {
		plot.stream = trace_find_stream(trace, select->streams[0]);
		if (plot.stream->connection >= 0)
			plot.conn =
				&trace->connections[plot.stream->connection];
	} else if (trace->n_connections == 0) {
		return error_set(err, EXIT_INPUT,
				 "'%s': no Multipath TCP in this capture%s",
				 trace->info.path,
				 opt->kind->needs & PLOT_STREAM
					 ? "; -t draws a TCP stream"
					 : "");
	} else if (opt->each) {
		return draw_each(opt, &plot, err);
	} else {
		plot.conn = choose(opt, trace);
	}
	if ((opt->kind->needs & PLOT_STREAM) && !plot.stream)
		plot.stream = &trace->streams[plot.conn->subflows[0]];
	choose_direction(opt, &plot);
	return draw(opt, &plot, opt->out, err);
}

static enum exit_status plot_json(const struct options *opt, char **paths,
				  size_t n)
{
	struct error err = ERROR_INIT;
	const struct trace none = { .n_streams = 0 };
	struct chart chart;
	enum exit_status status = EXIT_OK;

	chart_init(&chart);
	if (plot_files(paths, n, opt->field, &chart, &err) < 0) {
		status = cli_error(EXIT_OK, &err);
	} else {
		set_up(opt, &none, &chart);
		if (write_chart(opt, opt->out, &chart, &err) < 0)
			status = cli_error(EXIT_OK, &err);
	}
	chart_release(&chart);
	return status;
}

static enum exit_status plot_one(const struct options *opt, const char *path)
{
	struct input input = { .tshark = NULL };
	struct error err = ERROR_INIT;
	struct trace trace;
	enum exit_status status = EXIT_OK;

	cli_input(&opt->cli, &input);
	if (trace_load(&trace, &input, path, &err) < 0) {
		input_release(&input);
		return cli_error(EXIT_OK, &err);
	}
	for (size_t k = 0; k < trace.info.warnings.n; k++)
		cli_warn(path, trace.info.warnings.items[k]);
	if (draw_plots(opt, &trace, NULL, &err) < 0)
		status = cli_error(EXIT_OK, &err);
	trace_release(&trace);
	input_release(&input);
	return status;
}

static enum exit_status plot_two(const struct options *opt,
				 const char *const path[2])
{
	const struct pairing_options how = { .client_end = -1 };
	struct pairing pairing;
	struct error err = ERROR_INIT;
	struct trace trace[2];
	enum exit_status status = pair_load(&opt->cli, path, trace);

	if (status != EXIT_OK)
		return status;
	if (pairing_make(&pairing, &trace[0], &trace[1], &how, &err) < 0) {
		status = cli_error(EXIT_OK, &err);
	} else {
		if (draw_plots(opt, &trace[0], &pairing, &err) < 0)
			status = cli_error(EXIT_OK, &err);
		pairing_release(&pairing);
	}
	trace_release(&trace[0]);
	trace_release(&trace[1]);
	return status;
}

static enum exit_status check(struct options *opt, int n)
{
	const struct cli *cli = &opt->cli;
	int format = -1;

	if (opt->each && (!opt->out || !strstr(opt->out, "%d")))
		return cli_usage(cli, "--each needs %%d in the name behind -o");
	if (!opt->out)
		return cli_usage(cli, "-o OUT is missing");
	format = chart_format_from_suffix(opt->out);
	if (!opt->has_format && format >= 0)
		opt->format = (enum chart_format)format;
	else if (!opt->has_format)
		return cli_usage(cli,
				 "'%s': the format is not known; give --format "
				 "png, svg, pdf, xpl, csv or json",
				 opt->out);
	if (n == 0)
		return cli_usage(cli, "no capture given");
	if (n < 2 && (opt->kind->needs & PLOT_TWO))
		return cli_usage(cli, "'%s' needs the captures of both ends",
				 opt->kind->name);
	if (n > 2 && !(opt->kind->needs & PLOT_FILES))
		return cli_usage(cli, "at most two captures make a plot");
	if (cli->common.select.n_streams > 1)
		return cli_usage(cli, "one TCP stream at a time");
	if (cli->common.select.n_streams && !(opt->kind->needs & PLOT_STREAM))
		return cli_usage(cli,
				 "'%s' is of a connection: -t does not go "
				 "with it",
				 opt->kind->name);
	return EXIT_OK;
}

static enum exit_status run(struct options *opt)
{
	char **operand = opt->cli.argv + optind;
	int n = opt->cli.argc - optind;
	const char *path[2] = { NULL, NULL };
	enum exit_status status = EXIT_OK;

	if (n == 0)
		return cli_usage(&opt->cli, "no KIND given");
	opt->kind = plot_find(operand[0]);
	if (!opt->kind) {
		status = cli_usage(&opt->cli,
				   "'%s' is no kind of plot; there are",
				   operand[0]);
		list_kinds(stderr);
		return status;
	}
	status = check(opt, n - 1);
	if (status != EXIT_OK)
		return status;
	if (opt->kind->needs & PLOT_FILES)
		return plot_json(opt, operand + 1, (size_t)n - 1);
	for (int i = 1; i < n; i++)
		path[i - 1] = operand[i];
	return path[1] ? plot_two(opt, path) : plot_one(opt, path[0]);
}

/* One of several words: its place, or -1. */
static int word(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	return -1;
}

static int take_size(struct options *opt)
{
	const char *x = strchr(optarg, 'x');
	uint32_t w = 0, h = 0;

	if (!x || num_u32(optarg, (size_t)(x - optarg), &w) < 0 ||
	    num_u32(x + 1, strlen(x + 1), &h) < 0 || w < CHART_WIDTH_MIN ||
	    h < CHART_HEIGHT_MIN || w > CHART_SIZE_MAX || h > CHART_SIZE_MAX)
		return -1;
	opt->width = (int)w;
	opt->height = (int)h;
	return 0;
}

/* 0, or -1 when the argument makes no sense. */
static int take(struct options *opt, int c)
{
	static const char *const themes[] = { "light", "dark", "print", NULL };
	static const char *const times[] = { "relative", "absolute", NULL };
	double number = 0;
	int at = 0;

	switch (c) {
	case OPT_SIZE: return take_size(opt);
	case OPT_FROM: return num_real(optarg, -1e12, 1e12, &opt->from);
	case OPT_TO: return num_real(optarg, -1e12, 1e12, &opt->to);
	case OPT_DPI:
		if (num_real(optarg, CHART_DPI_MIN, CHART_DPI_MAX, &number) < 0)
			return -1;
		opt->dpi = (int)number;
		return 0;
	case OPT_WINDOW:
		if (num_real(optarg, 0.001, 1e9, &number) < 0)
			return -1;
		opt->window = (int64_t)(number * 1e6);
		return 0;
	case OPT_FORMAT:
		while (chart_format_name(at) &&
		       strcmp(chart_format_name(at), optarg) != 0)
			at++;
		opt->has_format = 1;
		opt->format = (enum chart_format)at;
		return chart_format_name(at) ? 0 : -1;
	case OPT_THEME:
		at = word(themes, optarg);
		opt->theme = at < 0 ? CHART_LIGHT : (enum chart_theme)at;
		break;
	default:
		at = word(times, optarg);
		opt->absolute = at == 1;
		break;
	}
	return at < 0 ? -1 : 0;
}

/* Returns CLI_END when there is work to do. */
static int parse(struct options *opt, int argc, char **argv)
{
	int c = 0;

	cli_init(&opt->cli, &command, argc, argv);
	while ((c = cli_next(&opt->cli)) != CLI_END) {
		switch (c) {
		case CLI_EXIT: return c;
		case 'o': opt->out = optarg; break;
		case OPT_TITLE: opt->title = optarg; break;
		case OPT_FIELD: opt->field = optarg; break;
		case OPT_RAW: opt->raw = 1; break;
		case OPT_EACH: opt->each = 1; break;
		case OPT_LIST:
			list_kinds(stdout);
			opt->cli.status = EXIT_OK;
			return CLI_EXIT;
		default:
			if (take(opt, c) == 0)
				break;
			opt->cli.status = cli_usage(
				&opt->cli, "'%s' makes no sense there", optarg);
			return CLI_EXIT;
		}
	}
	return CLI_END;
}

int main(int argc, char **argv)
{
	struct options opt = {
		.width = 800, .height = 600, .dpi = 96, .from = NAN, .to = NAN
	};
	enum exit_status status = EXIT_OK;

	cleanup_install();
	setlocale(LC_CTYPE, "");
	status =
		parse(&opt, argc, argv) == CLI_END ? run(&opt) : opt.cli.status;
	cli_release(&opt.cli);
	canvas_forget_fonts();
	return (int)status;
}
