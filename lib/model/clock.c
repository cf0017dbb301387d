/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Order of the file: samples, hulls and the corridor between them, trends of
 * midpoints, steps, the fit of a segment, what the caller sees.
 *
 * A sample's y is its raw delay.  With s = 1 to the server and s = -1 to the
 * client, the corrected one is y - s * theta; "to client" is mirrored, so that
 * both directions have a lower hull.
 *
 * Stamps are below 2^62, so y is within +-2^62 and a product of two
 * differences fits 126 bits.
 */
#include "model/clock.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
	PAIRS_MIN = 8, /* each way, for a path to say something */
	WINDOWS_MAX = 1024,
	SEGMENTS_MAX = 32,
	NEIGHBOURS = 3,	   /* windows on either side of a candidate */
	LOCAL_WINDOWS = 5, /* how far from a step one looks, ... */
	LOCAL_PAIRS = 64   /* ... at least */
};

#define MILLISECOND ((int64_t)1000000)
#define SECOND (1000 * MILLISECOND)
#define STAMP_END ((int64_t)1 << 62)
#define SLOPE_MAX (CLOCK_SKEW_MAX * 1e-6)
#define MAD_TO_SIGMA 1.4826
#define STEP_SLOPE 1e-4 /* what a trend near a step may be wrong by */

/* ---------------------------------------------------------------- samples */

struct sample {
	int64_t x; /* client's time since the origin */
	int64_t y; /* raw delay */
	uint32_t path;
	uint8_t direction;
};

struct data {
	struct sample *s; /* by path, then x */
	size_t n;
	size_t *start; /* [path]: its first sample; one more at the end */
	size_t n_paths;
	int64_t origin;
	size_t count[2]; /* by direction */
};

/* A piece of time, both ends included. */
struct stretch {
	int64_t x1, x2;
};

static int compare_int64(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare_samples(const void *va, const void *vb)
{
	const struct sample *a = va, *b = vb;
	int c = compare_int64(a->path, b->path);

	if (c == 0)
		c = compare_int64(a->x, b->x);
	if (c == 0)
		c = compare_int64(a->y, b->y);
	return c ? c : a->direction - b->direction;
}

static int usable(const struct clock_pair *p)
{
	return p->client_time >= 0 && p->client_time < STAMP_END &&
	       p->server_time >= 0 && p->server_time < STAMP_END &&
	       (p->direction == TO_SERVER || p->direction == TO_CLIENT);
}

static void data_add(struct data *d, const struct clock_pair *p)
{
	int64_t delay = p->server_time - p->client_time;

	d->s[d->n++] = (struct sample){ .x = p->client_time - d->origin,
					.y = p->direction == TO_SERVER ? delay
								       : -delay,
					.path = p->path,
					.direction = (uint8_t)p->direction };
	d->count[p->direction]++;
}

static void data_init(struct data *d, const struct clock_pair *pairs, size_t n)
{
	*d = (struct data){ .origin = STAMP_END };
	d->s = mem_calloc(n, sizeof(*d->s));
	for (size_t i = 0; i < n; i++)
		if (usable(&pairs[i]) && pairs[i].client_time < d->origin)
			d->origin = pairs[i].client_time;
	for (size_t i = 0; i < n; i++)
		if (usable(&pairs[i]))
			data_add(d, &pairs[i]);
	if (d->n > 0)
		qsort(d->s, d->n, sizeof(*d->s), compare_samples);
	d->start = mem_calloc(d->n + 1, sizeof(*d->start));
	for (size_t i = 0; i < d->n; i++)
		if (i == 0 || d->s[i].path != d->s[i - 1].path)
			d->start[d->n_paths++] = i;
	d->start[d->n_paths] = d->n;
}

static void data_release(struct data *d)
{
	free(d->s);
	free(d->start);
}

/* The first sample of the path that is not before x. */
static size_t data_find(const struct data *d, size_t path, int64_t x)
{
	size_t low = d->start[path], high = d->start[path + 1];

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (d->s[mid].x < x)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct stretch data_stretch(const struct data *d)
{
	struct stretch r = { 0, 0 };

	for (size_t p = 0; p < d->n_paths; p++)
		if (d->s[d->start[p + 1] - 1].x > r.x2)
			r.x2 = d->s[d->start[p + 1] - 1].x;
	return r;
}

static int64_t sign_of(int direction)
{
	return direction == TO_SERVER ? 1 : -1;
}

/* ------------------------------------------------------------------ hulls */

struct point {
	int64_t x, y;
};

/* A lower hull: the slopes of its edges grow. */
struct hull {
	struct point *v;
	size_t n, cap;
};

static int turns_left(struct point a, struct point b, struct point c)
{
	return (__int128)(b.x - a.x) * (c.y - a.y) >
	       (__int128)(b.y - a.y) * (c.x - a.x);
}

/* Points come in order of x. */
static void hull_push(struct hull *h, struct point p)
{
	if (h->n > 0 && h->v[h->n - 1].x == p.x) {
		if (h->v[h->n - 1].y <= p.y)
			return;
		h->n--;
	}
	while (h->n >= 2 && !turns_left(h->v[h->n - 2], h->v[h->n - 1], p))
		h->n--;
	MEM_PUSH_ROOM(h->v, h->n, h->cap);
	h->v[h->n++] = p;
}

static int compare_points(const void *va, const void *vb)
{
	const struct point *a = va, *b = vb;
	int c = compare_int64(a->x, b->x);

	return c ? c : compare_int64(a->y, b->y);
}

/* The hull of what is in h->v in any order. */
static void hull_rebuild(struct hull *h)
{
	struct hull out = { 0 };

	if (h->n > 0)
		qsort(h->v, h->n, sizeof(*h->v), compare_points);
	for (size_t i = 0; i < h->n; i++)
		hull_push(&out, h->v[i]);
	free(h->v);
	*h = out;
}

/*
 * The hull at x, which lies within it, rounded down; *rest says whether it had
 * to be rounded.  *at is a cursor for growing x.
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

/* The slopes that a tangent at x can have. */
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
 * A pair with a.x > b.x that makes (a.y + b.y) / (a.x - b.x) less than p / q;
 * the one that lies furthest below the line of slope p / q.
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

/* The least (a.y + b.y) / (a.x - b.x) where a.x > b.x. */
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

/* --------------------------------------------------------------- corridor */

/* What the pairs of a stretch leave to theta. */
struct corridor {
	struct hull hull[2]; /* by direction */
	size_t count[2];
	int overlap;	/* both directions at one time: the rest counts */
	int64_t x;	/* where it is narrowest */
	int64_t width;	/* there, rounded down; < 0: no line fits */
	int64_t lo, hi; /* there, rounded outwards */
};

static void corridor_release(struct corridor *c)
{
	free(c->hull[TO_SERVER].v);
	free(c->hull[TO_CLIENT].v);
}

/* Look at the vertices of one hull, where the other one is, too. */
static void corridor_scan(struct corridor *c, int direction, struct stretch r)
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
		c->overlap = 1;
		c->x = h->v[i].x;
		c->width = mine + other;
		c->hi = direction == TO_SERVER ? mine : other + rest;
		c->lo = -(direction == TO_SERVER ? other + rest : mine);
	}
}

