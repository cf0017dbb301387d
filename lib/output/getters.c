/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/getters.h"

#include <stdlib.h>

/* A getter: "r" is the row, "out" what it fills. */
#define GETTER(name)                                                           \
	static void name##_of(const struct listing_row *r, struct value *out); \
	void name(const void *row, struct value *out)                          \
	{                                                                      \
		name##_of(row, out);                                           \
	}                                                                      \
	static void name##_of(const struct listing_row *r, struct value *out)

/* Common to all. */

void set_endpoint(struct value *out, const struct endpoint *e)
{
	value_text(out, "");
	strbuf_endpoint(&out->text, e->address, e->port);
}

void set_relative(struct value *out, const struct trace *t, int64_t ns)
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

GETTER(get_conn_version)
{
	if (r->conn->version >= 0)
		value_u64(out, (uint64_t)r->conn->version);
}

GETTER(get_conn_state)
{
	value_text(out, conn_state_name(r->conn->state));
}

GETTER(get_conn_cause)
{
	value_text(out, fallback_cause_name(r->conn->cause));
}

GETTER(get_conn_grouping)
{
	value_text(out, grouping_name(r->conn->grouping));
}

GETTER(get_conn_close)
{
	value_text(out, conn_end_name(r->conn->close));
}

GETTER(get_conn_subflows)
{
	value_u64(out, r->conn->n_subflows);
}

GETTER(get_conn_start)
{
	set_relative(out, r->trace, r->conn->first_time);
}

GETTER(get_conn_duration)
{
	value_ns(out, r->conn->last_time - r->conn->first_time);
}

GETTER(get_conn_filter)
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
	GETTER(get_conn_##role)                                                \
	{                                                                      \
		set_endpoint(out, &r->conn->side[i].end);                      \
	}                                                                      \
	GETTER(get_conn_##role##_key)                                          \
	{                                                                      \
		set_key(out, &r->conn->side[i]);                               \
	}                                                                      \
	GETTER(get_conn_##role##_token)                                        \
	{                                                                      \
		set_token(out, &r->conn->side[i]);                             \
	}                                                                      \
	GETTER(get_conn_##role##_idsn)                                         \
	{                                                                      \
		set_idsn(out, &r->conn->side[i]);                              \
	}                                                                      \
	GETTER(get_conn_##role##_address)                                      \
	{                                                                      \
		value_text(out, r->conn->side[i].end.address);                 \
	}                                                                      \
	GETTER(get_conn_##role##_port)                                         \
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

GETTER(get_conn_bytes_to_server)
{
	set_unique(out, &r->conn->bytes[TO_SERVER]);
}

GETTER(get_conn_bytes_to_client)
{
	set_unique(out, &r->conn->bytes[TO_CLIENT]);
}

GETTER(get_conn_sent_to_server)
{
	value_u64(out, r->conn->bytes[TO_SERVER].sent);
}

GETTER(get_conn_sent_to_client)
{
	value_u64(out, r->conn->bytes[TO_CLIENT].sent);
}

/* Streams, and subflows. */

GETTER(get_stream_label)
{
	value_text(out, "");
	strbuf_printf(&out->text, "tcp %u", r->stream->tcp_stream);
}

GETTER(get_stream_number)
{
	value_u64(out, r->stream->tcp_stream);
}

GETTER(get_stream_client)
{
	set_endpoint(out, &r->stream->client);
}

GETTER(get_stream_server)
{
	set_endpoint(out, &r->stream->server);
}

GETTER(get_subflow_client)
{
	set_endpoint(out, r->stream->flipped ? &r->stream->server
					     : &r->stream->client);
}

GETTER(get_subflow_server)
{
	set_endpoint(out, r->stream->flipped ? &r->stream->client
					     : &r->stream->server);
}

GETTER(get_stream_client_address)
{
	value_text(out, r->stream->client.address);
}

GETTER(get_stream_client_port)
{
	value_u64(out, r->stream->client.port);
}

GETTER(get_stream_server_address)
{
	value_text(out, r->stream->server.address);
}

GETTER(get_stream_server_port)
{
	value_u64(out, r->stream->server.port);
}

GETTER(get_stream_start)
{
	set_relative(out, r->trace, r->stream->first_time);
}

GETTER(get_stream_duration)
{
	value_ns(out, r->stream->last_time - r->stream->first_time);
}

GETTER(get_stream_end)
{
	value_text(out, conn_end_name(r->stream->end));
}

GETTER(get_stream_packets)
{
	value_u64(out, r->stream->n + r->stream->n_duplicates);
}

GETTER(get_stream_bytes_to_server)
{
	value_u64(out, r->stream->side[TO_SERVER].unique);
}

GETTER(get_stream_bytes_to_client)
{
	value_u64(out, r->stream->side[TO_CLIENT].unique);
}

GETTER(get_stream_interface)
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

GETTER(get_stream_end_reason)
{
	for (size_t i = 0; i < 2; i++)
		if (r->stream->side[i].has_reason)
			value_text(out, reason_name(r->stream->side[i].reason));
}

GETTER(get_subflow_state)
{
	if (r->stream->end == END_OPEN && r->stream->established)
		value_text(out, "established");
	else
		value_text(out, conn_end_name(r->stream->end));
}

GETTER(get_subflow_opened_by)
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

GETTER(get_subflow_local_id)
{
	set_id(out, r->stream, TO_SERVER);
}

GETTER(get_subflow_remote_id)
{
	set_id(out, r->stream, TO_CLIENT);
}

GETTER(get_subflow_backup)
{
	value_bool(out, r->stream->side[0].backup || r->stream->side[1].backup);
}

GETTER(get_subflow_established)
{
	if (r->stream->established || r->stream->kind != STREAM_ORPHAN)
		value_bool(out, r->stream->established);
}

GETTER(get_subflow_join_delay)
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

GETTER(get_subflow_bytes_to_server)
{
	set_subflow_unique(r, TO_SERVER, out);
}

GETTER(get_subflow_bytes_to_client)
{
	set_subflow_unique(r, TO_CLIENT, out);
}

GETTER(get_subflow_sent_to_server)
{
	value_u64(out, r->stream->bytes[TO_SERVER].sent);
}

GETTER(get_subflow_sent_to_client)
{
	value_u64(out, r->stream->bytes[TO_CLIENT].sent);
}
