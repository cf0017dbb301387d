/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.h - rows in, table, TSV, CSV or JSON out.
 *
 * A command hands over every row that it has; what a format shows of them is
 * decided here, from the row types, so that no command asks for the format.
 *
 *	struct report_options options = { .format = FORMAT_TABLE, ... };
 *	struct report *report = report_open(&options, &err);
 *	report_capture(report, &trace.info);
 *	report_row(report, 0, &connection_type, &row);
 *	report_row(report, 1, &subflow_type, &subrow);	// below the last one
 *	if (report_close(report, &err) < 0) ...
 *
 * "options" must live as long as the report.  Rows are not kept: each is
 * copied while report_row() runs.
 */
#ifndef OUTPUT_REPORT_H
#define OUTPUT_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "output/column.h"

struct capture_info;
struct sink;

enum {
	REPORT_LEVELS = 3
};

enum format {
	FORMAT_TABLE,
	FORMAT_TSV,
	FORMAT_CSV,
	FORMAT_JSON,
	FORMAT_JSONL /* one line per row of level 0 */
};

enum report_list {
	LIST_COLUMNS, /* for people */
	LIST_NAMES,   /* what -o takes: name, tab, meaning */
	LIST_TABLE    /* those of all rows, with tabs between: where the rows
			 are in a document, name, key or "-", kind, meaning */
};

struct report_options {
	enum format format;
	const char *schema;  /* "mptcp-ls/1" */
	const char *tool;    /* "mptcp-ls 0.1.0" */
	const char *columns; /* -o: names with commas between; NULL: default */
	bool no_headings;
	bool several;	/* there are several captures */
	bool other_end; /* there is a capture of the other end */
	bool together;	/* rows are of all captures together, of none alone */
	bool tree;	/* show rows below level 0 also where they are not
			  in an array of their own (and in JSON with -o) */
	bool leaves;	/* table, TSV and CSV have a line for each row of
			  the deepest level that a column was picked of,
			  with the columns of the levels above it; rows of
			  all levels are then of one C type, and each
			  knows what is above it */
	const struct row_type *levels[REPORT_LEVELS]; /* NULL: no such level */
	const struct row_type *extra[REPORT_LEVELS];  /* more rows, or NULL:
				only a document of FORMAT_JSON has them */
	const struct row_type *singles[2]; /* one row each, or NULL: an object
					      of that name in a document of
					      FORMAT_JSON */
	const struct sink *text; /* instead of the table, where no columns are
				    named; or NULL */
	FILE *out;		 /* FORMAT_JSON, FORMAT_JSONL: written there, which
				    is the caller's to flush and to look at for
				    errors; NULL: to stdout */
	enum report_list list;	 /* what report_list_columns() prints */
};

struct report;

/* NULL and EXIT_USAGE when a column is unknown; nothing is written then. */
struct report *report_open(const struct report_options *options,
			   struct error *err)
	__attribute__((warn_unused_result));

/* The rows that follow are of this capture. */
void report_capture(struct report *report, const struct capture_info *info);

/* A row of one of the types in the options; others are left out. */
void report_row(struct report *report, int level, const struct row_type *type,
		const void *row);

/* Write what is not yet written, free; -1 when anything was not written. */
int report_close(struct report *report, struct error *err)
	__attribute__((warn_unused_result));

/* Free without writing more. */
void report_drop(struct report *report);

/* --list-columns: name, unit and meaning of each column, on stdout; or as
 * options->list says. */
void report_list_columns(const struct report_options *options);

/* One column of it for people, the name in a field so wide; wrapped on a
 * terminal. */
void report_list_column(const char *name, const char *type, const char *help,
			int width);

/* Flush stdout; -1 and EXIT_SYSTEM when some of it was not written. */
int report_flush(struct error *err) __attribute__((warn_unused_result));

#endif
