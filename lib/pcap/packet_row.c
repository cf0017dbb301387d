/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packet_row() of packet.h: makes rows of dissected packets. */
#include <string.h>

#include "base/endian.h"
#include "pcap/packet.h"

enum {
	/* bytes of TCP that Wireshark needs to assign a stream */
	WINDOW_END = 16
};

static void row_of_any(const struct pcap_record *record, struct row *row)
{
	row_clear(row);
	row->present = ROW_HAS_FRAME | (record->has_time ? ROW_HAS_TIME : 0u);
	row->frame = record->number;
	row->time = record->time;
	row->cap_len = record->captured;
	row_set_interface(row, record->interface, strlen(record->interface));
}

static void take_address(struct address *to, const uint8_t *from, uint8_t size)
{
	memcpy(to->bytes, from, size);
	to->size = size;
}

static void take_ip(const struct packet *packet, struct row *row)
{
	const uint8_t *ip = packet->ip;

	row->present |= ROW_HAS_SRC | ROW_HAS_DST | ROW_HAS_TTL;
	if (packet->is_v6) {
		take_address(&row->src, ip + 8, ADDRESS_V6);
		take_address(&row->dst, ip + 24, ADDRESS_V6);
		row->ttl = ip[7];
		return;
	}
	take_address(&row->src, ip + 12, ADDRESS_V4);
	take_address(&row->dst, ip + 16, ADDRESS_V4);
	row->ttl = ip[8];
	row->ip_id = be16(ip + 4);
	row->present |= ROW_HAS_IP_ID;
}

static void take_ports(const uint8_t *tcp, struct row *row)
{
	row->present |= ROW_HAS_SPORT | ROW_HAS_DPORT | ROW_HAS_SEQ;
	row->sport = be16(tcp);
	row->dport = be16(tcp + 2);
	row->seq = be32(tcp + 4);
}

/* Values after the sequence number, before the options. */
static void take_rest(const uint8_t *tcp, struct row *row)
{
	row->present |= ROW_HAS_STREAM | ROW_HAS_FLAGS | ROW_HAS_ACK |
			ROW_HAS_HDR_LEN | ROW_HAS_WINDOW;
	row->ack = be32(tcp + 8);
	row->hdr_len = (uint8_t)((tcp[12] >> 4) * 4);
	row->flags = be16(tcp + 12) & 0x0fff;
	row->window = be16(tcp + 14);
}

/* Further values from Linux cooked captures. */
static void take_cooked(const struct pcap_record *record, struct row *row)
{
	if (record->link == LINK_SLL)
		row->packet_type = be16(record->bytes);
	else if (record->link == LINK_SLL2)
		row->packet_type = record->bytes[10];
	else
		return;
	row->present |= ROW_HAS_PACKET_TYPE;
}

static void take_error(const struct packet *packet, struct row *row)
{
	const uint8_t *from = packet->error_ip;

	if (packet->is_v6)
		take_address(&row->icmp_from, from + 8, ADDRESS_V6);
	else
		take_address(&row->icmp_from, from + 12, ADDRESS_V4);
	row->present |= ROW_HAS_ICMP_TYPE;
	row->icmp_type = packet->error[0];
	row->icmp_code = packet->error[1];
	if (packet->n_quoted >= WINDOW_END)
		take_rest(packet->tcp, row);
}

enum row_kind packet_row(enum packet_kind kind, const struct packet *packet,
			 const struct pcap_record *record, struct row *row)
{
	enum row_kind what = ROW_OTHER;

	row_of_any(record, row);
	if (kind != PACKET_TCP && kind != PACKET_ICMP)
		return ROW_OTHER;
	take_ip(packet, row);
	take_ports(packet->tcp, row);
	if (kind == PACKET_ICMP) {
		take_error(packet, row);
		return row_settle(row);
	}
	take_cooked(record, row);
	take_rest(packet->tcp, row);
	row->present |= ROW_HAS_LEN;
	row->len = packet->segment - row->hdr_len;
	row->n_options = (uint8_t)packet->n_options;
	memcpy(row->options, packet->options, packet->n_options);
	what = row_settle(row);
	if (row->present & ROW_OPTIONS_CUT)
		row->present |= ROW_SNAPPED;
	return what;
}

bool packet_add_flags(const struct packet *packet, struct row *row)
{
	if (row->present & ROW_HAS_FLAGS || !(row->present & ROW_HAS_STREAM))
		return true;
	if (!packet->tcp)
		return false;
	row->flags = be16(packet->tcp + 12) & 0x0fff;
	row->ack = be32(packet->tcp + 8);
	return true;
}
