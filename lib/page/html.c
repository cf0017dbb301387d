/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page/html.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"

/*
 * The length of the UTF-8 character at "s", 0 if invalid: overlong forms,
 * surrogates, and values above U+10FFFF.
 */
static size_t utf8_length(const unsigned char *s)
{
	const unsigned char first = *s;
	const size_t n = first < 0x80	? 1
			 : first < 0xc2 ? 0
			 : first < 0xe0 ? 2
			 : first < 0xf0 ? 3
			 : first < 0xf5 ? 4
					: 0;

	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((first == 0xe0 && s[1] < 0xa0) || (first == 0xed && s[1] > 0x9f) ||
	    (first == 0xf0 && s[1] < 0x90) || (first == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

static void put_character(struct strbuf *out, const char *s, size_t n)
{
	switch (*s) {
	case '<': strbuf_puts(out, "&lt;"); break;
	case '>': strbuf_puts(out, "&gt;"); break;
	case '&': strbuf_puts(out, "&amp;"); break;
	case '"': strbuf_puts(out, "&quot;"); break;
	case '\'': strbuf_puts(out, "&#39;"); break;
	default: strbuf_append(out, s, n); break;
	}
}

void html_text(struct strbuf *out, const char *text)
{
	char *plain = mem_strdup(text);

	text_make_plain(plain);
	for (const char *s = plain; *s;) {
		const size_t n = utf8_length((const unsigned char *)s);

		put_character(out, n ? s : "?", n ? n : 1);
		s += n ? n : 1;
	}
	free(plain);
}

void html_element(struct strbuf *out, const char *tag, const char *text)
{
	strbuf_printf(out, "<%s>", tag);
	html_text(out, text);
	strbuf_printf(out, "</%s>\n", tag);
}
