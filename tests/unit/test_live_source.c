/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets as they come, of files that grow, of rings and of pipes, against the
   rows of the same captures when they are whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "live/queue.h"
#include "live/source.h"
#include "os/file.h"
#include "os/monotonic.h"
#include "pcap/walk.h"
#include "read/native.h"
#include "read/source.h"

static const int64_t long_time = 60 * (int64_t)1000000000;

static const char capture[] = "testdata/captures/two-paths-client.pcapng";
static const char small[] = "testdata/check/backup_unused.pcap";

static char work[] = "/tmp/mptcp-live.XXXXXX";

struct rows {
	struct row *items;
	size_t n, cap;
	uint64_t packets, odd;
};

/* A file in memory, and where its packets end. */
struct capture {
	struct strbuf bytes;
	size_t begin; /* of the first one */
	size_t *ends;
	size_t n, cap;
	struct rows rows; /* all of it, as the reader of whole files has them */
};

static int take(void *ctx, const struct row *row, struct error *err)
{
	struct rows *rows = ctx;

	(void)err;
	*MEM_PUSH(rows->items, rows->n, rows->cap) = *row;
	return 0;
}

static struct rows read_whole(const char *path)
{
	struct input in = { .reader = READER_CHOICE_NATIVE };
	struct rows rows = { .items = NULL };
	struct source source;
	struct capture_info info = { .path = NULL };
	struct error err = ERROR_INIT;
	struct read_job job = {
		.in = &in, .source = &source, .fn = take, .ctx = &rows
	};

	if (source_open(&source, path, READER_CHOICE_NATIVE, &err) == 0 &&
	    source.reader == &native_reader)
		(void)!native_reader.read(&job, &info, &err);
	rows.packets = info.packets;
	rows.odd = info.odd_packets;
	source_close(&source);
	capture_info_release(&info);
	return rows;
}

static struct capture load(const char *path)
{
	struct capture c = { .bytes = STRBUF_INIT };
	struct error err = ERROR_INIT;
	struct pcap_walk walk;
	struct pcap_record r;
	const int fd = open(path, O_RDONLY);

	assert_int_equal(file_read(&c.bytes, path, SIZE_MAX / 2, &err), 0);
	assert_int_equal(pcap_walk_open(&walk, fd, 0), 0);
	while (pcap_walk_next(&walk, &r) == PCAP_RECORD)
		if (r.kind == PCAP_PACKET) {
			c.begin = c.n ? c.begin : r.at;
			*MEM_PUSH(c.ends, c.n, c.cap) = r.at + r.n_raw;
		}
	pcap_walk_close(&walk);
	close(fd);
	c.rows = read_whole(path);
	assert_true(c.rows.n > 20);
	return c;
}

static void release(struct capture *c)
{
	strbuf_release(&c->bytes);
	free(c->ends);
	free(c->rows.items);
}

/* How many rows are of packets that the first n bytes have. */
static size_t rows_within(const struct capture *c, size_t n)
{
	size_t packets = 0, rows = 0;

	while (packets < c->n && c->ends[packets] <= n)
		packets++;
	while (rows < c->rows.n && c->rows.items[rows].frame <= packets)
		rows++;
	return rows;
}

/* But for where it is in the file. */
static void same_row(const struct row *live, const struct row *whole)
{
	struct row r = *whole;

	r.at = 0;
	assert_memory_equal(live, &r, offsetof(struct row, interface));
	assert_string_equal(live->interface, r.interface);
	assert_memory_equal(live->options, r.options, r.n_options);
}

static enum live_step next(struct live_source *s, const struct row **row)
{
	struct error err = ERROR_INIT;

	return live_source_next(s, row, monotonic_ns() + long_time, &err);
}

/* There are those from "from" up to "to", and no more by now. */
static void expect(struct live_source *s, const struct rows *rows, size_t from,
		   size_t to)
{
	struct error err = ERROR_INIT;
	const struct row *row = NULL;

	for (size_t i = from; i < to; i++) {
		assert_int_equal(next(s, &row), LIVE_ROW);
		same_row(row, &rows->items[i]);
	}
	assert_int_equal(live_source_next(s, &row, 0, &err), LIVE_TIME);
}

static void expect_end(struct live_source *s)
{
	const struct row *row = NULL;

	assert_int_equal(next(s, &row), LIVE_END);
	assert_int_equal(next(s, &row), LIVE_END);
}

/* All of them, and then the end. */
static void expect_end_after(struct live_source *s, const struct rows *rows)
{
	const struct row *row = NULL;

	for (size_t i = 0; i < rows->n; i++) {
		assert_int_equal(next(s, &row), LIVE_ROW);
		same_row(row, &rows->items[i]);
	}
	expect_end(s);
}

