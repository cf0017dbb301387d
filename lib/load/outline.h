/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outline.h - write and read the outline: the streams and connections of a
 * capture without packets, as kept in the cache.
 *
 * The text consists of lines of comma-separated values: first "outline" with
 * the version, then "interface" (one name each), "stream" and "connection"
 * (the members of the structs in conn.h, preceded by a line that names them;
 * members that are zero are omitted).
 */
#ifndef LOAD_OUTLINE_H
#define LOAD_OUTLINE_H

#include "base/strbuf.h"
#include "model/trace.h"

/*
 * Increase it whenever the model finds something else in the same rows, or
 * when the format changes.  Outlines of other versions are ignored.
 */
enum {
	OUTLINE_VERSION = 13
};

/* Append the outline.  Bytes must have been accounted (account_all()). */
void outline_print(const struct trace *trace, struct strbuf *out);

/*
 * Read an outline into a trace without streams and connections.  -1: not an
 * outline, or one of another version; the trace is unchanged then.
 */
int outline_parse(struct trace *trace, const char *text, size_t n)
	__attribute__((warn_unused_result));

#endif
