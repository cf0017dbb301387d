/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Options that are lost behind the handshake, and what only looks so.
 *
 * Packets are written as words, one millisecond each: who (C client, S server),
 * "d" with 100 bytes or "a" without, and the options:
 *	-  none			+  DSS: a DATA_ACK, the mapping of the data
 *	0  DSS of length 0	!  MP_FAIL	?  not captured
 *	t, 2, 3  none of MPTCP: time stamps; and two blocks of SACK; and three
 *	n  time stamps, and NOPs where a DSS was
 * Before it stand a number of times, "<" (acknowledges no more than the packet
 * before it) and ">" (the same data again); behind it "F" for a FIN.  "~": a
 * round trip passes; "J", "j": a subflow is established, or lacks its ACK; "k":
 * and has one more packet; "|": what is lost is lost from here on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/num.h"
#include "craft.h"
#include "model/key.h"
#include "model/trace.h"

enum {
	CLIENT = 0,
	SERVER = 1,
	CLIENT_ISN = 0xffffff00, /* wraps soon */
	SERVER_ISN = 7,
	LEN = 100,
	RTT = 20 /* ms, of the handshake */
};

struct writer {
	struct trace trace;
	uint32_t frame;
	uint32_t mark; /* where what is lost is lost from */
	int64_t ms;
	uint32_t sent[2], seen[2]; /* bytes: by the side, of the other side */
};

static void send_row(struct writer *w, uint32_t stream, int side,
		     unsigned flags, uint32_t seq, uint32_t ack, uint32_t len,
		     const uint8_t *options, size_t n)
{
	struct row row = { .present = ROW_HAS_TCP | ROW_HAS_ACK,
			   .frame = ++w->frame,
			   .time = ++w->ms * 1000000,
			   .stream = stream,
			   .flags = (uint16_t)flags,
			   .seq = seq,
			   .ack = ack,
			   .len = len };

	craft_row(&w->trace.packets, &row, side, (uint16_t)(4000 + stream), 80,
		  options, n);
}

static void handshake(struct writer *w)
{
	const struct craft_capable o = craft_capable();

	memset(w, 0, sizeof(*w));
	packets_init(&w->trace.packets);
	w->trace.info.path = mem_strdup("fallback");
	send_row(w, 0, CLIENT, TCP_SYN, CLIENT_ISN, 0, 0, o.syn, sizeof(o.syn));
	w->ms += RTT - 2;
	send_row(w, 0, SERVER, TCP_SYN | TCP_ACK, SERVER_ISN, CLIENT_ISN + 1, 0,
		 o.synack, sizeof(o.synack));
	send_row(w, 0, CLIENT, TCP_ACK, CLIENT_ISN + 1, SERVER_ISN + 1, 0,
		 o.ack, sizeof(o.ack));
}

static void join(struct writer *w, int whole)
{
	uint8_t syn[12] = { 30, 12, 0x10, 1 }, synack[16] = { 30, 16, 0x10, 9 },
		ack[24] = { 30, 24, 0x10 };
	uint32_t token = 0;
	uint64_t idsn = 0;

	key_derive(1, SERVER_KEY, &token, &idsn);
	put(syn + 4, token, 4);
	send_row(w, 1, CLIENT, TCP_SYN, 100, 0, 0, syn, sizeof(syn));
	send_row(w, 1, SERVER, TCP_SYN | TCP_ACK, 200, 101, 0, synack,
		 sizeof(synack));
	send_row(w, 1, CLIENT, TCP_ACK, 101, 201, 0, ack, whole ? 24 : 0);
}

#define SACK_BLOCK "0000000100000002"
#define TIMESTAMPS "0101080a0000000100000002"
#define NOPS_7 "01010101010101"

static size_t make_dss(const struct writer *w, int side, uint32_t len,
		       int infinite, uint8_t *o)
{
	int maps = len || infinite;
	const uint8_t head[4] = { 30, maps ? 18 : 8, 0x20, maps ? 5 : 1 };

	memcpy(o, head, sizeof(head));
	put(o + 4, 1 + w->seen[side], 4);
	put(o + 8, 1 + w->sent[side], 4);
	put(o + 12, 1 + w->sent[side], 4);
	put(o + 16, infinite ? 0 : len, 2);
	return head[1];
}

static size_t make_options(const struct writer *w, int side, uint32_t len,
			   char kind, uint8_t *o)
{
	const char *hex = "";

	switch (kind) {
	case '+':
	case '0': return make_dss(w, side, len, kind == '0', o);
	case '!': hex = "1e0c60000000000000000001"; break;
	case 't': hex = TIMESTAMPS; break;
	case '2': hex = TIMESTAMPS "01010512" SACK_BLOCK SACK_BLOCK; break;
	case '3':
		hex = TIMESTAMPS "0101051a" SACK_BLOCK SACK_BLOCK SACK_BLOCK;
		break;
	case 'n': hex = TIMESTAMPS NOPS_7 NOPS_7 NOPS_7 NOPS_7; break;
	default: assert_non_null(strchr("-?", kind));
	}
	return (size_t)num_hexbytes(hex, strlen(hex), o, ROW_OPTIONS_MAX);
}

