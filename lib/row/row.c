/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row/row.h"

enum {
	TCP_HEADER = 20, /* bytes without options */
	DSS_CHECKSUM = 2 /* bytes that tshark before 4.4 cannot show */
};

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