static void corridor_measure(struct corridor *c)
{
	const struct hull *f = &c->hull[TO_SERVER], *g = &c->hull[TO_CLIENT];
	struct stretch r = { 0, -1 };

	if (f->n > 0 && g->n > 0) {
		int64_t f2 = f->v[f->n - 1].x, g2 = g->v[g->n - 1].x;

		r.x1 = f->v[0].x > g->v[0].x ? f->v[0].x : g->v[0].x;
		r.x2 = f2 < g2 ? f2 : g2;
	}
	if (r.x1 <= r.x2) {
		corridor_scan(c, TO_SERVER, r);
		corridor_scan(c, TO_CLIENT, r);
	}
}

/* Of one path. */
static void corridor_init(struct corridor *c, const struct data *d, size_t path,
			  struct stretch r)
{
	*c = (struct corridor){ .overlap = 0 };
	for (size_t i = data_find(d, path, r.x1);
	     i < d->start[path + 1] && d->s[i].x <= r.x2; i++) {
		const struct sample *s = &d->s[i];

		hull_push(&c->hull[s->direction], (struct point){ s->x, s->y });
		c->count[s->direction]++;
	}
	corridor_measure(c);
}

/* Of all paths: from the vertices of their hulls. */
static void corridor_init_all(struct corridor *c, const struct data *d,
			      struct stretch r)
{
	*c = (struct corridor){ .overlap = 0 };
	for (size_t p = 0; p < d->n_paths; p++) {
		struct corridor one;

		corridor_init(&one, d, p, r);
		for (int k = 0; k < 2; k++) {
			struct hull *h = &c->hull[k];

			for (size_t i = 0; i < one.hull[k].n; i++) {
				MEM_PUSH_ROOM(h->v, h->n, h->cap);
				h->v[h->n++] = one.hull[k].v[i];
			}
			c->count[k] += one.count[k];
		}
		corridor_release(&one);
	}
	hull_rebuild(&c->hull[TO_SERVER]);
	hull_rebuild(&c->hull[TO_CLIENT]);
	corridor_measure(c);
}

/* The hard bounds of the slope. */
static double slope_high(const struct corridor *c)
{
	return least_ratio(&c->hull[TO_SERVER], &c->hull[TO_CLIENT]);
}

static double slope_low(const struct corridor *c)
{
	return -least_ratio(&c->hull[TO_CLIENT], &c->hull[TO_SERVER]);
}

/* Does a line fit that can be a clock? */
static int corridor_fits(const struct corridor *c)
{
	return !c->overlap || (c->width >= 0 && slope_high(c) >= -SLOPE_MAX &&
			       slope_low(c) <= SLOPE_MAX);
}

static int fits(const struct data *d, struct stretch r)
{
	struct corridor c;
	int result = 0;

	corridor_init_all(&c, d, r);
	result = corridor_fits(&c);
	corridor_release(&c);
	return result;
}

/* The slope nearest to "wanted" of the lines through the narrowest place. */
static double best_slope(const struct corridor *c, double wanted)
{
	double low = 0, high = 0, mirrored_low = 0, mirrored_high = 0;

	hull_tangents(&c->hull[TO_SERVER], c->x, &low, &high);
	hull_tangents(&c->hull[TO_CLIENT], c->x, &mirrored_low, &mirrored_high);
	return fmin(fmax(wanted, fmax(low, -mirrored_high)),
		    fmin(high, -mirrored_low));
}

/* ----------------------------------------------------------------- trends */

/* Minima of a path during some time, both ways. */
struct window {
	int64_t x;
	int64_t mid; /* theta, if both minima have the same delay */
	int64_t rtt;
	double excess; /* of rtt over the least */
	double weight;
};

struct windows {
	struct window *w;
	size_t n, cap;
};

static int64_t window_width(struct stretch r, int64_t wanted)
{
	int64_t least = (r.x2 - r.x1) / WINDOWS_MAX + 1;

	return wanted > least ? wanted : least;
}

static void windows_add(struct windows *out, const struct sample *least[2])
{
	const struct sample *f = least[TO_SERVER], *g = least[TO_CLIENT];

	if (f && g) {
		MEM_PUSH_ROOM(out->w, out->n, out->cap);
		out->w[out->n++] =
			(struct window){ .x = f->x + (g->x - f->x) / 2,
					 .mid = (f->y - g->y) / 2,
					 .rtt = f->y + g->y,
					 .weight = 1 };
	}
}

static void windows_init(struct windows *out, const struct data *d, size_t path,
			 struct stretch r, int64_t width)
{
	const struct sample *least[2] = { NULL, NULL };
	int64_t now = 0;

	*out = (struct windows){ .w = NULL };
	for (size_t i = data_find(d, path, r.x1);
	     i < d->start[path + 1] && d->s[i].x <= r.x2; i++) {
		const struct sample *s = &d->s[i];

		if ((s->x - r.x1) / width != now) {
			windows_add(out, least);
			least[0] = least[1] = NULL;
			now = (s->x - r.x1) / width;
		}
		if (!least[s->direction] || s->y < least[s->direction]->y)
			least[s->direction] = s;
	}
	windows_add(out, least);
}

struct weighted {
	double value, weight;
};

static int compare_weighted(const void *va, const void *vb)
{
	const struct weighted *a = va, *b = vb;

	return (a->value > b->value) - (a->value < b->value);
}

/* Sorts; 0 of nothing. */
static double weighted_median(struct weighted *a, size_t n)
{
	double total = 0, sum = 0, median = 0;

	if (n > 0)
		qsort(a, n, sizeof(*a), compare_weighted);
	for (size_t i = 0; i < n; i++)
		total += a[i].weight;
	for (size_t i = 0; i < n && sum <= total / 2; i++) {
		sum += a[i].weight;
		median = a[i].value;
	}
	return median;
}

static double mid_from(const struct windows *w, size_t i)
{
	return (double)((__int128)w->w[i].mid - w->w[0].mid);
}

