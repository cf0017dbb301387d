/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets for unit tests: numbers in network byte order, and rows of streams
   between two hosts.  To be included behind cmocka.h. */
#ifndef UNIT_CRAFT_H
#define UNIT_CRAFT_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "model/key.h"
#include "model/packets.h"

static inline void put(uint8_t *to, uint64_t value, size_t n)
{
	while (n-- > 0) {
		to[n] = (uint8_t)value;
		value >>= 8;
	}
}

/* The keys of the initial subflow. */
enum {
	CLIENT_KEY = 4711,
	SERVER_KEY = 815
};

/* From 192.0.2.1 to 192.0.2.9, or the other way. */
static inline void craft_ends(struct row *row, int reverse)
{
	row->src = row->dst = (struct address){ { 192, 0, 2, 1 }, 4 };
	(reverse ? &row->src : &row->dst)->bytes[3] = 9;
}

/* Fill in the rest of a row: between which ends it is, its options. */
static inline void craft_rest(struct row *row, int reverse,
			      uint16_t client_port, uint16_t server_port,
			      const uint8_t *options, size_t n)
{
	row->sport = reverse ? server_port : client_port;
	row->dport = reverse ? client_port : server_port;
	craft_ends(row, reverse);
	row->n_options = (uint8_t)n;
	if (n)
		memcpy(row->options, options, n);
}

/* The same, and append it. */
static inline void craft_row(struct packets *packets, struct row *row,
			     int reverse, uint16_t client_port,
			     uint16_t server_port, const uint8_t *options,
			     size_t n)
{
	struct error err = ERROR_INIT;

	craft_rest(row, reverse, client_port, server_port, options, n);
	assert_int_equal(packets_append(packets, row, &err), 0);
}

/* A packet behind those that are there; "reverse": the server sent it. */
static inline void craft_packet(struct packets *packets, int64_t ms,
				uint32_t stream, int reverse, uint16_t flags,
				uint32_t seq, uint32_t ack, uint32_t len,
				const uint8_t *options, size_t n)
{
	struct row row = { .present = ROW_HAS_TCP | ROW_HAS_ACK,
			   .frame = (uint32_t)packets->n + 1,
			   .time = ms * 1000000,
			   .stream = stream,
			   .flags = flags,
			   .seq = seq,
			   .ack = ack,
			   .len = len };

	craft_row(packets, &row, reverse, (uint16_t)(4000 + stream), 80,
		  options, n);
}

/* MP_CAPABLE of version 1 in the packets of a handshake. */
struct craft_capable {
	uint8_t syn[4], synack[12], ack[20];
};

static inline struct craft_capable craft_capable(void)
{
	struct craft_capable o = { { 30, 4, 0x01, 1 },
				   { 30, 12, 0x01, 1 },
				   { 30, 20, 0x01, 1 } };

	put(o.synack + 4, SERVER_KEY, 8);
	put(o.ack + 4, CLIENT_KEY, 8);
	put(o.ack + 12, SERVER_KEY, 8);
	return o;
}

/* MP_JOIN of the client, with address id k. */
struct craft_join {
	uint8_t syn[12], synack[16], ack[24];
};

static inline struct craft_join craft_join(uint32_t k)
{
	struct craft_join o = { { 30, 12, 0x10, (uint8_t)k },
				{ 30, 16, 0x10, 9 },
				{ 30, 24, 0x10 } };
	uint32_t token = 0, nonce[2] = { 100 + k, 200 + k };
	uint64_t idsn = 0;
	uint8_t hmac[20];

	key_derive(1, SERVER_KEY, &token, &idsn);
	put(o.syn + 4, token, 4);
	put(o.syn + 8, nonce[0], 4);
	key_join_hmac(1, SERVER_KEY, CLIENT_KEY, nonce[1], nonce[0], hmac);
	memcpy(o.synack + 4, hmac, 8);
	put(o.synack + 12, nonce[1], 4);
	key_join_hmac(1, CLIENT_KEY, SERVER_KEY, nonce[0], nonce[1], hmac);
	memcpy(o.ack + 4, hmac, 20);
	return o;
}

#endif
