/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * follow.h - for source.h: find the file that continues the one being read:
 * the next one of a ring, or one that replaced it.
 *
 *	struct follow f;
 *	follow_start(&f, path, fd);
 *	while (!follow_look(&f, at, last)) ... read what is new in the file ...
 *	... f.next ...
 *	follow_release(&f);
 *
 * File names tell which files may belong to the same ring
 * (load/file_sources.h), the times of their first packets tell their order.
 * So a file that tcpdump -W overwrites comes after all others.
 */
#ifndef LIVE_FOLLOW_H
#define LIVE_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct follow_file; /* a file that was looked at before */

/* It owns what it points to. */
struct follow {
	char *path; /* the file being read */
	char *next; /* the file after it, once known; else NULL */
	int fd;	    /* borrowed */
	bool has_first;
	int64_t first;	/* time of its first packet, ns since 1970 */
	int64_t looked; /* when the directory was read, monotonic_ns() */
	struct follow_file *files;
	size_t n;
};

void follow_start(struct follow *f, const char *path, int fd);

/*
 * Whether there is a next file.  Call repeatedly while the current file has
 * nothing new after its first "at" bytes; "last" is the time of its last
 * packet (0: none).  When it returns true, read the current file to its end
 * once more: something may have been written before.
 */
bool follow_look(struct follow *f, uint64_t at, int64_t last);

/*
 * Whether the current file, of which "at" bytes were read, is being
 * overwritten from its beginning.  Then it is its own next file.
 */
bool follow_is_begun_anew(struct follow *f, uint64_t at);

void follow_release(struct follow *f);

/*
 * The path of the file in a directory whose first packet is the latest; the
 * caller frees it.  NULL: it contains no capture with packets.
 */
char *follow_newest(const char *directory, struct error *err);

#endif
