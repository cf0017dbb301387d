/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * number.h - numbers as text, with a point in every locale.
 */
#ifndef CHART_NUMBER_H
#define CHART_NUMBER_H

#include <stddef.h>

enum {
	NUMBER_MAX = 32 /* what number_shortest() needs */
};

/*
 * The shortest decimal number that is read back as exactly "value", which must
 * be finite; integers without a point.  Returns its length.
 */
int number_shortest(char buf[NUMBER_MAX], double value);

/* With "decimals" digits behind the point, cut to the buffer; never "-0". */
int number_fixed(char *buf, size_t size, double value, int decimals);

#endif
