/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture.h - an open capture: its source, its reader, and its part of the
 * cache.
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
 * "in" and the path belong to the caller and must remain valid until
 * capture_close().  The struct refers to itself: do not move it.
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
	struct cache cache;   /* empty: the cache is not used */
	struct error trouble; /* a problem with the cache; EXIT_OK: none */
	/* Private: */
	struct read_job job; /* still to be confirmed */
	struct strlist said; /* warnings of a reader that gave up */
};

enum capture_result {
	CAPTURE_FAILED = -1,
	CAPTURE_READ,
	CAPTURE_AGAIN /* discard the rows; "info" is empty: call capture_read()
			 again, which uses another reader */
};

/*
 * Open "path", as source_open().  Returns -1 and EXIT_INPUT, or EXIT_TSHARK
 * when tshark is needed but missing; nothing has to be closed then.
 */
int capture_open(struct capture *c, struct input *in, const char *path,
		 struct error *err) __attribute__((warn_unused_result));

/*
 * Pass every TCP packet of the capture to "fn", in the order of the file: from
 * the cache, or from a reader, whose rows are written to the cache at the same
 * time.  Can be repeated if the input can be read again.  Only after
 * capture_confirm() is it certain that rows are correct and cached.
 *
 * "info" need not be initialised, and must be released even after failure.
 * Problems with the cache are warnings.  Errors are those of readers
 * (reader.h); with only_cached EXIT_INPUT if the capture is not cached.
 */
enum capture_result capture_read(struct capture *c, row_fn *fn, void *ctx,
				 struct capture_info *info, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Wait until tshark has confirmed what was read, and complete the cache.  Do
 * other work before calling it to reduce waiting.
 */
enum capture_result
capture_confirm(struct capture *c, struct capture_info *info, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Add malformed packets to the number of TCP packets, and warn about them.
 * capture_read() does this itself; call it for "info" that was taken from the
 * cache in another way.
 */
void capture_settle(struct capture_info *info);

void capture_close(struct capture *c);

#endif
