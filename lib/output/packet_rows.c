/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/packet_rows.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/streams.h"
#include "output/define_columns.h"

#define ROW struct packet_row

static const char *const class_names[BYTE_CLASSES] = {
	[BYTES_UNIQUE] = "unique",
	[BYTES_TCP_RETRANSMITTED] = "tcp_retransmitted",
	[BYTES_MPTCP_REPEATED] = "mptcp_repeated",
	[BYTES_REINJECTED] = "reinjected",
	[BYTES_UNMAPPED] = "unmapped",
};

void packet_row_fill(struct packet_row *row, const struct ledgers *ledgers,
		     size_t packet)
{
	const struct trace *t = ledgers->trace;
	const struct packets *p = &t->packets;
	const struct stream *s = &t->streams[p->stream[packet]];

	row->listing.trace = t;
	row->listing.stream = s;
	row->listing.conn =
		s->connection < 0 ? NULL : &t->connections[s->connection];
	row->packet = packet;
	ledgers_look(ledgers, packet, &row->entry);
	packets_tcpopt(p, packet, &row->options);
	row->dss = tcpopt_find(&row->options, MP_DSS);
}

static const struct packets *packets(const struct packet_row *r)
{
	return &r->listing.trace->packets;
}

VALUE_GETTER(get_options_cut,
	     value_bool(out, packets(r)->mark[r->packet] & PACKET_OPTIONS_CUT))
VALUE_GETTER(get_time,
	     set_relative(out, r->listing.trace, packets(r)->time[r->packet]))
VALUE_GETTER(get_tcp_towards,
	     set_towards(out, packets(r)->mark[r->packet] & PACKET_REVERSE
				      ? TO_CLIENT
				      : TO_SERVER))
KNOWN_GETTER(get_subflow, r->listing.conn,
	     value_u64(out, r->listing.stream->position))
KNOWN_GETTER(get_towards, r->listing.conn, set_towards(out, r->entry.direction))

GETTER(get_window)
{
	const struct packets *p = packets(r);
	unsigned flags = p->flags[r->packet];
	int shift = stream_window_shift(
		r->listing.stream,
		p->mark[r->packet] & PACKET_REVERSE ? TO_CLIENT : TO_SERVER);

	/* The window of a SYN is never scaled (RFC 7323 2.2). */
	if (flags & TCP_SYN)
		shift = 0;
	if (shift >= 0)
		value_u64(out, (uint64_t)p->window[r->packet] << shift);
}

KNOWN_GETTER(get_tsval, r->options.has_ts, value_u64(out, r->options.tsval))
KNOWN_GETTER(get_tsecr, r->options.has_ts, value_u64(out, r->options.tsecr))

GETTER(get_mptcp)
{
	static const char *const names[] = {
		[MP_CAPABLE] = "mp_capable",
		[MP_JOIN] = "mp_join",
		[MP_DSS] = "dss",
		[MP_ADD_ADDR] = "add_addr",
		[MP_REMOVE_ADDR] = "remove_addr",
		[MP_PRIO] = "mp_prio",
		[MP_FAIL] = "mp_fail",
		[MP_FASTCLOSE] = "mp_fastclose",
		[MP_TCPRST] = "mp_tcprst",
	};

	for (size_t i = 0; i < r->options.n_mptcp; i++) {
		if (i == 0)
			value_text(out, names[r->options.mptcp[i].subtype]);
		else
			strbuf_printf(&out->text, " %s",
				      names[r->options.mptcp[i].subtype]);
	}
}

KNOWN_GETTER(get_dss_dsn, r->dss && (r->dss->has & MPTCP_HAS_DSN),
	     value_u64(out, r->dss->dsn))
KNOWN_GETTER(get_dss_ssn, r->dss && (r->dss->has & MPTCP_HAS_DSN),
	     value_u64(out, r->dss->ssn))
KNOWN_GETTER(get_dss_length, r->dss && (r->dss->has & MPTCP_HAS_DSN),
	     value_u64(out, r->dss->dll))
KNOWN_GETTER(get_data_fin, r->listing.conn,
	     value_bool(out, r->dss && (r->dss->has & MPTCP_DATA_FIN)))
KNOWN_GETTER(get_ssn, r->entry.n_pieces, value_i64(out, r->entry.pieces[0].ssn))

