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

#include "base/error.h"
#include "os/file.h"
#include "read/reader.h"

struct source {
	const char *path; /* as it was given; "-": the standard input */
	int fd;		  /* open at its beginning */
	bool is_stdin;
	bool is_file; /* a regular file that another process can open by its
			 name, again and again; it has an id */
	struct file_id id;
	const struct reader *reader;
};

/*
 * Open a file in any format that a reader takes; a FIFO, or "-" for the
 * standard input.  -1 and EXIT_INPUT when it is a directory, empty, or cannot
 * be opened.  To be closed after failure, too.
 */
int source_open(struct source *s, const char *path, struct error *err)
	__attribute__((warn_unused_result));

/* Is the file behind the name no longer the one that was opened? */
bool source_has_changed(const struct source *s);

void source_close(struct source *s);

#endif
