/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/following.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "live/clock.h"
#include "os/monotonic.h"
#include "os/stop.h"

enum {
	BATCH = 512 /* packets between two checks of the clock */
};

/*
 * ns: events wait for packets of other interfaces (cluster.h), and for this
 * interval, so they are reported within a second.
 */
static const int64_t every = 250000000;

struct follow_state {
	struct live *live;
	struct live_source *source;
	struct report *report;
	struct live_clock clock;
	int64_t look_at; /* monotonic_ns() */
	bool has_begun, is_done;
	enum exit_status status;
	struct error err;
};

static void fail(struct follow_state *f)
{
	f->is_done = true;
	f->status = cli_error(f->status, &f->err);
}

static void say_warnings(struct live_source *source)
{
	char *text = NULL;

	while ((text = live_source_warning(source))) {
		text_make_plain(text);
		warnx("%s", text);
		free(text);
	}
}

static void say_left_out(struct live_source *source)
{
	struct live_source_counts counts;

	live_source_counts(source, &counts);
	if (counts.odd)
		warnx("%" PRIu64 " packet%s left out that only tshark can read "
		      "(tunnels, fragments); mptcp-events without --follow "
		      "reads such packets",
		      counts.odd, counts.odd == 1 ? " is" : "s are");
}

static void begin(struct follow_state *f)
{
	struct live_source_counts counts;

	live_source_counts(f->source, &counts);
	f->has_begun = counts.first_time != 0;
	if (f->has_begun)
		live_began(f->live, counts.first_time);
}

static void take(struct follow_state *f, const struct row *row)
{
	if (!f->has_begun)
		begin(f);
	live_clock_note(&f->clock, row->time);
	if (live_take(f->live, row, &f->err) < 0)
		fail(f);
}

/* Process some packets, or wait until the next look is due. */
static void read_some(struct follow_state *f)
{
	const struct row *row = NULL;

	for (int i = 0; i < BATCH && !f->is_done; i++)
		switch (live_source_next(f->source, &row, f->look_at,
					 &f->err)) {
		case LIVE_ROW: take(f, row); break;
		case LIVE_TIME: return;
		case LIVE_END: f->is_done = true; break;
		case LIVE_FAILED: fail(f); break;
		}
}

static void look(struct follow_state *f)
{
	const int64_t now = monotonic_ns();
	struct live_source_counts counts;

	if (now < f->look_at)
		return;
	f->look_at = now + every;
	say_warnings(f->source);
	live_source_counts(f->source, &counts);
	if (!counts.waiting)
		live_clock_note(&f->clock, counts.last_time);
	if (f->clock.latest)
		live_look(f->live, counts.is_paced && !counts.waiting
					   ? live_clock_now(&f->clock)
					   : f->clock.latest);
	if (report_flush_rows(f->report, &f->err) < 0)
		fail(f);
}

enum exit_status following_run(const struct events_following *options,
			       const struct live_source_options *source)
{
	const struct live_options model = {
		.path = source->path ? source->path
				     : source->interfaces.items[0],
		.keep = 60 * every,
		.second = 4 * every,
		.threads = 1,
		.captured_at = options->cli->common.captured_at,
		.event = options->event,
		.ctx = options->ctx,
	};
	struct follow_state f = { .report = options->report,
				  .status = EXIT_OK,
				  .err = ERROR_INIT };

	f.source = live_source_open(source, &f.err);
	if (!f.source)
		return cli_error(EXIT_OK, &f.err);
	stop_install();
	f.live = live_new(&model);
	while (!f.is_done) {
		if (stop_asked())
			live_source_stop(f.source);
		read_some(&f);
		look(&f);
	}
	live_end(f.live);
	say_warnings(f.source);
	say_left_out(f.source);
	live_free(f.live);
	live_source_close(f.source);
	return f.status;
}
