/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/listing.h"

#include "output/getters.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

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
	  "MPTCP version: 0 or 1", get_conn_version, NULL },
	{ "state", NULL, "state", COLUMN_TEXT, TABLE | COLUMN_COLOUR,
	  "established, fallback, incomplete or refused", get_conn_state,
	  NULL },
	{ "fallback_cause", NULL, "fallback_cause", COLUMN_TEXT, COLUMN_CUT,
	  "why it fell back to plain TCP", get_conn_cause, NULL },
	{ "grouping", NULL, "grouping", COLUMN_TEXT, COLUMN_CUT,
	  "what ties its subflows: handshake or data_sequence",
	  get_conn_grouping, NULL },
	{ "client", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "address and port of the client", get_conn_client, NULL },
	{ "client_key", NULL, "client.key", COLUMN_ID64, 0, "client's key",
	  get_conn_client_key, NULL },
	{ "client_token", NULL, "client.token", COLUMN_TOKEN, 0,
	  "client's token", get_conn_client_token, NULL },
	{ "client_idsn", NULL, "client.idsn", COLUMN_ID64, 0,
	  "client's initial data sequence number", get_conn_client_idsn, NULL },
	{ "client_address", NULL, "client.address", COLUMN_TEXT, 0,
	  "client's address on the initial subflow", get_conn_client_address,
	  NULL },
	{ "client_port", NULL, "client.port", COLUMN_COUNT, 0, "client's port",
	  get_conn_client_port, NULL },
	{ "server", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "address and port of the server", get_conn_server, NULL },
	{ "server_key", NULL, "server.key", COLUMN_ID64, 0, "server's key",
	  get_conn_server_key, NULL },
	{ "server_token", NULL, "server.token", COLUMN_TOKEN, 0,
	  "server's token", get_conn_server_token, NULL },
	{ "server_idsn", NULL, "server.idsn", COLUMN_ID64, 0,
	  "server's initial data sequence number", get_conn_server_idsn, NULL },
	{ "server_address", NULL, "server.address", COLUMN_TEXT, 0,
	  "server's address on the initial subflow", get_conn_server_address,
	  NULL },
	{ "server_port", NULL, "server.port", COLUMN_COUNT, 0, "server's port",
	  get_conn_server_port, NULL },
	{ "subflows", "SUB", "subflow_count", COLUMN_COUNT, TABLE,
	  "number of subflows", get_conn_subflows, NULL },
	{ "start_s", "START", "start_s", COLUMN_SECONDS, 0,
	  "first packet, since the start of the capture", get_conn_start,
	  NULL },
	{ "duration_s", "TIME", "duration_s", COLUMN_SECONDS, TABLE,
	  "from the first packet to the last", get_conn_duration, NULL },
	{ "close", NULL, "close", COLUMN_TEXT, 0, "how it ended",
	  get_conn_close, NULL },
	{ "bytes_to_server", "TO-SRV", "bytes_to_server", COLUMN_BYTES, TABLE,
	  "unique data bytes towards the server", get_conn_bytes_to_server,
	  NULL },
	{ "bytes_to_client", "TO-CLI", "bytes_to_client", COLUMN_BYTES, TABLE,
	  "unique data bytes towards the client", get_conn_bytes_to_client,
	  NULL },
	{ "sent_to_server", NULL, "sent_to_server", COLUMN_BYTES, 0,
	  "all payload towards the server, repetitions too",
	  get_conn_sent_to_server, NULL },
	{ "sent_to_client", NULL, "sent_to_client", COLUMN_BYTES, 0,
	  "all payload towards the client, repetitions too",
	  get_conn_sent_to_client, NULL },
	{ "filter", NULL, "filter", COLUMN_TEXT, COLUMN_CUT,
	  "Wireshark display filter for exactly this connection",
	  get_conn_filter, NULL },
};

#define STREAM_ADDRESS_COLUMNS                                                 \
	{ "client_address",                                                    \
	  NULL,                                                                \
	  "client_address",                                                    \
	  COLUMN_TEXT,                                                         \
	  0,                                                                   \
	  "address of the TCP client",                                         \
	  get_stream_client_address,                                           \
	  NULL },                                                              \
		{ "client_port",	  NULL, "client_port",                 \
		  COLUMN_COUNT,		  0,	"port of the TCP client",      \
		  get_stream_client_port, NULL },                              \
		{ "server_address",                                            \
		  NULL,                                                        \
		  "server_address",                                            \
		  COLUMN_TEXT,                                                 \
		  0,                                                           \
		  "address of the TCP server",                                 \
		  get_stream_server_address,                                   \
		  NULL },                                                      \
	{                                                                      \
		"server_port", NULL, "server_port", COLUMN_COUNT, 0,           \
			"port of the TCP server", get_stream_server_port, NULL \
	}

