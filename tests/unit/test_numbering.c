/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of streams: those that tshark gives, and what makes them so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "row/numbering.h"

enum {
	F = TCP_FIN,
	S = TCP_SYN,
	R = TCP_RST,
	A = TCP_ACK,
	FA = F | A,
	SA = S | A,
	RA = R | A,
	PACKETS = 8
};

/*
 * Who sent it: c is a client, o the same from another port, 6 the same from
 * another address, s is the server, b is both; C and S: an ICMP error quotes
 * what they sent; k, l: the client, with a TCP header of 16 bytes, and with one
 * that is longer than its segment.
 */
struct packet {
	char from;
	uint32_t seq, ack;
	uint16_t flags;
	uint32_t want_4_0, want_4_4;
};

/* The numbers were read off tshark 4.0.17 and 4.4.19 for just these packets. */
static const struct packet cases[][PACKETS] = {
	/* A connection, another one on its ports, one beside */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 's', 9, 6, SA, 0, 0 },
	  { 'c', 6, 10, A, 0, 0 },
	  { 'c', 500, 0, S, 1, 1 },
	  { 'o', 7, 0, S, 2, 2 },
	  { 's', 900, 501, SA, 1, 1 },
	  { 'c', 501, 901, A, 1, 1 } },
	/* In the middle of the one before */
	{ { 'c', 6, 10, A, 0, 0 },
	  { 's', 10, 7, A, 0, 0 },
	  { 'c', 500, 0, S, 1, 1 },
	  { 'o', 7, 0, S, 2, 2 },
	  { 's', 900, 501, SA, 1, 1 } },
	/* A SYN behind its data */
	{ { 'c', 6, 10, A, 0, 0 },
	  { 'c', 5, 0, S, 0, 0 },
	  { 's', 9, 6, SA, 0, 0 } },
	/* The other end connects */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 's', 9, 6, SA, 0, 0 },
	  { 'c', 6, 10, A, 0, 0 },
	  { 's', 700, 0, S, 1, 1 },
	  { 'c', 50, 701, SA, 1, 1 } },
	/* Another SYN/ACK */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 's', 9, 6, SA, 0, 0 },
	  { 'c', 6, 10, A, 0, 0 },
	  { 's', 800, 6, SA, 0, 1 },
	  { 'c', 7, 0, A, 0, 1 } },
	/* Another SYN/ACK, which its SYN repeats */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 's', 9, 6, SA, 0, 0 },
	  { 's', 800, 6, SA, 0, 1 },
	  { 's', 800, 0, S, 0, 1 },
	  { 's', 9, 0, S, 1, 2 } },
	/* What was acknowledged is known */
	{ { 's', 9, 6, SA, 0, 0 },
	  { 'c', 500, 0, S, 1, 1 },
	  { 's', 900, 501, SA, 1, 1 },
	  { 'c', 501, 1, A, 1, 1 } },
	/* The last one counts */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 'c', 500, 0, S, 1, 1 },
	  { 'c', 5, 0, S, 2, 2 },
	  { 's', 9, 6, SA, 2, 2 },
	  { 'c', 6, 10, A, 2, 2 } },
	/* The same SYN again and again, around 0 */
	{ { 'c', 0, 0, S, 0, 0 },
	  { 'c', 0, 0, S, 0, 0 },
	  { 'c', 1, 0, A, 0, 0 },
	  { 'c', UINT32_MAX, 0, S, 1, 1 },
	  { 'c', 0, 0, A, 1, 1 },
	  { 'c', UINT32_MAX, 0, S, 1, 1 } },
	/* The same SYN after RST */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 's', 0, 6, RA, 0, 0 },
	  { 'c', 5, 0, S, 0, 1 },
	  { 's', 0, 6, RA, 0, 1 },
	  { 'c', 5, 0, S, 0, 2 } },
	/* The same SYN after FIN */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 's', 9, 6, SA, 0, 0 },
	  { 'c', 6, 10, FA, 0, 0 },
	  { 'c', 5, 0, S, 0, 1 },
	  { 's', 9, 6, SA, 0, 1 } },
	/* FIN without ACK */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 's', 9, 6, SA, 0, 0 },
	  { 'c', 6, 0, F, 0, 0 },
	  { 'c', 5, 0, S, 0, 0 },
	  { 's', 9, 6, SA, 0, 0 } },
	/* The same SYN/ACK after RST */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 's', 9, 6, SA, 0, 0 },
	  { 'c', 6, 0, R, 0, 0 },
	  { 's', 9, 6, SA, 0, 1 },
	  { 'c', 6, 10, A, 0, 1 } },
	/* RST before any SYN */
	{ { 's', 9, 6, RA, 0, 0 },
	  { 's', 9, 6, SA, 0, 1 },
	  { 's', 9, 6, SA, 0, 1 } },
	/* A SYN of whom nothing is known after RST */
	{ { 'c', 5, 0, R, 0, 0 },
	  { 's', 9, 0, S, 0, 0 },
	  { 's', 9, 0, S, 0, 0 },
	  { 'c', 4, 0, S, 0, 0 } },
	/* SYN with RST */
	{ { 'c', 5, 0, S | R, 0, 0 },
	  { 'c', 5, 0, S, 0, 1 },
	  { 'c', 5, 0, S, 0, 1 } },
	/* SYN/ACK with FIN */
	{ { 's', 5, 1, SA | F, 0, 0 },
	  { 's', 5, 1, SA, 0, 1 },
	  { 's', 5, 1, SA, 0, 1 } },
	/* An ICMP error quotes the SYN */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 'C', 5, 0, S, 0, 0 },
	  { 'C', 6, 0, S, 1, 1 },
	  { 'c', 5, 0, S, 1, 1 } },
	/* Quoted before it is seen */
	{ { 'C', 5, 0, S, 0, 0 },
	  { 'c', 6, 0, S, 0, 0 },
	  { 'c', 6, 0, S, 0, 0 } },
	/* A quoted RST */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 'C', 6, 0, R, 0, 0 },
	  { 'c', 5, 0, S, 0, 1 } },
	/* A quoted SYN/ACK */
	{ { 's', 9, 6, SA, 0, 0 },
	  { 'S', 8, 6, SA, 0, 1 },
	  { 's', 8, 0, S, 0, 1 },
	  { 's', 9, 0, S, 1, 2 } },
	/* A header too short to be one */
	{ { 'k', 5, 0, S, 0, 0 },
	  { 'c', 5, 0, S, 0, 0 },
	  { 'c', 6, 0, S, 1, 1 } },
	/* RST in a header too short */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 'k', 6, 0, R, 0, 0 },
	  { 'c', 5, 0, S, 0, 0 },
	  { 'c', 6, 0, S, 1, 1 } },
	/* A header longer than its segment */
	{ { 'l', 5, 0, S, 0, 0 },
	  { 'c', 7, 0, S, 0, 1 },
	  { 'c', 8, 0, S, 1, 2 } },
	/* RST in a header longer than its segment */
	{ { 'c', 5, 0, S, 0, 0 },
	  { 'l', 6, 0, R, 0, 0 },
	  { 'c', 5, 0, S, 0, 1 } },
	/* Both ends are one */
	{ { 'b', 5, 0, S, 0, 0 },
	  { 'b', 5, 0, S, 0, 0 },
	  { 'b', 9, 0, S, 1, 1 } },
	/* IPv6 */
	{ { '6', 5, 0, S, 0, 0 },
	  { 'c', 5, 0, S, 1, 1 },
	  { '6', 5, 0, S, 0, 0 },
	  { '6', 6, 0, S, 2, 2 } },
};

