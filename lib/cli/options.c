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
#include "base/text.h"
#include "cli/complete.h"
#include "cli/mistaken.h"
#include "cli/piped.h"
#include "cli/recording.h"
#include "cli/shared_options.h"
#include "os/cleanup.h"

/* Further return values of next_option(). */
enum {
	NO_MORE = -1,
	LEAVE = -2 /* end the program with cli->status */
};

/* A command's own option replaces a shared one with the same letter. */
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

/* The number of operands after "--"; -1: no "--". */
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
	const struct opt_spec *tables[SHARED_GROUPS];
	struct strbuf shorts = STRBUF_INIT;
	size_t n = 0, cap = 0;

	memset(cli, 0, sizeof(*cli));
	cli->command = command;
	cli->argc = argc;
	cli->argv = argv;
	cli->behind = operands_behind(argc, argv);
	opterr = 0;
	strbuf_putc(&shorts, ':');
	shared_options_of(command, tables);
	for (size_t g = 0; g < SHARED_GROUPS; g++) {
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
						  : optional_argument,
				.val = s->letter
			};
		}
	}
	*MEM_PUSH(cli->longs, n, cap) =
		(struct option){ .name = "help-completion",
				 .has_arg = required_argument,
				 .val = SHARED_COMPLETION };
	MEM_PUSH_ROOM(cli->longs, n, cap);
	memset(&cli->longs[n], 0, sizeof(cli->longs[n]));
	cli->shorts = strbuf_detach(&shorts);
}

static void release(struct cli *cli)
{
	free(cli->shorts);
	free(cli->longs);
	free(cli->piped);
	free(cli->common.with);
	strlist_release(&cli->recordings);
	strlist_release(&cli->recorded);
	defaults_release(&cli->defaults);
	select_release(&cli->common.select);
	strlist_release(&cli->common.live.interfaces);
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
	const struct opt_spec *tables[SHARED_GROUPS];

	printf("usage: %s [OPTION]... %s\n%s\n\n", c->name, c->operands,
	       c->summary);
	shared_options_of(c, tables);
	for (size_t g = 0; g < SHARED_GROUPS; g++)
		for (const struct opt_spec *s = tables[g]; s && s->letter; s++)
			if (s->help && !cli_is_replaced(c, tables[g], s))
				print_spec(s);
	printf("\nSee %s(1) and mptcptools(7).\n", c->name);
	return leave(cli);
}

enum exit_status cli_usage(const struct cli *cli, const char *fmt, ...)
{
	char *text = NULL, *whole = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	whole = cli->line
			? mem_printf("%s:%u: %s: %s", cli->defaults.config.path,
				     cli->line->number, cli->line->name, text)
			: mem_strdup(text);
	text_make_plain(whole);
	warnx("%s; try '%s --help'", whole, cli->command->name);
	free(whole);
	free(text);
	return EXIT_USAGE;
}

bool cli_stop_one_dash(struct cli *cli)
{
	for (int i = optind - 1; i <= optind && i < cli->argc; i++)
		if (mistaken_dash(cli, cli->argv[i])) {
			cli->status = cli_usage(
				cli, "option '%s' needs two dashes: -%s",
				cli->argv[i], cli->argv[i]);
			return true;
		}
	return false;
}

static int lacks_argument(struct cli *cli)
{
	char *choice = mistaken_choice(cli->command, optopt, "or");
	const char *colon = *choice ? ": " : "";

	if (optopt < 256)
		cli->status =
			cli_usage(cli, "option '-%c' needs an argument%s%s",
				  optopt, colon, choice);
	else
		cli->status =
			cli_usage(cli, "option '%s' needs an argument%s%s",
				  cli->argv[optind - 1], colon, choice);
	free(choice);
	return LEAVE;
}

static int bad_option(struct cli *cli, int c)
{
	const char *next = cli->argv[optind];
	const char *word = cli->argv[optind - 1];
	char *advice = NULL;

	if (c == ':')
		return lacks_argument(cli);
	if (optopt > 0 && cli_stop_one_dash(cli))
		return LEAVE;
	if (optopt > 0) {
		advice = mistaken_letter(cli, optopt, next);
		cli->status = cli_usage(cli, "option '-%c' %s", optopt, advice);
	} else {
		advice = mistaken_option(cli, word, next);
		cli->status = cli_usage(cli, "option '%s' %s", word, advice);
	}
	free(advice);
	return LEAVE;
}

