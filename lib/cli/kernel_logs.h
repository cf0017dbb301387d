/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_logs.h - the option "--monitor FILE", which may be repeated: logs of
 * kernels about the connections that are examined
 *
 *	struct kernel_logs logs = { .n = 0 };
 *	if (!kernel_logs_take(&logs, &cli, optarg))
 *		... has been said ...
 *	kernel_logs_tell(&logs, &line, trace, conn);	// each connection
 *	kernel_logs_say(&logs, all);
 *	kernel_logs_release(&logs);
 */
#ifndef CLI_KERNEL_LOGS_H
#define CLI_KERNEL_LOGS_H

#include "cli/options.h"
#include "events/kernel_events.h"

/* Read a log; false after printing an error. */
bool kernel_logs_take(struct kernel_logs *logs, struct cli *cli,
		      const char *path);

/*
 * Read the logs of recordings given as operands (recording.h), unless others
 * were given; false after printing an error.
 */
bool kernel_logs_take_recorded(struct kernel_logs *logs, struct cli *cli);

/*
 * Print notes about the logs on standard error.  "all": all connections of the
 * captures were examined.
 */
void kernel_logs_say(const struct kernel_logs *logs, bool all);

void kernel_logs_release(struct kernel_logs *logs);

#endif
