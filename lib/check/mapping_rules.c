/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on mappings, their payload, and the receive window. */
#include <inttypes.h>

#include "base/plural.h"
#include "base/strbuf.h"
#include "check/examine.h"
#include "check/witness.h"
#include "model/sequence.h"

enum {
	FLAG_CHECKSUM = 0x80 /* A of MP_CAPABLE */
};

struct mappings {
	struct check_context *c;
	struct sequence q;
	int agreed; /* whether checksums are used; -1: unknown */
};

/*
 * RFC 8684 3.1: checksums are used if either side asks for them.  That is
 * known from both MP_CAPABLEs of the SYNs, from one that asks, or from an ACK.
 */
static int agreed_on_checksums(const struct check_context *c)
{
	int has_syn = 0, has_synack = 0, has_ack = 0, asked = 0;

	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];
		unsigned syn = s->flags & (TCP_SYN | TCP_ACK);

		if (s->option.subtype != MP_CAPABLE)
			continue;
		asked |= s->option.flags & FLAG_CHECKSUM;
		has_syn |= syn == TCP_SYN;
		has_synack |= syn == (TCP_SYN | TCP_ACK);
		has_ack |= syn != TCP_SYN && syn != (TCP_SYN | TCP_ACK);
	}
	if (asked)
		return 1;
	return (has_syn && has_synack) || has_ack ? 0 : -1;
}

static void check_presence(struct mappings *m, const struct segment *s,
			   const struct mptcp_option *o)
{
	struct finding *f = &m->c->findings[RULE_CHECKSUM_PRESENT];
	int has = !!(o->has & MPTCP_HAS_CHECKSUM);
	uint32_t frame = context_frame(m->c, (uint32_t)s->packet);
	/* At the end of the options tshark before 4.4 may have truncated it. */
	size_t plain =
		(o->has & MPTCP_HAS_DACK ? (o->has & MPTCP_DACK64 ? 12U : 8U)
					 : 4U) +
		(o->has & MPTCP_DSN64 ? 14U : 10U);
	int cut = o->subtype == MP_DSS && !has && o->length == plain + 2;

	if (m->agreed < 0)
		finding_unknown(f, "the first handshake was not captured");
	else if (cut ||
		 (m->agreed && !has &&
		  (m->c->trace->packets.mark[s->packet] & PACKET_OPTIONS_CUT)))
		finding_unknown(f, "options were not captured whole");
	else if (m->agreed && !has)
		finding_wrong(f, SEVERITY_ERROR, frame,
			      "a mapping has no checksum, although checksums "
			      "were agreed on");
	else if (!m->agreed && has)
		finding_wrong(f, SEVERITY_WARNING, frame,
			      "a mapping has a checksum, although none was "
			      "agreed on");
	else
		finding_ok(f);
}

/*
 * The difference between data and subflow positions in the first mapping that
 * covers the range and differs.
 */
struct difference {
	const struct flow *flow;
	int64_t moved;
	int differs;
};

static void find_difference(void *ctx, int64_t from, int64_t to,
			    const uint32_t *owner)
{
	struct difference *d = ctx;

	(void)from;
	(void)to;
	if (owner &&
	    d->flow->maps[*owner].dsn - d->flow->maps[*owner].ssn != d->moved)
		d->differs = 1;
}

static void check_consistency(struct mappings *m, const struct segment *s,
			      const struct dss_mapping *map)
{
	struct finding *f = &m->c->findings[RULE_MAPPING_CONSISTENT];
	struct difference d = { .flow = s->flow, .moved = map->dsn - map->ssn };

	if (!s->flow->has_origin) {
		finding_unknown(
			f, "the initial sequence number of tcp %u is unknown",
			context_subflow(m->c, s->subflow)->tcp_stream);
		return;
	}
	rangemap_look(&s->flow->by_ssn, map->ssn, map->ssn + map->len,
		      find_difference, &d);
	if (d.differs)
		finding_wrong(f, SEVERITY_ERROR,
			      context_frame(m->c, (uint32_t)s->packet),
			      "subflow bytes from %" PRId64
			      " on of tcp %u are mapped to other data than "
			      "before",
			      map->ssn,
			      context_subflow(m->c, s->subflow)->tcp_stream);
	else
		finding_ok(f);
}