/* Slopes between windows at most "reach" apart.  The caller frees. */
static size_t windows_slopes(const struct windows *w, size_t reach,
			     struct weighted **out)
{
	struct weighted *a = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < w->n; i++)
		for (size_t j = i + 1; j < w->n && j - i <= reach; j++) {
			double dx = (double)(w->w[j].x - w->w[i].x);

			if (dx <= 0)
				continue;
			MEM_PUSH_ROOM(a, n, cap);
			a[n].value = (mid_from(w, j) - mid_from(w, i)) / dx;
			a[n++].weight = w->w[i].weight * w->w[j].weight;
		}
	*out = a;
	return n;
}

/* Theil-Sen over the midpoints of a path. */
struct trend {
	double slope;
	double noise; /* of a midpoint */
	double mad;   /* -1 not known */
	double n;     /* windows, as many as their weights are worth */
	double span;  /* ns */
};

/*
 * A window's midpoint can be wrong by half of what its round trip time exceeds
 * the path's; so what is far above says little.
 */
static void windows_weigh(struct windows *w)
{
	struct weighted *a = mem_calloc(w->n, sizeof(*a));
	int64_t least = INT64_MAX;
	double usual = 0;

	for (size_t i = 0; i < w->n; i++)
		least = w->w[i].rtt < least ? w->w[i].rtt : least;
	for (size_t i = 0; i < w->n; i++) {
		w->w[i].excess = (double)((__int128)w->w[i].rtt - least);
		a[i].value = w->w[i].excess;
	}
	qsort(a, w->n, sizeof(*a), compare_weighted);
	usual = a[w->n / 4].value + 1;
	for (size_t i = 0; i < w->n; i++)
		w->w[i].weight = 1 / (1 + w->w[i].excess / usual);
	free(a);
}

/* Median absolute deviation from the line, by weight or not. */
static double windows_mad(const struct windows *w, double slope, int by_weight)
{
	struct weighted *a = mem_calloc(w->n, sizeof(*a));
	double middle = 0, mad = 0;

	for (size_t i = 0; i < w->n; i++) {
		a[i].value = mid_from(w, i) -
			     slope * (double)(w->w[i].x - w->w[0].x);
		a[i].weight = by_weight ? w->w[i].weight : 1;
	}
	middle = weighted_median(a, w->n);
	for (size_t i = 0; i < w->n; i++)
		a[i].value = fabs(a[i].value - middle);
	mad = weighted_median(a, w->n);
	free(a);
	return mad;
}

/*
 * Errors within +-excess / 2 have a median of excess / 4.  Few good windows
 * may lie on a line by chance.
 */
static double windows_error(const struct windows *w)
{
	struct weighted *a = mem_calloc(w->n, sizeof(*a));
	double error = 0;

	for (size_t i = 0; i < w->n; i++)
		a[i] = (struct weighted){ w->w[i].excess / 4, w->w[i].weight };
	error = weighted_median(a, w->n);
	free(a);
	return error;
}

/* The length of a uniform distribution that is as wide. */
static double windows_span(const struct windows *w)
{
	double sum = 0, mean = 0, square = 0;

	for (size_t i = 0; i < w->n; i++) {
		sum += w->w[i].weight;
		mean += w->w[i].weight * (double)(w->w[i].x - w->w[0].x);
	}
	mean /= sum;
	for (size_t i = 0; i < w->n; i++)
		square += w->w[i].weight *
			  pow((double)(w->w[i].x - w->w[0].x) - mean, 2);
	return sqrt(12 * square / sum);
}

static double windows_worth(const struct windows *w)
{
	double sum = 0, square = 0;

	for (size_t i = 0; i < w->n; i++) {
		sum += w->w[i].weight;
		square += w->w[i].weight * w->w[i].weight;
	}
	return sum * sum / square;
}

static struct trend trend_of(const struct data *d, size_t path,
			     struct stretch r)
{
	struct trend t = { .mad = -1 };
	struct windows w;
	struct weighted *slopes = NULL;

	windows_init(&w, d, path, r, window_width(r, 2 * SECOND));
	if (w.n > 2) {
		windows_weigh(&w);
		size_t n = windows_slopes(&w, w.n, &slopes);

		t.slope = weighted_median(slopes, n);
		t.mad = windows_mad(&w, t.slope, 0);
		t.noise = fmax(windows_mad(&w, t.slope, 1), windows_error(&w));
		t.noise = fmax(t.noise, 1000); /* many stamps are of 1 us */
		t.span = windows_span(&w);
		t.n = windows_worth(&w);
	}
	free(slopes);
	free(w.w);
	return t;
}

/*
 * 3 MAD, and 5 standard errors of a slope: with few windows chance alone makes
 * slopes.  "doubt" is a factor.
 */
static int trend_is_sure(const struct trend *t, double doubt)
{
	double chance = 5 * MAD_TO_SIGMA * sqrt(12 / t->n);

	return t->n >= 5 &&
	       fabs(t->slope) * t->span > doubt * t->noise * fmax(3, chance);
}

/* ------------------------------------------------------------------ steps */

/* Before a, after b; what lies between is of neither side. */
struct step {
	int64_t a, b;
	double size;
	double rtt;
	double score; /* the narrower side's corridor */
};

/* Where to look for a step, and what to take for one. */
struct suspect {
	int64_t x;
	int64_t reach; /* on either side */
	double drift;  /* of theta, without the step */
	double least;  /* size */
	int fit;       /* a line fits without a step, too */
};

/* Of one path, around a suspect. */
struct local {
	const struct sample *s;
	size_t n;
	/* Of [0, i) and of [i, n): least delays without drift, counts. */
	double *before[2], *after[2];
	size_t *count[2]; /* of [0, i) */
};

static void local_release(struct local *l)
{
	for (int k = 0; k < 2; k++) {
		free(l->before[k]);
		free(l->after[k]);
		free(l->count[k]);
	}
}

/* The delay above the first theta of all and the drift since the suspect. */
static double local_delay(const struct data *d, const struct sample *s,
			  const struct suspect *q)
{
	__int128 base = (__int128)d->s[0].y * sign_of(d->s[0].direction);
	__int128 y = s->y - base * sign_of(s->direction);

	return (double)y -
	       (double)sign_of(s->direction) * q->drift * (double)(s->x - q->x);
}

