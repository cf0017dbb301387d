/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any file as a capture: each record lies behind the one before it and within
 * the file, and so do the bytes that can be seen of it.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "pcap/standalone.h"
#include "pcap/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC), rc = 0;
	struct pcap_walk walk;
	struct pcap_record r;
	uint64_t at = 0, sum = 0;

	PROMISE(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	rc = pcap_walk_open(&walk, fd) == 0 ? 1 : -1;
	while (rc > 0) {
		rc = pcap_walk_next(&walk, &r);
		if (rc <= 0)
			break;
		PROMISE(r.from == at && r.to > at && r.to <= size);
		at = r.to;
		if (r.kind != PCAP_PACKET)
			continue;
		PROMISE(r.n <= r.captured && r.n <= PCAP_LOOK &&
			r.captured <= r.to - r.from);
		for (size_t i = 0; i < r.n; i++)
			sum += r.bytes[i];
		sum += standalone_packet(r.link, r.bytes, r.n);
	}
	PROMISE(rc < 0 || at == size);
	pcap_walk_close(&walk);
	close(fd);
	(void)sum;
	return 0;
}