/* One packet, and what stands before and behind its three letters. */
static void say(struct writer *w, const char *word, int blind, int again)
{
	static const uint32_t isn[2] = { CLIENT_ISN, SERVER_ISN };
	int side = word[0] == 'S';
	uint32_t len = word[1] == 'd' ? LEN : 0;
	uint8_t options[ROW_OPTIONS_MAX];
	size_t n = 0;

	if (!blind)
		w->seen[side] = w->sent[!side];
	if (again)
		w->sent[side] -= len;
	n = make_options(w, side, len, word[2], options);
	send_row(w, 0, side, TCP_ACK | (word[3] == 'F' ? TCP_FIN : 0),
		 isn[side] + 1 + w->sent[side], isn[!side] + 1 + w->seen[side],
		 len, options, n);
	if (word[2] == '?')
		w->trace.packets.mark[w->frame - 1] |= PACKET_OPTIONS_CUT;
	w->sent[side] += len;
}

static void play_word(struct writer *w, const char *word)
{
	char *end = NULL;
	long times = strtol(word, &end, 10);
	int blind = *end == '<', again = *end == '>';

	end += blind || again;
	if (*end == 'C' || *end == 'S') {
		for (long i = 0; i < times || i == 0; i++)
			say(w, end, blind, again);
		return;
	}
	switch (*end) {
	case '~': w->ms += RTT; break;
	case '|': w->mark = w->frame + 1; break;
	case 'J': join(w, 1); break;
	case 'j': join(w, 0); break;
	case 'k': send_row(w, 1, SERVER, TCP_ACK, 201, 101, 0, NULL, 0); break;
	default: fail_msg("no packet: %s", word);
	}
}

/* Before it both send data that is mapped and acknowledged. */
static void play(struct writer *w, const char *words)
{
	char *copy = mem_printf("Cd+ Sa+ Sd+ Ca+ | %s", words);
	char *rest = NULL;

	handshake(w);
	for (char *word = strtok_r(copy, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest))
		play_word(w, word);
	free(copy);
	trace_build(&w->trace);
	assert_int_equal(w->trace.n_connections, 1);
}

/* Packets, what it comes to, and the sides that lost their options (bits). */
struct story {
	const char *words;
	enum fallback_cause cause; /* FALLBACK_NONE: established */
	unsigned lost;
};

static void check_stories(const struct story *stories, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct story *story = &stories[i];
		const struct connection *c = NULL;
		struct writer w;

		play(&w, story->words);
		c = &w.trace.connections[0];
		if (c->cause != story->cause ||
		    c->state != (c->cause ? CONN_FALLBACK : CONN_ESTABLISHED) ||
		    (unsigned)(c->side[0].lost | c->side[1].lost << 1) !=
			    story->lost)
			fail_msg("%s: %s, cause %d, lost %d %d", story->words,
				 conn_state_name(c->state), (int)c->cause,
				 c->side[0].lost, c->side[1].lost);
		if (story->lost == 1 || story->lost == 2)
			assert_int_equal(c->side[story->lost - 1].lost_frame,
					 w.mark);
		trace_release(&w.trace);
	}
}

#define CHECK(stories)                                                         \
	check_stories(stories, sizeof(stories) / sizeof(*(stories)))

#define NONE FALLBACK_NONE
#define LOST FALLBACK_OPTIONS_LOST
#define ONE_WAY FALLBACK_OPTIONS_LOST_ONE_WAY
#define INFINITE FALLBACK_INFINITE_MAPPING

static void both_go_on_without(void **state)
{
	static const struct story stories[] = {
		{ "", NONE, 0 },
		{ "Cd- Sa-", LOST, 3 },
		{ "Sd- Cd-", LOST, 3 },
		/* the server never says anything again */
		{ "Cd-", LOST, 1 },
		/* what was mapped before is sent again; a byte of it is new */
		{ ">Cd- Sa-", NONE, 0 },
		{ ">Cd- Cd- Sa-", LOST, 3 },
		/* without data nothing has been lost */
		{ "Ca- Sa-", NONE, 0 },
	};

	(void)state;
	CHECK(stories);
}

/* The server speaks on, and cannot know yet that options are missing. */
static void options_on_their_way(void **state)
{
	static const struct story stories[] = {
		{ "Cd- 5<Sa+ Sa-", LOST, 3 },
		/* it acknowledges the byte without a mapping with options */
		{ "Cd- Sa+", NONE, 0 },
		{ "Cd- 5<Sa+ 2Sa+", NONE, 0 },
		{ "Cd- 5<Sa+ 3Sa+", ONE_WAY, 1 },
		{ "Cd- 5<Sa+ 3Sa+ Sa-", LOST, 3 },
	};

	(void)state;
	CHECK(stories);
}

