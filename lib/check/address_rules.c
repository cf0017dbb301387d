/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on address ids, ADD_ADDR, REMOVE_ADDR, and backup subflows. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "check/announced.h"
#include "check/examine.h"
#include "check/subflow.h"
#include "check/witness.h"

/* What the ids of one host refer to. */
struct id_book {
	struct address address[256]; /* unset: unknown */
	uint8_t known[256];
};

/* The host "from" uses "id" for "address". */
static void use_id(struct check_context *c, struct id_book *books, int from,
		   uint8_t id, const struct address *address, uint32_t frame)
{
	struct finding *f = &c->findings[RULE_ADDRESS_ID];
	struct id_book *book = &books[from];
	struct address *known = &book->address[id];

	book->known[id] = 1;
	if (known->size && !address_is_equal(known, address))
		finding_wrong(f, SEVERITY_WARNING, frame,
			      "the %s uses address id %d for %s, which was %s "
			      "before",
			      from ? "server" : "client", id,
			      address_text(address).text,
			      address_text(known).text);
	else
		finding_ok(f);
	*known = *address;
}

/* Source address of the packet with a signal. */
static const struct address *source(const struct check_context *c,
				    const struct signal *s)
{
	const struct stream *stream = context_subflow(c, s->subflow);

	return s->opener ? &stream->client.address : &stream->server.address;
}

static void take_removal(struct check_context *c, struct id_book *books,
			 const struct signal *s)
{
	struct finding *f = &c->findings[RULE_REMOVE_ADDR_KNOWN];
	struct id_book *book = &books[s->from];

	for (size_t k = 0; k < s->option.n_ids; k++) {
		uint8_t id = s->option.ids[k];

		if (book->known[id])
			finding_ok(f);
		else if (!c->conn->has_initial)
			finding_unknown(f, "the beginning of the connection "
					   "was not captured");
		else
			finding_wrong(f, SEVERITY_NOTE,
				      context_frame(c, s->packet),
				      "the %s removes address id %d, which it "
				      "had not used",
				      s->from ? "server" : "client", id);
		book->address[id] = (struct address)ADDRESS_NONE;
	}
}

static void check_ids(struct check_context *c)
{
	struct id_book *books = mem_calloc(2, sizeof(*books));

	for (int side = 0; side < 2 && c->conn->has_initial; side++) {
		books[side].known[0] = 1;
		books[side].address[0] = c->conn->side[side].end.address;
	}
	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];
		const struct mptcp_option *o = &s->option;

		if (o->subtype == MP_JOIN && (o->has & MPTCP_HAS_ID)) {
			use_id(c, books, s->from, o->id, source(c, s),
			       context_frame(c, s->packet));
		} else if (o->subtype == MP_ADD_ADDR &&
			   !(o->has & MPTCP_ECHO)) {
			use_id(c, books, s->from, o->id, &o->address,
			       context_frame(c, s->packet));
		} else if (o->subtype == MP_REMOVE_ADDR) {
			take_removal(c, books, s);
		}
	}
	free(books);
}

static void check_add_addr_hmac(struct check_context *c, const struct signal *s)
{
	struct finding *f = &c->findings[RULE_ADD_ADDR_HMAC];
	const struct mptcp_option *o = &s->option;

	if (!(o->has & MPTCP_HAS_HMAC)) {
		finding_wrong(f, SEVERITY_ERROR, context_frame(c, s->packet),
			      "an ADD_ADDR of version 1 has no HMAC");
		return;
	}
	if (!c->conn->side[0].has_key || !c->conn->side[1].has_key)
		finding_unknown(f, "the keys are unknown: the first handshake "
				   "was not captured");
	else if (s->flaw == FLAW_NONE)
		finding_ok(f);
	else
		finding_wrong(f, SEVERITY_ERROR, context_frame(c, s->packet),
			      "the HMAC of the ADD_ADDR with id %d does not "
			      "match the keys and the address",
			      o->id);
}

enum {
	PATIENCE = 1000000000, /* ns allowed for an echo */
	/* announcements that are followed to the other capture */
	FOLLOWED = 256
};