static void local_fill(struct local *l, const struct data *d,
		       const struct suspect *q)
{
	for (int k = 0; k < 2; k++) {
		l->before[k] = mem_calloc(l->n + 1, sizeof(double));
		l->after[k] = mem_calloc(l->n + 1, sizeof(double));
		l->count[k] = mem_calloc(l->n + 1, sizeof(size_t));
		l->before[k][0] = l->after[k][l->n] = INFINITY;
		for (size_t i = 0; i < l->n; i++) {
			int mine = l->s[i].direction == k;
			double y =
				mine ? local_delay(d, &l->s[i], q) : INFINITY;

			l->before[k][i + 1] = fmin(l->before[k][i], y);
			l->count[k][i + 1] = l->count[k][i] + (size_t)mine;
		}
		for (size_t i = l->n; i-- > 0;) {
			double y = l->s[i].direction == k
					   ? local_delay(d, &l->s[i], q)
					   : INFINITY;

			l->after[k][i] = fmin(l->after[k][i + 1], y);
		}
	}
}

static void local_init(struct local *l, const struct data *d, size_t path,
		       struct stretch r, const struct suspect *q)
{
	size_t first = data_find(d, path, r.x1);
	size_t end = data_find(d, path, r.x2 + 1);
	size_t middle = data_find(d, path, q->x), from = middle, to = middle;

	*l = (struct local){ .n = 0 };
	while (from > first && (middle - from < LOCAL_PAIRS ||
				q->x - d->s[from - 1].x <= q->reach))
		from--;
	while (to < end &&
	       (to - middle < LOCAL_PAIRS || d->s[to].x - q->x <= q->reach))
		to++;
	l->s = d->s + from;
	l->n = to - from;
	local_fill(l, d, q);
}

/* Compare [0, i) with [j, n); 0 when one of them is too small. */
static int local_compare(const struct local *l, size_t i, size_t j,
			 struct step *out, double *change)
{
	const size_t *f = l->count[TO_SERVER], *g = l->count[TO_CLIENT];
	double f1 = l->before[TO_SERVER][i], f2 = l->after[TO_SERVER][j];
	double g1 = l->before[TO_CLIENT][i], g2 = l->after[TO_CLIENT][j];
	int enough = f[i] >= PAIRS_MIN && g[i] >= PAIRS_MIN &&
		     f[l->n] - f[j] >= PAIRS_MIN && g[l->n] - g[j] >= PAIRS_MIN;

	if (enough) {
		out->size = ((f2 - g2) - (f1 - g1)) / 2;
		out->rtt = fmax(f1 + g1, f2 + g2);
		out->score = fmin(f1 + g1, f2 + g2);
		*change = fabs((f2 + g2) - (f1 + g1));
	}
	return enough;
}

/* The midpoint jumps, the round trip time stays. */
static int step_plausible(const struct step *s, double change,
			  const struct suspect *q)
{
	return s->score >= 0 && fabs(s->size) >= q->least &&
	       change <= fabs(s->size) / 2;
}

/* The first sample later than "margin" after sample i - 1. */
static size_t local_skip(const struct local *l, size_t i, int64_t margin)
{
	size_t low = i, high = l->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->s[mid].x - l->s[i - 1].x <= margin)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The two sides of a split behind sample i - 1. */
static int local_try(const struct local *l, size_t i, int64_t margin,
		     struct step *out, double *change)
{
	size_t j = local_skip(l, i, margin);
	int enough = j < l->n && local_compare(l, i, j, out, change);

	if (enough) {
		out->a = l->s[i - 1].x;
		out->b = l->s[j].x;
	}
	return enough;
}

/* Where around "best" is the split as good?  The step lies somewhere there. */
static void local_widen(const struct local *l, size_t best, int64_t margin,
			struct step *s)
{
	double good = s->score - fabs(s->size) / 8, change = 0;
	struct step t = *s;

	for (size_t i = best - 1; i > 0; i--) {
		if (!local_try(l, i, margin, &t, &change) || t.score < good)
			break;
		s->a = t.a;
	}
	for (size_t i = best + 1; i < l->n; i++) {
		if (!local_try(l, i, margin, &t, &change) || t.score < good)
			break;
		s->b = t.b;
	}
}

/* The best split that leaves out "margin". */
static int local_split(const struct local *l, int64_t margin,
		       const struct suspect *q, struct step *out)
{
	size_t best = 0;
	double best_change = 0;
	int found = 0;

	for (size_t i = 1; i < l->n; i++) {
		struct step s = { 0 };
		double change = 0;

		if (local_try(l, i, margin, &s, &change) &&
		    (best == 0 || s.score > out->score)) {
			*out = s;
			best = i;
			best_change = change;
		}
	}
	found = best > 0 && step_plausible(out, best_change, q);
	if (found)
		local_widen(l, best, margin, out);
	return found;
}

static int64_t wider(int64_t margin)
{
	return margin ? 2 * margin : 10 * MILLISECOND;
}

/* Is it sudden?  Otherwise too much lies between the sides. */
static int local_sudden(const struct local *l, const struct step *s)
{
	size_t inside = 0;

	for (size_t i = 0; i < l->n; i++)
		inside += l->s[i].x > s->a && l->s[i].x < s->b;
	return inside <= l->n / 8;
}

/* How many samples are not later than x. */
static size_t local_until(const struct local *l, int64_t x)
{
	size_t n = 0;

	while (n < l->n && l->s[n].x <= x)
		n++;
	return n;
}

/* How far the median delay of samples [from, to) is above the least. */
static double local_height(const struct local *l, size_t from, size_t to,
			   int direction)
{
	struct weighted *a = mem_calloc(to - from, sizeof(*a));
	double median = 0;
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		if (l->s[i].direction == direction)
			a[n++] = (struct weighted){
				(double)((__int128)l->s[i].y - l->s[from].y), 1
			};
	median = weighted_median(a, n);
	median -= n > 0 ? a[0].value : 0; /* sorted */
	free(a);
	return median;
}

/*
 * A queue that moves from one direction to the other looks like a step, but
 * makes the delays spread there.
 */
static int local_same_shape(const struct local *l, const struct step *s)
{
	size_t i = local_until(l, s->a), j = local_until(l, s->b - 1);
	int same = 1;

	for (int k = 0; k < 2; k++)
		same = same &&
		       fabs(local_height(l, 0, i, k) -
			    local_height(l, j, l->n, k)) <= fabs(s->size) / 4;
	return same;
}

/*
 * On one path.  Packets under way while the clock steps, and those that a
 * client's clock stamps a second time, mix the sides; so leave out more and
 * more, while it makes a difference.
 */
static int path_step(const struct data *d, size_t path, struct stretch r,
		     const struct suspect *q, struct step *out)
{
	struct local l;
	int found = 0;

	local_init(&l, d, path, r, q);
	for (int64_t margin = 0; margin <= q->reach; margin = wider(margin)) {
		struct step s = { 0 };

		if (local_split(&l, margin, q, &s) && local_sudden(&l, &s) &&
		    (!found || s.score > out->score + fabs(s.size) / 16)) {
			*out = s;
			found = 1;
		}
	}
	found = found && (!q->fit || local_same_shape(&l, out));
	local_release(&l);
	return found;
}

