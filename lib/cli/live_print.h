/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * live_print.h - output of mptcp-live without a screen: lines of JSON, or the
 * page (live_page.h) as plain text, printed repeatedly.
 *
 * Lines are written to standard output and flushed.  -1: writing failed.
 */
#ifndef CLI_LIVE_PRINT_H
#define CLI_LIVE_PRINT_H

#include "output/live_rows.h"
#include "output/report.h"

/* Constant values for lines; "path" is that of the source. */
struct live_print {
	const char *path;
	struct live_event_type events;
};

void live_print_init(struct live_print *p, const char *path);

/* Print the row types for --list-columns. */
void live_print_columns(enum report_list list);

/* Print everything at a moment; "only": one connection. */
int live_print_moment(const struct live_print *p,
		      const struct live_moment *moment, struct live *live,
		      const struct live_connection *only, struct error *err)
	__attribute__((warn_unused_result));

int live_print_event(const struct live_print *p, const struct event_row *row,
		     struct error *err) __attribute__((warn_unused_result));

#endif
