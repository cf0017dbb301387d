/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "chart/textfit.h"

void cells_init(struct cells *p, int width, int height, bool ascii, int colours)
{
	*p = (struct cells){ .width = width,
			     .height = height,
			     .ascii = ascii,
			     .colours = colours };
	p->items =
		mem_calloc((size_t)width * (size_t)height, sizeof(struct cell));
}

void cells_release(struct cells *p)
{
	free(p->items);
	*p = (struct cells){ .items = NULL };
}

static struct cell *cell_at(const struct cells *p, int x, int y)
{
	return x < 0 || y < 0 || x >= p->width || y >= p->height
		       ? NULL
		       : &p->items[(size_t)y * (size_t)p->width + (size_t)x];
}

/* What looks like it: our own characters; NULL: nothing does. */
static const char *ascii_for(const char *s, size_t n)
{
	static const char *const pairs[][2] = {
		{ "\xe2\x88\x92", "-" }, { "\xc2\xb5", "u" },
		{ "\xe2\x80\xa6", "~" }, { "\xc3\x97", "x" },
		{ "\xe2\x81\xbb", "-" }, { "\xe2\x81\xb0", "0" },
		{ "\xc2\xb9", "1" },	 { "\xc2\xb2", "2" },
		{ "\xc2\xb3", "3" },	 { "\xe2\x81\xb4", "4" },
		{ "\xe2\x81\xb5", "5" }, { "\xe2\x81\xb6", "6" },
		{ "\xe2\x81\xb7", "7" }, { "\xe2\x81\xb8", "8" },
		{ "\xe2\x81\xb9", "9" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (strlen(pairs[i][0]) == n && memcmp(s, pairs[i][0], n) == 0)
			return pairs[i][1];
	return NULL;
}

static bool is_superscript(const char *s)
{
	size_t n = (unsigned char)*s == 0xe2 ? 3 : 2;

	return strncmp(s, "\xe2\x81", 2) == 0 ||
	       (strncmp(s, "\xc2", 1) == 0 && strlen(s) >= n &&
		strncmp(s, "\xc2\xb5", 2) != 0 && ascii_for(s, n));
}

/* Powers of ten, "x10^5" in small digits: the bytes of "10" and the times. */
static size_t power_length(const char *s)
{
	size_t times = strncmp(s, "\xc3\x97", 2) == 0 ? 2 : 0;

	return strncmp(s + times, "10", 2) == 0 && is_superscript(s + times + 2)
		       ? times + 2
		       : 0;
}

/* To be freed; not wider than before. */
static char *ascii_of(const char *s)
{
	struct strbuf out = STRBUF_INIT;

	while (*s) {
		int cells = 0;
		size_t power = power_length(s);
		size_t n = text_character(s, &cells);
		const char *plain = ascii_for(s, n);

		if (power)
			strbuf_puts(&out, power > 2 ? "e" : "1e");
		else if (n == 1 && cells == 1)
			strbuf_putc(&out, *s);
		else if (plain || cells != 0)
			strbuf_puts(&out, plain ? plain : "?");
		s += power ? power : n;
	}
	return strbuf_detach(&out);
}

static int put_character(struct cells *p, int x, int y, const char *s, size_t n,
			 int cells)
{
	struct cell *c = cell_at(p, x, y), *tail = cell_at(p, x + 1, y);
	int width = cells < 0 ? 1 : cells;

	if (!c || width == 0 || (width == 2 && !tail))
		return width;
	*c = (struct cell){ .colour = c->colour };
	if (cells < 0)
		c->text[0] = '?';
	else if (n < sizeof(c->text))
		memcpy(c->text, s, n);
	if (width == 2)
		*tail = (struct cell){ .is_tail = true };
	return width;
}

void cells_text(struct cells *p, int x, int y, const char *text, int colour,
		bool bold)
{
	char *plain = p->ascii ? ascii_of(text) : NULL;

	for (const char *s = plain ? plain : text; *s;) {
		struct cell *c = cell_at(p, x, y);
		int cells = 0;
		size_t n = text_character(s, &cells);

		x += put_character(p, x, y, s, n, cells);
		if (c && cells != 0) {
			c->colour = colour;
			c->bold = bold;
		}
		s += n;
	}
	free(plain);
}

static bool is_blank(const struct cell *c)
{
	return !c->dots && !c->is_tail && (!*c->text || *c->text == ' ');
}

bool cells_is_blank(const struct cells *p, int x, int y)
{
	const struct cell *c = cell_at(p, x, y);

	return c && is_blank(c);
}

uint8_t cells_dot(int column, int row)
{
	static const uint8_t bits[2][4] = { { 0x01, 0x02, 0x04, 0x40 },
					    { 0x08, 0x10, 0x20, 0x80 } };

	return bits[column & 1][row & 3];
}

void cells_dots(struct cells *p, int x, int y, uint8_t dots, int colour,
		enum cells_mix mix)
{
	struct cell *c = cell_at(p, x, y);
	int others = 0;

	if (!c || !dots)
		return;
	others = __builtin_popcount(c->dots & (uint8_t)~dots);
	c->text[0] = '\0';
	if (mix == CELLS_FILL) {
		if (__builtin_popcount(dots) >= others)
			c->colour = colour;
		c->dots |= dots;
		c->filled = true;
		return;
	}
	c->dots = c->filled ? dots : c->dots | dots;
	c->filled = false;
	c->colour = colour;
}

/* The numbers behind "ESC [" for a colour; none for that of the text. */
static void colour_code(struct strbuf *out, int colours, int colour)
{
	/* In the order of the palette of theme.h, but to be seen on a dark
	   background as well as on a light one. */
	static const int of_256[] = { 32, 166, 36, 175, 178, 74, 134, 100 };
	static const int of_16[] = { 94, 31, 32, 35, 33, 36, 95, 92 };
	const bool few = colours < 256;
	int code = 0;

	switch (colour) {
	case CHART_INK:
	case CHART_WHOLE: return;
	case CHART_MUTED: code = few ? 90 : 245; break;
	case CHART_ACCENT: code = few ? 91 : 197; break;
	default: code = (few ? of_16 : of_256)[colour % CELLS_COLOURS]; break;
	}
	strbuf_printf(out, few ? ";%d" : ";38;5;%d", code);
}

static void put_look(const struct cells *p, struct strbuf *out,
		     const struct cell *before, const struct cell *c)
{
	if (!p->colours ||
	    (before->colour == c->colour && before->bold == c->bold))
		return;
	strbuf_puts(out, "\033[0");
	if (c->bold)
		strbuf_puts(out, ";1");
	colour_code(out, p->colours, c->colour);
	strbuf_putc(out, 'm');
}

static void put_cell(struct strbuf *out, const struct cell *c)
{
	char braille[] = "\xe2\xa0\x80";

	if (c->is_tail)
		return;
	if (*c->text) {
		strbuf_puts(out, c->text);
	} else if (c->dots) {
		braille[1] = (char)(braille[1] | c->dots >> 6);
		braille[2] = (char)(braille[2] | (c->dots & 0x3f));
		strbuf_puts(out, braille);
	} else {
		strbuf_putc(out, ' ');
	}
}

void cells_print(const struct cells *p, FILE *out)
{
	struct strbuf line = STRBUF_INIT;

	for (int y = 0; y < p->height; y++) {
		struct cell look = { .colour = CHART_INK };
		const struct cell plain = look;
		int n = p->width;

		while (n > 0 && is_blank(cell_at(p, n - 1, y)))
			n--;
		strbuf_clear(&line);
		for (int x = 0; x < n; x++) {
			const struct cell *c = cell_at(p, x, y);

			if (!is_blank(c) && !c->is_tail) {
				put_look(p, &line, &look, c);
				look = *c;
			}
			put_cell(&line, c);
		}
		put_look(p, &line, &look, &plain);
		strbuf_putc(&line, '\n');
		fwrite(line.text, 1, line.len, out);
	}
	strbuf_release(&line);
}
