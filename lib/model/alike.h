/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alike.h - compare packets of a TCP stream, to recognise several captures of
 * the same packet.
 *
 * Used by copies.h and duplicate.h, which decide when equal packets cannot be
 * a retransmission.
 */
#ifndef MODEL_ALIKE_H
#define MODEL_ALIKE_H

#include <stdbool.h>

#include "model/packets.h"

/* 0: from the TCP client, 1: from the TCP server. */
int alike_direction(const struct packets *packets, uint32_t packet);

/*
 * The point of capture: interface, TTL, and whether the packet arrived there
 * or was sent, if that is known ("any", a bridge).
 */
uint32_t alike_point(const struct packets *packets, uint32_t packet);

/* The parts of a point. */
uint16_t alike_interface(uint32_t point);
uint8_t alike_ttl(uint32_t point);

/* Whether sequence numbers, acknowledgment numbers and lengths are equal. */
bool alike_place(const struct packets *packets, uint32_t a, uint32_t b);

/*
 * Whether options are equal byte by byte, as far as those of both were
 * captured.
 */
bool alike_options(const struct packets *packets, uint32_t a, uint32_t b);

/*
 * Whether each packet of a direction has a different IP id, judged from n
 * packets in order of time; a tenth may be exceptions.  False if there are
 * none, or if none differ.
 */
void alike_ids(const struct packets *packets, const uint32_t *order, size_t n,
	       bool tells[2]);

#endif
