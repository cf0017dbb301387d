/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reader.h - the interface that all readers of captures implement, and the
 * table of readers.
 *
 * A reader turns one kind of file into rows (row.h).  A source (source.h) is
 * read by the first reader in the table that recognises it; the last one
 * accepts everything, and says what is wrong with files that are no captures.
 */
#ifndef READ_READER_H
#define READ_READER_H

#include <stdbool.h>

#include "read/input.h"
#include "row/capture_info.h"
#include "row/row.h"

struct source;

struct side_run;

/* What to read, and who gets the rows; all borrowed. */
struct read_job {
	struct input *in;
	const struct source *source;
	row_fn *fn; /* called for each TCP packet, in the order of the file */
	void *ctx;
	/* Private to the reader: what still has to be confirmed. */
	struct side_run *pending;
};

enum reader_result {
	READER_FAILED = -1,
	READER_DONE,
	READER_AGAIN /* discard the rows and read the capture with
			tshark_reader; info->warnings may say why */
};

struct reader {
	const char *name;
	bool has_packets; /* the file contains whole packets, not only values
			     from them */
	bool is_slow;	  /* so slow that the cache keeps its rows */
	/*
	 * Whether the regular file or pipe "fd" is such a capture, by its
	 * first bytes.  Nothing is consumed; waits for the first bytes of a
	 * pipe.  The last reader, which is not asked, has none.
	 */
	bool (*recognise)(int fd);
	/*
	 * Read the source to its end.  "info", initialised by the caller, gets
	 * what is known of the capture besides its rows; to its tcp_packets
	 * malformed packets have not been added yet.  A capture that is cut
	 * short or damaged after its first packet is read as far as possible:
	 * success, with info->complete false and a warning.  On failure the
	 * kind of "err" is EXIT_INPUT (the capture), EXIT_TSHARK, EXIT_SYSTEM,
	 * or what job->fn set when it returned -1; rows may already have been
	 * delivered.
	 */
	enum reader_result (*read)(struct read_job *job,
				   struct capture_info *info,
				   struct error *err);
};

/*
 * Wait until it is known whether the rows are right.  Do other work before
 * calling it, since tshark may still be running.  Either this or
 * reader_cancel() must be called after a successful read(); both free
 * job->pending.
 */
enum reader_result reader_confirm(struct read_job *job,
				  struct capture_info *info, struct error *err)
	__attribute__((warn_unused_result));
void reader_cancel(struct read_job *job);

/* Ends with NULL. */
extern const struct reader *const readers[];

/* The reader for a file or pipe, given the user's choice. */
const struct reader *reader_of(int fd, enum reader_choice choice);

/* Call for each packet; reports progress every few thousand packets. */
void reader_progress(const struct read_job *job, uint64_t packets);

#endif
