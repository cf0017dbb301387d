/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frames.h - packets of a capture that were picked, by their numbers, and where
 * they are, as far as that is known.
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

/* Packets that follow each other in the capture, all of them picked. */
struct frame_span {
	uint32_t first, last; /* numbers, from 1 */
	uint64_t at, last_at; /* of the records of these two (walk.h) */
};

struct frames {
	uint8_t *has; /* by number less 1: is it picked? */
	uint64_t n;   /* of the capture */
	uint64_t picked;
	uint64_t placed;	  /* of these, in the spans */
	struct frame_span *spans; /* ascending */
	size_t n_spans, cap_spans;
};

/* Of a capture with n packets: none, or all, none of which has a place. */
void frames_init(struct frames *f, uint64_t n, bool all);
void frames_release(struct frames *f);

/*
 * Pick a packet, with the place "at" of its record, or 0: not known.  Places
 * are kept when packets come in the order of the capture.
 */
void frames_add(struct frames *f, uint32_t frame, uint64_t at);

/* Pick it no longer; no place is kept then. */
void frames_drop(struct frames *f, uint32_t frame);

bool frames_has(const struct frames *f, uint32_t frame);

/* Are all that are picked in the spans? */
bool frames_are_placed(const struct frames *f);

#endif
