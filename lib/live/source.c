/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/source.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "live/source_state.h"
#include "os/monotonic.h"

enum {
	WARNINGS_MAX = 100 /* not yet fetched */
};

static const int64_t second = 1000000000;

void source_warn(void *ctx, const char *text)
{
	struct live_source *s = ctx;

	pthread_mutex_lock(&s->lock);
	if (s->warnings.n - s->told < WARNINGS_MAX)
		strlist_add(&s->warnings, text);
	pthread_mutex_unlock(&s->lock);
}

/* Signals are handled by the other thread. */
static int start_thread(struct live_source *s, struct error *err)
{
	sigset_t all, saved;
	int rc = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &saved);
	rc = pthread_create(&s->thread, NULL, source_read, s);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
	s->runs = rc == 0;
	return rc == 0 ? 0
		       : error_set_errno(err, EXIT_SYSTEM, rc,
					 "cannot start a thread");
}

static struct live_source *new_source(const struct live_source_options *o)
{
	struct live_source *s = mem_calloc(1, sizeof(*s));

	s->follow = o->follow;
	s->fd = s->keep.fd = s->ring.fd = -1;
	s->dumpcap.out = s->dumpcap.err = -1;
	strbuf_init(&s->dumpcap.errors);
	s->forget_at = SOURCE_PAIRS;
	s->counts.is_paced = true;
	pthread_mutex_init(&s->lock, NULL);
	numbering_init(&s->numbering, o->numbering);
	s->feed = (struct feed){ .fd = -1,
				 .wake = -1,
				 .follow = o->follow,
				 .last = &s->now.last_time,
				 .keep = &s->keep,
				 .idle = source_tell,
				 .warn = source_warn,
				 .ctx = s };
	return s;
}

struct live_source *live_source_open(const struct live_source_options *o,
				     struct error *err)
{
	struct live_source *s = new_source(o);
	int rc = 0;

	s->feed.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->feed.wake < 0 || queue_init(&s->queue) < 0)
		rc = error_set_errno(err, EXIT_SYSTEM, errno,
				     "cannot wait for packets");
	if (rc == 0)
		rc = o->interfaces.n ? source_open_interfaces(s, o, err)
				     : source_open_path(s, o, err);
	if (rc == 0 && o->write)
		rc = keep_open(&s->keep, o->write, o->force, s->feed.fd, err);
	if (rc == 0)
		rc = start_thread(s, err);
	if (rc == 0)
		return s;
	live_source_close(s);
	return NULL;
}

/* Wait until then, or until a signal arrives. */
static bool wait_until(const struct live_source *s, int64_t until)
{
	struct pollfd ready = { .fd = s->queue.ready, .events = POLLIN };
	const int64_t left = until - monotonic_ns();
	const struct timespec t = { .tv_sec = left / second,
				    .tv_nsec = left % second };

	return left > 0 && ppoll(&ready, 1, &t, NULL) > 0;
}

enum live_step live_source_next(struct live_source *s, const struct row **row,
				int64_t until, struct error *err)
{
	bool is_late = false;

	while (!(*row = queue_take(&s->queue))) {
		if (queue_has_ended(&s->queue)) {
			if (s->failed.kind == EXIT_OK)
				return LIVE_END;
			*err = s->failed;
			return LIVE_FAILED;
		}
		if (is_late)
			return LIVE_TIME;
		is_late = !wait_until(s, until);
	}
	return LIVE_ROW;
}

int live_source_fd(const struct live_source *s)
{
	return s->queue.ready;
}

void live_source_counts(struct live_source *s, struct live_source_counts *out)
{
	pthread_mutex_lock(&s->lock);
	*out = s->counts;
	pthread_mutex_unlock(&s->lock);
	out->waiting = queue_waiting(&s->queue);
	out->room = QUEUE_ROWS;
}

const char *live_source_name(const struct live_source *s)
{
	return s->name;
}

char *live_source_warning(struct live_source *s)
{
	char *text = NULL;

	pthread_mutex_lock(&s->lock);
	if (s->told < s->warnings.n)
		text = mem_strdup(s->warnings.items[s->told++]);
	if (text && s->told == s->warnings.n) {
		strlist_release(&s->warnings);
		s->told = 0;
	}
	pthread_mutex_unlock(&s->lock);
	return text;
}

void live_source_stop(struct live_source *s)
{
	feed_ask(&s->feed, FEED_STOP);
}

static void end_thread(struct live_source *s)
{
	if (!s->runs)
		return;
	feed_ask(&s->feed, FEED_QUIT);
	queue_close(&s->queue);
	pthread_join(s->thread, NULL);
}

void live_source_close(struct live_source *s)
{
	if (!s)
		return;
	end_thread(s);
	proc_release(&s->dumpcap);
	keep_fail(&s->keep, s->feed.record);
	if (s->fd >= 0)
		close(s->fd);
	if (s->feed.wake >= 0)
		close(s->feed.wake);
	queue_release(&s->queue);
	follow_release(&s->ring);
	numbering_release(&s->numbering);
	capture_info_release(&s->info);
	strlist_release(&s->warnings);
	pthread_mutex_destroy(&s->lock);
	free(s->name);
	free(s->path);
	free(s);
}
