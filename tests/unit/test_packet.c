/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Link layers, and the rows of plain packets, field by field. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "craft_packet.h"

enum {
	HOP_BY_HOP = 0
};

/* A capable SYN, as it is sent most often. */
static const uint8_t options[] = { 2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4,
				   5, 6, 7, 8,	  3, 3, 7, 30, 4, 1, 1, 0 };

/* How the link layer begins; "type" is an Ethernet type. */
static void put_link(struct frame *f, uint32_t link, unsigned type)
{
	const bool v4 = type == TYPE_IPV4;

	*f = (struct frame){ .link = link };
	switch (link) {
	case LINK_ETHERNET: put_ethernet(f, type); break;
	case LINK_SLL:
		put16(f, ROW_SENT);
		put16(f, 1); /* from Ethernet */
		put_some(f, 10);
		put16(f, type);
		break;
	case LINK_SLL2:
		put16(f, type);
		put_some(f, 6);
		put16(f, 1);
		put16(f, ROW_SENT << 8); /* and the length of the address */
		put_some(f, 8);
		break;
	case LINK_NULL:
	case LINK_LOOP: put32(f, v4 ? 2 : 30); break;
	case LINK_PPP: put16(f, v4 ? 0x0021 : 0x0057); break;
	default: break;
	}
}

static void check_row(const struct row *row, bool v6, bool cooked,
		      size_t captured)
{
	const unsigned wanted = (ROW_HAS_TCP | ROW_HAS_ACK | ROW_HAS_WINDOW |
				 ROW_HAS_HDR_LEN | ROW_HAS_TTL) |
				(v6 ? 0u : (unsigned)ROW_HAS_IP_ID) |
				(cooked ? (unsigned)ROW_HAS_PACKET_TYPE : 0u);

	assert_int_equal(row->present, wanted);
	assert_int_equal(row->packet_type, cooked ? ROW_SENT : 0);
	assert_int_equal(row->frame, 17);
	assert_int_equal(row->time, 123456789);
	assert_string_equal(row->interface, "eth7");
	assert_int_equal(row->cap_len, captured);
	assert_string_equal(address_text(&row->src).text,
			    v6 ? "2001:db8::1" : "192.0.2.1");
	assert_string_equal(address_text(&row->dst).text,
			    v6 ? "2001:db8::2" : "198.51.100.2");
	assert_int_equal(row->ttl, v6 ? 44 : 61);
	assert_int_equal(row->ip_id, v6 ? 0 : 0xbeef);
	assert_int_equal(row->sport, 50000);
	assert_int_equal(row->dport, 443);
	assert_int_equal(row->seq, 0xfedcba98);
	assert_int_equal(row->ack, 0x76543210);
	assert_int_equal(row->flags, 0x118);
	assert_int_equal(row->window, 1025);
	assert_int_equal(row->hdr_len, 20 + sizeof(options));
	assert_int_equal(row->len, 321);
	assert_int_equal(row->n_options, sizeof(options));
	assert_memory_equal(row->options, options, sizeof(options));
	assert_int_equal(row->icmp_from.size, 0);
}

