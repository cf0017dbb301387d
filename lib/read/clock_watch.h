/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clock_watch.h - detect that the clock of the capturing host was set while
 * the capture was made.
 *
 *	struct clock_watch watch = { .info = &info };
 *	clock_watch_packet(&watch, &row, kind, interface);  ... of each packet
 *	clock_watch_settle(&watch);
 *
 * TCP timestamps (RFC 7323) come from clocks of the hosts that nobody sets, so
 * they show how much time really passed.  The clock was set back when times
 * step back, in the order of the file and on one interface, by 0.1 s or more,
 * and the TCP timestamps of each end that sent both before and after that
 * place do not.  It jumped ahead when there is a second or more without a
 * packet, while according to the TCP timestamps of both ends of a stream, and
 * of every other end, less than a tenth of it passed.  A step back of a second
 * or more is reported in any case, but without calling it a change of the
 * clock unless that is shown.
 *
 * Rows must come in the order of the file.  Takes 200 kB, whatever the size of
 * the capture.
 */
#ifndef READ_CLOCK_WATCH_H
#define READ_CLOCK_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "row/capture_info.h"
#include "row/row.h"

enum {
	/* that are told apart; all others count as one */
	CLOCK_WATCH_INTERFACES = 64
};

/* A place where time stamps jump; only the last one is kept. */
struct clock_place {
	bool is_open, is_back, is_denied;
	uint32_t packet;
	int64_t by;    /* size of the jump in time stamps, ns; > 0 */
	uint32_t ends; /* number of ends whose TCP timestamps show the jump */
	uint32_t streams; /* TCP streams of these */
	bool is_both;	  /* includes both ends of one stream */
	double sum;	  /* of the jumps that these ends show, ns */
};

struct clock_watch {
	struct capture_info *info; /* borrowed: gets the jumps */
	bool has_latest;
	int64_t latest; /* time of the previous packet */
	struct {
		bool has;
		int64_t time;
		uint32_t places; /* number of places until then */
	} last_on[CLOCK_WATCH_INTERFACES + 1];
	uint32_t places;
	struct clock_place place;
	struct clock_end *ends; /* owned */
};

/*
 * Add the next packet.  "interface" is a number below CLOCK_WATCH_INTERFACES;
 * all others are treated as one interface.
 */
void clock_watch_packet(struct clock_watch *w, const struct row *row,
			enum row_kind kind, size_t interface);

/*
 * Call after the last packet, in any case: reports the last jump and frees
 * what the watch owns.
 */
void clock_watch_settle(struct clock_watch *w);

#endif
