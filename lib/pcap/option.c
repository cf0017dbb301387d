/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pcap/option.h"

enum {
	OPTION_END = 0,
	OPTION_HEADER = 4 /* bytes: code and length */
};

int pcap_next_option(bool swapped, const uint8_t **at, const uint8_t *end,
		     struct pcap_option *o)
{
	size_t padded = 0;

	if (*at == end)
		return 0;
	if (end - *at < OPTION_HEADER)
		return -1;
	*o = (struct pcap_option){ pcap_u16(swapped, *at),
				   pcap_u16(swapped, *at + 2),
				   *at + OPTION_HEADER };
	padded = (o->n + 3) & ~(size_t)3;
	if (padded > (size_t)(end - o->value))
		return -1;
	*at = o->value + padded;
	if (o->code == OPTION_END)
		return o->n || *at != end ? -1 : 0;
	return 1;
}