static void every_link(void **state)
{
	static const struct {
		uint32_t link;
		int versions; /* 4, 6, or 10: both */
	} links[] = { { LINK_ETHERNET, 10 }, { LINK_SLL, 10 },
		      { LINK_SLL2, 10 },     { LINK_RAW, 10 },
		      { LINK_RAW_BSD, 10 },  { LINK_RAW_OPENBSD, 10 },
		      { LINK_NULL, 10 },     { LINK_LOOP, 10 },
		      { LINK_PPP, 10 },	     { LINK_IPV4, 4 },
		      { LINK_IPV6, 6 },	     { 105, 0 },
		      { UINT32_MAX, 0 },     { 2, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		for (int v6 = 0; v6 < 2; v6++) {
			const size_t tcp = 20 + sizeof(options) + 321;
			struct looked l;
			struct frame f;

			put_link(&f, links[i].link, v6 ? TYPE_IPV6 : TYPE_IPV4);
			if (v6)
				put_ipv6(&f, TCP, tcp);
			else
				put_ipv4(&f, TCP, 0, tcp);
			put_tcp(&f, options, sizeof(options), 321);
			l = look(&f);
			if (links[i].versions != 10 &&
			    links[i].versions != (v6 ? 6 : 4)) {
				assert_int_equal(l.kind, PACKET_ODD);
				continue;
			}
			assert_int_equal(l.kind, PACKET_TCP);
			assert_int_equal(l.what, ROW_TCP);
			assert_int_equal(l.packet.is_v6, v6);
			assert_int_equal(l.packet.n_payload, 321);
			check_row(&l.row, v6,
				  links[i].link == LINK_SLL ||
					  links[i].link == LINK_SLL2,
				  f.n);
		}
}

/* Of a frame cut to each length: odd until the TCP header is there, then all
   that was captured, and no more. */
static void check_cuts(const struct frame *f, size_t tcp, size_t n_options,
		       size_t payload)
{
	for (size_t n = 0; n <= f->n; n++) {
		const struct looked l = look_at(f, n, f->n);
		const size_t have = n < tcp + 20 ? 0 : n - tcp - 20;
		const size_t shown = have < n_options ? have : n_options;
		bool cut = false;

		assert_int_equal(look_at(f, n, n).kind,
				 n < f->n ? PACKET_ODD : PACKET_TCP);
		if (n < tcp + 20) {
			assert_int_equal(l.kind, PACKET_ODD);
			continue;
		}
		assert_int_equal(l.kind, PACKET_TCP);
		assert_int_equal(l.packet.segment, 20 + n_options + payload);
		assert_int_equal(l.packet.n_options, shown);
		assert_int_equal(l.packet.options_cut, shown < n_options);
		assert_int_equal(l.packet.n_payload, have - shown);
		assert_int_equal(l.row.len, payload);
		assert_int_equal(l.row.n_options, shown);
		assert_int_equal(l.row.cap_len, n);
		/* Two bytes less may be what tshark does not show. */
		cut = shown + 2 < n_options;
		assert_int_equal(!!(l.row.present & ROW_OPTIONS_CUT), cut);
		assert_int_equal(!!(l.row.present & ROW_SNAPPED), cut);
	}
}

static void cut_anywhere(void **state)
{
	static const uint8_t extension[16] = { TCP, 1, 5, 2, 0, 0, 1, 8 };
	const size_t tcp = 20 + sizeof(options) + 9;
	struct frame f;

	(void)state;
	put_link(&f, LINK_ETHERNET, TYPE_SERVICE_VLAN);
	put_tag(&f, TYPE_VLAN);
	put_tag(&f, TYPE_IPV4);
	put_ipv4(&f, TCP, 8, tcp);
	put_tcp(&f, options, sizeof(options), 9);
	check_cuts(&f, 14 + 8 + 28, sizeof(options), 9);

	put_link(&f, LINK_SLL2, TYPE_IPV6);
	put_ipv6(&f, HOP_BY_HOP, tcp + 16);
	put(&f, extension, sizeof(extension));
	put_tcp(&f, options, sizeof(options), 9);
	check_cuts(&f, 20 + 40 + 16, sizeof(options), 9);

	put_link(&f, LINK_SLL, TYPE_PPPOE);
	put16(&f, 0x1100);
	put16(&f, 7);
	put16(&f, (unsigned)(2 + 20 + tcp));
	put16(&f, 0x0021);
	put_ipv4(&f, TCP, 0, tcp);
	put_tcp(&f, options, sizeof(options), 9);
	check_cuts(&f, 16 + 8 + 20, sizeof(options), 9);

	put_link(&f, LINK_PPP, TYPE_IPV6);
	put_ipv6(&f, TCP, 20);
	put_tcp(&f, NULL, 0, 0);
	check_cuts(&f, 42, 0, 0);
}

/* Other bytes behind the packet are none of it. */
static void padding(void **state)
{
	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		struct looked l;
		struct frame f;

		put_link(&f, LINK_ETHERNET, v6 ? TYPE_IPV6 : TYPE_IPV4);
		if (v6)
			put_ipv6(&f, TCP, 23);
		else
			put_ipv4(&f, TCP, 0, 23);
		put_tcp(&f, NULL, 0, 3);
		put_some(&f, 30);
		l = look(&f);
		assert_int_equal(l.kind, PACKET_TCP);
		assert_int_equal(l.row.len, 3);
		assert_int_equal(l.packet.n_payload, 3);
		assert_int_equal(l.row.cap_len, f.n);
	}
}

static void of_no_time(void **state)
{
	struct frame f;
	struct packet p;
	struct row row;
	struct pcap_record r = { .kind = PCAP_PACKET,
				 .number = 3,
				 .link = LINK_RAW,
				 .bytes = f.bytes,
				 .captured = 47,
				 .length = 47,
				 .interface = "wlan0" };

	(void)state;
	f = (struct frame){ .link = LINK_RAW };
	put_plain(&f);
	put_some(&f, 2);
	assert_int_equal(f.n, 47);
	assert_int_equal(packet_look(&r, &p), PACKET_ODD);
	memset(&row, 0xff, sizeof(row));
	assert_int_equal(packet_row(PACKET_ODD, &p, &r, &row), ROW_OTHER);
	assert_int_equal(row.present, ROW_HAS_FRAME);
	assert_int_equal(row.frame, 3);
	assert_int_equal(row.cap_len, 47);
	assert_int_equal(row.n_options, 0);
	assert_string_equal(row.interface, "wlan0");
	r.has_time = true;
	r.time = 9;
	assert_int_equal(packet_look(&r, &p), PACKET_TCP);
	assert_int_equal(packet_row(PACKET_OTHER, &p, &r, &row), ROW_OTHER);
	assert_int_equal(row.present, ROW_HAS_FRAME | ROW_HAS_TIME);
	assert_int_equal(row.time, 9);
	r.length = 46; /* less than was captured */
	assert_int_equal(packet_look(&r, &p), PACKET_ODD);
	r.length = 47;
	r.is_odd = true;
	assert_int_equal(packet_look(&r, &p), PACKET_ODD);
}

/* A header that says that it is shorter, or longer, than it can be. */
static void flags_of_a_bad_header(void **state)
{
	(void)state;
	for (unsigned words = 0; words < 16; words++) {
		struct frame f = { .link = LINK_RAW };
		struct pcap_record r = { .kind = PCAP_PACKET,
					 .link = LINK_RAW,
					 .bytes = f.bytes,
					 .has_time = true,
					 .interface = "" };
		struct row row = { .present = ROW_HAS_STREAM };
		struct packet p;

		put_plain(&f);
		f.bytes[32] = (uint8_t)(words << 4 | 1);
		r.captured = r.length = (uint32_t)f.n;
		assert_int_equal(packet_look(&r, &p), words == 5 || words == 6
							      ? PACKET_TCP
							      : PACKET_ODD);
		assert_true(packet_add_flags(&p, &row));
		assert_int_equal(row.flags, 0x118);
		assert_int_equal(row.ack, 0x76543210);
		/* What is known stays. */
		row.present |= ROW_HAS_FLAGS;
		row.flags = 2;
		assert_true(packet_add_flags(&p, &row));
		assert_int_equal(row.flags, 2);
		/* Of a packet that is odd before that nothing is known. */
		r.is_odd = true;
		row = (struct row){ .present = ROW_HAS_STREAM };
		assert_int_equal(packet_look(&r, &p), PACKET_ODD);
		assert_false(packet_add_flags(&p, &row));
		row.present = 0; /* and nobody asks */
		assert_true(packet_add_flags(&p, &row));
		assert_int_equal(row.flags, 0);
	}
}

static void vlans(void **state)
{
	static const unsigned types[] = { TYPE_VLAN, TYPE_SERVICE_VLAN,
					  0x9100 };
	struct frame f;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		for (size_t tags = 1; tags <= 3; tags++) {
			put_link(&f, LINK_ETHERNET, types[i]);
			for (size_t k = 1; k < tags; k++)
				put_tag(&f, TYPE_VLAN);
			put_tag(&f, TYPE_IPV4);
			put_plain(&f);
			assert_int_equal(kind_of(&f), i < 2 && tags < 3
							      ? PACKET_TCP
							      : PACKET_ODD);
		}
}

static void ethernet_types(void **state)
{
	static const uint8_t spanning_tree[] = { 0x42, 0x42, 3 };
	static const struct {
		unsigned type;
		enum packet_kind kind;
	} types[] = {
		{ 0x0806, PACKET_OTHER }, { 0x888e, PACKET_OTHER },
		{ 0x88cc, PACKET_OTHER }, { 38, PACKET_OTHER },
		{ 0x5ff, PACKET_OTHER },  { 0x600, PACKET_ODD },
		{ 0x8847, PACKET_ODD },	  { 0x8863, PACKET_ODD },
		{ 0x88e5, PACKET_ODD },	  { 0x22f3, PACKET_ODD },
		{ 0x0800, PACKET_ODD },	  { 0x86dd, PACKET_ODD },
	};
	struct frame f;

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		put_link(&f, LINK_ETHERNET, types[i].type);
		put(&f, spanning_tree, sizeof(spanning_tree));
		assert_int_equal(kind_of(&f), types[i].kind);
		f.bytes[14] = 0xaa; /* SNAP, which may carry anything */
		assert_int_equal(kind_of(&f), types[i].type < 0x600
						      ? PACKET_ODD
						      : types[i].kind);
	}
	put_link(&f, LINK_ETHERNET, 38);
	assert_int_equal(kind_of(&f), PACKET_ODD);
}

