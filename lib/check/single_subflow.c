/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why is there only one subflow? */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "check/examine.h"
#include "check/subflow.h"
#include "model/coverage.h"

enum {
	FLAG_NO_JOINS = 0x20, /* C of MP_CAPABLE, RFC 8684 3.1 */
	REASON_RESOURCES = 2,
	REASON_PROHIBITED = 3,
	UNDER_WAY = 1000000000 /* ns that a SYN may have been under way */
};

static const char *host(int from)
{
	return from ? "server" : "client";
}

/* "10.0.2.1 to 10.0.1.2 (tcp 1)" */
static void put_subflow(struct strbuf *out, const struct stream *s)
{
	strbuf_printf(out, "%s to %s (tcp %" PRIu32 ")", s->client.address,
		      s->server.address, s->tcp_stream);
}

static struct answer *add(struct checkup *c, const char *cause,
			  const struct strbuf *text)
{
	return answers_add(&c->answers, QUESTION_SINGLE_SUBFLOW, cause, "%s",
			   text->text);
}

static void refused(struct checkup *c, const struct subflow_facts *f,
		    struct strbuf *text)
{
	const struct stream_side *side = &f->stream->side[TO_CLIENT];
	int limit = side->has_reason && side->reason == REASON_RESOURCES;
	const char *reason =
		side->has_reason ? reset_reason_name(side->reason) : NULL;
	struct answer *a = NULL;

	strbuf_puts(text, " was refused by a RST ");
	if (!side->has_reason)
		strbuf_puts(text,
			    "without a reason: by the host (joins to that "
			    "address or port are not accepted, the token is "
			    "not known, or it is busy) or by a firewall");
	else
		strbuf_printf(text, "with reason %d, %s%s", side->reason,
			      reason ? reason : "not a known one",
			      side->reason == REASON_PROHIBITED
				      ? ": what Linux says when its limit of "
					"subflows is reached, or it accepts no "
					"joins"
				      : "");
	a = add(c, limit ? "subflow_limit" : "join_refused", text);
	answer_frame(a, f->syn);
	answer_frame(a, f->rst);
}

static void no_option(struct checkup *c, const struct subflow_facts *f,
		      struct strbuf *text)
{
	struct answer *a = NULL;

	strbuf_puts(text,
		    " was answered by a SYN/ACK without MP_JOIN: "
		    "something on the way removed the option, or what answers "
		    "there does not know of the connection");
	a = add(c, "join_no_option", text);
	answer_frame(a, f->syn);
	answer_frame(a, f->synack);
	answer_frame(a, f->rst);
}

static void unanswered(struct checkup *c, const struct subflow_facts *f,
		       struct strbuf *text)
{
	struct answer *a = NULL;

	strbuf_printf(text,
		      " was not answered (%" PRIu32
		      " SYN%s): it or the answer was lost or filtered",
		      f->syns, f->syns == 1 ? "" : "s");
	a = add(c, "join_unanswered", text);
	answer_frame(a, f->syn);
}

static void unfinished(struct checkup *c, const struct subflow_facts *f,
		       struct strbuf *text)
{
	struct answer *a = NULL;

	strbuf_puts(text, f->ack ? " was not completed: its ACK with the HMAC "
				   "was sent, and nothing came of it"
				 : " was not completed: no ACK with its HMAC "
				   "was captured");
	if (f->rst)
		strbuf_printf(text, "; the %s reset it", host(f->rst_from));
	a = add(c, "join_ack_missing", text);
	answer_frame(a, f->syn);
	answer_frame(a, f->synack);
	answer_frame(a, f->ack);
	answer_frame(a, f->rst);
}

static void wrong_hmac(struct checkup *c, const struct subflow_facts *f,
		       const struct finding *proof, struct strbuf *text)
{
	struct answer *a = NULL;

	strbuf_printf(text, " failed: %s", proof->text);
	a = add(c, "join_hmac_wrong", text);
	for (size_t k = 0; k < proof->n_frames; k++)
		answer_frame(a, proof->frames[k]);
	answer_frame(a, f->rst);
}

/* Was the connection at its end when the join failed? */
static int came_too_late(const struct checkup *c, const struct subflow_facts *f)
{
	const struct packets *p = &c->trace->packets;
	const struct stream *first = checkup_subflow(c, 0);

	if (!f->rst || f->rst_from != f->stream->flipped)
		return 0; /* the host that joined gave up */
	for (size_t k = 0; k < first->n; k++) {
		uint32_t i = c->trace->order[first->first + k];

		if (p->flags[i] & (TCP_FIN | TCP_RST))
			return p->time[i] <= f->rst_time;
	}
	return 0;
}

