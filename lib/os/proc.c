/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/cleanup.h"
#include "os/monotonic.h"

enum {
	PIPE_BYTES = 1 << 20, /* asked for; the kernel may give less */
	NAP = 2, /* ms; in this time a child writes less than the pipe holds */
	MUCH = 1 << 18, /* bytes: if so many were read, more will follow soon */
	LITTLE = 1 << 15,	/* bytes: too few to wake up for */
	ERRORS_KEPT = 16 * 1024 /* bytes of stderr, enough for any message */
};

/* Global: applies to each child that is started. */
static unsigned limit;

void proc_set_limit(unsigned seconds)
{
	limit = seconds;
}

unsigned proc_limit(void)
{
	return limit;
}

/* The timeout for poll(): milliseconds until the deadline, -1: none. */
static int patience(const struct proc *p)
{
	int64_t left = p->deadline ? p->deadline - monotonic_ns() : 0;

	if (!p->deadline)
		return -1;
	if (left <= 0)
		return 0;
	return left > (int64_t)INT_MAX * 1000000 ? INT_MAX
						 : (int)(left / 1000000) + 1;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int spawn(struct proc *p, char *const argv[], char *const envp[],
		 int stdin_fd, int out, int err_fd)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t saved, defaults;
	pid_t pid = 0;
	int rc = 0;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attr);
	if (stdin_fd >= 0)
		posix_spawn_file_actions_adddup2(&actions, stdin_fd, 0);
	else
		posix_spawn_file_actions_addopen(&actions, 0, "/dev/null",
						 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, 1);
	posix_spawn_file_actions_adddup2(&actions, err_fd, 2);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE);
	posix_spawnattr_setsigdefault(&attr, &defaults);
	cleanup_hold(&saved);
	posix_spawnattr_setsigmask(&attr, &saved);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF |
						POSIX_SPAWN_SETPGROUP);
	rc = posix_spawnp(&pid, argv[0], &actions, &attr, argv, envp);
	if (rc == 0) {
		p->pid = pid;
		cleanup_add_pid(pid);
	}
	cleanup_unhold(&saved);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static int start(struct proc *p, char *const argv[], char *const envp[],
		 int stdin_fd, int file, struct error *err)
{
	int out[2] = { -1, -1 }, errors[2] = { -1, -1 };
	int rc = -1, failed = 0;

	*p = (struct proc){ .out = -1, .err = -1 };
	strbuf_init(&p->errors);
	if ((file < 0 && pipe2(out, O_CLOEXEC) < 0) ||
	    pipe2(errors, O_CLOEXEC) < 0) {
		error_set_errno(err, EXIT_SYSTEM, errno, "cannot make a pipe");
		goto out;
	}
	if (file < 0)
		(void)fcntl(out[0], F_SETPIPE_SZ, PIPE_BYTES);
	failed = spawn(p, argv, envp, stdin_fd, file < 0 ? out[1] : file,
		       errors[1]);
	if (failed) {
		error_set_errno(err, EXIT_SYSTEM, failed, "cannot run '%s'",
				argv[0]);
		goto out;
	}
	if (limit)
		p->deadline = monotonic_ns() + (int64_t)limit * 1000000000;
	p->out = out[0];
	p->err = errors[0];
	out[0] = errors[0] = -1;
	rc = 0;
out:
	for (int i = 0; i < 2; i++) {
		close_fd(&out[i]);
		close_fd(&errors[i]);
	}
	return rc;
}

int proc_start(struct proc *p, char *const argv[], char *const envp[],
	       int stdin_fd, struct error *err)
{
	return start(p, argv, envp, stdin_fd, -1, err);
}

int proc_start_to_file(struct proc *p, char *const argv[], char *const envp[],
		       int stdin_fd, int file, struct error *err)
{
	return start(p, argv, envp, stdin_fd, file, err);
}

void proc_take_errors(struct proc *p)
{
	char buf[4096];
	ssize_t n = read(p->err, buf, sizeof(buf));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		close_fd(&p->err);
		return;
	}
	strbuf_append(&p->errors, buf, (size_t)n);
	if (p->errors.len > 2 * ERRORS_KEPT) {
		size_t drop = p->errors.len - ERRORS_KEPT;

		memmove(p->errors.text, p->errors.text + drop, ERRORS_KEPT + 1);
		p->errors.len = ERRORS_KEPT;
	}
}

