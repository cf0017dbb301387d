/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/packets.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "base/sort.h"

/*
 * A list of all columns, so that growing, sorting and freeing treats them
 * alike.
 */
#define COLUMNS(X)                                                             \
	X(frame)                                                               \
	X(time)                                                                \
	X(stream)                                                              \
	X(seq) X(ack) X(len) X(flags) X(window) X(ip_id) X(interface) X(mark)  \
		X(ttl) X(way) X(n_options) X(options)

enum {
	TCP_STREAM_MAX = 1 << 28 /* larger than in any real capture */
};

struct interface_name {
	char name[ROW_INTERFACE_TEXT];
	uint16_t index;
	UT_hash_handle hh;
};

static void forget_names(struct packets *p)
{
	struct interface_name *i = NULL, *next = NULL;

	HASH_ITER (hh, p->names, i, next) {
		HASH_DEL(p->names, i);
		free(i);
	}
}

void packets_init(struct packets *p)
{
	memset(p, 0, sizeof(*p));
}

void packets_release(struct packets *p)
{
#define FREE(c) free(p->c);
	COLUMNS(FREE)
#undef FREE
	forget_names(p);
	free(p->arena);
	free(p->streams);
	number_index_release(&p->by_tcp_stream);
	strlist_release(&p->interfaces);
	packets_init(p);
}

static void grow(struct packets *p)
{
	size_t cap = mem_grow(p->cap, p->n + 1);

#define GROW(c) p->c = mem_realloc(p->c, cap, sizeof(*p->c));
	COLUMNS(GROW)
#undef GROW
	p->cap = cap;
}

/*
 * The stream with this number; created if necessary for a packet between these
 * ends.
 */
static uint32_t stream_of(struct packets *p, uint32_t number,
			  const struct endpoint *from,
			  const struct endpoint *to)
{
	uint32_t *at = number_index_place(&p->by_tcp_stream, number);

	if (*at)
		return *at - 1;
	*MEM_PUSH(p->streams, p->n_streams, p->cap_streams) =
		(struct raw_stream){ .a = *from,
				     .b = *to,
				     .tcp_stream = number };
	*at = (uint32_t)p->n_streams;
	return *at - 1;
}

/* Assign packet i, which "from" sent, to the stream with this number. */
static void set_stream(struct packets *p, size_t i, uint32_t number,
		       const struct endpoint *from, const struct endpoint *to)
{
	const struct raw_stream *s = NULL;

	p->stream[i] = stream_of(p, number, from, to);
	s = &p->streams[p->stream[i]];
	if (from->port != s->a.port ||
	    !address_is_equal(&from->address, &s->a.address))
		p->mark[i] |= PACKET_REVERSE;
}

long packets_find_stream(const struct packets *p, uint32_t tcp_stream)
{
	return number_index_find(&p->by_tcp_stream, tcp_stream);
}

void packets_clear(struct packets *p)
{
	number_index_clear(&p->by_tcp_stream);
	p->n = p->arena_n = p->n_streams = p->steps_back = 0;
}

uint16_t packets_add_interface(struct packets *p, const char *name)
{
	struct interface_name *i = p->latest;

	if (i && strcmp(i->name, name) == 0)
		return i->index;
	HASH_FIND_STR(p->names, name, i);
	if (i) {
		p->latest = i;
		return i->index;
	}
	if (p->interfaces.n == UINT16_MAX)
		/* too many interfaces: use the last one */
		return UINT16_MAX - 1;
	i = mem_calloc(1, sizeof(*i));
	memcpy(i->name, name, strlen(name));
	i->index = (uint16_t)p->interfaces.n;
	HASH_ADD_STR(p->names, name, i);
	p->latest = i;
	strlist_add(&p->interfaces, name);
	return i->index;
}

static uint8_t way_of(const struct row *row)
{
	if (!(row->present & ROW_HAS_PACKET_TYPE))
		return WAY_UNKNOWN;
	switch (row->packet_type) {
	case ROW_CAME: return WAY_CAME;
	case ROW_SENT: return WAY_SENT;
	default: return WAY_OTHER;
	}
}

