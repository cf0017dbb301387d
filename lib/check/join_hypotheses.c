/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hypotheses of join.h: weighing the evidence. */
#include <inttypes.h>

#include "base/plural.h"
#include "base/strbuf.h"
#include "check/join.h"
#include "events/event.h"

enum {
	REASON_ERROR = 1,
	REASON_RESOURCES = 2,
	REASON_PROHIBITED = 3,
	RETRY = 1000000000 /* ns until a SYN is retransmitted, RFC 6298 */
};

static const char *host(int from)
{
	return from ? "server" : "client";
}

static const char *likely(enum weight w)
{
	return w == WEIGHT_PROVES ? "" : "probably ";
}

/* Whether the joined host sent anything at all on the subflow. */
static bool has_answer(const struct join_story *j)
{
	return j->facts.synack || j->has_reset;
}

/* The joining host reset it instead of sending the ACK. */
static bool is_given_up(const struct join_story *j)
{
	return j->facts.rst && !j->has_reset && !j->facts.ack;
}

/*
 * Until when it was in progress normally: two round trips of its own path or,
 * if these are unknown, of the first path; at most until it was reset.
 */
static int64_t deadline(const struct join_story *j)
{
	const struct subflow_facts *f = &j->facts;
	int64_t trip =
		j->join_trip > j->round_trip ? j->join_trip : j->round_trip;
	int64_t time = f->stream->first_time + 2 * trip;

	if (!j->join_trip && time < f->stream->first_time + RETRY)
		time = f->stream->first_time + RETRY;
	return f->rst && f->rst_time < time ? f->rst_time : time;
}

static bool is_in_time(const struct join_story *j, const struct closing *sign)
{
	return sign->frame && sign->time <= deadline(j);
}

/*
 * The capture ends before the next packet would have to come, or its sender
 * would have to try again, and nothing else explains that it does not.
 */
static bool is_cut_off(const struct join_story *j)
{
	const struct subflow_facts *f = &j->facts;

	return j->captured_after < RETRY && f->syns < 2 && f->join_acks < 2 &&
	       !f->rst && !is_in_time(j, &j->closing) && !j->wrong_interface;
}

/* Continue the sentence about the join; "w" is the weight of the evidence. */
#define SAY(name)                                                              \
	static void say_##name(const struct join_story *j, struct strbuf *out, \
			       enum weight w __attribute__((unused)))

/* not_captured */

static enum weight weigh_not_captured(const struct join_story *j)
{
	if (j->facts.syn && is_cut_off(j) && !j->icmp)
		return WEIGHT_FITS;
	if (!j->facts.syn || has_answer(j) || j->icmp)
		return WEIGHT_AGAINST;
	/* That its sender tries again shows that it got no answer. */
	if (j->witness == WITNESS_NONE)
		return j->facts.syns > 1 ? WEIGHT_POSSIBLE : WEIGHT_FITS;
	return j->witness == WITNESS_ELSEWHERE ? WEIGHT_POSSIBLE
					       : WEIGHT_AGAINST;
}

SAY(not_captured)
{
	if (is_cut_off(j)) {
		strbuf_printf(out,
			      " was not complete when the capture ended, %.3f "
			      "s after its %s: the capture does not tell "
			      "whether it was answered",
			      (double)j->captured_after / 1e9,
			      j->facts.join_acks ? "ACK"
			      : j->facts.synack	 ? "SYN/ACK"
						 : "SYN");
		return;
	}
	strbuf_printf(out,
		      " has no answer here, and no packet of the %s was "
		      "captured after its SYN: the capture does not tell "
		      "whether it was answered (a capture of both directions, "
		      "or one at the %s, would)",
		      host(j->joined), host(j->joined));
}

/* join_icmp */

static enum weight weigh_icmp(const struct join_story *j)
{
	return j->icmp && !j->facts.synack ? WEIGHT_PROVES : WEIGHT_AGAINST;
}

SAY(icmp)
{
	const struct icmp_error *e = j->icmp;

	strbuf_printf(out,
		      " was rejected: %s answered the SYN by ICMP%s, %s (type "
		      "%d, code %d)",
		      e->from.size ? address_text(&e->from).text : "somebody",
		      icmp_error_is_v6(e) ? "v6" : "", icmp_error_name(e),
		      e->type, e->code);
}

/* join_hmac_wrong */

static enum weight weigh_hmac(const struct join_story *j)
{
	return j->bad_hmac[0] || j->bad_hmac[1] ? WEIGHT_PROVES
						: WEIGHT_AGAINST;
}

