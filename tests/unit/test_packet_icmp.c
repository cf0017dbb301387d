/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ICMP and ICMPv6: errors that quote a TCP packet, and all others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "craft_packet.h"

enum {
	ICMP = 1,
	ICMPV6 = 58,
	HEADER = 8 /* bytes of ICMP */
};

/* The message, for what it quotes to follow: "n" bytes of that. */
static struct frame message(bool v6, unsigned type, size_t n)
{
	struct frame f = { .link = LINK_RAW };

	if (v6)
		put_ipv6(&f, ICMPV6, HEADER + n);
	else
		put_ipv4(&f, ICMP, 0, HEADER + n);
	put8(&f, type);
	put8(&f, 3);
	put_some(&f, HEADER - 2);
	return f;
}

/* It quotes n bytes of an IP packet with TCP, from another host. */
static struct frame quoting(bool v6, unsigned type, size_t n)
{
	struct frame f = message(v6, type, n), quoted = { .link = LINK_RAW };

	if (v6)
		put_ipv6(&quoted, TCP, 120);
	else
		put_ipv4(&quoted, TCP, 0, 120);
	quoted.bytes[v6 ? 23 : 15] = 99; /* the sender's address */
	put_tcp(&quoted, NULL, 0, 100);
	assert_true(n <= quoted.n);
	put(&f, quoted.bytes, n);
	return f;
}

static size_t ip_header(bool v6)
{
	return v6 ? 40 : 20;
}

static void check_row(const struct looked *l, bool v6, unsigned type,
		      size_t tcp)
{
	const unsigned ends = ROW_HAS_FRAME | ROW_HAS_TIME | ROW_HAS_SRC |
			      ROW_HAS_DST | ROW_HAS_SPORT | ROW_HAS_DPORT |
			      ROW_HAS_SEQ | ROW_HAS_TTL | ROW_HAS_ICMP_TYPE |
			      (v6 ? 0u : (unsigned)ROW_HAS_IP_ID);
	const unsigned rest = ROW_HAS_STREAM | ROW_HAS_FLAGS | ROW_HAS_ACK |
			      ROW_HAS_HDR_LEN | ROW_HAS_WINDOW;
	const struct row *row = &l->row;

	assert_int_equal(l->kind, PACKET_ICMP);
	assert_int_equal(l->what, ROW_ICMP);
	assert_int_equal(row->present, ends | (tcp >= 16 ? rest : 0u));
	assert_int_equal(row->icmp_type, type);
	assert_int_equal(row->icmp_code, 3);
	assert_string_equal(address_text(&row->icmp_from).text,
			    v6 ? "2001:db8::1" : "192.0.2.1");
	assert_string_equal(address_text(&row->src).text,
			    v6 ? "2001:db8::63" : "192.0.2.99");
	assert_string_equal(address_text(&row->dst).text,
			    v6 ? "2001:db8::2" : "198.51.100.2");
	assert_int_equal(row->sport, 50000);
	assert_int_equal(row->dport, 443);
	assert_int_equal(row->seq, 0xfedcba98);
	if (tcp < 16)
		return;
	assert_int_equal(row->ack, 0x76543210);
	assert_int_equal(row->flags, 0x118);
	assert_int_equal(row->hdr_len, 20);
	assert_int_equal(row->window, 1025);
}

/* However much is quoted; with less than the sequence number it is odd. */
static void quotes(void **state)
{
	static const unsigned types[2][4] = { { 3, 4, 11, 12 },
					      { 1, 2, 3, 4 } };

	(void)state;
	for (int v6 = 0; v6 < 2; v6++)
		for (size_t i = 0; i < 4; i++)
			for (size_t n = 0; n <= ip_header(v6) + 60; n++) {
				const struct frame f =
					quoting(v6, types[v6][i], n);
				const struct looked l = look(&f);
				const size_t least = v6 ? 16 : 8;

				if (n >= ip_header(v6) + least)
					check_row(&l, v6, types[v6][i],
						  n - ip_header(v6));
				else
					assert_int_equal(l.kind, PACKET_ODD);
			}
}

/* The same, when the snaplen cut it. */
static void cut(void **state)
{
	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		const struct frame f = quoting(v6, 3, ip_header(v6) + 40);
		const size_t at = 2 * ip_header(v6) + HEADER;

		for (size_t n = 0; n <= f.n; n++) {
			const struct looked l = look_at(&f, n, f.n);

			if (n >= at + (v6 ? 16 : 8))
				check_row(&l, v6, 3, n - at);
			else
				assert_int_equal(l.kind, PACKET_ODD);
		}
	}
}

