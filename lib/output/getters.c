/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/getters.h"

#include <inttypes.h>
#include <stdlib.h>

#include "output/define_columns.h"
#include "output/json_text.h"

#define ROW struct listing_row

/* Common to all. */

/* "address:port", "[address]:port". */
static void set_endpoint(struct value *out, const struct endpoint *e)
{
	value_text(out, "");
	address_append_endpoint(&out->text, &e->address, e->port);
}

void set_relative(struct value *out, const struct trace *t, int64_t ns)
{
	if (t->info.has_time)
		value_ns(out, ns - t->info.first_time);
}

void set_frame(struct value *out, const struct trace *t, uint32_t frame)
{
	value_u64(out, origins_find(&t->info.origins, frame).frame);
}

void set_frame_text(struct value *out, const struct trace *t, uint32_t frame)
{
	value_text(out, origins_text(&t->info.origins, frame).text);
}

void set_frame_file(struct value *out, const struct trace *t, uint32_t frame)
{
	const char *path = origins_find(&t->info.origins, frame).path;

	value_text(out, path ? path : t->info.path);
}

void set_frames(struct value *out, const struct trace *t,
		const uint32_t *frames, size_t n)
{
	value_json(out, "[");
	for (size_t i = 0; i < n; i++)
		strbuf_printf(&out->text, "%s%" PRIu32, i ? "," : "",
			      origins_find(&t->info.origins, frames[i]).frame);
	strbuf_putc(&out->text, ']');
}

void set_frames_files(struct value *out, const struct trace *t,
		      const uint32_t *frames, size_t n)
{
	if (!t->info.origins.n)
		return;
	value_json(out, "[");
	for (size_t i = 0; i < n; i++) {
		const char *path =
			origins_find(&t->info.origins, frames[i]).path;
		json_t *name = json_text(path ? path : t->info.path);
		char *text = json_dumps(name, JSON_ENCODE_ANY);

		strbuf_printf(&out->text, "%s%s", i ? "," : "",
			      text ? text : "null");
		free(text);
		json_decref(name);
	}
	strbuf_putc(&out->text, ']');
}

void set_towards(struct value *out, enum direction d)
{
	value_text(out, d == TO_SERVER ? "server" : "client");
}

uint32_t subflow_number(const struct listing_row *r, uint32_t subflow)
{
	return r->trace->streams[r->conn->subflows[subflow]].tcp_stream;
}

void set_matrix(struct value *out, const struct listing_row *r,
		const struct matrix *m)
{
	value_json(out, "[");
	for (size_t i = 0; i < m->n; i++)
		strbuf_printf(&out->text,
			      "%s{\"from\":%" PRIu32 ",\"to\":%" PRIu32
			      ",\"bytes\":%" PRIu64 "}",
			      i ? "," : "", subflow_number(r, m->cells[i].from),
			      subflow_number(r, m->cells[i].to),
			      m->cells[i].bytes);
	strbuf_putc(&out->text, ']');
}

SHARED_GETTER(get_capture)
{
	value_u64(out, r->capture);
}

SHARED_GETTER(get_path)
{
	value_text(out, r->trace->info.path);
}

/* The line of the connection above has it. */
SHARED_GETTER(get_blank)
{
	(void)r;
	value_text(out, "");
}

SHARED_GETTER(get_connection)
{
	if (r->conn)
		value_u64(out, r->conn->id);
}

/* Connections. */

SHARED_GETTER(get_conn_version)
{
	if (r->conn->version >= 0)
		value_u64(out, (uint64_t)r->conn->version);
}

SHARED_GETTER(get_conn_state)
{
	value_text(out, conn_state_name(r->conn->state));
}

SHARED_GETTER(get_conn_cause)
{
	value_text(out, fallback_cause_name(r->conn->cause));
}

SHARED_GETTER(get_conn_grouping)
{
	value_text(out, grouping_name(r->conn->grouping));
}