static struct address host(uint8_t last, uint8_t size)
{
	struct address a = { .size = size };

	a.bytes[0] = 192;
	a.bytes[size - 1] = last;
	return a;
}

static struct row row_of(const struct packet *p, enum row_kind *kind)
{
	const bool server = p->from == 's' || p->from == 'S';
	const uint8_t size = p->from == '6' ? ADDRESS_V6 : ADDRESS_V4;
	const struct address client = host(1, size), other = host(2, size);
	struct row row = { .present = ROW_HAS_TCP,
			   .src = server ? other : client,
			   .dst = server ? client : other,
			   .sport = server	     ? 80
				    : p->from == 'o' ? 1001
						     : 1000,
			   .dport = server ? 1000 : 80,
			   .flags = p->flags,
			   .seq = p->seq,
			   .ack = p->ack,
			   .hdr_len = 20 };

	*kind = ROW_TCP;
	if (p->from == 'b') {
		row.dst = row.src;
		row.dport = row.sport;
	} else if (p->from == 'C' || p->from == 'S') {
		*kind = ROW_ICMP;
	} else if (p->from == 'k' || p->from == 'l') {
		*kind = ROW_MALFORMED;
		row.hdr_len = p->from == 'k' ? 16 : 32;
		row.present &= ~(unsigned)ROW_HAS_LEN;
	}
	return row;
}

