/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.h - an open capture of any size: all of its streams and connections,
 * and those of its packets that are needed.
 *
 *	struct session s;
 *	if (session_open(&s, &in, &what, SESSION_SOME, &err) < 0) ...
 *	... s.trace.connections: all; their bytes after account_all() ...
 *	for (size_t i = 0; (rc = session_next(&s, &i, &err)) > 0; i++)
 *		... s.trace.connections[i] and its packets ...
 *	session_close(&s);
 *
 * When the capture was read before, streams and connections come from the
 * outline in the cache (outline.h), and packets from the cached rows as they
 * are needed.  When a capture is read for the first time, at most
 * "keep_packets" packets (struct input) stay in memory, if the cache can take
 * the others (first_pass.h).  All packets are in memory when the cache is not
 * used or is damaged, and when several files are one capture (files.h).
 *
 * "in" belongs to the caller and must remain valid as long as the session.
 * The session refers to itself: do not copy or move it.  One thread at a time
 * may use it.
 */
#ifndef LOAD_SESSION_H
#define LOAD_SESSION_H

#include <stdbool.h>

#include "cache/capture.h"
#include "load/exact_rows.h"
#include "load/files.h"
#include "load/window.h"
#include "model/numbers.h"
#include "model/trace.h"
#include "read/frames.h"

enum {
	/* packets, about 100 MB; default of keep_packets */
	SESSION_KEEP = 1 << 20
};

/* Which packets the caller is going to need. */
enum session_use {
	SESSION_OUTLINE, /* none */
	SESSION_SOME,	 /* those of some connections at a time */
	SESSION_WHOLE	 /* all at the same time */
};

/* What to open: a capture, or several files that are one. */
struct session_operand {
	const char *const *paths;
	size_t n;
	bool merge; /* the paths, files and directories, are one capture;
		       else there is one path */
};

struct session {
	struct trace trace;
	struct input *in;
	struct capture capture; /* unless there are several files */
	struct files files;	/* used when files.n > 0 */
	/* filled while packets are read; NULL: not wanted */
	struct exact_rows *exact;
	/* Private: */
	bool is_whole; /* all packets are in the trace; else those of the
			  window or of session_need_streams() */
	bool is_new;   /* the cache has no outline yet */
	struct cache_rows rows; /* open when has_rows */
	bool has_rows;
	bool *skipped; /* by connection: session_skip() */
	struct window window;
	struct input *own; /* a copy of "in", for session_open_two() */
};

/*
 * Open a capture.  Errors are those of capture.h and file_list.h.  To be
 * closed unless it fails.
 */
int session_open(struct session *s, struct input *in,
		 const struct session_operand *what, enum session_use use,
		 struct error *err) __attribute__((warn_unused_result));

/*
 * The same; in addition the rows of all packets, or of those that
 * session_need_streams() reads, are kept in "exact", which the caller
 * releases.
 */
int session_open_exact(struct session *s, struct input *in,
		       const struct session_operand *what, enum session_use use,
		       struct exact_rows *exact, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Open two captures at the same time, with all of their packets.  On errors
 * both are closed, and "err" is that of the first one that failed.
 */
int session_open_two(struct session s[2], struct input *in,
		     const struct session_operand what[2], struct error *err)
	__attribute__((warn_unused_result));

/*
 * Have all packets in the trace, or at least those of the TCP streams with
 * these numbers (ascending).  Pointers into the trace are invalid afterwards.
 *
 * Errors of these and the following functions are those of readers (reader.h),
 * and EXIT_INPUT when the capture has changed.  After an error the session can
 * only be closed.
 */
int session_need_all(struct session *s, struct error *err)
	__attribute__((warn_unused_result));
int session_need_streams(struct session *s, const struct numbers *numbers,
			 struct error *err) __attribute__((warn_unused_result));

/*
 * Choose the packets of the TCP streams that are marked in "streams" (one byte
 * for each stream of the trace); with "others" choose all packets of the
 * capture except those of unmarked TCP streams.  Packets need not be read for
 * that when the cache has their places.  Pointers into the trace are invalid
 * afterwards.  The caller releases "frames", unless it fails.
 */
int session_pick(struct session *s, const uint8_t *streams, bool others,
		 struct frames *frames, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Have the packets of connection *i in the trace, or of the next one that is
 * not skipped, and set *i to it.  Returns 1, 0 when there are no more
 * connections, or -1.  Packets of the following connections are read in the
 * background.  Pointers into the trace are invalid afterwards.
 */
int session_next(struct session *s, size_t *i, struct error *err)
	__attribute__((warn_unused_result));

/* Whether the packets of connection i are in the trace now. */
bool session_has(const struct session *s, size_t i);

/* Whether the file "path" is the capture, or one of its files. */
bool session_reads(const struct session *s, const char *path);

/* payload_read() for the capture. */
int session_read_payload(struct session *s, payload_fn *fn, void *ctx,
			 struct error *err) __attribute__((warn_unused_result));

/* Have session_next() leave out a connection from now on. */
void session_skip(struct session *s, size_t i);
bool session_skips(const struct session *s, size_t i);

void session_close(struct session *s);

#endif
