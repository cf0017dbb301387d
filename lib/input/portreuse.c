/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/portreuse.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	SYN = 0x02,
	ACK = 0x10,
	STREAMS_MAX = 1 << 24 /* beyond any capture; bounds the table */
};

struct portreuse_stream {
	int known;
	uint32_t number;		/* now */
	char address[ROW_ADDRESS_TEXT]; /* of who sent its first packet */
	uint16_t port;
	int has_base[2];  /* by whether another than that is the sender */
	uint32_t base[2]; /* the sequence number of the SYN, or what it was */
};

void portreuse_init(struct portreuse *p)
{
	*p = (struct portreuse){ .streams = NULL };
}

void portreuse_release(struct portreuse *p)
{
	free(p->streams);
	portreuse_init(p);
}

static void begin(struct portreuse_stream *s, const struct row *row,
		  uint32_t number)
{
	*s = (struct portreuse_stream){ .known = 1,
					.number = number,
					.port = row->sport };
	memcpy(s->address, row->src, sizeof(s->address));
}

static void learn(struct portreuse_stream *s, int who, uint32_t base)
{
	if (!s->has_base[who])
		s->base[who] = base;
	s->has_base[who] = 1;
}

static int sender(const struct portreuse_stream *s, const struct row *row)
{
	return row->sport != s->port || strcmp(row->src, s->address) != 0;
}

void portreuse_row(struct portreuse *p, struct row *row)
{
	struct portreuse_stream *s = NULL;
	int who = 0, syn = row->flags & SYN, ack = row->flags & ACK;

	if (row->stream >= STREAMS_MAX)
		return;
	if (row->stream >= p->cap) {
		size_t cap = mem_grow(p->cap, (size_t)row->stream + 1);

		p->streams = mem_realloc(p->streams, cap, sizeof(*p->streams));
		memset(p->streams + p->cap, 0,
		       (cap - p->cap) * sizeof(*p->streams));
		p->cap = cap;
	}
	if (row->stream >= p->n)
		p->n = (size_t)row->stream + 1;
	s = &p->streams[row->stream];
	if (!s->known)
		begin(s, row, row->stream + p->splits);
	who = sender(s, row);
	if (syn && !ack && s->has_base[who] && s->base[who] != row->seq) {
		begin(s, row, (uint32_t)p->n + p->splits++);
		who = 0;
	}
	learn(s, who, row->seq - !syn);
	if (ack)
		learn(s, !who, row->ack - 1);
	row->stream = s->number;
}
