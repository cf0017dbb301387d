/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/listing.h"

#include "output/define_columns.h"

#define TABLE COLUMN_TABLE

/* clang-format off */

#define SIDE_COLUMNS(side) \
	COLUMN(#side, NULL, NULL, TEXT, TABLE | COLUMN_HUMAN, \
	       "address and port of the " #side, get_conn_##side), \
	COLUMN(#side "_key", NULL, #side ".key", ID64, 0, #side "'s key", \
	       get_conn_##side##_key), \
	SIDE_TOKEN_COLUMN(side), \
	COLUMN(#side "_idsn", NULL, #side ".idsn", ID64, 0, \
	       #side "'s initial data sequence number", \
	       get_conn_##side##_idsn), \
	SIDE_ADDRESS_COLUMNS(side)

/* Of a "conn", a "subflow" or a "stream". */
#define SENT_COLUMNS(of) \
	SAME("sent_to_server", BYTES, \
	     "all payload towards the server, with repetitions", \
	     get_##of##_sent_to_server), \
	SAME("sent_to_client", BYTES, \
	     "all payload towards the client, with repetitions", \
	     get_##of##_sent_to_client)

#define TIME_COLUMNS(of) \
	COLUMN("start_s", "START", "start_s", SECONDS, 0, \
	       "first packet, since the start of the capture", \
	       get_##of##_start), \
	COLUMN("duration_s", "TIME", "duration_s", SECONDS, TABLE | COLUMN_SPARE, \
	       "from the first packet to the last", get_##of##_duration)

static const struct column connection_columns[] = {
	SHOWN("id", COUNT, "number of the connection", get_connection),
	CAPTURE_COLUMNS,
	COLUMN("version", "VER", "version", COUNT, TABLE | COLUMN_SPARE,
	       "MPTCP version: 0 or 1", get_conn_version),
	COLUMN("state", NULL, "state", TEXT, TABLE | COLUMN_COLOUR,
	       "state: established, fallback, incomplete or refused",
	       get_conn_state),
	COLUMN("fallback_cause", NULL, "fallback_cause", TEXT, COLUMN_CUT,
	       "why it fell back to plain TCP", get_conn_cause),
	COLUMN("grouping", NULL, "grouping", TEXT, COLUMN_CUT,
	       "how its subflows were found: handshake or data_sequence",
	       get_conn_grouping),
	SIDE_COLUMNS(client),
	SIDE_COLUMNS(server),
	COLUMN("subflows", "SUB", "subflow_count", COUNT,
	       TABLE | COLUMN_SUM | COLUMN_SPARE,
	       "number of subflows", get_conn_subflows),
	TIME_COLUMNS(conn),
	SAME("close", TEXT, "how it ended", get_conn_close),
	COLUMN("bytes_to_server", "TO-SRV", "bytes_to_server", BYTES, TABLE | COLUMN_SUM,
	       "unique data bytes towards the server",
	       get_conn_bytes_to_server),
	COLUMN("bytes_to_client", "TO-CLI", "bytes_to_client", BYTES, TABLE | COLUMN_SUM,
	       "unique data bytes towards the client",
	       get_conn_bytes_to_client),
	SENT_COLUMNS(conn),
	COLUMN("filter", NULL, "filter", TEXT, COLUMN_CUT,
	       "Wireshark display filter for exactly this connection",
	       get_conn_filter),
};

static const struct column subflow_columns[] = {
	{ "id", NULL, NULL, COLUMN_COUNT, TABLE,
	  "number of the connection; in the table \"tcp\" and tcp_stream",
	  get_connection, get_stream_label },
	COLUMN("capture", NULL, NULL, COUNT, 0, "number of the capture, from 0",
	       get_capture),
	{ "file", "CAPTURE", NULL, COLUMN_TEXT, COLUMN_MULTI | COLUMN_PATH,
	  "the capture file", get_path, get_blank },
	SAME("tcp_stream", COUNT, "Wireshark's tcp.stream", get_stream_number),
	{ "state", NULL, NULL, COLUMN_TEXT, TABLE | COLUMN_COLOUR,
	  "established, or how it ended; in the table also whether it is a "
	  "backup", get_subflow_state, get_subflow_state_text },
	COLUMN("client", NULL, NULL, TEXT, TABLE | COLUMN_HUMAN,
	       "the connection's client on this subflow", get_subflow_client),
	COLUMN("server", NULL, NULL, TEXT, TABLE | COLUMN_HUMAN,
	       "the connection's server on this subflow", get_subflow_server),
	STREAM_ADDRESS_COLUMNS,
	SUBFLOW_ID_COLUMNS,
	TIME_COLUMNS(stream),
	COLUMN("join_delay_ms", "JOIN", "join_delay_ms", MILLISECONDS, 0,
	       "from the SYN of the initial subflow to its own",
	       get_subflow_join_delay),
	SUBFLOW_END_COLUMNS,
	COLUMN("bytes_to_server", "TO-SRV", "bytes_to_server", BYTES, TABLE | COLUMN_SUM,
	       "unique data bytes towards the server that were seen first here",
	       get_subflow_bytes_to_server),
	COLUMN("bytes_to_client", "TO-CLI", "bytes_to_client", BYTES, TABLE | COLUMN_SUM,
	       "unique data bytes towards the client that were seen first here",
	       get_subflow_bytes_to_client),
	SENT_COLUMNS(subflow),
};

static const struct column tcp_stream_columns[] = {
	COLUMN("tcp_stream", "TCP", "tcp_stream", COUNT, TABLE,
	       "Wireshark's tcp.stream", get_stream_number),
	CAPTURE_COLUMNS,
	COLUMN("client", NULL, NULL, TEXT, TABLE | COLUMN_HUMAN,
	       "address and port of the TCP client", get_stream_client),
	COLUMN("server", NULL, NULL, TEXT, TABLE | COLUMN_HUMAN,
	       "address and port of the TCP server", get_stream_server),
	STREAM_ADDRESS_COLUMNS,
	COLUMN("connection", "CONN", "connection", COUNT, TABLE,
	       "number of its MPTCP connection, if it has one", get_connection),
	SHOWN("packets", COUNT,
	      "packets, including copies that the network made",
	      get_stream_packets),
	COLUMN("bytes_to_server", "TO-SRV", "bytes_to_server", BYTES, TABLE | COLUMN_SUM,
	       "distinct payload bytes towards the TCP server",
	       get_stream_bytes_to_server),
	COLUMN("bytes_to_client", "TO-CLI", "bytes_to_client", BYTES, TABLE | COLUMN_SUM,
	       "distinct payload bytes towards the TCP client",
	       get_stream_bytes_to_client),
	TIME_COLUMNS(stream),
	SAME("end", TEXT, "how it ended, by TCP role", get_stream_end),
};

/* clang-format on */

ROW_TYPE(listing_connection, "connection", "connections", connection_columns);
ROW_TYPE(listing_subflow, "subflow", "subflows", subflow_columns);
ROW_TYPE(listing_tcp_stream, "tcp_stream", "tcp_streams", tcp_stream_columns);
