/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ss.h - the TCP sockets of a host, time after time, as "ss -tinM" printed them
 *
 *	struct ss log;
 *	if (ss_read(&log, "ss.log", &err))
 *		... err.text ...
 *	for (size_t i = 0; i < log.n; i++)
 *		... log.snapshots[i], log.sockets[log.snapshots[i].first] ...
 *	ss_release(&log);
 *
 * A log is what a loop wrote: before each listing a line with the time, in any
 * form that stamp_of_date() knows.  Each time is one snapshot, and so is a
 * listing without one, whose time is not known.  ss may have been run with or
 * without -M, -O, -a, -e, -H, -m, -p and a state; without -n its rates have
 * three digits, and ports that have names cannot be read.
 *
 * As misc/ss.c of iproute2 prints them (tcp_stats_print(), since 3.2), that is
 * "name:number", or for rates "name number[kMGT]bps"; what is not known here is
 * left out.
 */
#ifndef KERNEL_SS_H
#define KERNEL_SS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/error.h"
#include "kernel/stamp.h"

/* Numbers of a socket. */
enum ss_value {
	SS_CWND,	  /* segments */
	SS_SSTHRESH,	  /* segments; unknown where it was never set */
	SS_MSS,		  /* bytes */
	SS_RTT,		  /* ms, smoothed */
	SS_RTT_VARIATION, /* ms */
	SS_MIN_RTT,	  /* ms */
	SS_RTO,		  /* ms */
	SS_PACING_RATE,	  /* bit/s */
	SS_DELIVERY_RATE, /* bit/s */
	SS_UNACKED,	  /* segments */
	SS_RETRANS,	  /* segments that are sent again and on their way */
	SS_RETRANS_TOTAL, /* segments that were sent again */
	SS_NOTSENT,	  /* bytes that wait in the socket */
	SS_SEND_WINDOW,	  /* bytes */
	SS_RCV_SPACE,	  /* bytes */
	SS_VALUES
};

struct ss_socket {
	size_t line; /* of the file, from 1 */
	/* IPv4 in IPv6 as IPv4. */
	struct address local, peer;
	uint16_t local_port, peer_port;
	uint32_t token; /* the host's own, of its Multipath TCP connection; 0:
			   not said */
	/*
	 * NAN where not said.  ss says nothing of what is 0: where it says
	 * minrtt, which it prints behind them, SS_UNACKED, SS_RETRANS,
	 * SS_RETRANS_TOTAL and SS_NOTSENT are 0 then.
	 */
	double value[SS_VALUES];
};

struct ss_snapshot {
	struct stamp stamp;
	size_t first, n; /* its sockets */
};

struct ss {
	struct ss_snapshot *snapshots; /* that have sockets, as in the file */
	size_t n, cap;
	struct ss_socket *sockets;
	size_t n_sockets, cap_sockets;
	bool is_cut; /* its last line is not whole, and left out */
};

/*
 * Connected TCP sockets only.  -1 and EXIT_INPUT where the file cannot be read,
 * or is no such log, or was written without -t, -i or -n; one that lists no
 * socket at all, as of a machine where nothing happened, is empty.
 */
int ss_read(struct ss *out, const char *path, struct error *err)
	__attribute__((warn_unused_result));

void ss_release(struct ss *s);

#endif
