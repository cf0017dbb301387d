/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stop.h - let SIGINT, SIGTERM and SIGHUP end a command in an orderly way
 * instead of at once.
 *
 *	cleanup_install();
 *	stop_install();
 *	while (!stop_asked()) ...
 *
 * The first signal is only noted; a second one ends the program at once, with
 * the cleanup of cleanup.h.
 */
#ifndef OS_STOP_H
#define OS_STOP_H

/*
 * Call after cleanup_install().  Signals that the parent process ignored
 * (nohup(1)) stay ignored.
 */
void stop_install(void);

/* The number of the signal that was received; 0: none. */
int stop_asked(void);

#endif
