/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Streams that Wireshark counts as two, and limits of the packet table. */
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
#include "load/clusters.h"
#include "model/key.h"
#include "model/streams.h"
#include "model/trace.h"

enum {
	CLIENT_ISN = 100,
	SERVER_ISN = 200
};

/* Too far to be the same connection's for that reason. */
static const uint64_t FAR = (uint64_t)1 << 40;

struct writer {
	struct trace trace;
	struct row row;
	uint16_t client_port, server_port;
};

static void setup(struct writer *w, uint16_t client_port, uint16_t server_port)
{
	memset(w, 0, sizeof(*w));
	packets_init(&w->trace.packets);
	w->trace.info.path = mem_strdup("streams");
	w->row.present = ROW_HAS_TCP | ROW_HAS_ACK | ROW_HAS_WINDOW;
	w->client_port = client_port;
	w->server_port = server_port;
}

static void send_packet(struct writer *w, uint32_t stream, int back,
			uint16_t flags, uint32_t seq, uint32_t len,
			const uint8_t *options, size_t n)
{
	struct row *r = &w->row;

	r->frame++;
	r->time += 1000000;
	r->stream = stream;
	r->flags = flags;
	r->seq = seq;
	r->ack = back ? CLIENT_ISN + 1 : SERVER_ISN + 1;
	r->len = len;
	craft_row(&w->trace.packets, r, back, w->client_port, w->server_port,
		  options, n);
}

static void send_syn(struct writer *w, uint32_t stream)
{
	uint8_t syn[4] = { 30, 4, 0x01, 1 };

	send_packet(w, stream, 0, TCP_SYN, CLIENT_ISN, 0, syn, sizeof(syn));
}

static void send_synack(struct writer *w, uint32_t stream)
{
	uint8_t synack[12] = { 30, 12, 0x01, 1 };

	put(synack + 4, SERVER_KEY, 8);
	send_packet(w, stream, 1, TCP_SYN | TCP_ACK, SERVER_ISN, 0, synack,
		    sizeof(synack));
}

static void send_third(struct writer *w, uint32_t stream)
{
	uint8_t ack[20] = { 30, 20, 0x01, 1 };

	put(ack + 4, CLIENT_KEY, 8);
	put(ack + 12, SERVER_KEY, 8);
	send_packet(w, stream, 0, TCP_ACK, CLIENT_ISN + 1, 0, ack, sizeof(ack));
}

/* Data of the client with a mapping, from data byte dsn on. */
static void send_data(struct writer *w, uint32_t stream, uint32_t ssn,
		      uint64_t dsn, uint16_t len)
{
	uint8_t dss[18] = { 30, 18, 0x20, 0x0c };
	uint32_t token = 0;
	uint64_t idsn = 0;

	key_derive(1, CLIENT_KEY, &token, &idsn);
	put(dss + 4, idsn + dsn, 8);
	put(dss + 12, ssn, 4);
	put(dss + 16, len, 2);
	send_packet(w, stream, 0, TCP_ACK, CLIENT_ISN + ssn, len, dss,
		    sizeof(dss));
}

/*
 * One stream under two numbers, in the second of which the server's packet is
 * the first, and another stream whose data lies between that of the two.
 */
static void write_split(struct writer *w)
{
	setup(w, 4000, 80);
	send_syn(w, 0);
	send_synack(w, 0);
	send_third(w, 0);
	send_data(w, 0, 1, 1, 100);
	send_synack(w, 1);
	send_data(w, 1, 101, 2 * FAR, 50);
	w->client_port = 4001;
	send_data(w, 2, 1, FAR, 10);
}

static void split_stream(void **state)
{
	const struct stream *s = NULL;
	const struct connection *c = NULL;
	struct writer w;
	char *filter = NULL;

	(void)state;
	write_split(&w);
	trace_build(&w.trace);
	assert_int_equal(w.trace.n_streams, 2);
	s = &w.trace.streams[0];
	assert_int_equal(s->tcp_stream, 0);
	assert_int_equal(s->n_also, 1);
	assert_int_equal(s->also[0], 1);
	assert_int_equal(s->n, 6);
	assert_int_equal(s->client.port, 4000);
	assert_int_equal(s->side[TO_SERVER].sent, 150);
	assert_int_equal(s->side[TO_CLIENT].sent, 0);
	assert_int_equal(w.trace.n_connections, 1);
	c = &w.trace.connections[0];
	assert_int_equal(c->n_subflows, 2);
	assert_int_equal(c->grouping, GROUPING_DATA_SEQUENCE);
	filter = trace_filter(&w.trace, c);
	assert_non_null(strstr(filter, "0"));
	assert_non_null(strstr(filter, "1"));
	assert_non_null(strstr(filter, "2"));
	free(filter);
	trace_release(&w.trace);
}

/* What is modelled together has to be clusters. */
static void split_stream_is_kin(void **state)
{
	struct clusters clusters = { .n = 0 };
	struct writer w;

	(void)state;
	write_split(&w);
	clusters_take(&clusters, &w.trace.packets);
	clusters_settle(&clusters);
	assert_int_equal(clusters.n, 3);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(clusters.streams[i].tcp_stream, i);
		assert_int_equal(clusters.streams[i].cluster,
				 clusters.streams[0].cluster);
	}
	clusters_release(&clusters);
	trace_release(&w.trace);
}

