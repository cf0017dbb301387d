/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/arguments.h"

#include <string.h>

#include "base/num.h"

int argument_word(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	return -1;
}

static int take_int(const char *text, size_t n, int min, int max, int *out)
{
	uint32_t number = 0;

	if (num_u32(text, n, &number) < 0 || number > (uint32_t)max ||
	    (int)number < min)
		return -1;
	*out = (int)number;
	return 0;
}

int argument_int(const char *text, int min, int max, int *out)
{
	return take_int(text, strlen(text), min, max, out);
}

int argument_size(const char *text, int width_min, int height_min, int max,
		  int *width, int *height)
{
	const char *x = strchr(text, 'x');
	int w = 0, h = 0;

	if (!x || take_int(text, (size_t)(x - text), width_min, max, &w) < 0 ||
	    argument_int(x + 1, height_min, max, &h) < 0)
		return -1;
	*width = w;
	*height = h;
	return 0;
}

int argument_ms(const char *text, int64_t *out)
{
	double ms = 0;

	if (num_real(text, 0.001, 1e9, &ms) < 0)
		return -1;
	*out = (int64_t)(ms * 1e6 + 0.5);
	return 0;
}
