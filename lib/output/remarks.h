/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * remarks.h - what there is to say of the packets of a capture, one by one, in
 * sentences: what mptcp-reinject --all, mptcp-events and mptcp-check tell of
 * connections.
 *
 * Of a packet that has something to be said of it, in this order: which of its
 * data was sent before, and where; what happened; which rules it violates; the
 * verdicts that it shows; and what data it brought for the first time.
 */
#ifndef OUTPUT_REMARKS_H
#define OUTPUT_REMARKS_H

#include "load/session.h"
#include "pcap/comments.h"

/*
 * Of all connections of a session that is one file: the comments, in order, by
 * frame.  They are to be released, after failure, too.  Errors are those of
 * session_next().
 */
int remarks_make(struct session *s, struct comments *out, struct error *err)
	__attribute__((warn_unused_result));

#endif
