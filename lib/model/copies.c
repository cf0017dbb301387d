/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/copies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "base/strbuf.h"
#include "model/alike.h"
#include "model/copy_pieces.h"

enum {
	NEAR = 2000000,	 /* ns between copies without other evidence */
	MOST_POINTS = 8, /* for one packet */
	/* packets examined before deciding whether to look at all */
	GLIMPSE = 64,
	FEW = 4, /* packets of one direction that prove nothing */
	MOST_SLOTS = 1 << 20,
	MOST_LOOKS = 64, /* packets examined per slot */
	/* a near end answers so many times faster than the other */
	DIRECT = 10,
	NAMED = 64 /* interfaces that copied_on can distinguish */
};

/* ns: a router gives up address resolution sooner. */
#define LONGEST 5000000000
#define NONE UINT32_MAX
#define UNKNOWN INT64_MAX

/* A packet with its copies so far. */
struct sighted_packet {
	uint32_t first, latest; /* packets */
	uint32_t older;		/* previous one in the same slot */
	uint32_t n;		/* number of captures */
	uint32_t kept;
	uint32_t point[MOST_POINTS];
};

struct copy_search {
	const struct packets *p;
	bool any_point;
	uint32_t most; /* maximum number of captures of one packet */
	/* each packet of the direction has a different IP id */
	bool id_tells[2];
	bool keep_last[2]; /* captured at the sender of this direction */
	struct sighted_packet *items;
	size_t n, cap;
	uint32_t *slots; /* latest of "items", by hash */
	uint32_t mask;
};

/* Timestamps are not changed by anyone, not even in a SYN. */
static bool alike_stamps(const struct packets *p, uint32_t a, uint32_t b)
{
	const uint64_t x = packets_tsval(p, a), y = packets_tsval(p, b);

	return x == y || !x || !y;
}

/* Whether all but time, point and direction is equal. */
static bool identical(const struct packets *p, uint32_t a, uint32_t b)
{
	return alike_place(p, a, b) && p->flags[a] == p->flags[b] &&
	       p->window[a] == p->window[b] && p->ip_id[a] == p->ip_id[b] &&
	       ((p->flags[a] & TCP_SYN) ? alike_stamps(p, a, b)
					: alike_options(p, a, b));
}

/* Whether a time is less than one DIRECT-th of another; both may be long. */
static bool is_part(int64_t time, int64_t of)
{
	return time < (of + DIRECT - 1) / DIRECT;
}

/* From the first SYN to its answer, and from that to the third packet. */
static void judge_ends(struct copy_search *s, const uint32_t *order, size_t n)
{
	const struct packets *p = s->p;
	int64_t syn = UNKNOWN, answer = UNKNOWN, half[2];

	for (size_t k = 0; k < n; k++) {
		uint32_t i = order[k];
		unsigned flags = p->flags[i] & (TCP_SYN | TCP_ACK | TCP_RST);

		if (flags == TCP_SYN && syn == UNKNOWN) {
			syn = p->time[i];
		} else if (flags == (TCP_SYN | TCP_ACK) && syn != UNKNOWN &&
			   answer == UNKNOWN) {
			answer = p->time[i];
		} else if (flags == TCP_ACK && !alike_direction(p, i)) {
			if (answer == UNKNOWN)
				return;
			half[0] = answer - syn;
			half[1] = p->time[i] - answer;
			s->keep_last[0] = is_part(half[1], half[0]);
			s->keep_last[1] = is_part(half[0], half[1]);
			return;
		}
	}
}

/* Packet i equals "a": whether it may be a retransmission. */
static bool is_near(const struct copy_search *s, uint32_t a, uint32_t i)
{
	const struct packets *p = s->p;
	int64_t apart = p->time[i] - p->time[a];

	return apart <= NEAR ||
	       (apart < LONGEST &&
		((p->ip_id[i] && s->id_tells[alike_direction(p, i)]) ||
		 (p->ttl[a] != p->ttl[i] && packets_tsval(p, a) &&
		  packets_tsval(p, i))));
}

static bool was_at(const struct sighted_packet *t, uint32_t point)
{
	for (uint32_t k = 0; k < t->n && k < MOST_POINTS; k++)
		if (t->point[k] == point)
			return true;
	return false;
}

static uint32_t *slot(const struct copy_search *s, uint32_t i)
{
	const struct packets *p = s->p;
	uint32_t key = (p->seq[i] ^ p->ack[i] * 0x85ebca6bu ^ p->ip_id[i]) *
			       0x9e3779b1u >>
		       8;

	return &s->slots[(key ^ (uint32_t)alike_direction(p, i)) & s->mask];
}

