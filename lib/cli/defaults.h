/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * defaults.h - apply options from the user's configuration (config.h), as if
 * they preceded those on the command line
 *
 * Options before the first section are shared options, for all commands that
 * have them.  Section [NAME] contains options of one command, which override
 * the former.  Sections of other commands are not checked.  The command line
 * overrides both, and so do environment variables with the same meaning.
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

/* A line that applies to the command. */
struct default_option {
	const struct config_line *line;
	const struct opt_spec *spec;
};

struct defaults {
	struct config config;
	struct default_option *options; /* those in effect, in order */
	size_t n, cap;
	size_t taken;	      /* number of them that getopt_long() has read */
	struct strlist words; /* arguments for it, one for each */
	int *said;	      /* letters of options on the command line */
	size_t n_said, cap_said;
	char **argv; /* the new one */
};

/*
 * Read the configuration, unless only help or version is requested, and insert
 * its options at the beginning of cli->argv.  -1: the configuration is invalid;
 * "err" says where.
 */
int defaults_take(struct cli *cli, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Call when getopt_long() has returned an option: the line of the
 * configuration that it comes from; NULL: the command line.
 */
const struct config_line *defaults_next(struct defaults *d);

/*
 * Where the value of the command's option with this name comes from: "command
 * line", "MPTCP_READER", "FILE:LINE"; NULL: it was not set.  The caller frees
 * it.
 */
char *defaults_origin(const struct cli *cli, const char *name);

void defaults_release(struct defaults *d);

#endif
