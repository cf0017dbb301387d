/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/ends.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"

/* Index of the capture that was taken at the sender's end. */
static int sender_end(const struct plot *p)
{
	const struct paired_stream *pair = NULL;
	int d = (int)p->direction; /* by MPTCP role */

	if (p->stream)
		pair = pairing_stream(p->pairing, p->stream);
	if (pair)
		return pair->client_end ^ d ^ p->stream->flipped;
	return p->pairing->client_end ^ d;
}

/* Convert from the first capture to the second one. */
static int turn(const struct plot *p, struct plot *out, struct error *err)
{
	uint32_t number = MAPPING_NONE;

	*out = *p;
	out->trace = p->second;
	out->second = p->trace;
	out->end = 1;
	out->conn = NULL;
	if (p->conn)
		number = p->pairing->mapping.connection_of[p->conn->id];
	if (number != MAPPING_NONE)
		out->conn = &p->second->connections[number];
	if (p->stream)
		out->stream = pairing_peer(p->pairing, 0, p->stream);
	if (p->stream && !out->stream)
		return error_set(err, EXIT_INPUT,
				 "'%s': no TCP stream %" PRIu32
				 " of the first capture",
				 p->second->info.path, p->stream->tcp_stream);
	if (p->stream || out->conn)
		return 0;
	return error_set(
		err, EXIT_INPUT, "'%s': no connection %" PRIu32 " of '%s'",
		p->second->info.path, p->conn->id, p->trace->info.path);
}

/* Both ends: the client's clock, if times can be converted, so that all kinds
   have one time axis.  One end: its own clock. */
static void set_clock(struct plot *here, struct plot *there)
{
	if (here->at == PLOT_AT_BOTH && ends_have_clock(here->pairing) &&
	    here->end != here->pairing->client_end)
		here->clock = there;
	else
		there->clock = here;
}

int ends_open(const struct plot_kind *kind, struct plot *here,
	      struct plot *there, struct error *err)
{
	struct plot first = *here;
	int want = sender_end(here);

	if (here->at == PLOT_AT_RECEIVER ||
	    (here->at == PLOT_AT_BOTH && (kind->needs & PLOT_RECEIVER)))
		want = !want;
	if (kind->needs & PLOT_BOTH_WAYS)
		want = 0;
	if (turn(&first, there, err) < 0)
		return -1;
	if (want == 1) {
		*here = *there;
		*there = first;
	}
	set_clock(here, there);
	if (here->at == PLOT_AT_BOTH)
		here->other = there;
	return 0;
}

uint8_t *ends_fates(const struct plot *p)
{
	uint8_t *fate = NULL;

	if (!p->pairing)
		return NULL;
	fate = mem_calloc(p->trace->packets.n + 1, 1);
	for (size_t i = 0; i < p->pairing->n_streams; i++) {
		const struct match_end *e =
			&p->pairing->streams[i].match.end[p->end];

		for (size_t k = 0; k < e->n; k++)
			fate[e->packet[k]] = e->fate[k];
	}
	return fate;
}

size_t *ends_positions(const struct plot *p)
{
	const struct connection *there = p->other->conn;
	size_t *out = mem_calloc(there->n_subflows + 1, sizeof(*out));

	for (size_t k = 0; k < there->n_subflows; k++) {
		const struct stream *s =
			pairing_peer(p->pairing, p->other->end,
				     trace_subflow(p->other->trace, there, k));

		out[k] = s && s->connection == (long)p->conn->id
				 ? s->position
				 : p->conn->n_subflows;
	}
	return out;
}

bool ends_have_clock(const struct pairing *pairing)
{
	switch (pairing->clock.correction) {
	case CLOCK_NONE_NEEDED:
	case CLOCK_OFFSET:
	case CLOCK_OFFSET_SKEW:
	case CLOCK_STEP:
	case CLOCK_GIVEN: return true;
	default: return false;
	}
}

int64_t ends_time(const struct plot *p, int64_t ns)
{
	const struct clock_estimate *clock = NULL;
	int64_t other = ns, theta = 0;

	if (!p->clock)
		return ns;
	clock = &p->pairing->clock;
	if (p->end != p->pairing->client_end)
		return clock_correct(clock, ns, &other) == 0 ? other : ns;
	return clock_theta(clock, ns, &theta) == 0 ? ns + theta : ns;
}

double ends_axis_time(const struct plot *given, int64_t ns)
{
	const struct trace *axis = given->trace;
	int64_t there = ns;

	if (given->pairing && given->pairing->client_end == 1 &&
	    ends_have_clock(given->pairing) &&
	    clock_correct(&given->pairing->clock, ns, &there) == 0)
		axis = given->second;
	return (double)(there - axis->info.first_time) / 1e9;
}
