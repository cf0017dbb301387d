/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A table whose rows are written immediately: columns are as wide as in the
 * rows so far, and at least as "at_once" says.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "output/heading.h"
#include "output/sink.h"

struct lines {
	const struct report_options *options;
	const struct pick *picks;
	size_t n;
	int *width; /* characters, of each column */
	bool begun; /* headings are written */
};

static void *lines_open(const struct report_options *options,
			const struct pick *picks, size_t n)
{
	struct lines *l = mem_calloc(1, sizeof(*l));

	l->options = options;
	l->picks = picks;
	l->n = n;
	l->width = mem_calloc(n, sizeof(*l->width));
	for (size_t i = 0; i < n; i++)
		for (const struct report_width *w = options->at_once; w->name;
		     w++)
			if (strcmp(w->name, picks[i].name) == 0)
				l->width[i] = w->width;
	return l;
}

static void put_cell(const struct lines *l, size_t i, const char *text)
{
	const bool right = column_is_right(pick_column(&l->picks[i]));
	const bool last = i + 1 == l->n;

	printf("%s%*s%s", i ? " " : "",
	       right ? l->width[i] : (last ? 0 : -l->width[i]), text,
	       last ? "\n" : "");
}

static void widen(struct lines *l, size_t i, const char *text)
{
	const int n = (int)strlen(text);

	if (n > l->width[i])
		l->width[i] = n;
}

static void put_headings(struct lines *l)
{
	l->begun = true;
	for (size_t i = 0; i < l->n && !l->options->no_headings; i++) {
		char *text = heading_make(&l->picks[i], false);

		put_cell(l, i, text);
		free(text);
	}
}

static void set_texts(const struct lines *l, const void *row,
		      struct strbuf *texts)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct column *c = l->picks[i].at[0];
		struct value value = VALUE_INIT;

		texts[i] = (struct strbuf)STRBUF_INIT;
		if (c)
			(c->get_table ? c->get_table : c->get)(row, &value);
		if (c)
			column_human(c, &value, &texts[i]);
		value_release(&value);
	}
}

static void lines_row(void *state, int level, const struct row_type *type,
		      const void *row)
{
	struct lines *l = state;
	struct strbuf *texts = NULL;

	if (level || type != l->options->levels[0])
		return;
	texts = mem_calloc(l->n, sizeof(*texts));
	set_texts(l, row, texts);
	for (size_t i = 0; i < l->n; i++) {
		char *heading = heading_make(&l->picks[i], false);

		if (!l->options->no_headings)
			widen(l, i, heading);
		widen(l, i, texts[i].text ? texts[i].text : "");
		free(heading);
	}
	if (!l->begun)
		put_headings(l);
	for (size_t i = 0; i < l->n; i++) {
		put_cell(l, i, texts[i].text ? texts[i].text : "");
		strbuf_release(&texts[i]);
	}
	free(texts);
}

static void lines_free(void *state)
{
	struct lines *l = state;

	free(l->width);
	free(l);
}

const struct sink sink_lines = { .open = lines_open,
				 .row = lines_row,
				 .free = lines_free };
