/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MP_FASTCLOSE, MP_TCPRST, MP_FAIL. */
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "check/examine.h"
#include "check/subflow.h"

enum {
	REASONS = 7,	/* RFC 8684 3.6: 0 to 6 */
	TRANSIENT = 0x1 /* T */
};

static void check_fastclose(struct checkup *c, const struct signal *s)
{
	struct finding *f = &c->findings[RULE_FASTCLOSE_KEY];
	const struct conn_side *peer = &c->conn->side[!s->from];

	if (!peer->has_key)
		finding_unknown(f, "the keys are not known: the first "
				   "handshake was not captured");
	else if (s->option.key != peer->key)
		finding_wrong(f, SEVERITY_ERROR, checkup_frame(c, s->packet),
			      "the MP_FASTCLOSE of the %s does not name the "
			      "key of the %s",
			      s->from ? "server" : "client",
			      s->from ? "client" : "server");
	else
		finding_ok(f);
}

static void check_reason(struct checkup *c, const struct signal *s)
{
	struct finding *f = &c->findings[RULE_RESET_REASON];

	if (s->flaw != FLAW_NONE)
		finding_wrong(f, SEVERITY_WARNING, checkup_frame(c, s->packet),
			      "MP_TCPRST is in a packet that is no RST: it has "
			      "no effect");
	else if (s->option.reason >= REASONS)
		finding_wrong(f, SEVERITY_WARNING, checkup_frame(c, s->packet),
			      "the reset has a reason, 0x%02x, that RFC 8684 "
			      "does not know",
			      s->option.reason);
	else
		finding_ok(f);
}

/* A pair of addresses on which a subflow was reset for good. */
struct barred {
	struct path {
		char client[ROW_ADDRESS_TEXT], server[ROW_ADDRESS_TEXT];
	} path;	      /* zeroed behind the texts: it is hashed */
	int64_t time; /* of the first reset */
	uint32_t frame;
	UT_hash_handle hh;
};

static struct barred *find_barred(struct barred **all, const struct stream *s,
				  int make)
{
	struct path path;
	struct barred *b = NULL;

	memset(&path, 0, sizeof(path));
	memcpy(path.client, s->client.address, strlen(s->client.address));
	memcpy(path.server, s->server.address, strlen(s->server.address));
	HASH_FIND(hh, *all, &path, sizeof(path), b);
	if (b || !make)
		return b;
	b = mem_calloc(1, sizeof(*b));
	b->path = path;
	b->time = INT64_MAX;
	HASH_ADD(hh, *all, path, sizeof(path), b);
	return b;
}

static void check_reconnects(struct checkup *c)
{
	struct finding *f = &c->findings[RULE_RESET_RECONNECT];
	const struct packets *p = &c->trace->packets;
	struct barred *all = NULL, *b = NULL, *next = NULL;

	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];

		if (s->option.subtype != MP_TCPRST || s->flaw != FLAW_NONE)
			continue;
		finding_ok(f);
		if (s->option.flags & TRANSIENT)
			continue;
		b = find_barred(&all, checkup_subflow(c, s->subflow), 1);
		if (p->time[s->packet] < b->time) {
			b->time = p->time[s->packet];
			b->frame = checkup_frame(c, s->packet);
		}
	}
	for (size_t k = 0; all && k < c->conn->n_subflows; k++) {
		const struct stream *s = checkup_subflow(c, k);

		b = s->kind == STREAM_JOIN ? find_barred(&all, s, 0) : NULL;
		if (!b || s->first_time <= b->time)
			continue;
		finding_wrong(f, SEVERITY_WARNING, s->first_frame,
			      "tcp %u is a join on a path that a reset which "
			      "is not transient had closed (frame %u)",
			      s->tcp_stream, b->frame);
		finding_frame(f, b->frame);
	}
	HASH_ITER (hh, all, b, next) {
		HASH_DEL(all, b);
		free(b);
	}
}

/* When subflows were opened and closed, each in order of time. */
struct lifetimes {
	int64_t *first, *last; /* owned */
	size_t n;
};

