/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/feed.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/monotonic.h"

enum {
	LOOK_EACH = 100 /* ms between checks for more data in a file */
};

static const int64_t millisecond = 1000000;

/* Time for a writer into a pipe to write the rest, and end. */
static const int64_t grace = 200 * (int64_t)1000000;

/* Time for dumpcap to finish its output and report drops. */
static const int64_t grace_dumpcap = 3000 * (int64_t)1000000;

void feed_ask(struct feed *f, enum feed_asked what)
{
	const uint64_t one = 1;
	const int saved = errno; /* of the code that a signal interrupted */

	if (atomic_load(&f->asked) < (int)what)
		atomic_store(&f->asked, (int)what);
	(void)!write(f->wake, &one, sizeof(one));
	errno = saved;
}

static bool is_asked(const struct feed *f, enum feed_asked what)
{
	return atomic_load(&f->asked) >= (int)what;
}

static void begin_to_stop(struct feed *f)
{
	f->is_stopping = true;
	f->deadline = monotonic_ns() + (f->dumpcap ? grace_dumpcap : grace);
	if (f->dumpcap)
		kill(-f->dumpcap->pid, SIGTERM);
}

/* The timeout for poll(); -1: none. */
static int patience(const struct feed *f)
{
	const int64_t left = f->deadline - monotonic_ns();

	if (!f->is_stopping)
		return -1;
	return left <= 0 ? 0 : (int)(left / millisecond) + 1;
}

/* Wait until a pipe can be read or has ended; false: do not wait any longer. */
static bool wait_for(struct feed *f)
{
	bool is_idle = false;

	while (!is_asked(f, FEED_QUIT)) {
		struct pollfd fds[3] = { { .fd = f->fd, .events = POLLIN },
					 { .fd = f->is_stopping ? -1 : f->wake,
					   .events = POLLIN },
					 { .fd = f->dumpcap ? f->dumpcap->err
							    : -1,
					   .events = POLLIN } };
		const int timeout = is_idle ? patience(f) : 0;
		const int ready = poll(fds, 3, timeout);

		if (!f->is_stopping && is_asked(f, FEED_STOP)) {
			begin_to_stop(f);
			continue;
		}
		if (ready > 0 && fds[2].revents)
			proc_take_errors(f->dumpcap);
		if (f->is_stopping && patience(f) == 0)
			return false;
		if (ready > 0 && fds[0].revents)
			return true;
		if (ready == 0 && !is_idle) {
			f->idle(f->ctx);
			is_idle = true;
		}
	}
	return false;
}

static size_t read_pipe(struct feed *f, uint8_t *to, size_t n)
{
	while (wait_for(f)) {
		const ssize_t got = read(f->fd, to, n);

		if (got >= 0)
			return (size_t)got;
		if (errno == EAGAIN || errno == EINTR)
			continue;
		f->failed = errno;
		break;
	}
	return 0;
}

/* Handle the end of a growing file; false: do not wait for more. */
static bool wait_for_more(struct feed *f)
{
	struct pollfd wake = { .fd = f->wake, .events = POLLIN };

	f->caught_up = true;
	if (f->is_stopping || f->has_next)
		return false;
	f->idle(f->ctx);
	f->has_next = f->ring && follow_look(f->ring, f->at, *f->last);
	if (!f->has_next)
		poll(&wake, 1, LOOK_EACH);
	return true;
}

/*
 * On stopping, a reader that had caught up still reads what was written by
 * then; one that had not does not read the rest.
 */
static bool goes_on(struct feed *f)
{
	struct stat st;

	if (!is_asked(f, FEED_STOP))
		return true;
	if (!f->is_stopping && f->caught_up && fstat(f->fd, &st) == 0)
		f->upto = (uint64_t)st.st_size;
	f->is_stopping = true;
	return f->at < f->upto;
}

static size_t read_file(struct feed *f, uint8_t *to, size_t n)
{
	while (goes_on(f)) {
		const ssize_t got = read(f->fd, to, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			f->failed = errno;
		if (got > 0)
			f->at += (uint64_t)got;
		if (got > 0)
			return (size_t)got;
		if (f->failed || !f->follow || !wait_for_more(f))
			break;
	}
	return 0;
}

static void keep_bytes(struct feed *f, const uint8_t *bytes, size_t n)
{
	struct error err = ERROR_INIT;

	if (!f->keep || f->keep->fd < 0 ||
	    keep_write(f->keep, bytes, n, &err) == 0)
		return;
	keep_fail(f->keep, f->record);
	f->warn(f->ctx, err.text);
}

size_t feed_read(void *ctx, uint8_t *to, size_t n)
{
	struct feed *f = ctx;
	size_t got = 0;

	if (is_asked(f, FEED_QUIT))
		return 0;
	got = f->is_regular ? read_file(f, to, n) : read_pipe(f, to, n);
	keep_bytes(f, to, got);
	return got;
}
