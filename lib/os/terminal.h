/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * terminal.h - what a terminal can display: its size, character set and
 * colours.
 */
#ifndef OS_TERMINAL_H
#define OS_TERMINAL_H

#include <stdbool.h>

struct terminal {
	bool is_one;	   /* false: a file or a pipe */
	int columns, rows; /* 0: unknown */
	bool utf8;	   /* false: ASCII only; decided by LC_CTYPE */
	int colours;	   /* 256, 16, or 0: none */
};

/*
 * Find out about the terminal at descriptor "fd"; -1: treat it as a file.
 * $COLUMNS and $LINES override the size that the terminal reports.  Colours
 * are used on terminals only, and not if $NO_COLOR is set (no-color.org) or
 * $TERM is "dumb"; 256 colours if $TERM contains "256color" or $COLORTERM is
 * set.
 */
void terminal_look(struct terminal *t, int fd);

#endif
