/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recording.h - use a directory as a capture: a recording made at a host, of
 * packets and logs of its kernel
 *
 * Such a directory is made by examples/record, or by hand.  It contains
 * capture.pcapng and any of the other files.
 */
#ifndef CLI_RECORDING_H
#define CLI_RECORDING_H

#include "cli/options.h"

#define RECORDING_CAPTURE "capture.pcapng"
#define RECORDING_MONITOR "monitor.log"
#define RECORDING_NSTAT_BEFORE "nstat-before.txt"
#define RECORDING_NSTAT_AFTER "nstat-after.txt"
#define RECORDING_SS "ss.txt"

/*
 * Replace directories given as operands or by --with by the captures in them,
 * and list the directories in cli->recordings.  With -m directories contain
 * parts of one capture and are left unchanged.
 */
void recordings_find(struct cli *cli);

/*
 * The path of a file in the i-th of cli->recordings; NULL if it does not
 * exist.  The caller frees it.
 */
char *recording_file(const struct cli *cli, size_t i, const char *name);

/* Takes the log "path" for "to"; false: the command is to stop (cli_stop()). */
typedef bool recording_take_fn(void *to, struct cli *cli, const char *path);

/*
 * Call take() for the file of that name in each of cli->recordings that has
 * it, until it returns false; returns what the last call returned, or true.
 */
bool recordings_take(struct cli *cli, const char *name, recording_take_fn *take,
		     void *to);

#endif
