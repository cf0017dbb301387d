/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * small.h - a connection as a small plot among many: its rate over time
 */
#ifndef PAGE_SMALL_H
#define PAGE_SMALL_H

#include "page/connection.h"

/* Append the plot with name and numbers; -1 if it cannot be drawn. */
int small_put(struct strbuf *out, const struct page_connection *c,
	      struct error *err) __attribute__((warn_unused_result));

#endif
