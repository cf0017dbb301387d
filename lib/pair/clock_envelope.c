/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/clock_envelope.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"

#define STAMP_END ((int64_t)1 << 62)

/* Samples. */

static int compare_samples(const void *va, const void *vb)
{
	const struct clock_sample *a = va, *b = vb;

	return COMPARE(a->path, b->path) ?:
	       COMPARE(a->x, b->x) ?:
	       COMPARE(a->y, b->y) ?:
	       COMPARE(a->direction, b->direction);
}

bool clock_pair_usable(const struct clock_pair *p)
{
	return p->client_time >= 0 && p->client_time < STAMP_END &&
	       p->server_time >= 0 && p->server_time < STAMP_END &&
	       (p->direction == TO_SERVER || p->direction == TO_CLIENT);
}

static void clock_data_add(struct clock_data *d, const struct clock_pair *p)
{
	int64_t delay = p->server_time - p->client_time;

	d->s[d->n++] =
		(struct clock_sample){ .x = p->client_time - d->origin,
				       .y = p->direction == TO_SERVER ? delay
								      : -delay,
				       .path = p->path,
				       .direction = (uint8_t)p->direction };
	d->count[p->direction]++;
}

static bool is_sorted(const struct clock_sample *s, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (compare_samples(&s[i - 1], &s[i]) > 0)
			return false;
	return true;
}

void clock_data_init(struct clock_data *d, const struct clock_pair *pairs,
		     size_t n)
{
	*d = (struct clock_data){ .origin = STAMP_END };
	d->s = mem_calloc(n, sizeof(*d->s));
	for (size_t i = 0; i < n; i++)
		if (clock_pair_usable(&pairs[i]) &&
		    pairs[i].client_time < d->origin)
			d->origin = pairs[i].client_time;
	for (size_t i = 0; i < n; i++)
		if (clock_pair_usable(&pairs[i]))
			clock_data_add(d, &pairs[i]);
	/* Usually they are in order already, one path after the other. */
	if (!is_sorted(d->s, d->n))
		SORT(d->s, d->n, compare_samples);
	d->start = mem_calloc(d->n + 1, sizeof(*d->start));
	for (size_t i = 0; i < d->n; i++)
		if (i == 0 || d->s[i].path != d->s[i - 1].path)
			d->start[d->n_paths++] = i;
	d->start[d->n_paths] = d->n;
}

void clock_data_release(struct clock_data *d)
{
	free(d->s);
	free(d->start);
}

size_t clock_data_find(const struct clock_data *d, size_t path, int64_t x)
{
	return LOWER_BOUND(k, d->start[path], d->start[path + 1],
			   d->s[k].x < x);
}

struct clock_stretch clock_data_stretch(const struct clock_data *d)
{
	struct clock_stretch r = { 0, 0 };

	for (size_t p = 0; p < d->n_paths; p++)
		if (d->s[d->start[p + 1] - 1].x > r.x2)
			r.x2 = d->s[d->start[p + 1] - 1].x;
	return r;
}

int64_t clock_sign(int direction)
{
	return direction == TO_SERVER ? 1 : -1;
}

/* Hulls. */

static int turns_left(struct point a, struct point b, struct point c)
{
	return (__int128)(b.x - a.x) * (c.y - a.y) >
	       (__int128)(b.y - a.y) * (c.x - a.x);
}

/* Points arrive in order of x, then y. */
static void hull_push(struct hull *h, struct point p)
{
	if (h->n > 0 && h->v[h->n - 1].x == p.x)
		return;
	while (h->n >= 2 && !turns_left(h->v[h->n - 2], h->v[h->n - 1], p))
		h->n--;
	*MEM_PUSH(h->v, h->n, h->cap) = p;
}

static int compare_points(const void *va, const void *vb)
{
	const struct point *a = va, *b = vb;

	return COMPARE(a->x, b->x) ?: COMPARE(a->y, b->y);
}

