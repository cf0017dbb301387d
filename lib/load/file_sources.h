/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file_sources.h - group capture files by the process that wrote them, called
 * their source.
 *
 * Files that follow each other in time and whose names differ only in numbers
 * come from one process that began a new file when one was full (tcpdump -C or
 * -G, dumpcap -b).  Files of one dumpcap ring may overlap in time; their names
 * show that they belong together.
 *
 * Each source has interfaces of its own: "eth0" in two sources that ran at the
 * same time need not be the same interface.
 */
#ifndef LOAD_FILE_SOURCES_H
#define LOAD_FILE_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strlist.h"

enum {
	FILE_SOURCE_NAME = 30 /* maximum length of a source's name */
};

struct file_span {
	const char *path, *name; /* the source is derived from "name" */
	bool has_time;	     /* there are packets, with times first to last */
	int64_t first, last; /* ns since 1970 */
};

struct file_source;

struct file_sources {
	size_t *of; /* index of the source, by file */
	size_t n;
	/* Of the sources, all different: the common beginning of the names of
	   its files, or the name of the first one. */
	struct strlist names;
	struct file_source *items;
};

/*
 * Whether "path" may be another file of the ring or rotation that wrote
 * "before", judged by the names alone; true for earlier files as well.
 */
bool file_sources_may_go_on(const char *before, const char *path);

/* Group n files, which must be in order of time. */
void file_sources_find(struct file_sources *s, const struct file_span *files,
		       size_t n);

/*
 * Whether two sources wrote at the same time, for more than a tenth of the
 * shorter one's duration.
 */
bool file_sources_parallel(const struct file_sources *s, size_t a, size_t b);

void file_sources_release(struct file_sources *s);

#endif
