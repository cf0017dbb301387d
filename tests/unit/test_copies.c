/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets that were captured at several points, and what only looks so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "craft_scene.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

/* Which end the capture was taken at. */
enum place {
	AT_CLIENT,
	BETWEEN,
	AT_SERVER
};

static const enum place places[] = { AT_CLIENT, BETWEEN, AT_SERVER };

enum {
	RTT = 20000, /* us */
	HANDSHAKE = 3,
	START = 100000 /* us: behind the handshake */
};

/* A SYN's id and stamp where there are such, else none. */
static struct sent kind(struct sent p, const struct sent *like)
{
	if (like->id == NO_ID)
		p.id = NO_ID;
	if (!like->tsval)
		p.tsval = 0;
	return p;
}

/* Three packets, which pass n points; "like" says whether with IP ids and
   timestamps.  They are packets 0 to 2. */
static void shake_hands(struct scene *c, enum place place,
			const struct sent *like, const struct point *points,
			size_t n)
{
	const int64_t to_server = place == AT_CLIENT ? RTT
				  : place == BETWEEN ? RTT / 2
						     : 40;
	const struct sent sent[HANDSHAKE] = {
		{ 0, 0, TCP_SYN, 99, 0, 0, 5, 1, 0, 0 },
		{ to_server, 1, TCP_SYN | TCP_ACK, 499, 100, 0, 6, 0, 0, 0 },
		{ RTT + 40, 0, TCP_ACK, 100, 500, 0, 7, 2, 0, 0 },
	};

	for (size_t k = 0; k < HANDSHAKE; k++) {
		struct sent p = kind(sent[k], like);

		for (size_t m = 0; m < n; m++)
			scene_see(c, k, &p, (int64_t)m * 5,
				  &points[p.server ? n - 1 - m : m]);
	}
}

/* Does the last sighting of what an end sent count? */
static bool keeps_last(enum place place, int server)
{
	return place == (server ? AT_SERVER : AT_CLIENT);
}

static const struct sent with_ids = { .id = 1, .tsval = 1 };
static const struct sent bare_ids = { .id = 1 };
static const struct sent ipv6 = { .id = NO_ID, .tsval = 1 };
static const struct sent bare_ipv6 = { .id = NO_ID };
static const struct sent *const kinds[] = { &with_ids, &bare_ids, &ipv6,
					    &bare_ipv6 };
static const struct point routed[] = { { .interface = "eth0", .ttl = 64 },
				       { .interface = "eth1", .ttl = 63 } };
static const struct point ports[] = { { .interface = "p0", .ttl = 64 },
				      { .interface = "p1", .ttl = 64 } };
static const struct point same[] = { { .interface = "any", .ttl = 64 },
				     { .interface = "any", .ttl = 64 } };

static struct sent data(int64_t time, uint32_t seq, uint32_t len,
			uint32_t tsval, int id)
{
	return (struct sent){ START + time, 0,	   TCP_ACK, seq, 500,
			      len,	    tsval, id,	    0,	 0 };
}

/*
 * Random: a connection whose packets pass two to four points.
 */

static uint64_t seed;

static uint32_t chance(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 16) % n;
}

enum {
	MOST_PACKETS = 120,
	MOST_POINTS = 4
};

/* What a run is about. */
struct run {
	enum place place;
	struct point points[MOST_POINTS];
	size_t n_points;
	const struct sent *like;
	int64_t longest; /* us between two points */
	uint32_t lost;	 /* of a hundred, between two points */
	bool renames;
	/* The state of both ends, [1]: the server. */
	uint32_t seq[2];
	int id[2];
	int64_t now, passed[2][MOST_POINTS];
	struct sent sent[MOST_PACKETS];
	size_t n;
};

static void plan(struct run *r)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	const uint32_t told_by = chance(3);
	bool ids = false;

	memset(r, 0, sizeof(*r));
	r->place = (enum place)chance(3);
	r->like = kinds[chance(4)];
	r->n_points = 2 + chance(3);
	r->renames = r->like->tsval && chance(2);
	ids = r->like->id != NO_ID;
	for (size_t k = 0; k < r->n_points; k++) {
		r->points[k].interface = names[told_by == 0 ? 0 : k];
		r->points[k].ttl = (uint8_t)(told_by == 1 ? 64 : 64 - k);
		if (r->renames && k > 0) {
			r->points[k].client = 20;
			r->points[k].stream = 1;
		}
	}
	r->longest = 100;
	if (chance(2))
		r->longest =
			ids || (r->like->tsval && told_by != 1) ? 900000 : 1900;
	r->lost = chance(2) * 10;
	r->seq[0] = 100;
	r->seq[1] = 500;
	r->id[0] = 3;
	r->id[1] = 60000;
	r->now = START;
}

