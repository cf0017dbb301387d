/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Probes of a receive window that is shut, and what only looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "craft.h"
#include "model/account.h"
#include "model/key.h"
#include "model/ledger.h"
#include "model/streams.h"

enum {
	CLIENT_ISN = 100,
	SERVER_ISN = 7,
	LEN = 1024, /* of data that fills the window */
	UNIT = 128, /* of windows: their scale is 7 */
	OPEN = 100
};

/* The client sends, on two subflows; its numbers are relative, 1 is the first
   byte. */
struct writer {
	struct trace trace;
	struct ledger ledger;
	uint32_t frame;
	uint32_t next[2]; /* subflow byte */
	uint64_t idsn;
};

static void send_packet(struct writer *w, uint32_t k, int reverse,
			unsigned flags, uint32_t len, uint16_t window,
			const uint8_t *options, size_t n)
{
	struct row row = { .present = ROW_HAS_TCP | ROW_HAS_ACK,
			   .frame = ++w->frame,
			   .time = w->frame * 1000000,
			   .stream = k,
			   .flags = (uint16_t)flags,
			   .window = window,
			   .len = len };

	row.seq = reverse ? SERVER_ISN + !(flags & TCP_SYN)
			  : CLIENT_ISN + w->next[k];
	row.ack = reverse ? CLIENT_ISN + w->next[k] : SERVER_ISN + 1;
	craft_row(&w->trace.packets, &row, reverse, (uint16_t)(4000 + k), 80,
		  options, n);
}

/* SYN, SYN/ACK and ACK, the first two with window scale 7 if "scaled". */
static void open_subflow(struct writer *w, uint32_t k, bool scaled,
			 const uint8_t *const options[3], const uint8_t n[3])
{
	static const unsigned flags[] = { TCP_SYN, TCP_SYN | TCP_ACK, TCP_ACK };

	for (int i = 0; i < 3; i++) {
		uint8_t all[40] = { 3, 3, 7, 1 };
		const size_t first = i < 2 && scaled ? 4 : 0;

		memcpy(all + first, options[i], n[i]);
		w->next[k] = i > 0;
		send_packet(w, k, i == 1, flags[i], 0, OPEN, all, first + n[i]);
	}
}

static void handshakes(struct writer *w, bool scaled)
{
	const struct craft_capable c = craft_capable();
	const struct craft_join j = craft_join(1);
	const uint8_t *const capable[] = { c.syn, c.synack, c.ack };
	const uint8_t *const join[] = { j.syn, j.synack, j.ack };
	uint32_t token = 0;

	memset(w, 0, sizeof(*w));
	packets_init(&w->trace.packets);
	w->trace.info.path = mem_strdup("window_probe");
	key_derive(1, CLIENT_KEY, &token, &w->idsn);
	open_subflow(w, 0, scaled, capable, (const uint8_t[]){ 4, 12, 20 });
	open_subflow(w, 1, scaled, join, (const uint8_t[]){ 12, 16, 24 });
}

/* Data bytes from "dsn" on, new to subflow k, in a mapping of "dll" bytes. */
static void send_data(struct writer *w, uint32_t k, int64_t dsn, uint32_t len,
		      uint16_t dll)
{
	uint8_t dss[18] = { 30, 18, 0x20, 0x0c };

	put(dss + 4, w->idsn + (uint64_t)dsn, 8);
	put(dss + 12, w->next[k], 4);
	put(dss + 16, dll, 2);
	send_packet(w, k, 0, TCP_ACK, len, OPEN, dss, sizeof(dss));
	w->next[k] += len;
}

/* The server has all data below "dsn", and room for so many units. */
static void acknowledge(struct writer *w, uint32_t k, int64_t dsn,
			uint16_t window)
{
	uint8_t dss[12] = { 30, 12, 0x20, 0x03 };

	put(dss + 4, w->idsn + (uint64_t)dsn, 8);
	send_packet(w, k, 1, TCP_ACK, 0, window, dss, sizeof(dss));
}

