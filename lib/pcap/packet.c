/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pcap/packet.h"

#include "base/endian.h"

enum {
	ETHER_IPV4 = 0x0800,
	ETHER_ARP = 0x0806,
	ETHER_VLAN = 0x8100,
	ETHER_IPV6 = 0x86dd,
	ETHER_PPPOE = 0x8864,
	ETHER_EAPOL = 0x888e,
	ETHER_SERVICE_VLAN = 0x88a8,
	ETHER_LLDP = 0x88cc,
	ETHER_LEAST = 0x600, /* lower values are lengths */
	LLC_SPANNING_TREE = 0x42,
	TAGS_MAX = 2,
	PPP_IPV4 = 0x0021,
	PPP_IPV6 = 0x0057,
	PPP_ADDRESS = 0xff03,
	PPPOE_VERSION = 0x11
};

enum {
	IP_HOP_BY_HOP = 0,
	IP_ICMP = 1,
	IP_IGMP = 2,
	IP_TCP = 6,
	IP_UDP = 17,
	IP_ICMPV6 = 58,
	IP_ROUTING = 43,
	IP_DESTINATION = 60,
	IP_OSPF = 89,
	IP_VRRP = 112,
	EXTENSIONS_MAX = 4,
	OPTION_JUMBO = 0xc2, /* IPv6 */
	OPTION_END = 0,	     /* IPv4, as are these */
	OPTION_NOP = 1,
	OPTION_RECORD_ROUTE = 7,
	OPTION_TIMESTAMP = 0x44,
	OPTION_ALERT = 0x94,
	IP_HEADER = 20,
	IPV6_HEADER = 40,
	TCP_HEADER = 20,
	QUOTED_V4 = 8,	/* bytes of TCP, up to the sequence number */
	QUOTED_V6 = 16, /* with fewer bytes Wireshark has no sequence number */
	UDP_HEADER = 8,
	ICMP_HEADER = 8
};

/* In a Linux "any" capture: the origin of the packet. */
enum {
	ARPHRD_ETHER = 1,
	ARPHRD_PPP = 512,
	ARPHRD_LOOPBACK = 772,
	ARPHRD_NONE = 65534
};

/* ICMP errors quote a packet; ICMPv6 errors have types below 128. */
enum {
	ICMP_UNREACHABLE = 3,
	ICMP_QUENCH = 4,
	ICMP_REDIRECT = 5,
	ICMP_TIME = 11,
	ICMP_PARAMETER = 12,
	ICMPV6_ERROR_LAST = 4,
	ICMPV6_INFORMATION = 128
};

/* UDP ports of protocols that carry packets. */
static const uint16_t tunnels[] = {
	1701,		  /* L2TP */
	2152,		  /* GTP-U */
	2153, 3386, 3544, /* Teredo */
	4754, 4755,	  /* GRE in UDP */
	4789, 4790,	  /* VXLAN, and its GPE */
	5246, 5247,	  /* CAPWAP */
	6080, 6081,	  /* GUE, Geneve */
	6635, 8472,	  /* MPLS, VXLAN of old */
	9899		  /* SCTP */
};

/* The part that is not dissected yet. */
struct rest {
	const uint8_t *p;
	size_t n;      /* captured bytes */
	uint32_t wire; /* bytes on the wire, at least n */
	uint64_t shape;
};

/* The hash depends on the order, too.  The high bits are well mixed. */
static void shape(struct rest *r, uint64_t what)
{
	r->shape = (r->shape + what + 1) * 0x9e3779b97f4a7c15u;
}

static void skip(struct rest *r, size_t n)
{
	r->p += n;
	r->n -= n;
	r->wire -= (uint32_t)n;
}

/* Limit to so many bytes on the wire; the rest is padding. */
static void end_after(struct rest *r, uint32_t wire)
{
	shape(r, wire < r->wire);
	r->wire = wire;
	if (r->n > wire)
		r->n = wire;
}

static bool is_tunnel(uint16_t port)
{
	for (size_t i = 0; i < sizeof(tunnels) / sizeof(*tunnels); i++)
		if (tunnels[i] == port)
			return true;
	return false;
}

static enum packet_kind look_udp(struct rest *r)
{
	uint16_t low = 0;

	if (r->n < UDP_HEADER || is_tunnel(be16(r->p)) ||
	    is_tunnel(be16(r->p + 2)))
		return PACKET_ODD;
	/* Wireshark may interpret it depending on its port. */
	low = be16(r->p) < be16(r->p + 2) ? be16(r->p) : be16(r->p + 2);
	shape(r, low);
	return PACKET_OTHER;
}

