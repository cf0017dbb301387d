/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-plot - draw what happened in a capture. */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "chart/canvas.h"
#include "cli/arguments.h"
#include "cli/choose.h"
#include "cli/kernel_logs.h"
#include "cli/kernel_ss.h"
#include "cli/load.h"
#include "cli/runs.h"
#include "plot/log_axis.h"

enum {
	OPT_FORMAT = 0x100,
	OPT_TITLE,
	OPT_NO_HEADING,
	OPT_LABEL,
	OPT_SIZE,
	OPT_DPI,
	OPT_FONT,
	OPT_FONT_SIZE,
	OPT_THEME,
	OPT_COLORS,
	OPT_FROM,
	OPT_TO,
	OPT_YMAX,
	OPT_TIME,
	OPT_WINDOW,
	OPT_AT,
	OPT_STACKED,
	OPT_LOG,
	OPT_DISPLAY,
	OPT_RAW,
	OPT_FIELD,
	OPT_SS,
	OPT_EACH,
	OPT_OVERLAY,
	OPT_MONITOR,
	OPT_LIST
};

static const struct opt_spec specs[] = {
	{ OPT_FORMAT, "format", "FORMAT",
	  "write png, svg, pdf, text, xpl, csv or json" },
	{ OPT_DISPLAY, "display", NULL,
	  "show the plot with the desktop's viewer" },
	{ OPT_TITLE, "title", "TEXT", "set the title" },
	{ OPT_NO_HEADING, "no-heading", NULL,
	  "draw no title and no line below it" },
	{ OPT_LABEL, "label", "STREAM=TEXT",
	  "name the subflow of TCP stream STREAM" },
	{ OPT_SIZE, "size", "WxH",
	  "set the size: 800x600 pixels, 84x60mm, cm, in, pt" },
	{ OPT_DPI, "dpi", "N", "set the dots per inch of a PNG (96)" },
	{ OPT_FONT, "font", "FAMILY", "set the font of all text (sans-serif)" },
	{ OPT_FONT_SIZE, "font-size", "POINTS",
	  "set the size of labels; other text follows" },
	{ OPT_THEME, "theme", "NAME",
	  "use these colours: light (default), dark, print" },
	{ OPT_COLORS, "colors", "LIST",
	  "set the colours of subflows: 0072b2,d55e00" },
	{ OPT_FROM, "from", "SECONDS", "begin the x axis at SECONDS" },
	{ OPT_TO, "to", "SECONDS", "end the x axis at SECONDS" },
	{ OPT_YMAX, "ymax", "VALUE", "end the y axis at VALUE: 20M" },
	{ OPT_TIME, "time", "HOW",
	  "show relative (default) or absolute times" },
	{ OPT_WINDOW, "window", "MS", "average rates over MS milliseconds" },
	{ OPT_AT, "at", "END",
	  "draw the capture of this end: sender, receiver, both" },
	{ OPT_STACKED, "stacked", NULL, "rate: stack the areas of subflows" },
	{ OPT_LOG, "log", "AXIS", "make this axis logarithmic: x, y, none" },
	{ OPT_FIELD, "field", "NAME", "attr, cwnd: draw this field" },
	{ OPT_SS, "ss", "FILE",
	  "flight, cwnd, attr: add the output of ss in FILE" },
	{ OPT_RAW, "raw", NULL, "draw absolute sequence numbers" },
	{ OPT_EACH, "each", NULL,
	  "draw each connection; %d in FILE is its number" },
	{ OPT_OVERLAY, "overlay", NULL,
	  "draw all captures in one plot, each as a run" },
	{ OPT_MONITOR, "monitor", "FILE",
	  "mark events from \"ip mptcp monitor\" output in FILE" },
	{ OPT_LIST, "list", NULL, "list the kinds of plots, and exit" },
	{ 0, NULL, NULL, NULL },
};

static const char *const themes[] = { "light", "dark", "print", NULL };
static const char *const times[] = { "relative", "absolute", NULL };
static const char *const logs[] = { "none", "x", "y", NULL };
static const char *const ends[] = { "both", "sender", "receiver", NULL };

