/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options.h - command lines: one table of options per command, from which
 * getopt_long's arrays and the text of --help are made.
 *
 *	static bool take_option(void *ctx, int letter)
 *	{
 *		struct options *opt = ctx;
 *
 *		switch (letter) {
 *		case 's': opt->tree = true; break;
 *		}
 *		return true;
 *	}
 *
 *	int main(int argc, char **argv)
 *	{
 *		struct options opt = { .tree = false };
 *
 *		return cli_main(&command, &opt.cli, &opt, argc, argv);
 *	}
 *
 * Options that all commands share are dealt with here: what they say is in
 * cli.common.  Strings point into argv.  What the configuration of the user
 * says (defaults.h) comes as if it stood at the beginning of argv.
 *
 * "--switch=no" is as if it were not there, so that it can overrule the
 * configuration; "--switch=yes" is "--switch".
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>

#include "base/strlist.h"
#include "cli/defaults.h"
#include "cli/select.h"
#include "model/vantage.h"
#include "output/report.h"
#include "read/input.h"

#ifndef MPTCPTOOLS_VERSION
#define MPTCPTOOLS_VERSION "0.1.0"
#endif

struct opt_spec {
	int letter;	  /* 's'; above 255: there is only the long form */
	const char *name; /* long form, or NULL */
	const char *arg;  /* name of its argument, or NULL */
	const char *help; /* NULL: an old name, taken but no longer told */
};

/* Groups of shared options that a command takes; -h and -V always are. */
enum cli_group {
	CLI_INPUT = 1,	    /* -m -j --tshark --cache-dir --no-cache --refresh
			       --timeout -q */
	CLI_JSON = 2,	    /* --json */
	CLI_OUTPUT = 4,	    /* --jsonl --csv --tsv -o --list-columns -n -e */
	CLI_CONNECTION = 8, /* -c */
	CLI_STREAM = 16,    /* -t STREAM */
	CLI_TOWARDS = 32,   /* --towards */
	CLI_WRITE = 64,	    /* -w OUT; not with CLI_OUTPUT */
	CLI_WITH = 128,	    /* --with */
	CLI_ENDS = 256,	    /* --client, where there are two captures */
	CLI_VANTAGE = 512   /* --captured-at */
};

struct cli_command {
	const char *name;
	const char *operands; /* "CAPTURE..." */
	const char *summary;  /* one line */
	unsigned groups;
	const struct opt_spec *specs; /* its own, ends with letter 0; or NULL */
	/* The i-th word that the argument of an option can be, by its letter,
	   or the first operand (letter 0), NULL when there are no more: for
	   completions (complete.h).  NULL: there are no such words. */
	const char *(*word)(int letter, int i);
	/*
	 * Take an option of the command, whose argument is "optarg".  False:
	 * all is said, the program ends with cli->status: cli_stop().  NULL: it
	 * has no options.
	 */
	bool (*option)(void *ctx, int letter);
	/* What it is about; cli->argv[optind] is the first operand. */
	enum exit_status (*run)(void *ctx);
};

struct cli_common {
	const char *tshark;
	const char *cache_dir;
	bool merge; /* several files are one capture */
	bool keep_copies, no_cache, refresh, quiet;
	unsigned jobs; /* 0: not said */
	enum reader_choice reader;
	bool has_reader; /* it was said */
	enum format format;
	const char *columns;
	const char *out; /* of -w, or NULL */
	bool out_by_o;	 /* by -o, which was its name before 0.2.0 */
	bool list_columns, no_headings, fail_empty;
	const char **with; /* the files of the other end; owned */
	size_t n_with;
	enum vantage captured_at;
	int client;		/* of two captures, 1 or 2; 0: find out */
	enum report_list list;	/* how list_columns lists them */
	const char *completion; /* what is asked of complete.h, or NULL */
	struct select select;	/* owned */
};

struct cli {
	const struct cli_command *command;
	struct cli_common common;
	enum exit_status status;
	int argc;
	char **argv;
	int behind; /* operands behind "--", the last ones; -1: there
		       is no "--" */
	struct defaults defaults;
	const struct config_line *line; /* of the configuration: what is
					   being read; or NULL */
	struct strlist recordings;	/* directories; recording.h */
	struct strlist recorded;	/* the captures in them */
	char *shorts;			/* owned */
	struct option *longs;		/* owned */
};

/*
 * The whole of a main(): parse the command line into "cli" and the command's
 * options "ctx", of which it is a part, and run the command.  Returns the exit
 * status.
 */
int cli_main(const struct cli_command *command, struct cli *cli, void *ctx,
	     int argc, char **argv);

/* Is a shared option, of that table, replaced by one of the command's own that
   has the same letter? */
bool cli_is_replaced(const struct cli_command *command,
		     const struct opt_spec *table, const struct opt_spec *spec);

/* For cli_command.option: end with this status.  Returns false. */
bool cli_stop(struct cli *cli, enum exit_status status);

/* The same: the argument of the option makes no sense. */
bool cli_stop_argument(struct cli *cli);

/* Say what is wrong, in which line of the configuration if it is there, and how
   to get help; returns EXIT_USAGE. */
enum exit_status cli_usage(const struct cli *cli, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What the shared options say about input. */
void cli_input(const struct cli *cli, struct input *input);

/* --list-columns: those of the report. */
enum exit_status cli_columns(const struct report_options *options);

/* Flush stdout; returns the worse of "status" and what went wrong. */
enum exit_status cli_flush(enum exit_status status);

/*
 * Close a report in which so many rows were "listed"; returns the worse of
 * "status" and what went wrong, or what -e asks for.
 */
enum exit_status cli_close(const struct cli *cli, struct report *report,
			   size_t listed, enum exit_status status);

/* What they say about output; schema and row types are the caller's. */
void cli_report(const struct cli *cli, struct report_options *options);

/* Print a warning about a capture. */
void cli_warn(const char *path, const char *text);

/* Print the error; returns the worse of "status" and its kind. */
enum exit_status cli_error(enum exit_status status, const struct error *err);

#endif