/* Another packet: new, or one of the last that is sent again. */
static struct sent next_packet(struct run *r)
{
	const uint32_t stamp = 1000 + (uint32_t)r->n;
	struct sent p = { 0 };

	r->now += chance(4) ? chance(300) : chance(30000);
	if (r->n && chance(4) == 0) {
		p = r->sent[r->n - 1 - chance(r->n > 5 ? 5 : (uint32_t)r->n)];
		/* Without numbers time has to tell; data has a new stamp. */
		if (p.id == NO_ID && !p.tsval)
			r->now += 4000;
		else if (p.id == NO_ID && p.len)
			p.tsval = stamp;
	} else {
		p.server = (int)chance(2);
		p.flags = TCP_ACK;
		p.seq = r->seq[p.server];
		p.ack = r->seq[!p.server];
		p.len = chance(3) ? 1 + chance(1400) : 0;
		p.tsval = r->like->tsval ? stamp : 0;
		p.window = (uint16_t)(300 + chance(2));
		p.extra = (uint8_t)chance(3);
		r->seq[p.server] += p.len;
	}
	p.time = r->now;
	p.id = r->like->id == NO_ID ? NO_ID : r->id[p.server]++ & 0xffff;
	if (p.id == 0)
		p.id = r->id[p.server]++ & 0xffff;
	return p;
}

/* It passes the points, or some of them, none before what it comes behind. */
static void pass(struct run *r, struct scene *c, size_t packet,
		 const struct sent *p)
{
	int64_t late = 0, *passed = r->passed[p->server];

	for (size_t m = 0; m < r->n_points; m++) {
		size_t k = p->server ? r->n_points - 1 - m : m;

		if (m > 0)
			late += chance((uint32_t)r->longest);
		if (passed[k] > p->time + late)
			late = passed[k] - p->time;
		passed[k] = p->time + late;
		scene_see(c, packet, p, late, &r->points[k]);
		if (chance(100) < r->lost)
			break;
	}
}

static bool is_alike(const struct sent *a, const struct sent *b)
{
	return a->server == b->server && a->flags == b->flags &&
	       a->seq == b->seq && a->ack == b->ack && a->len == b->len &&
	       a->tsval == b->tsval && a->id == b->id &&
	       a->window == b->window && a->extra == b->extra;
}

/* Each packet counts once, and the right one of its copies; where packets are
   byte by byte alike as many of them count as were sent. */
static void check_run(const struct run *r, const struct scene *c)
{
	size_t counting[MOST_PACKETS] = { 0 }, last[MOST_PACKETS];
	size_t first[MOST_PACKETS];

	memset(first, 0xff, sizeof(first));
	for (size_t k = 0; k < c->n; k++) {
		size_t i = c->items[k].packet;

		if (first[i] == SIZE_MAX)
			first[i] = k;
		last[i] = k;
		counting[i] += c->items[k].counts;
	}
	for (size_t i = 0; i < r->n; i++) {
		size_t sum = 0, alike = 0;

		for (size_t j = 0; j < r->n; j++)
			if (is_alike(&r->sent[i], &r->sent[j])) {
				sum += counting[j];
				alike++;
			}
		assert_int_equal(sum, alike);
		if (alike > 1)
			continue;
		if (keeps_last(r->place, r->sent[i].server))
			assert_true(c->items[last[i]].counts);
		else
			assert_true(c->items[first[i]].counts);
	}
}

static uint64_t interfaces(const struct run *r)
{
	uint64_t on = 1;

	for (size_t k = 1; k < r->n_points; k++)
		if (r->points[k].interface != r->points[0].interface)
			on |= 1ull << k;
	return on;
}

static void try_run(void)
{
	struct run r;
	struct scene c;
	size_t n = 20 + chance(MOST_PACKETS - 20);
	const struct stream *s = NULL;

	plan(&r);
	scene_open(&c);
	shake_hands(&c, r.place, r.like, r.points, r.n_points);
	for (; r.n < HANDSHAKE; r.n++)
		for (size_t k = 0; k < c.n; k++)
			if (c.items[k].packet == r.n)
				r.sent[r.n] = c.items[k].sent;
	while (r.n < n) {
		struct sent p = next_packet(&r);

		r.sent[r.n] = p;
		pass(&r, &c, r.n++, &p);
	}
	scene_build(&c);
	assert_int_equal(c.trace.n_streams, 1);
	s = &c.trace.streams[0];
	assert_int_equal(s->is_renamed, r.renames);
	assert_int_equal(s->n, r.n);
	assert_int_equal(s->n_duplicates, 0);
	assert_int_equal(s->n_copies, c.n - r.n);
	assert_int_equal(s->copied_on, interfaces(&r));
	check_run(&r, &c);
	scene_close(&c);
}

