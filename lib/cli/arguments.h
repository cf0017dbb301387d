/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arguments.h - parse arguments of options: words, numbers, sizes.
 *
 * Each function returns -1 and leaves the result unchanged if the text is
 * invalid.
 */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "chart/chart.h"

/* The index of "text" among "words", which end with NULL. */
int argument_word(const char *const *words, const char *text)
	__attribute__((warn_unused_result));

/* An integer within [min, max]. */
int argument_int(const char *text, int min, int max, int *out)
	__attribute__((warn_unused_result));

/*
 * A size "800x600" (px), "84x60mm", "8.4x6cm", "3.3x2.4in" or "240x170pt",
 * converted to px, 96 per inch, up to "max".
 */
int argument_size(const char *text, double max, double *width, double *height)
	__attribute__((warn_unused_result));

/* A number with or without suffix k, M or G: "20M". */
int argument_quantity(const char *text, double *out)
	__attribute__((warn_unused_result));

/*
 * A list of colours as in HTML, with or without "#": "0072b2,d55e00,f80".
 * Returns their number, at most "max".
 */
int argument_colours(const char *text, struct chart_rgb *out, size_t max)
	__attribute__((warn_unused_result));

/* "0=LTE": a number and a label, which points into "text".  Not a list. */
int argument_label(const char *text, uint32_t *number, const char **label)
	__attribute__((warn_unused_result));

/* A time in ms, from 1 us to 10^9 ms, converted to ns. */
int argument_ms(const char *text, int64_t *out)
	__attribute__((warn_unused_result));

#endif
