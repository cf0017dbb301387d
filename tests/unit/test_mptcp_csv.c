/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is an export of packets, by its first bytes, and what a capture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "read/mptcp_csv.h"

#define BOM "\xef\xbb\xbf"

static const struct {
	const char *text;
	int is_csv;
} samples[] = {
	{ "mptcp_csv_1,frame\n", 1 },
	{ "mptcp_csv_9", 1 },
	{ "\"mptcp_csv_1\",\"frame\"\r\n", 1 },
	{ BOM "mptcp_csv_1,frame\n", 1 },
	{ "frame,time\n1,2\n", 1 },
	{ BOM "frame,time\n", 1 },
	/* of these the line might go on in any way */
	{ BOM, 0 },
	{ "\xef\xbb", 0 },
	{ "\"", 0 },
	{ "mptcp_csv", 0 },
	{ "frame,time", 0 },
	{ "\x1f", 0 },
	{ "\x1f\x8b", 0 },
	/* and these are none */
	{ "frame\n", 0 },
	{ "Frame,time\n", 0 },
	{ "mptcp csv,time\n", 0 },
	{ "\x1f\x8b\x08 this is no gzip", 0 },
	{ "\x0a\x0d\x0d\x0a", 0 },
};

enum {
	SAMPLES = sizeof(samples) / sizeof(*samples)
};

static int of_file(const void *bytes, size_t n)
{
	FILE *file = tmpfile();
	int is_csv = 0;

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	rewind(file);
	is_csv = mptcp_csv_recognise(fileno(file));
	/* Nothing is consumed. */
	assert_int_equal(lseek(fileno(file), 0, SEEK_CUR), 0);
	fclose(file);
	return is_csv;
}

/* With the writer gone: what is there is all. */
static int of_pipe(const void *bytes, size_t n)
{
	char back[128] = "";
	int ends[2], is_csv = 0;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], bytes, n), n);
	close(ends[1]);
	is_csv = mptcp_csv_recognise(ends[0]);
	assert_int_equal(read(ends[0], back, sizeof(back)), n);
	assert_memory_equal(back, bytes, n);
	close(ends[0]);
	return is_csv;
}

static void by_the_first_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const char *text = samples[i].text;
		int wanted = samples[i].is_csv;

		if (of_file(text, strlen(text)) != wanted)
			fail_msg("a file: sample %zu", i);
		if (of_pipe(text, strlen(text)) != wanted)
			fail_msg("a pipe: sample %zu", i);
	}
	assert_int_equal(of_file("", 0), 0);
	assert_int_equal(of_pipe("", 0), 0);
}

/* A pipe whose writer takes its time is looked at again. */
static void in_pieces(void **state)
{
	static const char *const beginnings[] = { "", "m", "\xef", "frame,t",
						  "\"mptcp_" };
	static const char *const rests[] = { "mptcp_csv_1\n", "ptcp_csv_1\n",
					     "\xbb\xbfmptcp_csv_1\n", "ime\n",
					     "csv_1\"\n" };
	const struct timespec pause = { .tv_nsec = 20000000 };

	(void)state;
	for (int i = 0; i < 5; i++) {
		const char *text = beginnings[i];
		int ends[2], status = 0;
		pid_t writer = 0;

		assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
		assert_int_equal(write(ends[1], text, strlen(text)),
				 strlen(text));
		writer = fork();
		if (writer == 0) {
			size_t n = strlen(rests[i]);

			nanosleep(&pause, NULL);
			_exit(write(ends[1], rests[i], n) != (ssize_t)n);
		}
		close(ends[1]);
		assert_int_equal(mptcp_csv_recognise(ends[0]), 1);
		close(ends[0]);
		assert_int_equal(waitpid(writer, &status, 0), writer);
		assert_int_equal(status, 0);
	}
}

/* The whole samples, and the beginning of a file that goes on. */
static void compressed(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		z_stream z = { .avail_in = (unsigned)strlen(samples[i].text) };
		unsigned char in[64], out[128];

		memcpy(in, samples[i].text, z.avail_in);
		z.next_in = in;
		z.next_out = out;
		z.avail_out = sizeof(out);
		assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8,
					      Z_DEFAULT_STRATEGY),
				 Z_OK);
		assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
		deflateEnd(&z);
		assert_int_equal(of_file(out, sizeof(out) - z.avail_out),
				 samples[i].is_csv);
		assert_int_equal(of_file(out, 10), 0); /* the header of gzip */
	}
}

static void what_has_no_first_line(void **state)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(mptcp_csv_recognise(-1), 0);
	assert_int_equal(mptcp_csv_recognise(null), 0);
	close(null);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_the_first_line),
		cmocka_unit_test(in_pieces),
		cmocka_unit_test(compressed),
		cmocka_unit_test(what_has_no_first_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
