/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/match_change.h"

#include <stdbool.h>
#include <string.h>

#include "base/num.h"
#include "model/tcpopt.h"

enum {
	MOST_OPTIONS = 40
};

/* The options of one group, concatenated. */
struct some_options {
	uint8_t bytes[MOST_OPTIONS];
	size_t n;
};

static uint8_t group_of(int kind)
{
	switch (kind) {
	case TCPOPT_MPTCP: return CHANGED_MPTCP;
	case TCPOPT_SACK: return CHANGED_SACK;
	case TCPOPT_TIMESTAMPS: return CHANGED_TIMESTAMPS;
	default: return CHANGED_OPTIONS;
	}
}

static void collect(const struct packets *p, uint32_t i, uint8_t group,
		    struct some_options *out)
{
	const uint8_t *o = NULL;
	size_t at = 0, len = 0;
	int kind = 0;

	out->n = 0;
	while ((kind = tcpopt_next(packets_options(p, i), p->n_options[i], &at,
				   &o, &len)))
		if (kind != TCPOPT_NOP && group_of(kind) == group &&
		    out->n + len <= MOST_OPTIONS) {
			memcpy(out->bytes + out->n, o, len);
			out->n += len;
		}
}

/* SACK edges are numbers of the other side, relative to its ISN. */
static bool same_edges(const struct some_options *a,
		       const struct some_options *b, uint32_t shift)
{
	if (a->n != b->n)
		return false;
	for (size_t k = 2; k + 4 <= a->n; k += 4)
		if (num_big_endian32(a->bytes + k) + shift !=
		    num_big_endian32(b->bytes + k))
			return false;
	return true;
}

/* The difference of sequence numbers of a direction in the second capture. */
static uint32_t shift_of(const struct match_input *in, int d)
{
	const struct stream_side *a = &in->stream[0]->side[d];
	const struct stream_side *b = &in->stream[1]->side[d];

	return a->has_isn && b->has_isn ? b->isn - a->isn : 0;
}

static bool same_group(const struct packets *p, uint32_t i,
		       const struct packets *q, uint32_t j, uint8_t group,
		       uint32_t shift)
{
	struct some_options a, b;

	collect(p, i, group, &a);
	collect(q, j, group, &b);
	if (group == CHANGED_SACK)
		return same_edges(&a, &b, shift);
	return a.n == b.n && memcmp(a.bytes, b.bytes, a.n) == 0;
}

static bool are_comparable(const struct packets *p, uint32_t i,
			   const struct packets *q, uint32_t j)
{
	return !((p->mark[i] | q->mark[j]) & PACKET_OPTIONS_CUT);
}

static bool same_bytes(const struct packets *p, uint32_t i,
		       const struct packets *q, uint32_t j)
{
	return p->n_options[i] == q->n_options[j] &&
	       memcmp(packets_options(p, i), packets_options(q, j),
		      p->n_options[i]) == 0;
}

uint8_t match_mptcp_change(const struct packets *p, uint32_t i,
			   const struct packets *q, uint32_t j)
{
	if (!are_comparable(p, i, q, j) || same_bytes(p, i, q, j) ||
	    same_group(p, i, q, j, CHANGED_MPTCP, 0))
		return 0;
	return CHANGED_MPTCP;
}

uint8_t match_changes(const struct match_input *in, enum direction d,
		      const struct packets *p, uint32_t i,
		      const struct packets *q, uint32_t j)
{
	uint32_t shift = shift_of(in, !d);
	unsigned change = 0;

	if (p->window[i] != q->window[j])
		change |= CHANGED_WINDOW;
	if (p->flags[i] != q->flags[j])
		change |= CHANGED_FLAGS;
	if (!are_comparable(p, i, q, j) || (!shift && same_bytes(p, i, q, j)))
		return (uint8_t)change;
	for (unsigned group = CHANGED_MPTCP; group <= CHANGED_OPTIONS;
	     group <<= 1)
		if (!same_group(p, i, q, j, (uint8_t)group, shift))
			change |= group;
	return (uint8_t)change;
}
