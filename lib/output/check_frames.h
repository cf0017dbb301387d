/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check_frames.h - the frames that verdicts and violated rules name, as a
 * Wireshark display filter (--filter) or with the packets around them
 * (--context)
 */
#ifndef OUTPUT_CHECK_FRAMES_H
#define OUTPUT_CHECK_FRAMES_H

#include "output/check_rows.h"

/*
 * One line: "frame.number in {3, 17}".  If the capture consists of several
 * files, a line for each file, with its path and a tab in front.
 */
extern const struct sink sink_check_filter;

/*
 * Print the packets that the row names, marked, each with "around" packets of
 * the connection before and after it.
 */
void check_say_context(const struct check_row *row, size_t around);

#endif
