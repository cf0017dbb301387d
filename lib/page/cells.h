/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells.h - rows of the other commands as a table of a page
 *
 *	cells_begin(out, "Subflows", columns, n);
 *	cells_begin_row(out, "c0-1");
 *	cells_put(out, &columns[0], &row);	// each
 *	cells_end_row(out);
 *	cells_end(out);
 *
 * A cell shows what the table of the command does, and its exact value is what
 * it is sorted by.
 */
#ifndef PAGE_CELLS_H
#define PAGE_CELLS_H

#include "base/strbuf.h"
#include "output/column.h"

struct cells_column {
	const char *heading;
	const struct row_type *type;
	const char *name; /* of the column in it; NULL: cells_put_text() */
};

/* "is_long": it scrolls by itself. */
void cells_begin(struct strbuf *out, const char *caption,
		 const struct cells_column *columns, size_t n, bool is_long);
void cells_begin_row(struct strbuf *out);
void cells_put(struct strbuf *out, const struct cells_column *column,
	       const void *row);
void cells_put_text(struct strbuf *out, const char *text);
/* The same, with a link to that place in the page. */
void cells_put_link(struct strbuf *out, const char *text, const char *place);
void cells_end_row(struct strbuf *out);
void cells_end(struct strbuf *out);

/* What a column shows of a row, as plain text. */
void cells_value(struct strbuf *out, const struct row_type *type,
		 const char *name, const void *row);

#endif
