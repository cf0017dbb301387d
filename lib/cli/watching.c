/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/watching.h"

#include <err.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/plural.h"
#include "base/text.h"
#include "cli/live_print.h"
#include "cli/live_screen.h"
#include "live/clock.h"
#include "live/sampling.h"
#include "os/monotonic.h"
#include "os/stop.h"
#include "os/terminal.h"
#include "output/human.h"

enum {
	BATCH = 512,   /* packets between two checks of the clock */
	WAIT_MS = 1000 /* maximum wait for keys if nothing arrives */
};

static const int64_t second = 1000000000;

struct watch {
	const struct watching *options;
	struct live_source *source;
	struct live *live;
	struct live_source_counts counts;
	struct sampling sampling;
	struct live_clock clock; /* of the packets */
	int64_t first;		 /* time of the first one; 0: there is none */
	int64_t look_at;	 /* next look; monotonic_ns() */
	int64_t refresh_at;	 /* next refresh; monotonic_ns() */
	int64_t due;	  /* next refresh by the packets' clock; 0: unset */
	int64_t shown_at; /* last refresh, by either clock */
	int refreshes;
	bool is_idle; /* no packet arrived the last time */
	bool is_done; /* the source has ended */
	bool quits;   /* it is asked to end, by the user or --batch */
	/* What is shown. */
	struct live_view view;
	struct live_page page;
	struct live_page_options look;
	struct live_screen *screen;
	struct live_print print;
	struct live_moment moment;
	struct error failed; /* to print */
	bool has_failed;
};

/* ---- what the model tells ---- */

static void fail(struct watch *w, const struct error *err)
{
	if (w->has_failed)
		return;
	w->failed = *err;
	w->has_failed = w->is_done = w->quits = true;
}

static void tell_event(void *ctx, const struct trace *trace,
		       const struct connection *conn, const struct event *e)
{
	struct watch *w = ctx;
	const bool has_subflow =
		!event_is_of_kernel(e->kind) || (e->has & EVENT_HAS_SUBFLOW);
	const struct stream *s =
		has_subflow ? trace_subflow(trace, conn, e->subflow) : NULL;
	const struct event_row row = { { trace, 0, conn, s }, e };
	struct error err = ERROR_INIT;

	if (!w->options->json)
		live_view_event(&w->view, conn->id, &row);
	else if (live_print_event(&w->print, &row, &err) < 0)
		fail(w, &err);
}

/* Whether refreshes follow the time of packets.  Not while none arrive. */
static bool is_by_packets(const struct watch *w)
{
	return !w->screen && !w->counts.is_paced && !w->is_idle;
}

/* "passed": ns since the previous refresh; 0: none. */
static void fill_moment(struct watch *w, enum live_reason reason, int64_t now,
			int64_t passed)
{
	struct live_moment *m = &w->moment;
	const uint64_t bytes = m->counts.bytes, packets = m->totals.packets;
	/* Rates over a very short time are meaningless. */
	const bool is_long = passed > w->options->interval / 10;

	/* A finished file is read as fast as possible. */
	m->is_hurried = w->screen && !w->counts.is_paced;
	m->reason = reason;
	m->has_time = w->first != 0;
	m->first_time = w->first;
	m->time = now;
	m->second = w->options->interval;
	m->sampled = w->sampling.of;
	m->counts = w->counts;
	live_totals(w->live, &m->totals);
	m->has_rate = is_long && (w->counts.is_paced || is_by_packets(w));
	m->has_wire_rate = is_long && w->counts.is_paced;
	if (!is_long)
		return;
	m->packets_per_s =
		(double)(m->totals.packets - packets) * 1e9 / (double)passed;
	m->bytes_per_s =
		(double)(m->counts.bytes - bytes) * 1e9 / (double)passed;
}

static void tell_gone(void *ctx, const struct live_connection *conn)
{
	struct watch *w = ctx;
	const struct live_moment before = w->moment;
	struct error err = ERROR_INIT;

	if (!w->options->json)
		return;
	fill_moment(w, LIVE_FORGOTTEN, w->clock.latest, 0);
	if (live_print_moment(&w->print, &w->moment, w->live, conn, &err) < 0)
		fail(w, &err);
	w->moment = before;
}

/* ---- time ---- */

/* The time by the packets' clock, which advances even without packets. */
static int64_t now_of(const struct watch *w)
{
	if (!w->clock.latest || is_by_packets(w) || w->counts.waiting ||
	    w->is_done)
		return w->clock.latest;
	return live_clock_now(&w->clock);
}