/* Of Linux "any": it depends on the interface what the type means. */
static void cooked(void **state)
{
	static const struct {
		uint8_t device[2];
		enum packet_kind kind;
	} devices[] = {
		{ { 0, 1 }, PACKET_TCP },	/* Ethernet */
		{ { 2, 0 }, PACKET_TCP },	/* PPP */
		{ { 3, 4 }, PACKET_TCP },	/* loopback */
		{ { 0xff, 0xfe }, PACKET_TCP }, /* none */
		{ { 3, 10 }, PACKET_ODD },	/* GRE */
		{ { 3, 0x23 }, PACKET_ODD },	/* radiotap */
		{ { 0, 0 }, PACKET_ODD },
	};
	struct frame f;

	(void)state;
	for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
		put_link(&f, LINK_SLL, TYPE_IPV4);
		put_plain(&f);
		memcpy(f.bytes + 2, devices[i].device, 2);
		assert_int_equal(kind_of(&f), devices[i].kind);
		put_link(&f, LINK_SLL2, TYPE_IPV4);
		put_plain(&f);
		memcpy(f.bytes + 8, devices[i].device, 2);
		assert_int_equal(kind_of(&f), devices[i].kind);
	}
}

static void null_families(void **state)
{
	static const struct {
		uint32_t family;
		enum packet_kind v4, v6;
	} families[] = {
		{ 2, PACKET_TCP, PACKET_ODD },
		{ 0x02000000, PACKET_TCP, PACKET_ODD },
		{ 24, PACKET_ODD, PACKET_TCP },
		{ 28, PACKET_ODD, PACKET_TCP },
		{ 30, PACKET_ODD, PACKET_TCP },
		{ 0x1e000000, PACKET_ODD, PACKET_TCP },
		{ 10, PACKET_ODD, PACKET_ODD },
		{ 0, PACKET_ODD, PACKET_ODD },
		{ 0x02000001, PACKET_ODD, PACKET_ODD },
	};
	struct frame f;

	(void)state;
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		f = (struct frame){ .link = LINK_NULL };
		put32(&f, families[i].family);
		put_plain(&f);
		assert_int_equal(kind_of(&f), families[i].v4);
		/* That of LINK_LOOP is in network byte order. */
		f.link = LINK_LOOP;
		assert_int_equal(kind_of(&f), families[i].family > UINT16_MAX
						      ? PACKET_ODD
						      : families[i].v4);
		f = (struct frame){ .link = LINK_NULL };
		put32(&f, families[i].family);
		put_ipv6(&f, TCP, 20);
		put_tcp(&f, NULL, 0, 0);
		assert_int_equal(kind_of(&f), families[i].v6);
	}
}

