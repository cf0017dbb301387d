/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict on fallback: why? */
#include <inttypes.h>

#include "base/plural.h"
#include "base/strbuf.h"
#include "check/counterpart.h"
#include "check/examine.h"
#include "check/subflow.h"
#include "check/witness.h"
#include "model/effect.h"
#include "model/tcpopt.h"

static const char *const hosts[2] = { "client", "server" };

static struct verdict *add(struct check_context *c, enum certainty certainty,
			   const char *text)
{
	return verdicts_add(&c->verdicts, QUESTION_FALLBACK,
			    fallback_cause_name(c->conn->cause), certainty,
			    "%s", text);
}

static uint32_t find_fail(const struct check_context *c)
{
	for (size_t k = 0; k < c->signals.n; k++)
		if (c->signals.items[k].option.subtype == MP_FAIL)
			return context_frame(c, c->signals.items[k].packet);
	return 0;
}

static void put_lost(struct strbuf *out, const struct check_context *c)
{
	const char *comma = "";

	for (int side = 0; side < 2; side++) {
		const struct conn_side *s = &c->conn->side[side];

		if (!s->lost)
			continue;
		strbuf_printf(out, "%sthe %s from frame %s on", comma,
			      hosts[side],
			      context_frame_text(c, s->lost_frame).text);
		comma = ", ";
	}
}

static void add_lost_frames(struct verdict *v, const struct check_context *c)
{
	for (int side = 0; side < 2; side++)
		if (c->conn->side[side].lost)
			verdict_frame(v, c->conn->side[side].lost_frame);
}

/*
 * The first packet of the initial subflow whose options were changed on the
 * path, not later than "latest", ns; or NULL.
 */
static const struct damaged *find_damage(const struct check_context *c,
					 int64_t latest)
{
	for (size_t k = 0; k < c->damages.n; k++) {
		const struct damaged *d = &c->damages.items[k];

		if (d->subflow == 0 &&
		    c->trace->packets.time[d->packet] <= latest)
			return d;
	}
	return NULL;
}

/* When both had continued without options: later changes are not the reason. */
static int64_t time_of_loss(const struct check_context *c)
{
	int64_t latest = INT64_MIN;

	if (connection_is_plain(c->conn))
		return INT64_MAX;
	for (int side = 0; side < 2; side++) {
		const struct conn_side *s = &c->conn->side[side];

		if (s->lost && s->lost_time > latest)
			latest = s->lost_time;
	}
	return latest;
}

/*
 * How many packets of the initial subflow lost their options, or had them
 * changed, like the first one.
 */
static size_t count_damages(const struct check_context *c, int removed)
{
	size_t n = 0;

	for (size_t k = 0; k < c->damages.n; k++)
		n += c->damages.items[k].subflow == 0 &&
		     c->damages.items[k].removed == removed;
	return n;
}

static void put_damage(struct strbuf *out, const struct check_context *c,
		       const struct damaged *d)
{
	size_t n = count_damages(c, d->removed);

	strbuf_printf(out,
		      "Something on the way %s the Multipath TCP options of ",
		      d->removed ? "removed" : "changed");
	if (n > 1)
		strbuf_printf(out, "%zu packets, first of ", n);
	strbuf_printf(out,
		      "%s (frame %s, which is frame %s of the other capture)",
		      context_packet_name(c, d->packet),
		      context_frame_text(c, context_frame(c, d->packet)).text,
		      context_other_frame(c, d->frame).text);
}

/* Whether both captures have the options as they were sent. */
static bool both_intact(const struct check_context *c)
{
	const struct finding *path = &c->findings[RULE_OPTIONS_INTACT];

	return path->right && !path->wrong;
}

/*
 * A missing option: only two captures can prove whether an end or the path
 * removed it.
 */
static struct verdict *miss(struct check_context *c, const char *what,
			    const char *proven, const char *likely)
{
	int sure = both_intact(c);
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	strbuf_printf(&text, "%s: %s", what, sure ? proven : likely);
	v = add(c, sure ? CERTAINTY_PROVEN : CERTAINTY_LIKELY, text.text);
	if (!sure)
		verdict_alternative(v, "middlebox");
	strbuf_release(&text);
	return v;
}

