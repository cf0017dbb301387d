/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets byte by byte for unit tests, and what packet.h makes of them.  To be
   included behind cmocka.h. */
#ifndef UNIT_CRAFT_PACKET_H
#define UNIT_CRAFT_PACKET_H

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "pcap/packet.h"

enum {
	ROOM = 1600,
	TCP = 6,
	TYPE_IPV4 = 0x0800,
	TYPE_IPV6 = 0x86dd,
	TYPE_VLAN = 0x8100,
	TYPE_SERVICE_VLAN = 0x88a8,
	TYPE_PPPOE = 0x8864
};

struct frame {
	uint32_t link;
	uint8_t bytes[ROOM];
	size_t n;
};

static inline void put(struct frame *f, const void *bytes, size_t n)
{
	assert_true(f->n + n <= ROOM);
	if (n)
		memcpy(f->bytes + f->n, bytes, n);
	f->n += n;
}

static inline void put8(struct frame *f, unsigned v)
{
	put(f, &(uint8_t){ (uint8_t)v }, 1);
}

static inline void put16(struct frame *f, unsigned v)
{
	put8(f, v >> 8);
	put8(f, v);
}

static inline void put32(struct frame *f, uint32_t v)
{
	put16(f, v >> 16);
	put16(f, v);
}

static inline void put_some(struct frame *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put8(f, (unsigned)i);
}

static inline void put_ethernet(struct frame *f, unsigned type)
{
	put_some(f, 12);
	put16(f, type);
}

/* The tag of a VLAN, behind its type. */
static inline void put_tag(struct frame *f, unsigned type)
{
	put16(f, 7);
	put16(f, type);
}

/* An IPv4 header with n bytes of options for "payload" bytes behind it. */
static inline void put_ipv4(struct frame *f, unsigned protocol, size_t n,
			    size_t payload)
{
	put8(f, 0x40 + 5 + (unsigned)n / 4);
	put8(f, 0);
	put16(f, (unsigned)(20 + n + payload));
	put16(f, 0xbeef); /* identification */
	put16(f, 0x4000);
	put8(f, 61); /* time to live */
	put8(f, protocol);
	put16(f, 0);
	put32(f, 0xc0000201);
	put32(f, 0xc6336402);
	for (size_t i = 0; i < n; i++)
		put8(f, 1);
}

static inline void put_ipv6(struct frame *f, unsigned next, size_t payload)
{
	static const uint8_t net[12] = { 0x20, 1, 0xd, 0xb8 };

	put32(f, 0x60012345);
	put16(f, (unsigned)payload);
	put8(f, next);
	put8(f, 44); /* hop limit */
	put(f, net, sizeof(net));
	put32(f, 1);
	put(f, net, sizeof(net));
	put32(f, 2);
}

/* A TCP header with n bytes of options, a multiple of four, and payload. */
static inline void put_tcp(struct frame *f, const void *options, size_t n,
			   size_t payload)
{
	put16(f, 50000);
	put16(f, 443);
	put32(f, 0xfedcba98);
	put32(f, 0x76543210);
	put16(f, (unsigned)(5 + n / 4) << 12 | 0x118);
	put16(f, 1025);
	put16(f, 0xabcd);
	put16(f, 0);
	put(f, options, n);
	put_some(f, payload);
}

/* An IPv4 packet of TCP without options. */
static inline void put_plain(struct frame *f)
{
	put_ipv4(f, TCP, 0, 25);
	put_tcp(f, NULL, 0, 5);
}

/* What became of a packet; what points into it is no longer valid. */
struct looked {
	enum packet_kind kind;
	struct packet packet;
	struct row row;
	enum row_kind what; /* of the row */
};

/* Of a frame of "length" bytes on the wire the first "captured" ones: whoever
   reads behind them is caught by a sanitizer. */
static inline struct looked look_at(const struct frame *f, size_t captured,
				    size_t length)
{
	uint8_t *exact = malloc(captured);
	struct looked l = { .kind = PACKET_ODD };
	struct pcap_record record = { .kind = PCAP_PACKET,
				      .number = 17,
				      .link = f->link,
				      .bytes = exact,
				      .captured = (uint32_t)captured,
				      .length = (uint32_t)length,
				      .has_time = true,
				      .time = 123456789,
				      .interface = "eth7" };

	assert_true(captured <= f->n);
	if (captured)
		memcpy(exact, f->bytes, captured);
	l.kind = packet_look(&record, &l.packet);
	if (l.kind == PACKET_TCP) {
		assert_true(l.packet.options >= exact &&
			    l.packet.options + l.packet.n_options <=
				    exact + captured);
		assert_true(l.packet.payload >= exact &&
			    l.packet.payload + l.packet.n_payload <=
				    exact + captured);
	}
	l.what = packet_row(l.kind, &l.packet, &record, &l.row);
	if (l.kind == PACKET_TCP)
		assert_memory_equal(l.row.options, l.packet.options,
				    l.packet.n_options);
	free(exact);
	return l;
}

/* All of it was captured. */
static inline struct looked look(const struct frame *f)
{
	return look_at(f, f->n, f->n);
}

static inline enum packet_kind kind_of(const struct frame *f)
{
	return look(f).kind;
}

static inline uint64_t shape_of(const struct frame *f)
{
	return look(f).packet.shape;
}

#endif
