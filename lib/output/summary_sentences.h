/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary_sentences.h - the sentences of mptcp-summary about connections and
 * their directions
 *
 * Each function appends the sentences that apply to "out"; there may be none.
 */
#ifndef OUTPUT_SUMMARY_SENTENCES_H
#define OUTPUT_SUMMARY_SENTENCES_H

#include <stdbool.h>

#include "base/strlist.h"
#include "output/summary_rows.h"

/* What the network did to packets of a direction, other than losing them. */
struct harm {
	uint64_t altered;    /* packets changed on the path */
	uint64_t duplicated; /* additional copies delivered */
};

/* Add the packets of the row's subflow. */
void harm_add(struct harm *harm, const struct summary_row *row);

/*
 * The first sentence names the connection or stream, with its capture if there
 * are "several".
 */
void connection_sentences(const struct summary_row *row, bool several,
			  struct strlist *out);
void stream_sentences(const struct summary_row *row, bool several,
		      struct strlist *out);

/* How much data, in which time. */
void direction_sentences(const struct summary_row *row, struct strlist *out);

/*
 * For below the table of subflows: data sent again, reordering, limits,
 * waiting, changes on the path.
 */
void bytes_sentences(const struct summary_row *row, const struct harm *harm,
		     struct strlist *out);

#endif