/*
 * The quoted packet in an ICMP error: its beginning, as far as it was
 * captured.  Only a complete and simple one is plain.
 */
static enum packet_kind look_quoted(struct rest *r, bool v6,
				    struct packet *packet)
{
	const uint8_t *ip = r->p;
	const size_t least = v6 ? QUOTED_V6 : QUOTED_V4;
	size_t header = IPV6_HEADER, total = 0;

	if (r->n < (v6 ? IPV6_HEADER : IP_HEADER) || ip[0] >> 4 != (v6 ? 6 : 4))
		return PACKET_ODD;
	if (!v6) {
		header = (ip[0] & 15) * 4u;
		total = be16(ip + 2);
	} else {
		total = IPV6_HEADER + be16(ip + 4);
	}
	if (header < IP_HEADER || ip[v6 ? 6 : 9] != IP_TCP ||
	    (!v6 && (header > IP_HEADER || (be16(ip + 6) & 0x3fff))))
		return PACKET_ODD;
	if (total < header + TCP_HEADER || r->n < header + least)
		return PACKET_ODD;
	packet->ip = ip;
	packet->tcp = ip + header;
	packet->is_v6 = v6;
	packet->n_quoted = r->n - header;
	shape(r, packet->n_quoted < TCP_HEADER ? packet->n_quoted : TCP_HEADER);
	packet->shape = r->shape;
	return PACKET_ICMP;
}

/* IP header of an ICMP message; the ICMP part follows. */
static enum packet_kind look_icmp(struct rest *r, const uint8_t *ip,
				  struct packet *packet)
{
	if (r->n < ICMP_HEADER)
		return PACKET_ODD;
	shape(r, r->p[0]);
	packet->error_ip = ip;
	packet->error = r->p;
	switch (r->p[0]) {
	case ICMP_UNREACHABLE:
	case ICMP_QUENCH:
	case ICMP_TIME:
	case ICMP_PARAMETER:
		skip(r, ICMP_HEADER);
		return look_quoted(r, false, packet);
	case ICMP_REDIRECT: return PACKET_ODD;
	default: return PACKET_OTHER;
	}
}

static enum packet_kind look_icmpv6(struct rest *r, const uint8_t *ip,
				    struct packet *packet)
{
	if (r->n < ICMP_HEADER)
		return PACKET_ODD;
	shape(r, r->p[0]);
	if (r->p[0] >= ICMPV6_INFORMATION)
		return PACKET_OTHER;
	if (r->p[0] == 0 || r->p[0] > ICMPV6_ERROR_LAST)
		return PACKET_ODD;
	packet->error_ip = ip;
	packet->error = r->p;
	skip(r, ICMP_HEADER);
	return look_quoted(r, true, packet);
}

/* Add kinds and lengths of valid options to the shape. */
static void shape_options(struct rest *r, const uint8_t *o, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t length = 1;

		if (o[i] > 1 && i + 1 < n)
			length = o[i + 1];
		/* For MPTCP subtype and flags, too. */
		shape(r, (uint64_t)o[i] << 24 | length << 16 |
				 (o[i] == 30 && i + 3 < n
					  ? (unsigned)(o[i + 2] >> 4) << 8 |
						    o[i + 3]
					  : 0u));
		if (o[i] == 0 || length == 0)
			break;
		i += length;
	}
}

static enum packet_kind look_tcp(struct rest *r, struct packet *packet)
{
	size_t header = 0, options = 0;

	if (r->n < TCP_HEADER)
		return PACKET_ODD;
	packet->tcp = r->p;
	header = (size_t)(r->p[12] >> 4) * 4;
	if (header < TCP_HEADER || header > r->wire)
		return PACKET_ODD;
	packet->segment = r->wire;
	packet->options = r->p + TCP_HEADER;
	packet->options_cut = header > r->n;
	options = header - TCP_HEADER;
	if (packet->options_cut)
		options = r->n - TCP_HEADER;
	packet->n_options = options;
	packet->n_payload = packet->options_cut ? 0 : r->n - header;
	packet->payload = packet->options + options;
	shape(r, header);
	shape(r, packet->options_cut ? 2 : r->n < r->wire);
	shape_options(r, packet->options, options);
	packet->shape = r->shape;
	return PACKET_TCP;
}

