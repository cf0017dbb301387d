/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source.h - a capture before it is read: what it is, found out once.
 *
 *	struct source source;
 *	if (source_open(&source, path, &err) < 0) ...
 *	... source.reader->read(&job, &info, &err) ...
 *	source_close(&source);
 *
 * The path stays the caller's.
 */
#ifndef READ_SOURCE_H
#define READ_SOURCE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "os/file.h"
#include "read/reader.h"

struct source {
	const char *path; /* as it was given; "-": the standard input */
	int fd;		  /* open at "start" */
	off_t start;	  /* where it begins, in a regular file; else 0 */
	bool is_stdin;
	bool is_file; /* a regular file that another process can open by its
			 name, again and again; it has an id */
	struct file_id id;
	const struct reader *reader;
};

/*
 * Open a file in any format that a reader takes; a FIFO, or "-" for the
 * standard input.  What can be read only once, and has packets, is copied to a
 * file without a name first (spool.h), unless there is no room for one: then
 * tshark reads it.  -1 and EXIT_INPUT when it is a directory, empty, or cannot
 * be opened.  To be closed after failure, too.
 */
int source_open(struct source *s, const char *path, enum reader_choice choice,
		struct error *err) __attribute__((warn_unused_result));

/* Let whoever reads the descriptor begin at the beginning, if it can. */
void source_rewind(const struct source *s);

/* Is the file behind the name no longer the one that was opened? */
bool source_has_changed(const struct source *s);

/*
 * Is the one that was opened, which is_file, what it was then, but for what may
 * have been added to it?
 */
bool source_has_stayed(const struct source *s);

void source_close(struct source *s);

#endif
