/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TSV and CSV: a line per row, written at once. */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "output/sink.h"

struct flat {
	const struct report_options *options;
	const struct pick *picks;
	size_t n;
	int depth;
	void (*put)(const char *text, size_t n);
	char separator;
};

static void put_tsv(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		putchar(c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
	}
}

/* Quotes only where they are needed. */
static void put_csv(const char *text, size_t n)
{
	bool quote = n > 0 && (text[0] == ' ' || text[n - 1] == ' ');

	for (size_t i = 0; i < n && !quote; i++)
		quote = text[i] == ',' || text[i] == '"' || text[i] == '\n' ||
			text[i] == '\r';
	if (quote)
		csv_fwrite(stdout, text, n);
	else
		fwrite(text, 1, n, stdout);
}

static void *flat_open(const struct report_options *options,
		       const struct pick *picks, size_t n)
{
	struct flat *f = mem_calloc(1, sizeof(*f));
	bool csv = options->format == FORMAT_CSV;

	f->options = options;
	f->picks = picks;
	f->n = n;
	f->depth = pick_depth(picks, n);
	f->put = csv ? put_csv : put_tsv;
	f->separator = csv ? ',' : '\t';
	for (size_t i = 0; i < n && !options->no_headings; i++)
		printf("%s%c", picks[i].name, i + 1 < n ? f->separator : '\n');
	return f;
}

static void flat_row(void *state, int level, const struct row_type *type,
		     const void *row)
{
	struct flat *f = state;
	struct strbuf text = STRBUF_INIT;
	struct value value = VALUE_INIT;

	if (type != f->options->levels[level] ||
	    (f->options->leaves ? level != f->depth
				: level && !f->options->tree))
		return;
	for (size_t i = 0; i < f->n; i++) {
		const struct column *c = f->options->leaves
						 ? pick_column(&f->picks[i])
						 : f->picks[i].at[level];

		value_null(&value);
		strbuf_clear(&text);
		if (c) {
			c->get(row, &value);
			column_plain(c, &value, &text);
		}
		f->put(text.text, text.len);
		putchar(i + 1 < f->n ? f->separator : '\n');
	}
	value_release(&value);
	strbuf_release(&text);
}

const struct sink sink_tsv = { .open = flat_open,
			       .row = flat_row,
			       .free = free };
const struct sink sink_csv = { .open = flat_open,
			       .row = flat_row,
			       .free = free };
