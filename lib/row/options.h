/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * options.h - iterate over the raw bytes of TCP options.  MPTCP options are
 * decoded by model/tcpopt.h.
 */
#ifndef ROW_OPTIONS_H
#define ROW_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "base/num.h"

enum tcpopt_kind {
	TCPOPT_EOL = 0,
	TCPOPT_NOP = 1,
	TCPOPT_MSS = 2,
	TCPOPT_WSCALE = 3,
	TCPOPT_SACK_PERMITTED = 4,
	TCPOPT_SACK = 5,
	TCPOPT_TIMESTAMPS = 8,
	TCPOPT_MPTCP = 30
};

/*
 * Read the option at offset *at of n bytes, without decoding it, and advance
 * *at.  Returns its kind, with "length" bytes at "option", beginning with kind
 * and length; 0 at the end of the list, or if the option is invalid.
 *
 *	for (size_t at = 0; (kind = tcpopt_next(o, n, &at, &option, &length));)
 */
static inline int tcpopt_next(const uint8_t *bytes, size_t n, size_t *at,
			      const uint8_t **option, size_t *length)
{
	const uint8_t *o = bytes + *at;
	size_t left = n - *at, len = 0;

	if (left == 0 || o[0] == TCPOPT_EOL)
		return 0;
	if (o[0] == TCPOPT_NOP)
		len = 1;
	else if (left >= 2 && o[1] >= 2 && o[1] <= left)
		len = o[1];
	else
		return 0;
	*option = o;
	*length = len;
	*at += len;
	return o[0];
}

/* TSval with bit 32 set; 0 if there is no timestamp option. */
static inline uint64_t tcpopt_tsval(const uint8_t *bytes, size_t n)
{
	const uint8_t *o = NULL;
	size_t at = 0, length = 0;
	int kind = 0;

	while ((kind = tcpopt_next(bytes, n, &at, &o, &length)))
		if (kind == TCPOPT_TIMESTAMPS && length == 10)
			return (uint64_t)1 << 32 | num_big_endian32(o + 2);
	return 0;
}

#endif
