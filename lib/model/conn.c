/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/conn.h"

const char *conn_end_name(enum conn_end end)
{
	static const char *const names[] = {
		[END_OPEN] = "open",
		[END_FIN] = "fin",
		[END_FIN_CLIENT] = "fin_client",
		[END_FIN_SERVER] = "fin_server",
		[END_DATA_FIN] = "data_fin",
		[END_RESET_CLIENT] = "reset_client",
		[END_RESET_SERVER] = "reset_server",
		[END_FASTCLOSE_CLIENT] = "fastclose_client",
		[END_FASTCLOSE_SERVER] = "fastclose_server",
		[END_REFUSED] = "refused",
		[END_UNANSWERED] = "unanswered",
	};

	return names[end];
}

const char *conn_state_name(enum conn_state state)
{
	static const char *const names[] = {
		[CONN_ESTABLISHED] = "established",
		[CONN_FALLBACK] = "fallback",
		[CONN_INCOMPLETE] = "incomplete",
		[CONN_REFUSED] = "refused",
	};

	return names[state];
}

const char *fallback_cause_name(enum fallback_cause cause)
{
	static const char *const names[] = {
		[FALLBACK_NONE] = NULL,
		[FALLBACK_NO_OPTION_IN_SYNACK] = "no_option_in_synack",
		[FALLBACK_NO_OPTION_IN_ACK] = "no_option_in_ack",
		[FALLBACK_NO_OPTION_IN_DATA] = "no_option_in_data",
		[FALLBACK_MP_FAIL] = "mp_fail",
		[FALLBACK_PLAIN_SYN_RETRY] = "plain_syn_retry",
		[FALLBACK_BAD_CAPABLE] = "bad_capable",
		[FALLBACK_OPTIONS_LOST] = "options_lost",
		[FALLBACK_OPTIONS_LOST_ONE_WAY] = "options_lost_one_way",
		[FALLBACK_INFINITE_MAPPING] = "infinite_mapping",
	};

	return names[cause];
}

bool connection_is_plain(const struct connection *c)
{
	switch (c->cause) {
	case FALLBACK_NO_OPTION_IN_SYNACK:
	case FALLBACK_NO_OPTION_IN_ACK:
	case FALLBACK_NO_OPTION_IN_DATA:
	case FALLBACK_PLAIN_SYN_RETRY:
	case FALLBACK_BAD_CAPABLE: return c->state == CONN_FALLBACK;
	case FALLBACK_NONE:
	case FALLBACK_MP_FAIL:
	case FALLBACK_OPTIONS_LOST:
	case FALLBACK_OPTIONS_LOST_ONE_WAY:
	case FALLBACK_INFINITE_MAPPING: break;
	}
	return false;
}

const char *grouping_name(enum grouping grouping)
{
	return grouping == GROUPING_DATA_SEQUENCE ? "data_sequence"
						  : "handshake";
}

bool byte_counts_know_unique(const struct byte_counts *c)
{
	return c->of[BYTES_UNIQUE] > 0 || c->of[BYTES_UNMAPPED] == 0;
}