static void expect_failure(struct live_source *s, const char *text)
{
	struct error err = ERROR_INIT;
	const struct row *row = NULL;

	assert_int_equal(
		live_source_next(s, &row, monotonic_ns() + long_time, &err),
		LIVE_FAILED);
	assert_non_null(strstr(err.text, text));
	assert_int_equal(err.kind, EXIT_INPUT);
}

static void expect_warning(struct live_source *s, const char *text)
{
	char *warning = live_source_warning(s);

	if (!text) {
		assert_null(warning);
		return;
	}
	assert_non_null(warning);
	assert_non_null(strstr(warning, text));
	free(warning);
}

static char *in_work(const char *name)
{
	return mem_printf("%s/%s", work, name);
}

static struct live_source *open_with(struct live_source_options o)
{
	struct error err = ERROR_INIT;
	struct live_source *s = live_source_open(&o, &err);

	if (!s)
		fail_msg("%s", err.text);
	return s;
}

static void refused(struct live_source_options o, const char *text)
{
	struct error err = ERROR_INIT;
	struct live_source *s = live_source_open(&o, &err);

	assert_null(s);
	live_source_close(s);
	if (!strstr(err.text, text))
		fail_msg("'%s'", err.text);
}

/* A directory, with no file that can be opened, with one, or with two: none is
   left for itself. */
static void refused_without_files(struct live_source_options o)
{
	struct rlimit all, few;
	const int used = open("/dev/null", O_RDONLY | O_CLOEXEC);

	close(used);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
	for (int more = 0; more <= 2; more++) {
		few = (struct rlimit){ (rlim_t)(used + more), all.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
		refused(o, more < 2 ? "cannot wait for packets: Too many open"
				    : "directory': Too many open files");
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
	}
}

/* A pipe as a source: the name of its end, to be freed. */
static char *open_pipe(int fds[2])
{
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	return mem_printf("/proc/self/fd/%d", fds[0]);
}

static void put(int fd, const void *bytes, size_t n)
{
	assert_int_equal(file_write_all(fd, bytes, n), 0);
}

static void put_file(const char *path, const void *bytes, size_t n)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	put(fd, bytes, n);
	close(fd);
}