static void test_random(void **state)
{
	(void)state;
	for (uint64_t k = 1; k <= 3000; k++) {
		seed = k * 0x9e3779b97f4a7c15u;
		chance(2);
		try_run();
	}
}

/* How many packets of a stream count: those given, at two points. */
static size_t count(const struct point *points, const struct sent *like,
		    const struct sent *sent, size_t n, int64_t late)
{
	struct scene c;
	size_t found = 0;

	scene_open(&c);
	shake_hands(&c, BETWEEN, like, points, 2);
	for (size_t k = 0; k < n; k++) {
		scene_see(&c, HANDSHAKE + k, &sent[k], 0, &points[0]);
		scene_see(&c, HANDSHAKE + k, &sent[k], late, &points[1]);
	}
	scene_build(&c);
	assert_int_equal(c.trace.n_streams, 1);
	found = c.trace.streams[0].n;
	assert_int_equal(c.trace.streams[0].n_copies + found, c.n);
	scene_close(&c);
	return found - HANDSHAKE;
}

/* Soon after the packet, between its copies, or between those of others. */
static void test_near_retransmissions(void **state)
{
	static const int64_t late[] = { 0, 5, 899, 900, 901, 1500 };

	(void)state;
	for (size_t k = 0; k < N(late); k++) {
		const struct sent by_id[] = { data(0, 100, 900, 9, 7),
					      data(900, 100, 900, 9, 8) };
		const struct sent by_id_only[] = { data(0, 100, 900, 0, 7),
						   data(900, 100, 900, 0, 8) };
		const struct sent by_stamp[] = { data(0, 100, 900, 9, NO_ID),
						 data(900, 100, 900, 10,
						      NO_ID) };

		assert_int_equal(count(routed, &with_ids, by_id, 2, late[k]),
				 2);
		assert_int_equal(count(ports, &with_ids, by_id, 2, late[k]), 2);
		assert_int_equal(
			count(routed, &bare_ids, by_id_only, 2, late[k]), 2);
		assert_int_equal(
			count(ports, &bare_ids, by_id_only, 2, late[k]), 2);
		assert_int_equal(count(routed, &ipv6, by_stamp, 2, late[k]), 2);
		assert_int_equal(count(ports, &ipv6, by_stamp, 2, late[k]), 2);
	}
}

/* How late a copy may be. */
static void test_late_copies(void **state)
{
	const struct sent id[] = { data(0, 100, 900, 0, 7),
				   data(10, 1000, 900, 0, 8) };
	const struct sent stamp[] = { data(0, 100, 900, 9, NO_ID),
				      data(10, 1000, 900, 9, NO_ID) };
	const struct sent bare[] = { data(0, 100, 900, 0, NO_ID),
				     data(10, 1000, 900, 0, NO_ID) };

	(void)state;
	assert_int_equal(count(routed, &bare_ids, id, 2, 990000), 2);
	assert_int_equal(count(ports, &bare_ids, id, 2, 990000), 2);
	assert_int_equal(count(routed, &ipv6, stamp, 2, 990000), 2);
	assert_int_equal(count(ports, &ipv6, stamp, 2, 1999), 2);
	assert_int_equal(count(ports, &ipv6, stamp, 2, 2001), 4);
	assert_int_equal(count(routed, &bare_ipv6, bare, 2, 1999), 2);
	assert_int_equal(count(routed, &bare_ipv6, bare, 2, 2001), 4);
}

/* SYNs: sent again, while the first one waits for the address of the next hop;
   through a router that changes the MSS; the answer, whose id is always 0. */
static void test_syns(void **state)
{
	static const struct point clamped[] = {
		{ .interface = "eth0", .ttl = 64, .mss = 1460 },
		{ .interface = "eth1", .ttl = 63, .mss = 1400 }
	};
	struct scene c;

	(void)state;
	for (int v6 = 0; v6 < 2; v6++) {
		struct sent syn = {
			-3000000, 0, TCP_SYN, 99, 0, 0, 3, 1, 0, 0
		};

		scene_open(&c);
		for (uint32_t k = 0; k < 3; k++) {
			syn.id = v6 ? NO_ID : 1 + (int)k;
			syn.tsval = 3 + k;
			scene_see(&c, k, &syn, 0, &clamped[0]);
			scene_see(&c, k, &syn, 990000 - k * 300000,
				  &clamped[1]);
			syn.time += 300000;
		}
		syn.server = 1;
		syn.flags |= TCP_ACK;
		syn.seq = 499;
		syn.ack = 100;
		syn.id = v6 ? NO_ID : 0;
		syn.tsval = 20;
		for (size_t k = 3; k < 6; k++) {
			syn.time += 1000000;
			syn.tsval += 1000;
			scene_see(&c, k, &syn, 0, &clamped[1]);
			scene_see(&c, k, &syn, k == 5 ? 40000 : 3, &clamped[0]);
		}
		scene_build(&c);
		assert_int_equal(c.trace.streams[0].n, 6);
		assert_int_equal(c.trace.streams[0].n_copies, 6);
		for (size_t k = 0; k < c.n; k++)
			assert_int_equal(
				c.items[k].counts,
				c.items[k].point.mss ==
					(c.items[k].sent.server ? 1400 : 1460));
		scene_close(&c);
	}
}

