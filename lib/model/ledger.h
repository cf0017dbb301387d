/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger.h - what became of every payload byte of one connection.
 *
 * Written by account.h and read by all further analyses: the payload in pieces
 * of one class each, and the acknowledgments of data, both in order of time.
 * Indices in trace.packets increase with time, so both lists can be read in
 * parallel.
 *
 * A dsn is a data sequence number, an ssn a subflow sequence number (RFC
 * 8684), both relative: the first byte that the application sent is 1.  If the
 * IDSN is unknown, the lowest byte that was captured is 1.  After a fallback
 * to TCP, bytes of the subflow are the data, and its acknowledgment numbers
 * serve as DATA_ACKs.
 *
 * The ledger owns its content: 32 bytes per piece, 12 per acknowledgment, 4
 * per packet, and the ranges.
 */
#ifndef MODEL_LEDGER_H
#define MODEL_LEDGER_H

#include <stdbool.h>

#include "model/conn.h"
#include "model/rangemap.h"
#include "model/trace.h"

#define LEDGER_UNKNOWN INT64_MIN    /* unknown position */
#define LEDGER_NO_PACKET UINT32_MAX /* no packet */

/* Does the packet of a piece ask whether the window is still closed
   (window_probe.h)? */
enum piece_probe {
	PROBE_NOT,
	PROBE_POSSIBLE,
	PROBE_OF_WINDOW,
	PROBE_AGAIN /* TCP sends a probe again */
};

/*
 * Consecutive data bytes of one packet that have the same class, and that were
 * first sent by the same packet (this one or an earlier one).
 */
struct piece {
	int64_t ssn; /* 1 is the first byte, if the ISN is known */
	int64_t dsn; /* or LEDGER_UNKNOWN */
	uint32_t len;
	uint32_t packet;
	uint32_t original;	 /* packet that sent these bytes first: on this
				    subflow (TCP-retransmitted, MPTCP-repeated)
				    or on another (reinjected); else
				    LEDGER_NO_PACKET */
	uint32_t subflow : 26;	 /* position in connection.subflows */
	uint32_t direction : 1;	 /* enum direction, MPTCP roles */
	uint32_t byte_class : 3; /* enum byte_class */
	uint32_t probe : 2;	 /* enum piece_probe */
};

/* Most packets have one, so it is packed into 12 bytes. */
struct __attribute__((packed, aligned(4))) data_ack {
	int64_t ack; /* everything below was received */
	uint32_t packet : 31;
	uint32_t direction : 1; /* of the data that is acknowledged */
};

/*
 * A host sets the backup flag of a subflow: by flag B of its MP_JOIN, or by
 * MP_PRIO (RFC 8684 3.3.8).
 */
struct priority {
	uint32_t packet, subflow;
	bool server; /* sent by the MPTCP server */
	bool backup;
};

struct ledger {
	struct piece *pieces;
	size_t n_pieces, cap_pieces;
	struct data_ack *acks;
	size_t n_acks, cap_acks;
	struct priority *priorities; /* in order of time */
	size_t n_priorities, cap_priorities;
	uint32_t *packets; /* all of the connection, in order of time; those
			      before first_packet were accounted earlier
			      (past.h) and have no pieces or acknowledgments */
	size_t first_packet, n_packets;
	uint64_t near[2];	 /* data sequence number of the last of those */
	struct rangemap data[2]; /* data bytes -> packet that sent them first,
				    by MPTCP direction */
	int64_t shift[2]; /* added to positions so that the lowest is 1 */
	bool has_idsn[2]; /* positions are relative to the IDSN */
	bool has_base[2]; /* the data sequence number of position 0 is known */
	bool narrow[2];	  /* but only its lower 32 bits */
	uint64_t base[2]; /* that number */
	bool plain;	  /* subflow bytes are the data */
};

void ledger_init(struct ledger *ledger);
void ledger_release(struct ledger *ledger);

/*
 * The end of the receive window (RFC 8684 section 3.3.5) announced by an
 * acknowledgment, as a data position; LEDGER_UNKNOWN if the window scale is
 * unknown.
 */
int64_t ledger_window_edge(const struct trace *trace,
			   const struct data_ack *ack);

/* Whether full 64-bit data sequence numbers are known in the direction. */
bool ledger_knows_dsn(const struct ledger *ledger, int direction);

/* The direction of packet i of trace->packets, by MPTCP role. */
static inline enum direction ledger_direction(const struct trace *trace,
					      size_t i)
{
	int reverse = !!(trace->packets.mark[i] & PACKET_REVERSE);

	return (enum direction)(
		reverse ^ trace->streams[trace->packets.stream[i]].flipped);
}

#endif
