/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict on single subflows: why is there only one? */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/strbuf.h"
#include "check/announced.h"
#include "check/examine.h"
#include "check/join.h"
#include "model/effect.h"
#include "model/whole.h"

enum {
	FLAG_NO_JOINS = 0x20, /* C of MP_CAPABLE, RFC 8684 3.1 */
	PATIENCE = 1000000000 /* ns allowed for an echo */
};

static const char *host(int from)
{
	return from ? "server" : "client";
}

static struct verdict *add(struct check_context *c, const char *cause,
			   enum certainty certainty, const struct strbuf *text)
{
	return verdicts_add(&c->verdicts, QUESTION_SINGLE_SUBFLOW, cause,
			    certainty, "%s", text->text);
}

/* "by the client from 10.0.2.1:40012 to 10.0.1.2:5001 (tcp 1)" */
static void put_join(struct strbuf *out, const struct join_story *j)
{
	const struct stream *s = j->facts.stream;

	strbuf_printf(out, "by the %s from ", host(j->opener));
	address_append_endpoint(out, &s->client.address, s->client.port);
	strbuf_puts(out, " to ");
	address_append_endpoint(out, &s->server.address, s->server.port);
	strbuf_printf(out, " (tcp %" PRIu32 ")", s->tcp_stream);
}

static const struct hypothesis *weigh(const struct join_story *j,
				      enum weight *most)
{
	const struct hypothesis *best = NULL;

	*most = WEIGHT_AGAINST;
	for (size_t i = 0; i < n_join_hypotheses; i++) {
		enum weight w = join_hypotheses[i].weigh(j);

		if (w > *most || !best)
			best = &join_hypotheses[i];
		*most = w > *most ? w : *most;
	}
	return best;
}

static void add_alternatives(struct verdict *v, const struct join_story *j)
{
	for (size_t i = 0; i < n_join_hypotheses; i++)
		if (join_hypotheses[i].weigh(j) > WEIGHT_AGAINST)
			verdict_alternative(v, join_hypotheses[i].cause);
	/* that something was not captured is always possible */
	if (!v->n_alternatives)
		verdict_alternative(v, "not_captured");
}

static enum certainty certainty_of(const struct hypothesis *h, enum weight w)
{
	if (w == WEIGHT_PROVES)
		return CERTAINTY_PROVEN;
	return strcmp(h->cause, "not_captured") == 0 ? CERTAINTY_UNKNOWN
						     : CERTAINTY_LIKELY;
}

static void add_frames(struct verdict *v, const struct join_story *j)
{
	const struct subflow_facts *f = &j->facts;

	verdict_frame(v, f->syn);
	if (j->icmp)
		verdict_frame(v, j->icmp->frame);
	verdict_frame(v, f->synack);
	verdict_frame(v, f->ack);
	verdict_frame(v, f->rst);
}

/* Joins were tried and all failed: describe the one that got furthest. */
static void judge_joins(struct check_context *c, const struct join_story *j,
			size_t tried)
{
	enum weight most = WEIGHT_AGAINST;
	const struct hypothesis *h = weigh(j, &most);
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	if (tried > 1)
		strbuf_printf(&text,
			      "%zu joins were tried and none worked; the one ",
			      tried);
	else
		strbuf_puts(&text, "The only join, ");
	put_join(&text, j);
	strbuf_puts(&text, tried > 1 ? "" : ",");
	h->say(j, &text, most);
	v = add(c, h->cause, certainty_of(h, most), &text);
	if (most != WEIGHT_PROVES)
		add_alternatives(v, j);
	add_frames(v, j);
	if (strcmp(h->cause, "too_short") == 0) {
		verdict_frame(v, j->closing.frame);
		verdict_frame(v, j->over.frame);
	}
	if (j->removal && strcmp(h->cause, "removed") == 0)
		verdict_frame(v, context_frame(c, j->removal->packet));
	strbuf_release(&text);
}

