/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keep.h - for source.h: save captured bytes in a file that others can read
 * meanwhile (-w).
 *
 * Unlike outfile.h the file has its name from the start, and what was written
 * remains whatever happens to the program.
 */
#ifndef LIVE_KEEP_H
#define LIVE_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct keep {
	int fd;		  /* -1: none */
	const char *path; /* the caller's */
	bool is_regular;
};

/*
 * Create the file.  An existing file of that name is an error unless "force"
 * is set; so is, in any case, the file that is being read at descriptor
 * "source".
 */
int keep_open(struct keep *k, const char *path, bool force, int source,
	      struct error *err) __attribute__((warn_unused_result));

/* -1: writing failed; call keep_fail(). */
int keep_write(struct keep *k, const void *bytes, size_t n, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Close the file, truncated to "end" bytes (the last complete record).  -1:
 * not everything was written.
 */
int keep_close(struct keep *k, uint64_t end, struct error *err)
	__attribute__((warn_unused_result));

/* The same after a failure, ignoring further errors. */
void keep_fail(struct keep *k, uint64_t end);

#endif