/* "MPTCP version 0": that of the SYN. */
static void put_version(struct strbuf *out, const struct check_context *c)
{
	strbuf_puts(out, "MPTCP");
	if (c->conn->version >= 0)
		strbuf_printf(out, " version %d", c->conn->version);
}

static void tell_synack(struct check_context *c, const struct subflow_facts *f)
{
	struct strbuf proven = STRBUF_INIT, likely = STRBUF_INIT;
	struct verdict *v = NULL;

	strbuf_puts(&proven, "the server sent it without the option although "
			     "that of the SYN had arrived: it does not speak ");
	put_version(&proven, c);
	strbuf_puts(&proven, " there");
	strbuf_puts(&likely, "probably the server does not speak ");
	put_version(&likely, c);
	strbuf_puts(&likely, " there, or something on the way removed the "
			     "option from the SYN or the SYN/ACK");
	v = miss(c, "The SYN/ACK has no MP_CAPABLE", proven.text, likely.text);

	verdict_frame(v, f->syn);
	verdict_frame(v, f->synack);
	strbuf_release(&proven);
	strbuf_release(&likely);
}

/*
 * How many SYNs with MP_CAPABLE arrived according to the other capture;
 * "plain" is the one without the option there, which does not count.
 */
static uint32_t count_arrived(const struct check_context *c,
			      const struct counterpart *plain, uint32_t *sent)
{
	const struct packets *p = &c->trace->packets;
	const struct stream *s = context_subflow(c, 0);
	uint32_t arrived = 0;

	*sent = 0;
	for (size_t n = 0; n < s->n; n++) {
		uint32_t i = c->trace->order[s->first + n];
		struct tcp_options o;
		struct counterpart there;

		if ((p->flags[i] & (TCP_SYN | TCP_ACK)) != TCP_SYN ||
		    !packets_mptcp(p, i, &o))
			continue;
		++*sent;
		there = counterpart_find(c, i);
		arrived += there.state != COUNTERPART_MISSING &&
			   there.packet != plain->packet;
	}
	return arrived;
}

/* With both captures, this one at the client: the SYNs were sent. */
static void tell_lost_syns(struct check_context *c,
			   const struct subflow_facts *f, uint32_t sent)
{
	struct verdict *v = verdicts_add(
		&c->verdicts, QUESTION_FALLBACK, "plain_syn_retry",
		CERTAINTY_PROVEN,
		"The client tried again with a plain SYN, because %s with "
		"MP_CAPABLE %s not answered: %s lost on the way, the other "
		"capture has none with it, and has the plain one",
		sent == 1 ? "its SYN" : "its SYNs", sent == 1 ? "was" : "were",
		sent == 1 ? "it was" : "all were");

	verdict_frame(v, f->syn);
	verdict_frame(v, f->plain_syn);
	verdict_frame(v, f->synack);
}

static void tell_retry(struct check_context *c, const struct subflow_facts *f)
{
	struct counterpart plain = counterpart_find(c, f->plain_syn_packet);
	struct verdict *v = NULL;
	uint32_t sent = 0;

	if (plain.state == COUNTERPART_SAME && !plain.is_sender &&
	    !count_arrived(c, &plain, &sent) && sent) {
		tell_lost_syns(c, f, sent);
		return;
	}
	v = miss(c,
		 "The client tried again with a plain SYN, because its "
		 "SYNs with MP_CAPABLE were not answered",
		 "both captures have them, and the server did not answer",
		 "probably something on the way drops those");
	verdict_frame(v, f->syn);
	verdict_frame(v, f->plain_syn);
	verdict_frame(v, f->synack);
}

static void tell_ack(struct check_context *c, const struct subflow_facts *f)
{
	int known = f->stream->capable_synack;
	struct verdict *v = miss(
		c, "The ACK of the handshake has no MP_CAPABLE",
		"the client sent it without the option, although the SYN/ACK "
		"has it",
		known ? "probably the client did not get the option of the "
			"SYN/ACK, or something on the way removes options from "
			"the packets after the SYNs"
		      : "probably the SYN/ACK, which was not captured, had "
			"none, or something on the way removes options");

	if (!known) {
		verdict_alternative(v, "no_option_in_synack");
		verdict_alternative(v, "bad_capable");
	}
	verdict_frame(v, f->synack);
	verdict_frame(v, f->ack);
	verdict_frame(v, f->data[TO_SERVER]);
}

