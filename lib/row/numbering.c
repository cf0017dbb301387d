/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row/numbering.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"

enum {
	STREAMS_MAX = 1 << 24 /* beyond any capture; bounds the tables */
};

/* A stream of a tshark that does not see that ports are used again. */
struct numbered_stream {
	bool known;
	uint32_t number;	/* now */
	struct address address; /* of who sent its first packet */
	uint16_t port;
	bool has_base[2]; /* by whether another than that is the sender */
	uint32_t base[2]; /* the sequence number of the SYN, or what it was */
};

/* The smaller end is first. */
struct pair_key {
	struct address address[2];
	uint16_t port[2];
};

_Static_assert(sizeof(struct pair_key) ==
		       2 * (sizeof(struct address) + sizeof(uint16_t)),
	       "no padding: it is hashed");

struct numbered_pair {
	struct pair_key key;
	uint32_t number;	  /* in the whole */
	uint32_t first_part;	  /* that has it */
	uint32_t part, stream;	  /* the last that has it, its number there */
	bool closed;		  /* FIN or RST was seen */
	bool has_syn, has_synack; /* it began with a SYN */
	int client;		  /* index in "key" of who sent it */
	uint32_t syn, synack;	  /* their sequence numbers */
	UT_hash_handle hh;
};

void numbering_init(struct numbering *s, enum numbering_kind kind)
{
	*s = (struct numbering){ .kind = kind };
}

void numbering_release(struct numbering *s)
{
	struct numbered_pair *pair = NULL, *next = NULL;

	HASH_ITER (hh, s->pairs, pair, next) {
		HASH_DEL(s->pairs, pair);
		free(pair);
	}
	free(s->by_stream);
	free(s->streams);
	numbering_init(s, s->kind);
}

void numbering_part(struct numbering *s)
{
	s->part++;
	if (s->cap)
		memset(s->by_stream, 0, s->cap * sizeof(*s->by_stream));
}

/* Who of the pair is the sender of the row: 0, 1, or -1: it is not of it. */
static int sender(const struct pair_key *key, const struct row *row)
{
	for (int i = 0; i < 2; i++)
		if (row->sport == key->port[i] && row->dport == key->port[!i] &&
		    address_is_equal(&row->src, &key->address[i]) &&
		    address_is_equal(&row->dst, &key->address[!i]))
			return i;
	return -1;
}

static void make_key(struct pair_key *key, const struct row *row)
{
	int c = address_order(&row->src, &row->dst);
	bool swap = c ? c > 0 : row->sport > row->dport;

	key->address[swap] = row->src;
	key->address[!swap] = row->dst;
	key->port[swap] = row->sport;
	key->port[!swap] = row->dport;
}

/* The pair of a stream that is new in this part, or NULL. */
static struct numbered_pair *enter(struct numbering *s, const struct row *row)
{
	struct pair_key key;
	struct numbered_pair *pair = NULL;

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
		if ((row->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) {
			pair->has_syn = true;
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
static bool fits(const struct numbered_pair *pair, const struct row *row,
		 int from)
{
	if (pair->closed || !pair->has_syn)
		return false;
	if (!(row->flags & TCP_ACK))
		return from == pair->client && row->seq == pair->syn;
	return from != pair->client && row->ack == pair->syn + 1 &&
	       (!pair->has_synack || row->seq == pair->synack);
}

/* The pair of a row's stream, new or not; NULL: that cannot be told. */
static struct numbered_pair *look_up(struct numbering *s, const struct row *row)
{
	if (row->stream >= STREAMS_MAX)
		return NULL;
	if (row->stream >= s->cap)
		s->by_stream = mem_grow_zeroed(s->by_stream, &s->cap,
					       (size_t)row->stream + 1,
					       sizeof(*s->by_stream));
	if (!s->by_stream[row->stream])
		s->by_stream[row->stream] = enter(s, row);
	return s->by_stream[row->stream];
}

static int number_part_row(struct numbering *s, struct row *row)
{
	struct numbered_pair *pair =
		row->present & ROW_TUNNEL ? NULL : look_up(s, row);
	int from = 0;

	from = pair ? sender(&pair->key, row) : -1;
	if (from < 0)
		return -1;
	if ((row->flags & TCP_SYN) && s->part != pair->first_part &&
	    !fits(pair, row, from))
		return -1;
	if ((row->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && pair->has_syn &&
	    from == pair->client && row->seq != pair->syn)
		return -1; /* a Wireshark that does not split it */
	if ((row->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) &&
	    !pair->has_synack) {
		pair->has_synack = true;
		pair->synack = row->seq;
	}
	pair->closed |= (row->flags & (TCP_FIN | TCP_RST)) != 0;
	row->stream = pair->number;
	return 0;
}

static void begin(struct numbered_stream *s, const struct row *row,
		  uint32_t number)
{
	*s = (struct numbered_stream){ .known = true,
				       .number = number,
				       .address = row->src,
				       .port = row->sport };
}

static void learn(struct numbered_stream *s, int who, uint32_t base)
{
	if (!s->has_base[who])
		s->base[who] = base;
	s->has_base[who] = true;
}

static bool is_answer(const struct numbered_stream *s, const struct row *row)
{
	return row->sport != s->port ||
	       !address_is_equal(&row->src, &s->address);
}

static void number_reused(struct numbering *p, struct row *row)
{
	struct numbered_stream *s = NULL;
	bool syn = row->flags & TCP_SYN, ack = row->flags & TCP_ACK;
	int who = 0;

	if (row->stream >= STREAMS_MAX)
		return;
	if (row->stream >= p->cap)
		p->streams = mem_grow_zeroed(p->streams, &p->cap,
					     (size_t)row->stream + 1,
					     sizeof(*p->streams));
	if (row->stream >= p->n)
		p->n = row->stream + 1;
	s = &p->streams[row->stream];
	if (!s->known)
		begin(s, row, row->stream + p->splits);
	who = is_answer(s, row);
	if (syn && !ack && s->has_base[who] && s->base[who] != row->seq) {
		begin(s, row, p->n + p->splits++);
		who = 0;
	}
	learn(s, who, row->seq - !syn);
	if (ack)
		learn(s, !who, row->ack - 1);
	row->stream = s->number;
}

int numbering_row(struct numbering *s, struct row *row)
{
	if (s->kind == NUMBERING_PARTS)
		return number_part_row(s, row);
	number_reused(s, row);
	return 0;
}

int numbering_quoted(struct numbering *s, struct row *row)
{
	const struct numbered_pair *pair = NULL;

	if (s->kind == NUMBERING_REUSE || !(row->present & ROW_HAS_STREAM))
		return 0;
	row->flags = 0; /* it was sent before, and is not sent now */
	pair = look_up(s, row);
	if (!pair || sender(&pair->key, row) < 0)
		return -1;
	row->stream = pair->number;
	return 0;
}
