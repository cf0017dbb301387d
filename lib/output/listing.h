/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listing.h - rows for connections, subflows and TCP streams.
 *
 * The rows borrow from a struct trace, which must outlive them.  Directions of
 * connections and subflows are by MPTCP role, those of TCP streams by TCP
 * role, as in conn.h; so are the client and server of a subflow's address
 * columns, while its composite columns "client" and "server" put each end
 * under the MPTCP role of its host.
 */
#ifndef OUTPUT_LISTING_H
#define OUTPUT_LISTING_H

#include "output/column.h"
#include "output/getters.h"

extern const struct row_type listing_connection;
extern const struct row_type listing_subflow;
extern const struct row_type listing_tcp_stream;

#endif
