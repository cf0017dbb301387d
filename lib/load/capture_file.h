/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_file.h - for files.h: reads the files that together are one capture,
 * several at a time.
 */
#ifndef LOAD_CAPTURE_FILE_H
#define LOAD_CAPTURE_FILE_H

#include "cache/capture.h"
#include "load/exact_rows.h"
#include "model/trace.h"

struct file_reading;

struct capture_file {
	char *path;
	struct file_id id; /* identity of the file that was read */
	size_t first, n;   /* its packets in the table, until they are sorted */
	struct capture_info info;
	struct capture capture; /* valid when is_open; uses the input below */
	struct input *in;	/* a copy of its own */
	bool is_open;
	/* Private, while files are read: */
	struct file_reading *reading;
	bool is_read;
	struct packets packets; /* until they can be appended to the trace */
	struct exact_rows exact;
	uint64_t told; /* progress */
};

/* capture_open(), unless the file is open. */
int capture_file_open(struct capture_file *file, const struct input *in,
		      struct error *err) __attribute__((warn_unused_result));

/*
 * Close the file if it can be opened again, so that more files can be read
 * than may be open at a time; with "for_good" close it in any case.
 */
void capture_file_shut(struct capture_file *file, bool for_good);

/*
 * Read all packets of n files into the trace, one file after the other, and
 * their rows into "exact" (NULL: not wanted).  TCP streams of different files
 * get different numbers.  Uses as many threads as "in", which must be prepared
 * (input_prepare()), has jobs: each runs a tshark of its own, and the packets
 * of a file are held back until those of the files before it have been
 * appended.  Errors are those of capture_open() and capture_read().
 */
int capture_files_read(struct capture_file *const *files, size_t n,
		       struct input *in, struct trace *trace,
		       struct exact_rows *exact, struct error *err)
	__attribute__((warn_unused_result));

/* Free what it owns, but not the struct itself. */
void capture_file_release(struct capture_file *file);

#endif
