/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary_sentences.h - what mptcp-summary says in sentences, on stdout.
 *
 * For summary_text.h.  Each is a line, or nothing where there is nothing to
 * say; long lines are wrapped.
 */
#ifndef OUTPUT_SUMMARY_SENTENCES_H
#define OUTPUT_SUMMARY_SENTENCES_H

#include <stdbool.h>

#include "output/summary_rows.h"

/* Heads; "several": captures, whose paths stand before them. */
void say_connection(const struct summary_row *row, bool several);
void say_stream(const struct summary_row *row, bool several);

void say_direction(const struct summary_row *row);

/* Below the table of a direction. */
void say_twice(const struct direction_summary *direction);
void say_order(const struct direction_summary *direction);
void say_limit(const struct summary_row *row);
void say_waits(const struct summary_row *row);

/* Packets of the direction that were altered on the way, and copies that the
   network delivered. */
void say_harm(uint64_t altered, uint64_t duplicated);

#endif