SAY(hmac)
{
	const struct counterpart *there =
		j->bad_hmac[TO_CLIENT] ? &j->synack : &j->ack;

	strbuf_printf(out,
		      " failed: the HMAC in the %s does not match the keys and "
		      "nonces%s",
		      j->bad_hmac[TO_CLIENT] ? "SYN/ACK" : "ACK",
		      there->state == COUNTERPART_ALTERED
			      ? "; the other capture has another one: it was "
				"altered on the way"
			      : "");
}

/* join_stripped */

/* With both captures: the packet whose option was removed on the path. */
static const char *stripped_packet(const struct join_story *j)
{
	const struct {
		const char *name;
		const struct counterpart *there;
		bool has_here;
	} packets[] = {
		{ "SYN", &j->syn, j->facts.syn != 0 },
		{ "SYN/ACK", &j->synack, j->facts.stream->join_synack },
		{ "ACK", &j->ack, j->facts.join_acks > 0 },
	};

	for (int k = 0; k < 3; k++) {
		enum counterpart_state state = packets[k].there->state;

		/* Sent with it here and without it there, or vice versa. */
		if (state == COUNTERPART_STRIPPED ||
		    (state == COUNTERPART_ALTERED && !packets[k].has_here))
			return packets[k].name;
	}
	return NULL;
}

static enum weight weigh_stripped(const struct join_story *j)
{
	const struct stream *s = j->facts.stream;

	if (stripped_packet(j))
		return WEIGHT_PROVES;
	if (s->join_synack && j->facts.ack_is_plain && !j->facts.join_acks)
		return WEIGHT_FITS; /* the ACK arrived without it */
	if (s->join_synack && j->facts.join_acks && j->has_reset &&
	    j->facts.rst_answers_ack &&
	    (!j->reason || j->reason->reason == REASON_ERROR))
		return j->good_hmac ? WEIGHT_FITS : WEIGHT_POSSIBLE;
	if (j->facts.synack && !s->join_synack && !s->side[TO_CLIENT].syn_cut)
		return WEIGHT_POSSIBLE;
	return s->join_synack && is_given_up(j) ? WEIGHT_POSSIBLE
						: WEIGHT_AGAINST;
}

SAY(stripped)
{
	const char *packet = stripped_packet(j);

	if (w == WEIGHT_PROVES)
		strbuf_printf(out,
			      " failed: its %s was sent with MP_JOIN and "
			      "arrived without: something on the way removed "
			      "the option",
			      packet);
	else if (j->facts.join_acks)
		strbuf_printf(out,
			      " failed: SYN and SYN/ACK were right, the ACK "
			      "was sent with the right HMAC, and a RST %s "
			      "answered it: probably something on the way "
			      "removed MP_JOIN from the ACK",
			      j->reason ? "with reason 1, mptcp_error,"
					: "without a reason");
	else
		strbuf_printf(out,
			      " failed: SYN and SYN/ACK were right, and the "
			      "ACK came without MP_JOIN%s: probably something "
			      "on the way removed the option",
			      j->has_reset ? ", so that a RST answered it"
					   : "");
}

/* too_short */

/*
 * One host had closed its direction during the join, and the other one had
 * not: Linux then accepts no join, though the RFC does not forbid it.
 */
static bool is_half_closed(const struct join_story *j)
{
	return is_in_time(j, &j->closing) && !is_in_time(j, &j->over);
}

static enum weight weigh_too_short(const struct join_story *j)
{
	const struct subflow_facts *f = &j->facts;

	if (is_given_up(j) && !is_in_time(j, &j->closing))
		return WEIGHT_POSSIBLE;
	if (!is_in_time(j, &j->closing) || f->syns > 1 ||
	    (f->synack && !f->rst))
		return WEIGHT_AGAINST;
	if (f->rst && !j->has_reset &&
	    (j->closing.from == j->opener || is_in_time(j, &j->over)))
		return WEIGHT_PROVES; /* the host itself had closed it */
	if (is_half_closed(j))
		return WEIGHT_POSSIBLE;
	return f->rst && j->has_reset ? WEIGHT_PROVES : WEIGHT_FITS;
}

SAY(too_short)
{
	const struct closing *first = &j->closing, *last = &j->over;

	strbuf_printf(out,
		      " %scame too late: the connection was closing when it "
		      "could have been complete (%s of the %s, frame %s",
		      w == WEIGHT_PROVES ? ""
		      : has_answer(j)	 ? "probably "
					 : "was not answered, and probably ",
		      first->what, host(first->from),
		      origins_text(j->origins, first->frame).text);
	if (is_in_time(j, last) && last->frame != first->frame)
		strbuf_printf(out, "; %s of the %s, frame %s", last->what,
			      host(last->from),
			      origins_text(j->origins, last->frame).text);
	strbuf_puts(out, ")");
}

/* wrong_interface */

static enum weight weigh_interface(const struct join_story *j)
{
	if (!j->wrong_interface || has_answer(j) || j->icmp ||
	    j->witness == WITNESS_NONE)
		return WEIGHT_AGAINST;
	return WEIGHT_FITS;
}

