/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tshark.h - find tshark, and read captures with it.
 *
 * tshark runs without its own TCP analysis and prints one line of columns (the
 * fields of field.h) for each packet.
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
 * $MPTCP_TSHARK, else "tshark"; a name without a slash is looked up in PATH.
 * Its version is cached in the directory "cache_dir" (NULL: is not) until the
 * program file changes.  Returns -1 and EXIT_TSHARK when it is missing, does
 * not tell its version or is older than 3.0.
 */
int tshark_find(struct tshark *t, const char *wanted, const char *cache_dir,
		struct error *err) __attribute__((warn_unused_result));

void tshark_release(struct tshark *t);

/*
 * The rule by which this version numbers TCP streams; NULL: that of the newest
 * version.
 */
enum numbering_rule tshark_numbering(const struct tshark *t);

/* The environment for tshark; "env" ends with a NULL item. */
void tshark_environment(struct strlist *env);

/*
 * Build the command line: tshark_arguments() appends the program and its
 * options, for the dissection that the field table expects;
 * tshark_argument_file() appends the capture, or standard input for NULL, as
 * last arguments.  ICMP errors are dissected, too, in which quoted packets
 * have a tcp.stream.
 */
void tshark_arguments(struct strlist *argv, const struct tshark *t);
void tshark_argument_file(struct strlist *argv, const char *path);

/*
 * Runs tshark over the capture.  Accepts every file: tshark decides what it
 * is.
 */
extern const struct reader tshark_reader;

/*
 * The first line on tshark's standard error that is about the capture, as
 * printable characters, without the program's name and the full stop; "" when
 * there is none.  The caller frees it.
 */
char *tshark_complaint(const char *errors);

#endif