/*
 * A step of the clock moves every path's midpoint.  Where it does only without
 * the packets that were under way on this path, leave these out, too.
 */
static int path_agrees(const struct data *d, size_t path, struct stretch r,
		       const struct suspect *q, struct step *step)
{
	struct local l;
	struct step s = { 0 };
	double change = 0;
	int agrees = 0;

	local_init(&l, d, path, r, q);
	for (int64_t margin = 0; margin <= q->reach / 2 && !agrees;
	     margin = wider(margin)) {
		size_t i = local_until(&l, step->a - margin);
		size_t j = local_until(&l, step->b + margin - 1);

		if (!local_compare(&l, i, j, &s, &change)) {
			agrees = margin == 0; /* nothing to compare */
			break;
		}
		agrees = fabs(s.size - step->size) <=
			 (fabs(step->size) + change) / 2;
		if (agrees) {
			step->a -= margin;
			step->b += margin;
			step->rtt = fmax(step->rtt, s.rtt);
		}
	}
	local_release(&l);
	return agrees;
}

static int step_at(const struct data *d, struct stretch r,
		   const struct suspect *q, struct step *out)
{
	int found = 0;

	for (size_t p = 0; p < d->n_paths; p++) {
		struct step s = { 0 };

		if (path_step(d, p, r, q, &s) &&
		    (!found || s.score < out->score)) {
			*out = s;
			found = 1;
		}
	}
	for (size_t p = 0; found && p < d->n_paths; p++)
		found = path_agrees(d, p, r, q, out);
	return found;
}

static double median_of(const struct window *w, size_t n, int rtt)
{
	struct weighted a[NEIGHBOURS];

	for (size_t i = 0; i < n; i++) {
		int64_t base = rtt ? 0 : w[0].mid;

		a[i].value =
			(double)((__int128)(rtt ? w[i].rtt : w[i].mid) - base);
		a[i].weight = 1;
	}
	return weighted_median(a, n);
}

/* How far the midpoint jumps at window i; 0 when a path change explains it. */
static double window_jump(const struct windows *w, size_t i, double drift)
{
	size_t before = i < NEIGHBOURS ? i : NEIGHBOURS;
	size_t after = w->n - i < NEIGHBOURS ? w->n - i : NEIGHBOURS;
	const struct window *a = w->w + i - before, *b = w->w + i;
	double jump = median_of(b, after, 0) - median_of(a, before, 0) +
		      (double)((__int128)b->mid - a->mid);
	double dx = (double)(b[after / 2].x - a[before / 2].x);
	double change = fabs(median_of(b, after, 1) - median_of(a, before, 1));

	jump -= drift * dx;
	return change <= fabs(jump) / 2 ? fabs(jump) : 0;
}

/* What of one window to the next is noise. */
static double windows_noise(const struct windows *w, double drift)
{
	struct weighted *a = mem_calloc(w->n, sizeof(*a));
	double noise = 0;

	for (size_t i = 1; i < w->n; i++) {
		double dx = (double)(w->w[i].x - w->w[i - 1].x);

		a[i].value =
			fabs(mid_from(w, i) - mid_from(w, i - 1) - drift * dx);
		a[i].weight = 1;
	}
	noise = weighted_median(a + 1, w->n - 1) * MAD_TO_SIGMA / sqrt(2);
	free(a);
	return noise;
}

static double windows_drift(const struct windows *w)
{
	struct weighted *slopes = NULL;
	size_t n = windows_slopes(w, 2, &slopes);
	double drift = weighted_median(slopes, n);

	free(slopes);
	return fmin(fmax(drift, -SLOPE_MAX), SLOPE_MAX);
}

/* The largest jump of all paths' midpoints, if it stands out. */
static int suspect_from_windows(const struct data *d, struct stretch r,
				int64_t width, struct suspect *q)
{
	double best = 0;

	for (size_t p = 0; p < d->n_paths; p++) {
		struct windows w;

		windows_init(&w, d, p, r, width);
		double drift = w.n >= 2 * NEIGHBOURS ? windows_drift(&w) : 0;

		for (size_t i = 2; i + 2 <= w.n && w.n >= 2 * NEIGHBOURS; i++) {
			double jump = window_jump(&w, i, drift);

			if (jump <= best)
				continue;
			best = jump;
			q->x = w.w[i - 1].x + (w.w[i].x - w.w[i - 1].x) / 2;
			q->drift = drift;
			q->least = fmax((double)MILLISECOND,
					8 * windows_noise(&w, drift));
		}
		free(w.w);
	}
	q->least = fmax(q->least, STEP_SLOPE * (double)q->reach);
	return best > 0 && best >= q->least;
}

/* The longest beginning that a clock fits ends here. */
static int64_t fits_until(const struct data *d, struct stretch r)
{
	int64_t low = r.x1, high = r.x2;

	while (high - low > 1) {
		struct stretch begin = { r.x1, low + (high - low) / 2 };

		if (fits(d, begin))
			low = begin.x2;
		else
			high = begin.x2;
	}
	return high;
}

static int64_t corridor_width(const struct data *d, struct stretch r)
{
	struct corridor c;
	int64_t width = 0;

	corridor_init_all(&c, d, r);
	width = c.overlap ? c.width : 0;
	corridor_release(&c);
	return width;
}

/* Where a line fits, a step must make the corridor wider to be believed. */
static int step_pays(const struct data *d, struct stretch r,
		     const struct step *s)
{
	int64_t whole = corridor_width(d, r);
	int64_t a = corridor_width(d, (struct stretch){ r.x1, s->a });
	int64_t b = corridor_width(d, (struct stretch){ s->b, r.x2 });

	return (double)((__int128)(a < b ? a : b) - whole) >= fabs(s->size) / 4;
}

static int find_step(const struct data *d, struct stretch r, struct step *out)
{
	int64_t width = (r.x2 - r.x1) / 16 + 10 * MILLISECOND;
	struct suspect q = { 0 };
	int found = 0;

	q.fit = fits(d, r);
	width = window_width(r, width < 2 * SECOND ? width : 2 * SECOND);
	q.reach = LOCAL_WINDOWS * width;
	if (suspect_from_windows(d, r, width, &q))
		found = step_at(d, r, &q, out) &&
			(!q.fit || step_pays(d, r, out));
	if (!found && !q.fit) {
		q.x = fits_until(d, r);
		q.least = (double)MILLISECOND / 10;
		found = step_at(d, r, &q, out);
	}
	return found;
}

