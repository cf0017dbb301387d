/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture.h - a capture that is open: where it is, what can read it, and what
 * the cache has of it.
 *
 *	struct capture c;
 *	if (capture_open(&c, &in, path, &err) < 0) ...
 *	do {
 *		... nothing was read yet ...
 *		result = capture_read(&c, take_row, ctx, &info, &err);
 *		if (result == CAPTURE_READ)
 *			result = capture_confirm(&c, &info, &err);
 *	} while (result == CAPTURE_AGAIN);
 *	... info.packets, info.warnings ...
 *	capture_info_release(&info);
 *	capture_close(&c);
 *
 * "in" and the path stay the caller's, and must live as long; the struct must
 * stay where it is.
 */
#ifndef CACHE_CAPTURE_H
#define CACHE_CAPTURE_H

#include "cache/cache.h"
#include "read/input.h"
#include "read/source.h"
#include "row/capture_info.h"

struct capture {
	struct input *in;
	struct source source;
	struct cache cache;   /* empty: nothing is kept of it */
	struct error trouble; /* with the cache; EXIT_OK: none */
	/* Private: */
	struct read_job job; /* to be confirmed */
	struct strlist said; /* warnings of a reader that gave up */
};

enum capture_result {
	CAPTURE_FAILED = -1,
	CAPTURE_READ,
	CAPTURE_AGAIN /* the rows are not to be used, and "info" has nothing:
			 all of it is to be read again, by another reader */
};

/*
 * "path" is what source_open() takes.  -1 and EXIT_INPUT, or EXIT_TSHARK when
 * tshark is needed and missing; nothing is to be closed then.
 */
int capture_open(struct capture *c, struct input *in, const char *path,
		 struct error *err) __attribute__((warn_unused_result));

/*
 * Hand every TCP packet of the capture to "fn", in the order of the file
 * (again, when it is a file that can be read again): from the cache, or from a
 * reader, whose rows go into the cache meanwhile.  That they are right, and in
 * the cache, is certain after capture_confirm() only.
 *
 * "info" need not be initialised; it is to be released after failure, too.
 * Trouble with the cache is a warning.  Errors are those of readers
 * (reader.h); with only_cached EXIT_INPUT when the cache has it not.
 */
enum capture_result capture_read(struct capture *c, row_fn *fn, void *ctx,
				 struct capture_info *info, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Wait until tshark has confirmed what was read, and the cache has it: the
 * later it is called, the less it waits.
 */
enum capture_result
capture_confirm(struct capture *c, struct capture_info *info, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Count the malformed packets among those of TCP, and warn of them.  For
 * whoever takes "info" from the cache without capture_read(), which does it
 * itself.
 */
void capture_settle(struct capture_info *info);

void capture_close(struct capture *c);

#endif
