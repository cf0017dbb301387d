/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_sockets.h - what kernels said of their sockets, beside the TCP streams
 * of a capture that these are the ends of
 *
 *	struct kernel_sockets sockets = { .n = 0 };
 *	if (kernel_sockets_add(&sockets, "ss.log", &err) < 0 ||
 *	    kernel_sockets_tie(&sockets, &trace, &err) < 0)
 *		... err.text ...
 *	sample = kernel_sockets_of(&sockets, stream, TO_SERVER, &n);
 *	kernel_sockets_release(&sockets);
 *
 * A socket (ss.h) is of the stream that has its addresses and ports, and
 * packets at the time of the snapshot: from two seconds before the first of
 * them, as stamps may be of whole seconds and ss takes its time, to two behind
 * the last one, or, where the stream was not closed, the end of the capture.
 * Its local address says of which end it is.  Times of another time zone are
 * moved: by the whole quarters of an hour with which most of the sockets of a
 * log find their streams, where these are more than twice as many as without.
 */
#ifndef EVENTS_KERNEL_SOCKETS_H
#define EVENTS_KERNEL_SOCKETS_H

#include "kernel/ss.h"
#include "model/trace.h"

struct kernel_sockets_log {
	char *path;
	struct ss log;
	size_t timeless; /* of its snapshots: they have no time */
	int64_t ahead; /* ns that its times are ahead of the capture's, as those
			  of another time zone are; kernel_sockets_tie() */
};

struct kernel_sample {
	size_t stream;	    /* index in trace.streams */
	enum direction end; /* TO_SERVER: the socket of its client (TCP role),
			       which sends in that direction */
	int64_t time;	    /* ns, on the capture's clock */
	const struct ss_socket *socket;
};

/* All zero at first. */
struct kernel_sockets {
	struct kernel_sockets_log *logs;
	size_t n_logs, cap_logs;
	const struct trace *trace;     /* that they are tied to */
	struct kernel_sample *samples; /* by stream, end and time */
	size_t n, cap;
};

/* Reads one more log; -1 and EXIT_INPUT as ss_read(), or where none of its
   snapshots has a time. */
int kernel_sockets_add(struct kernel_sockets *k, const char *path,
		       struct error *err) __attribute__((warn_unused_result));

/*
 * Finds the streams of a trace, which must stay where it is.  -1 and EXIT_INPUT
 * where a log has no socket of any of them.
 */
int kernel_sockets_tie(struct kernel_sockets *k, const struct trace *trace,
		       struct error *err) __attribute__((warn_unused_result));

/* The "n" samples of one end of a stream of that trace, in order of time. */
const struct kernel_sample *kernel_sockets_of(const struct kernel_sockets *k,
					      const struct stream *s,
					      enum direction end, size_t *n);

void kernel_sockets_release(struct kernel_sockets *k);

#endif