SAY(interface)
{
	int arrived = j->at_joined ||
		      (j->syn.state == COUNTERPART_SAME && !j->syn.is_sender);

	strbuf_printf(out,
		      " %s through the interface %s, which packets of another "
		      "address of the %s use, and was not answered%s: probably "
		      "the route for %s is wrong, and %s",
		      j->at_joined ? "came" : "left", j->wrong_interface,
		      host(j->opener),
		      arrived && !j->at_joined ? " although it arrived" : "",
		      address_text(&j->facts.stream->client.address).text,
		      arrived ? "a reverse path filter dropped its SYN"
			      : "its SYN did not get through");
}

/* join_refused, subflow_limit */

static bool is_limit(const struct join_story *j)
{
	return j->reason && j->reason->reason == REASON_RESOURCES;
}

static enum weight weigh_reset(const struct join_story *j)
{
	const struct stream *s = j->facts.stream;

	if (!j->has_reset || (s->side[TO_CLIENT].has_syn && !s->join_synack &&
			      !j->reason && !s->side[TO_CLIENT].syn_cut))
		return WEIGHT_AGAINST;
	/*
	 * The ACK was retransmitted: that it got no answer is stronger
	 * evidence.
	 */
	if (j->facts.join_acks > 1 ||
	    (j->facts.ack && !j->facts.rst_answers_ack))
		return WEIGHT_POSSIBLE;
	if (j->reason || (j->rst.state == COUNTERPART_SAME && j->rst.is_sender))
		return WEIGHT_PROVES;
	/* Whoever sent it, host or firewall: the SYN was answered by a RST. */
	return j->facts.synack ? WEIGHT_FITS : WEIGHT_PROVES;
}

static enum weight weigh_limit(const struct join_story *j)
{
	return is_limit(j) ? weigh_reset(j) : WEIGHT_AGAINST;
}

static enum weight weigh_refused(const struct join_story *j)
{
	enum weight w = is_limit(j) ? WEIGHT_AGAINST : weigh_reset(j);

	if (w == WEIGHT_PROVES && is_half_closed(j))
		return WEIGHT_FITS;
	/* Reason 1 after the ACK is also the answer to a stripped ACK. */
	if (w == WEIGHT_PROVES && j->reason && j->facts.rst_answers_ack &&
	    j->reason->reason == REASON_ERROR)
		return WEIGHT_FITS;
	return w;
}

SAY(refused)
{
	const struct mptcp_option *m = j->reason;
	const char *name = m ? reset_reason_name(m->reason) : NULL;

	strbuf_printf(out, " was refused by a RST%s",
		      j->facts.rst_answers_ack && j->facts.stream->join_synack
			      ? " that answered its ACK"
			      : "");
	if (!m && j->facts.stream->server.port == 0)
		strbuf_puts(out, " without a reason; it went to port 0, where "
				 "nothing can listen");
	else if (!m && j->rst.state == COUNTERPART_MISSING && j->rst.is_sender)
		strbuf_printf(out,
			      " without a reason, by something on the way: the "
			      "capture at the %s has no such RST",
			      host(j->joined));
	else if (!m)
		strbuf_printf(out,
			      " without a reason, %sby the host (joins to that "
			      "address or port are not accepted, the token is "
			      "unknown, or the host is busy) or by a firewall",
			      likely(w));
	if (!m && rst_origin_is_foreign(&j->origin))
		strbuf_printf(out,
			      " (its TTL is %d, the other packets of the %s "
			      "have %d)",
			      j->origin.ttl, host(j->joined), j->origin.usual);
	if (!m)
		return;
	if (is_half_closed(j) && w != WEIGHT_PROVES) {
		strbuf_printf(
			out,
			" with reason %d, %s: probably because the %s had "
			"closed its direction (%s, frame %s)%s",
			m->reason, name ? name : "an unknown reason",
			host(j->closing.from), j->closing.what,
			origins_text(j->origins, j->closing.frame).text,
			m->reason == REASON_PROHIBITED
				? ", when Linux takes no more joins"
				: "");
		return;
	}
	strbuf_printf(out, " with reason %d, %s%s", m->reason,
		      name ? name : "an unknown reason",
		      m->reason == REASON_PROHIBITED
			      ? ": what Linux says when its limit of "
				"subflows is reached, or it accepts no "
				"joins"
		      : w == WEIGHT_PROVES ? ""
					   : ": probably the host found the "
					     "HMAC in the ACK wrong");
}

/* removed */

static enum weight weigh_removed(const struct join_story *j)
{
	return j->removal && !j->has_reset ? WEIGHT_FITS : WEIGHT_AGAINST;
}

