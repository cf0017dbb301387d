/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trends.h - how captures differ from each other: their index, and pictures
 */
#ifndef PAGE_TRENDS_H
#define PAGE_TRENDS_H

#include "page/overview.h"

/* The row of the i-th capture, with a link to its part of the page, without the
   first "common" bytes of its path. */
void trends_put_row(struct strbuf *out, struct overview_capture *capture,
		    size_t i, size_t common);

/* Goodput, what other subflows than the largest carried, and the causes that
   most connections have, over captures in the order in which they were given.
 */
void trends_put(struct strbuf *out, struct overview_capture *list, size_t n);

#endif
