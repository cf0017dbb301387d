/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics.h - the number of packets dropped while capturing, from interface
 * statistics blocks of pcapng (draft-ietf-opsawg-pcapng section 4.6).
 *
 *	struct pcap_statistics statistics = { .info = &info };
 *	while (pcap_walk_next(&walk, &record) == PCAP_RECORD)
 *		pcap_statistics_take(&statistics, &walk, &record);
 *	pcap_statistics_settle(&statistics);
 *
 * Counters count from the start of the capture, so the last block of each
 * interface is used.  Nothing is known if the file has no such blocks, or
 * blocks without the counters.
 */
#ifndef PCAP_STATISTICS_H
#define PCAP_STATISTICS_H

#include <sys/types.h>

#include "pcap/walk.h"
#include "row/capture_info.h"

struct pcap_statistics {
	struct capture_info *info; /* borrowed; results go to its "dropped" */
	/* Of the current section, by interface number; owned. */
	struct interface_drops *of;
	size_t n;
};

/* Take a record of the walk; ignores those that are not statistics. */
void pcap_statistics_take(struct pcap_statistics *s,
			  const struct pcap_walk *walk,
			  const struct pcap_record *record);

/* The total for this section so far; false: unknown. */
bool pcap_statistics_now(const struct pcap_statistics *s, uint64_t *dropped);

/* Call after the last record, in any case. */
void pcap_statistics_settle(struct pcap_statistics *s);

/* All of this for a regular file; nothing if it is not pcapng. */
void pcap_statistics_of_file(int fd, off_t start, struct capture_info *info);

#endif