static void tell_data(struct check_context *c, const struct subflow_facts *f)
{
	struct verdict *v = miss(
		c, "The data after the handshake has no Multipath TCP option",
		"it was sent without",
		"probably something on the way removes the options from "
		"packets without SYN");

	if (!f->stream->capable_synack || !f->stream->capable_ack)
		verdict_alternative(v, "bad_capable");
	verdict_frame(v, f->ack);
	verdict_frame(v, f->plain[TO_SERVER]);
	verdict_frame(v, f->plain[TO_CLIENT]);
}

static void tell_bad_capable(struct check_context *c,
			     const struct subflow_facts *f)
{
	static const char *const packets[] = { "SYN", "SYN/ACK", "ACK" };
	const int *flaws = f->stream->capable_flaw;
	int which = flaws[0] ? 0 : flaws[1] ? 1 : 2;
	int ignorer = which != 1;
	int seen = which != 0 || f->synack;
	/* A lower version is allowed, and need not be accepted. */
	int must = flaws[which] != FLAW_CAPABLE_VERSION;
	struct verdict *v = verdicts_add(
		&c->verdicts, QUESTION_FALLBACK, "bad_capable",
		seen ? CERTAINTY_PROVEN : CERTAINTY_LIKELY,
		"The %s %signored the MP_CAPABLE of the %s%s: the option has "
		"%s",
		hosts[ignorer], seen ? "" : "probably ", packets[which],
		must ? ", as it must" : "", flaw_text((enum flaw)flaws[which]));

	if (!seen)
		verdict_alternative(v, "no_option_in_ack");

	verdict_frame(v, which == 0 ? f->syn : which == 1 ? f->synack : f->ack);
	verdict_frame(v, which == 0   ? f->synack
			 : which == 1 ? f->ack
				      : f->plain[TO_CLIENT]);
}

static void tell_fail(struct check_context *c)
{
	int infinite = 0;
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	for (size_t k = 0; k < c->conn->n_subflows; k++)
		infinite |= context_subflow(c, k)->infinite_mapping;
	strbuf_printf(&text,
		      "A checksum failed on the only subflow (MP_FAIL), and it "
		      "went on with%s: the payload was changed on the way",
		      infinite ? " an infinite mapping" : "out mappings");
	v = add(c, CERTAINTY_PROVEN, text.text);
	verdict_frame(v, find_fail(c));
	strbuf_release(&text);
}

/* The first packet with payload and an infinite mapping. */
static uint32_t find_infinite(const struct check_context *c)
{
	for (size_t k = 0; k < c->timeline.n; k++)
		if (c->timeline.events[k].kind == EVENT_FALLBACK)
			return context_frame(c, c->timeline.events[k].packet);
	return 0;
}

static void tell_infinite(struct check_context *c)
{
	const struct stream *s = context_subflow(c, 0);
	int both = s->side[0].talked && s->side[1].talked && !witness_is_cut(c);
	struct verdict *v =
		add(c, both ? CERTAINTY_PROVEN : CERTAINTY_LIKELY,
		    both ? "It went on with an infinite mapping (length 0), "
			   "without an MP_FAIL before: its sender had seen "
			   "data, or acknowledgments, without the option"
			 : "It went on with an infinite mapping (length 0): "
			   "probably its sender had seen data, or "
			   "acknowledgments, without the option; an MP_FAIL "
			   "was not captured, nor was all of the other "
			   "direction");

	if (!both)
		verdict_alternative(v, "mp_fail");
	verdict_frame(v, find_infinite(c));
}

/* Options truncated in the capture may contain an MP_FAIL. */
static void put_cut(struct strbuf *out, const struct check_context *c)
{
	if (witness_is_cut(c))
		strbuf_puts(out, "; probably without an MP_FAIL, but options "
				 "of other packets are cut");
}

/* The host of which no new data without a mapping was captured. */
static int may_send_options(const struct check_context *c)
{
	const struct stream *s = context_subflow(c, 0);

	for (int side = 0; side < 2; side++)
		if (c->conn->side[side].lost && !s->side[side].unmapped_tail)
			return side;
	return s->side[0].unmapped_tail;
}

static void put_likely_loss(struct strbuf *out, const struct check_context *c)
{
	int host = may_send_options(c);

	strbuf_printf(out,
		      "probably both ends went on as plain TCP, or the %s "
		      "still sends options",
		      hosts[host]);
	strbuf_puts(out, context_subflow(c, 0)->side[host].talked
				 ? ", which something on the way removes"
				 : " (its packets were not captured)");
}