static const char *word_of(int letter, int i)
{
	switch (letter) {
	case 0: return plot_kinds[i].name;
	case OPT_FORMAT: return chart_format_name(i);
	case OPT_THEME: return themes[i];
	case OPT_TIME: return times[i];
	case OPT_AT: return ends[i];
	case OPT_LOG: return logs[i];
	case OPT_FIELD: return plot_field_name(i);
	default: return NULL;
	}
}

enum {
	COLOURS_MAX = 64,
	POINTS_MIN = 4, /* of a font */
	POINTS_MAX = 72
};

struct options {
	struct cli cli;
	const struct plot_kind *kind;
	struct plot plot; /* what was said of it */
	struct plot_look look;
	struct plot_file where;
	struct chart_rgb colours[COLOURS_MAX];
	struct plot_labels labels;
	struct kernel_logs logs;
	bool all; /* connections are drawn */
	struct kernel_sockets sockets;
};

static enum exit_status plot_json(struct options *opt, char **paths, size_t n)
{
	struct error err = ERROR_INIT;
	struct chart chart;
	enum exit_status status = EXIT_OK;

	chart_init(&chart);
	if (plot_files(paths, n, opt->plot.field, &chart, &err) < 0) {
		status = cli_error(EXIT_OK, &err);
	} else {
		log_axis_set(opt->kind, opt->plot.log, &chart);
		if (plot_save(&chart, &opt->look, opt->where.path, &err) < 0)
			status = cli_error(EXIT_OK, &err);
	}
	chart_release(&chart);
	return status;
}

/* A number that no stream has is a slip. */
static enum exit_status check_labels(const struct options *opt)
{
	const struct trace *t = opt->plot.trace;

	for (size_t i = 0; i < opt->labels.n; i++) {
		const struct plot_label *l = &opt->labels.items[i];

		if (!trace_find_stream(t, l->tcp_stream))
			return cli_usage(
				&opt->cli,
				"--label %u=%s: '%s' has no TCP stream %u; "
				"mptcp-ls -t lists TCP streams",
				(unsigned)l->tcp_stream, l->text, t->info.path,
				(unsigned)l->tcp_stream);
	}
	return EXIT_OK;
}

static enum exit_status draw(struct options *opt)
{
	struct error err = ERROR_INIT;

	if (check_labels(opt) != EXIT_OK)
		return EXIT_USAGE;
	opt->all = opt->plot.trace->n_connections == 1 ||
		   (opt->where.each && !opt->cli.common.select.n);
	if (choose_and_draw(&opt->cli, opt->kind, &opt->plot, &opt->look,
			    &opt->where, &err) < 0)
		return cli_error(EXIT_OK, &err);
	return EXIT_OK;
}

static enum exit_status plot_one(struct options *opt,
				 const struct session_operand *what)
{
	struct loaded l = { .n = 0 };
	enum exit_status status =
		load_captures(&opt->cli, what, 1, LOAD_SELECTED, &l);

	if (status != EXIT_OK)
		return status;
	opt->plot.trace = &l.session[0].trace;
	status = draw(opt);
	loaded_release(&l);
	return status;
}

static enum exit_status plot_two(struct options *opt,
				 const struct session_operand what[2])
{
	const struct pairing_options how = {
		.client_end = opt->cli.common.client - 1
	};
	struct pairing pairing;
	struct error err = ERROR_INIT;
	struct loaded l = { .n = 0 };
	enum exit_status status =
		load_captures(&opt->cli, what, 2, LOAD_ALL, &l);

	if (status != EXIT_OK)
		return status;
	opt->plot.trace = &l.session[0].trace;
	opt->plot.second = &l.session[1].trace;
	if (pairing_make(&pairing, opt->plot.trace, opt->plot.second, &how,
			 &err) < 0) {
		status = cli_error(status, &err);
	} else {
		opt->plot.pairing = &pairing;
		status = draw(opt);
		pairing_release(&pairing);
	}
	loaded_release(&l);
	return status;
}

/* Is it about nothing else than what ss printed? */
static bool is_of_sockets(const struct options *opt)
{
	return opt->kind->needs & PLOT_FILES ||
	       ((opt->kind->needs & PLOT_SOCKETS) && opt->plot.field &&
		strncmp(opt->plot.field, "ss.", 3) == 0);
}

