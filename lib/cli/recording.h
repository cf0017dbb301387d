/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recording.h - a directory in place of a capture, with what was recorded at a
 * host: its packets, and beside them the logs of its kernel
 *
 * Such a directory is made by examples/record, or by hand: it has the file
 * capture.pcapng, and those of the others that there are.
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
 * Has the captures that were named, as operands and by --with, be those in the
 * directories that were named, which cli->recordings then has.  With -m
 * directories are of files that are parts of one capture, and stay.
 */
void recordings_find(struct cli *cli);

/* The path of that file in the i-th of cli->recordings, to be freed; NULL where
   it is not there. */
char *recording_file(const struct cli *cli, size_t i, const char *name);

#endif
