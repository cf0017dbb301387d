/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The evidence of join.h. */
#include <string.h>

#include "base/strbuf.h"
#include "check/join.h"
#include "model/effect.h"
#include "model/key.h"

enum {
	UNDER_WAY = 1000000000 /* ns that a SYN may be on the path */
};

static const struct icmp_error *find_icmp(const struct check_context *c,
					  const struct stream *s)
{
	const struct icmp_errors *list = &c->trace->info.icmp;

	for (size_t i = 0; i < list->n; i++) {
		const struct icmp_error *e = &list->items[i];

		if (icmp_error_name(e) && e->sport == s->client.port &&
		    e->dport == s->server.port && e->time >= s->first_time &&
		    address_is_equal(&e->src, &s->client.address) &&
		    address_is_equal(&e->dst, &s->server.address) &&
		    (!s->side[TO_SERVER].has_isn ||
		     e->seq - s->side[TO_SERVER].isn <= 1))
			return e;
	}
	return NULL;
}

/* The REMOVE_ADDR that arrived during the join, or NULL. */
static const struct signal *find_removal(const struct check_context *c,
					 const struct subflow_facts *f)
{
	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];
		int64_t time = c->trace->packets.time[s->packet];

		if (s->option.subtype == MP_REMOVE_ADDR && f->rst &&
		    time >= f->stream->first_time - UNDER_WAY &&
		    time <= f->rst_time)
			return s;
	}
	return NULL;
}

/* Signs of closing by sender, and those that end both directions. */
struct signs {
	struct closing half[2], whole;
};

static void take_closing(struct signs *signs, const struct check_context *c,
			 uint32_t i, const char *what, int is_whole)
{
	const struct packets *p = &c->trace->packets;
	int from = ledger_direction(c->trace, i) == TO_CLIENT;
	struct closing *to = is_whole ? &signs->whole : &signs->half[from];

	if (!to->frame || p->time[i] < to->time)
		*to = (struct closing){ p->frame[i], p->time[i], what, from };
}

static const struct closing *earlier(const struct closing *a,
				     const struct closing *b)
{
	if (!a->frame || (b->frame && b->time < a->time))
		return b;
	return a;
}

static void find_closing(const struct check_context *c, size_t join,
			 struct join_story *out)
{
	const struct packets *p = &c->trace->packets;
	const struct stream *s = context_subflow(c, 0);
	struct signs signs = { .whole = { .frame = 0 } };
	const struct closing *half = signs.half;

	for (size_t k = 0; k < c->timeline.n; k++) {
		const struct event *e = &c->timeline.events[k];

		if (e->kind == EVENT_DATA_FIN)
			take_closing(&signs, c, e->packet, "DATA_FIN", 0);
		else if (e->kind == EVENT_FASTCLOSE && e->effective)
			take_closing(&signs, c, e->packet, "MP_FASTCLOSE", 1);
	}
	for (size_t n = 0; join != 0 && n < s->n; n++) {
		uint32_t i = c->trace->order[s->first + n];

		if (p->flags[i] & TCP_RST)
			take_closing(&signs, c, i, "RST", 1);
		else if (p->flags[i] & TCP_FIN)
			take_closing(&signs, c, i, "FIN", 0);
	}
	out->closing = *earlier(earlier(&half[0], &half[1]), &signs.whole);
	out->over = signs.whole;
	if (half[0].frame && half[1].frame)
		out->over = *earlier(half[0].time > half[1].time ? &half[0]
								 : &half[1],
				     &signs.whole);
}

/*
 * 1: the HMAC that a side of the subflow sent is right; -1: wrong; 0: none, or
 * the keys are unknown.
 */
static int judge_hmac(const struct check_context *c, const struct stream *s,
		      int d)
{
	int host = d ^ s->flipped;
	const struct conn_side *own = &c->conn->side[host];
	const struct conn_side *peer = &c->conn->side[!host];
	uint8_t hmac[20];

	if (!s->has_hmac[d] || !own->has_key || !peer->has_key ||
	    c->conn->version < 0 || !s->has_nonce[0] || !s->has_nonce[1])
		return 0;
	key_join_hmac(c->conn->version, own->key, peer->key, s->nonce[d],
		      s->nonce[!d], hmac);
	return memcmp(hmac, s->hmac[d], d == TO_CLIENT ? 8 : 20) ? -1 : 1;
}

