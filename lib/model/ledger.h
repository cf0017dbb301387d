/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger.h - what became of every payload byte of one connection.
 *
 * The book that account.h writes and all deeper analyses read: the payload in
 * pieces of one class each, and the acknowledgments of data, both in order of
 * time.  An index into trace.packets is a place in time, so the two can be
 * read side by side.
 *
 * A dsn is a data sequence number, an ssn a subflow sequence number (RFC 8684),
 * both relative: the first byte that the application sent is 1.
 * Where the IDSN is not known, the lowest byte that was captured is 1.  After
 * a fallback to plain TCP the bytes of the subflow take the place of the data
 * bytes, and its acknowledgment numbers that of the DATA_ACKs.
 *
 * The ledger owns everything in it: 32 bytes per piece, 12 per acknowledgment
 * and 4 per packet, and the ranges.
 */
#ifndef MODEL_LEDGER_H
#define MODEL_LEDGER_H

#include <stdbool.h>

#include "model/conn.h"
#include "model/rangemap.h"
#include "model/trace.h"

#define LEDGER_UNKNOWN INT64_MIN    /* a position that is not known */
#define LEDGER_NO_PACKET UINT32_MAX /* no packet */

/* Bytes of one packet that have one class, follow each other in the data, and
   were sent first, if not now, by one packet. */
struct piece {
	int64_t ssn; /* 1 = first byte, where the ISN is known */
	int64_t dsn; /* or LEDGER_UNKNOWN */
	uint32_t len;
	uint32_t packet;
	uint32_t original;	 /* packet that sent these bytes first: on this
				    subflow (TCP-retransmitted, MPTCP-repeated) or
				    on another (reinjected), else LEDGER_NO_PACKET */
	uint32_t subflow : 28;	 /* position in connection.subflows */
	uint32_t direction : 1;	 /* enum direction, MPTCP roles */
	uint32_t byte_class : 3; /* enum byte_class */
};

/* Most packets have one: 12 bytes. */
struct __attribute__((packed, aligned(4))) data_ack {
	int64_t ack; /* everything below has arrived */
	uint32_t packet : 31;
	uint32_t direction : 1; /* of the data that is acknowledged */
};

/* A host says whether a subflow is a backup: by flag B of its MP_JOIN, or by
   MP_PRIO (RFC 8684 3.3.8). */
struct priority {
	uint32_t packet, subflow;
	bool server; /* the MPTCP server says so */
	bool backup;
};

struct ledger {
	struct piece *pieces;
	size_t n_pieces, cap_pieces;
	struct data_ack *acks;
	size_t n_acks, cap_acks;
	struct priority *priorities; /* in order of time */
	size_t n_priorities, cap_priorities;
	uint32_t *packets; /* all of the connection, in order of time */
	size_t n_packets;
	struct rangemap data[2]; /* data bytes -> packet that sent them first,
				    by MPTCP direction */
	int64_t shift[2];	 /* what the lowest position was moved by */
	bool has_idsn[2];	 /* positions count from the IDSN */
	bool has_base[2];	 /* the number of position 0 is known ... */
	bool narrow[2];		 /* ... but only its lower 32 bits */
	uint64_t base[2];	 /* it */
	bool plain;		 /* subflow bytes stand for data bytes */
};

void ledger_init(struct ledger *ledger);
void ledger_release(struct ledger *ledger);

/*
 * End of the receive window (RFC 8684 section 3.3.5) that an acknowledgment
 * announces, a data position; LEDGER_UNKNOWN when its scale is not known.
 */
int64_t ledger_window_edge(const struct trace *trace,
			   const struct data_ack *ack);

/* Are whole data sequence numbers of 64 bits known in the direction? */
bool ledger_knows_dsn(const struct ledger *ledger, int direction);

/* Direction, by MPTCP role, of packet i of trace->packets. */
static inline enum direction ledger_direction(const struct trace *trace,
					      size_t i)
{
	int reverse = !!(trace->packets.mark[i] & PACKET_REVERSE);

	return (enum direction)(
		reverse ^ trace->streams[trace->packets.stream[i]].flipped);
}

#endif
