/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets that are read in the same way have one shape, others have not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "craft_packet.h"

enum {
	OPTIONS = 12 /* bytes of the packets below */
};

static const uint8_t timestamps[OPTIONS] = {
	1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8
};

/* Ethernet, IPv4, TCP with these options. */
static struct frame packet_with(const uint8_t *options, size_t n)
{
	struct frame f = { .link = LINK_ETHERNET };

	put_ethernet(&f, TYPE_IPV4);
	put_ipv4(&f, TCP, 0, 20 + n + 30);
	put_tcp(&f, options, n, 30);
	return f;
}

static uint64_t shape_with(const uint8_t *options, size_t n)
{
	const struct frame f = packet_with(options, n);

	assert_int_equal(kind_of(&f), PACKET_TCP);
	return shape_of(&f);
}

/* Bytes that say how the packet is to be read: types, the version, lengths,
   fragment and protocol of IP; data offset, and kinds and lengths of options.
 */
static bool says_how(size_t i)
{
	static const uint8_t in_packet[] = { 12, 13, 14, 16, 17, 20, 21,
					     23, 46, 54, 55, 56, 57 };

	return memchr(in_packet, (int)i, sizeof(in_packet)) != NULL;
}

static void values_are_no_matter(void **state)
{
	const struct frame f = packet_with(timestamps, OPTIONS);

	(void)state;
	for (size_t i = 0; i < f.n; i++) {
		struct frame changed = f;

		changed.bytes[i] ^= 1;
		if (says_how(i))
			continue;
		assert_int_equal(kind_of(&changed), PACKET_TCP);
		assert_true(shape_of(&changed) == shape_of(&f));
	}
}

static void lengths_of_payload_are_no_matter(void **state)
{
	const struct frame f = packet_with(timestamps, OPTIONS);

	(void)state;
	for (size_t n = 0; n < 1200; n += 100) {
		struct frame other = { .link = LINK_ETHERNET };

		put_ethernet(&other, TYPE_IPV4);
		put_ipv4(&other, TCP, 0, 20 + OPTIONS + n);
		put_tcp(&other, timestamps, OPTIONS, n);
		assert_true(shape_of(&other) == shape_of(&f));
	}
}

/* All different; each with a name for whoever has to find out why not. */
struct shapes {
	struct {
		const char *name;
		uint64_t shape;
	} items[64];
	size_t n;
};

static void add(struct shapes *s, const char *name, struct looked l)
{
	assert_true(s->n < sizeof(s->items) / sizeof(*s->items));
	if (l.kind == PACKET_ODD)
		fail_msg("%s is odd", name);
	for (size_t i = 0; i < s->n; i++)
		if (s->items[i].shape == l.packet.shape)
			fail_msg("%s and %s", name, s->items[i].name);
	s->items[s->n].name = name;
	s->items[s->n++].shape = l.packet.shape;
}

static struct frame linked(uint32_t link)
{
	struct frame f = { .link = link };

	if (link == LINK_NULL)
		put32(&f, 2);
	if (link == LINK_PPP)
		put16(&f, 0x0021);
	if (link == LINK_SLL) {
		put32(&f, 1); /* from Ethernet */
		put_some(&f, 10);
		put16(&f, TYPE_IPV4);
	}
	put_plain(&f);
	return f;
}

static struct frame tagged(int tags, unsigned type)
{
	struct frame f = { .link = LINK_ETHERNET };

	put_ethernet(&f, tags ? type : TYPE_IPV4);
	for (int i = 1; i <= tags; i++)
		put_tag(&f, i < tags ? TYPE_VLAN : TYPE_IPV4);
	put_plain(&f);
	return f;
}

static struct frame with_ip_options(size_t n)
{
	struct frame f = { .link = LINK_RAW };

	put_ipv4(&f, TCP, n, 20);
	put_tcp(&f, NULL, 0, 0);
	return f;
}

static struct frame v6(unsigned extension, unsigned length)
{
	struct frame f = { .link = LINK_RAW };
	const size_t n = extension == TCP ? 0 : 8 + 8 * length;

	put_ipv6(&f, extension, n + 20);
	if (n) {
		put8(&f, TCP);
		put8(&f, length);
		while (f.n < 40 + n)
			put8(&f, 0);
	}
	put_tcp(&f, NULL, 0, 0);
	return f;
}

/* TCP, or another protocol, with this as its first bytes. */
static struct frame other(unsigned protocol, uint32_t first)
{
	struct frame f = { .link = LINK_RAW };

	put_ipv4(&f, protocol, 0, 8);
	put32(&f, first);
	put32(&f, 0);
	return f;
}

