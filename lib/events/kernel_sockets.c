/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events/kernel_sockets.h"

#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"
#include "base/utc.h"

#define SECOND INT64_C(1000000000) /* ns */
#define QUARTER (900 * SECOND)	   /* time zones differ by whole ones */

enum {
	/* maximum seconds from a snapshot to packets of its sockets */
	NEAR = 2,
	/* maximum difference of a time zone from UTC, in quarters of an hour */
	ZONES = 14 * 4
};

/* The ends of a stream or of a socket; "a" is the lower one. */
struct ends {
	struct address a, b;
	uint32_t a_port, b_port;
};

struct place {
	struct ends ends;
	size_t stream;
};

/* A socket of a log whose addresses and ports are those of a stream. */
struct found_socket {
	const struct ss_socket *socket;
	int64_t time;	 /* time of its snapshot in the log */
	size_t first, n; /* range of places of these streams */
};

/* State while a log is assigned to a trace. */
struct tie {
	const struct trace *trace;
	struct place *places; /* all streams, sorted by ends */
	size_t n_places, cap_places;
	struct found_socket *list;
	size_t n, cap;
};

/* --------------------------------------------------------- which stream it is
 */

static int by_end(const struct address *a, uint32_t a_port,
		  const struct address *b, uint32_t b_port)
{
	return address_order(a, b) ?: COMPARE(a_port, b_port);
}

static int by_ends(const struct ends *x, const struct ends *y)
{
	return by_end(&x->a, x->a_port, &y->a, y->a_port)
		       ?: by_end(&x->b, x->b_port, &y->b, y->b_port);
}

static int by_place(const void *x, const void *y)
{
	const struct place *a = x, *b = y;

	return by_ends(&a->ends, &b->ends) ?: COMPARE(a->stream, b->stream);
}

static struct ends ends_of(const struct address *x, uint32_t x_port,
			   const struct address *y, uint32_t y_port)
{
	if (by_end(x, x_port, y, y_port) <= 0)
		return (struct ends){ *x, *y, x_port, y_port };
	return (struct ends){ *y, *x, y_port, x_port };
}

static void find_places(struct tie *t)
{
	for (size_t i = 0; i < t->trace->n_streams; i++) {
		const struct stream *s = &t->trace->streams[i];

		*MEM_PUSH(t->places, t->n_places, t->cap_places) =
			(struct place){
				ends_of(&s->client.address, s->client.port,
					&s->server.address, s->server.port),
				i
			};
	}
	SORT(t->places, t->n_places, by_place);
}

static bool is_client(const struct stream *s, const struct ss_socket *socket)
{
	return s->client.port == socket->local_port &&
	       address_is_equal(&s->client.address, &socket->local);
}

/* Ports are reused: if both have a token, it must be equal. */
static bool is_other_connection(const struct trace *t, const struct stream *s,
				const struct ss_socket *socket)
{
	const struct conn_side *side = NULL;

	if (s->connection < 0 || !socket->token)
		return false;
	side = &t->connections[s->connection]
			.side[!is_client(s, socket) ^ s->flipped];
	return side->has_token && side->token != socket->token;
}

/* The distance of a time from the stream; 0: within it. */
static int64_t distance(const struct trace *t, const struct stream *s,
			int64_t time)
{
	const int64_t last =
		s->end == END_OPEN ? t->info.last_time : s->last_time;

	if (time < s->first_time)
		return s->first_time - time;
	return time > last ? time - last : 0;
}

/* The place of the stream that had packets then; t->n_places: none. */
static size_t find_stream(const struct tie *t, const struct found_socket *c,
			  int64_t ahead)
{
	const int64_t time = c->time - ahead;
	int64_t best = NEAR * SECOND;
	size_t found = t->n_places;

	for (size_t i = c->first; i < c->first + c->n; i++) {
		const struct stream *s =
			&t->trace->streams[t->places[i].stream];
		const int64_t far = distance(t->trace, s, time);

		/*
		 * Of two prefer the later one: the end of the first was not
		 * captured.
		 */
		if (far > best || is_other_connection(t->trace, s, c->socket))
			continue;
		best = far;
		found = i;
	}
	return found;
}

static void add_socket(struct tie *t, const struct ss_socket *s, int64_t time)
{
	const struct ends ends =
		ends_of(&s->local, s->local_port, &s->peer, s->peer_port);
	const size_t first = LOWER_BOUND(
		k, 0, t->n_places, by_ends(&t->places[k].ends, &ends) < 0);
	const size_t end = LOWER_BOUND(k, first, t->n_places,
				       by_ends(&t->places[k].ends, &ends) <= 0);

	if (first < end)
		*MEM_PUSH(t->list, t->n, t->cap) =
			(struct found_socket){ s, time, first, end - first };
}

static int64_t time_of(const struct stamp *stamp, const struct trace *trace)
{
	return stamp->no_year
		       ? stamp_in_year(stamp->time, trace->info.first_time)
		       : stamp->time;
}

static void find_sockets(struct tie *t, const struct ss *log)
{
	t->n = 0;
	for (size_t i = 0; i < log->n; i++) {
		const struct ss_snapshot *shot = &log->snapshots[i];

		for (size_t k = 0; shot->stamp.known && k < shot->n; k++)
			add_socket(t, &log->sockets[shot->first + k],
				   time_of(&shot->stamp, t->trace));
	}
}

/* -------------------------------------------------------------- its clock */

static size_t count(const struct tie *t, int64_t ahead)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += find_stream(t, &t->list[i], ahead) < t->n_places;
	return n;
}

