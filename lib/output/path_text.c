/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text output of mptcp-summary --paths. */
#include <inttypes.h>
#include <libsmartcols/libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "output/clock_rows.h"
#include "output/human.h"
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
} columns[] = {
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

struct text {
	struct libscols_table *table;
	bool worth[N(columns)];	  /* is shown */
	size_t width[N(columns)]; /* of the widest cell or heading */
	size_t name_width, paths;
};

static void *nomem(void *p)
{
	if (!p)
		abort();
	return p;
}

static int flags_of(const struct text_column *c)
{
	const bool is_word = strcmp(c->heading, "TO") == 0 ||
			     strcmp(c->heading, "INTERFACE") == 0;

	return is_word ? 0 : SCOLS_FL_RIGHT;
}

static void *text_open(const struct report_options *options,
		       const struct pick *picks, size_t n)
{
	struct text *t = mem_calloc(1, sizeof(*t));

	(void)picks;
	(void)n;
	scols_init_debug(0);
	t->table = nomem(scols_new_table());
	scols_table_set_stream(t->table, stdout);
	scols_table_enable_noheadings(t->table, options->no_headings);
	scols_table_set_termforce(t->table, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(t->table, human_width());
	nomem(scols_table_new_column(t->table, "PATH", 0, 0));
	t->name_width = strlen("PATH");
	for (size_t i = 0; i < N(columns); i++) {
		t->worth[i] = columns[i].always;
		t->width[i] = strlen(columns[i].heading);
		nomem(scols_table_new_column(t->table, columns[i].heading, 0,
					     flags_of(&columns[i])));
	}
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
	if (strlen(text) > t->width[i])
		t->width[i] = strlen(text);
	if (strcmp(text, "-") != 0 && strcmp(text, "0") != 0)
		t->worth[i] = true;
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
	struct libscols_line *line =
		nomem(scols_table_new_line(t->table, NULL));

	if (scols_line_set_data(line, 0, name) != 0)
		nomem(NULL);
	if (strlen(name) > t->name_width)
		t->name_width = strlen(name);
	for (size_t i = 0; i < N(columns); i++) {
		struct strbuf text = STRBUF_INIT;

		if (columns[i].of == OF_PATH
			    ? !first
			    : !d && !(first && is_none(&columns[i])))
			continue;
		if (!tells(row, &columns[i]))
			continue;
		put_cell(row, &columns[i], d ? *d : TO_SERVER, &text);
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
		t->paths++;
	} else if (type == &summary_paths_total && t->paths > 1) {
		add_path(t, row, true);
	}
}

/* Drop columns until the others fit. */
static void fit(struct text *t)
{
	for (;;) {
		size_t width = t->name_width, last = N(columns);

		for (size_t i = 0; i < N(columns); i++) {
			if (!t->worth[i])
				continue;
			width += 1 + t->width[i];
			if (columns[i].gives_way &&
			    (last == N(columns) ||
			     columns[i].gives_way > columns[last].gives_way))
				last = i;
		}
		if (width <= human_width() || last == N(columns))
			return;
		t->worth[last] = false;
	}
}

static void text_close(void *state)
{
	struct text *t = state;

	fit(t);
	for (size_t i = 0; i < N(columns); i++)
		if (!t->worth[i])
			scols_column_set_flags(
				scols_table_get_column(t->table, i + 1),
				SCOLS_FL_HIDDEN);
	if (t->paths)
		scols_print_table(t->table);
}

static void text_free(void *state)
{
	struct text *t = state;

	scols_unref_table(t->table);
	free(t);
}

const struct sink sink_paths = { .open = text_open,
				 .row = text_row,
				 .close = text_close,
				 .free = text_free };