/* The logs that lie beside captures that are recordings; false: what is wrong
   has been said. */
static bool take_recorded(struct options *opt)
{
	if ((opt->kind->needs & PLOT_MARKS) &&
	    !kernel_logs_take_recorded(&opt->logs, &opt->cli))
		return false;
	if (is_of_sockets(opt) &&
	    !kernel_ss_take_recorded(&opt->sockets, &opt->cli))
		return false;
	opt->plot.logs = opt->logs.n ? &opt->logs : NULL;
	opt->plot.sockets = opt->sockets.n_logs ? &opt->sockets : NULL;
	return true;
}

static enum exit_status plot(struct options *opt)
{
	char **operand = opt->cli.argv + optind;
	int n = opt->cli.argc - optind;
	struct session_operand what[2];
	size_t captures = 0;
	enum exit_status status = EXIT_OK;

	opt->where.path = opt->cli.common.out;
	status = choose_kind(&opt->cli, n ? operand[0] : NULL, &opt->kind);
	if (status == EXIT_OK && !take_recorded(opt))
		return opt->cli.status;
	if (status == EXIT_OK && opt->plot.sockets)
		opt->kind = plot_with_sockets(opt->kind);
	if (status == EXIT_OK)
		captures =
			opt->kind->needs & PLOT_TWO
				? load_two_operands(&opt->cli, optind + 1, what)
				: load_operands(&opt->cli, optind + 1, what);
	if (status == EXIT_OK)
		status = choose_check(&opt->cli, opt->kind, &opt->plot,
				      opt->where.each, (int)captures);
	if (status == EXIT_OK)
		status = plot_file_check(&opt->cli, &opt->where, &opt->look);
	if (status != EXIT_OK)
		return status;
	if (opt->plot.runs)
		status = runs_draw(&opt->cli, optind + 1, opt->kind, &opt->plot,
				   &opt->look, opt->where.path);
	else if (opt->kind->needs & PLOT_FILES)
		status = plot_json(opt, operand + 1, (size_t)n - 1);
	else
		status = captures == 2 ? plot_two(opt, what)
				       : plot_one(opt, what);
	kernel_logs_say(&opt->logs, opt->all);
	return plot_file_done(&opt->cli, &opt->where, status);
}

static enum exit_status run(void *ctx)
{
	struct options *opt = ctx;
	const enum exit_status status = plot(opt);

	kernel_ss_say(&opt->sockets);
	return status;
}

static int take_colours(struct options *opt)
{
	const int n = argument_colours(optarg, opt->colours, COLOURS_MAX);

	if (n < 0)
		return -1;
	opt->look.palette = opt->colours;
	opt->look.n_palette = (size_t)n;
	return 0;
}

static int take_label(struct options *opt)
{
	struct plot_label label;

	if (argument_label(optarg, &label.tcp_stream, &label.text) < 0)
		return -1;
	*MEM_PUSH(opt->labels.items, opt->labels.n, opt->labels.cap) = label;
	opt->plot.labels = &opt->labels;
	return 0;
}

/* False: what is wrong has been said. */
static bool stop(struct options *opt, int c)
{
	struct cli *cli = &opt->cli;

	switch (c) {
	case OPT_SIZE:
		return cli_stop_argument(
			cli, c,
			"WIDTHxHEIGHT in pixels or characters, as 800x600, "
			"each at most %d, or in mm, cm, in or pt, as 84x60mm",
			CHART_SIZE_MAX);
	case OPT_FONT_SIZE:
		return cli_stop_argument(cli, c, "points from %d to %d",
					 POINTS_MIN, POINTS_MAX);
	case OPT_YMAX:
		return cli_stop_argument(cli, c,
					 "a value of the y axis, as 20M");
	case OPT_COLORS:
		return cli_stop_argument(
			cli, c,
			"at most %d hexadecimal colours separated by commas, "
			"as 0072b2,d55e00",
			COLOURS_MAX);
	case OPT_LABEL:
		return cli_stop_argument(cli, c,
					 "one TCP stream and its name, as "
					 "0=LTE; repeat --label for more");
	case OPT_DPI:
		return cli_stop_argument(cli, c, "dots per inch from %d to %d",
					 CHART_DPI_MIN, CHART_DPI_MAX);
	case OPT_FROM:
	case OPT_TO:
		return cli_stop_argument(cli, c, "a time in seconds, as 1.5");
	case OPT_WINDOW:
		return cli_stop_argument(cli, c,
					 "a time in milliseconds, as 100");
	default: return cli_stop_word(cli, c);
	}
}

