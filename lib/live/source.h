/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source.h - packets as they arrive: from interfaces, a growing file, a ring
 * of files, or a pipe.
 *
 *	struct live_source *s = live_source_open(&options, &err);
 *	while ((step = live_source_next(s, &row, until, &err)) != LIVE_END) ...
 *	live_source_counts(s, &counts);
 *	live_source_close(s);
 *
 * A separate thread reads, finds the TCP packets (pcap/packet.h), numbers
 * frames and streams as Wireshark does (row/numbering.h), and keeps up to
 * QUEUE_ROWS rows ready.  When the queue is full it waits: an interface then
 * drops packets, which is reported at its end; pipes and files are only read
 * later.  All functions are for one thread, except live_source_stop().
 *
 * Frame numbers continue over all files of a ring; after 2^32 - 1 frames, and
 * 2^28 streams, numbers start again.  Addresses and ports that were not seen
 * for long get a new stream number when they appear again.
 */
#ifndef LIVE_SOURCE_H
#define LIVE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strlist.h"
#include "row/numbering.h"
#include "row/row.h"

struct live_source;

enum {
	LIVE_SNAPLEN = 256 /* bytes captured of each packet: enough for all
			      headers with every option */
};

struct live_source_options {
	/* to capture on with dumpcap; none: read "path" */
	struct strlist interfaces;
	/*
	 * A file, a FIFO, "-" for standard input, or a directory with the
	 * files of a ring (tcpdump -C, -G, -W, dumpcap -b), of which the
	 * newest is read first.  After a file of a ring the next ones are
	 * read, and so is a file that replaces the one that was read.
	 */
	const char *path;
	bool follow;	    /* at the end of a regular file wait for more until
			       live_source_stop(); not possible with gzip */
	const char *write;  /* save the packets of interfaces or a pipe in this
			       file, as they come; NULL: no */
	bool force;	    /* "write" may replace an existing file */
	const char *filter; /* capture filter instead of the default one */
	unsigned snaplen;   /* 0: LIVE_SNAPLEN */
	/* which Wireshark's stream numbers to use */
	enum numbering_rule numbering;
};

enum live_step {
	LIVE_FAILED = -1,
	LIVE_ROW,  /* *row is a TCP packet, valid until the next call */
	LIVE_TIME, /* no packet until "until", or a signal arrived */
	LIVE_END   /* the source has ended */
};

struct live_source_counts {
	uint64_t packets; /* of any protocol, read so far */
	uint64_t bytes;	  /* on the wire */
	uint64_t odd;	  /* ignored, since only tshark can read them (tunnels,
			     fragments); may be TCP */
	/*
	 * Dropped by kernel, interface and dumpcap.  For interfaces it is
	 * known only after dumpcap ended; for pcapng files and pipes, as far
	 * as they contain it.
	 */
	bool has_dropped;
	uint64_t dropped;
	uint64_t waiting;   /* rows in the queue */
	uint64_t room;	    /* capacity of the queue */
	int64_t first_time; /* smallest time of the first packets, ns since
			       1970; 0: none */
	int64_t last_time;  /* of the latest packet that was read, even if its
			       row is still in the queue; 0: none */
	/*
	 * Packets arrive in real time (an interface, a growing file, a pipe
	 * whose time stamps advance no faster than the clock), and are not
	 * merely read from a finished capture.
	 */
	bool is_paced;
};

/*
 * NULL when there is nothing to read or an interface cannot be captured; "err"
 * says what to do.  Strings of the options are borrowed.
 */
struct live_source *live_source_open(const struct live_source_options *options,
				     struct error *err)
	__attribute__((warn_unused_result));

/* Waits at most until "until" (monotonic_ns(); 0: does not wait). */
enum live_step live_source_next(struct live_source *source,
				const struct row **row, int64_t until,
				struct error *err)
	__attribute__((warn_unused_result));

/* A descriptor for poll(): POLLIN when live_source_next() need not wait. */
int live_source_fd(const struct live_source *source);

void live_source_counts(struct live_source *source,
			struct live_source_counts *out);

/* A name for messages: "eth0, wlan0", the path, "standard input". */
const char *live_source_name(const struct live_source *source);

/*
 * The next warning about a problem that does not end the source, each once;
 * the caller frees it.  NULL: no more.
 */
char *live_source_warning(struct live_source *source);

/*
 * Stop capturing or following: rows already read are still delivered, then
 * LIVE_END.  A signal handler may call it.
 */
void live_source_stop(struct live_source *source);

/* End at once, discarding what was not delivered.  NULL is allowed. */
void live_source_close(struct live_source *source);

#endif
