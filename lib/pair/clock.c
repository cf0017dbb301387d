/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pair/clock.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "pair/step.h"
#include "pair/trend.h"

/* A segment being computed. */
struct fit {
	const struct clock_data *d;
	struct clock_stretch r;
	struct clock_envelope all;
	struct clock_segment seg;
	bool one_clock; /* theta = 0 fits */
	bool has_path;	/* one path has enough pairs */
	size_t path;	/* its index */
	double slope;
};

/* The bounds of the offset for a given slope. */
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
	const struct clock_data *d = fit->d;

	for (size_t i = clock_data_find(d, path, fit->r.x1);
	     i < d->start[path + 1] && d->s[i].x <= fit->r.x2; i++) {
		const struct clock_sample *s = &d->s[i];
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

static bool enough(const size_t count[2])
{
	return count[TO_SERVER] >= CLOCK_PAIRS_MIN &&
	       count[TO_CLIENT] >= CLOCK_PAIRS_MIN;
}

/*
 * The path with the smallest round-trip time, unless another one is preferred.
 */
static void fit_path(struct fit *fit, const struct clock_segment *preferred)
{
	struct clock_segment *seg = &fit->seg;
	int settled = 0;

	for (size_t p = 0; p < fit->d->n_paths && !settled; p++) {
		uint32_t number = fit->d->s[fit->d->start[p]].path;
		struct clock_envelope c;

		clock_envelope_init(&c, fit->d, p, fit->r);
		settled = preferred && preferred->has_path && c.overlap &&
			  preferred->path == number && enough(c.count);
		if (c.overlap && enough(c.count) &&
		    (settled || !seg->has_path ||
		     c.width < seg->path_rtt_min)) {
			seg->has_path = true;
			seg->path = number;
			seg->path_rtt_min = c.width;
			fit->has_path = true;
			fit->path = p;
		}
		clock_envelope_release(&c);
	}
}

static void fit_bounds(struct fit *fit)
{
	struct clock_segment *seg = &fit->seg;
	const struct clock_envelope *c = &fit->all;

	seg->has_bounds = c->overlap && c->width >= 0;
	seg->reference = fit->d->origin + (c->overlap ? c->x : fit->r.x1);
	seg->skew_lo = clock_envelope_slope_low(c) * 1e6;
	seg->skew_hi = clock_envelope_slope_high(c) * 1e6;
	if (seg->has_bounds) {
		seg->offset_lo = c->lo;
		seg->offset_hi = c->hi;
		seg->rtt_min = c->width;
	}
}

/* The bounds of the offset of clocks without skew. */
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
 * Use the trend if it is certain and possible.  If the bounds exclude zero,
 * skew is proven, however rough its estimate.  If no correction is necessary
 * at all, a wrong skew would also introduce an error of the offset, so more
 * evidence is required.
 */
static void fit_slope(struct fit *fit)
{
	struct trend t = { .mad = -1 };
	const struct clock_envelope *c = &fit->all;
	double low = clock_envelope_slope_low(c),
	       high = clock_envelope_slope_high(c);

	if (fit->seg.has_path) {
		t = trend_of(fit->d, fit->path, fit->r);
		fit->seg.soft_error = llround(fmin(t.mad, 1e18));
	}
	int sure = trend_is_sure(&t, fit->one_clock ? 3 : 1),
	    steep = fabs(t.slope) >= CLOCK_SLOPE_MAX;
	int proved = c->overlap && c->width >= 0 && (low > 0 || high < 0);

	if (sure && !steep && t.slope >= low && t.slope <= high)
		fit->slope = t.slope;
	else if (proved && !(sure && steep))
		fit->slope = fmin(fmax(clock_envelope_best_slope(c, t.slope),
				       -CLOCK_SLOPE_MAX),
				  CLOCK_SLOPE_MAX);
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

/* Keep an offset, which was rounded to whole ns, within the bounds. */
static int64_t within_bounds(const struct clock_segment *seg, int64_t offset)
{
	if (seg->has_bounds && offset < seg->offset_lo)
		return seg->offset_lo;
	return seg->has_bounds && offset > seg->offset_hi ? seg->offset_hi
							  : offset;
}

/*
 * The midpoint of the path, unless another path forbids it; -1: nothing fits.
 */
static int fit_offset(struct fit *fit)
{
	struct interval all = interval_all(fit), v = all;

	if (fit->seg.has_path) {
		v = interval_init();
		interval_add(&v, fit, fit->path);
		if (middle(v) < all.lo || middle(v) > all.hi) {
			fit->seg.has_path = false;
			v = all;
		}
	}
	fit->seg.has_offset =
		all.lo <= all.hi && all.lo != INT64_MIN && all.hi != INT64_MAX;
	if (fit->seg.has_offset)
		fit->seg.offset = within_bounds(&fit->seg, middle(v));
	fit->seg.pairs = all.count[0] + all.count[1];
	return fit->seg.has_offset ? 0 : -1;
}

static double ratio(const struct clock_segment *seg)
{
	return seg->skew_ppm * 1e-6;
}

static enum clock_correction fit_correction(const struct fit *fit, int given,
					    int possible)
{
	enum clock_correction correction = CLOCK_OFFSET;

	if (!given && !clock_envelope_fits(&fit->all))
		correction = CLOCK_INFEASIBLE;
	else if (!possible)
		correction =
			fit->all.overlap ? CLOCK_INFEASIBLE : CLOCK_TOO_FEW;
	else if (given)
		correction = CLOCK_GIVEN;
	else if (fit->slope == 0 && fit->one_clock)
		correction = CLOCK_NONE_NEEDED;
	else if (!fit->has_path)
		correction = CLOCK_TOO_FEW;
	else if (fit->slope != 0)
		correction = CLOCK_OFFSET_SKEW;
	return correction;
}

/* Fit a line to a period; "given" is the slope to use, or NULL. */
static enum clock_correction fit_stretch(const struct clock_data *d,
					 struct clock_stretch r,
					 const double *given,
					 const struct clock_segment *preferred,
					 struct clock_segment *out)
{
	struct fit fit = { .d = d, .r = r };

	fit.seg.from = d->origin + r.x1;
	fit.seg.to = d->origin + r.x2;
	fit.seg.soft_error = fit.seg.spread = -1;
	clock_envelope_init_all(&fit.all, d, r);
	fit_bounds(&fit);
	fit_flat(&fit);
	fit_path(&fit, preferred);
	fit_slope(&fit);
	fit.seg.skew_ppm = (given ? *given : fit.slope) * 1e6;
	fit.slope = ratio(&fit.seg); /* rounded as in the result */
	fit_spread(&fit);
	int possible = fit_offset(&fit) == 0;
	enum clock_correction correction =
		fit_correction(&fit, given != NULL, possible);

	clock_envelope_release(&fit.all);
	*out = fit.seg;
	return correction;
}

/* The estimate. */

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

/*
 * The segment for a time, extended before the first and after the last one;
 * NULL: the time is between segments.
 */
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

static void make_relative(struct clock_estimate *est,
			  const struct clock_data *d)
{
	est->relative = est->applied = true;
	for (int k = 0; k < 2; k++)
		est->least[k] = d->count[k] > 0 ? INT64_MAX : 0;
	for (size_t i = 0; i < d->n; i++)
		if (d->s[i].y < est->least[d->s[i].direction])
			est->least[d->s[i].direction] = d->s[i].y;
	est->correction = d->count[TO_SERVER] > 0 && d->count[TO_CLIENT] > 0
				  ? CLOCK_RELATIVE
				  : CLOCK_ONE_DIRECTION;
}

static void make_given(struct clock_estimate *est, const struct clock_data *d,
		       const struct clock_options *options)
{
	double slope = options->has_skew ? options->skew_ppm * 1e-6 : 0;
	struct clock_segment *seg = mem_calloc(1, sizeof(*seg));

	est->segments = seg;
	est->n_segments = 1;
	if (!(fabs(slope) <= CLOCK_SKEW_GIVEN_MAX * 1e-6)) {
		est->correction = CLOCK_INFEASIBLE;
	} else {
		est->correction = fit_stretch(d, clock_data_stretch(d), &slope,
					      NULL, seg);
		if (options->has_offset &&
		    narrow((__int128)options->offset +
				   drift_since(slope, seg->reference,
					       d->origin),
			   &seg->offset) == 0) {
			est->correction = CLOCK_GIVEN;
			seg->has_offset = true;
			seg->has_path = false;
		}
	}
	est->applied = est->correction == CLOCK_GIVEN;
}

/* The correction to report for several segments. */
static enum clock_correction worse(enum clock_correction a,
				   enum clock_correction b)
{
	enum clock_correction result = CLOCK_STEP;

	if (a == CLOCK_INFEASIBLE || b == CLOCK_INFEASIBLE)
		result = CLOCK_INFEASIBLE;
	else if (a == CLOCK_TOO_FEW || b == CLOCK_TOO_FEW)
		result = CLOCK_TOO_FEW;
	return result;
}

static void make_joint(struct clock_estimate *est, const struct clock_data *d)
{
	struct clock_stretch parts[CLOCK_SEGMENTS_MAX];
	size_t n = steps_split(d, parts);
	const struct clock_segment *preferred = NULL;

	est->segments = mem_calloc(n, sizeof(*est->segments));
	est->n_segments = n;
	for (size_t i = 0; i < n; i++) {
		enum clock_correction v = fit_stretch(
			d, parts[i], NULL, preferred, &est->segments[i]);

		est->correction = i == 0 ? v : worse(est->correction, v);
		preferred = &est->segments[0];
	}
	est->applied = est->correction == CLOCK_OFFSET ||
		       est->correction == CLOCK_OFFSET_SKEW ||
		       est->correction == CLOCK_STEP;
}

static void count_left(struct clock_estimate *est,
		       const struct clock_pair *pairs, size_t n)
{
	size_t in_segments = 0;

	for (size_t i = 0; i < est->n_segments; i++)
		in_segments += est->segments[i].pairs;
	if (est->n_segments > 0 && est->pairs > in_segments)
		est->pairs_left = est->pairs - in_segments;
	for (size_t i = 0; i < n && est->correction == CLOCK_GIVEN; i++) {
		int64_t delay = 0;

		if (clock_pair_usable(&pairs[i]) &&
		    clock_delay(est, pairs[i].direction, pairs[i].client_time,
				pairs[i].server_time, &delay) == 0 &&
		    delay < 0)
			est->negative++;
	}
}

void clock_estimate(struct clock_estimate *est, const struct clock_pair *pairs,
		    size_t n, const struct clock_options *options)
{
	struct clock_data d;

	*est = (struct clock_estimate){ .correction = CLOCK_TOO_FEW };
	clock_data_init(&d, pairs, n);
	est->pairs = d.n;
	est->pairs_wrong = n - d.n;
	if (d.n == 0)
		est->correction = CLOCK_TOO_FEW;
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
	clock_data_release(&d);
}

void clock_estimate_release(struct clock_estimate *est)
{
	free(est->segments);
	*est = (struct clock_estimate){ .correction = CLOCK_TOO_FEW };
}

static const struct {
	const char *name, *text;
} corrections[] = {
	[CLOCK_TOO_FEW] = { "too few pairs",
			    "cannot compare the clocks: too few packets were "
			    "captured at both ends, in both directions of one "
			    "path" },
	[CLOCK_NONE_NEEDED] = { "none needed",
				"clocks agree; no correction applied" },
	[CLOCK_OFFSET] = { "offset", "corrected for a constant offset, "
				     "estimated by assuming that the minimum "
				     "delay is the same in both directions" },
	[CLOCK_OFFSET_SKEW] = { "offset and skew",
				"corrected for an offset, estimated by "
				"assuming that the minimum delay is the same "
				"in both directions, and for a skew (the "
				"clocks run at different rates)" },
	[CLOCK_STEP] = { "step",
			 "corrected for a step: a clock was set during the "
			 "captures; each part has an offset of its own" },
	[CLOCK_GIVEN] = { "given", "corrected as given on the command line" },
	[CLOCK_RELATIVE] = { "relative",
			     "not compared (relative): delays are relative to "
			     "the least one of their direction" },
	[CLOCK_ONE_DIRECTION] = { "one direction only",
				  "cannot compare the clocks: only one "
				  "direction has packets in both captures; "
				  "delays are relative to the least one" },
	[CLOCK_INFEASIBLE] = { "infeasible",
			       "no constant offset and skew make every delay "
			       "positive: a clock did not run steadily, or "
			       "packets were matched wrongly; no correction "
			       "applied" },
};

const char *clock_correction_name(enum clock_correction correction)
{
	return corrections[correction].name;
}

const char *clock_correction_text(enum clock_correction correction)
{
	return corrections[correction].text;
}

static __int128 raw_delay(enum direction direction, int64_t client_time,
			  int64_t server_time)
{
	return ((__int128)server_time - client_time) * clock_sign(direction);
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

	if (est->correction == CLOCK_NONE_NEEDED) {
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
		   narrow(raw - clock_sign(direction) * (__int128)theta,
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

	if (est->correction == CLOCK_NONE_NEEDED) {
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
