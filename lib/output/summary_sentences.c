/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/summary_sentences.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/plural.h"
#include "model/limit_text.h"
#include "output/human.h"
#include "output/notes.h"
#include "output/summary_getters.h"

enum {
	STALL = 1000000000 /* ns */
};

static const char *close_words(const struct connection *c)
{
	switch (c->close) {
	case END_OPEN: return "still open at the end of the capture";
	case END_FIN: return "closed by FINs";
	case END_FIN_CLIENT: return "closed by the client only";
	case END_FIN_SERVER: return "closed by the server only";
	case END_DATA_FIN: return "closed by DATA_FINs";
	case END_RESET_CLIENT: return "reset by the client";
	case END_RESET_SERVER: return "reset by the server";
	case END_FASTCLOSE_CLIENT: return "aborted by the client (FASTCLOSE)";
	case END_FASTCLOSE_SERVER: return "aborted by the server (FASTCLOSE)";
	case END_REFUSED: return "refused";
	case END_UNANSWERED: return "no answer captured";
	}
	return "";
}

static void put_kind(const struct connection *c, struct strbuf *out)
{
	if (c->state == CONN_FALLBACK)
		strbuf_printf(out, "fell back to TCP (%s)",
			      fallback_cause_name(c->cause));
	else if (c->version >= 0)
		strbuf_printf(out, "MPTCP v%d", c->version);
	else
		strbuf_puts(out, "MPTCP");
	if (c->state == CONN_INCOMPLETE)
		strbuf_puts(out, " (incomplete)");
}

static const char *place_words(const struct vantage_verdict *v)
{
	switch (v->where) {
	case VANTAGE_UNKNOWN: return NULL;
	case VANTAGE_CLIENT: return "at the client";
	case VANTAGE_SERVER: return "at the server";
	case VANTAGE_MIDDLE: break;
	}
	switch (v->near) {
	case VANTAGE_CLIENT:
		return v->is_forwarded ? "on a router near the client"
				       : "between the ends, near the client";
	case VANTAGE_SERVER:
		return v->is_forwarded ? "on a router near the server"
				       : "between the ends, near the server";
	case VANTAGE_MIDDLE:
	case VANTAGE_UNKNOWN: break;
	}
	return v->is_forwarded ? "on a router between the ends"
			       : "between the ends";
}

/* Where, and the strongest sign of it. */
static void put_vantage(const struct vantage_verdict *v, struct strbuf *out)
{
	const char *place = place_words(v);

	if (!place)
		return;
	strbuf_printf(out, "; %scaptured %s",
		      v->surety == VANTAGE_LIKELY ? "probably " : "", place);
	if (v->evidence.n)
		strbuf_printf(out, " (%s)", v->evidence.items[0]);
}

/* One more sentence; "line" is empty then. */
static void take(struct strlist *out, struct strbuf *line)
{
	strlist_add(out, line->text);
	strbuf_clear(line);
}

void connection_sentences(const struct summary_row *r, bool several,
			  struct strlist *out)
{
	const struct connection *c = r->summary->conn;
	struct strbuf line = STRBUF_INIT;
	struct strlist notes = { .n = 0 };

	if (several)
		strbuf_printf(&line, "%s: ", r->listing.trace->info.path);
	strbuf_printf(&line, "Connection %" PRIu32 ": ", c->id);
	address_append_endpoint(&line, &c->side[0].end.address,
				c->side[0].end.port);
	strbuf_puts(&line, " to ");
	address_append_endpoint(&line, &c->side[1].end.address,
				c->side[1].end.port);
	take(out, &line);
	put_kind(c, &line);
	strbuf_printf(&line, ", %zu subflow%s, ", c->n_subflows,
		      plural(c->n_subflows));
	human_duration(&line, c->last_time - c->first_time);
	strbuf_printf(&line, ", %s", close_words(c));
	put_vantage(&r->summary->vantage_verdict, &line);
	take(out, &line);
	notes_of_connection(r->summary, &notes);
	for (size_t i = 0; i < notes.n; i++) {
		strbuf_printf(&line, "note: %s", notes.items[i]);
		take(out, &line);
	}
	strlist_release(&notes);
	strbuf_release(&line);
}

