/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/clock_rows.h"

#include <math.h>
#include <stdio.h>

#include "output/human.h"
#include "output/owd_rows.h"

/* A getter: "r" is the row, "out" what it fills. */
#define GETTER(name)                                                           \
	static void name##_of(const struct owd_row *r, struct value *out);     \
	static void name(const void *row, struct value *out)                   \
	{                                                                      \
		name##_of(row, out);                                           \
	}                                                                      \
	static void name##_of(const struct owd_row *r, struct value *out)

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
static int corrected(const struct owd_row *r)
{
	return r->pairing->clock.applied && !r->pairing->raw;
}

static void put_seconds(struct strbuf *out, int known, int64_t ns)
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
	put_seconds(out, 1, s->offset_lo);
	strbuf_putc(out, ',');
	put_seconds(out, 1, s->offset_hi);
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
	value_text(out, "");
	put(&out->text, s);
	out->kind = VALUE_JSON;
}

static uint32_t path_number(const struct owd_row *r,
			    const struct clock_segment *s)
{
	return r->pairing->streams[s->path].stream[0]->tcp_stream;
}

GETTER(clock_correction)
{
	value_text(out, clock_correction_name(r->pairing->clock.correction));
}

GETTER(clock_applied)
{
	value_bool(out, corrected(r));
}

GETTER(clock_pairs)
{
	value_u64(out, r->pairing->clock.pairs);
}

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

	value_text(out, "[");
	for (size_t i = 0; i < c->n_segments; i++) {
		if (i > 0)
			strbuf_putc(&out->text, ',');
		put_segment(&out->text, r, &c->segments[i]);
	}
	strbuf_putc(&out->text, ']');
	out->kind = VALUE_JSON;
}

/* clang-format off */

/* name, heading, JSON key, type, flags, help, getter, getter for the table */
static const struct column clock_columns[] = {
	{ "verdict", NULL, "verdict", COLUMN_TEXT, COLUMN_TABLE,
	  "what was done about the clocks", clock_correction, NULL },
	{ "applied", NULL, "applied", COLUMN_BOOL, 0,
	  "delays were corrected", clock_applied, NULL },
	{ "offset_s", NULL, "offset_s", COLUMN_SECONDS, 0,
	  "server's clock - client's at reference_s, before any step",
	  clock_offset, NULL },
	{ "skew_ppm", NULL, "skew_ppm", COLUMN_REAL, 0,
	  "how much faster the server's clock runs", clock_skew, NULL },
	{ "reference_s", NULL, "reference_s", COLUMN_SECONDS, 0,
	  "when offset_s and its hard bounds hold", clock_reference, NULL },
	{ "hard_offset_s", NULL, "hard_offset_s", COLUMN_LIST, 0,
	  "bounds of the offset, whatever the delays", clock_hard_offset,
	  NULL },
	{ "hard_skew_ppm", NULL, "hard_skew_ppm", COLUMN_LIST, 0,
	  "bounds of the skew", clock_hard_skew, NULL },
	{ "rtt_min_ms", NULL, "rtt_min_ms", COLUMN_MILLISECONDS, 0,
	  "least round trip of all paths together", clock_rtt_min, NULL },
	{ "path_tcp_stream", NULL, "path_tcp_stream", COLUMN_COUNT, 0,
	  "stream whose delays gave the offset", clock_path, NULL },
	{ "soft_error_ms", NULL, "soft_error_ms", COLUMN_MILLISECONDS, 0,
	  "how far its middle wanders", clock_soft_error, NULL },
	{ "spread_ms", NULL, "spread_ms", COLUMN_MILLISECONDS, 0,
	  "how far the paths' middles are apart", clock_spread, NULL },
	{ "pairs_used", NULL, "pairs_used", COLUMN_COUNT, 0,
	  "packets seen at both ends", clock_pairs, NULL },
	{ "segments", NULL, "segments", COLUMN_LIST, 0,
	  "times between steps of a clock", clock_segments, NULL },
};

/* clang-format on */

const struct row_type owd_clock = { "clock", "clock", clock_columns,
				    sizeof(clock_columns) /
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
	strbuf_puts(line, " of the client's capture ");
}

static int say_offset(const struct owd_row *r, const struct clock_segment *s,
		      struct strbuf *line)
{
	if (!corrected(r) || !s->has_offset)
		return 0;
	strbuf_puts(line, "  ");
	put_stretch(line, r, s);
	strbuf_puts(line, "the server's clock is ahead by ");
	human_duration(line, s->offset);
	if (s->skew_ppm != 0) {
		strbuf_puts(line, " at ");
		human_duration(line, since_start(r, s->reference));
		strbuf_printf(line, ", and gains %.3g ppm", s->skew_ppm);
	}
	human_say(line, 2);
	return 1;
}

/* Was the offset taken from a round trip?  Then it may be wrong so much. */
static void put_doubt(struct strbuf *line, const struct owd_row *r,
		      const struct clock_segment *s)
{
	if (corrected(r) &&
	    (r->pairing->clock.correction != CLOCK_GIVEN || s->has_path))
		strbuf_puts(line, ", and if it is not the same both ways each "
				  "delay is off by half of the difference");
}

static void say_bounds(const struct owd_row *r, const struct clock_segment *s,
		       int said, struct strbuf *line)
{
	if (!s->has_bounds)
		return;
	strbuf_puts(line, "  ");
	if (!said)
		put_stretch(line, r, s);
	strbuf_puts(line, "whatever the delays are, the offset is between ");
	human_duration(line, s->offset_lo);
	strbuf_puts(line, " and ");
	human_duration(line, s->offset_hi);
	strbuf_puts(line, " at ");
	human_duration(line, since_start(r, s->reference));
	strbuf_puts(line, "; the least round trip is ");
	human_duration(line, s->rtt_min);
	put_doubt(line, r, s);
	human_say(line, 2);
}

void owd_print_clock(const struct owd_row *r)
{
	const struct clock_estimate *c = &r->pairing->clock;
	struct strbuf line = STRBUF_INIT;

	if (r->pairing->raw)
		strbuf_puts(&line, "clock: taken as they are");
	else
		strbuf_printf(&line, "clock: %s: %s",
			      clock_correction_name(c->correction),
			      clock_correction_text(c->correction));
	human_say(&line, 2);
	for (size_t i = 0; i < c->n_segments; i++) {
		const struct clock_segment *s = &c->segments[i];

		say_bounds(r, s, say_offset(r, s, &line), &line);
	}
	if (c->negative && !r->pairing->raw) {
		strbuf_printf(&line,
			      "  with what was given %zu delays are below 0: "
			      "it cannot be right",
			      c->negative);
		human_say(&line, 2);
	}
	strbuf_release(&line);
}
