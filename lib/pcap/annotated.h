/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * annotated.h - write the records of a capture as pcapng with packet comments
 * (opt_comment, draft-ietf-opsawg-pcapng section 3.5).
 *
 * A pcapng file is otherwise unchanged, except that sections no longer state
 * their length.  The file header of a pcap file becomes a section with one
 * interface.  The byte order is kept.
 */
#ifndef PCAP_ANNOTATED_H
#define PCAP_ANNOTATED_H

#include "base/strbuf.h"
#include "pcap/comments.h"
#include "pcap/walk.h"

/*
 * Append the current record of a walk over complete packets.  A packet gets
 * the n comments after those that it has; comments that it already has are not
 * repeated.  Comments that would make its block longer than walk.h accepts are
 * omitted.
 */
void annotated_put(struct strbuf *out, const struct pcap_walk *walk,
		   const struct pcap_record *record,
		   const struct comment *comments, size_t n);

#endif
