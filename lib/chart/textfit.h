/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * textfit.h - how wide a text is, and how to make it fit.
 *
 * Widths come from a table made for a wide sans-serif font, so that a layout
 * is the same in every format and on every machine, and that what fits here
 * fits with the fonts of others.  All lengths are in px.  On a terminal a px
 * is a cell, and the size of the font is 1.
 *
 * Strings that are returned are the caller's, to be freed with free(3).
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
	TEXT_CELLS /* a terminal's: 0, 1 or 2 times "size", by wcwidth(3) */
};

/* The width of "s" at font size "size". */
double text_width(const char *s, double size, enum text_font font);

/*
 * The bytes of the first character of "s", which is not empty; *cells is its
 * width on a terminal, -1 when it cannot be shown there (which takes 1).
 */
size_t text_character(const char *s, int *cells);

enum text_cut {
	TEXT_CUT_END,
	TEXT_CUT_MIDDLE
};

/* "s", or what fits of it into "max" px with an ellipsis in place of the rest.
 */
char *text_shorten(const char *s, double size, enum text_font font, double max,
		   enum text_cut cut) __attribute__((returns_nonnull));

/*
 * Break "s" at blanks into at most "rows" lines of at most "max" px, which are
 * appended to "lines"; what does not fit ends with an ellipsis.
 */
void text_wrap(struct strlist *lines, const char *s, double size,
	       enum text_font font, double max, size_t rows);

#endif
