/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * renamed.h - one TCP stream under several names: masquerading, forwarded
 * ports.
 *
 * What rewrites addresses has each packet twice, with the addresses before and
 * behind it: two of Wireshark's streams, which are one (copies_is_renamed()).
 * Both begin with the same packet, or, where the beginning of one was not
 * captured, that begins with a packet that the other has, too.
 *
 * It is called as on the client's side: there a packet of the client has the
 * higher TTL, or, where both are equal, it came there first.
 */
#ifndef MODEL_RENAMED_H
#define MODEL_RENAMED_H

#include <stddef.h>

#include "model/raw_role.h"

/*
 * Of n raw streams, those that are one get the same ends, client and initial
 * sequence number.  roles[i] is that of packets->streams[i].  O(n log n), and a
 * look at each packet where the SYN of a stream was not captured.
 */
void renamed_join(const struct packets *packets, struct raw_role *roles,
		  size_t n);

#endif