static uint32_t random_of(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

static size_t compared;

static int compare_file(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	struct live_source_options o = { .path = path,
					 .numbering = NUMBERING_4_4 };
	struct error err = ERROR_INIT;
	struct live_source_counts counts;
	struct live_source *s = NULL;
	struct rows rows = { .items = NULL };
	const struct row *row = NULL;

	(void)ftw;
	if (type != FTW_F || st->st_size > 4 << 20)
		return 0;
	rows = read_whole(path);
	s = live_source_open(&o, &err);
	if (!s) {
		assert_int_equal(rows.n, 0);
		return 0;
	}
	for (size_t i = 0; i < rows.n; i++) {
		assert_int_equal(next(s, &row), LIVE_ROW);
		same_row(row, &rows.items[i]);
	}
	if (rows.n) {
		expect_end(s);
		live_source_counts(s, &counts);
		assert_int_equal(counts.packets, rows.packets);
		assert_int_equal(counts.odd, rows.odd);
		assert_int_equal(counts.waiting, 0);
		assert_false(counts.is_paced);
		compared++;
	}
	live_source_close(s);
	free(rows.items);
	return 0;
}

/* Also those in gzip, which are not followed, but read. */
static void whole_files(void **state)
{
	(void)state;
	assert_int_equal(nftw("testdata", compare_file, 16, FTW_PHYS), 0);
	assert_true(compared > 100);
}

/* A file grows by any number of bytes; then it is begun anew. */
static void growing(void **state)
{
	struct capture c = load(capture);
	char *path = in_work("growing.pcapng");
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	struct live_source *s = NULL;
	struct live_source_counts counts;
	uint32_t seed = 1;
	size_t at = 0, rows = 0;

	(void)state;
	s = open_with(
		(struct live_source_options){ .path = path, .follow = true });
	expect(s, &c.rows, 0, 0);
	while (at < c.bytes.len) {
		size_t n = 1 + random_of(&seed) % 3 * 20 +
			   random_of(&seed) % 20000;
		size_t to = 0;

		if (n > c.bytes.len - at)
			n = c.bytes.len - at;
		put(fd, c.bytes.text + at, n);
		at += n;
		to = rows_within(&c, at);
		expect(s, &c.rows, rows, to);
		rows = to;
	}
	assert_int_equal(rows, c.rows.n);
	live_source_stop(s);
	expect_end(s);
	expect_warning(s, NULL);
	live_source_counts(s, &counts);
	assert_true(counts.is_paced);
	assert_int_equal(counts.packets, c.rows.packets);
	assert_true(counts.last_time >= c.rows.items[c.rows.n - 1].time);
	live_source_close(s);
	close(fd);
	free(path);
	release(&c);
}

/* What is in the file when it is told to stop is read, but no half packet. */
static void stop_in_packet(void **state)
{
	struct capture c = load(capture);
	char *path = in_work("stopped.pcapng");
	struct live_source *s = NULL;
	const struct row *row = NULL;
	const size_t n = c.ends[c.n / 2] - 1, rows = rows_within(&c, n);
	int fd = -1;

	(void)state;
	put_file(path, c.bytes.text, c.ends[9]);
	s = open_with(
		(struct live_source_options){ .path = path, .follow = true });
	expect(s, &c.rows, 0, rows_within(&c, c.ends[9]));
	fd = open(path, O_WRONLY | O_APPEND);
	put(fd, c.bytes.text + c.ends[9], n - c.ends[9]);
	live_source_stop(s);
	for (size_t i = rows_within(&c, c.ends[9]); i < rows; i++) {
		assert_int_equal(next(s, &row), LIVE_ROW);
		same_row(row, &c.rows.items[i]);
	}
	expect_end(s);
	expect_warning(s, NULL);
	live_source_close(s);
	close(fd);
	free(path);
	release(&c);
}

/* A pipe that brings a few bytes at a time, and ends "short" of its end. */
static void dribble(const struct capture *c, size_t short_of_end,
		    const char *warning)
{
	const size_t end = c->bytes.len - short_of_end;
	struct live_source *s = NULL;
	uint32_t seed = 2;
	size_t at = 0, rows = 0;
	int fds[2];
	char *path = open_pipe(fds);

	s = open_with(
		(struct live_source_options){ .path = path, .follow = true });
	while (at < end) {
		size_t n = 1 + random_of(&seed) % 300, to = 0;

		if (n > end - at)
			n = end - at;
		put(fds[1], c->bytes.text + at, n);
		at += n;
		to = rows_within(c, at);
		expect(s, &c->rows, rows, to);
		rows = to;
	}
	close(fds[1]);
	expect_end(s);
	expect_warning(s, warning);
	expect_warning(s, NULL);
	live_source_close(s);
	close(fds[0]);
	free(path);
}

static void pipes(void **state)
{
	struct capture c = load(small);

	(void)state;
	dribble(&c, 0, NULL);
	dribble(&c, 1, "cut short in the middle of a packet");
	release(&c);
}

/* What comes through a pipe that is then closed. */
static struct live_source *open_bytes(const void *bytes, size_t n, int fds[2])
{
	struct live_source *s = NULL;
	char *path = open_pipe(fds);

	s = open_with(
		(struct live_source_options){ .path = path, .follow = true });
	put(fds[1], bytes, n);
	close(fds[1]);
	free(path);
	return s;
}

static void expect_no_capture(const void *bytes, size_t n, const char *text)
{
	int fds[2];
	struct live_source *s = open_bytes(bytes, n, fds);

	expect_failure(s, text);
	live_source_close(s);
	close(fds[0]);
}

static void no_captures(void **state)
{
	static const uint8_t garbage[100] = { 'x', 1, 2, 3 };
	struct capture c = load(small);
	gzFile gz = NULL;
	char *path = in_work("packed.pcap.gz");
	struct strbuf bytes = STRBUF_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	expect_no_capture("", 0, "it is empty");
	expect_no_capture("a", 1, "neither pcap nor pcapng");
	expect_no_capture(garbage, sizeof(garbage), "neither pcap nor pcapng");
	/* nothing but a header, and then half a packet */
	expect_no_capture(c.bytes.text, 30, "cut short in the middle");
	gz = gzopen(path, "wb");
	assert_int_equal(gzwrite(gz, c.bytes.text, 1000), 1000);
	gzclose(gz);
	assert_int_equal(file_read(&bytes, path, SIZE_MAX / 2, &err), 0);
	expect_no_capture(bytes.text, bytes.len, "gzip cannot be followed");
	refused((struct live_source_options){ .path = path, .follow = true },
		"gzip cannot be followed");
	strbuf_release(&bytes);
	free(path);

	path = in_work("nothing");
	refused((struct live_source_options){ .path = path },
		"No such file or directory");
	put_file(path, garbage, sizeof(garbage));
	refused((struct live_source_options){ .path = path, .follow = true },
		"neither pcap nor pcapng");
	put_file(path, "", 0);
	refused((struct live_source_options){ .path = path }, "is empty");
	free(path);
	path = in_work("directory");
	assert_int_equal(mkdir(path, 0700), 0);
	refused((struct live_source_options){ .path = path, .follow = true },
		"no capture with packets");
	refused((struct live_source_options){ .path = path }, "use --follow");
	refused_without_files(
		(struct live_source_options){ .path = path, .follow = true });
	free(path);
	release(&c);
}

/* It can be opened, but not read. */
static void unreadable(void **state)
{
	struct live_source *s = open_with((struct live_source_options){
		.path = "/proc/self/mem", .follow = true });

	(void)state;
	expect_failure(s, "cannot read '/proc/self/mem': Input/output error");
	live_source_close(s);
}

/* Somebody would have to type packets. */
static void typed(void **state)
{
	const int pty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	const int before = dup(STDIN_FILENO);
	int end = -1;

	(void)state;
	if (pty < 0)
		skip();
	assert_int_equal(grantpt(pty), 0);
	assert_int_equal(unlockpt(pty), 0);
	end = open(ptsname(pty), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(dup2(end, STDIN_FILENO), STDIN_FILENO);
	refused((struct live_source_options){ .path = "-" },
		"standard input is a terminal: use a pipe");
	dup2(before, STDIN_FILENO);
	close(before);
	close(end);
	close(pty);
}

/* Good packets, and then what cannot be one. */
static void damage_in_a_pipe(void **state)
{
	struct capture c = load(small);
	const size_t sound = c.ends[30];
	struct strbuf bytes = STRBUF_INIT;
	struct live_source *s = NULL;
	const struct row *row = NULL;
	int fds[2];

	(void)state;
	strbuf_append(&bytes, c.bytes.text, sound);
	for (int i = 0; i < 40; i++)
		strbuf_putc(&bytes, '\xff');
	s = open_bytes(bytes.text, bytes.len, fds);
	for (size_t i = 0; i < rows_within(&c, sound); i++) {
		assert_int_equal(next(s, &row), LIVE_ROW);
		same_row(row, &c.rows.items[i]);
	}
	expect_end(s);
	expect_warning(s, "damaged or corrupt: results cover what was read");
	live_source_close(s);
	close(fds[0]);
	strbuf_release(&bytes);
	release(&c);
}

/* Interface statistics: of the first one, 3 by it and 4 by the kernel. */
static const uint32_t drops[] = { 5, 52,	  0, 0, 0, 5 | 8 << 16, 3,
				  0, 7 | 8 << 16, 4, 0, 0, 52 };

enum {
	DROPPED = 3 + 4
};

/* What a pcapng tells of packets that were dropped, as soon as it does. */
static void told_drops(void **state)
{
	struct capture c = load(capture);
	struct live_source *s = NULL;
	struct live_source_counts counts;
	const size_t n = c.ends[9], m = c.ends[19];
	int fds[2];
	char *path = open_pipe(fds);

	(void)state;
	s = open_with((struct live_source_options){ .path = path });
	put(fds[1], c.bytes.text, n);
	expect(s, &c.rows, 0, rows_within(&c, n));
	live_source_counts(s, &counts);
	assert_false(counts.has_dropped);
	put(fds[1], drops, sizeof(drops));
	put(fds[1], c.bytes.text + n, m - n);
	expect(s, &c.rows, rows_within(&c, n), rows_within(&c, m));
	live_source_counts(s, &counts);
	assert_true(counts.has_dropped);
	assert_int_equal(counts.dropped, DROPPED);
	live_source_close(s);
	close(fds[0]);
	close(fds[1]);
	free(path);
	release(&c);
}

/* It ends although nobody writes, and nobody closes the pipe. */
static void stop_while_waiting(void **state)
{
	struct capture c = load(small);
	struct live_source *s = NULL;
	const struct row *row = NULL;
	struct error err = ERROR_INIT;
	int fds[2];
	char *path = open_pipe(fds);

	(void)state;
	for (int stop = 0; stop < 2; stop++) {
		s = open_with((struct live_source_options){ .path = path });
		if (stop) { /* within a packet */
			put(fds[1], c.bytes.text, c.ends[4] + 5);
			expect(s, &c.rows, 0, rows_within(&c, c.ends[4]));
			live_source_stop(s);
			expect_end(s);
			expect_warning(s, NULL);
		} else {
			assert_int_equal(live_source_next(s, &row, 0, &err),
					 LIVE_TIME);
		}
		live_source_close(s);
	}
	close(fds[0]);
	close(fds[1]);
	free(path);
	release(&c);
}

static atomic_int caught;

static void catch (int number)
{
	caught = number;
}

static void *send_signal(void *ctx)
{
	const struct timespec t = { .tv_nsec = 50000000 };

	while (!caught) {
		nanosleep(&t, NULL);
		pthread_kill(*(pthread_t *)ctx, SIGUSR1);
	}
	return NULL;
}

/* Who waits for packets is woken by a signal. */
static void signals(void **state)
{
	const struct sigaction action = { .sa_handler = catch };
	pthread_t self = pthread_self(), other;
	struct live_source *s = NULL;
	const struct row *row = NULL;
	int fds[2];
	char *path = open_pipe(fds);

	(void)state;
	sigaction(SIGUSR1, &action, NULL);
	s = open_with((struct live_source_options){ .path = path });
	assert_int_equal(pthread_create(&other, NULL, send_signal, &self), 0);
	assert_int_equal(next(s, &row), LIVE_TIME);
	assert_int_equal(caught, SIGUSR1);
	pthread_join(other, NULL);
	live_source_close(s);
	close(fds[0]);
	close(fds[1]);
	free(path);
}

/* More packets than there is room for: none is lost, and all may be left. */
static void more_than_room(void **state)
{
	struct capture c = load(small);
	const size_t first = c.ends[0] - 24, times = 5 * QUEUE_ROWS / 2;
	char *path = in_work("many.pcap");
	struct strbuf bytes = STRBUF_INIT;
	struct live_source *s = NULL;
	struct live_source_counts counts;
	const struct row *row = NULL;

	(void)state;
	strbuf_append(&bytes, c.bytes.text, 24);
	for (size_t i = 0; i < times; i++)
		strbuf_append(&bytes, c.bytes.text + 24, first);
	put_file(path, bytes.text, bytes.len);
	for (int all = 0; all < 2; all++) {
		s = open_with((struct live_source_options){ .path = path });
		for (size_t i = 0; i < (all ? times : 10); i++) {
			assert_int_equal(next(s, &row), LIVE_ROW);
			assert_int_equal(row->frame, i + 1);
		}
		do
			live_source_counts(s, &counts);
		while (!all && counts.waiting < counts.room - 10);
		assert_true(counts.waiting <= counts.room);
		if (all)
			expect_end(s);
		live_source_close(s);
	}
	strbuf_release(&bytes);
	free(path);
	release(&c);
}

/* From the packet "from" up to "to", behind the header, as a file of a ring. */
static void put_part(const struct capture *c, const char *name, size_t from,
		     size_t to)
{
	const size_t begin = from ? c->ends[from - 1] : 24;
	struct strbuf bytes = STRBUF_INIT;
	char *path = in_work(name);

	strbuf_append(&bytes, c->bytes.text, 24);
	if (to > from)
		strbuf_append(&bytes, c->bytes.text + begin,
			      c->ends[to - 1] - begin);
	put_file(path, bytes.text, bytes.len);
	strbuf_release(&bytes);
	free(path);
}

static void remove_files(const char *const *names)
{
	for (; *names; names++) {
		char *path = in_work(*names);

		unlink(path);
		free(path);
	}
}

/*
 * Files of a ring, the last one of which is written while the others are read.
 * "others" were written by somebody else.
 */
static void ring(const struct capture *c, const char *const names[5],
		 const char *const *others)
{
	struct live_source *s = NULL;
	const size_t n = c->n;
	const size_t part[] = { 0, n / 4, n / 2, 3 * n / 4, n };
	char *path = in_work(names[0]);
	size_t rows = 0;

	for (const char *const *other = others; *other; other++)
		put_part(c, *other, n / 3, n);
	put_part(c, names[0], part[0], part[1]);
	put_part(c, names[1], part[1], part[2]);
	s = open_with(
		(struct live_source_options){ .path = path, .follow = true });
	for (size_t i = 2; i <= 4; i++) {
		const size_t to = rows_within(c, c->ends[part[i] - 1]);

		expect(s, &c->rows, rows, to);
		rows = to;
		if (i < 4) {
			put_part(c, names[i], part[i], part[i]);
			expect(s, &c->rows, rows, rows);
			put_part(c, names[i], part[i], part[i + 1]);
		}
	}
	live_source_stop(s);
	expect_end(s);
	expect_warning(s, NULL);
	live_source_close(s);
	remove_files(names);
	remove_files(others);
	free(path);
}

static void rings(void **state)
{
	static const char *const none[] = { NULL };
	static const char *const tcpdump[] = { "ring.pcap", "ring.pcap1",
					       "ring.pcap2", "ring.pcap3",
					       NULL };
	static const char *const again[] = { "w2", "w3", "w0", "w1", NULL };
	static const char *const timed[] = { "eth0-20261129120000.pcap",
					     "eth0-20261129120100.pcap",
					     "eth0-20261129120200.pcap",
					     "eth0-20261129120300.pcap", NULL };
	static const char *const dumpcap[] = { "r_00009_20261129120000.pcap",
					       "r_00010_20261129120001.pcap",
					       "r_00011_20261129120002.pcap",
					       "r_00012_20261129120003.pcap",
					       NULL };
	static const char *const others[] = {
		"eth1-20261129120000.pcap",    "rong.pcap9", "x2",
		"s_00010_20261129120001.pcap", "ring7.pcap", NULL
	};
	struct capture c = load(small);

	(void)state;
	ring(&c, tcpdump, others);
	ring(&c, again, others);
	ring(&c, timed, others);
	ring(&c, dumpcap, others);
	ring(&c, dumpcap, none);
	release(&c);
}

static void set_time(const char *path, int64_t seconds)
{
	const struct timespec times[2] = { { .tv_sec = seconds },
					   { .tv_sec = seconds } };

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/*
 * Files of the working directory.  One without packets has no time but that of
 * the file: it is followed by what was written later.
 */
static void ring_without_directory(void **state)
{
	static const char *const names[] = { "ring.pcap", "ring.pcap1",
					     "ring.pcap2", NULL };
	struct capture c = load(small);
	struct live_source *s = NULL;
	const int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	put_part(&c, names[0], 0, 0);
	put_part(&c, names[1], 0, 10);
	put_part(&c, names[2], 0, c.n);
	assert_int_equal(chdir(work), 0);
	set_time(names[0], 2000);
	set_time(names[1], 1000);
	set_time(names[2], 3000);
	s = open_with((struct live_source_options){ .path = names[0],
						    .follow = true });
	expect(s, &c.rows, 0, c.rows.n);
	live_source_stop(s);
	expect_end(s);
	expect_warning(s, NULL);
	live_source_close(s);
	assert_int_equal(fchdir(here), 0);
	close(here);
	remove_files(names);
	release(&c);
}

/* What each file of a ring tells of dropped packets is added up. */
static void drops_in_a_ring(void **state)
{
	static const char *const names[] = { "r_00001_20261129120000.pcapng",
					     "r_00002_20261129120001.pcapng",
					     NULL };
	struct capture c = load(capture);
	char *path = in_work(names[0]), *next_path = in_work(names[1]);
	struct live_source *s = NULL;
	struct live_source_counts counts;
	struct strbuf bytes = STRBUF_INIT;
	const size_t head = c.begin, n = c.ends[9], m = c.ends[19];

	(void)state;
	strbuf_append(&bytes, c.bytes.text, n);
	strbuf_append(&bytes, (const char *)drops, sizeof(drops));
	put_file(path, bytes.text, bytes.len);
	bytes.len = 0;
	strbuf_append(&bytes, c.bytes.text, head);
	strbuf_append(&bytes, c.bytes.text + n, m - n);
	strbuf_append(&bytes, (const char *)drops, sizeof(drops));
	put_file(next_path, bytes.text, bytes.len);
	s = open_with(
		(struct live_source_options){ .path = path, .follow = true });
	expect(s, &c.rows, 0, rows_within(&c, m));
	live_source_stop(s);
	expect_end(s);
	live_source_counts(s, &counts);
	assert_true(counts.has_dropped);
	assert_int_equal(counts.dropped, 2 * DROPPED);
	live_source_close(s);
	remove_files(names);
	strbuf_release(&bytes);
	free(path);
	free(next_path);
	release(&c);
}

/* The newest file of a directory is begun with. */
static void directory(void **state)
{
	static const char *const names[] = { "ring.pcap1", "ring.pcap2",
					     "notes.txt", NULL };
	struct capture c = load(small);
	struct live_source *s = NULL;
	const struct row *row = NULL;
	char *path = in_work("notes.txt");

	(void)state;
	remove_files((const char *const[]){ "growing.pcapng", "stopped.pcapng",
					    "many.pcap", NULL });
	put_file(path, "nothing", 7);
	put_part(&c, names[0], 0, 10);
	put_part(&c, names[1], 10, 20);
	s = open_with(
		(struct live_source_options){ .path = work, .follow = true });
	assert_int_equal(next(s, &row), LIVE_ROW);
	assert_int_equal(row->time, c.rows.items[10].time);
	assert_int_equal(row->frame, 1);
	live_source_close(s);
	remove_files(names);
	free(path);
	release(&c);
}

/* Another file takes its name, as of tcpdump that is started again; or it is
   written from its begin on. */
static void begun_anew(void **state)
{
	static const char *const names[] = { "one.pcap", "new", NULL };
	struct capture c = load(small);
	const size_t n = rows_within(&c, c.ends[19]);
	struct live_source *s = NULL;
	char *path = in_work(names[0]), *other = in_work(names[1]);

	(void)state;
	for (int rename_it = 0; rename_it < 2; rename_it++) {
		put_part(&c, names[0], 0, 20);
		s = open_with((struct live_source_options){ .path = path,
							    .follow = true });
		expect(s, &c.rows, 0, n);
		if (rename_it) {
			put_part(&c, names[1], 20, 39);
			assert_int_equal(rename(other, path), 0);
		} else {
			put_part(&c, names[0], 20, 39);
		}
		expect(s, &c.rows, n, rows_within(&c, c.ends[38]));
		live_source_close(s);
	}
	remove_files(names);
	free(path);
	free(other);
	release(&c);
}

/* It shrinks, and nothing has its name any more. */
static void gone(void **state)
{
	struct capture c = load(small);
	const size_t n = rows_within(&c, c.ends[19]);
	struct live_source *s = NULL;
	char *path = in_work("gone.pcap");
	int fd = -1;

	(void)state;
	put_part(&c, "gone.pcap", 0, 20);
	s = open_with(
		(struct live_source_options){ .path = path, .follow = true });
	expect(s, &c.rows, 0, n);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ftruncate(fd, 24), 0);
	expect_end(s);
	expect_warning(s, "gone.pcap', which cannot be opened: No such file");
	expect_warning(s, NULL);
	live_source_close(s);
	close(fd);
	free(path);
	release(&c);
}

/* A packet of the k-th pair of addresses and ports, link type RAW. */
static void put_pair(struct strbuf *bytes, uint32_t seconds, uint32_t k)
{
	const uint32_t head[] = { seconds, 0, 40, 40 };
	uint8_t p[40] = { [0] = 0x45, [3] = 40, [8] = 64, [9] = 6 };

	p[12] = p[16] = 10;
	p[13] = (uint8_t)(k >> 16);
	p[14] = (uint8_t)(k >> 8);
	p[15] = (uint8_t)k;
	p[23] = 80;
	p[32] = 0x50;
	p[33] = 0x10;
	strbuf_append(bytes, (const char *)head, sizeof(head));
	strbuf_append(bytes, (const char *)p, sizeof(p));
}

/* Of so many pairs, those that were silent for hours are new ones when they
   come again; the others are not. */
static void silent_pairs(void **state)
{
	enum {
		SILENT = 60000,
		PAIRS = 70000,
		HOURS = 4 * 3600
	};
	static const uint32_t header[] = { 0xa1b2c3d4, 2 | 4 << 16, 0,
					   0,	       0xffff,	    101 };
	char *path = in_work("pairs.pcap");
	struct strbuf bytes = STRBUF_INIT;
	struct live_source *s = NULL;
	const struct row *row = NULL;

	(void)state;
	strbuf_append(&bytes, (const char *)header, sizeof(header));
	for (uint32_t k = 0; k < PAIRS; k++)
		put_pair(&bytes, k < SILENT ? 0 : HOURS, k);
	put_pair(&bytes, HOURS, SILENT - 1);
	put_pair(&bytes, HOURS, SILENT);
	put_file(path, bytes.text, bytes.len);
	s = open_with((struct live_source_options){ .path = path });
	for (uint32_t k = 0; k < PAIRS; k++) {
		assert_int_equal(next(s, &row), LIVE_ROW);
		assert_int_equal(row->stream, k);
	}
	assert_int_equal(next(s, &row), LIVE_ROW);
	assert_int_equal(row->stream, PAIRS);
	assert_int_equal(next(s, &row), LIVE_ROW);
	assert_int_equal(row->stream, SILENT);
	expect_end(s);
	live_source_close(s);
	unlink(path);
	strbuf_release(&bytes);
	free(path);
}

static void expect_file(const char *path, const void *bytes, size_t n)
{
	struct strbuf got = STRBUF_INIT;
	struct error err = ERROR_INIT;

	assert_int_equal(file_read(&got, path, SIZE_MAX / 2, &err), 0);
	assert_int_equal(got.len, n);
	assert_memory_equal(got.text, bytes, n);
	strbuf_release(&got);
}

/* What came is in the file, at any time, and at the end whole packets are. */
static void kept(void **state)
{
	struct capture c = load(small);
	struct live_source *s = NULL;
	int fds[2];
	char *path = open_pipe(fds), *file = in_work("kept.pcap");
	struct live_source_options o = { .path = path, .write = file };
	const size_t n = c.ends[9];

	(void)state;
	s = open_with(o);
	put(fds[1], c.bytes.text, n + 7);
	expect(s, &c.rows, 0, rows_within(&c, n));
	expect_file(file, c.bytes.text, n + 7);
	live_source_stop(s);
	expect_end(s);
	expect_file(file, c.bytes.text, n);
	live_source_close(s);
	expect_file(file, c.bytes.text, n);

	refused(o, "exists: use -f to replace it");
	o.force = true;
	s = open_with(o);
	put(fds[1], c.bytes.text, c.bytes.len);
	close(fds[1]);
	expect_end_after(s, &c.rows);
	expect_file(file, c.bytes.text, c.bytes.len);
	live_source_close(s);
	o.path = file;
	refused(o, "is already a file");
	expect_file(file, c.bytes.text, c.bytes.len);
	unlink(file);
	assert_int_equal(mkfifo(file, 0600), 0);
	refused(o, "it is the file that is read");
	close(fds[0]);
	unlink(file);
	free(file);
	free(path);
	release(&c);
}

/* The disk is full: the packets are seen all the same. */
static void not_kept(void **state)
{
	struct capture c = load(small);
	struct live_source *s = NULL;
	int fds[2];
	char *path = open_pipe(fds);
	struct live_source_options o = { .path = path, .write = "/dev/full" };

	(void)state;
	s = open_with(o);
	put(fds[1], c.bytes.text, c.bytes.len);
	close(fds[1]);
	expect_end_after(s, &c.rows);
	expect_warning(s, "No space left on device");
	expect_warning(s, NULL);
	live_source_close(s);
	o.write = "/proc/nothing/there";
	refused(o, "cannot write '/proc/nothing/there'");
	o.write = work;
	refused(o, "is a directory");
	close(fds[0]);
	free(path);
	release(&c);
}

struct writer {
	int fd;
	const struct strbuf *bytes;
};

static void *write_all(void *ctx)
{
	const struct writer *w = ctx;

	(void)!file_write_all(w->fd, w->bytes->text, w->bytes->len);
	close(w->fd);
	return NULL;
}

/* Whatever comes through a pipe: it ends, one way or another. */
static void hostile(void **state)
{
	struct capture c = load(capture);
	uint32_t seed = 3;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	for (int round = 0; round < 150; round++) {
		struct strbuf bytes = STRBUF_INIT;
		struct live_source *s = NULL;
		struct error err = ERROR_INIT;
		const struct row *row = NULL;
		enum live_step step = LIVE_ROW;
		struct writer w = { .bytes = &bytes };
		pthread_t thread;
		int fds[2];
		char *path = open_pipe(fds);

		strbuf_append(&bytes, c.bytes.text, 40000);
		for (uint32_t i = 0; i < 1 + random_of(&seed) % 20; i++)
			bytes.text[random_of(&seed) %
				   (round % 2 ? 1000 : 40000)] =
				(char)random_of(&seed);
		s = open_with((struct live_source_options){ .path = path });
		w.fd = fds[1];
		assert_int_equal(pthread_create(&thread, NULL, write_all, &w),
				 0);
		while (step == LIVE_ROW || step == LIVE_TIME)
			step = live_source_next(
				s, &row, monotonic_ns() + long_time, &err);
		assert_true(step == LIVE_END || *err.text);
		live_source_close(s);
		close(fds[0]);
		pthread_join(thread, NULL);
		strbuf_release(&bytes);
		free(path);
	}
	release(&c);
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(work) ? 0 : -1;
}

static int remove_it(const char *path, const struct stat *st, int type,
		     struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int end(void **state)
{
	(void)state;
	return nftw(work, remove_it, 16, FTW_PHYS | FTW_DEPTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_files),
		cmocka_unit_test(growing),
		cmocka_unit_test(stop_in_packet),
		cmocka_unit_test(pipes),
		cmocka_unit_test(no_captures),
		cmocka_unit_test(unreadable),
		cmocka_unit_test(typed),
		cmocka_unit_test(damage_in_a_pipe),
		cmocka_unit_test(told_drops),
		cmocka_unit_test(stop_while_waiting),
		cmocka_unit_test(signals),
		cmocka_unit_test(more_than_room),
		cmocka_unit_test(rings),
		cmocka_unit_test(ring_without_directory),
		cmocka_unit_test(drops_in_a_ring),
		cmocka_unit_test(directory),
		cmocka_unit_test(begun_anew),
		cmocka_unit_test(gone),
		cmocka_unit_test(silent_pairs),
		cmocka_unit_test(kept),
		cmocka_unit_test(not_kept),
		cmocka_unit_test(hostile),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