static void put_column(struct strbuf *out, const struct row_type *type,
		       const char *name, const struct summary_row *r)
{
	const struct column *c = row_type_find(type, name);
	struct value value = VALUE_INIT;

	c->get(r, &value);
	column_human(c, &value, out);
	value_release(&value);
}

void direction_sentences(const struct summary_row *r, struct strlist *out)
{
	const struct direction_summary *d = r->direction;
	const struct row_type *type = &summary_direction;
	struct strbuf line = STRBUF_INIT;

	strbuf_printf(&line, "To the %s: ",
		      d->direction == TO_SERVER ? "server" : "client");
	if (!d->counts->sent) {
		strbuf_puts(&line, "no data");
		take(out, &line);
		strbuf_release(&line);
		return;
	}
	put_column(&line, type, "unique_bytes", r);
	strbuf_puts(&line, " of data in ");
	put_column(&line, type, "duration_s", r);
	strbuf_puts(&line, ", goodput ");
	put_column(&line, type, "goodput_bps", r);
	strbuf_puts(&line, ", overhead ");
	put_column(&line, type, "overhead", r);
	if (d->n_subflows > 1)
		strbuf_printf(&line, ", %" PRIu64 " switch%s", d->switches,
			      d->switches == 1 ? "" : "es");
	take(out, &line);
	strbuf_release(&line);
}

/* What was sent twice, the largest part first, against the data, as overhead
   is. */

struct clause {
	uint64_t bytes;
	struct strbuf text;
};

static int by_bytes(const void *x, const void *y)
{
	const struct clause *a = x, *b = y;

	return a->bytes < b->bytes ? 1 : a->bytes > b->bytes ? -1 : 0;
}

static void put_share(struct strbuf *out, uint64_t part, uint64_t all)
{
	human_ratio(out, (double)part / (double)all);
}

static void put_reinjected(const struct direction_summary *d, struct clause *p)
{
	const struct matrix_cell *top = NULL;

	p->bytes = d->counts->of[BYTES_REINJECTED];
	if (!p->bytes || !d->counts->of[BYTES_UNIQUE])
		return;
	for (size_t i = 0; i < d->reinjected.matrix.n; i++)
		if (!top || d->reinjected.matrix.cells[i].bytes > top->bytes)
			top = &d->reinjected.matrix.cells[i];
	put_share(&p->text, p->bytes, d->counts->of[BYTES_UNIQUE]);
	strbuf_printf(&p->text,
		      " reinjected%s from tcp %" PRIu32 " to tcp %" PRIu32,
		      d->reinjected.matrix.n > 1 ? ", most" : "",
		      d->subflows[top->from].stream->tcp_stream,
		      d->subflows[top->to].stream->tcp_stream);
}

static void put_class(const struct direction_summary *d, enum byte_class c,
		      const char *verb, struct clause *p)
{
	const struct subflow_summary *top = NULL;
	size_t n = 0;

	p->bytes = d->counts->of[c];
	if (!p->bytes || !d->counts->of[BYTES_UNIQUE])
		return;
	for (size_t k = 0; k < d->n_subflows; k++) {
		const struct subflow_summary *s = &d->subflows[k];

		n += s->counts->of[c] > 0;
		if (!top || s->counts->of[c] > top->counts->of[c])
			top = s;
	}
	put_share(&p->text, p->bytes, d->counts->of[BYTES_UNIQUE]);
	strbuf_printf(&p->text, " %s%s on tcp %" PRIu32, verb,
		      n > 1 ? ", most" : "", top->stream->tcp_stream);
}

