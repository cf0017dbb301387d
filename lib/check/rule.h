/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rule.h - the table of rules for connections, and the findings of checking
 * them.
 *
 * A rule examines items of one kind (joins, mappings, acknowledgments, ...).
 * Each item is right, wrong, or cannot be judged from the capture.  A finding
 * counts these three and keeps the frames that show violations.
 *
 *	finding_ok(f);
 *	finding_wrong(f, SEVERITY_ERROR, frame, "the HMAC of the SYN/ACK ...");
 *	finding_unknown(f, "the keys were not captured");
 *
 * Connections of version 0 are checked against RFC 6824, all others against
 * RFC 8684.  A finding owns its frames and texts.
 */
#ifndef CHECK_RULE_H
#define CHECK_RULE_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum rule_id {
	RULE_OPTION_LENGTH,
	RULE_VERSION_NEGOTIATION,
	RULE_KEY_ECHO,
	RULE_CAPABLE_FLAGS,
	RULE_TOKEN_UNIQUE,
	RULE_TOKEN_KNOWN,
	RULE_UNKNOWN_TOKEN,
	RULE_JOIN_NONCE,
	RULE_JOIN_HMAC_SYNACK,
	RULE_JOIN_HMAC_ACK,
	RULE_ADDRESS_ID,
	RULE_MAPPING_CONSISTENT,
	RULE_DATA_MAPPED,
	RULE_DATA_SAME,
	RULE_WINDOW_RESPECTED,
	RULE_CHECKSUM_PRESENT,
	RULE_CHECKSUM_VALID,
	RULE_DATA_ACK_MONOTONIC,
	RULE_DATA_ACK_SENT,
	RULE_DATA_ACK_PROGRESS,
	RULE_DATA_FIN_ACKED,
	RULE_DATA_AFTER_DATA_FIN,
	RULE_BACKUP_UNUSED,
	RULE_ADD_ADDR_HMAC,
	RULE_ADD_ADDR_ECHO,
	RULE_REMOVE_ADDR_KNOWN,
	RULE_FASTCLOSE_KEY,
	RULE_RESET_REASON,
	RULE_RESET_RECONNECT,
	RULE_MP_FAIL_HANDLING,
	RULE_OPTIONS_INTACT,
	RULES
};

enum severity {
	SEVERITY_NOTE,	  /* "note": unusual, or worth knowing */
	SEVERITY_WARNING, /* "warning": violates a SHOULD, or is not certain */
	SEVERITY_ERROR	  /* "error": violates a MUST, and is certain */
};

const char *severity_name(enum severity severity);

enum result {
	RESULT_OK,	   /* "ok": items were examined and none was wrong */
	RESULT_VIOLATED,   /* "violated" */
	RESULT_NOT_CHECKED /* "not_checked": no items, or none could be judged
			    */
};

const char *result_name(enum result result);

struct rule {
	const char *name;	/* "join_hmac_ack" */
	const char *section[2]; /* of RFC 6824, of RFC 8684; NULL: the rule does
				   not exist in that version */
	enum severity severity; /* the highest it can have */
	const char *title;   /* the correct behaviour: "... prove the keys" */
	const char *nothing; /* the reason when there were no items to check */
};

/* The table, by enum rule_id. */
const struct rule *rule_get(enum rule_id id);

enum {
	FINDING_FRAMES_MAX = 16 /* number of frames kept */
};

struct finding {
	enum rule_id rule;
	enum severity severity;		/* the highest found; else the rule's */
	uint64_t right, wrong, unknown; /* number of items */
	uint32_t frames[FINDING_FRAMES_MAX]; /* of the first violations */
	size_t n_frames;
	char *text;   /* about the first violation; or NULL; owned */
	char *reason; /* why the first item is unknown; or NULL; owned */
};

void finding_init(struct finding *f, enum rule_id rule);
void finding_release(struct finding *f);

/* Count one item as right, wrong or unknown.  "frame" 0: none to show. */
void finding_ok(struct finding *f);
void finding_wrong(struct finding *f, enum severity severity, uint32_t frame,
		   const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void finding_unknown(struct finding *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Add another frame to the last violation. */
void finding_frame(struct finding *f, uint32_t frame);

enum result finding_result(const struct finding *f);

/*
 * The text to show: about the first violation; why it was not checked; or the
 * rule's title if everything is right.
 */
const char *finding_text(const struct finding *f);

/* Append that text, and the number of violations if there are several. */
void finding_put(struct strbuf *out, const struct finding *f);

#endif
