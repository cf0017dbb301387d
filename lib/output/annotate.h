/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * annotate.h - write packets of a session to a pcapng file with packet
 * comments about Multipath TCP (remarks.h): mptcp-split --annotate.
 *
 * Comments refer to the file that is written: frames, TCP streams and times
 * are those that Wireshark shows for it.  So unless the packets are a complete
 * capture, they are first written to a temporary file in tempfile_directory(),
 * which is then analysed with all of its packets in memory.
 */
#ifndef OUTPUT_ANNOTATE_H
#define OUTPUT_ANNOTATE_H

#include "load/picked.h"

/*
 * Write the picked packets.  Errors are those of picked_write(),
 * session_open() and session_next().
 */
int annotate_write(const struct picked *picked, struct session *s,
		   struct outfile *out, struct error *err)
	__attribute__((warn_unused_result));

#endif
