/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frames.h - a set of packets of a capture, by frame number, with their places
 * in the file where these are known.
 *
 *	struct frames frames;
 *	frames_init(&frames, info.packets, false);
 *	for each packet: frames_add(&frames, frame, at);
 *	... frames.picked, frames_has(&frames, 7) ...
 *	frames_release(&frames);
 *
 * A struct frames owns its arrays.
 */
#ifndef READ_FRAMES_H
#define READ_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Consecutive packets of the capture that are all in the set. */
struct frame_span {
	uint32_t first, last; /* frame numbers, from 1 */
	uint64_t at, last_at; /* file offsets of these two records (walk.h) */
};

struct frames {
	uint8_t *has;		  /* by frame number - 1: in the set? */
	uint64_t n;		  /* packets of the capture */
	uint64_t picked;	  /* packets in the set */
	uint64_t placed;	  /* of these, how many are in spans */
	struct frame_span *spans; /* ascending */
	size_t n_spans, cap_spans;
};

/*
 * An empty set ("all": a set of all packets, without places), for a capture
 * with n packets.
 */
void frames_init(struct frames *f, uint64_t n, bool all);
void frames_release(struct frames *f);

/*
 * Add a packet whose record is at file offset "at"; 0: unknown.  Places are
 * kept only while packets are added in the order of the capture.
 */
void frames_add(struct frames *f, uint32_t frame, uint64_t at);

/* Remove a packet.  All places are forgotten then. */
void frames_drop(struct frames *f, uint32_t frame);

bool frames_has(const struct frames *f, uint32_t frame);

/* Whether the places of all packets in the set are known. */
bool frames_are_placed(const struct frames *f);

#endif
