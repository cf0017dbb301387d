/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "craft.h"
#include "events/kernel_sockets.h"
#include "model/trace.h"

enum {
	S = 1000, /* ms */
	PORT = 4000,
	OTHER_KEYS = 1000 /* those of the second connection are so much more */
};

#define SECOND INT64_C(1000000000)

static void packet(struct packets *p, int64_t ms, uint32_t stream, int reverse,
		   uint16_t flags, const void *options, size_t n)
{
	const uint32_t isn[2] = { 100 + stream * 100000,
				  500 + stream * 100000 };
	struct row row = { .present = ROW_HAS_TCP | ROW_HAS_ACK,
			   .frame = (uint32_t)p->n + 1,
			   .time = ms * 1000000,
			   .stream = stream,
			   .flags = flags,
			   .seq = isn[reverse] + !(flags & TCP_SYN),
			   .ack = flags & TCP_ACK ? isn[!reverse] + 1 : 0 };

	craft_row(p, &row, reverse, PORT, 80, options, n);
}

/* A connection of ten seconds, between the same ports each time. */
static void talk(struct packets *p, uint32_t stream, int64_t ms, bool closed)
{
	struct craft_capable o = craft_capable();

	put(o.synack + 4, SERVER_KEY + stream * OTHER_KEYS, 8);
	put(o.ack + 4, CLIENT_KEY + stream * OTHER_KEYS, 8);
	put(o.ack + 12, SERVER_KEY + stream * OTHER_KEYS, 8);
	packet(p, ms, stream, 0, TCP_SYN, o.syn, sizeof(o.syn));
	packet(p, ms + 1, stream, 1, TCP_SYN | TCP_ACK, o.synack,
	       sizeof(o.synack));
	packet(p, ms + 2, stream, 0, TCP_ACK, o.ack, sizeof(o.ack));
	packet(p, ms + 10 * S, stream, 0, closed ? TCP_FIN | TCP_ACK : TCP_ACK,
	       NULL, 0);
	if (closed)
		packet(p, ms + 10 * S, stream, 1, TCP_FIN | TCP_ACK, NULL, 0);
}

/* Two such, from 10 to 20 s and from 100 to 110 s. */
static void make_trace(struct trace *t, bool closed)
{
	trace_init(t, 1);
	talk(&t->packets, 0, 10 * S, closed);
	talk(&t->packets, 1, 100 * S, closed);
	trace_build(t);
	t->info.has_time = true;
	t->info.first_time = 10 * SECOND;
	t->info.last_time = 110 * SECOND;
	assert_int_equal(t->n_streams, 2);
	assert_int_equal(t->n_connections, 2);
}

/* Adds a log of these lines. */
static void add_log(struct kernel_sockets *k, const char *text)
{
	char path[] = "/tmp/test_kernel_sockets.XXXXXX";
	const int fd = mkstemp(path);
	struct error err = ERROR_INIT;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	assert_int_equal(kernel_sockets_add(k, path, &err), 0);
	unlink(path);
}

/* A snapshot at that second since 1970: "cwnd" of the client's socket is the
   second, of the server's 1. */
static char *snapshot(char *to, unsigned at, uint32_t token)
{
	return to + sprintf(to,
			    "# %09u.500000\n"
			    "ESTAB 0 0 192.0.2.1:4000 192.0.2.9:80 cwnd:%u "
			    "token:0(id:0)/%x(id:0)\n"
			    "ESTAB 0 0 192.0.2.9:80 192.0.2.1:4000 cwnd:1\n"
			    "ESTAB 0 0 192.0.2.1:4001 192.0.2.9:80 cwnd:2\n",
			    at, at, token);
}

static size_t count(const struct kernel_sockets *k, const struct trace *t,
		    size_t stream, enum direction end)
{
	size_t n = 0;

	kernel_sockets_of(k, &t->streams[stream], end, &n);
	return n;
}

/* The client's windows that a stream got, which are the seconds of their
   snapshots; each must have one of the server, too. */
static void assert_windows(const struct kernel_sockets *k,
			   const struct trace *t, size_t stream,
			   const double *want, size_t n)
{
	size_t got = 0;
	const struct kernel_sample *list =
		kernel_sockets_of(k, &t->streams[stream], TO_SERVER, &got);

	assert_int_equal(got, n);
	for (size_t i = 0; i < n; i++)
		assert_true(list[i].socket->value[SS_CWND] == want[i]);
	assert_int_equal(count(k, t, stream, TO_CLIENT), n);
}

