/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log_lines.h - a log line by line, as far as it is written
 */
#ifndef KERNEL_LOG_LINES_H
#define KERNEL_LOG_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* A line, which ends with a newline and may be changed; "number" is from 1. */
typedef void log_line_fn(void *ctx, size_t number, char *line);

/*
 * Calls "fn" with each line of a file; how many there were, or -1 and
 * EXIT_INPUT where it cannot be read.  A last line without its newline, as of a
 * log that was copied while it was written, is counted and left out: *is_cut.
 */
ptrdiff_t log_lines_read(const char *path, log_line_fn *fn, void *ctx,
			 bool *is_cut, struct error *err)
	__attribute__((warn_unused_result));

#endif
