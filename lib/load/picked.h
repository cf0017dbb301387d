/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * picked.h - packets of a session that are copied into a capture of their own.
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
 * The packets of the TCP streams that are marked, or others, as session_pick()
 * has it, which says how it fails.  To be released unless it does.
 */
int picked_find(struct picked *picked, struct session *s,
		const uint8_t *streams, bool others, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Write them out: as extract.h has it, which says how that fails; those of
 * several files in order of time, by mergecap.
 */
int picked_write(const struct picked *picked, struct session *s,
		 struct outfile *out, struct error *err)
	__attribute__((warn_unused_result));

/* Are they all that the capture has, which is one file? */
bool picked_is_whole(const struct picked *picked, const struct session *s);

/* Then they can be written with comments, by their frames: a pcapng. */
int picked_annotate(const struct picked *picked, struct session *s,
		    const struct comments *comments, struct outfile *out,
		    struct error *err) __attribute__((warn_unused_result));

/*
 * picked_write() into a file for the time being, that nobody else may read:
 * aside->temp.path, until outfile_drop(aside), which is not needed after
 * failure.
 */
int picked_write_aside(const struct picked *picked, struct session *s,
		       struct outfile *aside, struct error *err)
	__attribute__((warn_unused_result));

void picked_release(struct picked *picked);

#endif