SHARED_GETTER(get_conn_close)
{
	value_text(out, conn_end_name(r->conn->close));
}

SHARED_GETTER(get_conn_subflows)
{
	value_u64(out, r->conn->n_subflows);
}

SHARED_GETTER(get_conn_start)
{
	set_relative(out, r->trace, r->conn->first_time);
}

SHARED_GETTER(get_conn_duration)
{
	value_ns(out, r->conn->last_time - r->conn->first_time);
}

SHARED_GETTER(get_conn_filter)
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
	SHARED_GETTER(get_conn_##role)                                         \
	{                                                                      \
		set_endpoint(out, &r->conn->side[i].end);                      \
	}                                                                      \
	SHARED_GETTER(get_conn_##role##_key)                                   \
	{                                                                      \
		set_key(out, &r->conn->side[i]);                               \
	}                                                                      \
	SHARED_GETTER(get_conn_##role##_token)                                 \
	{                                                                      \
		set_token(out, &r->conn->side[i]);                             \
	}                                                                      \
	SHARED_GETTER(get_conn_##role##_idsn)                                  \
	{                                                                      \
		set_idsn(out, &r->conn->side[i]);                              \
	}                                                                      \
	SHARED_GETTER(get_conn_##role##_address)                               \
	{                                                                      \
		value_address(out, &r->conn->side[i].end.address);             \
	}                                                                      \
	SHARED_GETTER(get_conn_##role##_port)                                  \
	{                                                                      \
		value_u64(out, r->conn->side[i].end.port);                     \
	}

SIDE_GETTERS(client, 0)
SIDE_GETTERS(server, 1)

/* Data without any mapping: how much of it is distinct cannot be known. */
static void set_unique(struct value *out, const struct byte_counts *b)
{
	if (byte_counts_know_unique(b))
		value_u64(out, b->of[BYTES_UNIQUE]);
}

SHARED_GETTER(get_conn_bytes_to_server)
{
	set_unique(out, &r->conn->bytes[TO_SERVER]);
}

SHARED_GETTER(get_conn_bytes_to_client)
{
	set_unique(out, &r->conn->bytes[TO_CLIENT]);
}

SHARED_GETTER(get_conn_sent_to_server)
{
	value_u64(out, r->conn->bytes[TO_SERVER].sent);
}

SHARED_GETTER(get_conn_sent_to_client)
{
	value_u64(out, r->conn->bytes[TO_CLIENT].sent);
}

/* Streams, and subflows. */

SHARED_GETTER(get_stream_label)
{
	value_text(out, "");
	strbuf_printf(&out->text, "tcp %u", r->stream->tcp_stream);
}

SHARED_GETTER(get_stream_number)
{
	value_u64(out, r->stream->tcp_stream);
}

static bool is_same_end(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && address_is_equal(&a->address, &b->address);
}

/* What an end was called at another point; NULL where it was the same. */
static const struct endpoint *seen_as(const struct stream *s, bool server)
{
	const struct endpoint *end = server ? &s->server : &s->client;
	const struct endpoint *seen =
		server ? &s->seen_server : &s->seen_client;

	return s->is_renamed && !is_same_end(end, seen) ? seen : NULL;
}

static void set_seen(struct value *out, const struct endpoint *seen)
{
	if (seen)
		set_endpoint(out, seen);
}

/* For people, with its other name. */
static void set_end(struct value *out, const struct stream *s, bool server)
{
	const struct endpoint *seen = seen_as(s, server);

	set_endpoint(out, server ? &s->server : &s->client);
	if (seen) {
		strbuf_puts(&out->text, " as ");
		address_append_endpoint(&out->text, &seen->address, seen->port);
	}
}

SHARED_GETTER(get_stream_client)
{
	set_end(out, r->stream, false);
}

SHARED_GETTER(get_stream_server)
{
	set_end(out, r->stream, true);
}

SHARED_GETTER(get_stream_seen_client)
{
	set_seen(out, seen_as(r->stream, false));
}

SHARED_GETTER(get_stream_seen_server)
{
	set_seen(out, seen_as(r->stream, true));
}

SHARED_GETTER(get_subflow_client)
{
	set_end(out, r->stream, r->stream->flipped);
}

SHARED_GETTER(get_subflow_server)
{
	set_end(out, r->stream, !r->stream->flipped);
}

SHARED_GETTER(get_stream_client_address)
{
	value_address(out, &r->stream->client.address);
}

SHARED_GETTER(get_stream_client_port)
{
	value_u64(out, r->stream->client.port);
}

SHARED_GETTER(get_stream_server_address)
{
	value_address(out, &r->stream->server.address);
}

SHARED_GETTER(get_stream_server_port)
{
	value_u64(out, r->stream->server.port);
}

SHARED_GETTER(get_stream_start)
{
	set_relative(out, r->trace, r->stream->first_time);
}

SHARED_GETTER(get_stream_duration)
{
	value_ns(out, r->stream->last_time - r->stream->first_time);
}

SHARED_GETTER(get_stream_end)
{
	value_text(out, conn_end_name(r->stream->end));
}

SHARED_GETTER(get_stream_packets)
{
	value_u64(out, r->stream->n + r->stream->n_duplicates);
}

SHARED_GETTER(get_stream_bytes_to_server)
{
	value_u64(out, r->stream->side[TO_SERVER].unique);
}

SHARED_GETTER(get_stream_bytes_to_client)
{
	value_u64(out, r->stream->side[TO_CLIENT].unique);
}

SHARED_GETTER(get_stream_interface)
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

	return reason < sizeof(names) / sizeof(names[0]) ? names[reason]
							 : "unknown";
}

SHARED_GETTER(get_stream_end_reason)
{
	for (size_t i = 0; i < 2; i++)
		if (r->stream->side[i].has_reason)
			value_text(out, reason_name(r->stream->side[i].reason));
}

SHARED_GETTER(get_subflow_state)
{
	if (r->stream->end == END_OPEN && r->stream->established)
		value_text(out, "established");
	else
		value_text(out, conn_end_name(r->stream->end));
}

static void mark_backup(const struct listing_row *r, struct value *out)
{
	if (r->stream->side[0].backup || r->stream->side[1].backup)
		strbuf_puts(&out->text, ", backup");
}

SHARED_GETTER(get_subflow_state_text)
{
	get_subflow_state(r, out);
	mark_backup(r, out);
}

SHARED_GETTER(get_subflow_end_text)
{
	get_stream_end(r, out);
	mark_backup(r, out);
}

SHARED_GETTER(get_subflow_opened_by)
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

SHARED_GETTER(get_subflow_local_id)
{
	set_id(out, r->stream, TO_SERVER);
}

SHARED_GETTER(get_subflow_remote_id)
{
	set_id(out, r->stream, TO_CLIENT);
}

SHARED_GETTER(get_subflow_backup)
{
	value_bool(out, r->stream->side[0].backup || r->stream->side[1].backup);
}

SHARED_GETTER(get_subflow_established)
{
	if (r->stream->established || r->stream->kind != STREAM_ORPHAN)
		value_bool(out, r->stream->established);
}

SHARED_GETTER(get_subflow_join_delay)
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

SHARED_GETTER(get_subflow_bytes_to_server)
{
	set_subflow_unique(r, TO_SERVER, out);
}

SHARED_GETTER(get_subflow_bytes_to_client)
{
	set_subflow_unique(r, TO_CLIENT, out);
}

SHARED_GETTER(get_subflow_sent_to_server)
{
	value_u64(out, r->stream->bytes[TO_SERVER].sent);
}

SHARED_GETTER(get_subflow_sent_to_client)
{
	value_u64(out, r->stream->bytes[TO_CLIENT].sent);
}