static void test_ports_are_used_again(void **state)
{
	static const unsigned at[] = { 5, 9, 15, 50, 99, 105, 111, 113 };
	static const double first[] = { 9, 15 };
	static const double second[] = { 99, 105, 111 };
	struct kernel_sockets k = { .n = 0 };
	struct error err = ERROR_INIT;
	char text[4096], *end = text;
	struct trace t;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
		end = snapshot(end, at[i], 0);
	make_trace(&t, true);
	add_log(&k, text);
	assert_int_equal(kernel_sockets_tie(&k, &t, &err), 0);
	assert_windows(&k, &t, 0, first, 2);
	assert_windows(&k, &t, 1, second, 3);
	assert_int_equal(k.logs[0].ahead, 0);
	/* Once more is the same. */
	n = k.n;
	assert_int_equal(kernel_sockets_tie(&k, &t, &err), 0);
	assert_int_equal(k.n, n);
	/* What was seen before the first packet stands with it. */
	assert_int_equal(
		kernel_sockets_of(&k, &t.streams[1], TO_SERVER, &n)->time,
		100 * SECOND);
	kernel_sockets_release(&k);
	trace_release(&t);
}

/* A stream that nobody closed may live on, but not beside the next one. */
static void test_streams_that_stay_open(void **state)
{
	static const unsigned at[] = { 15, 50, 105, 115 };
	static const double first[] = { 15, 50 };
	static const double second[] = { 105 };
	struct kernel_sockets k = { .n = 0 };
	struct error err = ERROR_INIT;
	char text[4096], *end = text;
	struct trace t;

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++)
		end = snapshot(end, at[i], 0);
	make_trace(&t, false);
	add_log(&k, text);
	assert_int_equal(kernel_sockets_tie(&k, &t, &err), 0);
	assert_windows(&k, &t, 0, first, 2);
	assert_windows(&k, &t, 1, second, 1);
	kernel_sockets_release(&k);
	trace_release(&t);
}

/* The client's socket of the other connection is none of this one. */
static void test_tokens(void **state)
{
	struct kernel_sockets k = { .n = 0 };
	struct error err = ERROR_INIT;
	uint32_t token[2] = { 0, 0 };
	uint64_t idsn = 0;
	char text[4096];
	struct trace t;

	(void)state;
	key_derive(1, CLIENT_KEY, &token[0], &idsn);
	key_derive(1, CLIENT_KEY + OTHER_KEYS, &token[1], &idsn);
	make_trace(&t, true);
	snapshot(snapshot(text, 15, token[1]), 105, token[1]);
	add_log(&k, text);
	snapshot(text, 16, token[0]);
	add_log(&k, text);
	assert_int_equal(kernel_sockets_tie(&k, &t, &err), 0);
	assert_int_equal(count(&k, &t, 0, TO_SERVER), 1);
	assert_int_equal(count(&k, &t, 0, TO_CLIENT), 2);
	assert_int_equal(count(&k, &t, 1, TO_SERVER), 1);
	kernel_sockets_release(&k);
	trace_release(&t);
}

/* Each log has a clock of its own; one that fits nowhere is told. */
static void test_clocks(void **state)
{
	static const double first = 3612; /* 12 s, before 15 s */
	struct kernel_sockets k = { .n = 0 };
	struct error err = ERROR_INIT;
	char text[4096];
	struct trace t;

	(void)state;
	make_trace(&t, true);
	snapshot(text, 15, 0);
	add_log(&k, text);
	snapshot(text, 3612, 0);
	add_log(&k, text);
	assert_int_equal(kernel_sockets_tie(&k, &t, &err), 0);
	assert_int_equal(k.logs[0].ahead, 0);
	assert_int_equal(k.logs[1].ahead, 3600 * SECOND);
	assert_true(kernel_sockets_of(&k, &t.streams[0], TO_SERVER,
				      &(size_t){ 0 })[0]
			    .socket->value[SS_CWND] == first);
	assert_int_equal(count(&k, &t, 0, TO_SERVER), 2);
	snapshot(text, 300, 0);
	add_log(&k, text);
	assert_int_equal(kernel_sockets_tie(&k, &t, &err), -1);
	assert_int_equal(err.kind, EXIT_INPUT);
	assert_non_null(strstr(err.text, "another clock"));
	kernel_sockets_release(&k);
	trace_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports_are_used_again),
		cmocka_unit_test(test_streams_that_stay_open),
		cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
