/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/outline.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/csvtext.h"
#include "base/mem.h"
#include "base/num.h"
#include "model/connections.h"
#include "model/streams.h"
#include "model/vantage.h"

enum kind {
	NUMBER, /* unsigned */
	FLAG,	/* bool */
	SIGNED, /* int, enum, int64_t */
	ADDRESS,
	BYTES
};

struct member {
	const char *name;
	enum kind kind;
	size_t at, size;
};

#define MEMBER(type, kind, member)                                             \
	{                                                                      \
#member, kind, offsetof(struct type, member),                  \
			sizeof(((struct type *)0)->member)                     \
	}
#define BOTH(type, kind, member, rest)                                         \
	MEMBER(type, kind, member[0] rest), MEMBER(type, kind, member[1] rest)

#define S(kind, member) MEMBER(stream, kind, member)
#define SIDE(kind, member) BOTH(stream, kind, side, .member)
#define C(kind, member) MEMBER(connection, kind, member)
#define CSIDE(kind, member) BOTH(connection, kind, side, .member)
#define CLASSES(type, direction, member)                                       \
	MEMBER(type, NUMBER, bytes[direction].member[0]),                      \
		MEMBER(type, NUMBER, bytes[direction].member[1]),              \
		MEMBER(type, NUMBER, bytes[direction].member[2]),              \
		MEMBER(type, NUMBER, bytes[direction].member[3]),              \
		MEMBER(type, NUMBER, bytes[direction].member[4])
#define COUNTS(type)                                                           \
	BOTH(type, NUMBER, bytes, .sent), BOTH(type, NUMBER, bytes, .packets), \
		CLASSES(type, 0, of), CLASSES(type, 1, of),                    \
		CLASSES(type, 0, packets_of), CLASSES(type, 1, packets_of)

/* All members except first, also and n_also. */
static const struct member stream_members[] = {
	S(NUMBER, tcp_stream),
	S(ADDRESS, client.address),
	S(NUMBER, client.port),
	S(ADDRESS, server.address),
	S(NUMBER, server.port),
	S(FLAG, roles_known),
	S(SIGNED, interface),
	S(NUMBER, n),
	S(NUMBER, n_duplicates),
	S(NUMBER, n_copies),
	S(NUMBER, n_copied),
	S(NUMBER, captured),
	S(NUMBER, copied_on),
	S(FLAG, is_forwarded),
	S(NUMBER, also_turned),
	S(FLAG, is_renamed),
	S(ADDRESS, seen_client.address),
	S(NUMBER, seen_client.port),
	S(ADDRESS, seen_server.address),
	S(NUMBER, seen_server.port),
	S(NUMBER, first_frame),
	S(SIGNED, first_time),
	S(SIGNED, last_time),
	SIDE(FLAG, has_isn),
	SIDE(NUMBER, isn),
	SIDE(FLAG, has_answer),
	SIDE(SIGNED, answer),
	SIDE(NUMBER, ttl),
	SIDE(NUMBER, ways),
	SIDE(NUMBER, largest),
	SIDE(FLAG, has_syn),
	SIDE(FLAG, syn_cut),
	SIDE(FLAG, has_wscale),
	SIDE(NUMBER, wscale),
	SIDE(NUMBER, mss),
	SIDE(NUMBER, sent),
	SIDE(NUMBER, unique),
	SIDE(NUMBER, data_packets),
	SIDE(NUMBER, duplicate_packets),
	SIDE(NUMBER, duplicate_bytes),
	SIDE(FLAG, fin),
	SIDE(FLAG, rst),
	SIDE(FLAG, has_reason),
	SIDE(NUMBER, reason),
	SIDE(NUMBER, reason_flags),
	SIDE(FLAG, fastclose),
	SIDE(FLAG, backup),
	SIDE(FLAG, has_id),
	SIDE(NUMBER, id),
	SIDE(NUMBER, syn_data),
	SIDE(FLAG, data_fin),
	SIDE(NUMBER, data_fin_dsn),
	SIDE(FLAG, has_data_ack),
	SIDE(NUMBER, data_ack),
	SIDE(FLAG, mptcp_after_syn),
	SIDE(FLAG, dss),
	SIDE(FLAG, infinite),
	SIDE(FLAG, talked),
	SIDE(NUMBER, plain_after_syn),
	SIDE(NUMBER, plain_tail),
	SIDE(FLAG, unmapped_tail),
	SIDE(NUMBER, mapped_end),
	SIDE(FLAG, acked_more),
	SIDE(NUMBER, missing),
	S(SIGNED, kind),
	S(SIGNED, end),
	S(FLAG, established),
	S(NUMBER, bad_option),
	S(FLAG, capable_syn),
	S(FLAG, capable_synack),
	S(FLAG, capable_ack),
	S(FLAG, plain_ack),
	S(SIGNED, capable_flaw[0]),
	S(SIGNED, capable_flaw[1]),
	S(SIGNED, capable_flaw[2]),
	S(FLAG, syn_without_capable),
	S(FLAG, checksums),
	S(SIGNED, version),
	BOTH(stream, FLAG, signs, ),
	BOTH(stream, FLAG, has_key, ),
	BOTH(stream, NUMBER, key, ),
	S(FLAG, has_token),
	S(NUMBER, token),
	BOTH(stream, FLAG, has_nonce, ),
	BOTH(stream, NUMBER, nonce, ),
	S(FLAG, join_synack),
	BOTH(stream, FLAG, has_hmac, ),
	BOTH(stream, BYTES, hmac, ),
	S(FLAG, mp_fail),
	S(FLAG, infinite_mapping),
	S(SIGNED, connection),
	S(FLAG, flipped),
	S(NUMBER, position),
	COUNTS(stream),
};