SAY(removed)
{
	strbuf_printf(out,
		      " was given up, probably because the %s withdrew an "
		      "address (REMOVE_ADDR) before it was complete",
		      host(j->removal->from));
}

/* join_no_option */

static enum weight weigh_no_option(const struct join_story *j)
{
	const struct stream_side *server = &j->facts.stream->side[TO_CLIENT];

	return server->has_syn && !j->facts.stream->join_synack &&
			       !server->syn_cut
		       ? WEIGHT_FITS
		       : WEIGHT_AGAINST;
}

SAY(no_option)
{
	(void)j;
	strbuf_puts(out, " was answered by a SYN/ACK without MP_JOIN: probably "
			 "something on the way removed the option, or the host "
			 "that answers does not know the connection");
}

/* join_ack_missing */

static bool is_ack_lost(const struct join_story *j)
{
	return j->facts.join_acks && j->ack.state == COUNTERPART_MISSING &&
	       !j->ack.is_sender;
}

static enum weight weigh_unfinished(const struct join_story *j)
{
	if (!j->facts.stream->join_synack)
		return WEIGHT_AGAINST;
	if (is_ack_lost(j))
		return WEIGHT_PROVES;
	return is_cut_off(j) ? WEIGHT_POSSIBLE : WEIGHT_FITS;
}

SAY(unfinished)
{
	if (w == WEIGHT_PROVES)
		strbuf_puts(out, " was not completed: its ACK with the HMAC "
				 "left, and is not in the other capture");
	else if (is_given_up(j))
		strbuf_printf(
			out,
			" was not completed: instead of the ACK the %s "
			"sent a RST; probably the SYN/ACK that it got was "
			"not right, or the connection was about to end",
			host(j->opener));
	else if (j->facts.ack && !j->facts.ack_is_plain)
		strbuf_puts(out,
			    " was not completed: its ACK with the HMAC was "
			    "sent, and probably it, or what answered it, was "
			    "lost");
	else
		strbuf_puts(out, " was not completed: no ACK with its HMAC was "
				 "captured; probably it was lost");
	if (j->facts.rst && !is_given_up(j))
		strbuf_printf(out, "; the %s reset it in the end",
			      host(j->facts.rst_from));
}

/* join_unanswered */

static enum weight weigh_unanswered(const struct join_story *j)
{
	if (has_answer(j) || j->icmp)
		return WEIGHT_AGAINST;
	/* Both captures show where it was lost. */
	if (j->syn.state == COUNTERPART_MISSING && !j->syn.is_sender)
		return WEIGHT_PROVES;
	if (j->syn.state != COUNTERPART_UNKNOWN &&
	    j->syn.state != COUNTERPART_MISSING && !j->wrong_interface)
		return WEIGHT_PROVES;
	if (is_cut_off(j))
		return WEIGHT_POSSIBLE;
	return j->witness == WITNESS_NONE && j->facts.syns < 2 ? WEIGHT_POSSIBLE
							       : WEIGHT_FITS;
}

SAY(unanswered)
{
	strbuf_printf(out,
		      " was not answered (%" PRIu32 " SYN%s): ", j->facts.syns,
		      plural(j->facts.syns));
	if (w != WEIGHT_PROVES)
		strbuf_puts(out,
			    "probably it or the answer was lost or filtered");
	else if (j->syn.state == COUNTERPART_MISSING)
		strbuf_puts(out, "it left, and is not in the other capture: it "
				 "was lost or filtered on the way");
	else if (j->answered_there)
		strbuf_puts(out, "it arrived and was answered in the other "
				 "capture, and the answer did not arrive here: "
				 "the answer was lost on the way");
	else
		strbuf_printf(out,
			      "it arrived (both captures have it), and the %s "
			      "did not answer: its firewall, or its reverse "
			      "path filter, dropped it",
			      host(j->joined));
}

/* clang-format off */

const struct hypothesis join_hypotheses[] = {
	{ "join_icmp", weigh_icmp, say_icmp },
	{ "join_hmac_wrong", weigh_hmac, say_hmac },
	{ "join_stripped", weigh_stripped, say_stripped },
	{ "not_captured", weigh_not_captured, say_not_captured },
	{ "wrong_interface", weigh_interface, say_interface },
	{ "too_short", weigh_too_short, say_too_short },
	{ "subflow_limit", weigh_limit, say_refused },
	{ "join_refused", weigh_refused, say_refused },
	{ "removed", weigh_removed, say_removed },
	{ "join_no_option", weigh_no_option, say_no_option },
	{ "join_ack_missing", weigh_unfinished, say_unfinished },
	{ "join_unanswered", weigh_unanswered, say_unanswered },
};

/* clang-format on */

const size_t n_join_hypotheses =
	sizeof(join_hypotheses) / sizeof(*join_hypotheses);
