/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pcap/standalone.h"

enum {
	ETHER_IPV4 = 0x0800,
	ETHER_ARP = 0x0806,
	ETHER_VLAN = 0x8100,
	ETHER_IPV6 = 0x86dd,
	ETHER_EAPOL = 0x888e,
	ETHER_SERVICE_VLAN = 0x88a8,
	ETHER_LLDP = 0x88cc,
	ETHER_LEAST = 0x600, /* below it is a length */
	LLC_SPANNING_TREE = 0x42,
	TAGS_MAX = 2
};

enum {
	IP_HOP_BY_HOP = 0,
	IP_ICMP = 1,
	IP_IGMP = 2,
	IP_TCP = 6,
	IP_UDP = 17,
	IP_ICMPV6 = 58,
	IP_OSPF = 89,
	IP_VRRP = 112
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

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static bool is_tunnel(uint16_t port)
{
	for (size_t i = 0; i < sizeof(tunnels) / sizeof(*tunnels); i++)
		if (tunnels[i] == port)
			return 1;
	return 0;
}

static bool alone_protocol(unsigned protocol, const uint8_t *p, size_t n)
{
	switch (protocol) {
	case IP_TCP:
	case IP_ICMP:
	case IP_IGMP:
	case IP_ICMPV6:
	case IP_OSPF:
	case IP_VRRP: return 1;
	case IP_UDP:
		return n >= 4 && !is_tunnel(be16(p)) && !is_tunnel(be16(p + 2));
	default: return 0;
	}
}

static bool alone_ipv4(const uint8_t *p, size_t n)
{
	size_t header = n >= 20 ? (p[0] & 15) * 4u : 0;

	if (header < 20 || header > n || p[0] >> 4 != 4)
		return 0;
	if (be16(p + 6) & 0x3fff) /* more fragments, or the offset of one */
		return 0;
	return alone_protocol(p[9], p + header, n - header);
}

static bool alone_ipv6(const uint8_t *p, size_t n)
{
	unsigned next = 0;
	size_t header = 40;

	if (n < header || p[0] >> 4 != 6)
		return 0;
	next = p[6];
	if (next == IP_HOP_BY_HOP) {
		if (n < header + 2)
			return 0;
		next = p[header];
		header += 8 + 8u * p[header + 1];
	}
	return header <= n && alone_protocol(next, p + header, n - header);
}

static bool alone_ethertype(unsigned type, const uint8_t *p, size_t n)
{
	for (int tags = 0; (type == ETHER_VLAN || type == ETHER_SERVICE_VLAN) &&
			   tags < TAGS_MAX && n >= 4;
	     tags++) {
		type = be16(p + 2);
		p += 4;
		n -= 4;
	}
	switch (type) {
	case ETHER_IPV4: return alone_ipv4(p, n);
	case ETHER_IPV6: return alone_ipv6(p, n);
	case ETHER_ARP:
	case ETHER_EAPOL:
	case ETHER_LLDP: return 1;
	default:
		return type < ETHER_LEAST && n > 0 && p[0] == LLC_SPANNING_TREE;
	}
}

bool standalone_packet(uint32_t link_type, const uint8_t *p, size_t n)
{
	switch (link_type) {
	case LINK_ETHERNET:
		return n >= 14 && alone_ethertype(be16(p + 12), p + 14, n - 14);
	case LINK_SLL:
		return n >= 16 && alone_ethertype(be16(p + 14), p + 16, n - 16);
	case LINK_SLL2:
		return n >= 20 && alone_ethertype(be16(p), p + 20, n - 20);
	case LINK_RAW:
		return n > 0 &&
		       (p[0] >> 4 == 4 ? alone_ipv4(p, n) : alone_ipv6(p, n));
	case LINK_IPV4: return alone_ipv4(p, n);
	case LINK_IPV6: return alone_ipv6(p, n);
	default: return 0;
	}
}
