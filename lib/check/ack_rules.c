/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on DATA_ACK and DATA_FIN. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/strbuf.h"
#include "check/examine.h"
#include "check/witness.h"
#include "model/effect.h"
#include "model/sequence.h"

enum {
	PATIENCE = 1000000000, /* ns allowed for an acknowledgment */
	REPEATED = 3	       /* DATA_FINs that are no coincidence */
};

/* The data of one direction. */
struct line {
	bool has_sent, has_fin, has_ack;
	int heard;	 /* packets of the sender after its SYN were captured */
	int64_t sent;	 /* end of the highest data so far */
	int64_t fin;	 /* position of the first DATA_FIN */
	int64_t fin_end; /* end of everything, including the DATA_FIN */
	uint32_t fin_packet, last_fin;
	uint32_t fins; /* number of packets with it */
	int64_t ack;   /* highest DATA_ACK */
	/* packet with the highest DATA_ACK beyond the data, or none */
	uint32_t beyond;
	int64_t beyond_value; /* its value */
};

/* The last DATA_ACK of a host on a subflow. */
struct last_ack {
	bool known;
	int64_t ack;
	uint64_t stamp; /* tcpopt_tsval() */
};

struct walk {
	struct check_context *c;
	struct sequence q;
	struct line line[2];
	struct last_ack *last; /* [2 * subflow + direction of data] */
	size_t piece; /* next one in the ledger; those before are in "line" */
};

static const char *const hosts[2] = { "client", "server" };

/*
 * Whether a packet was sent after another one: 1 yes, 0 no, -1 unknown.
 * Timestamps increase in the order of sending, whatever happens on the path.
 */
static int is_later(const struct walk *w, uint64_t stamp, uint64_t before,
		    int d)
{
	if (stamp && before && stamp != before)
		return (int32_t)((uint32_t)stamp - (uint32_t)before) > 0;
	return vantage_is_receiver(w->c->vantage, (enum direction)d) ? 1 : -1;
}

static void check_order(struct walk *w, const struct segment *s, int64_t dsn)
{
	struct check_context *c = w->c;
	struct finding *f = &c->findings[RULE_DATA_ACK_MONOTONIC];
	const struct packets *p = &c->trace->packets;
	int d = !s->direction, later = 1;
	struct last_ack *last = &w->last[2 * (size_t)s->subflow + (size_t)d];
	uint64_t stamp = packets_tsval(p, s->packet);

	if (last->known && dsn < last->ack)
		later = is_later(w, stamp, last->stamp, d);
	if (later == 0)
		return; /* it was reordered on the path */
	if (!last->known || dsn >= last->ack)
		finding_ok(f);
	else if (later > 0)
		finding_wrong(f, SEVERITY_WARNING,
			      context_frame(c, (uint32_t)s->packet),
			      "a DATA_ACK of the %s on tcp %u goes back by "
			      "%" PRId64 " byte%s",
			      hosts[!d],
			      context_subflow(c, s->subflow)->tcp_stream,
			      last->ack - dsn, plural(last->ack - dsn));
	else
		finding_unknown(f, "DATA_ACKs went back, but the order in "
				   "which they were sent is unknown");
	*last = (struct last_ack){ true, dsn, stamp };
}

static void take_ack(struct walk *w, const struct segment *s, int64_t dsn)
{
	struct line *l = &w->line[!s->direction];

	check_order(w, s, dsn);
	if (!l->has_ack || dsn > l->ack)
		l->ack = dsn;
	l->has_ack = true;
	if (l->has_sent && dsn > l->sent &&
	    (l->beyond == LEDGER_NO_PACKET || dsn > l->beyond_value)) {
		l->beyond = (uint32_t)s->packet;
		l->beyond_value = dsn;
	}
}

