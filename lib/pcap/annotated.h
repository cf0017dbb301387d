/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * annotated.h - the records of a capture as those of a pcapng, where packets
 * have comments (opt_comment, draft-ietf-opsawg-pcapng section 3.5).
 *
 * Of a pcapng nothing else changes, but that a section does not tell its length
 * any more; of a pcap the file header becomes a section with one interface.
 * The byte order stays.
 */
#ifndef PCAP_ANNOTATED_H
#define PCAP_ANNOTATED_H

#include "base/strbuf.h"
#include "pcap/comments.h"
#include "pcap/walk.h"

/*
 * Append the record that a walk over whole packets has just met.  A packet gets
 * the n comments, behind those that it has, without those that it has already.
 * What would make its block longer than walk.h reads is left out.
 */
void annotated_put(struct strbuf *out, const struct pcap_walk *walk,
		   const struct pcap_record *record,
		   const struct comment *comments, size_t n);

#endif
