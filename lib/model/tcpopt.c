/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/tcpopt.h"

#include <string.h>

#include "base/num.h"

static void take_hmac(struct mptcp_option *m, const uint8_t *b, size_t n)
{
	memcpy(m->hmac, b, n);
	m->n_hmac = (uint8_t)n;
	m->has |= MPTCP_HAS_HMAC;
}

/*
 * RFC 6824 3.1: 12 octets (SYN, SYN/ACK), 20 (ACK).  RFC 8684 3.1: 4, 12, 20,
 * and 22 or 24 with data (length, checksum).
 */
static int capable(const uint8_t *b, size_t n, struct mptcp_option *m)
{
	if (n != 4 && n != 12 && n != 20 && n != 22 && n != 24)
		return -1;
	m->version = b[2] & 15;
	m->flags = b[3];
	if (n >= 12) {
		m->key = num_big_endian64(b + 4);
		m->has |= MPTCP_HAS_KEY;
	}
	if (n >= 20) {
		m->peer_key = num_big_endian64(b + 12);
		m->has |= MPTCP_HAS_PEER_KEY;
	}
	if (n >= 22) {
		m->dll = num_big_endian16(b + 20);
		m->has |= MPTCP_HAS_DLL;
	}
	if (n == 24) {
		m->checksum = num_big_endian16(b + 22);
		m->has |= MPTCP_HAS_CHECKSUM;
	}
	return 0;
}

/* Section 3.2: 12 octets in a SYN, 16 in a SYN/ACK, 24 in the third ACK. */
static int join(const uint8_t *b, size_t n, struct mptcp_option *m)
{
	if (n == 24) {
		take_hmac(m, b + 4, 20);
		return 0;
	}
	if (n != 12 && n != 16)
		return -1;
	if (b[2] & 1)
		m->has |= MPTCP_BACKUP;
	m->id = b[3];
	m->has |= MPTCP_HAS_ID | MPTCP_HAS_NONCE;
	if (n == 12) {
		m->token = num_big_endian32(b + 4);
		m->has |= MPTCP_HAS_TOKEN;
		m->nonce = num_big_endian32(b + 8);
	} else {
		take_hmac(m, b + 4, 8);
		m->nonce = num_big_endian32(b + 12);
	}
	return 0;
}

/* Section 3.3. */
static int dss(const uint8_t *b, size_t n, struct mptcp_option *m)
{
	size_t at = 4;
	unsigned flags = b[3];
	size_t ack = flags & 1 ? (flags & 2 ? 8 : 4) : 0;
	size_t dsn = flags & 4 ? (flags & 8 ? 8 : 4) : 0;
	size_t want = 4 + ack + (dsn ? dsn + 6 : 0);

	if (n != want && !(dsn && n == want + 2))
		return -1;
	if (flags & 16)
		m->has |= MPTCP_DATA_FIN;
	if (ack) {
		m->dack = ack == 8 ? num_big_endian64(b + at)
				   : num_big_endian32(b + at);
		m->has |= MPTCP_HAS_DACK | (ack == 8 ? MPTCP_DACK64 : 0);
		at += ack;
	}
	if (dsn) {
		m->dsn = dsn == 8 ? num_big_endian64(b + at)
				  : num_big_endian32(b + at);
		m->has |= MPTCP_HAS_DSN | MPTCP_HAS_DLL |
			  (dsn == 8 ? MPTCP_DSN64 : 0);
		at += dsn;
		m->ssn = num_big_endian32(b + at);
		m->dll = num_big_endian16(b + at + 4);
		at += 6;
	}
	if (at + 2 == n) {
		m->checksum = num_big_endian16(b + at);
		m->has |= MPTCP_HAS_CHECKSUM;
	}
	return 0;
}

/*
 * Section 3.4.1.  v0 names the IP version in the low nibble (4, 6); v1 has the
 * echo flag there and, in what is no echo, eight octets of HMAC.
 */
static int add_addr(const uint8_t *b, size_t n, struct mptcp_option *m)
{
	unsigned low = b[2] & 15;
	bool v0 = low == 4 || low == 6;
	size_t hmac = v0 || (low & 1) ? 0 : 8;
	size_t body = n - 4, address = 0;

	m->id = b[3];
	m->has |= MPTCP_HAS_ID;
	if (!v0 && (low & 1))
		m->has |= MPTCP_ECHO;
	if (body < hmac)
		return -1;
	body -= hmac;
	if (body == 4 || body == 6)
		address = 4;
	else if (body == 16 || body == 18)
		address = 16;
	else
		return -1;
	if (v0 && (low == 4) != (address == 4))
		return -1;
	m->address.size = (uint8_t)address;
	memcpy(m->address.bytes, b + 4, address);
	if (body > address) {
		m->port = num_big_endian16(b + 4 + address);
		m->has |= MPTCP_HAS_PORT;
	}
	if (hmac)
		take_hmac(m, b + n - 8, 8);
	return 0;
}

