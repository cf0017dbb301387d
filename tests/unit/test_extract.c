/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets out of captures, with and without their places, against the pieces
   that the captures were made of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include "craft_file.h"
#include "read/extract.h"

enum {
	PACKETS = 300,
	MUCH = 1 << 20, /* bytes: a span of as many is copied by the kernel */
	PIECES = 2 * PACKETS + 10
};

struct piece {
	size_t at;
	uint32_t frame; /* 0: no packet */
};

struct made {
	struct file file;
	struct piece pieces[PIECES + 1]; /* the last one is where it ends */
	size_t n;
};

static uint32_t random_of(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static void begin_piece(struct made *m, uint32_t frame)
{
	assert_true(m->n < PIECES);
	m->pieces[m->n++] = (struct piece){ m->file.n, frame };
}

static uint32_t some_size(uint32_t *seed)
{
	return random_of(seed) % 10 ? 14 + random_of(seed) % 300
				    : 14 + random_of(seed) % 200000;
}

static void make_pcap(struct made *m, uint32_t *seed)
{
	begin_piece(m, 0);
	put_header(&m->file, us, ETHERNET, 262144);
	for (uint32_t i = 1; i <= PACKETS; i++) {
		begin_piece(m, i);
		put_record(&m->file, i, i, some_size(seed));
	}
}

/* With something else between some of them. */
static void make_pcapng(struct made *m, uint32_t *seed)
{
	begin_piece(m, 0);
	put_section(&m->file);
	begin_piece(m, 0);
	put_named(&m->file, ETHERNET, 2, "eth0");
	for (uint32_t i = 1; i <= PACKETS; i++) {
		if (random_of(seed) % 8 == 0) {
			begin_piece(m, 0);
			put_words(&m->file, 5, 3 + i % 2);
		}
		begin_piece(m, i);
		put_packet(&m->file, 0, i, some_size(seed), NULL);
	}
	begin_piece(m, 0);
	put_words(&m->file, 5, 3);
}

static struct made make(bool ng, bool swapped, uint32_t *seed)
{
	struct made m = { .file = { .swapped = swapped } };

	if (ng)
		make_pcapng(&m, seed);
	else
		make_pcap(&m, seed);
	m.pieces[m.n] = (struct piece){ m.file.n, 0 };
	return m;
}

static size_t place_of(const struct made *m, uint32_t frame)
{
	size_t k = 0;

	while (m->pieces[k].frame != frame)
		k++;
	return m->pieces[k].at;
}

/* Those that "want" has, with their places or without. */
static struct frames pick(const struct made *m, const bool *want, bool placed)
{
	struct frames f;

	frames_init(&f, PACKETS, false);
	for (uint32_t i = 1; i <= PACKETS; i++)
		if (want[i])
			frames_add(&f, i, placed ? place_of(m, i) : 0);
	assert_int_equal(frames_are_placed(&f), placed);
	return f;
}

/* What comes out of the file in "source" is in "out", which is to be closed. */
static int extract(const struct source *source, const struct frames *frames,
		   FILE **out, struct error *err)
{
	struct outfile file = { .stream = tmpfile() };
	const struct extract_job job = { .source = source,
					 .frames = frames,
					 .was_walked = true,
					 .out = &file };
	struct input in = { .no_cache = true };

	assert_non_null(file.stream);
	*out = file.stream;
	return extract_packets(&in, &job, err);
}

static void same(FILE *out, const struct made *m, const bool *want)
{
	struct file f = { .n = 0 };
	uint8_t *have = NULL;

	for (size_t k = 0; k < m->n; k++) {
		const struct piece *p = &m->pieces[k];

		if (!p->frame || want[p->frame])
			put(&f, m->file.bytes + p->at, p[1].at - p->at);
	}
	assert_int_equal(fseek(out, 0, SEEK_END), 0);
	assert_int_equal(ftell(out), f.n);
	rewind(out);
	have = mem_realloc(NULL, f.n, 1);
	assert_int_equal(fread(have, 1, f.n, out), f.n);
	assert_memory_equal(have, f.bytes, f.n);
	free(have);
	free(f.bytes);
}

static void check(const struct made *m, const bool *want, bool placed)
{
	const struct source source = {
		.path = "here", .fd = file_with(m->file.bytes, m->file.n)
	};
	struct frames frames = pick(m, want, placed);
	struct error err = ERROR_INIT;
	FILE *out = NULL;

	assert_int_equal(extract(&source, &frames, &out, &err), 0);
	same(out, m, want);
	fclose(out);
	close(source.fd);
	frames_release(&frames);
}

/* Runs of packets and single ones. */
static void choose(bool *want, uint32_t one_in, uint32_t *seed)
{
	bool now = false;

	memset(want, 0, (PACKETS + 1) * sizeof(*want));
	for (uint32_t i = 1; i <= PACKETS; i++) {
		if (random_of(seed) % 4 == 0)
			now = random_of(seed) % one_in == 0;
		want[i] = now;
	}
	want[1 + random_of(seed) % PACKETS] = true;
}

static void all_kinds(void **state)
{
	static const uint32_t one_in[] = { 1, 2, 5, 40, 1000000 };
	uint32_t seed = 1;

	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		struct made m = make(kind & 1, kind & 2, &seed);
		bool want[PACKETS + 1];

		for (size_t k = 0; k < sizeof(one_in) / sizeof(*one_in); k++) {
			choose(want, one_in[k], &seed);
			check(&m, want, false);
			check(&m, want, true);
		}
		memset(want, true, sizeof(want));
		assert_true(m.file.n > 2 * MUCH);
		check(&m, want, true);
		free(m.file.bytes);
	}
}

