/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stalls and handovers: what is one, what is none (timeline.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "craft.h"
#include "events/timeline.h"
#include "model/account.h"
#include "model/key.h"

enum {
	SUBFLOWS = 2,
	SEGMENT = 100, /* bytes */
	RTT = 20,      /* ms, of handshakes */
	STEP = 50,     /* ms between segments of a subflow ... */
	DELAY = 60     /* ... and until they are acknowledged */
};

/* Writes a connection with two subflows; the client sends data. */
struct writer {
	struct trace trace;
	struct ledger ledger;
	struct timeline line;
	uint64_t idsn;		 /* of the client */
	uint32_t next[SUBFLOWS]; /* subflow byte, 1 = first */
	int64_t dsn;		 /* data byte */
	int64_t hole;		 /* what the server waits for; 0: for all */
	int at_server;		 /* captured there, not at the client */
};

static void open_initial(struct writer *w)
{
	const struct craft_capable o = craft_capable();

	craft_packet(&w->trace.packets, 0, 0, 0, TCP_SYN, 0, 0, 0, o.syn,
		     sizeof(o.syn));
	craft_packet(&w->trace.packets, w->at_server ? 0 : RTT, 0, 1,
		     TCP_SYN | TCP_ACK, 0, 1, 0, o.synack, sizeof(o.synack));
	craft_packet(&w->trace.packets, RTT, 0, 0, TCP_ACK, 1, 1, 0, o.ack,
		     sizeof(o.ack));
}

static void open_join(struct writer *w)
{
	const struct craft_join o = craft_join(1);

	craft_packet(&w->trace.packets, RTT, 1, 0, TCP_SYN, 0, 0, 0, o.syn,
		     sizeof(o.syn));
	craft_packet(&w->trace.packets, w->at_server ? RTT : 2 * RTT, 1, 1,
		     TCP_SYN | TCP_ACK, 0, 1, 0, o.synack, sizeof(o.synack));
	craft_packet(&w->trace.packets, 2 * RTT, 1, 0, TCP_ACK, 1, 1, 0, o.ack,
		     sizeof(o.ack));
}

static void begin_at(struct writer *w, int at_server)
{
	uint32_t token = 0;

	memset(w, 0, sizeof(*w));
	w->at_server = at_server;
	packets_init(&w->trace.packets);
	key_derive(1, CLIENT_KEY, &token, &w->idsn);
	w->next[0] = w->next[1] = 1;
	w->dsn = 1;
	open_initial(w);
	open_join(w);
}

static void begin(struct writer *w)
{
	begin_at(w, 0);
}

/* Data dsn at the subflow's byte ssn. */
static void send_segment(struct writer *w, int64_t ms, uint32_t k, uint32_t ssn,
			 int64_t dsn)
{
	uint8_t dss[18] = { 30, 18, 0x20, 0x0c };

	put(dss + 4, w->idsn + (uint64_t)dsn, 8);
	put(dss + 12, ssn, 4);
	put(dss + 16, SEGMENT, 2);
	craft_packet(&w->trace.packets, ms, k, 0, TCP_ACK, ssn, 1, SEGMENT, dss,
		     sizeof(dss));
}

static void send_mapped(struct writer *w, int64_t ms, uint32_t k, int64_t dsn)
{
	send_segment(w, ms, k, w->next[k], dsn);
	w->next[k] += SEGMENT;
}

/* The next SEGMENT of new data. */
static void send_new(struct writer *w, int64_t ms, uint32_t k)
{
	send_mapped(w, ms, k, w->dsn);
	w->dsn += SEGMENT;
}

/* The subflow's bytes below ssn, beyond them those of a SACK if there are any;
   and all data up to the hole, if there is one. */
static void acknowledge_to(struct writer *w, int64_t ms, uint32_t k,
			   uint32_t ssn, uint32_t sack_from, uint32_t sack_to)
{
	uint8_t options[20] = { 30, 8, 0x20, 0x01, 0, 0, 0, 0, 1, 1, 5, 10 };

	put(options + 4, w->idsn + (uint64_t)(w->hole ? w->hole : w->dsn), 4);
	put(options + 12, sack_from, 4);
	put(options + 16, sack_to, 4);
	craft_packet(&w->trace.packets, ms, k, 1, TCP_ACK, 1, ssn, 0, options,
		     sack_to ? sizeof(options) : 8);
}

/* All that the subflow carried so far. */
static void acknowledge(struct writer *w, int64_t ms, uint32_t k)
{
	acknowledge_to(w, ms, k, w->next[k], 0, 0);
}

static void send_priority(struct writer *w, int64_t ms, uint32_t k, int backup)
{
	uint8_t prio[3] = { 30, 3, (uint8_t)(0x50 | backup) };

	craft_packet(&w->trace.packets, ms, k, 0, TCP_ACK, w->next[k], 1, 0,
		     prio, sizeof(prio));
}

static void send_close(struct writer *w, int64_t ms, uint32_t k, uint16_t flag)
{
	craft_packet(&w->trace.packets, ms, k, 0, flag | TCP_ACK, w->next[k], 1,
		     0, NULL, 0);
}

/* A segment on "a" each STEP, and on the other, if both, a little later. */
static void traffic(struct writer *w, int64_t from, int64_t to, uint32_t a,
		    int both)
{
	for (int64_t ms = from; ms < to; ms += STEP) {
		send_new(w, ms, a);
		if (both)
			send_new(w, ms + 1, !a);
		acknowledge(w, ms + DELAY, a);
		if (both)
			acknowledge(w, ms + DELAY + 1, !a);
	}
}

/* How many events of a kind there are; *first: the first. */
static size_t count(const struct writer *w, enum event_kind kind,
		    const struct event **first)
{
	size_t n = 0;

	for (size_t i = 0; i < w->line.n; i++) {
		if (w->line.events[i].kind != kind)
			continue;
		if (first && !n)
			*first = &w->line.events[i];
		n++;
	}
	return n;
}

static void read_all(struct writer *w)
{
	trace_build(&w->trace);
	assert_int_equal(w->trace.n_connections, 1);
	assert_int_equal(w->trace.connections[0].n_subflows, SUBFLOWS);
	assert_int_equal(w->trace.connections[0].state, CONN_ESTABLISHED);
	ledger_init(&w->ledger);
	account_connection(&w->trace, w->trace.connections, &w->ledger);
	timeline_make(&w->line, &w->trace, w->trace.connections, &w->ledger);
	for (size_t i = 1; i < w->line.n; i++)
		assert_true(w->line.events[i - 1].time <=
			    w->line.events[i].time);
	assert_int_equal(count(w, EVENT_CONNECTION_ESTABLISHED, NULL), 1);
	assert_int_equal(count(w, EVENT_JOIN_ESTABLISHED, NULL), 1);
}

static void end(struct writer *w)
{
	timeline_release(&w->line);
	ledger_release(&w->ledger);
	trace_release(&w->trace);
}

static void no_handover(struct writer *w, size_t stalls)
{
	read_all(w);
	assert_int_equal(count(w, EVENT_HANDOVER, NULL), 0);
	assert_int_equal(count(w, EVENT_STALLED, NULL), stalls);
	end(w);
}

/* One, from subflow 1 to 0, at that time. */
static const struct event *one_handover(struct writer *w, int64_t ms)
{
	const struct event *e = NULL;

	read_all(w);
	assert_int_equal(count(w, EVENT_HANDOVER, &e), 1);
	assert_int_equal(e->from, 0);
	assert_int_equal(e->other, 1);
	assert_int_equal(e->subflow, 0);
	assert_int_equal(e->time, ms * 1000000);
	return e;
}

static void test_striping(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 6000, 0, 1);
	no_handover(&w, 0);
}