/* An announced address, until it is removed. */
struct announcement {
	struct announced_key {
		int32_t from;
		uint8_t id;
		struct address address;
		uint16_t port;
	} what;		     /* no padding: it is hashed */
	unsigned generation; /* of the address id */
	const struct signal *signal;
	int echoed, flawed;
	UT_hash_handle hh;
};

_Static_assert(sizeof(struct announced_key) == 7 + sizeof(struct address),
	       "no padding");

struct announcements {
	struct announcement *all;
	unsigned generation[2][256]; /* incremented by REMOVE_ADDR */
	unsigned followed;
};

static void judge_announcement(struct check_context *c,
			       struct announcements *list,
			       const struct announcement *a)
{
	struct finding *f = &c->findings[RULE_ADD_ADDR_ECHO];
	struct announced_passage passage = { .lost = 0 };

	if (c->pairing && !a->echoed && list->followed++ < FOLLOWED)
		announced_follow(c, a->what.from, &a->signal->option, &passage);
	if (a->echoed || passage.echoed)
		finding_ok(f);
	else if (announced_is_lost(&passage))
		finding_unknown(f, "the ADD_ADDR did not arrive, as the other "
				   "capture shows");
	else if (a->flawed)
		finding_unknown(
			f, "an ADD_ADDR with a wrong HMAC must not be echoed");
	else if (witness_of(c, a->signal->subflow, !a->what.from,
			    c->trace->packets.time[a->signal->packet] +
				    PATIENCE) == WITNESS_NONE)
		finding_unknown(f,
				"no packet of the %s was captured later than a "
				"second after the ADD_ADDR",
				a->what.from ? "client" : "server");
	else
		finding_wrong(f, SEVERITY_WARNING,
			      context_frame(c, a->signal->packet),
			      "the ADD_ADDR with id %d of the %s was never "
			      "echoed",
			      a->what.id, a->what.from ? "server" : "client");
}

static struct announcement *find_announcement(struct announcements *list,
					      int from,
					      const struct mptcp_option *o,
					      int make)
{
	const struct announced_key what = { .from = from,
					    .id = o->id,
					    .address = o->address,
					    .port = o->has & MPTCP_HAS_PORT
							    ? o->port
							    : 0 };
	struct announcement *a = NULL;

	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
	HASH_FIND(hh, list->all, &what, sizeof(what), a);
	if (a || !make)
		return a;
	a = mem_calloc(1, sizeof(*a));
	a->what = what;
	a->generation = UINT_MAX;
	HASH_ADD(hh, list->all, what, sizeof(what), a);
	return a;
}

static void take_announcement(struct check_context *c,
			      struct announcements *list,
			      const struct signal *s)
{
	struct announcement *a = NULL;
	unsigned now = 0;

	if (s->option.has & MPTCP_ECHO) {
		a = find_announcement(list, !s->from, &s->option, 0);
		if (a)
			a->echoed = true;
		return;
	}
	check_add_addr_hmac(c, s);
	a = find_announcement(list, s->from, &s->option, 1);
	now = list->generation[s->from][s->option.id];
	a->flawed &= s->flaw != FLAW_NONE || a->generation != now;
	if (a->generation == now)
		return; /* a retransmission */
	if (a->generation != UINT_MAX)
		judge_announcement(c, list, a);
	a->generation = now;
	a->signal = s;
	a->echoed = false;
	a->flawed = s->flaw != FLAW_NONE;
}

static void check_announcements(struct check_context *c)
{
	struct announcements list = { .all = NULL };
	struct announcement *a = NULL, *next = NULL;

	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];

		if (s->option.subtype == MP_ADD_ADDR)
			take_announcement(c, &list, s);
		for (size_t n = 0;
		     s->option.subtype == MP_REMOVE_ADDR && n < s->option.n_ids;
		     n++)
			list.generation[s->from][s->option.ids[n]]++;
	}
	HASH_ITER (hh, list.all, a, next) {
		judge_announcement(c, &list, a);
		HASH_DEL(list.all, a);
		free(a);
	}
}

/*
 * A host may ask that no data is sent to it on a subflow while others work;
 * the sender learns of it only later.
 */
struct backup_state {
	int backup[2];	  /* requested by: 0 client, 1 server */
	int64_t since[2]; /* when older data has left the path, ns */
	int over;	  /* the subflow has ended */
};

