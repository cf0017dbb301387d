/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options.h - parse command lines from tables of options, one for each
 * command, from which getopt_long()'s arrays and the text of --help are made.
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
 * Options that commands share are handled here; their values are in
 * cli.common.  Strings point into argv.  Options of the user's configuration
 * (defaults.h) are treated as if they were at the beginning of argv.
 *
 * "--switch=no" cancels a switch that the configuration sets; "--switch=yes"
 * is the same as "--switch".
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>

#include "base/strlist.h"
#include "cli/defaults.h"
#include "cli/select.h"
#include "live/source.h"
#include "model/vantage.h"
#include "output/report.h"
#include "read/input.h"

struct opt_spec {
	int letter;	  /* 's'; above 255: long form only */
	const char *name; /* long form, or NULL */
	const char *arg;  /* name of its argument, or NULL */
	const char *help; /* NULL: an old name, accepted but not documented */
};

/* Groups of shared options that a command accepts; -h and -V always are. */
enum cli_group {
	CLI_INPUT = 1,	    /* -m -j --tshark --cache-dir --no-cache --refresh
			       --timeout -q */
	CLI_JSON = 2,	    /* --json */
	CLI_OUTPUT = 4,	    /* --jsonl --csv --tsv -o --sort --list-columns
			       -n -e */
	CLI_CONNECTION = 8, /* -c */
	CLI_STREAM = 16,    /* -t STREAM */
	CLI_TOWARDS = 32,   /* --towards */
	CLI_WRITE = 64,	    /* -w OUT; not with CLI_OUTPUT */
	CLI_WITH = 128,	    /* --with */
	CLI_ENDS = 256,	    /* --client, where there are two captures */
	CLI_VANTAGE = 512,  /* --captured-at */
	CLI_LIVE = 1024	    /* -i --capture-filter --snaplen -w FILE -f
			       (live_options.h); not with CLI_WRITE */
};

struct cli_command {
	const char *name;
	const char *operands; /* "CAPTURE..." */
	const char *summary;  /* one line */
	unsigned groups;
	/* its own options, ends with letter 0; or NULL */
	const struct opt_spec *specs;
	/*
	 * The i-th possible value for the argument of the option with this
	 * letter, or of the first operand (letter 0); NULL: there are no more.
	 * For completions and messages.  May be NULL.
	 */
	const char *(*word)(int letter, int i);
	/*
	 * Take an option of the command; its argument is "optarg".  False: an
	 * error was printed, and the program ends with cli->status
	 * (cli_stop()).  NULL: it has no options.
	 */
	bool (*option)(void *ctx, int letter);
	/* Do the work; cli->argv[optind] is the first operand. */
	enum exit_status (*run)(void *ctx);
	/* Free what the options own, also if there was no run.  May be NULL. */
	void (*release)(void *ctx);
};

struct cli_common {
	const char *tshark;
	const char *cache_dir;
	bool merge; /* several files are one capture */
	bool keep_copies, no_cache, refresh, quiet;
	unsigned jobs; /* 0: not given */
	enum reader_choice reader;
	bool has_reader; /* the reader was given */
	enum format format;
	const char *columns;
	const char *sort;
	const char *out; /* argument of -w, or NULL */
	bool out_by_o;	 /* given by -o, its name before 0.2.0 */
	bool list_columns, no_headings, fail_empty;
	const char **with; /* files of --with; owned */
	size_t n_with;
	enum vantage captured_at;
	int client; /* which of two captures, 1 or 2; 0: determine it */
	enum report_list list;		 /* format of list_columns */
	const char *completion;		 /* request of complete.h, or NULL */
	struct select select;		 /* owned */
	struct live_source_options live; /* its interfaces are owned */
};

struct cli {
	const struct cli_command *command;
	struct cli_common common;
	enum exit_status status;
	int argc;
	char **argv;
	int behind; /* number of operands after "--"; -1: there is no
		       "--" */
	struct defaults defaults;
	const struct config_line *line; /* the line of the configuration that is
					   being read; or NULL */
	/* directories given as captures; recording.h */
	struct strlist recordings;
	struct strlist recorded; /* the captures in them */
	char **piped;		 /* argv made by piped.h; owned */
	char *shorts;		 /* owned */
	struct option *longs;	 /* owned */
};

/*
 * The whole main(): parse the command line into "cli" and the command's
 * options "ctx", which contain "cli", and run the command.  Returns the exit
 * status.
 */
int cli_main(const struct cli_command *command, struct cli *cli, void *ctx,
	     int argc, char **argv);

/*
 * Whether the command has its own option with the letter of this shared
 * option.
 */
bool cli_is_replaced(const struct cli_command *command,
		     const struct opt_spec *table, const struct opt_spec *spec);

/* For cli_command.option: end the program with this status.  Returns false. */
bool cli_stop(struct cli *cli, enum exit_status status);

/*
 * The same for an invalid argument; the text says what is valid, such as "dots
 * per inch, from 24 to 1200".
 */
bool cli_stop_argument(struct cli *cli, int letter, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The same for an argument that is not one of the option's words
 * (cli_command.word).
 */
bool cli_stop_word(struct cli *cli, int letter);

/*
 * Check whether the letter just read began a long option with a single dash,
 * "-csv".  If so, print that and end the program with cli->status.
 */
bool cli_stop_one_dash(struct cli *cli);

/*
 * Print an error, with the line of the configuration if it comes from there,
 * and how to get help.  Returns EXIT_USAGE.
 */
enum exit_status cli_usage(const struct cli *cli, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Set up "input" from the shared options. */
void cli_input(const struct cli *cli, struct input *input);

/* --list-columns: print the columns of the report. */
enum exit_status cli_columns(const struct report_options *options);

/* Flush standard output; returns the worse of "status" and the result. */
enum exit_status cli_flush(enum exit_status status);

/*
 * Close a report to which "listed" rows were passed; returns the worse of
 * "status" and the result, including that of -e.
 */
enum exit_status cli_close(const struct cli *cli, struct report *report,
			   size_t listed, enum exit_status status);

/*
 * Set up the report from the shared options; schema and row types are the
 * caller's.
 */
void cli_report(const struct cli *cli, struct report_options *options);

/* Print a warning about a capture. */
void cli_warn(const char *path, const char *text);

/* Print the error; returns the worse of "status" and its kind. */
enum exit_status cli_error(enum exit_status status, const struct error *err);

#endif
