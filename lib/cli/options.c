/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include <err.h>
#include <getopt.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "cli/complete.h"
#include "os/cleanup.h"
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
	OPT_COMPLETION
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

/* What next_option() returns besides the letters of the command's options. */
enum {
	NO_MORE = -1,
	LEAVE = -2 /* all is said: end with cli->status */
};

enum {
	GROUPS = 12,
	JOBS_MAX = 64,
	TIMEOUT_MAX = 1000000 /* s */
};

/* The tables that apply, the command's own first; NULL: not this one. */
static void tables_of(const struct cli_command *c,
		      const struct opt_spec *tables[GROUPS])
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

/* A command's own option takes the place of a shared one of that letter. */
static bool is_own(const struct cli_command *c, int letter)
{
	for (const struct opt_spec *s = c->specs; s && s->letter; s++)
		if (s->letter == letter)
			return true;
	return false;
}

bool cli_is_replaced(const struct cli_command *c, const struct opt_spec *table,
		     const struct opt_spec *s)
{
	return table != c->specs && is_own(c, s->letter);
}

/* How many there are behind "--"; -1: there is none. */
static int operands_behind(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--") == 0)
			return argc - i - 1;
	return -1;
}

static void init(struct cli *cli, const struct cli_command *command, int argc,
		 char **argv)
{
	const struct opt_spec *tables[GROUPS];
	struct strbuf shorts = STRBUF_INIT;
	size_t n = 0, cap = 0;

	memset(cli, 0, sizeof(*cli));
	cli->command = command;
	cli->argc = argc;
	cli->argv = argv;
	cli->behind = operands_behind(argc, argv);
	opterr = 0;
	strbuf_putc(&shorts, ':');
	tables_of(command, tables);
	for (size_t g = 0; g < GROUPS; g++) {
		for (const struct opt_spec *s = tables[g]; s && s->letter;
		     s++) {
			if (cli_is_replaced(command, tables[g], s))
				continue;
			if (s->letter < 256)
				strbuf_printf(&shorts, "%c%s", s->letter,
					      s->arg ? ":" : "");
			if (!s->name)
				continue;
			*MEM_PUSH(cli->longs, n, cap) = (struct option){
				.name = s->name,
				.has_arg = s->arg ? required_argument
						  : no_argument,
				.val = s->letter
			};
		}
	}
	*MEM_PUSH(cli->longs, n, cap) =
		(struct option){ .name = "help-completion",
				 .has_arg = required_argument,
				 .val = OPT_COMPLETION };
	MEM_PUSH_ROOM(cli->longs, n, cap);
	memset(&cli->longs[n], 0, sizeof(cli->longs[n]));
	cli->shorts = strbuf_detach(&shorts);
}

static void release(struct cli *cli)
{
	free(cli->shorts);
	free(cli->longs);
	free(cli->common.with);
	select_release(&cli->common.select);
	cli->shorts = NULL;
	cli->longs = NULL;
}

static void print_spec(const struct opt_spec *s)
{
	struct strbuf left = STRBUF_INIT;

	if (s->letter < 256)
		strbuf_printf(&left, "-%c%s", s->letter, s->name ? ", " : "");
	else
		strbuf_puts(&left, "    ");
	if (s->name)
		strbuf_printf(&left, "--%s", s->name);
	if (s->arg)
		strbuf_printf(&left, "%c%s", s->name ? '=' : ' ', s->arg);
	printf("  %-24s  %s\n", left.text, s->help);
	strbuf_release(&left);
}

static int leave(struct cli *cli)
{
	cli->status = cli_flush(EXIT_OK);
	return LEAVE;
}

static int help(struct cli *cli)
{
	const struct cli_command *c = cli->command;
	const struct opt_spec *tables[GROUPS];

	printf("usage: %s [OPTION]... %s\n%s\n\n", c->name, c->operands,
	       c->summary);
	tables_of(c, tables);
	for (size_t g = 0; g < GROUPS; g++)
		for (const struct opt_spec *s = tables[g]; s && s->letter; s++)
			if (s->help && !cli_is_replaced(c, tables[g], s))
				print_spec(s);
	printf("\nSee %s(1) and mptcptools(7).\n", c->name);
	return leave(cli);
}

enum exit_status cli_usage(const struct cli *cli, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	text_make_plain(text);
	warnx("%s; try '%s --help'", text, cli->command->name);
	free(text);
	return EXIT_USAGE;
}