/* A SYN that was sent again, and took another way: no copy. */
static void test_syn_takes_another_way(void **state)
{
	struct scene c;

	(void)state;
	for (int server = 0; server < 2; server++) {
		struct sent syn = { 0, 0, TCP_SYN, 99, 0, 0, 3, NO_ID, 0, 0 };

		if (server)
			syn = (struct sent){
				0, 1, TCP_SYN | TCP_ACK, 499, 100, 0, 3, 0, 0, 0
			};
		scene_open(&c);
		scene_see(&c, 0, &syn, 0, &routed[0]);
		syn.tsval += 1000;
		scene_see(&c, 1, &syn, 1000000, &routed[1]);
		scene_build(&c);
		assert_int_equal(c.trace.streams[0].n, 2);
		scene_close(&c);
	}
}

/* Which of two counts where the options of one were cut. */
static void test_cut_options(void **state)
{
	struct point points[] = { routed[0], routed[1] };

	(void)state;
	for (size_t k = 0; k < N(places); k++)
		for (size_t cut = 0; cut < 2; cut++) {
			struct sent p = data(0, 100, 900, 9, 7);
			struct scene c;

			scene_open(&c);
			shake_hands(&c, places[k], &with_ids, routed, 2);
			points[cut].cut = 8;
			points[!cut].cut = 0;
			scene_see(&c, HANDSHAKE, &p, 0, &points[0]);
			scene_see(&c, HANDSHAKE, &p, 9, &points[1]);
			scene_build(&c);
			assert_int_equal(c.trace.streams[0].n, HANDSHAKE + 1);
			assert_int_equal(c.items[c.n - 2].counts, cut == 1);
			assert_int_equal(c.items[c.n - 1].counts, cut == 0);
			scene_close(&c);
		}
}

/* Each of these says that it is another packet. */
static void test_differences(void **state)
{
	const struct sent p = data(0, 100, 900, 9, 7);
	struct sent other[9];

	(void)state;
	for (size_t k = 0; k < N(other); k++)
		other[k] = p;
	other[0].seq++;
	other[1].ack++;
	other[2].len++;
	other[3].tsval++;
	other[4].id++;
	other[5].window++;
	other[6].extra++;
	other[7].flags |= TCP_PSH;
	other[8].server = 1;
	for (size_t k = 0; k <= N(other); k++) {
		struct scene c;

		scene_open(&c);
		shake_hands(&c, BETWEEN, &with_ids, routed, 2);
		scene_see(&c, HANDSHAKE, &p, 0, &routed[0]);
		scene_see(&c, HANDSHAKE + 1, k < N(other) ? &other[k] : &p, 1,
			  &routed[1]);
		scene_build(&c);
		assert_int_equal(c.trace.streams[0].n,
				 HANDSHAKE + (k < N(other) ? 2 : 1));
		scene_close(&c);
	}
}

/* What was captured at one interface only is not said to be copied. */
static void test_copied_on(void **state)
{
	static const struct point other = { .interface = "wlan0", .ttl = 64 };
	struct scene c;

	(void)state;
	scene_open(&c);
	shake_hands(&c, BETWEEN, &with_ids, ports, 2);
	for (uint32_t k = 0; k < 20; k++) {
		struct sent p = data(k * 100, 100 + k, 1, 9, 7 + (int)k);

		scene_see(&c, HANDSHAKE + k, &p, 0, &other);
	}
	scene_build(&c);
	assert_int_equal(c.trace.streams[0].n_copies, HANDSHAKE);
	assert_int_equal(c.trace.streams[0].copied_on, 3);
	scene_close(&c);
}

/* ... nor is one left out where packets were only cut. */
static void test_pieces_copied_on(void **state)
{
	struct sent whole = data(0, 100, 2000, 9, 7), piece = whole;
	struct scene c;

	(void)state;
	scene_open(&c);
	shake_hands(&c, BETWEEN, &with_ids, &routed[0], 1);
	scene_see(&c, HANDSHAKE, &whole, 0, &ports[0]);
	piece.len = 1000;
	scene_see(&c, HANDSHAKE, &piece, 1, &ports[1]);
	piece.seq += 1000;
	scene_see(&c, HANDSHAKE, &piece, 2, &ports[1]);
	scene_build(&c);
	assert_int_equal(c.trace.streams[0].n_copies, 2);
	assert_int_equal(c.trace.streams[0].copied_on, 6);
	scene_close(&c);
}

