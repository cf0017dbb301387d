/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts on fallback: the handshake did not agree on Multipath TCP. */
#include "base/plural.h"
#include "base/strbuf.h"
#include "check/counterpart.h"
#include "check/fallback_verdict.h"
#include "model/effect.h"
#include "model/tcpopt.h"

static const char *const hosts[2] = { "client", "server" };

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
	v = fallback_add(c, sure ? CERTAINTY_PROVEN : CERTAINTY_LIKELY,
			 text.text);
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

/* The handshake of MP_CAPABLE is SYN, SYN/ACK, ACK. */
static void tell_simultaneous(struct check_context *c,
			      const struct subflow_facts *f)
{
	struct verdict *v = fallback_add(
		c, CERTAINTY_PROVEN,
		"Both ends sent a SYN without ACK (simultaneous open of TCP): "
		"there is no handshake with MP_CAPABLE for that, and it went "
		"on as TCP");

	verdict_frame(v, f->syn);
	verdict_frame(v, f->crossing_syn);
	verdict_frame(v, f->synack);
	verdict_frame(v, f->ack);
}

void fallback_tell_handshake(struct check_context *c,
			     const struct subflow_facts *f)
{
	if (f->crossing_syn) {
		tell_simultaneous(c, f);
		return;
	}
	switch (c->conn->cause) {
	case FALLBACK_NO_OPTION_IN_SYNACK: tell_synack(c, f); break;
	case FALLBACK_PLAIN_SYN_RETRY: tell_retry(c, f); break;
	case FALLBACK_NO_OPTION_IN_ACK: tell_ack(c, f); break;
	case FALLBACK_NO_OPTION_IN_DATA: tell_data(c, f); break;
	case FALLBACK_BAD_CAPABLE: tell_bad_capable(c, f); break;
	default: break; /* those of fallback_tell_later() */
	}
}