/* All that the window allowed was sent and acknowledged; the next is END. */
enum {
	END = LEN + 1
};

static void fill(struct writer *w)
{
	acknowledge(w, 0, 1, LEN / UNIT);
	send_data(w, 0, 1, LEN, LEN);
	acknowledge(w, 0, END, 0);
}

static void begin(struct writer *w)
{
	handshakes(w, true);
	fill(w);
}

/* What the packet that came last is. */
static enum piece_probe last_one(struct writer *w)
{
	const struct piece *last = NULL;
	enum piece_probe probe = PROBE_NOT;

	trace_build(&w->trace);
	assert_int_equal(w->trace.n_connections, 1);
	assert_int_equal(w->trace.connections[0].n_subflows, 2);
	ledger_init(&w->ledger);
	account_connection(&w->trace, w->trace.connections, &w->ledger);
	last = &w->ledger.pieces[w->ledger.n_pieces - 1];
	assert_int_equal(last->packet, w->trace.packets.n - 1);
	probe = (enum piece_probe)last->probe;
	ledger_release(&w->ledger);
	trace_release(&w->trace);
	return probe;
}

static void assert_last(struct writer *w, enum piece_probe wanted)
{
	assert_int_equal(last_one(w), wanted);
}

/* On whatever subflow, once or more, and whoever says that the window is shut.
 */
static void while_it_is_shut(void **state)
{
	struct writer w;

	(void)state;
	for (uint32_t k = 0; k < 2; k++) {
		begin(&w);
		send_data(&w, k, END - 1, 1, 1);
		assert_last(&w, PROBE_OF_WINDOW);
		begin(&w);
		send_data(&w, 0, END - 1, 1, 1);
		acknowledge(&w, 1, END, 0);
		send_data(&w, k, END - 1, 1, 1);
		assert_last(&w, PROBE_OF_WINDOW);
	}
}

/* One number below or above, two bytes, a longer mapping. */
static void what_has_another_shape(void **state)
{
	static const struct {
		int64_t dsn;
		uint32_t len;
		uint16_t dll;
	} others[] = { { END - 2, 1, 1 },
		       { END, 1, 1 },
		       { END - 1, 1, 2 },
		       { END - 2, 2, 2 },
		       { END - 1, 2, 2 } };
	struct writer w;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		begin(&w);
		send_data(&w, 1, others[i].dsn, others[i].len, others[i].dll);
		assert_last(&w, PROBE_NOT);
	}
}

/* The window has room, by the least, by any window that was announced, on any
   subflow; or data is on the way. */
static void while_it_is_open(void **state)
{
	struct writer w;

	(void)state;
	handshakes(&w, true);
	acknowledge(&w, 0, 1, LEN / UNIT);
	send_data(&w, 0, 1, LEN, LEN);
	acknowledge(&w, 0, END, 1);
	send_data(&w, 0, END - 1, 1, 1);
	assert_last(&w, PROBE_NOT);
	/* it had room, and shrank */
	handshakes(&w, true);
	acknowledge(&w, 1, 1, LEN / UNIT + 1);
	fill(&w);
	send_data(&w, 0, END - 1, 1, 1);
	assert_last(&w, PROBE_NOT);
	/* not all is acknowledged */
	handshakes(&w, true);
	acknowledge(&w, 0, 1, LEN / UNIT);
	send_data(&w, 0, 1, LEN, LEN);
	acknowledge(&w, 0, END - 1, 0);
	send_data(&w, 0, END - 2, 1, 1);
	assert_last(&w, PROBE_NOT);
}

