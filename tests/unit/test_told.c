/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which events were reported, of which so many are remembered (told.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "craft.h"
#include "live/told.h"

enum {
	REMEMBERED = 1 << 16 /* at most; half of them at least */
};

struct fixture {
	struct trace trace;
	const struct connection *conn;
	size_t told;
	struct telling how;
	struct timeline line;
	struct event event;
};

static void count(void *ctx, const struct trace *trace,
		  const struct connection *conn, const struct event *event)
{
	struct fixture *f = ctx;

	assert_ptr_equal(trace, &f->trace);
	assert_ptr_equal(conn, f->conn);
	assert_ptr_equal(event, &f->event);
	f->told++;
}

static void begin(struct fixture *f)
{
	const struct craft_capable o = craft_capable();

	*f = (struct fixture){ .told = 0 };
	packets_init(&f->trace.packets);
	craft_packet(&f->trace.packets, 0, 0, 0, TCP_SYN, 0, 0, 0, o.syn,
		     sizeof(o.syn));
	craft_packet(&f->trace.packets, 0, 0, 1, TCP_SYN | TCP_ACK, 0, 1, 0,
		     o.synack, sizeof(o.synack));
	craft_packet(&f->trace.packets, 0, 0, 0, TCP_ACK, 1, 1, 0, o.ack,
		     sizeof(o.ack));
	trace_build(&f->trace);
	assert_int_equal(f->trace.n_connections, 1);
	f->conn = f->trace.connections;
	f->event = (struct event){ .kind = EVENT_ADD_ADDR };
	f->line = (struct timeline){ .events = &f->event, .n = 1 };
	f->how = (struct telling){ &f->trace, INT64_MAX, count, f };
}

static void end(struct fixture *f, struct told *told)
{
	told_release(told);
	trace_release(&f->trace);
}

/* Whether the event of this frame is reported. */
static bool tells(struct fixture *f, struct told *told, uint32_t frame)
{
	const size_t before = f->told;

	f->trace.packets.frame[0] = frame;
	assert_false(told_tell(told, &f->how, f->conn, &f->line));
	return f->told > before;
}

static void reports_each_event_once(void **state)
{
	struct told told = { .all = NULL };
	struct fixture f;

	(void)state;
	begin(&f);
	assert_true(tells(&f, &told, 1));
	assert_true(tells(&f, &told, 2));
	assert_false(tells(&f, &told, 1));
	f.event.from = 1;
	assert_true(tells(&f, &told, 1));
	end(&f, &told);
}

static void holds_back_what_is_later(void **state)
{
	struct told told = { .all = NULL };
	struct fixture f;

	(void)state;
	begin(&f);
	f.event.time = 5;
	f.how.until = 4;
	assert_true(told_tell(&told, &f.how, f.conn, &f.line));
	assert_int_equal(f.told, 0);
	f.how.until = 5;
	assert_true(tells(&f, &told, 1));
	end(&f, &told);
}

static void forgets_the_oldest(void **state)
{
	struct told told = { .all = NULL };
	struct fixture f;

	(void)state;
	begin(&f);
	for (uint32_t frame = 1; frame <= REMEMBERED; frame++)
		assert_true(tells(&f, &told, frame));
	assert_false(tells(&f, &told, 1));
	assert_true(tells(&f, &told, REMEMBERED + 1));
	for (uint32_t frame = REMEMBERED / 2 + 2; frame <= REMEMBERED + 1;
	     frame++)
		assert_false(tells(&f, &told, frame));
	assert_true(tells(&f, &told, 1));
	end(&f, &told);
}

static void joins_what_two_remember(void **state)
{
	struct told one = { .all = NULL }, other = { .all = NULL };
	struct fixture f;

	(void)state;
	begin(&f);
	for (uint32_t frame = 1; frame <= 2; frame++)
		assert_true(tells(&f, &one, frame));
	for (uint32_t frame = 2; frame <= 3; frame++)
		assert_true(tells(&f, &other, frame));
	told_join(&one, &other);
	assert_null(other.all);
	for (uint32_t frame = 1; frame <= 3; frame++)
		assert_false(tells(&f, &one, frame));
	assert_true(tells(&f, &one, 4));
	end(&f, &one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_each_event_once),
		cmocka_unit_test(holds_back_what_is_later),
		cmocka_unit_test(forgets_the_oldest),
		cmocka_unit_test(joins_what_two_remember)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
