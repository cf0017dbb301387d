/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/payload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/proc.h"
#include "os/tempfile.h"
#include "pcap/packet.h"
#include "read/tshark.h"

enum {
	LINE = 4 << 20, /* bytes; 512 KB of payload in hexadecimal fit */
	FIELDS = 4
};

struct reading {
	payload_fn *fn;
	void *ctx;
	bool some; /* a packet was read */
	bool stopped;
	FILE *odd;	 /* a capture of the packets that only tshark can
			    read; NULL: ignore them */
	int write_error; /* errno */
	/* their numbers in the capture; NULL: as tshark counts */
	uint32_t *numbers;
	size_t n, cap;
	uint8_t *bytes, *options; /* of the row; owned */
};

static int hand_over(struct reading *r, const struct payload_row *row)
{
	r->some = true;
	r->stopped = r->fn(r->ctx, row) != PAYLOAD_GO_ON;
	return r->stopped ? -1 : 0;
}

/* Parse hexadecimal digits with or without colons; stops at anything else. */
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

/* The columns: frame, length, options, payload. */
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
		return 0; /* an invalid header */
	if (r->numbers && (row.frame == 0 || row.frame > r->n))
		return error_set(err, EXIT_TSHARK,
				 "tshark printed an unexpected line");
	if (r->numbers)
		row.frame = r->numbers[row.frame - 1];
	row.n_options = from_hex(field[2], length[2], r->options);
	row.n = from_hex(field[3], length[3], r->bytes);
	if (row.n > row.len)
		row.n = row.len;
	return hand_over(r, &row) < 0 ? error_set(err, EXIT_OK, "enough") : 0;
}

static void make_argv(struct strlist *argv, const struct tshark *t,
		      const char *path)
{
	static const char *const more[] = { "--disable-protocol",
					    "icmp",
					    "--disable-protocol",
					    "icmpv6",
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

	tshark_arguments(argv, t);
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++)
		strlist_add(argv, more[i]);
	tshark_argument_file(argv, path);
}

/* Run tshark on the capture "path", or on that in the file "fd". */
static int run_tshark(struct reading *r, struct input *in, const char *path,
		      int fd, struct error *err)
{
	const struct tshark *t = input_tshark(in, err);
	struct strlist argv = { .n = 0 }, env = { .n = 0 };
	struct proc_status status = { .exited = 0 };
	struct proc_lines lines;
	struct proc p;
	int rc = 0;

	if (!t)
		return -1;
	make_argv(&argv, t, fd < 0 ? path : NULL);
	tshark_environment(&env);
	proc_lines_init(&lines, LINE);
	rc = proc_start(&p, argv.items, env.items, fd, err);
	if (rc == 0)
		rc = proc_lines_each(&p, &lines, take_line, r, err);
	if (rc == 0)
		proc_finish(&p, &status);
	/* For a capture that is cut short the beginning is sufficient. */
	if (rc == 0 && (!status.exited || status.code == 1 ||
			(status.code != 0 && !r->some)))
		rc = error_set(err, EXIT_TSHARK,
			       "cannot read the payload of '%s': tshark ended "
			       "with %s %d",
			       path, status.exited ? "exit status" : "signal",
			       status.code);
	if (r->stopped)
		rc = 0;
	proc_release(&p);
	proc_lines_release(&lines);
	strlist_release(&argv);
	strlist_release(&env);
	return rc;
}

/* Write the packets that only tshark can read to a capture for it. */
static void put_aside(struct reading *r, const struct pcap_record *record)
{
	if (!r->odd || record->kind == PCAP_NOTE)
		return;
	if (fwrite(record->raw, 1, record->n_raw, r->odd) != record->n_raw)
		r->write_error = errno;
	if (record->kind == PCAP_PACKET)
		*MEM_PUSH(r->numbers, r->n, r->cap) = record->number;
}

static void take_packet(struct reading *r, const struct pcap_record *record)
{
	struct packet packet;
	struct payload_row row = { .frame = record->number };

	switch (packet_look(record, &packet)) {
	case PACKET_ODD:
	case PACKET_ALL_ODD: put_aside(r, record); return;
	case PACKET_OTHER:
	case PACKET_ICMP: return;
	case PACKET_TCP: break;
	}
	row.len = packet.segment - (uint32_t)(packet.tcp[12] >> 4) * 4;
	row.bytes = packet.payload;
	row.n = packet.n_payload;
	row.options = packet.options;
	row.n_options = packet.n_options;
	if (row.len > 0)
		(void)!hand_over(r, &row);
}

/*
 * Read as far as possible: problems were reported when the file was read
 * before.
 */
static void walk(struct reading *r, const struct source *source)
{
	struct pcap_walk w;
	struct pcap_record record;
	int rc = pcap_walk_open(&w, source->fd, source->start);

	while (rc == 0 && !r->stopped &&
	       pcap_walk_next(&w, &record) == PCAP_RECORD) {
		if (record.kind == PCAP_PACKET)
			take_packet(r, &record);
		else
			put_aside(r, &record);
	}
	pcap_walk_close(&w);
}

static int read_odd(struct reading *r, struct input *in, const char *path,
		    struct error *err)
{
	if (!r->odd || !r->n || r->stopped)
		return 0;
	if (fflush(r->odd) == EOF || fseek(r->odd, 0, SEEK_SET) < 0)
		r->write_error = errno;
	if (r->write_error)
		return error_set_errno(err, EXIT_SYSTEM, r->write_error,
				       "cannot write in '%s'",
				       tempfile_directory());
	return run_tshark(r, in, path, fileno(r->odd), err);
}

/*
 * If native reading is possible, create the file for odd packets, unless they
 * are ignored.
 */
static bool is_native(struct reading *r, const struct input *in,
		      const struct source *source)
{
	struct error ignored = ERROR_INIT;
	int fd = -1;

	if (in->reader == READER_CHOICE_NATIVE)
		return true;
	if (in->reader == READER_CHOICE_TSHARK ||
	    !pcap_walk_is_known(source->fd, source->start))
		return false;
	fd = tempfile_nameless(NULL, &ignored);
	if (fd >= 0)
		r->odd = fdopen(fd, "w+");
	return r->odd != NULL;
}

int payload_read(struct input *in, const struct source *source, payload_fn *fn,
		 void *ctx, struct error *err)
{
	struct reading r = { .fn = fn, .ctx = ctx };
	int rc = 0;

	if (lseek(source->fd, 0, SEEK_CUR) < 0)
		return error_set(err, EXIT_INPUT,
				 "'%s' cannot be read a second time",
				 source->path);
	r.bytes = mem_calloc(LINE, 1);
	r.options = mem_calloc(LINE, 1);
	if (is_native(&r, in, source)) {
		walk(&r, source);
		rc = read_odd(&r, in, source->path, err);
	} else {
		source_rewind(source);
		rc = run_tshark(&r, in, source->path,
				source->is_file ? -1 : source->fd, err);
	}
	if (r.odd)
		fclose(r.odd);
	free(r.numbers);
	free(r.bytes);
	free(r.options);
	return rc;
}
