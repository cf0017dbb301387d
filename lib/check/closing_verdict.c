/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict on how the connection ended. */
#include <inttypes.h>
#include <string.h>

#include "base/plural.h"
#include "base/strbuf.h"
#include "check/counterpart.h"
#include "check/examine.h"
#include "check/rst_origin.h"
#include "check/witness.h"
#include "model/connections.h"

static const char *const hosts[2] = { "client", "server" };

/* The verdict for an end: cause, certainty, sentence, alternative. */
struct ending {
	const char *cause;
	enum certainty certainty;
	/*
	 * With "%s" for the host, if "who" is set; the time comes before the
	 * first colon or semicolon, or at the end.
	 */
	const char *text;
	const char *who;
	const char *alternative; /* or NULL */
};

static bool is_known(const struct check_context *c, int host)
{
	return c->conn->side[host].has_key;
}

/* When the first FIN was sent. */
static int64_t closing_time(const struct check_context *c)
{
	for (size_t k = 0; k < c->timeline.n; k++)
		if (c->timeline.events[k].kind == EVENT_FIN)
			return c->timeline.events[k].time;
	return c->conn->last_time;
}

/* Only one host sent a FIN. */
static struct ending half_closed(const struct check_context *c, int closer)
{
	const char *cause = closer ? "fin_server" : "fin_client";

	if (witness_of(c, 0, !closer, closing_time(c)) == WITNESS_NONE)
		return (struct ending){
			"not_captured", CERTAINTY_UNKNOWN,
			"The %s closed it with a FIN; the capture does not "
			"tell what the other end did: none of its packets was "
			"captured afterwards",
			hosts[closer], NULL
		};
	return (struct ending){ cause, CERTAINTY_LIKELY,
				"Only the %s closed it, with a FIN; probably "
				"the capture ended before the other end did",
				hosts[closer], "fin" };
}

static struct ending reset(int who)
{
	return (struct ending){ who ? "reset_server" : "reset_client",
				CERTAINTY_LIKELY,
				"A RST of the %s ended its last subflow, and "
				"so probably the connection",
				hosts[who], "open" };
}

static struct ending aborted(const struct check_context *c, int who)
{
	int known = is_known(c, !who);

	return (struct ending){
		who ? "fastclose_server" : "fastclose_client",
		known ? CERTAINTY_PROVEN : CERTAINTY_LIKELY,
		known ? "The %s aborted it with MP_FASTCLOSE"
		      : "The %s aborted it with MP_FASTCLOSE: probably, for "
			"the key that it names was not captured",
		hosts[who], known ? NULL : "open"
	};
}

static struct ending unanswered(const struct check_context *c)
{
	size_t syns = context_subflow(c, 0)->n;

	if (syns < 2)
		return (struct ending){
			"not_captured", CERTAINTY_UNKNOWN,
			"No answer to its only SYN was captured: the capture "
			"does not tell whether the server answered",
			NULL, "unanswered"
		};
	return (struct ending){
		"unanswered", CERTAINTY_LIKELY,
		"The last of its SYNs was sent: probably none was answered",
		NULL, "not_captured"
	};
}

/* FINs from both ends: TCP has nothing else, Multipath TCP has DATA_FINs. */
static struct ending closed(const struct check_context *c)
{
	if (c->conn->state == CONN_FALLBACK)
		return (struct ending){ "fin", CERTAINTY_PROVEN,
					"Both ends closed it with FINs", NULL,
					NULL };
	return (struct ending){
		"fin", CERTAINTY_LIKELY,
		"Both ends closed it, probably with FINs only: no two "
		"DATA_FINs that were acknowledged were captured",
		NULL, "data_fin"
	};
}

/* A RST that somebody else sent in the name of its sender. */
static bool is_forged(const struct check_context *c)
{
	for (size_t k = 0; k < c->verdicts.n; k++)
		if (c->verdicts.items[k].question == QUESTION_RESET &&
		    strcmp(c->verdicts.items[k].cause, "forged") == 0)
			return true;
	return false;
}

