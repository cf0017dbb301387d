/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sample.h - which plain packets of a capture are shown to tshark, so that its
 * word on them is good for all others.
 *
 * Packets of one shape (packet.h) are read in the same way: of each shape the
 * first three are shown, then the one with each power of two, and the last;
 * and of all packets the first 1900, then one of 64 as many as came before it
 * (2000 of 10,000, 2300 of a million).
 *
 *	for each packet:
 *		if (sample_wants(&sample, shape, &record)) ... show it ...
 *	while (sample_next_last(&sample, source, &record)) ... show it ...
 *	sample_release(&sample);
 */
#ifndef READ_SAMPLE_H
#define READ_SAMPLE_H

#include <stdbool.h>

#include "pcap/walk.h"
#include "read/source.h"

struct sample_shape;

struct sample {
	struct sample_shape *shapes; /* hashed by linear probing; owned */
	size_t n, cap;
	uint64_t next; /* number of the packet that is shown whatever shape */
	bool can_go_back; /* the file is regular, and its records are in it as
			     they are: to be set by who walks over it */
	size_t at;	  /* of sample_next_last() */
	uint8_t *raw;	  /* of the record of that; owned */
	size_t cap_raw;
};

void sample_init(struct sample *s);

/* Is this packet to be shown?  To be asked for each, in their order. */
bool sample_wants(struct sample *s, uint64_t shape,
		  const struct pcap_record *record);

/*
 * The last packets of the shapes that were seen, which were not shown: the next
 * of them, valid until the next call.  False: there are no more, and all shapes
 * begin anew.  To be called at the end of a section, too: the names of its
 * interfaces go.
 */
bool sample_next_last(struct sample *s, const struct source *source,
		      struct pcap_record *record);

void sample_release(struct sample *s);

#endif
