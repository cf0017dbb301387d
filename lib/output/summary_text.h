/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary_text.h - mptcp-summary for people: sentences, and a table for each
 * direction.
 */
#ifndef OUTPUT_SUMMARY_TEXT_H
#define OUTPUT_SUMMARY_TEXT_H

#include "output/sink.h"

/* For the rows of summary_rows.h: report_options.text. */
extern const struct sink sink_summary;

#endif
