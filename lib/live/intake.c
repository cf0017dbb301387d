/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Assign packets to streams, and streams to clusters. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "live/clock.h"
#include "live/live_state.h"

enum {
	HELD = 16, /* packets of a stream before it counts as plain TCP */
	HELD_ALL = 1 << 14, /* of all such streams together */
	FOUND = 8	    /* clusters that one packet can connect */
};

static struct live_stream *stream_of(struct live *l, const struct row *row)
{
	struct live_stream *s = NULL;

	HASH_FIND(hh, l->streams, &row->stream, sizeof(row->stream), s);
	if (s)
		return s;
	s = mem_calloc(1, sizeof(*s));
	s->number = row->stream;
	HASH_ADD(hh, l->streams, number, sizeof(s->number), s);
	return s;
}

static void drop_held(struct live *l, struct live_stream *s)
{
	l->n_held -= s->n_held;
	free(s->held);
	s->held = NULL;
	s->n_held = 0;
}

void intake_forget(struct live *l, struct live_stream *s)
{
	drop_held(l, s);
	HASH_DEL(l->streams, s);
	free(s);
}

static void call_other(struct live *l, struct live_stream *s,
		       enum live_stream_state state)
{
	drop_held(l, s);
	s->state = state;
	l->other_streams++;
}

static void hold(struct live *l, struct live_stream *s, const struct row *row)
{
	if (s->n_held == HELD || l->n_held == HELD_ALL) {
		call_other(l, s, STREAM_OTHER);
		return;
	}
	s->held = mem_realloc(s->held, s->n_held + 1, sizeof(*s->held));
	s->held[s->n_held++] = *row;
	l->n_held++;
}

/* Sampling: takes one of so many clusters. */
bool intake_is_sampled(const struct live *l, uint64_t number)
{
	return number * 0x9e3779b97f4a7c15u >> 32 <= UINT32_MAX / l->one_of;
}

void intake_leave_out(struct live *l, struct live_cluster *c)
{
	if (c->is_left_out)
		return;
	c->is_left_out = true;
	l->left_out += c->n_connections ? c->n_connections : 1;
	cluster_empty(c);
}

static struct live_cluster *open_cluster(struct live *l)
{
	struct live_cluster *c = cluster_new();

	c->number = l->n_opened++;
	*MEM_PUSH(l->clusters, l->n_clusters, l->cap_clusters) = c;
	if (!intake_is_sampled(l, c->number))
		intake_leave_out(l, c);
	return c;
}

static void remove_cluster(struct live *l, const struct live_cluster *c)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_clusters; i++)
		if (l->clusters[i] != c)
			l->clusters[n++] = l->clusters[i];
		else if (i < l->n_modelled)
			l->n_modelled--;
	l->n_clusters = n;
}

/*
 * Merge the younger cluster into the older one.  If one of them is left out
 * both are, since connections are looked at completely or not at all.
 */
static int join(struct live *l, struct live_cluster *to,
		struct live_cluster *from, struct error *err)
{
	links_move(&from->links, &to->links, to);
	for (size_t k = 0; k < from->n_streams; k++) {
		from->streams[k]->cluster = to;
		*MEM_PUSH(to->streams, to->n_streams, to->cap_streams) =
			from->streams[k];
	}
	if (to->is_left_out || from->is_left_out) {
		intake_leave_out(l, to);
		intake_leave_out(l, from);
		l->left_out--; /* two connections that are one */
	}
	remove_cluster(l, from);
	return cluster_join(to, from, err);
}

/* The clusters that have a clue of the packet. */
struct seeking {
	struct live_cluster *own; /* or NULL */
	struct live_cluster *found[FOUND];
	size_t n;
};

static void note_found(void *ctx, struct live_cluster *other, bool certain)
{
	struct seeking *s = ctx;

	if (other == s->own || s->n == FOUND ||
	    (!certain && s->own && s->own->links.has_key &&
	     other->links.has_key))
		return;
	for (size_t k = 0; k < s->n; k++)
		if (s->found[k] == other)
			return;
	s->found[s->n++] = other;
}

static void enter(struct live_stream *s, struct live_cluster *c)
{
	s->state = STREAM_OURS;
	s->cluster = c;
	*MEM_PUSH(c->streams, c->n_streams, c->cap_streams) = s;
}

/*
 * The cluster for a packet with MPTCP options, merged with all clusters that
 * share clues.
 */
static int find_cluster(struct live *l, struct live_stream *s,
			const struct row *row, const struct tcp_options *o,
			struct error *err)
{
	static const struct links_of none;
	struct seeking seek = { .own = s->cluster };
	const bool is_first = !s->cluster;

	links_seek(&l->links, is_first ? &none : &s->cluster->links, row, o,
		   is_first, note_found, &seek);
	for (size_t k = 0; k < seek.n; k++) {
		struct live_cluster *other = seek.found[k];
		const bool older =
			!s->cluster || other->number < s->cluster->number;

		if (!s->cluster)
			enter(s, other);
		else if (join(l, older ? other : s->cluster,
			      older ? s->cluster : other, err) < 0)
			return -1;
	}
	if (!s->cluster)
		enter(s, open_cluster(l));
	links_note(&l->links, &s->cluster->links, s->cluster, row, o, is_first);
	return 0;
}

static int take(struct live *l, struct live_stream *s, const struct row *row,
		const struct tcp_options *o, struct error *err)
{
	struct live_cluster *c = s->cluster;

	if (c->is_left_out) {
		c->last_time = row->time;
		return 0;
	}
	c->is_settled = false;
	if (cluster_take(c, row, o, err) < 0)
		return -1;
	if (c->packets.n < 4 * live_kept(l) || c->fresh < c->packets.n / 2)
		return 0;
	live_model_new(l);
	if (c->fresh)
		live_model(l, c, true, live_kept(l));
	return 0;
}

static int take_held(struct live *l, struct live_stream *s, struct error *err)
{
	int rc = 0;

	for (size_t k = 0; k < s->n_held && rc == 0; k++) {
		struct tcp_options o;

		tcpopt_parse_mptcp(s->held[k].options, s->held[k].n_options,
				   &o);
		rc = take(l, s, &s->held[k], &o, err);
	}
	drop_held(l, s);
	return rc;
}

static bool is_plain_syn(const struct row *row)
{
	return (row->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN &&
	       !(row->present & ROW_OPTIONS_CUT);
}

int live_take(struct live *l, const struct row *row, struct error *err)
{
	struct live_stream *s = stream_of(l, row);
	struct tcp_options o;

	l->packets++;
	s->last_time = row->time;
	l->now = live_clock_later(l->now, row->time);
	tcpopt_parse_mptcp(row->options, row->n_options, &o);
	if (o.n_mptcp && s->state != STREAM_TCP &&
	    find_cluster(l, s, row, &o, err) < 0)
		return -1;
	if (s->state != STREAM_OURS) {
		if (s->state == STREAM_UNDECIDED && is_plain_syn(row))
			call_other(l, s, STREAM_TCP);
		else if (s->state == STREAM_UNDECIDED)
			hold(l, s, row);
		return 0;
	}
	if (s->n_held && take_held(l, s, err) < 0)
		return -1;
	return take(l, s, row, &o, err);
}
