/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * defaults.h - options that the configuration of a user (config.h) says, as if
 * they stood in front of those of the command line
 *
 * Above all sections are options that commands share, for all that have them;
 * [NAME] is the head of those of one command, which take the place of the
 * former. Sections of other commands are left to these.  The command line takes
 * the place of both, and so do variables of the environment that say the same.
 */
#ifndef CLI_DEFAULTS_H
#define CLI_DEFAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strlist.h"
#include "cli/config.h"

struct cli;
struct cli_command;
struct opt_spec;

/* A line that holds for the command. */
struct default_option {
	const struct config_line *line;
	const struct opt_spec *spec;
};

struct defaults {
	struct config config;
	struct default_option *options; /* that are in force, in order */
	size_t n, cap;
	size_t taken;	      /* so many of them getopt_long() has read */
	struct strlist words; /* for it, one for each */
	int *said;	      /* letters of the options of the command line */
	size_t n_said, cap_said;
	char **argv; /* the new one */
};

/*
 * Read the configuration, unless only help or a version is asked for, and put
 * what it says in front of cli->argv.  -1: it is wrong, "err" says where.
 */
int defaults_take(struct cli *cli, struct error *err)
	__attribute__((warn_unused_result));

/* getopt_long() has read one more option: the line of the configuration that
   says it; NULL: it is of the command line. */
const struct config_line *defaults_next(struct defaults *d);

/* Where the value of the option is from that the command has by this name, to
   be freed by the caller: "command line", "MPTCP_READER", "FILE:LINE"; NULL:
   nobody has said anything. */
char *defaults_origin(const struct cli *cli, const char *name);

void defaults_release(struct defaults *d);

#endif
