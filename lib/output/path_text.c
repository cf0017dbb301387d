/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text output of mptcp-summary --paths. */
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "output/clock_rows.h"
#include "output/heading.h"
#include "output/human.h"
#include "output/order.h"
#include "output/path_rows.h"

/*
 * The columns of a line, by name, or by the beginning of the name if there is
 * one for each direction.  If a line is too wide, columns with a number are
 * dropped, highest number first.
 */
static const struct text_column {
	const char *heading;
	const char *column; /* NULL: computed here */
	enum {
		OF_PATH,
		OF_DIRECTION
	} of;
	bool always; /* false: only if some value is not "-" or 0 */
	int gives_way;
} usual[] = {
	{ "CONNS", "connections", OF_PATH, true, 7 },
	{ "SUBFLOWS", "subflows", OF_PATH, true, 0 },
	{ "TO", NULL, OF_DIRECTION, true, 0 },
	{ "SENT", "sent_to", OF_DIRECTION, true, 6 },
	{ "UNIQUE", "unique_to", OF_DIRECTION, true, 0 },
	{ "SHARE", "share_to", OF_DIRECTION, true, 0 },
	{ "GOODPUT", "goodput_to", OF_DIRECTION, true, 0 },
	{ "RETRANS", "retransmission_ratio_to", OF_DIRECTION, false, 2 },
	{ "LOST", "loss_ratio_to", OF_DIRECTION, false, 1 },
	{ "RTT", "rtt_p50_to", OF_DIRECTION, false, 0 },
	{ "P95", "rtt_p95_to", OF_DIRECTION, false, 9 },
	{ "BACKUP", "backup", OF_PATH, false, 5 },
	{ "JOINED", NULL, OF_PATH, false, 3 },
	{ "RESETS", "resets", OF_PATH, false, 4 },
	{ "INTERFACE", "interface", OF_PATH, false, 8 },
};

enum {
	PAIR_WIDTH = 30 /* of two addresses on one line */
};

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* A column of the table: a usual one, or one that "-o +COLUMN" added. */
struct text_cells {
	struct text_column is;
	char *heading;	      /* owned; "is" borrows it */
	bool is_right, worth; /* worth: it is shown */
	size_t width;	      /* of the widest cell or heading */
};

/* A line that is not in the table yet. */
struct text_line {
	struct libscols_line *line; /* a reference */
	size_t path;		    /* number of its path; all: "paths" */
};

struct text {
	struct libscols_table *table;
	struct text_cells *columns; /* owned */
	size_t n, cap;
	struct text_line *lines; /* owned */
	size_t n_lines, cap_lines;
	struct order order;
	size_t name_width, paths;
};

static void *nomem(void *p)
{
	if (!p)
		abort();
	return p;
}

/* "heading" is owned by the table then. */
static void add_column(struct text *t, const struct text_column *c,
		       char *heading, bool is_right)
{
	struct text_cells *new = MEM_PUSH(t->columns, t->n, t->cap);

	*new = (struct text_cells){ .is = *c,
				    .heading = heading,
				    .is_right = is_right,
				    .worth = c->always,
				    .width = strlen(heading) };
	new->is.heading = heading;
	nomem(scols_table_new_column(t->table, heading, 0,
				     is_right ? SCOLS_FL_RIGHT : 0));
}

static void add_usual(struct text *t, const struct text_column *c)
{
	const bool is_word = strcmp(c->heading, "TO") == 0 ||
			     strcmp(c->heading, "INTERFACE") == 0;

	add_column(t, c, mem_strdup(c->heading), !is_word);
}

/* What -o adds to the columns that every table of paths has. */
static void add_pick(struct text *t, const struct pick *pick)
{
	const struct column *column = pick_column(pick);
	const struct text_column c = { .column = column->name,
				       .of = OF_PATH,
				       .always = true };

	if (!(column->flags & COLUMN_TABLE))
		add_column(t, &c, heading_make(pick, false),
			   column_is_right(column));
}