/* The oldest packet of which this is a copy, or NULL. */
static struct sighted_packet *find(const struct copy_search *s, uint32_t i)
{
	const struct packets *p = s->p;
	struct sighted_packet *found = NULL;
	unsigned looks = MOST_LOOKS;

	for (uint32_t at = *slot(s, i); at != NONE && looks-- > 0;
	     at = s->items[at].older) {
		struct sighted_packet *t = &s->items[at];

		if (p->time[i] - p->time[t->first] > LONGEST)
			break;
		if (t->n < s->most &&
		    alike_direction(p, t->first) == alike_direction(p, i) &&
		    identical(p, t->first, i) && is_near(s, t->latest, i) &&
		    (s->any_point || !was_at(t, alike_point(p, i))))
			found = t;
	}
	return found;
}

static void add(struct copy_search *s, uint32_t i)
{
	uint32_t *at = slot(s, i);

	*MEM_PUSH(s->items, s->n, s->cap) =
		(struct sighted_packet){ .first = i,
					 .latest = i,
					 .older = *at,
					 .n = 1,
					 .kept = i,
					 .point = { alike_point(s->p, i) } };
	*at = (uint32_t)s->n - 1;
}

static bool is_cut(const struct packets *p, uint32_t i)
{
	return !!(p->mark[i] & PACKET_OPTIONS_CUT);
}

static void add_copy(const struct copy_search *s, struct sighted_packet *t,
		     uint32_t i)
{
	const struct packets *p = s->p;
	const bool later = s->keep_last[alike_direction(p, i)];

	if (t->n < MOST_POINTS)
		t->point[t->n] = alike_point(p, i);
	t->n++;
	t->latest = i;
	if (is_cut(p, i) == is_cut(p, t->kept) ? later : is_cut(p, t->kept))
		t->kept = i;
}

/* Find all packets with their copies. */
static void look(struct copy_search *s, const uint32_t *order, size_t n)
{
	s->mask = 63;
	while (s->mask + 1 < n && s->mask + 1 < MOST_SLOTS)
		s->mask = 2 * s->mask + 1;
	s->n = 0;
	s->slots =
		mem_realloc(s->slots, (size_t)s->mask + 1, sizeof(*s->slots));
	memset(s->slots, 0xff,
	       ((size_t)s->mask + 1) * sizeof(*s->slots)); /* NONE */
	for (size_t k = 0; k < n; k++) {
		struct sighted_packet *t = find(s, order[k]);

		if (t)
			add_copy(s, t, order[k]);
		else
			add(s, order[k]);
	}
}

/* Whether each direction was captured at several points. */
static bool has_points(const struct packets *p, const uint32_t *order, size_t n)
{
	uint32_t point[2] = { NONE, NONE };

	for (size_t k = 0; k < n; k++) {
		uint32_t here = alike_point(p, order[k]);
		int d = alike_direction(p, order[k]);

		if (point[d] != NONE && point[d] != here)
			return true;
		point[d] = here;
	}
	return false;
}

/* Whether some of the first packets occur again. */
static bool seem_repeated(const struct packets *p, const uint32_t *order,
			  size_t n)
{
	size_t again = 0;

	if (n > GLIMPSE)
		n = GLIMPSE;
	for (size_t k = 1; k < n; k++)
		for (size_t m = k; m-- > 0;) {
			uint32_t a = order[m], b = order[k];

			if (p->time[b] - p->time[a] > NEAR)
				break;
			if (alike_direction(p, a) == alike_direction(p, b) &&
			    (identical(p, a, b) ||
			     copy_pieces_is_part(p, a, b) ||
			     copy_pieces_is_part(p, b, a))) {
				again++;
				break;
			}
		}
	return n > 1 && again * 8 >= n;
}

/* Whether nine of ten packets occur several times, in each direction. */
static bool are_all_repeated(const struct copy_search *s)
{
	size_t all[2] = { 0, 0 }, again[2] = { 0, 0 };

	for (size_t k = 0; k < s->n; k++) {
		int d = alike_direction(s->p, s->items[k].first);

		all[d]++;
		again[d] += s->items[k].n > 1 ||
			    (s->p->mark[s->items[k].first] & PACKET_IN_PIECES);
	}
	for (int d = 0; d < 2; d++)
		if (again[d] * 10 < all[d] * 9)
			return false;
	return (all[0] && all[1]) || s->n >= FEW;
}

