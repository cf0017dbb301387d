/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * limit_text.h - what limited a transfer, in a sentence.
 */
#ifndef MODEL_LIMIT_TEXT_H
#define MODEL_LIMIT_TEXT_H

#include "base/strbuf.h"
#include "model/aggregation.h"
#include "model/delivery.h"
#include "model/limits.h"

/* Writes the name of a subflow, by its position: "tcp 1". */
typedef void limit_name_fn(void *ctx, struct strbuf *out, size_t subflow);

/*
 * "the receive window (120 kB) was full for 15.2 of 16.7 s, held by tcp 1
 * (round trip time 640 ms): ...", of limits that are known.  What one path
 * alone would have brought is told where the user said what it carries; with
 * "guess" also where it is likely.
 */
void limits_describe(const struct limits_input *in, const struct limits *limits,
		     const struct aggregation *aggregation, bool guess,
		     limit_name_fn *name, void *ctx, struct strbuf *out);

/*
 * Why it is not known, by the word of limits_unknown_why(): "it was captured at
 * the receiver: ...".
 */
const char *limits_unknown_text(const char *why);

/*
 * What the receiver's capture tells all the same, of a transfer of "duration"
 * ns: "; ..., all that the receive window allowed had arrived for 1.2 of 3.4
 * s", or nothing.
 */
void limits_describe_receiver(const struct delivery *delivery, int64_t duration,
			      struct strbuf *out);

#endif
