/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * context.h - everything that is needed to check one connection, and the
 * results.
 *
 *	struct token_index tokens;
 *	token_index_make(&tokens, &trace);
 *	context_init(&c, &trace, conn, &tokens, NULL, NULL);
 *	examine(&c);	// examine.h
 *	... c.findings[RULE_KEY_ECHO], c.verdicts.items ...
 *	context_release(&c);
 *	token_index_release(&tokens);
 *
 * The context owns its results and borrows everything else, which must remain
 * valid as long.
 */
#ifndef CHECK_CONTEXT_H
#define CHECK_CONTEXT_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "check/rule.h"
#include "check/signal.h"
#include "check/token_index.h"
#include "check/verdict.h"
#include "events/timeline.h"
#include "model/ledger.h"
#include "model/tcpsummary.h"
#include "model/vantage.h"
#include "pair/pairing.h"

struct payload_facts;

/*
 * A packet that is in both captures with different MPTCP options: they were
 * changed or removed on the path.
 */
struct damaged {
	uint32_t packet;
	uint32_t frame;	  /* frame number in the other capture */
	uint32_t subflow; /* its position in connection.subflows */
	bool removed;	  /* all options are missing, not just changed */
	bool arrived;	  /* this capture is at the receiver of the packet */
};

struct damages {
	struct damaged *items; /* by packet; owned */
	size_t n, cap;
};

struct check_context {
	struct trace *trace;
	struct connection *conn;
	const struct token_index *tokens;
	const struct pairing *pairing;	     /* or NULL: one capture */
	const struct payload_facts *payload; /* or NULL: payload was not read */
	/* The same connection in the other capture, for what only that end can
	   know; or NULL. */
	struct check_context *other;
	struct ledger ledger;
	struct timeline timeline;
	struct signals signals;
	struct tcp_summary *tcp; /* one for each subflow */
	enum vantage vantage;
	struct damages damages; /* empty without the other capture */
	struct finding findings[RULES];
	struct verdicts verdicts;
};

/* Prepare everything that rules need; "pairing" and "payload" may be NULL. */
void context_init(struct check_context *c, struct trace *trace,
		  struct connection *conn, const struct token_index *tokens,
		  const struct pairing *pairing,
		  const struct payload_facts *payload);
void context_release(struct check_context *c);

/*
 * Prepare "other" with the same connection in the second trace of the pairing,
 * which is "trace", and set c->other.  Returns 1; 0, with nothing to release,
 * if that capture does not have the connection.  "other" itself is not
 * checked.
 */
int context_add_other(struct check_context *c, struct trace *trace,
		      struct check_context *other);

/*
 * The context (c or c->other) whose capture was taken at the sender of a
 * direction; NULL: neither.
 */
struct check_context *context_at_sender(struct check_context *c,
					enum direction d);

/* Whether the rule exists in the protocol version of this connection. */
bool context_has_rule(const struct check_context *c, enum rule_id rule);

/*
 * Whether DSS checksums are in use or may be: an end asked for them (RFC 8684
 * 3.1, flag A), or its flags were not captured.
 */
bool context_has_checksums(const struct trace *trace,
			   const struct connection *conn);

/* The frame number of a packet. */
uint32_t context_frame(const struct check_context *c, uint32_t packet);

/*
 * A frame number of this capture, or of the other one, for sentences: with the
 * file's name if the capture consists of several files (origins.h).
 */
struct origin_text context_frame_text(const struct check_context *c,
				      uint32_t frame);
struct origin_text context_other_frame(const struct check_context *c,
				       uint32_t frame);

/* A packet described for a sentence: "the SYN", "a segment with data". */
const char *context_packet_name(const struct check_context *c, uint32_t packet);

const struct stream *context_subflow(const struct check_context *c, size_t k);

/* Append a time for a sentence: "1.494 s", below a millisecond "120 us". */
void context_put_time(struct strbuf *out, int64_t ns);

/*
 * What happened to the options of a packet on the path; NULL: nothing, or the
 * other capture does not tell.  Filled in by the rule options_intact.
 */
const struct damaged *context_damage(const struct check_context *c,
				     uint32_t packet);

/* Whether RFC 6824 applies instead of RFC 8684. */
bool context_is_v0(const struct check_context *c);

#endif
