/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/fragments.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/streams.h"
#include "model/vantage.h"

/* The token of a connection. */
struct fragment {
	uint32_t token;
	uint32_t capture;
	bool has_initial;	   /* its first handshake was captured */
	size_t streams, n_streams; /* subflows of the connection */
	int64_t first, last;	   /* time of its packets */
	uint64_t packets;	   /* of all subflows, copies included */
	enum vantage where;	   /* at which end it was captured */
};

/* A subflow. */
struct fragment_stream {
	uint64_t ends; /* a hash that is equal for both directions */
	uint32_t capture;
	int64_t first, last;
	bool has_syn;
	bool has_ack[2]; /* for the end with the lower hash, and the other */
	uint32_t ack[2];
};

enum {
	NEAR = 60 /* maximum gap in s between parts of one connection */
};

static void add_stream(struct fragments *f, uint32_t capture,
		       const struct stream *s)
{
	const uint64_t client = streams_end_hash(&s->client);
	const uint64_t server = streams_end_hash(&s->server);
	struct fragment_stream *out =
		MEM_PUSH(f->streams, f->n_streams, f->cap_streams);

	*out = (struct fragment_stream){ .ends = client ^ (server + client),
					 .capture = capture,
					 .first = s->first_time,
					 .last = s->last_time,
					 .has_syn = s->side[0].has_syn ||
						    s->side[1].has_syn };
	if (server < client)
		out->ends = server ^ (server + client);
	for (int d = 0; d < 2; d++) {
		const int at = d ^ (server < client);

		out->has_ack[at] = s->side[d].has_data_ack;
		out->ack[at] = s->side[d].data_ack;
	}
}

static void add_token(struct fragments *f, const struct connection *c,
		      const struct fragment *like, uint32_t token)
{
	struct fragment *out = MEM_PUSH(f->items, f->n, f->cap);

	*out = *like;
	out->token = token;
	out->first = c->first_time;
	out->last = c->last_time;
}

static void add_connection(struct fragments *f, const struct trace *t,
			   const struct connection *c, uint32_t capture)
{
	struct fragment like = { .capture = capture,
				 .has_initial = c->has_initial,
				 .streams = f->n_streams,
				 .n_streams = c->n_subflows,
				 .where = vantage_of(t, c) };
	bool has_token = false;

	for (size_t k = 0; k < c->n_subflows; k++) {
		const struct stream *s = trace_subflow(t, c, k);

		add_stream(f, capture, s);
		like.packets += s->n + s->n_duplicates + s->n_copies;
	}
	for (int side = 0; side < 2; side++) {
		has_token |= c->side[side].has_token;
		if (c->side[side].has_token)
			add_token(f, c, &like, c->side[side].token);
	}
	for (size_t k = 0; !has_token && k < c->n_subflows; k++) {
		const struct stream *s = trace_subflow(t, c, k);

		if (s->kind == STREAM_JOIN && s->has_token)
			add_token(f, c, &like, s->token);
	}
}

void fragments_add(struct fragments *f, const struct trace *t)
{
	const uint32_t capture = (uint32_t)f->paths.n;

	strlist_add(&f->paths, t->info.path);
	for (size_t i = 0; i < t->n_connections; i++)
		add_connection(f, t, &t->connections[i], capture);
}

void fragments_release(struct fragments *f)
{
	strlist_release(&f->paths);
	free(f->items);
	free(f->streams);
	*f = (struct fragments){ .n = 0 };
}

static int by_token(const void *x, const void *y)
{
	const struct fragment *a = x, *b = y;

	return COMPARE(a->token, b->token) ?: COMPARE(a->first, b->first)
					   ?: COMPARE(a->capture, b->capture);
}

static int by_ends(const void *x, const void *y)
{
	const struct fragment_stream *a = x, *b = y;

	return COMPARE(a->ends, b->ends) ?: COMPARE(a->first, b->first);
}

static bool is_near(int64_t end, int64_t begin)
{
	return begin - end <= NEAR * INT64_C(1000000000);
}

/*
 * Whether a connection is complete in two captures: of parts only one has its
 * first handshake.
 */
static bool are_both_whole(const struct fragment *a, const struct fragment *b)
{
	return a->token == b->token && a->capture != b->capture &&
	       a->has_initial && b->has_initial;
}

/* Whether two parts of connections with one token have no subflow in common. */
static bool are_disjoint(const struct fragments *f, const struct fragment *a,
			 const struct fragment *b)
{
	for (size_t i = 0; i < a->n_streams; i++)
		for (size_t k = 0; k < b->n_streams; k++)
			if (f->streams[a->streams + i].ends ==
			    f->streams[b->streams + k].ends)
				return false;
	return a->capture != b->capture && is_near(a->last, b->first);
}