static void too_late(struct checkup *c, const struct subflow_facts *f,
		     struct strbuf *text)
{
	struct answer *a = NULL;

	strbuf_puts(text, " came too late: the connection ended before it was "
			  "complete");
	a = add(c, "too_short", text);
	answer_frame(a, f->syn);
	answer_frame(a, f->rst);
}

/* The REMOVE_ADDR that came while the join was under way, or NULL. */
static const struct signal *find_removal(const struct checkup *c,
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

static void removed(struct checkup *c, const struct subflow_facts *f,
		    const struct signal *s, struct strbuf *text)
{
	struct answer *a = NULL;

	strbuf_printf(text,
		      " was given up: the %s took an address back "
		      "(REMOVE_ADDR) before it was complete",
		      host(s->from));
	a = add(c, "removed", text);
	answer_frame(a, f->syn);
	answer_frame(a, checkup_frame(c, s->packet));
	answer_frame(a, f->rst);
}

/* Did the host that was joined say no? */
static int is_refused(const struct subflow_facts *f)
{
	const struct stream_side *server = &f->stream->side[TO_CLIENT];

	return f->rst && f->rst_from == !f->stream->flipped &&
	       (server->has_reason || !server->has_syn);
}

/* Joins were tried, and none worked: the one that came furthest tells. */
static void judge_joins(struct checkup *c, const struct subflow_facts *f,
			size_t tried)
{
	const struct finding *synack = &c->findings[RULE_JOIN_HMAC_SYNACK];
	const struct finding *ack = &c->findings[RULE_JOIN_HMAC_ACK];
	const struct signal *removal = find_removal(c, f);
	const struct stream *s = f->stream;
	struct strbuf text = STRBUF_INIT;

	if (tried > 1)
		strbuf_printf(
			&text,
			"%zu joins were tried and none worked; that from ",
			tried);
	else
		strbuf_puts(&text, "The only join, from ");
	put_subflow(&text, s);
	if (came_too_late(c, f))
		too_late(c, f, &text);
	else if (synack->wrong || ack->wrong)
		wrong_hmac(c, f, synack->wrong ? synack : ack, &text);
	else if (is_refused(f))
		refused(c, f, &text);
	else if (removal)
		removed(c, f, removal, &text);
	else if (s->join_synack)
		unfinished(c, f, &text);
	else if (s->side[TO_CLIENT].has_syn)
		no_option(c, f, &text);
	else
		unanswered(c, f, &text);
	strbuf_release(&text);
}

/* How far a join came. */
static int progress(const struct subflow_facts *f)
{
	const struct stream *s = f->stream;

	return (f->ack ? 4 : 0) + (s->join_synack ? 3 : 0) +
	       (s->side[TO_CLIENT].has_syn ? 2 : 0) +
	       (s->side[TO_CLIENT].rst ? 1 : 0);
}

/* An address that was announced, echoed or not, and taken back or not. */
struct announced {
	const struct signal *signal, *echo, *removal;
};

/* By host and address id.  What was taken back can be announced anew. */
static void collect_announced(const struct checkup *c,
			      struct announced all[2][256])
{
	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];
		const struct mptcp_option *o = &s->option;
		int echo = !!(o->has & MPTCP_ECHO);
		struct announced *a = &all[s->from ^ echo][o->id];

		if (o->subtype == MP_ADD_ADDR && echo)
			a->echo = s;
		else if (o->subtype == MP_ADD_ADDR &&
			 (!a->signal || a->removal))
			*a = (struct announced){ s, NULL, NULL };
		else if (o->subtype == MP_REMOVE_ADDR)
			for (size_t i = 0; i < o->n_ids; i++)
				all[s->from][o->ids[i]].removal = s;
	}
}

/* The last one, of those that were not taken back if there are any. */
static struct announced last_announced(const struct checkup *c)
{
	struct announced(*all)[256] = mem_calloc(2, sizeof(*all));
	struct announced last = { NULL, NULL, NULL };

	collect_announced(c, all);
	for (size_t k = 0; k < 2 * (size_t)256; k++) {
		const struct announced *a = &all[k / 256][k % 256];

		if (!a->signal)
			continue;
		if (!last.signal || (last.removal && !a->removal) ||
		    (!last.removal == !a->removal && a->signal > last.signal))
			last = *a;
	}
	free(all);
	return last;
}

