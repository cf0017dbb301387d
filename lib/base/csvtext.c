/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/csvtext.h"

#include <stdbool.h>
#include <string.h>

/* Blanks need quotes, too: some readers strip them otherwise. */
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

char *csvtext_put(char *to, const char *text, size_t n)
{
	if (!needs_quotes(text, n)) {
		memcpy(to, text, n);
		return to + n;
	}
	*to++ = '"';
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '"')
			*to++ = '"';
		*to++ = text[i];
	}
	*to++ = '"';
	return to;
}

void csvtext_append(struct strbuf *out, const char *text, size_t n)
{
	strbuf_end(out, csvtext_put(strbuf_room(out, CSVTEXT_MAX(n)), text, n));
}
