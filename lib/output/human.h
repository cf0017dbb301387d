/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * human.h - short numbers for people; not used in TSV, CSV and JSON.
 *
 * About three significant digits, decimal units (1 kB = 1000 B).
 */
#ifndef OUTPUT_HUMAN_H
#define OUTPUT_HUMAN_H

#include <stdint.h>

#include "base/strbuf.h"

/* "0 B", "999 B", "1.23 kB", "12.3 MB", "123 GB" */
void human_bytes(struct strbuf *out, uint64_t bytes);

/* Nanoseconds: "0 s", "850 us", "12.3 ms", "1.23 s", "12m03s", "3h05m" */
void human_duration(struct strbuf *out, int64_t ns);

/* How far a clock is before another one: "1.23 s ahead of", "2h00m behind" */
void human_ahead(struct strbuf *out, int64_t ns);

/* "0.00 bit/s", "10.7 Mbit/s" */
void human_rate(struct strbuf *out, double bps);

/* 0..1: "0%", "<0.1%", "12.4%", ">99.9%", "100%" */
void human_ratio(struct strbuf *out, double ratio);

/*
 * Print a sentence on standard output in lines of at most "width" characters,
 * broken at blanks; all lines but the first are indented by "indent" more.
 */
void human_print(const char *sentence, size_t width, size_t indent);

/* The same with width human_width(); clears "sentence". */
void human_say(struct strbuf *sentence, size_t indent);

/*
 * Width of standard output in characters: 40 to 100, whether a terminal or
 * not.
 */
size_t human_width(void);

#endif