/* SYN and SYN/ACK were captured, and nothing else. */
static bool only_syns(const struct check_context *c)
{
	const struct stream *s = context_subflow(c, 0);

	return c->conn->has_initial && s->side[0].has_syn &&
	       s->side[1].has_syn && !s->side[0].talked && !s->side[1].talked;
}

static struct ending find_ending(const struct check_context *c)
{
	int reset_end = c->conn->close == END_RESET_CLIENT ||
			c->conn->close == END_RESET_SERVER;

	if (!c->conn->has_initial &&
	    (c->conn->close == END_REFUSED || c->conn->close == END_UNANSWERED))
		return (struct ending){
			"not_captured", CERTAINTY_UNKNOWN,
			"Only a join that was not completed was captured of "
			"it: the capture does not tell how it ended",
			NULL, NULL
		};
	if (reset_end && is_forged(c))
		return (struct ending){
			"open", CERTAINTY_UNKNOWN,
			"A RST that did not come from its apparent sender "
			"ended its last subflow: the capture does not tell how "
			"the connection went on",
			NULL, NULL
		};
	switch (c->conn->close) {
	case END_FIN: return closed(c);
	case END_FIN_CLIENT: return half_closed(c, 0);
	case END_FIN_SERVER: return half_closed(c, 1);
	case END_DATA_FIN:
		return (struct ending){ "data_fin", CERTAINTY_PROVEN,
					"Both ends closed it with DATA_FINs",
					NULL, NULL };
	case END_RESET_CLIENT: return reset(0);
	case END_RESET_SERVER: return reset(1);
	case END_FASTCLOSE_CLIENT: return aborted(c, 0);
	case END_FASTCLOSE_SERVER: return aborted(c, 1);
	case END_REFUSED:
		return (struct ending){ "refused", CERTAINTY_PROVEN,
					"The server refused it: RST answered "
					"the SYN",
					NULL, NULL };
	case END_UNANSWERED: return unanswered(c);
	case END_OPEN: break;
	}
	if (only_syns(c))
		return (struct ending){
			"open", CERTAINTY_UNKNOWN,
			"Its handshake was not complete at the end of the "
			"capture: the capture does not tell how it went on",
			NULL, NULL
		};
	return (struct ending){ "open", CERTAINTY_UNKNOWN,
				"It was open at the end of the capture: the "
				"capture does not tell how it ended",
				NULL, NULL };
}

/* A RST of the host that ended the last subflow, and not one for naught. */
static bool is_last_reset(const struct check_context *c, const struct event *e,
			  int host)
{
	return e->kind == EVENT_TCP_RESET && e->from == host &&
	       context_subflow(c, e->subflow) ==
		       connection_last(c->trace, c->conn) &&
	       !rst_is_void(c, e->subflow, e->packet);
}

/* Whether it is an event with which the connection finishes. */
static bool is_closing_event(const struct check_context *c,
			     const struct event *e)
{
	switch (c->conn->close) {
	case END_DATA_FIN: return e->kind == EVENT_DATA_FIN;
	case END_FIN:
	case END_FIN_CLIENT:
	case END_FIN_SERVER: return e->kind == EVENT_FIN;
	case END_RESET_CLIENT: return is_last_reset(c, e, 0);
	case END_RESET_SERVER: return is_last_reset(c, e, 1);
	case END_FASTCLOSE_CLIENT:
	case END_FASTCLOSE_SERVER:
		return e->kind == EVENT_FASTCLOSE && e->effective;
	case END_REFUSED: return e->kind == EVENT_CONNECTION_REFUSED;
	case END_UNANSWERED: return e->kind == EVENT_CONNECTION_SYN;
	case END_OPEN: break;
	}
	return false;
}

