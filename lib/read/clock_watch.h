/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock_watch.h - was the clock set while a capture was made?
 *
 *	struct clock_watch watch = { .info = &info };
 *	clock_watch_packet(&watch, &row, kind, interface);  ... of each packet
 *	clock_watch_settle(&watch);
 *
 * Of the hosts' own clocks, which nobody sets, TCP timestamps tell (RFC 7323).
 * A clock was set back where time stamps step back, in the order of the file,
 * on one interface, by 0.1 s or more, and the TCP timestamps do not: those of
 * each end that spoke on both sides of the place.  It jumped ahead where there
 * is a second or more without a packet, and by the TCP timestamps of both ends
 * of a stream, and of each other end, less than a tenth of it passed.
 * A step back of a second is told in any case, as what it is.
 *
 * Rows in the order of the file.  Costs 200 kB, whatever the capture.
 */
#ifndef READ_CLOCK_WATCH_H
#define READ_CLOCK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "row/capture_info.h"
#include "row/row.h"

enum {
	CLOCK_WATCH_INTERFACES = 64 /* and those that have no name */
};

/* Where time stamps jump, while it is the last such place. */
struct clock_place {
	bool is_open, is_back, is_denied;
	uint32_t packet;
	int64_t by;	  /* ns, as the time stamps have it; > 0 */
	uint32_t ends;	  /* whose TCP timestamps tell that the clock jumped */
	uint32_t streams; /* of these */
	bool is_both;	  /* both ends of one of them */
	double sum;	  /* of what "ends" tell, ns */
};

struct clock_watch {
	struct capture_info *info; /* borrowed: gets the jumps */
	bool has_latest;
	int64_t latest; /* of the packet before */
	struct {
		bool has;
		int64_t time;
		uint32_t places; /* that there were until then */
	} last_on[CLOCK_WATCH_INTERFACES + 1];
	uint32_t places;
	struct clock_place place;
	struct clock_end *ends; /* owned */
};

/*
 * The next packet, and which interface it is of; others than 0 ...
 * CLOCK_WATCH_INTERFACES - 1 are one.
 */
void clock_watch_packet(struct clock_watch *w, const struct row *row,
			enum row_kind kind, size_t interface);

/* There are no more; to be called in any case. */
void clock_watch_settle(struct clock_watch *w);

#endif
