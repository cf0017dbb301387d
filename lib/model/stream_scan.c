/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/stream_scan.h"

#include <string.h>

#include "model/copies.h"
#include "model/duplicate.h"
#include "model/effect.h"
#include "model/keepalive.h"
#include "model/rangemap.h"
#include "model/rtt.h"
#include "model/tcpopt.h"
#include "model/unwrap.h"

/*
 * State while the packets of a stream are processed; [2]: by TCP role of the
 * sender.
 */
struct scan {
	struct unwrap unwrap[2];
	struct rangemap seen[2]; /* payload, relative to the first packet */
	bool mptcp; /* there is an MPTCP option after the handshake */
	bool has_mapped[2];
	uint32_t mapped[2];    /* raw sequence number after all mappings */
	uint32_t ttl_votes[2]; /* majority vote for the TTL of the side */
	bool has_ack[2];
	uint32_t ack[2]; /* the highest that it sent, raw */
};

/* The first of SYN, SYN/ACK, third ACK: "which". */
static void take_flaw(struct stream *s, int which, const struct mptcp_option *m)
{
	const int seen[3] = { s->capable_syn, s->capable_synack,
			      s->capable_ack };
	enum flaw flaw = effect_option_flaw(m, 0, m->version);

	if (seen[which])
		return;
	if (which == 1 && s->capable_syn && m->version != s->version)
		flaw = FLAW_CAPABLE_VERSION;
	s->capable_flaw[which] = flaw;
}

/* Payload of a SYN counts if the SYN/ACK acknowledges it (RFC 7413). */
static void take_syn_data(struct stream *s, const struct packets *p, size_t i,
			  enum direction d)
{
	struct stream_side *client = &s->side[TO_SERVER];
	uint32_t taken = p->ack[i] - client->isn - 1;

	if (d == TO_SERVER && p->len[i] > client->syn_data)
		client->syn_data = p->len[i];
	else if (d == TO_CLIENT && client->has_syn && client->syn_data > taken)
		client->syn_data = taken;
}

static void take_handshake(struct stream *s, const struct packets *p, size_t i,
			   enum direction d, const struct tcp_options *o)
{
	struct stream_side *side = &s->side[d];
	const struct mptcp_option *capable = tcpopt_find(o, MP_CAPABLE);
	const struct mptcp_option *join = tcpopt_find(o, MP_JOIN);
	bool first = !side->has_syn;

	side->has_syn = true;
	side->syn_cut |= !!(p->mark[i] & PACKET_OPTIONS_CUT);
	if (first || !side->has_isn) {
		side->has_isn = true;
		side->isn = p->seq[i];
	}
	take_syn_data(s, p, i, d);
	side->has_wscale = o->has_wscale;
	side->wscale = o->wscale;
	side->mss = o->has_mss ? o->mss : 0;
	if (capable) {
		take_flaw(s, d == TO_SERVER ? 0 : 1, capable);
		*(d == TO_SERVER ? &s->capable_syn : &s->capable_synack) = 1;
		s->checksums |= !!(capable->flags & 0x80);
		if (d == TO_CLIENT || s->version < 0)
			s->version = capable->version;
		if (capable->has & MPTCP_HAS_KEY) {
			s->has_key[d] = true;
			s->key[d] = capable->key;
		}
	} else if (d == TO_SERVER && s->capable_syn &&
		   !(p->mark[i] & PACKET_OPTIONS_CUT)) {
		s->syn_without_capable = true;
	}
	if (!join || !(join->has & MPTCP_HAS_NONCE))
		return;
	/*
	 * An invalid length may make a SYN's option look like a SYN/ACK's, or
	 * vice versa.
	 */
	if (!(join->has & MPTCP_HAS_TOKEN) != (d == TO_CLIENT))
		return;
	if (d == TO_SERVER) {
		s->has_token = true;
		s->token = join->token;
	}
	s->join_synack |= d == TO_CLIENT;
	s->has_nonce[d] = true;
	s->nonce[d] = join->nonce;
	side->has_id = true;
	side->id = join->id;
	side->backup = !!(join->has & MPTCP_BACKUP);
	if (join->n_hmac) {
		s->has_hmac[d] = true;
		memcpy(s->hmac[d], join->hmac, join->n_hmac);
	}
}

