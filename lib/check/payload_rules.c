/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules that need the payload: DSS checksums, and data that was sent twice. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/search.h"
#include "check/examine.h"
#include "check/payload_facts.h"
#include "model/sequence.h"

/* A mapping with a checksum, and the bytes known of it. */
struct account_of_mapping {
	int has_checksum, differs;
	uint16_t checksum, sum;
	uint16_t dll;
	/* as in the option; the packet that carried it first */
	uint32_t ssn, packet;
	uint32_t other; /* a packet with a different checksum */
	uint64_t dsn;
	int64_t covered; /* bytes included in "sum" */
};

/* One direction of one subflow. */
struct tally {
	struct account_of_mapping *maps; /* by index in flow.maps */
	struct rangemap seen;		 /* subflow bytes */
};

struct sums {
	struct check_context *c;
	struct sequence q;
	struct tally *tallies; /* [2 * subflow + direction] */
};

static uint16_t sum_number(uint64_t number)
{
	uint16_t sum = 0;

	for (; number; number >>= 16)
		sum = sum_add(sum, (uint16_t)number);
	return sum;
}

/* RFC 8684 3.3.1: the pseudo-header, and the checksum. */
static uint16_t header_sum(const struct account_of_mapping *m)
{
	return sum_add(sum_add(sum_number(m->dsn), sum_number(m->ssn)),
		       sum_add(m->dll, m->checksum));
}

static void judge_sum(struct check_context *c,
		      const struct account_of_mapping *m, uint32_t tcp_stream)
{
	struct finding *f = &c->findings[RULE_CHECKSUM_VALID];
	int right = sum_add(header_sum(m), m->sum) == 0xffff;

	if (right && !m->differs)
		finding_ok(f);
	else
		finding_wrong(f, SEVERITY_ERROR,
			      context_frame(c, right ? m->other : m->packet),
			      "the checksum of a mapping of %u byte%s on tcp "
			      "%u is wrong",
			      m->dll, plural(m->dll), tcp_stream);
}

/* The full DSN of an option; 0 if unknown. */
static int whole_dsn(const struct sums *s, const struct segment *v,
		     const struct mptcp_option *o,
		     const struct dss_mapping *map, uint64_t *dsn)
{
	const struct data_line *line = &s->q.line[v->direction];

	*dsn = o->subtype == MP_DSS && (o->has & MPTCP_DSN64)
		       ? o->dsn
		       : line->base + (uint64_t)map->dsn;
	return (o->has & MPTCP_DSN64) || line->has_idsn;
}

static void take_mapping(struct sums *s, const struct segment *v,
			 const struct mptcp_option *o)
{
	struct finding *f = &s->c->findings[RULE_CHECKSUM_VALID];
	struct account_of_mapping m = { .packet = (uint32_t)v->packet,
					.dll = o->dll,
					.ssn = o->subtype == MP_CAPABLE
						       ? 1
						       : o->ssn };
	struct account_of_mapping *known = NULL;
	const struct dss_mapping *first = NULL;
	struct dss_mapping map;
	struct range owner;

	if (!(o->has & MPTCP_HAS_DLL) || !o->dll ||
	    !sequence_mapping(&s->q, v, o, &map))
		return;
	if (o->has & MPTCP_HAS_CHECKSUM)
		m.checksum = o->checksum;
	else if (!payload_facts_checksum(
			 s->c->payload,
			 context_frame(s->c, (uint32_t)v->packet), &m.checksum))
		return;
	m.has_checksum = 1;
	if (!whole_dsn(s, v, o, &map, &m.dsn)) {
		finding_unknown(f, "the full data sequence number is unknown");
		return;
	}
	if (map.len == 0) { /* only a DATA_FIN */
		judge_sum(s->c, &m,
			  context_subflow(s->c, v->subflow)->tcp_stream);
		return;
	}
	if (!v->flow->has_origin) {
		finding_unknown(
			f, "the initial sequence number of tcp %u is unknown",
			context_subflow(s->c, v->subflow)->tcp_stream);
		return;
	}
	if (!rangemap_find(&v->flow->by_ssn, map.ssn, &owner))
		return;
	first = &v->flow->maps[owner.value];
	if (memcmp(first, &map, sizeof(map)) != 0)
		return; /* another mapping applies */
	known = &s->tallies[2 * v->subflow + v->direction].maps[owner.value];
	if (!known->has_checksum) {
		m.sum = known->sum;
		m.covered = known->covered;
		*known = m;
	} else if (known->checksum != m.checksum && known->dll == m.dll) {
		if (!known->differs)
			known->other = m.packet;
		known->differs = 1;
	}
}

