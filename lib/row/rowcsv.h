/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rowcsv.h - rows as lines of comma-separated values (RFC 4180), as the cache
 * keeps them.
 *
 * Any reader of CSV takes such a file; this one is made for exactly these
 * columns, because a capture has millions of rows.  What it does not expect it
 * leaves to field_parse().
 *
 *	struct rowcsv csv;
 *	rowcsv_init(&csv);
 *	while (... a line ...)
 *		if (rowcsv_line(&csv, line, end) < 0) ...
 *		... csv.row ...
 */
#ifndef ROW_ROWCSV_H
#define ROW_ROWCSV_H

#include <stddef.h>

#include "base/strbuf.h"
#include "row/field.h"
#include "row/row.h"

/* A text that a column had; where that has addresses, also which it is. */
struct rowcsv_text {
	char text[ROW_INTERFACE_TEXT];
	size_t length; /* bytes; 0: none yet */
	struct address address;
};

struct rowcsv_column {
	enum field_id id;
	const struct field *field;
	struct rowcsv_text known[2]; /* those of two directions take turns */
	unsigned last;		     /* which of them the last line had */
};

struct rowcsv {
	struct row row; /* of the last line */
	struct rowcsv_column columns[FIELD_COUNT];
	size_t n;
};

void rowcsv_init(struct rowcsv *csv);

/* Append the line of column names, or that of a row. */
void rowcsv_header(const struct rowcsv *csv, struct strbuf *out);
void rowcsv_print(const struct rowcsv *csv, const struct row *row,
		  struct strbuf *out);

/* Parse the line up to its newline at "end"; -1: it is not one of ours. */
int rowcsv_line(struct rowcsv *csv, const char *line, const char *end)
	__attribute__((warn_unused_result));

#endif
