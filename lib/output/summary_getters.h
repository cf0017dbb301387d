/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary_getters.h - getters shared by the files that define the rows of
 * mptcp-summary.
 */
#ifndef OUTPUT_SUMMARY_GETTERS_H
#define OUTPUT_SUMMARY_GETTERS_H

#include "output/class_columns.h"
#include "output/summary_rows.h"

#define ROW struct summary_row

/* clang-format off */

#define DUPLICATED_COLUMNS(prefix) \
	SAME("duplicated_packets", COUNT, \
	     "copies that the network made of packets", prefix##_duplicated), \
	SAME("duplicated_bytes", BYTES, \
	     "payload of those copies, no part of sent_bytes", \
	     prefix##_duplicated_bytes)

/* clang-format on */

/*
 * The direction, or subflow, according to the capture at the sender, or at the
 * receiver; NULL: there is none.
 */
const struct direction_summary *at_sender(const struct summary_row *r);
const struct direction_summary *at_receiver(const struct summary_row *r);
const struct subflow_summary *flow_at_sender(const struct summary_row *r);
const struct subflow_summary *flow_at_receiver(const struct summary_row *r);

/* Set a value; leave it unknown if the period is unknown. */
void set_period(struct value *out, const struct period *p);
void set_throughput(struct value *out, uint64_t bytes, const struct period *p);
void set_holes(struct value *out, const struct coverage *c);

#endif
