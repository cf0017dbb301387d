/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/context.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"
#include "model/account.h"

uint32_t context_frame(const struct check_context *c, uint32_t packet)
{
	return packet == LEDGER_NO_PACKET ? 0 : c->trace->packets.frame[packet];
}

struct origin_text context_frame_text(const struct check_context *c,
				      uint32_t frame)
{
	return origins_text(&c->trace->info.origins, frame);
}

struct origin_text context_other_frame(const struct check_context *c,
				       uint32_t frame)
{
	return origins_text(&c->pairing->trace[1]->info.origins, frame);
}

const char *context_packet_name(const struct check_context *c, uint32_t packet)
{
	const struct packets *p = &c->trace->packets;
	unsigned syn = p->flags[packet] & (TCP_SYN | TCP_ACK);

	if (syn == TCP_SYN)
		return "the SYN";
	if (syn == (TCP_SYN | TCP_ACK))
		return "the SYN/ACK";
	if (p->flags[packet] & TCP_RST)
		return "a RST";
	return p->len[packet] ? "a packet with data" : "an ACK";
}

const struct stream *context_subflow(const struct check_context *c, size_t k)
{
	return trace_subflow(c->trace, c->conn, k);
}

bool context_is_v0(const struct check_context *c)
{
	return c->conn->version == 0;
}

void context_put_time(struct strbuf *out, int64_t ns)
{
	if (ns >= 1000000)
		strbuf_printf(out, "%.3f s", (double)ns / 1e9);
	else if (ns >= 1000)
		strbuf_printf(out, "%" PRId64 " us", (ns + 500) / 1000);
	else
		strbuf_puts(out, "less than 1 us");
}

static void gather(struct check_context *c)
{
	ledger_init(&c->ledger);
	account_connection(c->trace, c->conn, &c->ledger);
	c->tcp = mem_calloc(c->conn->n_subflows, sizeof(*c->tcp));
	for (size_t k = 0; k < c->conn->n_subflows; k++)
		tcp_summarize(c->trace, context_subflow(c, k), &c->tcp[k]);
	c->vantage = vantage_of(c->trace, c->conn);
	signals_collect(&c->signals, c->trace, c->conn, &c->ledger);
	timeline_make(&c->timeline, c->trace, c->conn, &c->ledger);
}

void context_init(struct check_context *c, struct trace *trace,
		  struct connection *conn, const struct token_index *tokens,
		  const struct pairing *pairing,
		  const struct payload_facts *payload)
{
	memset(c, 0, sizeof(*c));
	c->trace = trace;
	c->conn = conn;
	c->tokens = tokens;
	c->pairing = pairing;
	c->payload = payload;
	for (int r = 0; r < RULES; r++)
		finding_init(&c->findings[r], (enum rule_id)r);
	gather(c);
}

int context_add_other(struct check_context *c, struct trace *trace,
		      struct check_context *other)
{
	uint32_t id = c->pairing->mapping.connection_of[c->conn->id];

	if (id == MAPPING_NONE)
		return 0;
	context_init(other, trace, &trace->connections[id], NULL, NULL, NULL);
	c->other = other;
	return 1;
}

/*
 * With two captures the pairing knows which end is which, unless an end
 * answered too soon or never.
 */
static bool is_at_sender(const struct check_context *c, enum direction d,
			 int paired)
{
	return vantage_is_sender(c->vantage, d) ||
	       (paired && c->vantage == VANTAGE_UNKNOWN);
}

struct check_context *context_at_sender(struct check_context *c,
					enum direction d)
{
	int second = 0;

	if (!c->other)
		return is_at_sender(c, d, 0) ? c : NULL;
	second = (c->pairing->client_end == 1) == (d == TO_SERVER);
	if (second)
		c = c->other;
	return is_at_sender(c, d, 1) ? c : NULL;
}

void context_release(struct check_context *c)
{
	for (size_t k = 0; k < c->conn->n_subflows; k++)
		tcp_summary_release(&c->tcp[k]);
	free(c->tcp);
	for (int r = 0; r < RULES; r++)
		finding_release(&c->findings[r]);
	verdicts_release(&c->verdicts);
	signals_release(&c->signals);
	timeline_release(&c->timeline);
	ledger_release(&c->ledger);
	free(c->damages.items);
}

const struct damaged *context_damage(const struct check_context *c,
				     uint32_t packet)
{
	size_t at = LOWER_BOUND(k, 0, c->damages.n,
				c->damages.items[k].packet < packet);

	return at < c->damages.n && c->damages.items[at].packet == packet
		       ? &c->damages.items[at]
		       : NULL;
}

bool context_has_rule(const struct check_context *c, enum rule_id rule)
{
	return rule_get(rule)->section[!context_is_v0(c)] != NULL;
}

bool context_has_checksums(const struct trace *t, const struct connection *conn)
{
	const struct stream *s = trace_subflow(t, conn, 0);

	return s->checksums ||
	       !(s->capable_syn || s->capable_synack || s->capable_ack);
}
