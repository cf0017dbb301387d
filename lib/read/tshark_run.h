/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tshark_run.h - what runs of tshark over a whole capture and over its parts
 * have in common; only for those two (tshark_read.c, tshark_parts.c).
 */
#ifndef READ_TSHARK_RUN_H
#define READ_TSHARK_RUN_H

#include <stdbool.h>

#include "read/tshark.h"
#include "read/tshark_row.h"
#include "row/numbering.h"

struct tshark_run {
	const struct read_job *job;
	struct capture_info *info;
	struct tshark_layout layout;
	struct row row;
	uint32_t handed; /* the last frame that job->fn got; it gets no
			    row before that again */
	uint64_t before; /* packets of the parts before this one */
	struct numbering *numbering; /* or NULL: tshark's numbers are right */
	bool astray;		     /* a part cannot be used: one run has to do
					all */
};

/* The command line; "path" NULL: from the standard input. */
void tshark_run_argv(struct strlist *argv, const struct tshark *t,
		     const struct tshark_run *run, const char *path,
		     bool as_data);

/* A proc_line_fn with the run as "ctx". */
int tshark_run_line(void *ctx, const char *line, size_t n, struct error *err);

/*
 * Read the capture in parts, several at the same time.  TSHARK_AGAIN: it has to
 * be read in one run, of which the rows up to run->handed are not wanted any
 * more.  TSHARK_FAILED: job->fn failed.
 */
enum tshark_result tshark_parts_read(struct tshark_run *run,
				     const struct tshark *t, struct error *err)
	__attribute__((warn_unused_result));

#endif