static void check_packet(struct mappings *m, const struct segment *s)
{
	const struct packets *p = &m->c->trace->packets;
	struct tcp_options o;

	packets_mptcp(p, s->packet, &o);
	for (size_t k = 0; k < o.n_mptcp; k++) {
		const struct mptcp_option *option = &o.mptcp[k];
		struct dss_mapping map;
		int has = sequence_mapping(&m->q, s, option, &map);

		if (!(option->has & MPTCP_HAS_DLL) || option->dll == 0)
			continue; /* infinite: it has no checksum */
		check_presence(m, s, option);
		if (has && map.len > 0 && option->subtype == MP_DSS)
			check_consistency(m, s, &map);
	}
}

/* Whether a packet with a mapping of this subflow may be missing. */
static bool misses_packets(const struct check_context *c,
			   const struct piece *piece)
{
	const struct stream *s = context_subflow(c, piece->subflow);
	const struct tcp_direction *d =
		&c->tcp[piece->subflow]
			 .direction[piece->direction ^ s->flipped];

	return d->coverage.n_holes || d->coverage.first > 1 ||
	       !s->side[piece->direction ^ s->flipped].has_isn;
}

static bool has_fallen_back(const struct check_context *c,
			    const struct piece *piece)
{
	const struct stream *s = context_subflow(c, piece->subflow);

	return s->mp_fail || s->infinite_mapping ||
	       c->conn->state == CONN_FALLBACK;
}

/* If the handshake is unknown: whether the sender ever sent a mapping. */
static bool speaks(const struct check_context *c, const struct piece *piece)
{
	if (c->conn->state == CONN_ESTABLISHED)
		return true;
	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		const struct stream *s = context_subflow(c, k);

		if (s->side[piece->direction ^ s->flipped].dss)
			return true;
	}
	return false;
}

/*
 * Without any option, and not captured at its sender: it is unknown who
 * removed it.
 */
static bool may_be_stripped(const struct check_context *c,
			    const struct piece *piece)
{
	const struct packets *p = &c->trace->packets;
	struct tcp_options o;

	return !vantage_is_sender(c->vantage,
				  (enum direction)piece->direction) &&
	       !packets_mptcp(p, piece->packet, &o);
}

/* It was sent with options, according to the other capture. */
static bool was_stripped(const struct check_context *c,
			 const struct piece *piece)
{
	const struct damaged *d = context_damage(c, piece->packet);

	return d && d->arrived && d->removed;
}

/* What the packet has instead of a mapping of its payload. */
static void put_mapping(struct strbuf *out, const struct check_context *c,
			const struct piece *piece)
{
	struct tcp_options o;
	const struct mptcp_option *m = NULL;

	packets_mptcp(&c->trace->packets, piece->packet, &o);
	m = tcpopt_find(&o, MP_DSS);
	if (may_be_stripped(c, piece))
		strbuf_puts(out,
			    " (or something on the way removed the option)");
	else if (m && (m->has & MPTCP_HAS_DSN))
		strbuf_printf(out,
			      " (the DSS there maps %d byte%s from subflow "
			      "sequence number %" PRIu32
			      " on, which are not these)",
			      m->dll, plural(m->dll), m->ssn);
}

static void report_unmapped(struct check_context *c, struct finding *f,
			    const struct piece *piece)
{
	struct strbuf mapping = STRBUF_INIT;

	put_mapping(&mapping, c, piece);
	finding_wrong(f,
		      may_be_stripped(c, piece) ? SEVERITY_WARNING
						: SEVERITY_ERROR,
		      context_frame(c, piece->packet),
		      "%" PRIu32 " byte%s on tcp %u %s not mapped%s",
		      piece->len, plural(piece->len),
		      context_subflow(c, piece->subflow)->tcp_stream,
		      piece->len == 1 ? "is" : "are", mapping.text);
	strbuf_release(&mapping);
}

