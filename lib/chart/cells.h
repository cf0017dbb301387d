/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells.h - a page of character cells for terminals: text, and braille dots
 * (two columns and four rows per cell).
 *
 *	struct cells page;
 *	cells_init(&page, 80, 24, false, 256);
 *	cells_text(&page, 0, 0, "title", CHART_INK, true);
 *	cells_dots(&page, 10, 5, 0x47, 0, CELLS_OVER);
 *	cells_print(&page, stdout);
 *	cells_release(&page);
 *
 * Cells are counted from the upper left corner; what lies outside of the page
 * is ignored.  Colours are those of a chart (theme.h).
 */
#ifndef CHART_CELLS_H
#define CHART_CELLS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "chart/chart.h"

struct cell {
	char text[5]; /* one UTF-8 character; "": none */
	bool is_tail; /* second cell of a wide character */
	bool bold;
	bool filled;  /* its dots belong to an area */
	uint8_t dots; /* bits as in Unicode: U+2800 + dots */
	int colour;
};

struct cells {
	int width, height;
	bool ascii;	    /* print ASCII only */
	int colours;	    /* supported by the terminal: 256, 16, or 0 */
	struct cell *items; /* owned */
};

void cells_init(struct cells *p, int width, int height, bool ascii,
		int colours);
void cells_release(struct cells *p);

/*
 * Write text, replacing what was there.  Characters that the page (ASCII) or
 * terminals cannot show become '?'; those without width are omitted.
 */
void cells_text(struct cells *p, int x, int y, const char *text, int colour,
		bool bold);

/* Whether a cell is empty; false outside of the page. */
bool cells_is_blank(const struct cells *p, int x, int y);

enum {
	CELLS_COLOURS = 8 /* different ones, besides CHART_INK and the like */
};

/* How dots combine with others in the same cell, which has only one colour. */
enum cells_mix {
	CELLS_OVER, /* a line: hides areas, merges with other lines */
	CELLS_FILL  /* an area: the colour of the majority of dots wins */
};

/* The bit of the dot in column 0 or 1, row 0 (top) to 3. */
uint8_t cells_dot(int column, int row);

void cells_dots(struct cells *p, int x, int y, uint8_t dots, int colour,
		enum cells_mix mix);

/*
 * Print the page without trailing blanks.  Errors are left in the stream
 * (ferror(3)).
 */
void cells_print(const struct cells *p, FILE *out);

#endif
