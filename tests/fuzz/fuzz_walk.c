/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any file as a capture: each record lies behind the one before it, has its
 * bytes, and a name that ends; what was skipped is what was looked at; no block
 * of pcapng goes by that is not sound.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "pcap/block.h"
#include "pcap/packet.h"
#include "pcap/statistics.h"
#include "pcap/walk.h"

static uint64_t sum_of(const uint8_t *bytes, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = sum * 31 + bytes[i];
	return sum;
}

/* Unpacked bytes can be more than the file has. */
static void take_packet(const struct pcap_record *r)
{
	struct packet packet;
	struct row row;
	enum packet_kind kind = packet_look(r, &packet);
	enum row_kind what = packet_row(kind, &packet, r, &row);

	PROMISE(r->captured <= r->n_raw && r->bytes >= r->raw &&
		r->bytes + r->captured <= r->raw + r->n_raw);
	PROMISE(!r->has_time || (r->time >= 0 && r->time < (int64_t)1 << 62));
	PROMISE(row.frame == r->number &&
		(what == ROW_TCP) == (kind == PACKET_TCP));
	PROMISE(strlen(row.interface) < sizeof(row.interface));
}

static void take(struct pcap_walk *walk, const struct pcap_record *r,
		 struct pcap_statistics *statistics)
{
	PROMISE(!walk->is_pcapng ||
		pcap_block_is_sound(walk->swapped, r->raw, r->n_raw));
	pcap_statistics_take(statistics, walk, r);
	if (r->kind == PCAP_PACKET)
		take_packet(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct capture_info info = { .packets = 0 };
	struct pcap_statistics statistics = { .info = &info };
	struct pcap_walk walk;
	struct pcap_record r;
	enum pcap_step step = PCAP_UNKNOWN;
	uint64_t at = 0, sum = 0;
	uint32_t number = 0;
	bool plain = size < 2 || data[0] != 0x1f || data[1] != 0x8b;

	PROMISE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	if (pcap_walk_open(&walk, fd, 0) == 0)
		while ((step = pcap_walk_next(&walk, &r)) == PCAP_RECORD) {
			PROMISE(r.at == at && r.raw && r.n_raw > 0);
			at += r.n_raw;
			PROMISE(!plain ||
				(at <= size &&
				 memcmp(data + r.at, r.raw, r.n_raw) == 0));
			sum += sum_of(r.raw, r.n_raw);
			number += r.kind == PCAP_PACKET;
			PROMISE(r.kind != PCAP_PACKET || r.number == number);
			take(&walk, &r, &statistics);
		}
	PROMISE(step != PCAP_END || !plain || at == size);
	pcap_walk_close(&walk);
	pcap_statistics_settle(&statistics);
	capture_info_release(&info);
	close(fd);
	(void)sum;
	return 0;
}
