/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packets.h - the packet table: all TCP packets of a capture, in columns.
 *
 * One array per column, index = packet.  After packets_sort() the packets are
 * in order of time (of the file where times are equal), whatever the order in
 * the file was: files of several interfaces never are in order.
 * Costs about 47 bytes and the raw TCP options per packet.
 *
 * The table owns all its arrays.
 */
#ifndef MODEL_PACKETS_H
#define MODEL_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/error.h"
#include "base/strlist.h"
#include "model/tcpopt.h"
#include "row/row.h"

enum packet_mark {
	PACKET_REVERSE = 1,	/* from the TCP server to the TCP client */
	PACKET_OPTIONS_CUT = 2, /* not all TCP options were captured */
	PACKET_HAS_IP_ID = 4,
	PACKET_KEEP_ALIVE = 8, /* its one byte is no data: keepalive.h */
	PACKET_DUPLICATE = 16, /* the network delivered it again: duplicate.h */
	PACKET_COPY = 32,      /* it was captured at another point: copies.h */
	PACKET_IN_PIECES = 64, /* ... otherwise cut: while copies are sought */
	PACKET_COPIED = 128    /* it counts, and there are copies of it */
};

/* Which way it went where it was captured, if that was noted. */
enum packet_way {
	WAY_UNKNOWN,
	WAY_CAME, /* to the host that captured it, by its link address */
	WAY_SENT, /* by that host */
	WAY_OTHER /* to all, or to somebody else */
};

/* One Wireshark tcp.stream, as it comes: the two ends of its first packet. */
struct endpoint {
	struct address address;
	uint16_t port;
};

struct raw_stream {
	struct endpoint a, b; /* source and destination of its first packet */
	uint32_t tcp_stream;
};

struct interface_name;

#define PACKETS_MAX ((size_t)INT32_MAX) /* an index has 31 bits */

struct packets {
	size_t n, cap;
	uint32_t *frame;
	int64_t *time;	  /* ns since 1970 */
	uint32_t *stream; /* index into "streams" here; streams.h renumbers */
	uint32_t *seq, *ack, *len;
	uint16_t *flags, *window, *ip_id, *interface; /* index in interfaces */
	uint8_t *mark; /* enum packet_mark; REVERSE: from "b" to "a" */
	uint8_t *way;  /* enum packet_way */
	uint8_t *ttl;  /* time to live, IPv6: hop limit; 0: not known */
	uint8_t *n_options;
	uint32_t *options; /* in "arena", in units of four bytes */
	uint8_t *arena;
	size_t arena_n, arena_cap; /* bytes */
	struct strlist interfaces;
	/* Private: where they are in it, all and the one of the last packet. */
	struct interface_name *names, *latest;
	size_t steps_back; /* packets stamped earlier than the one before them
			      in the file; counted by packets_sort() */
	struct raw_stream *streams;
	size_t n_streams, cap_streams;
	uint32_t *by_tcp_stream; /* tcp.stream -> index + 1; 0: none */
	size_t cap_by;
};

void packets_init(struct packets *p);
void packets_release(struct packets *p);

/* A row_fn with the table as "ctx". */
int packets_append(void *ctx, const struct row *row, struct error *err);

/*
 * An interface gets the next index, unless it has one: for packets whose
 * interfaces are known to be these.
 */
uint16_t packets_add_interface(struct packets *p, const char *name);

/* Forget the packets and their streams, not the interfaces. */
void packets_clear(struct packets *p);

void packets_sort(struct packets *p);

/*
 * All packets of "from" behind those of "p", each TCP stream under its number
 * and "base"; "from" has none then.  -1 and EXIT_INPUT: they are too many, or
 * the numbers too high.
 */
int packets_take(struct packets *p, struct packets *from, uint32_t base,
		 struct error *err) __attribute__((warn_unused_result));

/*
 * The packets in another order: packet i is then the one that was order[i], and
 * in the TCP stream numbers[i].  Streams that are left without one are gone.
 */
void packets_rearrange(struct packets *p, const uint32_t *order,
		       const uint32_t *numbers);

/* Index in p->streams of the one with Wireshark's number, or -1. */
long packets_find_stream(const struct packets *p, uint32_t tcp_stream);

/* The raw TCP options of packet i, p->n_options[i] bytes. */
const uint8_t *packets_options(const struct packets *p, size_t i);

/* These decoded, by tcpopt_parse() and tcpopt_parse_mptcp(). */
void packets_tcpopt(const struct packets *p, size_t i, struct tcp_options *out);
int packets_mptcp(const struct packets *p, size_t i, struct tcp_options *out);
bool packets_has_mptcp(const struct packets *p, size_t i);
/* tcpopt_tsval() */
uint64_t packets_tsval(const struct packets *p, size_t i);

#endif
