/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any lines in place of tshark's.  The first byte chooses the version.  What
 * became a row, printed for the cache and read back, is the same row.
 */
#include <string.h>

#include "base/strbuf.h"
#include "fuzz.h"
#include "read/tshark_row.h"

static void again(const struct row *row)
{
	struct row copy;

	memset(&copy, 0, sizeof(copy));
	for (int i = 0; i < FIELD_COUNT; i++) {
		struct strbuf text = STRBUF_INIT;

		if (!field_table[i].column)
			continue;
		field_print((enum field_id)i, row, &text);
		PROMISE(field_parse((enum field_id)i, text.text, text.len,
				    &copy) == 0);
		strbuf_release(&text);
	}
	PROMISE(row_settle(&copy) == ROW_TCP);
	/* Of a tunnel's addresses the last is kept; why options are cut is not.
	 */
	PROMISE(copy.present ==
		(row->present &
		 ~(unsigned)(ROW_TUNNEL | ROW_MIXED | ROW_SNAPPED)));
	PROMISE(copy.frame == row->frame && copy.time == row->time);
	PROMISE(address_is_equal(&copy.src, &row->src) &&
		address_is_equal(&copy.dst, &row->dst));
	PROMISE(strcmp(copy.interface, row->interface) == 0);
	PROMISE(copy.sport == row->sport && copy.dport == row->dport);
	PROMISE(copy.stream == row->stream && copy.flags == row->flags);
	PROMISE(copy.seq == row->seq && copy.ack == row->ack);
	PROMISE(copy.ttl == row->ttl);
	PROMISE(copy.packet_type == row->packet_type);
	PROMISE(copy.len == row->len && copy.window == row->window);
	PROMISE(copy.n_options == row->n_options &&
		memcmp(copy.options, row->options, row->n_options) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned versions[] = { TSHARK_VERSION(3, 4, 0),
					     TSHARK_VERSION(4, 0, 0),
					     TSHARK_VERSION(4, 4, 0),
					     TSHARK_VERSION(4, 6, 0) };
	struct tshark_layout layout;
	struct row row = { .present = 0 };
	const char *line = (const char *)data + 1;
	const char *end = (const char *)data + size;

	if (size < 1)
		return 0;
	tshark_layout_init(&layout, versions[data[0] % 4]);
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((newline ? newline : end) - line);

		if (tshark_row_parse(&layout, line, n, &row) == ROW_TCP) {
			PROMISE(row.n_options <= ROW_OPTIONS_MAX);
			PROMISE((row.present & ROW_HAS_TCP) == ROW_HAS_TCP);
			again(&row);
		}
		line += n + 1;
	}
	return 0;
}
