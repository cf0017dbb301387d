/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_ss.h - the option "--ss FILE", which may be repeated: logs of ss
 * about sockets
 *
 *	struct kernel_sockets sockets = { .n = 0 };
 *	if (!kernel_ss_take(&sockets, &cli, optarg))
 *		... has been said ...
 *	... kernel_sockets_tie() ...
 *	kernel_ss_say(&sockets);
 *	kernel_sockets_release(&sockets);
 */
#ifndef CLI_KERNEL_SS_H
#define CLI_KERNEL_SS_H

#include "cli/options.h"
#include "events/kernel_sockets.h"

/* Read a log; false after printing an error. */
bool kernel_ss_take(struct kernel_sockets *sockets, struct cli *cli,
		    const char *path);

/*
 * Read the logs of recordings given as operands (recording.h), unless others
 * were given; false after printing an error.
 */
bool kernel_ss_take_recorded(struct kernel_sockets *sockets, struct cli *cli);

/* Print notes about the logs on standard error. */
void kernel_ss_say(const struct kernel_sockets *sockets);

#endif
