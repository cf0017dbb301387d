/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For unit tests of copies.h: packets of a TCP connection, and where and when
   each of them was captured.  To be included behind cmocka.h. */
#ifndef UNIT_CRAFT_SCENE_H
#define UNIT_CRAFT_SCENE_H

#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"
#include "craft.h"
#include "model/streams.h"
#include "model/trace.h"

#define NO_ID (-1) /* IPv6 */

/* A packet as it was sent; the client's but where "server" is set. */
struct sent {
	int64_t time; /* us */
	int server;
	uint16_t flags;
	uint32_t seq, ack, len;
	uint32_t tsval; /* 0: no timestamp */
	int id;
	uint16_t window;
	uint8_t extra; /* an option with this byte; 0: none */
};

/* Where it was captured, and what it looked like there. */
struct point {
	const char *interface;
	uint8_t ttl;
	uint16_t mss;	 /* an option; 0: none */
	uint8_t cut;	 /* so many bytes of options are missing */
	uint8_t client;	 /* with another name, or other ports: */
	uint8_t server;	 /* the last byte of the address */
	uint32_t stream; /* Wireshark's number */
	uint8_t type;	 /* enum row_packet_type and 1; 0: not noted */
};

struct sighting {
	int64_t time; /* ns */
	struct sent sent;
	struct point point;
	size_t packet; /* the same number: the same packet */
	size_t at;
	bool counts;
};

struct scene {
	struct trace trace;
	bool backwards; /* the file begins with the last packets of the odd
			   streams; no two may be at the same time */
	struct sighting *items;
	size_t n, cap;
};

static inline void scene_open(struct scene *c)
{
	memset(c, 0, sizeof(*c));
	packets_init(&c->trace.packets);
	c->trace.info.path = mem_strdup("scene");
}

/* The packet "sent" passes a point, "late" us after it was sent. */
static inline struct sighting *scene_see(struct scene *c, size_t packet,
					 const struct sent *sent, int64_t late,
					 const struct point *point)
{
	struct sighting *s = MEM_PUSH(c->items, c->n, c->cap);

	*s = (struct sighting){ .time = (sent->time + late) * 1000,
				.sent = *sent,
				.point = *point,
				.packet = packet,
				.at = c->n };
	return s;
}

static inline int scene_by_time(const void *x, const void *y)
{
	const struct sighting *a = x, *b = y;

	return COMPARE(a->time, b->time) ?: COMPARE(a->at, b->at);
}

static inline size_t scene_options(const struct sighting *s, uint8_t *to)
{
	static const uint8_t stamp[4] = { 1, 1, 8, 10 };
	size_t n = 0;

	if (s->point.mss) {
		to[n] = 2;
		to[n + 1] = 4;
		put(to + n + 2, s->point.mss, 2);
		n += 4;
	}
	if (s->sent.tsval) {
		memcpy(to + n, stamp, sizeof(stamp));
		put(to + n + 4, s->sent.tsval, 4);
		put(to + n + 8, 77, 4);
		n += 12;
	}
	if (s->sent.extra) {
		to[n] = 253;
		to[n + 1] = 4;
		put(to + n + 2, s->sent.extra, 2);
		n += 4;
	}
	return n > s->point.cut ? n - s->point.cut : 0;
}

static inline void scene_append(struct scene *c, const struct sighting *s)
{
	const struct sent *p = &s->sent;
	struct row row = {
		.present = ROW_HAS_TCP | ROW_HAS_ACK | ROW_HAS_WINDOW |
			   (p->id == NO_ID ? 0 : ROW_HAS_IP_ID) |
			   (s->point.ttl ? ROW_HAS_TTL : 0) |
			   (s->point.type ? ROW_HAS_PACKET_TYPE : 0) |
			   (s->point.cut ? ROW_OPTIONS_CUT : 0),
		.frame = (uint32_t)c->trace.packets.n + 1,
		.stream = s->point.stream,
		.time = s->time,
		.flags = p->flags,
		.seq = p->seq,
		.ack = p->ack,
		.len = p->len,
		.window = p->window ? p->window : 500,
		.ip_id = (uint16_t)(p->id == NO_ID ? 0 : p->id),
		.ttl = s->point.ttl,
		.packet_type = s->point.type - 1,
	};
	struct address *client = p->server ? &row.dst : &row.src;
	struct address *server = p->server ? &row.src : &row.dst;
	uint16_t cport = (uint16_t)(5000 + s->point.client);

	row.sport = p->server ? 80 : cport;
	row.dport = p->server ? cport : 80;
	craft_ends(&row, p->server);
	client->bytes[3] = (uint8_t)(client->bytes[3] + s->point.client);
	server->bytes[3] = (uint8_t)(server->bytes[3] + s->point.server);
	if (p->id == NO_ID)
		client->size = server->size = ADDRESS_V6;
	if (s->point.interface)
		snprintf(row.interface, sizeof(row.interface), "%s",
			 s->point.interface);
	row.n_options = (uint8_t)scene_options(s, row.options);
	assert_int_equal(packets_append(&c->trace.packets, &row, NULL), 0);
}

static inline void scene_write(struct scene *c)
{
	SORT(c->items, c->n, scene_by_time);
	for (size_t k = c->n; c->backwards && k-- > 0;)
		if (c->items[k].point.stream & 1)
			scene_append(c, &c->items[k]);
	for (size_t k = 0; k < c->n; k++)
		if (!c->backwards || !(c->items[k].point.stream & 1))
			scene_append(c, &c->items[k]);
}

/* All packets are in: items are in order of time, as those of the table; which
   of them count is known then. */
static inline void scene_build(struct scene *c)
{
	struct trace *t = &c->trace;
	size_t counted = 0;

	scene_write(c);
	trace_build(t);
	for (size_t i = 0; i < t->n_streams; i++) {
		const struct stream *s = &t->streams[i];
		int64_t latest = INT64_MIN;

		assert_true(s->n >= 1);
		counted += s->n + s->n_duplicates + s->n_copies;
		for (size_t k = 0; k < s->n; k++) {
			uint32_t p = t->order[s->first + k];

			assert_true(t->packets.time[p] >= latest);
			latest = t->packets.time[p];
			assert_false(c->items[p].counts);
			c->items[p].counts = true;
		}
		for (size_t k = s->n; k < s->n + s->n_duplicates + s->n_copies;
		     k++)
			assert_int_equal(
				t->packets.mark[t->order[s->first + k]] &
					(PACKET_COPY | PACKET_DUPLICATE |
					 PACKET_IN_PIECES),
				k < s->n + s->n_duplicates ? PACKET_DUPLICATE
							   : PACKET_COPY);
	}
	assert_int_equal(counted, c->n);
}

/* The same of packets that are read again, to streams that are known. */
static inline void scene_attach(struct scene *c)
{
	struct trace known = c->trace;
	const size_t n = known.packets.n;

	packets_init(&c->trace.packets);
	scene_write(c);
	packets_sort(&c->trace.packets);
	assert_int_equal(streams_attach(&c->trace), 0);
	assert_memory_equal(c->trace.packets.mark, known.packets.mark, n);
	assert_memory_equal(c->trace.order, known.order,
			    n * sizeof(*known.order));
	free(known.order);
	packets_release(&known.packets);
}

static inline void scene_close(struct scene *c)
{
	trace_release(&c->trace);
	free(c->items);
}

#endif
