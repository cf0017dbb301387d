/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/step.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/search.h"
#include "pair/trend.h"

enum {
	NEIGHBOURS = 3,	   /* windows on each side of a candidate */
	LOCAL_WINDOWS = 5, /* windows examined around a step, ... */
	LOCAL_PAIRS = 64,  /* ... at least */
	NEARER = 3	   /* times half as far */
};

#define MILLISECOND ((int64_t)1000000)
#define STEP_SLOPE 1e-4 /* possible error of a trend near a step */

/* Before a, after b; what lies in between belongs to neither side. */
struct step {
	int64_t a, b;
	double size;
	double rtt;
	double score; /* width of the narrower envelope */
};

/* Where to search for a step, and what counts as one. */
struct suspect {
	int64_t x;
	int64_t reach; /* on each side */
	double drift;  /* drift of theta without the step */
	double least;  /* minimum size */
	int fit;       /* a line fits without a step, too */
};

/* Samples of one path around a suspected step. */
struct local {
	const struct clock_sample *s;
	size_t n;
	/* For [0, i) and [i, n): least delays without drift, and counts. */
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

/* The delay above the first theta and the drift since the suspected step. */
static double local_delay(const struct clock_data *d,
			  const struct clock_sample *s, const struct suspect *q)
{
	__int128 base = (__int128)d->s[0].y * clock_sign(d->s[0].direction);
	__int128 y = s->y - base * clock_sign(s->direction);

	return (double)y - (double)clock_sign(s->direction) * q->drift *
				   (double)(s->x - q->x);
}

static void local_fill(struct local *l, const struct clock_data *d,
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

static void local_init(struct local *l, const struct clock_data *d, size_t path,
		       struct clock_stretch r, const struct suspect *q)
{
	size_t first = clock_data_find(d, path, r.x1);
	size_t end = clock_data_find(d, path, r.x2 + 1);
	size_t middle = clock_data_find(d, path, q->x), from = middle,
	       to = middle;

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

/* Compare [0, i) with [j, n); 0 if one of them is too small. */
static int local_compare(const struct local *l, size_t i, size_t j,
			 struct step *out, double *change)
{
	const size_t *f = l->count[TO_SERVER], *g = l->count[TO_CLIENT];
	double f1 = l->before[TO_SERVER][i], f2 = l->after[TO_SERVER][j];
	double g1 = l->before[TO_CLIENT][i], g2 = l->after[TO_CLIENT][j];
	int enough = f[i] >= CLOCK_PAIRS_MIN && g[i] >= CLOCK_PAIRS_MIN &&
		     f[l->n] - f[j] >= CLOCK_PAIRS_MIN &&
		     g[l->n] - g[j] >= CLOCK_PAIRS_MIN;

	if (enough) {
		out->size = ((f2 - g2) - (f1 - g1)) / 2;
		out->rtt = fmax(f1 + g1, f2 + g2);
		out->score = fmin(f1 + g1, f2 + g2);
		*change = fabs((f2 + g2) - (f1 + g1));
	}
	return enough;
}

/* The midpoint jumps while the round-trip time stays. */
static int step_plausible(const struct step *s, double change,
			  const struct suspect *q)
{
	return s->score >= 0 && fabs(s->size) >= q->least &&
	       change <= fabs(s->size) / 2;
}

/* The first sample later than "margin" after sample i - 1. */
static size_t local_skip(const struct local *l, size_t i, int64_t margin)
{
	return LOWER_BOUND(k, i, l->n, l->s[k].x - l->s[i - 1].x <= margin);
}

/* The two sides of a split after sample i - 1. */
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

/* The range around "best" in which the split is as good: the step is there. */
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

/* Whether the change is sudden: otherwise too much lies between the sides. */
static int local_sudden(const struct local *l, const struct step *s)
{
	size_t inside = 0;

	for (size_t i = 0; i < l->n; i++)
		inside += l->s[i].x > s->a && l->s[i].x < s->b;
	return inside <= l->n / 8;
}

/* The number of samples up to x. */
static size_t local_until(const struct local *l, int64_t x)
{
	size_t n = 0;

	while (n < l->n && l->s[n].x <= x)
		n++;
	return n;
}

/* By how much the median delay of samples [from, to) exceeds the least. */
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
 * A queue that moves from one direction to the other resembles a step, but
 * increases the spread of delays there.
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
 * On one path.  Packets in flight during the step, and those with times that a
 * client's clock shows twice, blur the sides; so leave out more and more, as
 * long as it makes a difference.
 */
static int path_step(const struct clock_data *d, size_t path,
		     struct clock_stretch r, const struct suspect *q,
		     struct step *out)
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
 * A step of the clock moves the midpoints of all paths.  If that is true only
 * without the packets in flight on this path, leave these out, too.
 */
static int path_agrees(const struct clock_data *d, size_t path,
		       struct clock_stretch r, const struct suspect *q,
		       struct step *step)
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

static int step_at(const struct clock_data *d, struct clock_stretch r,
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

/*
 * Another step nearby blurs the sides, too.  So if no clock fits, search in a
 * smaller range; but not if one fits, or a step would be found sooner or
 * later.
 */
static int step_near(const struct clock_data *d, struct clock_stretch r,
		     const struct suspect *suspect, struct step *out)
{
	struct suspect q = *suspect;
	int found = step_at(d, r, &q, out);

	for (int i = 0; i < NEARER && !found && !q.fit; i++) {
		q.reach /= 2;
		found = step_at(d, r, &q, out);
	}
	return found;
}

static double median_of(const struct trend_window *w, size_t n, int rtt)
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

/*
 * By how much the midpoint jumps at window i; 0 if a change of the path
 * explains it.
 */
static double window_jump(const struct windows *w, size_t i, double drift)
{
	size_t before = i < NEIGHBOURS ? i : NEIGHBOURS;
	size_t after = w->n - i < NEIGHBOURS ? w->n - i : NEIGHBOURS;
	const struct trend_window *a = w->w + i - before, *b = w->w + i;
	double jump = median_of(b, after, 0) - median_of(a, before, 0) +
		      (double)((__int128)b->mid - a->mid);
	double dx = (double)(b[after / 2].x - a[before / 2].x);
	double change = fabs(median_of(b, after, 1) - median_of(a, before, 1));

	jump -= drift * dx;
	return change <= fabs(jump) / 2 ? fabs(jump) : 0;
}

/* The noise from one window to the next. */
static double windows_noise(const struct windows *w, double drift)
{
	struct weighted *a = mem_calloc(w->n, sizeof(*a));
	double noise = 0;

	for (size_t i = 1; i < w->n; i++) {
		double dx = (double)(w->w[i].x - w->w[i - 1].x);

		a[i].value = fabs(windows_mid(w, i) - windows_mid(w, i - 1) -
				  drift * dx);
		a[i].weight = 1;
	}
	noise = weighted_median(a + 1, w->n - 1) * CLOCK_MAD_TO_SIGMA / sqrt(2);
	free(a);
	return noise;
}

static double windows_drift(const struct windows *w)
{
	struct weighted *slopes = NULL;
	size_t n = windows_slopes(w, 2, &slopes);
	double drift = weighted_median(slopes, n);

	free(slopes);
	return fmin(fmax(drift, -CLOCK_SLOPE_MAX), CLOCK_SLOPE_MAX);
}

/* The largest jump of all paths' midpoints, if it is significant. */
static int suspect_from_windows(const struct clock_data *d,
				struct clock_stretch r, int64_t width,
				struct suspect *q)
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
static int64_t fits_until(const struct clock_data *d, struct clock_stretch r)
{
	int64_t low = r.x1, high = r.x2;

	while (high - low > 1) {
		struct clock_stretch begin = { r.x1, low + (high - low) / 2 };

		if (clock_envelope_exists(d, begin))
			low = begin.x2;
		else
			high = begin.x2;
	}
	return high;
}

static int64_t clock_envelope_width(const struct clock_data *d,
				    struct clock_stretch r)
{
	struct clock_envelope c;
	int64_t width = 0;

	clock_envelope_init_all(&c, d, r);
	width = c.overlap ? c.width : 0;
	clock_envelope_release(&c);
	return width;
}

/* If a line fits, a step must make the envelope wider to be accepted. */
static int step_pays(const struct clock_data *d, struct clock_stretch r,
		     const struct step *s)
{
	int64_t whole = clock_envelope_width(d, r);
	int64_t a =
		clock_envelope_width(d, (struct clock_stretch){ r.x1, s->a });
	int64_t b =
		clock_envelope_width(d, (struct clock_stretch){ s->b, r.x2 });

	return (double)((__int128)(a < b ? a : b) - whole) >= fabs(s->size) / 4;
}

static int find_step(const struct clock_data *d, struct clock_stretch r,
		     struct step *out)
{
	int64_t width = (r.x2 - r.x1) / 16 + 10 * MILLISECOND;
	struct suspect q = { 0 };
	int found = 0;

	q.fit = clock_envelope_exists(d, r);
	width = window_width(r, width < 2 * CLOCK_SECOND ? width
							 : 2 * CLOCK_SECOND);
	q.reach = LOCAL_WINDOWS * width;
	if (suspect_from_windows(d, r, width, &q))
		found = step_near(d, r, &q, out) &&
			(!q.fit || step_pays(d, r, out));
	if (!found && !q.fit) {
		q.x = fits_until(d, r);
		q.least = (double)MILLISECOND / 10;
		found = step_at(d, r, &q, out);
	}
	return found;
}

/* Divide "r" in two, without what is near the step; 0 if there is none. */
static int split(const struct clock_data *d, struct clock_stretch r,
		 struct clock_stretch out[2])
{
	struct step s = { 0 };
	int found = find_step(d, r, &s);
	/* Packets of other paths. */
	int64_t under_way = (int64_t)fmin(s.rtt, 1e18);

	out[0] = (struct clock_stretch){ r.x1, s.a - under_way };
	out[1] = (struct clock_stretch){ s.b + under_way, r.x2 };
	return found && out[0].x1 < out[0].x2 && out[1].x1 < out[1].x2;
}

/* Leave out more at the ends that are steps, if a clock fits then. */
static struct clock_stretch trim(const struct clock_data *d,
				 struct clock_stretch r, int begin, int end)
{
	struct clock_stretch best = r;
	int fit = (!begin && !end) || clock_envelope_exists(d, r);

	for (int64_t margin = wider(0); margin < CLOCK_SECOND && !fit;
	     margin = wider(margin)) {
		best.x1 = r.x1 + (begin ? margin : 0);
		best.x2 = r.x2 - (end ? margin : 0);
		fit = best.x1 < best.x2 && clock_envelope_exists(d, best);
	}
	return fit ? best : r;
}

size_t steps_split(const struct clock_data *d, struct clock_stretch *parts)
{
	size_t n = 1;

	parts[0] = clock_data_stretch(d);
	for (size_t i = 0; i < n;) {
		struct clock_stretch two[2];

		if (n == CLOCK_SEGMENTS_MAX || !split(d, parts[i], two)) {
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