/*
 * Whether the host uses another address on the interface of the SYN, and never
 * received anything for this one there, in any connection.
 */
static bool is_astray(const struct check_context *c,
		      const struct join_story *story)
{
	const struct packets *p = &c->trace->packets;
	const struct stream *s = story->facts.stream;
	uint16_t here = p->interface[story->facts.syn_packet];
	int other = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		const struct stream *t = &c->trace->streams[p->stream[i]];
		int back = !!(p->mark[i] & PACKET_REVERSE);
		const struct address *to =
			back ? &t->client.address : &t->server.address;

		if (p->interface[i] != here)
			continue;
		if (address_is_equal(to, &s->client.address))
			return false;
		other |= t->connection == s->connection &&
			 (int)ledger_direction(c->trace, i) != story->opener &&
			 to->size == s->client.address.size;
	}
	return other;
}

/*
 * The interface of a SYN whose address belongs to another interface: if
 * several were captured, and this one has the host's other address.
 */
static const char *find_wrong_interface(const struct check_context *c,
					const struct join_story *story)
{
	const struct packets *p = &c->trace->packets;
	const struct strlist *all = &c->trace->info.interfaces;
	uint32_t syn = story->facts.syn_packet;
	uint16_t here = 0;

	if (syn == LEDGER_NO_PACKET || story->facts.synack || all->n < 2)
		return NULL;
	here = p->interface[syn];
	if (here >= p->interfaces.n || !is_astray(c, story))
		return NULL;
	return p->interfaces.items[here];
}

/* Answer time of the subflow's own path, ns. */
static int64_t find_trip(const struct check_context *c,
			 const struct subflow_facts *f)
{
	const int64_t *time = c->trace->packets.time;
	int64_t since = f->stream->first_time, trip = 0;

	if (f->synack_packet != LEDGER_NO_PACKET)
		trip = time[f->synack_packet] - since;
	if ((f->join_acks || f->ack_is_plain) && time[f->ack_packet] > since &&
	    time[f->ack_packet] - since > trip)
		trip = time[f->ack_packet] - since;
	if (f->synack_packet == LEDGER_NO_PACKET &&
	    f->rst_packet != LEDGER_NO_PACKET)
		trip = f->rst_time - since;
	return trip;
}

static bool was_answered_there(const struct check_context *c,
			       const struct stream *s)
{
	const struct paired_stream *pair =
		c->pairing ? pairing_stream(c->pairing, s) : NULL;
	const struct stream_side *side =
		pair ? &pair->stream[1]->side[TO_CLIENT] : NULL;

	return side && (side->has_syn || side->rst);
}

void join_story_tell(const struct check_context *c, size_t k,
		     struct join_story *out)
{
	const struct capture_info *info = &c->trace->info;
	struct subflow_facts *f = &out->facts;
	const struct stream *s = context_subflow(c, k);
	uint32_t rst = LEDGER_NO_PACKET;

	memset(out, 0, sizeof(*out));
	out->origins = &c->trace->info.origins;
	subflow_facts_find(c, k, f);
	out->subflow = k;
	out->captured_after =
		info->has_time ? info->last_time - s->last_time : INT64_MAX;
	out->opener = s->flipped;
	out->joined = !s->flipped;
	out->witness = witness_of(c, k, out->joined, s->first_time);
	out->round_trip = subflow_round_trip(c, 0);
	out->join_trip = find_trip(c, f);
	out->icmp = find_icmp(c, s);
	out->removal = find_removal(c, f);
	find_closing(c, k, out);
	for (int d = 0; d < 2; d++)
		out->bad_hmac[d] = judge_hmac(c, s, d) < 0;
	out->good_hmac = judge_hmac(c, s, TO_SERVER) > 0;
	out->wrong_interface = find_wrong_interface(c, out);
	out->at_joined =
		c->vantage == (out->joined ? VANTAGE_SERVER : VANTAGE_CLIENT);
	out->has_reset = f->rst && f->rst_from == out->joined;
	if (out->has_reset) {
		rst = f->rst_packet;
		out->reason = subflow_reason(c, rst, &out->reset_options);
		rst_origin_find(c, k, rst, &out->origin);
	}
	out->syn = counterpart_find(c, f->syn_packet);
	out->synack = counterpart_find(c, f->synack_packet);
	out->ack = counterpart_find(c, f->ack_packet);
	out->rst = counterpart_find(c, rst);
	out->answered_there = was_answered_there(c, s);
}