/* ---- showing ---- */

static void draw(struct watch *w)
{
	live_screen_size(w->screen, &w->look.width, &w->look.height);
	live_view_sort(&w->view, w->look.order);
	live_page_make(&w->page, &w->view, &w->look);
	live_screen_show(w->screen, &w->page);
}

static void print_page(struct watch *w)
{
	struct error err = ERROR_INIT;

	live_view_sort(&w->view, w->look.order);
	live_page_make(&w->page, &w->view, &w->look);
	for (size_t i = 0; i < w->page.n; i++)
		puts(w->page.lines[i].text.text);
	putchar('\n');
	w->look.events_from = w->view.n_events;
	if (report_flush(&err) < 0)
		fail(w, &err);
}

/* "clock" is of the same kind as the last time. */
static void refresh_shown(struct watch *w, enum live_reason reason, int64_t now,
			  int64_t clock)
{
	const int64_t passed = w->shown_at ? clock - w->shown_at : 0;

	struct error err = ERROR_INIT;

	w->shown_at = clock;
	fill_moment(w, reason, now, passed);
	if (w->options->json) {
		if (live_print_moment(&w->print, &w->moment, w->live, NULL,
				      &err) < 0)
			fail(w, &err);
		return;
	}
	if (w->look.paused)
		return;
	live_view_take(&w->view, w->live, &w->moment);
	if (w->screen)
		draw(w);
	else
		print_page(w);
}

/* End the capture: what was captured by now is still read. */
static void stop(struct watch *w)
{
	w->quits = true;
	live_source_stop(w->source);
}

static void count_refresh(struct watch *w)
{
	if (!w->options->batch || ++w->refreshes < w->options->batch)
		return;
	stop(w);
	w->is_done |= is_by_packets(w); /* later packets are not shown */
}

/* ---- warnings ---- */

static void take_warnings(struct watch *w)
{
	char *text = NULL;

	while ((text = live_source_warning(w->source))) {
		text_make_plain(text);
		if (!w->screen) {
			warnx("%s", text);
			free(text);
			continue;
		}
		free(w->look.warning);
		w->look.warning = text;
	}
}

/* ---- a source that is merely read ---- */

/* Before a packet of that time is processed: do the refreshes that were due. */
static void pass_time(struct watch *w, int64_t time)
{
	const int64_t interval = w->options->interval;

	/* Until then time may not have followed the packets. */
	if (w->due <= w->clock.latest ||
	    w->due > time + interval + LIVE_SET_BACK)
		w->due = w->clock.latest + interval;
	/* While nothing arrives, once is enough. */
	for (int i = 0; i < 2 && time >= w->due && !w->is_done; i++) {
		live_look_at_all(w->live, w->due);
		live_source_counts(w->source, &w->counts);
		/* It is far ahead: its counts are not for this time. */
		w->counts.has_dropped = false;
		refresh_shown(w, LIVE_REFRESH, w->due, w->due);
		count_refresh(w);
		w->due += interval;
	}
	if (time >= w->due)
		w->due += (time - w->due) / interval * interval + interval;
}

static void take(struct watch *w, const struct row *row)
{
	struct error err = ERROR_INIT;

	if (!w->first) {
		/* Only now it is known what kind of source it is. */
		live_source_counts(w->source, &w->counts);
		w->first = w->counts.first_time;
		live_began(w->live, w->first);
		w->due = row->time + w->options->interval;
		if (is_by_packets(w))
			w->shown_at = row->time;
	}
	if (is_by_packets(w))
		pass_time(w, row->time);
	if (w->is_done)
		return;
	if (live_take(w->live, row, &err) < 0)
		fail(w, &err);
	live_clock_note(&w->clock, row->time);
}

/* ---- keys ---- */

static void pick(struct watch *w, int step)
{
	const struct live_view *v = &w->view;
	size_t i =
		w->look.has_picked ? live_view_find(v, w->look.picked) : v->n;

	if (!v->n)
		return;
	if (i == v->n)
		i = 0;
	else if (step < 0 && i > 0)
		i--;
	else if (step > 0 && i + 1 < v->n)
		i++;
	w->look.has_picked = true;
	w->look.picked = v->connections[i].sum.id;
}

static void pick_end(struct watch *w, bool last)
{
	w->look.has_picked = w->view.n > 0;
	if (w->view.n)
		w->look.picked =
			w->view.connections[last ? w->view.n - 1 : 0].sum.id;
}

