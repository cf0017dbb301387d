/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/pairing.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"
#include "model/rtt.h"

/* The highest TTL of a direction, which passed the fewest routers. */
static int highest_ttl(const struct trace *t, const struct stream *s, int d)
{
	int most = 0;

	for (size_t k = 0; k < s->n; k++) {
		uint32_t i = t->order[s->first + k];

		if (!!(t->packets.mark[i] & PACKET_REVERSE) == d &&
		    t->packets.ttl[i] > most)
			most = t->packets.ttl[i];
	}
	return most;
}

/* From the number of routers in between: 0, 1; -1 if there are none. */
static int fewer_routers(const struct trace *const trace[2],
			 const struct stream *const stream[2])
{
	for (int d = 0; d < 2; d++) {
		int a = highest_ttl(trace[0], stream[0], d);
		int b = highest_ttl(trace[1], stream[1], d);

		if (a && b && a != b)
			return (a > b) == (d == TO_SERVER) ? 0 : 1;
	}
	return -1;
}

/*
 * The capture nearer to the TCP client: there the answers of the server take
 * longer, and packets of the client have passed fewer routers. -1 if neither
 * handshake nor data nor TTLs tell.
 */
static int nearer_to_client(const struct trace *const trace[2],
			    const struct stream *const stream[2])
{
	struct rtt rtt[2][2];

	for (int e = 0; e < 2; e++)
		rtt_measure(trace[e], stream[e], rtt[e]);
	for (int d = 0; d < 2; d++) {
		const struct rtt *a = &rtt[0][d], *b = &rtt[1][d];
		int64_t more = 0;

		if (a->has_handshake && b->has_handshake)
			more = a->handshake - b->handshake;
		else if (a->data.n && b->data.n)
			more = a->data.min - b->data.min;
		if (more != 0)
			return (more > 0) == (d == TO_SERVER) ? 0 : 1;
	}
	return fewer_routers(trace, stream);
}

/* Add each part to the stream that it belongs to. */
static void gather_parts(struct pairing *p, int end)
{
	const struct trace *t = p->trace[end];
	uint32_t *place = mem_calloc(t->n_streams + 1, sizeof(*place));

	for (size_t i = 0; i < p->n_streams; i++)
		place[p->streams[i].stream[end] - t->streams] = (uint32_t)i + 1;
	for (size_t i = 0; i < p->mapping.n_parts[end]; i++) {
		const struct mapping_part *part = &p->mapping.parts[end][i];
		struct paired_stream *s = &p->streams[place[part->whole] - 1];

		s->also[end] = mem_realloc(s->also[end], s->n_also[end] + 1,
					   sizeof(const struct stream *));
		s->also[end][s->n_also[end]++] = &t->streams[part->stream];
	}
	free(place);
}

static void gather_streams(struct pairing *p)
{
	const struct trace *a = p->trace[0], *b = p->trace[1];

	p->streams = mem_calloc(a->n_streams + 1, sizeof(*p->streams));
	for (size_t i = 0; i < a->n_streams; i++) {
		uint32_t j = p->mapping.stream_of[i];
		struct paired_stream *s = &p->streams[p->n_streams];

		if (j == MAPPING_NONE)
			continue;
		s->stream[0] = &a->streams[i];
		s->stream[1] = &b->streams[j];
		s->client_end = nearer_to_client(p->trace, s->stream);
		p->n_streams++;
	}
	gather_parts(p, 0);
	gather_parts(p, 1);
}

/* All streams vote for the end of the clients, by MPTCP role. */
static int find_client_end(struct pairing *p, int given)
{
	long votes[2] = { 0, 0 };

	for (size_t i = 0; i < p->n_streams; i++) {
		const struct paired_stream *s = &p->streams[i];

		if (s->client_end >= 0)
			votes[s->client_end ^ s->stream[0]->flipped]++;
	}
	p->client_end = votes[1] > votes[0];
	if (given >= 0)
		p->client_end = given;
	else if (votes[0] == votes[1])
		return -1;
	for (size_t i = 0; i < p->n_streams; i++) {
		struct paired_stream *s = &p->streams[i];

		if (s->client_end < 0 || given >= 0)
			s->client_end = p->client_end ^ s->stream[0]->flipped;
	}
	return 0;
}

