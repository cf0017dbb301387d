/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/remarks.h"

#include <inttypes.h>

#include "base/plural.h"
#include "base/strbuf.h"
#include "check/examine.h"
#include "check/payload_facts.h"
#include "model/reinjection.h"
#include "output/event_text.h"

/* A connection under way. */
struct remarks {
	const struct check_context *context;
	struct comments *out;
	struct strbuf text; /* of the next one */
};

static void remark(struct remarks *r, uint32_t frame)
{
	comments_add(r->out, frame, r->text.text);
	strbuf_clear(&r->text);
}

static uint32_t frame_of(const struct remarks *r, uint32_t packet)
{
	return context_frame(r->context, packet);
}

/* "1428 bytes from dsn 39985" */
static void put_data(struct strbuf *out, uint64_t bytes, int64_t dsn)
{
	strbuf_printf(out, "%" PRIu64 " byte%s", bytes, plural(bytes));
	if (dsn != LEDGER_UNKNOWN)
		strbuf_printf(out, " from dsn %" PRId64, dsn);
}

/* Data that was sent before. */

static const char *class_words(enum byte_class byte_class)
{
	switch (byte_class) {
	case BYTES_REINJECTED: return "reinjected";
	case BYTES_MPTCP_REPEATED: return "repeated by MPTCP";
	default: return "retransmitted by TCP";
	}
}

static void put_originals(struct remarks *r, const struct repetitions *list,
			  const struct repetition *item)
{
	const uint32_t *packets = &list->originals[item->originals];
	const size_t n = item->n_originals;
	const uint32_t first = frame_of(r, packets[0]),
		       last = frame_of(r, packets[n - 1]);

	if (n == 1)
		strbuf_printf(&r->text, "frame %" PRIu32, first);
	else if (n == 2)
		strbuf_printf(&r->text, "frames %" PRIu32 " and %" PRIu32,
			      first, last);
	else
		strbuf_printf(&r->text,
			      "%zu frames from %" PRIu32 " to %" PRIu32, n,
			      first, last);
}

static void remark_repetition(struct remarks *r, const struct repetitions *list,
			      const struct repetition *item)
{
	const struct check_context *c = r->context;

	strbuf_printf(&r->text, "%s: ",
		      item->probe ? "zero-window probe"
				  : class_words(item->byte_class));
	put_data(&r->text, item->bytes, item->dsn);
	if (item->probe) { /* its byte was not sent before */
		remark(r, frame_of(r, item->packet));
		return;
	}
	strbuf_puts(&r->text, ", first sent in ");
	put_originals(r, list, item);
	if (item->original_subflow != item->subflow)
		strbuf_printf(
			&r->text, " on tcp %" PRIu32,
			context_subflow(c, item->original_subflow)->tcp_stream);
	/* What had been acknowledged then only the sender knows. */
	if (vantage_is_sender(c->vantage, item->direction) &&
	    item->has_spurious && item->spurious)
		strbuf_puts(&r->text, "; a DATA_ACK had covered it");
	remark(r, frame_of(r, item->packet));
}

/*
 * Whether an event says of the packet that it is a zero-window probe.  Packets
 * are asked for in order, as events are; *at goes on from one to the next.
 */
static bool is_probe_event(const struct timeline *line, uint32_t packet,
			   size_t *at)
{
	while (*at < line->n && (line->events[*at].kind != EVENT_WINDOW_PROBE ||
				 line->events[*at].packet < packet))
		++*at;
	return *at < line->n && line->events[*at].packet == packet;
}

static void remark_repetitions(struct remarks *r)
{
	const struct timeline *line = &r->context->timeline;
	struct repetitions list;
	size_t at = 0;

	repetitions_list(r->context->trace, &r->context->ledger, &list);
	for (size_t i = 0; i < list.n; i++) {
		const struct repetition *item = &list.items[i];

		if (!item->probe || !is_probe_event(line, item->packet, &at))
			remark_repetition(r, &list, item);
	}
	repetitions_release(&list);
}

/* What happened. */

static const char *event_words(enum event_kind kind)
{
	switch (kind) {
	case EVENT_CONNECTION_SYN: return "SYN of the connection";
	case EVENT_CONNECTION_SYNACK: return "SYN/ACK of the connection";
	case EVENT_CONNECTION_ESTABLISHED: return "connection established";
	case EVENT_CONNECTION_REFUSED: return "connection refused";
	case EVENT_FALLBACK: return "fallback to plain TCP";
	case EVENT_JOIN_SYN: return "MP_JOIN, SYN";
	case EVENT_JOIN_SYNACK: return "MP_JOIN, SYN/ACK";
	case EVENT_JOIN_ESTABLISHED: return "MP_JOIN, subflow established";
	case EVENT_JOIN_REFUSED: return "MP_JOIN refused";
	case EVENT_ADD_ADDR: return "ADD_ADDR";
	case EVENT_ADD_ADDR_ECHO: return "ADD_ADDR echo";
	case EVENT_REMOVE_ADDR: return "REMOVE_ADDR";
	case EVENT_PRIORITY: return "MP_PRIO";
	case EVENT_MP_FAIL: return "MP_FAIL";
	case EVENT_FASTCLOSE: return "MP_FASTCLOSE";
	case EVENT_TCP_RESET: return "RST";
	case EVENT_DATA_FIN: return "DATA_FIN";
	case EVENT_FIN: return "FIN of the subflow";
	case EVENT_FIRST_DATA: return "first data on this subflow";
	case EVENT_WINDOW_PROBE: return "zero-window probe";
	case EVENT_STALLED: return "stalled from here";
	case EVENT_RECOVERED: return "recovered";
	case EVENT_HANDOVER: return "handover between TCP streams";
	default: return event_name(kind); /* no packet makes it */
	}
}

