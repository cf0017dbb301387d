/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on the first handshake (MP_CAPABLE), and on options in all packets. */
#include <inttypes.h>

#include "base/plural.h"
#include "check/examine.h"
#include "check/subflow.h"

enum {
	FLAG_CHECKSUM = 0x80,  /* A */
	FLAG_EXTENSION = 0x40, /* B */
	FLAG_HMAC = 0x01       /* H: HMAC-SHA1 in v0, HMAC-SHA256 in v1 */
};

/* The lengths in RFC 6824 3.1 and RFC 8684 3.1, by kind of packet. */
static bool fits_place(const struct check_context *c, const struct signal *s)
{
	unsigned syn = s->flags & (TCP_SYN | TCP_ACK);
	uint8_t length = s->option.length;

	if (syn == TCP_SYN)
		return length == (s->option.version == 0 ? 12 : 4);
	if (syn == (TCP_SYN | TCP_ACK))
		return length == 12;
	return length == 20 || (length > 20 && !context_is_v0(c));
}

/* Describe an option that cannot be decoded. */
static void blame_option(struct check_context *c, uint32_t i)
{
	struct finding *f = &c->findings[RULE_OPTION_LENGTH];
	const struct packets *p = &c->trace->packets;
	const uint8_t *bytes = packets_options(p, i), *option = NULL;
	size_t at = 0, length = 0;
	struct tcp_options o;
	int kind = 0;

	while ((kind = tcpopt_next(bytes, p->n_options[i], &at, &option,
				   &length))) {
		tcpopt_parse(option, length, &o);
		if (!o.bad)
			continue;
		if (kind == TCPOPT_MPTCP && length > 2)
			finding_wrong(f, SEVERITY_ERROR, context_frame(c, i),
				      "an MPTCP option of subtype %d cannot "
				      "have %zu octets",
				      option[2] >> 4, length);
		else
			finding_wrong(f, SEVERITY_ERROR, context_frame(c, i),
				      "a TCP option of kind %d cannot have %zu "
				      "octet%s",
				      kind, length, plural(length));
		return;
	}
	if (at < p->n_options[i] && bytes[at] == TCPOPT_MPTCP)
		finding_wrong(f, SEVERITY_ERROR, context_frame(c, i),
			      "an MPTCP option at octet %zu of the options is "
			      "longer than they are",
			      at);
	else /* options of others are not covered by our rules */
		finding_unknown(f,
				"the TCP options of frame %s are malformed "
				"from octet %zu on",
				context_frame_text(c, context_frame(c, i)).text,
				at);
}

static bool has_void_fin(const struct tcp_options *o)
{
	for (size_t k = 0; k < o->n_mptcp; k++)
		if (effect_option_flaw(&o->mptcp[k], 0, -1) ==
		    FLAW_DATA_FIN_UNMAPPED)
			return true;
	return false;
}

static void check_packet_options(struct check_context *c, uint32_t i)
{
	struct finding *f = &c->findings[RULE_OPTION_LENGTH];
	const struct packets *p = &c->trace->packets;
	struct tcp_options o;

	if (!p->n_options[i])
		return;
	packets_tcpopt(p, i, &o);
	if (p->mark[i] & PACKET_OPTIONS_CUT)
		finding_unknown(f, "options were not captured whole");
	else if (o.bad)
		blame_option(c, i);
	else if (has_void_fin(&o))
		finding_wrong(f, SEVERITY_WARNING, context_frame(c, i),
			      "a DSS with a DATA_FIN is too short for a "
			      "mapping: without one the DATA_FIN has no "
			      "sequence number and no effect");
	else if (o.n_mptcp)
		finding_ok(f);
}

/* Who has sent a SYN and gets one sends it again as SYN/ACK. */
static bool is_syn_again(const struct signal *s)
{
	return (s->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) &&
	       s->option.length == 4;
}

static void check_lengths(struct check_context *c)
{
	struct finding *f = &c->findings[RULE_OPTION_LENGTH];
	struct subflow_facts facts;

	for (size_t j = 0; j < c->ledger.n_packets; j++)
		check_packet_options(c, c->ledger.packets[j]);
	subflow_facts_find(c, 0, &facts);
	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];

		if (s->flaw == FLAW_PRIO_LENGTH)
			finding_wrong(f, SEVERITY_ERROR,
				      context_frame(c, s->packet),
				      "an MP_PRIO of version 1 has %d octets "
				      "instead of 3: it has no effect",
				      s->option.length);
		if (s->option.subtype == MP_CAPABLE && !fits_place(c, s) &&
		    !(facts.crossing_syn && is_syn_again(s)))
			finding_wrong(f, SEVERITY_ERROR,
				      context_frame(c, s->packet),
				      "an MP_CAPABLE of version %d cannot have "
				      "%d octets in such a packet",
				      s->option.version, s->option.length);
	}
}

