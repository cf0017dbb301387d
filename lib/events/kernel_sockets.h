/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_sockets.h - assign the sockets in logs of ss to the TCP streams of a
 * capture
 *
 *	struct kernel_sockets sockets = { .n = 0 };
 *	if (kernel_sockets_add(&sockets, "ss.log", &err) < 0 ||
 *	    kernel_sockets_tie(&sockets, &trace, &err) < 0)
 *		... err.text ...
 *	sample = kernel_sockets_of(&sockets, stream, TO_SERVER, &n);
 *	kernel_sockets_release(&sockets);
 *
 * A socket (ss.h) belongs to the stream with its addresses and ports that has
 * packets at the time of the snapshot: from two seconds before its first
 * packet (times may be in whole seconds, and ss takes some time) to two
 * seconds after its last packet or, if the stream was not closed, the end of
 * the capture.  The socket's local address tells the end.  Times in another
 * time zone are shifted by the multiple of a quarter of an hour that matches
 * most sockets, if it matches more than twice as many as no shift.
 */
#ifndef EVENTS_KERNEL_SOCKETS_H
#define EVENTS_KERNEL_SOCKETS_H

#include "kernel/ss.h"
#include "model/trace.h"

struct kernel_sockets_log {
	char *path;
	struct ss log;
	size_t timeless; /* snapshots without a time */
	int64_t ahead; /* ns by which its times are ahead of the capture's, due
			  to another time zone; kernel_sockets_tie() */
};

struct kernel_sample {
	size_t stream;	    /* index in trace.streams */
	enum direction end; /* TO_SERVER: the client's socket (TCP role), which
			       sends in that direction */
	int64_t time;	    /* ns, by the clock of the capture */
	const struct ss_socket *socket;
};

/* Initialise with zeros. */
struct kernel_sockets {
	struct kernel_sockets_log *logs;
	size_t n_logs, cap_logs;
	const struct trace *trace;     /* that they are tied to */
	struct kernel_sample *samples; /* sorted by stream, end and time */
	size_t n, cap;
};

/* Read a log.  -1 and EXIT_INPUT as ss_read(), or if no snapshot has a time. */
int kernel_sockets_add(struct kernel_sockets *k, const char *path,
		       struct error *err) __attribute__((warn_unused_result));

/*
 * Assign sockets to the streams of a trace, which must not move.  Returns -1
 * and EXIT_INPUT if a log has no socket of any of its streams.
 */
int kernel_sockets_tie(struct kernel_sockets *k, const struct trace *trace,
		       struct error *err) __attribute__((warn_unused_result));

/* The "n" samples for one end of a stream, in order of time. */
const struct kernel_sample *kernel_sockets_of(const struct kernel_sockets *k,
					      const struct stream *s,
					      enum direction end, size_t *n);

void kernel_sockets_release(struct kernel_sockets *k);

#endif