/* The last packet of a host on a regular subflow. */
struct sign_of_life {
	int64_t time; /* ns; 0: none */
	size_t subflow;
};

enum {
	ALIVE = 200000000,  /* ns since the last packet */
	SETTLING = 10000000 /* ns */
};

static int64_t settling_time(const struct check_context *c, size_t subflow)
{
	int64_t longest = subflow_round_trip(c, subflow);

	for (int d = 0; d < 2; d++) {
		const struct rtt *rtt = &c->tcp[subflow].direction[d].rtt;

		if (rtt->data.n && rtt->data.max > longest)
			longest = rtt->data.max;
	}
	return 2 * longest + SETTLING;
}

static void take_priority(struct check_context *c, struct backup_state *states,
			  const struct signal *s)
{
	const struct mptcp_option *o = &s->option;
	int is_join = o->subtype == MP_JOIN && (o->has & MPTCP_HAS_NONCE);
	int backup = !!(o->has & MPTCP_BACKUP);
	struct backup_state *b = &states[s->subflow];

	if (!is_join && (o->subtype != MP_PRIO || (o->has & MPTCP_HAS_ID) ||
			 s->flaw != FLAW_NONE))
		return;
	if (b->backup[s->from] != backup)
		b->since[s->from] = c->trace->packets.time[s->packet] +
				    settling_time(c, s->subflow);
	b->backup[s->from] = backup;
	if (backup)
		finding_ok(&c->findings[RULE_BACKUP_UNUSED]);
}

static void judge_piece(struct check_context *c,
			const struct backup_state *states,
			const struct sign_of_life life[2],
			const struct piece *piece)
{
	int64_t now = c->trace->packets.time[piece->packet];
	int receiver = piece->direction == TO_SERVER;
	const struct backup_state *b = &states[piece->subflow];

	if (piece->byte_class != BYTES_UNIQUE || !b->backup[receiver] ||
	    now < b->since[receiver] || !life[receiver].time ||
	    now - life[receiver].time > ALIVE)
		return;
	finding_wrong(&c->findings[RULE_BACKUP_UNUSED], SEVERITY_WARNING,
		      context_frame(c, piece->packet),
		      "new data on tcp %u, which the %s asked to use only as a "
		      "backup, while tcp %u works",
		      context_subflow(c, piece->subflow)->tcp_stream,
		      receiver ? "server" : "client",
		      context_subflow(c, life[receiver].subflow)->tcp_stream);
}

/* Update the state of subflows with packet i. */
static void take_life(struct check_context *c, struct backup_state *states,
		      struct sign_of_life life[2], uint32_t i)
{
	const struct packets *p = &c->trace->packets;
	const struct stream *s = &c->trace->streams[p->stream[i]];
	struct backup_state *b = &states[s->position];
	int from = !!(p->mark[i] & PACKET_REVERSE) ^ s->flipped;

	b->over |= !!(p->flags[i] & (TCP_RST | TCP_FIN));
	if (b->over) {
		for (int host = 0; host < 2; host++)
			if (life[host].subflow == s->position)
				life[host].time = 0;
	} else if (s->established && !b->backup[0] && !b->backup[1]) {
		life[from].time = p->time[i];
		life[from].subflow = s->position;
	}
}

static void check_backups(struct check_context *c)
{
	struct backup_state *states =
		mem_calloc(c->conn->n_subflows, sizeof(*states));
	struct sign_of_life life[2] = { { 0, 0 }, { 0, 0 } };
	size_t signal = 0, piece = 0;

	for (size_t j = 0; j < c->ledger.n_packets; j++) {
		uint32_t i = c->ledger.packets[j];

		take_life(c, states, life, i);
		for (; signal < c->signals.n &&
		       c->signals.items[signal].packet <= i;
		     signal++)
			take_priority(c, states, &c->signals.items[signal]);
		for (; piece < c->ledger.n_pieces &&
		       c->ledger.pieces[piece].packet <= i;
		     piece++)
			judge_piece(c, states, life, &c->ledger.pieces[piece]);
	}
	free(states);
}

void check_addresses(struct check_context *c)
{
	check_ids(c);
	if (c->conn->version == 1)
		check_announcements(c);
	check_backups(c);
}