/* The hull of the points in h->v, in any order. */
static void hull_rebuild(struct hull *h)
{
	struct hull out = { 0 };

	SORT(h->v, h->n, compare_points);
	for (size_t i = 0; i < h->n; i++)
		hull_push(&out, h->v[i]);
	free(h->v);
	*h = out;
}

/*
 * The hull at x, which must be within it, rounded down; *rest tells whether it
 * was rounded.  *at is a cursor for increasing x.
 */
static int64_t hull_at(const struct hull *h, size_t *at, int64_t x, int *rest)
{
	while (*at + 1 < h->n && h->v[*at + 1].x <= x)
		++*at;
	struct point a = h->v[*at];
	int64_t y = a.y;

	*rest = 0;
	if (x > a.x) {
		struct point b = h->v[*at + 1];
		__int128 up = (__int128)(b.y - a.y) * (x - a.x);
		__int128 q = up / (b.x - a.x), r = up % (b.x - a.x);

		y += (int64_t)(r < 0 ? q - 1 : q);
		*rest = r != 0;
	}
	return y;
}

/* The possible slopes of a tangent at x. */
static void hull_tangents(const struct hull *h, int64_t x, double *low,
			  double *high)
{
	*low = -INFINITY;
	*high = INFINITY;
	for (size_t i = 0; i + 1 < h->n; i++) {
		struct point a = h->v[i], b = h->v[i + 1];
		double slope = (double)(b.y - a.y) / (double)(b.x - a.x);

		if (b.x <= x || a.x < x)
			*low = slope;
		if (b.x > x) {
			*high = slope;
			break;
		}
	}
}

/*
 * Find a pair with a.x > b.x and (a.y + b.y) / (a.x - b.x) less than p / q:
 * the one furthest below the line of slope p / q.
 */
static int ratio_improve(const struct hull *a, const struct hull *b, int64_t *p,
			 int64_t *q)
{
	__int128 best = 0, least = 0;
	int64_t best_p = 0, best_q = 0;
	struct point low = { 0, 0 };

	for (size_t i = 0, j = 0; i < a->n; i++) {
		struct point u = a->v[i];

		for (; j < b->n && b->v[j].x < u.x; j++) {
			struct point w = b->v[j];
			__int128 value =
				(__int128)*q * w.y + (__int128)*p * w.x;

			if (j == 0 || value < least) {
				least = value;
				low = w;
			}
		}
		if (j > 0 &&
		    (__int128)*q * u.y - (__int128)*p * u.x + least < best) {
			best = (__int128)*q * u.y - (__int128)*p * u.x + least;
			best_p = u.y + low.y;
			best_q = u.x - low.x;
		}
	}
	if (best < 0) {
		*p = best_p;
		*q = best_q;
	}
	return best < 0;
}

/* The minimum of (a.y + b.y) / (a.x - b.x) with a.x > b.x. */
static double least_ratio(const struct hull *a, const struct hull *b)
{
	double ratio = INFINITY;

	if (a->n > 0 && b->n > 0 && a->v[a->n - 1].x > b->v[0].x) {
		int64_t p = a->v[a->n - 1].y + b->v[0].y;
		int64_t q = a->v[a->n - 1].x - b->v[0].x;

		while (ratio_improve(a, b, &p, &q))
			;
		ratio = (double)p / (double)q;
	}
	return ratio;
}

/* Envelope. */

void clock_envelope_release(struct clock_envelope *c)
{
	free(c->hull[TO_SERVER].v);
	free(c->hull[TO_CLIENT].v);
}

/* Examine the vertices of one hull within the range of the other one. */
static void clock_envelope_scan(struct clock_envelope *c, int direction,
				struct clock_stretch r)
{
	const struct hull *h = &c->hull[direction], *o = &c->hull[!direction];
	size_t at = 0;

