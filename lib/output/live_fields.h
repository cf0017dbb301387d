/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live_fields.h - for live_table.c: the columns of the tables for connections
 * and subflows.
 */
#ifndef OUTPUT_LIVE_FIELDS_H
#define OUTPUT_LIVE_FIELDS_H

#include "output/live_page.h"

/* A row of a table, or its heading. */
struct live_table_row {
	const struct live_view *view;
	const struct live_lines *conn;
	const struct live_line *line;
	bool is_subflow;
	bool one_way; /* the table shows one direction only: */
	enum direction direction;
};

struct live_field {
	const char *heading;
	int width;
	int rank;     /* columns with higher ranks are dropped first */
	bool is_left; /* left-aligned (words) */
	void (*put)(struct strbuf *out, const struct live_table_row *r);
};

/*
 * Columns for tables of both directions, and of one; each list ends with a
 * NULL heading.
 */
extern const struct live_field live_both_ways[], live_one_way[];

enum live_style live_field_style(const struct live_table_row *row,
				 const struct live_field *field);

#endif