static int cannot_wait(struct error *err)
{
	return error_set_errno(err, EXIT_SYSTEM, errno,
			       "cannot wait for a child process");
}

static int too_late(struct proc *p, struct error *err)
{
	p->late = true;
	return error_set(err, EXIT_TSHARK, "tshark ran longer than --timeout");
}

ssize_t proc_read(struct proc *p, char *buf, size_t n, struct error *err)
{
	for (;;) {
		struct pollfd fds[2] = { { .fd = p->out, .events = POLLIN },
					 { .fd = p->err, .events = POLLIN } };
		ssize_t got = 0;

		int ready = poll(fds, 2, patience(p));

		if (ready < 0) {
			if (errno == EINTR)
				continue;
			return cannot_wait(err);
		}
		if (ready == 0)
			return too_late(p, err);
		if (fds[1].revents)
			proc_take_errors(p);
		if (!fds[0].revents)
			continue;
		got = read(p->out, buf, n);
		if (got >= 0)
			return got;
		if (errno != EINTR)
			return error_set_errno(
				err, EXIT_SYSTEM, errno,
				"cannot read from a child process");
	}
}

void proc_lines_init(struct proc_lines *l, size_t size)
{
	*l = (struct proc_lines){ .buf = mem_calloc(size, 1), .size = size };
}

void proc_lines_release(struct proc_lines *l)
{
	free(l->buf);
	*l = (struct proc_lines){ .buf = NULL };
}

/*
 * Wait a moment so that more data comes at once: waking up takes time from the
 * child, too.
 */
static void nap(void)
{
	const struct timespec t = { .tv_nsec = NAP * 1000000 };

	nanosleep(&t, NULL);
}

int proc_lines_each(struct proc *p, struct proc_lines *l, proc_line_fn *fn,
		    void *ctx, struct error *err)
{
	for (;;) {
		char *line = l->buf, *end = NULL, *newline = NULL;
		ssize_t n =
			proc_read(p, l->buf + l->have, l->size - l->have, err);

		if (n <= 0)
			return (int)n;
		end = l->buf + l->have + n;
		/* What was there before contains no newline. */
		newline = memchr(l->buf + l->have, '\n', (size_t)n);
		while (newline) {
			if (fn(ctx, line, (size_t)(newline - line), err) < 0)
				return -1;
			line = newline + 1;
			newline = memchr(line, '\n', (size_t)(end - line));
		}
		l->have = (size_t)(end - line);
		if (l->have == l->size)
			return fn(ctx, line, l->size, err) | -1;
		memmove(l->buf, line, l->have);
		l->total += (size_t)n;
		if (l->total > MUCH && n < LITTLE)
			nap();
	}
}

unsigned proc_processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

void proc_finish(struct proc *p, struct proc_status *status)
{
	int raw = 0;
	pid_t reaped = 0;

	close_fd(&p->out);
	while (p->err >= 0) {
		struct pollfd fd = { .fd = p->err, .events = POLLIN };
		int ready = poll(&fd, 1, patience(p));

		if (ready > 0)
			proc_take_errors(p);
		else if (ready == 0)
			break;
	}
	while (p->deadline && (reaped = waitpid(p->pid, &raw, WNOHANG)) == 0) {
		const struct timespec little = { .tv_nsec = 10000000 };

		if (patience(p) == 0) {
			p->late = true;
			kill(-p->pid, SIGKILL);
			break;
		}
		nanosleep(&little, NULL);
	}
	close_fd(&p->err);
	while (reaped <= 0 && waitpid(p->pid, &raw, 0) < 0 && errno == EINTR)
		;
	cleanup_drop_pid(p->pid);
	p->pid = 0;
	status->exited = WIFEXITED(raw);
	status->code = WIFEXITED(raw) ? WEXITSTATUS(raw) : WTERMSIG(raw);
}

void proc_kill(struct proc *p)
{
	struct proc_status status;

	if (!p->pid)
		return;
	kill(-p->pid, SIGKILL);
	proc_finish(p, &status);
}

void proc_release(struct proc *p)
{
	proc_kill(p);
	close_fd(&p->out);
	close_fd(&p->err);
	strbuf_release(&p->errors);
}
