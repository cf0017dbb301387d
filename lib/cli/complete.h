/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complete.h - information for the completion of command lines by shells.
 *
 *	NAME [OPTION]... [CAPTURE] --help-completion=WHAT
 *
 * prints lines of fields separated by tabs on standard output:
 *
 *	options      the tables of options, from which "make" generates
 *	             completions: "command" NAME OPERANDS SUMMARY, "option"
 *	             SHORT LONG ARGUMENT HELP WORDS, "operand" WORDS; "-" stands
 *	             for nothing, blanks are between words
 *	columns      NAME MEANING of those for -o, with the options given
 *	table        those of all rows: WHERE in the document, NAME, KEY in it,
 *	             KIND, MEANING, HEADING in tables where it is not the name;
 *	             for "make regen", which writes them into pages and schemas
 *	connections  NUMBER CLIENT-AND-SERVER of the first capture given,
 *	             where the cache has it: tshark is never run
 *	tokens       the same, with tokens
 *	streams      the same of TCP streams
 */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/options.h"

/* "tables" of options, some NULL, each of which ends with letter 0. */
void complete_options(const struct cli_command *command,
		      const struct opt_spec *const *tables, size_t n);

/*
 * The i-th possible value of an option's argument, or, if "s" is NULL, of the
 * first operand; NULL: there are no more.
 */
const char *complete_word(const struct cli_command *command,
			  const struct opt_spec *s, int i);

/*
 * Print "connections", "tokens" or "streams" of the first operand that is a
 * capture; nothing if it is not cached.
 */
void complete_capture(const struct cli *cli, const char *what);

#endif