static void check_mapped(struct check_context *c)
{
	struct finding *f = &c->findings[RULE_DATA_MAPPED];

	if (c->ledger.plain) {
		finding_unknown(f, "the connection fell back to TCP, which has "
				   "no mappings");
		return;
	}
	for (size_t k = 0; k < c->ledger.n_pieces; k++) {
		const struct piece *piece = &c->ledger.pieces[k];

		if (piece->byte_class != BYTES_UNMAPPED)
			finding_ok(f);
		else if (witness_is_cut(c))
			finding_unknown(f, "options were not captured whole");
		else if (was_stripped(c, piece))
			finding_unknown(f, "something on the way removed the "
					   "options of the packet, as the "
					   "other capture shows");
		else if (!speaks(c, piece))
			finding_unknown(f,
					"no mapping of the %s was captured: it "
					"may not speak Multipath TCP",
					piece->direction == TO_SERVER
						? "client"
						: "server");
		else if (has_fallen_back(c, piece))
			finding_unknown(
				f,
				"after the fallback tcp %u went on "
				"without mappings",
				context_subflow(c, piece->subflow)->tcp_stream);
		else if (misses_packets(c, piece))
			finding_unknown(
				f,
				"packets of tcp %u, which may have "
				"had the mappings, were not captured",
				context_subflow(c, piece->subflow)->tcp_stream);
		else if (!c->ledger.has_idsn[piece->direction])
			finding_unknown(f,
					"the keys are unknown, and so is the "
					"place of the data in MP_CAPABLE");
		else
			report_unmapped(c, f, piece);
	}
}

/* The state of one direction while packets are processed. */
struct receive_window {
	int has_edge, unscaled;
	int64_t edge;
};

static void take_edge(const struct check_context *c, struct receive_window *w,
		      const struct data_ack *ack)
{
	int64_t edge = ledger_window_edge(c->trace, ack);

	if (edge == LEDGER_UNKNOWN)
		w->unscaled |=
			!(c->trace->packets.flags[ack->packet] & TCP_SYN);
	else if (!w->has_edge || edge > w->edge)
		w->edge = edge;
	w->has_edge |= edge != LEDGER_UNKNOWN;
}

static void judge_window(struct check_context *c,
			 const struct receive_window *w,
			 const struct piece *piece)
{
	struct finding *f = &c->findings[RULE_WINDOW_RESPECTED];
	int64_t beyond = 0;

	if (piece->dsn == LEDGER_UNKNOWN || piece->byte_class != BYTES_UNIQUE)
		return;
	if (w->has_edge)
		beyond = piece->dsn + piece->len - w->edge;
	if (!w->has_edge || w->unscaled)
		finding_unknown(
			f, w->unscaled ? "the window scale is unknown"
				       : "no window was captured before the "
					 "data");
	else if (beyond > 1) /* one byte may probe a closed window */
		finding_wrong(
			f, SEVERITY_WARNING, context_frame(c, piece->packet),
			"%" PRId64 " bytes are beyond the receive window (or "
			"an update of it was not captured)",
			beyond);
	else
		finding_ok(f);
}

static void check_window(struct check_context *c)
{
	struct receive_window w[2] = { { 0 }, { 0 } };
	size_t ack = 0;

	for (size_t k = 0; k < c->ledger.n_pieces; k++) {
		const struct piece *piece = &c->ledger.pieces[k];

		for (; ack < c->ledger.n_acks &&
		       c->ledger.acks[ack].packet <= piece->packet;
		     ack++)
			take_edge(c, &w[c->ledger.acks[ack].direction],
				  &c->ledger.acks[ack]);
		judge_window(c, &w[piece->direction], piece);
	}
}

void check_mappings(struct check_context *c)
{
	struct mappings m = { .c = c, .agreed = agreed_on_checksums(c) };

	if (!c->ledger.plain) {
		sequence_init(&m.q, c->trace, c->conn, NULL);
		for (size_t j = 0; j < m.q.n; j++) {
			struct segment s =
				sequence_segment(&m.q, m.q.packets[j]);

			check_packet(&m, &s);
		}
		sequence_release(&m.q);
	}
	check_mapped(c);
	check_window(c);
}
