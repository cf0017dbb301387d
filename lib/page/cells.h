/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cells.h - HTML tables of rows of the other commands
 *
 *	cells_begin(out, "Subflows", columns, n);
 *	cells_begin_row(out, "c0-1");
 *	cells_put(out, &columns[0], &row);	// each
 *	cells_end_row(out);
 *	cells_end(out);
 *
 * A cell shows the same text as the table of the command; sorting uses its
 * exact value.
 */
#ifndef PAGE_CELLS_H
#define PAGE_CELLS_H

#include "base/strbuf.h"
#include "output/column.h"

struct cells_column {
	const char *heading;
	const struct row_type *type;
	/* name of the column; NULL: filled by cells_put_text() */
	const char *name;
};

/* "is_long": the table scrolls. */
void cells_begin(struct strbuf *out, const char *caption,
		 const struct cells_column *columns, size_t n, bool is_long);
void cells_begin_row(struct strbuf *out);
void cells_put(struct strbuf *out, const struct cells_column *column,
	       const void *row);
void cells_put_text(struct strbuf *out, const char *text);
/* The same, as a link to an anchor of the page. */
void cells_put_link(struct strbuf *out, const char *text, const char *place);
void cells_end_row(struct strbuf *out);
void cells_end(struct strbuf *out);

/* Append what a column shows of a row, as plain text. */
void cells_value(struct strbuf *out, const struct row_type *type,
		 const char *name, const void *row);

#endif