/* The contents of handshake packets, each at its first occurrence. */
struct capable {
	const struct signal *syn, *synack, *ack;
};

static void check_version(struct check_context *c, const struct capable *h)
{
	struct finding *f = &c->findings[RULE_VERSION_NEGOTIATION];

	if (!h->syn || !h->synack) {
		if (h->syn || h->synack || h->ack)
			finding_unknown(f, "SYN or SYN/ACK has no MP_CAPABLE, "
					   "or was not captured");
		return;
	}
	if (h->synack->option.version > h->syn->option.version)
		finding_wrong(
			f, SEVERITY_ERROR, context_frame(c, h->synack->packet),
			"the SYN/ACK has version %d, the SYN offers %d",
			h->synack->option.version, h->syn->option.version);
	else if (h->ack && h->ack->option.version != h->synack->option.version)
		finding_wrong(
			f, SEVERITY_ERROR, context_frame(c, h->ack->packet),
			"the ACK has version %d, the SYN/ACK %d",
			h->ack->option.version, h->synack->option.version);
	else
		finding_ok(f);
}

static void check_echo(struct check_context *c, const struct capable *h)
{
	struct finding *f = &c->findings[RULE_KEY_ECHO];

	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];
		const struct mptcp_option *o = &s->option;

		if (o->subtype != MP_CAPABLE ||
		    !(o->has & MPTCP_HAS_PEER_KEY) || (s->flags & TCP_SYN))
			continue;
		if (!h->synack || !(h->synack->option.has & MPTCP_HAS_KEY)) {
			finding_unknown(f, "the SYN/ACK was not captured");
			continue;
		}
		if (o->peer_key != h->synack->option.key)
			finding_wrong(f, SEVERITY_ERROR,
				      context_frame(c, s->packet),
				      "the ACK does not repeat the key of the "
				      "server");
		else if (h->syn && (h->syn->option.has & MPTCP_HAS_KEY) &&
			 h->syn->option.key != o->key)
			finding_wrong(f, SEVERITY_ERROR,
				      context_frame(c, s->packet),
				      "the ACK has another key of the client "
				      "than the SYN has");
		else
			finding_ok(f);
	}
}

static void check_flags(struct check_context *c, const struct capable *h)
{
	struct finding *f = &c->findings[RULE_CAPABLE_FLAGS];
	const struct signal *packets[] = { h->syn, h->synack, h->ack };
	static const char *const names[] = { "SYN", "SYN/ACK", "ACK" };
	unsigned asked = 0;

	for (int k = 0; k < 3; k++) {
		const struct signal *s = packets[k];

		if (!s)
			continue;
		if (!(s->option.flags & FLAG_HMAC))
			finding_wrong(f, SEVERITY_ERROR,
				      context_frame(c, s->packet),
				      "the %s does not offer HMAC-SHA (flag H)",
				      names[k]);
		else if (s->option.flags & FLAG_EXTENSION)
			finding_wrong(f, SEVERITY_WARNING,
				      context_frame(c, s->packet),
				      "the %s has flag B, which has to be 0",
				      names[k]);
		else
			finding_ok(f);
	}
	if (!h->syn || !h->synack || !h->ack)
		return;
	asked = (h->syn->option.flags | h->synack->option.flags) &
		FLAG_CHECKSUM;
	if ((h->ack->option.flags & FLAG_CHECKSUM) != asked)
		finding_wrong(f, SEVERITY_WARNING,
			      context_frame(c, h->ack->packet),
			      asked ? "an end asked for checksums (flag A), "
				      "but the ACK does not agree"
				    : "the ACK has flag A, but neither end "
				      "asked for checksums");
}

static void check_tokens(struct check_context *c)
{
	struct finding *f = &c->findings[RULE_TOKEN_UNIQUE];

	for (int side = 0; side < 2; side++) {
		const struct connection *twin = NULL;

		if (!c->conn->side[side].has_key)
			continue;
		twin = token_index_twin(c->tokens, c->conn, side);
		if (twin)
			finding_wrong(f, SEVERITY_WARNING, c->conn->first_frame,
				      "connection %u has the same %s token, "
				      "0x%08x, at the same time",
				      twin->id, side ? "server" : "client",
				      c->conn->side[side].token);
		else
			finding_ok(f);
	}
}

void check_handshake(struct check_context *c)
{
	struct capable h = { NULL, NULL, NULL };

	for (size_t k = 0; k < c->signals.n; k++) {
		const struct signal *s = &c->signals.items[k];
		unsigned syn = s->flags & (TCP_SYN | TCP_ACK);
		const struct signal **at = syn == TCP_SYN ? &h.syn
					   : syn == (TCP_SYN | TCP_ACK)
						   ? &h.synack
						   : &h.ack;

		if (s->option.subtype == MP_CAPABLE && !*at)
			*at = s;
	}
	check_lengths(c);
	check_version(c, &h);
	check_echo(c, &h);
	check_flags(c, &h);
	check_tokens(c);
}
