/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IP and what it carries: which packets are plain, which are odd. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "craft_packet.h"

enum {
	UDP = 17,
	HOP_BY_HOP = 0,
	DESTINATION = 60
};

static void ipv4_headers(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum packet_kind kind;
	} cases[] = {
		{ 0, 0x44, PACKET_ODD }, /* shorter than a header can be */
		{ 0, 0x40, PACKET_ODD }, /* */
		{ 0, 0x4f, PACKET_ODD }, /* longer than what is there */
		{ 0, 0x55, PACKET_ODD }, /* of another version */
		{ 0, 0x65, PACKET_ODD }, /* */
		{ 3, 19, PACKET_ODD },	 /* a length below that of the header */
		{ 3, 1, PACKET_ODD },	 /* */
		{ 3, 0, PACKET_TCP },	 /* as long as it is (TSO) */
		{ 3, 39, PACKET_ODD },	 /* and of that of TCP */
		{ 3, 40, PACKET_TCP },	 /* */
		{ 3, 46, PACKET_ODD },	 /* and above what there is */
		{ 2, 1, PACKET_ODD },	 /* */
		{ 6, 0x00, PACKET_TCP }, /* may be fragmented */
		{ 6, 0x80, PACKET_TCP }, /* is evil */
		{ 6, 0x20, PACKET_ODD }, /* is a fragment */
		{ 6, 0x60, PACKET_ODD }, /* */
		{ 6, 0x01, PACKET_ODD }, /* */
		{ 7, 0x01, PACKET_ODD }, /* */
		{ 8, 0, PACKET_TCP },	 /* time to live */
		{ 9, 4, PACKET_ODD },	 /* IPv4 in IPv4 */
		{ 9, 41, PACKET_ODD },	 /* IPv6 */
		{ 9, 47, PACKET_ODD },	 /* GRE */
		{ 9, 50, PACKET_ODD },	 /* ESP */
		{ 9, 51, PACKET_ODD },	 /* AH */
		{ 9, 132, PACKET_ODD },	 /* SCTP */
		{ 9, 0, PACKET_ODD },	 /* no extension of IPv4 */
		{ 9, 2, PACKET_OTHER },	 /* IGMP */
		{ 9, 89, PACKET_OTHER }, /* OSPF */
		{ 9, 112, PACKET_OTHER }, /* VRRP */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct frame f = { .link = LINK_RAW };

		put_plain(&f);
		f.bytes[cases[i].at] = cases[i].value;
		if (kind_of(&f) != cases[i].kind)
			fail_msg("case %zu", i);
	}
}

/* Extension headers in front of TCP, as the kinds of all say. */
static enum packet_kind extended(const char *kinds, const uint8_t *bytes,
				 size_t each)
{
	size_t n = strlen(kinds);
	struct frame f = { .link = LINK_IPV6 };

	for (size_t i = 0; i <= n; i++) {
		const unsigned next = i == n		? TCP
				      : kinds[i] == 'h' ? HOP_BY_HOP
				      : kinds[i] == 'd' ? DESTINATION
				      : kinds[i] == 'r' ? 43
				      : kinds[i] == 'f' ? 44
				      : kinds[i] == 'a' ? 51
							: 59;

		if (i == 0)
			put_ipv6(&f, next, n * each + 20);
		else
			put8(&f, next);
		if (i < n && i > 0)
			put(&f, bytes + 1, each - 1);
	}
	if (n)
		put(&f, bytes + 1, each - 1);
	put_tcp(&f, NULL, 0, 0);
	return kind_of(&f);
}

static void extensions(void **state)
{
	static const struct {
		const char *kinds;
		enum packet_kind kind;
	} orders[] = { { "", PACKET_TCP },	 { "h", PACKET_TCP },
		       { "d", PACKET_TCP },	 { "hd", PACKET_TCP },
		       { "dd", PACKET_TCP },	 { "hddd", PACKET_TCP },
		       { "hdddd", PACKET_ODD },	 { "dh", PACKET_ODD },
		       { "hh", PACKET_ODD },	 { "r", PACKET_ALL_ODD },
		       { "hr", PACKET_ALL_ODD }, { "f", PACKET_ODD },
		       { "df", PACKET_ODD },	 { "a", PACKET_ODD },
		       { "n", PACKET_ODD } };
	static const struct {
		uint8_t bytes[8]; /* an option from the third on */
		enum packet_kind kind;
	} contents[] = {
		{ { 0, 0, 1, 4, 0, 0, 0, 0 }, PACKET_TCP },
		{ { 0, 0, 0, 0, 0, 0, 0, 0 }, PACKET_TCP },
		{ { 0, 0, 5, 2, 0, 0, 1, 0 }, PACKET_TCP },
		{ { 0, 0, 5, 2, 0, 0, 0, 1 }, PACKET_ODD }, /* half of one */
		{ { 0, 0, 1, 5, 0, 0, 0, 0 }, PACKET_ODD }, /* too long */
		{ { 0, 0, 1, 255, 0, 0, 0, 0 }, PACKET_ODD },
		{ { 0, 0, 0xc2, 4, 0, 1, 0, 0 }, PACKET_ODD }, /* jumbo */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++)
		if (extended(orders[i].kinds, contents[0].bytes, 8) !=
		    orders[i].kind)
			fail_msg("extensions %s", orders[i].kinds);
	for (size_t i = 0; i < sizeof(contents) / sizeof(*contents); i++)
		if (extended("h", contents[i].bytes, 8) != contents[i].kind)
			fail_msg("contents %zu", i);
}

