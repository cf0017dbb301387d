/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/payload.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/proc.h"
#include "read/tshark.h"

enum {
	LINE = 4 << 20, /* 512 KB of payload in hexadecimal, and more */
	FIELDS = 4
};

struct reading {
	payload_fn *fn;
	void *ctx;
	bool some; /* a packet was read */
	bool stopped;
	uint8_t *bytes, *options; /* of the row; owned */
};

/* Hexadecimal, with colons between the bytes or not; stops at what is else. */
static size_t from_hex(const char *s, size_t n, uint8_t *out)
{
	size_t count = 0;

	for (size_t i = 0; i + 1 < n;) {
		int high = num_hex_digit(s[i]), low = num_hex_digit(s[i + 1]);

		if (high < 0 || low < 0)
			break;
		out[count++] = (uint8_t)(high << 4 | low);
		i += 2;
		i += i < n && s[i] == ':';
	}
	return count;
}

/* Frame, length, options, payload. */
static int take_line(void *ctx, const char *line, size_t n, struct error *err)
{
	struct reading *r = ctx;
	struct payload_row row = { .bytes = r->bytes, .options = r->options };
	const char *field[FIELDS], *end = line + n;
	size_t length[FIELDS];

	for (int k = 0; k < FIELDS; k++) {
		const char *tab =
			line <= end ? memchr(line, '\t', (size_t)(end - line))
				    : NULL;

		field[k] = line <= end ? line : end;
		length[k] = (size_t)((tab ? tab : end) - field[k]);
		line = tab ? tab + 1 : end + 1;
	}
	if (num_u32(field[0], length[0], &row.frame) < 0 ||
	    num_u32(field[1], length[1], &row.len) < 0)
		return 0; /* a header that makes no sense */
	r->some = true;
	row.n_options = from_hex(field[2], length[2], r->options);
	row.n = from_hex(field[3], length[3], r->bytes);
	if (row.n > row.len)
		row.n = row.len;
	if (r->fn(r->ctx, &row) == PAYLOAD_GO_ON)
		return 0;
	r->stopped = true;
	return error_set(err, EXIT_OK, "enough");
}

static void make_argv(struct strlist *argv, const struct tshark *t,
		      const char *path, bool as_data)
{
	static const char *const more[] = { "--disable-protocol",
					    "mptcp",
					    "-Y",
					    "tcp.len > 0",
					    "-T",
					    "fields",
					    "-e",
					    "frame.number",
					    "-e",
					    "tcp.len",
					    "-e",
					    "tcp.options",
					    "-e",
					    "tcp.payload" };

	tshark_arguments(argv, t, as_data, false);
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		strlist_add(argv, more[i]);
	tshark_argument_file(argv, path);
}

static enum tshark_result run_once(const struct tshark *t, const char *path,
				   struct reading *r, bool as_data,
				   struct error *err)
{
	struct strlist argv = { .n = 0 }, env = { .n = 0 };
	struct proc_status status = { .exited = 0 };
	struct proc_lines lines;
	struct proc p;
	enum tshark_result result = TSHARK_FAILED;
	int rc = 0;

	make_argv(&argv, t, path, as_data);
	tshark_environment(&env);
	proc_lines_init(&lines, LINE);
	if (proc_start(&p, argv.items, env.items, -1, err) < 0)
		goto out;
	rc = proc_lines_each(&p, &lines, take_line, r, err);
	if (r->stopped)
		result = TSHARK_DONE;
	if (rc < 0 || r->stopped)
		goto out;
	proc_finish(&p, &status);
	/* Of what is cut short the beginning is good enough. */
	if (as_data && status.exited && status.code == 1 &&
	    tshark_refuses_data(p.errors.text))
		result = TSHARK_AGAIN;
	else if (!status.exited)
		error_set(err, EXIT_TSHARK,
			  "cannot read the payload of '%s': tshark was killed "
			  "by signal %d",
			  path, status.code);
	else if (status.code == 1 || (status.code != 0 && !r->some))
		error_set(err, EXIT_TSHARK,
			  "cannot read the payload of '%s': tshark failed with "
			  "exit status %d",
			  path, status.code);
	else
		result = TSHARK_DONE;
out:
	proc_release(&p);
	proc_lines_release(&lines);
	strlist_release(&argv);
	strlist_release(&env);
	return result;
}

int payload_read(struct input *in, const struct source *source, payload_fn *fn,
		 void *ctx, struct error *err)
{
	struct reading r = { .fn = fn, .ctx = ctx };
	const struct tshark *t = NULL;
	enum tshark_result result = TSHARK_FAILED;

	if (!source->is_file)
		return error_set(err, EXIT_INPUT,
				 "'%s' cannot be read a second time",
				 source->path);
	t = input_tshark(in, err);
	if (!t)
		return -1;
	r.bytes = mem_calloc(LINE, 1);
	r.options = mem_calloc(LINE, 1);
	result = run_once(t, source->path, &r, true, err);
	if (result == TSHARK_AGAIN)
		result = run_once(t, source->path, &r, false, err);
	free(r.bytes);
	free(r.options);
	return result == TSHARK_DONE ? 0 : -1;
}