/* Whether "b" continues where "a" ended. */
static bool goes_on(const struct fragment_stream *a,
		    const struct fragment_stream *b)
{
	bool further = false;

	if (a->capture == b->capture || b->has_syn || b->first < a->last ||
	    !is_near(a->last, b->first))
		return false;
	for (int end = 0; end < 2; end++) {
		int32_t step = (int32_t)(b->ack[end] - a->ack[end]);

		if (!a->has_ack[end] || !b->has_ack[end])
			continue;
		if (step < 0)
			return false;
		further |= step > 0;
	}
	return further;
}

/* Find the captures that are parts; returns their number. */
struct fragments_found {
	bool *is_part;
	size_t n, first, second;
};

static void note(struct fragments_found *found, size_t a, size_t b)
{
	if (!found->n || a < found->first ||
	    (a == found->first && b < found->second)) {
		found->first = a;
		found->second = b;
	}
	found->n += !found->is_part[a];
	found->is_part[a] = true;
	found->n += !found->is_part[b];
	found->is_part[b] = true;
}

/* Tokens first, as sorting changes the order of subflows. */
static void find(struct fragments *f, struct fragments_found *found)
{
	SORT(f->items, f->n, by_token);
	for (size_t i = 1; i < f->n; i++) {
		const struct fragment *a = &f->items[i - 1], *b = a + 1;

		if (a->token == b->token && !are_both_whole(a, b) &&
		    are_disjoint(f, a, b))
			note(found, a->capture, b->capture);
	}
	SORT(f->streams, f->n_streams, by_ends);
	for (size_t i = 1; i < f->n_streams; i++) {
		const struct fragment_stream *a = &f->streams[i - 1];
		const struct fragment_stream *b = a + 1;

		if (a->ends == b->ends && goes_on(a, b))
			note(found, a->capture, b->capture);
	}
	f->n = 0;
}

static char *describe(const struct fragments *f,
		      const struct fragments_found *found, const char *what)
{
	char *text = NULL, *more = NULL;

	if (!found->n)
		return NULL;
	more = found->n > 2 ? mem_printf(" (and %zu more)", found->n - 2)
			    : mem_strdup("");
	text = mem_printf("'%s' and '%s'%s %s", f->paths.items[found->first],
			  f->paths.items[found->second], more, what);
	free(more);
	return text;
}

char *fragments_describe(struct fragments *f)
{
	struct fragments_found found = { .n = 0 };

	found.is_part = mem_calloc(f->paths.n + 1, sizeof(*found.is_part));
	find(f, &found);
	free(found.is_part);
	return describe(f, &found,
			"seem to have parts of the same connection: use -m to "
			"read them as one capture");
}

/* What two captures of a complete connection are; the first is told first. */
enum likeness {
	COPIES,	  /* the same packets, with the same times */
	TWO_ENDS, /* one was taken at the client, the other at the server */
	SAME_END,
	UNKNOWN_ENDS,
	LIKENESSES
};

static enum likeness likeness(const struct fragment *a,
			      const struct fragment *b)
{
	const enum vantage opposite = vantage_opposite(a->where);

	if (a->first == b->first && a->last == b->last &&
	    a->packets == b->packets)
		return COPIES;
	if (opposite == VANTAGE_UNKNOWN || b->where == VANTAGE_UNKNOWN)
		return UNKNOWN_ENDS;
	if (a->where == b->where)
		return SAME_END;
	return b->where == opposite ? TWO_ENDS : UNKNOWN_ENDS;
}

static void compare(const struct fragment *a, const struct fragment *b,
		    struct fragments_found *found)
{
	if (are_both_whole(a, b))
		note(&found[likeness(a, b)], a->capture, b->capture);
}

char *fragments_describe_whole(struct fragments *f)
{
	static const char *const what[LIKENESSES] = {
		[COPIES] = "have the same packets of a connection: they seem "
			   "to be copies",
		[TWO_ENDS] = "have the same connection, captured at its two "
			     "ends: use --with to compare them",
		[SAME_END] = "have the same connection, likely captured at "
			     "the same end",
		[UNKNOWN_ENDS] =
			"have the same connection: if they were captured at "
			"its two ends, use --with to compare them"
	};
	struct fragments_found found[LIKENESSES] = { { .n = 0 } };
	char *text = NULL;
	size_t begin = 0; /* first item with this token */

	for (int i = 0; i < LIKENESSES; i++)
		found[i].is_part =
			mem_calloc(f->paths.n + 1, sizeof(*found[i].is_part));
	SORT(f->items, f->n, by_token);
	for (size_t i = 1; i < f->n; i++) {
		if (f->items[i].token != f->items[begin].token)
			begin = i;
		/* Not each with each: a token may occur very often. */
		compare(&f->items[begin], &f->items[i], found);
		compare(&f->items[i - 1], &f->items[i], found);
	}
	for (int i = 0; i < LIKENESSES; i++) {
		if (!text)
			text = describe(f, &found[i], what[i]);
		free(found[i].is_part);
	}
	return text;
}