/* How far a join got. */
static int progress(const struct subflow_facts *f)
{
	const struct stream *s = f->stream;

	return (f->ack ? 4 : 0) + (s->join_synack ? 3 : 0) +
	       (s->side[TO_CLIENT].has_syn ? 2 : 0) +
	       (s->side[TO_CLIENT].rst ? 1 : 0);
}

/* With both captures: no packet arrived with the announcement. */
static enum certainty explain_loss(const struct check_context *c,
				   const struct announced *n,
				   struct strbuf *text, const char **cause)
{
	const struct announced_passage *p = &n->passage;
	uint32_t sent = p->lost + p->stripped;

	if (p->stripped) {
		*cause = "add_addr_stripped";
		strbuf_printf(text,
			      "but something on the way removed the option%s",
			      sent == 1 ? "" : ", each time");
	} else {
		*cause = "add_addr_lost";
		strbuf_puts(text, sent == 1 ? "but the packet was lost on the "
					      "way"
					    : "but each packet with it was "
					      "lost on the way");
	}
	strbuf_printf(text, " (%" PRIu32 " sent", sent);
	if (!n->signal)
		strbuf_printf(text, ", first in frame %s of the other capture",
			      context_other_frame(c, p->frame).text);
	strbuf_puts(text, ")");
	return CERTAINTY_PROVEN;
}

/* No echo was captured here. */
static enum certainty explain_silence(const struct check_context *c,
				      const struct announced *n,
				      struct strbuf *text, const char **cause)
{
	const char *other = host(!n->from);
	int64_t time = c->trace->packets.time[n->signal->packet];

	if (c->conn->version >= 0 &&
	    witness_of(c, n->signal->subflow, !n->from, time + PATIENCE) ==
		    WITNESS_NONE) {
		*cause = "not_captured";
		strbuf_printf(text,
			      "and no packet of the %s was captured later than "
			      "a second after that: the capture does not tell "
			      "what became of it",
			      other);
		return CERTAINTY_UNKNOWN;
	}
	*cause = "add_addr_not_echoed";
	if (n->passage.arrived) {
		strbuf_printf(text,
			      "but the %s did not echo it, although it arrived "
			      "(both captures have it)",
			      other);
		return CERTAINTY_PROVEN;
	}
	strbuf_printf(text,
		      "but the %s did not echo it: probably the ADD_ADDR was "
		      "lost, or something on the way removed it",
		      other);
	return CERTAINTY_LIKELY;
}

/* What the echo names instead: "198.51.100.7", or "port 7001". */
static void put_echoed(struct strbuf *text, const struct announced *n)
{
	const struct mptcp_option *echo = &n->other_echo->option;

	if (!address_is_equal(&echo->address, &n->option.address))
		strbuf_puts(text, address_text(&echo->address).text);
	else if (echo->port)
		strbuf_printf(text, "port %d", echo->port);
	else
		strbuf_puts(text, "no port");
}

/* The echo that was captured is for another address or port. */
static enum certainty explain_other_echo(const struct check_context *c,
					 const struct announced *n,
					 struct strbuf *text,
					 const char **cause)
{
	uint32_t packet = n->other_echo->packet;
	const struct damaged *echo = context_damage(c, packet);
	const struct damaged *changed =
		echo ? echo : context_damage(c, n->signal->packet);

	*cause = "add_addr_changed";
	strbuf_printf(text, "but the echo of the %s names ", host(!n->from));
	put_echoed(text, n);
	strbuf_printf(text, " (frame %s): ",
		      context_frame_text(c, context_frame(c, packet)).text);
	if (changed) {
		strbuf_printf(
			text,
			"something on the way changed the %s (frame %s of "
			"the other capture)",
			echo ? "echo" : "ADD_ADDR",
			context_other_frame(c, changed->frame).text);
		return CERTAINTY_PROVEN;
	}
	if (n->passage.arrived && !n->passage.echoed) {
		*cause = "add_addr_not_echoed";
		strbuf_puts(text, "it arrived as it was sent (both captures "
				  "have it), and was not echoed");
		return CERTAINTY_PROVEN;
	}
	strbuf_puts(text, "probably something on the way, such as a NAT, "
			  "changed it there, or in the ADD_ADDR, whose HMAC "
			  "no longer fits then");
	return CERTAINTY_LIKELY;
}

