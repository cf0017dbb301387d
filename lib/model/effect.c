/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/effect.h"

#include <string.h>

#include "model/key.h"
#include "model/packets.h"

enum {
	FLAG_EXTENSION = 0x40, /* B of MP_CAPABLE */
	FLAG_HMAC = 0x01       /* H */
};

const char *flaw_text(enum flaw flaw)
{
	static const char *const texts[FLAWS] = {
		[FLAW_NONE] = "no flaw",
		[FLAW_CAPABLE_B] = "flag B, which has to be 0",
		[FLAW_CAPABLE_NO_HMAC] = "no flag H, so no HMAC-SHA",
		[FLAW_CAPABLE_VERSION] = "another version than the SYN",
		[FLAW_ADD_ADDR_HMAC] = "a wrong HMAC",
		[FLAW_PRIO_LENGTH] =
			"an address id, which version 1 does not have",
		[FLAW_DATA_FIN_UNMAPPED] = "no mapping",
		[FLAW_FASTCLOSE_KEY] = "a wrong key",
		[FLAW_TCPRST_NO_RST] = "a packet that is not a RST",
	};

	return texts[flaw];
}

static enum flaw capable_flaw(const struct mptcp_option *m)
{
	if (m->flags & FLAG_EXTENSION)
		return FLAW_CAPABLE_B;
	return m->flags & FLAG_HMAC ? FLAW_NONE : FLAW_CAPABLE_NO_HMAC;
}

enum flaw effect_option_flaw(const struct mptcp_option *m, unsigned flags,
			     int version)
{
	switch (m->subtype) {
	case MP_CAPABLE: return capable_flaw(m);
	case MP_DSS:
		return (m->has & MPTCP_DATA_FIN) &&
				       (!(m->has & MPTCP_HAS_DSN) || !m->dll)
			       ? FLAW_DATA_FIN_UNMAPPED
			       : FLAW_NONE;
	case MP_PRIO:
		return version == 1 && (m->has & MPTCP_HAS_ID)
			       ? FLAW_PRIO_LENGTH
			       : FLAW_NONE;
	case MP_TCPRST: return flags & TCP_RST ? FLAW_NONE : FLAW_TCPRST_NO_RST;
	case MP_JOIN:
	case MP_ADD_ADDR:
	case MP_REMOVE_ADDR:
	case MP_FAIL:
	case MP_FASTCLOSE: break;
	}
	return FLAW_NONE;
}

static enum flaw add_addr_flaw(const struct conn_side *own,
			       const struct conn_side *peer,
			       const struct mptcp_option *m)
{
	uint8_t hmac[8];

	if (m->has & MPTCP_ECHO)
		return FLAW_NONE;
	if (!(m->has & MPTCP_HAS_HMAC))
		return FLAW_ADD_ADDR_HMAC;
	if (!own->has_key || !peer->has_key)
		return FLAW_NONE;
	key_add_addr_hmac(own->key, peer->key, m->id, &m->address,
			  m->has & MPTCP_HAS_PORT ? m->port : 0, hmac);
	return memcmp(hmac, m->hmac, sizeof(hmac)) == 0 ? FLAW_NONE
							: FLAW_ADD_ADDR_HMAC;
}

enum flaw effect_flaw(const struct connection *conn, int from,
		      const struct mptcp_option *m, unsigned flags)
{
	const struct conn_side *own = &conn->side[from];
	const struct conn_side *peer = &conn->side[!from];
	enum flaw flaw = effect_option_flaw(m, flags, conn->version);

	if (flaw == FLAW_NONE && m->subtype == MP_ADD_ADDR &&
	    conn->version == 1)
		flaw = add_addr_flaw(own, peer, m);
	if (flaw == FLAW_NONE && m->subtype == MP_FASTCLOSE && peer->has_key &&
	    m->key != peer->key)
		flaw = FLAW_FASTCLOSE_KEY;
	return flaw;
}

bool effect_is_in_window(uint32_t seq, uint32_t acked)
{
	return (int32_t)(seq - acked) >= 0;
}
