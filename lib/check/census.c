/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/census.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	NEIGHBOURS = 32 /* entries to either side that are looked at */
};

static int by_token(const void *x, const void *y)
{
	const struct census_entry *a = x, *b = y;

	if (a->token != b->token)
		return a->token < b->token ? -1 : 1;
	return a->conn < b->conn ? -1 : a->conn > b->conn;
}

void census_take(struct census *census, const struct trace *t)
{
	*census = (struct census){ .trace = t };
	census->entries =
		mem_calloc(2 * t->n_connections + 1, sizeof(*census->entries));
	for (size_t c = 0; c < t->n_connections; c++)
		for (unsigned side = 0; side < 2; side++)
			if (t->connections[c].side[side].has_key)
				census->entries[census->n++] =
					(struct census_entry){
						t->connections[c]
							.side[side]
							.token,
						(uint32_t)c, side
					};
	qsort(census->entries, census->n, sizeof(*census->entries), by_token);
}

void census_release(struct census *census)
{
	free(census->entries);
	*census = (struct census){ .entries = NULL };
}

static int are_twins(const struct connection *a, int side,
		     const struct connection *b, unsigned other)
{
	return a != b && a->version == b->version &&
	       a->first_time <= b->last_time && b->first_time <= a->last_time &&
	       strcmp(a->side[side].end.address, b->side[other].end.address) ==
		       0;
}

/* Where the connection's entries are, or would be. */
static size_t place_of(const struct census *census, uint32_t token,
		       uint32_t conn)
{
	size_t low = 0, high = census->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct census_entry *e = &census->entries[mid];

		if (e->token < token || (e->token == token && e->conn < conn))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct connection *census_twin(const struct census *census,
				     const struct connection *conn, int side)
{
	uint32_t token = conn->side[side].token;
	size_t place = place_of(census, token, conn->id);
	size_t from = place > NEIGHBOURS ? place - NEIGHBOURS : 0;

	for (; from < census->n && from < place + NEIGHBOURS; from++) {
		const struct census_entry *e = &census->entries[from];
		const struct connection *other =
			&census->trace->connections[e->conn];

		if (e->token == token && are_twins(conn, side, other, e->side))
			return other;
	}
	return NULL;
}