static void tell_twice(const struct direction_summary *d, struct strlist *out)
{
	struct clause parts[3] = { { 0, STRBUF_INIT },
				   { 0, STRBUF_INIT },
				   { 0, STRBUF_INIT } };
	uint64_t twice = 0;
	struct strbuf line = STRBUF_INIT;

	put_reinjected(d, &parts[0]);
	put_class(d, BYTES_TCP_RETRANSMITTED, "retransmitted by TCP",
		  &parts[1]);
	put_class(d, BYTES_MPTCP_REPEATED, "repeated by MPTCP", &parts[2]);
	for (size_t i = 0; i < 3; i++)
		twice += parts[i].bytes;
	qsort(parts, 3, sizeof(parts[0]), by_bytes);
	if (twice && d->counts->of[BYTES_UNIQUE]) {
		put_share(&line, twice, d->counts->of[BYTES_UNIQUE]);
		strbuf_puts(&line, d->at_receiver
					   ? " of the data arrived twice"
					   : " of the data was sent twice");
		for (size_t i = 0; i < 3 && parts[i].bytes; i++)
			strbuf_printf(&line, "%s%s", i ? "; " : ": ",
				      parts[i].text.text);
		take(out, &line);
	}
	for (size_t i = 0; i < 3; i++)
		strbuf_release(&parts[i].text);
	strbuf_release(&line);
}

/* A summary, and where its subflows have their names. */
struct naming {
	const struct summary *here, *there;
};

static void put_subflow_name(void *ctx, struct strbuf *out, size_t subflow)
{
	const struct naming *n = ctx;
	const size_t k = summary_position_back(n->here, n->there, subflow);

	if (k == SUMMARY_NOWHERE)
		strbuf_puts(out, "a subflow that only the other capture has");
	else
		strbuf_printf(out, "tcp %" PRIu32,
			      n->here->tcp[k].stream->tcp_stream);
}

static void tell_order(const struct summary_row *r, struct strlist *out)
{
	const struct direction_summary *d = at_receiver(r);
	const struct reordering *o = d ? &d->reordering : NULL;
	const struct subflow_summary *top = NULL;
	struct naming naming = { r->summary, NULL };
	struct strbuf line = STRBUF_INIT;

	if (!o || !o->late)
		return;
	naming.there = summary_at_receiver(r->summary, d->direction);
	for (size_t k = 0; k < d->n_subflows; k++)
		if (!top || d->subflows[k].blocking > top->blocking)
			top = &d->subflows[k];
	put_share(&line, o->late, o->packets);
	strbuf_puts(&line,
		    " of the packets arrived out of order; longest wait ");
	human_duration(&line, o->delay.n ? o->delay.max : 0);
	strbuf_puts(&line, ", total ");
	human_duration(&line, o->blocked);
	if (top && top->blocking) {
		strbuf_puts(&line, ", most of it for data on ");
		put_subflow_name(&naming, &line, (size_t)(top - d->subflows));
	}
	take(out, &line);
	strbuf_release(&line);
}

/* A wait of some round trips is nothing special. */
static int64_t worth_a_line(const struct direction_summary *d)
{
	int64_t rtt = 0;

	for (size_t k = 0; k < d->n_subflows; k++) {
		const struct distribution *r = &d->subflows[k].tcp->rtt.data;

		if (r->n && r->p50 > rtt)
			rtt = r->p50;
	}
	return rtt ? 3 * rtt : STALL;
}

/* Where it is not known, why, and what is known all the same. */
static void tell_limit_unknown(const struct summary_row *r, struct strlist *out)
{
	const struct direction_summary *d = r->direction;
	const char *why = summary_limit_unknown(r->summary, d->direction);
	const int64_t duration = d->data.to - d->data.from;
	struct strbuf line = STRBUF_INIT;

	if (!why || duration < STALL)
		return;
	strbuf_printf(&line, "limit: the capture does not tell: %s",
		      limits_unknown_text(
			      why, r->summary->vantage_verdict.is_one_host));
	if (at_receiver(r))
		limits_describe_receiver(&at_receiver(r)->delivery, duration,
					 &line);
	take(out, &line);
	strbuf_release(&line);
}

