/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why did it fall back, who reset it, how did it end? */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "check/examine.h"
#include "check/subflow.h"

enum {
	RESETS_TOLD = 8 /* one by one */
};

static const char *const hosts[2] = { "client", "server" };

static uint32_t find_fail(const struct checkup *c)
{
	for (size_t k = 0; k < c->signals.n; k++)
		if (c->signals.items[k].option.subtype == MP_FAIL)
			return checkup_frame(c, c->signals.items[k].packet);
	return 0;
}

static void blame_path(struct checkup *c, const struct subflow_facts *f)
{
	const struct damage *d = &c->damage;
	struct answer *a = answers_add(
		&c->answers, QUESTION_FALLBACK, "middlebox",
		"Something on the way %s the Multipath TCP options of %s "
		"(frame %" PRIu32 ", which is frame %" PRIu32
		" of the other capture)",
		d->removed ? "removed" : "changed", d->what, d->frame[0],
		d->frame[1]);

	answer_frame(a, d->frame[0]);
	answer_frame(a, f->synack);
	answer_frame(a, f->ack);
}

static void blame_ends(struct checkup *c, const struct subflow_facts *f)
{
	const char *cause = fallback_cause_name(c->conn->cause);
	const struct finding *path = &c->findings[RULE_OPTIONS_INTACT];
	int arrived = path->right && !path->wrong;
	const char *text = "";
	uint32_t frames[3] = { 0, 0, 0 };
	struct answer *a = NULL;

	switch (c->conn->cause) {
	case FALLBACK_NO_OPTION_IN_SYNACK:
		text = arrived ? "The SYN/ACK has no MP_CAPABLE, and was sent "
				 "so: the server got the option of the SYN, "
				 "but "
				 "does not speak Multipath TCP there"
			       : "The SYN/ACK has no MP_CAPABLE: the server "
				 "does not speak Multipath TCP there, or "
				 "something on the way removed the option from "
				 "the SYN or the SYN/ACK";
		frames[0] = f->syn;
		frames[1] = f->synack;
		break;
	case FALLBACK_PLAIN_SYN_RETRY:
		text = "The client tried again with a plain SYN, because its "
		       "SYNs with MP_CAPABLE were not answered: something on "
		       "the way seems to drop those";
		frames[0] = f->syn;
		frames[1] = f->plain_syn;
		frames[2] = f->synack;
		break;
	case FALLBACK_NO_OPTION_IN_ACK:
		text = "The ACK of the handshake has no MP_CAPABLE: the client "
		       "did not get the option of the SYN/ACK, or something on "
		       "the way removed those behind the SYNs";
		frames[0] = f->synack;
		frames[1] = f->ack;
		frames[2] = f->data[TO_SERVER];
		break;
	case FALLBACK_NO_OPTION_IN_DATA:
		text = "The handshake was complete, but no Multipath TCP "
		       "option came with the data that followed: something on "
		       "the way removes them from segments without SYN";
		frames[0] = f->ack;
		frames[1] = f->plain[TO_SERVER];
		frames[2] = f->plain[TO_CLIENT];
		break;
	case FALLBACK_MP_FAIL:
		text = "A checksum failed on the only subflow (MP_FAIL), and "
		       "it went on with an infinite mapping: something on the "
		       "way changed the payload";
		frames[0] = find_fail(c);
		break;
	case FALLBACK_NONE: break; /* a fallback has a cause */
	}
	a = answers_add(&c->answers, QUESTION_FALLBACK, cause, "%s", text);
	for (int k = 0; k < 3; k++)
		answer_frame(a, frames[k]);
}

void judge_fallback(struct checkup *c)
{
	struct subflow_facts f;

	if (c->conn->state != CONN_FALLBACK)
		return;
	subflow_facts_find(c, 0, &f);
	if (c->damage.packets && c->conn->cause != FALLBACK_MP_FAIL)
		blame_path(c, &f);
	else
		blame_ends(c, &f);
}

/* The first MP_FASTCLOSE, or NULL. */
static const struct signal *find_fastclose(const struct checkup *c)
{
	for (size_t k = 0; k < c->signals.n; k++)
		if (c->signals.items[k].option.subtype == MP_FASTCLOSE)
			return &c->signals.items[k];
	return NULL;
}

static void tell_fastclose(struct checkup *c, const struct signal *s)
{
	struct answer *a = answers_add(
		&c->answers, QUESTION_RESET, "fastclose",
		"The %s aborted the whole connection with MP_FASTCLOSE, first "
		"on tcp %" PRIu32 ", %.3f s after its beginning",
		hosts[s->from], checkup_subflow(c, s->subflow)->tcp_stream,
		(double)(c->trace->packets.time[s->packet] -
			 c->conn->first_time) /
			1e9);

	answer_frame(a, checkup_frame(c, s->packet));
}

/* Did data or its acknowledgment move on other subflows later? */
static size_t survivors(const struct checkup *c, size_t k, int64_t time)
{
	size_t n = 0;

	for (size_t i = 0; i < c->conn->n_subflows; i++) {
		const struct stream *s = checkup_subflow(c, i);

		n += i != k && s->established && s->first_time < time &&
		     (s->last_time > time || s->end == END_OPEN);
	}
	return n;
}

