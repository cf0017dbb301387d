/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spool.h - copy what can be read only once, such as a pipe, to a file.
 *
 * A capture is read more than once (by the built-in reader and by tshark),
 * which a pipe does not allow.
 */
#ifndef OS_SPOOL_H
#define OS_SPOOL_H

#include "base/error.h"

/*
 * Copy everything from descriptor "from" to descriptor "to", until the end of
 * the input, and set the offset of "to" back to 0.  "path" is the name of the
 * input in error messages.  Both descriptors stay open.
 */
int spool_copy(int from, int to, const char *path, struct error *err)
	__attribute__((warn_unused_result));

#endif
