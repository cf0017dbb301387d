/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tshark.h - find tshark, and read a capture with it.
 *
 * tshark runs without its own analysis and prints one line of columns for each
 * packet (the fields of field.h).
 *
 * A struct tshark owns its strings.
 */
#ifndef READ_TSHARK_H
#define READ_TSHARK_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strlist.h"
#include "read/reader.h"
#include "row/numbering.h"

struct tshark {
	char *path;	    /* absolute */
	char *version_text; /* "4.0.17" */
	unsigned version;   /* TSHARK_VERSION(4, 0, 17), see field.h */
};

/*
 * Find the program: "wanted" (the value of --tshark, or NULL), else
 * $MPTCP_TSHARK, else "tshark"; names without a slash are looked up in PATH.
 * Its version is asked for once and remembered in the directory "cache_dir"
 * (NULL: not remembered) for as long as the program file stays the same.
 * Returns -1 and EXIT_TSHARK when it is missing, cannot tell its version or is
 * older than 3.0.
 */
int tshark_find(struct tshark *t, const char *wanted, const char *cache_dir,
		struct error *err) __attribute__((warn_unused_result));

void tshark_release(struct tshark *t);

/* The rule by which it numbers TCP streams; NULL: that of the newest. */
enum numbering_rule tshark_numbering(const struct tshark *t);

/* The environment that tshark runs in; "env" ends with a NULL item. */
void tshark_environment(struct strlist *env);

/*
 * The command line that a run begins with: the program and its options, for the
 * dissection that the field table is about; and how it ends: the capture, or
 * NULL for the standard input.  It looks into ICMP errors, too, where the
 * packets that they quote have a tcp.stream.
 */
void tshark_arguments(struct strlist *argv, const struct tshark *t);
void tshark_argument_file(struct strlist *argv, const char *path);

/*
 * Runs tshark over the capture.  Takes everything: what it is, tshark finds
 * out.
 */
extern const struct reader tshark_reader;

/*
 * The first line of what tshark said on stderr that is about the
 * capture, to be freed by the caller: one line of printable characters, without
 * the program's name and the full stop; "" when there is none.
 */
char *tshark_complaint(const char *errors);

#endif
