/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet.h - what one packet of a capture says by itself.
 *
 * A packet is plain when it needs no other one (it is no fragment), has no
 * other one inside (it is no tunnel), and is all that its headers say: then its
 * row is made here, and is that which tshark makes of it.  Whatever is not
 * certain is odd, and left to tshark.
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
	PACKET_OTHER, /* without TCP in it */
	PACKET_TCP,   /* plain */
	PACKET_ICMP,  /* an ICMP error that quotes a TCP packet */
	PACKET_ODD,
	PACKET_ALL_ODD /* and the whole capture is for tshark: its row does not
			  tell which stream it is of */
};

struct packet {
	/* Equal for packets that are read in the same way: same headers, kinds
	   and lengths of options, cut or not.  Not of those that are odd. */
	uint64_t shape;
	/* Of a PACKET_TCP, in the record; of a PACKET_ICMP, that it quotes;
	   "tcp" also of a PACKET_ODD that has no other oddity, else NULL: */
	const uint8_t *ip, *tcp;
	bool is_v6;
	/* Of a PACKET_ICMP: its own, and the bytes of TCP that it quotes. */
	const uint8_t *error_ip, *error;
	size_t n_quoted;
	/* Of a PACKET_TCP: */
	bool options_cut;	/* by the snaplen */
	uint32_t segment;	/* bytes of TCP, header and payload, on the
				   wire */
	const uint8_t *options; /* as far as they were captured */
	size_t n_options;
	const uint8_t *payload; /* the same */
	size_t n_payload;
};

enum packet_kind packet_look(const struct pcap_record *record,
			     struct packet *packet);

/*
 * Its row, but for the number of its stream; of PACKET_OTHER and PACKET_ODD
 * what is known of any packet: number, time, interface.
 */
enum row_kind packet_row(enum packet_kind kind, const struct packet *packet,
			 const struct pcap_record *record, struct row *row);

/*
 * What tshark does not print of a TCP header that says that it is too short,
 * and numbers streams by.  False: that is not known of a row with a stream.
 */
bool packet_add_flags(const struct packet *packet, struct row *row)
	__attribute__((warn_unused_result));

#endif
