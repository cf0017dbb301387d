/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/json_text.h"

#include <string.h>

#include "base/strbuf.h"

json_t *json_text(const char *s)
{
	json_t *text = json_string(s);
	struct strbuf fixed = STRBUF_INIT;

	for (size_t i = 0, len = strlen(s); !text && i < len;) {
		size_t n = 1;
		json_t *part = NULL;

		for (; n <= 4 && i + n <= len && !part; n++)
			part = json_stringn(s + i, n);
		if (part)
			strbuf_append(&fixed, s + i, n - 1);
		else
			strbuf_puts(&fixed, "\xef\xbf\xbd");
		i += part ? n - 1 : 1;
		json_decref(part);
	}
	if (!text)
		text = json_string(fixed.text);
	strbuf_release(&fixed);
	return text;
}
