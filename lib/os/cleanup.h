/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cleanup.h - kill child processes and remove temporary files when the program
 * ends for whatever reason.
 *
 * This happens at exit and on SIGINT, SIGTERM, SIGHUP or SIGPIPE. proc.h and
 * tempfile.h register what they create; a command only calls cleanup_install()
 * first thing in main().  The state is global, since signal handlers need it;
 * the functions may be called from any thread.
 */
#ifndef OS_CLEANUP_H
#define OS_CLEANUP_H

#include <signal.h>
#include <sys/types.h>

/* Install the signal handlers and the exit handler. */
void cleanup_install(void);

/*
 * Register a child process, whose process group is killed, or a path, which is
 * unlinked.  The string belongs to the caller and must remain valid until it
 * is dropped.  At most 64 of each can be registered; more are ignored.
 */
void cleanup_add_pid(pid_t pid);
void cleanup_drop_pid(pid_t pid);
void cleanup_add_path(const char *path);
void cleanup_drop_path(const char *path);

/*
 * Block the signals while something is created and registered, so that none
 * can arrive in between.  "saved" keeps the signal mask to restore.
 */
void cleanup_hold(sigset_t *saved);
void cleanup_unhold(const sigset_t *saved);

#endif
