/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * option_text.h - a packet and its TCP options as text
 */
#ifndef OUTPUT_OPTION_TEXT_H
#define OUTPUT_OPTION_TEXT_H

#include "base/strbuf.h"
#include "model/trace.h"

/*
 * Append "SYN, ACK, seq 0x5f2a1c00, ack 0x00000001, 1428 bytes, window 502",
 * with values as on the wire.
 */
void packet_put(struct strbuf *out, const struct packets *p, uint32_t packet);

/*
 * Append its options, if any: "; MSS 1460; MP_CAPABLE version 1, checksums,
 * key 0x...".
 */
void packet_put_options(struct strbuf *out, const struct packets *p,
			uint32_t packet);

#endif
