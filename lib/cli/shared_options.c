/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/shared_options.h"

#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
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
	OPT_TOWARDS,
	OPT_WITH,
	OPT_CLIENT,
	OPT_CAPTURED_AT,
	OPT_COMPLETION = SHARED_COMPLETION
};

static const struct opt_spec specs_with[] = {
	{ OPT_WITH, "with", "CAPTURE", "what the other end captured" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_ends[] = {
	{ OPT_CLIENT, "client", "1|2", "the capture that is the client's" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_vantage[] = {
	{ OPT_CAPTURED_AT, "captured-at", "WHERE",
	  "client, server, middle; auto: by its signs" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_connection[] = {
	{ 'c', "connection", "ID", "only this connection; or 0xTOKEN" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_stream[] = {
	{ 't', "tcp-stream", "STREAM", "this TCP stream, MPTCP or not" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_towards[] = {
	{ OPT_TOWARDS, "towards", "END", "only data to the server, or client" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_write[] = {
	{ 'w', "write", "OUT", "write to this file; - is stdout" },
	{ 'o', "output", "OUT", NULL },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_input[] = {
	{ 'm', "merge", NULL, "all files are parts of one capture" },
	{ 'j', "jobs", "N", "use up to N processors" },
	{ OPT_READER, "reader", "READER",
	  "who reads packets: auto, tshark, native" },
	{ OPT_TSHARK, "tshark", "PROGRAM", "the tshark to run" },
	{ OPT_CACHE_DIR, "cache-dir", "DIR", "keep what was read in DIR" },
	{ OPT_KEEP_COPIES, "keep-copies", NULL,
	  "count packets as often as they were captured" },
	{ OPT_NO_CACHE, "no-cache", NULL, "neither use nor fill the cache" },
	{ OPT_REFRESH, "refresh", NULL, "read again what the cache has" },
	{ OPT_TIMEOUT, "timeout", "SECONDS", "stop tshark after SECONDS" },
	{ 'q', "quiet", NULL, "no progress on a terminal" },
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
	{ 'o', "output", "COLUMNS", "the columns to print, commas between" },
	{ OPT_LIST_COLUMNS, "list-columns", NULL, "list the columns" },
	{ 'n', "no-headings", NULL, "print no line of headings" },
	{ 'e', "fail-empty", NULL, "exit with 1 when there is nothing" },
	{ 0, NULL, NULL, NULL },
};

static const struct opt_spec specs_always[] = {
	{ 'h', "help", NULL, "print this help" },
	{ 'V', "version", NULL, "print the version" },
	{ 0, NULL, NULL, NULL },
};

enum {
	JOBS_MAX = 64,
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
	tables[11] = specs_always;
}

/* -o is of columns; where there are none it was of the file to write. */
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

/* Is it a shared option?  It is done then. */
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
				 "'%s' is not a time: give seconds, at most %d",
				 text, TIMEOUT_MAX);
	proc_set_limit(seconds);
	return 0;
}

static int set_jobs(struct cli_common *common, const char *text,
		    struct error *err)
{
	uint64_t number = 0;

	if (num_u64(text, strlen(text), JOBS_MAX, &number) < 0 || number == 0)
		return error_set(err, EXIT_USAGE,
				 "'%s' is not a number of jobs: say 1 to %d",
				 text, JOBS_MAX);
	common->jobs = (unsigned)number;
	return 0;
}

static int set_reader(struct cli_common *common, const char *text,
		      const char *from, struct error *err)
{
	if (input_reader_parse(text, &common->reader) < 0)
		return error_set(err, EXIT_USAGE,
				 "'%s'%s is not a reader: say auto, tshark or "
				 "native",
				 text, from);
	common->has_reader = true;
	return 0;
}

static int set_client(struct cli_common *common, const char *text,
		      struct error *err)
{
	if (strcmp(text, "1") != 0 && strcmp(text, "2") != 0)
		return error_set(err, EXIT_USAGE,
				 "--client is 1 or 2, the capture that was "
				 "taken at the client, not '%s'",
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
			 "'%s' is no place of a capture: say client, server, "
			 "middle or auto",
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
		rc = set_reader(&cli->common, optarg, "", &err);
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
	if (rc < 0)
		cli->status = cli_usage(cli, "%s", err.text);
	return rc < 0 ? -1 : 1;
}

int shared_options_take(struct cli *cli, int c)
{
	return take_common(cli, c) ? 1 : take_selector(cli, c);
}

int shared_options_finish(struct cli *cli)
{
	const char *reader = getenv("MPTCP_READER");
	struct error err = ERROR_INIT;

	if (cli->common.out_by_o && !cli->common.quiet)
		warnx("-o is now -w, and --output is --write");
	if (!reader || !*reader || cli->common.has_reader ||
	    !(cli->command->groups & CLI_INPUT) ||
	    set_reader(&cli->common, reader, " (MPTCP_READER)", &err) == 0)
		return 0;
	cli->status = cli_usage(cli, "%s", err.text);
	return -1;
}
