/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress.h - show "1234567 packets, 45000/s" while a capture is read, if
 * standard error is a terminal.  Owns nothing.
 *
 *	struct progress progress;
 *	progress_init(&progress, quiet);
 *	progress_attach(&progress, &input);
 *	... session_open(&session, &input, ...) ...
 *	progress_erase(&progress);	// before anything else is printed
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "read/input.h"

struct progress {
	bool active;
	bool shown;	     /* the line is visible */
	int64_t start, last; /* monotonic ns; 0: not started */
};

void progress_init(struct progress *p, bool quiet);

/* Have "input" report its progress. */
void progress_attach(struct progress *p, struct input *input);

/* Erase the line; counting starts anew with the next capture. */
void progress_erase(struct progress *p);

#endif