/* One ends before the other, but not by long; then both are closed. */
static void test_end_of_transfer(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 3000, 0, 1);
	traffic(&w, 3000, 4900, 0, 0);
	send_close(&w, 5000, 0, TCP_FIN);
	send_close(&w, 5000, 1, TCP_FIN);
	no_handover(&w, 0);
}

static void test_idle(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 1000, 0, 1);
	traffic(&w, 20000, 21000, 1, 1);
	traffic(&w, 40000, 41000, 0, 1);
	no_handover(&w, 0);
}

/* A subflow that carries one segment of 20 is not what is left. */
static void test_minor_subflow(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	for (int64_t ms = 100; ms < 3000; ms += 1000) {
		traffic(&w, ms, ms + 990, 0, 0);
		send_new(&w, ms + 995, 1);
		acknowledge(&w, ms + 996, 1);
	}
	traffic(&w, 3100, 9000, 0, 0);
	no_handover(&w, 0);
}

/*
 * Subflow 1 loses what it sends at 2000 and 2010; its last packet that arrived
 * was sent at 1951.  Subflow 0 goes on.
 */
static int64_t lose(struct writer *w)
{
	int64_t lost = 0;

	begin(w);
	traffic(w, 100, 2000, 0, 1);
	w->hole = lost = w->dsn;
	send_new(w, 2000, 1);
	send_new(w, 2010, 1);
	traffic(w, 2005, 2500, 0, 0);
	return lost;
}

