/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.h - what can read captures: one interface, and the table of readers.
 *
 * Each reader makes the same rows (row.h) of its kind of file.  A source
 * (source.h) is read by the first one in the table that recognises it; the
 * last one takes whatever there is, and says what is wrong with it.
 */
#ifndef READ_READER_H
#define READ_READER_H

#include <stdbool.h>

#include "read/input.h"
#include "row/capture_info.h"
#include "row/row.h"

struct source;

struct side_run;

/* What is read, and who gets the rows; all borrowed. */
struct read_job {
	struct input *in;
	const struct source *source;
	row_fn *fn; /* gets the TCP packets, in the order of the file */
	void *ctx;
	/* Private to the reader: what is still to be confirmed. */
	struct side_run *pending;
};

enum reader_result {
	READER_FAILED = -1,
	READER_DONE,
	READER_AGAIN /* the rows are not to be used: tshark_reader has to read
			the capture, of which info->warnings may say why */
};

struct reader {
	const char *name;
	bool has_packets; /* the file holds packets, not only what is known
			     of them */
	bool is_slow;	  /* the cache keeps the rows */
	/*
	 * Does the regular file or pipe "fd" hold such a capture, by its first
	 * bytes?  Nothing is consumed; waits for the first bytes of a pipe.
	 */
	bool (*recognise)(int fd);
	/*
	 * Read the source to its end.  "info", initialised by the caller, gets
	 * what there is to say besides the rows; but for its tcp_packets, to
	 * which the malformed are not added yet.  A capture that is cut short
	 * or damaged behind its first packet is read as far as it goes:
	 * success, with info->complete false and a warning.  When it failed,
	 * the kind of "err" is EXIT_INPUT (the capture), EXIT_TSHARK,
	 * EXIT_SYSTEM, or whatever job->fn set when it returned -1; rows may
	 * have been handed out by then.
	 */
	enum reader_result (*read)(struct read_job *job,
				   struct capture_info *info,
				   struct error *err);
};

/*
 * Wait until it is known whether rows that were read are right: whoever calls
 * it late has had tshark work meanwhile.  To be called, or reader_cancel(),
 * after read() was done; it frees job->pending.
 */
enum reader_result reader_confirm(struct read_job *job,
				  struct capture_info *info, struct error *err)
	__attribute__((warn_unused_result));
void reader_cancel(struct read_job *job);

/* Ends with NULL. */
extern const struct reader *const readers[];

/* The one that takes the file or pipe, as it is to be read. */
const struct reader *reader_of(int fd, enum reader_choice choice);

/* To be called for each packet: every few thousand packets it is told. */
void reader_progress(const struct read_job *job, uint64_t packets);

#endif
