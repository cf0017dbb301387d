/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/clock_rows.h"

#include <math.h>
#include <stdio.h>

#include "base/plural.h"
#include "output/define_columns.h"
#include "output/human.h"
#include "output/owd_rows.h"

#define ROW struct owd_row

/* All numbers beside "segments" are of one segment: where the captures begin.
 */
static const struct clock_segment *first_segment(const struct owd_row *r)
{
	const struct clock_estimate *c = &r->pairing->clock;

	return c->n_segments ? &c->segments[0] : NULL;
}

/* Since the start of the client's capture. */
static int64_t since_start(const struct owd_row *r, int64_t time)
{
	return time -
	       r->pairing->trace[r->pairing->client_end]->info.first_time;
}

/* Are the delays corrected by the clocks' estimate? */
static bool corrected(const struct owd_row *r)
{
	return r->pairing->clock.applied && !r->pairing->raw;
}

static void put_seconds(struct strbuf *out, bool known, int64_t ns)
{
	if (known)
		strbuf_nanoseconds(out, ns);
	else
		strbuf_puts(out, "null");
}

static void put_bound(struct strbuf *out, double v)
{
	if (isfinite(v))
		strbuf_printf(out, "%.12g", v);
	else
		strbuf_puts(out, "null");
}

static void put_offset_bounds(struct strbuf *out, const struct clock_segment *s)
{
	strbuf_putc(out, '[');
	put_seconds(out, true, s->offset_lo);
	strbuf_putc(out, ',');
	put_seconds(out, true, s->offset_hi);
	strbuf_putc(out, ']');
}

static void put_skew_bounds(struct strbuf *out, const struct clock_segment *s)
{
	strbuf_putc(out, '[');
	put_bound(out, s->skew_lo);
	strbuf_putc(out, ',');
	put_bound(out, s->skew_hi);
	strbuf_putc(out, ']');
}

static void set_json(struct value *out, const struct clock_segment *s,
		     void (*put)(struct strbuf *, const struct clock_segment *))
{
	value_json(out, "");
	put(&out->text, s);
}

static uint32_t path_number(const struct owd_row *r,
			    const struct clock_segment *s)
{
	return r->pairing->streams[s->path].stream[0]->tcp_stream;
}

VALUE_GETTER(clock_correction,
	     value_text(out,
			clock_correction_name(r->pairing->clock.correction)))
VALUE_GETTER(clock_applied, value_bool(out, corrected(r)))
VALUE_GETTER(clock_pairs, value_u64(out, r->pairing->clock.pairs))

/* A number of the first segment "s", where it is known. */
#define SEGMENT_GETTER(name, known, set)                                       \
	GETTER(name)                                                           \
	{                                                                      \
		const struct clock_segment *s = first_segment(r);              \
                                                                               \
		if (s && (known))                                              \
			set;                                                   \
	}

SEGMENT_GETTER(clock_offset, s->has_offset, value_ns(out, s->offset))
SEGMENT_GETTER(clock_skew, s->has_offset, value_real(out, s->skew_ppm))
SEGMENT_GETTER(clock_reference, s->has_offset || s->has_bounds,
	       value_ns(out, since_start(r, s->reference)))
SEGMENT_GETTER(clock_rtt_min, s->has_bounds, value_ns(out, s->rtt_min))
SEGMENT_GETTER(clock_path, s->has_path, value_u64(out, path_number(r, s)))
SEGMENT_GETTER(clock_soft_error, s->soft_error >= 0,
	       value_ns(out, s->soft_error))
SEGMENT_GETTER(clock_spread, s->spread >= 0, value_ns(out, s->spread))
SEGMENT_GETTER(clock_hard_offset, s->has_bounds,
	       set_json(out, s, put_offset_bounds))
SEGMENT_GETTER(clock_hard_skew, s->has_bounds,
	       set_json(out, s, put_skew_bounds))

static void put_bounds_of_segment(struct strbuf *out,
				  const struct clock_segment *s)
{
	strbuf_puts(out, ",\"hard_offset_s\":");
	if (s->has_bounds)
		put_offset_bounds(out, s);
	else
		strbuf_puts(out, "null");
	strbuf_puts(out, ",\"hard_skew_ppm\":");
	if (s->has_bounds)
		put_skew_bounds(out, s);
	else
		strbuf_puts(out, "null");
	strbuf_puts(out, ",\"rtt_min_ms\":");
	if (s->has_bounds)
		strbuf_printf(out, "%.6f", (double)s->rtt_min / 1e6);
	else
		strbuf_puts(out, "null");
}

static void put_segment(struct strbuf *out, const struct owd_row *r,
			const struct clock_segment *s)
{
	strbuf_puts(out, "{\"from_s\":");
	strbuf_nanoseconds(out, since_start(r, s->from));
	strbuf_puts(out, ",\"to_s\":");
	strbuf_nanoseconds(out, since_start(r, s->to));
	strbuf_puts(out, ",\"reference_s\":");
	strbuf_nanoseconds(out, since_start(r, s->reference));
	strbuf_puts(out, ",\"offset_s\":");
	put_seconds(out, s->has_offset, s->offset);
	strbuf_puts(out, ",\"skew_ppm\":");
	if (s->has_offset) /* as exact as that of the first */
		strbuf_printf(out, "%.17g", s->skew_ppm);
	else
		strbuf_puts(out, "null");
	put_bounds_of_segment(out, s);
	strbuf_printf(out, ",\"pairs\":%zu}", s->pairs);
}