static int has_failed(const struct checkup *c, size_t k)
{
	for (size_t i = 0; i < c->signals.n; i++)
		if (c->signals.items[i].option.subtype == MP_FAIL &&
		    c->signals.items[i].subflow == k)
			return 1;
	return 0;
}

static void tell_reset(struct checkup *c, size_t k,
		       const struct subflow_facts *f)
{
	const struct stream *s = f->stream;
	const struct stream_side *side = &s->side[f->rst_from ^ s->flipped];
	const char *reason =
		side->has_reason ? reset_reason_name(side->reason) : NULL;
	const char *cause = has_failed(c, k)   ? "mp_fail"
			    : reason	       ? reason
			    : side->has_reason ? "unknown_reason"
					       : "no_reason";
	size_t left = survivors(c, k, f->rst_time);
	struct strbuf text = STRBUF_INIT;
	struct answer *a = NULL;

	strbuf_printf(&text,
		      "The %s %s tcp %" PRIu32 ", %s to %s, after %.3f s",
		      hosts[f->rst_from], f->works ? "reset" : "refused",
		      s->tcp_stream, s->client.address, s->server.address,
		      (double)(f->rst_time - s->first_time) / 1e9);
	if (side->has_reason)
		strbuf_printf(&text, ": reason %d, %s, %s", side->reason,
			      reason ? reason : "not a known one",
			      side->reason_flags & 1 ? "transient"
						     : "not transient");
	else
		strbuf_puts(&text, ", without a reason");
	if (has_failed(c, k))
		strbuf_puts(&text, "; a checksum had failed (MP_FAIL)");
	if (left)
		strbuf_printf(&text,
			      "; the connection went on over %zu other "
			      "subflow%s",
			      left, left == 1 ? "" : "s");
	else
		strbuf_puts(&text, "; it was the last subflow");
	a = answers_add(&c->answers, QUESTION_RESET, cause, "%s", text.text);
	answer_frame(a, f->rst);
	strbuf_release(&text);
}

/* RSTs of the last moments, after all data had been closed, tell nothing. */
static int is_worth_telling(const struct checkup *c,
			    const struct subflow_facts *f,
			    const struct signal *fastclose)
{
	const struct stream *s = f->stream;

	if (!f->rst || s->end == END_FIN)
		return 0;
	return !fastclose ||
	       f->rst_time < c->trace->packets.time[fastclose->packet];
}

void judge_resets(struct checkup *c)
{
	const struct signal *fastclose = find_fastclose(c);
	size_t told = 0, more = 0;

	if (fastclose)
		tell_fastclose(c, fastclose);
	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		struct subflow_facts f;

		subflow_facts_find(c, k, &f);
		if (!is_worth_telling(c, &f, fastclose))
			continue;
		if (told++ < RESETS_TOLD)
			tell_reset(c, k, &f);
		else
			more++;
	}
	if (more)
		answers_add(&c->answers, QUESTION_RESET, "more",
			    "%zu more subflow%s reset", more,
			    more == 1 ? " was" : "s were");
}

static const char *closing(enum conn_end end)
{
	switch (end) {
	case END_OPEN: return "It was still open when the capture ended";
	case END_FIN: return "Both ends closed it, by FINs only";
	case END_FIN_CLIENT: return "Only the client closed it, by FIN";
	case END_FIN_SERVER: return "Only the server closed it, by FIN";
	case END_DATA_FIN: return "Both ends closed it, by DATA_FINs";
	case END_RESET_CLIENT: return "The client reset its last subflow";
	case END_RESET_SERVER: return "The server reset its last subflow";
	case END_FASTCLOSE_CLIENT: return "The client aborted it";
	case END_FASTCLOSE_SERVER: return "The server aborted it";
	case END_REFUSED: return "The server refused it: RST answered the SYN";
	case END_UNANSWERED: return "Nothing answered its SYN";
	}
	return "";
}

/* Is it one of the events that a connection of that end ends with? */
static int is_closing_event(enum conn_end end, const struct event *e)
{
	switch (end) {
	case END_DATA_FIN: return e->kind == EVENT_DATA_FIN;
	case END_FIN:
	case END_FIN_CLIENT:
	case END_FIN_SERVER: return e->kind == EVENT_FIN;
	case END_RESET_CLIENT:
	case END_RESET_SERVER: return e->kind == EVENT_TCP_RESET;
	case END_FASTCLOSE_CLIENT:
	case END_FASTCLOSE_SERVER: return e->kind == EVENT_FASTCLOSE;
	case END_REFUSED: return e->kind == EVENT_CONNECTION_REFUSED;
	case END_UNANSWERED: return e->kind == EVENT_CONNECTION_SYN;
	case END_OPEN: break;
	}
	return 0;
}

void judge_close(struct checkup *c)
{
	enum conn_end end = c->conn->close;
	struct answer *a = answers_add(
		&c->answers, QUESTION_CLOSE, conn_end_name(end),
		"%s, %.3f s "
		"after its beginning",
		closing(end),
		(double)(c->conn->last_time - c->conn->first_time) / 1e9);

	for (size_t k = 0; k < c->timeline.n; k++)
		if (is_closing_event(end, &c->timeline.events[k]))
			answer_frame(
				a,
				checkup_frame(c, c->timeline.events[k].packet));
}
