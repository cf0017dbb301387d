/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-owd - one-way delays between two captures of the same traffic. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "cli/arguments.h"
#include "cli/load.h"
#include "cli/options.h"
#include "output/clock_rows.h"
#include "output/owd_rows.h"
#include "output/owd_text.h"

enum {
	OPT_PACKETS = 0x100,
	OPT_CLOCK,
	OPT_OFFSET,
	OPT_SKEW
};

static const struct opt_spec specs[] = {
	{ OPT_PACKETS, "packets", NULL, "print a row for each packet" },
	{ OPT_CLOCK, "clock", "HOW",
	  "correct clocks: joint (default), raw, relative" },
	{ OPT_OFFSET, "offset", "SECONDS",
	  "set the clock offset: server's clock - client's" },
	{ OPT_SKEW, "skew", "PPM",
	  "set how much faster the server's clock runs" },
	{ 0, NULL, NULL, NULL },
};

enum {
	WORD_JOINT,
	WORD_RAW,
	WORD_RELATIVE
};

static const char *const clocks[] = { [WORD_JOINT] = "joint",
				      [WORD_RAW] = "raw",
				      [WORD_RELATIVE] = "relative",
				      NULL };

static const char *word_of(int letter, int i)
{
	return letter == OPT_CLOCK ? clocks[i] : NULL;
}

struct options {
	struct cli cli;
	struct pairing_options pairing;
	bool packets;
};

static void report_packets(const struct options *opt, struct report *report,
			   struct owd_row row)
{
	const struct paired_stream *s = row.stream;

	for (size_t k = 0; k < s->match.end[0].n; k++) {
		struct crossing c;

		if (!pairing_crossing(row.pairing, s, k, &c) ||
		    !select_wants_direction(&opt->cli.common.select,
					    c.direction))
			continue;
		row.crossing = &c;
		report_row(report, 0, &owd_packet, &row);
	}
}

/* Returns how many streams were wanted and there. */
static size_t report_pairing(const struct options *opt, struct report *report,
			     const struct pairing *p)
{
	size_t listed = 0;
	const struct trace *t = p->trace[0];
	struct owd_row row = { .listing = { .trace = t }, .pairing = p };
	uint8_t *wanted = select_streams(&opt->cli.common.select, t);

	report_row(report, 0, &owd_clock, &row);
	report_row(report, 0, &owd_matching, &row);
	for (size_t i = 0; i < p->n_streams; i++) {
		const struct paired_stream *s = &p->streams[i];
		struct owd_row one = row;
		long c = s->stream[0]->connection;

		if (!wanted[s->stream[0] - t->streams])
			continue;
		one.listing.stream = s->stream[0];
		one.listing.conn = c < 0 ? NULL : &t->connections[c];
		for (int d = 0; d < 2; d++) {
			struct owd owd;

			if (!select_wants_direction(&opt->cli.common.select,
						    (enum direction)d))
				continue;
			owd_measure(p, s, (enum direction)d, &owd);
			one.owd = &owd;
			report_row(report, 0, &owd_stream, &one);
		}
		one.owd = NULL;
		one.stream = s;
		if (opt->packets)
			report_packets(opt, report, one);
		listed++;
	}
	free(wanted);
	return listed;
}

static enum exit_status compare(void *ctx, struct report *report,
				const struct trace *const trace[2])
{
	const struct options *opt = ctx;
	struct pairing_options how = opt->pairing;
	struct pairing pairing;
	struct error err = ERROR_INIT;
	enum exit_status status = EXIT_OK;

	how.client_end = opt->cli.common.client - 1;
	if (pairing_make(&pairing, trace[0], trace[1], &how, &err) < 0) {
		report_drop(report);
		return cli_error(EXIT_OK, &err);
	}
	if (report_pairing(opt, report, &pairing) == 0) {
		error_set(&err, EXIT_INPUT,
			  "none of the chosen TCP streams is in '%s'",
			  trace[1]->info.path);
		status = cli_error(EXIT_OK, &err);
	}
	pairing_release(&pairing);
	if (status != EXIT_OK)
		report_drop(report);
	else if (report_close(report, &err) < 0)
		status = cli_error(EXIT_OK, &err);
	return status;
}

static enum exit_status run(void *ctx)
{
	struct options *opt = ctx;
	struct report_options report = {
		.schema = "mptcp-owd/1",
		.tool = "mptcp-owd " MPTCPTOOLS_VERSION,
		.levels = { &owd_stream },
		.singles = { &owd_clock, &owd_matching },
		.text = &sink_owd,
	};

	if (opt->packets) {
		report.extra[0] = &owd_stream;
		report.levels[0] = &owd_packet;
	}
	return load_two_main(&opt->cli, &report, compare, opt);
}

static bool take_number(struct options *opt, int c)
{
	struct clock_options *clock = &opt->pairing.clock;
	int rc = 0;

	if (c == OPT_OFFSET) {
		rc = num_nanoseconds(optarg, strlen(optarg), &clock->offset);
		clock->has_offset = true;
	} else {
		rc = num_real(optarg, -CLOCK_SKEW_GIVEN_MAX,
			      CLOCK_SKEW_GIVEN_MAX, &clock->skew_ppm);
		clock->has_skew = true;
	}
	if (rc == 0)
		return true;
	if (c == OPT_OFFSET)
		return cli_stop_argument(&opt->cli, c, "seconds, as -0.25");
	return cli_stop_argument(&opt->cli, c, "ppm from -%.0f to %.0f",
				 CLOCK_SKEW_GIVEN_MAX, CLOCK_SKEW_GIVEN_MAX);
}

static bool take_word(struct options *opt, int c)
{
	const int i = argument_word(clocks, optarg);

	if (i < 0)
		return cli_stop_word(&opt->cli, c);
	if (i != WORD_JOINT) {
		opt->pairing.raw |= i == WORD_RAW;
		opt->pairing.clock.relative |= i == WORD_RELATIVE;
	}
	return true;
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case OPT_PACKETS: opt->packets = true; break;
	case OPT_OFFSET:
	case OPT_SKEW: return take_number(opt, letter);
	case OPT_CLOCK: return take_word(opt, letter);
	}
	return true;
}

static const struct cli_command command = {
	.name = "mptcp-owd",
	.operands = "CAPTURE CAPTURE",
	.summary = "Measure one-way delays between two captures.",
	.groups = CLI_INPUT | CLI_JSON | CLI_OUTPUT | CLI_CONNECTION |
		  CLI_STREAM | CLI_TOWARDS | CLI_ENDS,
	.specs = specs,
	.word = word_of,
	.option = take_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options opt = { .packets = false };

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