/*
 * Why an announced address was not joined: cause, certainty, and the rest of
 * the sentence.
 */
static enum certainty explain_announcement(const struct check_context *c,
					   const struct announced *n,
					   struct strbuf *text,
					   const char **cause)
{
	if (n->signal && n->signal->flaw == FLAW_ADD_ADDR_HMAC && !n->echo) {
		*cause = "add_addr_bad_hmac";
		strbuf_printf(text,
			      "but with an HMAC that does not match the keys: "
			      "the %s must ignore it",
			      host(!n->from));
		return CERTAINTY_PROVEN;
	}
	if (n->removal) {
		*cause = "removed";
		strbuf_printf(text, "and withdrew it before it was joined: "
				    "probably that is why");
		return CERTAINTY_LIKELY;
	}
	if (!n->echo && announced_is_lost(&n->passage))
		return explain_loss(c, n, text, cause);
	if (!n->echo && n->other_echo)
		return explain_other_echo(c, n, text, cause);
	if (!n->echo && !n->passage.echoed && !context_is_v0(c))
		return explain_silence(c, n, text, cause);
	*cause = "add_addr_not_used";
	strbuf_printf(
		text,
		"but the %s did not join it%s: probably its path manager "
		"accepts no announced address, its limit is reached, or "
		"it has no route there",
		host(!n->from),
		n->echo || context_is_v0(c)
			? ""
			: ", although it echoed it (in the other capture; "
			  "the echo did not arrive here)");
	return CERTAINTY_LIKELY;
}

static void add_announcement_frames(struct check_context *c, struct verdict *v,
				    const struct announced *n)
{
	if (n->signal)
		verdict_frame(v, context_frame(c, n->signal->packet));
	else
		verdict_frame(v, c->conn->first_frame);
	if (n->echo)
		verdict_frame(v, context_frame(c, n->echo->packet));
	if (n->other_echo)
		verdict_frame(v, context_frame(c, n->other_echo->packet));
	if (n->removal)
		verdict_frame(v, context_frame(c, n->removal->packet));
}

static void judge_announcement(struct check_context *c,
			       const struct announced *n)
{
	const struct mptcp_option *o = &n->option;
	struct strbuf text = STRBUF_INIT;
	const char *cause = NULL;
	enum certainty certainty = CERTAINTY_LIKELY;
	struct verdict *v = NULL;

	strbuf_printf(&text, "The %s announced %s (address id %d), ",
		      host(n->from), address_text(&o->address).text, o->id);
	certainty = explain_announcement(c, n, &text, &cause);
	v = add(c, cause, certainty, &text);
	if (certainty == CERTAINTY_LIKELY)
		verdict_alternative(v, "not_captured");
	if (strcmp(cause, "add_addr_changed") == 0 &&
	    certainty == CERTAINTY_LIKELY)
		verdict_alternative(v, "add_addr_not_echoed");
	if (strcmp(cause, "add_addr_not_used") == 0) {
		/* A join to it need not have reached this point. */
		verdict_alternative(v, "join_unanswered");
		verdict_alternative(v, "join_icmp");
	}
	add_announcement_frames(c, v, n);
	strbuf_release(&text);
}

/* The SYN/ACK, if the server forbids joins to its first address. */
static const struct signal *forbids_joins(const struct check_context *c)
{
	for (size_t k = 0; k < c->signals.n && !context_is_v0(c); k++) {
		const struct signal *s = &c->signals.items[k];

		if (s->option.subtype == MP_CAPABLE && s->from == 1 &&
		    (s->flags & TCP_SYN) && (s->option.flags & FLAG_NO_JOINS))
			return s;
	}
	return NULL;
}