static void headers_matter(void **state)
{
	struct shapes s = { .n = 0 };
	struct frame f = linked(LINK_RAW);

	(void)state;
	add(&s, "raw", look(&f));
	put_some(&f, 1);
	add(&s, "padded", look(&f));
	f.n -= 2;
	add(&s, "captured less", look_at(&f, f.n, f.n + 1));
	for (uint32_t i = 0; i < 3; i++) {
		static const uint32_t links[] = { LINK_NULL, LINK_PPP,
						  LINK_SLL };

		f = linked(links[i]);
		add(&s, "another link", look(&f));
	}
	f = tagged(0, 0);
	add(&s, "Ethernet", look(&f));
	f = tagged(1, TYPE_VLAN);
	add(&s, "VLAN", look(&f));
	f = tagged(1, TYPE_SERVICE_VLAN);
	add(&s, "service VLAN", look(&f));
	f = tagged(2, TYPE_SERVICE_VLAN);
	add(&s, "QinQ", look(&f));
	f = linked(LINK_RAW);
	f.bytes[3] = 0;
	add(&s, "of no length", look(&f));
	f = linked(LINK_SLL);
	f.bytes[2] = 2;
	f.bytes[3] = 0;
	add(&s, "from PPP", look(&f));
	f = with_ip_options(4);
	add(&s, "IP options", look(&f));
	f = with_ip_options(8);
	add(&s, "more IP options", look(&f));
	f = v6(TCP, 0);
	add(&s, "IPv6", look(&f));
	f = v6(0, 0);
	add(&s, "hop by hop", look(&f));
	f = v6(0, 1);
	add(&s, "more hop by hop", look(&f));
	f = v6(60, 0);
	add(&s, "destination", look(&f));
	f = other(17, 1000 << 16 | 53);
	add(&s, "UDP", look(&f));
	f = other(17, 1000 << 16 | 443);
	add(&s, "UDP of another protocol", look(&f));
	f = other(1, 0);
	add(&s, "ICMP", look(&f));
	f = other(1, 8u << 24);
	add(&s, "another ICMP", look(&f));
	f = other(2, 0);
	add(&s, "IGMP", look(&f));
}

/* As of UDP the lower port says what it is, the other one is no matter. */
static void udp_ports(void **state)
{
	const struct frame a = other(17, 1000 << 16 | 53),
			   b = other(17, 53 << 16 | 2000),
			   c = other(17, 1000 << 16 | 54);

	(void)state;
	assert_true(shape_of(&a) == shape_of(&b));
	assert_true(shape_of(&a) != shape_of(&c));
}

static void options_matter(void **state)
{
	static const struct {
		const char *name;
		uint8_t bytes[OPTIONS];
	} lists[] = {
		{ "timestamps", { 1, 1, 8, 10 } },
		{ "in another order", { 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1 } },
		{ "behind one byte", { 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1 } },
		{ "an end", { 1, 1, 0 } },
		{ "SACK", { 1, 1, 5, 10 } },
		{ "shorter", { 1, 1, 8, 9 } },
		{ "longer than there is room", { 1, 1, 8, 11 } },
		{ "of no length", { 1, 1, 8, 0 } },
		{ "of length 1", { 1, 1, 8, 1, 1, 1, 1, 1, 1, 1, 1, 1 } },
		{ "MP_CAPABLE", { 30, 12, 0x01, 0x81 } },
		{ "another version and other flags", { 30, 12, 0x01, 0x01 } },
		{ "MP_JOIN", { 30, 12, 0x10, 0x01 } },
		{ "DSS", { 30, 12, 0x20, 0x01 } },
		{ "DSS with other flags", { 30, 12, 0x20, 0x05 } },
		{ "DSS of another length",
		  { 30, 8, 0x20, 0x05, 0, 0, 0, 0, 1, 1, 1, 1 } },
	};
	struct shapes s = { .n = 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		const struct frame f = packet_with(lists[i].bytes, OPTIONS);

		add(&s, lists[i].name, look(&f));
	}
	const struct frame none = packet_with(NULL, 0),
			   few = packet_with(timestamps, 4);

	add(&s, "none", look(&none));
	add(&s, "fewer", look(&few));
	/* What an option says beyond that is no matter. */
	assert_true(shape_with((const uint8_t[OPTIONS]){ 30, 12, 0x21, 5, 9 },
			       OPTIONS) ==
		    shape_with((const uint8_t[OPTIONS]){ 30, 12, 0x20, 5, 7 },
			       OPTIONS));
}

/* Where a packet was cut: in its options, in its payload, or nowhere. */
static void cuts_matter(void **state)
{
	const struct frame f = packet_with(timestamps, OPTIONS);
	const size_t payload = 14 + 20 + 20 + OPTIONS;
	struct shapes s = { .n = 0 };
	struct frame padded = f;
	uint64_t in_payload = 0;

	(void)state;
	add(&s, "whole", look(&f));
	add(&s, "in the payload", look_at(&f, payload + 3, f.n));
	add(&s, "in the options", look_at(&f, payload - 4, f.n));
	put_some(&padded, 4);
	add(&s, "padded", look(&padded));
	add(&s, "in the padding", look_at(&padded, f.n + 1, padded.n));
	add(&s, "in the payload, padded", look_at(&padded, f.n - 1, padded.n));
	in_payload = look_at(&f, payload + 3, f.n).packet.shape;
	for (size_t n = payload; n < f.n; n++)
		assert_true(look_at(&f, n, f.n).packet.shape == in_payload);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_no_matter),
		cmocka_unit_test(lengths_of_payload_are_no_matter),
		cmocka_unit_test(headers_matter),
		cmocka_unit_test(udp_ports),
		cmocka_unit_test(options_matter),
		cmocka_unit_test(cuts_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