static void take_dss(struct stream_side *side, const struct mptcp_option *m,
		     uint32_t len)
{
	uint32_t fin = (uint32_t)m->dsn + m->dll - 1;

	if ((m->has & MPTCP_DATA_FIN) &&
	    effect_option_flaw(m, 0, -1) == FLAW_NONE) {
		if (!side->data_fin || (int32_t)(fin - side->data_fin_dsn) < 0)
			side->data_fin_dsn = fin;
		side->data_fin = true;
	}
	if (m->has & MPTCP_HAS_DACK) {
		uint32_t ack = (uint32_t)m->dack;

		if (!side->has_data_ack || (int32_t)(ack - side->data_ack) > 0)
			side->data_ack = ack;
		side->has_data_ack = true;
	}
	/* If ordinary mappings follow, it was not infinite (RFC 8684 3.7). */
	if ((m->has & MPTCP_HAS_DLL) && len)
		side->infinite = m->dll == 0 && !(m->has & MPTCP_DATA_FIN);
}

/* The reason is that of the first RST with one. */
static void take_reason(struct stream_side *side, const struct mptcp_option *m,
			unsigned flags)
{
	if (effect_option_flaw(m, flags, -1) != FLAW_NONE || side->has_reason)
		return;
	side->has_reason = true;
	side->reason = m->reason;
	side->reason_flags = m->flags;
}

static void take_option(struct stream *s, enum direction d,
			const struct mptcp_option *m, uint32_t len,
			unsigned flags)
{
	struct stream_side *side = &s->side[d];

	switch (m->subtype) {
	case MP_CAPABLE:
		if (!(m->has & MPTCP_HAS_PEER_KEY))
			break;
		take_flaw(s, 2, m);
		s->capable_ack = true;
		s->checksums |= !!(m->flags & 0x80);
		s->version = s->version < 0 ? m->version : s->version;
		/* Information that a host sends about itself is used. */
		if (!s->has_key[d])
			s->key[d] = m->key;
		if (!s->has_key[!d])
			s->key[!d] = m->peer_key;
		s->has_key[d] = s->has_key[!d] = true;
		side->dss |= len > 0 && (m->has & MPTCP_HAS_DLL);
		break;
	case MP_JOIN:
		if (m->n_hmac == 20) {
			s->has_hmac[d] = true;
			memcpy(s->hmac[d], m->hmac, 20);
		}
		break;
	case MP_DSS:
		side->dss = true;
		take_dss(side, m, len);
		break;
	case MP_PRIO:
		if (!(m->has & MPTCP_HAS_ID))
			side->backup = !!(m->has & MPTCP_BACKUP);
		break;
	case MP_FAIL: s->mp_fail = true; break;
	case MP_FASTCLOSE: side->fastclose = true; break;
	case MP_TCPRST:
		s->signs[1] = true;
		take_reason(side, m, flags);
		break;
	case MP_ADD_ADDR:
		s->signs[(m->has & (MPTCP_ECHO | MPTCP_HAS_HMAC)) != 0] = true;
		break;
	case MP_REMOVE_ADDR: break;
	}
}

/* The end of a DSS mapping as a raw sequence number. */
static void take_mapped(struct scan *scan, const struct stream *s,
			enum direction d, const struct mptcp_option *m)
{
	const struct stream_side *side = &s->side[d];
	uint32_t end = side->isn + side->syn_data + m->ssn + m->dll;

	if (m->subtype == MP_CAPABLE && (m->has & MPTCP_HAS_DLL))
		end = side->isn + side->syn_data + 1 + m->dll;
	else if (m->subtype != MP_DSS || !(m->has & MPTCP_HAS_DSN) || !m->ssn)
		return;
	if (m->has & MPTCP_DATA_FIN)
		end--;
	if (!scan->has_mapped[d] || (int32_t)(end - scan->mapped[d]) > 0)
		scan->mapped[d] = end;
	scan->has_mapped[d] = true;
}

/*
 * Options after the handshake that show that a side uses Multipath TCP; not a
 * lone MP_TCPRST, which a host without the connection may send.
 */
static bool speaks(const struct tcp_options *o)
{
	return o->n_mptcp > 1 || o->mptcp[0].subtype != MP_TCPRST;
}

/*
 * A packet without MPTCP options is evidence if there was room for a DATA_ACK,
 * unless its sender may have forgotten the connection: after a FIN the
 * kernel's TIME-WAIT sockets send no options.
 */
static void take_plain(struct scan *scan, struct stream *s, enum direction d,
		       const struct packets *p, size_t i)
{
	struct stream_side *side = &s->side[d];

	if (p->mark[i] & PACKET_OPTIONS_CUT) { /* it may have had options */
		side->plain_tail = 0;
		side->unmapped_tail = false;
		return;
	}
	side->plain_after_syn++;
	if (!tcpopt_has_room(packets_options(p, i), p->n_options[i]) ||
	    (!side->plain_tail &&
	     (s->side[0].fin || s->side[1].fin || (p->flags[i] & TCP_FIN))))
		return;
	side->plain_tail++;
	if (!scan->has_mapped[d])
		scan->mapped[d] = side->isn + side->syn_data + 1;
	if (p->len[i] && side->has_isn &&
	    (int32_t)(p->seq[i] + p->len[i] - scan->mapped[d]) > 0)
		side->unmapped_tail = true;
}

