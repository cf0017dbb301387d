/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * portions.h - a capture for whoever looks at one connection after the other.
 *
 * Of a capture that was read before, the packets of some connections at a time
 * are in the trace, and the next ones are read meanwhile.  So it takes little
 * memory, and what is looked at is near the processor.
 *
 *	struct portions portions;
 *	struct trace trace;
 *	if (portions_open(&portions, &trace, &input, path, &err) < 0) ...
 *	for (size_t i = 0; (rc = portions_next(&portions, &i, &err)) > 0; i++)
 *		... trace.connections[i] and its packets ...
 *	portions_close(&portions);
 *	trace_release(&trace);
 *
 * The trace and the input are the caller's, and must live as long.
 */
#ifndef MODEL_PORTIONS_H
#define MODEL_PORTIONS_H

#include <pthread.h>

#include "input/cache.h"
#include "model/trace.h"

struct portion {
	size_t first, end; /* of connections: [first, end) */
	struct packets packets;
	uint32_t *order;
	int rc; /* of trace_take_rows() */
	struct error err;
};

struct portions {
	struct trace *trace;
	struct input *input;
	uint8_t *wanted; /* by connection; owned */
	int is_open;	 /* 0: all packets are in the trace */
	struct cache_rows rows;
	size_t first, end;   /* the connections of which packets are there */
	struct portion next; /* those behind, on their way */
	int ahead;	     /* they may be read meanwhile */
	int started;	     /* they are */
	pthread_t thread;
};

/* As trace_load(): the trace is to be released, and this closed, when 0. */
int portions_open(struct portions *p, struct trace *trace, struct input *input,
		  const char *path, struct error *err)
	__attribute__((warn_unused_result));

/* The same for a trace that has been read: all its packets are there. */
void portions_whole(struct portions *p, struct trace *trace);

/* Leave out connection i. */
void portions_skip(struct portions *p, size_t i);

/*
 * Go to connection *i, or to the next one that is not left out, and see that
 * its packets are in the trace; those of others may not be.  1; 0 when there is
 * none; -1.  Forward is fast.  When the cache is damaged underway, all of the
 * capture is read again: the arrays of the trace are others then.
 */
int portions_next(struct portions *p, size_t *i, struct error *err)
	__attribute__((warn_unused_result));

void portions_close(struct portions *p);

#endif
