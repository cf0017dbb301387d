/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/payload_facts.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "check/context.h"
#include "model/account.h"
#include "model/tcpopt.h"
#include "read/payload.h"

enum {
	WANTED = 1,    /* its bytes are needed */
	WHOLE = 2,     /* "sum" is that of its complete payload */
	CHECKED = 4,   /* it has a checksum */
	GIVE_UP = 1000 /* packets with payload, none of them complete */
};

struct fact {
	uint32_t frame;
	uint32_t len; /* of its payload */
	uint16_t sum;
	uint16_t checksum;
	uint8_t state; /* WANTED, ... */
};

struct kept_payload {
	uint32_t frame;
	uint32_t n;
	uint8_t *bytes; /* owned */
};

void payload_facts_init(struct payload_facts *f)
{
	memset(f, 0, sizeof(*f));
}

void payload_facts_release(struct payload_facts *f)
{
	for (size_t i = 0; i < f->n_kept; i++)
		free(f->kept[i].bytes);
	free(f->kept);
	free(f->facts);
	free(f->reason);
	memset(f, 0, sizeof(*f));
}

/* For both arrays: an item begins with its frame number. */
static int by_frame(const void *x, const void *y)
{
	const uint32_t *a = x, *b = y;

	return COMPARE(*a, *b);
}

_Static_assert(offsetof(struct fact, frame) == 0 &&
		       offsetof(struct kept_payload, frame) == 0,
	       "by_frame()");

static struct fact *find(struct fact *facts, size_t n, uint32_t frame)
{
	return n ? bsearch(&frame, facts, n, sizeof(*facts), by_frame) : NULL;
}

static const struct fact *find_fact(const struct payload_facts *f,
				    uint32_t frame)
{
	return find(f->facts, f->n, frame);
}

/* Add the packets with payload of a connection; returns the first index. */
static size_t add_packets(struct payload_facts *f, const struct trace *t,
			  const struct connection *conn)
{
	const struct packets *p = &t->packets;
	size_t first = f->n;

	for (size_t k = 0; k < conn->n_subflows; k++) {
		const struct stream *s = trace_subflow(t, conn, k);

		for (size_t j = 0; j < s->n; j++) {
			uint32_t i = t->order[s->first + j];

			if (!p->len[i])
				continue;
			*MEM_PUSH(f->facts, f->n, f->cap) =
				(struct fact){ .frame = p->frame[i],
					       .len = p->len[i] };
		}
	}
	SORT(f->facts + first, f->n - first, by_frame);
	return first;
}

/* "first": index of the first fact of the connection. */
static void want(struct payload_facts *f, size_t first, const struct trace *t,
		 uint32_t packet)
{
	struct fact *fact = packet == LEDGER_NO_PACKET
				    ? NULL
				    : find(f->facts + first, f->n - first,
					   t->packets.frame[packet]);

	if (!fact || (fact->state & WANTED))
		return;
	fact->state |= WANTED;
	f->wanted++;
}

/* Add the packets of a connection, and mark those whose bytes are needed. */
static void add_connection(struct payload_facts *f, const struct trace *t,
			   const struct connection *conn,
			   const struct ledger *l)
{
	size_t first = add_packets(f, t, conn);

	for (size_t k = 0; k < l->n_pieces; k++) {
		const struct piece *piece = &l->pieces[k];

		if (piece->original != LEDGER_NO_PACKET) {
			want(f, first, t, piece->packet);
			want(f, first, t, piece->original);
		} else if (k && l->pieces[k - 1].packet == piece->packet) {
			want(f, first, t, piece->packet);
		}
	}
}

void payload_facts_refuse(struct payload_facts *f, const char *reason)
{
	free(f->reason);
	f->reason = mem_strdup(reason);
}

