/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forget connections and streams that ended or are idle. */
#include <stdlib.h>

#include "base/mem.h"
#include "live/live_state.h"
#include "os/monotonic.h"

enum {
	LEAST_KEPT = 1024, /* packets to keep of a cluster that has ended */
	SHOWN = 4096 /* ended clusters to show, and as many unanswered ones */
};

#define IDLE_MOST (24 * 3600 * LIVE_SECOND) /* for open connections */
#define IDLE_HALF (60 * LIVE_SECOND)	    /* half-open or half-closed ones */
#define SETTLED (2 * LIVE_SECOND)	    /* after the end */
#define OTHER_KEPT (60 * LIVE_SECOND)	    /* for streams without MPTCP */
#define HASTE (LIVE_SECOND / 20)	    /* to give up packets, ... */
#define LEISURE (3600 * LIVE_SECOND)	    /* ... and if nobody waits */

/* Count the connections of a cluster that left the list. */
static void count_gone(struct live *l, const struct live_cluster *c)
{
	for (size_t i = 0; i < c->n_connections; i++) {
		const struct live_connection *v = &c->connections[i]->view;

		l->gone++;
		l->gone_bytes += v->flow[0].bytes.sent + v->flow[1].bytes.sent;
	}
}

static void tell_gone(const struct live *l, const struct live_cluster *c)
{
	for (size_t i = 0; l->options.gone && i < c->n_connections; i++)
		l->options.gone(l->options.ctx, &c->connections[i]->view);
}

static void forget(struct live *l, struct live_cluster *c)
{
	tell_gone(l, c);
	for (size_t k = 0; k < c->n_streams; k++)
		intake_forget(l, c->streams[k]);
	links_drop(&l->links, &c->links);
	cluster_free(c);
}

/*
 * Nothing more is expected of a cluster that has ended: report events that
 * only its end settles, and keep few of its packets.
 */
static void settle(struct live *l, struct live_cluster *c)
{
	live_model(l, c, false, c->packets.n > LEAST_KEPT ? 0 : SIZE_MAX / 2);
	c->is_settled = true;
}

/* Numbers of clusters. */
struct crowd {
	size_t over;	/* that have ended */
	size_t opening; /* that were not answered yet */
};

/* Whether to forget a cluster that was idle for so long. */
static bool is_to_go(const struct live *l, const struct live_cluster *c,
		     int64_t idle, bool is_over, const struct crowd *crowd)
{
	if (c->is_left_out || is_over)
		return idle > l->options.keep ||
		       (is_over && crowd->over > SHOWN);
	if (cluster_is_opening(c) && crowd->opening > SHOWN && idle > SETTLED)
		return true;
	if (idle > IDLE_MOST)
		return true;
	return !cluster_is_open(c) && idle > l->options.keep &&
	       idle > IDLE_HALF;
}

/*
 * Remove these from the list first: whoever is told about the first of them
 * must not see the others.
 */
static void drop_clusters(struct live *l)
{
	struct live_cluster **gone = NULL;
	size_t n = 0, n_gone = 0, cap = 0, modelled = 0;

	for (size_t i = 0; i < l->n_clusters; i++) {
		struct live_cluster *c = l->clusters[i];

		if (c->goes) {
			*MEM_PUSH(gone, n_gone, cap) = c;
			count_gone(l, c);
			continue;
		}
		modelled += i < l->n_modelled;
		l->clusters[n++] = c;
	}
	l->n_clusters = n;
	l->n_modelled = modelled;
	for (size_t i = 0; i < n_gone; i++)
		forget(l, gone[i]);
	free(gone);
}

static struct crowd count_crowd(const struct live *l)
{
	struct crowd crowd = { .over = 0 };

	for (size_t i = 0; i < l->n_clusters; i++) {
		crowd.over += cluster_is_over(l->clusters[i]);
		crowd.opening += cluster_is_opening(l->clusters[i]);
	}
	return crowd;
}

/*
 * Forget what ended or is idle for long; of ended and unanswered clusters keep
 * only a limited number.
 */
static void sweep_clusters(struct live *l)
{
	struct crowd crowd = count_crowd(l);

	for (size_t i = 0; i < l->n_clusters; i++) {
		struct live_cluster *c = l->clusters[i];
		const int64_t idle = l->now - c->last_time;
		const bool is_over =
			c->is_modelled && !c->fresh && cluster_is_over(c);
		const bool is_opening = cluster_is_opening(c);

		c->goes = is_to_go(l, c, idle, is_over, &crowd);
		if (!c->is_left_out && !c->is_settled &&
		    (c->goes || (is_over && idle > SETTLED)))
			settle(l, c);
		crowd.over -= c->goes && is_over;
		crowd.opening -= c->goes && is_opening;
	}
	drop_clusters(l);
}

static size_t count_packets(const struct live *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_clusters; i++)
		n += l->clusters[i]->packets.n;
	return n;
}

/*
 * A cluster gives up packets when it is modelled, which it is not while it is
 * idle: make as many of them do so as the limit wants, for so long at most
 * (ns). The next time it begins with those that are left.
 */
static void sweep_packets(struct live *l, int64_t most)
{
	const int64_t until = monotonic_ns() + most;
	const size_t keep = live_kept(l);
	size_t n = count_packets(l);

	for (size_t i = 0; i < l->n_clusters && n > l->options.packets &&
			   monotonic_ns() < until;
	     i++) {
		struct live_cluster *c =
			l->clusters[l->packets_turn++ % l->n_clusters];
		const size_t before = c->packets.n;

		if (c->is_left_out || c->is_settled || before <= 2 * keep ||
		    before == c->needed)
			continue;
		live_model(l, c, true, keep);
		c->needed = c->packets.n;
		n -= before - c->packets.n;
	}
}

static void sweep_streams(struct live *l)
{
	struct live_stream *s = NULL, *next = NULL;

	HASH_ITER (hh, l->streams, s, next)
		if (s->state != STREAM_OURS &&
		    l->now - s->last_time > OTHER_KEPT)
			intake_forget(l, s);
}

void sweep(struct live *l, bool at_leisure)
{
	sweep_clusters(l);
	sweep_packets(l, at_leisure ? LEISURE : HASTE);
	sweep_streams(l);
}
