/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-cache - what the commands keep of captures. */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "cli/arguments.h"
#include "cli/mistaken.h"
#include "cli/options.h"
#include "output/cache_rows.h"
#include "output/human.h"
#include "read/input.h"

enum {
	OPT_OLDER = 0x100,
	OPT_SIZE,
	OPT_DRY,
	OPT_DIR
};

static const struct opt_spec specs[] = {
	{ OPT_OLDER, "older-than", "TIME",
	  "prune: remove what is unused for TIME: 30d, 12h, 2w" },
	{ OPT_SIZE, "max-size", "SIZE",
	  "prune: reduce the cache to SIZE: 500M, 2G" },
	{ OPT_DRY, "dry-run", NULL,
	  "prune, clear: only list what would be removed" },
	{ OPT_DIR, "cache-dir", "DIR", "use the cache in DIR" },
	{ 0, NULL, NULL, NULL },
};

static const char *const verbs[] = { "list",  "path",  "verify",
				     "prune", "clear", NULL };
enum verb {
	LIST,
	PATH,
	VERIFY,
	PRUNE,
	CLEAR
};

static const char *word_of(int letter, int i)
{
	return letter == 0 ? verbs[i] : NULL;
}

struct options {
	struct cli cli;
	const char *dir;
	bool dry_run;
	int64_t older; /* ns; -1: any age */
	uint64_t size; /* UINT64_MAX: any size */
};

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The directory, or the file that belongs to a capture. */
static enum exit_status show_path(const struct cachedir *dir,
				  const char *capture)
{
	char *real = capture ? realpath(capture, NULL) : NULL;
	enum exit_status status = EXIT_OK;
	const char *text = capture ? NULL : dir->path;

	for (size_t i = 0; real && i < dir->n; i++)
		if (dir->entries[i].state == CACHE_CURRENT &&
		    strcmp(dir->entries[i].capture, real) == 0)
			text = dir->entries[i].file;
	if (text) {
		puts(text);
	} else {
		warnx("'%s' is not in the cache", capture);
		status = EXIT_NOTHING;
	}
	free(real);
	return cli_flush(status);
}

/* Remove what has a reason; what could not be removed loses it. */
static enum exit_status remove_entries(struct cachedir *dir)
{
	enum exit_status status = EXIT_OK;

	for (size_t i = 0; i < dir->n; i++) {
		struct cache_entry *e = &dir->entries[i];
		struct error err = ERROR_INIT;
		if (!e->reason)
			continue;
		if (cachedir_remove(dir, e, &err) < 0)
			status = cli_error(status, &err);
		else if (e->busy)
			warnx("'%s' is in use: not removed", e->key);
		else
			continue;
		e->reason = NULL;
	}
	return status;
}

static enum exit_status act(const struct options *opt, enum verb verb,
			    struct cachedir *dir)
{
	enum exit_status status = EXIT_OK;
	struct error err = ERROR_INIT;

	if (verb == VERIFY) {
		cachedir_verify(dir);
		for (size_t i = 0; i < dir->n; i++)
			if (dir->entries[i].state == CACHE_DAMAGED)
				status = EXIT_INPUT;
	}
	if (verb == PRUNE)
		cachedir_choose(dir,
				opt->older < 0 ? INT64_MIN : now() - opt->older,
				opt->size);
	if (verb == CLEAR)
		cachedir_choose_all(dir);
	if (verb >= PRUNE && !opt->dry_run)
		status = remove_entries(dir);
	if (verb == CLEAR && !opt->dry_run &&
	    cachedir_remove_version(dir, &err) < 0)
		status = cli_error(status, &err);
	return status;
}

static enum exit_status print_total(const struct cachedir *dir,
				    enum exit_status status)
{
	struct strbuf line = STRBUF_INIT;

	strbuf_printf(&line, "%zu %s, ", dir->n,
		      dir->n == 1 ? "capture" : "captures");
	human_bytes(&line, cachedir_bytes(dir));
	puts(line.text);
	strbuf_release(&line);
	return cli_flush(status);
}

