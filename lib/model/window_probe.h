/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * window_probe.h - probes of a closed receive window.
 *
 * When the peer has acknowledged all data and its window has no room, Linux
 * (since 5.11) asks whether that is still so: it sends one byte, in a mapping
 * of its own, one below the DATA_ACK.  The subflow sequence number is the next
 * one, so TCP may hold the packet back until the window opens.  The byte is not
 * the one that was sent with this number, but the next one to be sent: the
 * receiver has the number already, and discards it.
 *
 * A packet is a probe when
 *   - it has one byte of payload, and states a mapping of one byte,
 *   - the window was closed there: the highest DATA_ACK was the number behind it,
 *     no window that was announced ended above that, and no data above it had
 *     been sent,
 *   - its subflow carried nothing else that was new to it since the window
 *     opened: TCP keeps the order, so it was made before.
 * It may be one when no DATA_ACK was captured before it.  What TCP itself sends
 * again is a retransmission, of a probe as well.
 *
 * The byte has a class like every other (account.h): that of its number.
 */
#ifndef MODEL_WINDOW_PROBE_H
#define MODEL_WINDOW_PROBE_H

#include "model/ledger.h"
#include "model/trace.h"

/* Set "probe" of the ledger's pieces, which must be complete. */
void window_probe_mark(const struct trace *trace, const struct connection *conn,
		       struct ledger *ledger);

#endif
