/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-map - which connection of a capture is which of another. */
#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "cli/load.h"
#include "cli/options.h"
#include "output/map_rows.h"

enum {
	OPT_LIMIT = 0x100,
	OPT_ALL
};

static const struct opt_spec specs[] = {
	{ 't', "tcp-streams", NULL,
	  "map TCP streams: all, or each operand STREAM" },
	{ OPT_LIMIT, "limit", "N", "list at most N candidates for each (5)" },
	{ OPT_ALL, "all", NULL, "list also candidates beside a certain one" },
	{ 0, NULL, NULL, NULL },
};

struct options {
	struct cli cli;
	bool tcp_streams;
	uint32_t limit;
	bool all;
};

/* How many of n candidates, best first, are worth a row. */
static size_t how_many(const struct options *opt, const struct candidate *c,
		       size_t n)
{
	size_t k = 0;

	if (opt->all)
		return n < opt->limit ? n : opt->limit;
	while (k < n && k < opt->limit && (k == 0 || !c[0].certain))
		k++;
	return k;
}

/* A subflow of the second capture that is no first choice of any other. */
static void report_rest(struct report *report, const struct mapping *m,
			struct map_row row, size_t stream)
{
	const struct mapping_part *part = mapping_part_of(m, 1, stream);

	row.listing.stream =
		part ? &row.listing.trace->streams[part->how.a] : NULL;
	row.subflow = part ? &part->how : NULL;
	row.mapped = &row.other->streams[stream];
	report_row(report, 2, &map_subflow, &row);
}

static void report_subflows(struct report *report, const struct mapping *m,
			    struct map_row row)
{
	const struct trace *a = row.listing.trace, *b = row.other;
	const struct connection *x = row.listing.conn;
	const struct connection *y = &b->connections[row.candidate->b];
	uint8_t *taken = mem_calloc(b->n_streams + 1, 1);

	for (size_t k = 0; k < x->n_subflows; k++) {
		uint32_t s = (uint32_t)x->subflows[k];
		const struct mapping_part *part = mapping_part_of(m, 0, s);

		row.listing.stream = &a->streams[s];
		row.subflow =
			part ? &part->how : mapping_partner(m, a, b, s, y->id);
		row.mapped = row.subflow ? &b->streams[row.subflow->b] : NULL;
		if (row.subflow)
			taken[row.subflow->b] = 1;
		report_row(report, 2, &map_subflow, &row);
	}
	for (size_t k = 0; k < y->n_subflows; k++)
		if (!taken[y->subflows[k]])
			report_rest(report, m, row, y->subflows[k]);
	free(taken);
}

/* Each returns how many have a candidate. */
static size_t report_connections(const struct options *opt,
				 struct report *report, const struct mapping *m,
				 struct map_row row)
{
	const struct trace *a = row.listing.trace;
	size_t found = 0;

	for (size_t i = 0; i < a->n_connections; i++) {
		size_t n = 0;
		const struct candidate *c =
			candidates_of(&m->connections, (uint32_t)i, &n);

		row.listing.conn = &a->connections[i];
		if (!select_wants(&opt->cli.common.select, row.listing.conn))
			continue;
		report_row(report, 0, &map_connection, &row);
		n = how_many(opt, c, n);
		found += n > 0;
		for (size_t k = 0; k < n; k++) {
			struct map_row one = row;

			one.candidate = &c[k];
			report_row(report, 1, &map_candidate, &one);
			report_subflows(report, m, one);
		}
	}
	return found;
}

static size_t report_streams(const struct options *opt, struct report *report,
			     const struct mapping *m, struct map_row row)
{
	const struct trace *a = row.listing.trace;
	uint8_t *wanted = select_streams(&opt->cli.common.select, a);
	size_t found = 0;

	for (size_t i = 0; i < a->n_streams; i++) {
		const struct stream *s = &a->streams[i];
		size_t n = 0;
		const struct candidate *c =
			candidates_of(&m->streams, (uint32_t)i, &n);

		if (!wanted[i])
			continue;
		row.listing.stream = s;
		row.listing.conn = s->connection < 0
					   ? NULL
					   : &a->connections[s->connection];
		report_row(report, 0, &map_stream, &row);
		n = how_many(opt, c, n);
		found += n > 0;
		for (size_t k = 0; k < n; k++) {
			struct map_row one = row;

			one.candidate = &c[k];
			one.mapped = &row.other->streams[c[k].b];
			report_row(report, 1, &map_stream_candidate, &one);
		}
	}
	free(wanted);
	return found;
}

