/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any lines in place of those with the payload. */
#include "fuzz.h"
/* for take_line(), which nobody else needs */
#include "read/payload.c"

static enum payload_next take(void *ctx, const struct payload_row *row)
{
	size_t *longest = ctx;
	uint8_t sum = 0;

	PROMISE(row->n <= row->len);
	PROMISE(row->n <= *longest && row->n_options <= *longest);
	for (size_t i = 0; i < row->n; i++)
		sum = (uint8_t)(sum + row->bytes[i]);
	for (size_t i = 0; i < row->n_options; i++)
		sum = (uint8_t)(sum + row->options[i]);
	return sum == 255 ? PAYLOAD_STOP : PAYLOAD_GO_ON;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t longest = size / 2 + 1;
	struct reading r = { .fn = take, .ctx = &longest };
	const char *line = (const char *)data, *end = line + size;
	struct error err = ERROR_INIT;

	r.bytes = mem_calloc(longest, 1);
	r.options = mem_calloc(longest, 1);
	while (line < end && !r.stopped) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((newline ? newline : end) - line);

		PROMISE(take_line(&r, line, n, &err) == 0 || r.stopped);
		line += n + 1;
	}
	free(r.bytes);
	free(r.options);
	return 0;
}