struct addition {
	struct sums *s;
	const struct segment *v;
};

/* Add bytes [from, to) of the subflow, in one mapping, for the first time. */
static void add_mapped(void *ctx, int64_t from, int64_t to,
		       const uint32_t *owner)
{
	struct addition *a = ctx;
	const struct segment *v = a->v;
	struct account_of_mapping *m = NULL;
	uint16_t sum = 0;

	if (!owner)
		return;
	m = &a->s->tallies[2 * v->subflow + v->direction].maps[*owner];
	if (!payload_facts_sum(a->s->c->payload,
			       context_frame(a->s->c, (uint32_t)v->packet),
			       (size_t)(from - v->ssn), (size_t)(to - v->ssn),
			       &sum))
		return;
	if ((from - v->flow->maps[*owner].ssn) % 2)
		sum = (uint16_t)(sum << 8 | sum >> 8);
	m->sum = sum_add(m->sum, sum);
	m->covered += to - from;
}

static void add_new(void *ctx, int64_t from, int64_t to, const uint32_t *owner)
{
	struct addition *a = ctx;

	if (!owner)
		rangemap_look(&a->v->flow->by_ssn, from, to, add_mapped, a);
}

static void take_packet(struct sums *s, const struct segment *v)
{
	const struct packets *p = &s->c->trace->packets;
	struct addition a = { .s = s, .v = v };
	struct tcp_options o;

	packets_mptcp(p, v->packet, &o);
	for (size_t k = 0; k < o.n_mptcp; k++)
		take_mapping(s, v, &o.mptcp[k]);
	if (v->len && v->flow->has_origin)
		rangemap_claim(&s->tallies[2 * v->subflow + v->direction].seen,
			       v->ssn, v->ssn + v->len, 0, add_new, &a);
}

static void judge_flow(struct sums *s, size_t k)
{
	struct finding *f = &s->c->findings[RULE_CHECKSUM_VALID];
	const struct flow *flow = &s->q.flows[k];
	uint32_t tcp_stream = context_subflow(s->c, k / 2)->tcp_stream;

	for (size_t i = 0; i < flow->n; i++) {
		const struct account_of_mapping *m = &s->tallies[k].maps[i];

		if (!m->has_checksum)
			continue;
		if (m->covered == flow->maps[i].len)
			judge_sum(s->c, m, tcp_stream);
		else
			finding_unknown(f, "not all payload of some mappings "
					   "was captured");
	}
}

static void check_sums(struct check_context *c)
{
	struct sums s = { .c = c };
	size_t n = 2 * c->conn->n_subflows;

	sequence_init(&s.q, c->trace, c->conn, NULL);
	s.tallies = mem_calloc(n, sizeof(*s.tallies));
	for (size_t k = 0; k < n; k++)
		s.tallies[k].maps = mem_calloc(s.q.flows[k].n + 1,
					       sizeof(*s.tallies[k].maps));
	for (size_t j = 0; j < s.q.n; j++) {
		struct segment v = sequence_segment(&s.q, s.q.packets[j]);

		take_packet(&s, &v);
	}
	for (size_t k = 0; k < n; k++) {
		judge_flow(&s, k);
		free(s.tallies[k].maps);
		rangemap_release(&s.tallies[k].seen);
	}
	free(s.tallies);
	sequence_release(&s.q);
}

/* Whether there are checksums at all. */
static bool has_checksums(const struct check_context *c)
{
	const struct finding *f = &c->findings[RULE_CHECKSUM_PRESENT];

	for (size_t k = 0; k < c->signals.n; k++)
		if (c->signals.items[k].option.subtype == MP_CAPABLE &&
		    (c->signals.items[k].option.flags & 0x80))
			return true;
	return f->wrong || f->unknown;
}