static void judge_announcement(struct checkup *c, const struct announced *n)
{
	const struct mptcp_option *o = &n->signal->option;
	char address[INET6_ADDRSTRLEN] = "";
	struct strbuf text = STRBUF_INIT;
	const char *cause = "add_addr_not_used";
	struct answer *a = NULL;

	inet_ntop(o->family == 4 ? AF_INET : AF_INET6, o->address, address,
		  sizeof(address));
	strbuf_printf(&text, "The %s announced %s (address id %d), ",
		      host(n->signal->from), address, o->id);
	if (n->removal) {
		cause = "removed";
		strbuf_puts(&text, "and took it back before anybody joined");
	} else if (!n->echo && !checkup_is_v0(c)) {
		cause = "add_addr_not_echoed";
		strbuf_printf(&text,
			      "but the %s did not echo the ADD_ADDR: it was "
			      "lost, or something on the way removed it",
			      host(!n->signal->from));
	} else {
		strbuf_printf(&text,
			      "but the %s did not join it: its path manager "
			      "accepts no announced address, its limit is "
			      "reached, or it has no route there",
			      host(!n->signal->from));
	}
	a = add(c, cause, &text);
	answer_frame(a, checkup_frame(c, n->signal->packet));
	if (n->echo)
		answer_frame(a, checkup_frame(c, n->echo->packet));
	if (n->removal)
		answer_frame(a, checkup_frame(c, n->removal->packet));
	strbuf_release(&text);
}

/* The SYN/ACK, if the server forbids joins to its first address. */
static const struct signal *forbids_joins(const struct checkup *c)
{
	for (size_t k = 0; k < c->signals.n && !checkup_is_v0(c); k++) {
		const struct signal *s = &c->signals.items[k];

		if (s->option.subtype == MP_CAPABLE && s->from == 1 &&
		    (s->flags & TCP_SYN) && (s->option.flags & FLAG_NO_JOINS))
			return s;
	}
	return NULL;
}

/* Data was acknowledged that the one subflow did not carry. */
static uint64_t data_elsewhere(const struct checkup *c)
{
	uint64_t missing = 0;

	for (int d = 0; d < 2; d++) {
		const struct stream *s = checkup_subflow(c, 0);
		const struct tcp_direction *tcp =
			&c->tcp[0].direction[d ^ s->flipped];
		struct coverage coverage;

		coverage_of(&c->ledger.data[d], c->ledger.shift[d], &coverage);
		if (!tcp->coverage.n_holes && tcp->coverage.first <= 1)
			missing += coverage.missing;
		coverage_release(&coverage);
	}
	return missing;
}

static void judge_silence(struct checkup *c)
{
	struct announced n = last_announced(c);
	const struct signal *forbidden = forbids_joins(c);
	uint64_t missing = data_elsewhere(c);

	if (missing) {
		answers_add(&c->answers, QUESTION_SINGLE_SUBFLOW,
			    "one_interface",
			    "%" PRIu64
			    " bytes of the data went another way: there were "
			    "other subflows, on interfaces that were not "
			    "captured",
			    missing);
	} else if (n.signal) {
		judge_announcement(c, &n);
	} else if (forbidden) {
		struct answer *a = answers_add(
			&c->answers, QUESTION_SINGLE_SUBFLOW, "joins_forbidden",
			"The server forbids joins to its first address (flag C "
			"in its SYN/ACK) and announced no other");

		answer_frame(a, checkup_frame(c, forbidden->packet));
	} else {
		struct answer *a = answers_add(
			&c->answers, QUESTION_SINGLE_SUBFLOW,
			"no_address_known",
			"No join was tried and no address announced: neither "
			"end has a second address, or its path manager does "
			"not use it");

		answer_frame(a, c->conn->first_frame);
	}
}

void judge_single_subflow(struct checkup *c)
{
	struct subflow_facts best = { .stream = NULL };
	size_t tried = 0, working = 0;

	if (c->conn->state != CONN_ESTABLISHED || !c->conn->has_initial)
		return;
	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		struct subflow_facts f;

		subflow_facts_find(c, k, &f);
		working += (size_t)f.works;
		if (f.stream->kind != STREAM_JOIN || f.works)
			continue;
		if (!tried++ || progress(&f) >= progress(&best))
			best = f;
	}
	if (working > 1)
		return;
	if (tried)
		judge_joins(c, &best, tried);
	else
		judge_silence(c);
}