static int by_time(const void *x, const void *y)
{
	const int64_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

static void lifetimes_take(struct lifetimes *l, const struct checkup *c)
{
	l->first = mem_calloc(c->conn->n_subflows, sizeof(*l->first));
	l->last = mem_calloc(c->conn->n_subflows, sizeof(*l->last));
	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		const struct stream *s = checkup_subflow(c, k);

		if (!s->established)
			continue;
		l->first[l->n] = s->first_time;
		l->last[l->n++] = s->last_time;
	}
	qsort(l->first, l->n, sizeof(*l->first), by_time);
	qsort(l->last, l->n, sizeof(*l->last), by_time);
}

/* How many of the times are before "time". */
static size_t count_before(const int64_t *times, size_t n, int64_t time)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (times[mid] < time)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Subflows that are open at a time, both ends of their lives included. */
static size_t open_subflows(const struct lifetimes *l, int64_t time)
{
	return count_before(l->first, l->n, time + 1) -
	       count_before(l->last, l->n, time);
}

/*
 * The first packet with an ordinary mapping that the host which was told of the
 * failure sent on the subflow, later than a round trip; 0: none.
 */
static uint32_t goes_on(const struct checkup *c, const struct signal *s)
{
	const struct stream *stream = checkup_subflow(c, s->subflow);
	const struct packets *p = &c->trace->packets;
	int64_t since = p->time[s->packet];
	int64_t trip = subflow_round_trip(c, s->subflow);

	for (size_t n = 0; n < stream->n; n++) {
		uint32_t i = c->trace->order[stream->first + n];
		int from = !!(p->mark[i] & PACKET_REVERSE) ^ stream->flipped;
		const struct mptcp_option *m = NULL;
		struct tcp_options o;

		if (from == s->from || !p->len[i] || p->time[i] <= since + trip)
			continue;
		tcpopt_parse(packets_options(p, i), p->n_options[i], &o);
		m = tcpopt_find(&o, MP_DSS);
		if (m && (m->has & MPTCP_HAS_DLL) && m->dll)
			return p->frame[i];
	}
	return 0;
}

static void check_fail(struct checkup *c, const struct lifetimes *l,
		       const struct signal *s)
{
	struct finding *f = &c->findings[RULE_MP_FAIL_HANDLING];
	const struct stream *stream = checkup_subflow(c, s->subflow);
	int64_t time = c->trace->packets.time[s->packet];
	int reset = stream->side[0].rst || stream->side[1].rst;
	uint32_t frame = checkup_frame(c, s->packet);
	uint32_t ordinary = reset ? 0 : goes_on(c, s);

	if (ordinary && open_subflows(l, time) < 2)
		finding_wrong(
			f, SEVERITY_ERROR, frame,
			"the %s was told that a checksum failed on tcp %u "
			"(MP_FAIL), the only subflow, and goes on with "
			"ordinary mappings (frame %u)",
			s->from ? "client" : "server", stream->tcp_stream,
			ordinary);
	else if (reset || stream->infinite_mapping)
		finding_ok(f);
	else if (open_subflows(l, time) > 1)
		finding_wrong(f, SEVERITY_ERROR, frame,
			      "tcp %u had a checksum that failed (MP_FAIL), "
			      "others were open, and it was not reset",
			      stream->tcp_stream);
	else
		finding_unknown(f,
				"no data followed MP_FAIL on tcp %u, the "
				"only subflow",
				stream->tcp_stream);
}

void check_closing(struct checkup *c)
{
	struct lifetimes l = { .first = NULL };

	lifetimes_take(&l, c);
	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];

		switch (s->option.subtype) {
		case MP_FASTCLOSE: check_fastclose(c, s); break;
		case MP_TCPRST: check_reason(c, s); break;
		case MP_FAIL: check_fail(c, &l, s); break;
		default: break;
		}
	}
	check_reconnects(c);
	free(l.first);
	free(l.last);
}
