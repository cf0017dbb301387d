/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * remarks.h - sentences about single packets of a capture, from the results of
 * mptcp-reinject --all, mptcp-events and mptcp-check.
 *
 * For each packet, in this order: which of its data was sent before, and
 * where; events; violated rules; verdicts that refer to it; which data it
 * carried for the first time.
 */
#ifndef OUTPUT_REMARKS_H
#define OUTPUT_REMARKS_H

#include "load/session.h"
#include "pcap/comments.h"

/*
 * Make comments for the packets of all connections of a session, which must be
 * a single file; sorted by frame.  The caller releases them even after
 * failure.  Errors are those of session_next().
 */
int remarks_make(struct session *s, struct comments *out, struct error *err)
	__attribute__((warn_unused_result));

#endif
