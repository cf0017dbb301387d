/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary_text.h - text output of mptcp-summary: sentences, and a table for
 * each direction.
 */
#ifndef OUTPUT_SUMMARY_TEXT_H
#define OUTPUT_SUMMARY_TEXT_H

#include "output/sink.h"

/* For report_options.text, with rows of summary_rows.h. */
extern const struct sink sink_summary;

#endif
