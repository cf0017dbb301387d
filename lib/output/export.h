/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.h - the packets of a capture as mptcp-csv(5).
 *
 *	struct export x;
 *	if (export_init(&x, "frame,dsn", &err) < 0) ...	// NULL: all columns
 *	export_write(&x, &trace, &raw, wanted, &out);
 *	export_release(&x);
 *
 * Its own writer rather than a format of report.h: it is the one output of
 * millions of rows, and the raw columns come from the field table.
 */
#ifndef OUTPUT_EXPORT_H
#define OUTPUT_EXPORT_H

#include <stdbool.h>

#include "base/error.h"
#include "load/exact_rows.h"
#include "os/outfile.h"
#include "output/report.h"

struct export_pick;

struct export
{
	struct export_pick *picks; /* owned */
	size_t n, cap;
	bool needs_model; /* some column is not a raw one */
};

/*
 * "names" have commas between; "raw" stands for all that a file needs to be
 * read again, "model" for the others.  -1 and EXIT_USAGE for an unknown one.
 */
int export_init(struct export *x, const char *names, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Write the packets that are "wanted" (one byte for each place in the file;
 * NULL: all), in the order of the file.  Errors of "out" are left to whoever
 * commits it.
 */
void export_write(const struct export *x, struct trace *trace,
		  const struct exact_rows *raw, const uint8_t *wanted,
		  struct outfile *out);

void export_release(struct export *x);

/* --list-columns: name, kind and meaning of each column, on stdout, for people
   or as "list" says; rows are "raw" or "model". */
void export_list_columns(enum report_list list);

#endif