static void known_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(*cases); i++) {
		const struct packet *p = cases[i / 2];
		struct numbering n;

		numbering_init(&n, i & 1 ? NUMBERING_4_4 : NUMBERING_4_0);
		for (size_t k = 0; k < PACKETS && p[k].from; k++) {
			enum row_kind kind = ROW_TCP;
			struct row row = row_of(&p[k], &kind);

			numbering_row(&n, &row, kind);
			if (row.stream !=
			    (i & 1 ? p[k].want_4_4 : p[k].want_4_0))
				fail_msg("case %zu, rule %zu, packet %zu: %u",
					 i / 2, i & 1, k, (unsigned)row.stream);
		}
		numbering_release(&n);
	}
}

/*
 * The same rules, as they were found out, word for word: a list of all streams,
 * of which the last one of a pair counts.
 */
struct end {
	struct address address;
	uint16_t port;
};

struct stream {
	struct end ends[2]; /* who sent the first packet; the other */
	bool known[2];
	uint32_t base[2];
	bool fin, rst;
};

struct slow {
	enum numbering_rule rule;
	struct stream *streams;
	size_t n, cap;
};

static bool same_end(const struct end *a, const struct end *b)
{
	return address_order(&a->address, &b->address) == 0 &&
	       a->port == b->port;
}

static struct stream *open_stream(struct slow *s, const struct end *from,
				  const struct end *to)
{
	struct stream *c = MEM_PUSH(s->streams, s->n, s->cap);

	*c = (struct stream){ .ends = { *from, *to } };
	return c;
}

static struct stream *latest(struct slow *s, const struct end *from,
			     const struct end *to)
{
	for (size_t i = s->n; i-- > 0;) {
		struct stream *c = &s->streams[i];

		if ((same_end(&c->ends[0], from) &&
		     same_end(&c->ends[1], to)) ||
		    (same_end(&c->ends[0], to) && same_end(&c->ends[1], from)))
			return c;
	}
	return NULL;
}

static void slow_learn(struct stream *c, int who, const struct row *row)
{
	if (!c->known[who])
		c->base[who] = row->flags & S ? row->seq : row->seq - 1;
	c->known[who] = true;
	if (!(row->flags & A) || c->known[1 - who])
		return;
	c->base[1 - who] = row->ack - 1;
	c->known[1 - who] = true;
}

