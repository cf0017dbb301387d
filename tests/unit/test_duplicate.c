/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies that the network made, and what only looks like them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "craft.h"
#include "model/trace.h"

/* A packet; the client's but where "server" is set. */
struct line {
	int64_t time; /* us */
	int server;
	uint16_t flags;
	uint32_t seq, ack, len;
	uint32_t tsval; /* 0: no timestamp */
	int id;		/* IP id; NO_ID: IPv6 */
	uint16_t window;
	const char *interface;
};

#define NO_ID (-1)
#define N(a) (sizeof(a) / sizeof(*(a)))

static void append(struct packets *packets, const struct line *l)
{
	static const uint8_t head[4] = { 1, 1, 8, 10 };
	struct row row = {
		.present = ROW_HAS_TCP | ROW_HAS_ACK | ROW_HAS_WINDOW |
			   (l->id == NO_ID ? 0 : ROW_HAS_IP_ID),
		.frame = (uint32_t)packets->n + 1,
		.time = l->time * 1000,
		.sport = l->server ? 80 : 5000,
		.dport = l->server ? 5000 : 80,
		.flags = l->flags,
		.seq = l->seq,
		.ack = l->ack,
		.len = l->len,
		.window = l->window ? l->window : 500,
		.ip_id = (uint16_t)(l->id == NO_ID ? 0 : l->id),
	};

	craft_ends(&row, l->server);
	snprintf(row.interface, sizeof(row.interface), "%s",
		 l->interface ? l->interface : "eth0");
	if (l->tsval) {
		row.n_options = 12;
		memcpy(row.options, head, sizeof(head));
		for (int i = 0; i < 4; i++)
			row.options[4 + i] =
				(uint8_t)(l->tsval >> (24 - 8 * i));
	}
	assert_int_equal(packets_append(packets, &row, NULL), 0);
}

/* A handshake with a round trip of "rtt" us, then the lines; how many of the
   client's packets are copies, and bytes in them. */
static size_t copies(int64_t rtt, int ids, uint32_t stamps,
		     const struct line *lines, size_t n, uint64_t *bytes)
{
	const struct line handshake[] = {
		{ 0, 0, TCP_SYN, 99, 0, 0, stamps, ids ? 1 : NO_ID, 0, NULL },
		{ rtt, 1, TCP_SYN | TCP_ACK, 499, 100, 0, stamps,
		  ids ? 0 : NO_ID, 0, NULL },
		{ rtt + 10, 0, TCP_ACK, 100, 500, 0, stamps, ids ? 2 : NO_ID, 0,
		  NULL },
	};
	struct trace t;
	struct stream *s = NULL;
	size_t found = 0;

	memset(&t, 0, sizeof(t));
	packets_init(&t.packets);
	t.info.path = mem_strdup("duplicate");
	for (size_t i = 0; i < N(handshake); i++)
		append(&t.packets, &handshake[i]);
	for (size_t i = 0; i < n; i++)
		append(&t.packets, &lines[i]);
	trace_build(&t);
	assert_int_equal(t.n_streams, 1);
	s = &t.streams[0];
	assert_int_equal(s->n + s->n_duplicates + s->n_copies,
			 N(handshake) + n);
	found = s->side[TO_SERVER].duplicate_packets;
	assert_int_equal(found + s->side[TO_CLIENT].duplicate_packets,
			 s->n_duplicates);
	for (size_t k = s->n; k < s->n + s->n_duplicates; k++)
		assert_true(t.packets.mark[t.order[s->first + k]] &
			    PACKET_DUPLICATE);
	/* What was set apart counts nowhere else; nor do copies of another
	   interface (copies.h). */
	*bytes = s->side[TO_SERVER].sent;
	for (size_t i = 0; i < n; i++)
		*bytes -= lines[i].server || lines[i].interface
				  ? 0
				  : lines[i].len;
	*bytes = -*bytes;
	assert_int_equal(*bytes, s->side[TO_SERVER].duplicate_bytes);
	trace_release(&t);
	return found;
}

#define DATA(time, seq, len, tsval, id)                                        \
	{                                                                      \
		time, 0, TCP_ACK, seq, 500, len, tsval, id, 0, NULL            \
	}

static size_t with_ids(const struct line *lines, size_t n)
{
	uint64_t bytes = 0;

	return copies(20000, 1, 7, lines, n, &bytes);
}

static void test_same_ip_id(void **state)
{
	static const struct line lines[] = {
		DATA(30000, 100, 10, 7, 3), DATA(30100, 110, 10, 7, 4),
		DATA(30500, 100, 10, 7, 3), /* a copy, behind another packet */
		DATA(30600, 100, 10, 7, 3), /* and a third */
	};
	uint64_t bytes = 0;

	(void)state;
	assert_int_equal(copies(20000, 1, 7, lines, N(lines), &bytes), 2);
	assert_int_equal(bytes, 20);
}

/* A retransmission has another IP id, however soon it comes. */
static void test_retransmissions(void **state)
{
	static const struct line other_id[] = { DATA(30000, 100, 10, 7, 3),
						DATA(30001, 100, 10, 7, 4) };
	static const struct line other_stamp[] = { DATA(30000, 100, 10, 7, 3),
						   DATA(30001, 100, 10, 8, 3) };
	static const struct line late[] = { DATA(30000, 100, 10, 7, 3),
					    DATA(1030000, 100, 10, 7, 3) };
	static const struct line in_time[] = { DATA(30000, 100, 10, 7, 3),
					       DATA(1029999, 100, 10, 7, 3) };
	static const struct line longer[] = { DATA(30000, 100, 10, 7, 3),
					      DATA(30001, 100, 11, 7, 3) };

	(void)state;
	assert_int_equal(with_ids(other_id, N(other_id)), 0);
	assert_int_equal(with_ids(other_stamp, N(other_stamp)), 0);
	assert_int_equal(with_ids(late, N(late)), 0);
	assert_int_equal(with_ids(in_time, N(in_time)), 1);
	assert_int_equal(with_ids(longer, N(longer)), 0);
}

