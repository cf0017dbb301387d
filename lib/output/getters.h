/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * getters.h - column getters for connections and streams, shared by the row
 * types of several commands (column.h).
 *
 * Each getter takes a row whose first member is a struct listing_row.
 * get_conn_*() use its connection; get_stream_*() its stream, by TCP role;
 * get_subflow_*() its stream, by MPTCP role.
 */
#ifndef OUTPUT_GETTERS_H
#define OUTPUT_GETTERS_H

#include "model/reinjection.h"
#include "model/trace.h"
#include "output/column.h"

struct listing_row {
	const struct trace *trace;
	size_t capture;		       /* number of the capture, from 0 */
	const struct connection *conn; /* NULL for streams without MPTCP */
	const struct stream *stream;   /* NULL in rows about connections */
};

/* Set a time as seconds since the first packet of the capture. */
void set_relative(struct value *out, const struct trace *t, int64_t ns);

/*
 * A frame: its number within its file; the same for people, with the file's
 * name if the capture consists of several files; and that file.
 */
void set_frame(struct value *out, const struct trace *t, uint32_t frame);
void set_frame_text(struct value *out, const struct trace *t, uint32_t frame);
void set_frame_file(struct value *out, const struct trace *t, uint32_t frame);

/*
 * The same for a list of frames, as JSON.  The files are unknown if the
 * capture is a single file.
 */
void set_frames(struct value *out, const struct trace *t,
		const uint32_t *frames, size_t n);
void set_frames_files(struct value *out, const struct trace *t,
		      const uint32_t *frames, size_t n);

/* Set "server" or "client". */
void set_towards(struct value *out, enum direction d);

/* tcp.stream of a subflow, given its position in the row's connection. */
uint32_t subflow_number(const struct listing_row *r, uint32_t subflow);

/* Set a JSON list of bytes by subflows of the row's connection. */
void set_matrix(struct value *out, const struct listing_row *r,
		const struct matrix *m);

void get_capture(const void *row, struct value *out);
/* The same for people: with ", backup" for a backup subflow. */
void get_subflow_state_text(const void *row, struct value *out);
void get_subflow_end_text(const void *row, struct value *out);
void get_path(const void *row, struct value *out);
void get_blank(const void *row, struct value *out);
void get_connection(const void *row, struct value *out);

/* Connections. */
void get_conn_version(const void *row, struct value *out);
void get_conn_state(const void *row, struct value *out);
void get_conn_cause(const void *row, struct value *out);
void get_conn_grouping(const void *row, struct value *out);
void get_conn_close(const void *row, struct value *out);
void get_conn_subflows(const void *row, struct value *out);
void get_conn_start(const void *row, struct value *out);
void get_conn_duration(const void *row, struct value *out);
void get_conn_filter(const void *row, struct value *out);
void get_conn_bytes_to_server(const void *row, struct value *out);
void get_conn_bytes_to_client(const void *row, struct value *out);
void get_conn_sent_to_server(const void *row, struct value *out);
void get_conn_sent_to_client(const void *row, struct value *out);
void get_conn_client(const void *row, struct value *out);
void get_conn_client_key(const void *row, struct value *out);
void get_conn_client_token(const void *row, struct value *out);
void get_conn_client_idsn(const void *row, struct value *out);
void get_conn_client_address(const void *row, struct value *out);
void get_conn_client_port(const void *row, struct value *out);
void get_conn_server(const void *row, struct value *out);
void get_conn_server_key(const void *row, struct value *out);
void get_conn_server_token(const void *row, struct value *out);
void get_conn_server_idsn(const void *row, struct value *out);
void get_conn_server_address(const void *row, struct value *out);
void get_conn_server_port(const void *row, struct value *out);

/* TCP streams. */
void get_stream_label(const void *row, struct value *out);
void get_stream_number(const void *row, struct value *out);
void get_stream_client(const void *row, struct value *out);
void get_stream_server(const void *row, struct value *out);
void get_stream_client_address(const void *row, struct value *out);
void get_stream_client_port(const void *row, struct value *out);
void get_stream_server_address(const void *row, struct value *out);
void get_stream_server_port(const void *row, struct value *out);
void get_stream_seen_client(const void *row, struct value *out);
void get_stream_seen_server(const void *row, struct value *out);
void get_stream_start(const void *row, struct value *out);
void get_stream_duration(const void *row, struct value *out);
void get_stream_end(const void *row, struct value *out);
void get_stream_packets(const void *row, struct value *out);
void get_stream_bytes_to_server(const void *row, struct value *out);
void get_stream_bytes_to_client(const void *row, struct value *out);
void get_stream_interface(const void *row, struct value *out);
void get_stream_end_reason(const void *row, struct value *out);

/* Streams as subflows. */
void get_subflow_client(const void *row, struct value *out);
void get_subflow_server(const void *row, struct value *out);
void get_subflow_state(const void *row, struct value *out);
void get_subflow_opened_by(const void *row, struct value *out);
void get_subflow_local_id(const void *row, struct value *out);
void get_subflow_remote_id(const void *row, struct value *out);
void get_subflow_backup(const void *row, struct value *out);
void get_subflow_established(const void *row, struct value *out);
void get_subflow_join_delay(const void *row, struct value *out);
void get_subflow_bytes_to_server(const void *row, struct value *out);
void get_subflow_bytes_to_client(const void *row, struct value *out);
void get_subflow_sent_to_server(const void *row, struct value *out);
void get_subflow_sent_to_client(const void *row, struct value *out);

#endif
