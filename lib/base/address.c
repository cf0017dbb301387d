/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/address.h"

#include <arpa/inet.h>

#include "base/num.h"
#include "base/sort.h"

int address_order(const struct address *a, const struct address *b)
{
	return COMPARE(a->size, b->size)
		       ?: memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool address_is_loopback(const struct address *a)
{
	static const struct address one = { .bytes[ADDRESS_V6 - 1] = 1,
					    .size = ADDRESS_V6 };
	struct address plain = *a;

	address_unmap(&plain);
	return plain.size == ADDRESS_V4 ? plain.bytes[0] == 127
					: address_is_equal(&plain, &one);
}

/* Four numbers up to 255 without zeros in front, and points between them. */
static int parse_v4(uint8_t out[ADDRESS_V4], const char *text, size_t n)
{
	const char *end = text + n;

	for (int i = 0; i < ADDRESS_V4; i++) {
		unsigned value = 0, digit = 0;
		const char *begin = NULL;

		if (i > 0 && (text == end || *text++ != '.'))
			return -1;
		begin = text;
		while (text < end &&
		       (digit = (unsigned char)*text - (unsigned)'0') <= 9) {
			value = 10 * value + digit;
			if (value > UINT8_MAX ||
			    (text > begin && *begin == '0'))
				return -1;
			text++;
		}
		if (text == begin)
			return -1;
		out[i] = (uint8_t)value;
	}
	return text == end ? 0 : -1;
}

static int parse_v6(uint8_t out[ADDRESS_V6], const char *text, size_t n)
{
	char copy[ADDRESS_TEXT];

	if (n >= sizeof(copy) || memchr(text, '\0', n))
		return -1;
	memcpy(copy, text, n);
	copy[n] = '\0';
	return inet_pton(AF_INET6, copy, out) == 1 ? 0 : -1;
}

int address_parse(struct address *out, const char *text, size_t n)
{
	struct address a = ADDRESS_NONE;

	if (parse_v4(a.bytes, text, n) == 0)
		a.size = ADDRESS_V4;
	else if (parse_v6(a.bytes, text, n) == 0)
		a.size = ADDRESS_V6;
	else
		return -1;
	*out = a;
	return 0;
}

static char *put_byte(char *to, unsigned value)
{
	if (value >= 100)
		*to++ = (char)('0' + value / 100);
	if (value >= 10)
		*to++ = (char)('0' + value / 10 % 10);
	*to++ = (char)('0' + value % 10);
	return to;
}

static char *put_v4(char *to, const uint8_t bytes[ADDRESS_V4])
{
	for (int i = 0; i < ADDRESS_V4; i++) {
		if (i > 0)
			*to++ = '.';
		to = put_byte(to, bytes[i]);
	}
	return to;
}

/* Without zeros in front. */
static char *put_word(char *to, unsigned word)
{
	int shift = word > 0xfff ? 12 : word > 0xff ? 8 : word > 0xf ? 4 : 0;

	for (; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[word >> shift & 15];
	return to;
}

enum {
	WORDS = ADDRESS_V6 / 2
};

/* The first of the longest runs of zeros, and its length; of two at least. */
static int find_zeros(const uint16_t words[WORDS], int *n)
{
	int best = 0, from = 0;

	*n = 1;
	for (int i = 0; i < WORDS; i++) {
		if (words[i])
			from = i + 1;
		if (i + 1 - from > *n) {
			*n = i + 1 - from;
			best = from;
		}
	}
	if (*n == 1)
		*n = 0;
	return best;
}

/* RFC 5952, and "::192.0.2.1" and "::ffff:192.0.2.1" as inet_ntop() does. */
static char *put_v6(char *to, const uint8_t bytes[ADDRESS_V6])
{
	uint16_t words[WORDS];
	int n = 0, zeros = 0;
	bool v4 = false;

	for (int i = 0; i < WORDS; i++)
		words[i] = num_big_endian16(bytes + 2 * i);
	zeros = find_zeros(words, &n);
	v4 = zeros == 0 && (n == 6 || (n == 5 && words[5] == 0xffff));
	for (int i = 0; i < (v4 ? WORDS - 2 : WORDS); i++) {
		if (n && i == zeros) {
			*to++ = ':';
			i += n - 1;
		} else {
			if (i > 0)
				*to++ = ':';
			to = put_word(to, words[i]);
		}
	}
	if (v4 || (n && zeros + n == WORDS))
		*to++ = ':';
	return v4 ? put_v4(to, bytes + ADDRESS_V6 - ADDRESS_V4) : to;
}

char *address_put(char *to, const struct address *a)
{
	if (a->size == ADDRESS_V6)
		to = put_v6(to, a->bytes);
	else if (a->size == ADDRESS_V4)
		to = put_v4(to, a->bytes);
	*to = '\0';
	return to;
}

void address_unmap(struct address *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (!address_is_v6(a) || memcmp(a->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(a->bytes, a->bytes + sizeof(mapped), ADDRESS_V4);
	memset(a->bytes + ADDRESS_V4, 0, sizeof(a->bytes) - ADDRESS_V4);
	a->size = ADDRESS_V4;
}

struct address_text address_text(const struct address *a)
{
	struct address_text out = { .text = "" };

	address_put(out.text, a);
	return out;
}

void address_append(struct strbuf *out, const struct address *a)
{
	strbuf_end(out, address_put(strbuf_room(out, ADDRESS_TEXT), a));
}

void address_append_endpoint(struct strbuf *out, const struct address *a,
			     uint16_t port)
{
	bool v6 = address_is_v6(a);

	if (v6)
		strbuf_putc(out, '[');
	address_append(out, a);
	strbuf_puts(out, v6 ? "]:" : ":");
	strbuf_decimal(out, port);
}
