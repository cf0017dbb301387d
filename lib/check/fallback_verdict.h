/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fallback_verdict.h - within check/: parts of the verdict on fallback
 *
 * judge_fallback() (examine.h) says what two captures prove, and leaves the
 * rest to these.
 */
#ifndef CHECK_FALLBACK_VERDICT_H
#define CHECK_FALLBACK_VERDICT_H

#include "check/subflow.h"

/* Multipath TCP was never in use; "f" is of the initial subflow. */
void fallback_tell_handshake(struct check_context *c,
			     const struct subflow_facts *f);

/* It was, until a fallback. */
void fallback_tell_later(struct check_context *c);

/* The verdict with the cause of the connection. */
struct verdict *fallback_add(struct check_context *c, enum certainty certainty,
			     const char *text);

/* "the client from frame 7 on, the server from frame 9 on": without options. */
void fallback_put_lost(struct strbuf *out, const struct check_context *c);
void fallback_add_lost_frames(struct verdict *v, const struct check_context *c);

/* Options are lost in one direction; "from" begins the sentence, or does not.
 */
void fallback_put_one_way(struct strbuf *out, const struct check_context *c,
			  const char *from);

#endif
