/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live_page.h - the page of mptcp-live: the content of a live_view.h as lines
 * of text that fit a terminal.
 *
 *	struct live_page page = { .n = 0 };
 *	live_page_make(&page, &view, &options);
 *	for (size_t i = 0; i < page.n; i++)
 *		puts(page.lines[i].text.text);
 *	live_page_release(&page);
 *
 * If there is little room, columns and words are omitted, the least important
 * first; no line is wrapped and no number is cut.
 */
#ifndef OUTPUT_LIVE_PAGE_H
#define OUTPUT_LIVE_PAGE_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "output/live_view.h"

/* How a character looks. */
enum live_style {
	LIVE_PLAIN = ' ',
	LIVE_BOLD = 'b',
	LIVE_DIM = 'd',
	LIVE_HEADING = 'h', /* heading of a table */
	LIVE_PICKED = 'p',  /* the selected connection; combined with others */
	LIVE_BAD = 'r',	    /* stalled, dropped, ... */
	LIVE_NOTE = 'y'	    /* backup, paused, ... */
};

struct page_line {
	struct strbuf text; /* UTF-8, each character one column wide */
	/* one letter (enum live_style) for each character */
	struct strbuf styles;
};

struct live_page {
	struct page_line *lines;
	size_t n, cap;
	int width; /* 0: unlimited */
};

struct live_page_options {
	int width, height; /* of the terminal; 0: unlimited */
	bool ascii;	   /* use ASCII characters only */
	bool keys;	   /* keys are available; the last line explains them */
	const char *source; /* "eth0, wlan0" */
	enum live_order order;
	bool has_picked, details;
	uint64_t picked; /* connection */
	bool paused, ended, help;
	bool events;   /* show events below */
	char *warning; /* the latest warning; or NULL; owned by the caller */
	/* show events from this number on (live_view.n_events) */
	uint64_t events_from;
};

/* Replaces the previous content of the page. */
void live_page_make(struct live_page *page, const struct live_view *view,
		    const struct live_page_options *options);

void live_page_release(struct live_page *page);

#endif