/* The server acknowledges without options; the client maps what it sends. */
static void only_acknowledgments_without(void **state)
{
	static const struct story stories[] = {
		{ "3Sa- ~ 3Cd+", ONE_WAY, 2 },
		{ "2Sa- ~ 9Cd+", NONE, 0 },
		{ "9Sa- ~ 2Cd+", NONE, 0 },
		/* within a round trip it cannot know */
		{ "3Sa- 2Cd+ ~ 3Cd+", ONE_WAY, 2 },
		{ "3Sa- 9Cd+ ~ 2Cd+", NONE, 0 },
		/* an option among them: those before it were an accident */
		{ "2Sa- Sa+ 2Sa- ~ 9Cd+", NONE, 0 },
		{ "2Sa- Sa+ | 3Sa- ~ 9Cd+", ONE_WAY, 2 },
	};

	(void)state;
	CHECK(stories);
}

/* Behind a FIN the socket may be one that waits, without options. */
static void behind_a_fin(void **state)
{
	static const struct story stories[] = {
		{ "Ca+F Cd- 9Sa-", NONE, 0 },
		{ "Sa+F Cd- 9Sa-", NONE, 0 },
		{ "Ca-F Cd- 9Sa-", NONE, 0 },
		{ "Cd-F Sa-", NONE, 0 },
		{ "Cd- Sa- Ca-F Sa-", LOST, 3 },
		/* it counts as an acknowledgment where two were before */
		{ "2Sa- Sa-F ~ 3Cd+", ONE_WAY, 2 },
		{ "Sa- Sa-F ~ 3Cd+", NONE, 0 },
	};

	(void)state;
	CHECK(stories);
}

/* Where there is no room for a DATA_ACK, or it was not captured, none is
   missing. */
static void options_that_cannot_be_seen(void **state)
{
	static const struct story stories[] = {
		{ "5Sat ~ 5Cd+", ONE_WAY, 2 }, { "5Sa2 ~ 5Cd+", ONE_WAY, 2 },
		{ "5Sa3 ~ 5Cd+", NONE, 0 },    { "5San ~ 5Cd+", ONE_WAY, 2 },
		{ "Cd3 Sa-", NONE, 0 },	       { "Cd2 Sa-", LOST, 3 },
		{ "5Sa? ~ 5Cd+", NONE, 0 },    { "Cd? Sa-", NONE, 0 },
		{ "Cd- Sa- Ca?", NONE, 0 },    { "Cd- Sa- Cd?", NONE, 0 },
		{ "Cd? | Cd-", LOST, 1 },
	};

	(void)state;
	CHECK(stories);
}

static void another_subflow(void **state)
{
	static const struct story stories[] = {
		{ "J Cd- Sa- k", NONE, 0 },	   { "J Cd- k Sa-", NONE, 0 },
		{ "J Cd- Sa-", LOST, 3 },	   { "J k Cd- Sa-", LOST, 3 },
		{ "j Cd- Sa- k", LOST, 3 },	   { "3Sa- J ~ 3Cd+", NONE, 0 },
		{ "J | 3Sa- ~ 3Cd+", ONE_WAY, 2 },
	};

	(void)state;
	CHECK(stories);
}

static void a_checksum_failed(void **state)
{
	static const struct story stories[] = {
		{ "Sa!", NONE, 0 },
		{ "Sa! Cd- Sa-", FALLBACK_MP_FAIL, 3 },
		{ "Sa! | 3Sa- ~ 3Cd+", FALLBACK_MP_FAIL, 2 },
		{ "Sa! Cd0 Cd- Sa-", FALLBACK_MP_FAIL, 0 },
	};

	(void)state;
	CHECK(stories);
}

static void infinite_mappings(void **state)
{
	static const struct story stories[] = {
		{ "Cd0 Cd- Sa-", INFINITE, 0 },
		{ "Cd0", INFINITE, 0 },
		/* without data it maps none */
		{ "Ca0", NONE, 0 },
		{ "Ca0 Cd- Sa-", LOST, 3 },
		/* mappings go on: it was none; unless they are the other's */
		{ "Cd0 Cd+", NONE, 0 },
		{ "Cd0 Sd+", INFINITE, 0 },
		{ "Cd0 Ca+", INFINITE, 0 },
		{ "Cd0 Cd+ Cd0", INFINITE, 0 },
	};

	(void)state;
	CHECK(stories);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_go_on_without),
		cmocka_unit_test(options_on_their_way),
		cmocka_unit_test(only_acknowledgments_without),
		cmocka_unit_test(behind_a_fin),
		cmocka_unit_test(options_that_cannot_be_seen),
		cmocka_unit_test(another_subflow),
		cmocka_unit_test(a_checksum_failed),
		cmocka_unit_test(infinite_mappings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
