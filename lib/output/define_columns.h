/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * define_columns.h - macros and columns shared by the files that define row
 * types.
 *
 *	#define ROW struct my_row
 *
 *	VALUE_GETTER(get_packets, value_u64(out, r->packets))
 *
 *	static const struct column columns[] = {
 *		CONNECTION_COLUMN,
 *		SAME("packets", COUNT, "packets", get_packets),
 *	};
 *
 *	ROW_TYPE(my_rows, "row", "rows", columns);
 *
 * In the body of a getter "r" is the row and "out" the value to set.  Columns
 * that several row types have are defined here, for rows that begin with a
 * struct listing_row.
 */
#ifndef OUTPUT_DEFINE_COLUMNS_H
#define OUTPUT_DEFINE_COLUMNS_H

#include "output/getters.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* clang-format off */

/* A getter that other files use, too. */
#define SHARED_GETTER(name) \
	static void name##_of(const ROW *r, struct value *out); \
	void name(const void *row, struct value *out) \
	{ \
		name##_of(row, out); \
	} \
	static void name##_of(const ROW *r, struct value *out)

#define GETTER(name) \
	static void name(const void *row, struct value *out); \
	SHARED_GETTER(name)

/*
 * A getter of one statement; with KNOWN_GETTER the value is unknown unless
 * "known".
 */
#define VALUE_GETTER(name, set) \
	GETTER(name) \
	{ \
		set; \
	}

#define KNOWN_GETTER(name, known, set) \
	GETTER(name) \
	{ \
		if (known) \
			set; \
	}

/* One value of a distribution, where there are samples. */
#define QUANTILE_GETTER(name, from, member, set) \
	GETTER(name) \
	{ \
		const struct distribution *d = from; \
\
		if (d && d->n) \
			set(out, d->member); \
	}

/* NAME_min, NAME_p50, NAME_p95 and NAME_max, in nanoseconds. */
#define DISTRIBUTION_GETTERS(name, from) \
	QUANTILE_GETTER(name##_min, from, min, value_ns) \
	QUANTILE_GETTER(name##_p50, from, p50, value_ns) \
	QUANTILE_GETTER(name##_p95, from, p95, value_ns) \
	QUANTILE_GETTER(name##_max, from, max, value_ns)

#define COLUMN(name, heading, json, type, flags, help, get) \
	{ name, heading, json, COLUMN_##type, flags, help, get, NULL }
/*
 * The JSON key is the name.  SAME: not in the table by default; SHOWN: in the
 * table.
 */
#define SAME(name, type, help, get) COLUMN(name, NULL, name, type, 0, help, get)
#define SHOWN(name, type, help, get) \
	COLUMN(name, NULL, name, type, COLUMN_TABLE, help, get)

#define ROW_TYPE(variable, name, list, columns) \
	const struct row_type variable = { name, list, columns, N(columns), \
					   false }
#define PREFIXED_ROW_TYPE(variable, name, list, columns) \
	const struct row_type variable = { name, list, columns, N(columns), \
					   true }

#define TOWARDS_COLUMN(get) \
	COLUMN("towards", "TO", "towards", TEXT, COLUMN_TABLE, \
	       "where the data goes: server or client", get)

#define CONNECTION_COLUMN \
	COLUMN("connection", "CONN", "connection", COUNT, COLUMN_TABLE, \
	       "number of the connection", get_connection)

#define CAPTURE_COLUMNS \
	SAME("capture", COUNT, "number of the capture, from 0", get_capture), \
	COLUMN("file", "CAPTURE", NULL, TEXT, COLUMN_MULTI | COLUMN_PATH, \
	       "the capture file", get_path)

/* The same for rows that are about a frame. */
#define CAPTURE_OF_FRAME_COLUMNS(get) \
	SAME("capture", COUNT, "number of the capture, from 0", get_capture), \
	COLUMN("file", "CAPTURE", "file", TEXT, COLUMN_MULTI | COLUMN_PATH, \
	       "the file of the frame", get)

/* Of the connection's client or server. */
#define SIDE_ADDRESS_COLUMNS(side) \
	COLUMN(#side "_address", NULL, #side ".address", TEXT, 0, \
	       #side "'s address on the initial subflow", \
	       get_conn_##side##_address), \
	COLUMN(#side "_port", NULL, #side ".port", COUNT, 0, \
	       #side "'s port", get_conn_##side##_port)

#define SIDE_TOKEN_COLUMN(side) \
	COLUMN(#side "_token", NULL, #side ".token", TOKEN, 0, \
	       #side "'s token", get_conn_##side##_token)

#define STREAM_ADDRESS_COLUMNS \
	SAME("client_address", TEXT, "address of the TCP client", \
	     get_stream_client_address), \
	SAME("client_port", COUNT, "port of the TCP client", \
	     get_stream_client_port), \
	SAME("server_address", TEXT, "address of the TCP server", \
	     get_stream_server_address), \
	SAME("server_port", COUNT, "port of the TCP server", \
	     get_stream_server_port), \
	SAME("seen_client", TEXT, \
	     "the TCP client's address at another point of capture, " \
	     "translated by NAT", \
	     get_stream_seen_client), \
	SAME("seen_server", TEXT, \
	     "the TCP server's address at another point of capture, " \
	     "translated by NAT", \
	     get_stream_seen_server)

#define SUBFLOW_ROLE_COLUMNS \
	SAME("opened_by", TEXT, \
	     "who opened it: the connection's client or server", \
	     get_subflow_opened_by), \
	SAME("local_id", COUNT, "address id of the end that opened it", \
	     get_subflow_local_id), \
	SAME("remote_id", COUNT, "address id of the other end", \
	     get_subflow_remote_id), \
	SAME("backup", BOOL, "an end asked to use it as a backup only", \
	     get_subflow_backup)

#define INTERFACE_COLUMN(get) \
	SAME("interface", TEXT, "interface that captured its first packet", get)

#define SUBFLOW_ID_COLUMNS \
	SUBFLOW_ROLE_COLUMNS, INTERFACE_COLUMN(get_stream_interface)

#define SUBFLOW_END_COLUMNS \
	SAME("established", BOOL, "its handshake was completed", \
	     get_subflow_established), \
	{ "end", NULL, "end", COLUMN_TEXT, 0, "how it ended, by TCP role", \
	  get_stream_end, get_subflow_end_text }, \
	SAME("end_reason", TEXT, "reason in an MP_TCPRST option", \
	     get_stream_end_reason)

/* clang-format on */

#endif
