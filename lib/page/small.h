/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * small.h - a connection as one small picture among many: its rate over time
 */
#ifndef PAGE_SMALL_H
#define PAGE_SMALL_H

#include "page/connection.h"

/* Adds the picture, with its name and numbers; -1 where it cannot be drawn. */
int small_put(struct strbuf *out, const struct page_connection *c,
	      struct error *err) __attribute__((warn_unused_result));

#endif