/* TCP may have held it back since: until its subflow carries something new. */
static void after_it_opened(void **state)
{
	struct writer w;

	(void)state;
	for (uint32_t k = 0; k < 2; k++) {
		begin(&w);
		acknowledge(&w, 0, END, OPEN);
		send_data(&w, k, END - 1, 1, 1);
		assert_last(&w, PROBE_OF_WINDOW);
		begin(&w);
		acknowledge(&w, 0, END, OPEN);
		send_data(&w, 0, END, LEN, LEN);
		acknowledge(&w, 0, END + LEN, OPEN);
		send_data(&w, k, END - 1, 1, 1);
		assert_last(&w, k ? PROBE_OF_WINDOW : PROBE_NOT);
	}
	/* shut again elsewhere: the one of before may still wait */
	begin(&w);
	acknowledge(&w, 0, END, LEN / UNIT);
	send_data(&w, 0, END, LEN, LEN);
	acknowledge(&w, 0, END + LEN, 0);
	send_data(&w, 1, END - 1, 1, 1);
	assert_last(&w, PROBE_OF_WINDOW);
	begin(&w);
	acknowledge(&w, 0, END, LEN / UNIT);
	send_data(&w, 0, END, LEN, LEN);
	acknowledge(&w, 0, END + LEN, 0);
	send_data(&w, 0, END + LEN - 1, 1, 1);
	assert_last(&w, PROBE_OF_WINDOW);
}

/* Its own bytes again are TCP's doing, and another probe follows it. */
static void sent_again_by_tcp(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	send_data(&w, 0, END - 1, 1, 1);
	w.next[0]--;
	send_data(&w, 0, END - 1, 1, 1);
	assert_last(&w, PROBE_AGAIN);
	begin(&w);
	send_data(&w, 0, END - 1, 1, 1);
	w.next[0]--;
	send_data(&w, 0, END - 1, 1, 1);
	acknowledge(&w, 0, END, OPEN);
	send_data(&w, 0, END - 1, 1, 1);
	assert_last(&w, PROBE_OF_WINDOW);
}

/* Without a scale, no room is no room, and some is some. */
static void without_a_scale(void **state)
{
	struct writer w;

	(void)state;
	handshakes(&w, false);
	send_data(&w, 0, 1, LEN, LEN);
	acknowledge(&w, 0, END, 0);
	send_data(&w, 0, END - 1, 1, 1);
	assert_last(&w, PROBE_OF_WINDOW);
	handshakes(&w, false);
	send_data(&w, 0, 1, LEN, LEN);
	acknowledge(&w, 0, END, 1);
	send_data(&w, 0, END - 1, 1, 1);
	assert_last(&w, PROBE_NOT);
}

/* Nobody knows of a window before the first DATA_ACK. */
static void without_acknowledgments(void **state)
{
	struct writer w;

	(void)state;
	handshakes(&w, true);
	send_data(&w, 0, 1, LEN, LEN);
	send_data(&w, 1, END - 1, 1, 1);
	assert_last(&w, PROBE_POSSIBLE);
	handshakes(&w, true);
	send_data(&w, 0, 1, LEN, LEN);
	send_data(&w, 1, END - 2, 1, 1);
	assert_last(&w, PROBE_NOT);
	handshakes(&w, true);
	send_data(&w, 0, 1, 1, 1); /* the first byte of all */
	assert_last(&w, PROBE_NOT);
}

/* Its byte has the class of its number, and all add up. */
static void its_class(void **state)
{
	struct writer w;

	(void)state;
	for (uint32_t k = 0; k < 2; k++) {
		const struct byte_counts *bytes = NULL;

		begin(&w);
		send_data(&w, k, END - 1, 1, 1);
		trace_build(&w.trace);
		account_all(&w.trace);
		bytes = &w.trace.connections[0].bytes[TO_SERVER];
		assert_int_equal(bytes->sent, LEN + 1);
		assert_int_equal(bytes->of[BYTES_UNIQUE], LEN);
		assert_int_equal(bytes->of[BYTES_MPTCP_REPEATED], !k);
		assert_int_equal(bytes->of[BYTES_REINJECTED], k);
		trace_release(&w.trace);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(while_it_is_shut),
		cmocka_unit_test(what_has_another_shape),
		cmocka_unit_test(while_it_is_open),
		cmocka_unit_test(after_it_opened),
		cmocka_unit_test(sent_again_by_tcp),
		cmocka_unit_test(without_a_scale),
		cmocka_unit_test(without_acknowledgments),
		cmocka_unit_test(its_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