/* Wherever the file ends by now, it is said when it lacks a packet. */
static void cut(void **state)
{
	uint32_t seed = 2;

	(void)state;
	for (int kind = 0; kind < 4; kind++) {
		struct made m = make(kind & 1, false, &seed);
		bool want[PACKETS + 1] = { false };
		struct frames frames;

		for (uint32_t i = 10; i < 20; i++)
			want[i] = i != 15;
		frames = pick(&m, want, kind & 2);
		for (uint32_t i = 8; i < 21; i++) {
			const size_t n = place_of(&m, i) + i % 7;
			const struct source source = {
				.path = "here", .fd = file_with(m.file.bytes, n)
			};
			struct error err = ERROR_INIT;
			FILE *out = NULL;
			int rc = extract(&source, &frames, &out, &err);

			assert_int_equal(rc, i < 20 ? -1 : 0);
			assert_int_equal(err.kind, i < 20 ? EXIT_INPUT : 0);
			fclose(out);
			close(source.fd);
		}
		frames_release(&frames);
		free(m.file.bytes);
	}
}

/* What was added to it does no harm; any other change does. */
static void changed(void **state)
{
	const struct timespec later[2] = { { .tv_sec = 9 }, { .tv_sec = 9 } };
	uint32_t seed = 3;
	bool want[PACKETS + 1] = { [7] = true, [8] = true, [30] = true };

	(void)state;
	for (int ng = 0; ng < 2; ng++) {
		struct made m = make(ng, false, &seed);
		struct frames frames = pick(&m, want, true);
		struct source source = { .path = "here",
					 .is_file = true,
					 .fd = file_with(m.file.bytes,
							 m.file.n) };
		struct error err = ERROR_INIT;
		struct stat st;
		FILE *out = NULL;

		assert_int_equal(fstat(source.fd, &st), 0);
		file_id_from_stat(&source.id, &st);
		assert_int_equal(pwrite(source.fd, "more", 4, st.st_size), 4);
		assert_int_equal(extract(&source, &frames, &out, &err), 0);
		same(out, &m, want);
		fclose(out);
		assert_int_equal(ftruncate(source.fd, st.st_size), 0);
		assert_int_equal(futimens(source.fd, later), 0);
		assert_int_equal(extract(&source, &frames, &out, &err), -1);
		assert_int_equal(err.kind, EXIT_INPUT);
		assert_non_null(strstr(err.text, "changed"));
		fclose(out);
		close(source.fd);
		frames_release(&frames);
		free(m.file.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds),
		cmocka_unit_test(cut),
		cmocka_unit_test(changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
