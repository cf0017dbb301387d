/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * following.h - mptcp-events --follow: read packets as they arrive and report
 * each event when it is certain.
 *
 *	struct events_following f = { .cli = &cli, .report = report,
 *			       .event = tell, .ctx = &opt };
 *	status = following_run(&f, &source);
 *
 * Ends with the source, or at SIGINT, SIGTERM or SIGHUP.
 */
#ifndef CLI_FOLLOWING_H
#define CLI_FOLLOWING_H

#include "cli/options.h"
#include "live/live.h"
#include "live/source.h"

struct events_following {
	const struct cli *cli;
	struct report *report; /* receives the events; flushed frequently */
	live_event_fn *event;
	void *ctx;
};

enum exit_status following_run(const struct events_following *options,
			       const struct live_source_options *source);

#endif