uint16_t sum_add(uint16_t a, uint16_t b)
{
	uint32_t sum = (uint32_t)a + b;

	return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

uint16_t sum_bytes(const uint8_t *bytes, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint64_t)bytes[i] << 8 | bytes[i + 1];
	if (n % 2)
		sum += (uint64_t)bytes[n - 1] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

static void take_checksum(struct fact *fact, const struct payload_row *row)
{
	struct tcp_options o;

	tcpopt_parse_mptcp(row->options, row->n_options, &o);
	for (size_t k = 0; k < o.n_mptcp; k++)
		if (o.mptcp[k].has & MPTCP_HAS_CHECKSUM) {
			fact->state |= CHECKED;
			fact->checksum = o.mptcp[k].checksum;
		}
}

static void keep(struct payload_facts *f, const struct payload_row *row)
{
	struct kept_payload *k = NULL;

	k = MEM_PUSH(f->kept, f->n_kept, f->cap_kept);
	*k = (struct kept_payload){ .frame = row->frame,
				    .n = (uint32_t)row->n };
	k->bytes = mem_calloc(row->n, 1);
	memcpy(k->bytes, row->bytes, row->n);
}

static enum payload_next take_row(void *ctx, const struct payload_row *row)
{
	struct payload_facts *f = ctx;
	struct fact *fact = find(f->facts, f->n, row->frame);

	if (!fact || fact->len != row->len)
		return PAYLOAD_GO_ON;
	f->with_payload++;
	if (row->n == row->len) {
		f->whole++;
		fact->state |= WHOLE;
		fact->sum = sum_bytes(row->bytes, row->n);
	}
	take_checksum(fact, row);
	if ((fact->state & WANTED) && row->n)
		keep(f, row);
	return f->with_payload >= GIVE_UP && !f->whole ? PAYLOAD_STOP
						       : PAYLOAD_GO_ON;
}

static void read_facts(struct payload_facts *f, struct session *s)
{
	struct error err = ERROR_INIT;

	SORT(f->facts, f->n, by_frame);
	if (session_read_payload(s, take_row, f, &err) < 0)
		payload_facts_refuse(f, err.text);
	else if (!f->whole)
		payload_facts_refuse(f, "the payload was not captured");
	SORT(f->kept, f->n_kept, by_frame);
}

/* Whether some bytes are repeated, from the byte counts. */
static bool has_old_bytes(const struct connection *conn)
{
	uint64_t n = 0;

	for (int d = 0; d < 2; d++)
		n += conn->bytes[d].sent - conn->bytes[d].of[BYTES_UNIQUE];
	return n > 0;
}

int payload_facts_gather(struct payload_facts *f, struct session *session,
			 struct error *err)
{
	struct trace *t = &session->trace;
	int needed = 0, rc = 0;

	for (size_t i = 0; rc >= 0 && i < t->n_connections; i++) {
		struct connection *conn = &t->connections[i];
		int checksums = context_has_checksums(t, conn);
		struct ledger ledger;

		/* again after session_next() has read them again */
		account_all(t);
		if (session_skips(session, i) ||
		    (!checksums && !has_old_bytes(conn)))
			continue;
		rc = session_next(session, &i, err);
		if (rc < 0)
			break;
		conn = &t->connections[i]; /* the array may have moved */
		ledger_init(&ledger);
		account_connection(t, conn, &ledger);
		add_connection(f, t, conn, &ledger);
		ledger_release(&ledger);
		needed |= checksums;
	}
	if (rc >= 0 && (needed || f->wanted))
		read_facts(f, session);
	return rc < 0 ? -1 : 0;
}

size_t payload_facts_bytes(const struct payload_facts *f, uint32_t frame,
			   size_t from, const uint8_t **bytes)
{
	const struct kept_payload *k =
		f->n_kept ? bsearch(&frame, f->kept, f->n_kept,
				    sizeof(*f->kept), by_frame)
			  : NULL;

	if (!k || from >= k->n)
		return 0;
	*bytes = k->bytes + from;
	return k->n - from;
}

int payload_facts_sum(const struct payload_facts *f, uint32_t frame,
		      size_t from, size_t to, uint16_t *sum)
{
	const struct fact *fact = find_fact(f, frame);
	const uint8_t *bytes = NULL;

	if (!fact)
		return 0;
	if (from == 0 && to == fact->len && (fact->state & WHOLE)) {
		*sum = fact->sum;
		return 1;
	}
	if (payload_facts_bytes(f, frame, from, &bytes) < to - from)
		return 0;
	*sum = sum_bytes(bytes, to - from);
	return 1;
}

int payload_facts_checksum(const struct payload_facts *f, uint32_t frame,
			   uint16_t *checksum)
{
	const struct fact *fact = find_fact(f, frame);

	if (!fact || !(fact->state & CHECKED))
		return 0;
	*checksum = fact->checksum;
	return 1;
}
