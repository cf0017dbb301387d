/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pcap/interface.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "pcap/option.h"
#include "row/row.h"

enum {
	OPTION_NAME = 2,
	OPTION_DESCRIPTION = 3,
	OPTION_RESOLUTION = 9,
	OPTION_OFFSET = 14
};

/* if_tsresol: 10^-n, or 2^-n with the high bit set. */
static uint64_t units_of(uint8_t resolution)
{
	unsigned n = resolution & 0x7f;
	uint64_t units = 1;

	if (resolution & 0x80)
		return n < 64 ? (uint64_t)1 << n : 0;
	if (n > 19)
		return 0;
	while (n-- > 0)
		units *= 10;
	return units;
}

/* Wireshark versions interpret other bytes differently. */
static bool is_printable(const struct pcap_option *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->value[i] < ' ' || o->value[i] > '~')
			return false;
	return true;
}

/* Length of the UTF-8 character at this position; 0: invalid. */
static size_t character(const uint8_t *p, size_t n)
{
	size_t length = p[0] < 0x80   ? 1
			: p[0] < 0xc2 ? 0
			: p[0] < 0xe0 ? 2
			: p[0] < 0xf0 ? 3
			: p[0] < 0xf5 ? 4
				      : 0;

	if (length > n)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

/* The name as one line of UTF-8, as in Wireshark 4.0; ends at a NUL. */
static char *printable(const struct pcap_option *o)
{
	struct strbuf out = STRBUF_INIT;
	char *name = NULL;

	for (size_t i = 0; i < o->n && o->value[i];) {
		const uint8_t *p = o->value + i;
		const size_t length = character(p, o->n - i);

		if (length == 0)
			strbuf_puts(&out, "\xef\xbf\xbd");
		else if (*p == '\t' || *p == '\n' || *p == '\r')
			strbuf_printf(&out, "\\%c",
				      *p == '\t'   ? 't'
				      : *p == '\n' ? 'n'
						   : 'r');
		else if (*p < ' ' || *p == 0x7f)
			strbuf_printf(&out, "\\%03o", *p);
		else
			strbuf_append(&out, p, length);
		i += length ? length : 1;
	}
	name = mem_strdup(out.text);
	strbuf_release(&out);
	return name;
}

static void name_interface(struct pcap_interface *i,
			   const struct pcap_option *o)
{
	i->is_odd |= !is_printable(o) || o->n == 0;
	free(i->name);
	i->name = row_is_nameless((const char *)o->value, o->n) ? mem_strdup("")
								: printable(o);
}

void pcap_interface_describe(struct pcap_interface *i, bool swapped,
			     const uint8_t *at, const uint8_t *end)
{
	struct pcap_option o;
	bool named = false, has_units = false;

	while (pcap_next_option(swapped, &at, end, &o) > 0) {
		if (o.code == OPTION_NAME) {
			i->is_odd |= named;
			name_interface(i, &o);
			named = true;
		} else if (o.code == OPTION_DESCRIPTION && !named) {
			name_interface(i, &o);
		} else if (o.code == OPTION_RESOLUTION) {
			i->is_odd |= has_units;
			has_units = true;
			i->units = units_of(o.value[0]);
		} else if (o.code == OPTION_OFFSET) {
			i->offset = (int64_t)pcap_u64(swapped, o.value);
			/* Wireshark 3.4 ignores it */
			i->is_odd |= i->offset != 0;
		}
	}
}
