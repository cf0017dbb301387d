/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/cleanup.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SLOTS = 64
};

static const int fatal_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };

/* Global, since a signal handler has no other access. */
static volatile pid_t pids[SLOTS];
static const char *volatile paths[SLOTS];
static volatile int held; /* threads between cleanup_hold() and _unhold() */

static void run(void)
{
	for (int i = 0; i < SLOTS; i++) {
		if (pids[i] > 0)
			kill(-pids[i], SIGKILL); /* its group */
		if (paths[i])
			unlink(paths[i]);
		pids[i] = 0;
		paths[i] = NULL;
	}
}

/*
 * A thread between cleanup_hold() and _unhold() has signals blocked, so it
 * continues while another thread, which got the signal, waits here until it
 * has registered its child or file.
 */
static void on_signal(int sig)
{
	while (__atomic_load_n(&held, __ATOMIC_ACQUIRE))
		sched_yield();
	run();
	signal(sig, SIG_DFL);
	raise(sig);
}

void cleanup_install(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(int); i++) {
		struct sigaction old;

		/*
		 * A signal that the parent process ignores (nohup(1)) stays
		 * ignored.
		 */
		if (sigaction(fatal_signals[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN && fatal_signals[i] != SIGPIPE)
			continue;
		sigaction(fatal_signals[i], &sa, NULL);
	}
	atexit(run);
}

void cleanup_hold(sigset_t *saved)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(fatal_signals) / sizeof(int); i++)
		sigaddset(&set, fatal_signals[i]);
	pthread_sigmask(SIG_BLOCK, &set, saved);
	__atomic_add_fetch(&held, 1, __ATOMIC_ACQ_REL);
}

void cleanup_unhold(const sigset_t *saved)
{
	__atomic_sub_fetch(&held, 1, __ATOMIC_ACQ_REL);
	pthread_sigmask(SIG_SETMASK, saved, NULL);
}

static void swap_pid(pid_t from, pid_t to)
{
	for (int i = 0; i < SLOTS; i++) {
		pid_t old = from;

		if (__atomic_compare_exchange_n(&pids[i], &old, to, 0,
						__ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED))
			return;
	}
}

static void swap_path(const char *from, const char *to)
{
	for (int i = 0; i < SLOTS; i++) {
		const char *old = from;

		if (__atomic_compare_exchange_n(&paths[i], &old, to, 0,
						__ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED))
			return;
	}
}

void cleanup_add_pid(pid_t pid)
{
	swap_pid(0, pid);
}

void cleanup_drop_pid(pid_t pid)
{
	swap_pid(pid, 0);
}

void cleanup_add_path(const char *path)
{
	swap_path(NULL, path);
}

void cleanup_drop_path(const char *path)
{
	swap_path(path, NULL);
}
