/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ss.h - parse a log of "ss -tinM": the state of a host's TCP sockets over
 * time
 *
 *	struct ss log;
 *	if (ss_read(&log, "ss.log", &err))
 *		... err.text ...
 *	for (size_t i = 0; i < log.n; i++)
 *		... log.snapshots[i], log.sockets[log.snapshots[i].first] ...
 *	ss_release(&log);
 *
 * Such a log is written by a loop that prints a line with the time before each
 * listing, in any form that stamp_of_date() accepts.  Each time begins a
 * snapshot; a listing without a time is a snapshot with unknown time.  ss may
 * be run with or without -M, -O, -a, -e, -H, -m, -p and a state filter.
 * Without -n rates have only three digits, and ports shown by name cannot be
 * read.
 *
 * The format is that of misc/ss.c in iproute2 (tcp_stats_print(), since 3.2):
 * "name:number", for rates "name number[kMGT]bps".  Unknown items are ignored.
 */
#ifndef KERNEL_SS_H
#define KERNEL_SS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/error.h"
#include "kernel/stamp.h"

/* Values of a socket. */
enum ss_value {
	SS_CWND,	  /* segments */
	SS_SSTHRESH,	  /* segments; unknown if never set */
	SS_MSS,		  /* bytes */
	SS_RTT,		  /* ms, smoothed */
	SS_RTT_VARIATION, /* ms */
	SS_MIN_RTT,	  /* ms */
	SS_RTO,		  /* ms */
	SS_PACING_RATE,	  /* bit/s */
	SS_DELIVERY_RATE, /* bit/s */
	SS_UNACKED,	  /* segments */
	SS_RETRANS,	  /* retransmitted segments in flight */
	SS_RETRANS_TOTAL, /* segments retransmitted in total */
	SS_NOTSENT,	  /* bytes waiting in the socket */
	SS_SEND_WINDOW,	  /* bytes */
	SS_RCV_SPACE,	  /* bytes */
	SS_VALUES
};

struct ss_socket {
	size_t line; /* of the file, from 1 */
	/* IPv4-mapped IPv6 addresses are converted to IPv4. */
	struct address local, peer;
	uint16_t local_port, peer_port;
	uint32_t token; /* local token of its MPTCP connection; 0: not stated */
	/*
	 * NAN if not stated.  ss omits values that are 0: if it prints minrtt,
	 * which comes after them, SS_UNACKED, SS_RETRANS, SS_RETRANS_TOTAL and
	 * SS_NOTSENT are set to 0 in that case.
	 */
	double value[SS_VALUES];
};

struct ss_snapshot {
	struct stamp stamp;
	size_t first, n; /* its sockets */
};

struct ss {
	/* those with sockets, in the order of the file */
	struct ss_snapshot *snapshots;
	size_t n, cap;
	struct ss_socket *sockets;
	size_t n_sockets, cap_sockets;
	bool is_cut; /* the last line is incomplete and was ignored */
};

/*
 * Reads connected TCP sockets only.  Returns -1 and EXIT_INPUT if the file
 * cannot be read, is not such a log, or was written without -t, -i or -n.  A
 * log without any sockets is valid.
 */
int ss_read(struct ss *out, const char *path, struct error *err)
	__attribute__((warn_unused_result));

void ss_release(struct ss *s);

#endif
