/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * key.h - values derived from MPTCP keys: tokens, initial data sequence
 * numbers, HMACs.
 *
 * RFC 6824 3.1 and 3.2 (version 0, SHA-1), RFC 8684 3.1 and 3.2 (version 1,
 * SHA-256): the token is the first 32 bits of the hash of the key, the initial
 * data sequence number its last 64 bits.  A join is authenticated by an HMAC
 * over both nonces, an announced address by one over the address.
 */
#ifndef MODEL_KEY_H
#define MODEL_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

void key_derive(int version, uint64_t key, uint32_t *token, uint64_t *idsn);

/*
 * The HMAC that the host with "own_key" and "own_nonce" sends in MP_JOIN: with
 * key own_key + peer_key and message own_nonce + peer_nonce. 20 bytes in both
 * versions (version 1: truncated SHA-256); a SYN/ACK carries the first 8.
 */
void key_join_hmac(int version, uint64_t own_key, uint64_t peer_key,
		   uint32_t own_nonce, uint32_t peer_nonce, uint8_t out[20]);

/*
 * The HMAC that the host with "own_key" sends in an ADD_ADDR of version 1 (RFC
 * 8684 3.4.1): the last 8 bytes of the HMAC over address id, address and port
 * (0 if the option has none).
 */
void key_add_addr_hmac(uint64_t own_key, uint64_t peer_key, uint8_t id,
		       const struct address *address, uint16_t port,
		       uint8_t out[8]);

#endif
