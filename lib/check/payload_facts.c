/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/payload_facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/payload.h"
#include "model/tcpopt.h"

enum {
	WANTED = 1,    /* its bytes */
	WHOLE = 2,     /* "sum" is that of all its payload */
	CHECKED = 4,   /* it has a checksum */
	GIVE_UP = 1000 /* packets with payload of which none is whole */
};

struct kept {
	uint32_t packet;
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
	free(f->state);
	free(f->sum);
	free(f->checksum);
	free(f->reason);
	memset(f, 0, sizeof(*f));
}

static void make_room(struct payload_facts *f, const struct trace *t)
{
	if (f->state)
		return;
	f->n = t->packets.n;
	f->state = mem_calloc(f->n + 1, sizeof(*f->state));
	f->sum = mem_calloc(f->n + 1, sizeof(*f->sum));
	f->checksum = mem_calloc(f->n + 1, sizeof(*f->checksum));
}

static void want(struct payload_facts *f, uint32_t packet)
{
	if (packet == LEDGER_NO_PACKET || (f->state[packet] & WANTED))
		return;
	f->state[packet] |= WANTED;
	f->wanted++;
}

void payload_facts_want(struct payload_facts *f, const struct trace *t,
			const struct ledger *l)
{
	make_room(f, t);
	for (size_t k = 0; k < l->n_pieces; k++) {
		const struct piece *x = &l->pieces[k];

		if (x->original != LEDGER_NO_PACKET) {
			want(f, x->packet);
			want(f, x->original);
		} else if (k && l->pieces[k - 1].packet == x->packet) {
			want(f, x->packet);
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

struct reading {
	struct payload_facts *facts;
	const struct trace *trace;
	uint32_t *by_frame; /* packet + 1; 0: none */
	size_t frames;
};

static void take_checksum(struct payload_facts *f, uint32_t i,
			  const struct payload_row *row)
{
	struct tcp_options o;

	tcpopt_parse_mptcp(row->options, row->n_options, &o);
	for (size_t k = 0; k < o.n_mptcp; k++)
		if (o.mptcp[k].has & MPTCP_HAS_CHECKSUM) {
			f->state[i] |= CHECKED;
			f->checksum[i] = o.mptcp[k].checksum;
		}
}

static void keep(struct payload_facts *f, uint32_t i,
		 const struct payload_row *row)
{
	struct kept *k = NULL;

	MEM_PUSH_ROOM(f->kept, f->n_kept, f->cap_kept);
	k = &f->kept[f->n_kept++];
	*k = (struct kept){ .packet = i, .n = (uint32_t)row->n };
	k->bytes = mem_calloc(row->n, 1);
	memcpy(k->bytes, row->bytes, row->n);
}

static enum payload_next take_row(void *ctx, const struct payload_row *row)
{
	struct reading *r = ctx;
	struct payload_facts *f = r->facts;
	uint32_t i = row->frame < r->frames ? r->by_frame[row->frame] : 0;

	if (!i || r->trace->packets.len[i - 1] != row->len)
		return PAYLOAD_GO_ON;
	i--;
	f->with_payload++;
	if (row->n == row->len) {
		f->whole++;
		f->state[i] |= WHOLE;
		f->sum[i] = sum_bytes(row->bytes, row->n);
	}
	take_checksum(f, i, row);
	if ((f->state[i] & WANTED) && row->n)
		keep(f, i, row);
	return f->with_payload >= GIVE_UP && !f->whole ? PAYLOAD_STOP
						       : PAYLOAD_GO_ON;
}

static int by_packet(const void *x, const void *y)
{
	const struct kept *a = x, *b = y;

	return a->packet < b->packet ? -1 : a->packet > b->packet;
}

static void index_frames(struct reading *r)
{
	const struct packets *p = &r->trace->packets;

	for (size_t i = 0; i < p->n; i++)
		if (p->frame[i] >= r->frames)
			r->frames = (size_t)p->frame[i] + 1;
	r->by_frame = mem_calloc(r->frames + 1, sizeof(*r->by_frame));
	for (size_t i = 0; i < p->n; i++)
		r->by_frame[p->frame[i]] = (uint32_t)i + 1;
}

void payload_facts_read(struct payload_facts *f, struct input *input,
			const struct trace *t)
{
	struct reading r = { .facts = f, .trace = t };
	struct error err = ERROR_INIT;

	make_room(f, t);
	index_frames(&r);
	if (payload_read(input, t->info.path, take_row, &r, &err) < 0)
		payload_facts_refuse(f, err.text);
	else if (!f->whole)
		payload_facts_refuse(f, "the payload was not captured");
	if (f->n_kept)
		qsort(f->kept, f->n_kept, sizeof(*f->kept), by_packet);
	free(r.by_frame);
}

size_t payload_facts_bytes(const struct payload_facts *f, uint32_t packet,
			   size_t from, const uint8_t **bytes)
{
	struct kept key = { .packet = packet };
	const struct kept *k = f->n_kept ? bsearch(&key, f->kept, f->n_kept,
						   sizeof(key), by_packet)
					 : NULL;

	if (!k || from >= k->n)
		return 0;
	*bytes = k->bytes + from;
	return k->n - from;
}

int payload_facts_sum(const struct payload_facts *f, const struct trace *t,
		      uint32_t packet, size_t from, size_t to, uint16_t *sum)
{
	const uint8_t *bytes = NULL;

	if (packet >= f->n)
		return 0;
	if (from == 0 && to == t->packets.len[packet] &&
	    (f->state[packet] & WHOLE)) {
		*sum = f->sum[packet];
		return 1;
	}
	if (payload_facts_bytes(f, packet, from, &bytes) < to - from)
		return 0;
	*sum = sum_bytes(bytes, to - from);
	return 1;
}

int payload_facts_checksum(const struct payload_facts *f, uint32_t packet,
			   uint16_t *checksum)
{
	if (packet >= f->n || !(f->state[packet] & CHECKED))
		return 0;
	*checksum = f->checksum[packet];
	return 1;
}
