/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/stop.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

enum {
	SIGNALS = sizeof(signals) / sizeof(*signals)
};

/* Global, since a signal handler has no other access. */
static volatile sig_atomic_t asked;
static struct sigaction before[SIGNALS];

static void on_signal(int sig)
{
	if (!asked) {
		asked = sig;
		return;
	}
	for (size_t i = 0; i < SIGNALS; i++)
		if (signals[i] == sig && before[i].sa_handler != SIG_DFL &&
		    before[i].sa_handler != SIG_IGN)
			before[i].sa_handler(sig);
}

void stop_install(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	/* without SA_RESTART: system calls are interrupted */
	sa.sa_handler = on_signal;
	sigfillset(&sa.sa_mask);
	for (size_t i = 0; i < SIGNALS; i++)
		if (sigaction(signals[i], NULL, &before[i]) == 0 &&
		    before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
}

int stop_asked(void)
{
	return asked;
}
