/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cleanup.h - no child process and no temporary file outlives the program.
 *
 * What is registered here is killed or removed when the program exits or dies
 * of SIGINT, SIGTERM, SIGHUP or SIGPIPE.  proc.h and tempfile.h register what
 * they make; commands only call cleanup_install() first thing in main().
 */
#ifndef OS_CLEANUP_H
#define OS_CLEANUP_H

#include <signal.h>
#include <sys/types.h>

/* Install the signal handlers and the exit handler. */
void cleanup_install(void);

/*
 * Register a child (to be killed) or a path (to be unlinked; the string stays
 * the caller's and must live until it is dropped).  At most 64 of each; more
 * are ignored.
 */
void cleanup_add_pid(pid_t pid);
void cleanup_drop_pid(pid_t pid);
void cleanup_add_path(const char *path);
void cleanup_drop_path(const char *path);

/*
 * Hold the signals back while something is being created and registered;
 * "saved" is the mask to give back.
 */
void cleanup_hold(sigset_t *saved);
void cleanup_unhold(const sigset_t *saved);

#endif
