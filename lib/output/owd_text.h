/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * owd_text.h - text output of mptcp-owd: sentences about the clocks and the
 * matching, then a table of streams or packets.
 */
#ifndef OUTPUT_OWD_TEXT_H
#define OUTPUT_OWD_TEXT_H

#include "output/sink.h"

/* For report_options.text, with rows of owd_rows.h and clock_rows.h. */
extern const struct sink sink_owd;

#endif
