/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/merge.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/connections.h"
#include "model/seats.h"
#include "model/vantage.h"

void merge_adopt(struct trace *t, struct trace *part)
{
	size_t streams = t->n_streams, conns = t->n_connections;

	t->n_streams += part->n_streams;
	t->streams = mem_realloc(t->streams, t->n_streams, sizeof(*t->streams));
	for (size_t i = 0; i < part->n_streams; i++) {
		struct stream *s = &t->streams[streams + i];

		*s = part->streams[i];
		if (s->connection >= 0)
			s->connection += (long)conns;
	}
	t->n_connections += part->n_connections;
	if (t->n_connections)
		t->connections = mem_realloc(t->connections, t->n_connections,
					     sizeof(*t->connections));
	for (size_t i = 0; i < part->n_connections; i++) {
		struct connection *c = &t->connections[conns + i];

		*c = part->connections[i];
		for (size_t k = 0; k < c->n_subflows; k++)
			c->subflows[k] += streams;
	}
	free(part->streams);
	free(part->connections);
	free(part->order);
	seats_free(part->seats);
	part->streams = NULL;
	part->connections = NULL;
	part->order = NULL;
	part->seats = NULL;
	part->n_streams = part->n_connections = 0;
	part->accounted = 0;
	packets_clear(&part->packets);
}

struct place {
	uint32_t tcp_stream;
	size_t was;
};

static int by_tcp_stream(const void *x, const void *y)
{
	const struct place *a = x, *b = y;

	return COMPARE(a->tcp_stream, b->tcp_stream);
}

void merge_finish(struct trace *t)
{
	struct stream *streams = mem_calloc(t->n_streams, sizeof(*streams));
	struct place *places = mem_calloc(t->n_streams, sizeof(*places));
	size_t *now = mem_calloc(t->n_streams, sizeof(*now));

	for (size_t i = 0; i < t->n_streams; i++)
		places[i] = (struct place){ t->streams[i].tcp_stream, i };
	SORT(places, t->n_streams, by_tcp_stream);
	for (size_t i = 0; i < t->n_streams; i++) {
		streams[i] = t->streams[places[i].was];
		now[places[i].was] = i;
	}
	for (size_t i = 0; i < t->n_connections; i++) {
		struct connection *c = &t->connections[i];

		for (size_t k = 0; k < c->n_subflows; k++)
			c->subflows[k] = now[c->subflows[k]];
	}
	free(t->streams);
	t->streams = streams;
	free(places);
	free(now);
	connections_number(t);
	vantage_gather(t);
}
