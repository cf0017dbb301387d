/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_logs.h - the logs of "--monitor FILE", which may be given several
 * times: what kernels said of the connections that a command looks at
 *
 *	struct kernel_logs logs = { .n = 0 };
 *	if (!kernel_logs_take(&logs, &cli, optarg))
 *		... has been said ...
 *	kernel_logs_tell(&logs, &line, trace, conn);	// each connection
 *	kernel_logs_finish(&logs, all);
 */
#ifndef CLI_KERNEL_LOGS_H
#define CLI_KERNEL_LOGS_H

#include "cli/options.h"
#include "events/kernel_events.h"

/* Reads one; false: what is wrong has been said. */
bool kernel_logs_take(struct kernel_logs *logs, struct cli *cli,
		      const char *path);

/* Those of the recordings that were named (recording.h), unless others were
   given; false: what is wrong has been said. */
bool kernel_logs_take_recorded(struct kernel_logs *logs, struct cli *cli);

/* Says on stderr what must be known of them, and releases them; "all": all
   connections of the captures were looked at. */
void kernel_logs_finish(struct kernel_logs *logs, bool all);

#endif
