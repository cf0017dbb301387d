/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trends.h - how captures differ from each other: an index of captures, and
 * plots over captures
 */
#ifndef PAGE_TRENDS_H
#define PAGE_TRENDS_H

#include "page/overview.h"

/*
 * Append the row of the i-th capture, with a link to its part of the page; the
 * first "common" bytes of its path are omitted.
 */
void trends_put_row(struct strbuf *out, struct overview_capture *capture,
		    size_t i, size_t common);

/*
 * Append plots over the captures in the given order: goodput, data carried by
 * other subflows than the largest, and the most frequent causes.
 */
void trends_put(struct strbuf *out, struct overview_capture *list, size_t n);

#endif
