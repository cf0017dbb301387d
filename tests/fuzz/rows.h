/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows.h - packets out of any bytes.
 *
 * A record is 21 bytes and the options; corpus.py writes the same:
 *
 *	1 stream: bits 0 to 3; bit 7: from the server
 *	1 flags		1 n, options (at most 40)
 *	4 microseconds since the packet before, signed
 *	4 seq		4 ack		4 len, of which 18 bits count
 *	2 window
 *
 * Streams 0 to 7 and 8 to 15 have the same addresses in pairs, as when ports
 * are used again.
 */
#ifndef TESTS_FUZZ_ROWS_H
#define TESTS_FUZZ_ROWS_H

#include <string.h>

#include "base/mem.h"
#include "fuzz.h"
#include "model/trace.h"

enum {
	RECORD = 21,
	ROWS_MAX = 2000
};

/* Time of the first packet, but for what its record says. */
#define ROWS_BEGIN ((int64_t)1700000000 * 1000000000)

static inline uint32_t take_number(const uint8_t *b, size_t n)
{
	uint32_t v = 0;

	while (n--)
		v = v << 8 | *b++;
	return v;
}

/* Fills the row; the bytes that it took, 0 at the end. */
static inline size_t take_record(const uint8_t *b, size_t n, struct row *row)
{
	unsigned stream = 0, back = 0, n_options = 0;

	if (n < RECORD)
		return 0;
	stream = b[0] & 15;
	back = b[0] >> 7;
	n_options = b[2] > ROW_OPTIONS_MAX ? ROW_OPTIONS_MAX : b[2];
	if (n < RECORD + n_options)
		n_options = (unsigned)(n - RECORD);
	row->present = ROW_HAS_TCP | ROW_HAS_ACK | ROW_HAS_WINDOW |
		       ROW_HAS_HDR_LEN | ROW_HAS_IP_ID |
		       (b[0] & 64 ? ROW_OPTIONS_CUT : 0);
	row->frame++;
	row->time += (int64_t)(int32_t)take_number(b + 3, 4) * 1000;
	if (row->time < 0)
		row->time = 0;
	row->src = row->dst =
		(struct address){ { 10, (uint8_t)(stream % 8), 0, 1 }, 4 };
	(back ? &row->src : &row->dst)->bytes[3] = 2;
	row->sport = (uint16_t)(back ? 5001 : 40000 + stream % 8);
	row->dport = (uint16_t)(back ? 40000 + stream % 8 : 5001);
	row->stream = stream;
	row->flags = b[1];
	row->seq = take_number(b + 7, 4);
	row->ack = take_number(b + 11, 4);
	row->len = take_number(b + 15, 4) & 0x3ffff;
	row->window = (uint16_t)take_number(b + 19, 2);
	row->ip_id = (uint16_t)row->frame;
	row->hdr_len = (uint8_t)(20 + (n_options + 3) / 4 * 4);
	row->n_options = (uint8_t)n_options;
	memcpy(row->options, b + RECORD, n_options);
	return RECORD + n_options;
}

static inline void rows_load(struct trace *t, const uint8_t *b, size_t n)
{
	struct row row = { .time = ROWS_BEGIN };
	size_t used = 0;

	memset(t, 0, sizeof(*t));
	packets_init(&t->packets);
	t->info.complete = 1;
	t->info.path = mem_strdup("fuzz");
	for (size_t at = 0; t->packets.n < ROWS_MAX; at += used) {
		used = take_record(b + at, n - at, &row);
		if (!used)
			break;
		PROMISE(packets_append(&t->packets, &row, NULL) == 0);
		if (!t->info.has_time || row.time < t->info.first_time)
			t->info.first_time = row.time;
		if (!t->info.has_time || row.time > t->info.last_time)
			t->info.last_time = row.time;
		t->info.has_time = 1;
		t->info.packets = ++t->info.tcp_packets;
	}
	trace_build(t);
}

#endif