static enum exit_status report_cache(const struct options *opt, enum verb verb,
				     const char *path)
{
	struct report_options description = {
		.schema = "mptcp-cache/1",
		.tool = "mptcp-cache " MPTCPTOOLS_VERSION,
		.levels = { &cache_entry_type },
		.singles = { &cache_total_type },
		.tree = verb >= PRUNE,
	};
	struct cachedir dir;
	struct cache_row row = { .dir = &dir, .now = now() };
	struct error err = ERROR_INIT;
	struct report *report = NULL;
	enum exit_status status = EXIT_OK;
	size_t listed = 0;

	cli_report(&opt->cli, &description);
	report = report_open(&description, &err);
	if (!report)
		return cli_error(EXIT_OK, &err);
	if (cachedir_scan(&dir, path, &err) < 0) {
		report_drop(report);
		return cli_error(EXIT_OK, &err);
	}
	report_row(report, 0, &cache_total_type, &row);
	status = act(opt, verb, &dir);
	for (size_t i = 0; i < dir.n; i++) {
		row.entry = &dir.entries[i];
		if (verb >= PRUNE && !row.entry->reason)
			continue;
		report_row(report, 0, &cache_entry_type, &row);
		listed++;
	}
	status = cli_close(&opt->cli, report, listed, status);
	if (verb < PRUNE && description.format == FORMAT_TABLE &&
	    isatty(STDOUT_FILENO))
		status = print_total(&dir, status);
	cachedir_release(&dir);
	return status;
}

static enum exit_status unknown_verb(const struct cli *cli, const char *word)
{
	char *near = mistaken_word(cli->command, 0, word, strlen(word));

	cli_usage(cli,
		  "no command '%s'%s; there are list, path, verify, prune and "
		  "clear",
		  word, near);
	free(near);
	return EXIT_USAGE;
}

/* Which of them it is, and whether the others on the line go with it. */
static enum exit_status find_verb(const struct options *opt, const char *word,
				  int words, enum verb *verb)
{
	const struct cli *cli = &opt->cli;
	int i = 0;

	if (!word)
		return cli_usage(cli, "no command given: use list, path, "
				      "verify, prune or clear");
	i = argument_word(verbs, word);
	if (i < 0)
		return unknown_verb(cli, word);
	*verb = (enum verb)i;
	if (words > (*verb == PATH ? 2 : 1))
		return cli_usage(cli, "unexpected operand '%s'",
				 cli->argv[cli->argc - 1]);
	if (*verb != PRUNE && (opt->older >= 0 || opt->size != UINT64_MAX))
		return cli_usage(cli, "--older-than and --max-size can only be "
				      "used with prune");
	return EXIT_OK;
}

static enum exit_status run(void *ctx)
{
	const struct options *opt = ctx;
	const struct cli *cli = &opt->cli;
	struct report_options columns = { .levels = { &cache_entry_type },
					  .singles = { &cache_total_type } };
	const char *word = cli->argv[optind];
	int n = cli->argc - optind;
	enum verb verb = LIST;
	struct error err = ERROR_INIT;
	enum exit_status status = EXIT_OK;
	struct cachedir dir;
	char *path = NULL;

	cli_report(cli, &columns);
	if (cli->common.list_columns)
		return cli_columns(&columns);
	status = find_verb(opt, word, n, &verb);
	if (status != EXIT_OK)
		return status;
	path = input_cache_directory(opt->dir, &err);
	if (!path)
		return cli_error(EXIT_OK, &err);
	if (verb != PATH) {
		status = report_cache(opt, verb, path);
	} else if (cachedir_scan(&dir, path, &err) < 0) {
		status = cli_error(EXIT_OK, &err);
	} else {
		status = show_path(&dir, n > 1 ? cli->argv[optind + 1] : NULL);
		cachedir_release(&dir);
	}
	free(path);
	return status;
}

/* "30d"; without a unit: days. */
static bool take_age(const char *text, int64_t *ns)
{
	const bool is_number = text[strspn(text, "0123456789")] == '\0';
	char *whole = mem_printf("%s%s", text, is_number ? "d" : "");
	const int rc = num_duration(whole, ns);

	free(whole);
	return rc == 0;
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case OPT_DIR: opt->dir = optarg; break;
	case OPT_DRY: opt->dry_run = true; break;
	case OPT_OLDER:
		if (!take_age(optarg, &opt->older))
			return cli_stop_argument(&opt->cli, letter,
						 "a time, as 30d, 12h or 2w");
		break;
	case OPT_SIZE:
		if (num_size(optarg, &opt->size) < 0)
			return cli_stop_argument(&opt->cli, letter,
						 "a size, as 500M or 2G");
		break;
	}
	return true;
}

static const struct cli_command command = {
	.name = "mptcp-cache",
	.operands = "list|path [CAPTURE]|verify|prune|clear",
	.summary = "List, check and clean up the cache of captures.",
	.groups = CLI_JSON | CLI_OUTPUT,
	.specs = specs,
	.word = word_of,
	.option = take_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options opt = { .older = -1, .size = UINT64_MAX };

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