static void press(struct watch *w, int key)
{
	struct live_page_options *look = &w->look;

	switch (key) {
	case LIVE_KEY_UP: pick(w, -1); break;
	case LIVE_KEY_DOWN: pick(w, 1); break;
	case LIVE_KEY_FIRST: pick_end(w, false); break;
	case LIVE_KEY_LAST: pick_end(w, true); break;
	case LIVE_KEY_ENTER:
		if (!look->has_picked)
			pick(w, 0);
		look->details = look->has_picked && !look->details;
		break;
	case LIVE_KEY_BACK:
		look->has_picked = look->has_picked && look->details;
		look->details = look->help = false;
		break;
	case LIVE_KEY_ORDER:
		look->order = (look->order + 1) % LIVE_ORDERS;
		break;
	case LIVE_KEY_PAUSE: look->paused = !look->paused; break;
	case LIVE_KEY_EVENTS: look->events = !look->events; break;
	case LIVE_KEY_HELP: look->help = !look->help; break;
	case LIVE_KEY_QUIT: stop(w); break;
	default:
		if (key >= LIVE_KEY_BY)
			look->order = (enum live_order)(key - LIVE_KEY_BY);
		break;
	}
}

static void take_keys(struct watch *w)
{
	struct pollfd terminal = { live_screen_fd(w->screen), POLLIN, 0 };
	bool changed = false;
	int key = 0;

	while ((key = live_screen_key(w->screen)) != LIVE_KEY_NONE) {
		press(w, key);
		changed = true;
	}
	if (poll(&terminal, 1, 0) > 0 && terminal.revents & (POLLHUP | POLLERR))
		w->is_done = w->quits = true;
	else if (changed && !w->quits)
		draw(w);
}

/* Wait for packets, keys, a signal, or the next due time. */
static void wait_for_any(struct watch *w, bool source)
{
	struct pollfd fds[] = {
		{ live_screen_fd(w->screen), POLLIN, 0 },
		{ source ? live_source_fd(w->source) : -1, POLLIN, 0 },
	};
	const int64_t left = w->look_at - monotonic_ns();

	poll(fds, 2,
	     !source	? WAIT_MS
	     : left > 0 ? (int)(left / 1000000) + 1
			: 0);
}

/* Process some packets, or wait. */
static void read_some(struct watch *w)
{
	const int64_t until = w->screen ? 0 : w->look_at;
	const struct row *row = NULL;
	struct error err = ERROR_INIT;

	for (int i = 0; i < BATCH && !w->is_done; i++) {
		switch (live_source_next(w->source, &row, until, &err)) {
		case LIVE_ROW:
			w->is_idle = false;
			take(w, row);
			continue;
		case LIVE_TIME:
			w->is_idle = true;
			if (w->screen)
				wait_for_any(w, true);
			return;
		case LIVE_END:
			w->is_done = true;
			w->look.ended = !w->quits;
			return;
		case LIVE_FAILED: fail(w, &err); return;
		}
	}
}

/* ---- one that comes at its own pace, or a screen ---- */

static int64_t next_time(int64_t at, int64_t interval, int64_t now)
{
	at += interval;
	return at > now ? at : now + interval;
}

static void look_at_clock(struct watch *w)
{
	const int64_t now = monotonic_ns();
	const int64_t interval = w->options->interval;

	if (now < w->look_at)
		return;
	live_source_counts(w->source, &w->counts);
	/* What came just now is from before this look. */
	if (w->counts.waiting && w->counts.waiting < BATCH) {
		read_some(w);
		live_source_counts(w->source, &w->counts);
	}
	if (!w->counts.waiting)
		live_clock_note(&w->clock, w->counts.last_time);
	take_warnings(w);
	w->look_at = next_time(w->look_at,
			       interval < second ? interval : second, now);
	if (sampling_look(&w->sampling, &w->counts, now))
		live_sample(w->live, w->sampling.of);
	if (is_by_packets(w))
		return;
	if (w->clock.latest)
		live_look(w->live, now_of(w));
	if (now < w->refresh_at || w->quits)
		return;
	w->refresh_at = next_time(w->refresh_at, interval, now);
	refresh_shown(w, LIVE_REFRESH, now_of(w), now);
	count_refresh(w);
}

/* ---- the loop ---- */