/* Whether no byte of the subflow's direction is missing in the capture. */
static bool is_whole(const struct check_context *c, int d)
{
	int tcp_direction = d ^ context_subflow(c, 0)->flipped;

	return whole_stream(c->trace, &c->tcp[0],
			    (enum direction)tcp_direction);
}

/* The highest DATA_ACK for data of a direction; 0: none. */
static int64_t highest_ack(const struct check_context *c, int d)
{
	int64_t highest = 0;

	for (size_t k = 0; k < c->ledger.n_acks; k++) {
		const struct data_ack *a = &c->ledger.acks[k];

		if ((int)a->direction == d && a->ack > highest)
			highest = a->ack;
	}
	return highest;
}

/* The frame of the first DATA_ACK beyond a position; 0: none. */
static uint32_t first_ack_beyond(const struct check_context *c, int d,
				 int64_t position)
{
	for (size_t k = 0; k < c->ledger.n_acks; k++) {
		const struct data_ack *a = &c->ledger.acks[k];

		if ((int)a->direction == d && a->ack > position)
			return context_frame(c, a->packet);
	}
	return 0;
}

/*
 * Data of a direction that its subflow did not carry: before what was captured
 * of it, in its holes, and behind it up to the highest DATA_ACK.  The last
 * number that was acknowledged may be that of a DATA_FIN, which is no data.
 * "frame" has the first DATA_ACK of some of it; 0: none.
 */
static uint64_t carried_elsewhere(const struct check_context *c, int d,
				  uint32_t *frame)
{
	struct coverage seen;
	int64_t first = 0, end = 0, acked = highest_ack(c, d) - 1;
	uint64_t missing = 0;

	*frame = 0;
	if (!is_whole(c, d) || !c->ledger.has_idsn[d] ||
	    c->conn->bytes[d].of[BYTES_UNMAPPED])
		return 0;
	coverage_of(&c->ledger.data[d], c->ledger.shift[d], &seen);
	first = seen.bytes && seen.first > 1 ? seen.first : 1;
	end = seen.bytes ? seen.last : 1;
	missing = (uint64_t)(first - 1) + seen.missing +
		  (acked > end ? (uint64_t)(acked - end) : 0);
	if (first > 1)
		*frame = first_ack_beyond(c, d, 1);
	else if (seen.missing)
		*frame = first_ack_beyond(c, d, seen.holes[0].from);
	else if (missing)
		*frame = first_ack_beyond(c, d, end + 1);
	coverage_release(&seen);
	return missing;
}

/* Likewise, of both directions. */
static uint64_t data_elsewhere(const struct check_context *c,
			       uint32_t frames[2])
{
	return carried_elsewhere(c, TO_SERVER, &frames[0]) +
	       carried_elsewhere(c, TO_CLIENT, &frames[1]);
}

static void judge_no_join(struct check_context *c)
{
	const char *missing = NULL;
	struct verdict *v = NULL;

	for (int from = 0; from < 2; from++)
		if (witness_of(c, 0, from, c->conn->first_time) == WITNESS_NONE)
			missing = host(from);
	if (missing || witness_is_cut(c)) {
		v = verdicts_add(&c->verdicts, QUESTION_SINGLE_SUBFLOW,
				 "not_captured", CERTAINTY_UNKNOWN,
				 "No join and no announced address was "
				 "captured, but the capture does not tell "
				 "whether there were any: %s%s%s",
				 missing ? "what the " : "",
				 missing ? missing : "",
				 missing ? " sent was not captured"
					 : "options of packets are cut");
	} else {
		v = verdicts_add(
			&c->verdicts, QUESTION_SINGLE_SUBFLOW,
			"no_address_known", CERTAINTY_LIKELY,
			"No join was tried and no address announced: probably "
			"neither end has a second address, or its path manager "
			"does not use it");
		verdict_alternative(v, "one_interface");
	}
	verdict_frame(v, c->conn->first_frame);
}

