/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/error.h"
#include "craft.h"
#include "model/trace.h"
#include "model/vantage.h"

enum {
	US = 1000,
	MS = 1000000,
	NO_TYPE = -1
};

/* What a capture shows of an end of a connection. */
struct end {
	uint8_t address; /* 192.0.2.x */
	int64_t answer;	 /* ns */
	uint8_t ttl;	 /* 0: none */
	int type;	 /* of packets, as cooked captures have it */
};

struct talk {
	struct end client, server;
	const char *interface;
};

#define END(...) ((struct end){ 1, __VA_ARGS__ })
#define PEER(...) ((struct end){ 9, __VA_ARGS__ })

static void add_packet(struct packets *p, const struct talk *talk,
		       uint32_t number, int reverse, int64_t time,
		       uint16_t flags, const uint8_t *options, size_t n)
{
	const struct end *from = reverse ? &talk->server : &talk->client;
	const struct end *to = reverse ? &talk->client : &talk->server;
	struct error err = ERROR_INIT;
	struct row row = { .present = ROW_HAS_TCP | ROW_HAS_ACK,
			   .frame = (uint32_t)p->n + 1,
			   .time = time,
			   .stream = number,
			   .flags = flags,
			   .seq = reverse ? 500 : 100,
			   .n_options = (uint8_t)n };

	row.ack = flags & TCP_ACK ? (reverse ? 101 : 501) : 0;
	row.seq += !(flags & TCP_SYN);
	row.src = row.dst = (struct address){ { 192, 0, 2 }, ADDRESS_V4 };
	row.src.bytes[3] = from->address;
	row.dst.bytes[3] = to->address;
	row.sport = reverse ? 80 : (uint16_t)(4000 + number);
	row.dport = reverse ? (uint16_t)(4000 + number) : 80;
	if (from->ttl) {
		row.present |= ROW_HAS_TTL;
		row.ttl = from->ttl;
	}
	if (from->type != NO_TYPE) {
		row.present |= ROW_HAS_PACKET_TYPE;
		row.packet_type = (uint16_t)from->type;
	}
	strcpy(row.interface, talk->interface ? talk->interface : "eth0");
	memcpy(row.options, options, n);
	assert_int_equal(packets_append(p, &row, &err), 0);
}

/* A handshake, in which both answer once: the numbers of a connection. */
static void add_talk(struct packets *p, const struct talk *talk)
{
	const uint32_t number = (uint32_t)p->n_streams;
	struct craft_capable o = craft_capable();
	int64_t time = (1 + (int64_t)number) * 1000 * MS;

	put(o.synack + 4, SERVER_KEY + number, 8);
	put(o.ack + 4, CLIENT_KEY + number, 8);
	put(o.ack + 12, SERVER_KEY + number, 8);
	add_packet(p, talk, number, 0, time, TCP_SYN, o.syn, sizeof(o.syn));
	time += talk->server.answer;
	add_packet(p, talk, number, 1, time, TCP_SYN | TCP_ACK, o.synack,
		   sizeof(o.synack));
	time += talk->client.answer;
	add_packet(p, talk, number, 0, time, TCP_ACK, o.ack, sizeof(o.ack));
}

static void build(struct trace *t, const struct talk *talks, size_t n)
{
	trace_init(t, 1);
	for (size_t i = 0; i < n; i++)
		add_talk(&t->packets, &talks[i]);
	trace_build(t);
	assert_int_equal(t->n_connections, n);
}

static void check(const struct trace *t, size_t i, enum vantage where,
		  enum vantage_surety surety, const char *first)
{
	struct vantage_verdict v;

	vantage_judge(t, &t->connections[i], &v);
	assert_int_equal(v.where, where);
	assert_int_equal(v.surety, surety);
	assert_int_equal(vantage_of(t, &t->connections[i]), where);
	assert_int_equal(
		vantage_of_stream(t, trace_subflow(t, &t->connections[i], 0)),
		where);
	if (first) {
		assert_true(v.evidence.n > 0);
		assert_string_equal(v.evidence.items[0], first);
	}
	vantage_verdict_release(&v);
}

