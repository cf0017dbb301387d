/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/plural.h"
#include "os/monotonic.h"

enum {
	PATIENCE_NS = 300000000, /* shorter reading shows nothing */
	INTERVAL_NS = 200000000
};

void progress_init(struct progress *p, bool quiet)
{
	p->active = !quiet && isatty(STDERR_FILENO);
	p->shown = false;
	p->start = p->last = monotonic_ns();
}

static void update(void *ctx, uint64_t packets)
{
	struct progress *p = ctx;
	int64_t now = monotonic_ns();

	if (now - p->start < PATIENCE_NS || now - p->last < INTERVAL_NS)
		return;
	fprintf(stderr, "\r\033[K%" PRIu64 " packet%s, %.0f/s", packets,
		plural(packets),
		(double)packets * 1e9 / (double)(now - p->start));
	fflush(stderr);
	p->last = now;
	p->shown = true;
}

void progress_attach(struct progress *p, struct input *input)
{
	if (!p->active)
		return;
	input->progress = update;
	input->progress_ctx = p;
}

void progress_erase(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
	p->start = p->last = monotonic_ns();
}