static void remark_event(struct remarks *r, const struct event *e)
{
	const struct check_context *c = r->context;
	const struct event_row row = {
		{ c->trace, 0, c->conn, context_subflow(c, e->subflow) }, e
	};
	struct strbuf detail = STRBUF_INIT;

	event_put_detail(&detail, &row);
	strbuf_puts(&r->text, event_words(e->kind));
	if (detail.len) /* it may be no more than "(2 times)" */
		strbuf_puts(&r->text, detail.text[0] == '(' ? " " : ": ");
	strbuf_puts(&r->text, detail.text);
	remark(r, frame_of(r, e->packet));
	strbuf_release(&detail);
}

static void remark_events(struct remarks *r)
{
	const struct timeline *line = &r->context->timeline;

	for (size_t i = 0; i < line->n; i++)
		remark_event(r, &line->events[i]);
}

/* What is wrong. */

/* The text is about the first frame, which the others point to. */
static void remark_finding(struct remarks *r, const struct finding *f)
{
	const struct rule *rule = rule_get(f->rule);
	const int v1 = !context_is_v0(r->context);

	for (size_t i = 0; i < f->n_frames; i++) {
		if (i > 0)
			strbuf_printf(&r->text, "see frame %" PRIu32 ": ",
				      f->frames[0]);
		strbuf_printf(&r->text, "violates %s (RFC %s, %s), %s",
			      rule->name, v1 ? "8684" : "6824",
			      rule->section[v1], severity_name(f->severity));
		if (i == 0) {
			strbuf_puts(&r->text, ": ");
			finding_put(&r->text, f);
		}
		remark(r, f->frames[i]);
	}
}

static void remark_findings(struct remarks *r)
{
	for (int rule = 0; rule < RULES; rule++)
		if (r->context->findings[rule].wrong &&
		    context_has_rule(r->context, (enum rule_id)rule))
			remark_finding(r, &r->context->findings[rule]);
}

static void remark_verdicts(struct remarks *r)
{
	const struct verdicts *list = &r->context->verdicts;

	for (size_t i = 0; i < list->n; i++) {
		const struct verdict *v = &list->items[i];

		for (size_t k = 0; k < v->n_frames; k++) {
			strbuf_printf(&r->text, "verdict on %s: %s",
				      question_name(v->question), v->text);
			remark(r, v->frames[k]);
		}
	}
}

/* Of packets of which something is said, which is in order. */
static void remark_new_data(struct remarks *r, const struct comments *said)
{
	const struct ledger *ledger = &r->context->ledger;
	size_t n = 0;

	for (size_t i = 0; i < ledger->n_pieces; i++) {
		const struct piece *p = &ledger->pieces[i];
		const uint32_t frame = frame_of(r, p->packet);

		if (p->byte_class != BYTES_UNIQUE ||
		    !comments_find(said, frame, &n))
			continue;
		strbuf_puts(&r->text, "sent for the first time: ");
		put_data(&r->text, p->len, p->dsn);
		remark(r, frame);
	}
}

static void remark_connection(struct check_context *c, struct comments *out)
{
	struct comments said = { .n = 0 };
	struct remarks r = { .context = c, .out = &said, .text = STRBUF_INIT };

	examine(c);
	remark_repetitions(&r);
	remark_events(&r);
	remark_findings(&r);
	remark_verdicts(&r);
	comments_sort(&said);
	for (size_t i = 0; i < said.n; i++)
		comments_add(out, said.items[i].frame, said.items[i].text);
	r.out = out;
	remark_new_data(&r, &said);
	comments_release(&said);
	strbuf_release(&r.text);
}

int remarks_make(struct session *s, struct comments *out, struct error *err)
{
	struct payload_facts facts;
	struct token_index tokens;
	size_t i = 0;
	int rc = 0;

	*out = (struct comments){ .n = 0 };
	payload_facts_init(&facts);
	token_index_make(&tokens, &s->trace);
	rc = payload_facts_gather(&facts, s, err);
	if (rc == 0)
		rc = session_next(s, &i, err);
	while (rc > 0) {
		struct check_context c;

		context_init(&c, &s->trace, &s->trace.connections[i++], &tokens,
			     NULL, &facts);
		remark_connection(&c, out);
		context_release(&c);
		rc = session_next(s, &i, err);
	}
	comments_sort(out);
	token_index_release(&tokens);
	payload_facts_release(&facts);
	return rc;
}
