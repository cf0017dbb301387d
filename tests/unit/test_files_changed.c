/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of a capture that change, or go, before they are read once more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "load/session.h"
#include "os/file.h"

#define ONE "testdata/check/backup_unused.pcap"
#define OTHER "testdata/synthetic/v1-byte-classes.pcap"

static char work[] = "/tmp/mptcp-files.XXXXXX";

struct opened {
	struct input in;
	struct session session;
	char *paths[2];
};

static void copy(const char *from, const char *to)
{
	struct strbuf bytes = STRBUF_INIT;
	struct error err = ERROR_INIT;
	const int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(file_read(&bytes, from, SIZE_MAX / 2, &err), 0);
	assert_int_equal(file_write_all(fd, bytes.text, bytes.len), 0);
	close(fd);
	strbuf_release(&bytes);
}

static int open_files(struct opened *o, struct error *err)
{
	const struct session_operand what = { (const char *const *)o->paths, 2,
					      true };

	o->in = (struct input){ .reader = READER_CHOICE_NATIVE,
				.no_cache = true };
	return session_open(&o->session, &o->in, &what, SESSION_WHOLE, err);
}

/* The session borrows what is in "o". */
static void open_both(struct opened *o)
{
	struct error err = ERROR_INIT;

	o->paths[0] = mem_printf("%s/one.pcap", work);
	o->paths[1] = mem_printf("%s/other.pcap", work);
	copy(ONE, o->paths[0]);
	copy(OTHER, o->paths[1]);
	assert_int_equal(open_files(o, &err), 0);
}

static void close_both(struct opened *o)
{
	session_close(&o->session);
	input_release(&o->in);
	for (int i = 0; i < 2; i++) {
		unlink(o->paths[i]);
		free(o->paths[i]);
	}
}

static enum payload_next count(void *ctx, const struct payload_row *row)
{
	size_t *n = ctx;

	(void)row;
	++*n;
	return PAYLOAD_GO_ON;
}

static void read_again(struct opened *o, const char *complaint)
{
	struct error err = ERROR_INIT;
	size_t n = 0;
	const int rc = session_read_payload(&o->session, count, &n, &err);

	assert_int_equal(rc, complaint ? -1 : 0);
	if (!complaint) {
		assert_true(n > 20);
		return;
	}
	if (!strstr(err.text, complaint))
		fail_msg("'%s'", err.text);
	assert_int_equal(err.kind, EXIT_INPUT);
}

static void changed(void **state)
{
	struct opened o;
	struct error err = ERROR_INIT;
	const struct source *source = NULL;

	(void)state;
	open_both(&o);
	read_again(&o, NULL);
	source = files_reopen(&o.session.files, 0, &err);
	assert_non_null(source);
	assert_ptr_equal(files_reopen(&o.session.files, 0, &err), source);
	files_shut(&o.session.files, 0);
	copy(ONE, o.paths[1]);
	read_again(&o, "other.pcap' changed while it was read");
	copy(OTHER, o.paths[0]);
	read_again(&o, "one.pcap' changed while it was read");
	close_both(&o);
}

static void gone(void **state)
{
	struct opened o;

	(void)state;
	open_both(&o);
	unlink(o.paths[1]);
	read_again(&o, "other.pcap': No such file or directory");
	close_both(&o);
}

/* Before any of it was read. */
static void gone_at_once(void **state)
{
	struct opened o;
	struct files files;
	struct trace trace;
	struct error err = ERROR_INIT;

	(void)state;
	open_both(&o);
	trace_init(&trace, 1);
	assert_int_equal(files_open(&files, &o.in, (const char *const *)o.paths,
				    2, &err),
			 0);
	unlink(o.paths[0]);
	assert_int_equal(files_read(&files, &trace, NULL, &err), -1);
	assert_non_null(strstr(err.text, "one.pcap': No such file"));
	files_close(&files);
	trace_release(&trace);
	close_both(&o);
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(work) ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	return rmdir(work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed),
		cmocka_unit_test(gone),
		cmocka_unit_test(gone_at_once),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
