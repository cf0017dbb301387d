/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * annotate.h - packets of a session, written into a pcapng with comments that
 * say what they have to do with Multipath TCP (remarks.h).
 *
 * The comments are about the file that is written: frames, TCP streams and
 * times are those that Wireshark shows in it.  So where it is not all of a
 * capture, the packets are first put aside, in tempfile_directory(), and looked
 * at there, all of them in memory.
 */
#ifndef OUTPUT_ANNOTATE_H
#define OUTPUT_ANNOTATE_H

#include "load/picked.h"

/* Errors are those of picked_write(), session_open() and session_next(). */
int annotate_write(const struct picked *picked, struct session *s,
		   struct outfile *out, struct error *err)
	__attribute__((warn_unused_result));

#endif