/* Any byte of the IP header that is quoted. */
static enum packet_kind with(bool v6, size_t at, unsigned value)
{
	struct frame f = quoting(v6, 3, ip_header(v6) + 20);

	f.bytes[ip_header(v6) + HEADER + at] = (uint8_t)value;
	return kind_of(&f);
}

static void what_is_quoted(void **state)
{
	(void)state;
	assert_int_equal(with(false, 0, 0x45), PACKET_ICMP);
	assert_int_equal(with(false, 0, 0x46), PACKET_ODD);
	assert_int_equal(with(false, 0, 0x44), PACKET_ODD);
	assert_int_equal(with(false, 0, 0x65), PACKET_ODD);
	assert_int_equal(with(false, 3, 40), PACKET_ICMP);
	assert_int_equal(with(false, 3, 39), PACKET_ODD);
	assert_int_equal(with(false, 3, 0), PACKET_ODD);
	assert_int_equal(with(false, 6, 0), PACKET_ICMP);
	assert_int_equal(with(false, 6, 0x20), PACKET_ODD);
	assert_int_equal(with(false, 7, 1), PACKET_ODD);
	assert_int_equal(with(false, 9, 17), PACKET_ODD);
	assert_int_equal(with(true, 0, 0x60), PACKET_ICMP);
	assert_int_equal(with(true, 0, 0x45), PACKET_ODD);
	assert_int_equal(with(true, 5, 20), PACKET_ICMP);
	assert_int_equal(with(true, 5, 19), PACKET_ODD);
	assert_int_equal(with(true, 6, 0), PACKET_ODD);
	assert_int_equal(with(true, 6, 17), PACKET_ODD);
}

/* Of all types: which quote a packet, and which nobody knows. */
static void types(void **state)
{
	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		const bool error =
			type == 3 || type == 4 || type == 11 || type == 12;
		const bool error_v6 = type >= 1 && type <= 4;
		struct frame f = quoting(false, type, 40);

		assert_int_equal(kind_of(&f), error	  ? PACKET_ICMP
					      : type == 5 ? PACKET_ODD
							  : PACKET_OTHER);
		f = message(false, type, 0);
		assert_int_equal(kind_of(&f), error || type == 5
						      ? PACKET_ODD
						      : PACKET_OTHER);
		for (size_t n = 20; n < 28; n++)
			assert_int_equal(look_at(&f, n, f.n).kind, PACKET_ODD);
		f = quoting(true, type, 60);
		assert_int_equal(kind_of(&f), error_v6	    ? PACKET_ICMP
					      : type >= 128 ? PACKET_OTHER
							    : PACKET_ODD);
		f = message(true, type, 0);
		assert_int_equal(kind_of(&f),
				 type >= 128 ? PACKET_OTHER : PACKET_ODD);
		for (size_t n = 40; n < 48; n++)
			assert_int_equal(look_at(&f, n, f.n).kind, PACKET_ODD);
	}
}

/* ICMP in IPv6, and ICMPv6 in IPv4. */
static void of_the_other_family(void **state)
{
	struct frame f = quoting(false, 3, 40);

	(void)state;
	f.bytes[9] = ICMPV6;
	assert_int_equal(kind_of(&f), PACKET_ODD);
	f = quoting(true, 3, 60);
	f.bytes[6] = ICMP;
	assert_int_equal(kind_of(&f), PACKET_ODD);
	f = message(true, 128, 0);
	f.bytes[6] = ICMP;
	assert_int_equal(kind_of(&f), PACKET_ODD);
}

static void shapes(void **state)
{
	struct frame a = quoting(false, 3, 40), b = quoting(false, 3, 80);

	(void)state;
	b.bytes[21] = 1;  /* code */
	b.bytes[40] ^= 1; /* an address, a port, flags */
	b.bytes[49] ^= 1;
	b.bytes[61] ^= 1;
	assert_int_equal(kind_of(&b), PACKET_ICMP);
	assert_true(shape_of(&a) == shape_of(&b));
	b = quoting(false, 11, 40);
	assert_true(shape_of(&a) != shape_of(&b));
	for (size_t n = 28; n < 40; n++) {
		b = quoting(false, 3, n);
		assert_true(shape_of(&a) != shape_of(&b));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes),
		cmocka_unit_test(cut),
		cmocka_unit_test(what_is_quoted),
		cmocka_unit_test(types),
		cmocka_unit_test(of_the_other_family),
		cmocka_unit_test(shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
