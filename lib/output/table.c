/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/terminal.h"
#include "output/heading.h"
#include "output/human.h"
#include "output/order.h"

enum {
	PATH_LEAST = 20, /* minimum characters of a path */
	GAP = 1		 /* between columns */
};

/* A line that is not printed yet. */
struct table_line {
	char **cells; /* owned, as each of them is; NULL: no cells */
	const char **colours;
	int level;
};

struct table {
	const struct report_options *options;
	const struct pick *picks;
	size_t n;
	struct libscols_table *scols;
	int depth;
	struct order order;
	struct table_line *lines; /* owned */
	size_t n_lines, cap_lines;
	struct value *sums; /* by column; owned */
	size_t summed;	    /* lines included in them */
};

static void *table_nomem(void *p)
{
	if (!p)
		abort();
	return p;
}

/* Less important columns are truncated first, addresses last. */
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
	char *heading =
		t->options->no_headings
			? mem_strdup("")
			: heading_make(pick, t->options->has_level &&
						     !t->options->columns);

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
	t->depth = options->leaves ? report_depth(options, picks, n) : 0;
	t->sums = mem_calloc(n + 1, sizeof(*t->sums));
	order_init(&t->order, options);
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

/* The sum is unknown if one value is. */
static void add_up(struct table *t, size_t i, const struct value *v)
{
	struct value *sum = &t->sums[i];

	if (v->kind == VALUE_U64 && (t->summed == 0 || sum->kind == VALUE_U64))
		value_u64(sum, (t->summed ? sum->u64 : 0) + v->u64);
	else
		value_null(sum);
}

static void keep_cell(struct table *t, struct table_line *line, size_t i,
		      const struct column *c, const void *row)
{
	struct value value = VALUE_INIT;
	struct strbuf text = STRBUF_INIT;

	(c->get_table ? c->get_table : c->get)(row, &value);
	column_human(c, &value, &text);
	if (line->level == t->depth)
		add_up(t, i, &value);
	if ((c->flags & COLUMN_COLOUR) && scols_table_colors_wanted(t->scols))
		line->colours[i] = colour_of(text.text);
	line->cells[i] = strbuf_detach(&text);
	value_release(&value);
}

static void table_row(void *state, int level, const struct row_type *type,
		      const void *row)
{
	struct table *t = state;
	const struct report_options *o = t->options;
	struct table_line *line = NULL;

	if (type != o->levels[level] ||
	    (o->leaves ? level != t->depth : level && !o->tree))
		return;
	line = MEM_PUSH(t->lines, t->n_lines, t->cap_lines);
	*line = (struct table_line){
		.cells = mem_calloc(t->n + 1, sizeof(*line->cells)),
		.colours = mem_calloc(t->n + 1, sizeof(*line->colours)),
		.level = level
	};
	for (size_t i = 0; i < t->n; i++) {
		const struct column *c = o->leaves ? pick_column(&t->picks[i])
						   : t->picks[i].at[level];

		if (c)
			keep_cell(t, line, i, c, row);
	}
	t->summed += level == t->depth;
	order_add(&t->order, level, row);
}

/* Totals, for people at a terminal. */

static bool is_summed(const struct table *t, size_t i)
{
	const struct column *c = t->picks[i].at[t->depth];

	return c && (c->flags & COLUMN_SUM);
}

/* Where the word "total" is printed: in the first column without numbers. */
static size_t label_column(const struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		if ((t->options->tree && i == 0) ||
		    !column_is_right(pick_column(&t->picks[i])))
			return i;
	return 0;
}

