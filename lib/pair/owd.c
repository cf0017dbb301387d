/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/owd.h"

#include <string.h>

static int tcp_direction(const struct owd *o)
{
	return o->direction ^ o->stream->stream[0]->flipped;
}

/* The capture of the sender. */
static int sender_end(const struct owd *o)
{
	return tcp_direction(o) == TO_SERVER ? o->stream->client_end
					     : !o->stream->client_end;
}

static bool is_copy(int fate)
{
	return fate == MATCH_COPY || fate == MATCH_DUPLICATED;
}

static void count_fates(struct owd *out)
{
	const struct paired_stream *s = out->stream;
	int tcp = tcp_direction(out), sender = sender_end(out);
	const size_t *sent = s->match.counts[sender][tcp];
	const size_t *got = s->match.counts[!sender][tcp];

	for (int f = 0; f <= MATCH_UNSEEN; f++)
		if (!is_copy(f))
			out->sent += sent[f];
	out->matched = sent[MATCH_MATCHED];
	out->ambiguous = sent[MATCH_AMBIGUOUS];
	out->coalesced = sent[MATCH_COALESCED];
	out->lost = sent[MATCH_LOST];
	out->not_captured = sent[MATCH_UNSEEN] + got[MATCH_UNSEEN];
	out->outside = sent[MATCH_OUTSIDE] + got[MATCH_OUTSIDE];
	out->crossed = out->sent - sent[MATCH_OUTSIDE];
	out->copies = sent[MATCH_COPY] + got[MATCH_COPY];
	out->altered = s->match.altered[sender][tcp];
	memcpy(out->altered_in, s->match.altered_in[sender][tcp],
	       sizeof(out->altered_in));
}

static int64_t difference(int64_t a, int64_t b)
{
	return a > b ? a - b : b - a;
}

static void count_duplicated(const struct pairing *p, struct owd *out)
{
	const struct paired_stream *s = out->stream;
	int receiver = !sender_end(out);
	const struct match_end *e = &s->match.end[receiver];

	out->duplicated =
		s->match.counts[receiver][tcp_direction(out)][MATCH_DUPLICATED];
	for (size_t k = 0; out->duplicated && k < e->n; k++)
		if (e->direction[k] == tcp_direction(out) &&
		    e->fate[k] == MATCH_DUPLICATED)
			out->duplicated_bytes +=
				p->trace[receiver]->packets.len[e->packet[k]];
}

void owd_measure(const struct pairing *p, const struct paired_stream *s,
		 enum direction direction, struct owd *out)
{
	struct samples delay = { .n = 0 }, raw = { .n = 0 },
		       variation = { .n = 0 };
	const struct match_end *e = NULL;
	struct crossing last = { .has_delay = false };
	int has_last = 0, tcp = 0, sender = 0;

	memset(out, 0, sizeof(*out));
	out->stream = s;
	out->direction = direction;
	count_fates(out);
	count_duplicated(p, out);
	tcp = tcp_direction(out);
	sender = sender_end(out);
	e = &s->match.end[sender];
	/*
	 * In the order of sending, in which lost packets have a place, too.
	 * Setting a clock is no variation; without steps and with little skew
	 * raw delays vary like the true ones.
	 */
	for (size_t k = 0; k < e->n; k++) {
		struct crossing c;

		if (e->direction[k] != tcp || is_copy(e->fate[k]))
			continue;
		if (!pairing_crossing_at(p, s, sender, k, &c) ||
		    c.fate != MATCH_MATCHED) {
			has_last = 0;
			continue;
		}
		samples_add(&raw, c.raw);
		if (c.has_delay)
			samples_add(&delay, c.delay);
		if (has_last && last.has_delay && c.has_delay)
			samples_add(&variation,
				    difference(c.delay, last.delay));
		else if (has_last && !p->clock.applied)
			samples_add(&variation, difference(c.raw, last.raw));
		has_last = 1;
		last = c;
	}
	samples_describe(&delay, &out->delay);
	samples_describe(&raw, &out->raw);
	samples_describe(&variation, &out->variation);
	samples_release(&delay);
	samples_release(&raw);
	samples_release(&variation);
}

/* The same connection in capture "end". */
static const struct connection *as_at(const struct pairing *p,
				      const struct connection *conn, int end)
{
	uint32_t other = p->mapping.connection_of[conn->id];

	if (end == 0)
		return conn;
	return other == MAPPING_NONE ? NULL : &p->trace[1]->connections[other];
}

static int receiver_of(const struct pairing *p, enum direction direction)
{
	return direction == TO_SERVER ? !p->client_end : p->client_end;
}

void crossings_keep(const struct pairing *p, const struct arrivals ends[2],
		    const struct connection *conn, enum direction direction,
		    struct kept *out)
{
	int sender = !receiver_of(p, direction);
	const struct connection *sent = as_at(p, conn, sender);

	memset(out, 0, sizeof(*out));
	if (sent)
		kept_find(&ends[sender], sent, direction, out);
}

void crossing_summarize(const struct pairing *p, const struct kept *kept,
			const struct connection *conn,
			const struct stream *subflow, enum direction direction,
			struct crossing_summary *out)
{
	const struct paired_stream *s = pairing_stream(p, subflow);
	int receiver = receiver_of(p, direction);
	const struct connection *there = as_at(p, conn, receiver);

	memset(out, 0, sizeof(*out));
	if (!s)
		return;
	out->mapped = 1;
	owd_measure(p, s, direction, &out->owd);
	if (!there || s->stream[receiver]->connection != (long)there->id)
		return;
	out->has_contribution =
		byte_counts_know_unique(&there->bytes[direction]);
	out->first_arrived =
		s->stream[receiver]->bytes[direction].of[BYTES_UNIQUE] +
		(uint64_t)kept_moved(kept, s->stream[receiver]);
	out->arrived = there->bytes[direction].of[BYTES_UNIQUE];
}
