/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_rows.h - the rows of mptcp-check: verdicts, rules, counters.
 */
#ifndef OUTPUT_CHECK_ROWS_H
#define OUTPUT_CHECK_ROWS_H

#include "check/context.h"
#include "check/kernel_counters.h"
#include "output/getters.h"
#include "output/sink.h"

struct check_row {
	struct listing_row listing; /* first: getters.h */
	const struct check_context *context;
	const struct verdict *verdict; /* or NULL: a row about a rule */
	const struct finding *finding; /* or NULL: a row about a verdict */
};

struct counter_row {
	const struct counters *counters;
	enum counter_id id; /* used in rows for single counters */
	/* Of the client, the server, or both in one; NULL: not given. */
	const struct kernel_counters *kernel[HOST_BOTH + 1];
};

/* A kernel's counter next to that of the capture. */
struct nstat_row {
	const struct kernel_counter *counter;
	int host; /* as in struct kernel_counters */
};

extern const struct row_type check_nstat; /* struct nstat_row */
extern const struct row_type check_verdict;
extern const struct row_type check_result;
extern const struct row_type check_counters; /* one row, struct counter_row */
extern const struct row_type check_counter;  /* struct counter_row */

/* The heading for a question in text output: "what limited it". */
const char *check_title(enum question question);

/*
 * Append " (frames 3, 7, ...)" if n > 0; "total" is the number including those
 * not listed.
 */
void check_put_frames(struct strbuf *out, const struct trace *trace,
		      const uint32_t *frames, size_t n, uint64_t total);

/*
 * Text output: for each connection its verdicts and violated rules;
 * sink_check_all includes all rules.
 */
extern const struct sink sink_check, sink_check_all;

/* The same when only rows about problems are passed: rules are not counted. */
extern const struct sink sink_check_problems;

#endif