/*
 * Points that cannot be told apart.
 */

/* So many of a hundred packets are there so often, each way. */
static void see_often(struct scene *c, const struct sent *like,
		      const uint32_t percent[2], size_t times)
{
	uint32_t missing[2] = { 0, 0 };

	shake_hands(c, BETWEEN, like, same, 1);
	for (uint32_t k = 0; k < 200; k++) {
		struct sent p = kind(
			data(k * 1000, 100 + k, 1, 9 + k, 7 + (int)k), like);
		size_t n = 1;

		if (k & 1) {
			p.server = 1;
			p.seq = 500 + k;
			p.ack = 100 + k;
		}
		missing[p.server] += percent[p.server];
		if (missing[p.server] >= 100) {
			missing[p.server] -= 100;
			n = times;
		}
		for (size_t m = 0; m < n; m++)
			scene_see(c, HANDSHAKE + k, &p, (int64_t)m * 7, same);
	}
}

static void test_anywhere(void **state)
{
	static const struct {
		uint32_t percent[2];
		bool copies;
	} shares[] = { { { 100, 100 }, true }, { { 95, 95 }, true },
		       { { 5, 5 }, false },    { { 50, 50 }, false },
		       { { 80, 80 }, false },  { { 100, 0 }, false },
		       { { 0, 100 }, false },  { { 20, 100 }, false },
		       { { 100, 20 }, false }, { { 100, 50 }, false } };

	(void)state;
	for (size_t k = 0; k < N(kinds); k++)
		for (size_t i = 0; i < N(shares); i++)
			for (size_t times = 2; times < 4; times++) {
				struct scene c;
				struct stream *s = NULL;
				size_t more = 0;

				scene_open(&c);
				see_often(&c, kinds[k], shares[i].percent,
					  times);
				more = c.n - HANDSHAKE - 200;
				scene_build(&c);
				s = &c.trace.streams[0];
				assert_int_equal(s->n_copies,
						 shares[i].copies ? more : 0);
				/* IPv6: only data with stamps. */
				if (kinds[k] != &bare_ipv6 && !shares[i].copies)
					assert_int_equal(s->n_duplicates, more);
				scene_close(&c);
			}
}

/* Two packets that are alike, each there twice, are two; one that the network
   also duplicated is one of them. */
static void test_alike_anywhere(void **state)
{
	const uint32_t all[2] = { 100, 100 };
	struct sent p = { START + 300000, 0, TCP_ACK, 300, 900, 0, 9,
			  NO_ID,	  0, 0 };
	struct scene c;

	(void)state;
	scene_open(&c);
	see_often(&c, &ipv6, all, 2);
	for (size_t m = 0; m < 4; m++)
		scene_see(&c, 300 + m / 2, &p, (int64_t)m * 7, same);
	scene_build(&c);
	assert_int_equal(c.trace.streams[0].n, HANDSHAKE + 202);
	assert_int_equal(c.trace.streams[0].n_copies, 202);
	scene_close(&c);
}

/*
 * Super-packets.
 */

enum {
	PIECES = 4,
	PIECE = 1000
};

/* The whole and its pieces at two points; "first" is the whole or they. */
struct cut {
	bool whole_first;
	unsigned missing;	 /* bits: pieces that are not there */
	unsigned twice;		 /* bits: pieces that are there twice */
	bool turned;		 /* the last piece comes first */
	bool ends_near;		 /* at the client, whose packets they are */
	int ids;		 /* how much later those of the pieces are */
	const struct sent *like; /* NULL: with ids and timestamps */
};

static void see_pieces(struct scene *c, const struct cut *how,
		       const struct sent *whole, int64_t late)
{
	for (unsigned k = 0; k < PIECES; k++) {
		unsigned at = how->turned ? PIECES - 1 - k : k;
		struct sent piece = *whole;

		piece.seq += at * PIECE;
		piece.len = PIECE;
		if (piece.id != NO_ID)
			piece.id += how->ids + (int)at;
		if (at == PIECES - 1)
			piece.flags |= TCP_PSH;
		for (unsigned m = how->missing >> at & 1;
		     m < 1 + (how->twice >> at & 1); m++)
			scene_see(c, 11 + at, &piece, late + k, &ports[1]);
	}
}