/* Divide "r" in two, without what is near the step; 0 when there is none. */
static int split(const struct data *d, struct stretch r, struct stretch out[2])
{
	struct step s = { 0 };
	int found = find_step(d, r, &s);
	/* Packets of other paths. */
	int64_t under_way = (int64_t)fmin(s.rtt, 1e18);

	out[0] = (struct stretch){ r.x1, s.a - under_way };
	out[1] = (struct stretch){ s.b + under_way, r.x2 };
	return found && out[0].x1 < out[0].x2 && out[1].x1 < out[1].x2;
}

/* Leave out some more at the ends that are steps, if a clock fits then. */
static struct stretch trim(const struct data *d, struct stretch r, int begin,
			   int end)
{
	struct stretch best = r;
	int fit = (!begin && !end) || fits(d, r);

	for (int64_t margin = wider(0); margin < SECOND && !fit;
	     margin = wider(margin)) {
		best.x1 = r.x1 + (begin ? margin : 0);
		best.x2 = r.x2 - (end ? margin : 0);
		fit = best.x1 < best.x2 && fits(d, best);
	}
	return fit ? best : r;
}

/* The stretches of time without a step. */
static size_t split_all(const struct data *d, struct stretch *parts)
{
	size_t n = 1;

	parts[0] = data_stretch(d);
	for (size_t i = 0; i < n;) {
		struct stretch two[2];

		if (n == SEGMENTS_MAX || !split(d, parts[i], two)) {
			i++;
			continue;
		}
		for (size_t j = n; j > i + 1; j--)
			parts[j] = parts[j - 1];
		parts[i] = two[0];
		parts[i + 1] = two[1];
		n++;
	}
	for (size_t i = 0; i < n; i++)
		parts[i] = trim(d, parts[i], i > 0, i + 1 < n);
	return n;
}

/* -------------------------------------------------------------------- fit */

/* A segment in the making. */
struct fit {
	const struct data *d;
	struct stretch r;
	struct corridor all;
	struct clock_segment seg;
	int one_clock; /* theta = 0 fits */
	int has_path;  /* one has pairs enough */
	size_t path;   /* its index */
	double slope;
};

/* What is left to the offset when the slope is given. */
struct interval {
	int64_t lo, hi;
	size_t count[2];
};

static int64_t drift_since(double slope, int64_t t, int64_t reference)
{
	return llround(slope * (double)(t - reference));
}

static void interval_add(struct interval *v, const struct fit *fit, size_t path)
{
	const struct data *d = fit->d;

	for (size_t i = data_find(d, path, fit->r.x1);
	     i < d->start[path + 1] && d->s[i].x <= fit->r.x2; i++) {
		const struct sample *s = &d->s[i];
		int64_t drift = drift_since(fit->slope, s->x,
					    fit->seg.reference - d->origin);

		if (s->direction == TO_SERVER && s->y - drift < v->hi)
			v->hi = s->y - drift;
		if (s->direction == TO_CLIENT && -s->y - drift > v->lo)
			v->lo = -s->y - drift;
		v->count[s->direction]++;
	}
}

static struct interval interval_init(void)
{
	return (struct interval){ .lo = INT64_MIN, .hi = INT64_MAX };
}

static struct interval interval_all(const struct fit *fit)
{
	struct interval v = interval_init();

	for (size_t p = 0; p < fit->d->n_paths; p++)
		interval_add(&v, fit, p);
	return v;
}

static int64_t middle(struct interval v)
{
	return (int64_t)(((__int128)v.lo + v.hi) / 2);
}

static int enough(const size_t count[2])
{
	return count[TO_SERVER] >= PAIRS_MIN && count[TO_CLIENT] >= PAIRS_MIN;
}

/* The path with the smallest round trip time, unless another is preferred. */
static void fit_path(struct fit *fit, const struct clock_segment *preferred)
{
	struct clock_segment *seg = &fit->seg;
	int settled = 0;

	for (size_t p = 0; p < fit->d->n_paths && !settled; p++) {
		uint32_t number = fit->d->s[fit->d->start[p]].path;
		struct corridor c;

		corridor_init(&c, fit->d, p, fit->r);
		settled = preferred && preferred->has_path && c.overlap &&
			  preferred->path == number && enough(c.count);
		if (c.overlap && enough(c.count) &&
		    (settled || !seg->has_path ||
		     c.width < seg->path_rtt_min)) {
			seg->has_path = 1;
			seg->path = number;
			seg->path_rtt_min = c.width;
			fit->has_path = 1;
			fit->path = p;
		}
		corridor_release(&c);
	}
}

static void fit_bounds(struct fit *fit)
{
	struct clock_segment *seg = &fit->seg;
	const struct corridor *c = &fit->all;

	seg->has_bounds = c->overlap;
	seg->reference = fit->d->origin + (c->overlap ? c->x : fit->r.x1);
	seg->skew_lo = slope_low(c) * 1e6;
	seg->skew_hi = slope_high(c) * 1e6;
	if (c->overlap) {
		seg->offset_lo = c->lo;
		seg->offset_hi = c->hi;
		seg->rtt_min = c->width;
	}
}

/* What is left to the offset of clocks without skew. */
static void fit_flat(struct fit *fit)
{
	struct clock_segment *seg = &fit->seg;
	struct interval v = interval_all(fit);

	seg->has_flat = v.lo <= v.hi && v.lo != INT64_MIN && v.hi != INT64_MAX;
	seg->flat_lo = seg->has_flat ? v.lo : 0;
	seg->flat_hi = seg->has_flat ? v.hi : 0;
	fit->one_clock = seg->has_flat && v.lo <= 0 && v.hi >= 0;
}

/*
 * The trend, if it is sure and possible.  Where the bounds exclude zero a skew
 * is proved, however rough its estimate is.  Where no correction at all would
 * do, a wrong skew brings the error of an offset along: that takes more.
 */
static void fit_slope(struct fit *fit)
{
	struct trend t = { .mad = -1 };
	const struct corridor *c = &fit->all;
	double low = slope_low(c), high = slope_high(c);

	if (fit->seg.has_path) {
		t = trend_of(fit->d, fit->path, fit->r);
		fit->seg.soft_error = llround(fmin(t.mad, 1e18));
	}
	int sure = trend_is_sure(&t, fit->one_clock ? 3 : 1),
	    steep = fabs(t.slope) >= SLOPE_MAX;
	int proved = c->overlap && c->width >= 0 && (low > 0 || high < 0);

	if (sure && !steep && t.slope >= low && t.slope <= high)
		fit->slope = t.slope;
	else if (proved && !(sure && steep))
		fit->slope = fmin(fmax(best_slope(c, t.slope), -SLOPE_MAX),
				  SLOPE_MAX);
}