/* "ip" is the preceding header. */
static enum packet_kind look_protocol(struct rest *r, unsigned protocol,
				      const uint8_t *ip, struct packet *packet)
{
	const bool v6 = ip[0] >> 4 == 6;
	enum packet_kind kind = PACKET_OTHER;

	shape(r, protocol);
	if (protocol == (v6 ? IP_ICMP : IP_ICMPV6))
		return PACKET_ODD;
	switch (protocol) {
	case IP_TCP:
		packet->ip = ip;
		packet->is_v6 = v6;
		return look_tcp(r, packet);
	case IP_UDP: kind = look_udp(r); break;
	case IP_ICMP: kind = look_icmp(r, ip, packet); break;
	case IP_ICMPV6: kind = look_icmpv6(r, ip, packet); break;
	case IP_IGMP:
	case IP_OSPF:
	case IP_VRRP: break;
	default: return PACKET_ODD;
	}
	packet->shape = r->shape;
	return kind;
}

/* E.g. a source route contains the destination in its options. */
static bool are_simple_options(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		if (p[i] == OPTION_END)
			return true;
		if (p[i] == OPTION_NOP) {
			i++;
			continue;
		}
		if ((p[i] != OPTION_RECORD_ROUTE && p[i] != OPTION_TIMESTAMP &&
		     p[i] != OPTION_ALERT) ||
		    i + 1 >= n || p[i + 1] < 2)
			return false;
		i += p[i + 1];
	}
	return true;
}

static enum packet_kind look_ipv4(struct rest *r, struct packet *packet)
{
	const uint8_t *ip = r->p;
	size_t header = 0, total = 0;

	if (r->n < IP_HEADER || ip[0] >> 4 != 4)
		return PACKET_ODD;
	header = (ip[0] & 15) * 4u;
	total = be16(ip + 2);
	/* 0 stands for a packet whose length does not fit (TSO). */
	if (total == 0)
		total = r->wire;
	if (header < IP_HEADER || header > r->n || total < header ||
	    total > r->wire ||
	    !are_simple_options(ip + IP_HEADER, header - IP_HEADER))
		return PACKET_ODD;
	if (be16(ip + 6) & 0x3fff) /* more fragments, or an offset */
		return PACKET_ODD;
	shape(r, header);
	shape(r, be16(ip + 2) == 0);
	end_after(r, (uint32_t)total);
	skip(r, header);
	return look_protocol(r, ip[9], ip, packet);
}

/* Only padding and router alerts; anything else is odd. */
static bool is_simple_extension(const uint8_t *p, size_t n)
{
	for (size_t i = 2; i < n; i += p[i] ? 2u + p[i + 1] : 1u) {
		if (p[i] && (i + 1 >= n || i + 2u + p[i + 1] > n))
			return false;
		if (p[i] == OPTION_JUMBO)
			return false;
	}
	return true;
}

static enum packet_kind look_ipv6(struct rest *r, struct packet *packet)
{
	const uint8_t *ip = r->p;
	unsigned next = 0;
	size_t payload = 0;

	if (r->n < IPV6_HEADER || r->p[0] >> 4 != 6)
		return PACKET_ODD;
	payload = be16(r->p + 4);
	next = r->p[6];
	if (payload == 0 || payload + IPV6_HEADER > r->wire)
		return PACKET_ODD;
	shape(r, 6);
	end_after(r, (uint32_t)(payload + IPV6_HEADER));
	skip(r, IPV6_HEADER);
	for (int i = 0; next == IP_HOP_BY_HOP || next == IP_DESTINATION; i++) {
		size_t n = r->n >= 2 ? 8 + 8u * r->p[1] : 0;

		if (n == 0 || n > r->n || i == EXTENSIONS_MAX ||
		    (next == IP_HOP_BY_HOP && i > 0) ||
		    !is_simple_extension(r->p, n))
			return PACKET_ODD;
		shape(r, next << 8 | r->p[1]);
		next = r->p[0];
		skip(r, n);
	}
	/* Wireshark identifies streams by the final destination. */
	if (next == IP_ROUTING)
		return PACKET_ALL_ODD;
	return look_protocol(r, next, ip, packet);
}

static enum packet_kind look_ip(struct rest *r, struct packet *packet)
{
	if (r->n == 0)
		return PACKET_ODD;
	return r->p[0] >> 4 == 4 ? look_ipv4(r, packet) : look_ipv6(r, packet);
}

static enum packet_kind look_ppp(struct rest *r, struct packet *packet)
{
	unsigned protocol = 0;

