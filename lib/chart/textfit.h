/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * textfit.h - measure texts, and shorten or wrap them to fit.
 *
 * Widths come from a table for a wide sans-serif font, so that layouts are the
 * same in every format and on every machine, and what fits here also fits with
 * other fonts.  All lengths are in px.  On a terminal a px is a cell, and the
 * font size is 1.
 *
 * The caller frees returned strings with free(3).
 */
#ifndef CHART_TEXTFIT_H
#define CHART_TEXTFIT_H

#include <stddef.h>

#include "base/strlist.h"

/* A copy that is valid UTF-8 without control characters. */
char *text_clean(const char *s) __attribute__((returns_nonnull));

enum text_font {
	TEXT_REGULAR,
	TEXT_BOLD,
	TEXT_CELLS /* terminal: 0, 1 or 2 times "size", by wcwidth(3) */
};

/* The width of "s" at font size "size". */
double text_width(const char *s, double size, enum text_font font);

/*
 * The length in bytes of the first character of "s", which must not be empty.
 * *cells is its width on a terminal, -1 if it cannot be shown (and takes 1).
 */
size_t text_character(const char *s, int *cells);

enum text_cut {
	TEXT_CUT_END,
	TEXT_CUT_MIDDLE
};

/* A copy of "s", shortened to "max" px if necessary, with an ellipsis. */
char *text_shorten(const char *s, double size, enum text_font font, double max,
		   enum text_cut cut) __attribute__((returns_nonnull));

/*
 * Break "s" at blanks into at most "rows" lines of at most "max" px, which are
 * appended to "lines"; what does not fit ends with an ellipsis.
 */
void text_wrap(struct strlist *lines, const char *s, double size,
	       enum text_font font, double max, size_t rows);

#endif
