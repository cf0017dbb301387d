/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pcap/bytes.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"

enum {
	WINDOW = 2 * BYTES_LOOK,
	PIECE = 1 << 18,      /* bytes per read: fits the processor's cache */
	PIECE_LEAST = 1 << 9, /* bytes per read after a gap */
	GAP = 1 << 11,	      /* bytes that are faster to skip than to read */
	/* bytes worth moving to the beginning of the window */
	LITTLE = 1 << 14,
	PACKED = 1 << 16, /* bytes of compressed input */
	GZIP_ONLY = 16 + MAX_WBITS
};

/* Read more of the file; 0: nothing left, or an error. */
static size_t read_file(struct bytes *b, uint8_t *to, size_t n)
{
	if (b->read)
		return b->read(b->read_ctx, to, n);
	for (;;) {
		ssize_t got = b->is_regular ? pread(b->fd, to, n, b->file_at)
					    : read(b->fd, to, n);
		struct pollfd wait = { .fd = b->fd, .events = POLLIN };

		if (got >= 0) {
			b->file_at += got;
			return (size_t)got;
		}
		if (errno == EAGAIN && poll(&wait, 1, -1) >= 0)
			continue;
		if (errno != EINTR)
			return 0;
	}
}

/* One call of inflate(); false: nothing more can follow. */
static bool unpack_some(struct bytes *b)
{
	z_stream *z = b->gzip;
	int rc = Z_OK;

	if (z->avail_in == 0) {
		z->next_in = b->packed;
		z->avail_in = (unsigned)read_file(b, b->packed, PACKED);
		if (z->avail_in == 0) {
			b->is_damaged |= b->in_member;
			return false;
		}
	}
	if (!b->in_member) { /* another member follows */
		if (inflateReset(z) != Z_OK)
			return false;
		b->in_member = true;
	}
	rc = inflate(z, Z_NO_FLUSH);
	if (rc == Z_STREAM_END)
		b->in_member = false;
	else if (rc != Z_OK && rc != Z_BUF_ERROR)
		b->is_damaged = true;
	return !b->is_damaged;
}

static size_t unpack(struct bytes *b, uint8_t *to, size_t n)
{
	z_stream *z = b->gzip;

	z->next_out = to;
	z->avail_out = (unsigned)n;
	while (z->avail_out == n && unpack_some(b))
		;
	return n - z->avail_out;
}

/* Append more bytes to those in the window. */
static void fill(struct bytes *b)
{
	size_t have = b->to - b->from, got = 0;

	if (b->from > 0 && (have < LITTLE || b->to + PIECE > WINDOW)) {
		memmove(b->window, b->window + b->from, have);
		b->from = 0;
		b->to = have;
	}
	got = b->gzip ? unpack(b, b->window + b->to, PIECE)
		      : read_file(b, b->window + b->to, b->piece);
	if (b->piece < PIECE)
		b->piece *= 2;
	b->to += got;
	b->at_end = got == 0;
}

static void open_gzip(struct bytes *b)
{
	b->gzip = mem_calloc(1, sizeof(*b->gzip));
	b->packed = mem_realloc(NULL, PACKED, 1);
	/* Bytes read to detect gzip come first. */
	memcpy(b->packed, b->window + b->from, b->to - b->from);
	b->gzip->next_in = b->packed;
	b->gzip->avail_in = (unsigned)(b->to - b->from);
	b->from = b->to = 0;
	b->in_member = true;
	if (inflateInit2(b->gzip, GZIP_ONLY) != Z_OK) {
		free(b->gzip);
		b->gzip = NULL;
		b->at_end = b->is_damaged = true;
	}
}

/* The first bytes tell whether it is gzip. */
static void begin(struct bytes *b)
{
	b->piece = PIECE;
	b->window = mem_realloc(NULL, WINDOW, 1);
	while (b->to < 2 && !b->at_end) {
		size_t got = read_file(b, b->window + b->to, PACKED - 2);

		b->to += got;
		b->at_end = got == 0;
	}
	if (b->to >= 2 && b->window[0] == 0x1f && b->window[1] == 0x8b)
		open_gzip(b);
}

void bytes_open(struct bytes *b, int fd, off_t start)
{
	struct stat st;

	*b = (struct bytes){ .fd = fd, .file_at = start };
	b->is_regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	begin(b);
}

void bytes_open_read(struct bytes *b, bytes_read_fn *fn, void *ctx)
{
	*b = (struct bytes){ .fd = -1, .read = fn, .read_ctx = ctx };
	begin(b);
}

const uint8_t *bytes_look(struct bytes *b, size_t n)
{
	while (b->to - b->from < n && !b->at_end && n <= BYTES_LOOK)
		fill(b);
	return b->to - b->from >= n ? b->window + b->from : NULL;
}

const uint8_t *bytes_some(struct bytes *b, size_t *n)
{
	if (b->to == b->from && !b->at_end)
		fill(b);
	*n = b->to - b->from;
	return b->window + b->from;
}

bool bytes_end(struct bytes *b)
{
	return !bytes_look(b, 1);
}

void bytes_skip(struct bytes *b, size_t n)
{
	b->from += n;
	b->at += n;
}

bool bytes_go(struct bytes *b, uint64_t at)
{
	const uint64_t next = b->at + (b->to - b->from); /* next byte to read */
	const off_t begin = b->file_at - (off_t)next;

	if (at < b->at || at - b->at > GAP)
		b->piece = PIECE_LEAST;
	if (at >= b->at && at <= next) {
		bytes_skip(b, (size_t)(at - b->at));
		return true;
	}
	if (!b->is_regular || b->gzip || at > (uint64_t)(INT64_MAX - begin))
		return false;
	b->from = b->to = 0;
	b->at = at;
	b->file_at = begin + (off_t)at;
	b->at_end = false;
	return true;
}

void bytes_close(struct bytes *b)
{
	if (b->gzip)
		inflateEnd(b->gzip);
	free(b->gzip);
	free(b->packed);
	free(b->window);
	*b = (struct bytes){ .fd = -1 };
}
