/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kernel_ss.h - "--ss FILE", which may be given several times: what ss printed
 * of the sockets meanwhile
 *
 *	struct kernel_sockets sockets = { .n = 0 };
 *	if (!kernel_ss_take(&sockets, &cli, optarg))
 *		... has been said ...
 *	... kernel_sockets_tie() ...
 *	kernel_ss_finish(&sockets);
 */
#ifndef CLI_KERNEL_SS_H
#define CLI_KERNEL_SS_H

#include "cli/options.h"
#include "events/kernel_sockets.h"

/* Reads one; false: what is wrong has been said. */
bool kernel_ss_take(struct kernel_sockets *sockets, struct cli *cli,
		    const char *path);

/* Those of the recordings that were named (recording.h), unless others were
   given; false: what is wrong has been said. */
bool kernel_ss_take_recorded(struct kernel_sockets *sockets, struct cli *cli);

/* Says on stderr what must be known of the logs, and releases them. */
void kernel_ss_finish(struct kernel_sockets *sockets);

#endif
