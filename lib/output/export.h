/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export.h - write the packets of a capture as mptcp-csv(5): mptcp-export.
 *
 *	struct export x;
 *	if (export_init(&x, "frame,dsn", &err) < 0) ...	// NULL: all columns
 *	export_write(&x, &trace, &raw, wanted, &out);
 *	export_release(&x);
 *
 * It does not use report.h, since it writes millions of rows and takes raw
 * columns from the field table.
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
	bool needs_model; /* some column comes from the model */
};

/*
 * "names" are separated by commas; "raw" stands for all columns that are
 * needed to read the file again, "model" for all others; NULL: all.  Returns
 * -1 and EXIT_USAGE for an unknown name.
 */
int export_init(struct export *x, const char *names, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Write the packets marked in "wanted" (one byte for each place in the file;
 * NULL: all) in the order of the file.  Write errors are reported by
 * outfile_commit().
 */
void export_write(const struct export *x, struct trace *trace,
		  const struct exact_rows *raw, const uint8_t *wanted,
		  struct outfile *out);

void export_release(struct export *x);

/*
 * --list-columns: print name, type and meaning of each column on standard
 * output, in the form "list".
 */
void export_list_columns(enum report_list list);

#endif
