/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/links.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "model/key.h"
#include "model/streams.h"

/*
 * A stream of 64-bit numbers stays in one neighbourhood for some seconds at
 * least.
 */
enum {
	NEIGHBOURHOOD = 31, /* bits */
	CLUES = 16	    /* of one packet */
};

enum clue_kind {
	CLUE_HANDSHAKE, /* ends and initial sequence number: the same stream */
	CLUE_ENDS,
	CLUE_TOKEN,
	CLUE_DATA
};

struct clue {
	uint64_t kind; /* as wide as "value", to avoid padding */
	uint64_t value;
};

struct live_link {
	struct clue clue;
	struct live_cluster *cluster;
	UT_hash_handle hh;
};

struct clues {
	struct clue items[CLUES];
	size_t n;
	bool has_key;
};

static void add(struct clues *c, enum clue_kind kind, uint64_t value)
{
	if (c->n < CLUES)
		c->items[c->n++] = (struct clue){ kind, value };
}

/* Try both versions: which one it is may be known only later. */
static void add_key(struct clues *c, uint64_t key)
{
	for (int version = 0; version < 2; version++) {
		uint32_t token = 0;
		uint64_t idsn = 0;

		key_derive(version, key, &token, &idsn);
		add(c, CLUE_TOKEN, token);
		add(c, CLUE_DATA, idsn >> NEIGHBOURHOOD);
	}
	c->has_key = true;
}

static void add_option(struct clues *c, const struct mptcp_option *m)
{
	if (m->subtype == MP_CAPABLE && (m->has & MPTCP_HAS_KEY))
		add_key(c, m->key);
	if (m->subtype == MP_CAPABLE && (m->has & MPTCP_HAS_PEER_KEY))
		add_key(c, m->peer_key);
	if (m->subtype == MP_JOIN && (m->has & MPTCP_HAS_TOKEN))
		add(c, CLUE_TOKEN, m->token);
}

static void add_numbers(struct clues *c, const struct links_of *of,
			const struct mptcp_option *m)
{
	const bool wide[2] = { m->has & MPTCP_DSN64, m->has & MPTCP_DACK64 };
	const uint64_t number[2] = { m->dsn, m->dack };

	for (int k = 0; k < 2 && m->subtype == MP_DSS; k++) {
		const uint64_t near = number[k] >> NEIGHBOURHOOD;

		if (wide[k] && near != of->near[0] && near != of->near[1])
			add(c, CLUE_DATA, near);
	}
}

static void gather(struct clues *c, const struct links_of *of,
		   const struct row *row, const struct tcp_options *o,
		   bool is_first)
{
	const struct endpoint from = { row->src, row->sport };
	const struct endpoint to = { row->dst, row->dport };
	const uint64_t ends = streams_end_hash(&from) + streams_end_hash(&to);

	*c = (struct clues){ .n = 0 };
	if (row->flags & TCP_SYN)
		add(c, CLUE_HANDSHAKE,
		    ends + (row->flags & TCP_ACK ? row->ack - 1 : row->seq));
	if (is_first)
		add(c, CLUE_ENDS, ends);
	for (size_t k = 0; k < o->n_mptcp; k++) {
		add_option(c, &o->mptcp[k]);
		add_numbers(c, of, &o->mptcp[k]);
	}
}

static struct live_link *find(const struct links *links, struct clue clue)
{
	struct live_link *link = NULL;

	HASH_FIND(hh, links->all, &clue, sizeof(clue), link);
	return link;
}

static void look(const struct links *links, struct clue clue, links_fn *found,
		 void *ctx)
{
	const struct live_link *link = find(links, clue);

	if (link)
		found(ctx, link->cluster,
		      clue.kind == CLUE_TOKEN || clue.kind == CLUE_HANDSHAKE);
}

void links_seek(const struct links *links, const struct links_of *of,
		const struct row *row, const struct tcp_options *o,
		bool is_first, links_fn *found, void *ctx)
{
	const bool begins = tcpopt_find(o, MP_CAPABLE) != NULL;
	struct clues c;

	gather(&c, of, row, o, is_first);
	for (size_t k = 0; k < c.n; k++) {
		struct clue clue = c.items[k];

		if (clue.kind == CLUE_ENDS && begins)
			continue; /* another connection with the same ports */
		look(links, clue, found, ctx);
		if (clue.kind != CLUE_DATA)
			continue;
		clue.value--;
		look(links, clue, found, ctx);
		clue.value += 2;
		look(links, clue, found, ctx);
	}
}

static void note(struct links *links, struct links_of *of,
		 struct live_cluster *cluster, struct clue clue)
{
	struct live_link *link = find(links, clue);

	if (link)
		return;
	link = mem_calloc(1, sizeof(*link));
	link->clue = clue;
	link->cluster = cluster;
	HASH_ADD(hh, links->all, clue, sizeof(link->clue), link);
	*MEM_PUSH(of->items, of->n, of->cap) = link;
}

void links_note(struct links *links, struct links_of *of,
		struct live_cluster *cluster, const struct row *row,
		const struct tcp_options *o, bool is_first)
{
	struct clues c;

	gather(&c, of, row, o, is_first);
	of->has_key |= c.has_key;
	for (size_t k = 0; k < c.n; k++) {
		note(links, of, cluster, c.items[k]);
		if (c.items[k].kind != CLUE_DATA)
			continue;
		of->near[1] = of->near[0];
		of->near[0] = c.items[k].value;
	}
}

void links_move(struct links_of *from, struct links_of *to,
		struct live_cluster *cluster)
{
	for (size_t k = 0; k < from->n; k++) {
		from->items[k]->cluster = cluster;
		*MEM_PUSH(to->items, to->n, to->cap) = from->items[k];
	}
	to->has_key |= from->has_key;
	free(from->items);
	*from = (struct links_of){ .items = NULL };
}

void links_drop(struct links *links, struct links_of *of)
{
	for (size_t k = 0; k < of->n; k++) {
		HASH_DEL(links->all, of->items[k]);
		free(of->items[k]);
	}
	free(of->items);
	*of = (struct links_of){ .items = NULL };
}
