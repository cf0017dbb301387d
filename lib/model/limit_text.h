/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limit_text.h - describe in a sentence what limited a transfer.
 */
#ifndef MODEL_LIMIT_TEXT_H
#define MODEL_LIMIT_TEXT_H

#include "base/strbuf.h"
#include "model/aggregation.h"
#include "model/delivery.h"
#include "model/limits.h"

/* Append the name of a subflow, given its position: "tcp 1". */
typedef void limit_name_fn(void *ctx, struct strbuf *out, size_t subflow);

/*
 * Append a description of known limits, such as "the receive window (120 kB)
 * was full for 15.2 of 16.7 s, held by tcp 1 (round trip time 640 ms): ...".
 * What one path alone would have achieved is said if the user gave its
 * capacity; with "guess" also where it is likely.
 */
void limits_describe(const struct limits_input *in, const struct limits *limits,
		     const struct aggregation *aggregation, bool guess,
		     limit_name_fn *name, void *ctx, struct strbuf *out);

/*
 * Why limits are unknown, given the identifier from limits_unknown_why(), and
 * whether both ends are on one host (vantage.h).
 */
const char *limits_unknown_text(const char *why, bool is_one_host);

/*
 * Append what the receiver's capture shows nevertheless, for a transfer of
 * "duration" ns: "; ..., all that the receive window allowed had arrived for
 * 1.2 of 3.4 s", or nothing.
 */
void limits_describe_receiver(const struct delivery *delivery, int64_t duration,
			      struct strbuf *out);

#endif