static void add_totals(struct table *t)
{
	struct table_line *line = NULL;
	bool any = false;

	for (size_t i = 1; i < t->n; i++)
		any |= is_summed(t, i);
	if (!any || t->summed < 2 || t->options->no_headings ||
	    !isatty(STDOUT_FILENO))
		return;
	line = MEM_PUSH(t->lines, t->n_lines, t->cap_lines);
	*line = (struct table_line){
		.cells = mem_calloc(t->n + 1, sizeof(*line->cells)),
		.colours = mem_calloc(t->n + 1, sizeof(*line->colours))
	};
	line->cells[label_column(t)] = mem_strdup("total");
	for (size_t i = 1; i < t->n; i++) {
		struct strbuf text = STRBUF_INIT;

		if (!is_summed(t, i))
			continue;
		column_human(t->picks[i].at[t->depth], &t->sums[i], &text);
		line->cells[i] = strbuf_detach(&text);
	}
}

/* Shrinking a table to the terminal. */

static size_t characters(const char *s)
{
	size_t n = 0;

	for (; s && *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* Width of a column including tree symbols. */
static size_t width_of(const struct table *t, size_t i)
{
	const char *heading =
		scols_column_get_name(scols_table_get_column(t->scols, i));
	size_t width = t->options->no_headings ? 0 : characters(heading);

	for (size_t k = 0; k < t->n_lines; k++) {
		const struct table_line *line = &t->lines[k];
		const size_t edge = t->options->tree && i == 0
					    ? 2 * (size_t)line->level
					    : 0;
		const size_t n = characters(line->cells[i]) + edge;

		width = n > width ? n : width;
	}
	return width;
}

/* By how many characters lines are wider than the terminal. */
static size_t excess(const struct table *t, const size_t *widths,
		     const bool *hidden, size_t room)
{
	size_t sum = 0;

	for (size_t i = 0; i < t->n; i++)
		if (!hidden[i])
			sum += widths[i] + (sum ? GAP : 0);
	return sum > room ? sum - room : 0;
}

/* The byte offset after the n-th character. */
static size_t behind(const char *s, size_t n)
{
	size_t at = 0;

	while (s[at] && (n || ((unsigned char)s[at] & 0xc0) == 0x80)) {
		n -= ((unsigned char)s[at] & 0xc0) != 0x80;
		at++;
	}
	return at;
}

/* "...two-paths.pcapng" if the file name fits, else shortened in the middle. */
static void cut_path(char **cell, size_t room)
{
	struct terminal terminal;
	const char *slash = strrchr(*cell, '/');
	const char *name = slash ? slash + 1 : *cell;
	const size_t n = characters(*cell), length = characters(name);
	size_t head = 0;
	char *cut = NULL;

	if (n <= room)
		return;
	terminal_look(&terminal, STDOUT_FILENO);
	if (length < room) {
		head = 0;
		name = *cell + behind(*cell, n - (room - 1));
	} else {
		head = behind(name, room / 2);
	}
	cut = mem_printf(
		"%.*s%s%s", (int)head, name,
		terminal.utf8 ? "\xe2\x80\xa6" : "~",
		head ? name + behind(name, length - (room - 1) + room / 2)
		     : name);
	free(*cell);
	*cell = cut;
}

static void shorten(struct table *t, size_t i, size_t *width, size_t by)
{
	const size_t room = *width > by + PATH_LEAST ? *width - by : PATH_LEAST;

	if (*width <= room)
		return;
	for (size_t k = 0; k < t->n_lines; k++)
		if (t->lines[k].cells[i])
			cut_path(&t->lines[k].cells[i], room);
	*width = room;
}

static void hide(struct table *t, size_t i, bool *hidden)
{
	struct libscols_column *c = scols_table_get_column(t->scols, i);

	hidden[i] = true;
	scols_column_set_flags(c, scols_column_get_flags(c) | SCOLS_FL_HIDDEN);
}

/*
 * Drop columns from the right, but never the first one; with "spare" only
 * columns with that flag.
 */
static void leave_out(struct table *t, const size_t *widths, bool *hidden,
		      size_t room, bool spare)
{
	for (size_t i = t->n; i-- > 1 && excess(t, widths, hidden, room);)
		if (!hidden[i] && (!spare || (pick_column(&t->picks[i])->flags &
					      COLUMN_SPARE)))
			hide(t, i, hidden);
}

static void narrow(struct table *t, bool *hidden)
{
	size_t *widths = mem_calloc(t->n + 1, sizeof(*widths));
	struct terminal terminal;
	size_t room = 0;

	terminal_look(&terminal, STDOUT_FILENO);
	room = terminal.is_one && terminal.columns > 0
		       ? (size_t)terminal.columns
		       : SIZE_MAX;
	for (size_t i = 0; i < t->n; i++)
		widths[i] = width_of(t, i);
	for (size_t i = 0; i < t->n; i++) {
		const unsigned flags = pick_column(&t->picks[i])->flags;
		const size_t by = excess(t, widths, hidden, room);

		if (by && (flags & COLUMN_PATH))
			shorten(t, i, &widths[i], by);
		else if (by && (flags & COLUMN_CUT)) /* as libsmartcols does */
			widths[i] = widths[i] > by + PATH_LEAST ? widths[i] - by
								: PATH_LEAST;
	}
	if (!t->options->columns) {
		leave_out(t, widths, hidden, room, true);
		leave_out(t, widths, hidden, room, false);
	}
	free(widths);
}

/* Tell the user that columns were dropped. */
static void tell_hidden(const struct table *t, const bool *hidden)
{
	const char *before = "columns not shown, for lack of room: ";

	for (size_t i = 0; i < t->n; i++)
		if (hidden[i]) {
			printf("%s%s", before, t->picks[i].name);
			before = ", ";
		}
	if (*before == ',')
		putchar('\n');
}

/* Printing. */

/* Omit the line of totals if no column shows one. */
static bool is_printed(const struct table *t, size_t k, const bool *hidden)
{
	for (size_t i = 0; k == t->order.n && i < t->n; i++)
		if (is_summed(t, i) && !hidden[i])
			return true;
	return k < t->order.n;
}

static void set_line(struct table *t, const struct table_line *l,
		     struct libscols_line *parent[REPORT_LEVELS])
{
	struct libscols_line *line = table_nomem(scols_table_new_line(
		t->scols,
		l->level && !t->options->leaves ? parent[l->level - 1] : NULL));

	parent[l->level] = line;
	for (size_t i = 0; i < t->n; i++) {
		struct libscols_cell *cell = scols_line_get_cell(line, i);

		if (l->cells[i] &&
		    scols_line_set_data(line, i, l->cells[i]) != 0)
			table_nomem(NULL);
		if (cell && l->colours[i])
			scols_cell_set_color(cell, l->colours[i]);
	}
}

static void table_close(void *state)
{
	struct table *t = state;
	struct libscols_line *parent[REPORT_LEVELS] = { NULL };
	const size_t n = t->n_lines, *at = order_sorted(&t->order);
	bool *hidden = mem_calloc(t->n + 1, sizeof(*hidden));

	if (n) {
		add_totals(t);
		narrow(t, hidden);
		for (size_t k = 0; k < t->n_lines; k++)
			if (is_printed(t, k, hidden))
				set_line(t, &t->lines[k < n ? at[k] : k],
					 parent);
		scols_print_table(t->scols);
		tell_hidden(t, hidden);
	}
	free(hidden);
}

static void table_free(void *state)
{
	struct table *t = state;

	for (size_t k = 0; k < t->n_lines; k++) {
		for (size_t i = 0; i < t->n; i++)
			free(t->lines[k].cells[i]);
		free(t->lines[k].cells);
		free(t->lines[k].colours);
	}
	free(t->lines);
	for (size_t i = 0; i < t->n; i++)
		value_release(&t->sums[i]);
	free(t->sums);
	order_release(&t->order);
	scols_unref_table(t->scols);
	free(t);
}

const struct sink sink_table = { .open = table_open,
				 .row = table_row,
				 .close = table_close,
				 .free = table_free };
