/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file_list.h - the list of files for -m (several files as one capture) from
 * the operands, which are files or directories.
 */
#ifndef LOAD_FILE_LIST_H
#define LOAD_FILE_LIST_H

#include "base/error.h"
#include "base/strlist.h"

/*
 * Add the n paths to "list".  A directory stands for those files in it that
 * begin like a pcap or pcapng file, compressed by gzip or not.  Other files in
 * it, and empty ones (the newest file of a ring buffer before a packet
 * arrives), are left out; "said" gets a sentence about them.  Returns -1 and
 * EXIT_INPUT when a file is missing or given twice, or when no file is left.
 */
int file_list_make(struct strlist *list, struct strlist *said,
		   const char *const *paths, size_t n, struct error *err)
	__attribute__((warn_unused_result));

/*
 * A name for all of them together, which the caller frees: the operand if
 * there is only one, else the first one "and N more".
 */
char *file_list_name(const char *const *paths, size_t n);

#endif
