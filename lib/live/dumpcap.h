/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dumpcap.h - for source.h and interfaces.h: run dumpcap, the capture program
 * that comes with tshark.
 */
#ifndef LIVE_DUMPCAP_H
#define LIVE_DUMPCAP_H

#include <stdbool.h>
#include <stdint.h>

#include "live/source.h"
#include "os/proc.h"

/*
 * The path of dumpcap: $MPTCP_DUMPCAP, else the one next to $MPTCP_TSHARK,
 * else "dumpcap" in PATH.  The caller frees it.  NULL: it is missing, or this
 * user may not run it.
 */
char *dumpcap_find(struct error *err);

/*
 * Start to capture on the interfaces of the options; returns when capturing
 * has begun.  p->out delivers pcapng.
 */
int dumpcap_start(struct proc *p, const struct live_source_options *options,
		  struct error *err) __attribute__((warn_unused_result));

/*
 * Set "err" to the reason why it ended by itself, taken from its standard
 * error.  Returns -1.
 */
int dumpcap_failed(const char *errors, const char *interfaces,
		   struct error *err);

/* Whether its standard error contains a reason. */
bool dumpcap_complained(const char *errors);

/*
 * The number of dropped packets that it printed at its end.  False: it printed
 * none.
 */
bool dumpcap_dropped(const char *errors, uint64_t *dropped);

#endif