static void check_one(struct end client, struct end server, enum vantage where,
		      enum vantage_surety surety, const char *first)
{
	const struct talk talk = { client, server, NULL };
	struct trace t;

	build(&t, &talk, 1);
	check(&t, 0, where, surety, first);
	trace_release(&t);
}

static void answers(void **state)
{
	(void)state;
	check_one(END(50 * US, 64, NO_TYPE), PEER(20 * MS, 64, NO_TYPE),
		  VANTAGE_CLIENT, VANTAGE_LIKELY,
		  "the client's answers take 50 us, the server's 20 ms");
	check_one(END(20 * MS, 64, NO_TYPE), PEER(50 * US, 64, NO_TYPE),
		  VANTAGE_SERVER, VANTAGE_LIKELY,
		  "the server's answers take 50 us, the client's 20 ms");
	check_one(END(5 * MS, 0, NO_TYPE), PEER(20 * MS, 0, NO_TYPE),
		  VANTAGE_MIDDLE, VANTAGE_LIKELY,
		  "the client's answers take 5 ms, the server's 20 ms");
	/* just a tenth of both, and just less */
	check_one(END(2 * MS, 0, NO_TYPE), PEER(18 * MS, 0, NO_TYPE),
		  VANTAGE_MIDDLE, VANTAGE_LIKELY, NULL);
	check_one(END(2 * MS - 1, 0, NO_TYPE), PEER(18 * MS + 1, 0, NO_TYPE),
		  VANTAGE_CLIENT, VANTAGE_LIKELY, NULL);
}

/* Near hosts: what looks alike is not told. */
static void a_fast_server(void **state)
{
	(void)state;
	check_one(END(15 * US, 64, NO_TYPE), PEER(184 * US, 64, NO_TYPE),
		  VANTAGE_UNKNOWN, VANTAGE_UNSURE,
		  "the client's answers take 15 us, the server's 184 us: too "
		  "fast to tell the ends apart");
	check_one(END(40 * US, 64, NO_TYPE), PEER(300 * US, 64, NO_TYPE),
		  VANTAGE_UNKNOWN, VANTAGE_UNSURE,
		  "the client's answers take 40 us, the server's 300 us: too "
		  "similar to tell the ends apart");
	/* which way they went does tell */
	check_one(
		END(40 * US, 64, ROW_SENT), PEER(30 * US, 64, ROW_CAME),
		VANTAGE_CLIENT, VANTAGE_PROVEN,
		"the host that captured sent the client's packets and received "
		"the server's");
}

static void times_to_live(void **state)
{
	(void)state;
	/* answers do not tell */
	check_one(END(40 * US, 64, NO_TYPE), PEER(30 * US, 57, NO_TYPE),
		  VANTAGE_CLIENT, VANTAGE_LIKELY,
		  "the server's packets passed a router (TTL 57)");
	check_one(END(40 * US, 127, NO_TYPE), PEER(30 * US, 255, NO_TYPE),
		  VANTAGE_SERVER, VANTAGE_LIKELY, NULL);
	check_one(END(40 * US, 0, NO_TYPE), PEER(30 * US, 57, NO_TYPE),
		  VANTAGE_UNKNOWN, VANTAGE_UNSURE, NULL);
	/* both were sent elsewhere, however soon they answer */
	check_one(END(40 * US, 63, NO_TYPE), PEER(20 * MS, 57, NO_TYPE),
		  VANTAGE_MIDDLE, VANTAGE_LIKELY,
		  "the packets of both ends passed routers (TTL 63 "
		  "and "
		  "57)");
	check_one(END(40 * US, 63, NO_TYPE), PEER(30 * US, 57, NO_TYPE),
		  VANTAGE_MIDDLE, VANTAGE_LIKELY, NULL);
	/* near, but behind a router */
	check_one(END(40 * US, 63, NO_TYPE), PEER(20 * MS, 64, NO_TYPE),
		  VANTAGE_MIDDLE, VANTAGE_LIKELY, NULL);
	/* beside one that is far */
	check_one(END(5 * MS, 64, NO_TYPE), PEER(20 * MS, 57, NO_TYPE),
		  VANTAGE_MIDDLE, VANTAGE_LIKELY, NULL);
}

