/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/renamed.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/copies.h"

#define NONE RAW_ROLE_NONE

enum {
	MOST_NAMES = 8, /* per stream; with more names equality is artificial */
	MOST_SLOTS = 1 << 20
};

/* One packet in two raw streams. */
struct renamed_link {
	uint32_t packet[2];
};

/* The names of one stream form a tree. */
struct renamed_name {
	uint32_t parent; /* raw stream; the root is its own parent */
	bool turned;	 /* its end "b" is end "a" of the parent */
	uint32_t n;	 /* for a root: number of names */
	bool is_farther; /* further from the client than another name */
	uint32_t begins; /* next raw stream in the same slot; NONE */
};

struct renamed_search {
	const struct packets *p;
	struct raw_role *roles;
	size_t n;
	struct renamed_name *names;
	struct renamed_link *links;
	size_t n_links, cap_links;
	uint32_t *slots; /* raw streams by their first packet */
	uint32_t mask;
};

/* The first packet of either end; NONE: there is none. */
static uint32_t first_of(const struct raw_role *role)
{
	return role->first[0] < role->first[1] ? role->first[0]
					       : role->first[1];
}

static uint32_t root_of(const struct renamed_search *s, uint32_t raw,
			bool *turned)
{
	*turned = false;
	while (s->names[raw].parent != raw) {
		*turned ^= s->names[raw].turned;
		raw = s->names[raw].parent;
	}
	return raw;
}

/* Join the streams of packets i and j, which are equal. */
static void join(struct renamed_search *s, uint32_t i, uint32_t j)
{
	const struct packets *p = s->p;
	bool turned[2];
	uint32_t a = root_of(s, p->stream[i], &turned[0]);
	uint32_t b = root_of(s, p->stream[j], &turned[1]);

	if (a != b) {
		if (s->names[a].n + s->names[b].n > MOST_NAMES)
			return;
		s->names[b].parent = a;
		s->names[b].turned =
			turned[0] ^ turned[1] ^
			!!((p->mark[i] ^ p->mark[j]) & PACKET_REVERSE);
		s->names[a].n += s->names[b].n;
	}
	*MEM_PUSH(s->links, s->n_links, s->cap_links) =
		(struct renamed_link){ { i, j } };
}

/* Raw streams that begin with the same packet. */

/* An order that groups equal packets, lowest number first. */
static int by_first_packet(const void *x, const void *y, void *ctx)
{
	const struct renamed_search *s = ctx;
	const struct packets *p = s->p;
	const struct raw_role *a = &s->roles[*(const uint32_t *)x];
	const struct raw_role *b = &s->roles[*(const uint32_t *)y];
	uint32_t i = first_of(a), j = first_of(b);

	return COMPARE(p->seq[i], p->seq[j]) ?:
	       COMPARE(p->ack[i], p->ack[j]) ?:
	       COMPARE(p->ip_id[i], p->ip_id[j]) ?:
	       COMPARE(a->tcp_stream, b->tcp_stream);
}

static bool begin_alike(const struct packets *p, const struct raw_role *a,
			const struct raw_role *b)
{
	const uint32_t i = first_of(a), j = first_of(b);

	return p->seq[i] == p->seq[j] && p->ack[i] == p->ack[j] &&
	       p->ip_id[i] == p->ip_id[j];
}

/*
 * Whether the first packets of b, in both directions, occur in "a" under other
 * names.
 */
static bool is_renamed(const struct packets *p, const struct raw_role *a,
		       const struct raw_role *b)
{
	const uint32_t i = first_of(a), j = first_of(b);
	const bool turned = (a->first[0] == i) != (b->first[0] == j);

	for (int d = 0; d < 2; d++)
		if (a->first[d] != NONE && b->first[d ^ turned] != NONE &&
		    !copies_is_renamed(p, a->first[d], b->first[d ^ turned]))
			return false;
	return true;
}

static void join_group(struct renamed_search *s, const uint32_t *raw, size_t n)
{
	for (size_t k = 0; n > MOST_NAMES && k < n; k++)
		s->names[raw[k]].n = MOST_NAMES + 1; /* joins none */
	for (size_t k = 1; n <= MOST_NAMES && k < n; k++)
		for (size_t m = 0; m < k; m++) {
			const struct raw_role *a = &s->roles[raw[m]];
			const struct raw_role *b = &s->roles[raw[k]];

			if (is_renamed(s->p, a, b))
				join(s, first_of(a), first_of(b));
		}
}

static void join_beginnings(struct renamed_search *s)
{
	uint32_t *order = mem_calloc(s->n + 1, sizeof(*order));
	size_t end = 0;

	for (size_t i = 0; i < s->n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, s->n, sizeof(*order), by_first_packet, s);
	for (size_t k = 0; k < s->n; k = end) {
		for (end = k + 1; end < s->n; end++)
			if (!begin_alike(s->p, &s->roles[order[k]],
					 &s->roles[order[end]]))
				break;
		join_group(s, order + k, end - k);
	}
	free(order);
}

/* Raw streams that begin with a packet in the middle of another one. */

static uint32_t *slot(const struct renamed_search *s, uint32_t i)
{
	const struct packets *p = s->p;
	uint32_t key = (p->seq[i] ^ p->ack[i] * 0x85ebca6bu ^ p->ip_id[i]) *
		       0x9e3779b1u;

	return &s->slots[(key >> 8) & s->mask];
}

