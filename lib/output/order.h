/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * order.h - sort the lines of an output format: --sort.
 *
 *	struct order order;
 *	order_init(&order, options);
 *	order_add(&order, level, row);		 // each line
 *	const size_t *at = order_sorted(&order); // indices in sorted order
 *	order_release(&order);
 *
 * Lines of deeper levels stay below the line of level 0 before them, unless
 * each line is independent (report_options.leaves).  Equal lines keep their
 * order; lines without a value come last.  Rows are not kept.
 */
#ifndef OUTPUT_ORDER_H
#define OUTPUT_ORDER_H

#include "output/sink.h"

struct order_line;

struct order {
	bool is_asked; /* --sort was given; else the order is unchanged */
	bool descending, leaves;
	struct pick key;
	struct order_line *lines; /* owned */
	size_t n, cap;
	size_t *sorted; /* owned */
};

/* The column of --sort must exist, which report_open() checks. */
void order_init(struct order *o, const struct report_options *options);
void order_add(struct order *o, int level, const void *row);
const size_t *order_sorted(struct order *o);
void order_release(struct order *o);

#endif
