/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events/event.h"

#include <string.h>

const char *event_name(enum event_kind kind)
{
	static const char *const names[EVENT_KINDS] = {
		[EVENT_CONNECTION_SYN] = "connection_syn",
		[EVENT_CONNECTION_SYNACK] = "connection_synack",
		[EVENT_CONNECTION_ESTABLISHED] = "connection_established",
		[EVENT_CONNECTION_REFUSED] = "connection_refused",
		[EVENT_FALLBACK] = "fallback",
		[EVENT_JOIN_SYN] = "join_syn",
		[EVENT_JOIN_SYNACK] = "join_synack",
		[EVENT_JOIN_ESTABLISHED] = "join_established",
		[EVENT_JOIN_REFUSED] = "join_refused",
		[EVENT_ADD_ADDR] = "add_addr",
		[EVENT_ADD_ADDR_ECHO] = "add_addr_echo",
		[EVENT_REMOVE_ADDR] = "remove_addr",
		[EVENT_PRIORITY] = "priority",
		[EVENT_MP_FAIL] = "mp_fail",
		[EVENT_FASTCLOSE] = "fastclose",
		[EVENT_TCP_RESET] = "tcp_reset",
		[EVENT_DATA_FIN] = "data_fin",
		[EVENT_FIN] = "fin",
		[EVENT_FIRST_DATA] = "first_data",
		[EVENT_WINDOW_PROBE] = "window_probe",
		[EVENT_STALLED] = "stalled",
		[EVENT_RECOVERED] = "recovered",
		[EVENT_HANDOVER] = "handover",
		[EVENT_CREATED] = "created",
		[EVENT_ESTABLISHED] = "established",
		[EVENT_CLOSED] = "closed",
		[EVENT_ANNOUNCED] = "announced",
		[EVENT_REMOVED] = "removed",
		[EVENT_SF_ESTABLISHED] = "sf_established",
		[EVENT_SF_CLOSED] = "sf_closed",
		[EVENT_SF_PRIO] = "sf_prio",
	};

	return (unsigned)kind < EVENT_KINDS ? names[kind] : NULL;
}

enum event_kind event_find(const char *name, size_t n)
{
	unsigned k = 0;

	while (k < EVENT_KINDS &&
	       (strlen(event_name((enum event_kind)k)) != n ||
		strncmp(event_name((enum event_kind)k), name, n) != 0))
		k++;
	return (enum event_kind)k;
}

const char *reset_reason_name(uint8_t reason)
{
	static const char *const names[] = {
		"unspecified", "mptcp_error",	"lack_of_resources",
		"prohibited",  "too_much_data", "bad_performance",
		"middlebox",
	};

	return reason < sizeof(names) / sizeof(names[0]) ? names[reason] : NULL;
}

const char *event_error_name(uint32_t error)
{
	static const struct {
		uint32_t error;
		const char *name;
	} names[] = {
		{ 32, "EPIPE" },	 { 101, "ENETUNREACH" },
		{ 103, "ECONNABORTED" }, { 104, "ECONNRESET" },
		{ 110, "ETIMEDOUT" },	 { 111, "ECONNREFUSED" },
		{ 113, "EHOSTUNREACH" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].error == error)
			return names[i].name;
	return NULL;
}
