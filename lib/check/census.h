/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * census.h - what a single connection cannot know: the tokens of all others.
 *
 *	struct census census;
 *	census_take(&census, &trace);
 *	const struct connection *other = census_twin(&census, conn, 0);
 *	census_release(&census);
 */
#ifndef CHECK_CENSUS_H
#define CHECK_CENSUS_H

#include "model/trace.h"

struct census_entry {
	uint32_t token;
	uint32_t conn; /* index in the trace */
	uint32_t side; /* whose token: 0 client, 1 server */
};

struct census {
	const struct trace *trace;
	struct census_entry *entries; /* by token; owned */
	size_t n;
};

void census_take(struct census *census, const struct trace *trace);
void census_release(struct census *census);

/*
 * Another connection in which the same address has the same token as a side
 * (0 client, 1 server) of this one, at the same time; or NULL.  Of very many
 * with one token, those that began about when this one did are looked at.
 */
const struct connection *census_twin(const struct census *census,
				     const struct connection *conn, int side);

#endif
