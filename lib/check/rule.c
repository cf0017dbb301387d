/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/rule.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define NO_JOIN "no subflow was joined"
#define NO_CAPABLE "no MP_CAPABLE handshake was captured"

/* clang-format off */

/*
 * name, sections in { RFC 6824, RFC 8684 }, severity, title, why nothing to
 * check
 */
static const struct rule rules[RULES] = {
	[RULE_OPTION_LENGTH] = {
		"option_length", { "3.1", "3.1" }, SEVERITY_ERROR,
		"all Multipath TCP options have a length that fits their kind",
		"no option was captured" },
	[RULE_VERSION_NEGOTIATION] = {
		"version_negotiation", { "3.1", "3.1" }, SEVERITY_ERROR,
		"the server answered with a version that the client offers",
		NO_CAPABLE },
	[RULE_KEY_ECHO] = {
		"key_echo", { "3.1", "3.1" }, SEVERITY_ERROR,
		"the client repeats both keys as exchanged before",
		NO_CAPABLE },
	[RULE_CAPABLE_FLAGS] = {
		"capable_flags", { "3.1", "3.1" }, SEVERITY_ERROR,
		"the flags of MP_CAPABLE agree", NO_CAPABLE },
	[RULE_TOKEN_UNIQUE] = {
		"token_unique", { "3.1", "3.1" }, SEVERITY_WARNING,
		"no other connection of the same host had the token",
		"the keys are unknown" },
	[RULE_TOKEN_KNOWN] = {
		"token_known", { "3.2", "3.2" }, SEVERITY_ERROR,
		"joins have the token that the key gives", NO_JOIN },
	[RULE_UNKNOWN_TOKEN] = {
		"unknown_token", { "3.2", "3.2" }, SEVERITY_WARNING,
		"joins that are not accepted are reset", NO_JOIN },
	[RULE_JOIN_NONCE] = {
		"join_nonce", { "3.2", "3.2" }, SEVERITY_WARNING,
		"each join has random numbers of its own", NO_JOIN },
	[RULE_JOIN_HMAC_SYNACK] = {
		"join_hmac_synack", { "3.2", "3.2" }, SEVERITY_ERROR,
		"the HMACs in the SYN/ACKs of joins match the keys", NO_JOIN },
	[RULE_JOIN_HMAC_ACK] = {
		"join_hmac_ack", { "3.2", "3.2" }, SEVERITY_ERROR,
		"the HMACs in the ACKs of joins match the keys", NO_JOIN },
	[RULE_ADDRESS_ID] = {
		"address_id", { "3.2", "3.2" }, SEVERITY_WARNING,
		"each address id stands for one address",
		"no address id was sent" },
	[RULE_MAPPING_CONSISTENT] = {
		"mapping_consistent", { "3.3.1", "3.3.1" }, SEVERITY_ERROR,
		"no mapping contradicts an earlier one",
		"no mapping was captured" },
	[RULE_DATA_MAPPED] = {
		"data_mapped", { "3.3.1", "3.3.1" }, SEVERITY_ERROR,
		"all payload is mapped", "no payload was captured" },
	[RULE_DATA_SAME] = {
		"data_same", { "3.3", "3.3" }, SEVERITY_ERROR,
		"data that is sent again is the same",
		"no data was sent again" },
	[RULE_WINDOW_RESPECTED] = {
		"window_respected", { "3.3.5", "3.3.5" }, SEVERITY_WARNING,
		"no data is beyond the receive window",
		"no data or no window was captured" },
	[RULE_CHECKSUM_PRESENT] = {
		"checksum_present", { "3.3.1", "3.3.1" }, SEVERITY_ERROR,
		"mappings have checksums if and only if those were agreed on",
		"no mapping was captured" },
	[RULE_CHECKSUM_VALID] = {
		"checksum_valid", { "3.3.1", "3.3.1" }, SEVERITY_ERROR,
		"the checksums of mappings are right",
		"no checksums were agreed on" },
	[RULE_DATA_ACK_MONOTONIC] = {
		"data_ack_monotonic", { "3.3.2", "3.3.2" }, SEVERITY_WARNING,
		"no DATA_ACK goes back on its subflow",
		"no DATA_ACK was captured" },
	[RULE_DATA_ACK_SENT] = {
		"data_ack_sent", { "3.3.2", "3.3.2" }, SEVERITY_ERROR,
		"DATA_ACKs acknowledge only what was sent",
		"no DATA_ACK was captured" },
	[RULE_DATA_ACK_PROGRESS] = {
		"data_ack_progress", { "3.3.2", "3.3.2" }, SEVERITY_WARNING,
		"data that subflows acknowledged was acknowledged by DATA_ACKs",
		"no DATA_ACK was captured" },
	[RULE_DATA_FIN_ACKED] = {
		"data_fin_acked", { "3.3.3", "3.3.3" }, SEVERITY_WARNING,
		"DATA_FINs were acknowledged", "no DATA_FIN was captured" },
	[RULE_DATA_AFTER_DATA_FIN] = {
		"data_after_data_fin", { "3.3.3", "3.3.3" }, SEVERITY_ERROR,
		"no new data follows a DATA_FIN", "no DATA_FIN was captured" },
	[RULE_BACKUP_UNUSED] = {
		"backup_unused", { "3.3.8", "3.3.8" }, SEVERITY_WARNING,
		"no new data was sent on backup subflows while a regular one "
		"worked", "no subflow was a backup" },
	[RULE_ADD_ADDR_HMAC] = {
		"add_addr_hmac", { NULL, "3.4.1" }, SEVERITY_ERROR,
		"the HMACs of ADD_ADDRs match the keys",
		"no address was announced" },
	[RULE_ADD_ADDR_ECHO] = {
		"add_addr_echo", { NULL, "3.4.1" }, SEVERITY_WARNING,
		"each ADD_ADDR was echoed", "no address was announced" },
	[RULE_REMOVE_ADDR_KNOWN] = {
		"remove_addr_known", { "3.4.2", "3.4.2" }, SEVERITY_NOTE,
		"removed address ids had been in use",
		"no address was removed" },
	[RULE_FASTCLOSE_KEY] = {
		"fastclose_key", { "3.5", "3.5" }, SEVERITY_ERROR,
		"MP_FASTCLOSE names the key of the host that receives it",
		"no MP_FASTCLOSE was captured" },
	[RULE_RESET_REASON] = {
		"reset_reason", { NULL, "3.6" }, SEVERITY_WARNING,
		"resets have reasons that RFC 8684 defines",
		"no MP_TCPRST was captured" },
	[RULE_RESET_RECONNECT] = {
		"reset_reconnect", { NULL, "3.6" }, SEVERITY_WARNING,
		"no join was tried again after a reset without flag T "
		"(transient)",
		"no MP_TCPRST was captured" },
	[RULE_MP_FAIL_HANDLING] = {
		"mp_fail_handling", { "3.6", "3.7" }, SEVERITY_ERROR,
		"after MP_FAIL the subflow was reset, or the only one went on "
		"with an infinite mapping", "no MP_FAIL was captured" },
	[RULE_OPTIONS_INTACT] = {
		"options_intact", { "6", "6" }, SEVERITY_ERROR,
		"the options arrived as they were sent",
		"needs the captures of both ends" },
};