static void note_bad(struct stream *s, const struct packets *p, size_t i,
		     const struct tcp_options *o)
{
	if (o->bad_mptcp && !s->bad_option &&
	    !(p->mark[i] & PACKET_OPTIONS_CUT))
		s->bad_option = p->frame[i];
}

/* The TTL of most packets (Boyer and Moore's majority vote, 1981). */
static void take_ttl(struct scan *scan, struct stream *s, enum direction d,
		     uint8_t ttl)
{
	if (!scan->ttl_votes[d])
		s->side[d].ttl = ttl;
	scan->ttl_votes[d] += s->side[d].ttl == ttl ? 1 : UINT32_MAX;
}

/*
 * No window is larger (RFC 7323), so no packet can acknowledge so much more
 * than was acknowledged before.
 */
static const uint32_t largest_window = (uint32_t)1 << 30;

/*
 * Before its SYN a host can only acknowledge data of an earlier stream with
 * the same ports (RFC 9293 section 3.5.1). 0 is sent by some hosts that set
 * the flag by mistake.
 */
static void take_ack(struct scan *scan, struct stream *s, enum direction d,
		     const struct packets *p, size_t i)
{
	const bool is_early = !(p->flags[i] & TCP_SYN) && !s->side[d].has_syn &&
			      s->side[!d].has_syn && !s->side[!d].talked;

	uint32_t more = 0;

	if ((p->flags[i] & (TCP_ACK | TCP_RST)) != TCP_ACK || !p->ack[i] ||
	    is_early)
		return;
	if (!scan->has_ack[d])
		scan->ack[d] =
			s->side[!d].has_isn ? s->side[!d].isn : p->ack[i];
	more = p->ack[i] - scan->ack[d];
	if (more <= largest_window) {
		s->side[d].acked_more |= scan->has_ack[d] && more;
		scan->ack[d] = p->ack[i];
	}
	scan->has_ack[d] = true;
}

/* One number may be that of a FIN. */
static void count_missing(const struct scan *scan, struct stream_side *side,
			  enum direction d)
{
	const int32_t above = (int32_t)(scan->ack[!d] - side->isn - 2 -
					(uint32_t)side->unique);

	if (side->has_isn && scan->has_ack[!d] && above > 0)
		side->missing = (uint64_t)above;
}

static void take_packet(struct scan *scan, struct stream *s,
			const struct packets *p, size_t i)
{
	enum direction d = p->mark[i] & PACKET_REVERSE ? TO_CLIENT : TO_SERVER;
	struct stream_side *side = &s->side[d];
	unsigned flags = p->flags[i];
	struct tcp_options o;

	take_ack(scan, s, d, p, i);
	if (flags & TCP_SYN) {
		packets_tcpopt(p, i, &o);
		take_handshake(s, p, i, d, &o);
		note_bad(s, p, i, &o);
	} else {
		packets_mptcp(p, i, &o);
		for (size_t k = 0; k < o.n_mptcp; k++) {
			take_mapped(scan, s, d, &o.mptcp[k]);
			take_option(s, d, &o.mptcp[k], p->len[i], flags);
		}
		/* Without a SYN/ACK the next packet shows what was accepted. */
		if (!side->talked && !s->side[!d].has_syn &&
		    p->seq[i] != side->isn + 1 + side->syn_data)
			side->syn_data = 0;
		if (d == TO_SERVER && !side->talked && !(flags & TCP_RST))
			s->plain_ack = !o.n_mptcp &&
				       !(p->mark[i] & PACKET_OPTIONS_CUT);
		side->talked |= !(flags & TCP_RST);
		note_bad(s, p, i, &o);
		if (o.n_mptcp) {
			scan->mptcp = true;
			side->mptcp_after_syn |= speaks(&o);
			side->plain_tail = 0;
			side->unmapped_tail = false;
		} else if (!(flags & TCP_RST)) {
			take_plain(scan, s, d, p, i);
		}
	}
	take_ttl(scan, s, d, p->ttl[i]);
	if (p->len[i]) {
		int64_t from = unwrap_next(&scan->unwrap[d], p->seq[i]) +
			       !!(flags & TCP_SYN);

		side->sent += p->len[i];
		if (p->len[i] > side->largest)
			side->largest = p->len[i];
		side->data_packets++;
		rangemap_claim(&scan->seen[d], from, from + p->len[i], 0, NULL,
			       NULL);
	}
	if (s->end == END_OPEN && (flags & TCP_RST) &&
	    !(s->side[0].fin && s->side[1].fin))
		s->end = d == TO_SERVER ? END_RESET_CLIENT : END_RESET_SERVER;
	side->fin |= !!(flags & TCP_FIN);
	side->rst |= !!(flags & TCP_RST);
}

