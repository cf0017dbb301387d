/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/owd_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "output/human.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* A getter: "r" is the row, "out" what it fills. */
#define GETTER(name)                                                           \
	static void name##_of(const struct owd_row *r, struct value *out);     \
	static void name(const void *row, struct value *out)                   \
	{                                                                      \
		name##_of(row, out);                                           \
	}                                                                      \
	static void name##_of(const struct owd_row *r, struct value *out)

/* The clock. */

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

GETTER(clock_verdict)
{
	value_text(out, clock_verdict_name(r->pairing->clock.verdict));
}

GETTER(clock_applied)
{
	value_bool(out, corrected(r));
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

GETTER(clock_offset)
{
	const struct clock_segment *s = first_segment(r);

	if (s && s->has_offset)
		value_ns(out, s->offset);
}

GETTER(clock_skew)
{
	const struct clock_segment *s = first_segment(r);

	if (s && s->has_offset)
		value_real(out, s->skew_ppm);
}

GETTER(clock_reference)
{
	const struct clock_segment *s = first_segment(r);

	if (s && (s->has_offset || s->has_bounds))
		value_ns(out, since_start(r, s->reference));
}

#define BOUNDS_GETTER(name, put)                                               \
	GETTER(name)                                                           \
	{                                                                      \
		const struct clock_segment *s = first_segment(r);              \
                                                                               \
		if (!s || !s->has_bounds)                                      \
			return;                                                \
		value_text(out, "");                                           \
		put(&out->text, s);                                            \
		out->kind = VALUE_JSON;                                        \
	}

BOUNDS_GETTER(clock_hard_offset, put_offset_bounds)
BOUNDS_GETTER(clock_hard_skew, put_skew_bounds)

GETTER(clock_rtt_min)
{
	const struct clock_segment *s = first_segment(r);

	if (s && s->has_bounds)
		value_ns(out, s->rtt_min);
}

GETTER(clock_path)
{
	const struct clock_segment *s = first_segment(r);

	if (s && s->has_path)
		value_u64(out,
			  r->pairing->streams[s->path].stream[0]->tcp_stream);
}

GETTER(clock_soft_error)
{
	const struct clock_segment *s = first_segment(r);

	if (s && s->soft_error >= 0)
		value_ns(out, s->soft_error);
}

GETTER(clock_spread)
{
	const struct clock_segment *s = first_segment(r);

	if (s && s->spread >= 0)
		value_ns(out, s->spread);
}

GETTER(clock_pairs)
{
	value_u64(out, r->pairing->clock.pairs);
}

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

/* Packets of both captures. */

GETTER(matching_both)
{
	value_u64(out, r->pairing->matched);
}

GETTER(matching_first)
{
	value_u64(out, r->pairing->only[0]);
}

GETTER(matching_altered)
{
	value_u64(out, r->pairing->altered);
}

GETTER(matching_duplicated)
{
	value_u64(out, r->pairing->duplicated);
}

GETTER(matching_second)
{
	value_u64(out, r->pairing->only[1]);
}

/* Streams. */

static const struct paired_stream *stream_of(const struct owd_row *r)
{
	return r->owd ? r->owd->stream : r->stream;
}

GETTER(row_mapped)
{
	value_u64(out, stream_of(r)->stream[1]->tcp_stream);
}

GETTER(row_towards)
{
	enum direction d = r->owd ? r->owd->direction : r->crossing->direction;

	value_text(out, d == TO_SERVER ? "server" : "client");
}

GETTER(row_path)
{
	const struct stream *s = stream_of(r)->stream[0];
	enum direction d = r->owd ? r->owd->direction : r->crossing->direction;
	int turned = (d == TO_CLIENT) ^ s->flipped;

	value_text(out, "");
	strbuf_printf(&out->text, "%s > %s",
		      turned ? s->server.address : s->client.address,
		      turned ? s->client.address : s->server.address);
}

#define COUNT_GETTER(name)                                                     \
	GETTER(owd_##name)                                                     \
	{                                                                      \
		value_u64(out, r->owd->name);                                  \
	}

COUNT_GETTER(sent)
COUNT_GETTER(matched)
COUNT_GETTER(ambiguous)
COUNT_GETTER(coalesced)
COUNT_GETTER(lost)
COUNT_GETTER(not_captured)
COUNT_GETTER(outside)
COUNT_GETTER(copies)
COUNT_GETTER(duplicated)
COUNT_GETTER(altered)

#define ALTERED_GETTER(name, bit)                                              \
	GETTER(owd_altered_##name)                                             \
	{                                                                      \
		value_u64(out, r->owd->altered_in[bit]);                       \
	}

/* In the order of enum match_change. */
ALTERED_GETTER(mptcp, 0)
ALTERED_GETTER(sack, 1)
ALTERED_GETTER(timestamps, 2)
ALTERED_GETTER(options, 3)
ALTERED_GETTER(window, 4)
ALTERED_GETTER(flags, 5)

GETTER(owd_loss)
{
	value_ratio(out, r->owd->lost, r->owd->sent - r->owd->outside);
}

#define QUANTILE_GETTER(name, part)                                            \
	GETTER(name##_##part)                                                  \
	{                                                                      \
		if (r->owd->name.n)                                            \
			value_ns(out, r->owd->name.part);                      \
	}
#define DISTRIBUTION_GETTERS(name)                                             \
	QUANTILE_GETTER(name, min)                                             \
	QUANTILE_GETTER(name, p50)                                             \
	QUANTILE_GETTER(name, p95)                                             \
	QUANTILE_GETTER(name, max)

DISTRIBUTION_GETTERS(delay)
DISTRIBUTION_GETTERS(raw)
QUANTILE_GETTER(variation, p50)
QUANTILE_GETTER(variation, p95)
QUANTILE_GETTER(variation, max)

/* Packets. */

static uint32_t frame_of(const struct owd_row *r, int end)
{
	return r->pairing->trace[end]->packets.frame[r->crossing->packet[end]];
}

static int64_t time_of(const struct owd_row *r, int end)
{
	return r->pairing->trace[end]->packets.time[r->crossing->packet[end]];
}

GETTER(packet_sender_frame)
{
	value_u64(out, frame_of(r, r->crossing->sender));
}

GETTER(packet_receiver_frame)
{
	value_u64(out, frame_of(r, !r->crossing->sender));
}

GETTER(packet_sent)
{
	int e = r->crossing->sender;

	value_ns(out, time_of(r, e) - r->pairing->trace[e]->info.first_time);
}

GETTER(packet_sent_time)
{
	value_ns(out, time_of(r, r->crossing->sender));
}

GETTER(packet_received_time)
{
	value_ns(out, time_of(r, !r->crossing->sender));
}

GETTER(packet_raw)
{
	value_ns(out, r->crossing->raw);
}

GETTER(packet_delay)
{
	if (r->crossing->has_delay)
		value_ns(out, r->crossing->delay);
}

GETTER(packet_bytes)
{
	value_u64(out,
		  r->pairing->trace[0]->packets.len[r->crossing->packet[0]]);
}

GETTER(packet_match)
{
	switch (r->crossing->fate) {
	case MATCH_AMBIGUOUS: value_text(out, "ambiguous"); break;
	case MATCH_COALESCED: value_text(out, "coalesced"); break;
	default: value_text(out, "matched"); break;
	}
}

/* In the order of enum match_change: as in JSON, and for people. */
static const char *const change_names[MATCH_CHANGES][2] = {
	{ "mptcp", "Multipath TCP options" },
	{ "sack", "SACK" },
	{ "timestamps", "timestamps" },
	{ "other_options", "other options" },
	{ "window", "window" },
	{ "flags", "flags" }
};

GETTER(packet_altered)
{
	const char *comma = "";

	value_text(out, "[");
	for (unsigned bit = 0; bit < MATCH_CHANGES; bit++) {
		if (!(r->crossing->change >> bit & 1))
			continue;
		strbuf_printf(&out->text, "%s\"%s\"", comma,
			      change_names[bit][0]);
		comma = ",";
	}
	strbuf_putc(&out->text, ']');
	out->kind = VALUE_JSON;
}

/* clang-format off */

/* name, heading, JSON key, type, flags, help, getter, getter for the table */
static const struct column clock_columns[] = {
	{ "verdict", NULL, "verdict", COLUMN_TEXT, COLUMN_TABLE,
	  "what was done about the clocks", clock_verdict, NULL },
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

static const struct column matching_columns[] = {
	{ "matched", NULL, "matched", COLUMN_COUNT, COLUMN_TABLE,
	  "TCP packets that both captures have", matching_both, NULL },
	{ "only_first", NULL, "only_first", COLUMN_COUNT, COLUMN_TABLE,
	  "TCP packets of the first that the second has not", matching_first,
	  NULL },
	{ "only_second", NULL, "only_second", COLUMN_COUNT, COLUMN_TABLE,
	  "TCP packets of the second that the first has not", matching_second,
	  NULL },
	{ "altered", NULL, "altered", COLUMN_COUNT, 0,
	  "of the matched: arrived with other options, window or flags",
	  matching_altered, NULL },
	{ "duplicated", NULL, "duplicated", COLUMN_COUNT, 0,
	  "copies that the network delivered", matching_duplicated, NULL },
};

#define STREAM_COLUMNS \
	{ "connection", "CONN", "connection", COLUMN_COUNT, COLUMN_TABLE, \
	  "number of the connection in the first capture", get_connection, \
	  NULL }, \
	{ "tcp_stream", "TCP", "tcp_stream", COLUMN_COUNT, COLUMN_TABLE, \
	  "tcp.stream in the first capture", get_stream_number, NULL }, \
	{ "mapped_tcp_stream", "TCP-B", "mapped_tcp_stream", COLUMN_COUNT, \
	  COLUMN_TABLE, "tcp.stream in the second capture", row_mapped, NULL }, \
	{ "towards", "TO", "towards", COLUMN_TEXT, COLUMN_TABLE, \
	  "server or client", row_towards, NULL }

static const struct column stream_columns[] = {
	STREAM_COLUMNS,
	{ "path", NULL, NULL, COLUMN_TEXT, COLUMN_HUMAN,
	  "addresses in the first capture", row_path, NULL },
	{ "sent", NULL, "sent", COLUMN_COUNT, COLUMN_TABLE,
	  "packets in the capture of the sender", owd_sent, NULL },
	{ "matched", NULL, "matched", COLUMN_COUNT, COLUMN_TABLE,
	  "packets that both captures have", owd_matched, NULL },
	{ "lost", NULL, "lost", COLUMN_COUNT, COLUMN_TABLE,
	  "packets that never arrived", owd_lost, NULL },
	{ "loss_ratio", NULL, "loss_ratio", COLUMN_RATIO, 0,
	  "lost / sent while both captures ran", owd_loss, NULL },
	{ "not_captured", "UNSEEN", "not_captured", COLUMN_COUNT, COLUMN_TABLE,
	  "packets that one of the captures missed", owd_not_captured, NULL },
	{ "ambiguous", NULL, "ambiguous", COLUMN_COUNT, 0,
	  "packets that more than one could be", owd_ambiguous, NULL },
	{ "coalesced", NULL, "coalesced", COLUMN_COUNT, 0,
	  "packets whose bytes came in other packets", owd_coalesced, NULL },
	{ "outside", NULL, "outside", COLUMN_COUNT, 0,
	  "packets while the other capture did not run", owd_outside, NULL },
	{ "duplicates", NULL, "duplicates", COLUMN_COUNT, 0,
	  "copies that another interface captured", owd_copies, NULL },
	{ "duplicated", NULL, "duplicated", COLUMN_COUNT, 0,
	  "copies that the network delivered", owd_duplicated, NULL },
	{ "altered", NULL, "altered", COLUMN_COUNT, 0,
	  "packets that arrived with other options, window or flags",
	  owd_altered, NULL },
	{ "altered_mptcp", NULL, "altered_in.mptcp", COLUMN_COUNT, 0,
	  "... with other MPTCP options, or without them", owd_altered_mptcp,
	  NULL },
	{ "altered_sack", NULL, "altered_in.sack", COLUMN_COUNT, 0,
	  "... with another SACK option", owd_altered_sack, NULL },
	{ "altered_timestamps", NULL, "altered_in.timestamps", COLUMN_COUNT, 0,
	  "... with other timestamps", owd_altered_timestamps, NULL },
	{ "altered_other_options", NULL, "altered_in.other_options",
	  COLUMN_COUNT, 0, "... with other options of another kind",
	  owd_altered_options, NULL },
	{ "altered_window", NULL, "altered_in.window", COLUMN_COUNT, 0,
	  "... with another window", owd_altered_window, NULL },
	{ "altered_flags", NULL, "altered_in.flags", COLUMN_COUNT, 0,
	  "... with other flags (ECN, PSH, URG)", owd_altered_flags, NULL },
	{ "owd_min_ms", "MIN", "owd_ms.min", COLUMN_MILLISECONDS, COLUMN_TABLE,
	  "shortest one-way delay, on one clock", delay_min, NULL },
	{ "owd_p50_ms", "MEDIAN", "owd_ms.p50", COLUMN_MILLISECONDS,
	  COLUMN_TABLE, "median", delay_p50, NULL },
	{ "owd_p95_ms", "P95", "owd_ms.p95", COLUMN_MILLISECONDS, COLUMN_TABLE,
	  "95th percentile", delay_p95, NULL },
	{ "owd_max_ms", "MAX", "owd_ms.max", COLUMN_MILLISECONDS, COLUMN_TABLE,
	  "longest", delay_max, NULL },
	{ "raw_owd_min_ms", NULL, "raw_owd_ms.min", COLUMN_MILLISECONDS, 0,
	  "shortest, by the stamps as they are", raw_min, NULL },
	{ "raw_owd_p50_ms", NULL, "raw_owd_ms.p50", COLUMN_MILLISECONDS, 0,
	  "median", raw_p50, NULL },
	{ "raw_owd_p95_ms", NULL, "raw_owd_ms.p95", COLUMN_MILLISECONDS, 0,
	  "95th percentile", raw_p95, NULL },
	{ "raw_owd_max_ms", NULL, "raw_owd_ms.max", COLUMN_MILLISECONDS, 0,
	  "longest", raw_max, NULL },
	{ "variation_p50_ms", "VARIATION", "delay_variation_ms.p50",
	  COLUMN_MILLISECONDS, COLUMN_TABLE,
	  "change from one packet to the next (RFC 3393), median",
	  variation_p50, NULL },
	{ "variation_p95_ms", NULL, "delay_variation_ms.p95",
	  COLUMN_MILLISECONDS, 0, "95th percentile", variation_p95, NULL },
	{ "variation_max_ms", NULL, "delay_variation_ms.max",
	  COLUMN_MILLISECONDS, 0, "largest", variation_max, NULL },
};

static const struct column packet_columns[] = {
	STREAM_COLUMNS,
	{ "sender_frame", "SENT", "sender_frame", COLUMN_COUNT, COLUMN_TABLE,
	  "frame in the sender's capture", packet_sender_frame, NULL },
	{ "receiver_frame", "RECEIVED", "receiver_frame", COLUMN_COUNT,
	  COLUMN_TABLE, "frame in the receiver's", packet_receiver_frame,
	  NULL },
	{ "sent_s", "TIME", "sent_s", COLUMN_SECONDS, COLUMN_TABLE,
	  "since the start of the sender's capture", packet_sent, NULL },
	{ "sent_time", NULL, "sent_time", COLUMN_TIME, 0,
	  "the sender's stamp", packet_sent_time, NULL },
	{ "received_time", NULL, "received_time", COLUMN_TIME, 0,
	  "the receiver's stamp", packet_received_time, NULL },
	{ "bytes", NULL, "bytes", COLUMN_COUNT, COLUMN_TABLE, "payload",
	  packet_bytes, NULL },
	{ "raw_ms", "RAW", "raw_ms", COLUMN_MILLISECONDS, COLUMN_TABLE,
	  "receiver's stamp - sender's", packet_raw, NULL },
	{ "owd_ms", "DELAY", "owd_ms", COLUMN_MILLISECONDS, COLUMN_TABLE,
	  "one-way delay, on one clock", packet_delay, NULL },
	{ "match", NULL, "match", COLUMN_TEXT, 0,
	  "matched, ambiguous or coalesced", packet_match, NULL },
	{ "altered", NULL, "altered", COLUMN_LIST, 0,
	  "what was changed on the way", packet_altered, NULL },
};

/* clang-format on */

const struct row_type owd_clock = { "clock", "clock", clock_columns,
				    N(clock_columns) };
const struct row_type owd_matching = { "matching", "matching", matching_columns,
				       N(matching_columns) };
const struct row_type owd_stream = { "stream", "streams", stream_columns,
				     N(stream_columns) };
const struct row_type owd_packet = { "packet", "packets", packet_columns,
				     N(packet_columns) };

/* The text. */

static void say(struct strbuf *line)
{
	human_print(stdout, line->text, human_width(), 2);
	strbuf_clear(line);
}

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
	say(line);
	return 1;
}

/* Was the offset taken from a round trip?  Then it may be wrong so much. */
static void put_doubt(struct strbuf *line, const struct owd_row *r,
		      const struct clock_segment *s)
{
	if (corrected(r) &&
	    (r->pairing->clock.verdict != CLOCK_GIVEN || s->has_path))
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
	say(line);
}

void owd_print_clock(const struct owd_row *r)
{
	const struct clock_estimate *c = &r->pairing->clock;
	struct strbuf line = STRBUF_INIT;

	if (r->pairing->raw)
		strbuf_puts(&line, "clock: taken as they are");
	else
		strbuf_printf(&line, "clock: %s: %s",
			      clock_verdict_name(c->verdict),
			      clock_verdict_text(c->verdict));
	say(&line);
	for (size_t i = 0; i < c->n_segments; i++) {
		const struct clock_segment *s = &c->segments[i];

		say_bounds(r, s, say_offset(r, s, &line), &line);
	}
	if (c->negative && !r->pairing->raw) {
		strbuf_printf(&line,
			      "  with what was given %zu delays are below 0: "
			      "it cannot be right",
			      c->negative);
		say(&line);
	}
	strbuf_release(&line);
}

static void say_altered(const struct pairing *p, struct strbuf *line)
{
	const char *comma = ": ";

	if (!p->altered)
		return;
	strbuf_printf(line, "%" PRIu64 " of them %s altered on the way",
		      p->altered, p->altered == 1 ? "was" : "were");
	for (int bit = 0; bit < MATCH_CHANGES; bit++) {
		if (!p->altered_in[bit])
			continue;
		strbuf_printf(line, "%s%s of %" PRIu64, comma,
			      change_names[bit][1], p->altered_in[bit]);
		comma = ", ";
	}
	say(line);
}

static void say_duplicated(const struct pairing *p, struct strbuf *line)
{
	if (!p->duplicated)
		return;
	strbuf_printf(line,
		      "the network delivered %" PRIu64 " more %s of packets",
		      p->duplicated, p->duplicated == 1 ? "copy" : "copies");
	say(line);
}

static void say_matching(const struct owd_row *r)
{
	const struct pairing *p = r->pairing;
	struct strbuf line = STRBUF_INIT;

	strbuf_printf(&line,
		      "%" PRIu64 " TCP packets are in both captures, %" PRIu64
		      " only in the first, %" PRIu64 " only in the second",
		      p->matched, p->only[0], p->only[1]);
	say(&line);
	say_altered(p, &line);
	say_duplicated(p, &line);
	strbuf_release(&line);
}

static void owd_row(void *state, int level, const struct row_type *type,
		    const void *row)
{
	if (type == &owd_clock)
		owd_print_clock(row);
	else if (type == &owd_matching)
		say_matching(row);
	else
		sink_table.row(state, level, type, row);
}

static void *owd_open(const struct report_options *options,
		      const struct pick *picks, size_t n)
{
	return sink_table.open(options, picks, n);
}

static void owd_capture(void *state, const struct capture_info *info)
{
	sink_table.capture(state, info);
}

static void owd_close(void *state)
{
	sink_table.close(state);
}

static void owd_free(void *state)
{
	sink_table.free(state);
}

const struct sink sink_owd = { owd_open, owd_capture, owd_row, owd_close,
			       owd_free };
