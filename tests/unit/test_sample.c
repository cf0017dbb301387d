/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which packets are shown to tshark: what is promised of them, packet by
 * packet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "read/sample.h"

enum {
	START = 100, /* where the capture begins in its file */
	HEADER = 16, /* of a record, before the bytes of the packet */
	LONGEST = 90
};

/* A capture of some packets, in a file, and what was shown of it. */
struct capture {
	uint32_t n;
	uint64_t *shapes; /* by number of the packet */
	uint64_t *at;	  /* of its record */
	bool *shown;	  /* when its turn came */
	uint8_t *late;	  /* how often at the end */
	struct source source;
};

static uint32_t random_below(uint32_t n)
{
	static uint32_t seed = 5;

	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)seed * n >> 32);
}

/* The record of a packet, of any length, known by its number. */
static size_t make_record(uint32_t number, uint8_t *raw)
{
	const size_t n = HEADER + (size_t)number * 7 % (LONGEST - HEADER);

	for (size_t i = 0; i < n; i++)
		raw[i] = (uint8_t)(number >> i % 4 * 8);
	return n;
}

static struct pcap_record record_of(const struct capture *c, uint32_t number,
				    uint8_t *raw)
{
	struct pcap_record r = { .kind = PCAP_PACKET,
				 .number = number,
				 .raw = raw,
				 .at = c->at[number],
				 .n_raw = make_record(number, raw),
				 .bytes = raw + HEADER,
				 .time = number,
				 .has_time = true };

	r.captured = r.length = (uint32_t)(r.n_raw - HEADER);
	return r;
}

static void open_capture(struct capture *c, uint32_t n)
{
	uint8_t raw[LONGEST];
	uint64_t at = 0;

	*c = (struct capture){ .n = n };
	c->shapes = mem_calloc(n + 1u, sizeof(*c->shapes));
	c->at = mem_calloc(n + 1u, sizeof(*c->at));
	c->shown = mem_calloc(n + 1u, sizeof(*c->shown));
	c->late = mem_calloc(n + 1u, sizeof(*c->late));
	c->source = (struct source){ .start = START };
	c->source.fd = memfd_create("sample", MFD_CLOEXEC);
	assert_int_equal(lseek(c->source.fd, START, SEEK_SET), START);
	for (uint32_t i = 1; i <= n; i++) {
		const size_t size = make_record(i, raw);

		c->at[i] = at;
		at += size;
		assert_int_equal(write(c->source.fd, raw, size), size);
	}
}

static void close_capture(struct capture *c)
{
	close(c->source.fd);
	free(c->shapes);
	free(c->at);
	free(c->shown);
	free(c->late);
}

/* Those from one number to another, as a section has them. */
static void take(struct capture *c, struct sample *s, uint32_t from,
		 uint32_t to)
{
	uint8_t raw[LONGEST], wanted[LONGEST];
	struct pcap_record r;

	for (uint32_t i = from; i <= to; i++) {
		r = record_of(c, i, raw);
		c->shown[i] = sample_wants(s, c->shapes[i], &r);
		memset(raw, 0xee, sizeof(raw)); /* it lives for the call */
	}
	while (sample_next_last(s, &c->source, &r)) {
		assert_in_range(r.number, from, to);
		c->late[r.number]++;
		assert_int_equal(r.n_raw, make_record(r.number, wanted));
		assert_memory_equal(r.raw, wanted, r.n_raw);
		assert_ptr_equal(r.bytes, r.raw + HEADER);
		assert_int_equal(r.captured, r.n_raw - HEADER);
		assert_int_equal(r.time, r.number);
	}
	assert_false(sample_next_last(s, &c->source, &r));
}

static bool is_power_of_two(uint32_t n)
{
	return (n & (n - 1)) == 0;
}

/* Of the shape of the packet "first", the first one that has it. */
static void check_shape(const struct capture *c, uint32_t first, uint32_t to)
{
	uint32_t count = 0, last = 0;

	for (uint32_t i = first; i <= to; i++) {
		if (c->shapes[i] != c->shapes[first])
			continue;
		count++;
		last = i;
		if (count <= 3 || is_power_of_two(count))
			assert_true(c->shown[i]);
	}
	for (uint32_t i = first; i <= to; i++)
		if (c->shapes[i] == c->shapes[first])
			assert_int_equal(c->late[i], i == last && !c->shown[i]);
}

static void check_shapes(const struct capture *c, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i <= to; i++) {
		uint32_t first = from;

		while (c->shapes[first] != c->shapes[i])
			first++;
		if (first == i)
			check_shape(c, i, to);
	}
}

