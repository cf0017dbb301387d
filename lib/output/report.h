/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.h - takes rows and writes them as table, TSV, CSV or JSON.
 *
 * A command passes all of its rows; what a format shows of them is decided
 * here, from the row types, so that commands need not know the format.
 *
 *	struct report_options options = { .format = FORMAT_TABLE, ... };
 *	struct report *report = report_open(&options, &err);
 *	report_capture(report, &trace.info);
 *	report_row(report, 0, &connection_type, &row);
 *	report_row(report, 1, &subflow_type, &subrow);	// below the last one
 *	if (report_close(report, &err) < 0) ...
 *
 * "options" must remain valid as long as the report.  Rows need only be valid
 * during report_row().
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
	REPORT_LEVELS = 4
};

enum format {
	FORMAT_TABLE,
	FORMAT_TSV,
	FORMAT_CSV,
	FORMAT_JSON,
	FORMAT_JSONL /* one line for each row of level 0 */
};

enum report_list {
	LIST_COLUMNS, /* for people */
	LIST_NAMES,   /* names for -o: name, tab, meaning */
	LIST_TABLE    /* for tools, separated by tabs: path of the rows in a
			 document, name, key or "-", kind, meaning */
};

/* Minimum width of a column when lines are written immediately. */
struct report_width {
	const char *name; /* of the column */
	int width;	  /* characters */
};

struct report_options {
	enum format format;
	const char *schema;  /* "mptcp-ls/1" */
	const char *tool;    /* "mptcp-ls 0.2.0" */
	const char *columns; /* -o: names separated by commas; after a "+",
				columns in addition to the default ones; NULL:
				default */
	const char *sort;    /* --sort: a column; "-" in front: descending;
				NULL: unsorted */
	bool no_headings;
	bool several;	/* several captures were given */
	bool other_end; /* a capture of the other end was given */
	bool together;	/* rows are about all captures together */
	bool tree;	/* show rows below level 0 even where they are not in an
			   array of their own (in JSON with -o, too) */
	/* Table, TSV and CSV have one line for each row of the deepest level of
	   the chosen columns, including columns of the levels above; rows of
	   all levels must have the same C type and the values of the levels
	   above. */
	bool leaves;
	size_t around; /* --context: packets around each frame in text output */
	bool has_around;
	bool has_level; /* --level was given, with leaves: */
	int level;	/* lines are the rows of this level */
	const struct row_type *levels[REPORT_LEVELS]; /* NULL: no such level */
	const struct row_type *extra[REPORT_LEVELS];  /* further rows, only in
				documents of FORMAT_JSON; or NULL */
	const struct row_type *singles[2]; /* one row each, an object of that
				name in documents of FORMAT_JSON; or NULL */
	const struct sink *text; /* instead of the table, if no columns were
				    chosen, and no order unless it is a table
				    itself (sink.h); or NULL */
	/*
	 * Not NULL: rows arrive over a long time and are written at
	 * report_flush_rows().  FORMAT_TABLE then has a line for each row of
	 * level 0 with at least these widths; ends with a NULL name.
	 */
	const struct report_width *at_once;
	FILE *out; /* destination of FORMAT_JSON and FORMAT_JSONL, which the
		      caller flushes and checks for errors; NULL: standard
		      output */
	enum report_list list; /* what report_list_columns() prints */
};

struct report;

/* NULL and EXIT_USAGE when a column is unknown; nothing is written then. */
struct report *report_open(const struct report_options *options,
			   struct error *err)
	__attribute__((warn_unused_result));

/* The following rows belong to this capture. */
void report_capture(struct report *report, const struct capture_info *info);

/* Pass a row; types that are not in the options are ignored. */
void report_row(struct report *report, int level, const struct row_type *type,
		const void *row);

/* Write and flush all rows so far; -1 when writing failed. */
int report_flush_rows(struct report *report, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Write everything that is left, and free the report; -1 when writing failed
 * at any time.
 */
int report_close(struct report *report, struct error *err)
	__attribute__((warn_unused_result));

/* Free without writing more. */
void report_drop(struct report *report);

/*
 * --list-columns: print name, unit and meaning of each column on standard
 * output, in the form options->list.
 */
void report_list_columns(const struct report_options *options);

/*
 * Print one column for people, its name padded to "width"; wrapped on a
 * terminal.
 */
void report_list_column(const char *name, const char *type, const char *help,
			int width);

/* Flush standard output; -1 and EXIT_SYSTEM when writing failed. */
int report_flush(struct error *err) __attribute__((warn_unused_result));

#endif