int packets_append(void *ctx, const struct row *row, struct error *err)
{
	struct packets *p = ctx;
	size_t i = p->n, padded = ((size_t)row->n_options + 3) & ~(size_t)3;
	const struct endpoint from = { row->src, row->sport };
	const struct endpoint to = { row->dst, row->dport };

	if (row->stream > TCP_STREAM_MAX || p->n == PACKETS_MAX)
		return error_set(err, EXIT_INPUT, "too many packets");
	if (p->n == p->cap)
		grow(p);
	if (!p->arena || p->arena_n + padded > p->arena_cap) {
		p->arena_cap = mem_grow(p->arena_cap, p->arena_n + padded);
		p->arena = mem_realloc(p->arena, p->arena_cap, 1);
	}
	if (row->n_options)
		memcpy(p->arena + p->arena_n, row->options, row->n_options);
	p->options[i] = (uint32_t)(p->arena_n / 4);
	p->arena_n += padded;
	p->n_options[i] = row->n_options;
	p->frame[i] = row->frame;
	p->time[i] = row->time;
	p->seq[i] = row->seq;
	p->ack[i] = row->ack;
	p->len[i] = row->len;
	p->flags[i] = row->flags;
	p->window[i] = row->window;
	p->ip_id[i] = row->ip_id;
	p->ttl[i] = row->present & ROW_HAS_TTL ? row->ttl : 0;
	p->way[i] = way_of(row);
	p->interface[i] = row->interface[0]
				  ? packets_add_interface(p, row->interface)
				  : UINT16_MAX;
	p->mark[i] = 0;
	set_stream(p, i, row->stream, &from, &to);
	if (row->present & ROW_OPTIONS_CUT)
		p->mark[i] |= PACKET_OPTIONS_CUT;
	if (row->present & ROW_HAS_IP_ID)
		p->mark[i] |= PACKET_HAS_IP_ID;
	p->n++;
	return 0;
}

struct sort_key {
	int64_t time;
	uint32_t at;
};

static int by_time(const void *a, const void *b)
{
	const struct sort_key *x = a, *y = b;

	return COMPARE(x->time, y->time) ?: COMPARE(x->at, y->at);
}

static void permute(void *column, size_t size, const uint32_t *order, size_t n)
{
	char *from = column, *copy = mem_realloc(NULL, n, size);

	memcpy(copy, from, n * size);
	for (size_t i = 0; i < n; i++)
		memcpy(from + i * size, copy + order[i] * size, size);
	free(copy);
}

static void permute_all(struct packets *p, const uint32_t *order)
{
#define PERMUTE(c) permute(p->c, sizeof(*p->c), order, p->n);
	COLUMNS(PERMUTE)
#undef PERMUTE
}

void packets_sort(struct packets *p)
{
	struct sort_key *keys = NULL;
	uint32_t *order = NULL;
	size_t i = 1;

	for (p->steps_back = 0; i < p->n; i++)
		p->steps_back += p->time[i] < p->time[i - 1];
	if (!p->steps_back)
		return;
	keys = mem_realloc(NULL, p->n, sizeof(*keys));
	order = mem_realloc(NULL, p->n, sizeof(*order));
	for (i = 0; i < p->n; i++)
		keys[i] = (struct sort_key){ p->time[i], (uint32_t)i };
	SORT(keys, p->n, by_time);
	for (i = 0; i < p->n; i++)
		order[i] = keys[i].at;
	free(keys);
	permute_all(p, order);
	free(order);
}

/* Whether there is room for as many, and stream numbers stay in range. */
static bool may_take(const struct packets *p, const struct packets *from,
		     uint32_t base)
{
	for (size_t i = 0; i < from->n_streams; i++)
		if (base > TCP_STREAM_MAX ||
		    from->streams[i].tcp_stream > TCP_STREAM_MAX - base)
			return false;
	return from->n <= PACKETS_MAX - p->n;
}

/* Append the columns and options of "from" to those of p. */
static void append_all(struct packets *p, const struct packets *from)
{
	while (p->cap < p->n + from->n)
		grow(p);
#define COPY(c) memcpy(p->c + p->n, from->c, from->n * sizeof(*p->c));
	COLUMNS(COPY)
#undef COPY
	if (p->arena_n + from->arena_n > p->arena_cap) {
		p->arena_cap =
			mem_grow(p->arena_cap, p->arena_n + from->arena_n);
		p->arena = mem_realloc(p->arena, p->arena_cap, 1);
	}
	if (from->arena_n)
		memcpy(p->arena + p->arena_n, from->arena, from->arena_n);
}

void packets_copy(struct packets *to, const struct packets *from)
{
	packets_init(to);
	for (size_t k = 0; k < from->interfaces.n; k++)
		packets_add_interface(to, from->interfaces.items[k]);
	if (from->n)
		append_all(to, from);
	to->n = from->n;
	to->arena_n = from->arena_n;
	for (size_t k = 0; k < from->n_streams; k++)
		stream_of(to, from->streams[k].tcp_stream, &from->streams[k].a,
			  &from->streams[k].b);
}

