/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file_sources.h - who wrote several files: those that were written one after
 * the other, under names that differ in numbers, are of one source, which went
 * on to the next file when one was full (tcpdump -C, -G, dumpcap -b).  Those of
 * dumpcap may overlap in time; their names tell that they are of one ring.
 *
 * A source has interfaces of its own: what two of them that ran at the same
 * time call eth0 need not be the same.
 */
#ifndef LOAD_FILE_SOURCES_H
#define LOAD_FILE_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strlist.h"

enum {
	FILE_SOURCE_NAME = 30 /* characters of a name, at most */
};

struct file_span {
	const char *path, *name; /* of the file, which is told by its name */
	bool has_time;		 /* it has packets, stamped from ... to ... */
	int64_t first, last;	 /* ns since 1970 */
};

struct file_source;

struct file_sources {
	size_t *of; /* by file: its source */
	size_t n;
	struct strlist names; /* of the sources, all different: what the names
				 of its files have in common, or that of the
				 first one */
	struct file_source *items;
};

/* Of n files in order of time. */
void file_sources_find(struct file_sources *s, const struct file_span *files,
		       size_t n);

/* Did two sources write at the same time, for more than a tenth of the shorter
   one's? */
bool file_sources_parallel(const struct file_sources *s, size_t a, size_t b);

void file_sources_release(struct file_sources *s);

#endif