static void *text_open(const struct report_options *options,
		       const struct pick *picks, size_t n)
{
	struct text *t = mem_calloc(1, sizeof(*t));

	order_init(&t->order, options);
	scols_init_debug(0);
	t->table = nomem(scols_new_table());
	scols_table_set_stream(t->table, stdout);
	scols_table_enable_noheadings(t->table, options->no_headings);
	scols_table_set_termforce(t->table, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(t->table, human_width());
	nomem(scols_table_new_column(t->table, "PATH", 0, 0));
	t->name_width = strlen("PATH");
	for (size_t i = 0; i < N(usual); i++)
		add_usual(t, &usual[i]);
	for (size_t i = 0; i < n; i++)
		add_pick(t, &picks[i]);
	return t;
}

/*
 * Complete a name: "sent_to" is "sent_to_server", "goodput_to" is
 * "goodput_to_server_bps".
 */
static const struct column *find_column(const char *name, enum direction d)
{
	const char *side = d == TO_SERVER ? "_server" : "_client";
	const size_t n = strlen(name), m = strlen(side);

	for (size_t i = 0; i < summary_path.n; i++) {
		const char *found = summary_path.columns[i].name;

		if (strncmp(found, name, n) == 0 &&
		    strncmp(found + n, side, m) == 0 &&
		    (!found[n + m] || found[n + m] == '_'))
			return &summary_path.columns[i];
	}
	return NULL;
}

/* "14 of 15": established joins, of those tried. */
static void put_joins(const struct path_sums *p, struct strbuf *out)
{
	if (p->joins)
		strbuf_printf(out, "%" PRIu64 " of %" PRIu64,
			      p->joins - p->joins_failed, p->joins);
	else
		strbuf_putc(out, '-');
}

static void set_text(struct text *t, struct libscols_line *line, size_t i,
		     const char *text)
{
	if (strlen(text) > t->columns[i].width)
		t->columns[i].width = strlen(text);
	if (strcmp(text, "-") != 0 && strcmp(text, "0") != 0)
		t->columns[i].worth = true;
	if (scols_line_set_data(line, i + 1, text) != 0)
		nomem(NULL);
}

/* The value for a path, or for a direction of it. */
static void put_cell(const struct path_row *row, const struct text_column *c,
		     enum direction d, struct strbuf *out)
{
	const struct column *column = NULL;
	struct value value = VALUE_INIT;

	if (!c->column && c->of == OF_DIRECTION) {
		strbuf_puts(out, d == TO_SERVER ? "server" : "client");
		return;
	}
	if (!c->column) {
		put_joins(row->path, out);
		return;
	}
	column = c->of == OF_PATH ? row_type_find(&summary_path, c->column)
				  : find_column(c->column, d);
	(column->get_table ? column->get_table : column->get)(row, &value);
	column_human(column, &value, out);
	value_release(&value);
}

/*
 * Show the interface if the name of the path does not contain it; not for the
 * total.
 */
static bool tells(const struct path_row *row, const struct text_column *c)
{
	return !c->column || strcmp(c->column, "interface") != 0 ||
	       (row->by != PATH_BY_INTERFACE && row->path != row->total);
}

/* Columns in which a line without a direction shows that nothing was sent. */
static bool is_none(const struct text_column *c)
{
	return c->column && (strcmp(c->column, "sent_to") == 0 ||
			     strcmp(c->column, "unique_to") == 0);
}

/*
 * A line for a direction of a path, or for both if NULL.  Values of the path
 * itself are on its first line.
 */
static void add_line(struct text *t, const struct path_row *row,
		     const char *name, const enum direction *d, bool first)
{
	struct libscols_line *line = nomem(scols_new_line());

	*MEM_PUSH(t->lines, t->n_lines, t->cap_lines) =
		(struct text_line){ line, t->paths };
	if (scols_line_alloc_cells(line, t->n + 1) != 0 ||
	    scols_line_set_data(line, 0, name) != 0)
		nomem(NULL);
	if (strlen(name) > t->name_width)
		t->name_width = strlen(name);
	for (size_t i = 0; i < t->n; i++) {
		const struct text_column *c = &t->columns[i].is;
		struct strbuf text = STRBUF_INIT;

		if (c->of == OF_PATH ? !first : !d && !(first && is_none(c)))
			continue;
		if (!tells(row, c))
			continue;
		put_cell(row, c, d ? *d : TO_SERVER, &text);
		set_text(t, line, i, text.text);
		strbuf_release(&text);
	}
}

/* On one line if that leaves room for the columns, else on two. */
static void name_pair(const struct path_sums *p, struct strbuf name[2])
{
	address_append(&name[0], &p->client);
	address_append(&name[1], &p->server);
	if (name[0].len + name[1].len + 3 > PAIR_WIDTH) {
		strbuf_puts(&name[0], " >");
		return;
	}
	strbuf_printf(&name[0], " > %s", name[1].text);
	strbuf_release(&name[1]);
	name[1] = (struct strbuf)STRBUF_INIT;
}

/* The name of a path, on one or two lines. */
static void name_path(const struct path_row *row, struct strbuf name[2])
{
	const struct path_sums *p = row->path;

	switch (row->by) {
	case PATH_BY_PAIR: name_pair(p, name); break;
	case PATH_BY_INTERFACE:
		strbuf_puts(&name[0], p->interface ? p->interface : "-");
		break;
	case PATH_BY_CLIENT: address_append(&name[0], &p->client); break;
	case PATH_BY_SERVER: address_append(&name[0], &p->server); break;
	}
}

static void add_path(struct text *t, const struct path_row *row, bool all)
{
	struct strbuf name[2] = { STRBUF_INIT, STRBUF_INIT };
	enum direction used[2] = { TO_SERVER, TO_SERVER };
	size_t n = 0;

	for (int d = 0; d < 2; d++)
		if (row->path->direction[d].counts.sent)
			used[n++] = (enum direction)d;
	if (all)
		strbuf_puts(&name[0], "all");
	else
		name_path(row, name);
	for (size_t i = 0; i < 2; i++)
		if (i < n || i == 0 || name[i].len)
			add_line(t, row, name[i].len ? name[i].text : "",
				 i < n ? &used[i] : NULL, i == 0);
	for (size_t i = 0; i < 2; i++)
		strbuf_release(&name[i]);
}

static void text_row(void *state, int level, const struct row_type *type,
		     const void *row)
{
	struct text *t = state;

	(void)level;
	if (type == &owd_clock) {
		owd_print_clock(row);
	} else if (type == &summary_path) {
		add_path(t, row, false);
		order_add(&t->order, 0, row);
		t->paths++;
	} else if (type == &summary_paths_total && t->paths > 1) {
		add_path(t, row, true);
	}
}

/* Drop columns until the others fit. */
static void fit(struct text *t)
{
	for (;;) {
		size_t width = t->name_width;
		struct text_cells *last = NULL;

		for (size_t i = 0; i < t->n; i++) {
			struct text_cells *c = &t->columns[i];

			if (!c->worth)
				continue;
			width += 1 + c->width;
			if (c->is.gives_way &&
			    (!last || c->is.gives_way > last->is.gives_way))
				last = c;
		}
		if (width <= human_width() || !last)
			return;
		last->worth = false;
	}
}

static void put_path(struct text *t, size_t path)
{
	for (size_t i = 0; i < t->n_lines; i++)
		if (t->lines[i].path == path &&
		    scols_table_add_line(t->table, t->lines[i].line) != 0)
			nomem(NULL);
}

static void text_close(void *state)
{
	struct text *t = state;
	const size_t *at = order_sorted(&t->order);

	for (size_t k = 0; k < t->paths; k++)
		put_path(t, at[k]);
	put_path(t, t->paths);
	fit(t);
	for (size_t i = 0; i < t->n; i++)
		if (!t->columns[i].worth)
			scols_column_set_flags(
				scols_table_get_column(t->table, i + 1),
				SCOLS_FL_HIDDEN);
	if (t->paths)
		scols_print_table(t->table);
}

static void text_free(void *state)
{
	struct text *t = state;

	for (size_t i = 0; i < t->n_lines; i++)
		scols_unref_line(t->lines[i].line);
	free(t->lines);
	for (size_t i = 0; i < t->n; i++)
		free(t->columns[i].heading);
	free(t->columns);
	order_release(&t->order);
	scols_unref_table(t->table);
	free(t);
}

const struct sink sink_paths = { .open = text_open,
				 .row = text_row,
				 .close = text_close,
				 .free = text_free,
				 .is_table = true };
