/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/owd_rows.h"

#include "output/define_columns.h"

#define ROW struct owd_row

/* Packets of both captures. */

VALUE_GETTER(matching_both, value_u64(out, r->pairing->matched))
VALUE_GETTER(matching_first, value_u64(out, r->pairing->only[0]))
VALUE_GETTER(matching_altered, value_u64(out, r->pairing->altered))
VALUE_GETTER(matching_duplicated, value_u64(out, r->pairing->duplicated))
VALUE_GETTER(matching_second, value_u64(out, r->pairing->only[1]))

/* Streams. */

static const struct paired_stream *stream_of(const struct owd_row *r)
{
	return r->owd ? r->owd->stream : r->stream;
}

VALUE_GETTER(row_mapped, value_u64(out, stream_of(r)->stream[1]->tcp_stream))
VALUE_GETTER(row_towards, set_towards(out, r->owd ? r->owd->direction
						  : r->crossing->direction))

GETTER(row_path)
{
	const struct stream *s = stream_of(r)->stream[0];
	enum direction d = r->owd ? r->owd->direction : r->crossing->direction;
	bool turned = (d == TO_CLIENT) ^ s->flipped;

	value_text(out, "");
	address_append(&out->text,
		       turned ? &s->server.address : &s->client.address);
	strbuf_puts(&out->text, " > ");
	address_append(&out->text,
		       turned ? &s->client.address : &s->server.address);
}

#define COUNT_GETTER(name)                                                     \
	VALUE_GETTER(owd_##name, value_u64(out, r->owd->name))

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
	VALUE_GETTER(owd_altered_##name,                                       \
		     value_u64(out, r->owd->altered_in[bit]))

/* In the order of enum match_change. */
ALTERED_GETTER(mptcp, 0)
ALTERED_GETTER(sack, 1)
ALTERED_GETTER(timestamps, 2)
ALTERED_GETTER(options, 3)
ALTERED_GETTER(window, 4)
ALTERED_GETTER(flags, 5)

VALUE_GETTER(owd_loss, value_ratio(out, r->owd->lost, r->owd->crossed))
DISTRIBUTION_GETTERS(delay, &r->owd->delay)
DISTRIBUTION_GETTERS(raw, &r->owd->raw)
QUANTILE_GETTER(variation_p50, &r->owd->variation, p50, value_ns)
QUANTILE_GETTER(variation_p95, &r->owd->variation, p95, value_ns)
QUANTILE_GETTER(variation_max, &r->owd->variation, max, value_ns)

/* Packets. */

static uint32_t frame_of(const struct owd_row *r, int end)
{
	return r->pairing->trace[end]->packets.frame[r->crossing->packet[end]];
}

static const struct trace *trace_of(const struct owd_row *r, int end)
{
	return r->pairing->trace[end];
}

static int64_t time_of(const struct owd_row *r, int end)
{
	return r->pairing->trace[end]->packets.time[r->crossing->packet[end]];
}

/* Of the frame in the capture of an end. */
#define FRAME_GETTERS(name, end)                                               \
	VALUE_GETTER(packet_##name##_frame,                                    \
		     set_frame(out, trace_of(r, end), frame_of(r, end)))       \
	VALUE_GETTER(packet_##name##_frame_text,                               \
		     set_frame_text(out, trace_of(r, end), frame_of(r, end)))  \
	VALUE_GETTER(packet_##name##_file,                                     \
		     set_frame_file(out, trace_of(r, end), frame_of(r, end)))

FRAME_GETTERS(sender, r->crossing->sender)
FRAME_GETTERS(receiver, !r->crossing->sender)

GETTER(packet_sent)
{
	int e = r->crossing->sender;

	value_ns(out, time_of(r, e) - r->pairing->trace[e]->info.first_time);
}

VALUE_GETTER(packet_sent_time, value_ns(out, time_of(r, r->crossing->sender)))
VALUE_GETTER(packet_received_time,
	     value_ns(out, time_of(r, !r->crossing->sender)))
VALUE_GETTER(packet_raw, value_ns(out, r->crossing->raw))
KNOWN_GETTER(packet_delay, r->crossing->has_delay,
	     value_ns(out, r->crossing->delay))
VALUE_GETTER(packet_bytes,
	     value_u64(out, r->pairing->trace[0]
				    ->packets.len[r->crossing->packet[0]]))

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

	value_json(out, "[");
	for (unsigned bit = 0; bit < MATCH_CHANGES; bit++) {
		if (!(r->crossing->change >> bit & 1))
			continue;
		strbuf_printf(&out->text, "%s\"%s\"", comma, changed_keys[bit]);
		comma = ",";
	}
	strbuf_putc(&out->text, ']');
}

