/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * token_index.h - an index of the tokens of all connections, to find
 * duplicates.
 *
 *	struct token_index tokens;
 *	token_index_make(&tokens, &trace);
 *	const struct connection *other = token_index_twin(&tokens, conn, 0);
 *	token_index_release(&tokens);
 */
#ifndef CHECK_TOKEN_INDEX_H
#define CHECK_TOKEN_INDEX_H

#include "model/trace.h"

struct token_index_entry {
	uint32_t token;
	uint32_t conn; /* index in the trace */
	uint32_t side; /* whose token: 0 client, 1 server */
};

struct token_index {
	const struct trace *trace;
	struct token_index_entry *entries; /* by token; owned */
	size_t n;
};

void token_index_make(struct token_index *tokens, const struct trace *trace);
void token_index_release(struct token_index *tokens);

/*
 * Another connection in which the same address uses the same token as a side
 * (0 client, 1 server) of this one, at the same time; or NULL.  If very many
 * connections have the token, only those that began at about the same time are
 * examined.
 */
const struct connection *token_index_twin(const struct token_index *tokens,
					  const struct connection *conn,
					  int side);

#endif