static void note_point(struct stream *stream, uint32_t point)
{
	const uint16_t interface = alike_interface(point);

	if (interface < NAMED)
		stream->copied_on |= 1ull << interface;
}

/*
 * The interfaces of a packet that was captured several times; false: it was
 * not.
 */
static bool note_points(const struct sighted_packet *t, struct stream *stream)
{
	for (uint32_t k = 0; t->n > 1 && k < t->n && k < MOST_POINTS; k++) {
		note_point(stream, t->point[k]);
		stream->is_forwarded |=
			alike_ttl(t->point[k]) != alike_ttl(t->point[0]);
	}
	return t->n > 1;
}

/* How often packets with copies were captured; 0: it varies. */
static unsigned captured(const struct copy_search *s)
{
	uint32_t times = 0;

	for (size_t k = 0; k < s->n; k++) {
		if (s->items[k].n > 1 && times && s->items[k].n != times)
			return 0;
		if (s->items[k].n > 1)
			times = s->items[k].n;
	}
	return times;
}

/* Mark packets that do not count, and move them behind the others. */
static void set_apart(const struct copy_search *s, struct trace *t,
		      struct stream *stream)
{
	struct packets *p = &t->packets;
	const uint32_t *order = t->order + stream->first;
	bool copied = false;

	for (size_t k = 0; k < s->n; k++)
		copied |= note_points(&s->items[k], stream);
	if (!copied)
		return;
	for (size_t k = 0; k < stream->n; k++)
		p->mark[order[k]] |= PACKET_COPY;
	for (size_t k = 0; k < s->n; k++) {
		uint8_t *mark = &p->mark[s->items[k].kept];

		*mark &= (uint8_t)~PACKET_COPY;
		if (s->items[k].n > 1)
			*mark |= PACKET_COPIED;
	}
	stream->captured = stream->n_copies ? 0 : captured(s);
	stream->n_copies += trace_set_apart(t, stream, PACKET_COPY);
}

static void unmark(struct packets *p, const uint32_t *order, size_t n,
		   unsigned marks)
{
	for (size_t k = 0; k < n; k++)
		p->mark[order[k]] &= (uint8_t)~marks;
}

/* Note the points of capture, whole or in pieces. */
static void note_pieces(struct packets *p, const uint32_t *order, size_t n,
			struct stream *stream)
{
	for (size_t k = 0; k < n; k++) {
		if (p->mark[order[k]] & (PACKET_COPY | PACKET_IN_PIECES))
			note_point(stream, alike_point(p, order[k]));
		if (p->mark[order[k]] & PACKET_IN_PIECES)
			p->mark[order[k]] |= PACKET_COPIED;
	}
	stream->captured = 0;
}

/* At different points: copies of whole packets, and in pieces. */
static void pieces_set_apart(const struct copy_search *s, struct trace *t,
			     struct stream *stream)
{
	struct packets *p = &t->packets;
	const uint32_t *order = t->order + stream->first;

	if (!copy_pieces_mark(p, order, stream->n, s->keep_last, false))
		return;
	note_pieces(p, order, stream->n, stream);
	stream->n_copies += trace_set_apart(t, stream, PACKET_COPY);
	unmark(p, order, stream->n, PACKET_IN_PIECES);
}

static int by_packet(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return COMPARE(*a, *b);
}

/* How often most packets were captured. */
static uint32_t often(const struct copy_search *s)
{
	size_t count[MOST_POINTS + 1] = { 0 };
	uint32_t best = 0;

	for (size_t k = 0; k < s->n; k++)
		if (s->items[k].n <= MOST_POINTS)
			count[s->items[k].n]++;
	for (uint32_t n = 1; n <= MOST_POINTS; n++)
		if (count[n] > count[best])
			best = n;
	return best;
}

/* If points cannot be distinguished: decide by how often packets occur. */
static void look_anywhere(struct copy_search *s, struct trace *t,
			  struct stream *stream)
{
	struct packets *p = &t->packets;
	uint32_t *order = t->order + stream->first;
	const size_t n = stream->n;
	size_t pieces = copy_pieces_mark(p, order, n, s->keep_last, true);

