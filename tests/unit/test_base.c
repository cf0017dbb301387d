/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory, texts and errors at their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/sort.h"
#include "base/strbuf.h"

/* A character that no locale has: it cannot be printed. */
static const wchar_t unprintable[] = { 0x7fffffff, 0 };

static void arrays_grow(void **state)
{
	(void)state;
	assert_int_equal(mem_grow(0, 1), 16);
	assert_int_equal(mem_grow(100, 101), 150);
	assert_int_equal(mem_grow(100, 1000), 1000);
	assert_true(mem_grow(SIZE_MAX - 1, 1) == SIZE_MAX);
}

static void too_much(void)
{
	(void)!mem_realloc(NULL, SIZE_MAX / 2 + 2, 2);
}

static void no_text(void)
{
	(void)!mem_printf("%ls", unprintable);
}

/* How a process ends that does this, and what it says. */
static int end_of(void (*does)(void), char *said, size_t n)
{
	int ends[2], status = 0;
	pid_t child = 0;
	ssize_t got = 0;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		does();
		_exit(0);
	}
	close(ends[1]);
	got = read(ends[0], said, n - 1);
	said[got < 0 ? 0 : got] = '\0';
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void out_of_memory_ends_the_program(void **state)
{
	static void (*const all[])(void) = { too_much, no_text };
	char said[200];

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(end_of(all[i], said, sizeof(said)),
				 EXIT_SYSTEM);
		assert_string_equal(said, "mptcptools: out of memory\n");
	}
}

static void what_cannot_be_printed_is_left_out(void **state)
{
	struct strbuf text = STRBUF_INIT;

	(void)state;
	strbuf_puts(&text, "a");
	strbuf_printf(&text, "%ls", unprintable);
	strbuf_puts(&text, "b");
	assert_string_equal(text.text, "ab");
	strbuf_release(&text);
}

static void errors_that_nobody_wants(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(error_set(NULL, EXIT_INPUT, "%d", 1), -1);
	assert_int_equal(error_set_errno(NULL, EXIT_INPUT, ENOENT, "x"), -1);
	assert_int_equal(error_set_errno(&err, EXIT_INPUT, ENOENT, "a\nb"), -1);
	assert_int_equal(err.kind, EXIT_INPUT);
	assert_non_null(strstr(err.text, "a?b: "));
}

/* To tell by the sum whether numbers are the same ones. */
static uint64_t mixed(int64_t number)
{
	uint64_t x = (uint64_t)number * 0x9e3779b97f4a7c15u;

	return x ^ x >> 29;
}

/* Few and many of them, of either sign, close together and far apart. */
static void numbers_are_sorted(void **state)
{
	static const size_t counts[] = { 0, 1, 2, 100, 255, 256, 257, 5000 };
	static const uint64_t masks[] = { UINT64_MAX, 0xff, 0xff00ff00, 0,
					  (uint64_t)1 << 63 };
	uint64_t x = 1;

	(void)state;
	for (size_t c = 0; c < sizeof(counts) / sizeof(*counts); c++)
		for (size_t k = 0; k < sizeof(masks) / sizeof(*masks); k++) {
			size_t n = counts[c];
			int64_t *list = mem_calloc(n, sizeof(*list));
			uint64_t before = 0, after = 0;

			for (size_t i = 0; i < n; i++) {
				x = x * 6364136223846793005u + 1;
				list[i] = (int64_t)((x ^ x >> 32) & masks[k]);
				before += mixed(list[i]);
			}
			sort_int64(list, n);
			for (size_t i = 0; i < n; i++) {
				after += mixed(list[i]);
				assert_true(i == 0 || list[i - 1] <= list[i]);
			}
			assert_true(before == after);
			free(list);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrays_grow),
		cmocka_unit_test(out_of_memory_ends_the_program),
		cmocka_unit_test(what_cannot_be_printed_is_left_out),
		cmocka_unit_test(errors_that_nobody_wants),
		cmocka_unit_test(numbers_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
