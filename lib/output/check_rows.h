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
	const struct verdict *verdict; /* or NULL: a row of a check */
	const struct finding *finding; /* or NULL: a row of a verdict */
};

struct counter_row {
	const struct counters *counters;
	enum counter_id id; /* in rows of counters one by one */
	const struct kernel_counters *kernel[2]; /* of the client, the server;
						    NULL: not given */
};

/* A counter of a kernel, beside the capture's. */
struct nstat_row {
	const struct kernel_counter *counter;
	int host; /* 0 the client's, 1 the server's */
};

extern const struct row_type check_nstat; /* struct nstat_row */
extern const struct row_type check_verdict;
extern const struct row_type check_result;
extern const struct row_type check_counters; /* one row, struct counter_row */
extern const struct row_type check_counter;  /* struct counter_row */

/* What people call a question: "what limited it". */
const char *check_title(enum question question);

/* Adds " (frames 3, 7, ...)" where there are any; "total": how many there would
   be. */
void check_put_frames(struct strbuf *out, const struct trace *trace,
		      const uint32_t *frames, size_t n, uint64_t total);

/*
 * For people: of each connection its verdicts and the rules that are violated.
 * "all" rules with sink_check_all.
 */
extern const struct sink sink_check, sink_check_all;

#endif