	s->any_point = true;
	if (pieces)
		trace_set_apart(t, stream, PACKET_COPY);
	look(s, order, stream->n);
	if (are_all_repeated(s)) {
		s->most = often(s);
		look(s, order, stream->n);
		set_apart(s, t, stream);
		stream->n_copies += pieces;
		if (pieces)
			note_pieces(p, order, n, stream);
		unmark(p, order, n, PACKET_IN_PIECES);
	} else {
		stream->n = n;
		unmark(p, order, n, PACKET_COPY | PACKET_IN_PIECES);
		SORT(order, pieces ? n : 0, by_packet);
	}
}

void copies_set_apart(struct trace *t, struct stream *stream)
{
	const struct packets *p = &t->packets;
	const uint32_t *order = t->order + stream->first;
	struct copy_search s = { .p = p, .most = MOST_POINTS };
	const bool points = has_points(p, order, stream->n);

	stream->n_copies = stream->n_copied = stream->captured = 0;
	stream->copied_on = 0;
	stream->is_forwarded = false;
	if (!points && !seem_repeated(p, order, stream->n))
		return;
	alike_ids(p, order, stream->n, s.id_tells);
	judge_ends(&s, order, stream->n);
	if (points) {
		look(&s, order, stream->n);
		set_apart(&s, t, stream);
		pieces_set_apart(&s, t, stream);
	}
	if (seem_repeated(p, order, stream->n))
		look_anywhere(&s, t, stream);
	for (size_t k = 0; k < stream->n; k++)
		stream->n_copied += !!(p->mark[order[k]] & PACKET_COPIED);
	free(s.items);
	free(s.slots);
}

bool copies_is_renamed(const struct packets *p, uint32_t a, uint32_t b)
{
	const int64_t apart = p->time[b] - p->time[a];

	return apart < LONGEST && apart > -LONGEST &&
	       alike_point(p, a) != alike_point(p, b) && identical(p, a, b) &&
	       (packets_tsval(p, a)
			? packets_tsval(p, a) == packets_tsval(p, b)
			: packets_has_mptcp(p, a) && alike_options(p, a, b));
}

uint64_t copies_count(const struct trace *t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->n_streams; i++)
		n += t->streams[i].n_copies;
	return n;
}

/* "twice", "3 times"; for 0: the number varies. */
static void add_times(struct strbuf *out, unsigned n)
{
	if (n == 2)
		strbuf_puts(out, "twice");
	else if (n)
		strbuf_printf(out, "%u times", n);
	else
		strbuf_puts(out, "more than once");
}

/* The part of the sentence about packets with copies, and the total. */
struct told_copies {
	uint64_t all, copied, on;
	unsigned captured;
};

static struct told_copies sum_up(const struct trace *t)
{
	struct told_copies sum = { .captured = 0 };

	for (size_t i = 0; i < t->n_streams; i++) {
		const struct stream *s = &t->streams[i];

		sum.all += s->n + s->n_duplicates;
		if (!s->n_copied)
			continue;
		sum.captured = !sum.copied || sum.captured == s->captured
				       ? s->captured
				       : 0;
		sum.copied += s->n_copied;
		sum.on |= s->copied_on;
	}
	return sum;
}

/* " (on c1 and vxlan0)", if the interfaces have names. */
static void name_interfaces(const struct trace *t, uint64_t on,
			    struct strbuf *out)
{
	const struct strlist *names = &t->packets.interfaces;
	int left = __builtin_popcountll(on);

	if (!left)
		return;
	strbuf_puts(out, " (on ");
	for (size_t i = 0; i < NAMED && i < names->n; i++) {
		if (!(on >> i & 1))
			continue;
		strbuf_puts(out, names->items[i]);
		left--;
		if (left)
			strbuf_puts(out, left == 1 ? " and " : ", ");
	}
	strbuf_putc(out, ')');
}

char *copies_describe(const struct trace *t)
{
	const struct told_copies sum = sum_up(t);
	struct strbuf out = STRBUF_INIT;

	if (!sum.copied)
		return NULL;
	if (sum.copied == sum.all)
		strbuf_puts(&out, "each packet was captured ");
	else if (sum.copied * 20 >= sum.all * 19)
		strbuf_puts(&out, "nearly every packet was captured ");
	else
		strbuf_printf(&out, "%llu of %llu packets %s captured ",
			      (unsigned long long)sum.copied,
			      (unsigned long long)sum.all,
			      sum.copied == 1 ? "was" : "were");
	add_times(&out, sum.captured);
	name_interfaces(t, sum.on, &out);
	strbuf_puts(&out, ": counted once");
	return out.text;
}