/* Subflow 0 sends it again from "ms" on, and goes on. */
static void send_lost(struct writer *w, int64_t ms, int64_t lost, int segments)
{
	for (int i = 0; i < segments; i++) {
		send_mapped(w, ms, 0, lost + (int64_t)i * SEGMENT);
		w->hole += SEGMENT;
		acknowledge(w, ms + RTT, 0);
		ms += RTT + 10;
	}
	w->hole = 0;
	traffic(w, ms + 10, 4000, 0, 0);
}

static const struct event *forced(struct writer *w, int64_t ms, int64_t gap,
				  uint64_t bytes)
{
	const struct event *e = one_handover(w, ms);

	assert_true(e->has & EVENT_HAS_FORCED);
	assert_true(e->forced);
	assert_int_equal(e->gap, gap * 1000000);
	assert_int_equal(e->bytes, bytes);
	return e;
}

static const struct event *voluntary(struct writer *w, int64_t ms, int64_t gap)
{
	const struct event *e = one_handover(w, ms);

	assert_true(e->has & EVENT_HAS_FORCED);
	assert_false(e->forced);
	assert_int_equal(e->gap, gap * 1000000);
	assert_int_equal(e->bytes, 0);
	return e;
}

static void test_stall(void **state)
{
	const struct event *e = NULL;
	struct writer w;
	int64_t lost = lose(&w);

	(void)state;
	send_lost(&w, 2500, lost, 2);
	e = forced(&w, 2500, 2500 - 1951, 2 * SEGMENT);
	assert_int_equal(e->dsn, lost);
	assert_true(e->has & EVENT_HAS_ACKED);
	assert_int_equal(e->acked, lost);
	assert_int_equal(count(&w, EVENT_STALLED, &e), 1);
	assert_int_equal(e->subflow, 1);
	assert_int_equal(e->time, 2011 * (int64_t)1000000);
	assert_int_equal(e->bytes, 2 * SEGMENT);
	assert_int_equal(count(&w, EVENT_RECOVERED, NULL), 0);
	end(&w);
}

/* A tail loss probe brings new data, to nobody; it may be behind the first data
   that the other subflow sends again. */
static void test_probe_new(void **state)
{
	static const int64_t probe[] = { 2060, 2501 };
	struct writer w;
	int64_t lost = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(&w);
		traffic(&w, 100, 2000, 0, 1);
		w.hole = lost = w.dsn;
		send_new(&w, 2000, 1);
		send_new(&w, 2010, 1);
		send_new(&w, probe[i], 1);
		traffic(&w, 2005, 2500, 0, 0);
		send_lost(&w, 2500, lost, 3);
		forced(&w, 2500, 2500 - 1951, 3 * SEGMENT);
		end(&w);
	}
}

/*
 * Nor do repetitions prove anything: that of 2550 is followed by the DATA_ACK
 * for the same data, which subflow 0 had brought.
 */
static void test_probe_again(void **state)
{
	struct writer w;
	int64_t lost = lose(&w);

	(void)state;
	send_segment(&w, 2501, 1, w.next[1] - 2 * SEGMENT, lost);
	send_mapped(&w, 2510, 0, lost);
	send_segment(&w, 2520, 1, w.next[1] - 2 * SEGMENT, lost);
	w.hole += SEGMENT;
	acknowledge(&w, 2530, 0);
	send_lost(&w, 2540, lost + SEGMENT, 1);
	forced(&w, 2510, 2510 - 1951, 2 * SEGMENT);
	end(&w);
}

