/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/listing.h"

#include <stdlib.h>
#include <string.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* A getter: "r" is the row, "out" what it fills. */
#define GETTER(name)                                                           \
	static void name##_of(const struct listing_row *r, struct value *out); \
	static void name(const void *row, struct value *out)                   \
	{                                                                      \
		name##_of(row, out);                                           \
	}                                                                      \
	static void name##_of(const struct listing_row *r, struct value *out)

/* Common to all three. */

static void set_endpoint(struct value *out, const struct endpoint *e)
{
	value_text(out, "");
	strbuf_printf(&out->text, strchr(e->address, ':') ? "[%s]:%u" : "%s:%u",
		      e->address, e->port);
}

static void set_relative(struct value *out, const struct trace *t, int64_t ns)
{
	if (t->info.has_time)
		value_ns(out, ns - t->info.first_time);
}

GETTER(get_capture)
{
	value_u64(out, r->capture);
}

GETTER(get_path)
{
	value_text(out, r->trace->info.path);
}

/* The line of the connection above has it. */
GETTER(get_blank)
{
	(void)r;
	value_text(out, "");
}

GETTER(get_connection)
{
	if (r->conn)
		value_u64(out, r->conn->id);
}

/* Connections. */

GETTER(conn_version)
{
	if (r->conn->version >= 0)
		value_u64(out, (uint64_t)r->conn->version);
}

GETTER(conn_state)
{
	value_text(out, conn_state_name(r->conn->state));
}

GETTER(conn_cause)
{
	value_text(out, fallback_cause_name(r->conn->cause));
}

GETTER(conn_grouping)
{
	value_text(out, grouping_name(r->conn->grouping));
}

GETTER(conn_close)
{
	value_text(out, conn_end_name(r->conn->close));
}

GETTER(conn_subflows)
{
	value_u64(out, r->conn->n_subflows);
}

GETTER(conn_start)
{
	set_relative(out, r->trace, r->conn->first_time);
}

GETTER(conn_duration)
{
	value_ns(out, r->conn->last_time - r->conn->first_time);
}

GETTER(conn_filter)
{
	char *filter = trace_filter(r->trace, r->conn);

	value_text(out, filter);
	free(filter);
}

static void set_key(struct value *out, const struct conn_side *side)
{
	if (side->has_key)
		value_u64(out, side->key);
}

static void set_token(struct value *out, const struct conn_side *side)
{
	if (side->has_token)
		value_u64(out, side->token);
}

static void set_idsn(struct value *out, const struct conn_side *side)
{
	if (side->has_idsn)
		value_u64(out, side->idsn);
}