/* Duplicate acknowledgments are packets of their own; so are window updates. */
static void test_pure_acks(void **state)
{
	static const struct line own_ids[] = {
		{ 30000, 0, TCP_ACK, 100, 600, 0, 7, 3, 0, NULL },
		{ 30001, 0, TCP_ACK, 100, 600, 0, 7, 4, 0, NULL },
	};
	static const struct line same_id[] = {
		{ 30000, 0, TCP_ACK, 100, 600, 0, 7, 3, 0, NULL },
		{ 30001, 0, TCP_ACK, 100, 600, 0, 7, 3, 0, NULL },
	};
	static const struct line windows[] = {
		{ 30000, 0, TCP_ACK, 100, 600, 0, 7, 3, 500, NULL },
		{ 30001, 0, TCP_ACK, 100, 600, 0, 7, 3, 501, NULL },
	};
	static const struct line no_id[] = {
		{ 30000, 0, TCP_ACK, 100, 600, 0, 7, 0, 0, NULL },
		{ 30001, 0, TCP_ACK, 100, 600, 0, 7, 0, 0, NULL },
	};

	(void)state;
	assert_int_equal(with_ids(own_ids, N(own_ids)), 0);
	assert_int_equal(with_ids(same_id, N(same_id)), 1);
	assert_int_equal(with_ids(windows, N(windows)), 0);
	assert_int_equal(with_ids(no_id, N(no_id)), 0);
}

/* A sender whose packets all have one IP id: it tells nothing. */
static void test_constant_ids(void **state)
{
	static const struct line lines[] = {
		{ 30000, 0, TCP_ACK, 100, 600, 0, 7, 1, 0, NULL },
		{ 30001, 0, TCP_ACK, 100, 600, 0, 7, 1, 0, NULL },
		{ 30002, 0, TCP_ACK, 100, 700, 0, 7, 1, 0, NULL },
		{ 30003, 0, TCP_ACK, 100, 800, 0, 7, 1, 0, NULL },
		{ 30004, 0, TCP_ACK, 100, 900, 0, 7, 1, 0, NULL },
	};

	(void)state;
	assert_int_equal(with_ids(lines, N(lines)), 0);
}

static size_t without_ids(int64_t rtt, uint32_t stamps,
			  const struct line *lines, size_t n)
{
	uint64_t bytes = 0;

	return copies(rtt, 0, stamps, lines, n, &bytes);
}

/* IPv6: only where a retransmission would have another timestamp. */
static void test_no_ip_id(void **state)
{
	static const struct line soon[] = { DATA(50000, 100, 10, 7, NO_ID),
					    DATA(50500, 100, 10, 7, NO_ID) };
	static const struct line half[] = { DATA(50000, 100, 10, 7, NO_ID),
					    DATA(60100, 100, 10, 7, NO_ID) };
	static const struct line bare[] = { DATA(50000, 100, 10, 0, NO_ID),
					    DATA(50500, 100, 10, 0, NO_ID) };
	static const struct line acks[] = {
		{ 50000, 0, TCP_ACK, 100, 600, 0, 7, NO_ID, 0, NULL },
		{ 50001, 0, TCP_ACK, 100, 600, 0, 7, NO_ID, 0, NULL },
	};

	(void)state;
	assert_int_equal(without_ids(20000, 7, soon, N(soon)), 1);
	assert_int_equal(without_ids(9000, 7, soon, N(soon)), 0);
	assert_int_equal(without_ids(20000, 7, half, N(half)), 0);
	assert_int_equal(without_ids(20000, 0, bare, N(bare)), 0);
	assert_int_equal(without_ids(20000, 7, acks, N(acks)), 0);
}

/* Without timestamps the IP id tells, but not for long. */
static void test_no_timestamps(void **state)
{
	static const struct line soon[] = { DATA(50000, 100, 10, 0, 3),
					    DATA(69000, 100, 10, 0, 3) };
	static const struct line trip[] = { DATA(50000, 100, 10, 0, 3),
					    DATA(70100, 100, 10, 0, 3) };
	uint64_t bytes = 0;

	(void)state;
	assert_int_equal(copies(20000, 1, 0, soon, N(soon), &bytes), 1);
	assert_int_equal(copies(20000, 1, 0, trip, N(trip), &bytes), 0);
}

/* What two interfaces captured is no copy of the network's. */
static void test_interfaces(void **state)
{
	static const struct line lines[] = {
		DATA(30000, 100, 10, 7, 3),
		{ 30001, 0, TCP_ACK, 100, 500, 10, 7, 3, 0, "eth1" },
	};

	(void)state;
	assert_int_equal(with_ids(lines, N(lines)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_ip_id),
		cmocka_unit_test(test_retransmissions),
		cmocka_unit_test(test_pure_acks),
		cmocka_unit_test(test_constant_ids),
		cmocka_unit_test(test_no_ip_id),
		cmocka_unit_test(test_no_timestamps),
		cmocka_unit_test(test_interfaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
