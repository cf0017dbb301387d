/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet.h - dissect a single packet down to TCP.
 *
 * A packet is plain if it can be read without other packets (it is no
 * fragment), contains no other packet (it is no tunnel), and its headers are
 * consistent: then its row is made here, and equals the one that tshark would
 * make.  Everything that is not certain is odd, and left to tshark.
 *
 *	switch (packet_look(&record, &packet)) {
 *	case PACKET_TCP: packet_row(PACKET_TCP, &packet, &record, &row); ...
 */
#ifndef PCAP_PACKET_H
#define PCAP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pcap/walk.h"
#include "row/row.h"

/* Link types, as in pcap and pcapng files (tcpdump.org/linktypes.html). */
enum link_type {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_PPP = 9,
	LINK_RAW_BSD = 12,
	LINK_RAW_OPENBSD = 14,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276
};

enum packet_kind {
	PACKET_OTHER, /* no TCP */
	PACKET_TCP,   /* plain */
	PACKET_ICMP,  /* an ICMP error that quotes a TCP packet */
	PACKET_ODD,
	PACKET_ALL_ODD /* odd, and the whole capture must be read by tshark: its
			  row would not tell the stream */
};

struct packet {
	/*
	 * Equal for packets that are read in the same way: same headers,
	 * option kinds and lengths, truncation.  Undefined for odd packets.
	 */
	uint64_t shape;
	/*
	 * Headers within the record; of a PACKET_ICMP those of the quoted
	 * packet.  "tcp" is also set for a PACKET_ODD whose only oddity is in
	 * the TCP header; else NULL.
	 */
	const uint8_t *ip, *tcp;
	bool is_v6;
	/*
	 * For PACKET_ICMP: its own headers, and how many bytes of TCP it
	 * quotes.
	 */
	const uint8_t *error_ip, *error;
	size_t n_quoted;
	/* For PACKET_TCP: */
	bool options_cut;	/* by the snapshot length */
	uint32_t segment;	/* TCP header and payload on the wire, bytes */
	const uint8_t *options; /* the captured part */
	size_t n_options;
	const uint8_t *payload; /* likewise */
	size_t n_payload;
};

enum packet_kind packet_look(const struct pcap_record *record,
			     struct packet *packet);

/*
 * Make its row, except for the stream number.  For PACKET_OTHER and PACKET_ODD
 * only number, time and interface are set.
 */
enum row_kind packet_row(enum packet_kind kind, const struct packet *packet,
			 const struct pcap_record *record, struct row *row);

/*
 * Set the flags that tshark uses for stream numbering but does not print when
 * a TCP header claims to be too short.  False: they are unknown for a row with
 * a stream.
 */
bool packet_add_flags(const struct packet *packet, struct row *row)
	__attribute__((warn_unused_result));

#endif
