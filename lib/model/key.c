/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/key.h"

#include <sha1.h>
#include <sha2.h>
#include <string.h>

enum {
	BLOCK = 64 /* of both hashes, RFC 2104 */
};

static uint64_t load(const uint8_t *b, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | b[i];
	return v;
}

static void store(uint8_t *b, size_t n, uint64_t v)
{
	for (size_t i = n; i > 0; i--, v >>= 8)
		b[i - 1] = (uint8_t)v;
}

/* The hash of two byte strings one behind the other; returns its length. */
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
	*token = (uint32_t)load(hash, 4);
	*idsn = load(hash + n - 8, 8);
}

void key_join_hmac(int version, uint64_t own_key, uint64_t peer_key,
		   uint32_t own_nonce, uint32_t peer_nonce, uint8_t out[20])
{
	uint8_t key[16], msg[8], pad[BLOCK], inner[32], outer[32];
	size_t n = 0;

	store(key, 8, own_key);
	store(key + 8, 8, peer_key);
	store(msg, 4, own_nonce);
	store(msg + 4, 4, peer_nonce);
	memset(pad, 0x36, sizeof(pad));
	for (size_t i = 0; i < sizeof(key); i++)
		pad[i] ^= key[i];
	n = digest(version, pad, sizeof(pad), msg, sizeof(msg), inner);
	memset(pad, 0x5c, sizeof(pad));
	for (size_t i = 0; i < sizeof(key); i++)
		pad[i] ^= key[i];
	digest(version, pad, sizeof(pad), inner, n, outer);
	memcpy(out, outer, 20);
}
