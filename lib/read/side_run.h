/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * side_run.h - a tshark that is shown some packets of a capture, while it is
 * read natively: those that are odd, for their rows, and a sample of the
 * others, to compare its rows with ours.
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
 * What it prints goes to a file without a name, so that neither has to wait for
 * the other.
 */
#ifndef READ_SIDE_RUN_H
#define READ_SIDE_RUN_H

#include <stdbool.h>

#include "read/tshark.h"
#include "row/row.h"

struct side_run;

/*
 * Start tshark; "directory" (NULL: that of temporary files) takes the file of
 * what it prints.  NULL and EXIT_TSHARK or EXIT_SYSTEM.
 */
struct side_run *side_run_start(const struct tshark *t, const char *directory,
				struct error *err)
	__attribute__((warn_unused_result));

/* A record that is no packet, as the file has it. */
void side_run_show(struct side_run *run, const uint8_t *raw, size_t n);

/* A packet whose row is to be this one, which is of this kind. */
void side_run_compare(struct side_run *run, const uint8_t *raw, size_t n,
		      const struct row *row, enum row_kind kind);

/* A packet whose row is wanted; its number in the capture. */
void side_run_ask(struct side_run *run, const uint8_t *raw, size_t n,
		  uint32_t number);

uint64_t side_run_compared(const struct side_run *run);

/* There are no more packets. */
void side_run_end(struct side_run *run);

/*
 * Wait until tshark has ended: 0, whatever it has to say.  -1 and EXIT_TSHARK
 * when it took too long (proc_limit()).
 */
int side_run_wait(struct side_run *run, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The next row of those that were asked for, in that order; those to be
 * compared are, on the way.  1; 0: there are no more, or tshark is not to be
 * believed: then there is a complaint.
 */
int side_run_answer(struct side_run *run, struct row *row, enum row_kind *kind);

/* After all answers: do all rows agree?  Else there is a complaint. */
bool side_run_agrees(struct side_run *run);

/* What is wrong, for a warning; NULL: nothing that was looked at. */
const char *side_run_complaint(const struct side_run *run);

/* Stops what is running. */
void side_run_free(struct side_run *run);

#endif
