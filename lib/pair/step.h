/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step.h - for clock.h: find where a clock was set during a capture.
 *
 * A step of the clock moves the middle of the envelope but leaves the
 * round-trip time of each path unchanged; a change of the path changes both.
 */
#ifndef PAIR_STEP_H
#define PAIR_STEP_H

#include "pair/clock_envelope.h"

/*
 * The periods without a step, at most CLOCK_SEGMENTS_MAX; returns their
 * number.
 */
size_t steps_split(const struct clock_data *d, struct clock_stretch *parts);

#endif