/* The first piece whose place in the data is known, or NULL. */
static const struct piece *placed(const struct packet_row *r)
{
	for (size_t i = 0; i < r->entry.n_pieces; i++)
		if (r->entry.pieces[i].dsn != LEDGER_UNKNOWN)
			return &r->entry.pieces[i];
	return NULL;
}

GETTER(get_dsn)
{
	const struct piece *piece = placed(r);

	if (piece)
		value_i64(out, piece->dsn);
}

GETTER(get_dsn64)
{
	const struct piece *piece = placed(r);

	if (piece && ledger_knows_dsn(r->entry.ledger, piece->direction))
		value_u64(out, r->entry.ledger->base[piece->direction] +
				       (uint64_t)piece->dsn);
}

KNOWN_GETTER(get_data_ack, r->entry.ack, value_i64(out, r->entry.ack->ack))

GETTER(get_data_ack64)
{
	const struct data_ack *ack = r->entry.ack;

	if (ack && ledger_knows_dsn(r->entry.ledger, ack->direction))
		value_u64(out, r->entry.ledger->base[ack->direction] +
				       (uint64_t)ack->ack);
}

GETTER(get_class)
{
	const struct piece *pieces = r->entry.pieces;
	size_t i = 1;

	if ((packets(r)->mark[r->packet] & PACKET_DUPLICATE) &&
	    packets(r)->len[r->packet])
		value_text(out, "duplicate");
	if ((packets(r)->mark[r->packet] & PACKET_COPY) &&
	    packets(r)->len[r->packet])
		value_text(out, "copy");
	if (!r->entry.n_pieces)
		return;
	while (i < r->entry.n_pieces &&
	       pieces[i].byte_class == pieces[0].byte_class)
		i++;
	value_text(out, i < r->entry.n_pieces
				? "mixed"
				: class_names[pieces[0].byte_class]);
}

static void count_class(const struct packet_row *r, enum byte_class c,
			struct value *out)
{
	uint64_t bytes = 0;

	if (!r->listing.conn)
		return;
	for (size_t i = 0; i < r->entry.n_pieces; i++)
		if (r->entry.pieces[i].byte_class == c)
			bytes += r->entry.pieces[i].len;
	value_u64(out, bytes);
}

VALUE_GETTER(get_unique, count_class(r, BYTES_UNIQUE, out))
VALUE_GETTER(get_retransmitted, count_class(r, BYTES_TCP_RETRANSMITTED, out))
VALUE_GETTER(get_repeated, count_class(r, BYTES_MPTCP_REPEATED, out))
VALUE_GETTER(get_reinjected, count_class(r, BYTES_REINJECTED, out))
VALUE_GETTER(get_unmapped, count_class(r, BYTES_UNMAPPED, out))

static struct origin origin_of(const struct packet_row *r)
{
	return origins_find(&r->listing.trace->info.origins,
			    packets(r)->frame[r->packet]);
}

VALUE_GETTER(get_file, value_text(out, origin_of(r).path))
KNOWN_GETTER(get_file_frame, origin_of(r).path,
	     value_u64(out, origin_of(r).frame))

GETTER(get_original_frames)
{
	uint32_t *frames = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < r->entry.n_pieces; i++) {
		uint32_t original = r->entry.pieces[i].original;

		if (original == LEDGER_NO_PACKET)
			continue;
		*MEM_PUSH(frames, n, cap) = packets(r)->frame[original];
	}
	if (!n)
		return;
	sort_uint32(frames, n);
	value_json(out, "[");
	for (size_t i = 0; i < n; i++)
		if (i == 0 || frames[i] != frames[i - 1])
			strbuf_printf(&out->text, "%s%" PRIu32, i ? "," : "",
				      frames[i]);
	strbuf_putc(&out->text, ']');
	free(frames);
}