static void take_fin(struct walk *w, const struct segment *s, int64_t fin)
{
	struct finding *f = &w->c->findings[RULE_DATA_AFTER_DATA_FIN];
	struct line *l = &w->line[s->direction];

	l->fins++;
	l->last_fin = (uint32_t)s->packet;
	if (!l->has_fin) {
		l->has_fin = 1;
		l->fin = fin;
		l->fin_packet = (uint32_t)s->packet;
		l->fin_end = fin + 1;
	} else if (fin != l->fin) {
		finding_wrong(f, SEVERITY_ERROR,
			      context_frame(w->c, (uint32_t)s->packet),
			      "the DATA_FIN of the %s moves by %" PRId64
			      " byte%s",
			      hosts[s->direction == TO_CLIENT], fin - l->fin,
			      plural(fin - l->fin));
		l->fin_end = fin > l->fin ? fin + 1 : l->fin_end;
	}
}

static void raise_sent(struct line *l, int64_t end)
{
	if (!l->has_sent || end > l->sent)
		l->sent = end;
	l->has_sent = true;
}

/* Take the data of packets up to this one. */
static void take_data(struct walk *w, size_t packet)
{
	const struct ledger *l = &w->c->ledger;

	for (; w->piece < l->n_pieces && l->pieces[w->piece].packet <= packet;
	     w->piece++) {
		const struct piece *piece = &l->pieces[w->piece];

		if (piece->dsn != LEDGER_UNKNOWN)
			raise_sent(&w->line[piece->direction],
				   piece->dsn + piece->len -
					   l->shift[piece->direction]);
	}
}

static void take_packet(struct walk *w, const struct segment *s)
{
	const struct packets *p = &w->c->trace->packets;
	struct tcp_options o;

	packets_mptcp(p, s->packet, &o);
	for (size_t k = 0; k < o.n_mptcp; k++) {
		const struct mptcp_option *m = &o.mptcp[k];
		struct dss_mapping map;
		int64_t ack = 0;

		if (sequence_data_ack(&w->q, s, m, &ack))
			take_ack(w, s, ack);
		if (!sequence_mapping(&w->q, s, m, &map) ||
		    map.len >= MAPPING_INFINITE)
			continue;
		if (!(m->has & MPTCP_DATA_FIN) ||
		    effect_option_flaw(m, 0, -1) != FLAW_NONE)
			continue;
		raise_sent(&w->line[s->direction], map.dsn + map.len + 1);
		take_fin(w, s, map.dsn + map.len);
	}
}

/* A DATA_FIN that was not captured takes a number, too. */
static void report_beyond(struct finding *f, int d, uint32_t frame,
			  const struct line *l)
{
	int64_t bytes = l->beyond_value - l->sent;
	struct strbuf fin = STRBUF_INIT;

	if (!l->has_fin && bytes == 1)
		strbuf_puts(&fin, ", or a DATA_FIN,");
	else if (!l->has_fin)
		strbuf_printf(&fin, ", or %" PRId64 " and a DATA_FIN,",
			      bytes - 1);
	finding_wrong(f, SEVERITY_WARNING, frame,
		      "a DATA_ACK of the %s is %" PRId64
		      " byte%s%s beyond all data that was captured",
		      hosts[d == TO_SERVER], bytes, plural(bytes), fin.text);
	strbuf_release(&fin);
}

static void judge_beyond(struct walk *w, int d)
{
	struct finding *f = &w->c->findings[RULE_DATA_ACK_SENT];
	const struct line *l = &w->line[d];
	uint32_t frame = 0;

	if (!l->has_ack)
		return;
	if (!l->heard || !l->has_sent) {
		finding_unknown(f, "the packets of the %s were not captured",
				hosts[d == TO_CLIENT]);
		return;
	}
	if (l->beyond == LEDGER_NO_PACKET) {
		finding_ok(f);
		return;
	}
	frame = context_frame(w->c, l->beyond);
	if (w->c->conn->bytes[d].of[BYTES_UNMAPPED]) {
		finding_unknown(
			f,
			"some payload of the %s has no known place in the data",
			hosts[d == TO_CLIENT]);
		return;
	}
	if (l->has_fin && l->beyond_value > l->fin_end)
		finding_wrong(f, SEVERITY_ERROR, frame,
			      "a DATA_ACK of the %s is %" PRId64
			      " byte%s beyond the DATA_FIN",
			      hosts[d == TO_SERVER],
			      l->beyond_value - l->fin_end,
			      plural(l->beyond_value - l->fin_end));
	else if (l->beyond_value > l->sent && witness_is_cut(w->c))
		finding_unknown(f, "options were not captured whole");
	else if (l->beyond_value > l->sent)
		report_beyond(f, d, frame, l);
	else
		finding_unknown(f,
				"data was captured only after its DATA_ACK "
				"(frame %s): another path was not "
				"captured, or its clock differs",
				context_frame_text(w->c, frame).text);
}

