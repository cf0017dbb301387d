/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * viewer.h - show a file with the viewer of the desktop.
 */
#ifndef OS_VIEWER_H
#define OS_VIEWER_H

#include "base/error.h"

/*
 * A new, empty file "NAME-XXXXXX.SUFFIX" in $XDG_RUNTIME_DIR, which lasts as
 * long as the user is logged in, or else in $TMPDIR or /tmp.  Its path, to be
 * freed; NULL and EXIT_SYSTEM.
 */
char *viewer_file(const char *name, const char *suffix, struct error *err);

/*
 * Run $MPTCP_VIEWER, or else xdg-open (macOS: open), with the path as its one
 * argument and our terminal, and wait until it ends; no shell is involved.
 * A viewer that goes on in the background needs the file after that.
 */
int viewer_show(const char *path, struct error *err)
	__attribute__((warn_unused_result));

#endif