/* The lowest and highest midpoint of the paths. */
static void fit_spread(struct fit *fit)
{
	int64_t low = INT64_MAX, high = INT64_MIN;
	size_t n = 0;

	for (size_t p = 0; p < fit->d->n_paths; p++) {
		struct interval v = interval_init();

		interval_add(&v, fit, p);
		if (!enough(v.count))
			continue;
		low = middle(v) < low ? middle(v) : low;
		high = middle(v) > high ? middle(v) : high;
		n++;
	}
	fit->seg.spread = n > 1 ? high - low : -1;
}

/* The middle of the path, if no other path forbids it; -1: nothing fits. */
static int fit_offset(struct fit *fit)
{
	struct interval all = interval_all(fit), v = all;

	if (fit->seg.has_path) {
		v = interval_init();
		interval_add(&v, fit, fit->path);
		if (middle(v) < all.lo || middle(v) > all.hi) {
			fit->seg.has_path = 0;
			v = all;
		}
	}
	if (all.lo <= all.hi)
		fit->seg.offset = middle(v);
	fit->seg.pairs = all.count[0] + all.count[1];
	return all.lo <= all.hi ? 0 : -1;
}

static double ratio(const struct clock_segment *seg)
{
	return seg->skew_ppm * 1e-6;
}

static enum clock_verdict fit_verdict(const struct fit *fit, int given,
				      int possible)
{
	enum clock_verdict verdict = CLOCK_OFFSET;

	if (!given && !corridor_fits(&fit->all))
		verdict = CLOCK_INFEASIBLE;
	else if (!possible)
		verdict = fit->all.overlap ? CLOCK_INFEASIBLE : CLOCK_TOO_FEW;
	else if (given)
		verdict = CLOCK_GIVEN;
	else if (fit->slope == 0 && fit->one_clock)
		verdict = CLOCK_NONE_NEEDED;
	else if (!fit->has_path)
		verdict = CLOCK_TOO_FEW;
	else if (fit->slope != 0)
		verdict = CLOCK_OFFSET_SKEW;
	return verdict;
}

/*
 * Fit a line to a stretch; "given" is the slope to take, or NULL.  The verdict
 * is of this segment alone.
 */
static enum clock_verdict fit_stretch(const struct data *d, struct stretch r,
				      const double *given,
				      const struct clock_segment *preferred,
				      struct clock_segment *out)
{
	struct fit fit = { .d = d, .r = r };

	fit.seg.from = d->origin + r.x1;
	fit.seg.to = d->origin + r.x2;
	fit.seg.soft_error = fit.seg.spread = -1;
	corridor_init_all(&fit.all, d, r);
	fit_bounds(&fit);
	fit_flat(&fit);
	fit_path(&fit, preferred);
	fit_slope(&fit);
	fit.seg.skew_ppm = (given ? *given : fit.slope) * 1e6;
	fit.slope = ratio(&fit.seg); /* rounded as it will be */
	fit_spread(&fit);
	int possible = fit_offset(&fit) == 0;
	enum clock_verdict verdict = fit_verdict(&fit, given != NULL, possible);

	corridor_release(&fit.all);
	*out = fit.seg;
	return verdict;
}

/* ----------------------------------------------------------- the estimate */

static int narrow(__int128 value, int64_t *out)
{
	int holds = value >= INT64_MIN && value <= INT64_MAX;

	if (holds)
		*out = (int64_t)value;
	return holds ? 0 : -1;
}

static int segment_theta(const struct clock_segment *seg, int64_t t,
			 int64_t *theta)
{
	int64_t since = 0;
	int result = -1;

	if (!__builtin_sub_overflow(t, seg->reference, &since))
		result = narrow((__int128)seg->offset +
					drift_since(ratio(seg), since, 0),
				theta);
	return result;
}

/* Until the next segment, or nowhere: NULL. */
static const struct clock_segment *find_segment(const struct clock_estimate *e,
						int64_t t)
{
	const struct clock_segment *found = NULL;

	for (size_t i = 0; i < e->n_segments && !found; i++) {
		const struct clock_segment *seg = &e->segments[i];

		if ((i == 0 || t >= seg->from) &&
		    (i + 1 == e->n_segments || t <= seg->to))
			found = seg;
	}
	return found;
}

static void make_relative(struct clock_estimate *est, const struct data *d)
{
	est->relative = est->applied = 1;
	for (int k = 0; k < 2; k++)
		est->least[k] = d->count[k] > 0 ? INT64_MAX : 0;
	for (size_t i = 0; i < d->n; i++)
		if (d->s[i].y < est->least[d->s[i].direction])
			est->least[d->s[i].direction] = d->s[i].y;
	est->verdict = d->count[TO_SERVER] > 0 && d->count[TO_CLIENT] > 0
			       ? CLOCK_RELATIVE
			       : CLOCK_ONE_DIRECTION;
}

static void make_given(struct clock_estimate *est, const struct data *d,
		       const struct clock_options *options)
{
	double slope = options->has_skew ? options->skew_ppm * 1e-6 : 0;
	struct clock_segment *seg = mem_calloc(1, sizeof(*seg));

	est->segments = seg;
	est->n_segments = 1;
	if (!(fabs(slope) <= CLOCK_SKEW_GIVEN_MAX * 1e-6)) {
		est->verdict = CLOCK_INFEASIBLE;
	} else {
		est->verdict =
			fit_stretch(d, data_stretch(d), &slope, NULL, seg);
		if (options->has_offset &&
		    narrow((__int128)options->offset +
				   drift_since(slope, seg->reference,
					       d->origin),
			   &seg->offset) == 0) {
			est->verdict = CLOCK_GIVEN;
			seg->has_path = 0;
		}
	}
	est->applied = est->verdict == CLOCK_GIVEN;
}

/* One verdict of two segments'. */
static enum clock_verdict worse(enum clock_verdict a, enum clock_verdict b)
{
	enum clock_verdict result = CLOCK_STEP;

	if (a == CLOCK_INFEASIBLE || b == CLOCK_INFEASIBLE)
		result = CLOCK_INFEASIBLE;
	else if (a == CLOCK_TOO_FEW || b == CLOCK_TOO_FEW)
		result = CLOCK_TOO_FEW;
	return result;
}

