/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * file_list.h - the files that are one capture: those that were named, and
 * those in directories that were.
 */
#ifndef LOAD_FILE_LIST_H
#define LOAD_FILE_LIST_H

#include "base/error.h"
#include "base/strlist.h"

/*
 * Add the n files to "list", and of a directory those in it that begin as a
 * pcap or pcapng, gzip or not, does.  What else is in a directory, and files
 * without a byte (the newest of a ring is one, as long as nothing was
 * captured), are left out, and that is "said".  -1 and EXIT_INPUT when a file
 * is missing or there twice, or when there is none.
 */
int file_list_make(struct strlist *list, struct strlist *said,
		   const char *const *paths, size_t n, struct error *err)
	__attribute__((warn_unused_result));

/* What all of them are called, to be freed by the caller: the one operand that
   there is, or the first one and how many more. */
char *file_list_name(const char *const *paths, size_t n);

#endif
