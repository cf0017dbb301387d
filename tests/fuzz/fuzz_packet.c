/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as a packet: what is looked at lies within it, and the row says
 * what stands where the headers are.  The input begins with the link type (an
 * index, one byte) and by how much the packet was longer on the wire (two).
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "fuzz.h"
#include "pcap/packet.h"

static const uint32_t links[] = { LINK_ETHERNET, LINK_NULL,	   LINK_PPP,
				  LINK_RAW_BSD,	 LINK_RAW_OPENBSD, LINK_RAW,
				  LINK_LOOP,	 LINK_SLL,	   LINK_IPV4,
				  LINK_IPV6,	 LINK_SLL2,	   105 };

static bool is_within(const struct pcap_record *r, const uint8_t *p, size_t n)
{
	return p >= r->bytes && n <= r->captured &&
	       p + n <= r->bytes + r->captured;
}

static unsigned at16(const uint8_t *p)
{
	return 256u * p[0] + p[1];
}

static void check_tcp(const struct pcap_record *r, const struct packet *p,
		      const struct row *row)
{
	const size_t header = p->tcp[12] / 16 * 4u;

	PROMISE(is_within(r, p->tcp, 20) &&
		is_within(r, p->ip, p->is_v6 ? 40 : 20) && p->ip < p->tcp);
	PROMISE(is_within(r, p->options, p->n_options) &&
		is_within(r, p->payload, p->n_payload));
	PROMISE(header >= 20 && header <= p->segment && p->n_options <= 40);
	PROMISE(p->options == p->tcp + 20 &&
		(p->options_cut ? p->n_payload == 0
				: p->payload == p->tcp + header));
	PROMISE(row->sport == at16(p->tcp) && row->dport == at16(p->tcp + 2));
	PROMISE(row->seq == 65536u * at16(p->tcp + 4) + at16(p->tcp + 6));
	PROMISE(row->len == p->segment - header && p->n_payload <= row->len &&
		row->len < r->length);
	PROMISE(row->n_options == p->n_options &&
		memcmp(row->options, p->options, p->n_options) == 0);
	PROMISE((row->src.size == 16) == p->is_v6);
}

static void check_icmp(const struct pcap_record *r, const struct packet *p)
{
	PROMISE(is_within(r, p->error, 8) && is_within(r, p->error_ip, 20));
	PROMISE(p->error > p->error_ip && p->ip > p->error && p->tcp > p->ip);
	PROMISE(is_within(r, p->tcp, p->n_quoted) && p->n_quoted >= 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pcap_record r = { .kind = PCAP_PACKET,
				 .number = 1,
				 .has_time = true,
				 .interface = "" };
	struct packet packet, again;
	struct row row;
	uint8_t *bytes = NULL;
	enum packet_kind kind = PACKET_ODD;

	if (size < 3)
		return 0;
	r.link = links[data[0] % (sizeof(links) / sizeof(*links))];
	r.captured = (uint32_t)size - 3;
	r.length = r.captured + at16(data + 1);
	/* Exactly as large: whoever reads behind its end is caught. */
	bytes = mem_calloc(r.captured, 1);
	memcpy(bytes, data + 3, r.captured);
	r.bytes = bytes;
	kind = packet_look(&r, &packet);
	PROMISE(packet_look(&r, &again) == kind && again.shape == packet.shape);
	PROMISE((packet_row(kind, &packet, &r, &row) == ROW_TCP) ==
		(kind == PACKET_TCP));
	if (kind == PACKET_TCP)
		check_tcp(&r, &packet, &row);
	if (kind == PACKET_ICMP)
		check_icmp(&r, &packet);
	free(bytes);
	return 0;
}