static void ways(void **state)
{
	(void)state;
	check_one(END(10 * MS, 64, ROW_SENT), PEER(10 * MS, 64, ROW_CAME),
		  VANTAGE_CLIENT, VANTAGE_PROVEN, NULL);
	check_one(END(10 * US, 57, ROW_CAME), PEER(10 * MS, 128, ROW_SENT),
		  VANTAGE_SERVER, VANTAGE_PROVEN, NULL);
	/* a router that shows one of its interfaces */
	check_one(END(10 * US, 63, ROW_SENT), PEER(10 * MS, 64, ROW_CAME),
		  VANTAGE_MIDDLE, VANTAGE_LIKELY, NULL);
	/* for others */
	check_one(END(10 * US, 64, 3), PEER(10 * MS, 64, 3), VANTAGE_MIDDLE,
		  VANTAGE_PROVEN,
		  "the packets of both ends were for other hosts than the one "
		  "that captured them");
	/* only one of them, or neither: no sign */
	check_one(END(10 * US, 64, 3), PEER(10 * MS, 64, ROW_CAME),
		  VANTAGE_CLIENT, VANTAGE_LIKELY, NULL);
	check_one(END(10 * US, 64, ROW_CAME), PEER(10 * MS, 64, ROW_CAME),
		  VANTAGE_CLIENT, VANTAGE_LIKELY, NULL);
}

/* An interface is where it is, whichever connection is looked at. */
static void one_place_for_all(void **state)
{
	const struct talk talks[] = {
		{ END(50 * US, 64, NO_TYPE), PEER(20 * MS, 64, NO_TYPE), "a" },
		{ END(20 * MS, 64, NO_TYPE), PEER(20 * MS, 64, NO_TYPE), "a" },
		{ { 7, 30 * MS, 64, NO_TYPE },
		  { 1, 15 * MS, 64, NO_TYPE },
		  "a" },
		{ END(20 * MS, 64, NO_TYPE), PEER(20 * MS, 64, NO_TYPE), "b" }
	};
	struct trace t;

	(void)state;
	build(&t, talks, 4);
	check(&t, 0, VANTAGE_CLIENT, VANTAGE_LIKELY, NULL);
	check(&t, 1, VANTAGE_CLIENT, VANTAGE_LIKELY,
	      "the client's answers take 50 us, the server's 20 ms");
	/* the same host, as a server */
	check(&t, 2, VANTAGE_SERVER, VANTAGE_LIKELY,
	      "the server's answers take 50 us, the client's 30 ms");
	check(&t, 3, VANTAGE_MIDDLE, VANTAGE_LIKELY, NULL);
	trace_release(&t);
}

