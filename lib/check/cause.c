/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/cause.h"

#include <string.h>

enum {
	CAUSES_MAX = 24 /* including the final NULL */
};

/* clang-format off */

static const char *const causes[QUESTIONS][CAUSES_MAX] = {
	[QUESTION_SINGLE_SUBFLOW] = {
		"no_address_known", "joins_forbidden", "add_addr_bad_hmac",
		"add_addr_not_echoed", "add_addr_lost", "add_addr_stripped",
		"add_addr_changed",
		"add_addr_not_used", "removed", "join_unanswered", "join_icmp",
		"wrong_interface", "join_refused", "subflow_limit",
		"join_no_option", "join_stripped", "join_hmac_wrong",
		"join_ack_missing", "too_short", "one_interface",
		"not_captured" },
	/*
	 * Those of enum fallback_cause, and those that only the other capture
	 * shows.
	 */
	[QUESTION_FALLBACK] = {
		"no_option_in_synack", "no_option_in_ack", "no_option_in_data",
		"mp_fail", "plain_syn_retry", "bad_capable", "options_lost",
		"options_lost_one_way", "infinite_mapping", "middlebox" },
	[QUESTION_RESET] = {
		"fastclose", "unspecified", "mptcp_error", "lack_of_resources",
		"prohibited", "too_much_data", "bad_performance", "middlebox",
		"unknown_reason", "mp_fail", "bad_join", "forged", "no_reason",
		"more" },
	[QUESTION_AGGREGATION] = {
		"stalled", "aggregating", "one_at_a_time", "backup",
		"joined_late", "closed_early", "window_limited",
		"application_limited", "rtt", "not_used" },
	/* Those of enum limit_state, and reasons why it is unknown. */
	[QUESTION_LIMIT] = {
		"starting", "outage", "receive_window", "application",
		"send_buffer", "idle_path", "recovery", "stalled_path", "path",
		"at_receiver", "in_the_middle", "place_unknown",
		"not_captured" },
	[QUESTION_OUTAGE] = { "outage" },
	/* Those of enum conn_end, and those that later packets show. */
	[QUESTION_CLOSE] = {
		"open", "fin", "fin_client", "fin_server", "data_fin",
		"data_fin_unacked", "reset_client", "reset_server",
		"fastclose_client", "fastclose_server", "refused",
		"unanswered", "not_captured" },
	[QUESTION_KERNEL] = {
		"kernel_agrees", "captured_in_part", "subflow_not_captured",
		"join_not_captured", "connection_not_established",
		"join_not_established", "option_not_taken",
		"closed_with_error" },
};

/* clang-format on */

static bool is_word(const char *word, const char *text, size_t length)
{
	return strlen(word) == length && strncmp(word, text, length) == 0;
}

static const char *find_in(enum question question, const char *word,
			   size_t length)
{
	for (const char *const *c = causes[question]; *c; c++)
		if (is_word(*c, word, length))
			return *c;
	return NULL;
}

const char *cause_word(enum question question, size_t i)
{
	return causes[question][i];
}

bool cause_answers(enum question question, const char *cause)
{
	return find_in(question, cause, strlen(cause)) != NULL;
}

const char *cause_find(const char *word, size_t length)
{
	const char *found = NULL;

	for (int q = 0; q < QUESTIONS && !found; q++)
		found = find_in((enum question)q, word, length);
	return found;
}

enum question question_find(const char *word, size_t length)
{
	int q = 0;

	while (q < QUESTIONS &&
	       !is_word(question_name((enum question)q), word, length))
		q++;
	return (enum question)q;
}
