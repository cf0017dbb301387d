/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sample.h - choose the plain packets that are shown to tshark, so that its
 * agreement on them covers all others.
 *
 * Packets of one shape (packet.h) are read in the same way.  Of each shape the
 * first three are chosen, those whose count is a power of two, and the last;
 * of all packets the first 1900, and then so many that the distance to the
 * next one is 1/64 of the packets so far (in total about 2000 of 10,000 and
 * 2300 of a million).
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
	uint64_t next; /* number of the next packet chosen whatever its shape */
	bool can_go_back; /* the file is regular and not compressed, so records
			     can be read again; set by the caller */
	size_t at;	  /* for sample_next_last() */
	uint8_t *raw;	  /* bytes of the record that it returns; owned */
	size_t cap_raw;
};

void sample_init(struct sample *s);

/* Whether to show this packet.  Call for each packet, in order. */
bool sample_wants(struct sample *s, uint64_t shape,
		  const struct pcap_record *record);

/*
 * The last packet of each shape that was seen, unless it was shown: returns
 * one at a time, valid until the next call.  False: there are no more, and
 * counting of shapes starts anew.  Also call it at the end of each section of
 * a pcapng file, as its interfaces end there.
 */
bool sample_next_last(struct sample *s, const struct source *source,
		      struct pcap_record *record);

void sample_release(struct sample *s);

#endif
