/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/token_index.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"

enum {
	NEIGHBOURS = 32 /* entries examined on each side */
};

static int by_token(const void *x, const void *y)
{
	const struct token_index_entry *a = x, *b = y;

	return COMPARE(a->token, b->token) ?: COMPARE(a->conn, b->conn);
}

void token_index_make(struct token_index *tokens, const struct trace *t)
{
	*tokens = (struct token_index){ .trace = t };
	tokens->entries =
		mem_calloc(2 * t->n_connections + 1, sizeof(*tokens->entries));
	for (size_t c = 0; c < t->n_connections; c++)
		for (unsigned side = 0; side < 2; side++)
			if (t->connections[c].side[side].has_key)
				tokens->entries[tokens->n++] =
					(struct token_index_entry){
						t->connections[c]
							.side[side]
							.token,
						(uint32_t)c, side
					};
	SORT(tokens->entries, tokens->n, by_token);
}

void token_index_release(struct token_index *tokens)
{
	free(tokens->entries);
	*tokens = (struct token_index){ .entries = NULL };
}

static bool are_twins(const struct connection *a, int side,
		      const struct connection *b, unsigned other)
{
	return a != b && a->version == b->version &&
	       a->first_time <= b->last_time && b->first_time <= a->last_time &&
	       address_is_equal(&a->side[side].end.address,
				&b->side[other].end.address);
}

/* The position of the connection's entries. */
static size_t place_of(const struct token_index *tokens, uint32_t token,
		       uint32_t conn)
{
	const struct token_index_entry *e = tokens->entries;

	return LOWER_BOUND(k, 0, tokens->n,
			   e[k].token < token ||
				   (e[k].token == token && e[k].conn < conn));
}

const struct connection *token_index_twin(const struct token_index *tokens,
					  const struct connection *conn,
					  int side)
{
	uint32_t token = conn->side[side].token;
	size_t place = place_of(tokens, token, conn->id);
	size_t from = place > NEIGHBOURS ? place - NEIGHBOURS : 0;

	for (; from < tokens->n && from < place + NEIGHBOURS; from++) {
		const struct token_index_entry *e = &tokens->entries[from];
		const struct connection *other =
			&tokens->trace->connections[e->conn];

		if (e->token == token && are_twins(conn, side, other, e->side))
			return other;
	}
	return NULL;
}