static int bad_option(struct cli *cli, int c)
{
	const char *what = c == ':' ? "needs an argument" : "is unknown";

	if (optopt > 0 && optopt < 256)
		cli->status = cli_usage(cli, "option '-%c' %s", optopt, what);
	else if (c == ':' || optopt == 0)
		cli->status = cli_usage(cli, "option '%s' %s",
					cli->argv[optind - 1], what);
	else
		cli->status = cli_usage(cli, "option '%s' takes no argument",
					cli->argv[optind - 1]);
	return LEAVE;
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

/* What the environment says, unless an option did; -1: cli->status says it all.
 */
static int take_environment(struct cli *cli)
{
	const char *reader = getenv("MPTCP_READER");
	struct error err = ERROR_INIT;

	if (!reader || !*reader || cli->common.has_reader ||
	    !(cli->command->groups & CLI_INPUT) ||
	    set_reader(&cli->common, reader, " (MPTCP_READER)", &err) == 0)
		return 0;
	cli->status = cli_usage(cli, "%s", err.text);
	return -1;
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

/* All options have been read: the letter of one more, NO_MORE or LEAVE. */
static int complete(struct cli *cli)
{
	const char *what = cli->common.completion;
	const struct cli_command *c = cli->command;
	const struct opt_spec *tables[GROUPS];
	const struct opt_spec *s = c->specs;

	cli->common.completion = NULL;
	tables_of(c, tables);
	if (strcmp(what, "options") == 0) {
		complete_options(c, tables, GROUPS);
	} else if (strcmp(what, "columns") != 0 && strcmp(what, "table") != 0) {
		complete_capture(cli, what);
	} else {
		cli->common.list = what[0] == 't' ? LIST_TABLE : LIST_NAMES;
		if (c->groups & (what[0] == 't' ? CLI_JSON : CLI_OUTPUT)) {
			cli->common.list_columns = true;
			cli->common.columns = NULL;
			return NO_MORE;
		}
		for (; s && s->letter; s++)
			if (s->name && strcmp(s->name, "list-columns") == 0)
				return s->letter;
	}
	return leave(cli);
}

static int next_option(struct cli *cli)
{
	int c = 0;

	while ((c = getopt_long(cli->argc, cli->argv, cli->shorts, cli->longs,
				NULL)) != -1) {
		if (c == 'h')
			return help(cli);
		if (c == 'V') {
			printf("%s %s\n", cli->command->name,
			       MPTCPTOOLS_VERSION);
			return leave(cli);
		}
		if (c == '?' || c == ':')
			return bad_option(cli, c);
		if (is_own(cli->command, c))
			return c;
		if (take_common(cli, c))
			continue;
		switch (take_selector(cli, c)) {
		case 0: return c;
		case -1: return LEAVE;
		default: break;
		}
	}
	if (cli->common.completion)
		return complete(cli);
	if (cli->common.out_by_o && !cli->common.quiet)
		warnx("-o is now -w, and --output is --write");
	return take_environment(cli) < 0 ? LEAVE : NO_MORE;
}

bool cli_stop(struct cli *cli, enum exit_status status)
{
	cli->status = status;
	return false;
}

bool cli_stop_argument(struct cli *cli)
{
	return cli_stop(cli,
			cli_usage(cli, "'%s' makes no sense there", optarg));
}

/* Is there work to do? */
static bool parse(struct cli *cli, void *ctx)
{
	int c = 0;

	while ((c = next_option(cli)) != NO_MORE)
		if (c == LEAVE || !cli->command->option(ctx, c))
			return false;
	return true;
}

int cli_main(const struct cli_command *command, struct cli *cli, void *ctx,
	     int argc, char **argv)
{
	enum exit_status status = EXIT_OK;

	cleanup_install();
	setlocale(LC_CTYPE, "");
	init(cli, command, argc, argv);
	status = parse(cli, ctx) ? command->run(ctx) : cli->status;
	release(cli);
	return (int)status;
}

void cli_input(const struct cli *cli, struct input *input)
{
	/* Only tests read so little natively, and keep so little. */
	const char *least = getenv("MPTCP_NATIVE_FROM");
	const char *most = getenv("MPTCP_KEEP_PACKETS");

	input->tshark = cli->common.tshark;
	input->cache_dir = cli->common.cache_dir;
	input->keep_copies = cli->common.keep_copies;
	input->captured_at = (int)cli->common.captured_at;
	input->no_cache = cli->common.no_cache;
	input->refresh = cli->common.refresh;
	input->jobs = cli->common.jobs;
	input->reader = cli->common.reader;
	if (least)
		(void)!num_u64(least, strlen(least), UINT32_MAX,
			       &input->native_from);
	if (most)
		(void)!num_u64(most, strlen(most), UINT32_MAX,
			       &input->keep_packets);
}

enum exit_status cli_columns(const struct report_options *options)
{
	report_list_columns(options);
	return cli_flush(EXIT_OK);
}

enum exit_status cli_flush(enum exit_status status)
{
	struct error err = ERROR_INIT;

	return report_flush(&err) < 0 ? cli_error(status, &err) : status;
}

enum exit_status cli_close(const struct cli *cli, struct report *report,
			   size_t listed, enum exit_status status)
{
	struct error err = ERROR_INIT;

	if (report_close(report, &err) < 0)
		return cli_error(status, &err);
	return status == EXIT_OK && !listed && cli->common.fail_empty
		       ? EXIT_NOTHING
		       : status;
}

void cli_report(const struct cli *cli, struct report_options *options)
{
	options->format = cli->common.format;
	options->columns = cli->common.columns;
	options->no_headings = cli->common.no_headings;
	options->other_end = cli->common.n_with > 0;
	options->list = cli->common.list;
}

void cli_warn(const char *path, const char *text)
{
	char *line = mem_printf("'%s': %s", path, text);

	text_make_plain(line);
	warnx("%s", line);
	free(line);
}

enum exit_status cli_error(enum exit_status status, const struct error *err)
{
	warnx("%s", err->text);
	return err->kind > status ? err->kind : status;
}
