/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bytes.h - read the bytes of a file sequentially, uncompressed or compressed
 * by gzip (RFC 1952), in little memory.
 *
 *	struct bytes b;
 *	bytes_open(&b, fd, 0);
 *	while ((p = bytes_look(&b, 16)))
 *		... 16 bytes at p; bytes_skip(&b, 16) ...
 *	bytes_close(&b);
 *
 * In uncompressed regular files reading can continue at any offset, preferably
 * further ahead.  The descriptor remains the caller's; the offset of a regular
 * file is not changed.
 */
#ifndef PCAP_BYTES_H
#define PCAP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	BYTES_LOOK = 1 << 20 /* maximum for bytes_look() */
};

struct z_stream_s;

/*
 * Wait for more bytes and store up to n of them; returns how many; 0: the end.
 */
typedef size_t bytes_read_fn(void *ctx, uint8_t *to, size_t n);

struct bytes {
	int fd;
	bytes_read_fn *read; /* used instead of fd; or NULL */
	void *read_ctx;
	bool is_regular;
	off_t file_at;		 /* file offset of the next read */
	uint8_t *window;	 /* owned */
	size_t from, to;	 /* unread part of the window */
	size_t piece;		 /* bytes per read */
	uint64_t at;		 /* bytes consumed so far */
	bool at_end;		 /* nothing follows after the window */
	bool is_damaged;	 /* gzip: the rest cannot be decompressed */
	uint8_t *packed;	 /* gzip: input buffer; owned */
	struct z_stream_s *gzip; /* owned; NULL: not compressed */
	bool in_member;		 /* gzip: within a member */
};

/*
 * Begin at offset "start" of a regular file, or at the current position of a
 * pipe.
 */
void bytes_open(struct bytes *b, int fd, off_t start);

/*
 * The same with a function that reads.  It is called only when nothing else is
 * left, so it never waits longer than necessary.
 */
void bytes_open_read(struct bytes *b, bytes_read_fn *read, void *ctx);

/*
 * The next n bytes (at most BYTES_LOOK), without consuming them; valid until
 * the next call.  NULL: fewer than n are left.
 */
const uint8_t *bytes_look(struct bytes *b, size_t n);

/* All bytes that are available without reading more; *n is 0 at the end. */
const uint8_t *bytes_some(struct bytes *b, size_t *n);

/* Whether all bytes were consumed. */
bool bytes_end(struct bytes *b);

/* Consume n bytes that bytes_look() or bytes_some() showed. */
void bytes_skip(struct bytes *b, size_t n);

/*
 * Continue at "at" bytes after the beginning, possibly behind the end; false:
 * not possible.  Bytes in between are not read.
 */
bool bytes_go(struct bytes *b, uint64_t at);

void bytes_close(struct bytes *b);

#endif