GETTER(get_pieces)
{
	if (r->entry.n_pieces < 2)
		return;
	value_json(out, "[");
	for (size_t i = 0; i < r->entry.n_pieces; i++) {
		const struct piece *piece = &r->entry.pieces[i];
		struct strbuf *text = &out->text;

		strbuf_printf(text, "%s[%" PRId64 ",", i ? "," : "",
			      piece->ssn);
		if (piece->dsn != LEDGER_UNKNOWN)
			strbuf_printf(text, "%" PRId64, piece->dsn);
		else
			strbuf_puts(text, "null");
		strbuf_printf(text, ",%" PRIu32 ",\"%s\",", piece->len,
			      class_names[piece->byte_class]);
		if (piece->original != LEDGER_NO_PACKET)
			strbuf_printf(text, "%" PRIu32 "]",
				      packets(r)->frame[piece->original]);
		else
			strbuf_puts(text, "null]");
	}
	strbuf_putc(&out->text, ']');
}

/* clang-format off */

#define PLAIN(name, type, help, get) \
	COLUMN(name, NULL, NULL, type, 0, help, get)

static const struct column columns[] = {
	PLAIN("file", TEXT,
	      "the file of the packet, where several files are one capture",
	      get_file),
	PLAIN("file_frame", COUNT, "number of the packet in that file",
	      get_file_frame),
	PLAIN("options_cut", BOOL, "not all TCP options were captured",
	      get_options_cut),
	PLAIN("time_s", SECONDS, "since the first packet of the capture",
	      get_time),
	PLAIN("tcp_stream", COUNT,
	      "number of the TCP stream, as other commands show it",
	      get_stream_number),
	PLAIN("tcp_towards", TEXT,
	      "where it goes: server or client of the TCP stream",
	      get_tcp_towards),
	PLAIN("connection", COUNT,
	      "number of the MPTCP connection, if it has one", get_connection),
	PLAIN("subflow", COUNT,
	      "number of the subflow in the connection, from 0", get_subflow),
	PLAIN("towards", TEXT,
	      "where it goes: server or client of the connection", get_towards),
	PLAIN("window_bytes", BYTES,
	      "window, scaled; unknown without the SYNs that tell the scale",
	      get_window),
	PLAIN("tsval", COUNT, "TCP timestamp", get_tsval),
	PLAIN("tsecr", COUNT, "echoed TCP timestamp", get_tsecr),
	PLAIN("mptcp", TEXT, "MPTCP options in order, separated by blanks",
	      get_mptcp),
	PLAIN("dss_dsn", ID64,
	      "data sequence number of the mapping in the DSS, as on the wire",
	      get_dss_dsn),
	PLAIN("dss_ssn", COUNT, "subflow sequence number of that mapping",
	      get_dss_ssn),
	PLAIN("dss_length", COUNT, "data-level length of that mapping",
	      get_dss_length),
	PLAIN("data_fin", BOOL, "the DSS has a DATA_FIN", get_data_fin),
	PLAIN("ssn", COUNT,
	      "position of the first payload byte in the subflow, from 1",
	      get_ssn),
	PLAIN("dsn", COUNT,
	      "position of the first mapped payload byte in the data, from 1",
	      get_dsn),
	PLAIN("dsn64", ID64,
	      "data sequence number of that byte, 64 bits; unknown after a "
	      "fallback", get_dsn64),
	PLAIN("data_ack", COUNT, "DATA_ACK, relative as dsn", get_data_ack),
	PLAIN("data_ack64", ID64, "DATA_ACK, 64 bits; unknown after a fallback",
	      get_data_ack64),
	PLAIN("class", TEXT, "class of the payload: unique, tcp_retransmitted, "
	      "mptcp_repeated, reinjected, unmapped; mixed; duplicate or copy",
	      get_class),
	PLAIN("unique_bytes", BYTES, "payload bytes that are unique",
	      get_unique),
	PLAIN("tcp_retransmitted_bytes", BYTES,
	      "payload bytes that are TCP-retransmitted", get_retransmitted),
	PLAIN("mptcp_repeated_bytes", BYTES,
	      "payload bytes that are MPTCP-repeated", get_repeated),
	PLAIN("reinjected_bytes", BYTES, "payload bytes that are reinjected",
	      get_reinjected),
	PLAIN("unmapped_bytes", BYTES, "payload bytes that are unmapped",
	      get_unmapped),
	PLAIN("original_frames", LIST,
	      "frames that had sent bytes of this payload before",
	      get_original_frames),
	PLAIN("pieces", LIST,
	      "[ssn, dsn, bytes, class, original frame] of each piece, where "
	      "there are several", get_pieces),
};

/* clang-format on */

ROW_TYPE(packet_row_type, "packet", "packets", columns);
