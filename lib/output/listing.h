/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listing.h - rows for connections, subflows and TCP streams.
 *
 * Rows borrow from a struct trace, which must outlive them.  Directions of
 * connections and subflows are by MPTCP role, those of TCP streams by TCP
 * role, as in conn.h.  The address columns of a subflow are by TCP role, while
 * its combined columns "client" and "server" are by the MPTCP role of the
 * host.
 */
#ifndef OUTPUT_LISTING_H
#define OUTPUT_LISTING_H

#include "output/column.h"
#include "output/getters.h"

extern const struct row_type listing_connection;
extern const struct row_type listing_subflow;
extern const struct row_type listing_tcp_stream;

#endif