/* All members except subflows, n_subflows, and accounted, which is true. */
static const struct member connection_members[] = {
	C(NUMBER, id),
	C(SIGNED, version),
	C(SIGNED, state),
	C(SIGNED, cause),
	C(SIGNED, grouping),
	C(SIGNED, close),
	CSIDE(FLAG, lost),
	CSIDE(NUMBER, lost_frame),
	CSIDE(SIGNED, lost_time),
	CSIDE(FLAG, has_key),
	CSIDE(NUMBER, key),
	CSIDE(FLAG, has_token),
	CSIDE(NUMBER, token),
	CSIDE(FLAG, has_idsn),
	CSIDE(NUMBER, idsn),
	CSIDE(ADDRESS, end.address),
	CSIDE(NUMBER, end.port),
	C(FLAG, has_initial),
	C(NUMBER, first_frame),
	C(SIGNED, first_time),
	C(SIGNED, last_time),
	COUNTS(connection),
	BOTH(connection, FLAG, has_acked, ),
	BOTH(connection, NUMBER, acked, ),
};

/*
 * A member that is added to these structs must be added above, with a new
 * version.
 */
_Static_assert(sizeof(long) != 8 || (sizeof(struct stream) == 856 &&
				     sizeof(struct connection) == 440),
	       "members of struct stream and struct connection");