/* A few shapes that come often, and some that come once. */
static void draw_shapes(struct capture *c)
{
	for (uint32_t i = 1; i <= c->n; i++) {
		const uint32_t kind = random_below(1 + random_below(12));

		c->shapes[i] = random_below(40) ? kind * 0x9e3779b97f4a7c15u
						: random_below(c->n) << 8;
	}
}

static void each_shape(void **state)
{
	(void)state;
	for (int go_back = 0; go_back < 2; go_back++)
		for (uint32_t n = 1; n <= 9000; n = 3 * n + 1) {
			struct capture c;
			struct sample s;

			open_capture(&c, n);
			draw_shapes(&c);
			sample_init(&s);
			s.can_go_back = go_back;
			take(&c, &s, 1, n);
			check_shapes(&c, 1, n);
			sample_release(&s);
			close_capture(&c);
		}
}

/* Each section has shapes of its own. */
static void sections(void **state)
{
	(void)state;
	for (int go_back = 0; go_back < 2; go_back++) {
		struct capture c;
		struct sample s;

		open_capture(&c, 6000);
		draw_shapes(&c);
		sample_init(&s);
		s.can_go_back = go_back;
		for (uint32_t from = 1; from <= c.n; from += 1500) {
			take(&c, &s, from, from + 1499);
			check_shapes(&c, from, from + 1499);
		}
		sample_release(&s);
		close_capture(&c);
	}
}

/* Of n packets of one shape; none of which would be shown for itself. */
static uint32_t count_shown(uint32_t n)
{
	struct pcap_record r = { .kind = PCAP_PACKET };
	struct sample s;
	uint32_t count = 0, last = 0;

	sample_init(&s);
	s.can_go_back = true;
	for (uint32_t i = 1; i <= n; i++) {
		r.number = i;
		if (!sample_wants(&s, 1, &r))
			continue;
		/* Nowhere a longer gap than one of 64 packets before. */
		assert_true(i - last <= 1 + last / 64);
		last = i;
		count++;
	}
	assert_true(n - last <= last / 64);
	sample_release(&s);
	return count;
}

static void of_all_packets(void **state)
{
	(void)state;
	assert_int_equal(count_shown(1), 1);
	assert_int_equal(count_shown(1900), 1900);
	assert_in_range(count_shown(10000), 2000, 2050);
	assert_in_range(count_shown(1000000), 2300, 2350);
}

/* Beyond the shapes that are told apart others are shown by their number. */
static void too_many_shapes(void **state)
{
	enum {
		SHAPES = 65536
	};
	struct pcap_record r = { .kind = PCAP_PACKET };
	struct sample s;
	uint32_t last = 0, shown = 0;

	(void)state;
	sample_init(&s);
	s.can_go_back = true;
	for (uint32_t i = 1; i <= 2 * SHAPES; i++) {
		r.number = i;
		if (!sample_wants(&s, i, &r)) {
			assert_true(i > SHAPES);
			continue;
		}
		assert_true(i - last <= 1 + last / 64);
		last = i;
		shown += i > SHAPES;
	}
	assert_in_range(shown, 30, 80);
	/* One that was there before is still known. */
	r.number++;
	assert_true(sample_wants(&s, 7, &r));
	sample_release(&s);
}

/* A file that lost its end meanwhile: what cannot be read is not shown. */
static void file_that_shrank(void **state)
{
	struct capture c;
	struct sample s;
	struct pcap_record r;
	uint8_t raw[LONGEST];

	(void)state;
	open_capture(&c, 2105);
	sample_init(&s);
	s.can_go_back = true;
	for (uint32_t i = 1; i <= c.n; i++) {
		c.shapes[i] = i & 1;
		r = record_of(&c, i, raw);
		c.shown[i] = sample_wants(&s, c.shapes[i], &r);
	}
	assert_false(c.shown[2105] || c.shown[2104]);
	assert_int_equal(ftruncate(c.source.fd, START + (off_t)c.at[2105] + 1),
			 0);
	assert_true(sample_next_last(&s, &c.source, &r));
	assert_int_equal(r.number, 2104);
	assert_false(sample_next_last(&s, &c.source, &r));
	sample_release(&s);
	close_capture(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_shape),
		cmocka_unit_test(sections),
		cmocka_unit_test(of_all_packets),
		cmocka_unit_test(too_many_shapes),
		cmocka_unit_test(file_that_shrank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