/* Do all bytes of the whole count, and once?  How many packets do? */
static size_t try_cut(const struct cut *how, size_t wholes)
{
	const struct sent *like = how->like ?: &with_ids;
	/* Nothing but time may tell. */
	const int64_t apart = like->id == NO_ID ? 2100 : 900;
	struct scene c;
	struct stream *s = NULL;
	size_t found = 0;

	scene_open(&c);
	shake_hands(&c, how->ends_near ? AT_CLIENT : BETWEEN, like, ports, 2);
	for (size_t k = 0; k < wholes; k++) {
		struct sent whole =
			kind(data((int64_t)k * apart, 100, PIECES * PIECE,
				  9 + (uint32_t)k, 7 + (int)k * PIECES),
			     like);

		whole.flags |= TCP_PSH;
		scene_see(&c, 10, &whole, how->whole_first ? 0 : 20, &ports[0]);
		see_pieces(&c, how, &whole, 10);
	}
	scene_build(&c);
	s = &c.trace.streams[0];
	assert_int_equal(s->side[TO_SERVER].unique, PIECES * PIECE);
	if (!how->missing && !how->twice && how->ids == 0)
		assert_int_equal(s->side[TO_SERVER].sent,
				 wholes * PIECES * PIECE);
	found = s->n - HANDSHAKE;
	for (size_t k = 0; k < c.n; k++)
		if (c.items[k].packet == 10 && !how->missing && !how->twice &&
		    how->ids == 0)
			assert_int_equal(c.items[k].counts,
					 how->whole_first != how->ends_near);
	scene_close(&c);
	return found;
}

static void test_pieces(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 16; k++) {
		const bool first = k & 1, near = k & 2;
		const size_t each = first != near ? 1 : PIECES;
		struct cut how = { .whole_first = first,
				   .ends_near = near,
				   .like = kinds[k >> 2] };

		assert_int_equal(try_cut(&how, 1), each);
		/* Retransmissions, sent soon after. */
		assert_int_equal(try_cut(&how, 2), each * 2);
		assert_int_equal(try_cut(&how, 3), each * 3);
		how.turned = true;
		assert_int_equal(try_cut(&how, 1), each);
	}
}

/* Nothing is left out that is not there otherwise. */
static void test_incomplete_pieces(void **state)
{
	struct cut how = { .whole_first = true };

	(void)state;
	for (int near = 0; near < 2; near++)
		for (unsigned missing = 1; missing < 1 << PIECES; missing++)
			for (unsigned twice = 0; twice < 1 << PIECES; twice++) {
				how.ends_near = near;
				how.missing = missing;
				how.twice = twice;
				try_cut(&how, 1);
			}
	how.missing = how.twice = 0;
	how.ids = -1; /* sent before */
	assert_int_equal(try_cut(&how, 1), PIECES + 1);
	how.ids = 1000;
	assert_int_equal(try_cut(&how, 1), PIECES + 1);
}

/* Each of these says that they are not its pieces. */
static void test_no_pieces(void **state)
{
	(void)state;
	for (int k = 0; k < 7; k++) {
		const struct sent whole = data(0, 100, 2000, 9, 7);
		struct sent piece = whole;
		struct point point = ports[1];
		int64_t late = 10;
		struct scene c;

		piece.len = 1000;
		piece.ack += k == 1;
		piece.window += k == 2;
		piece.tsval += k == 3;
		if (k == 4)
			point = ports[0];
		if (k == 5)
			late = 2001;
		if (k == 6)
			late = -2002;
		scene_open(&c);
		shake_hands(&c, BETWEEN, &with_ids, ports, 2);
		scene_see(&c, 10, &whole, 0, &ports[0]);
		scene_see(&c, 11, &piece, late, &point);
		piece.seq += 1000;
		scene_see(&c, 12, &piece, late + 1, &point);
		scene_build(&c);
		assert_int_equal(c.trace.streams[0].n,
				 HANDSHAKE + (k == 0 ? 1 : 3));
		scene_close(&c);
	}
}

/* More pieces than any packet has: IPv6, which has no ids. */
static void test_many_pieces(void **state)
{
	(void)state;
	for (uint32_t n = 64; n < 66; n++) {
		struct sent p = data(0, 100, n * 10, 9, NO_ID);
		struct scene c;

		scene_open(&c);
		shake_hands(&c, BETWEEN, &ipv6, ports, 2);
		scene_see(&c, 10, &p, 0, &ports[0]);
		p.len = 10;
		for (uint32_t k = 0; k < n; k++) {
			scene_see(&c, 11, &p, k, &ports[1]);
			p.seq += 10;
		}
		scene_build(&c);
		assert_int_equal(c.trace.streams[0].n,
				 HANDSHAKE + (n == 64 ? 1 : n + 1));
		scene_close(&c);
	}
}

