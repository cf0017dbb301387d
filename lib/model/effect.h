/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effect.h - does an option take effect on the host that gets it?
 *
 * RFC 8684 (and 6824) make a receiver ignore an option that has a flaw.  This
 * is the one place that decides it: the states, ends, events, counters and
 * verdicts all ask here.  An option without effect is still seen: the rules of
 * mptcp-check name it.
 *
 *	if (effect_flaw(conn, from, &option, flags) == FLAW_NONE)
 *		... it counts, as far as the capture tells ...
 *
 * Where the keys are not known a wrong HMAC or key cannot be told, and the
 * option counts.  Pure functions; nothing is owned.
 */
#ifndef MODEL_EFFECT_H
#define MODEL_EFFECT_H

#include <stdbool.h>

#include "model/conn.h"
#include "model/tcpopt.h"

enum flaw {
	FLAW_NONE,
	FLAW_CAPABLE_B,		/* flag B is set: 3.1 */
	FLAW_CAPABLE_NO_HMAC,	/* flag H is not set: 3.1 */
	FLAW_CAPABLE_VERSION,	/* SYN/ACK: not the version of the SYN: 3.1 */
	FLAW_ADD_ADDR_HMAC,	/* wrong, or none in version 1: 3.4.1 */
	FLAW_PRIO_LENGTH,	/* an address id in version 1: 3.3.8 */
	FLAW_DATA_FIN_UNMAPPED, /* without a mapping: 3.3.3 */
	FLAW_FASTCLOSE_KEY,	/* not the receiver's: 3.5 */
	FLAW_TCPRST_NO_RST,	/* MP_TCPRST in a packet that is no RST: 3.6 */
	FLAWS
};

/* What is wrong, to stand behind "has": "flag B, which has to be 0". */
const char *flaw_text(enum flaw flaw);

/*
 * The flaw that an option has by itself, in a packet with these TCP flags and
 * of a connection of that version (-1: not known).
 */
enum flaw effect_option_flaw(const struct mptcp_option *option, unsigned flags,
			     int version);

/* The same with the keys of its connection; "from": 0 client, 1 server. */
enum flaw effect_flaw(const struct connection *conn, int from,
		      const struct mptcp_option *option, unsigned flags);

/*
 * May the receiver of a packet without payload take it, by its sequence number
 * (RFC 9293 3.10.7.4)?  "acked": the last acknowledgment number that it had
 * sent before.  What lies below was taken before, and is thrown away.
 */
bool effect_is_in_window(uint32_t seq, uint32_t acked);

#endif
