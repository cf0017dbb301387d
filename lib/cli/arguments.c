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

/* What is behind a number: one of "units", or nothing, which is 1. */
struct unit {
	const char *name;
	double factor;
};

/* A number above 0 and up to "max", once it is multiplied. */
static int take_number(const char *text, size_t n, double factor, double max,
		       double *out)
{
	char number[32];

	if (n >= sizeof(number))
		return -1;
	memcpy(number, text, n);
	number[n] = '\0';
	if (num_real(number, 0, 1e15, out) < 0)
		return -1;
	*out *= factor;
	return *out > 0 && *out <= max ? 0 : -1;
}

/* The bytes of "text" before its unit, and what that stands for. */
static size_t without_unit(const char *text, const struct unit *units,
			   double *factor)
{
	const size_t n = strlen(text);

	*factor = 1;
	for (; units->name; units++) {
		const size_t k = strlen(units->name);

		if (n > k && strcmp(text + n - k, units->name) == 0) {
			*factor = units->factor;
			return n - k;
		}
	}
	return n;
}

int argument_size(const char *text, double max, double *width, double *height)
{
	static const struct unit units[] = {
		{ "px", 1 },  { "mm", 96 / 25.4 }, { "cm", 96 / 2.54 },
		{ "in", 96 }, { "pt", 96.0 / 72 }, { NULL, 0 }
	};
	double factor = 1, w = 0, h = 0;
	const size_t n = without_unit(text, units, &factor);
	const char *x = memchr(text, 'x', n);

	if (!x || take_number(text, (size_t)(x - text), factor, max, &w) < 0 ||
	    take_number(x + 1, n - (size_t)(x + 1 - text), factor, max, &h) < 0)
		return -1;
	*width = w;
	*height = h;
	return 0;
}

int argument_quantity(const char *text, double *out)
{
	static const struct unit units[] = {
		{ "k", 1e3 }, { "M", 1e6 }, { "G", 1e9 }, { NULL, 0 }
	};
	double factor = 1, number = 0;
	const size_t n = without_unit(text, units, &factor);

	if (take_number(text, n, factor, 1e18, &number) < 0)
		return -1;
	*out = number;
	return 0;
}

static int digit_of(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

/* Six digits, or three of which each stands for two. */
static int take_colour(const char *text, size_t n, struct chart_rgb *out)
{
	uint8_t bytes[3];

	if (n > 0 && *text == '#') {
		text++;
		n--;
	}
	if (n != 3 && n != 6)
		return -1;
	for (size_t i = 0; i < 3; i++) {
		const int a = digit_of(text[n == 3 ? i : 2 * i]);
		const int b = digit_of(text[n == 3 ? i : 2 * i + 1]);

		if (a < 0 || b < 0)
			return -1;
		bytes[i] = (uint8_t)(a * 16 + b);
	}
	*out = (struct chart_rgb){ bytes[0], bytes[1], bytes[2] };
	return 0;
}

int argument_colours(const char *text, struct chart_rgb *out, size_t max)
{
	size_t n = 0;

	for (const char *at = text;; at++) {
		const size_t len = strcspn(at, ",");

		if (n == max || take_colour(at, len, &out[n]) < 0)
			return -1;
		n++;
		at += len;
		if (!*at)
			return (int)n;
	}
}

/* ",1=": where another one would begin. */
static bool has_another(const char *label)
{
	const char *comma = label;

	while ((comma = strchr(comma, ','))) {
		const size_t digits = strspn(++comma, "0123456789");

		if (digits && comma[digits] == '=')
			return true;
	}
	return false;
}

int argument_label(const char *text, uint32_t *number, const char **label)
{
	const char *sign = strchr(text, '=');
	uint32_t n = 0;

	if (!sign || !sign[1] || has_another(sign) ||
	    num_u32(text, (size_t)(sign - text), &n) < 0)
		return -1;
	*number = n;
	*label = sign + 1;
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