GETTER(clock_segments)
{
	const struct clock_estimate *c = &r->pairing->clock;

	value_json(out, "[");
	for (size_t i = 0; i < c->n_segments; i++) {
		if (i > 0)
			strbuf_putc(&out->text, ',');
		put_segment(&out->text, r, &c->segments[i]);
	}
	strbuf_putc(&out->text, ']');
}

/* clang-format off */

static const struct column clock_columns[] = {
	SHOWN("verdict", TEXT, "what was done about the clocks", clock_correction),
	SAME("applied", BOOL, "delays were corrected", clock_applied),
	SAME("offset_s", SECONDS,
	     "server's clock minus the client's at reference_s, before any "
	     "step",
	     clock_offset),
	SAME("skew_ppm", REAL,
	     "how much faster the server's clock runs, in parts per million",
	     clock_skew),
	SAME("reference_s", SECONDS,
	     "when offset_s and its bounds hold, since the start of the "
	     "client's capture", clock_reference),
	SAME("hard_offset_s", LIST,
	     "hard bounds on the offset: they hold for any delays",
	     clock_hard_offset),
	SAME("hard_skew_ppm", LIST,
	     "hard bounds on the skew: they hold for any delays",
	     clock_hard_skew),
	SAME("rtt_min_ms", MILLISECONDS,
	     "least round trip of all paths together: the width of the bounds",
	     clock_rtt_min),
	SAME("path_tcp_stream", COUNT,
	     "stream whose delays gave the offset; unknown where all paths did",
	     clock_path),
	SAME("soft_error_ms", MILLISECONDS,
	     "how much the estimate varies during the capture",
	     clock_soft_error),
	SAME("spread_ms", MILLISECONDS,
	     "how much the estimates from different paths differ",
	     clock_spread),
	SAME("pairs_used", COUNT, "packets seen at both ends", clock_pairs),
	SAME("segments", LIST,
	     "times between steps of a clock, each with an offset and bounds "
	     "of its own", clock_segments),
};

/* clang-format on */

const struct row_type owd_clock = { .name = "clock",
				    .list = "clock",
				    .columns = clock_columns,
				    .n = sizeof(clock_columns) /
					 sizeof(*clock_columns) };

/* In sentences. */

/* "from 1 s to 2 s of the client's capture ", where there are several. */
static void put_stretch(struct strbuf *line, const struct owd_row *r,
			const struct clock_segment *s)
{
	if (r->pairing->clock.n_segments == 1)
		return;
	strbuf_puts(line, "from ");
	human_duration(line, since_start(r, s->from));
	strbuf_puts(line, " to ");
	human_duration(line, since_start(r, s->to));
	strbuf_puts(line, " of the client's capture: ");
}

static bool say_offset(const struct owd_row *r, const struct clock_segment *s,
		       struct strbuf *line)
{
	if (!corrected(r) || !s->has_offset)
		return false;
	strbuf_puts(line, "  ");
	put_stretch(line, r, s);
	strbuf_printf(line, "the server's clock is %s by ",
		      s->offset < 0 ? "behind" : "ahead");
	human_duration(line, s->offset < 0 ? -s->offset : s->offset);
	if (s->skew_ppm != 0) {
		strbuf_puts(line, " at ");
		human_duration(line, since_start(r, s->reference));
		strbuf_printf(line, ", and %s %.3g ppm",
			      s->skew_ppm < 0 ? "loses" : "gains",
			      s->skew_ppm < 0 ? -s->skew_ppm : s->skew_ppm);
	}
	human_say(line, 2);
	return true;
}

/* Was the offset taken from a round trip?  Then it may be wrong so much. */
static void put_doubt(struct strbuf *line, const struct owd_row *r,
		      const struct clock_segment *s)
{
	if (corrected(r) &&
	    (r->pairing->clock.correction != CLOCK_GIVEN || s->has_path))
		strbuf_puts(
			line,
			"; if the minimum delay is not the same in both "
			"directions, each delay is off by half the difference");
}

static void say_bounds(const struct owd_row *r, const struct clock_segment *s,
		       bool said, struct strbuf *line)
{
	if (!s->has_bounds)
		return;
	strbuf_puts(line, "  ");
	if (!said)
		put_stretch(line, r, s);
	strbuf_puts(line, "hard bounds on the clock offset: ");
	human_duration(line, s->offset_lo);
	strbuf_puts(line, " to ");
	human_duration(line, s->offset_hi);
	strbuf_puts(line, " at ");
	human_duration(line, since_start(r, s->reference));
	strbuf_puts(line, " (from the least round trip, ");
	human_duration(line, s->rtt_min);
	strbuf_putc(line, ')');
	put_doubt(line, r, s);
	human_say(line, 2);
}

void owd_print_clock(const struct owd_row *r)
{
	const struct clock_estimate *c = &r->pairing->clock;
	struct strbuf line = STRBUF_INIT;

	if (r->pairing->raw)
		strbuf_puts(&line, "clock: no correction (raw time stamps)");
	else
		strbuf_printf(&line, "clock: %s",
			      clock_correction_text(c->correction));
	human_say(&line, 2);
	for (size_t i = 0; i < c->n_segments; i++) {
		const struct clock_segment *s = &c->segments[i];

		say_bounds(r, s, say_offset(r, s, &line), &line);
	}
	if (c->negative && !r->pairing->raw) {
		strbuf_printf(&line,
			      "  the given correction is wrong: it makes %zu "
			      "delay%s negative",
			      c->negative, plural(c->negative));
		human_say(&line, 2);
	}
	strbuf_release(&line);
}