/* Whether packets of the receiver were captured long after "time". */
static bool had_time(const struct check_context *c, int d, int64_t time)
{
	for (size_t j = c->ledger.n_packets; j-- > 0;) {
		uint32_t i = c->ledger.packets[j];

		if ((int)ledger_direction(c->trace, i) != d)
			return c->trace->packets.time[i] - time >= PATIENCE;
	}
	return false;
}

/* That the sender keeps repeating it shows that it got no answer. */
static bool was_repeated(const struct line *l, const struct packets *p)
{
	return l->fins >= REPEATED &&
	       p->time[l->last_fin] - p->time[l->fin_packet] >= PATIENCE;
}

static void judge_fin(struct walk *w, int d)
{
	struct finding *f = &w->c->findings[RULE_DATA_FIN_ACKED];
	const struct line *l = &w->line[d];
	const struct packets *p = &w->c->trace->packets;

	if (!l->has_fin)
		return;
	if (l->has_ack && l->ack > l->fin)
		finding_ok(f);
	else if (w->c->conn->close == END_FASTCLOSE_CLIENT ||
		 w->c->conn->close == END_FASTCLOSE_SERVER)
		finding_unknown(f, "the connection was aborted");
	else if (!had_time(w->c, d, p->time[l->fin_packet]) &&
		 !was_repeated(l, p))
		finding_unknown(f,
				"no packet of the %s was captured later than a "
				"second after the DATA_FIN",
				hosts[d == TO_SERVER]);
	else
		finding_wrong(f, SEVERITY_WARNING,
			      context_frame(w->c, l->fin_packet),
			      "the DATA_FIN of the %s was never acknowledged",
			      hosts[d == TO_CLIENT]);
}

/* Whether data after the DATA_FIN was sent. */
static void judge_data_after_fin(struct walk *w)
{
	struct check_context *c = w->c;
	struct finding *f = &c->findings[RULE_DATA_AFTER_DATA_FIN];

	for (int d = 0; d < 2; d++)
		if (w->line[d].has_fin)
			finding_ok(f);
	for (size_t k = 0; k < c->ledger.n_pieces; k++) {
		const struct piece *piece = &c->ledger.pieces[k];
		const struct line *l = &w->line[piece->direction];
		int64_t at = 0;

		if (piece->dsn == LEDGER_UNKNOWN || !l->has_fin ||
		    c->ledger.plain)
			continue;
		at = piece->dsn - c->ledger.shift[piece->direction];
		if (at + piece->len <= l->fin)
			continue;
		finding_wrong(f, SEVERITY_ERROR,
			      context_frame(c, piece->packet),
			      "data of the %s reaches %" PRId64
			      " byte%s beyond its DATA_FIN",
			      hosts[piece->direction == TO_CLIENT],
			      at + piece->len - l->fin,
			      plural(at + piece->len - l->fin));
	}
}

/* The pieces with the next byte that a DATA_ACK should have covered. */
struct waiting {
	struct check_context *c;
	int64_t dsn; /* as in the ledger */
	int d;
	int64_t ssn;	  /* position in the subflow below */
	uint32_t subflow; /* UINT32_MAX: none */
};

