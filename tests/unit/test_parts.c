/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A capture file is cut where that is safe, and else not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "pcap/standalone.h"
#include "read/parts.h"

enum {
	PACKETS = 8,
	BYTES = 40, /* of a packet */
	SECTION = 0x0a0d0d0a,
	INTERFACE = 1,
	NAMES = 4,
	PACKET = 6
};

static void put32(struct strbuf *out, uint32_t v)
{
	strbuf_append(out, &v, sizeof(v));
}

/* IPv4 and TCP, with nothing else in them. */
static void put_bytes(struct strbuf *out)
{
	uint8_t bytes[BYTES] = { 0x45, [9] = 6 };

	strbuf_append(out, bytes, sizeof(bytes));
}

static void put_block(struct strbuf *out, uint32_t type, const void *body,
		      size_t n)
{
	uint32_t size = (uint32_t)n + 12;

	put32(out, type);
	put32(out, size);
	strbuf_append(out, body, n);
	put32(out, size);
}

static void put_section(struct strbuf *out)
{
	static const uint32_t body[] = { 0x1a2b3c4d, 1, UINT32_MAX,
					 UINT32_MAX };

	put_block(out, SECTION, body, sizeof(body));
}

static void put_interface(struct strbuf *out)
{
	static const uint32_t body[] = { LINK_RAW, 0 };

	put_block(out, INTERFACE, body, sizeof(body));
}

static void put_packet(struct strbuf *out, uint32_t interface, uint32_t kept)
{
	struct strbuf body = STRBUF_INIT;

	put32(&body, interface);
	put32(&body, 0);
	put32(&body, 0);
	put32(&body, kept);
	put32(&body, BYTES);
	put_bytes(&body);
	put_block(out, PACKET, body.text, body.len);
	strbuf_release(&body);
}

static void put_packets(struct strbuf *out)
{
	for (int i = 0; i < PACKETS; i++)
		put_packet(out, 0, BYTES);
}

static FILE *as_file(const struct strbuf *text)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(fwrite(text->text, 1, text->len, file), text->len);
	assert_int_equal(fflush(file), 0);
	return file;
}

static size_t count_parts(const struct strbuf *text)
{
	FILE *file = as_file(text);
	struct parts parts;
	size_t n = parts_find(&parts, fileno(file), 2, 1);

	assert_int_equal(n > 1 ? parts.n : 1, n);
	parts_release(&parts);
	fclose(file);
	return n;
}

static void pcap(void **state)
{
	struct strbuf text = STRBUF_INIT;

	(void)state;
	put32(&text, 0xa1b2c3d4);
	put32(&text, 4 << 16 | 2);
	put32(&text, 0);
	put32(&text, 0);
	put32(&text, 262144);
	put32(&text, LINK_RAW);
	for (int i = 0; i < PACKETS; i++) {
		put32(&text, 0);
		put32(&text, 0);
		put32(&text, BYTES);
		put32(&text, BYTES);
		put_bytes(&text);
	}
	assert_int_equal(count_parts(&text), 2);
	text.len--; /* it is cut short */
	assert_int_equal(count_parts(&text), 1);
	text.len++;
	text.text[20] = 105; /* 802.11 */
	assert_int_equal(count_parts(&text), 1);
	text.text[20] = LINK_RAW;
	text.text[4] = 3; /* the version */
	assert_int_equal(count_parts(&text), 1);
	text.text[4] = 2;
	assert_int_equal(count_parts(&text), 2);
	text.text[0] = 'x';
	assert_int_equal(count_parts(&text), 1);
	strbuf_release(&text);
}

enum oddity {
	NOTHING_ODD,
	NAMES_BLOCK, /* is not, either */
	SECOND_INTERFACE,
	NO_INTERFACE,
	UNKNOWN_BLOCK,
	SECOND_SECTION,
	OTHER_INTERFACE,
	MORE_THAN_THE_BLOCK,
	NO_PACKET,
	TOO_MANY_INTERFACES,
	OTHER_SIZE_AT_THE_END,
	BLOCK_TOO_SMALL,
	BLOCK_NOT_ALIGNED,
	BLOCK_TOO_LARGE,
	ODDITIES
};

static void put_odd(struct strbuf *text, enum oddity odd)
{
	static const uint32_t nothing[1];

	switch (odd) {
	case NAMES_BLOCK: put_block(text, NAMES, nothing, 4); break;
	case SECOND_INTERFACE: put_interface(text); break;
	case UNKNOWN_BLOCK: put_block(text, 0xbad, nothing, 4); break;
	case SECOND_SECTION: put_section(text); break;
	case OTHER_INTERFACE: put_packet(text, 1, BYTES); break;
	case MORE_THAN_THE_BLOCK: put_packet(text, 0, BYTES + 1); break;
	case NO_PACKET: put_block(text, PACKET, nothing, 4); break;
	case TOO_MANY_INTERFACES:
		for (int i = 0; i < 4096; i++)
			put_interface(text);
		break;
	case OTHER_SIZE_AT_THE_END:
		put_interface(text);
		text->text[text->len - 4] ^= 4;
		break;
	case BLOCK_TOO_SMALL:
	case BLOCK_NOT_ALIGNED:
	case BLOCK_TOO_LARGE:
		put32(text, NAMES);
		put32(text, odd == BLOCK_TOO_SMALL     ? 8
			    : odd == BLOCK_NOT_ALIGNED ? 14
						       : 1 << 20);
		break;
	default: break;
	}
}

static void pcapng(void **state)
{
	(void)state;
	for (int odd = 0; odd < ODDITIES; odd++) {
		struct strbuf text = STRBUF_INIT;
		int fine = odd <= SECOND_INTERFACE;

		put_section(&text);
		if (odd != NO_INTERFACE)
			put_interface(&text);
		put_packets(&text);
		put_odd(&text, (enum oddity)odd);
		put_packets(&text);
		if (count_parts(&text) != (fine ? 2 : 1))
			fail_msg("oddity %d", odd);
		strbuf_release(&text);
	}
}

static void parts_of_it_are_captures(void **state)
{
	struct strbuf text = STRBUF_INIT;
	FILE *file = NULL, *out = tmpfile();
	struct parts parts;
	size_t sum = 0;

	(void)state;
	put_section(&text);
	put_interface(&text);
	sum = text.len;
	put_packets(&text);
	file = as_file(&text);
	assert_int_equal(parts_find(&parts, fileno(file), 2, 1), 2);
	assert_int_equal(parts.items[0].packets + parts.items[1].packets,
			 PACKETS);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
			parts_write(&parts, i, fileno(file), fileno(out)), 0);
	/* Both have the headers, and each packet is in one of them. */
	assert_int_equal(lseek(fileno(out), 0, SEEK_CUR), text.len + sum);
	/* A file that shrinks meanwhile has not all of a part. */
	assert_int_equal(ftruncate(fileno(file), (off_t)text.len - 1), 0);
	assert_int_equal(parts_write(&parts, 0, fileno(file), fileno(out)), 0);
	assert_int_equal(parts_write(&parts, 1, fileno(file), fileno(out)), -1);
	assert_int_equal(errno, EIO);
	parts_release(&parts);
	fclose(out);
	fclose(file);
	strbuf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pcap),
		cmocka_unit_test(pcapng),
		cmocka_unit_test(parts_of_it_are_captures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