	if (r->n < 2)
		return PACKET_ODD;
	protocol = be16(r->p);
	shape(r, protocol);
	skip(r, 2);
	if (protocol == PPP_IPV4)
		return look_ipv4(r, packet);
	return protocol == PPP_IPV6 ? look_ipv6(r, packet) : PACKET_ODD;
}

static enum packet_kind look_pppoe(struct rest *r, struct packet *packet)
{
	uint32_t length = 0;

	if (r->n < 6 || r->p[0] != PPPOE_VERSION || r->p[1] != 0)
		return PACKET_ODD;
	length = be16(r->p + 4);
	if (length + 6 > r->wire)
		return PACKET_ODD;
	skip(r, 6);
	end_after(r, length);
	return look_ppp(r, packet);
}

/* "type" is the Ethernet type of what follows. */
static enum packet_kind look_ethertype(struct rest *r, unsigned type,
				       struct packet *packet)
{
	for (int tags = 0; (type == ETHER_VLAN || type == ETHER_SERVICE_VLAN) &&
			   tags < TAGS_MAX && r->n >= 4;
	     tags++) {
		shape(r, type);
		type = be16(r->p + 2);
		skip(r, 4);
	}
	shape(r, type);
	packet->shape = r->shape;
	switch (type) {
	case ETHER_IPV4: return look_ipv4(r, packet);
	case ETHER_IPV6: return look_ipv6(r, packet);
	case ETHER_PPPOE: return look_pppoe(r, packet);
	case ETHER_ARP:
	case ETHER_EAPOL:
	case ETHER_LLDP: return PACKET_OTHER;
	default: break;
	}
	return type < ETHER_LEAST && r->n > 0 && r->p[0] == LLC_SPANNING_TREE
		       ? PACKET_OTHER
		       : PACKET_ODD;
}

/*
 * An address family, in the byte order of the capturing host or of the
 * network.
 */
static enum packet_kind look_null(struct rest *r, bool any_order,
				  struct packet *packet)
{
	uint32_t family = 0;

	if (r->n < 4)
		return PACKET_ODD;
	family = be32(r->p);
	if (family >> 16 && any_order)
		family = __builtin_bswap32(family);
	shape(r, family);
	skip(r, 4);
	switch (family) {
	case 2: return look_ipv4(r, packet);
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */ return look_ipv6(r, packet);
	default: return PACKET_ODD;
	}
}

/* The link-layer header has n bytes, with an Ethernet type at offset "at". */
static enum packet_kind look_link(struct rest *r, size_t n, size_t at,
				  struct packet *packet)
{
	unsigned type = 0;

	if (r->n < n)
		return PACKET_ODD;
	type = be16(r->p + at);
	skip(r, n);
	return look_ethertype(r, type, packet);
}

/* Linux "any": the kind of interface is at offset "device". */
static enum packet_kind look_cooked(struct rest *r, size_t n, size_t device,
				    size_t at, struct packet *packet)
{
	unsigned kind = r->n < n ? 0 : be16(r->p + device);

	shape(r, kind);
	switch (kind) {
	case ARPHRD_ETHER:
	case ARPHRD_PPP:
	case ARPHRD_LOOPBACK:
	case ARPHRD_NONE: return look_link(r, n, at, packet);
	default: return PACKET_ODD;
	}
}

enum packet_kind packet_look(const struct pcap_record *record,
			     struct packet *packet)
{
	struct rest r = { .p = record->bytes,
			  .n = record->captured,
			  .wire = record->length };

	packet->shape = 0;
	packet->tcp = NULL;
	if (!record->has_time || record->captured > record->length ||
	    record->is_odd)
		return PACKET_ODD;
	shape(&r, record->link);
	shape(&r, record->captured < record->length);
	switch (record->link) {
	case LINK_ETHERNET: return look_link(&r, 14, 12, packet);
	case LINK_SLL: return look_cooked(&r, 16, 2, 14, packet);
	case LINK_SLL2: return look_cooked(&r, 20, 8, 0, packet);
	case LINK_RAW:
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD: return look_ip(&r, packet);
	case LINK_IPV4: return look_ipv4(&r, packet);
	case LINK_IPV6: return look_ipv6(&r, packet);
	case LINK_NULL: return look_null(&r, true, packet);
	case LINK_LOOP: return look_null(&r, false, packet);
	case LINK_PPP:
		if (r.n >= 4 && be16(r.p) == PPP_ADDRESS)
			skip(&r, 2);
		return look_ppp(&r, packet);
	default: return PACKET_ODD;
	}
}
