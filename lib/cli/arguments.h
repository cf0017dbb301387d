/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arguments.h - what stands behind an option: words, numbers, sizes.
 *
 * Each returns -1 with the result untouched when the text makes no sense.
 */
#ifndef CLI_ARGUMENTS_H
#define CLI_ARGUMENTS_H

#include <stdint.h>

/* The place of "text" among "words", which end with NULL. */
int argument_word(const char *const *words, const char *text)
	__attribute__((warn_unused_result));

/* An integer of [min, max]. */
int argument_int(const char *text, int min, int max, int *out)
	__attribute__((warn_unused_result));

/* "800x600": both within [*_min, max]. */
int argument_size(const char *text, int width_min, int height_min, int max,
		  int *width, int *height) __attribute__((warn_unused_result));

/* A time in ms, from 1 us to 10^9 ms, as ns. */
int argument_ms(const char *text, int64_t *out)
	__attribute__((warn_unused_result));

#endif