static void judge_silence(struct check_context *c)
{
	struct announced n;
	int announced = announced_last(c, &n);
	const struct signal *forbidden = forbids_joins(c);
	uint32_t frames[2];
	uint64_t missing = data_elsewhere(c, frames);
	struct verdict *v = NULL;

	if (missing) {
		v = verdicts_add(
			&c->verdicts, QUESTION_SINGLE_SUBFLOW, "one_interface",
			CERTAINTY_PROVEN,
			"At least %" PRIu64
			" byte%s of the data took another path: there were "
			"other subflows, on interfaces that were not captured",
			missing, plural(missing));
		verdict_frame(v, frames[0]);
		verdict_frame(v, frames[1]);
	} else if (announced) {
		judge_announcement(c, &n);
	} else if (forbidden) {
		v = verdicts_add(
			&c->verdicts, QUESTION_SINGLE_SUBFLOW,
			"joins_forbidden", CERTAINTY_LIKELY,
			"The server forbids joins to its first address (flag C "
			"in its SYN/ACK), and no other was announced: probably "
			"that is why");
		verdict_alternative(v, "one_interface");
		verdict_frame(v, context_frame(c, forbidden->packet));
	} else {
		judge_no_join(c);
	}
}

/* Options show whether a join succeeded. */
static void judge_cut_joins(struct check_context *c)
{
	struct verdict *v = verdicts_add(
		&c->verdicts, QUESTION_SINGLE_SUBFLOW, "not_captured",
		CERTAINTY_UNKNOWN,
		"Joins were tried, but the capture does not tell whether they "
		"worked: options of packets are cut");

	verdict_frame(v, c->conn->first_frame);
}

/* The failed joins, and the one that got furthest. */
struct attempts {
	size_t tried, working, best;
};

static void count_attempts(const struct check_context *c, struct attempts *out)
{
	int furthest = -1;

	*out = (struct attempts){ 0, 0, 0 };
	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		struct subflow_facts f;

		subflow_facts_find(c, k, &f);
		out->working += (size_t)f.works;
		if (f.stream->kind != STREAM_JOIN || f.works)
			continue;
		out->tried++;
		if (progress(&f) >= furthest) {
			furthest = progress(&f);
			out->best = k;
		}
	}
}

/*
 * How much a capture shows of the reason: what is lost on the path only the
 * sender's end knows.
 */
static int evidence(const struct check_context *c)
{
	struct attempts joins;
	struct announced n;
	uint32_t frames[2];

	if (c->conn->state != CONN_ESTABLISHED || !c->conn->has_initial)
		return 0;
	count_attempts(c, &joins);
	if (joins.working > 1)
		return 0;
	if (joins.tried || data_elsewhere(c, frames))
		return 3;
	return announced_last(c, &n) ? 2 : 1;
}

static void judge_here(struct check_context *c)
{
	struct attempts joins;

	count_attempts(c, &joins);
	if (joins.tried) {
		struct join_story story;

		join_story_tell(c, joins.best, &story);
		/* A wrong HMAC is complete evidence: nothing else is needed. */
		if (witness_is_cut(c) &&
		    (joins.tried > 1 ||
		     !(story.bad_hmac[0] || story.bad_hmac[1])))
			judge_cut_joins(c);
		else
			judge_joins(c, &story, joins.tried);
	} else {
		judge_silence(c);
	}
}

/* What the other capture shows; its frames are not those of this one. */
static void judge_there(struct check_context *c)
{
	const struct verdict *there = NULL;
	struct verdict *v = NULL;

	judge_here(c->other);
	there = &c->other->verdicts.items[c->other->verdicts.n - 1];
	v = verdicts_add(&c->verdicts, QUESTION_SINGLE_SUBFLOW, there->cause,
			 there->certainty, "In the other capture: %s",
			 there->text);
	for (size_t i = 0; i < there->n_alternatives; i++)
		verdict_alternative(v, there->alternatives[i]);
	verdict_frame(v, c->conn->first_frame);
}

void judge_single_subflow(struct check_context *c)
{
	int here = evidence(c);

	if (!here)
		return;
	if (c->other && evidence(c->other) > here)
		judge_there(c);
	else
		judge_here(c);
}
