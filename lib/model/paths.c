/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/paths.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "base/sort.h"
#include "model/account.h"
#include "model/busy.h"
#include "model/rtt.h"

/* A path with its key. */
struct path_entry {
	char *key; /* owned */
	struct path_sums *path;
	UT_hash_handle hh;
};

const char *path_key_name(int key)
{
	static const char *const names[] = { "pair", "interface", "client",
					     "server", NULL };

	return key >= 0 && key < (int)(sizeof(names) / sizeof(names[0]))
		       ? names[key]
		       : NULL;
}

/* The contribution of one connection. */

static void measure(const struct path_part *part, const struct stream *s,
		    struct path_subflow out[2])
{
	struct rtt_series rtt[2];
	struct periods busy[2] = { PERIODS_INIT(BUSY_GAP),
				   PERIODS_INIT(BUSY_GAP) };

	rtt_follow(part->trace, s, rtt);
	busy_find(part->trace, s, busy);
	for (int tcp = 0; tcp < 2; tcp++) {
		const enum direction d = (enum direction)(tcp ^ s->flipped);

		out[d].busy = busy[tcp];
		if (vantage_is_sender(part->vantage, d)) {
			out[d].rtt = rtt[tcp].rtt;
			rtt[tcp].rtt = (struct samples){ .n = 0 };
		}
		rtt_series_release(&rtt[tcp]);
	}
}

struct path_part *path_part_make(struct trace *t, struct connection *conn)
{
	struct path_part *part = mem_calloc(1, sizeof(*part));

	if (!conn->accounted)
		account_connection(t, conn, NULL);
	part->trace = t;
	part->conn = conn;
	part->vantage = vantage_of(t, conn);
	part->subflows = mem_calloc(conn->n_subflows, sizeof(*part->subflows));
	for (size_t k = 0; k < conn->n_subflows; k++)
		measure(part, trace_subflow(t, conn, k), part->subflows[k]);
	return part;
}

void path_part_free(struct path_part *part)
{
	for (size_t k = 0; k < part->conn->n_subflows; k++)
		for (int d = 0; d < 2; d++) {
			samples_release(&part->subflows[k][d].rtt);
			periods_release(&part->subflows[k][d].busy);
		}
	free(part->subflows);
	free(part);
}

/* Sums. */

static void init_path(struct path_sums *path)
{
	*path = (struct path_sums){ .has_client = COMMON_NONE };
	for (int d = 0; d < 2; d++)
		path->direction[d].busy =
			(struct periods)PERIODS_INIT(BUSY_GAP);
}

static void release_path(struct path_sums *path)
{
	free(path->interface);
	for (int d = 0; d < 2; d++) {
		digest_release(&path->direction[d].rtt);
		periods_release(&path->direction[d].busy);
	}
}

void paths_init(struct paths *paths, enum path_key by)
{
	*paths = (struct paths){ .by = by };
	init_path(&paths->total);
}

void paths_release(struct paths *paths)
{
	struct path_entry *e = NULL, *next = NULL;

	for (size_t i = 0; i < paths->n; i++) {
		release_path(paths->items[i]);
		free(paths->items[i]);
	}
	free(paths->items);
	release_path(&paths->total);
	HASH_ITER (hh, paths->entries, e, next) {
		HASH_DEL(paths->entries, e);
		free(e->key);
		free(e);
	}
	memset(paths, 0, sizeof(*paths));
}

/* Addresses by roles of the connection. */
static const struct address *address_of(const struct stream *s, bool server)
{
	return server != s->flipped ? &s->server.address : &s->client.address;
}

/* NULL: unknown. */
static const char *interface_of(const struct trace *t, const struct stream *s)
{
	const struct strlist *names = &t->packets.interfaces;
	const bool known = s->interface >= 0 && (size_t)s->interface < names->n;

	return known && *names->items[s->interface] ? names->items[s->interface]
						    : NULL;
}

static char *key_of(const struct paths *paths, const struct trace *t,
		    const struct stream *s)
{
	struct strbuf key = STRBUF_INIT;
	const char *interface = interface_of(t, s);

	strbuf_puts(&key, "");
	switch (paths->by) {
	case PATH_BY_INTERFACE:
		strbuf_puts(&key, interface ? interface : "");
		break;
	case PATH_BY_PAIR:
		address_append(&key, address_of(s, false));
		strbuf_putc(&key, ' ');
		address_append(&key, address_of(s, true));
		break;
	case PATH_BY_CLIENT: address_append(&key, address_of(s, false)); break;
	case PATH_BY_SERVER: address_append(&key, address_of(s, true)); break;
	}
	return strbuf_detach(&key);
}

