/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reread.h - rows of plain packets once more, from where these are in their
 * capture.
 *
 * Of a capture that native.h reads, a row with a place ("at" in struct row) is
 * that of a packet in its first section, of an interface that stands before all
 * packets: so it can be read without the others.
 *
 *	struct reread r;
 *	if (reread_open(&r, fd, start) == 0)
 *		while (... reread_row(&r, frame, at, stream) == 0)
 *			... r.row ...
 *	reread_close(&r);
 *
 * The file descriptor stays the caller's, its offset is not moved.  Best in the
 * order of the capture: what lies far apart is not read, nor is large payload.
 */
#ifndef READ_REREAD_H
#define READ_REREAD_H

#include <sys/types.h>

#include "pcap/walk.h"
#include "row/row.h"

struct reread {
	struct pcap_walk walk;
	struct row row; /* the last one */
};

/*
 * The capture begins at "start".  -1: no rows are to be had from there.  To be
 * closed in any case.
 */
int reread_open(struct reread *r, int fd, off_t start)
	__attribute__((warn_unused_result));

/*
 * The row with these three, all of it as native.h made it; -1: there is no
 * plain packet, so the file is not what it was.
 */
int reread_row(struct reread *r, uint32_t frame, uint64_t at, uint32_t stream)
	__attribute__((warn_unused_result));

void reread_close(struct reread *r);

#endif
