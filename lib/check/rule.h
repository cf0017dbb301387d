/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rule.h - what a connection is checked for, and what was found.
 *
 * A rule looks at things of one kind (joins, mappings, acknowledgments, ...).
 * Each thing is right, wrong, or cannot be judged by what was captured; the
 * finding counts the three and keeps the frames that prove what is wrong.
 *
 *	finding_ok(f);
 *	finding_wrong(f, SEVERITY_ERROR, frame, "the HMAC of the SYN/ACK ...");
 *	finding_unknown(f, "the keys were not captured");
 *
 * Connections of version 0 are judged by RFC 6824, all others by RFC 8684.
 * A finding owns its frames and text.
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
	SEVERITY_NOTE,	  /* "note": odd, or worth to know */
	SEVERITY_WARNING, /* "warning": a SHOULD, or not certain */
	SEVERITY_ERROR	  /* "error": a MUST, and certain */
};

const char *severity_name(enum severity severity);

enum result {
	RESULT_OK,	   /* "ok": things were looked at, none was wrong */
	RESULT_VIOLATED,   /* "violated" */
	RESULT_NOT_CHECKED /* "not_checked": there was nothing to look at, or
			      nothing that could be judged */
};

const char *result_name(enum result result);

struct rule {
	const char *name;	/* "join_hmac_ack" */
	const char *section[2]; /* of RFC 6824, of RFC 8684; NULL: no such rule
				   in that version */
	enum severity severity; /* of the worst that it can find */
	const char *title;	/* what is right: "... prove the keys" */
	const char *nothing;	/* why there was nothing to look at */
};

/* The table, by enum rule_id. */
const struct rule *rule_get(enum rule_id id);

enum {
	FINDING_FRAMES_MAX = 16 /* frames that are kept */
};

struct finding {
	enum rule_id rule;
	enum severity severity;		/* the worst found; else the rule's */
	uint64_t right, wrong, unknown; /* things looked at */
	uint32_t frames[FINDING_FRAMES_MAX]; /* of what is wrong, the first */
	size_t n_frames;
	char *text;   /* of the first that is wrong; or NULL; owned */
	char *reason; /* why the first unknown one is; or NULL; owned */
};

void finding_init(struct finding *f, enum rule_id rule);
void finding_release(struct finding *f);

void finding_ok(struct finding *f);
/* "frame" 0: no frame to show. */
void finding_wrong(struct finding *f, enum severity severity, uint32_t frame,
		   const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void finding_unknown(struct finding *f, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* One more frame that belongs to the last wrong thing. */
void finding_frame(struct finding *f, uint32_t frame);

enum result finding_result(const struct finding *f);

/* What there is to say: about the wrong, else why it was not checked; the
   rule's title where all is right. */
const char *finding_text(const struct finding *f);

/* The same, and how often, where that is more than once. */
void finding_put(struct strbuf *out, const struct finding *f);

#endif