static const struct column subflow_columns[] = {
	{ "id", NULL, NULL, COLUMN_COUNT, TABLE,
	  "number of the connection; in the table \"tcp\" and tcp_stream",
	  get_connection, get_stream_label },
	{ "capture", NULL, NULL, COLUMN_COUNT, 0,
	  "number of the capture, from 0", get_capture, NULL },
	{ "file", "CAPTURE", NULL, COLUMN_TEXT, COLUMN_MULTI,
	  "the capture file", get_path, get_blank },
	{ "tcp_stream", NULL, "tcp_stream", COLUMN_COUNT, 0,
	  "Wireshark's tcp.stream", get_stream_number, NULL },
	{ "state", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_COLOUR,
	  "established, or how it ended", get_subflow_state, NULL },
	{ "client", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "the connection's client on this subflow", get_subflow_client, NULL },
	{ "server", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "the connection's server on this subflow", get_subflow_server, NULL },
	STREAM_ADDRESS_COLUMNS,
	{ "opened_by", NULL, "opened_by", COLUMN_TEXT, 0,
	  "the connection's client or server", get_subflow_opened_by, NULL },
	{ "local_id", NULL, "local_id", COLUMN_COUNT, 0,
	  "address id of the side that opened it", get_subflow_local_id, NULL },
	{ "remote_id", NULL, "remote_id", COLUMN_COUNT, 0,
	  "address id of the other side", get_subflow_remote_id, NULL },
	{ "backup", NULL, "backup", COLUMN_BOOL, 0,
	  "a side asked to use it as a backup only", get_subflow_backup, NULL },
	{ "interface", NULL, "interface", COLUMN_TEXT, COLUMN_CUT,
	  "interface that captured its first packet", get_stream_interface,
	  NULL },
	{ "start_s", "START", "start_s", COLUMN_SECONDS, 0,
	  "first packet, since the start of the capture", get_stream_start,
	  NULL },
	{ "duration_s", "TIME", "duration_s", COLUMN_SECONDS, TABLE,
	  "from the first packet to the last", get_stream_duration, NULL },
	{ "join_delay_ms", "JOIN", "join_delay_ms", COLUMN_MILLISECONDS, 0,
	  "its SYN, since the SYN of the initial subflow",
	  get_subflow_join_delay, NULL },
	{ "established", NULL, "established", COLUMN_BOOL, 0,
	  "its handshake was completed", get_subflow_established, NULL },
	{ "end", NULL, "end", COLUMN_TEXT, 0, "how it ended, by TCP role",
	  get_stream_end, NULL },
	{ "end_reason", NULL, "end_reason", COLUMN_TEXT, 0,
	  "reason in an MP_TCPRST option", get_stream_end_reason, NULL },
	{ "bytes_to_server", "TO-SRV", "bytes_to_server", COLUMN_BYTES, TABLE,
	  "unique data bytes towards the server that came first here",
	  get_subflow_bytes_to_server, NULL },
	{ "bytes_to_client", "TO-CLI", "bytes_to_client", COLUMN_BYTES, TABLE,
	  "unique data bytes towards the client that came first here",
	  get_subflow_bytes_to_client, NULL },
	{ "sent_to_server", NULL, "sent_to_server", COLUMN_BYTES, 0,
	  "all payload towards the server", get_subflow_sent_to_server, NULL },
	{ "sent_to_client", NULL, "sent_to_client", COLUMN_BYTES, 0,
	  "all payload towards the client", get_subflow_sent_to_client, NULL },
};

static const struct column tcp_stream_columns[] = {
	{ "tcp_stream", "TCP", "tcp_stream", COLUMN_COUNT, TABLE,
	  "Wireshark's tcp.stream", get_stream_number, NULL },
	PATH_COLUMNS,
	{ "client", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "address and port of the TCP client", get_stream_client, NULL },
	{ "server", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_HUMAN,
	  "address and port of the TCP server", get_stream_server, NULL },
	STREAM_ADDRESS_COLUMNS,
	{ "connection", "CONN", "connection", COLUMN_COUNT, TABLE,
	  "number of the MPTCP connection it belongs to", get_connection,
	  NULL },
	{ "packets", NULL, "packets", COLUMN_COUNT, TABLE, "packets",
	  get_stream_packets, NULL },
	{ "bytes_to_server", "TO-SRV", "bytes_to_server", COLUMN_BYTES, TABLE,
	  "distinct payload bytes towards the TCP server",
	  get_stream_bytes_to_server, NULL },
	{ "bytes_to_client", "TO-CLI", "bytes_to_client", COLUMN_BYTES, TABLE,
	  "distinct payload bytes towards the TCP client",
	  get_stream_bytes_to_client, NULL },
	{ "start_s", "START", "start_s", COLUMN_SECONDS, 0,
	  "first packet, since the start of the capture", get_stream_start,
	  NULL },
	{ "duration_s", "TIME", "duration_s", COLUMN_SECONDS, TABLE,
	  "from the first packet to the last", get_stream_duration, NULL },
	{ "end", NULL, "end", COLUMN_TEXT, 0, "how it ended", get_stream_end,
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
