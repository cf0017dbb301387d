/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary_getters.h - what the files of the rows of mptcp-summary share; not
 * for others.
 *
 * CLASS_COLUMNS(prefix) are the columns of byte classes, whose
 * getters COUNT_GETTERS(prefix, level) makes.
 */
#ifndef OUTPUT_SUMMARY_GETTERS_H
#define OUTPUT_SUMMARY_GETTERS_H

#include "output/define_columns.h"
#include "output/summary_rows.h"

#define ROW struct summary_row

#define COUNT_GETTER(name, level, expression)                                  \
	VALUE_GETTER(name, value_u64(out, r->level->counts->expression))

#define COUNT_GETTERS(prefix, level)                                           \
	COUNT_GETTER(prefix##_sent, level, sent)                               \
	COUNT_GETTER(prefix##_data_packets, level, packets)                    \
	COUNT_GETTER(prefix##_unmapped, level, of[BYTES_UNMAPPED])             \
	COUNT_GETTER(prefix##_retransmitted, level,                            \
		     of[BYTES_TCP_RETRANSMITTED])                              \
	COUNT_GETTER(prefix##_repeated, level, of[BYTES_MPTCP_REPEATED])       \
	COUNT_GETTER(prefix##_reinjected, level, of[BYTES_REINJECTED])         \
	COUNT_GETTER(prefix##_new_packets, level, packets_of[BYTES_UNIQUE])    \
	COUNT_GETTER(prefix##_unmapped_packets, level,                         \
		     packets_of[BYTES_UNMAPPED])                               \
	COUNT_GETTER(prefix##_retransmitted_packets, level,                    \
		     packets_of[BYTES_TCP_RETRANSMITTED])                      \
	COUNT_GETTER(prefix##_repeated_packets, level,                         \
		     packets_of[BYTES_MPTCP_REPEATED])                         \
	COUNT_GETTER(prefix##_reinjected_packets, level,                       \
		     packets_of[BYTES_REINJECTED])

/* clang-format off */

#define CLASS_COLUMNS(prefix) \
	COLUMN("tcp_retransmitted_bytes", "RETRANS", \
	       "tcp_retransmitted_bytes", BYTES, COLUMN_TABLE, \
	       "bytes whose subflow sequence numbers were seen before on " \
	       "the subflow", prefix##_retransmitted), \
	COLUMN("mptcp_repeated_bytes", "REPEATED", "mptcp_repeated_bytes", \
	       BYTES, COLUMN_TABLE, \
	       "data that was seen before on the same subflow, under other " \
	       "subflow sequence numbers", prefix##_repeated), \
	COLUMN("reinjected_bytes", "REINJ", "reinjected_bytes", BYTES, \
	       COLUMN_TABLE, "data that was seen before on another subflow", \
	       prefix##_reinjected), \
	SAME("unmapped_bytes", BYTES, \
	     "new bytes of the subflow for which no mapping is known", \
	     prefix##_unmapped), \
	SAME("data_packets", COUNT, "packets with payload", \
	     prefix##_data_packets), \
	SAME("new_data_packets", COUNT, \
	     "packets with at least one unique byte", prefix##_new_packets), \
	SAME("tcp_retransmitted_packets", COUNT, \
	     "packets with at least one TCP-retransmitted byte", \
	     prefix##_retransmitted_packets), \
	SAME("mptcp_repeated_packets", COUNT, \
	     "packets with at least one MPTCP-repeated byte", \
	     prefix##_repeated_packets), \
	SAME("reinjected_packets", COUNT, \
	     "packets with at least one reinjected byte", \
	     prefix##_reinjected_packets), \
	SAME("unmapped_packets", COUNT, \
	     "packets with at least one unmapped byte", \
	     prefix##_unmapped_packets)

#define DUPLICATED_COLUMNS(prefix) \
	SAME("duplicated_packets", COUNT, \
	     "copies that the network made of packets", prefix##_duplicated), \
	SAME("duplicated_bytes", BYTES, \
	     "payload of those copies, no part of sent_bytes", \
	     prefix##_duplicated_bytes)

/* clang-format on */

/* Set a value; nothing where the period is not known. */
void set_period(struct value *out, const struct period *p);
void set_throughput(struct value *out, uint64_t bytes, const struct period *p);
void set_holes(struct value *out, const struct coverage *c);

#endif