static enum exit_status nothing(const struct options *opt,
				const struct trace *const trace[2])
{
	const char *a = trace[0]->info.path, *b = trace[1]->info.path;
	struct error err = ERROR_INIT;

	for (int i = 0; !opt->tcp_streams && i < 2; i++)
		if (trace[i]->n_connections == 0) {
			char *absence = trace_absence(trace[i]);

			error_set(&err, EXIT_INPUT,
				  "'%s': %s; use -t to map TCP streams",
				  trace[i]->info.path, absence);
			free(absence);
			return cli_error(EXIT_OK, &err);
		}
	error_set(&err, EXIT_INPUT,
		  "no %s of '%s' is in '%s': no %sinitial sequence number, "
		  "data or address in common",
		  opt->tcp_streams ? "TCP stream" : "connection", a, b,
		  opt->tcp_streams ? "" : "key, token, nonce, ");
	return cli_error(EXIT_OK, &err);
}

static enum exit_status map(void *ctx, struct report *report,
			    const struct trace *const trace[2])
{
	const struct options *opt = ctx;
	struct mapping mapping;
	struct error err = ERROR_INIT;
	struct map_row row = { .listing = { .trace = trace[0] },
			       .other = trace[1] };
	size_t found = 0;

	mapping_make(&mapping, trace[0], trace[1]);
	if ((opt->tcp_streams ? mapping.streams.n : mapping.connections.n) ==
	    0) {
		report_drop(report);
		mapping_release(&mapping);
		return nothing(opt, trace);
	}
	found = opt->tcp_streams
			? report_streams(opt, report, &mapping, row)
			: report_connections(opt, report, &mapping, row);
	mapping_release(&mapping);
	if (report_close(report, &err) < 0)
		return cli_error(EXIT_OK, &err);
	if (found)
		return EXIT_OK;
	error_set(&err, EXIT_INPUT,
		  "none of the chosen connections or TCP streams is in '%s'",
		  trace[1]->info.path);
	return cli_error(EXIT_OK, &err);
}

static enum exit_status run(void *ctx)
{
	struct options *opt = ctx;
	struct report_options report = {
		.schema = "mptcp-map/1",
		.tool = "mptcp-map " MPTCPTOOLS_VERSION,
		.leaves = true,
		.levels = { &map_connection, &map_candidate, &map_subflow },
		.text = &sink_map,
	};

	if (opt->tcp_streams) {
		report.levels[0] = &map_stream;
		report.levels[1] = &map_stream_candidate;
		report.levels[2] = NULL;
	}
	return load_two_main(&opt->cli, &report, map, opt);
}

static bool is_number(const char *s)
{
	size_t n = s ? strlen(s) : 0;

	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	return n > 0;
}

/* -t takes the numbers that follow it. */
static bool take_streams(struct options *opt)
{
	struct cli *cli = &opt->cli;
	struct error err = ERROR_INIT;

	opt->tcp_streams = true;
	while (optind < cli->argc && is_number(cli->argv[optind]))
		if (select_add_stream(&cli->common.select, cli->argv[optind++],
				      &err) < 0)
			return cli_stop(cli, cli_error(EXIT_OK, &err));
	return true;
}

static bool take_limit(struct options *opt)
{
	if (num_u32(optarg, strlen(optarg), &opt->limit) == 0 && opt->limit)
		return true;
	return cli_stop_argument(&opt->cli, OPT_LIMIT,
				 "a number of candidates, at least 1");
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case 't': return take_streams(opt);
	case OPT_LIMIT: return take_limit(opt);
	case OPT_ALL: opt->all = true; break;
	}
	return true;
}

static const struct cli_command command = {
	.name = "mptcp-map",
	.operands = "CAPTURE CAPTURE",
	.summary = "Find the same connections in two captures.",
	.groups = CLI_INPUT | CLI_JSON | CLI_OUTPUT | CLI_CONNECTION,
	.specs = specs,
	.option = take_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options opt = { .limit = 5 };

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
