/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * picked.h - copy chosen packets of a capture into a new capture file
 * (mptcp-split).
 *
 *	struct picked picked;
 *	if (picked_find(&picked, &session, streams, false, &err) < 0) ...
 *	if (picked.packets && picked_write(&picked, &session, &out, &err) < 0)
 *		...
 *	picked_release(&picked);
 */
#ifndef LOAD_PICKED_H
#define LOAD_PICKED_H

#include "load/session.h"
#include "os/outfile.h"
#include "pcap/comments.h"

struct picked {
	struct frames *files; /* one for each file of the capture; owned */
	size_t n;
	uint64_t packets; /* in all of them */
};

/*
 * Choose the packets of some TCP streams, or with "others" all packets but
 * those of other TCP streams; arguments and errors are those of
 * session_pick().  To be released unless it fails.
 */
int picked_find(struct picked *picked, struct session *s,
		const uint8_t *streams, bool others, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Write the chosen packets in the format of the capture (extract.h, which
 * describes errors); packets of several files are put in order of time by
 * mergecap.
 */
int picked_write(const struct picked *picked, struct session *s,
		 struct outfile *out, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Whether all packets of the capture are chosen, and it is a single file.
 * Then picked_annotate() can be used.
 */
bool picked_is_whole(const struct picked *picked, const struct session *s);

/*
 * Write the packets as pcapng with comments, which refer to packets by frame
 * number.
 */
int picked_annotate(const struct picked *picked, struct session *s,
		    const struct comments *comments, struct outfile *out,
		    struct error *err) __attribute__((warn_unused_result));

/*
 * picked_write() into a private temporary file, aside->temp.path.  The caller
 * removes it with outfile_drop(aside), unless this fails.
 */
int picked_write_aside(const struct picked *picked, struct session *s,
		       struct outfile *aside, struct error *err)
	__attribute__((warn_unused_result));

void picked_release(struct picked *picked);

#endif
