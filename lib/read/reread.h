/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reread.h - make rows of single packets again, from their places in the
 * capture file, without reading the packets between them.
 *
 * This works for rows with a place ("at" in struct row), which native.h gives
 * to plain packets of the first section whose interface is described before
 * all packets.
 *
 *	struct reread r;
 *	if (reread_open(&r, fd, start) == 0)
 *		while (... reread_row(&r, frame, at, stream) == 0)
 *			... r.row ...
 *	reread_close(&r);
 *
 * The descriptor belongs to the caller; its offset is not changed.  It is
 * fastest in the order of the capture; the gaps and large payload are not
 * read.
 */
#ifndef READ_REREAD_H
#define READ_REREAD_H

#include <sys/types.h>

#include "pcap/walk.h"
#include "row/row.h"

struct reread {
	struct pcap_walk walk;
	struct row row; /* the result of reread_row() */
};

/*
 * "start" is the offset at which the capture begins.  -1: packets cannot be
 * read again from this file.  To be closed in any case.
 */
int reread_open(struct reread *r, int fd, off_t start)
	__attribute__((warn_unused_result));

/*
 * Make the row with this frame number, place and stream number, identical to
 * what native.h made; -1: there is no such plain packet, so the file has
 * changed.
 */
int reread_row(struct reread *r, uint32_t frame, uint64_t at, uint32_t stream)
	__attribute__((warn_unused_result));

void reread_close(struct reread *r);

#endif