static struct path_sums *find_path(struct paths *paths, const struct trace *t,
				   const struct stream *s)
{
	char *key = key_of(paths, t, s);
	struct path_entry *e = NULL;
	struct path_sums *path = NULL;

	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
	HASH_FIND_STR(paths->entries, key, e);
	if (e) {
		free(key);
		return e->path;
	}
	path = mem_calloc(1, sizeof(*path));
	init_path(path);
	e = mem_calloc(1, sizeof(*e));
	e->key = key;
	e->path = path;
	HASH_ADD_KEYPTR(hh, paths->entries, e->key, strlen(e->key), e);
	*MEM_PUSH(paths->items, paths->n, paths->cap) = path;
	return e->path;
}

static void note_address(struct address *all, enum common *common,
			 const struct address *one)
{
	if (*common == COMMON_NONE) {
		*all = *one;
		*common = COMMON_ONE;
	} else if (!address_is_equal(all, one)) {
		*common = COMMON_SEVERAL;
	}
}

static void note_interface(struct path_sums *path, const char *name)
{
	if (!name)
		return;
	if (path->has_interface == COMMON_NONE) {
		path->interface = mem_strdup(name);
		path->has_interface = COMMON_ONE;
	} else if (path->interface && strcmp(path->interface, name) != 0) {
		free(path->interface);
		path->interface = NULL;
		path->has_interface = COMMON_SEVERAL;
	}
}

static void add_counts(struct byte_counts *sum, const struct byte_counts *more)
{
	sum->sent += more->sent;
	sum->packets += more->packets;
	for (int c = 0; c < BYTE_CLASSES; c++) {
		sum->of[c] += more->of[c];
		sum->packets_of[c] += more->packets_of[c];
	}
}

static void add_direction(struct path_direction *out,
			  const struct byte_counts *counts, bool at_sender,
			  const struct path_subflow *more)
{
	add_counts(&out->counts, counts);
	if (at_sender) {
		out->sent_here += counts->sent;
		out->repeated_here += counts->of[BYTES_TCP_RETRANSMITTED];
	}
	for (size_t i = 0; i < more->rtt.n; i++)
		digest_add(&out->rtt, more->rtt.values[i]);
	for (size_t i = 0; i < more->busy.n; i++)
		periods_add(&out->busy, more->busy.items[i].from,
			    more->busy.items[i].to);
	out->has_lost |= more->has_lost;
	out->lost += more->lost;
	out->crossed += more->crossed;
}

static void add_subflow(struct path_sums *path, const struct path_part *part,
			size_t k)
{
	const struct stream *s = trace_subflow(part->trace, part->conn, k);
	const bool join = s->kind == STREAM_JOIN;

	note_address(&path->client, &path->has_client, address_of(s, false));
	note_address(&path->server, &path->has_server, address_of(s, true));
	note_interface(path, interface_of(part->trace, s));
	path->subflows++;
	path->established += s->established;
	path->backup += s->side[0].backup || s->side[1].backup;
	path->joins += join;
	path->joins_failed += join && !s->established;
	path->resets +=
		s->end == END_RESET_CLIENT || s->end == END_RESET_SERVER;
	for (int d = 0; d < 2; d++)
		add_direction(
			&path->direction[d], &s->bytes[d],
			vantage_is_sender(part->vantage, (enum direction)d),
			&part->subflows[k][d]);
}

void paths_add(struct paths *paths, const struct path_part *part)
{
	const uint64_t number = ++paths->total.connections;

	for (size_t k = 0; k < part->conn->n_subflows; k++) {
		const struct stream *s =
			trace_subflow(part->trace, part->conn, k);
		struct path_sums *path = find_path(paths, part->trace, s);

		add_subflow(path, part, k);
		add_subflow(&paths->total, part, k);
		path->connections += path->latest != number;
		path->latest = number;
	}
}

static uint64_t unique_of(const struct path_sums *path)
{
	return path->direction[0].counts.of[BYTES_UNIQUE] +
	       path->direction[1].counts.of[BYTES_UNIQUE];
}

/* Then by name, which is unique. */
static int by_bytes(const void *x, const void *y)
{
	const struct path_sums *a = *(struct path_sums *const *)x,
			       *b = *(struct path_sums *const *)y;
	int order = COMPARE(unique_of(b), unique_of(a));

	if (!order)
		order = address_order(&a->client, &b->client);
	if (!order)
		order = address_order(&a->server, &b->server);
	if (!order)
		order = strcmp(a->interface ? a->interface : "",
			       b->interface ? b->interface : "");
	return order;
}

void paths_sort(struct paths *paths)
{
	SORT(paths->items, paths->n, by_bytes);
}