/* A host that speaks with itself is both ends. */
static void one_host(void **state)
{
	const struct talk talks[] = {
		{ END(50 * US, 64, NO_TYPE), END(20 * MS, 64, NO_TYPE), NULL },
		{ END(50 * US, 64, NO_TYPE), PEER(20 * MS, 64, NO_TYPE), "lo" },
		{ END(9 * MS, 64, NO_TYPE), PEER(9 * MS, 64, NO_TYPE), "lo0" },
		{ END(9 * MS, 64, NO_TYPE), PEER(9 * MS, 64, NO_TYPE), "lo1" },
	};
	struct trace t;

	(void)state;
	build(&t, talks, 4);
	for (size_t i = 0; i < 3; i++)
		assert_true(vantage_is_one_host(&t, &t.connections[i]));
	assert_false(vantage_is_one_host(&t, &t.connections[3]));
	check(&t, 0, VANTAGE_UNKNOWN, VANTAGE_UNSURE,
	      "both ends are on one host (tcp 0 has the same address at both "
	      "ends)");
	check(&t, 1, VANTAGE_UNKNOWN, VANTAGE_UNSURE,
	      "both ends are on one host (tcp 1 was captured on lo)");
	check(&t, 2, VANTAGE_UNKNOWN, VANTAGE_UNSURE,
	      "both ends are on one host (tcp 2 was captured on lo0)");
	check(&t, 3, VANTAGE_MIDDLE, VANTAGE_LIKELY, NULL);
	t.captured_at = VANTAGE_SERVER;
	check(&t, 0, VANTAGE_SERVER, VANTAGE_GIVEN, "given by --captured-at");
	assert_true(vantage_is_one_host(&t, &t.connections[0]));
	t.captured_at = VANTAGE_UNKNOWN;
	t.streams[3].server.address = (struct address){ { 127, 0, 0, 2 },
							ADDRESS_V4 };
	check(&t, 3, VANTAGE_UNKNOWN, VANTAGE_UNSURE,
	      "both ends are on one host (127.0.0.2 is a loopback address)");
	trace_release(&t);
}

/* The user knows better. */
static void given(void **state)
{
	const struct talk talk = { END(50 * US, 64, ROW_SENT),
				   PEER(20 * MS, 64, ROW_CAME), NULL };
	struct trace t;

	(void)state;
	build(&t, &talk, 1);
	check(&t, 0, VANTAGE_CLIENT, VANTAGE_PROVEN, NULL);
	t.captured_at = VANTAGE_SERVER;
	check(&t, 0, VANTAGE_SERVER, VANTAGE_GIVEN, "given by --captured-at");
	t.captured_at = VANTAGE_MIDDLE;
	check(&t, 0, VANTAGE_MIDDLE, VANTAGE_GIVEN, NULL);
	trace_release(&t);
	assert_int_equal(vantage_opposite(VANTAGE_CLIENT), VANTAGE_SERVER);
	assert_int_equal(vantage_opposite(VANTAGE_SERVER), VANTAGE_CLIENT);
	assert_int_equal(vantage_opposite(VANTAGE_MIDDLE), VANTAGE_UNKNOWN);
}

/* A subflow that the server of the connection opened. */
static void flipped(void **state)
{
	const struct talk talks[] = {
		{ END(50 * US, 64, NO_TYPE), PEER(20 * MS, 64, NO_TYPE), "a" },
		{ END(5 * MS, 64, NO_TYPE), PEER(20 * MS, 64, NO_TYPE), "b" }
	};
	const enum vantage by_mptcp[] = { VANTAGE_SERVER, VANTAGE_MIDDLE };
	const enum vantage by_tcp[] = { VANTAGE_CLIENT, VANTAGE_MIDDLE };
	struct trace t;

	(void)state;
	build(&t, talks, 2);
	for (size_t i = 0; i < 2; i++) {
		t.streams[i].flipped = true;
		assert_int_equal(vantage_of(&t, &t.connections[i]),
				 by_mptcp[i]);
		assert_int_equal(vantage_of_stream(&t, &t.streams[i]),
				 by_tcp[i]);
	}
	trace_release(&t);
}

static void names(void **state)
{
	enum vantage v = VANTAGE_MIDDLE;

	(void)state;
	for (int i = 0; vantage_word(i); i++) {
		assert_int_equal(vantage_parse(vantage_word(i), &v), 0);
		if (v == VANTAGE_UNKNOWN)
			assert_string_equal(vantage_word(i), "auto");
		else
			assert_string_equal(vantage_word(i), vantage_name(v));
	}
	assert_int_equal(vantage_parse("", &v), -1);
	assert_int_equal(vantage_parse("clients", &v), -1);
	assert_null(vantage_name(VANTAGE_UNKNOWN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(a_fast_server),
		cmocka_unit_test(times_to_live),
		cmocka_unit_test(ways),
		cmocka_unit_test(one_place_for_all),
		cmocka_unit_test(one_host),
		cmocka_unit_test(given),
		cmocka_unit_test(flipped),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
