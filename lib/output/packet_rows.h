/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packet_rows.h - what the model knows about a packet, as columns of
 * mptcp-export.
 *
 * Raw columns come from field.h.  A struct packet_row owns nothing.
 */
#ifndef OUTPUT_PACKET_ROWS_H
#define OUTPUT_PACKET_ROWS_H

#include "model/ledgers.h"
#include "model/tcpopt.h"
#include "output/column.h"
#include "output/getters.h"

struct packet_row {
	struct listing_row listing; /* connection (or NULL) and stream */
	size_t packet;		    /* in trace.packets */
	struct ledger_entry entry;
	struct tcp_options options;
	const struct mptcp_option *dss; /* the DSS option, or NULL */
};

/* Fill a row for a packet of the ledgers' trace. */
void packet_row_fill(struct packet_row *row, const struct ledgers *ledgers,
		     size_t packet);

extern const struct row_type packet_row_type;

#endif
