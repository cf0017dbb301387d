/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp_csv_recognise(): whether a file is an export. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "read/mptcp_csv.h"

enum {
	PEEK = 4096,		/* bytes looked at */
	PAUSE_NS = 2 * 1000000, /* between looks at a slow pipe */
	GZIP_WINDOW = 15 + 16	/* zlib's for "gzip only" */
};

enum answer {
	NO,
	YES,
	MORE /* more bytes are needed to decide */
};

static const char signature[] = "mptcp_csv_";

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == ',' || c == '"' || c == '\r';
}

static enum answer look_at_text(const char *text, size_t n)
{
	static const char bom[] = "\xef\xbb\xbf";
	size_t want = sizeof(signature) - 1, at = 0;
	int commas = 0;

	if (memcmp(text, bom, n < 3 ? n : 3) == 0) {
		if (n < 3)
			return MORE;
		text += 3;
		n -= 3;
	}
	at = n > 0 && text[0] == '"';
	if (memcmp(text + at, signature, n - at < want ? n - at : want) == 0)
		return n - at < want ? MORE : YES;
	for (at = 0; at < n && text[at] != '\n'; at++) {
		if (!is_name(text[at]))
			return NO;
		commas += text[at] == ',';
	}
	if (at == n)
		return MORE;
	return commas ? YES : NO;
}

static enum answer look(const unsigned char *bytes, size_t n)
{
	unsigned char plain[PEEK];
	z_stream z;
	int rc = Z_OK;

	if (n == 0 || (n == 1 && bytes[0] == 0x1f))
		return MORE;
	if (bytes[0] != 0x1f || bytes[1] != 0x8b)
		return look_at_text((const char *)bytes, n);
	memset(&z, 0, sizeof(z));
	z.next_in = mem_realloc(NULL, n, 1);
	memcpy(z.next_in, bytes, n);
	unsigned char *copy = z.next_in;

	z.avail_in = (unsigned)n;
	z.next_out = plain;
	z.avail_out = sizeof(plain);
	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK) {
		free(copy);
		return NO;
	}
	rc = inflate(&z, Z_SYNC_FLUSH);
	n = sizeof(plain) - z.avail_out;
	inflateEnd(&z);
	free(copy);
	if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
		return NO;
	return n ? look_at_text((const char *)plain, n) : MORE;
}

/*
 * Copy the content of the pipe without consuming it, using the pipe "scratch";
 * -1 on errors.
 */
static ssize_t copy_pipe(int fd, const int scratch[2], unsigned char *buf)
{
	ssize_t n = tee(fd, scratch[1], PEEK, SPLICE_F_NONBLOCK), got = 0;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	while (got < n) {
		ssize_t k = read(scratch[0], buf + got, (size_t)(n - got));

		if (k <= 0)
			return -1;
		got += k;
	}
	return n;
}

static bool recognise_pipe(int fd)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	unsigned char buf[PEEK];
	int scratch[2] = { -1, -1 };
	enum answer answer = MORE;

	if (pipe2(scratch, O_CLOEXEC) < 0)
		return 0;
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int polled = poll(&p, 1, -1);
		ssize_t n = 0;

		if (polled < 0 && errno == EINTR)
			continue;
		n = copy_pipe(fd, scratch, buf);
		if (n < 0)
			break;
		answer = look(buf, (size_t)n);
		if (answer != MORE || n == PEEK || (p.revents & POLLHUP))
			break;
		nanosleep(&pause, NULL);
	}
	close(scratch[0]);
	close(scratch[1]);
	return answer == YES;
}

bool mptcp_csv_recognise(int fd)
{
	unsigned char buf[PEEK];
	struct stat st;
	off_t at = 0;
	ssize_t n = 0;

	if (fstat(fd, &st) < 0)
		return 0;
	if (S_ISFIFO(st.st_mode))
		return recognise_pipe(fd);
	if (!S_ISREG(st.st_mode))
		return 0;
	at = lseek(fd, 0, SEEK_CUR);
	n = pread(fd, buf, sizeof(buf), at < 0 ? 0 : at);
	return n > 0 && look(buf, (size_t)n) == YES;
}
