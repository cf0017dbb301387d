/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live_screen.h - show a page on the full terminal and read keys; the part of
 * mptcp-live that needs ncurses.
 *
 *	struct live_screen *screen = live_screen_open(&why);
 *	while (...) {
 *		live_screen_show(screen, &page);
 *		switch (live_screen_key(screen)) ...
 *	}
 *	live_screen_close(screen);
 *
 * Keys are read from standard input if it is a terminal, else from the
 * controlling terminal.
 */
#ifndef CLI_LIVE_SCREEN_H
#define CLI_LIVE_SCREEN_H

#include "output/live_page.h"

enum live_key {
	LIVE_KEY_NONE, /* no key is waiting */
	LIVE_KEY_OTHER,
	LIVE_KEY_RESIZED, /* the size of the terminal has changed */
	LIVE_KEY_UP,
	LIVE_KEY_DOWN,
	LIVE_KEY_FIRST,
	LIVE_KEY_LAST,
	LIVE_KEY_ENTER,
	LIVE_KEY_BACK,
	LIVE_KEY_ORDER, /* next sort order */
	LIVE_KEY_PAUSE,
	LIVE_KEY_EVENTS,
	LIVE_KEY_HELP,
	LIVE_KEY_QUIT,
	LIVE_KEY_BY /* + enum live_order */
};

struct live_screen;

/*
 * Take over the terminal of standard output.  NULL: there is none, or it lacks
 * the capabilities; *why is then NULL or a message.
 */
struct live_screen *live_screen_open(char **why);

/*
 * A descriptor for poll(): POLLIN when keys are waiting, POLLHUP when the
 * terminal is gone.
 */
int live_screen_fd(const struct live_screen *s);

void live_screen_size(const struct live_screen *s, int *width, int *height);

void live_screen_show(struct live_screen *s, const struct live_page *page);

/* The next key; does not wait. */
int live_screen_key(struct live_screen *s);

/* Restore the terminal.  NULL is allowed. */
void live_screen_close(struct live_screen *s);

#endif
