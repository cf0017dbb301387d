/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mptcp_csv.h - reads captures that mptcp-export wrote as comma-separated
 * values: mptcp-csv(5).
 *
 * A line of column names, then one line per TCP packet.  Required are the
 * first column, whose name contains the version of the format and one cell of
 * which describes the capture, and those stored columns of field.h that
 * version 0.1.0 had.  Unknown columns are ignored, and columns may be in any
 * order.
 *
 * May be compressed by gzip.  A file that ends within a line, or has fewer
 * packets than it declares, is read as far as possible, like a capture that
 * was cut short.
 */
#ifndef READ_MPTCP_CSV_H
#define READ_MPTCP_CSV_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "read/reader.h"

/* Name of the first column; its number is the version of the format. */
#define MPTCP_CSV_FIRST "mptcp_csv_1"

/*
 * Whether the regular file or pipe "fd" looks like such a file: its first line
 * consists of names in small letters.  Whether these are the right ones is
 * checked by the reader, which then says what is missing.  Nothing is
 * consumed; waits for the first bytes of a pipe.
 */
bool mptcp_csv_recognise(int fd);

extern const struct reader mptcp_csv_reader;

/*
 * Append the quoted cell of the first column: all of "info" except the path,
 * and the number of packet lines that follow.
 */
void mptcp_csv_put_info(struct strbuf *out, const struct capture_info *info,
			uint64_t rows);

#endif