/* At points that cannot be told apart: once each, or twice each. */
static void test_pieces_anywhere(void **state)
{
	const uint32_t all[2] = { 100, 100 };

	(void)state;
	for (int times = 1; times < 3; times++)
		for (int k = 0; k < 2; k++) {
			struct sent p = data(300000, 300, 3000, 900, 900);
			struct scene c;
			size_t n = 0;

			scene_open(&c);
			see_often(&c, k ? &ipv6 : &with_ids, all, 2);
			p = kind(p, k ? &ipv6 : &with_ids);
			n = c.n;
			for (int m = 0; m < times; m++)
				scene_see(&c, 300, &p, m, same);
			p.len = 1000;
			for (int m = 0; m < times * 3; m++) {
				scene_see(&c, 301, &p, 10 + m, same);
				if (m % times < times - 1)
					continue;
				p.seq += 1000;
				p.id += k ? 0 : 1;
			}
			n = c.n - n;
			scene_build(&c);
			assert_int_equal(c.trace.streams[0].n,
					 HANDSHAKE + 200 + 1);
			assert_int_equal(c.trace.streams[0].n_copies,
					 200 + n - 1);
			scene_close(&c);
		}
}

/*
 * Masquerading.
 */

enum names {
	CLIENTS,
	SERVERS,
	BOTH
};

struct renaming {
	size_t n; /* names */
	enum names who;
	bool turned;	/* the first packet is the server's */
	bool has_start; /* the handshake was captured */
	bool backwards; /* the file is */
	const struct sent *like;
	size_t missing[2]; /* packets, at the first point and at the last */
};

static void try_names(const struct renaming *how)
{
	struct point points[3] = { routed[0],
				   routed[1],
				   { .interface = "eth2", .ttl = 62 } };
	struct scene c;
	size_t n = how->has_start ? HANDSHAKE : 0, missed = 0;

	for (uint32_t k = 0; k < how->n; k++) {
		points[k].stream = k;
		points[k].client = (uint8_t)(how->who != SERVERS ? 20 * k : 0);
		points[k].server = (uint8_t)(how->who != CLIENTS ? 20 * k : 0);
	}
	scene_open(&c);
	c.backwards = how->backwards;
	if (how->has_start)
		shake_hands(&c, BETWEEN, how->like, points, how->n);
	for (uint32_t k = 0; k < 20; k++) {
		struct sent p =
			kind(data(k * 1000, 100 + k, 1, 9 + k, 7 + (int)k),
			     how->like);

		if ((k & 1) != how->turned) {
			p.server = 1;
			p.seq = 500 + k;
			p.ack = 100 + k;
		}
		for (size_t m = 0; m < how->n; m++) {
			size_t at = p.server ? how->n - 1 - m : m;
			struct point point = points[at];

			point.ttl = (uint8_t)(64 - m);
			if ((at == 0 && k < how->missing[0]) ||
			    (at == how->n - 1 && k < how->missing[1]))
				missed++;
			else
				scene_see(&c, n, &p, (int64_t)m * 3, &point);
		}
		n++;
	}
	scene_build(&c);
	assert_int_equal(c.trace.n_streams, 1);
	assert_int_equal(c.trace.streams[0].n, n);
	assert_int_equal(c.trace.streams[0].n_copies, c.n - n);
	assert_int_equal(missed, how->missing[0] + how->missing[1]); /* of 20 */
	/* Called as at the first point, where the client is. */
	assert_int_equal(c.trace.streams[0].client.port, 5000);
	assert_int_equal(c.trace.streams[0].server.port, 80);
	assert_int_equal(c.trace.streams[0].n_also, how->n - 1);
	assert_true(c.trace.streams[0].is_renamed);
	assert_int_equal(c.trace.streams[0].side[TO_SERVER].sent, 10);
	assert_int_equal(c.trace.streams[0].side[TO_CLIENT].sent, 10);
	scene_attach(&c);
	scene_close(&c);
}

static void test_names(void **state)
{
	(void)state;
	for (unsigned k = 0; k < 3 << 5; k++) {
		struct renaming how = { 2 + (k & 1), (enum names)(k >> 5),
					k & 2,	     k & 4,
					k & 8,	     k & 16 ? &ipv6 : &with_ids,
					{ 0, 0 } };

		try_names(&how);
		/* The beginning was not captured everywhere. */
		for (size_t missing = 1; !how.has_start && missing < 6;
		     missing++) {
			how.missing[0] = missing;
			how.missing[1] = 0;
			try_names(&how);
			how.missing[0] = 0;
			how.missing[1] = missing;
			try_names(&how);
		}
	}
}

/* How many streams there are of so many, which begin alike; "step" is what the
   TTL is lower at the point of the next. */
