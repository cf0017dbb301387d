/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/csvtext.h"

#include <stdbool.h>

/* Blanks, too: readers cut them off where there are no quotes. */
static bool needs_quotes(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		switch (text[i]) {
		case ',':
		case '"':
		case ' ':
		case '\t':
		case '\r':
		case '\n': return true;
		default: break;
		}
	return false;
}

void csvtext_append(struct strbuf *out, const char *text, size_t n)
{
	if (!needs_quotes(text, n)) {
		strbuf_append(out, text, n);
		return;
	}
	strbuf_putc(out, '"');
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '"')
			strbuf_putc(out, '"');
		strbuf_putc(out, text[i]);
	}
	strbuf_putc(out, '"');
}
