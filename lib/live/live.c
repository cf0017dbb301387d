/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/live.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"
#include "live/clock.h"
#include "live/live_state.h"
#include "live/view.h"
#include "os/monotonic.h"

enum {
	CROWDED_KEPT = 128, /* packets per cluster to keep in any case */
	MODEL_SHARE = 3, /* models may take one part of so many of the time */
	PATIENT = 4	 /* wait so many times as long as a model took */
};

#define MODEL_LEAST (LIVE_SECOND / 50) /* time for the models of one look */
#define LEAP (3600 * LIVE_SECOND)      /* longest time between two looks */

struct live *live_new(const struct live_options *options)
{
	struct live *l = mem_calloc(1, sizeof(*l));

	l->options = *options;
	if (!l->options.packets)
		l->options.packets = LIVE_PACKETS;
	l->shown = mem_calloc(1, sizeof(*l->shown));
	l->one_of = 1;
	return l;
}

void live_began(struct live *l, int64_t time)
{
	l->has_begin = true;
	l->begin = time;
}

static size_t least_kept(const struct live *l)
{
	const size_t part = (size_t)l->options.packets / 16;

	return part < CROWDED_KEPT ? part : CROWDED_KEPT;
}

size_t live_kept(const struct live *l)
{
	const size_t share =
		(size_t)l->options.packets / (2 * (l->n_clusters + 1));

	if (share > CLUSTER_KEEP)
		return CLUSTER_KEEP;
	return share < least_kept(l) ? least_kept(l) : share;
}

void live_model(struct live *l, struct live_cluster *c, bool goes_on,
		size_t keep)
{
	const struct cluster_job job = { .options = &l->options,
					 .next_id = &l->next_id,
					 .now = l->now,
					 .has_begin = l->has_begin,
					 .begin = l->begin,
					 .goes_on = goes_on,
					 .keep = keep };

	cluster_model(c, &job);
}

/* Number connections in the order of their first packets. */
void live_model_new(struct live *l)
{
	for (; l->n_modelled < l->n_clusters; l->n_modelled++)
		if (!l->clusters[l->n_modelled]->is_left_out &&
		    !l->clusters[l->n_modelled]->is_modelled)
			live_model(l, l->clusters[l->n_modelled], true,
				   live_kept(l));
}

/* Whether it is worthwhile to model it now. */
static bool is_due(const struct live_cluster *c)
{
	if (c->is_left_out || (!c->fresh && !c->is_waiting))
		return false;
	return c->is_urgent || !c->is_modelled ||
	       monotonic_ns() - c->modelled_at >= PATIENT * c->took;
}

static void refresh(struct live *l)
{
	const struct cluster_job job = { .options = &l->options,
					 .now = l->now };

	for (size_t i = 0; i < l->n_clusters; i++)
		for (size_t k = 0; k < l->clusters[i]->n_connections; k++)
			view_refresh(l->clusters[i],
				     &l->clusters[i]->connections[k]->view,
				     &job);
}

/* Model everything that changed, whatever time that takes. */
static void model_all(struct live *l)
{
	for (size_t k = 0; k < l->n_clusters; k++) {
		struct live_cluster *c = l->clusters[k];

		if (!c->is_left_out && (c->fresh || c->is_waiting))
			live_model(l, c, true, live_kept(l));
	}
	l->looked_at = monotonic_ns();
}

/*
 * Model what is due, within a part of the time since the last look.  The
 * others wait for the next look, which begins with them; except clusters that
 * got more than data.
 */
static void model_due(struct live *l)
{
	const int64_t begin = monotonic_ns();
	const int64_t share = (begin - l->looked_at) / MODEL_SHARE;
	const int64_t most = share > MODEL_LEAST ? share : MODEL_LEAST;
	const size_t n = l->n_clusters, turn = l->turn;

	l->turn = 0;
	for (size_t k = 0; k < n; k++) {
		struct live_cluster *c = l->clusters[(turn + k) % n];

		if (!is_due(c))
			continue;
		if (!c->is_urgent && monotonic_ns() - begin > most) {
			if (!l->turn)
				l->turn = (turn + k) % n;
			continue;
		}
		live_model(l, c, true, live_kept(l));
	}
	l->looked_at = monotonic_ns();
}

static void look(struct live *l, int64_t now, bool at_leisure)
{
	int64_t passed = 0;

	l->now = live_clock_later(l->now, now);
	live_model_new(l);
	if (at_leisure)
		model_all(l);
	else
		model_due(l);
	refresh(l);
	passed = l->now - l->swept_at;
	if (passed >= 0 && passed < LIVE_SECOND)
		return;
	l->swept_at = l->now;
	/* A single packet with a wrong time makes nothing expire. */
	if (passed < 0 || passed > LEAP)
		return;
	sweep(l, at_leisure);
}

void live_look(struct live *l, int64_t now)
{
	look(l, now, false);
}

void live_look_at_all(struct live *l, int64_t now)
{
	look(l, now, true);
}

void live_end(struct live *l)
{
	for (size_t i = 0; i < l->n_clusters; i++)
		if (!l->clusters[i]->is_left_out)
			live_model(l, l->clusters[i], false, SIZE_MAX / 2);
	l->n_modelled = l->n_clusters;
}

static int by_id(const void *x, const void *y)
{
	const struct live_connection *a = x, *b = y;

	return COMPARE(a->id, b->id);
}

const struct live_connection *live_connections(const struct live *l, size_t *n)
{
	struct live_shown *s = l->shown;

	s->n = 0;
	for (size_t i = 0; i < l->n_clusters; i++)
		for (size_t k = 0; k < l->clusters[i]->n_connections; k++)
			*MEM_PUSH(s->items, s->n, s->cap) =
				l->clusters[i]->connections[k]->view;
	SORT(s->items, s->n, by_id);
	*n = s->n;
	return s->items;
}

void live_totals(const struct live *l, struct live_totals *out)
{
	*out = (struct live_totals){ .connections = l->gone,
				     .gone = l->gone,
				     .bytes = l->gone_bytes,
				     .other_streams = l->other_streams,
				     .left_out = l->left_out,
				     .packets = l->packets,
				     .kept = l->n_held };
	for (size_t i = 0; i < l->n_clusters; i++) {
		const struct live_cluster *c = l->clusters[i];

		out->kept += c->packets.n;
		out->connections += c->n_connections;
		for (size_t k = 0; k < c->n_connections; k++)
			for (int d = 0; d < 2; d++)
				out->bytes += c->connections[k]
						      ->view.flow[d]
						      .bytes.sent;
	}
}

void live_sample(struct live *l, unsigned of)
{
	l->one_of = of ? of : 1;
	for (size_t i = 0; i < l->n_clusters; i++)
		if (!intake_is_sampled(l, l->clusters[i]->number))
			intake_leave_out(l, l->clusters[i]);
}

void live_free(struct live *l)
{
	struct live_stream *s = NULL, *next = NULL;

	for (size_t i = 0; i < l->n_clusters; i++) {
		links_drop(&l->links, &l->clusters[i]->links);
		cluster_free(l->clusters[i]);
	}
	HASH_ITER (hh, l->streams, s, next)
		intake_forget(l, s);
	free(l->clusters);
	free(l->shown->items);
	free(l->shown);
	free(l);
}