static size_t count_streams(uint32_t n, const struct sent *like, int64_t apart,
			    bool keep_copies, int step)
{
	struct scene c;
	size_t found = 0;

	scene_open(&c);
	c.trace.keep_copies = keep_copies;
	for (uint32_t k = 0; k < n; k++) {
		struct point point = routed[0];
		struct sent p = kind(data(0, 100, 1, 9, 7), like);
		struct sent answer = p;

		point.stream = k;
		point.client = (uint8_t)(20 * k);
		point.ttl = (uint8_t)(64 - step * (int)k);
		p.flags = TCP_SYN;
		p.len = p.ack = 0;
		answer.server = 1;
		answer.flags = TCP_SYN | TCP_ACK;
		answer.len = 0;
		answer.seq = 499;
		answer.ack = 101;
		scene_see(&c, k, &p, k * apart, &point);
		scene_see(&c, n + k, &answer, 10 + k * apart, &point);
	}
	scene_build(&c);
	found = c.trace.n_streams;
	scene_close(&c);
	return found;
}

/* The same without SYNs: of the first stream a packet before was captured. */
static size_t count_strays(uint32_t n, const struct sent *like, int64_t apart,
			   int step)
{
	struct scene c;
	struct sent before = kind(data(-1000, 99, 1, 8, 6), like);
	size_t found = 0;

	scene_open(&c);
	scene_see(&c, 0, &before, 0, &routed[0]);
	for (uint32_t k = 0; k < n; k++) {
		struct point point = routed[0];
		struct sent p = kind(data(0, 100, 1, 9, 7), like);

		point.stream = k;
		point.client = (uint8_t)(20 * k);
		point.ttl = (uint8_t)(64 - step * (int)k);
		scene_see(&c, 1, &p, k * apart, &point);
		p.seq++;
		p.id += like->id != NO_ID;
		scene_see(&c, 2, &p, 10 + k * apart, &point);
	}
	scene_build(&c);
	found = c.trace.n_streams;
	scene_close(&c);
	return found;
}

static void test_strays(void **state)
{
	(void)state;
	assert_int_equal(count_strays(2, &with_ids, 10, 1), 1);
	assert_int_equal(count_strays(8, &with_ids, 10, 1), 1);
	assert_int_equal(count_strays(2, &ipv6, 10, 1), 1);
	assert_int_equal(count_strays(2, &bare_ids, 10, 1), 2);
	assert_int_equal(count_strays(2, &with_ids, 6000000, 1), 2);
	assert_int_equal(count_strays(2, &with_ids, 10, 0), 2);
	/* A flood: no more than 8 that begin alike. */
	assert_int_equal(count_strays(10, &with_ids, 10, 1), 10);
}

/* Chance is out of the question, or they are two. */
static void test_look_alikes(void **state)
{
	(void)state;
	assert_int_equal(count_streams(2, &with_ids, 10, false, 1), 1);
	assert_int_equal(count_streams(2, &ipv6, 10, false, 1), 1);
	assert_int_equal(count_streams(2, &with_ids, 10, true, 1), 2);
	assert_int_equal(count_streams(2, &bare_ids, 10, false, 1), 2);
	assert_int_equal(count_streams(2, &bare_ipv6, 10, false, 1), 2);
	assert_int_equal(count_streams(2, &with_ids, 10000000, false, 1), 2);
	/* At one point: what was rewritten there is seen once. */
	assert_int_equal(count_streams(2, &with_ids, 10, false, 0), 2);
	/* A flood. */
	assert_int_equal(count_streams(8, &with_ids, 10, false, 1), 1);
	assert_int_equal(count_streams(9, &with_ids, 10, false, 1), 9);
}

/* --keep-copies: each that was captured is a packet. */
static void test_keep_copies(void **state)
{
	const uint32_t all[2] = { 100, 100 };
	struct scene c;

	(void)state;
	for (int anywhere = 0; anywhere < 2; anywhere++) {
		scene_open(&c);
		c.trace.keep_copies = true;
		if (anywhere)
			see_often(&c, &with_ids, all, 2);
		else
			shake_hands(&c, BETWEEN, &with_ids, routed, 2);
		scene_build(&c);
		assert_int_equal(c.trace.streams[0].n, c.n);
		scene_close(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_near_retransmissions),
		cmocka_unit_test(test_late_copies),
		cmocka_unit_test(test_syns),
		cmocka_unit_test(test_syn_takes_another_way),
		cmocka_unit_test(test_cut_options),
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_copied_on),
		cmocka_unit_test(test_pieces_copied_on),
		cmocka_unit_test(test_anywhere),
		cmocka_unit_test(test_alike_anywhere),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_incomplete_pieces),
		cmocka_unit_test(test_no_pieces),
		cmocka_unit_test(test_many_pieces),
		cmocka_unit_test(test_pieces_anywhere),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_strays),
		cmocka_unit_test(test_look_alikes),
		cmocka_unit_test(test_keep_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
