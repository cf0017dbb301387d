/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-live - what connections do right now, again and again. */
#include <getopt.h>
#include <limits.h>

#include "base/num.h"
#include "cli/arguments.h"
#include "cli/list_interfaces.h"
#include "cli/live_options.h"
#include "cli/live_print.h"
#include "cli/options.h"
#include "cli/watching.h"

enum {
	OPT_BATCH = 0x100,
	OPT_FOLLOW,
	OPT_INTERVAL,
	OPT_JSONL,
	OPT_KEEP,
	OPT_LIST_COLUMNS
};

static const struct opt_spec specs[] = {
	{ 'D', "list-interfaces", NULL,
	  "list interfaces and permission to capture, and exit" },
	{ OPT_FOLLOW, "follow", NULL,
	  "wait for more packets at the end of a file" },
	{ OPT_INTERVAL, "interval", "SECONDS", "refresh every SECONDS (1)" },
	{ OPT_KEEP, "keep", "TIME", "show ended connections for TIME (10m)" },
	{ OPT_BATCH, "batch", "N",
	  "print plain lines, refresh N times; 0: to the end" },
	{ OPT_JSONL, "jsonl", NULL,
	  "print one JSON object per refresh and event" },
	{ OPT_LIST_COLUMNS, "list-columns", NULL,
	  "list the keys of the JSON objects, and exit" },
	{ 0, NULL, NULL, NULL },
};

struct options {
	struct cli cli;
	struct watching watching;
	bool follow;
};

static const double interval_least = 0.1, interval_most = 86400; /* s */

static enum exit_status run(void *ctx)
{
	struct options *opt = ctx;
	struct live_source_options source;

	if (!live_options_source(&opt->cli, opt->follow, &source))
		return opt->cli.status;
	opt->watching.captured_at = opt->cli.common.captured_at;
	return watching_run(&opt->watching, &source);
}

static bool take_interval(struct options *opt)
{
	double seconds = 0;

	if (num_real(optarg, interval_least, interval_most, &seconds) < 0)
		return cli_stop_argument(&opt->cli, OPT_INTERVAL,
					 "seconds from %g to %g",
					 interval_least, interval_most);
	opt->watching.interval = (int64_t)(seconds * 1e9 + 0.5);
	return true;
}

static bool take_keep(struct options *opt)
{
	if (num_duration(optarg, &opt->watching.keep) == 0)
		return true;
	return cli_stop_argument(&opt->cli, OPT_KEEP,
				 "a time, as 30s, 10m, 2h or 1d");
}

static bool take_batch(struct options *opt)
{
	opt->watching.lines = true;
	return argument_int(optarg, 0, INT_MAX, &opt->watching.batch) == 0 ||
	       cli_stop_argument(&opt->cli, OPT_BATCH,
				 "a number of refreshes, 0 for all until the "
				 "source ends");
}

static bool list(struct options *opt)
{
	list_interfaces();
	return cli_stop(&opt->cli, cli_flush(EXIT_OK));
}

static bool list_columns(struct options *opt)
{
	live_print_columns(opt->cli.common.list);
	return cli_stop(&opt->cli, cli_flush(EXIT_OK));
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case 'D': return list(opt);
	case OPT_BATCH: return take_batch(opt);
	case OPT_FOLLOW: opt->follow = true; return true;
	case OPT_INTERVAL: return take_interval(opt);
	case OPT_JSONL: opt->watching.json = true; return true;
	case OPT_KEEP: return take_keep(opt);
	case OPT_LIST_COLUMNS: return list_columns(opt);
	default: return true;
	}
}

static const struct cli_command command = {
	.name = "mptcp-live",
	.operands = "[SOURCE]",
	.summary = "Show Multipath TCP connections while packets are captured.",
	.groups = CLI_LIVE | CLI_VANTAGE,
	.specs = specs,
	.option = take_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options opt = {
		.watching = { .interval = 1000000000,
			      .keep = 600000000000,
			      .threads = 1 },
	};

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
