/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row/icmp.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	UNREACHABLE = 3, /* RFC 792 */
	TIME_EXCEEDED = 11,
	PARAMETER_PROBLEM = 12,
	UNREACHABLE_V6 = 1, /* RFC 4443 */
	TIME_EXCEEDED_V6 = 3,
	PARAMETER_PROBLEM_V6 = 4
};

void icmp_errors_add(struct icmp_errors *list, const struct icmp_error *error)
{
	if (list->n == ICMP_ERRORS_MAX)
		return;
	*MEM_PUSH(list->items, list->n, list->cap) = *error;
}

void icmp_errors_add_row(struct icmp_errors *list, const struct row *row)
{
	struct icmp_error e = { .frame = row->frame,
				.time = row->time,
				.from = row->icmp_from,
				.type = row->icmp_type,
				.code = row->icmp_code,
				.src = row->src,
				.dst = row->dst,
				.sport = row->sport,
				.dport = row->dport,
				.seq = row->seq };
	const unsigned whole = ROW_HAS_FRAME | ROW_HAS_TIME | ROW_HAS_SRC |
			       ROW_HAS_DST | ROW_HAS_SPORT | ROW_HAS_DPORT |
			       ROW_HAS_SEQ;

	if ((row->present & whole) != whole)
		return;
	icmp_errors_add(list, &e);
}

void icmp_errors_release(struct icmp_errors *list)
{
	free(list->items);
	*list = (struct icmp_errors){ .items = NULL };
}

bool icmp_error_is_v6(const struct icmp_error *e)
{
	return address_is_v6(&e->src);
}

/* RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1. */
static const char *name_v4(uint8_t type, uint8_t code)
{
	static const char *const unreachable[] = {
		[0] = "network unreachable",
		[1] = "host unreachable",
		[2] = "protocol unreachable",
		[3] = "port unreachable",
		[5] = "source route failed",
		[6] = "destination network unknown",
		[7] = "destination host unknown",
		[8] = "source host isolated",
		[9] = "network administratively prohibited",
		[10] = "host administratively prohibited",
		[11] = "network unreachable for the type of service",
		[12] = "host unreachable for the type of service",
		[13] = "communication administratively filtered",
		[14] = "host precedence violation",
		[15] = "precedence cutoff in effect",
	};

	if (type == TIME_EXCEEDED)
		return "time to live exceeded";
	if (type == PARAMETER_PROBLEM)
		return "parameter problem";
	/* packet too big: not a refusal */
	if (type != UNREACHABLE || code == 4)
		return NULL;
	return code < sizeof(unreachable) / sizeof(*unreachable)
		       ? unreachable[code]
		       : "destination unreachable";
}

/* RFC 4443 3. */
static const char *name_v6(uint8_t type, uint8_t code)
{
	static const char *const unreachable[] = {
		"no route to destination",
		"communication administratively prohibited",
		"beyond scope of source address",
		"address unreachable",
		"port unreachable",
		"source address failed ingress or egress policy",
		"reject route to destination",
	};

	if (type == TIME_EXCEEDED_V6)
		return "hop limit exceeded";
	if (type == PARAMETER_PROBLEM_V6)
		return "parameter problem";
	if (type != UNREACHABLE_V6)
		return NULL;
	return code < sizeof(unreachable) / sizeof(*unreachable)
		       ? unreachable[code]
		       : "destination unreachable";
}

const char *icmp_error_name(const struct icmp_error *e)
{
	return icmp_error_is_v6(e) ? name_v6(e->type, e->code)
				   : name_v4(e->type, e->code);
}
