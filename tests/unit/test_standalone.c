/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which packets can be understood without those before them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "pcap/standalone.h"

enum {
	TCP = 6,
	UDP = 17,
	GRE = 47,
	HOP_BY_HOP = 0
};

struct packet {
	uint8_t bytes[128];
	size_t n;
};

static void put(struct packet *p, const void *bytes, size_t n)
{
	assert_true(p->n + n <= sizeof(p->bytes));
	memcpy(p->bytes + p->n, bytes, n);
	p->n += n;
}

static void put16(struct packet *p, unsigned v)
{
	const uint8_t bytes[2] = { (uint8_t)(v >> 8), (uint8_t)v };

	put(p, bytes, 2);
}

static void zeros(struct packet *p, size_t n)
{
	static const uint8_t nothing[64];

	put(p, nothing, n);
}

/* An IPv4 header, and ports behind it. */
static void ipv4(struct packet *p, int protocol, unsigned from, unsigned to)
{
	size_t at = p->n;

	zeros(p, 20);
	p->bytes[at] = 0x45;
	p->bytes[at + 9] = (uint8_t)protocol;
	put16(p, from);
	put16(p, to);
}

static void ipv6(struct packet *p, int next)
{
	size_t at = p->n;

	zeros(p, 40);
	p->bytes[at] = 0x60;
	p->bytes[at + 6] = (uint8_t)next;
}

static void ethernet(struct packet *p, unsigned type)
{
	zeros(p, 12);
	put16(p, type);
}

static int is_plain(uint32_t link, const struct packet *p)
{
	/* Whoever reads behind the end of this is caught by a sanitizer. */
	uint8_t *exact = mem_calloc(p->n, 1);
	int plain = 0;

	memcpy(exact, p->bytes, p->n);
	plain = standalone_packet(link, exact, p->n);
	free(exact);
	return plain;
}

static void tcp_on_every_link(void **state)
{
	static const struct {
		uint32_t link;
		size_t before, after; /* of the type, if there is one */
	} links[] = { { LINK_ETHERNET, 12, 0 }, { LINK_SLL, 14, 0 },
		      { LINK_SLL2, 0, 18 },	{ LINK_RAW, 0, 0 },
		      { LINK_IPV4, 0, 0 },	{ LINK_IPV6, 0, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		int has_type = links[i].before + links[i].after > 0;

		for (int version = 4; version <= 6; version += 2) {
			struct packet p = { .n = 0 };
			int other = links[i].link ==
				    (uint32_t)(version == 4 ? LINK_IPV6
							    : LINK_IPV4);

			zeros(&p, links[i].before);
			if (has_type)
				put16(&p, version == 4 ? 0x0800 : 0x86dd);
			zeros(&p, links[i].after);
			if (version == 4)
				ipv4(&p, TCP, 1, 2);
			else
				ipv6(&p, TCP);
			assert_int_equal(is_plain(links[i].link, &p), !other);
			/* Nor is it without its last bytes, or any. */
			p.n = links[i].before + links[i].after +
			      (has_type ? 2 : 0) + 19;
			assert_false(is_plain(links[i].link, &p));
			p.n = 0;
			assert_false(is_plain(links[i].link, &p));
		}
	}
	struct packet ppp = { .n = 0 };

	ipv4(&ppp, TCP, 1, 2);
	assert_false(is_plain(9, &ppp));
}

static void tunnels(void **state)
{
	static const unsigned ports[] = { 1701, 2152, 2153, 3386, 3544, 4754,
					  4755, 4789, 4790, 5246, 5247, 6080,
					  6081, 6635, 8472, 9899 };
	struct packet p = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++)
		for (int side = 0; side < 2; side++) {
			p.n = 0;
			ipv4(&p, UDP, side ? 40000 : ports[i],
			     side ? ports[i] : 40000);
			assert_false(is_plain(LINK_RAW, &p));
		}
	p.n = 0;
	ipv4(&p, UDP, 40000, 53);
	assert_true(is_plain(LINK_RAW, &p));
	p.n -= 1; /* half a port */
	assert_false(is_plain(LINK_RAW, &p));
	p.n = 0;
	ipv4(&p, GRE, 0, 0);
	assert_false(is_plain(LINK_RAW, &p));
	p.n = 0;
	ipv6(&p, 4); /* IPv4 in IPv6 */
	ipv4(&p, TCP, 1, 2);
	assert_false(is_plain(LINK_RAW, &p));
}

