/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * side_run.h - run tshark beside the native reader on some packets of a
 * capture: odd ones, to get their rows, and a sample of the others, to compare
 * its rows with ours.
 *
 *	side_run_start(&run, t, directory, &err);
 *	... side_run_show(run, raw, n) of sections and interfaces,
 *	    side_run_compare() and side_run_ask() of packets ...
 *	side_run_end(run);
 *	if (side_run_wait(run, &err) < 0) ...
 *	while (side_run_answer(run, &row, &kind) > 0) ... rows that were asked
 *	if (!side_run_agrees(run)) ... side_run_complaint(run) ...
 *	side_run_free(run);
 *
 * tshark's output goes to a file without a name, so that neither process has
 * to wait for the other.
 */
#ifndef READ_SIDE_RUN_H
#define READ_SIDE_RUN_H

#include <stdbool.h>

#include "read/tshark.h"
#include "row/row.h"

struct side_run;

/*
 * Start tshark; its output file is created in "directory" (NULL: that of
 * temporary files).  NULL and EXIT_TSHARK or EXIT_SYSTEM on errors.
 */
struct side_run *side_run_start(const struct tshark *t, const char *directory,
				struct error *err)
	__attribute__((warn_unused_result));

/* Pass on a record that is not a packet, exactly as in the file. */
void side_run_show(struct side_run *run, const uint8_t *raw, size_t n);

/* Pass on a packet for which tshark must give this row and kind. */
void side_run_compare(struct side_run *run, const uint8_t *raw, size_t n,
		      const struct row *row, enum row_kind kind);

/* Pass on a packet whose row is wanted; "number" is its frame number. */
void side_run_ask(struct side_run *run, const uint8_t *raw, size_t n,
		  uint32_t number);

/* The number of packets passed to side_run_compare(). */
uint64_t side_run_compared(const struct side_run *run);

/* Call after the last packet. */
void side_run_end(struct side_run *run);

/*
 * Wait until tshark has ended, with any exit status.  Returns -1 and
 * EXIT_TSHARK when it took too long (proc_limit()).
 */
int side_run_wait(struct side_run *run, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The next row that was asked for, in that order; rows to be compared on the
 * way are compared.  Returns 1; or 0 when there are no more, or when tshark's
 * output cannot be trusted, which side_run_complaint() then explains.
 */
int side_run_answer(struct side_run *run, struct row *row, enum row_kind *kind);

/*
 * Call after all answers: whether all compared rows agree.  If not,
 * side_run_complaint() explains.
 */
bool side_run_agrees(struct side_run *run);

/* What is wrong, for a warning; NULL: nothing was found. */
const char *side_run_complaint(const struct side_run *run);

/* Kill tshark if it is running, and free everything. */
void side_run_free(struct side_run *run);

#endif