static bool is_switch(const struct cli *cli, int letter)
{
	for (const struct option *o = cli->longs; o->name; o++)
		if (o->val == letter)
			return o->has_arg == optional_argument;
	return false;
}

/*
 * "--switch=yes" or "--switch=no": 1: on; 0: off; -1: invalid, cli->status is
 * set.
 */
static int take_switch(struct cli *cli)
{
	if (strcmp(optarg, "yes") == 0)
		return 1;
	if (strcmp(optarg, "no") == 0)
		return 0;
	cli->status = cli_usage(cli, "option '%s' takes no argument",
				cli->argv[optind - 1]);
	return -1;
}

/* The letter of the next option, NO_MORE or LEAVE. */
static int complete(struct cli *cli)
{
	const char *what = cli->common.completion;
	const struct cli_command *c = cli->command;
	const struct opt_spec *tables[SHARED_GROUPS];
	const struct opt_spec *s = c->specs;

	cli->common.completion = NULL;
	shared_options_of(c, tables);
	if (strcmp(what, "options") == 0) {
		complete_options(c, tables, SHARED_GROUPS);
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
		cli->line = defaults_next(&cli->defaults);
		if (optarg && is_switch(cli, c)) {
			const int on = take_switch(cli);

			if (on < 0)
				return LEAVE;
			if (!on)
				continue;
		}
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
		switch (shared_options_take(cli, c)) {
		case 0: return c;
		case -1: return LEAVE;
		default: break;
		}
	}
	cli->line = NULL;
	if (cli->common.completion)
		return complete(cli);
	return shared_options_finish(cli) < 0 ? LEAVE : NO_MORE;
}

bool cli_stop(struct cli *cli, enum exit_status status)
{
	cli->status = status;
	return false;
}

/* "--size", or "-c" if it has no long form. */
static char *name_of(const struct cli_command *c, int letter)
{
	const struct opt_spec *tables[SHARED_GROUPS];

	shared_options_of(c, tables);
	for (size_t g = 0; g < SHARED_GROUPS; g++)
		for (const struct opt_spec *s = tables[g]; s && s->letter; s++)
			if (s->letter == letter && s->name && s->help &&
			    !cli_is_replaced(c, tables[g], s))
				return mem_printf("--%s", s->name);
	return mem_printf("-%c", letter);
}

bool cli_stop_argument(struct cli *cli, int letter, const char *fmt, ...)
{
	char *name = name_of(cli->command, letter);
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	cli->status = cli_usage(cli, "invalid value '%s' for %s: give %s",
				optarg, name, text);
	free(text);
	free(name);
	return false;
}

bool cli_stop_word(struct cli *cli, int letter)
{
	char *choice = mistaken_choice(cli->command, letter, "or");

	cli_stop_argument(cli, letter, "%s", choice);
	free(choice);
	return false;
}

/* Whether there is work to do. */
static bool parse(struct cli *cli, void *ctx)
{
	int c = 0;

	while ((c = next_option(cli)) != NO_MORE)
		if (c == LEAVE || !cli->command->option(ctx, c))
			return false;
	piped_take(cli);
	recordings_find(cli);
	return true;
}

/*
 * Settings that conflict, or a missing tshark, may come from the configuration
 * or environment.
 */
static void tell_of_config(const struct cli *cli, enum exit_status status)
{
	char *path = NULL;

	if (!cli->defaults.n || (status != EXIT_USAGE && status != EXIT_TSHARK))
		return;
	path = mem_strdup(cli->defaults.config.path);
	text_make_plain(path);
	warnx("options in '%s' apply, too; mptcp-doctor lists them", path);
	free(path);
}

int cli_main(const struct cli_command *command, struct cli *cli, void *ctx,
	     int argc, char **argv)
{
	enum exit_status status = EXIT_OK;
	struct error err = ERROR_INIT;

	cleanup_install();
	setlocale(LC_CTYPE, "");
	init(cli, command, argc, argv);
	if (defaults_take(cli, &err) < 0) {
		status = cli_error(EXIT_OK, &err);
	} else if (parse(cli, ctx)) {
		status = command->run(ctx);
		tell_of_config(cli, status);
	} else {
		status = cli->status;
	}
	if (command->release)
		command->release(ctx);
	release(cli);
	return (int)status;
}

void cli_input(const struct cli *cli, struct input *input)
{
	/*
	 * Only tests set these: read natively, and keep few packets, in small
	 * captures.
	 */
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
	options->sort = cli->common.sort;
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