static int64_t find_ahead(const struct tie *t)
{
	size_t most = 2 * count(t, 0);
	int64_t ahead = 0;

	for (int zone = 1; zone <= ZONES && most < t->n; zone++)
		for (int sign = -1; sign <= 1; sign += 2) {
			const size_t n = count(t, sign * zone * QUARTER);

			if (n <= most)
				continue;
			most = n;
			ahead = sign * zone * QUARTER;
		}
	return ahead;
}

/* ------------------------------------------------------------- what it says */

/* The periods of a log and a capture. */
static int no_ties(const struct tie *t, const struct kernel_sockets_log *log,
		   struct error *err)
{
	const struct capture_info *info = &t->trace->info;
	int64_t first = INT64_MAX, last = INT64_MIN;

	for (size_t i = 0; i < log->log.n; i++) {
		const struct stamp *stamp = &log->log.snapshots[i].stamp;
		const int64_t time = time_of(stamp, t->trace);

		if (!stamp->known)
			continue;
		first = time < first ? time : first;
		last = time > last ? time : last;
	}
	return error_set(
		err, EXIT_INPUT,
		"'%s': %s; its snapshots are from %s to %s, the capture from "
		"%s to %s (UTC)%s",
		log->path,
		t->n ? "the sockets with addresses and ports of this capture "
		       "are from another time"
		     : "none of its sockets has addresses and ports of this "
		       "capture",
		utc_text(first).text, utc_text(last).text,
		utc_text(info->first_time).text, utc_text(info->last_time).text,
		t->n ? ", which no time zone explains: it is of another run, "
		       "or by another clock"
		     : ": it is of another host or time");
}

static void take_samples(struct kernel_sockets *k, const struct tie *t,
			 int64_t ahead)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct found_socket *c = &t->list[i];
		const size_t place = find_stream(t, c, ahead);
		const struct stream *s = NULL;
		int64_t time = c->time - ahead;

		if (place == t->n_places)
			continue;
		s = &t->trace->streams[t->places[place].stream];
		if (time < s->first_time) /* times in whole seconds */
			time = s->first_time;
		*MEM_PUSH(k->samples, k->n, k->cap) = (struct kernel_sample){
			.stream = t->places[place].stream,
			.end = is_client(s, c->socket) ? TO_SERVER : TO_CLIENT,
			.time = time,
			.socket = c->socket
		};
	}
}

static int tie_log(struct kernel_sockets *k, struct tie *t,
		   struct kernel_sockets_log *log, struct error *err)
{
	const size_t before = k->n;

	if (!log->log.n)
		return error_set(
			err, EXIT_INPUT,
			"'%s' has no TCP socket: none was there when ss ran; "
			"probably the connections were too short (examples/"
			"record runs ss once a second)",
			log->path);
	find_sockets(t, &log->log);
	log->ahead = find_ahead(t);
	take_samples(k, t, log->ahead);
	return k->n > before ? 0 : no_ties(t, log, err);
}

static int by_sample(const void *x, const void *y)
{
	const struct kernel_sample *a = x, *b = y;

	return COMPARE(a->stream, b->stream) ?: COMPARE(a->end, b->end) ?:
			COMPARE(a->time, b->time) ?:
			COMPARE(a->socket->line, b->socket->line);
}

int kernel_sockets_tie(struct kernel_sockets *k, const struct trace *trace,
		       struct error *err)
{
	struct tie t = { .trace = trace };
	int rc = 0;

	if (k->trace == trace)
		return 0;
	k->n = 0;
	find_places(&t);
	for (size_t i = 0; i < k->n_logs && rc == 0; i++)
		rc = tie_log(k, &t, &k->logs[i], err);
	SORT(k->samples, k->n, by_sample);
	k->trace = rc == 0 ? trace : NULL;
	free(t.places);
	free(t.list);
	return rc;
}

const struct kernel_sample *kernel_sockets_of(const struct kernel_sockets *k,
					      const struct stream *s,
					      enum direction end, size_t *n)
{
	const size_t stream = (size_t)(s - k->trace->streams);
	const size_t first =
		LOWER_BOUND(i, 0, k->n,
			    k->samples[i].stream < stream ||
				    (k->samples[i].stream == stream &&
				     k->samples[i].end < end));

	*n = 0;
	while (first + *n < k->n && k->samples[first + *n].stream == stream &&
	       k->samples[first + *n].end == end)
		(*n)++;
	return *n ? &k->samples[first] : NULL;
}

/* --------------------------------------------------------------- the logs */

int kernel_sockets_add(struct kernel_sockets *k, const char *path,
		       struct error *err)
{
	struct kernel_sockets_log log = { .ahead = 0 };

	if (ss_read(&log.log, path, err) < 0)
		return -1;
	for (size_t i = 0; i < log.log.n; i++)
		log.timeless += !log.log.snapshots[i].stamp.known;
	if (log.log.n && log.timeless == log.log.n) {
		ss_release(&log.log);
		return error_set(err, EXIT_INPUT,
				 "'%s' does not say when its snapshots were "
				 "taken: write the time before each, as in "
				 "\"while sleep 1; do date +%%s.%%N; ss "
				 "-tinM; done\"",
				 path);
	}
	log.path = mem_strdup(path);
	*MEM_PUSH(k->logs, k->n_logs, k->cap_logs) = log;
	k->trace = NULL;
	return 0;
}

void kernel_sockets_release(struct kernel_sockets *k)
{
	for (size_t i = 0; i < k->n_logs; i++) {
		ss_release(&k->logs[i].log);
		free(k->logs[i].path);
	}
	free(k->logs);
	free(k->samples);
	*k = (struct kernel_sockets){ .n = 0 };
}
