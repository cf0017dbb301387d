/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/address.h"

#include <arpa/inet.h>

#include "base/sort.h"

int address_order(const struct address *a, const struct address *b)
{
	return COMPARE(a->size, b->size)
		       ?: memcmp(a->bytes, b->bytes, sizeof(a->bytes));
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

/* The bytes of the text, which ends with NUL. */
static size_t print(const struct address *a, char text[ADDRESS_TEXT])
{
	char *to = text;

	if (address_is_v6(a)) {
		inet_ntop(AF_INET6, a->bytes, text, ADDRESS_TEXT);
		return strlen(text);
	}
	for (int i = 0; i < a->size; i++) {
		if (i > 0)
			*to++ = '.';
		to = put_byte(to, a->bytes[i]);
	}
	*to = '\0';
	return (size_t)(to - text);
}

struct address_text address_text(const struct address *a)
{
	struct address_text out;

	print(a, out.text);
	return out;
}

void address_append(struct strbuf *out, const struct address *a)
{
	char text[ADDRESS_TEXT];

	strbuf_append(out, text, print(a, text));
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
