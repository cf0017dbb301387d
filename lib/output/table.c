/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "output/sink.h"

struct table {
	const struct report_options *options;
	const struct pick *picks;
	size_t n;
	struct libscols_table *scols;
	int depth;
	struct libscols_line *parent[REPORT_LEVELS]; /* last line of a level */
	size_t lines;
};

static void *table_nomem(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Columns that carry the least are cut first; addresses come last. */
static int column_flags(const struct table *t, const struct pick *pick,
			size_t i)
{
	const struct column *c = pick_column(pick);
	int flags = column_is_right(c) ? SCOLS_FL_RIGHT : 0;

	if (t->options->tree && i == 0)
		flags = SCOLS_FL_TREE;
	if (c->flags & COLUMN_CUT)
		flags |= SCOLS_FL_TRUNC;
	return flags;
}

static void add_column(struct table *t, const struct pick *pick, size_t i)
{
	const struct column *c = pick_column(pick);
	/* A name that was made longer says more than the heading. */
	const char *text = c->heading && strcmp(pick->name, c->name) == 0
				   ? c->heading
				   : NULL;
	char *heading = mem_strdup(t->options->no_headings ? ""
				   : text		   ? text
							   : pick->name);

	for (char *s = heading; !text && *s; s++)
		*s = *s == '_' ? '-' : (char)toupper((unsigned char)*s);
	table_nomem(scols_table_new_column(t->scols, heading, 0,
					   column_flags(t, pick, i)));
	free(heading);
}

static void *table_open(const struct report_options *options,
			const struct pick *picks, size_t n)
{
	struct table *t = mem_calloc(1, sizeof(*t));
	const char *no_color = getenv("NO_COLOR");

	t->options = options;
	t->picks = picks;
	t->n = n;
	t->depth = pick_depth(picks, n);
	scols_init_debug(0);
	t->scols = table_nomem(scols_new_table());
	scols_table_set_stream(t->scols, stdout);
	scols_table_enable_noheadings(t->scols, options->no_headings);
	scols_table_enable_colors(t->scols, isatty(STDOUT_FILENO) &&
						    !(no_color && *no_color));
	for (size_t i = 0; i < n; i++)
		add_column(t, &picks[i], i);
	return t;
}

static const char *colour_of(const char *text)
{
	static const struct {
		const char *text, *colour;
	} colours[] = {
		{ "established", "green" }, { "ok", "green" },
		{ "fallback", "yellow" },   { "incomplete", "yellow" },
		{ "warn", "yellow" },	    { "refused", "red" },
		{ "fail", "red" },
	};

	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
		if (strlen(colours[i].text) == strcspn(text, ",") &&
		    strncmp(colours[i].text, text, strcspn(text, ",")) == 0)
			return colours[i].colour;
	return NULL;
}

static void set_cell(struct table *t, struct libscols_line *line, size_t i,
		     const struct column *c, const void *row)
{
	struct value value = VALUE_INIT;
	struct strbuf text = STRBUF_INIT;
	struct libscols_cell *cell = scols_line_get_cell(line, i);

	(c->get_table ? c->get_table : c->get)(row, &value);
	column_human(c, &value, &text);
	if (scols_line_set_data(line, i, text.text) != 0)
		table_nomem(NULL);
	if (cell && (c->flags & COLUMN_COLOUR) &&
	    scols_table_colors_wanted(t->scols) && colour_of(text.text))
		scols_cell_set_color(cell, colour_of(text.text));
	strbuf_release(&text);
	value_release(&value);
}

static void table_row(void *state, int level, const struct row_type *type,
		      const void *row)
{
	struct table *t = state;
	const struct report_options *o = t->options;
	struct libscols_line *line = NULL;

	if (type != o->levels[level] ||
	    (o->leaves ? level != t->depth : level && !o->tree))
		return;
	line = table_nomem(scols_table_new_line(
		t->scols, level && !o->leaves ? t->parent[level - 1] : NULL));
	t->parent[level] = line;
	for (size_t i = 0; i < t->n; i++) {
		const struct column *c = o->leaves ? pick_column(&t->picks[i])
						   : t->picks[i].at[level];

		if (c)
			set_cell(t, line, i, c, row);
	}
	t->lines++;
}

static void table_close(void *state)
{
	struct table *t = state;

	if (t->lines)
		scols_print_table(t->scols);
}

static void table_free(void *state)
{
	struct table *t = state;

	scols_unref_table(t->scols);
	free(t);
}

const struct sink sink_table = { .open = table_open,
				 .row = table_row,
				 .close = table_close,
				 .free = table_free };
