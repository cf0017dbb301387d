/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * terminal.h - what the terminal can show that an output goes to: how many
 * characters, which ones, in which colours.
 */
#ifndef OS_TERMINAL_H
#define OS_TERMINAL_H

#include <stdbool.h>

struct terminal {
	bool is_one;	   /* a terminal at all */
	int columns, rows; /* 0: not known */
	bool utf8;	   /* else ASCII only, by the locale of LC_CTYPE */
	int colours;	   /* 256, 16, or 0: none */
};

/*
 * Of a file descriptor; -1 stands for a file.  $COLUMNS and $LINES go before
 * what the terminal says.  Colours are for terminals only, unless $NO_COLOR is
 * set (no-color.org) or $TERM is "dumb"; 256 where $TERM has "256color" in it,
 * or $COLORTERM is set.
 */
void terminal_look(struct terminal *t, int fd);

#endif
