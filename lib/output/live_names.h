/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live_names.h - for live_table.c: names of connections and subflows that fit
 * the available width.
 */
#ifndef OUTPUT_LIVE_NAMES_H
#define OUTPUT_LIVE_NAMES_H

#include "output/live_fields.h"

/* From long to short: both ends with ports, the ends, ... the number alone. */
enum live_name_form {
	NAME_PORTS,
	NAME_ENDS,
	NAME_SHORT,
	NAME_SHORTER,
	NAME_NUMBER,
	NAME_FORMS
};

void live_name_connection(struct strbuf *out, const struct live_line *line,
			  enum live_name_form form);

/*
 * The name of a row; subflows are preceded by a branch of the tree ("is_last"
 * of its connection).
 */
void live_name_put(struct strbuf *out, const struct live_table_row *row,
		   bool is_last, bool ascii, enum live_name_form form);

/* The longest form that fits into "room" columns. */
void live_name_fit(struct strbuf *out, const struct live_table_row *row,
		   bool is_last, bool ascii, size_t room);

#endif