/* What comes back with the path proves nothing of the time before. */
static void test_back_after_failure(void **state)
{
	struct writer w;
	int64_t lost = lose(&w);

	(void)state;
	send_lost(&w, 2500, lost, 2);
	send_segment(&w, 4010, 1, w.next[1] - 2 * SEGMENT, lost);
	acknowledge(&w, 4030, 1);
	traffic(&w, 4100, 6000, 1, 1);
	forced(&w, 2500, 2500 - 1951, 2 * SEGMENT);
	assert_int_equal(count(&w, EVENT_RECOVERED, NULL), 1);
	end(&w);
}

/* Of what was lost, half had arrived: only the ACK of the subflow was lost. */
static void test_data_ack_covered(void **state)
{
	struct writer w;
	int64_t lost = lose(&w);

	(void)state;
	w.hole += SEGMENT;
	acknowledge(&w, 2499, 0); /* proves that the packet of 2000 came */
	send_mapped(&w, 2500, 0, lost);
	acknowledge(&w, 2520, 0);
	send_lost(&w, 2530, lost + SEGMENT, 1);
	forced(&w, 2500, 2500 - 2000, SEGMENT);
	end(&w);
}

/*
 * A DATA_ACK or a SACK is as good as the subflow's ACK: one segment of subflow
 * 1 is lost and lost again, what follows arrives.
 */
static void test_effective(void **state)
{
	struct writer w;

	(void)state;
	for (int sack = 0; sack < 2; sack++) {
		uint32_t stuck = 0;

		begin(&w);
		traffic(&w, 100, 2000, 0, 1);
		stuck = w.next[1];
		w.hole = sack ? w.dsn : 0;
		send_new(&w, 2000, 1);
		for (int64_t ms = 2050; ms < 3500; ms += STEP) {
			send_new(&w, ms, 1);
			if (sack)
				acknowledge_to(&w, ms + RTT, 1, stuck,
					       stuck + SEGMENT, w.next[1]);
			send_new(&w, ms + 1, 0);
			acknowledge(&w, ms + RTT + 1, 0);
		}
		send_mapped(&w, 3500, 0, w.hole ? w.hole : w.dsn - SEGMENT);
		acknowledge(&w, 3520, 0);
		send_segment(&w, 3530, 1, stuck,
			     (int64_t)stuck * 2 - SEGMENT - 1);
		w.hole = 0;
		acknowledge(&w, 3550, 1);
		read_all(&w);
		assert_int_equal(count(&w, EVENT_HANDOVER, NULL), 0);
		end(&w);
	}
}

/* Nothing is acknowledged anywhere: both stall.  Then one comes back. */
static void test_all_dead(void **state)
{
	const struct event *e = NULL;
	struct writer w;
	int64_t lost = 0;

	(void)state;
	for (int again = 0; again < 2; again++) {
		begin(&w);
		traffic(&w, 100, 2000, 0, 1);
		w.hole = lost = w.dsn;
		send_new(&w, 2000, 1);
		send_new(&w, 2001, 0);
		send_mapped(&w, 2500, 0, lost); /* is lost, too */
		if (again) {			/* what 1 had comes by 0 */
			send_segment(&w, 5500, 0, w.next[0] - 2 * SEGMENT,
				     lost + SEGMENT);
			send_segment(&w, 5510, 0, w.next[0] - SEGMENT, lost);
			w.hole = 0;
			acknowledge(&w, 5530, 0);
			forced(&w, 5510, 5510 - 1951, SEGMENT);
		} else { /* 1 brings it itself, as 0 does */
			send_segment(&w, 5500, 1, w.next[1] - SEGMENT, lost);
			acknowledge(&w, 5520, 1);
			send_segment(&w, 5530, 0, w.next[0] - 2 * SEGMENT,
				     lost + SEGMENT);
			send_segment(&w, 5531, 0, w.next[0] - SEGMENT, lost);
			w.hole = 0;
			acknowledge(&w, 5550, 0);
			read_all(&w);
			assert_int_equal(count(&w, EVENT_HANDOVER, NULL), 0);
			assert_int_equal(count(&w, EVENT_RECOVERED, NULL), 2);
		}
		assert_int_equal(count(&w, EVENT_STALLED, &e), 2);
		end(&w);
	}
}