/* clang-format off */

static const struct column matching_columns[] = {
	SHOWN("matched", COUNT, "TCP packets that both captures have",
	      matching_both),
	SHOWN("only_first", COUNT,
	      "TCP packets that only the first has",
	      matching_first),
	SHOWN("only_second", COUNT,
	      "TCP packets that only the second has",
	      matching_second),
	SAME("altered", COUNT,
	     "matched packets that arrived with other options, window or flags",
	     matching_altered),
	SAME("duplicated", COUNT, "copies that the network delivered",
	     matching_duplicated),
};

#define STREAM_COLUMNS \
	COLUMN("connection", "CONN", "connection", COUNT, COLUMN_TABLE, \
	       "number of the connection in the first capture", \
	       get_connection), \
	COLUMN("tcp_stream", "TCP", "tcp_stream", COUNT, COLUMN_TABLE, \
	       "tcp.stream in the first capture", get_stream_number), \
	COLUMN("mapped_tcp_stream", "TCP-B", "mapped_tcp_stream", COUNT, \
	       COLUMN_TABLE, "tcp.stream in the second capture", row_mapped), \
	TOWARDS_COLUMN(row_towards)

static const struct column stream_columns[] = {
	STREAM_COLUMNS,
	COLUMN("path", NULL, NULL, TEXT, COLUMN_HUMAN,
	       "addresses in the first capture", row_path),
	SHOWN("sent", COUNT, "packets in the capture of the sender", owd_sent),
	SHOWN("matched", COUNT, "packets that are certainly in both captures",
	      owd_matched),
	SHOWN("lost", COUNT, "packets that never arrived", owd_lost),
	SAME("loss_ratio", RATIO,
	     "lost packets, of those sent while both captures ran", owd_loss),
	COLUMN("not_captured", "UNSEEN", "not_captured", COUNT, COLUMN_TABLE,
	       "packets that one of the captures lacks", owd_not_captured),
	SAME("ambiguous", COUNT,
	     "packets that fit several packets of the other capture",
	     owd_ambiguous),
	SAME("coalesced", COUNT, "packets that were split or merged on the way",
	     owd_coalesced),
	SAME("outside", COUNT,
	     "packets sent while the other capture did not run", owd_outside),
	SAME("duplicates", COUNT, "copies that another interface captured",
	     owd_copies),
	SAME("duplicated", COUNT, "copies that the network delivered",
	     owd_duplicated),
	SAME("altered", COUNT,
	     "packets that arrived with other options, window or flags",
	     owd_altered),
	COLUMN("altered_mptcp", NULL, "altered_in.mptcp", COUNT, 0,
	       "packets that arrived with other MPTCP options, or without them",
	       owd_altered_mptcp),
	COLUMN("altered_sack", NULL, "altered_in.sack", COUNT, 0,
	       "packets that arrived with another SACK option, or without it",
	       owd_altered_sack),
	COLUMN("altered_timestamps", NULL, "altered_in.timestamps", COUNT, 0,
	       "packets that arrived with other timestamps, or without them",
	       owd_altered_timestamps),
	COLUMN("altered_other_options", NULL, "altered_in.other_options", COUNT,
	       0, "packets that arrived with any other TCP option changed",
	       owd_altered_options),
	COLUMN("altered_window", NULL, "altered_in.window", COUNT, 0,
	       "packets that arrived with another window", owd_altered_window),
	COLUMN("altered_flags", NULL, "altered_in.flags", COUNT, 0,
	       "packets that arrived with other flags (PSH, URG, those of ECN)",
	       owd_altered_flags),
	COLUMN("owd_min_ms", "MIN", "owd_ms.min", MILLISECONDS, COLUMN_TABLE,
	       "one-way delay of matched packets on one clock, shortest",
	       delay_min),
	COLUMN("owd_p50_ms", "MEDIAN", "owd_ms.p50", MILLISECONDS, COLUMN_TABLE,
	       "one-way delay, median", delay_p50),
	COLUMN("owd_p95_ms", "P95", "owd_ms.p95", MILLISECONDS, COLUMN_TABLE,
	       "one-way delay, 95th percentile", delay_p95),
	COLUMN("owd_max_ms", "MAX", "owd_ms.max", MILLISECONDS, COLUMN_TABLE,
	       "one-way delay, longest", delay_max),
	COLUMN("raw_owd_min_ms", NULL, "raw_owd_ms.min", MILLISECONDS, 0,
	       "receiver's time stamp - sender's, shortest", raw_min),
	COLUMN("raw_owd_p50_ms", NULL, "raw_owd_ms.p50", MILLISECONDS, 0,
	       "receiver's time stamp - sender's, median", raw_p50),
	COLUMN("raw_owd_p95_ms", NULL, "raw_owd_ms.p95", MILLISECONDS, 0,
	       "receiver's time stamp - sender's, 95th percentile", raw_p95),
	COLUMN("raw_owd_max_ms", NULL, "raw_owd_ms.max", MILLISECONDS, 0,
	       "receiver's time stamp - sender's, longest", raw_max),
	COLUMN("variation_p50_ms", "VARIATION", "delay_variation_ms.p50",
	       MILLISECONDS, COLUMN_TABLE,
	       "absolute change from the packet sent before (RFC 3393), median",
	       variation_p50),
	COLUMN("variation_p95_ms", NULL, "delay_variation_ms.p95", MILLISECONDS,
	       0, "change of the delay, 95th percentile", variation_p95),
	COLUMN("variation_max_ms", NULL, "delay_variation_ms.max", MILLISECONDS,
	       0, "change of the delay, largest", variation_max),
};

