/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TSV and CSV: a line per row, written at once unless they are to be sorted. */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "output/order.h"

struct flat {
	const struct report_options *options;
	const struct pick *picks;
	size_t n;
	int depth;
	void (*put)(FILE *out, const char *text, size_t n);
	char separator;
	struct order order;
	char **lines; /* that wait for their order; owned */
	size_t n_lines, cap_lines;
};

static void put_tsv(FILE *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		putc(c == '\t' || c == '\n' || c == '\r' ? ' ' : c, out);
	}
}

/* Quotes only where they are needed. */
static void put_csv(FILE *out, const char *text, size_t n)
{
	bool quote = n > 0 && (text[0] == ' ' || text[n - 1] == ' ');

	for (size_t i = 0; i < n && !quote; i++)
		quote = text[i] == ',' || text[i] == '"' || text[i] == '\n' ||
			text[i] == '\r';
	if (quote)
		csv_fwrite(out, text, n);
	else
		fwrite(text, 1, n, out);
}

static void *flat_open(const struct report_options *options,
		       const struct pick *picks, size_t n)
{
	struct flat *f = mem_calloc(1, sizeof(*f));
	bool csv = options->format == FORMAT_CSV;

	f->options = options;
	f->picks = picks;
	f->n = n;
	f->depth = report_depth(options, picks, n);
	order_init(&f->order, options);
	f->put = csv ? put_csv : put_tsv;
	f->separator = csv ? ',' : '\t';
	for (size_t i = 0; i < n && !options->no_headings; i++)
		printf("%s%c", picks[i].name, i + 1 < n ? f->separator : '\n');
	return f;
}

static void put_line(const struct flat *f, FILE *out, int level,
		     const void *row)
{
	struct strbuf text = STRBUF_INIT;
	struct value value = VALUE_INIT;

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
		f->put(out, text.text, text.len);
		putc(i + 1 < f->n ? f->separator : '\n', out);
	}
	value_release(&value);
	strbuf_release(&text);
}

static void keep_line(struct flat *f, int level, const void *row)
{
	char **line = MEM_PUSH(f->lines, f->n_lines, f->cap_lines);
	size_t size = 0;
	FILE *out = open_memstream(line, &size);

	if (!out)
		abort();
	put_line(f, out, level, row);
	if (fclose(out) != 0)
		abort();
	order_add(&f->order, level, row);
}

static void flat_row(void *state, int level, const struct row_type *type,
		     const void *row)
{
	struct flat *f = state;

	if (type != f->options->levels[level] ||
	    (f->options->leaves ? level != f->depth
				: level && !f->options->tree))
		return;
	if (f->order.is_asked)
		keep_line(f, level, row);
	else
		put_line(f, stdout, level, row);
}

static void flat_close(void *state)
{
	struct flat *f = state;
	const size_t *at = order_sorted(&f->order);

	for (size_t i = 0; i < f->n_lines; i++)
		fputs(f->lines[at[i]], stdout);
}

static void flat_free(void *state)
{
	struct flat *f = state;

	for (size_t i = 0; i < f->n_lines; i++)
		free(f->lines[i]);
	free(f->lines);
	order_release(&f->order);
	free(f);
}

const struct sink sink_tsv = { .open = flat_open,
			       .row = flat_row,
			       .close = flat_close,
			       .free = flat_free };
const struct sink sink_csv = { .open = flat_open,
			       .row = flat_row,
			       .close = flat_close,
			       .free = flat_free };
