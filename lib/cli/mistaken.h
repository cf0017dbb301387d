/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mistaken.h - for options.h: error messages and suggestions for unknown
 * options and words
 *
 * The caller frees all returned texts.
 */
#ifndef CLI_MISTAKEN_H
#define CLI_MISTAKEN_H

#include "cli/options.h"

/*
 * What is wrong with "word", an option on the command line followed by "next"
 * (may be NULL), for a message: "is unknown: use --csv", "is ambiguous:
 * --no-cache or --no-headings", "is unknown".
 */
char *mistaken_option(const struct cli *cli, const char *word,
		      const char *next);

/* The same for a letter after a single dash. */
char *mistaken_letter(const struct cli *cli, int letter, const char *next);

/*
 * A suggestion for "text" of "n" bytes, which is not a word that the option
 * with that letter accepts (cli_command.word): a clause that begins with ";",
 * or "".
 */
char *mistaken_word(const struct cli_command *command, int letter,
		    const char *text, size_t n);

/*
 * The words that the option accepts, "light, dark or print", with "last" as
 * the conjunction; "": it has no such words.
 */
char *mistaken_choice(const struct cli_command *command, int letter,
		      const char *last);

/* Whether it is a long option with a single dash, "-csv". */
bool mistaken_dash(const struct cli *cli, const char *word);

#endif
