/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * interleave.h: random packets and ICMP errors go into one table in order of
 * time, and into another one file by file; put in one order, both have to be
 * the same.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/interleave.h"

enum {
	ROUNDS = 400,
	MOST = 300, /* packets */
	FILES = 5
};

static uint64_t seed = 20261129;

static uint32_t below(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 11) % n;
}

/* Few hosts, ports and numbers: streams meet, and begin anew. */
static void random_row(struct row *row, int64_t time)
{
	static const uint16_t flags[] = { TCP_SYN, TCP_SYN | TCP_ACK, TCP_ACK,
					  TCP_ACK, TCP_ACK | TCP_FIN, TCP_RST };

	row_clear(row);
	row->present = ROW_HAS_TCP | ROW_HAS_ACK | ROW_HAS_HDR_LEN;
	row->hdr_len = 20;
	row->time = time;
	row->src = (struct address){ { 10, 0, 0, (uint8_t)below(2) }, 4 };
	row->dst = (struct address){ { 10, 0, 0, (uint8_t)below(2) }, 4 };
	row->sport = (uint16_t)(1000 + below(2));
	row->dport = (uint16_t)(1000 + below(2));
	row->flags = flags[below(6)];
	row->seq = below(4);
	row->ack = below(4);
	row->len = below(3);
	row->n_options = (uint8_t)(below(3) * 3);
	for (size_t i = 0; i < row->n_options; i++)
		row->options[i] = (uint8_t)below(256);
	row->interface[0] = (char)('a' + below(3));
	row->interface[1] = '\0';
}

struct part {
	struct row rows[MOST];
	bool is_icmp[MOST];
	size_t n;
};

static struct icmp_error error_of(const struct row *row, uint32_t frame)
{
	return (struct icmp_error){ .frame = frame,
				    .time = row->time,
				    .src = row->src,
				    .dst = row->dst,
				    .sport = row->sport,
				    .dport = row->dport,
				    .seq = row->seq };
}

/* The rows of a file, with the numbers that it has by itself. */
static void read_part(const struct part *part, enum numbering_rule rule,
		      uint32_t base, uint32_t *next, struct packets *p,
		      struct icmp_errors *icmp)
{
	struct numbering n;
	struct error err = ERROR_INIT;

	numbering_init(&n, rule);
	for (size_t i = 0; i < part->n; i++) {
		struct row row = part->rows[i];

		row.frame = (uint32_t)(2 * i + 1); /* others are between */
		numbering_row(&n, &row, part->is_icmp[i] ? ROW_ICMP : ROW_TCP);
		row.stream += base;
		if (row.stream >= *next)
			*next = row.stream + 1;
		if (part->is_icmp[i]) {
			const struct icmp_error e = error_of(&row, row.frame);

			icmp_errors_add(icmp, &e);
		} else {
			assert_int_equal(packets_append(p, &row, &err), 0);
		}
	}
	numbering_release(&n);
}

static void check_same(const struct packets *a, const struct packets *b)
{
	assert_int_equal(a->n, b->n);
	assert_int_equal(a->n_streams, b->n_streams);
	for (size_t i = 0; i < a->n; i++) {
		const struct raw_stream *s = &a->streams[a->stream[i]];
		const struct raw_stream *t = &b->streams[b->stream[i]];

		assert_int_equal(a->frame[i], b->frame[i]);
		assert_int_equal(a->time[i], b->time[i]);
		assert_int_equal(a->seq[i], b->seq[i]);
		assert_int_equal(a->ack[i], b->ack[i]);
		assert_int_equal(a->len[i], b->len[i]);
		assert_int_equal(a->flags[i], b->flags[i]);
		assert_int_equal(a->mark[i], b->mark[i]);
		assert_int_equal(a->n_options[i], b->n_options[i]);
		assert_memory_equal(packets_options(a, i),
				    packets_options(b, i), a->n_options[i]);
		assert_string_equal(a->interfaces.items[a->interface[i]],
				    b->interfaces.items[b->interface[i]]);
		assert_int_equal(s->tcp_stream, t->tcp_stream);
		assert_int_equal(s->a.port, t->a.port);
		assert_int_equal(s->b.port, t->b.port);
		assert_true(address_is_equal(&s->a.address, &t->a.address));
		assert_true(address_is_equal(&s->b.address, &t->b.address));
		assert_int_equal(packets_find_stream(a, s->tcp_stream),
				 a->stream[i]);
	}
}

