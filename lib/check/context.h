/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * context.h - one connection, with all that rules look at and find.
 *
 *	struct token_index tokens;
 *	token_index_make(&tokens, &trace);
 *	context_init(&c, &trace, conn, &tokens, NULL, NULL);
 *	examine(&c);	// examine.h
 *	... c.findings[RULE_KEY_ECHO], c.verdicts.items ...
 *	context_release(&c);
 *	token_index_release(&tokens);
 *
 * The context owns what it found and borrows the rest, which must live as long.
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

/* A packet whose MPTCP options are not those that it was sent with: both
   captures have it, and differ. */
struct damaged {
	uint32_t packet;
	uint32_t frame;	  /* in the other capture */
	uint32_t subflow; /* its position in connection.subflows */
	bool removed;	  /* all options, rather than changed */
	bool arrived;	  /* here it is as it arrived, there as it was sent */
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
	const struct payload_facts *payload; /* or NULL: not looked at */
	struct check_context
		*other; /* or NULL: the same connection in the other
		     capture, for what only that end can know */
	struct ledger ledger;
	struct timeline timeline;
	struct signals signals;
	struct tcp_summary *tcp; /* of the subflows */
	enum vantage vantage;
	struct damages damages; /* none without the other capture */
	struct finding findings[RULES];
	struct verdicts verdicts;
};

/* Gather what there is to look at; "pairing" and "payload" may be NULL. */
void context_init(struct check_context *c, struct trace *trace,
		  struct connection *conn, const struct token_index *tokens,
		  const struct pairing *pairing,
		  const struct payload_facts *payload);
void context_release(struct check_context *c);

/*
 * The same connection in the second trace of the pairing, which is "trace":
 * where it has it, "other" gathers what there is, becomes c->other, and is to
 * be released; else it returns 0.  Nobody examines "other".
 */
int context_add_other(struct check_context *c, struct trace *trace,
		      struct check_context *other);

/*
 * What was captured where the data of a direction was sent, of one capture or
 * both: c, c->other, or NULL, where neither was taken there.
 */
struct check_context *context_at_sender(struct check_context *c,
					enum direction d);

/* Does the protocol of this connection, by its version, have the rule? */
bool context_has_rule(const struct check_context *c, enum rule_id rule);

/* Did either end ask for DSS checksums (RFC 8684 3.1, flag A), or may it? */
bool context_has_checksums(const struct trace *trace,
			   const struct connection *conn);

/* For the rules: the number of a packet's frame. */
uint32_t context_frame(const struct check_context *c, uint32_t packet);

/* The same for sentences, which name the file where the capture is several
   (origins.h): of this capture, and of the other one. */
struct origin_text context_frame_text(const struct check_context *c,
				      uint32_t frame);
struct origin_text context_other_frame(const struct check_context *c,
				       uint32_t frame);

/* What a packet is, for a sentence: "the SYN", "a segment with data". */
const char *context_packet_name(const struct check_context *c, uint32_t packet);

/* The k-th subflow. */
const struct stream *context_subflow(const struct check_context *c, size_t k);

/* A time for a sentence: "1.494 s", below a millisecond "120 us". */
void context_put_time(struct strbuf *out, int64_t ns);

/* What happened to the options of a packet on its way; NULL: nothing, or there
   is no other capture that tells.  The rule options_intact finds it. */
const struct damaged *context_damage(const struct check_context *c,
				     uint32_t packet);

/* RFC 6824 instead of RFC 8684? */
bool context_is_v0(const struct check_context *c);

#endif
