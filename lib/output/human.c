/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/human.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/terminal.h"

static const uint64_t powers[] = { 1, 10, 100 };

/* n / 10^decimals */
static void put_fixed(struct strbuf *out, uint64_t n, int decimals)
{
	uint64_t power = powers[decimals];

	strbuf_decimal(out, n / power);
	if (decimals)
		strbuf_putc(out, '.');
	for (n %= power; power > 1; n %= power) {
		power /= 10;
		strbuf_putc(out, (char)('0' + n / power));
	}
}

/* As printf's "%.*f", but fast, and halves are rounded up. */
static void put_real(struct strbuf *out, double d, int decimals)
{
	if (d >= 0 && d < 1e12)
		put_fixed(out, (uint64_t)(d * (double)powers[decimals] + 0.5),
			  decimals);
	else
		strbuf_printf(out, "%.*f", decimals, d);
}

/* Three digits; the caller has scaled "d" to below 1000 after rounding. */
static void three_digits(struct strbuf *out, double d, const char *unit)
{
	put_real(out, d, d < 9.995 ? 2 : d < 99.95 ? 1 : 0);
	strbuf_putc(out, ' ');
	strbuf_puts(out, unit);
}

/*
 * value / scale, a power of 1000, in three digits, halves rounded up; that is
 * less than 1000.
 */
static void put_scaled(struct strbuf *out, uint64_t value, uint64_t scale,
		       const char *unit)
{
	uint64_t last = scale / 100, n = 0; /* what the last digit counts */
	int decimals = 2;

	while ((n = value / last + (value % last * 2 >= last)) >= 1000 &&
	       decimals > 0) {
		last *= 10;
		decimals--;
	}
	put_fixed(out, n, decimals);
	strbuf_putc(out, ' ');
	strbuf_puts(out, unit);
}

void human_bytes(struct strbuf *out, uint64_t bytes)
{
	static const char *const unit[] = {
		"kB", "MB", "GB", "TB", "PB", "EB"
	};
	uint64_t scale = 1000;
	size_t i = 0;

	if (bytes < 1000) {
		strbuf_decimal(out, bytes);
		strbuf_puts(out, " B");
		return;
	}
	for (; i + 1 < sizeof(unit) / sizeof(unit[0]) &&
	       bytes >= 1000 * scale - scale / 2;
	     i++)
		scale *= 1000;
	put_scaled(out, bytes, scale, unit[i]);
}

void human_rate(struct strbuf *out, double bps)
{
	static const char *const unit[] = { "bit/s", "kbit/s", "Mbit/s",
					    "Gbit/s", "Tbit/s" };
	size_t i = 0;

	for (; bps >= 999.5 && i + 1 < sizeof(unit) / sizeof(unit[0]); i++)
		bps /= 1000;
	three_digits(out, bps, unit[i]);
}

void human_ratio(struct strbuf *out, double ratio)
{
	double percent = ratio * 100;

	/* What is not nothing does not look like nothing, nor all like more. */
	if (percent > 0 && percent < 0.05)
		strbuf_puts(out, "<0.1%");
	else if (percent > 99.95 && percent < 100)
		strbuf_puts(out, ">99.9%");
	else {
		put_real(out, percent, percent == 0 || percent == 100 ? 0 : 1);
		strbuf_putc(out, '%');
	}
}

void human_duration(struct strbuf *out, int64_t ns)
{
	uint64_t u = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	uint64_t s = (u + 500000000) / 1000000000;

	if (ns < 0)
		strbuf_putc(out, '-');
	if (u == 0)
		strbuf_puts(out, "0 s");
	else if (u < 1000)
		strbuf_printf(out, "%" PRIu64 " ns", u);
	else if (u < 999500)
		put_scaled(out, u, 1000, "us");
	else if (u < 999500000)
		put_scaled(out, u, 1000000, "ms");
	else if (u < 59950000000)
		put_scaled(out, u, 1000000000, "s");
	else if (s < 3600)
		strbuf_printf(out, "%" PRIu64 "m%02" PRIu64 "s", s / 60,
			      s % 60);
	else
		strbuf_printf(out, "%" PRIu64 "h%02" PRIu64 "m", s / 3600,
			      s / 60 % 60);
}

void human_ahead(struct strbuf *out, int64_t ns)
{
	human_duration(out, ns < 0 ? -ns : ns);
	strbuf_puts(out, ns < 0 ? " behind" : " ahead of");
}

/* A number and its unit stay together. */
static bool may_break(const char *s, size_t at)
{
	return s[at] == ' ' && !(isdigit((unsigned char)s[at - 1]) &&
				 isalpha((unsigned char)s[at + 1]));
}

/* How much of "s" goes on a line of "room" characters: up to a space. */
static size_t fits(const char *s, size_t room)
{
	size_t n = strlen(s), end = room;

	if (n <= room)
		return n;
	while (end > 0 && !may_break(s, end))
		end--;
	return end > 0 ? end : strcspn(s, " ");
}

size_t human_width(void)
{
	struct terminal t;

	terminal_look(&t, STDOUT_FILENO);
	if (t.columns == 0 || t.columns > 100)
		return 100;
	return t.columns < 40 ? 40 : (size_t)t.columns;
}

void human_print(const char *sentence, size_t width, size_t indent)
{
	const char *s = sentence;
	size_t margin = strspn(s, " ");
	bool first = true;

	s += margin;
	do {
		size_t left = first ? margin : margin + indent;
		size_t n = fits(s, width > left ? width - left : 1);

		printf("%*s%.*s\n", (int)left, "", (int)n, s);
		s += n;
		s += strspn(s, " ");
		first = false;
	} while (*s);
}

void human_say(struct strbuf *sentence, size_t indent)
{
	human_print(sentence->text, human_width(), indent);
	strbuf_clear(sentence);
}