struct scene {
	struct part *parts;
	struct packets whole;
	struct icmp_errors icmp;
	struct origins origins; /* as they have to be */
};

/* Where the whole has its n-th packet from. */
struct place {
	int64_t time;
	size_t file, at;
};

static int by_place(const void *x, const void *y)
{
	const struct place *a = x, *b = y;

	return COMPARE(a->time, b->time) ?:
	       COMPARE(a->file, b->file) ?:
	       COMPARE(a->at, b->at);
}

/* Files are in the order of time, or, half of the rounds, only nearly so. */
static size_t make_parts(struct scene *s, struct place *places)
{
	const size_t n = below(MOST), files = 1 + below(FILES);
	const bool in_order = below(2);
	int64_t time = 1000;

	for (size_t i = 0; i < n; i++) {
		size_t file = below((uint32_t)files);
		struct part *part = &s->parts[file];
		struct row *row = &part->rows[part->n];

		time += in_order ? below(3) : (int64_t)below(9) - 3;
		random_row(row, time);
		part->is_icmp[part->n] = below(10) == 0;
		if (part->is_icmp[part->n]) /* only the first 8 octets */
			row->flags = row->hdr_len = 0;
		places[i] = (struct place){ time, file, part->n++ };
	}
	return n;
}

/* The whole has them one after the other, by their times. */
static void make_scene(struct scene *s, enum numbering_rule rule)
{
	struct place places[MOST];
	struct numbering numbering;
	struct error err = ERROR_INIT;
	const size_t n = make_parts(s, places);

	SORT(places, n, by_place);
	numbering_init(&numbering, rule);
	for (size_t i = 0; i < n; i++) {
		const struct part *part = &s->parts[places[i].file];
		struct row row = part->rows[places[i].at];
		bool icmp = part->is_icmp[places[i].at];

		origins_add(&s->origins, places[i].file,
			    (uint32_t)(2 * places[i].at + 1));
		row.frame = (uint32_t)s->origins.n;
		numbering_row(&numbering, &row, icmp ? ROW_ICMP : ROW_TCP);
		if (icmp) {
			const struct icmp_error e = error_of(&row, row.frame);

			icmp_errors_add(&s->icmp, &e);
		} else {
			assert_int_equal(packets_append(&s->whole, &row, &err),
					 0);
		}
	}
	numbering_release(&numbering);
}

static void check_scene(const struct scene *s, enum numbering_rule rule)
{
	struct interleave_file files[FILES];
	struct icmp_errors icmp[FILES] = { { .n = 0 } };
	struct origins origins = { .n = 0 };
	struct interleaved v;
	struct packets p;
	uint32_t next = 0;

	packets_init(&p);
	for (size_t i = 0; i < FILES; i++) {
		files[i].first = p.n;
		read_part(&s->parts[i], rule, next, &next, &p, &icmp[i]);
		files[i].n = p.n - files[i].first;
		files[i].icmp = &icmp[i];
	}
	interleave(&v, &p, files, FILES, rule, &origins);
	packets_rearrange(&p, v.order, v.numbers);
	check_same(&p, &s->whole);
	assert_int_equal(origins.n, s->origins.n);
	for (size_t i = 0; i < origins.n; i++) {
		assert_int_equal(origins.file[i], s->origins.file[i]);
		assert_int_equal(origins.frame[i], s->origins.frame[i]);
	}
	assert_int_equal(v.icmp.n, s->icmp.n);
	for (size_t i = 0; i < v.icmp.n; i++) {
		assert_int_equal(v.icmp.items[i].frame, s->icmp.items[i].frame);
		assert_int_equal(v.icmp.items[i].seq, s->icmp.items[i].seq);
	}
	interleaved_release(&v);
	origins_release(&origins);
	for (size_t i = 0; i < FILES; i++)
		icmp_errors_release(&icmp[i]);
	packets_release(&p);
}

