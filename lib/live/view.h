/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view.h - for cluster.h: compute what is shown of a connection (live.h).
 */
#ifndef LIVE_VIEW_H
#define LIVE_VIEW_H

#include "live/cluster.h"

/*
 * Fill the view of a connection after its bytes were accounted, while its
 * packets are in memory.
 */
void view_make(const struct live_cluster *c, const struct connection *conn,
	       struct live_connection *view, const struct cluster_job *job);

/* Update what changes with time alone, without new packets. */
void view_refresh(const struct live_cluster *c, struct live_connection *view,
		  const struct cluster_job *job);

#endif