static struct match_input input_of(const struct pairing *p,
				   const struct paired_stream *s)
{
	struct match_input in = { .client_end = s->client_end };

	for (int e = 0; e < 2; e++) {
		in.trace[e] = p->trace[e];
		in.stream[e] = s->stream[e];
		in.also[e] = s->also[e];
		in.n_also[e] = s->n_also[e];
	}
	return in;
}

/*
 * A stream may end long before its capture; losses at its end can only be told
 * when the other streams have shown how long both captures ran.
 */
static void match_all(struct pairing *p)
{
	struct match_span span = MATCH_SPAN_INIT;

	for (size_t i = 0; i < p->n_streams; i++) {
		struct match_input in = input_of(p, &p->streams[i]);

		match_streams(&p->streams[i].match, &in);
		match_widen(&p->streams[i].match, &in, &span);
	}
	for (size_t i = 0; i < p->n_streams; i++) {
		struct match_input in = input_of(p, &p->streams[i]);

		match_find_fates(&p->streams[i].match, &in, &span);
	}
}

/*
 * A packet that was split counts as being in both.  Copies captured by another
 * interface or made by the network do not count.
 */
static void count_all(struct pairing *p)
{
	size_t both[2] = { 0, 0 }, copies[2] = { 0, 0 };

	for (size_t i = 0; i < p->n_streams; i++)
		for (int e = 0; e < 2; e++) {
			const struct match_end *end =
				&p->streams[i].match.end[e];

			for (size_t k = 0; k < end->n; k++) {
				both[e] += end->peer[k] != MATCH_NONE;
				copies[e] += end->fate[k] == MATCH_COPY ||
					     end->fate[k] == MATCH_DUPLICATED;
			}
		}
	p->matched = both[0];
	for (int e = 0; e < 2; e++)
		p->only[e] = p->trace[e]->packets.n - both[e] - copies[e];
}

/* Changes by the network, from packets that arrived. */
static void count_harm(struct pairing *p)
{
	for (size_t i = 0; i < p->n_streams; i++)
		for (int d = 0; d < 2; d++) {
			const struct paired_stream *s = &p->streams[i];
			int sender =
				d == TO_SERVER ? s->client_end : !s->client_end;

			p->duplicated +=
				s->match.counts[!sender][d][MATCH_DUPLICATED];
			p->altered += s->match.altered[sender][d];
			for (int bit = 0; bit < MATCH_CHANGES; bit++)
				p->altered_in[bit] +=
					s->match.altered_in[sender][d][bit];
		}
}

static int find_crossing(const struct pairing *p, const struct paired_stream *s,
			 int end, size_t k, struct crossing *out)
{
	const struct match_end *m = &s->match.end[end];
	int tcp = m->direction[k];
	int64_t time[2];

	if (m->peer[k] == MATCH_NONE)
		return 0;
	*out = (struct crossing){
		.sender = tcp == TO_SERVER ? s->client_end : !s->client_end,
		.direction = (enum direction)(tcp ^ s->stream[0]->flipped),
		.fate = (enum match_fate)m->fate[k],
		.change = m->change[k],
	};
	out->packet[end] = m->packet[k];
	out->packet[!end] = m->peer[k];
	for (int e = 0; e < 2; e++)
		time[e] = p->trace[e]->packets.time[out->packet[e]];
	out->raw = time[!out->sender] - time[out->sender];
	return 1;
}

/* The direction between the two clocks. */
static enum direction between_clocks(const struct pairing *p,
				     const struct crossing *c)
{
	return c->sender == p->client_end ? TO_SERVER : TO_CLIENT;
}

static int64_t stamp(const struct pairing *p, const struct crossing *c, int end)
{
	return p->trace[end]->packets.time[c->packet[end]];
}

