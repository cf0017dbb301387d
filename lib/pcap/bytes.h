/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bytes.h - the bytes of a file from its beginning to its end, as they are or
 * as gzip (RFC 1952) holds them.
 *
 *	struct bytes b;
 *	bytes_open(&b, fd, 0);
 *	while ((p = bytes_look(&b, 16)))
 *		... 16 bytes at p; bytes_skip(&b, 16) ...
 *	bytes_close(&b);
 *
 * Those of a regular file, as they are, can be gone to in any order, and best
 * forward.
 *
 * A piece at a time, whatever the size of the file.  Of a regular file the
 * offset of the descriptor, which stays the caller's, is not moved.
 */
#ifndef PCAP_BYTES_H
#define PCAP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	BYTES_LOOK = 1 << 20 /* that can be seen at once, at most */
};

struct z_stream_s;

struct bytes {
	int fd;
	bool is_regular;
	off_t file_at;		 /* of the next byte to be read from the file */
	uint8_t *window;	 /* owned */
	size_t from, to;	 /* of the window: what was not yet skipped */
	size_t piece;		 /* bytes that are read at once */
	uint64_t at;		 /* bytes that were skipped */
	bool at_end;		 /* nothing comes behind the window */
	bool is_damaged;	 /* gzip: what comes cannot be unpacked */
	uint8_t *packed;	 /* gzip: owned */
	struct z_stream_s *gzip; /* owned; NULL: the bytes are as they are */
	bool in_member;		 /* gzip: between a header and its trailer */
};

/* Begins at the offset "start" of a regular file, else where it is. */
void bytes_open(struct bytes *b, int fd, off_t start);

/*
 * The next n bytes, at most BYTES_LOOK, until the next call; NULL: there are
 * not as many.
 */
const uint8_t *bytes_look(struct bytes *b, size_t n);

/* As many of the next bytes as are at hand: *n, which is 0 at the end. */
const uint8_t *bytes_some(struct bytes *b, size_t *n);

/* Is there no further byte? */
bool bytes_end(struct bytes *b);

/* Go on by n bytes; false: there are not as many. */
bool bytes_skip(struct bytes *b, uint64_t n);

/*
 * Go to where bytes_open() began and "at" bytes on, which may be behind the
 * end; false: it cannot go there.  What is far away is not read on the way.
 */
bool bytes_go(struct bytes *b, uint64_t at);

void bytes_close(struct bytes *b);

#endif