static void give_back(struct packets *p)
{
	if (p->cap < 2 * p->n + 64)
		return;
	p->cap = p->n + 1;
#define SHRINK(c) p->c = mem_realloc(p->c, p->cap, sizeof(*p->c));
	COLUMNS(SHRINK)
#undef SHRINK
}

/* Rewrite the options of all packets in order, without gaps. */
static void pack_options(struct packets *p)
{
	uint8_t *arena = NULL;
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += ((size_t)p->n_options[i] + 3) & ~(size_t)3;
	arena = mem_realloc(NULL, n + 1, 1);
	p->arena_cap = n;
	n = 0;
	for (size_t i = 0; i < p->n; i++) {
		const size_t padded = ((size_t)p->n_options[i] + 3) &
				      ~(size_t)3;

		memcpy(arena + n, packets_options(p, i), padded);
		p->options[i] = (uint32_t)(n / 4);
		n += padded;
	}
	free(p->arena);
	p->arena = arena;
	p->arena_n = n;
}

void packets_keep(struct packets *p, const uint8_t *marked)
{
	struct raw_stream *before = p->streams;
	size_t n = 0;

	number_index_clear(&p->by_tcp_stream);
	p->streams = NULL;
	p->n_streams = p->cap_streams = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct raw_stream *s = &before[p->stream[i]];

		if (!marked[i])
			continue;
#define MOVE(c) p->c[n] = p->c[i];
		COLUMNS(MOVE)
#undef MOVE
		p->stream[n] = stream_of(p, s->tcp_stream, &s->a, &s->b);
		n++;
	}
	p->n = n;
	free(before);
	pack_options(p);
	give_back(p);
}

int packets_take(struct packets *p, struct packets *from, uint32_t base,
		 struct error *err)
{
	const uint32_t options = (uint32_t)(p->arena_n / 4);
	uint16_t *index = NULL;
	size_t i = p->n;

	if (!may_take(p, from, base))
		return error_set(err, EXIT_INPUT, "too many packets");
	index = mem_calloc(from->interfaces.n + 1, sizeof(*index));
	for (size_t k = 0; k < from->interfaces.n; k++)
		index[k] = packets_add_interface(p, from->interfaces.items[k]);
	if (from->n)
		append_all(p, from);
	for (size_t k = 0; k < from->n; k++, i++) {
		const struct raw_stream *s = &from->streams[from->stream[k]];
		const bool reverse = from->mark[k] & PACKET_REVERSE;

		p->options[i] += options;
		if (p->interface[i] < from->interfaces.n)
			p->interface[i] = index[p->interface[i]];
		p->mark[i] &= (uint8_t)~PACKET_REVERSE;
		set_stream(p, i, s->tcp_stream + base, reverse ? &s->b : &s->a,
			   reverse ? &s->a : &s->b);
	}
	p->arena_n += from->arena_n;
	p->n = i;
	free(index);
	packets_release(from);
	return 0;
}

void packets_rearrange(struct packets *p, const uint32_t *order,
		       const uint32_t *numbers)
{
	struct raw_stream *before = p->streams;

	if (!p->n)
		return;
	permute_all(p, order);
	number_index_clear(&p->by_tcp_stream);
	p->streams = NULL;
	p->n_streams = p->cap_streams = 0;
	for (size_t i = 0; i < p->n; i++) {
		const struct raw_stream *s = &before[p->stream[i]];
		const bool reverse = p->mark[i] & PACKET_REVERSE;

		p->mark[i] &= (uint8_t)~PACKET_REVERSE;
		set_stream(p, i, numbers[i], reverse ? &s->b : &s->a,
			   reverse ? &s->a : &s->b);
	}
	free(before);
}

const uint8_t *packets_options(const struct packets *p, size_t i)
{
	return p->arena + (size_t)p->options[i] * 4;
}

void packets_tcpopt(const struct packets *p, size_t i, struct tcp_options *out)
{
	tcpopt_parse(packets_options(p, i), p->n_options[i], out);
}

int packets_mptcp(const struct packets *p, size_t i, struct tcp_options *out)
{
	return tcpopt_parse_mptcp(packets_options(p, i), p->n_options[i], out);
}

bool packets_has_mptcp(const struct packets *p, size_t i)
{
	struct tcp_options o;

	return packets_mptcp(p, i, &o) > 0;
}

uint64_t packets_tsval(const struct packets *p, size_t i)
{
	return tcpopt_tsval(packets_options(p, i), p->n_options[i]);
}