/* Those whose SYN was not captured. */
static size_t list_strays(struct renamed_search *s)
{
	size_t strays = 0;

	s->mask = 63;
	while (s->mask + 1 < s->n && s->mask + 1 < MOST_SLOTS)
		s->mask = 2 * s->mask + 1;
	s->slots = mem_realloc(NULL, (size_t)s->mask + 1, sizeof(*s->slots));
	memset(s->slots, 0xff,
	       ((size_t)s->mask + 1) * sizeof(*s->slots)); /* NONE */
	for (uint32_t raw = 0; raw < s->n; raw++) {
		struct renamed_name *name = &s->names[raw];
		uint32_t *at = slot(s, first_of(&s->roles[raw]));

		if (s->roles[raw].evidence == BY_SYN || name->n > MOST_NAMES)
			continue;
		name->begins = *at;
		*at = raw;
		strays++;
	}
	return strays;
}

/* Whether such a stream begins with packet i of another one. */
static void follow(struct renamed_search *s, uint32_t i)
{
	unsigned looks = MOST_NAMES;

	for (uint32_t raw = *slot(s, i); raw != NONE && looks-- > 0;
	     raw = s->names[raw].begins) {
		const uint32_t first = first_of(&s->roles[raw]);

		if (raw != s->p->stream[i] && copies_is_renamed(s->p, i, first))
			join(s, i, first);
	}
}

static void join_strays(struct renamed_search *s)
{
	if (s->n > 1 && list_strays(s))
		for (size_t i = 0; i < s->p->n; i++)
			follow(s, (uint32_t)i);
	free(s->slots);
}

/* Choose the names. */

/* Whether packet i was captured before j, the same packet at another point. */
static bool is_before(const struct packets *p, uint32_t i, uint32_t j)
{
	if (p->ttl[i] && p->ttl[j] && p->ttl[i] != p->ttl[j])
		return p->ttl[i] > p->ttl[j];
	return i < j; /* in order of time */
}

/* The root gets the best evidence on which end is the client. */
static void learn_roles(struct renamed_search *s)
{
	for (uint32_t raw = 0; raw < s->n; raw++) {
		const struct raw_role *role = &s->roles[raw];
		bool turned;
		struct raw_role *root = &s->roles[root_of(s, raw, &turned)];

		if (role->evidence > root->evidence) {
			root->evidence = role->evidence;
			root->client_is_b = role->client_is_b ^ turned;
		}
		if (role->has_isn && !root->has_isn) {
			root->has_isn = true;
			root->isn = role->isn;
		}
	}
}

/* Pass it on to all others. */
static void tell_roles(struct renamed_search *s)
{
	for (uint32_t raw = 0; raw < s->n; raw++) {
		struct raw_role *role = &s->roles[raw];
		bool turned;
		const struct raw_role *root =
			&s->roles[root_of(s, raw, &turned)];

		role->evidence = root->evidence;
		role->client_is_b = root->client_is_b ^ turned;
		role->has_isn = root->has_isn;
		role->isn = root->isn;
	}
}

static void find_nearest(struct renamed_search *s)
{
	const struct packets *p = s->p;

	for (size_t k = 0; k < s->n_links; k++) {
		const uint32_t i = s->links[k].packet[0];
		const uint32_t j = s->links[k].packet[1];
		const bool from_b = p->mark[i] & PACKET_REVERSE;
		const bool from_client =
			from_b == s->roles[p->stream[i]].client_is_b;
		const bool j_is_farther = is_before(p, i, j) == from_client;

		s->names[p->stream[j_is_farther ? j : i]].is_farther = true;
	}
}

static void name_all(struct renamed_search *s)
{
	uint32_t *nearest = mem_calloc(s->n, sizeof(*nearest));

	memset(nearest, 0xff, s->n * sizeof(*nearest)); /* NONE */
	for (int farther = 0; farther < 2; farther++)
		for (uint32_t raw = 0; raw < s->n; raw++) {
			bool turned;
			uint32_t root = root_of(s, raw, &turned);

			if (nearest[root] == NONE &&
			    s->names[raw].is_farther == farther)
				nearest[root] = raw;
		}
	for (uint32_t raw = 0; raw < s->n; raw++) {
		bool turned;
		uint32_t name = nearest[root_of(s, raw, &turned)];
		const struct raw_stream *ends = &s->p->streams[name];
		const bool client_is_b = s->roles[name].client_is_b;

		s->roles[raw].client = client_is_b ? &ends->b : &ends->a;
		s->roles[raw].server = client_is_b ? &ends->a : &ends->b;
		s->roles[raw].has_other_name = name != raw;
	}
	free(nearest);
}

void renamed_join(const struct packets *p, struct raw_role *roles, size_t n)
{
	struct renamed_search s = { .p = p, .roles = roles, .n = n };

	s.names = mem_calloc(n + 1, sizeof(*s.names));
	for (uint32_t raw = 0; raw < n; raw++)
		s.names[raw] = (struct renamed_name){ .parent = raw, .n = 1 };
	join_beginnings(&s);
	join_strays(&s);
	if (s.n_links) {
		learn_roles(&s);
		tell_roles(&s);
		find_nearest(&s);
		name_all(&s);
	}
	free(s.links);
	free(s.names);
}
