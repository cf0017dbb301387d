/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows that another thread takes: all of them, in their order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "cache/row_queue.h"

struct taker {
	uint32_t n;	 /* rows taken */
	uint32_t slow;	 /* it pauses at each multiple of this; 0: never */
	bool wrong;	 /* a row came that is not the next one, or not whole */
	pthread_t maker; /* who puts them */
	bool same;	 /* thread */
	atomic_uint taken;
};

static void pause_a_little(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 100000 }, NULL);
}

/* All of the row follows from its number. */
static struct row row_of(uint32_t number)
{
	struct row row;

	memset(&row, (int)(number * 31 & 0xff), sizeof(row));
	row.frame = number;
	return row;
}

static void take(void *ctx, const struct row *row)
{
	struct taker *t = ctx;
	const struct row wanted = row_of(t->n + 1);

	t->wrong |= memcmp(row, &wanted, sizeof(wanted)) != 0;
	t->same |= pthread_equal(pthread_self(), t->maker) != 0;
	t->n++;
	atomic_store(&t->taken, t->n);
	if (t->slow && t->n % t->slow == 0)
		pause_a_little();
}

static void put_some(uint32_t n, uint32_t slow_taker, uint32_t slow_maker)
{
	struct taker t = { .slow = slow_taker, .maker = pthread_self() };
	struct row_queue *q = row_queue_start(take, &t);

	assert_non_null(q);
	for (uint32_t i = 1; i <= n; i++) {
		struct row row = row_of(i);

		row_queue_put(q, &row);
		memset(&row, 0, sizeof(row)); /* it was copied */
		/* Some hundred rows wait, not more. */
		assert_true(i - atomic_load(&t.taken) <= 2000);
		if (slow_maker && i % slow_maker == 0)
			pause_a_little();
	}
	row_queue_end(q);
	assert_int_equal(t.n, n);
	assert_false(t.wrong);
	assert_false(t.same);
}

static void any_number(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 20; n++)
		put_some(n, 0, 0);
	for (uint32_t n = 250; n < 1300; n += 3)
		put_some(n, 0, 0);
	put_some(256, 0, 0);
	put_some(1024, 0, 0);
	put_some(300000, 0, 0);
}

static void slow_taker(void **state)
{
	(void)state;
	put_some(5000, 50, 0);
	put_some(1024, 10, 0);
}

static void slow_maker(void **state)
{
	(void)state;
	put_some(20000, 0, 200);
}

static void both_slow(void **state)
{
	(void)state;
	put_some(20000, 300, 170);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_number),
		cmocka_unit_test(slow_taker),
		cmocka_unit_test(slow_maker),
		cmocka_unit_test(both_slow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