/*
 * New data that no mapping covers and that the other end acknowledged without
 * options: it accepted the data.  Otherwise the other end may continue with
 * options that do not arrive here.
 */
static void tell_lost(struct check_context *c)
{
	const struct stream *s = context_subflow(c, 0);
	int both = s->side[0].unmapped_tail && s->side[1].unmapped_tail;
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	strbuf_puts(&text, both ? "Both ends went on without Multipath TCP "
				  "options after data had been mapped ("
				: "Options are missing after data had been "
				  "mapped (");
	put_lost(&text, c);
	strbuf_puts(&text, "): ");
	if (both)
		strbuf_puts(&text, "something on the way, or an end, had "
				   "dropped them first");
	else
		put_likely_loss(&text, c);
	put_cut(&text, c);
	v = add(c,
		both && !witness_is_cut(c) ? CERTAINTY_PROVEN
					   : CERTAINTY_LIKELY,
		text.text);
	if (!both)
		verdict_alternative(v, "options_lost_one_way");
	if (witness_is_cut(c))
		verdict_alternative(v, "mp_fail");
	add_lost_frames(v, c);
	strbuf_release(&text);
}

/* Packets of a host that sent data after the other side was lost. */
static uint64_t count_repeats(const struct check_context *c, int from,
			      int64_t since)
{
	uint64_t n = 0;
	uint32_t last = LEDGER_NO_PACKET;

	for (size_t k = 0; k < c->ledger.n_pieces; k++) {
		const struct piece *piece = &c->ledger.pieces[k];

		if ((int)piece->direction != from || piece->packet == last ||
		    c->trace->packets.time[piece->packet] < since ||
		    (piece->byte_class != BYTES_MPTCP_REPEATED &&
		     piece->byte_class != BYTES_TCP_RETRANSMITTED))
			continue;
		last = piece->packet;
		n++;
	}
	return n;
}

static void put_one_way(struct strbuf *out, const struct check_context *c,
			const char *from)
{
	int lost = c->conn->side[1].lost;
	uint64_t repeats =
		count_repeats(c, !lost, c->conn->side[lost].lost_time);

	strbuf_printf(
		out,
		"%s the %s no Multipath TCP option comes any more from "
		"frame %s on, and the %s goes on with them: no DATA_ACK "
		"tells it that its data arrived",
		from, hosts[lost],
		context_frame_text(c, c->conn->side[lost].lost_frame).text,
		hosts[!lost]);
	if (repeats)
		strbuf_printf(
			out,
			"; %s again in %" PRIu64
			" packet%s (the connection is stalled)",
			vantage_is_receiver(c->vantage, (enum direction) !lost)
				? "its data came"
				: "it sent data",
			repeats, plural(repeats));
}

static void tell_one_way(struct check_context *c)
{
	struct verdict *v = NULL;
	struct strbuf text = STRBUF_INIT;

	put_one_way(&text, c, "From");
	put_cut(&text, c);
	v = add(c, witness_is_cut(c) ? CERTAINTY_LIKELY : CERTAINTY_PROVEN,
		text.text);
	if (witness_is_cut(c))
		verdict_alternative(v, "mp_fail");
	add_lost_frames(v, c);
	strbuf_release(&text);
}

/* The connection in the other capture, or NULL. */
static const struct connection *find_other(const struct check_context *c)
{
	const struct paired_stream *pair =
		c->pairing ? pairing_stream(c->pairing, context_subflow(c, 0))
			   : NULL;
	long id = pair ? pair->stream[1]->connection : -1;

	return id < 0 ? NULL : &c->pairing->trace[1]->connections[id];
}

/*
 * Options of one direction are sent and do not arrive: the other end sees what
 * this one cannot.
 */
