/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step.h - where a clock was set during a capture.
 *
 * For clock.h only.  A step moves the middle of the envelope while the round
 * trip time of each path stays; a path that changes moves both.
 */
#ifndef PAIR_STEP_H
#define PAIR_STEP_H

#include "pair/clock_envelope.h"

/*
 * The stretches of time without a step, at most CLOCK_SEGMENTS_MAX; returns
 * how many.
 */
size_t steps_split(const struct clock_data *d, struct clock_stretch *parts);

#endif
