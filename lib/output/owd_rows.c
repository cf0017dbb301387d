/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/owd_rows.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* A getter: "r" is the row, "out" what it fills. */
#define GETTER(name)                                                           \
	static void name##_of(const struct owd_row *r, struct value *out);     \
	static void name(const void *row, struct value *out)                   \
	{                                                                      \
		name##_of(row, out);                                           \
	}                                                                      \
	static void name##_of(const struct owd_row *r, struct value *out)

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

/* In the order of enum match_change. */
static const char *const changed_keys[MATCH_CHANGES] = {
	"mptcp", "sack", "timestamps", "other_options", "window", "flags"
};

GETTER(packet_altered)
{
	const char *comma = "";

	value_text(out, "[");
	for (unsigned bit = 0; bit < MATCH_CHANGES; bit++) {
		if (!(r->crossing->change >> bit & 1))
			continue;
		strbuf_printf(&out->text, "%s\"%s\"", comma, changed_keys[bit]);
		comma = ",";
	}
	strbuf_putc(&out->text, ']');
	out->kind = VALUE_JSON;
}

/* clang-format off */

/* name, heading, JSON key, type, flags, help, getter, getter for the table */
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

const struct row_type owd_matching = { "matching", "matching", matching_columns,
				       N(matching_columns) };
const struct row_type owd_stream = { "stream", "streams", stream_columns,
				     N(stream_columns) };
const struct row_type owd_packet = { "packet", "packets", packet_columns,
				     N(packet_columns) };
