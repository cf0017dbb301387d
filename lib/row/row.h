/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row.h - a row: one TCP packet, or one ICMP error that quotes a TCP packet,
 * as delivered by readers and the cache.
 *
 * A row owns nothing and is valid only until the next one is read.
 */
#ifndef ROW_ROW_H
#define ROW_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/address.h"

/* Bits of row.flags (RFC 9293 section 3.1). */
enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10
};

/*
 * The direction of a packet at the capturing host, from Linux cooked captures
 * (tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html).
 */
enum row_packet_type {
	ROW_CAME = 0, /* to this host */
	ROW_SENT = 4  /* by this host */
};

enum {
	ROW_INTERFACE_TEXT = 64, /* longer interface names are truncated */
	ROW_OPTIONS_MAX = 40	 /* maximum in a TCP header */
};

/*
 * Bits of row.present.  "Not in the cache" means that rows from the cache lack
 * the bit.
 */
enum {
	ROW_HAS_FRAME = 1 << 0,
	ROW_HAS_TIME = 1 << 1,
	ROW_HAS_SRC = 1 << 2,
	ROW_HAS_DST = 1 << 3,
	ROW_HAS_SPORT = 1 << 4,
	ROW_HAS_DPORT = 1 << 5,
	ROW_HAS_STREAM = 1 << 6,
	ROW_HAS_FLAGS = 1 << 7,
	ROW_HAS_SEQ = 1 << 8,
	ROW_HAS_ACK = 1 << 9,
	ROW_HAS_LEN = 1 << 10,
	ROW_HAS_IP_ID = 1 << 11,
	ROW_HAS_WINDOW = 1 << 12,
	ROW_HAS_HDR_LEN = 1 << 13,
	ROW_OPTIONS_CUT = 1 << 14, /* options were not captured completely */
	ROW_TUNNEL = 1 << 15,	   /* an inner packet; not in the cache */
	ROW_HAS_TTL = 1 << 16,
	ROW_HAS_ICMP_TYPE = 1 << 17, /* an ICMP message; not in the cache */
	ROW_SNAPPED = 1 << 18,	     /* ... due to the snapshot length; not in
					the cache */
	ROW_MIXED = 1 << 19,	     /* IPv4 in IPv6 or vice versa, unknown
					which one is inside; not in the cache */
	ROW_HAS_PACKET_TYPE = 1 << 20,
	/* What a row must have to be a packet of a TCP stream. */
	ROW_HAS_TCP = ROW_HAS_FRAME | ROW_HAS_TIME | ROW_HAS_SRC | ROW_HAS_DST |
		      ROW_HAS_SPORT | ROW_HAS_DPORT | ROW_HAS_STREAM |
		      ROW_HAS_FLAGS | ROW_HAS_SEQ | ROW_HAS_LEN
};

struct row {
	unsigned present; /* ROW_HAS_* and other ROW_ bits above */
	uint32_t frame;	  /* number in the capture file, from 1 */
	uint64_t at;	 /* file offset of its record, from which the row can be
			    made again (reread.h); 0: it cannot; not in the
			    cache's file of rows */
	int64_t time;	 /* ns since 1970 */
	uint32_t stream; /* Wireshark's tcp.stream */
	uint32_t seq;	 /* raw value on the wire */
	uint32_t ack;	 /* raw */
	uint32_t len;	 /* payload bytes, according to the IP length */
	uint32_t cap_len; /* captured bytes of the frame; not in the cache */
	uint16_t sport;
	uint16_t dport;
	uint16_t flags;	      /* tcp.flags: enum tcp_flag, and others */
	uint16_t window;      /* raw value, not scaled */
	uint16_t ip_id;	      /* IPv4 only */
	uint16_t packet_type; /* enum row_packet_type, and others */
	uint8_t ttl;	      /* TTL; IPv6: hop limit */
	uint8_t hdr_len;      /* bytes of the TCP header */
	/*
	 * For ICMP errors; addresses, ports and sequence number are those of
	 * the quoted packet.
	 */
	uint8_t icmp_type, icmp_code;
	uint8_t n_options; /* bytes in "options" */
	struct address src, dst;
	struct address icmp_from;	    /* sender of the ICMP error */
	char interface[ROW_INTERFACE_TEXT]; /* "": unknown */
	uint8_t options[ROW_OPTIONS_MAX];   /* raw TCP options */
};

/* Reset a row before filling it: nothing is present. */
static inline void row_clear(struct row *row)
{
	memset(row, 0, offsetof(struct row, interface));
	row->interface[0] = '\0';
}

/* Set the interface name from n bytes; truncates long names. */
void row_set_interface(struct row *row, const char *name, size_t n);

/*
 * Whether this name means that there is none: Wireshark says "unknown" for an
 * interface without a name, tshark prints "<MISSING>" for a missing value.
 */
static inline bool row_is_nameless(const char *name, size_t n)
{
	return (n == 7 && memcmp(name, "unknown", n) == 0) ||
	       (n == 9 && memcmp(name, "<MISSING>", n) == 0);
}

enum row_kind {
	ROW_BAD = -1,	   /* not a row */
	ROW_OTHER = 0,	   /* a packet without TCP; frame and time are set if
			      known */
	ROW_TCP = 1,	   /* a TCP packet */
	ROW_MALFORMED = 2, /* TCP with an invalid header */
	ROW_ICMP = 3	   /* an ICMP error that quotes a TCP packet */
};

/*
 * Derive what depends on several fields (ROW_OPTIONS_CUT).  Every reader calls
 * it after filling all fields.  Returns what the row is, never ROW_BAD.
 */
enum row_kind row_settle(struct row *row);

/*
 * A function that readers call for each row; returning -1 (with "err" set)
 * stops reading.
 */
struct error;
typedef int row_fn(void *ctx, const struct row *row, struct error *err);

#endif
