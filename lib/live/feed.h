/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * feed.h - for source.h: bytes of a growing file, of a pipe, or of dumpcap, as
 * input for a walk over packets; waits for more until it is asked to stop.
 *
 *	pcap_walk_open_read(&walk, feed_read, &feed);
 *
 * Another thread or a signal handler asks with feed_ask().
 */
#ifndef LIVE_FEED_H
#define LIVE_FEED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "live/follow.h"
#include "live/keep.h"
#include "os/proc.h"

enum feed_asked {
	FEED_GO_ON,
	FEED_STOP, /* read what has already arrived, then end */
	FEED_QUIT  /* end at once */
};

struct feed {
	/* Set by the caller; descriptors are borrowed. */
	int fd;
	int wake; /* an eventfd that feed_ask() writes to */
	bool is_regular, follow;
	struct proc *dumpcap; /* reads its stdout; or NULL */
	struct follow *ring;  /* following files; or NULL */
	const int64_t *last;  /* time of the last packet, for the ring */
	struct keep *keep;    /* also receives what was read; or NULL */
	void (*idle)(void *); /* called before it waits */
	void (*warn)(void *, const char *text);
	void *ctx; /* argument of both */
	/* Private state. */
	atomic_int asked; /* enum feed_asked */
	bool is_stopping; /* FEED_STOP was seen */
	int64_t deadline; /* when to stop reading then, monotonic_ns() */
	uint64_t at;	  /* bytes of a regular file that were read */
	uint64_t upto;	  /* stop at this offset */
	uint64_t record;  /* end of the last complete record, up to which the
			     bytes are kept */
	bool caught_up;	  /* reached the end of a growing file once */
	bool has_next;	  /* this file is complete, and another one follows */
	int failed;	  /* errno; 0: no error */
};

/* Read up to n bytes; a bytes_read_fn (pcap/bytes.h). */
size_t feed_read(void *feed, uint8_t *to, size_t n);

/* Ask to stop or quit; safe in signal handlers. */
void feed_ask(struct feed *feed, enum feed_asked what);

#endif
