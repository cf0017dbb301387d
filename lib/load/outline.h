/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outline.h - streams and connections as text, to be kept beside the rows.
 *
 * Lines of comma-separated values, of four kinds: "interface" (a name each),
 * "stream" and "connection" (the members of the structs in conn.h, under a line
 * that names them; what is zero is left out), and first of all "outline" with
 * the version of all this.  Packets are not part of it.
 */
#ifndef LOAD_OUTLINE_H
#define LOAD_OUTLINE_H

#include "base/strbuf.h"
#include "model/trace.h"

/*
 * Counts up whenever what the model finds in the same rows changes, or how it
 * is written here.
 */
enum {
	OUTLINE_VERSION = 13
};

/* Append; the bytes are to be accounted (account.h). */
void outline_print(const struct trace *trace, struct strbuf *out);

/*
 * Fill the streams, connections and interfaces of a trace that has none.  -1:
 * this is no such text, or one of another version; the trace is as it was.
 */
int outline_parse(struct trace *trace, const char *text, size_t n)
	__attribute__((warn_unused_result));

#endif
