/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcpopt.h - decode TCP options from their raw bytes, MPTCP options in
 * particular.
 *
 * Supports every option of RFC 6824 (version 0) and RFC 8684 (version 1)
 * section 3.  The bytes are untrusted: an option whose length does not fit its
 * kind is counted in "bad" and ignored; bytes after an invalid length are not
 * examined.  The result owns nothing.
 */
#ifndef MODEL_TCPOPT_H
#define MODEL_TCPOPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "row/options.h"

enum mptcp_subtype {
	MP_CAPABLE = 0,
	MP_JOIN = 1,
	MP_DSS = 2,
	MP_ADD_ADDR = 3,
	MP_REMOVE_ADDR = 4,
	MP_PRIO = 5,
	MP_FAIL = 6,
	MP_FASTCLOSE = 7,
	MP_TCPRST = 8
};

enum {
	TCPOPT_MPTCP_MAX = 13, /* 40 bytes, at least 3 each */
	TCPOPT_SACK_MAX = 4,
	TCPOPT_IDS_MAX = 37
};

/* Bits of mptcp_option.has. */
enum {
	MPTCP_HAS_KEY = 1,	/* sender's key */
	MPTCP_HAS_PEER_KEY = 2, /* the other end's key */
	MPTCP_HAS_DLL = 4,	/* data-level length (MP_CAPABLE, DSS) */
	MPTCP_HAS_CHECKSUM = 8,
	MPTCP_HAS_DACK = 16,
	MPTCP_HAS_DSN = 32,
	MPTCP_DACK64 = 64, /* 8 octets; else 4 */
	MPTCP_DSN64 = 128,
	MPTCP_HAS_TOKEN = 256, /* MP_JOIN in a SYN */
	MPTCP_HAS_NONCE = 512,
	MPTCP_HAS_HMAC = 1024,
	MPTCP_HAS_PORT = 2048,
	MPTCP_HAS_ID = 4096,
	MPTCP_DATA_FIN = 8192,
	MPTCP_BACKUP = 16384,
	MPTCP_ECHO = 32768
};

struct mptcp_option {
	enum mptcp_subtype subtype;
	unsigned has;	 /* MPTCP_HAS_* and flags above */
	uint8_t length;	 /* of the option, octets */
	uint8_t version; /* MP_CAPABLE */
	uint8_t flags;	 /* MP_CAPABLE A..H; MP_TCPRST U V W T */
	uint8_t reason;	 /* MP_TCPRST */
	uint8_t id;	 /* address id */
	uint8_t n_ids;	 /* REMOVE_ADDR */
	uint8_t n_hmac;	 /* octets in "hmac" */
	uint16_t port;
	uint16_t checksum;
	uint16_t dll; /* data-level length */
	uint32_t token;
	uint32_t nonce;
	uint32_t ssn; /* subflow sequence number, 1 = first byte */
	uint64_t key; /* MP_CAPABLE: sender's; FASTCLOSE: receiver's */
	uint64_t peer_key;
	uint64_t dsn; /* DSS, MP_FAIL */
	uint64_t dack;
	struct address address; /* ADD_ADDR */
	uint8_t ids[TCPOPT_IDS_MAX];
	uint8_t hmac[20];
};

struct tcp_options {
	unsigned bad;	    /* options with an invalid length or subtype */
	unsigned bad_mptcp; /* of these, MPTCP options */
	bool has_mss, has_wscale, has_ts, sack_permitted;
	uint16_t mss;
	uint8_t wscale;
	uint32_t tsval, tsecr;
	uint8_t n_sack;
	uint32_t sack[TCPOPT_SACK_MAX][2];
	uint8_t n_mptcp;
	struct mptcp_option mptcp[TCPOPT_MPTCP_MAX];
};

/* Decode n bytes. */
void tcpopt_parse(const uint8_t *bytes, size_t n, struct tcp_options *out);

/* The first MPTCP option of a subtype, or NULL. */
const struct mptcp_option *tcpopt_find(const struct tcp_options *options,
				       enum mptcp_subtype subtype);

/*
 * Whether there was room for the shortest DATA_ACK (8 octets) next to these n
 * bytes of options, not counting padding.
 */
bool tcpopt_has_room(const uint8_t *bytes, size_t n);

/*
 * Decode n bytes only if they contain an MPTCP option, and return the number
 * of MPTCP options.  Otherwise only out->n_mptcp is set, to 0.  Faster, since
 * most packets can be decided quickly.
 */
int tcpopt_parse_mptcp(const uint8_t *bytes, size_t n, struct tcp_options *out);

#endif
