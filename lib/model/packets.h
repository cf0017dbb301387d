/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packets.h - the packet table: all TCP packets of a capture, one array per
 * column.
 *
 * The index is the packet.  After packets_sort() packets are in order of time
 * (of equal times in order of the file), even if the file is not, as with
 * captures of several interfaces.  Takes about 47 bytes per packet, plus the
 * raw TCP options.  The table owns all its arrays.
 */
#ifndef MODEL_PACKETS_H
#define MODEL_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/error.h"
#include "base/number_index.h"
#include "base/strlist.h"
#include "model/tcpopt.h"
#include "row/row.h"

enum packet_mark {
	PACKET_REVERSE = 1,	/* from the TCP server to the TCP client */
	PACKET_OPTIONS_CUT = 2, /* TCP options were truncated in the capture */
	PACKET_HAS_IP_ID = 4,
	/* keep-alive probe: its byte is not data: keepalive.h */
	PACKET_KEEP_ALIVE = 8,
	/* additional copy made by the network: duplicate.h */
	PACKET_DUPLICATE = 16,
	PACKET_COPY = 32, /* captured at another point, too: copies.h */
	/* temporary: split differently there: copy_pieces.h */
	PACKET_IN_PIECES = 64,
	PACKET_COPIED = 128 /* this copy counts; there are others */
};

/*
 * In which direction a packet passed the capturing host, if recorded (Linux
 * cooked captures).
 */
enum packet_way {
	WAY_UNKNOWN,
	WAY_CAME, /* addressed to the capturing host (link layer) */
	WAY_SENT, /* sent by that host */
	WAY_OTHER /* broadcast, multicast, or to other hosts */
};

/* An end of a TCP stream. */
struct endpoint {
	struct address address;
	uint16_t port;
};

struct raw_stream {
	struct endpoint a, b; /* source and destination of its first packet */
	uint32_t tcp_stream;
};

struct interface_name;

#define PACKETS_MAX ((size_t)INT32_MAX) /* indices have 31 bits */

struct packets {
	size_t n, cap;
	uint32_t *frame;
	int64_t *time;	  /* ns since 1970 */
	uint32_t *stream; /* index in "streams"; changed by streams.h */
	uint32_t *seq, *ack, *len;
	uint16_t *flags, *window, *ip_id, *interface; /* index in interfaces */
	uint8_t *mark; /* enum packet_mark; REVERSE: sent by end "b" */
	uint8_t *way;  /* enum packet_way */
	uint8_t *ttl;  /* TTL; IPv6: hop limit; 0: unknown */
	uint8_t *n_options;
	uint32_t *options; /* offset in "arena", in units of four bytes */
	uint8_t *arena;
	size_t arena_n, arena_cap; /* bytes */
	struct strlist interfaces;
	/* Private: index of interface names; the entry used last. */
	struct interface_name *names, *latest;
	size_t steps_back; /* packets that are earlier than the previous one in
			      the file; counted by packets_sort() */
	struct raw_stream *streams;
	size_t n_streams, cap_streams;
	struct number_index by_tcp_stream; /* private: of the streams */
};

void packets_init(struct packets *p);
void packets_release(struct packets *p);

/* Append a packet; a row_fn with the table as "ctx". */
int packets_append(void *ctx, const struct row *row, struct error *err);

/*
 * The index of an interface name; adds it if it is new.  Can be used to fix
 * the order of interfaces before packets are appended.
 */
uint16_t packets_add_interface(struct packets *p, const char *name);

/* Remove packets and streams, but not interfaces. */
void packets_clear(struct packets *p);

void packets_sort(struct packets *p);

/* Copy packets and streams into an independent table. */
void packets_copy(struct packets *to, const struct packets *from);

/*
 * Keep only the marked packets (one byte for each); streams without packets
 * are removed.
 */
void packets_keep(struct packets *p, const uint8_t *marked);

/*
 * Move all packets of "from" behind those of "p"; "base" is added to their TCP
 * stream numbers.  Returns -1 and EXIT_INPUT: too many packets, or numbers too
 * large.
 */
int packets_take(struct packets *p, struct packets *from, uint32_t base,
		 struct error *err) __attribute__((warn_unused_result));

/*
 * Reorder: packet i becomes the one that was order[i], in TCP stream
 * numbers[i].  Streams without packets are removed.
 */
void packets_rearrange(struct packets *p, const uint32_t *order,
		       const uint32_t *numbers);

/* Index in p->streams of Wireshark's stream number; -1: none. */
long packets_find_stream(const struct packets *p, uint32_t tcp_stream);

/* The raw TCP options of packet i: p->n_options[i] bytes. */
const uint8_t *packets_options(const struct packets *p, size_t i);

/* Decode them, see tcpopt_parse() and tcpopt_parse_mptcp(). */
void packets_tcpopt(const struct packets *p, size_t i, struct tcp_options *out);
int packets_mptcp(const struct packets *p, size_t i, struct tcp_options *out);
bool packets_has_mptcp(const struct packets *p, size_t i);
/* See tcpopt_tsval(). */
uint64_t packets_tsval(const struct packets *p, size_t i);

#endif
