/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary_sentences.h - what is to be said of connections and their directions,
 * in sentences
 *
 * Each function adds those that there are to "out"; where there is nothing to
 * say it adds none.
 */
#ifndef OUTPUT_SUMMARY_SENTENCES_H
#define OUTPUT_SUMMARY_SENTENCES_H

#include <stdbool.h>

#include "base/strlist.h"
#include "output/summary_rows.h"

/* What the network did to packets of a direction, apart from losing them. */
struct harm {
	uint64_t altered;    /* packets that were altered on the way */
	uint64_t duplicated; /* copies that it delivered */
};

/* Adds what was done to those of the row's subflow. */
void harm_add(struct harm *harm, const struct summary_row *row);

/* The first one names it, after its capture where there are "several". */
void connection_sentences(const struct summary_row *row, bool several,
			  struct strlist *out);
void stream_sentences(const struct summary_row *row, bool several,
		      struct strlist *out);

/* How much data in which time. */
void direction_sentences(const struct summary_row *row, struct strlist *out);

/* Below the table of a direction's subflows: what was sent twice, came out of
   order, limited it, had to wait, was harmed. */
void bytes_sentences(const struct summary_row *row, const struct harm *harm,
		     struct strlist *out);

#endif
