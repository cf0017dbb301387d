/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log_lines.h - read a log file line by line
 */
#ifndef KERNEL_LOG_LINES_H
#define KERNEL_LOG_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * Receives a line with its newline, which it may modify; "number" counts from
 * 1.
 */
typedef void log_line_fn(void *ctx, size_t number, char *line);

/*
 * Call "fn" for each line of a file; returns the number of lines, or -1 and
 * EXIT_INPUT if it cannot be read.  A last line without newline, as when a log
 * was copied while being written, is counted but not passed, and sets *is_cut.
 */
ptrdiff_t log_lines_read(const char *path, log_line_fn *fn, void *ctx,
			 bool *is_cut, struct error *err)
	__attribute__((warn_unused_result));

#endif
