/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * viewer.h - open a file in the desktop's viewer.
 */
#ifndef OS_VIEWER_H
#define OS_VIEWER_H

#include "base/error.h"

/*
 * Create an empty file "NAME-XXXXXX.SUFFIX" in $XDG_RUNTIME_DIR (which is
 * removed when the user logs out), else in $TMPDIR or /tmp.  Returns its path,
 * which the caller frees, or NULL with EXIT_SYSTEM.
 */
char *viewer_file(const char *name, const char *suffix, struct error *err);

/*
 * Run $MPTCP_VIEWER, or else xdg-open (macOS: open), with the path as its only
 * argument, and wait until it ends.  No shell is involved; the viewer shares
 * the terminal.  The file must be kept, since a viewer may continue in the
 * background.
 */
int viewer_show(const char *path, struct error *err)
	__attribute__((warn_unused_result));

#endif