/* The DATA_FIN that nobody acknowledged, from the rule that looks for it. */
static const struct event *find_unacked(const struct check_context *c)
{
	const struct finding *f = &c->findings[RULE_DATA_FIN_ACKED];

	for (size_t k = 0; f->wrong && k < c->timeline.n; k++) {
		const struct event *e = &c->timeline.events[k];

		for (size_t i = 0; e->kind == EVENT_DATA_FIN && i < f->n_frames;
		     i++)
			if (context_frame(c, e->packet) == f->frames[i])
				return e;
	}
	return NULL;
}

static void tell_unacked(struct check_context *c, const struct event *e)
{
	struct counterpart first = counterpart_find(c, e->packet),
			   last = counterpart_find(c, e->last);
	int lost = first.state == COUNTERPART_MISSING &&
		   last.state == COUNTERPART_MISSING && !first.is_sender;
	struct strbuf span = STRBUF_INIT;
	struct verdict *v = NULL;

	context_put_time(&span, c->trace->packets.time[e->last] - e->time);
	v = verdicts_add(&c->verdicts, QUESTION_CLOSE, "data_fin_unacked",
			 lost ? CERTAINTY_PROVEN : CERTAINTY_LIKELY,
			 "The DATA_FIN of the %s was not acknowledged (sent in "
			 "%" PRIu32 " packet%s, over %s): %s",
			 hosts[e->from], e->count, plural(e->count), span.text,
			 lost ? "it left, and is not in the other capture"
			      : "probably the other end was gone, or its "
				"answers were lost");
	if (!lost)
		verdict_alternative(v, "not_captured");
	verdict_frame(v, context_frame(c, e->packet));
	verdict_frame(v, context_frame(c, e->last));
	strbuf_release(&span);
}

/* When the last event that closes the connection happened. */
static int64_t ending_time(const struct check_context *c)
{
	int64_t end = c->conn->first_time;
	size_t closing = 0;

	for (size_t k = 0; k < c->timeline.n; k++) {
		const struct event *e = &c->timeline.events[k];

		if (!is_closing_event(c, e))
			continue;
		closing++;
		end = e->time > end ? e->time : end;
	}
	return closing && c->conn->close != END_UNANSWERED ? end
							   : c->conn->last_time;
}

/* The sentence; what the capture does not tell comes behind the time. */
static void put_ending(struct strbuf *out, const struct ending *e, int64_t span)
{
	struct strbuf text = STRBUF_INIT;
	const char *mark = e->who ? strstr(e->text, "%s") : NULL;
	size_t facts = 0;

	if (mark) {
		strbuf_append(&text, e->text, (size_t)(mark - e->text));
		strbuf_puts(&text, e->who);
		strbuf_puts(&text, mark + 2);
	} else {
		strbuf_puts(&text, e->text);
	}
	facts = strcspn(text.text, ":;");
	strbuf_append(out, text.text, facts);
	if (span) {
		strbuf_puts(out, ", ");
		context_put_time(out, span);
		strbuf_puts(out, " after its beginning");
	}
	strbuf_puts(out, text.text + facts);
	strbuf_release(&text);
}

void judge_close(struct check_context *c)
{
	const struct event *unacked = find_unacked(c);
	struct ending e = find_ending(c);
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	if (unacked && c->conn->close <= END_FIN_SERVER) {
		tell_unacked(c, unacked);
		return;
	}
	put_ending(&text, &e, ending_time(c) - c->conn->first_time);
	v = verdicts_add(&c->verdicts, QUESTION_CLOSE, e.cause, e.certainty,
			 "%s", text.text);
	if (e.alternative)
		verdict_alternative(v, e.alternative);
	for (size_t k = 0; k < c->timeline.n; k++)
		if (is_closing_event(c, &c->timeline.events[k]))
			verdict_frame(
				v,
				context_frame(c, c->timeline.events[k].packet));
	strbuf_release(&text);
}
