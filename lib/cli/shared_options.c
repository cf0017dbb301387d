/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/shared_options.h"

#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "cli/live_options.h"
#include "os/parallel.h"
#include "os/proc.h"

enum {
	OPT_TSHARK = 0x1000,
	OPT_CACHE_DIR,
	OPT_NO_CACHE,
	OPT_KEEP_COPIES,
	OPT_REFRESH,
	OPT_READER,
	OPT_TIMEOUT,
	OPT_JSON,
	OPT_JSONL,
	OPT_CSV,
	OPT_TSV,
	OPT_LIST_COLUMNS,
	OPT_SORT,
	OPT_TOWARDS,
	OPT_WITH,
	OPT_CLIENT,
	OPT_CAPTURED_AT,
	OPT_COMPLETION = SHARED_COMPLETION
};

static const struct opt_spec specs_with[] = {
	{ OPT_WITH, "with", "CAPTURE",
	  "read also CAPTURE, taken at the other end" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_ends[] = {
	{ OPT_CLIENT, "client", "1|2",
	  "set which capture was taken at the client" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_vantage[] = {
	{ OPT_CAPTURED_AT, "captured-at", "WHERE",
	  "set the place: client, server, middle, auto" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_connection[] = {
	{ 'c', "connection", "ID",
	  "only this connection: its number or 0xTOKEN" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_stream[] = {
	{ 't', "tcp-stream", "STREAM",
	  "only this TCP stream, of MPTCP or not" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_towards[] = {
	{ OPT_TOWARDS, "towards", "END",
	  "only this direction: server, client, both" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_write[] = {
	{ 'w', "write", "FILE", "write to FILE; - is standard output" },
	{ 'o', "output", "FILE", NULL },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_input[] = {
	{ 'm', "merge", NULL, "read all files as parts of one capture" },
	{ 'j', "jobs", "N", "use up to N processors, 1 to 64 (all)" },
	{ OPT_READER, "reader", "READER",
	  "read packets with auto (default), tshark, native" },
	{ OPT_TSHARK, "tshark", "PROGRAM", "run PROGRAM as tshark" },
	{ OPT_CACHE_DIR, "cache-dir", "DIR", "keep the cache in DIR" },
	{ OPT_KEEP_COPIES, "keep-copies", NULL,
	  "count each copy of a packet captured more than once" },
	{ OPT_NO_CACHE, "no-cache", NULL, "do not use the cache" },
	{ OPT_REFRESH, "refresh", NULL,
	  "read captures again, and renew the cache" },
	{ OPT_TIMEOUT, "timeout", "SECONDS", "stop tshark after SECONDS" },
	{ 'q', "quiet", NULL, "print no progress and no notes" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_json[] = {
	{ OPT_JSON, "json", NULL, "print one JSON document" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_output[] = {
	{ OPT_JSONL, "jsonl", NULL, "print one JSON object per line" },
	{ OPT_CSV, "csv", NULL, "print comma-separated values" },
	{ OPT_TSV, "tsv", NULL, "print tab-separated values" },
	{ 'o', "output", "COLUMNS",
	  "print these columns, separated by commas" },
	{ OPT_SORT, "sort", "COLUMN",
	  "sort rows by COLUMN; -COLUMN: highest first" },
	{ OPT_LIST_COLUMNS, "list-columns", NULL,
	  "list the columns, and exit" },
	{ 'n', "no-headings", NULL, "print no headings" },
	{ 'e', "fail-empty", NULL,
	  "exit with status 1 when nothing is listed" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_always[] = {
	{ 'h', "help", NULL, "print this help, and exit" },
	{ 'V', "version", NULL, "print the version, and exit" },
	{ 0, NULL, NULL, NULL },
};

enum {
	TIMEOUT_MAX = 1000000 /* s */
};

void shared_options_of(const struct cli_command *c,
		       const struct opt_spec *tables[SHARED_GROUPS])
{
	tables[0] = c->specs;
	tables[1] = c->groups & CLI_WITH ? specs_with : NULL;
	tables[2] = c->groups & CLI_WRITE ? specs_write : NULL;
	tables[3] = c->groups & CLI_CONNECTION ? specs_connection : NULL;
	tables[4] = c->groups & CLI_STREAM ? specs_stream : NULL;
	tables[5] = c->groups & CLI_TOWARDS ? specs_towards : NULL;
	tables[6] = c->groups & CLI_JSON ? specs_json : NULL;
	tables[7] = c->groups & CLI_OUTPUT ? specs_output : NULL;
	tables[8] = c->groups & CLI_INPUT ? specs_input : NULL;
	tables[9] = c->groups & CLI_ENDS ? specs_ends : NULL;
	tables[10] = c->groups & CLI_VANTAGE ? specs_vantage : NULL;
	tables[11] = c->groups & CLI_LIVE ? live_options_specs : NULL;
	tables[12] = specs_always;
}

/* -o selects columns; in commands without columns it was the file to write. */
static void take_o(struct cli *cli)
{
	if (cli->command->groups & CLI_WRITE) {
		cli->common.out = optarg;
		cli->common.out_by_o = true;
	} else {
		cli->common.columns = optarg;
	}
}

static void add_with(struct cli_common *common, const char *path)
{
	common->with = mem_realloc(common->with, common->n_with + 1,
				   sizeof(*common->with));
	common->with[common->n_with++] = path;
}

/* Take a shared option; false: it is another one. */
static bool take_common(struct cli *cli, int c)
{
	struct cli_common *common = &cli->common;

	switch (c) {
	case OPT_TSHARK: common->tshark = optarg; return true;
	case OPT_CACHE_DIR: common->cache_dir = optarg; return true;
	case OPT_KEEP_COPIES: common->keep_copies = true; return true;
	case OPT_NO_CACHE: common->no_cache = true; return true;
	case OPT_REFRESH: common->refresh = true; return true;
	case 'q': common->quiet = true; return true;
	case 'm': common->merge = true; return true;
	case OPT_JSON: common->format = FORMAT_JSON; return true;
	case OPT_JSONL: common->format = FORMAT_JSONL; return true;
	case OPT_CSV: common->format = FORMAT_CSV; return true;
	case OPT_TSV: common->format = FORMAT_TSV; return true;
	case OPT_SORT: common->sort = optarg; return true;
	case 'o': take_o(cli); return true;
	case 'w':
		common->out = optarg;
		common->out_by_o = false;
		return true;
	case OPT_WITH: add_with(common, optarg); return true;
	case OPT_LIST_COLUMNS: common->list_columns = true; return true;
	case 'n': common->no_headings = true; return true;
	case 'e': common->fail_empty = true; return true;
	case OPT_COMPLETION: common->completion = optarg; return true;
	default: return false;
	}
}

static int set_timeout(const char *text, struct error *err)
{
	uint32_t seconds = 0;

	if (num_u32(text, strlen(text), &seconds) < 0 || seconds > TIMEOUT_MAX)
		return error_set(err, EXIT_USAGE,
				 "invalid value '%s' for --timeout: give "
				 "seconds, at most %d",
				 text, TIMEOUT_MAX);
	proc_set_limit(seconds);
	return 0;
}

static int set_jobs(struct cli_common *common, const char *text,
		    struct error *err)
{
	uint64_t number = 0;

	if (num_u64(text, strlen(text), PARALLEL_MAX, &number) < 0 || number == 0)
		return error_set(err, EXIT_USAGE,
				 "invalid value '%s' for --jobs: give a number "
				 "from 1 to %d",
				 text, PARALLEL_MAX);
	common->jobs = (unsigned)number;
	return 0;
}

static int set_reader(struct cli_common *common, const char *text,
		      const char *from, struct error *err)
{
	if (input_reader_parse(text, &common->reader) < 0)
		return error_set(err, EXIT_USAGE,
				 "invalid value '%s' for %s: give auto, tshark "
				 "or native",
				 text, from);
	common->has_reader = true;
	return 0;
}

static int set_client(struct cli_common *common, const char *text,
		      struct error *err)
{
	if (strcmp(text, "1") != 0 && strcmp(text, "2") != 0)
		return error_set(err, EXIT_USAGE,
				 "invalid value '%s' for --client: give 1 or "
				 "2, the capture that was taken at the client",
				 text);
	common->client = *text - '0';
	return 0;
}

static int set_captured_at(struct cli_common *common, const char *text,
			   struct error *err)
{
	if (vantage_parse(text, &common->captured_at) == 0)
		return 0;
	return error_set(err, EXIT_USAGE,
			 "invalid value '%s' for --captured-at: give client, "
			 "server, middle or auto",
			 text);
}

/* The same for those whose argument can be wrong; -1: cli->status says it all.
 */
static int take_selector(struct cli *cli, int c)
{
	struct select *select = &cli->common.select;
	unsigned groups = cli->command->groups;
	struct error err = ERROR_INIT;
	int rc = 0;

	if (c == 'c' && (groups & CLI_CONNECTION))
		rc = select_add(select, optarg, &err);
	else if (c == 't' && (groups & CLI_STREAM))
		rc = select_add_stream(select, optarg, &err);
	else if (c == OPT_TIMEOUT)
		rc = set_timeout(optarg, &err);
	else if (c == OPT_READER)
		rc = set_reader(&cli->common, optarg, "--reader", &err);
	else if (c == OPT_TOWARDS)
		rc = select_set_towards(select, optarg, &err);
	else if (c == OPT_CLIENT)
		rc = set_client(&cli->common, optarg, &err);
	else if (c == OPT_CAPTURED_AT)
		rc = set_captured_at(&cli->common, optarg, &err);
	else if (c == 'j' && (groups & CLI_INPUT))
		rc = set_jobs(&cli->common, optarg, &err);
	else
		return 0;
	if (rc < 0 && !(c < 256 && cli_stop_one_dash(cli)))
		cli->status = cli_usage(cli, "%s", err.text);
	return rc < 0 ? -1 : 1;
}

int shared_options_take(struct cli *cli, int c)
{
	const int live =
		cli->command->groups & CLI_LIVE ? live_options_take(cli, c) : 0;

	if (live)
		return live;
	return take_common(cli, c) ? 1 : take_selector(cli, c);
}

int shared_options_finish(struct cli *cli)
{
	const char *reader = getenv("MPTCP_READER");
	struct error err = ERROR_INIT;

	if (cli->common.out_by_o && !cli->common.quiet)
		warnx("-o and --output FILE are deprecated: use -w or --write");
	if (!reader || !*reader || cli->common.has_reader ||
	    !(cli->command->groups & CLI_INPUT) ||
	    set_reader(&cli->common, reader, "MPTCP_READER", &err) == 0)
		return 0;
	cli->status = cli_usage(cli, "%s", err.text);
	return -1;
}