/* New data is enough where the other subflow was silent. */
static void test_silent_takes_over(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 2000, 1, 0);
	w.hole = w.dsn;
	send_new(&w, 2000, 1);
	send_new(&w, 2300, 0);
	acknowledge(&w, 2320, 0);
	send_new(&w, 2330, 0);
	acknowledge(&w, 2350, 0);
	traffic(&w, 2400, 4000, 0, 0);
	forced(&w, 2300, 2300 - 1950, 0);
	end(&w);
	/* an active one must bring what was outstanding */
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	w.hole = w.dsn;
	send_new(&w, 2000, 1);
	traffic(&w, 2001, 4000, 0, 0);
	no_handover(&w, 1);
}

/* A second is not enough, unless the data is all that is left. */
static void test_failure_is_long(void **state)
{
	struct writer w;
	int64_t lost = 0;

	(void)state;
	for (int for_good = 0; for_good < 2; for_good++) {
		lost = lose(&w);
		w.hole = lost;
		send_mapped(&w, 2500, 0, lost);
		send_mapped(&w, 2501, 0, lost + SEGMENT);
		if (!for_good) { /* effective within the second */
			send_segment(&w, 2900, 1, w.next[1] - 2 * SEGMENT,
				     lost);
			acknowledge(&w, 2920, 1);
		}
		w.hole = 0;
		acknowledge(&w, 2925, 0);
		if (for_good)
			forced(&w, 2500, 2500 - 1951, 2 * SEGMENT);
		else {
			read_all(&w);
			assert_int_equal(count(&w, EVENT_HANDOVER, NULL), 0);
		}
		end(&w);
	}
}

/* The capture ends while data is under way: that is no failure. */
static void test_cut_off(void **state)
{
	struct writer w;
	int64_t lost = lose(&w);

	(void)state;
	send_mapped(&w, 2500, 0, lost);
	w.hole += SEGMENT;
	acknowledge(&w, 2520, 0);
	no_handover(&w, 0);
}

/* A stall that ends is no handover where there is nothing else to go to. */
static void test_recovered(void **state)
{
	const struct event *e = NULL;
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 1000, 0, 0);
	send_new(&w, 1000, 0);
	acknowledge(&w, 2500, 0);
	traffic(&w, 2600, 3000, 0, 0);
	read_all(&w);
	assert_int_equal(count(&w, EVENT_HANDOVER, NULL), 0);
	assert_int_equal(count(&w, EVENT_STALLED, &e), 1);
	assert_int_equal(e->gap, 1490 * (int64_t)1000000);
	assert_int_equal(count(&w, EVENT_RECOVERED, &e), 1);
	assert_int_equal(e->gap, 1490 * (int64_t)1000000);
	assert_int_equal(e->time, 2500 * (int64_t)1000000);
	end(&w);
}

/* Exactly a second is not too long. */
static void test_patience(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 900, 0, 0);
	send_new(&w, 1000, 0);
	acknowledge(&w, 2000, 0);
	no_handover(&w, 0);
	begin(&w);
	traffic(&w, 100, 900, 0, 0);
	send_new(&w, 1000, 0);
	acknowledge(&w, 2001, 0);
	no_handover(&w, 1);
}

static void test_backup(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	send_priority(&w, 2000, 1, 1);
	traffic(&w, 2010, 3100, 0, 0);
	voluntary(&w, 1951, 1);
	end(&w);
	/* for less than it had carried in a second */
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	send_priority(&w, 2000, 1, 1);
	traffic(&w, 2010, 2900, 0, 0);
	no_handover(&w, 0);
	/* regular again: that is no reason to leave it */
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	send_priority(&w, 2000, 1, 0);
	traffic(&w, 2010, 4000, 0, 0);
	no_handover(&w, 0);
	/* long before */
	begin(&w);
	traffic(&w, 100, 900, 1, 1);
	send_priority(&w, 900, 1, 1);
	traffic(&w, 910, 2000, 1, 1);
	traffic(&w, 2010, 4000, 0, 0);
	no_handover(&w, 0);
}

