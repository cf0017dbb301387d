/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live_table.h - for live_page.c: connections and their subflows as a table,
 * or details of one connection; and helpers to build lines.
 */
#ifndef OUTPUT_LIVE_TABLE_H
#define OUTPUT_LIVE_TABLE_H

#include "output/live_page.h"

/* Uses at most "room" lines. */
void live_table_put(struct live_page *page, const struct live_view *view,
		    const struct live_page_options *options, size_t room);

/* Append an empty line; valid until the next line is added. */
struct page_line *page_add(struct live_page *page);

/* Append text; fill with blanks up to a column. */
void page_put(struct page_line *line, enum live_style style, const char *text);
void page_fill(struct page_line *line, enum live_style style, size_t column);

/* Number of terminal columns that a text takes. */
size_t page_length(const char *text);

#endif