static uint32_t slow_4_0(struct slow *s, const struct row *row, bool quoted)
{
	const struct end from = { row->src, row->sport },
			 to = { row->dst, row->dport };
	struct stream *c = latest(s, &from, &to);
	int who = 0;

	if (!c)
		c = open_stream(s, &from, &to);
	who = same_end(&c->ends[0], &from) ? 0 : 1;
	if ((row->flags & SA) == S && c->known[who] &&
	    c->base[who] != row->seq) {
		c = open_stream(s, &from, &to);
		who = 0;
	} else if ((row->flags & SA) == SA && c->known[who]) {
		c->base[who] = row->seq;
	}
	/* One that is longer than its segment has no length of payload. */
	if (!quoted && (row->hdr_len < 20 || (row->present & ROW_HAS_LEN)))
		slow_learn(c, who, row);
	return (uint32_t)(c - s->streams);
}

static uint32_t slow_4_4(struct slow *s, const struct row *row, bool quoted)
{
	const struct end from = { row->src, row->sport },
			 to = { row->dst, row->dport };
	struct stream *c = latest(s, &from, &to);
	bool fresh = !c;
	int who = 0;

	if (!c)
		c = open_stream(s, &from, &to);
	who = same_end(&c->ends[0], &from) ? 0 : 1;
	if ((row->flags & S) && c->known[who]) {
		if (c->base[who] != row->seq || c->fin || c->rst) {
			c = open_stream(s, &from, &to);
			who = 0;
			fresh = true;
		}
	} else if ((row->flags & SA) == S) {
		fresh = true;
	}
	if (!quoted)
		slow_learn(c, who, row);
	if (row->hdr_len < 20)
		return (uint32_t)(c - s->streams);
	if (fresh)
		c->fin = c->rst = false;
	if ((row->flags & FA) == FA)
		c->fin = true;
	if (row->flags & R)
		c->rst = true;
	return (uint32_t)(c - s->streams);
}

static uint32_t slow_number(struct slow *s, const struct row *row,
			    enum row_kind kind)
{
	const bool quoted = kind == ROW_ICMP;

	return s->rule == NUMBERING_4_0 ? slow_4_0(s, row, quoted)
					: slow_4_4(s, row, quoted);
}

static uint32_t random_below(uint32_t n)
{
	static uint32_t seed = 1;

	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)seed * n >> 32);
}

/* Of "hosts" clients and one server; little that is not repeated. */
static struct row random_row(uint32_t hosts, enum row_kind *kind)
{
	static const uint16_t flags[] = { S,  S, S,  SA, SA, A,	    A,	   FA,
					  FA, R, RA, F,	 0,  S | R, SA | F };
	static const uint32_t numbers[] = { 0, 1, 100, 101, UINT32_MAX };
	const uint8_t size = random_below(4) ? ADDRESS_V4 : ADDRESS_V6;
	const struct address client = { { 10, (uint8_t)random_below(hosts), 1 },
					size };
	const struct address server = { { 10, 0, random_below(9) > 0 }, size };
	const uint16_t ports[] = { (uint16_t)(80 + random_below(2)), 80 };
	const uint32_t back = random_below(2);
	struct row row = {
		.present = ROW_HAS_TCP,
		.src = back ? server : client,
		.dst = back ? client : server,
		.sport = ports[back],
		.dport = ports[1 - back],
		.flags = flags[random_below(sizeof(flags) / sizeof(*flags))],
		.seq = numbers[random_below(5)],
		.ack = numbers[random_below(5)],
		.hdr_len = 20,
	};

	if (random_below(20) == 0)
		row.flags = (uint16_t)random_below(1 << 12);
	*kind = random_below(8) ? ROW_TCP : ROW_ICMP;
	if (*kind == ROW_TCP && random_below(8) == 0) {
		*kind = ROW_MALFORMED;
		row.hdr_len = random_below(2) ? 16 : 32;
		row.present &= ~(unsigned)ROW_HAS_LEN;
	}
	return row;
}

