/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * effect.h - decide whether an MPTCP option is valid, that is, has an effect
 * on its receiver.
 *
 * RFC 8684 (and 6824) require that a receiver ignores certain invalid options.
 * States, ends, events, counters and verdicts all use this decision.  Options
 * without effect still exist: rules of mptcp-check report them.
 *
 *	if (effect_flaw(conn, from, &option, flags) == FLAW_NONE)
 *		... it is valid, as far as the capture shows ...
 *
 * If the keys are unknown, a wrong HMAC or key cannot be detected, and the
 * option counts as valid.  Pure functions without state.
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
	FLAW_CAPABLE_VERSION,	/* SYN/ACK: version differs from the SYN: 3.1 */
	FLAW_ADD_ADDR_HMAC,	/* wrong, or missing in version 1: 3.4.1 */
	FLAW_PRIO_LENGTH,	/* contains an address id in version 1: 3.3.8 */
	FLAW_DATA_FIN_UNMAPPED, /* no mapping: 3.3.3 */
	FLAW_FASTCLOSE_KEY,	/* not the receiver's: 3.5 */
	FLAW_TCPRST_NO_RST,	/* MP_TCPRST in a packet other than RST: 3.6 */
	FLAWS
};

/* What is wrong, to be used after "has": "flag B, which has to be 0". */
const char *flaw_text(enum flaw flaw);

/*
 * The flaw that an option has by itself, in a packet with these TCP flags, on
 * a connection of this version (-1: unknown).
 */
enum flaw effect_option_flaw(const struct mptcp_option *option, unsigned flags,
			     int version);

/* The same, also checking keys; "from": 0 client, 1 server. */
enum flaw effect_flaw(const struct connection *conn, int from,
		      const struct mptcp_option *option, unsigned flags);

/*
 * Whether the receiver of a packet without payload may accept it by its
 * sequence number (RFC 9293 3.10.7.4).  "acked" is the last acknowledgment
 * number that it had sent before; lower sequence numbers are discarded.
 */
bool effect_is_in_window(uint32_t seq, uint32_t acked);

#endif
