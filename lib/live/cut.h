/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cut.h - for cluster.h: drop packets of open connections that are no longer
 * needed.
 *
 * All but the last packets can be dropped, except those that the model needs
 * to recognise the streams again: the first packets of each, handshakes,
 * options other than those of data and its acknowledgments, the end of a
 * stream, and the packet since which nothing in flight was acknowledged.
 */
#ifndef LIVE_CUT_H
#define LIVE_CUT_H

#include "live/cluster.h"

/*
 * Account for (model/past.h) and drop packets, except the last "keep" and
 * those later than "until" (ns since 1970).  Call directly after a model was
 * made from these packets.
 */
void cut_off(struct live_cluster *c, size_t keep, int64_t until);

#endif
