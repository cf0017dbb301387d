/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * numbers.h - a list of tcp.stream numbers as used by Wireshark.
 *
 *	struct numbers numbers = { .items = NULL };
 *	numbers_add_connection(&numbers, &trace, conn);
 *	numbers_sort(&numbers);
 *	... numbers.items, ascending ...
 *	numbers_release(&numbers);
 *
 * A stream that Wireshark split has several numbers.  The list owns its items.
 */
#ifndef MODEL_NUMBERS_H
#define MODEL_NUMBERS_H

#include "model/trace.h"

struct numbers {
	uint32_t *items; /* NULL when there are none */
	size_t n, cap;
};

void numbers_add_one(struct numbers *numbers, uint32_t number);
void numbers_add(struct numbers *numbers, const struct stream *stream);
void numbers_add_connection(struct numbers *numbers, const struct trace *trace,
			    const struct connection *conn);
void numbers_sort(struct numbers *numbers);
void numbers_release(struct numbers *numbers);

#endif
