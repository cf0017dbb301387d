/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row/row.h"

enum {
	TCP_HEADER = 20, /* bytes without options */
	DSS_CHECKSUM = 2 /* bytes that tshark before 4.4 cannot show */
};

void row_set_interface(struct row *row, const char *name, size_t n)
{
	const size_t max = sizeof(row->interface) - 1;

	if (n > max) { /* do not cut within a UTF-8 character */
		n = max;
		while (n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(row->interface, name, n);
	row->interface[n] = '\0';
}

enum row_kind row_settle(struct row *row)
{
	if (!(row->present & ROW_HAS_SPORT))
		return ROW_OTHER;
	if (row->present & ROW_HAS_ICMP_TYPE)
		return ROW_ICMP;
	if ((row->present & ROW_HAS_TCP) != ROW_HAS_TCP)
		return ROW_MALFORMED;
	if (row->hdr_len > TCP_HEADER + row->n_options + DSS_CHECKSUM)
		row->present |= ROW_OPTIONS_CUT;
	return ROW_TCP;
}