static void random_files(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		const enum numbering_rule rule =
			round % 2 ? NUMBERING_4_0 : NUMBERING_4_4;
		struct scene s = { .parts = mem_calloc(FILES,
						       sizeof(*s.parts)) };

		packets_init(&s.whole);
		make_scene(&s, rule);
		check_scene(&s, rule);
		packets_release(&s.whole);
		icmp_errors_release(&s.icmp);
		origins_release(&s.origins);
		free(s.parts);
	}
}

/* Of packets at the same time the one of the first file comes first; one that
   is late in its file is where its time is. */
static void ties(void **state)
{
	static const int64_t times[2][3] = { { 5, 5, 9 }, { 5, 7, 6 } };
	static const uint16_t wanted[] = { 0, 0, 1, 1, 1, 0 },
			      frames[] = { 1, 2, 1, 3, 2, 3 };
	struct interleave_file files[2];
	struct icmp_errors none = { .n = 0 };
	struct origins origins = { .n = 0 };
	struct interleaved v;
	struct packets p;
	struct error err = ERROR_INIT;

	(void)state;
	packets_init(&p);
	for (size_t f = 0; f < 2; f++) {
		files[f] = (struct interleave_file){ p.n, 3, &none };
		for (uint32_t i = 0; i < 3; i++) {
			struct row row;

			random_row(&row, times[f][i]);
			row.frame = i + 1;
			row.stream = (uint32_t)(10 * f + i);
			assert_int_equal(packets_append(&p, &row, &err), 0);
		}
	}
	interleave(&v, &p, files, 2, NUMBERING_4_4, &origins);
	assert_int_equal(origins.n, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(origins.file[i], wanted[i]);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(origins.frame[i], frames[i]);
	interleaved_release(&v);
	origins_release(&origins);
	packets_release(&p);
}

/* Rows that go into a table of their own, and with it behind those of another,
   are there as if they had gone there at once. */
static void taken(void **state)
{
	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		struct packets whole, behind, part;
		struct error err = ERROR_INIT;
		uint32_t base = 0;

		packets_init(&whole);
		packets_init(&behind);
		for (int file = 0; file < FILES; file++) {
			const size_t n = below(40);
			uint32_t next = base;

			packets_init(&part);
			for (size_t i = 0; i < n; i++) {
				struct row row;

				random_row(&row, (int64_t)i);
				row.stream = below(5);
				row.src = row.dst; /* ports tell the ends */
				row.sport = (uint16_t)(1000 + below(2));
				row.dport = (uint16_t)(2001 - row.sport);
				assert_int_equal(
					packets_append(&part, &row, &err), 0);
				row.stream += base;
				assert_int_equal(
					packets_append(&whole, &row, &err), 0);
				if (row.stream >= next)
					next = row.stream + 1;
			}
			assert_int_equal(
				packets_take(&behind, &part, base, &err), 0);
			assert_int_equal(part.n, 0);
			base = next;
		}
		check_same(&behind, &whole);
		packets_release(&behind);
		packets_release(&whole);
	}
}

/* Numbers of streams that would be too high. */
static void not_taken(void **state)
{
	struct packets p, part;
	struct error err = ERROR_INIT;
	struct row row;

	(void)state;
	packets_init(&p);
	packets_init(&part);
	random_row(&row, 1);
	row.stream = 1;
	assert_int_equal(packets_append(&part, &row, &err), 0);
	assert_int_equal(packets_take(&p, &part, 1u << 28, &err), -1);
	assert_int_equal(err.kind, EXIT_INPUT);
	assert_int_equal(packets_take(&p, &part, UINT32_MAX, &err), -1);
	assert_int_equal(part.n, 1);
	packets_release(&part);
	packets_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_files),
		cmocka_unit_test(ties),
		cmocka_unit_test(taken),
		cmocka_unit_test(not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