static void fragments(void **state)
{
	static const struct {
		uint8_t flags, offset;
		int plain;
	} words[] = { { 0x40, 0, 1 }, { 0x20, 0, 0 }, { 0, 1, 0 } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct packet p = { .n = 0 };

		ipv4(&p, TCP, 1, 2);
		p.bytes[6] = words[i].flags;
		p.bytes[7] = words[i].offset;
		assert_int_equal(is_plain(LINK_IPV4, &p), words[i].plain);
	}
}

static void headers_that_make_no_sense(void **state)
{
	struct packet p = { .n = 0 };

	(void)state;
	ipv4(&p, TCP, 1, 2);
	p.bytes[0] = 0x44; /* shorter than a header can be */
	assert_false(is_plain(LINK_IPV4, &p));
	p.bytes[0] = 0x4f; /* longer than what is there */
	assert_false(is_plain(LINK_IPV4, &p));
	p.bytes[0] = 0x55; /* of another version */
	assert_false(is_plain(LINK_IPV4, &p));
	p.n = 0;
	ipv6(&p, TCP);
	p.bytes[0] = 0x40;
	assert_false(is_plain(LINK_IPV6, &p));
	p.bytes[0] = 0x60;
	p.n = 39;
	assert_false(is_plain(LINK_IPV6, &p));
}

static void hop_by_hop(void **state)
{
	static const uint8_t options[8] = { TCP, 0 }, longer[8] = { TCP, 1 };
	struct packet p = { .n = 0 };

	(void)state;
	ipv6(&p, HOP_BY_HOP);
	assert_false(is_plain(LINK_IPV6, &p));
	put(&p, options, 1);
	assert_false(is_plain(LINK_IPV6, &p));
	put(&p, options + 1, 7);
	assert_true(is_plain(LINK_IPV6, &p));
	p.n = 40;
	put(&p, longer, 8);
	assert_false(is_plain(LINK_IPV6, &p));
	zeros(&p, 8);
	assert_true(is_plain(LINK_IPV6, &p));
}

static void ethernet_types(void **state)
{
	static const uint8_t spanning_tree[] = { 0x42, 0x42, 3 };
	static const uint8_t netbios[] = { 0xf0, 0xf0, 3 };
	static const struct {
		unsigned type;
		int plain;
	} types[] = { { 0x0806, 1 }, { 0x888e, 1 }, { 0x88cc, 1 },
		      { 0x8847, 0 }, { 0x8863, 0 }, { 0x88e5, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct packet p = { .n = 0 };

		ethernet(&p, types[i].type);
		put(&p, spanning_tree, sizeof(spanning_tree));
		assert_int_equal(is_plain(LINK_ETHERNET, &p), types[i].plain);
	}
	for (int tags = 0; tags <= 3; tags++) {
		struct packet p = { .n = 0 };

		ethernet(&p, tags ? 0x88a8 : 0x0800);
		for (int i = 1; i <= tags; i++) {
			put16(&p, 7);
			put16(&p, i < tags ? 0x8100 : 0x0800);
		}
		ipv4(&p, TCP, 1, 2);
		assert_int_equal(is_plain(LINK_ETHERNET, &p), tags <= 2);
	}
	struct packet frame = { .n = 0 };

	ethernet(&frame, 38); /* a length: LLC follows */
	assert_false(is_plain(LINK_ETHERNET, &frame));
	put(&frame, spanning_tree, sizeof(spanning_tree));
	assert_true(is_plain(LINK_ETHERNET, &frame));
	frame.n = 0;
	ethernet(&frame, 38);
	put(&frame, netbios, sizeof(netbios));
	assert_false(is_plain(LINK_ETHERNET, &frame));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_on_every_link),
		cmocka_unit_test(tunnels),
		cmocka_unit_test(fragments),
		cmocka_unit_test(headers_that_make_no_sense),
		cmocka_unit_test(hop_by_hop),
		cmocka_unit_test(ethernet_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
