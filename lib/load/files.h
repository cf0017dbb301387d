/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * files.h - several files that are one capture: rotated ones, or one for each
 * interface.
 *
 * Each is read, and kept in the cache, as a capture of its own.  Their packets
 * become one trace, in order of time, as if one file had them all
 * (interleave.h); all of them are in memory.  What several files call by the
 * same name that were written at the same time is not one interface: there its
 * name gets that of the file, and so has one without a name.
 *
 *	struct files f;
 *	if (files_open(&f, &in, paths, n, &err) < 0) ...
 *	if (files_read(&f, &trace, NULL, &err) < 0) ...
 *	files_close(&f);
 *
 * "in" stays the caller's, and must live as long.
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
	char *name; /* of all of them */
	size_t n;
	/* Private: */
	struct capture_file **items;
	struct strlist said; /* of what is left out */
};

/* file_list.h says which, and how that fails.  To be closed unless it fails. */
int files_open(struct files *f, struct input *in, const char *const *paths,
	       size_t n, struct error *err) __attribute__((warn_unused_result));

/*
 * All packets into the trace, which is empty, and their rows into "exact"
 * (NULL: they are not wanted); the model is still to be built.  Errors are
 * those of capture_open() and capture_read().
 */
int files_read(struct files *f, struct trace *trace, struct exact_rows *exact,
	       struct error *err) __attribute__((warn_unused_result));

/* Packets of any protocol in file i, which was read. */
uint64_t files_packets(const struct files *f, size_t i);

/*
 * File i, which was read, once more, until files_shut().  NULL and EXIT_INPUT
 * when it is another one by now.
 */
const struct source *files_reopen(struct files *f, size_t i, struct error *err)
	__attribute__((warn_unused_result));
void files_shut(struct files *f, size_t i);

/* The payload of what was read: payload_read(), whose rows have the frames of
   the trace. */
int files_read_payload(struct files *f, const struct origins *origins,
		       payload_fn *fn, void *ctx, struct error *err)
	__attribute__((warn_unused_result));

void files_close(struct files *f);

#endif
