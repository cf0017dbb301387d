/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mptcp_csv.h - a capture as comma-separated values: mptcp-csv(5).
 *
 * What mptcp-export writes and every command reads in place of a capture: a
 * line of column names, then one line per TCP packet.  Needed of it are the
 * stored columns of field.h that version 0.1.0 had, and the first one, whose
 * name tells the version and which says, in one of its cells, what is known of
 * the capture besides its packets.  Other columns are left alone, and the order
 * of columns is free.
 *
 * May be compressed by gzip.  A file that ends in the middle of a line, or that
 * has fewer packets than it says, is read as far as it goes, like a capture
 * that was cut short.
 */
#ifndef READ_MPTCP_CSV_H
#define READ_MPTCP_CSV_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "read/reader.h"

/* Name of the first column; the number is the version of the format. */
#define MPTCP_CSV_FIRST "mptcp_csv_1"

/*
 * Does the regular file or pipe "fd" hold such a file, by its first line?  So
 * does any text whose first line is names in small letters: it is
 * the reader then that says what is missing.  Nothing is consumed; waits
 * for the first bytes of a pipe.
 */
bool mptcp_csv_recognise(int fd);

/* Reads them. */
extern const struct reader mptcp_csv_reader;

/*
 * Append the cell of the first column, quoted: all of "info" but the path, and
 * that "rows" lines of packets follow.
 */
void mptcp_csv_put_info(struct strbuf *out, const struct capture_info *info,
			uint64_t rows);

#endif
