/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/sample.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum {
	SHAPES_FIRST = 256,   /* initial capacity; a power of two */
	SHAPES_MAX = 1 << 16, /* shapes that are distinguished */
	ALL_BEFORE = 1900,    /* packets that are all shown */
	ONE_OF = 64
};

struct sample_shape {
	uint64_t shape;
	uint32_t seen;	/* number of packets; 0: free entry */
	uint32_t shown; /* frame number of the last one that was shown */
	struct pcap_record last;
	uint8_t *copy; /* of its bytes, if they cannot be read again */
	size_t cap;
};

void sample_init(struct sample *s)
{
	*s = (struct sample){ .next = 1 };
}

static struct sample_shape *place(struct sample_shape *shapes, size_t cap,
				  uint64_t shape)
{
	size_t i = (shape * 0x9e3779b97f4a7c15u >> 32) & (cap - 1);

	while (shapes[i].seen && shapes[i].shape != shape)
		i = (i + 1) & (cap - 1);
	return &shapes[i];
}

static void make_room(struct sample *s)
{
	size_t cap = s->cap ? 2 * s->cap : SHAPES_FIRST;
	struct sample_shape *shapes = mem_calloc(cap, sizeof(*shapes));

	for (size_t i = 0; i < s->cap; i++)
		if (s->shapes[i].seen)
			*place(shapes, cap, s->shapes[i].shape) = s->shapes[i];
	free(s->shapes);
	s->shapes = shapes;
	s->cap = cap;
}

/* The entry of a shape, created if necessary; NULL: there are too many. */
static struct sample_shape *find(struct sample *s, uint64_t shape)
{
	struct sample_shape *e = NULL;

	if (s->n >= s->cap / 2 && s->cap < 2 * SHAPES_MAX)
		make_room(s);
	e = place(s->shapes, s->cap, shape);
	if (e->seen)
		return e;
	if (s->n == SHAPES_MAX)
		return NULL;
	s->n++;
	e->shape = shape;
	return e;
}

static void keep_copy(struct sample_shape *e, const struct pcap_record *r)
{
	if (r->n_raw > e->cap) {
		e->cap = mem_grow(e->cap, r->n_raw);
		e->copy = mem_realloc(e->copy, e->cap, 1);
	}
	memcpy(e->copy, r->raw, r->n_raw);
}

bool sample_wants(struct sample *s, uint64_t shape, const struct pcap_record *r)
{
	struct sample_shape *e = find(s, shape);
	bool wanted = false;

	if (r->number >= s->next) {
		s->next = r->number < ALL_BEFORE
				  ? r->number + 1u
				  : r->number + (uint64_t)r->number / ONE_OF;
		wanted = true;
	}
	if (!e)
		return wanted;
	e->seen += e->seen < UINT32_MAX;
	wanted |= e->seen < 4 || (e->seen & (e->seen - 1)) == 0;
	e->last = *r;
	if (wanted)
		e->shown = r->number;
	else if (!s->can_go_back)
		keep_copy(e, r);
	return wanted;
}

/* Read its bytes into s->raw; false: the file has changed. */
static bool fetch(struct sample *s, const struct source *source,
		  const struct sample_shape *e)
{
	const struct pcap_record *r = &e->last;
	size_t have = 0;

	if (r->n_raw > s->cap_raw) {
		s->cap_raw = mem_grow(s->cap_raw, r->n_raw);
		s->raw = mem_realloc(s->raw, s->cap_raw, 1);
	}
	if (!s->can_go_back) {
		memcpy(s->raw, e->copy, r->n_raw);
		return true;
	}
	while (have < r->n_raw) {
		ssize_t got = pread(source->fd, s->raw + have, r->n_raw - have,
				    source->start + (off_t)(r->at + have));

		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

bool sample_next_last(struct sample *s, const struct source *source,
		      struct pcap_record *record)
{
	while (s->at < s->cap) {
		struct sample_shape *e = &s->shapes[s->at++];

		if (!e->seen || e->shown == e->last.number ||
		    !fetch(s, source, e))
			continue;
		*record = e->last;
		record->bytes = s->raw + (record->bytes - record->raw);
		record->raw = s->raw;
		return true;
	}
	for (size_t i = 0; i < s->cap; i++) {
		free(s->shapes[i].copy);
		s->shapes[i] = (struct sample_shape){ .seen = 0 };
	}
	s->n = s->at = 0;
	return false;
}

void sample_release(struct sample *s)
{
	for (size_t i = 0; i < s->cap; i++)
		free(s->shapes[i].copy);
	free(s->shapes);
	free(s->raw);
	sample_init(s);
}
