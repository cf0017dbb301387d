/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * exact_rows.h - reconstruct the rows of a capture exactly from the packet
 * table, for export and for the cache's format.
 *
 * A packet table is sorted by time and lacks columns that the model does not
 * need.  This keeps those columns (of the stored ones in field.h), so that
 * each row can be made again, in the order of the file.
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
 * A "place in the file" counts the rows that were read, from 0.  Takes 11
 * bytes per packet, 15 when the file is not in order of time.
 */
#ifndef LOAD_EXACT_ROWS_H
#define LOAD_EXACT_ROWS_H

#include "model/trace.h"

struct exact_rows {
	/* All indexed by place in the file, and owned. */
	/* Wireshark's number, even where the model split the stream */
	uint32_t *stream;
	uint32_t *at; /* index in trace.packets; NULL: equals the place */
	uint32_t *present;
	uint8_t *hdr_len;
	uint16_t *packet_type;
	size_t n, cap;
};

/* Add a row; call for each row, together with packets_append(). */
void exact_rows_append(struct exact_rows *exact, const struct row *row);

/* Append all rows of "from", as packets_take() does with packets. */
void exact_rows_take(struct exact_rows *exact, struct exact_rows *from,
		     uint32_t base);

/* Reorder, with the same arguments as packets_rearrange(). */
void exact_rows_rearrange(struct exact_rows *exact, const uint32_t *order,
			  const uint32_t *numbers);

/* Call after the last row, before the packets are sorted. */
void exact_rows_settle(struct exact_rows *exact, const struct packets *packets);

/* Index in trace->packets of the packet at place k of the file. */
size_t exact_rows_packet(const struct exact_rows *exact, size_t k);

/* Reconstruct the row at place k of the file. */
void exact_rows_get(const struct exact_rows *exact, const struct trace *trace,
		    size_t k, struct row *out);

void exact_rows_release(struct exact_rows *exact);

#endif