static void test_closed(void **state)
{
	static const uint16_t flags[] = { TCP_FIN, TCP_RST };
	struct writer w;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		begin(&w);
		traffic(&w, 100, 2000, 1, 1);
		send_close(&w, 2005, 1, flags[i]);
		traffic(&w, 2010, 3100, 0, 0);
		voluntary(&w, 1951, 1);
		end(&w);
		/* when all is over */
		begin(&w);
		traffic(&w, 100, 2000, 1, 1);
		traffic(&w, 2010, 2900, 0, 0);
		send_close(&w, 2910, 1, flags[i]);
		send_close(&w, 2910, 0, flags[i]);
		no_handover(&w, 0);
	}
}

/* Traffic that never left a subflow does not come to it. */
static void test_never_left(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	traffic(&w, 2010, 6000, 0, 0);
	no_handover(&w, 0);
	/* ... and back */
	begin(&w);
	traffic(&w, 100, 2000, 1, 1);
	traffic(&w, 2010, 5000, 0, 0);
	traffic(&w, 5000, 7000, 1, 1);
	no_handover(&w, 0);
	/* a little on the other */
	begin(&w);
	traffic(&w, 100, 3000, 0, 0);
	send_new(&w, 3000, 1);
	acknowledge(&w, 3020, 1);
	traffic(&w, 3001, 6000, 0, 0);
	send_priority(&w, 3030, 1, 1);
	no_handover(&w, 0);
}

/* All goes on on 1, later on 0, which overlaps: at the last packet of 1. */
static void test_scheduler(void **state)
{
	struct writer w;
	const struct event *e = NULL;

	(void)state;
	begin(&w);
	traffic(&w, 100, 2000, 0, 0);
	traffic(&w, 2000, 4000, 1, 0);
	traffic(&w, 4000, 4500, 1, 1);
	traffic(&w, 4500, 6000, 0, 0);
	read_all(&w);
	assert_int_equal(count(&w, EVENT_HANDOVER, &e), 2);
	assert_int_equal(e->subflow, 1);
	assert_int_equal(e->time, 2000 * (int64_t)1000000);
	assert_int_equal(e->gap, 50 * (int64_t)1000000);
	for (size_t i = 0; i < w.line.n; i++)
		if (w.line.events[i].kind == EVENT_HANDOVER)
			e = &w.line.events[i];
	assert_int_equal(e->subflow, 0);
	assert_int_equal(e->other, 1);
	assert_int_equal(e->time, 4451 * (int64_t)1000000);
	assert_false(e->forced);
	end(&w);
	/* to the end of the transfer, less than a second */
	begin(&w);
	traffic(&w, 100, 2000, 1, 0);
	traffic(&w, 2000, 2500, 1, 1);
	traffic(&w, 2500, 3010, 0, 0);
	voluntary(&w, 2451, 1);
	end(&w);
	/* it overlaps for longer than the patience: striping */
	begin(&w);
	traffic(&w, 100, 2000, 1, 0);
	traffic(&w, 2000, 3500, 1, 1);
	traffic(&w, 3500, 5000, 0, 0);
	no_handover(&w, 0);
}

/* Who goes on after a pause of the application took nothing over. */
static void test_pause_of_application(void **state)
{
	struct writer w;

	(void)state;
	begin(&w);
	traffic(&w, 100, 2000, 1, 0);
	traffic(&w, 2960, 5000, 0, 0); /* 1010 ms behind the last */
	no_handover(&w, 0);
	begin(&w);
	traffic(&w, 100, 2000, 1, 0);
	traffic(&w, 2950, 5000, 0, 0);
	voluntary(&w, 2950, 1000);
	end(&w);
}

static void unknown(struct writer *w, int64_t ms)
{
	const struct event *e = one_handover(w, ms);

	assert_false(e->has & (EVENT_HAS_FORCED | EVENT_HAS_GAP |
			       EVENT_HAS_BYTES | EVENT_HAS_ACKED));
	end(w);
}

