/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * owd_text.h - mptcp-owd for people: the clock and what was matched in
 * sentences, then the table of streams or packets.
 */
#ifndef OUTPUT_OWD_TEXT_H
#define OUTPUT_OWD_TEXT_H

#include "output/sink.h"

/* For the rows of owd_rows.h and clock_rows.h: report_options.text. */
extern const struct sink sink_owd;

#endif
