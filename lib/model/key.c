/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/key.h"

#include <sha1.h>
#include <sha2.h>
#include <string.h>

#include "base/num.h"

enum {
	BLOCK = 64 /* of both hashes, RFC 2104 */
};

static void store(uint8_t *b, size_t n, uint64_t v)
{
	for (size_t i = n; i > 0; i--, v >>= 8)
		b[i - 1] = (uint8_t)v;
}

/* The hash of two concatenated byte strings; returns its length. */
static size_t digest(int version, const uint8_t *a, size_t na, const uint8_t *b,
		     size_t nb, uint8_t out[32])
{
	if (version == 0) {
		SHA1_CTX c;

		SHA1Init(&c);
		SHA1Update(&c, a, na);
		SHA1Update(&c, b, nb);
		SHA1Final(out, &c);
		return 20;
	}
	SHA2_CTX c;

	SHA256Init(&c);
	SHA256Update(&c, a, na);
	SHA256Update(&c, b, nb);
	SHA256Final(out, &c);
	return 32;
}

void key_derive(int version, uint64_t key, uint32_t *token, uint64_t *idsn)
{
	uint8_t bytes[8], hash[32];
	size_t n = 0;

	store(bytes, sizeof(bytes), key);
	n = digest(version, bytes, sizeof(bytes), bytes, 0, hash);
	*token = num_big_endian32(hash);
	*idsn = num_big_endian64(hash + n - 8);
}

/* HMAC (RFC 2104) with both keys concatenated; returns its length. */
static size_t hmac(int version, uint64_t own_key, uint64_t peer_key,
		   const uint8_t *msg, size_t n, uint8_t out[32])
{
	uint8_t key[16], pad[BLOCK], inner[32];
	size_t length = 0;

	store(key, 8, own_key);
	store(key + 8, 8, peer_key);
	memset(pad, 0x36, sizeof(pad));
	for (size_t i = 0; i < sizeof(key); i++)
		pad[i] ^= key[i];
	length = digest(version, pad, sizeof(pad), msg, n, inner);
	memset(pad, 0x5c, sizeof(pad));
	for (size_t i = 0; i < sizeof(key); i++)
		pad[i] ^= key[i];
	return digest(version, pad, sizeof(pad), inner, length, out);
}

void key_join_hmac(int version, uint64_t own_key, uint64_t peer_key,
		   uint32_t own_nonce, uint32_t peer_nonce, uint8_t out[20])
{
	uint8_t msg[8], whole[32];

	store(msg, 4, own_nonce);
	store(msg + 4, 4, peer_nonce);
	hmac(version, own_key, peer_key, msg, sizeof(msg), whole);
	memcpy(out, whole, 20);
}

void key_add_addr_hmac(uint64_t own_key, uint64_t peer_key, uint8_t id,
		       const struct address *address, uint16_t port,
		       uint8_t out[8])
{
	uint8_t msg[1 + 16 + 2], whole[32];
	size_t length = 0;

	msg[0] = id;
	memcpy(msg + 1, address->bytes, address->size);
	store(msg + 1 + address->size, 2, port);
	length = hmac(1, own_key, peer_key, msg, address->size + 3u, whole);
	memcpy(out, whole + length - 8, 8);
}