static void kin_of_nobody(void **state)
{
	struct clusters clusters = { .n = 0 };

	(void)state;
	clusters_settle(&clusters);
	assert_int_equal(clusters.n, 0);
	clusters_release(&clusters);
}

/*
 * An ACK before the SYN that was sent again, with a number of its own.  By the
 * ports it comes from the server.
 */
static void early_ack(void **state)
{
	const struct connection *c = NULL;
	struct writer w;
	uint8_t dss[8] = { 30, 8, 0x20, 0x01, 0, 0, 0, 1 };

	(void)state;
	setup(&w, 40, 8000);
	send_packet(&w, 0, 0, TCP_ACK, CLIENT_ISN + 1, 0, dss, sizeof(dss));
	send_syn(&w, 1);
	send_synack(&w, 1);
	send_third(&w, 1);
	send_data(&w, 1, 1, 1, 100);
	trace_build(&w.trace);
	assert_int_equal(w.trace.n_streams, 2);
	assert_int_equal(w.trace.streams[0].client.port, 8000);
	assert_int_equal(w.trace.n_connections, 1);
	c = &w.trace.connections[0];
	assert_int_equal(c->n_subflows, 2);
	assert_int_equal(c->subflows[0], 1);
	assert_true(w.trace.streams[0].flipped);
	assert_false(w.trace.streams[1].flipped);
	trace_release(&w.trace);
}

/* Streams as they were found before, and packets that must be theirs. */
static void attached(void **state)
{
	struct writer before, now;

	(void)state;
	write_split(&before);
	trace_build(&before.trace);
	for (int wrong = 0; wrong < 3; wrong++) {
		struct stream *s = before.trace.streams;

		write_split(&now);
		now.trace.streams = s;
		now.trace.n_streams = before.trace.n_streams;
		s[0].n += wrong == 1;	    /* a packet is missing */
		s[0].also[0] += wrong == 2; /* 2, which is another stream */
		assert_int_equal(streams_attach(&now.trace), wrong ? -1 : 0);
		s[0].n -= wrong == 1;
		s[0].also[0] -= wrong == 2;
		if (!wrong) {
			assert_int_equal(now.trace.packets.stream[5], 0);
			assert_int_equal(now.trace.order[5], 5);
			assert_false(now.trace.packets.mark[5] &
				     PACKET_REVERSE);
			assert_int_equal(now.trace.packets.stream[6], 1);
		}
		now.trace.streams = NULL;
		now.trace.n_streams = 0;
		trace_release(&now.trace);
	}
	trace_release(&before.trace);
}

/* MP_JOIN as it belongs into the packet of the other end. */
static void joins_the_wrong_way_round(void **state)
{
	struct writer w;
	uint8_t syn[16] = { 30, 16, 0x10, 1 }, synack[12] = { 30, 12, 0x10, 2 };
	const struct stream *s = NULL;

	(void)state;
	for (int right = 0; right < 2; right++) {
		setup(&w, 1000, 80);
		send_packet(&w, 0, 0, TCP_SYN, CLIENT_ISN, 0,
			    right ? synack : syn, right ? 12 : 16);
		send_packet(&w, 0, 1, TCP_SYN | TCP_ACK, SERVER_ISN, 0,
			    right ? syn : synack, right ? 16 : 12);
		trace_build(&w.trace);
		assert_int_equal(w.trace.n_streams, 1);
		s = w.trace.streams;
		assert_int_equal(s->kind, right ? STREAM_JOIN : STREAM_PLAIN);
		assert_int_equal(s->has_token, right);
		assert_int_equal(s->has_nonce[TO_SERVER], right);
		assert_int_equal(s->join_synack, right);
		assert_int_equal(s->has_hmac[TO_CLIENT], right);
		assert_false(s->has_hmac[TO_SERVER] || s->established);
		trace_release(&w.trace);
	}
}

static void absurd_numbers(void **state)
{
	struct error err = ERROR_INIT;
	struct packets p;
	struct row row = { .stream = UINT32_MAX, .present = ROW_HAS_TCP };

	(void)state;
	packets_init(&p);
	assert_int_equal(packets_append(&p, &row, &err), -1);
	assert_int_equal(err.kind, EXIT_INPUT);
	assert_int_equal(p.n, 0);
	for (unsigned i = 0; i < UINT16_MAX; i++) {
		char name[16];

		snprintf(name, sizeof(name), "%u", i);
		assert_int_equal(packets_add_interface(&p, name), i);
	}
	/* UINT16_MAX says that there is none. */
	assert_int_equal(packets_add_interface(&p, "more"), UINT16_MAX - 1);
	assert_int_equal(packets_add_interface(&p, "17"), 17);
	packets_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split_stream),
		cmocka_unit_test(split_stream_is_kin),
		cmocka_unit_test(kin_of_nobody),
		cmocka_unit_test(early_ack),
		cmocka_unit_test(attached),
		cmocka_unit_test(joins_the_wrong_way_round),
		cmocka_unit_test(absurd_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