static void count_range(void *ctx, const struct range *r)
{
	*(uint64_t *)ctx += (uint64_t)(r->to - r->from);
}

static void settle(struct stream *s, bool mptcp)
{
	const struct stream_side *client = &s->side[TO_SERVER];
	const struct stream_side *server = &s->side[TO_CLIENT];
	/*
	 * A SYN without the option makes a plain TCP stream, whatever follows.
	 */
	bool plain = client->has_syn && !client->syn_cut;
	bool talked = client->talked || server->talked;

	if (s->capable_syn || s->capable_synack || s->capable_ack)
		s->kind = STREAM_INITIAL;
	else if (s->has_token || s->join_synack || s->has_hmac[TO_SERVER])
		s->kind = STREAM_JOIN;
	else if (mptcp && !plain)
		s->kind = STREAM_ORPHAN;
	s->infinite_mapping = client->infinite || server->infinite;
	s->established = talked;
	if (s->kind == STREAM_JOIN)
		s->established =
			s->has_hmac[TO_SERVER] || client->dss || server->dss;
	if (s->end != END_OPEN) {
		if (s->end == END_RESET_SERVER && client->has_syn &&
		    !server->has_syn && !talked)
			s->end = END_REFUSED;
	} else if (client->fin && server->fin)
		s->end = END_FIN;
	else if (client->fin || server->fin)
		s->end = client->fin ? END_FIN_CLIENT : END_FIN_SERVER;
	else if (client->has_syn && !server->has_syn && !talked)
		s->end = END_UNANSWERED;
}

static void count_duplicates(const struct trace *t, struct stream *s)
{
	for (size_t k = s->n; k < s->n + s->n_duplicates; k++) {
		size_t i = t->order[s->first + k];
		struct stream_side *side =
			&s->side[!!(t->packets.mark[i] & PACKET_REVERSE)];

		side->duplicate_packets++;
		side->duplicate_bytes += t->packets.len[i];
	}
}

/* The directions in which its packets passed the points of capture. */
static void take_ways(const struct trace *t, struct stream *s)
{
	const struct packets *p = &t->packets;
	const size_t n = s->n + s->n_duplicates + s->n_copies;

	for (size_t k = 0; k < n; k++) {
		const size_t i = t->order[s->first + k];

		s->side[!!(p->mark[i] & PACKET_REVERSE)].ways |=
			(uint8_t)(1 << p->way[i]);
	}
}

/*
 * The shortest answer time of each side.  The first packets are sufficient to
 * tell whether a host is near.
 */
enum {
	ANSWERS_OF = 256
};

static void take_answers(const struct trace *t, struct stream *s)
{
	struct rtt rtt[2];

	rtt_measure_first(t, s, ANSWERS_OF, rtt);
	for (int d = 0; d < 2; d++) {
		struct stream_side *side = &s->side[d];
		const bool first =
			!rtt[d].data.n || (rtt[d].has_handshake &&
					   rtt[d].handshake < rtt[d].data.min);

		side->has_answer = rtt[d].has_handshake || rtt[d].data.n;
		if (side->has_answer)
			side->answer =
				first ? rtt[d].handshake : rtt[d].data.min;
	}
}

void stream_set_apart(struct trace *t, struct stream *s)
{
	s->n += s->n_duplicates + s->n_copies;
	if (t->keep_copies) {
		s->n_copies = s->n_duplicates = 0;
	} else {
		copies_set_apart(t, s);
		duplicates_set_apart(t, s);
	}
	keepalive_mark(t, s);
}

void stream_scan(struct trace *t, struct stream *s)
{
	const struct packets *p = &t->packets;
	struct scan scan = { .has_mapped = { 0, 0 } };
	size_t first = 0;

	stream_set_apart(t, s);
	first = t->order[s->first];
	count_duplicates(t, s);
	s->interface =
		p->interface[first] == UINT16_MAX ? -1 : p->interface[first];
	s->first_frame = UINT32_MAX;
	s->first_time = p->time[first];
	s->last_time = p->time[t->order[s->first + s->n - 1]];
	for (size_t k = 0; k < s->n; k++) {
		size_t i = t->order[s->first + k];

		if (p->frame[i] < s->first_frame)
			s->first_frame = p->frame[i];
		take_packet(&scan, s, p, i);
	}
	for (int d = 0; d < 2; d++) {
		s->side[d].mapped_end = scan.mapped[d];
		rangemap_each(&scan.seen[d], count_range, &s->side[d].unique);
		rangemap_release(&scan.seen[d]);
		count_missing(&scan, &s->side[d], (enum direction)d);
	}
	take_ways(t, s);
	take_answers(t, s);
	settle(s, scan.mptcp);
}
