/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rowcsv.h - fast reading and writing of rows as comma-separated values (RFC
 * 4180), the format of the cache.
 *
 * The files are ordinary CSV, but the parser is optimised for exactly these
 * columns, since captures have millions of rows.  Unexpected input is left to
 * field_parse().
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

/* A text that a column had before, with its address if it is one. */
struct rowcsv_text {
	char text[ROW_INTERFACE_TEXT];
	size_t length; /* bytes; 0: unused */
	struct address address;
};

struct rowcsv_column {
	enum field_id id;
	const struct field *field;
	struct rowcsv_text known[2]; /* two, as the directions alternate */
	unsigned last; /* index of the one that the last line had */
};

struct rowcsv {
	struct row row; /* of the last line */
	struct rowcsv_column columns[FIELD_COUNT];
	size_t n;
};

void rowcsv_init(struct rowcsv *csv);

/* Append the line of column names, or the line of a row. */
void rowcsv_header(const struct rowcsv *csv, struct strbuf *out);
void rowcsv_print(const struct rowcsv *csv, const struct row *row,
		  struct strbuf *out);

/*
 * Parse the line that ends with a newline at "end"; -1: not a line in this
 * format.
 */
int rowcsv_line(struct rowcsv *csv, const char *line, const char *end)
	__attribute__((warn_unused_result));

#endif
