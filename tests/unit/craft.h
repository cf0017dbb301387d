/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets for unit tests: numbers in network byte order, and rows of streams
   between two hosts.  To be included behind cmocka.h. */
#ifndef UNIT_CRAFT_H
#define UNIT_CRAFT_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "model/packets.h"

static inline void put(uint8_t *to, uint64_t value, size_t n)
{
	while (n-- > 0) {
		to[n] = (uint8_t)value;
		value >>= 8;
	}
}

/* What a packet is; "reverse": the server sent it. */
struct crafted {
	uint32_t frame;
	int64_t time; /* ns */
	uint32_t stream;
	int reverse;
	uint16_t flags;
	uint32_t seq, ack, len;
};

static inline void craft_packet(struct packets *packets,
				const struct crafted *c, const uint8_t *options,
				size_t n)
{
	struct error err = ERROR_INIT;
	uint16_t port = (uint16_t)(4000 + c->stream);
	struct row row = { .present = ROW_HAS_TCP | ROW_HAS_ACK,
			   .frame = c->frame,
			   .time = c->time,
			   .sport = c->reverse ? 80 : port,
			   .dport = c->reverse ? port : 80,
			   .stream = c->stream,
			   .flags = c->flags,
			   .seq = c->seq,
			   .ack = c->ack,
			   .len = c->len,
			   .n_options = (uint8_t)n };

	snprintf(row.src, sizeof(row.src), "192.0.2.%d", c->reverse ? 9 : 1);
	snprintf(row.dst, sizeof(row.dst), "192.0.2.%d", c->reverse ? 1 : 9);
	if (n)
		memcpy(row.options, options, n);
	assert_int_equal(packets_append(packets, &row, &err), 0);
}

#endif
