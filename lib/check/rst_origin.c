/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/rst_origin.h"

#include <string.h>

#include "check/subflow.h"

enum {
	ROW = 64 /* IP ids that the host may have used elsewhere meanwhile */
};

/* The host's packets before and after the RST. */
struct neighbours {
	uint16_t before, behind; /* IP ids; 0: none */
};

static bool is_in_row(const struct neighbours *r, uint16_t ip_id)
{
	uint16_t up = (uint16_t)(ip_id - r->before);
	uint16_t down = (uint16_t)(r->behind - ip_id);

	return r->before && r->behind && ip_id && up > 0 && up <= ROW &&
	       down > 0 && down <= ROW;
}

/* Take the host's packets other than RSTs. */
static void take_other(const struct packets *p, uint32_t i, uint32_t rst,
		       int64_t trip, int *differs, struct rst_origin *out)
{
	if (p->ttl[i]) {
		*differs |= out->usual && out->usual != p->ttl[i];
		out->usual = p->ttl[i];
	}
	if (i <= rst || (p->flags[i] & TCP_SYN))
		return;
	if (!out->at_once)
		out->at_once = p->frame[i];
	if (!out->goes_on && p->time[i] > p->time[rst] + trip)
		out->goes_on = p->frame[i];
}

/* If the host sent nothing else on the subflow: its packets on others. */
static void take_elsewhere(const struct check_context *c, uint32_t packet,
			   int *differs, struct rst_origin *out)
{
	const struct packets *p = &c->trace->packets;
	enum direction d = ledger_direction(c->trace, packet);

	for (size_t j = 0; j < c->ledger.n_packets; j++) {
		uint32_t i = c->ledger.packets[j];

		if (ledger_direction(c->trace, i) != d || !p->ttl[i] ||
		    (p->flags[i] & TCP_RST))
			continue;
		*differs |= out->usual && out->usual != p->ttl[i];
		out->usual = p->ttl[i];
	}
}

void rst_origin_find(const struct check_context *c, size_t k, uint32_t packet,
		     struct rst_origin *out)
{
	const struct packets *p = &c->trace->packets;
	const struct stream *s = context_subflow(c, k);
	int reverse = p->mark[packet] & PACKET_REVERSE, differs = 0;
	struct neighbours row = { 0, 0 };
	int64_t trip = subflow_round_trip(c, k);

	memset(out, 0, sizeof(*out));
	out->ttl = p->ttl[packet];
	for (size_t n = 0; n < s->n; n++) {
		uint32_t i = c->trace->order[s->first + n];

		if (p->flags[i] & TCP_RST)
			continue;
		if (i > packet && (p->flags[i] & TCP_SYN))
			break; /* the ports are reused */
		if ((p->mark[i] & PACKET_REVERSE) != reverse) {
			if (!out->ignored &&
			    p->time[i] > p->time[packet] + trip)
				out->ignored = p->frame[i];
			continue;
		}
		if (i < packet)
			row.before = p->ip_id[i];
		else if (!row.behind)
			row.behind = p->ip_id[i];
		take_other(p, i, packet, trip, &differs, out);
	}
	out->in_row = is_in_row(&row, p->ip_id[packet]);
	if (!out->usual)
		take_elsewhere(c, packet, &differs, out);
	if (differs)
		out->usual = 0;
}

bool rst_origin_is_foreign(const struct rst_origin *o)
{
	return o->ttl && o->usual && o->ttl != o->usual;
}

bool rst_is_void(const struct check_context *c, size_t k, uint32_t packet)
{
	const struct packets *p = &c->trace->packets;
	const struct stream *s = context_subflow(c, k);
	int reverse = p->mark[packet] & PACKET_REVERSE, has_sent = 0;
	int has_acked = 0;
	uint32_t sent = 0, acked = 0;

	for (size_t n = 0; n < s->n; n++) {
		uint32_t i = c->trace->order[s->first + n];
		int own = (p->mark[i] & PACKET_REVERSE) == reverse;
		uint32_t end = p->seq[i] + p->len[i] +
			       !!(p->flags[i] & TCP_SYN) +
			       !!(p->flags[i] & TCP_FIN);

		if (own && i < packet && !(p->flags[i] & TCP_RST)) {
			sent = !has_sent || (int32_t)(end - sent) > 0 ? end
								      : sent;
			has_sent = 1;
		} else if (!own && i > packet && !(p->flags[i] & TCP_RST)) {
			return has_sent &&
			       ((int32_t)(p->seq[packet] - sent) > 0 ||
				(has_acked &&
				 (int32_t)(p->seq[packet] - acked) < 0));
		} else if (!own && (p->flags[i] & TCP_ACK) &&
			   !(p->flags[i] & TCP_RST)) {
			acked = p->ack[i];
			has_acked = 1;
		}
	}
	return false;
}
