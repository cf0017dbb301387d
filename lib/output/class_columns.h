/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * class_columns.h - columns for the classes of payload bytes (account.h).
 *
 * CLASS_COLUMNS(prefix) lists the columns, COUNT_GETTERS(prefix, level)
 * defines their getters, for rows with a pointer "level" to a struct with a
 * pointer "counts" to struct byte_counts.
 */
#ifndef OUTPUT_CLASS_COLUMNS_H
#define OUTPUT_CLASS_COLUMNS_H

#include "output/define_columns.h"

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

#define CLASS_FLAGS (COLUMN_TABLE | COLUMN_SUM | COLUMN_SPARE)

/* clang-format off */

#define CLASS_COLUMNS(prefix) \
	COLUMN("tcp_retransmitted_bytes", "RETRANS", \
	       "tcp_retransmitted_bytes", BYTES, CLASS_FLAGS, \
	       "bytes whose subflow sequence numbers were seen before on " \
	       "the subflow", prefix##_retransmitted), \
	COLUMN("mptcp_repeated_bytes", "REPEATED", "mptcp_repeated_bytes", \
	       BYTES, CLASS_FLAGS, \
	       "data that was seen before on the same subflow, under other " \
	       "subflow sequence numbers", prefix##_repeated), \
	COLUMN("reinjected_bytes", "REINJ", "reinjected_bytes", BYTES, \
	       CLASS_FLAGS, "data that was seen before on another subflow", \
	       prefix##_reinjected), \
	SAME("unmapped_bytes", BYTES, \
	     "new bytes of the subflow without a known mapping", \
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

/* clang-format on */

#endif