/* The pieces of a packet, which are contiguous. */
static const struct piece *pieces_of(const struct ledger *l, uint32_t packet,
				     size_t *n)
{
	size_t at =
		LOWER_BOUND(k, 0, l->n_pieces, l->pieces[k].packet < packet);

	for (*n = 0;
	     at + *n < l->n_pieces && l->pieces[at + *n].packet == packet;)
		++*n;
	return &l->pieces[at];
}

/*
 * The offset in the payload of packet "original" of the bytes of a piece; -1:
 * not found.
 */
static int64_t place_in_original(const struct ledger *l,
				 const struct piece *piece)
{
	size_t n = 0;
	const struct piece *o = pieces_of(l, piece->original, &n);

	if (n && piece->byte_class == BYTES_TCP_RETRANSMITTED)
		return piece->ssn >= o->ssn ? piece->ssn - o->ssn : -1;
	for (size_t k = 0; k < n; k++)
		if (o[k].dsn != LEDGER_UNKNOWN && o[k].dsn <= piece->dsn &&
		    o[k].dsn + o[k].len > piece->dsn)
			return o[k].ssn - o->ssn + (piece->dsn - o[k].dsn);
	return -1;
}

static void compare(struct check_context *c, const struct piece *piece,
		    int64_t first)
{
	struct finding *f = &c->findings[RULE_DATA_SAME];
	const uint8_t *a = NULL, *b = NULL;
	int64_t place = place_in_original(&c->ledger, piece);
	size_t here =
		payload_facts_bytes(c->payload, context_frame(c, piece->packet),
				    (size_t)(piece->ssn - first), &a);
	size_t there =
		place < 0
			? 0
			: payload_facts_bytes(c->payload,
					      context_frame(c, piece->original),
					      (size_t)place, &b);
	size_t n = here < there ? here : there;

	if (piece->probe == PROBE_OF_WINDOW)
		return; /* its byte is not that of its number */
	n = n > piece->len ? piece->len : n;
	if (!n) {
		finding_unknown(f, "the payload was not captured");
	} else if (memcmp(a, b, n) == 0) {
		finding_ok(f);
	} else if (piece->probe == PROBE_POSSIBLE) {
		finding_unknown(f, "the byte may be a zero-window probe: "
				   "no DATA_ACK was captured before it");
	} else {
		finding_wrong(
			f, SEVERITY_ERROR, context_frame(c, piece->packet),
			"frame %s carries other bytes for the same data than "
			"frame %s",
			context_frame_text(c, context_frame(c, piece->packet))
				.text,
			context_frame_text(c, context_frame(c, piece->original))
				.text);
		finding_frame(f, context_frame(c, piece->original));
	}
}

static void compare_all(struct check_context *c)
{
	const struct ledger *l = &c->ledger;
	int64_t first = 0;

	for (size_t k = 0; k < l->n_pieces; k++) {
		const struct piece *piece = &l->pieces[k];

		if (!k || l->pieces[k - 1].packet != piece->packet)
			first = piece->ssn;
		if (piece->original != LEDGER_NO_PACKET)
			compare(c, piece, first);
	}
}

static bool has_repetitions(const struct check_context *c)
{
	for (size_t k = 0; k < c->ledger.n_pieces; k++)
		if (c->ledger.pieces[k].original != LEDGER_NO_PACKET)
			return true;
	return false;
}

void check_payload(struct check_context *c)
{
	const char *reason =
		c->payload ? c->payload->reason
			   : "the payload was not examined (--no-payload)";
	int sums = !c->ledger.plain && has_checksums(c);

	if (reason && sums)
		finding_unknown(&c->findings[RULE_CHECKSUM_VALID], "%s",
				reason);
	if (reason && has_repetitions(c))
		finding_unknown(&c->findings[RULE_DATA_SAME], "%s", reason);
	if (reason)
		return;
	if (sums)
		check_sums(c);
	compare_all(c);
}