static const struct column packet_columns[] = {
	STREAM_COLUMNS,
	{ "sender_frame", "SENT", "sender_frame", COLUMN_COUNT, COLUMN_TABLE,
	  "frame in the sender's capture", packet_sender_frame,
	  packet_sender_frame_text },
	SAME("sender_file", TEXT, "the file of this frame",
	     packet_sender_file),
	{ "receiver_frame", "RECEIVED", "receiver_frame", COLUMN_COUNT,
	  COLUMN_TABLE, "frame in the receiver's capture",
	  packet_receiver_frame, packet_receiver_frame_text },
	SAME("receiver_file", TEXT, "the file of this frame",
	     packet_receiver_file),
	COLUMN("sent_s", "TIME", "sent_s", SECONDS, COLUMN_TABLE,
	       "when it was sent, since the start of the sender's capture",
	       packet_sent),
	SAME("sent_time", TIME, "time stamp in the sender's capture",
	     packet_sent_time),
	SAME("received_time", TIME, "time stamp in the receiver's capture",
	     packet_received_time),
	SHOWN("bytes", COUNT, "bytes of payload", packet_bytes),
	COLUMN("raw_ms", "RAW", "raw_ms", MILLISECONDS, COLUMN_TABLE,
	       "receiver's time stamp minus sender's", packet_raw),
	COLUMN("owd_ms", "DELAY", "owd_ms", MILLISECONDS, COLUMN_TABLE,
	       "one-way delay on one clock", packet_delay),
	SAME("match", TEXT, "certainty: matched, ambiguous or coalesced",
	     packet_match),
	SAME("altered", LIST,
	     "what was changed on the way: mptcp, sack, timestamps, "
	     "other_options, window, flags", packet_altered),
};

/* clang-format on */

ROW_TYPE(owd_matching, "matching", "matching", matching_columns);
ROW_TYPE(owd_stream, "stream", "streams", stream_columns);
ROW_TYPE(owd_packet, "packet", "packets", packet_columns);
