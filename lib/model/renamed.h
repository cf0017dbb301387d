/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * renamed.h - recognise TCP streams that appear with several addresses due to
 * NAT.
 *
 * A host that rewrites addresses captures each packet twice, with the
 * addresses before and after: two of Wireshark's streams, which are one
 * (copies_is_renamed()).  Both begin with the same packet; or, if the
 * beginning of one was not captured, it begins with a packet that the other
 * one also has.
 *
 * The stream is named by the addresses on the client's side: there packets of
 * the client have the higher TTL or, if TTLs are equal, were captured first.
 */
#ifndef MODEL_RENAMED_H
#define MODEL_RENAMED_H

#include <stddef.h>

#include "model/raw_role.h"

/*
 * Give raw streams that are one the same ends, client and initial sequence
 * number.  roles[i] belongs to packets->streams[i], i < n.  O(n log n), plus a
 * pass over all packets if the SYN of some stream was not captured.
 */
void renamed_join(const struct packets *packets, struct raw_role *roles,
		  size_t n);

#endif