static void estimate_clock(struct pairing *p, const struct clock_options *o)
{
	struct clock_pair *pairs = mem_calloc(p->matched + 1, sizeof(*pairs));
	size_t n = 0;

	for (size_t i = 0; i < p->n_streams; i++) {
		const struct paired_stream *s = &p->streams[i];

		for (size_t k = 0; k < s->match.end[0].n; k++) {
			struct crossing c;

			if (!find_crossing(p, s, 0, k, &c) ||
			    c.fate != MATCH_MATCHED)
				continue;
			pairs[n++] = (struct clock_pair){
				.client_time = stamp(p, &c, p->client_end),
				.server_time = stamp(p, &c, !p->client_end),
				.direction = between_clocks(p, &c),
				.path = (uint32_t)i,
			};
		}
	}
	clock_estimate(&p->clock, pairs, n, o);
	free(pairs);
}

int pairing_time(const struct pairing *p, int end, int64_t time, int64_t *out)
{
	int64_t theta = 0;

	*out = time;
	if (p->raw)
		return 0;
	if (end == p->client_end)
		return clock_correct(&p->clock, time, out);
	if (clock_theta(&p->clock, time, &theta) < 0)
		return -1;
	*out = time + theta;
	return 0;
}

int pairing_crossing(const struct pairing *p, const struct paired_stream *s,
		     size_t k, struct crossing *out)
{
	return pairing_crossing_at(p, s, 0, k, out);
}

int pairing_crossing_at(const struct pairing *p, const struct paired_stream *s,
			int end, size_t k, struct crossing *out)
{
	if (!find_crossing(p, s, end, k, out))
		return 0;
	out->has_delay = true;
	out->delay = out->raw;
	if (!p->raw)
		out->has_delay = clock_delay(&p->clock, between_clocks(p, out),
					     stamp(p, out, p->client_end),
					     stamp(p, out, !p->client_end),
					     &out->delay) == 0;
	return 1;
}

int pairing_make(struct pairing *p, const struct trace *a,
		 const struct trace *b, const struct pairing_options *o,
		 struct error *err)
{
	memset(p, 0, sizeof(*p));
	p->trace[0] = a;
	p->trace[1] = b;
	p->raw = o->raw;
	mapping_make(&p->mapping, a, b);
	gather_streams(p);
	if (p->n_streams == 0) {
		pairing_release(p);
		return error_set(err, EXIT_INPUT,
				 "no TCP stream of '%s' is in '%s': no key, "
				 "nonce, initial sequence number, data or "
				 "address in common",
				 a->info.path, b->info.path);
	}
	if (find_client_end(p, o->client_end) < 0) {
		pairing_release(p);
		return error_set(err, EXIT_INPUT,
				 "'%s' and '%s': neither handshakes nor data "
				 "nor times to live tell which was taken at "
				 "the client: use --client 1 or --client 2",
				 a->info.path, b->info.path);
	}
	match_all(p);
	count_all(p);
	count_harm(p);
	estimate_clock(p, &o->clock);
	return 0;
}

const struct paired_stream *pairing_stream(const struct pairing *p,
					   const struct stream *s)
{
	size_t at =
		LOWER_BOUND(k, 0, p->n_streams, p->streams[k].stream[0] < s);

	return at < p->n_streams && p->streams[at].stream[0] == s
		       ? &p->streams[at]
		       : NULL;
}

const struct stream *pairing_peer(const struct pairing *p, int end,
				  const struct stream *s)
{
	const struct paired_stream *pair = NULL;

	if (end == 0) {
		pair = pairing_stream(p, s);
		return pair ? pair->stream[1] : NULL;
	}
	for (size_t i = 0; i < p->n_streams; i++)
		if (p->streams[i].stream[1] == s)
			return p->streams[i].stream[0];
	return NULL;
}

static void release_stream(struct paired_stream *s)
{
	match_release(&s->match);
	free(s->also[0]);
	free(s->also[1]);
}

void pairing_release(struct pairing *p)
{
	for (size_t i = 0; i < p->n_streams; i++)
		release_stream(&p->streams[i]);
	free(p->streams);
	mapping_release(&p->mapping);
	clock_estimate_release(&p->clock);
	memset(p, 0, sizeof(*p));
}
