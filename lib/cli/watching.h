/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * watching.h - mptcp-live: read packets as they arrive and show the state of
 * connections repeatedly.
 *
 *	struct watching w = { .interval = 1000000000, ... };
 *	status = watching_run(&w, &source);
 *
 * For a source that is only read (a finished file) time passes as in its
 * packets: one second of an interval is one second of the capture.  On a
 * screen, and if packets arrive in real time, it is the real clock.
 */
#ifndef CLI_WATCHING_H
#define CLI_WATCHING_H

#include <stdbool.h>

#include "cli/options.h"
#include "live/source.h"

struct watching {
	int64_t interval; /* ns between refreshes */
	int64_t keep;	  /* live_options.keep */
	enum vantage captured_at;
	unsigned threads;
	bool lines; /* no screen, even on a terminal */
	bool json;
	int batch; /* number of refreshes; 0: unlimited */
};

enum exit_status watching_run(const struct watching *options,
			      const struct live_source_options *source);

#endif