	for (size_t i = 0; i < h->n; i++) {
		int64_t mine = h->v[i].y, other = 0;
		int rest = 0;

		if (h->v[i].x < r.x1 || h->v[i].x > r.x2)
			continue;
		other = hull_at(o, &at, h->v[i].x, &rest);
		if (c->overlap && mine + other >= c->width)
			continue;
		c->overlap = true;
		c->x = h->v[i].x;
		c->width = mine + other;
		c->hi = direction == TO_SERVER ? mine : other + rest;
		c->lo = -(direction == TO_SERVER ? other + rest : mine);
	}
}

static void clock_envelope_measure(struct clock_envelope *c)
{
	const struct hull *f = &c->hull[TO_SERVER], *g = &c->hull[TO_CLIENT];
	struct clock_stretch r = { 0, -1 };

	if (f->n > 0 && g->n > 0) {
		int64_t f2 = f->v[f->n - 1].x, g2 = g->v[g->n - 1].x;

		r.x1 = f->v[0].x > g->v[0].x ? f->v[0].x : g->v[0].x;
		r.x2 = f2 < g2 ? f2 : g2;
	}
	if (r.x1 <= r.x2) {
		clock_envelope_scan(c, TO_SERVER, r);
		clock_envelope_scan(c, TO_CLIENT, r);
	}
}

void clock_envelope_init(struct clock_envelope *c, const struct clock_data *d,
			 size_t path, struct clock_stretch r)
{
	*c = (struct clock_envelope){ .overlap = false };
	for (size_t i = clock_data_find(d, path, r.x1);
	     i < d->start[path + 1] && d->s[i].x <= r.x2; i++) {
		const struct clock_sample *s = &d->s[i];

		hull_push(&c->hull[s->direction], (struct point){ s->x, s->y });
		c->count[s->direction]++;
	}
	clock_envelope_measure(c);
}

void clock_envelope_init_all(struct clock_envelope *c,
			     const struct clock_data *d, struct clock_stretch r)
{
	*c = (struct clock_envelope){ .overlap = false };
	for (size_t p = 0; p < d->n_paths; p++) {
		struct clock_envelope one;

		clock_envelope_init(&one, d, p, r);
		for (int k = 0; k < 2; k++) {
			struct hull *h = &c->hull[k];

			for (size_t i = 0; i < one.hull[k].n; i++) {
				*MEM_PUSH(h->v, h->n, h->cap) =
					one.hull[k].v[i];
			}
			c->count[k] += one.count[k];
		}
		clock_envelope_release(&one);
	}
	hull_rebuild(&c->hull[TO_SERVER]);
	hull_rebuild(&c->hull[TO_CLIENT]);
	clock_envelope_measure(c);
}

double clock_envelope_slope_high(const struct clock_envelope *c)
{
	return least_ratio(&c->hull[TO_SERVER], &c->hull[TO_CLIENT]);
}

double clock_envelope_slope_low(const struct clock_envelope *c)
{
	return -least_ratio(&c->hull[TO_CLIENT], &c->hull[TO_SERVER]);
}

bool clock_envelope_fits(const struct clock_envelope *c)
{
	return !c->overlap ||
	       (c->width >= 0 &&
		clock_envelope_slope_high(c) >= -CLOCK_SLOPE_MAX &&
		clock_envelope_slope_low(c) <= CLOCK_SLOPE_MAX);
}

bool clock_envelope_exists(const struct clock_data *d, struct clock_stretch r)
{
	struct clock_envelope c;
	int result = 0;

	clock_envelope_init_all(&c, d, r);
	result = clock_envelope_fits(&c);
	clock_envelope_release(&c);
	return result;
}

double clock_envelope_best_slope(const struct clock_envelope *c, double wanted)
{
	double low = 0, high = 0, mirrored_low = 0, mirrored_high = 0;

	hull_tangents(&c->hull[TO_SERVER], c->x, &low, &high);
	hull_tangents(&c->hull[TO_CLIENT], c->x, &mirrored_low, &mirrored_high);
	return fmin(fmax(wanted, fmax(low, -mirrored_high)),
		    fmin(high, -mirrored_low));
}