struct layout {
	const char *name, *list; /* of the line; of its last column */
	const struct member *members;
	size_t n;
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const struct layout streams_layout = { "stream", "also", stream_members,
					      COUNT(stream_members) };
static const struct layout connections_layout = { "connection", "subflows",
						  connection_members,
						  COUNT(connection_members) };

static uint64_t load(const void *from, size_t size)
{
	uint64_t v = 0;

	memcpy(&v, from, size); /* little-endian: the rest remains 0 */
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v >>= 8 * (sizeof(v) - size);
#endif
	return v;
}

static void store(void *to, size_t size, uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v <<= 8 * (sizeof(v) - size);
#endif
	memcpy(to, &v, size);
}

static void print_member(struct strbuf *out, const struct member *m,
			 const char *object)
{
	const char *at = object + m->at;
	static const uint8_t nothing[64];
	uint64_t v = 0;

	switch (m->kind) {
	case ADDRESS: address_append(out, (const void *)at); break;
	case BYTES:
		if (memcmp(at, nothing, m->size) != 0)
			strbuf_hex(out, (const uint8_t *)at, m->size);
		break;
	case FLAG:
		if (load(at, m->size))
			strbuf_putc(out, '1');
		break;
	case SIGNED:
		v = load(at, m->size);
		if (v >> (8 * m->size - 1)) {
			strbuf_putc(out, '-');
			v = -v;
			if (m->size < sizeof(v))
				v &= ((uint64_t)1 << 8 * m->size) - 1;
		}
		if (v)
			strbuf_decimal(out, v);
		break;
	case NUMBER:
		v = load(at, m->size);
		if (v)
			strbuf_decimal(out, v);
		break;
	}
}

static void print_names(struct strbuf *out, const struct layout *l)
{
	strbuf_puts(out, l->name);
	for (size_t i = 0; i < l->n; i++) {
		strbuf_putc(out, ',');
		strbuf_puts(out, l->members[i].name);
	}
	strbuf_printf(out, ",%s\n", l->list);
}

static void print_object(struct strbuf *out, const struct layout *l,
			 const void *object)
{
	strbuf_puts(out, l->name);
	for (size_t i = 0; i < l->n; i++) {
		strbuf_putc(out, ',');
		print_member(out, &l->members[i], object);
	}
	strbuf_putc(out, ',');
}

void outline_print(const struct trace *t, struct strbuf *out)
{
	const struct strlist *names = &t->packets.interfaces;

	strbuf_printf(out, "outline,%d,%zu,%zu,%zu\n", OUTLINE_VERSION,
		      names->n, t->n_streams, t->n_connections);
	for (size_t i = 0; i < names->n; i++) {
		strbuf_puts(out, "interface,");
		strbuf_hex(out, (const uint8_t *)names->items[i],
			   strlen(names->items[i]));
		strbuf_putc(out, ',');
		csvtext_append(out, names->items[i], strlen(names->items[i]));
		strbuf_putc(out, '\n');
	}
	print_names(out, &streams_layout);
	for (size_t i = 0; i < t->n_streams; i++) {
		const struct stream *s = &t->streams[i];

		print_object(out, &streams_layout, s);
		for (size_t k = 0; k < s->n_also; k++)
			strbuf_printf(out, "%s%" PRIu32, k ? ";" : "",
				      s->also[k]);
		strbuf_putc(out, '\n');
	}
	print_names(out, &connections_layout);
	for (size_t i = 0; i < t->n_connections; i++) {
		const struct connection *c = &t->connections[i];

		print_object(out, &connections_layout, c);
		for (size_t k = 0; k < c->n_subflows; k++)
			strbuf_printf(out, "%s%zu", k ? ";" : "",
				      c->subflows[k]);
		strbuf_putc(out, '\n');
	}
}

/* The state of parsing lines. */
struct parser {
	const char *at, *end; /* of the text */
	const char *stop;     /* the newline that ends the line */
};

static int next_line(struct parser *r)
{
	r->stop = memchr(r->at, '\n', (size_t)(r->end - r->at));
	return r->stop ? 0 : -1;
}

/* The next field; skips the comma after it, but not the newline. */
static const char *next_field(struct parser *r, size_t *n)
{
	const char *field = r->at;
	const char *comma = memchr(field, ',', (size_t)(r->stop - field));

	*n = (size_t)((comma ? comma : r->stop) - field);
	r->at = comma ? comma + 1 : r->stop;
	return field;
}

static int expect(struct parser *r, const char *text, size_t length)
{
	if ((size_t)(r->end - r->at) < length ||
	    memcmp(r->at, text, length) != 0)
		return -1;
	r->at += length;
	return 0;
}

static int parse_member(const struct member *m, const char *text, size_t n,
			char *object)
{
	char *at = object + m->at;
	bool negative = m->kind == SIGNED && n > 0 && *text == '-';
	uint64_t v = 0;

	if (n == 0)
		return 0;
	switch (m->kind) {
	case ADDRESS: return address_parse((void *)at, text, n);
	case BYTES:
		return num_hexbytes(text, n, (uint8_t *)at, m->size) ==
				       (int)m->size
			       ? 0
			       : -1;
	case FLAG:
		if (n != 1 || *text != '1')
			return -1;
		store(at, m->size, 1);
		return 0;
	case SIGNED:
	case NUMBER:
		if (num_u64(text + negative, n - (size_t)negative,
			    m->size < sizeof(v)
				    ? ((uint64_t)1 << 8 * m->size) - 1
				    : UINT64_MAX,
			    &v) < 0)
			return -1;
		store(at, m->size, negative ? -v : v);
		return 0;
	}
	return -1;
}

/* Parse a line up to its list. */
static int parse_object(struct parser *r, const struct layout *l, void *object)
{
	const char *text = NULL;
	size_t n = 0;

	if (next_line(r) < 0)
		return -1;
	text = next_field(r, &n);
	if (n != strlen(l->name) || memcmp(text, l->name, n) != 0)
		return -1;
	for (size_t i = 0; i < l->n; i++) {
		text = next_field(r, &n);
		if (r->at == r->stop && (r->at[-1] != ',' || i + 1 < l->n))
			return -1;
		if (parse_member(&l->members[i], text, n, object) < 0)
			return -1;
	}
	return 0;
}

/*
 * Parse one number of the list: 1; 0 at the end of the line, which is skipped;
 * -1.
 */
static int next_number(struct parser *r, uint64_t max, uint64_t *v)
{
	const char *sign = NULL;
	size_t n = (size_t)(r->stop - r->at);

	if (r->at == r->stop) {
		r->at++;
		return 0;
	}
	sign = memchr(r->at, ';', n);
	if (sign)
		n = (size_t)(sign - r->at);
	if (num_u64(r->at, n, max, v) < 0)
		return -1;
	r->at += n + (sign != NULL);
	return 1;
}

static int parse_stream(struct parser *r, struct trace *t)
{
	struct stream *s = &t->streams[t->n_streams++];
	uint64_t v = 0;
	int more = parse_object(r, &streams_layout, s);

	while (more == 0 && (more = next_number(r, UINT32_MAX, &v)) > 0) {
		s->also = mem_realloc(s->also, s->n_also + 1, sizeof(*s->also));
		s->also[s->n_also++] = (uint32_t)v;
		more = 0;
	}
	return more;
}

static int parse_connection(struct parser *r, struct trace *t)
{
	struct connection *c = &t->connections[t->n_connections++];
	uint64_t v = 0;
	int more = parse_object(r, &connections_layout, c);

	while (more == 0 && (more = next_number(r, UINT32_MAX, &v)) > 0) {
		if (v >= t->n_streams)
			return -1;
		c->subflows = mem_realloc(c->subflows, c->n_subflows + 1,
					  sizeof(*c->subflows));
		c->subflows[c->n_subflows++] = (size_t)v;
		more = 0;
	}
	return more < 0 || c->n_subflows == 0 ? -1 : 0;
}

static int parse_interface(struct parser *r, struct packets *packets)
{
	char name[ROW_INTERFACE_TEXT] = "";
	struct strbuf quoted = STRBUF_INIT;
	const char *text = NULL;
	size_t n = 0;
	int rc = 0;

	if (expect(r, "interface,", 10) < 0 || next_line(r) < 0)
		return -1;
	text = next_field(r, &n);
	if (num_hexbytes(text, n, (uint8_t *)name, sizeof(name) - 1) < 0)
		return -1;
	packets_add_interface(packets, name);
	/* A name may contain a newline within quotes. */
	n = strlen(name);
	r->at = text + 2 * n;
	strbuf_putc(&quoted, ',');
	csvtext_append(&quoted, name, n);
	strbuf_putc(&quoted, '\n');
	rc = expect(r, quoted.text, quoted.len);
	strbuf_release(&quoted);
	return rc;
}

static int parse_names(struct parser *r, const struct layout *l)
{
	struct strbuf names = STRBUF_INIT;
	int rc = 0;

	print_names(&names, l);
	rc = expect(r, names.text, names.len);
	strbuf_release(&names);
	return rc;
}

static int parse_all(struct parser *r, struct trace *t)
{
	uint64_t count[4] = { 0 };
	const char *text = NULL;
	size_t n = 0;

	if (expect(r, "outline,", 8) < 0 || next_line(r) < 0)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		text = next_field(r, &n);
		/*
		 * Each object takes more than one byte of text, so n is
		 * limited.
		 */
		if (num_u64(text, n, (uint64_t)(r->end - r->at), &count[i]) < 0)
			return -1;
	}
	if (count[0] != OUTLINE_VERSION || r->at++ != r->stop)
		return -1;
	for (uint64_t i = 0; i < count[1]; i++)
		if (parse_interface(r, &t->packets) < 0)
			return -1;
	t->streams = mem_calloc(count[2], sizeof(*t->streams));
	t->connections = mem_calloc(count[3], sizeof(*t->connections));
	if (parse_names(r, &streams_layout) < 0)
		return -1;
	for (uint64_t i = 0; i < count[2]; i++)
		if (parse_stream(r, t) < 0 ||
		    t->streams[i].connection >= (long)count[3] ||
		    t->streams[i].interface >= (int)t->packets.interfaces.n)
			return -1;
	if (parse_names(r, &connections_layout) < 0)
		return -1;
	for (uint64_t i = 0; i < count[3]; i++)
		if (parse_connection(r, t) < 0)
			return -1;
	return r->at == r->end ? 0 : -1;
}

