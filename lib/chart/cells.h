/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells.h - a page of character cells, for terminals: text, and dots, of which
 * a cell has two beside each other and four above each other (braille).
 *
 *	struct cells page;
 *	cells_init(&page, 80, 24, false, 256);
 *	cells_text(&page, 0, 0, "title", CHART_INK, true);
 *	cells_dots(&page, 10, 5, 0x47, 0, CELLS_OVER);
 *	cells_print(&page, stdout);
 *	cells_release(&page);
 *
 * Cells count from the upper left corner; what is outside of the page is left
 * out.  Colours are those of a chart (theme.h).
 */
#ifndef CHART_CELLS_H
#define CHART_CELLS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "chart/chart.h"

struct cell {
	char text[5]; /* a character, UTF-8; "": none */
	bool is_tail; /* of a wide character before it */
	bool bold;
	bool filled;  /* its dots are of an area */
	uint8_t dots; /* bits as Unicode has them: U+2800 + dots */
	int colour;
};

struct cells {
	int width, height;
	bool ascii;	    /* prints nothing else */
	int colours;	    /* of the terminal: 256, 16, or 0 */
	struct cell *items; /* owned */
};

void cells_init(struct cells *p, int width, int height, bool ascii,
		int colours);
void cells_release(struct cells *p);

/*
 * Put a text there, in place of what was.  On an ASCII page what has no ASCII
 * for it becomes '?'; so does anywhere what a terminal cannot show, and what
 * has no width is left out.
 */
void cells_text(struct cells *p, int x, int y, const char *text, int colour,
		bool bold);

/* Whether nothing is there; false outside of the page. */
bool cells_is_blank(const struct cells *p, int x, int y);

/* How dots get along with those of the same cell, which has one colour. */
enum cells_mix {
	CELLS_OVER, /* a line: stands before areas, joins other lines */
	CELLS_FILL  /* an area: the colour is that of most dots */
};

/* The bit of the dot in column 0 or 1, row 0 (above) to 3. */
uint8_t cells_dot(int column, int row);

void cells_dots(struct cells *p, int x, int y, uint8_t dots, int colour,
		enum cells_mix mix);

/* The lines of the page, without blanks at their ends.  Errors stay in the
   stream (ferror). */
void cells_print(const struct cells *p, FILE *out);

#endif
