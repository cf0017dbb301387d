/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics.h - the packets that were dropped while a pcapng was captured, as
 * its interface statistics blocks tell (draft-ietf-opsawg-pcapng section 4.6).
 *
 *	struct pcap_statistics statistics = { .info = &info };
 *	while (pcap_walk_next(&walk, &record) == PCAP_RECORD)
 *		pcap_statistics_take(&statistics, &walk, &record);
 *	pcap_statistics_settle(&statistics);
 *
 * Counters count from the start of the capture, so the last block of an
 * interface counts.  A file without the blocks, or with blocks without the
 * counters, tells nothing.
 */
#ifndef PCAP_STATISTICS_H
#define PCAP_STATISTICS_H

#include <sys/types.h>

#include "pcap/walk.h"
#include "row/capture_info.h"

struct pcap_statistics {
	struct capture_info *info; /* borrowed: to whose "dropped" they go */
	/* Of this section, by the number of the interface; owned. */
	struct interface_drops *of;
	size_t n;
};

/* One more record of a walk. */
void pcap_statistics_take(struct pcap_statistics *s,
			  const struct pcap_walk *walk,
			  const struct pcap_record *record);

/* There are no more; to be called in any case. */
void pcap_statistics_settle(struct pcap_statistics *s);

/* All of it for a regular file; nothing of one of another format. */
void pcap_statistics_of_file(int fd, off_t start, struct capture_info *info);

#endif
