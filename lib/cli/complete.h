/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * complete.h - what shells ask of a command while its line is being typed.
 *
 *	NAME [OPTION]... [CAPTURE] --help-completion=WHAT
 *
 * prints lines of fields with tabs between, on stdout:
 *
 *	options      the tables of options, from which "make" generates
 *	             completions: "command" NAME OPERANDS SUMMARY, "option"
 *	             SHORT LONG ARGUMENT HELP WORDS, "operand" WORDS; "-" stands
 *	             for nothing, blanks are between words
 *	columns      NAME MEANING of those for -o, with the options given
 *	table        those of all rows: WHERE in the document, NAME, KEY in it,
 *	             KIND, MEANING; for "make regen", which writes them into
 *	             pages and schemas
 *	connections  NUMBER CLIENT-AND-SERVER of the first capture given,
 *	             where the cache has it: tshark is never run
 *	tokens       the same, with tokens
 *	streams      the same of TCP streams
 */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/options.h"

/* "tables" of options, some NULL, each ending with letter 0. */
void complete_options(const struct cli_command *command,
		      const struct opt_spec *const *tables, size_t n);

/*
 * "connections", "tokens" or "streams" of the first of the operands that is a
 * capture.  Prints nothing when the cache has not got it.
 */
void complete_capture(const struct cli *cli, const char *what);

#endif
