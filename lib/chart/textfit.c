/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/textfit.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/strbuf.h"

#define ELLIPSIS "\xe2\x80\xa6"

/* Of ' ' to '~', in thousandths of the font size. */
static const uint16_t widths[2][95] = {
	{ 318, 401, 460, 838, 636,  950, 780, 275, 390, 390, 500, 838, 318, 361,
	  318, 337, 636, 636, 636,  636, 636, 636, 636, 636, 636, 636, 337, 337,
	  838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295,
	  295, 656, 557, 863, 748,  787, 603, 787, 695, 635, 611, 732, 684, 989,
	  685, 611, 685, 390, 337,  390, 838, 500, 500, 613, 635, 550, 635, 615,
	  352, 635, 634, 278, 278,  579, 278, 974, 634, 612, 635, 635, 411, 521,
	  392, 634, 592, 818, 592,  592, 525, 636, 337, 636, 838 },
	{ 348, 456, 521, 838, 696, 1002, 872, 306,  457,  457, 523, 838,
	  380, 415, 380, 365, 696, 696,	 696, 696,  696,  696, 696, 696,
	  696, 696, 400, 400, 838, 838,	 838, 580,  1000, 774, 762, 734,
	  830, 683, 683, 821, 837, 372,	 372, 775,  637,  995, 837, 850,
	  733, 850, 770, 720, 682, 812,	 774, 1103, 771,  724, 725, 457,
	  365, 457, 838, 500, 500, 675,	 716, 593,  716,  678, 435, 716,
	  712, 343, 343, 665, 343, 1042, 712, 687,  716,  716, 493, 595,
	  478, 712, 652, 924, 645, 652,	 582, 712,  365,  712, 838 },
};

enum {
	WIDTH_LATIN = 690, /* beyond ASCII, up to the alphabets */
	WIDTH_WIDE = 1000
};

/* The bytes of the character at "s"; 0 when it is not UTF-8. */
static size_t char_length(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = u[0] < 0x80			 ? 1
		   : u[0] >= 0xc2 && u[0] < 0xe0 ? 2
		   : u[0] >= 0xe0 && u[0] < 0xf0 ? 3
		   : u[0] >= 0xf0 && u[0] < 0xf5 ? 4
						 : 0;

	for (size_t i = 1; i < n; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, beyond U+10FFFF, U+FFFE and U+FFFF. */
	if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
	    (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f) ||
	    (u[0] == 0xef && u[1] == 0xbf && u[2] > 0xbd))
		n = 0;
	return n;
}

char *text_clean(const char *s)
{
	struct strbuf sb = STRBUF_INIT;

	while (*s) {
		size_t n = char_length(s);

		if (n == 0)
			strbuf_putc(&sb, '?');
		else if ((unsigned char)*s < ' ' || *s == 0x7f ||
			 (n == 2 && !memcmp(s, "\xc2", 1) &&
			  (unsigned char)s[1] < 0xa0))
			strbuf_putc(&sb, ' ');
		else
			strbuf_append(&sb, s, n);
		s += n ? n : 1;
	}
	return strbuf_detach(&sb);
}

size_t text_character(const char *s, int *cells)
{
	static const unsigned char first[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t n = char_length(s);
	wchar_t code = n ? (unsigned char)*s & first[n] : 0;

	for (size_t i = 1; i < n; i++)
		code = (wchar_t)(code << 6 | ((unsigned char)s[i] & 0x3f));
	*cells = n ? wcwidth(code) : -1;
	return n ? n : 1;
}

static double cell_width(const char *s)
{
	int cells = 0;

	text_character(s, &cells);
	return (cells < 0 ? 1 : cells) * 1000.0;
}

static double char_width(const char *s, enum text_font font)
{
	unsigned char c = (unsigned char)*s;

	if (font == TEXT_CELLS)
		return cell_width(s);
	if (c >= ' ' && c <= '~')
		return widths[font][c - ' '];
	return c < 0xe1 ? WIDTH_LATIN : WIDTH_WIDE;
}

static double width_of(const char *s, size_t n, double size,
		       enum text_font font)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			sum += char_width(s + i, font);
	return sum * size / 1000;
}

double text_width(const char *s, double size, enum text_font font)
{
	return width_of(s, strlen(s), size, font);
}

/* The most bytes of "s" (from its end if "back") that fit into "max". */
static size_t bytes_that_fit(const char *s, double size, enum text_font font,
			     double max, int back)
{
	size_t len = strlen(s), fit = 0;

	for (size_t n = 1; n <= len; n++) {
		const char *cut = back ? s + len - n : s + n;

		if (((unsigned char)*cut & 0xc0) == 0x80)
			continue;
		if (width_of(back ? cut : s, n, size, font) > max)
			break;
		fit = n;
	}
	return fit;
}

char *text_shorten(const char *s, double size, enum text_font font, double max,
		   enum text_cut cut)
{
	double room = max - text_width(ELLIPSIS, size, font);
	struct strbuf sb = STRBUF_INIT;
	size_t head, tail = 0;

	if (text_width(s, size, font) <= max)
		return mem_strdup(s);
	if (cut == TEXT_CUT_MIDDLE)
		tail = bytes_that_fit(s, size, font, room / 2, 1);
	head = bytes_that_fit(
		s, size, font,
		room - width_of(s + strlen(s) - tail, tail, size, font), 0);
	while (head > 0 && s[head - 1] == ' ')
		head--;
	strbuf_append(&sb, s, head);
	strbuf_puts(&sb, ELLIPSIS);
	strbuf_puts(&sb, s + strlen(s) - tail);
	return strbuf_detach(&sb);
}

/* The bytes of the first line: up to a blank, or all that fit. */
static size_t line_length(const char *s, double size, enum text_font font,
			  double max)
{
	size_t fit = bytes_that_fit(s, size, font, max, 0), blank = fit;

	if (s[fit] == '\0')
		return fit;
	while (blank > 0 && s[blank] != ' ')
		blank--;
	if (blank > 0)
		fit = blank;
	return fit > 0 ? fit : strlen(s);
}

void text_wrap(struct strlist *lines, const char *s, double size,
	       enum text_font font, double max, size_t rows)
{
	for (size_t row = 0; *s && row < rows; row++) {
		size_t n = line_length(s, size, font, max);
		char *rest = row + 1 < rows ? mem_strndup(s, n) : mem_strdup(s);
		char *line = text_shorten(rest, size, font, max, TEXT_CUT_END);

		strlist_add(lines, line);
		free(line);
		free(rest);
		for (s += n; *s == ' '; s++)
			;
	}
}