/* 0, or -1 when the argument makes no sense. */
static int take(struct options *opt, int c)
{
	struct plot_look *look = &opt->look;
	int at = 0;

	switch (c) {
	case OPT_SIZE:
		return argument_size(optarg, CHART_SIZE_MAX, &look->width,
				     &look->height);
	case OPT_FONT_SIZE:
		return num_real(optarg, POINTS_MIN, POINTS_MAX,
				&look->font_size);
	case OPT_YMAX: return argument_quantity(optarg, &look->y_to);
	case OPT_COLORS: return take_colours(opt);
	case OPT_LABEL: return take_label(opt);
	case OPT_DPI:
		return argument_int(optarg, CHART_DPI_MIN, CHART_DPI_MAX,
				    &look->dpi);
	case OPT_FROM: return num_real(optarg, -1e12, 1e12, &look->from);
	case OPT_TO: return num_real(optarg, -1e12, 1e12, &look->to);
	case OPT_WINDOW: return argument_ms(optarg, &opt->plot.window);
	case OPT_FORMAT:
		opt->where.format = at = chart_format_from_name(optarg);
		break;
	case OPT_THEME:
		at = argument_word(themes, optarg);
		look->theme = at < 0 ? CHART_LIGHT : (enum chart_theme)at;
		break;
	case OPT_LOG:
		at = argument_word(logs, optarg);
		opt->plot.log = (enum plot_log)(PLOT_LOG_NONE + at);
		break;
	case OPT_AT:
		at = argument_word(ends, optarg);
		opt->plot.at = at < 0 ? PLOT_AT_BOTH : (enum plot_at)at;
		break;
	default:
		at = argument_word(times, optarg);
		look->absolute = at == 1;
		break;
	}
	return at < 0 ? -1 : 0;
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case OPT_TITLE: opt->look.title = optarg; break;
	case OPT_NO_HEADING: opt->look.no_heading = true; break;
	case OPT_FONT: opt->look.font = optarg; break;
	case OPT_FIELD: opt->plot.field = optarg; break;
	case OPT_SS: return kernel_ss_take(&opt->sockets, &opt->cli, optarg);
	case OPT_RAW: opt->plot.raw = true; break;
	case OPT_STACKED: opt->plot.stacked = true; break;
	case OPT_EACH: opt->where.each = true; break;
	case OPT_OVERLAY: opt->plot.runs = true; break;
	case OPT_DISPLAY: opt->where.display = true; break;
	case OPT_MONITOR:
		return kernel_logs_take(&opt->logs, &opt->cli, optarg);
	case OPT_LIST: return cli_stop(&opt->cli, choose_list());
	default:
		if (take(opt, letter) < 0)
			return stop(opt, letter);
		break;
	}
	return true;
}

static void release(void *ctx)
{
	struct options *opt = ctx;

	kernel_logs_release(&opt->logs);
	kernel_sockets_release(&opt->sockets);
	free(opt->labels.items);
}

static const struct cli_command command = {
	.name = "mptcp-plot",
	.operands = "KIND CAPTURE...",
	.summary = "Draw plots of captures; --list lists the KINDs.",
	.groups = CLI_INPUT | CLI_VANTAGE | CLI_CONNECTION | CLI_STREAM |
		  CLI_TOWARDS | CLI_WRITE | CLI_ENDS,
	.specs = specs,
	.word = word_of,
	.option = take_option,
	.run = run,
	.release = release,
};

int main(int argc, char **argv)
{
	struct options opt = {
		.look = { .dpi = 96, .from = NAN, .to = NAN, .y_to = NAN },
		.where = { .format = -1 }
	};
	int status = cli_main(&command, &opt.cli, &opt, argc, argv);

	canvas_forget_fonts();
	return status;
}
