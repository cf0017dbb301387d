/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source.h - an opened capture file before it is read: its kind is determined
 * once.
 *
 *	struct source source;
 *	if (source_open(&source, path, &err) < 0) ...
 *	... source.reader->read(&job, &info, &err) ...
 *	source_close(&source);
 *
 * The path belongs to the caller.
 */
#ifndef READ_SOURCE_H
#define READ_SOURCE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "os/file.h"
#include "read/reader.h"

struct source {
	const char *path; /* as given; "-": standard input */
	int fd;		  /* open at "start" */
	off_t start;	  /* offset of the capture in a regular file; else 0 */
	bool is_stdin;
	bool is_file; /* a regular file that other processes can open by its
			 name, repeatedly; "id" is valid */
	struct file_id id;
	const struct reader *reader;
};

/*
 * Open a file in any format that a reader accepts; also a FIFO, or "-" for
 * standard input.  Input that can be read only once is copied to a file
 * without a name first (spool.h) if it contains packets; if there is no room
 * for that, tshark reads it directly.  Returns -1 and EXIT_INPUT when it is a
 * directory, empty, or cannot be opened.  To be closed even after failure.
 */
int source_open(struct source *s, const char *path, enum reader_choice choice,
		struct error *err) __attribute__((warn_unused_result));

/* Set the descriptor back to the beginning of the capture, if possible. */
void source_rewind(const struct source *s);

/* Whether the path now names another file, or the file was modified. */
bool source_has_changed(const struct source *s);

/*
 * Whether the open file (is_file) still begins with what it contained when it
 * was opened: it may have grown, but was not replaced or cut.
 */
bool source_has_stayed(const struct source *s);

void source_close(struct source *s);

#endif
