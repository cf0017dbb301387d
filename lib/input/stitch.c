/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/stitch.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"

enum {
	FIN = 0x01,
	SYN = 0x02,
	RST = 0x04,
	ACK = 0x10,
	STREAMS_MAX = 1 << 24 /* a part has fewer */
};

/* The smaller end is first; to be zeroed before it is filled. */
struct stitch_key {
	char address[2][ROW_ADDRESS_TEXT];
	uint16_t port[2];
};

struct stitch_pair {
	struct stitch_key key;
	uint32_t number;	 /* in the whole */
	uint32_t first_part;	 /* that has it */
	uint32_t part, stream;	 /* the last that has it, its number there */
	int closed;		 /* FIN or RST was seen */
	int has_syn, has_synack; /* it began with a SYN */
	int client;		 /* index in "key" of who sent it */
	uint32_t syn, synack;	 /* their sequence numbers */
	UT_hash_handle hh;
};

void stitch_init(struct stitch *s)
{
	*s = (struct stitch){ .pairs = NULL };
}

void stitch_release(struct stitch *s)
{
	struct stitch_pair *pair = NULL, *next = NULL;

	HASH_ITER (hh, s->pairs, pair, next) {
		HASH_DEL(s->pairs, pair);
		free(pair);
	}
	free(s->by_stream);
	stitch_init(s);
}

void stitch_part(struct stitch *s)
{
	s->part++;
	if (s->cap)
		memset(s->by_stream, 0, s->cap * sizeof(*s->by_stream));
}

/* Who of the pair is the sender of the row: 0, 1, or -1: it is not of it. */
static int sender(const struct stitch_key *key, const struct row *row)
{
	for (int i = 0; i < 2; i++)
		if (row->sport == key->port[i] && row->dport == key->port[!i] &&
		    strcmp(row->src, key->address[i]) == 0 &&
		    strcmp(row->dst, key->address[!i]) == 0)
			return i;
	return -1;
}

static void make_key(struct stitch_key *key, const struct row *row)
{
	int c = strcmp(row->src, row->dst);
	int swap = c ? c > 0 : row->sport > row->dport;

	memset(key, 0, sizeof(*key));
	memcpy(key->address[swap], row->src, strlen(row->src));
	memcpy(key->address[!swap], row->dst, strlen(row->dst));
	key->port[swap] = row->sport;
	key->port[!swap] = row->dport;
}

/* The pair of a stream that is new in this part, or NULL. */
static struct stitch_pair *enter(struct stitch *s, const struct row *row)
{
	struct stitch_key key;
	struct stitch_pair *pair = NULL;

	make_key(&key, row);
	HASH_FIND(hh, s->pairs, &key, sizeof(key), pair);
	if (pair && pair->part == s->part)
		return NULL; /* Wireshark split it */
	if (!pair) {
		if (s->part == 1 && row->stream != s->n)
			return NULL;
		pair = mem_calloc(1, sizeof(*pair));
		pair->key = key;
		pair->number = s->n++;
		pair->first_part = s->part;
		if ((row->flags & (SYN | ACK)) == SYN) {
			pair->has_syn = 1;
			pair->syn = row->seq;
			pair->client = sender(&key, row);
		}
		HASH_ADD(hh, s->pairs, key, sizeof(pair->key), pair);
	}
	pair->part = s->part;
	pair->stream = row->stream;
	return pair;
}

/* Is a SYN, or SYN/ACK, one of the handshake that the pair began with? */
static int fits(const struct stitch_pair *pair, const struct row *row, int from)
{
	if (pair->closed || !pair->has_syn)
		return 0;
	if (!(row->flags & ACK))
		return from == pair->client && row->seq == pair->syn;
	return from != pair->client && row->ack == pair->syn + 1 &&
	       (!pair->has_synack || row->seq == pair->synack);
}

/* The pair of a row's stream, new or not; NULL: that cannot be told. */
static struct stitch_pair *look_up(struct stitch *s, const struct row *row)
{
	if (row->stream >= STREAMS_MAX)
		return NULL;
	if (row->stream >= s->cap) {
		size_t cap = mem_grow(s->cap, (size_t)row->stream + 1);

		s->by_stream =
			mem_realloc(s->by_stream, cap, sizeof(*s->by_stream));
		memset(s->by_stream + s->cap, 0,
		       (cap - s->cap) * sizeof(*s->by_stream));
		s->cap = cap;
	}
	if (!s->by_stream[row->stream])
		s->by_stream[row->stream] = enter(s, row);
	return s->by_stream[row->stream];
}

int stitch_quoted(struct stitch *s, struct row *row)
{
	const struct stitch_pair *pair = NULL;

	if (!(row->present & ROW_HAS_STREAM))
		return 0;
	row->flags = 0; /* it was sent before, and is not sent now */
	pair = look_up(s, row);
	if (!pair || sender(&pair->key, row) < 0)
		return -1;
	row->stream = pair->number;
	return 0;
}

int stitch_row(struct stitch *s, struct row *row)
{
	struct stitch_pair *pair =
		row->present & ROW_TUNNEL ? NULL : look_up(s, row);
	int from = 0;

	from = pair ? sender(&pair->key, row) : -1;
	if (from < 0)
		return -1;
	if ((row->flags & SYN) && s->part != pair->first_part &&
	    !fits(pair, row, from))
		return -1;
	if ((row->flags & (SYN | ACK)) == SYN && pair->has_syn &&
	    from == pair->client && row->seq != pair->syn)
		return -1; /* a Wireshark that does not split it */
	if ((row->flags & (SYN | ACK)) == (SYN | ACK) && !pair->has_synack) {
		pair->has_synack = 1;
		pair->synack = row->seq;
	}
	pair->closed |= !!(row->flags & (FIN | RST));
	row->stream = pair->number;
	return 0;
}