static void make_joint(struct clock_estimate *est, const struct data *d)
{
	struct stretch parts[SEGMENTS_MAX];
	size_t n = split_all(d, parts);
	const struct clock_segment *preferred = NULL;

	est->segments = mem_calloc(n, sizeof(*est->segments));
	est->n_segments = n;
	for (size_t i = 0; i < n; i++) {
		enum clock_verdict v = fit_stretch(d, parts[i], NULL, preferred,
						   &est->segments[i]);

		est->verdict = i == 0 ? v : worse(est->verdict, v);
		preferred = &est->segments[0];
		if (est->segments[i].pairs > est->segments[est->main].pairs)
			est->main = i;
	}
	est->applied = est->verdict == CLOCK_OFFSET ||
		       est->verdict == CLOCK_OFFSET_SKEW ||
		       est->verdict == CLOCK_STEP;
}

static void count_left(struct clock_estimate *est,
		       const struct clock_pair *pairs, size_t n)
{
	size_t in_segments = 0;

	for (size_t i = 0; i < est->n_segments; i++)
		in_segments += est->segments[i].pairs;
	if (est->n_segments > 0 && est->pairs > in_segments)
		est->pairs_left = est->pairs - in_segments;
	for (size_t i = 0; i < n && est->verdict == CLOCK_GIVEN; i++) {
		int64_t delay = 0;

		if (usable(&pairs[i]) &&
		    clock_delay(est, pairs[i].direction, pairs[i].client_time,
				pairs[i].server_time, &delay) == 0 &&
		    delay < 0)
			est->negative++;
	}
}

void clock_estimate(struct clock_estimate *est, const struct clock_pair *pairs,
		    size_t n, const struct clock_options *options)
{
	struct data d;

	*est = (struct clock_estimate){ .verdict = CLOCK_TOO_FEW };
	data_init(&d, pairs, n);
	est->pairs = d.n;
	est->pairs_wrong = n - d.n;
	if (d.n == 0)
		est->verdict = CLOCK_TOO_FEW;
	else if (options->has_offset)
		make_given(est, &d, options);
	else if (options->relative || !d.count[TO_SERVER] ||
		 !d.count[TO_CLIENT])
		make_relative(est, &d);
	else if (options->has_skew)
		make_given(est, &d, options);
	else
		make_joint(est, &d);
	count_left(est, pairs, n);
	data_release(&d);
}

void clock_estimate_release(struct clock_estimate *est)
{
	free(est->segments);
	*est = (struct clock_estimate){ .verdict = CLOCK_TOO_FEW };
}

static const struct {
	const char *name, *text;
} verdicts[] = {
	[CLOCK_TOO_FEW] = { "too few pairs",
			    "too few packets were seen at both ends, in both "
			    "directions of one path, to compare the clocks" },
	[CLOCK_NONE_NEEDED] = { "none needed",
				"the delays fit one clock for both captures; "
				"nothing was corrected" },
	[CLOCK_OFFSET] = { "offset",
			   "the clocks differ by a constant offset, estimated "
			   "as if the minimum delay were the same in both "
			   "directions" },
	[CLOCK_OFFSET_SKEW] = { "offset and skew",
				"the clocks differ by an offset, estimated as "
				"if the minimum delay were the same in both "
				"directions, and run at different rates" },
	[CLOCK_STEP] = { "step",
			 "a clock was set while the captures ran; each part "
			 "has an offset of its own" },
	[CLOCK_GIVEN] = { "given", "the correction was given by the user" },
	[CLOCK_RELATIVE] = { "relative",
			     "delays are above the least one of their "
			     "direction" },
	[CLOCK_ONE_DIRECTION] = { "one direction only",
				  "with packets of one direction the clocks "
				  "cannot be compared; delays are above the "
				  "least one" },
	[CLOCK_INFEASIBLE] = { "infeasible",
			       "no steady clock makes every delay positive: a "
			       "clock was disturbed, or packets were matched "
			       "wrongly; nothing was corrected" },
};

const char *clock_verdict_name(enum clock_verdict verdict)
{
	return verdicts[verdict].name;
}

const char *clock_verdict_text(enum clock_verdict verdict)
{
	return verdicts[verdict].text;
}

static __int128 raw_delay(enum direction direction, int64_t client_time,
			  int64_t server_time)
{
	return ((__int128)server_time - client_time) * sign_of(direction);
}

int clock_raw_delay(enum direction direction, int64_t client_time,
		    int64_t server_time, int64_t *delay)
{
	return narrow(raw_delay(direction, client_time, server_time), delay);
}

int clock_theta(const struct clock_estimate *est, int64_t client_time,
		int64_t *theta)
{
	const struct clock_segment *seg = NULL;
	int result = -1;

	if (est->verdict == CLOCK_NONE_NEEDED) {
		*theta = 0;
		result = 0;
	} else if (est->applied && !est->relative) {
		seg = find_segment(est, client_time);
		if (seg)
			result = segment_theta(seg, client_time, theta);
	}
	return result;
}

/* From the server's time units to the client's: divide by 1 + slope. */
static __int128 to_client_units(int64_t t, double slope)
{
	return (__int128)t - llround((double)t * (slope / (1 + slope)));
}

int clock_delay(const struct clock_estimate *est, enum direction direction,
		int64_t client_time, int64_t server_time, int64_t *delay)
{
	__int128 raw = raw_delay(direction, client_time, server_time);
	const struct clock_segment *seg = find_segment(est, client_time);
	int64_t theta = 0, scaled = 0;
	int result = -1;

	if (est->relative) {
		result = narrow(raw - est->least[direction], delay);
	} else if (clock_theta(est, client_time, &theta) == 0 &&
		   narrow(raw - sign_of(direction) * (__int128)theta,
			  &scaled) == 0) {
		double slope = est->applied ? ratio(seg) : 0;

		result = narrow(to_client_units(scaled, slope), delay);
	}
	return result;
}

static int segment_correct(const struct clock_segment *seg, int64_t server_time,
			   int64_t *client_time)
{
	int64_t since = 0;
	int result = narrow(
		(__int128)server_time - seg->offset - seg->reference, &since);

	if (result == 0)
		result = narrow(seg->reference +
					to_client_units(since, ratio(seg)),
				client_time);
	return result;
}

int clock_correct(const struct clock_estimate *est, int64_t server_time,
		  int64_t *client_time)
{
	int result = -1;

	if (est->verdict == CLOCK_NONE_NEEDED) {
		*client_time = server_time;
		result = 0;
	}
	for (size_t i = 0; i < est->n_segments && est->applied && result < 0;
	     i++) {
		const struct clock_segment *seg = &est->segments[i];
		int64_t t = 0;

		if (segment_correct(seg, server_time, &t) == 0 &&
		    (i == 0 || t >= seg->from) &&
		    (i + 1 == est->n_segments || t <= seg->to)) {
			*client_time = t;
			result = 0;
		}
	}
	return result;
}
