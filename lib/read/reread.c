/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/reread.h"

#include "pcap/packet.h"

enum {
	HEAD = 256 /* bytes of a packet, usually enough for all headers */
};

/* Read the interfaces that are described before all packets. */
int reread_open(struct reread *r, int fd, off_t start)
{
	struct pcap_record record;
	bool found = false;

	if (pcap_walk_open(&r->walk, fd, start) < 0 ||
	    !pcap_walk_can_go(&r->walk))
		return -1;
	while (!found) {
		if (pcap_walk_next(&r->walk, &record) != PCAP_RECORD)
			return -1;
		found = record.kind == PCAP_PACKET;
	}
	return 0;
}

/*
 * Make the row from at most "head" bytes of the packet (0: all); false: the
 * packet is not plain, or needs more bytes.
 */
static bool look(struct reread *r, uint32_t frame, uint64_t at, uint32_t head)
{
	struct pcap_record record;
	struct packet packet;
	uint32_t captured = 0;
	bool is_part = false;

	r->walk.head = head;
	if (!pcap_walk_go(&r->walk, at, frame) ||
	    pcap_walk_next(&r->walk, &record) != PCAP_RECORD ||
	    record.kind != PCAP_PACKET)
		return false;
	captured = record.captured;
	is_part = head && captured > head;
	if (is_part)
		record.captured = head;
	record.is_odd = false; /* otherwise it would have had no place */
	if (packet_look(&record, &packet) != PACKET_TCP ||
	    (is_part && packet.options_cut))
		return false;
	record.captured = captured;
	return packet_row(PACKET_TCP, &packet, &record, &r->row) == ROW_TCP;
}

int reread_row(struct reread *r, uint32_t frame, uint64_t at, uint32_t stream)
{
	if (!look(r, frame, at, HEAD) && !look(r, frame, at, 0))
		return -1;
	r->row.stream = stream;
	r->row.at = at;
	return 0;
}

void reread_close(struct reread *r)
{
	pcap_walk_close(&r->walk);
}
