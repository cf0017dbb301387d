/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spool.h - read twice what can be read only once.
 */
#ifndef OS_SPOOL_H
#define OS_SPOOL_H

#include "base/error.h"

/*
 * Copy what "from", a pipe or device, has to say until it ends to the file
 * "to", whose offset is at its beginning then.  "path" is its name in errors.
 */
int spool_copy(int from, int to, const char *path, struct error *err)
	__attribute__((warn_unused_result));

#endif
