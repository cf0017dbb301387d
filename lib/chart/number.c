/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The decimal point of some locales is a comma. */
static void point(char *buf)
{
	char *comma = strchr(buf, ',');

	if (comma)
		*comma = '.';
}

int number_shortest(char buf[NUMBER_MAX], double value)
{
	int n = 0;

	if (value == 0)
		return snprintf(buf, NUMBER_MAX, "0");
	if (value == rint(value) && fabs(value) < 1e15)
		return snprintf(buf, NUMBER_MAX, "%.0f", value);
	for (int digits = 15; digits <= 17; digits++) {
		n = snprintf(buf, NUMBER_MAX, "%.*g", digits, value);
		if (strtod(buf, NULL) == value)
			break;
	}
	point(buf);
	return n;
}

int number_fixed(char *buf, size_t size, double value, int decimals)
{
	int n = snprintf(buf, size, "%.*f", decimals, value);

	if (buf[0] == '-' && strspn(buf + 1, "0.,") == strlen(buf + 1))
		n = snprintf(buf, size, "%.*f", decimals, 0.0);
	point(buf);
	return n < (int)size ? n : (int)size - 1;
}