/* Check all values that are used as indices. */
static bool is_coherent(const struct trace *t)
{
	size_t subflows = 0;

	for (size_t c = 0; c < t->n_connections; c++) {
		const struct connection *conn = &t->connections[c];

		if (conn->id != c || (unsigned)conn->state > CONN_REFUSED ||
		    (unsigned)conn->cause > FALLBACK_INFINITE_MAPPING ||
		    (unsigned)conn->grouping > GROUPING_DATA_SEQUENCE ||
		    (unsigned)conn->close > END_UNANSWERED)
			return false;
		for (size_t k = 0; k < conn->n_subflows; k++) {
			const struct stream *s = &t->streams[conn->subflows[k]];

			if (s->connection != (long)c || s->position != k)
				return false;
		}
		subflows += conn->n_subflows;
	}
	for (size_t i = 0; i < t->n_streams; i++) {
		const struct stream *s = &t->streams[i];

		if (s->interface < -1 || s->n == 0 || s->connection < -1 ||
		    (unsigned)s->kind > STREAM_ORPHAN ||
		    (unsigned)s->end > END_UNANSWERED ||
		    (i && s->tcp_stream <= s[-1].tcp_stream))
			return false;
		subflows -= s->connection >= 0;
	}
	return subflows == 0;
}

int outline_parse(struct trace *t, const char *text, size_t n)
{
	struct parser r = { .at = text, .end = text + n };

	if (parse_all(&r, t) == 0 && is_coherent(t)) {
		vantage_gather(t);
		return 0;
	}
	streams_release(t->streams, t->n_streams);
	connections_release(t->connections, t->n_connections);
	packets_release(&t->packets);
	t->streams = NULL;
	t->connections = NULL;
	t->n_streams = t->n_connections = 0;
	return -1;
}
