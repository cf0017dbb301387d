/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exact_rows.h - the rows of a capture, made again as they were.
 *
 * A packet table is in order of time and leaves out what the model does not
 * need.  This keeps beside it what is missing of the columns that are stored
 * (field.h), so that each row can be made again, in the order of the file.
 *
 *	struct session s;
 *	struct exact_rows e;
 *	if (session_open_exact(&s, &in, path, SESSION_WHOLE, &e, &err) < 0) ...
 *	if (session_need_all(&s, &err) < 0) ...
 *	for (size_t k = 0; k < e.n; k++)
 *		exact_rows_get(&e, &s.trace, k, &row);
 *	exact_rows_release(&e);
 *	session_close(&s);
 *
 * "Place in the file" is one among the rows that were read.  Costs 11 bytes per
 * packet, 15 where the file is not in order of time.
 */
#ifndef LOAD_EXACT_ROWS_H
#define LOAD_EXACT_ROWS_H

#include "model/trace.h"

struct exact_rows {
	/* By place in the file; all owned. */
	uint32_t *stream; /* Wireshark's number, also where it split one */
	uint32_t *at;	  /* packet in trace.packets; NULL: the same place */
	uint32_t *present;
	uint8_t *hdr_len;
	uint16_t *packet_type;
	size_t n, cap;
};

/* For each row as it comes, beside packets_append(). */
void exact_rows_append(struct exact_rows *exact, const struct row *row);

/* All rows of "from" behind the others, as packets_take() does it. */
void exact_rows_take(struct exact_rows *exact, struct exact_rows *from,
		     uint32_t base);

/* Beside packets_rearrange(), of which the arguments are. */
void exact_rows_rearrange(struct exact_rows *exact, const uint32_t *order,
			  const uint32_t *numbers);

/* When all rows are in, before the packets are sorted. */
void exact_rows_settle(struct exact_rows *exact, const struct packets *packets);

/* The packet in trace->packets that is at place k of the file. */
size_t exact_rows_packet(const struct exact_rows *exact, size_t k);

/* The row at place k of the file. */
void exact_rows_get(const struct exact_rows *exact, const struct trace *trace,
		    size_t k, struct row *out);

void exact_rows_release(struct exact_rows *exact);

#endif
