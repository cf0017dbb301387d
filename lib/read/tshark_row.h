/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tshark_row.h - parse a line of tshark's "-T tabs" output into a struct row.
 *
 * Also restores the end of TCP options that tshark before 4.4 truncates (see
 * FIELD_TAIL_* in field.h).
 */
#ifndef READ_TSHARK_ROW_H
#define READ_TSHARK_ROW_H

#include <stddef.h>

#include "base/strlist.h"
#include "row/field.h"
#include "row/row.h"

/* The order of columns on a line. */
struct tshark_layout {
	enum field_id fields[FIELD_COUNT];
	size_t n;
};

/* The fields that are requested from this version of tshark, in table order. */
void tshark_layout_init(struct tshark_layout *layout, unsigned tshark_version);

/* Append the command-line options that request them. */
void tshark_layout_arguments(const struct tshark_layout *layout,
			     struct strlist *argv);

/*
 * Parse a line of n bytes, without its newline; ROW_BAD: not a line of this
 * layout.
 */
enum row_kind tshark_row_parse(const struct tshark_layout *layout,
			       const char *line, size_t n, struct row *row);

#endif
