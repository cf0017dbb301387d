/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * number.h - format numbers with a decimal point in every locale.
 */
#ifndef CHART_NUMBER_H
#define CHART_NUMBER_H

#include <stddef.h>

enum {
	NUMBER_MAX = 32 /* buffer size for number_shortest() */
};

/*
 * The shortest decimal number that converts back to exactly "value", which
 * must be finite; integers have no point.  Returns its length.
 */
int number_shortest(char buf[NUMBER_MAX], double value);

/*
 * Format with "decimals" fractional digits, truncated to the buffer; never
 * "-0".
 */
int number_fixed(char *buf, size_t size, double value, int decimals);

#endif