static void ppp(void **state)
{
	struct frame f = { .link = LINK_PPP };

	(void)state;
	put16(&f, 0xff03);
	put16(&f, 0x0021);
	put_plain(&f);
	assert_int_equal(kind_of(&f), PACKET_TCP);
	for (size_t n = 0; n < 4; n++)
		assert_int_equal(look_at(&f, n, f.n).kind, PACKET_ODD);
	f.bytes[1] = 2;
	assert_int_equal(kind_of(&f), PACKET_ODD);
	f = (struct frame){ .link = LINK_PPP };
	put16(&f, 0xc021); /* LCP */
	put_plain(&f);
	assert_int_equal(kind_of(&f), PACKET_ODD);
	f.bytes[0] = 0;
	f.bytes[1] = 0x57; /* IPv6, which this is not */
	assert_int_equal(kind_of(&f), PACKET_ODD);
}

/* A PPPoE session that says to have n bytes more than it has. */
static struct frame pppoe(unsigned version, int n)
{
	struct frame f;

	put_link(&f, LINK_ETHERNET, TYPE_PPPOE);
	put16(&f, version);
	put16(&f, 1);
	put16(&f, (unsigned)(2 + 45 + n));
	put16(&f, 0x0021);
	put_plain(&f);
	return f;
}

static void pppoe_sessions(void **state)
{
	struct frame f = pppoe(0x1100, 0);

	(void)state;
	assert_int_equal(kind_of(&f), PACKET_TCP);
	put_some(&f, 20);
	assert_int_equal(kind_of(&f), PACKET_TCP);
	assert_int_equal(look(&f).row.len, 5);
	f = pppoe(0x1100, 1);
	assert_int_equal(kind_of(&f), PACKET_ODD);
	f = pppoe(0x1100, -1);
	assert_int_equal(kind_of(&f), PACKET_ODD);
	f = pppoe(0x1109, 0);
	assert_int_equal(kind_of(&f), PACKET_ODD);
	f = pppoe(0x2100, 0);
	assert_int_equal(kind_of(&f), PACKET_ODD);
	f = pppoe(0x1100, 0);
	f.bytes[20] = 0x80; /* IPCP */
	assert_int_equal(kind_of(&f), PACKET_ODD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(padding),
		cmocka_unit_test(of_no_time),
		cmocka_unit_test(flags_of_a_bad_header),
		cmocka_unit_test(vlans),
		cmocka_unit_test(ethernet_types),
		cmocka_unit_test(cooked),
		cmocka_unit_test(null_families),
		cmocka_unit_test(ppp),
		cmocka_unit_test(pppoe_sessions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
