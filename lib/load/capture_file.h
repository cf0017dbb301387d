/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_file.h - for files.h: one of several files that are one capture, and
 * how all of them are read.
 */
#ifndef LOAD_CAPTURE_FILE_H
#define LOAD_CAPTURE_FILE_H

#include "cache/capture.h"
#include "load/exact_rows.h"
#include "model/trace.h"

struct file_reading;

struct capture_file {
	char *path;
	struct file_id id; /* of the file that was read */
	size_t first, n;   /* its packets, while they are in a row */
	struct capture_info info;
	struct capture capture; /* when is_open, by this copy of the input */
	struct input *in;
	bool is_open;
	/* Private: while files are read. */
	struct file_reading *reading;
	bool is_read;
	struct packets packets; /* by themselves, until it is its turn */
	struct exact_rows exact;
	uint64_t told; /* progress */
};

/* Unless it is open: capture_open(). */
int capture_file_open(struct capture_file *file, const struct input *in,
		      struct error *err) __attribute__((warn_unused_result));

/* What can be opened again is, unless it is for good: there may be more files
   than may be open. */
void capture_file_shut(struct capture_file *file, bool for_good);

/*
 * All packets of n files into the trace, one file behind the other, and their
 * rows into "exact" (NULL: they are not wanted); TCP streams of different files
 * have different numbers.  By as many threads as "in", which is prepared, has
 * jobs: each waits for a tshark of its own, and packets wait by themselves
 * until those of the files before them are in.  Errors are those of
 * capture_open() and capture_read().
 */
int capture_files_read(struct capture_file *const *files, size_t n,
		       struct input *in, struct trace *trace,
		       struct exact_rows *exact, struct error *err)
	__attribute__((warn_unused_result));

/* What it owns, not itself. */
void capture_file_release(struct capture_file *file);

#endif