static void find_waiting(struct waiting *v)
{
	v->subflow = UINT32_MAX;
	for (size_t k = 0; k < v->c->ledger.n_pieces; k++) {
		const struct piece *piece = &v->c->ledger.pieces[k];

		if (piece->direction != v->d || piece->dsn == LEDGER_UNKNOWN ||
		    piece->dsn > v->dsn || piece->dsn + piece->len <= v->dsn)
			continue;
		v->ssn = piece->ssn + (v->dsn - piece->dsn);
		v->subflow = piece->subflow;
		return;
	}
}

/* When the subflow acknowledged the byte; INT64_MAX: never. */
static int64_t subflow_acked(const struct waiting *v, struct sequence *q,
			     uint32_t *packet)
{
	const struct packets *p = &v->c->trace->packets;

	sequence_rewind(q);
	for (size_t j = 0; j < q->n; j++) {
		struct segment s = sequence_segment(q, q->packets[j]);
		const struct flow *other =
			&q->flows[2 * s.subflow + !s.direction];
		struct unwrap u = other->unwrap;

		if (s.subflow != v->subflow || (int)s.direction == v->d ||
		    !u.started || !(p->flags[s.packet] & TCP_ACK) ||
		    (p->flags[s.packet] & TCP_RST))
			continue;
		if (unwrap_next(&u, p->ack[s.packet]) - other->origin >
		    v->ssn) {
			*packet = (uint32_t)s.packet;
			return p->time[s.packet];
		}
	}
	return INT64_MAX;
}

static void judge_progress(struct walk *w, int d)
{
	struct check_context *c = w->c;
	struct finding *f = &c->findings[RULE_DATA_ACK_PROGRESS];
	const struct line *l = &w->line[d];
	struct waiting v = { .c = c, .d = d };
	uint32_t packet = 0;
	int64_t when = 0;

	if (!l->has_ack || !c->conn->bytes[d].sent)
		return;
	if (c->conn->state == CONN_FALLBACK) {
		finding_unknown(f, "the connection fell back to TCP, which has "
				   "no DATA_ACKs");
		return;
	}
	v.dsn = l->ack + c->ledger.shift[d];
	find_waiting(&v);
	if (v.subflow == UINT32_MAX) {
		finding_ok(f); /* nothing is left, or it was not captured */
		return;
	}
	when = subflow_acked(&v, &w->q, &packet);
	if (when == INT64_MAX)
		finding_ok(f);
	else if (!had_time(c, d, when))
		finding_unknown(f, "the connection, or the capture, ended "
				   "before the DATA_ACK had to come");
	else
		finding_wrong(f, SEVERITY_WARNING, context_frame(c, packet),
			      "tcp %u acknowledged data of the %s that no "
			      "DATA_ACK ever covered",
			      context_subflow(c, v.subflow)->tcp_stream,
			      hosts[d == TO_CLIENT]);
}

void check_acknowledgments(struct check_context *c)
{
	struct walk w = { .c = c };
	size_t n = 2 * c->conn->n_subflows;

	if (c->ledger.plain)
		return;
	w.last = mem_calloc(n, sizeof(*w.last));
	w.line[0].beyond = w.line[1].beyond = LEDGER_NO_PACKET;
	sequence_init(&w.q, c->trace, c->conn, NULL);
	for (int d = 0; d < 2; d++)
		if (c->conn->side[d].has_idsn)
			raise_sent(&w.line[d], 1);
	for (size_t j = 0; j < w.q.n; j++) {
		struct segment s = sequence_segment(&w.q, w.q.packets[j]);

		w.line[s.direction].heard |=
			!(c->trace->packets.flags[s.packet] & TCP_SYN);
		take_data(&w, s.packet);
		take_packet(&w, &s);
	}
	judge_data_after_fin(&w);
	for (int d = 0; d < 2; d++) {
		judge_beyond(&w, d);
		judge_fin(&w, d);
		judge_progress(&w, d);
	}
	sequence_release(&w.q);
	free(w.last);
}