/* Of a transfer that was over before there was anything to tell: nothing. */
static void tell_limit(const struct summary_row *r, struct strlist *out)
{
	const struct direction_summary *d = at_sender(r);
	struct naming naming = { r->summary, NULL };
	struct limits_input in = { .direction = r->direction->direction };
	struct strbuf line = STRBUF_INIT;

	tell_limit_unknown(r, out);
	if (!d || !d->limits.known || !d->limits.duration ||
	    (limits_main(&d->limits) == LIMIT_STARTING &&
	     d->limits.duration < STALL))
		return;
	naming.there = summary_at_sender(r->summary, d->direction);
	in.trace = naming.there->trace;
	in.conn = naming.there->conn;
	in.tcp = naming.there->tcp;
	strbuf_puts(&line, "limit: ");
	limits_describe(&in, &d->limits, &d->aggregation, true,
			put_subflow_name, &naming, &line);
	take(out, &line);
	strbuf_release(&line);
}

static void tell_waits(const struct summary_row *r, struct strlist *out)
{
	const struct direction_summary *d = at_sender(r);
	const struct summary *there = NULL;
	struct strbuf line = STRBUF_INIT;

	if (!d)
		return;
	there = summary_at_sender(r->summary, d->direction);
	if (d->delivery.has_interruption &&
	    d->delivery.interruption > worth_a_line(d)) {
		strbuf_puts(&line, "longest wait for an acknowledgment of "
				   "data ");
		human_duration(&line, d->delivery.interruption);
	}
	if (line.len && d->delivery.has_interruption_at) {
		strbuf_puts(&line, ", from ");
		human_duration(&line, d->delivery.interruption_at -
					      there->conn->first_time);
		strbuf_puts(&line, " after the connection's beginning on");
	}
	if (d->delivery.has_limited && d->delivery.limited &&
	    d->data.to > d->data.from &&
	    !(d->limits.known &&
	      limits_main(&d->limits) == LIMIT_RECEIVE_WINDOW)) {
		strbuf_puts(&line, line.len ? "; " : "");
		strbuf_puts(&line, "receive window full for ");
		human_duration(&line, d->delivery.limited);
	}
	if (line.len)
		take(out, &line);
	strbuf_release(&line);
}

void stream_sentences(const struct summary_row *r, bool several,
		      struct strlist *out)
{
	const struct stream *s = r->listing.stream;
	struct strbuf line = STRBUF_INIT;

	if (several)
		strbuf_printf(&line, "%s: ", r->listing.trace->info.path);
	strbuf_printf(&line, "TCP stream %" PRIu32 ": ", s->tcp_stream);
	address_append_endpoint(&line, &s->client.address, s->client.port);
	strbuf_puts(&line, " to ");
	address_append_endpoint(&line, &s->server.address, s->server.port);
	strbuf_puts(&line, ", ");
	human_duration(&line, s->last_time - s->first_time);
	strbuf_printf(&line, ", %s", conn_end_name(s->end));
	if (r->listing.conn)
		strbuf_printf(&line, "; in connection %" PRIu32,
			      r->listing.conn->id);
	take(out, &line);
	strbuf_release(&line);
}

void harm_add(struct harm *harm, const struct summary_row *r)
{
	const struct crossing_summary *c = r->crossing;

	if (c && c->mapped) {
		harm->altered += c->owd.altered;
		harm->duplicated += c->owd.duplicated;
	} else {
		harm->duplicated += r->subflow->tcp->duplicated_packets;
	}
}

static void tell_harm(const struct harm *harm, struct strlist *out)
{
	struct strbuf line = STRBUF_INIT;

	if (harm->altered)
		strbuf_printf(&line, "%" PRIu64 " packet%s altered on the way",
			      harm->altered,
			      harm->altered == 1 ? " was" : "s were");
	if (harm->duplicated)
		strbuf_printf(&line,
			      "%sthe network delivered %" PRIu64
			      " packet%s more than once",
			      line.len ? "; " : "", harm->duplicated,
			      plural(harm->duplicated));
	if (line.len)
		take(out, &line);
	strbuf_release(&line);
}

void bytes_sentences(const struct summary_row *r, const struct harm *harm,
		     struct strlist *out)
{
	tell_twice(r->direction, out);
	tell_order(r, out);
	tell_limit(r, out);
	tell_waits(r, out);
	tell_harm(harm, out);
}
