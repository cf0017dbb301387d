/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spool.h - read twice what can be read only once.
 */
#ifndef OS_SPOOL_H
#define OS_SPOOL_H

#include <sys/types.h>

#include "base/error.h"

/*
 * Make the standard input a regular file with what the pipe or device "path"
 * ("-": the standard input itself) has to say; the file has no name and
 * vanishes with the program.  "start" is where it begins.  Does nothing when
 * "path" is a regular file: 0; 1 when the standard input is to be read.
 */
int spool_to_stdin(const char *path, off_t *start, struct error *err)
	__attribute__((warn_unused_result));

#endif
