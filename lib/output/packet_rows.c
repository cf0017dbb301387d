/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/packet_rows.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
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

GETTER(get_options_cut)
{
	value_bool(out, packets(r)->mark[r->packet] & PACKET_OPTIONS_CUT);
}

GETTER(get_time)
{
	set_relative(out, r->listing.trace, packets(r)->time[r->packet]);
}

GETTER(get_tcp_towards)
{
	set_towards(out, packets(r)->mark[r->packet] & PACKET_REVERSE
				 ? TO_CLIENT
				 : TO_SERVER);
}

GETTER(get_subflow)
{
	if (r->listing.conn)
		value_u64(out, r->listing.stream->position);
}

GETTER(get_towards)
{
	if (r->listing.conn)
		set_towards(out, r->entry.direction);
}

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

GETTER(get_tsval)
{
	if (r->options.has_ts)
		value_u64(out, r->options.tsval);
}

GETTER(get_tsecr)
{
	if (r->options.has_ts)
		value_u64(out, r->options.tsecr);
}

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

GETTER(get_dss_dsn)
{
	if (r->dss && (r->dss->has & MPTCP_HAS_DSN))
		value_u64(out, r->dss->dsn);
}

GETTER(get_dss_ssn)
{
	if (r->dss && (r->dss->has & MPTCP_HAS_DSN))
		value_u64(out, r->dss->ssn);
}

GETTER(get_dss_length)
{
	if (r->dss && (r->dss->has & MPTCP_HAS_DSN))
		value_u64(out, r->dss->dll);
}

GETTER(get_data_fin)
{
	if (r->listing.conn)
		value_bool(out, r->dss && (r->dss->has & MPTCP_DATA_FIN));
}

GETTER(get_ssn)
{
	if (r->entry.n_pieces)
		value_i64(out, r->entry.pieces[0].ssn);
}

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

GETTER(get_data_ack)
{
	if (r->entry.ack)
		value_i64(out, r->entry.ack->ack);
}

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

GETTER(get_unique)
{
	count_class(r, BYTES_UNIQUE, out);
}

GETTER(get_retransmitted)
{
	count_class(r, BYTES_TCP_RETRANSMITTED, out);
}

GETTER(get_repeated)
{
	count_class(r, BYTES_MPTCP_REPEATED, out);
}

GETTER(get_reinjected)
{
	count_class(r, BYTES_REINJECTED, out);
}

GETTER(get_unmapped)
{
	count_class(r, BYTES_UNMAPPED, out);
}

static int by_number(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

GETTER(get_original_frames)
{
	uint32_t *frames = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < r->entry.n_pieces; i++) {
		uint32_t original = r->entry.pieces[i].original;

		if (original == LEDGER_NO_PACKET)
			continue;
		MEM_PUSH_ROOM(frames, n, cap);
		frames[n++] = packets(r)->frame[original];
	}
	if (!n)
		return;
	qsort(frames, n, sizeof(*frames), by_number);
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

static const struct column columns[] = {
	COLUMN("options_cut", NULL, NULL, BOOL, 0,
	       "not all TCP options were captured", get_options_cut),
	COLUMN("time_s", NULL, NULL, SECONDS, 0,
	       "since the first packet of the capture", get_time),
	COLUMN("tcp_stream", NULL, NULL, COUNT, 0,
	       "number of the TCP stream, as other commands show it",
	       get_stream_number),
	COLUMN("tcp_towards", NULL, NULL, TEXT, 0,
	       "where it goes: server or client of the TCP stream",
	       get_tcp_towards),
	COLUMN("connection", NULL, NULL, COUNT, 0,
	       "number of the MPTCP connection, if it has one", get_connection),
	COLUMN("subflow", NULL, NULL, COUNT, 0,
	       "place of the subflow in the connection, from 0", get_subflow),
	COLUMN("towards", NULL, NULL, TEXT, 0,
	       "where it goes: server or client of the connection",
	       get_towards),
	COLUMN("window_bytes", NULL, NULL, BYTES, 0,
	       "window, scaled; unknown without the SYNs that tell the scale",
	       get_window),
	COLUMN("tsval", NULL, NULL, COUNT, 0, "TCP timestamp", get_tsval),
	COLUMN("tsecr", NULL, NULL, COUNT, 0, "TCP timestamp that is echoed",
	       get_tsecr),
	COLUMN("mptcp", NULL, NULL, TEXT, 0,
	       "MPTCP options in their order, blanks between", get_mptcp),
	COLUMN("dss_dsn", NULL, NULL, ID64, 0,
	       "data sequence number of the mapping in the DSS, as on the wire",
	       get_dss_dsn),
	COLUMN("dss_ssn", NULL, NULL, COUNT, 0,
	       "subflow sequence number of that mapping", get_dss_ssn),
	COLUMN("dss_length", NULL, NULL, COUNT, 0,
	       "data-level length of that mapping", get_dss_length),
	COLUMN("data_fin", NULL, NULL, BOOL, 0, "the DSS has a DATA_FIN",
	       get_data_fin),
	COLUMN("ssn", NULL, NULL, COUNT, 0,
	       "place of the first payload byte in the subflow, from 1",
	       get_ssn),
	COLUMN("dsn", NULL, NULL, COUNT, 0,
	       "place of the first mapped payload byte in the data, from 1",
	       get_dsn),
	COLUMN("dsn64", NULL, NULL, ID64, 0,
	       "data sequence number of that byte, 64 bits; unknown after a "
	       "fallback", get_dsn64),
	COLUMN("data_ack", NULL, NULL, COUNT, 0, "DATA_ACK, relative as dsn",
	       get_data_ack),
	COLUMN("data_ack64", NULL, NULL, ID64, 0,
	       "DATA_ACK, 64 bits; unknown after a fallback", get_data_ack64),
	COLUMN("class", NULL, NULL, TEXT, 0,
	       "class of the payload: unique, tcp_retransmitted, "
	       "mptcp_repeated, reinjected, unmapped; mixed; or duplicate",
	       get_class),
	COLUMN("unique_bytes", NULL, NULL, BYTES, 0,
	       "payload bytes that are unique", get_unique),
	COLUMN("tcp_retransmitted_bytes", NULL, NULL, BYTES, 0,
	       "payload bytes that are TCP-retransmitted", get_retransmitted),
	COLUMN("mptcp_repeated_bytes", NULL, NULL, BYTES, 0,
	       "payload bytes that are MPTCP-repeated", get_repeated),
	COLUMN("reinjected_bytes", NULL, NULL, BYTES, 0,
	       "payload bytes that are reinjected", get_reinjected),
	COLUMN("unmapped_bytes", NULL, NULL, BYTES, 0,
	       "payload bytes that are unmapped", get_unmapped),
	COLUMN("original_frames", NULL, NULL, LIST, 0,
	       "frames that had sent bytes of this payload before",
	       get_original_frames),
	COLUMN("pieces", NULL, NULL, LIST, 0,
	       "[ssn, dsn, bytes, class, original frame] of each piece, where "
	       "there are several", get_pieces),
};

/* clang-format on */

const struct row_type packet_row_type = { "packet", "packets", columns,
					  N(columns) };