#define SIDE_GETTERS(role, i)                                                  \
	GETTER(conn_##role)                                                    \
	{                                                                      \
		set_endpoint(out, &r->conn->side[i].end);                      \
	}                                                                      \
	GETTER(conn_##role##_key)                                              \
	{                                                                      \
		set_key(out, &r->conn->side[i]);                               \
	}                                                                      \
	GETTER(conn_##role##_token)                                            \
	{                                                                      \
		set_token(out, &r->conn->side[i]);                             \
	}                                                                      \
	GETTER(conn_##role##_idsn)                                             \
	{                                                                      \
		set_idsn(out, &r->conn->side[i]);                              \
	}                                                                      \
	GETTER(conn_##role##_address)                                          \
	{                                                                      \
		value_text(out, r->conn->side[i].end.address);                 \
	}                                                                      \
	GETTER(conn_##role##_port)                                             \
	{                                                                      \
		value_u64(out, r->conn->side[i].end.port);                     \
	}

SIDE_GETTERS(client, 0)
SIDE_GETTERS(server, 1)

/* Data without any mapping: how much of it is distinct cannot be known. */
static void set_unique(struct value *out, const struct byte_counts *b)
{
	if (b->of[BYTES_UNIQUE] > 0 || b->of[BYTES_UNMAPPED] == 0)
		value_u64(out, b->of[BYTES_UNIQUE]);
}

GETTER(conn_bytes_to_server)
{
	set_unique(out, &r->conn->bytes[TO_SERVER]);
}

GETTER(conn_bytes_to_client)
{
	set_unique(out, &r->conn->bytes[TO_CLIENT]);
}

GETTER(conn_sent_to_server)
{
	value_u64(out, r->conn->bytes[TO_SERVER].sent);
}

GETTER(conn_sent_to_client)
{
	value_u64(out, r->conn->bytes[TO_CLIENT].sent);
}

/* Streams, and subflows. */

GETTER(stream_label)
{
	value_text(out, "");
	strbuf_printf(&out->text, "tcp %u", r->stream->tcp_stream);
}

GETTER(stream_number)
{
	value_u64(out, r->stream->tcp_stream);
}

GETTER(stream_client)
{
	set_endpoint(out, &r->stream->client);
}

GETTER(stream_server)
{
	set_endpoint(out, &r->stream->server);
}

GETTER(subflow_client)
{
	set_endpoint(out, r->stream->flipped ? &r->stream->server
					     : &r->stream->client);
}

GETTER(subflow_server)
{
	set_endpoint(out, r->stream->flipped ? &r->stream->client
					     : &r->stream->server);
}

GETTER(stream_client_address)
{
	value_text(out, r->stream->client.address);
}

GETTER(stream_client_port)
{
	value_u64(out, r->stream->client.port);
}

GETTER(stream_server_address)
{
	value_text(out, r->stream->server.address);
}

GETTER(stream_server_port)
{
	value_u64(out, r->stream->server.port);
}

GETTER(stream_start)
{
	set_relative(out, r->trace, r->stream->first_time);
}

GETTER(stream_duration)
{
	value_ns(out, r->stream->last_time - r->stream->first_time);
}

GETTER(stream_end)
{
	value_text(out, conn_end_name(r->stream->end));
}

GETTER(stream_packets)
{
	value_u64(out, r->stream->n);
}

GETTER(stream_bytes_to_server)
{
	value_u64(out, r->stream->side[TO_SERVER].unique);
}

GETTER(stream_bytes_to_client)
{
	value_u64(out, r->stream->side[TO_CLIENT].unique);
}

GETTER(stream_interface)
{
	const struct strlist *names = &r->trace->packets.interfaces;
	int i = r->stream->interface;

	if (i >= 0 && (size_t)i < names->n && *names->items[i])
		value_text(out, names->items[i]);
}

static const char *reason_name(uint8_t reason)
{
	/* RFC 8684 section 3.6 */
	static const char *const names[] = {
		"unspecified", "mptcp_error",	"lack_of_resources",
		"prohibited",  "too_much_data", "bad_performance",
		"middlebox",
	};

	return reason < N(names) ? names[reason] : "unknown";
}

GETTER(stream_end_reason)
{
	for (size_t i = 0; i < 2; i++)
		if (r->stream->side[i].has_reason)
			value_text(out, reason_name(r->stream->side[i].reason));
}

GETTER(subflow_state)
{
	if (r->stream->end == END_OPEN && r->stream->established)
		value_text(out, "established");
	else
		value_text(out, conn_end_name(r->stream->end));
}

GETTER(subflow_opened_by)
{
	if (r->stream->roles_known)
		value_text(out, r->stream->flipped ? "server" : "client");
}

static void set_id(struct value *out, const struct stream *s, size_t side)
{
	if (s->side[side].has_id)
		value_u64(out, s->side[side].id);
	else if (s->kind == STREAM_INITIAL)
		value_u64(out, 0);
}

GETTER(subflow_local_id)
{
	set_id(out, r->stream, TO_SERVER);
}

GETTER(subflow_remote_id)
{
	set_id(out, r->stream, TO_CLIENT);
}

GETTER(subflow_backup)
{
	value_bool(out, r->stream->side[0].backup || r->stream->side[1].backup);
}

GETTER(subflow_established)
{
	if (r->stream->established || r->stream->kind != STREAM_ORPHAN)
		value_bool(out, r->stream->established);
}

GETTER(subflow_join_delay)
{
	const struct connection *c = r->conn;
	const struct stream *initial = NULL;

	if (!c->has_initial || r->stream->kind != STREAM_JOIN)
		return;
	initial = &r->trace->streams[c->subflows[0]];
	if (initial->side[TO_SERVER].has_syn &&
	    r->stream->side[TO_SERVER].has_syn)
		value_ns(out, r->stream->first_time - initial->first_time);
}

/* Bytes of a subflow are unknown where those of its connection are. */
static void set_subflow_unique(const struct listing_row *r, enum direction d,
			       struct value *out)
{
	set_unique(out, &r->conn->bytes[d]);
	if (out->kind != VALUE_NULL)
		value_u64(out, r->stream->bytes[d].of[BYTES_UNIQUE]);
}

GETTER(subflow_bytes_to_server)
{
	set_subflow_unique(r, TO_SERVER, out);
}

GETTER(subflow_bytes_to_client)
{
	set_subflow_unique(r, TO_CLIENT, out);
}

GETTER(subflow_sent_to_server)
{
	value_u64(out, r->stream->bytes[TO_SERVER].sent);
}

GETTER(subflow_sent_to_client)
{
	value_u64(out, r->stream->bytes[TO_CLIENT].sent);
}

/* Order of initialisers: name, heading, JSON key, type, flags, help, get. */
#define TABLE COLUMN_TABLE
#define PATH_COLUMNS                                                           \
	{ "capture",	NULL, "capture",                                       \
	  COLUMN_COUNT, 0,    "number of the capture, from 0",                 \
	  get_capture,	NULL },                                                \
	{                                                                      \
		"file", "CAPTURE", NULL, COLUMN_TEXT, COLUMN_MULTI,            \
			"the capture file", get_path, NULL                     \
	}

static const struct column connection_columns[] = {
	{ "id", NULL, "id", COLUMN_COUNT, TABLE, "number of the connection",
	  get_connection, NULL },
	PATH_COLUMNS,
	{ "version", "VER", "version", COLUMN_COUNT, TABLE,
	  "MPTCP version: 0 or 1", conn_version, NULL },
	{ "state", NULL, "state", COLUMN_TEXT, TABLE | COLUMN_COLOUR,
	  "established, fallback, incomplete or refused", conn_state, NULL },
	{ "fallback_cause", NULL, "fallback_cause", COLUMN_TEXT, COLUMN_CUT,
	  "why it fell back to plain TCP", conn_cause, NULL },
	{ "grouping", NULL, "grouping", COLUMN_TEXT, COLUMN_CUT,
	  "what ties its subflows: handshake or data_sequence", conn_grouping,
	  NULL },
	{ "client", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "address and port of the client", conn_client, NULL },
	{ "client_key", NULL, "client.key", COLUMN_ID64, 0, "client's key",
	  conn_client_key, NULL },
	{ "client_token", NULL, "client.token", COLUMN_TOKEN, 0,
	  "client's token", conn_client_token, NULL },
	{ "client_idsn", NULL, "client.idsn", COLUMN_ID64, 0,
	  "client's initial data sequence number", conn_client_idsn, NULL },
	{ "client_address", NULL, "client.address", COLUMN_TEXT, 0,
	  "client's address on the initial subflow", conn_client_address,
	  NULL },
	{ "client_port", NULL, "client.port", COLUMN_COUNT, 0, "client's port",
	  conn_client_port, NULL },
	{ "server", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "address and port of the server", conn_server, NULL },
	{ "server_key", NULL, "server.key", COLUMN_ID64, 0, "server's key",
	  conn_server_key, NULL },
	{ "server_token", NULL, "server.token", COLUMN_TOKEN, 0,
	  "server's token", conn_server_token, NULL },
	{ "server_idsn", NULL, "server.idsn", COLUMN_ID64, 0,
	  "server's initial data sequence number", conn_server_idsn, NULL },
	{ "server_address", NULL, "server.address", COLUMN_TEXT, 0,
	  "server's address on the initial subflow", conn_server_address,
	  NULL },
	{ "server_port", NULL, "server.port", COLUMN_COUNT, 0, "server's port",
	  conn_server_port, NULL },
	{ "subflows", "SUB", "subflow_count", COLUMN_COUNT, TABLE,
	  "number of subflows", conn_subflows, NULL },
	{ "start_s", "START", "start_s", COLUMN_SECONDS, 0,
	  "first packet, since the start of the capture", conn_start, NULL },
	{ "duration_s", "TIME", "duration_s", COLUMN_SECONDS, TABLE,
	  "from the first packet to the last", conn_duration, NULL },
	{ "close", NULL, "close", COLUMN_TEXT, 0, "how it ended", conn_close,
	  NULL },
	{ "bytes_to_server", "TO-SRV", "bytes_to_server", COLUMN_BYTES, TABLE,
	  "unique data bytes towards the server", conn_bytes_to_server, NULL },
	{ "bytes_to_client", "TO-CLI", "bytes_to_client", COLUMN_BYTES, TABLE,
	  "unique data bytes towards the client", conn_bytes_to_client, NULL },
	{ "sent_to_server", NULL, "sent_to_server", COLUMN_BYTES, 0,
	  "all payload towards the server, repetitions too",
	  conn_sent_to_server, NULL },
	{ "sent_to_client", NULL, "sent_to_client", COLUMN_BYTES, 0,
	  "all payload towards the client, repetitions too",
	  conn_sent_to_client, NULL },
	{ "filter", NULL, "filter", COLUMN_TEXT, COLUMN_CUT,
	  "Wireshark display filter for exactly this connection", conn_filter,
	  NULL },
};

#define STREAM_ADDRESS_COLUMNS                                                 \
	{ "client_address",	 NULL, "client_address",                       \
	  COLUMN_TEXT,		 0,    "address of the TCP client",            \
	  stream_client_address, NULL },                                       \
		{ "client_port",      NULL, "client_port",                     \
		  COLUMN_COUNT,	      0,    "port of the TCP client",          \
		  stream_client_port, NULL },                                  \
		{ "server_address",	 NULL, "server_address",               \
		  COLUMN_TEXT,		 0,    "address of the TCP server",    \
		  stream_server_address, NULL },                               \
	{                                                                      \
		"server_port", NULL, "server_port", COLUMN_COUNT, 0,           \
			"port of the TCP server", stream_server_port, NULL     \
	}

static const struct column subflow_columns[] = {
	{ "id", NULL, NULL, COLUMN_COUNT, TABLE,
	  "number of the connection; in the table \"tcp\" and tcp_stream",
	  get_connection, stream_label },
	{ "capture", NULL, NULL, COLUMN_COUNT, 0,
	  "number of the capture, from 0", get_capture, NULL },
	{ "file", "CAPTURE", NULL, COLUMN_TEXT, COLUMN_MULTI,
	  "the capture file", get_path, get_blank },
	{ "tcp_stream", NULL, "tcp_stream", COLUMN_COUNT, 0,
	  "Wireshark's tcp.stream", stream_number, NULL },
	{ "state", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_COLOUR,
	  "established, or how it ended", subflow_state, NULL },
	{ "client", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "the connection's client on this subflow", subflow_client, NULL },
	{ "server", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "the connection's server on this subflow", subflow_server, NULL },
	STREAM_ADDRESS_COLUMNS,
	{ "opened_by", NULL, "opened_by", COLUMN_TEXT, 0,
	  "the connection's client or server", subflow_opened_by, NULL },
	{ "local_id", NULL, "local_id", COLUMN_COUNT, 0,
	  "address id of the side that opened it", subflow_local_id, NULL },
	{ "remote_id", NULL, "remote_id", COLUMN_COUNT, 0,
	  "address id of the other side", subflow_remote_id, NULL },
	{ "backup", NULL, "backup", COLUMN_BOOL, 0,
	  "a side asked to use it as a backup only", subflow_backup, NULL },
	{ "interface", NULL, "interface", COLUMN_TEXT, COLUMN_CUT,
	  "interface that captured its first packet", stream_interface, NULL },
	{ "start_s", "START", "start_s", COLUMN_SECONDS, 0,
	  "first packet, since the start of the capture", stream_start, NULL },
	{ "duration_s", "TIME", "duration_s", COLUMN_SECONDS, TABLE,
	  "from the first packet to the last", stream_duration, NULL },
	{ "join_delay_ms", "JOIN", "join_delay_ms", COLUMN_MILLISECONDS, 0,
	  "its SYN, since the SYN of the initial subflow", subflow_join_delay,
	  NULL },
	{ "established", NULL, "established", COLUMN_BOOL, 0,
	  "its handshake was completed", subflow_established, NULL },
	{ "end", NULL, "end", COLUMN_TEXT, 0, "how it ended, by TCP role",
	  stream_end, NULL },
	{ "end_reason", NULL, "end_reason", COLUMN_TEXT, 0,
	  "reason in an MP_TCPRST option", stream_end_reason, NULL },
	{ "bytes_to_server", "TO-SRV", "bytes_to_server", COLUMN_BYTES, TABLE,
	  "unique data bytes towards the server that came first here",
	  subflow_bytes_to_server, NULL },
	{ "bytes_to_client", "TO-CLI", "bytes_to_client", COLUMN_BYTES, TABLE,
	  "unique data bytes towards the client that came first here",
	  subflow_bytes_to_client, NULL },
	{ "sent_to_server", NULL, "sent_to_server", COLUMN_BYTES, 0,
	  "all payload towards the server", subflow_sent_to_server, NULL },
	{ "sent_to_client", NULL, "sent_to_client", COLUMN_BYTES, 0,
	  "all payload towards the client", subflow_sent_to_client, NULL },
};

static const struct column tcp_stream_columns[] = {
	{ "tcp_stream", "TCP", "tcp_stream", COLUMN_COUNT, TABLE,
	  "Wireshark's tcp.stream", stream_number, NULL },
	PATH_COLUMNS,
	{ "client", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "address and port of the TCP client", stream_client, NULL },
	{ "server", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "address and port of the TCP server", stream_server, NULL },
	STREAM_ADDRESS_COLUMNS,
	{ "connection", "CONN", "connection", COLUMN_COUNT, TABLE,
	  "number of the MPTCP connection it belongs to", get_connection,
	  NULL },
	{ "packets", NULL, "packets", COLUMN_COUNT, TABLE, "packets",
	  stream_packets, NULL },
	{ "bytes_to_server", "TO-SRV", "bytes_to_server", COLUMN_BYTES, TABLE,
	  "distinct payload bytes towards the TCP server",
	  stream_bytes_to_server, NULL },
	{ "bytes_to_client", "TO-CLI", "bytes_to_client", COLUMN_BYTES, TABLE,
	  "distinct payload bytes towards the TCP client",
	  stream_bytes_to_client, NULL },
	{ "start_s", "START", "start_s", COLUMN_SECONDS, 0,
	  "first packet, since the start of the capture", stream_start, NULL },
	{ "duration_s", "TIME", "duration_s", COLUMN_SECONDS, TABLE,
	  "from the first packet to the last", stream_duration, NULL },
	{ "end", NULL, "end", COLUMN_TEXT, 0, "how it ended", stream_end,
	  NULL },
};

const struct row_type listing_connection = { "connection", "connections",
					     connection_columns,
					     N(connection_columns) };
const struct row_type listing_subflow = { "subflow", "subflows",
					  subflow_columns, N(subflow_columns) };
const struct row_type listing_tcp_stream = { "tcp_stream", "tcp_streams",
					     tcp_stream_columns,
					     N(tcp_stream_columns) };
