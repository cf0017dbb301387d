/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alike.h - what makes two packets of a TCP stream the same one.
 *
 * For copies.h and duplicate.h, which say when packets that are alike cannot
 * have been sent twice.
 */
#ifndef MODEL_ALIKE_H
#define MODEL_ALIKE_H

#include <stdbool.h>

#include "model/packets.h"

/* 1: from the TCP server. */
int alike_direction(const struct packets *packets, uint32_t packet);

/* Where it was captured: interface, TTL, and whether it came there or was sent,
   where that was noted ("any" on a bridge). */
uint32_t alike_point(const struct packets *packets, uint32_t packet);

/* Of such a point. */
uint16_t alike_interface(uint32_t point);
uint8_t alike_ttl(uint32_t point);

/* The same numbers and length. */
bool alike_place(const struct packets *packets, uint32_t a, uint32_t b);

/* The same options, byte by byte, as far as those of both were captured. */
bool alike_options(const struct packets *packets, uint32_t a, uint32_t b);

/*
 * Has each packet of a direction another IP id?  Of those n packets, in order
 * of time; a tenth may not.  False where there are none, or none that differ.
 */
void alike_ids(const struct packets *packets, const uint32_t *order, size_t n,
	       bool tells[2]);

#endif
