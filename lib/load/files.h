/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * files.h - several files that are one capture (-m): parts of a rotated
 * capture, or one file for each interface.
 *
 * Each file is read, and kept in the cache, as a capture of its own.  Their
 * packets become one trace in order of time, as if they were in one file
 * (interleave.h); all of them stay in memory.  Interfaces with the same name
 * are told apart by adding the file's name when the files were written at the
 * same time by different processes (file_sources.h); so are interfaces without
 * a name.
 *
 *	struct files f;
 *	if (files_open(&f, &in, paths, n, &err) < 0) ...
 *	if (files_read(&f, &trace, NULL, &err) < 0) ...
 *	files_close(&f);
 *
 * "in" belongs to the caller and must remain valid until files_close().
 */
#ifndef LOAD_FILES_H
#define LOAD_FILES_H

#include "cache/capture.h"
#include "load/exact_rows.h"
#include "model/trace.h"
#include "read/payload.h"

struct capture_file;

struct files {
	struct input *in;
	char *name; /* name of the whole capture, for output */
	size_t n;
	/* Private: */
	struct capture_file **items;
	struct strlist said; /* what was left out, as warnings */
};

/*
 * Find the files; errors are those of file_list_make().  To be closed unless
 * it fails.
 */
int files_open(struct files *f, struct input *in, const char *const *paths,
	       size_t n, struct error *err) __attribute__((warn_unused_result));

/*
 * Read all packets into the trace, which must be empty, and their rows into
 * "exact" (NULL: not wanted).  The caller then builds the model
 * (trace_build()).  Errors are those of capture_open() and capture_read().
 */
int files_read(struct files *f, struct trace *trace, struct exact_rows *exact,
	       struct error *err) __attribute__((warn_unused_result));

/* The number of packets of any protocol in file i.  Call after files_read(). */
uint64_t files_packets(const struct files *f, size_t i);

/*
 * Open file i again, until files_shut().  NULL and EXIT_INPUT when the file
 * has changed since files_read().
 */
const struct source *files_reopen(struct files *f, size_t i, struct error *err)
	__attribute__((warn_unused_result));
void files_shut(struct files *f, size_t i);

/*
 * payload_read() for all files; frame numbers in its rows are those of the
 * trace.
 */
int files_read_payload(struct files *f, const struct origins *origins,
		       payload_fn *fn, void *ctx, struct error *err)
	__attribute__((warn_unused_result));

void files_close(struct files *f);

#endif