/* The receiver sees that one is silent, and what comes by the other. */
static void test_receiver(void **state)
{
	struct writer w;
	int64_t gone = 0;

	(void)state;
	/* subflow 1 was used alone, 0 takes over */
	begin_at(&w, 1);
	traffic(&w, 100, 2000, 1, 0);
	traffic(&w, 2300, 5000, 0, 0);
	unknown(&w, 2300);
	/* both were: data that 1 lost comes on 0, which was beyond it */
	begin_at(&w, 1);
	traffic(&w, 100, 2000, 0, 1);
	gone = w.dsn;
	w.dsn += SEGMENT;
	w.hole = gone;
	traffic(&w, 2000, 2500, 0, 0);
	w.hole = 0;
	send_mapped(&w, 2500, 0, gone);
	acknowledge(&w, 2501, 0);
	traffic(&w, 2550, 4000, 0, 0);
	unknown(&w, 2500);
	/* what 1 brought comes again */
	begin_at(&w, 1);
	traffic(&w, 100, 2000, 0, 1);
	traffic(&w, 2000, 2500, 0, 0);
	send_mapped(&w, 2500, 0, gone - SEGMENT);
	acknowledge(&w, 2501, 0);
	send_new(&w, 2502, 0);
	acknowledge(&w, 2503, 0);
	traffic(&w, 2550, 4000, 0, 0);
	unknown(&w, 2500);
	/* nothing shows it */
	begin_at(&w, 1);
	traffic(&w, 100, 2000, 0, 1);
	traffic(&w, 2000, 4000, 0, 0);
	no_handover(&w, 0);
}

/* What is said again is one event; what is said anew, another. */
static void test_said_again(void **state)
{
	struct writer w;
	const struct event *e = NULL;
	uint8_t fail[12] = { 30, 12, 0x60 };

	(void)state;
	begin(&w);
	send_new(&w, 30, 0);
	acknowledge(&w, 50, 0);
	put(fail + 4, w.idsn + 1, 8);
	for (int i = 0; i < 3; i++) {
		send_priority(&w, 60 + i, 1, 1);
		craft_packet(&w.trace.packets, 70 + i, 1, 1, TCP_ACK, 1,
			     w.next[1], 0, fail, sizeof(fail));
	}
	send_priority(&w, 80, 1, 0);
	put(fail + 4, w.idsn + 1 + SEGMENT, 8);
	craft_packet(&w.trace.packets, 90, 1, 1, TCP_ACK, 1, w.next[1], 0, fail,
		     sizeof(fail));
	trace_build(&w.trace);
	ledger_init(&w.ledger);
	account_connection(&w.trace, w.trace.connections, &w.ledger);
	timeline_make(&w.line, &w.trace, w.trace.connections, &w.ledger);
	assert_int_equal(count(&w, EVENT_PRIORITY, &e), 2);
	assert_int_equal(e->count, 3);
	assert_true(e->backup);
	assert_int_equal(count(&w, EVENT_MP_FAIL, &e), 2);
	assert_int_equal(e->count, 3);
	assert_int_equal(e->dsn, 1);
	end(&w);
}

static void test_names(void **state)
{
	(void)state;
	for (unsigned k = 0; k < EVENT_KINDS; k++) {
		const char *name = event_name((enum event_kind)k);

		assert_non_null(name);
		assert_int_equal(event_find(name, strlen(name)), k);
		assert_int_equal(event_find(name, strlen(name) - 1),
				 EVENT_KINDS);
	}
	assert_string_equal(reset_reason_name(3), "prohibited");
	assert_null(reset_reason_name(7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_striping),
		cmocka_unit_test(test_end_of_transfer),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_minor_subflow),
		cmocka_unit_test(test_stall),
		cmocka_unit_test(test_probe_new),
		cmocka_unit_test(test_probe_again),
		cmocka_unit_test(test_back_after_failure),
		cmocka_unit_test(test_data_ack_covered),
		cmocka_unit_test(test_effective),
		cmocka_unit_test(test_all_dead),
		cmocka_unit_test(test_silent_takes_over),
		cmocka_unit_test(test_failure_is_long),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_recovered),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_backup),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_never_left),
		cmocka_unit_test(test_scheduler),
		cmocka_unit_test(test_pause_of_application),
		cmocka_unit_test(test_receiver),
		cmocka_unit_test(test_said_again),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