static void tell_other(struct check_context *c, const struct connection *other)
{
	const struct damaged *d = find_damage(c, INT64_MAX);
	int lost = other->side[1].lost;
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	if (d)
		put_damage(&text, c, d);
	strbuf_printf(&text,
		      "%sn the capture of the other end no Multipath TCP "
		      "option of the %s comes any more from its frame %s "
		      "on, and the %s goes on with them: its data is not "
		      "acknowledged by DATA_ACKs",
		      d ? "; i" : "I", hosts[lost],
		      context_other_frame(c, other->side[lost].lost_frame).text,
		      hosts[!lost]);
	v = verdicts_add(&c->verdicts, QUESTION_FALLBACK,
			 d ? "middlebox" : "options_lost_one_way",
			 CERTAINTY_PROVEN, "%s", text.text);
	if (d)
		verdict_frame(v, context_frame(c, d->packet));
	add_lost_frames(v, c);
	if (!v->n_frames)
		verdict_frame(v, c->conn->first_frame);
	strbuf_release(&text);
}

/* With both captures: options were changed on the path. */
static void blame_path(struct check_context *c, const struct subflow_facts *f,
		       const struct damaged *d)
{
	int plain = connection_is_plain(c->conn);
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	put_damage(&text, c, d);
	if (c->conn->cause == FALLBACK_OPTIONS_LOST_ONE_WAY) {
		strbuf_puts(&text, "; ");
		put_one_way(&text, c, "from");
	} else if (!plain) {
		strbuf_puts(&text, "; both ends went on without them (");
		put_lost(&text, c);
		strbuf_puts(&text, ")");
	}
	v = verdicts_add(&c->verdicts, QUESTION_FALLBACK, "middlebox",
			 CERTAINTY_PROVEN, "%s", text.text);
	verdict_frame(v, context_frame(c, d->packet));
	verdict_frame(v, plain ? f->synack : 0);
	verdict_frame(v, plain ? f->ack : 0);
	add_lost_frames(v, c);
	strbuf_release(&text);
}

/* The handshake of MP_CAPABLE is SYN, SYN/ACK, ACK. */
static void tell_simultaneous(struct check_context *c,
			      const struct subflow_facts *f)
{
	struct verdict *v = add(
		c, CERTAINTY_PROVEN,
		"Both ends sent a SYN without ACK (simultaneous open of TCP): "
		"there is no handshake with MP_CAPABLE for that, and it went "
		"on as TCP");

	verdict_frame(v, f->syn);
	verdict_frame(v, f->crossing_syn);
	verdict_frame(v, f->synack);
	verdict_frame(v, f->ack);
}

static void blame_ends(struct check_context *c, const struct subflow_facts *f)
{
	if (f->crossing_syn && connection_is_plain(c->conn)) {
		tell_simultaneous(c, f);
		return;
	}
	switch (c->conn->cause) {
	case FALLBACK_NO_OPTION_IN_SYNACK: tell_synack(c, f); break;
	case FALLBACK_PLAIN_SYN_RETRY: tell_retry(c, f); break;
	case FALLBACK_NO_OPTION_IN_ACK: tell_ack(c, f); break;
	case FALLBACK_NO_OPTION_IN_DATA: tell_data(c, f); break;
	case FALLBACK_BAD_CAPABLE: tell_bad_capable(c, f); break;
	case FALLBACK_MP_FAIL: tell_fail(c); break;
	case FALLBACK_INFINITE_MAPPING: tell_infinite(c); break;
	case FALLBACK_OPTIONS_LOST: tell_lost(c); break;
	case FALLBACK_OPTIONS_LOST_ONE_WAY: tell_one_way(c); break;
	case FALLBACK_NONE: break; /* a fallback has a cause */
	}
}

/* Whether options changed on the path can be the reason. */
static bool rests_on_options(const struct connection *conn)
{
	return connection_is_plain(conn) ||
	       conn->cause == FALLBACK_OPTIONS_LOST ||
	       conn->cause == FALLBACK_OPTIONS_LOST_ONE_WAY;
}

void judge_fallback(struct check_context *c)
{
	const struct connection *other = NULL;
	const struct damaged *damage = NULL;
	struct subflow_facts f;

	other = find_other(c);
	if (other && other->cause == FALLBACK_OPTIONS_LOST_ONE_WAY &&
	    c->conn->cause != FALLBACK_OPTIONS_LOST_ONE_WAY) {
		tell_other(c, other);
		return;
	}
	if (c->conn->state != CONN_FALLBACK)
		return;
	subflow_facts_find(c, 0, &f);
	if (rests_on_options(c->conn))
		damage = find_damage(c, time_of_loss(c));
	if (damage)
		blame_path(c, &f, damage);
	else
		blame_ends(c, &f);
}