static void ipv6_headers(void **state)
{
	struct frame f = { .link = LINK_RAW };

	(void)state;
	put_ipv6(&f, TCP, 20);
	put_tcp(&f, NULL, 0, 0);
	assert_int_equal(kind_of(&f), PACKET_TCP);
	for (unsigned i = 0; i < 30; i++) {
		f.bytes[5] = (uint8_t)i; /* 0: a jumbo payload */
		assert_int_equal(kind_of(&f),
				 i == 20 ? PACKET_TCP : PACKET_ODD);
	}
	f.bytes[6] = 89; /* OSPF, which may be of any length */
	for (unsigned i = 0; i < 30; i++) {
		f.bytes[5] = (uint8_t)i;
		assert_int_equal(kind_of(&f),
				 i > 0 && i <= 20 ? PACKET_OTHER : PACKET_ODD);
	}
	f.bytes[5] = 20;
	f.bytes[6] = TCP;
	for (unsigned i = 0; i < 16; i++) {
		f.bytes[0] = (uint8_t)(i << 4);
		assert_int_equal(kind_of(&f), i == 6 ? PACKET_TCP : PACKET_ODD);
	}
}

static void tcp_headers(void **state)
{
	(void)state;
	for (unsigned words = 0; words < 16; words++)
		for (size_t payload = 0; payload < 50; payload++) {
			const bool fits =
				words >= 5 && 4 * words <= 20 + payload;
			struct looked l;
			struct frame f = { .link = LINK_RAW };

			put_ipv4(&f, TCP, 0, 20 + payload);
			put_tcp(&f, NULL, 0, payload);
			f.bytes[32] = (uint8_t)(words << 4 | 0xf);
			l = look(&f);
			assert_int_equal(l.kind,
					 fits ? PACKET_TCP : PACKET_ODD);
			if (!fits)
				continue;
			assert_int_equal(l.row.hdr_len, 4 * words);
			assert_int_equal(l.row.flags, 0xf18);
			assert_int_equal(l.row.n_options, 4 * words - 20);
			assert_int_equal(l.row.len,
					 40 + payload - 4 * words - 20);
		}
}

static enum packet_kind udp(unsigned from, unsigned to)
{
	struct frame f = { .link = LINK_RAW };

	put_ipv4(&f, UDP, 0, 8);
	put16(&f, from);
	put16(&f, to);
	put32(&f, 8 << 16);
	for (size_t n = 20; n < 28; n++)
		assert_int_equal(look_at(&f, n, f.n).kind, PACKET_ODD);
	return kind_of(&f);
}

static void udp_tunnels(void **state)
{
	static const unsigned ports[] = { 1701, 2152, 2153, 3386, 3544, 4754,
					  4755, 4789, 4790, 5246, 5247, 6080,
					  6081, 6635, 8472, 9899 };

	(void)state;
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
		assert_int_equal(udp(ports[i], 40000), PACKET_ODD);
		assert_int_equal(udp(40000, ports[i]), PACKET_ODD);
	}
	assert_int_equal(udp(40000, 53), PACKET_OTHER);
	assert_int_equal(udp(443, 40000), PACKET_OTHER);
}

/* Options of IPv4, which may say where the packet goes in the end. */
static void ipv4_options(void **state)
{
	static const struct {
		uint8_t bytes[8];
		enum packet_kind kind;
	} cases[] = {
		{ { 1, 1, 1, 1, 1, 1, 1, 1 }, PACKET_TCP },
		{ { 0, 131, 7, 4, 0, 0, 0, 0 }, PACKET_TCP },
		{ { 7, 7, 4, 0, 0, 0, 0, 0 }, PACKET_TCP },
		{ { 1, 7, 7, 4, 0, 0, 0, 0 }, PACKET_TCP },
		{ { 68, 8, 5, 0, 0, 0, 0, 0 }, PACKET_TCP },
		{ { 148, 4, 0, 0, 0, 0, 0, 0 }, PACKET_TCP },
		{ { 148, 4, 0, 0, 131, 4, 4, 0 }, PACKET_ODD },
		{ { 131, 7, 4, 0, 0, 0, 0, 0 }, PACKET_ODD },
		{ { 137, 7, 4, 0, 0, 0, 0, 0 }, PACKET_ODD },
		{ { 130, 8, 0, 0, 0, 0, 0, 0 }, PACKET_ODD },
		{ { 7, 1, 0, 0, 0, 0, 0, 0 }, PACKET_ODD },
		{ { 7, 0, 0, 0, 0, 0, 0, 0 }, PACKET_ODD },
		{ { 1, 1, 1, 1, 1, 1, 1, 7 }, PACKET_ODD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct frame f = { .link = LINK_RAW };

		put_ipv4(&f, TCP, 8, 20);
		put_tcp(&f, NULL, 0, 0);
		memcpy(f.bytes + 20, cases[i].bytes, 8);
		if (kind_of(&f) != cases[i].kind)
			fail_msg("case %zu", i);
	}
}

/* A packet that is longer than IP can say, and not padded. */
static void segment_to_be_cut(void **state)
{
	struct frame f = { .link = LINK_RAW };
	struct looked l;

	(void)state;
	put_ipv4(&f, TCP, 0, 0);
	f.bytes[2] = f.bytes[3] = 0;
	put_tcp(&f, NULL, 0, 1000);
	l = look_at(&f, 100, 80000);
	assert_int_equal(l.kind, PACKET_TCP);
	assert_int_equal(l.row.len, 80000 - 40);
	assert_int_equal(l.packet.n_payload, 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_headers),
		cmocka_unit_test(ipv4_options),
		cmocka_unit_test(segment_to_be_cut),
		cmocka_unit_test(extensions),
		cmocka_unit_test(ipv6_headers),
		cmocka_unit_test(tcp_headers),
		cmocka_unit_test(udp_tunnels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
