/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session.h - a capture that is looked at: its streams and connections at once,
 * whatever its size, and its packets as far as they are needed.
 *
 *	struct session s;
 *	if (session_open(&s, &in, &what, SESSION_SOME, &err) < 0) ...
 *	... s.trace.connections: all; account_all() has their bytes ...
 *	for (size_t i = 0; (rc = session_next(&s, &i, &err)) > 0; i++)
 *		... s.trace.connections[i] and its packets ...
 *	session_close(&s);
 *
 * Of a capture that was read before, streams and connections come from where
 * the cache keeps them (outline.h), and packets from its rows, when somebody
 * needs them.  While a capture is read for the first time, no more packets
 * than "keep_packets" (struct input) stay in memory where the cache takes the
 * others (first_pass.h).  Where the cache has none, or loses them, and where
 * several files are one capture (files.h), all packets are in memory.
 *
 * The input is the caller's, and must live as long as the session, which must
 * stay where it is.
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
	SESSION_KEEP = 1 << 20 /* packets, about 100 MB, unless told else */
};

/* What is going to be needed. */
enum session_use {
	SESSION_OUTLINE, /* no packets */
	SESSION_SOME,	 /* those of some connections at a time */
	SESSION_WHOLE	 /* those of all: none is dropped while reading */
};

/* What is opened: a capture, or several files that are one. */
struct session_operand {
	const char *const *paths;
	size_t n;
	bool merge; /* files, and directories with files, are one capture; else
		       there is one path */
};

struct session {
	struct trace trace;
	struct input *in;
	struct capture capture;	  /* when files.n is 0 */
	struct files files;	  /* that are the capture */
	struct exact_rows *exact; /* filled as packets come; NULL: not wanted */
	/* Private: */
	bool is_whole; /* all packets are in the trace; else those of the
			  window, or of session_need_streams() */
	bool is_new;   /* the cache has no outline yet */
	struct cache_rows rows; /* open when has_rows */
	bool has_rows;
	bool *skipped; /* by connection */
	struct window window;
	struct input *own; /* "in" of one of two at the same time */
};

/*
 * Open a capture (capture.h and file_list.h say which, and how that fails).  To
 * be closed unless it fails.
 */
int session_open(struct session *s, struct input *in,
		 const struct session_operand *what, enum session_use use,
		 struct error *err) __attribute__((warn_unused_result));

/*
 * The same, and the rows of all packets, or of those of session_need_streams(),
 * are kept in "exact", to be released by the caller.
 */
int session_open_exact(struct session *s, struct input *in,
		       const struct session_operand *what, enum session_use use,
		       struct exact_rows *exact, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Two at the same time, with all of their packets.  On errors both are closed,
 * and the error is that of the first that has one.
 */
int session_open_two(struct session s[2], struct input *in,
		     const struct session_operand what[2], struct error *err)
	__attribute__((warn_unused_result));

/*
 * Errors of these are those of readers (reader.h), and EXIT_INPUT when the
 * capture changed meanwhile; then the session is only to be closed.
 *
 * Have all packets in the trace; or at least those of the TCP streams with
 * these numbers (ascending).  Whatever points into the trace may point to
 * nothing afterwards.
 */
int session_need_all(struct session *s, struct error *err)
	__attribute__((warn_unused_result));
int session_need_streams(struct session *s, const struct numbers *numbers,
			 struct error *err) __attribute__((warn_unused_result));

/*
 * Pick the packets of the TCP streams that are marked, one byte for each stream
 * of the trace, or with "others" all packets but those of TCP streams that are
 * not marked.  The packets themselves are not needed where the cache has their
 * rows.  Whatever points into the trace may point to nothing afterwards.
 * "frames" is to be released by the caller, unless it fails.
 */
int session_pick(struct session *s, const uint8_t *streams, bool others,
		 struct frames *frames, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Have the packets of connection *i, or of the first one behind it that is not
 * skipped: 1, and *i says which it is; 0 when there are no more; -1.  The next
 * ones are read meanwhile.  Whatever points into the trace may point to nothing
 * afterwards.
 */
int session_next(struct session *s, size_t *i, struct error *err)
	__attribute__((warn_unused_result));

/* Are the packets of connection i there, without session_next()? */
bool session_has(const struct session *s, size_t i);

/* Is the file of that name the capture, or one of its files? */
bool session_reads(const struct session *s, const char *path);

/* The payload of the capture: payload_read(). */
int session_read_payload(struct session *s, payload_fn *fn, void *ctx,
			 struct error *err) __attribute__((warn_unused_result));

/* Leave out a connection from now on. */
void session_skip(struct session *s, size_t i);
bool session_skips(const struct session *s, size_t i);

void session_close(struct session *s);

#endif