static void watch(struct watch *w)
{
	w->look_at = w->refresh_at = monotonic_ns() + w->options->interval;
	if (w->screen)
		refresh_shown(w, LIVE_REFRESH, 0, monotonic_ns());
	if (w->options->interval > second)
		w->look_at = monotonic_ns() + second;
	while (!w->is_done) {
		if (stop_asked() && !w->quits)
			stop(w);
		read_some(w);
		look_at_clock(w);
		if (w->screen)
			take_keys(w);
	}
}

/* Everything was read: show the final values. */
static void finish(struct watch *w)
{
	live_source_counts(w->source, &w->counts);
	if (!w->counts.waiting)
		live_clock_note(&w->clock, w->counts.last_time);
	if (w->clock.latest)
		live_look_at_all(w->live, w->clock.latest);
	live_end(w->live);
	take_warnings(w);
	if (w->has_failed && w->failed.kind == EXIT_SYSTEM)
		return;
	w->look.paused = false;
	if (w->options->json || !w->quits || !w->screen)
		refresh_shown(w, LIVE_FINAL, w->clock.latest,
			      is_by_packets(w) ? w->clock.latest
					       : monotonic_ns());
}

/* The source has ended; on a screen the user decides when to quit. */
static void wait_for_quit(struct watch *w)
{
	while (!w->quits && !stop_asked()) {
		wait_for_any(w, false);
		take_keys(w);
	}
}

/* Print one line after the screen is closed. */
static void print_summary(struct watch *w)
{
	struct live_totals t;
	struct strbuf text = STRBUF_INIT;

	live_totals(w->live, &t);
	strbuf_puts(&text, live_source_name(w->source));
	strbuf_puts(&text, ": ");
	human_duration(&text, w->first ? w->clock.latest - w->first : 0);
	strbuf_printf(&text,
		      ", %" PRIu64 " packet%s, %" PRIu64
		      " Multipath TCP connection%s, ",
		      w->counts.packets, plural(w->counts.packets),
		      t.connections, plural(t.connections));
	human_bytes(&text, t.bytes);
	strbuf_puts(&text, " of payload");
	if (w->counts.has_dropped)
		strbuf_printf(&text, ", %" PRIu64 " packet%s dropped",
			      w->counts.dropped, plural(w->counts.dropped));
	if (t.left_out)
		strbuf_printf(&text, ", %" PRIu64 " connection%s left out",
			      t.left_out, plural(t.left_out));
	text_make_plain(text.text);
	puts(text.text);
	strbuf_release(&text);
}

static void open_screen(struct watch *w)
{
	struct terminal terminal;
	char *why = NULL;

	if (!w->options->lines && !w->options->json)
		w->screen = live_screen_open(&why);
	if (why)
		warnx("%s", why);
	free(why);
	terminal_look(&terminal, STDOUT_FILENO);
	w->look = (struct live_page_options){
		.width = terminal.columns,
		.ascii = !terminal.utf8,
		.keys = w->screen != NULL,
		.source = live_source_name(w->source),
		.events = true,
	};
}

static enum exit_status end(struct watch *w)
{
	enum exit_status status = EXIT_OK;
	const bool has_terminal = stop_asked() != SIGHUP;

	live_screen_close(w->screen);
	if (w->look.warning)
		warnx("%s", w->look.warning);
	if (!w->options->json && has_terminal &&
	    !(w->has_failed && w->failed.kind == EXIT_SYSTEM))
		print_summary(w);
	live_free(w->live);
	live_source_close(w->source);
	live_view_release(&w->view);
	live_page_release(&w->page);
	free(w->look.warning);
	if (has_terminal)
		status = cli_flush(status);
	return w->has_failed ? cli_error(status, &w->failed) : status;
}

enum exit_status watching_run(const struct watching *options,
			      const struct live_source_options *source)
{
	struct error err = ERROR_INIT;
	struct watch w = { .options = options, .sampling = SAMPLING_INIT };
	const struct live_options model = {
		.keep = options->keep,
		.second = options->interval,
		.threads = options->threads,
		.captured_at = options->captured_at,
		.event = tell_event,
		.gone = tell_gone,
		.ctx = &w,
	};

	w.source = live_source_open(source, &err);
	if (!w.source)
		return cli_error(EXIT_OK, &err);
	stop_install();
	w.live = live_new(&model);
	live_source_counts(w.source, &w.counts);
	fill_moment(&w, LIVE_REFRESH, 0, 0);
	live_view_init(&w.view, &w.moment);
	live_print_init(&w.print, live_source_name(w.source));
	open_screen(&w);
	watch(&w);
	finish(&w);
	if (w.screen && !w.quits)
		wait_for_quit(&w);
	return end(&w);
}