static int mptcp(const uint8_t *b, size_t n, struct mptcp_option *m)
{
	unsigned subtype = 0;

	if (n < 3)
		return -1;
	memset(m, 0, sizeof(*m));
	subtype = b[2] >> 4;
	m->subtype = (enum mptcp_subtype)subtype;
	m->length = (uint8_t)n;
	if (subtype != MP_REMOVE_ADDR && subtype != MP_PRIO && n < 4)
		return -1;
	switch (subtype) {
	case MP_CAPABLE: return capable(b, n, m);
	case MP_JOIN: return join(b, n, m);
	case MP_DSS: return dss(b, n, m);
	case MP_ADD_ADDR: return add_addr(b, n, m);
	case MP_REMOVE_ADDR:
		if (n < 4)
			return -1;
		m->n_ids = (uint8_t)(n - 3);
		memcpy(m->ids, b + 3, n - 3);
		return 0;
	case MP_PRIO:
		if (n != 3 && n != 4)
			return -1;
		if (b[2] & 1)
			m->has |= MPTCP_BACKUP;
		if (n == 4) { /* v0: of another subflow */
			m->id = b[3];
			m->has |= MPTCP_HAS_ID;
		}
		return 0;
	case MP_FAIL:
		if (n != 12)
			return -1;
		m->dsn = num_big_endian64(b + 4);
		m->has |= MPTCP_HAS_DSN | MPTCP_DSN64;
		return 0;
	case MP_FASTCLOSE:
		if (n != 12)
			return -1;
		m->key = num_big_endian64(b + 4);
		m->has |= MPTCP_HAS_KEY;
		return 0;
	case MP_TCPRST:
		if (n != 4)
			return -1;
		m->flags = b[2] & 15;
		m->reason = b[3];
		return 0;
	default: return -1;
	}
}

static int plain(const uint8_t *b, size_t n, struct tcp_options *out)
{
	switch (b[0]) {
	case TCPOPT_MSS:
		if (n != 4)
			return -1;
		out->has_mss = true;
		out->mss = num_big_endian16(b + 2);
		return 0;
	case TCPOPT_WSCALE:
		if (n != 3)
			return -1;
		out->has_wscale = true;
		out->wscale = b[2] > 14 ? 14 : b[2]; /* RFC 7323 2.3 */
		return 0;
	case TCPOPT_SACK_PERMITTED:
		if (n != 2)
			return -1;
		out->sack_permitted = true;
		return 0;
	case TCPOPT_SACK:
		if (n < 10 || (n - 2) % 8)
			return -1;
		for (size_t i = 2; i < n && out->n_sack < TCPOPT_SACK_MAX;
		     i += 8, out->n_sack++) {
			out->sack[out->n_sack][0] = num_big_endian32(b + i);
			out->sack[out->n_sack][1] = num_big_endian32(b + i + 4);
		}
		return 0;
	case TCPOPT_TIMESTAMPS:
		if (n != 10)
			return -1;
		out->has_ts = true;
		out->tsval = num_big_endian32(b + 2);
		out->tsecr = num_big_endian32(b + 6);
		return 0;
	default: return 0; /* others are none of our business */
	}
}

/*
 * A DSS at the very end, of which only the checksum was not captured: all the
 * rest of it counts.
 */
static int without_checksum(const uint8_t *b, size_t length,
			    struct tcp_options *out)
{
	struct mptcp_option *m = &out->mptcp[out->n_mptcp];

	if (b[0] != TCPOPT_MPTCP || length < 8 || b[2] >> 4 != MP_DSS ||
	    out->n_mptcp == TCPOPT_MPTCP_MAX || mptcp(b, length - 2, m) < 0 ||
	    !(m->has & MPTCP_HAS_DSN) || (m->has & MPTCP_HAS_CHECKSUM))
		return 0;
	m->length = (uint8_t)length;
	out->n_mptcp++;
	return 1;
}

void tcpopt_parse(const uint8_t *bytes, size_t n, struct tcp_options *out)
{
	size_t at = 0;

	memset(out, 0, offsetof(struct tcp_options, mptcp));
	while (at < n && bytes[at] != TCPOPT_EOL) {
		size_t length = 0;

		if (bytes[at] == TCPOPT_NOP) {
			at++;
			continue;
		}
		length = at + 1 < n ? bytes[at + 1] : 0;
		if (length >= 2 && at + length == n + 2 &&
		    without_checksum(bytes + at, length, out))
			return;
		if (length < 2 || at + length > n) {
			out->bad++;
			out->bad_mptcp += bytes[at] == TCPOPT_MPTCP;
			return;
		}
		if (bytes[at] != TCPOPT_MPTCP) {
			if (plain(bytes + at, length, out) < 0)
				out->bad++;
		} else if (out->n_mptcp == TCPOPT_MPTCP_MAX ||
			   mptcp(bytes + at, length,
				 &out->mptcp[out->n_mptcp]) < 0) {
			out->bad++;
			out->bad_mptcp++;
		} else {
			out->n_mptcp++;
		}
		at += length;
	}
}

const struct mptcp_option *tcpopt_find(const struct tcp_options *options,
				       enum mptcp_subtype subtype)
{
	for (size_t i = 0; i < options->n_mptcp; i++)
		if (options->mptcp[i].subtype == subtype)
			return &options->mptcp[i];
	return NULL;
}

int tcpopt_parse_mptcp(const uint8_t *bytes, size_t n, struct tcp_options *out)
{
	out->n_mptcp = 0;
	out->bad_mptcp = 0;
	if (n && memchr(bytes, TCPOPT_MPTCP, n))
		tcpopt_parse(bytes, n, out);
	return out->n_mptcp;
}

bool tcpopt_has_room(const uint8_t *bytes, size_t n)
{
	enum {
		ALL = 40,
		DATA_ACK = 8,
		PADDING = 4
	};
	const uint8_t *o = NULL;
	size_t at = 0, length = 0, used = 0;
	int kind = 0;

	while ((kind = tcpopt_next(bytes, n, &at, &o, &length)))
		used += kind == TCPOPT_NOP ? 0 : length;
	return used + DATA_ACK + PADDING <= ALL;
}