/* clang-format on */

const struct rule *rule_get(enum rule_id id)
{
	return &rules[id];
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = { "note", "warning", "error" };

	return names[severity];
}

const char *result_name(enum result result)
{
	static const char *const names[] = { "ok", "violated", "not_checked" };

	return names[result];
}

void finding_init(struct finding *f, enum rule_id rule)
{
	memset(f, 0, sizeof(*f));
	f->rule = rule;
	f->severity = rules[rule].severity;
}

void finding_release(struct finding *f)
{
	free(f->text);
	free(f->reason);
	f->text = f->reason = NULL;
}

void finding_ok(struct finding *f)
{
	f->right++;
}

void finding_frame(struct finding *f, uint32_t frame)
{
	if (!frame || f->n_frames == FINDING_FRAMES_MAX)
		return;
	for (size_t i = 0; i < f->n_frames; i++)
		if (f->frames[i] == frame)
			return;
	f->frames[f->n_frames++] = frame;
}

void finding_wrong(struct finding *f, enum severity severity, uint32_t frame,
		   const char *fmt, ...)
{
	va_list args;

	if (!f->wrong++ || severity > f->severity)
		f->severity = severity;
	finding_frame(f, frame);
	if (f->text)
		return;
	va_start(args, fmt);
	f->text = mem_vprintf(fmt, args);
	va_end(args);
}

void finding_unknown(struct finding *f, const char *fmt, ...)
{
	va_list args;

	f->unknown++;
	if (f->reason)
		return;
	va_start(args, fmt);
	f->reason = mem_vprintf(fmt, args);
	va_end(args);
}

enum result finding_result(const struct finding *f)
{
	if (f->wrong)
		return RESULT_VIOLATED;
	return f->right ? RESULT_OK : RESULT_NOT_CHECKED;
}

const char *finding_text(const struct finding *f)
{
	switch (finding_result(f)) {
	case RESULT_VIOLATED: return f->text;
	case RESULT_NOT_CHECKED:
		return f->reason ? f->reason : rules[f->rule].nothing;
	case RESULT_OK: break;
	}
	return rules[f->rule].title;
}

void finding_put(struct strbuf *out, const struct finding *f)
{
	strbuf_puts(out, finding_text(f));
	if (f->wrong > 1)
		strbuf_printf(out, "; %" PRIu64 " times", f->wrong);
}