static void compare(enum numbering_rule rule, uint32_t hosts, size_t rows)
{
	struct slow slow = { .rule = rule };
	struct numbering n;

	numbering_init(&n, rule);
	for (size_t i = 0; i < rows; i++) {
		enum row_kind kind = ROW_TCP;
		struct row row = random_row(hosts, &kind);
		const uint32_t want = slow_number(&slow, &row, kind);

		row.stream = UINT32_MAX;
		numbering_row(&n, &row, kind);
		if (row.stream != want)
			fail_msg("rule %d, row %zu: %u, not %u", (int)rule, i,
				 (unsigned)row.stream, (unsigned)want);
	}
	assert_int_equal(n.n, slow.n);
	numbering_release(&n);
	free(slow.streams);
}

static void the_slow_way(void **state)
{
	(void)state;
	for (int i = 0; i < 3000; i++)
		compare(i & 1 ? NUMBERING_4_4 : NUMBERING_4_0, 1, 30);
	compare(NUMBERING_4_0, 250, 6000);
	compare(NUMBERING_4_4, 250, 6000);
}

/* More pairs than there is room for at first, in their order. */
static void many_pairs(void **state)
{
	enum {
		MANY = 20000
	};
	struct numbering n;

	(void)state;
	numbering_init(&n, NUMBERING_4_4);
	for (uint32_t i = 0; i < 3 * MANY; i++) {
		struct row row = { .present = ROW_HAS_TCP,
				   .src = host(1, ADDRESS_V4),
				   .dst = host(2, ADDRESS_V4),
				   .sport = (uint16_t)(i % MANY),
				   .dport = UINT16_MAX,
				   .flags = A,
				   .hdr_len = 20 };

		numbering_row(&n, &row, ROW_TCP);
		assert_int_equal(row.stream, i % MANY);
	}
	assert_int_equal(n.n, MANY);
	numbering_release(&n);
}

/* The number of the pair of that port, at a time. */
static uint32_t number_at(struct numbering *n, unsigned port, int64_t time,
			  uint16_t flags)
{
	struct row row = { .present = ROW_HAS_TCP,
			   .src = host(1, ADDRESS_V4),
			   .dst = host(2, ADDRESS_V4),
			   .sport = (uint16_t)port,
			   .dport = UINT16_MAX,
			   .flags = flags,
			   .time = time,
			   .hdr_len = 20 };

	numbering_row(n, &row, ROW_TCP);
	return row.stream;
}

/* Of 40000 pairs some are seen again, and some are over. */
static void forgotten(void **state)
{
	enum {
		MANY = 40000,
		NOW = 1000000
	};
	struct numbering n;
	size_t cap = 0, kept = 0;
	uint32_t fresh = MANY;

	(void)state;
	numbering_init(&n, NUMBERING_4_4);
	for (unsigned i = 0; i < MANY; i++)
		assert_int_equal(number_at(&n, i, i, i % 7 ? A : FA), i);
	for (unsigned i = 0; i < MANY; i += 100)
		assert_int_equal(number_at(&n, i, NOW + i, A), i);
	cap = n.cap;
	/* Those with FIN before 30000, the others before 20000. */
	numbering_forget(&n, 30000, 20000);
	assert_true(n.cap <= cap);
	for (unsigned i = 0; i < MANY; i++)
		kept += i % 100 == 0 || i >= (i % 7 ? 20000u : 30000u);
	assert_int_equal(n.n_pairs, kept);
	for (unsigned i = 0; i < MANY; i++) {
		const bool is_known =
			i % 100 == 0 || i >= (i % 7 ? 20000u : 30000u);

		assert_int_equal(number_at(&n, i, 2 * NOW, A),
				 is_known ? i : fresh);
		fresh += !is_known;
	}
	/* All of them: the table is as small as at first. */
	numbering_forget(&n, INT64_MAX, INT64_MAX);
	assert_int_equal(n.n_pairs, 0);
	assert_true(n.cap < cap / 10);
	assert_int_equal(number_at(&n, 1, 3 * NOW, A), fresh);
	numbering_release(&n);
	numbering_forget(&n, 0, 0);
	numbering_release(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_cases),
		cmocka_unit_test(the_slow_way),
		cmocka_unit_test(many_pairs),
		cmocka_unit_test(forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
