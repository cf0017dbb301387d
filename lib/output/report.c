/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "output/heading.h"
#include "output/human.h"
#include "output/sink.h"

enum {
	LIST_WIDTH = 26, /* of names, on a terminal */
	LIST_TYPE = 13
};

struct report {
	struct report_options own; /* a copy of what the caller says */
	const struct report_options *options;
	const struct sink *sink;
	void *state;
	struct pick *picks;
	size_t n, cap;
};

static const struct sink *const sinks[] = {
	[FORMAT_TABLE] = &sink_table, [FORMAT_TSV] = &sink_tsv,
	[FORMAT_CSV] = &sink_csv,     [FORMAT_JSON] = &sink_json,
	[FORMAT_JSONL] = &sink_jsonl,
};

int pick_depth(const struct pick *picks, size_t n)
{
	int depth = 0;

	for (size_t i = 0; i < n; i++)
		for (int level = depth + 1; level < REPORT_LEVELS; level++)
			if (picks[i].at[level])
				depth = level;
	return depth;
}

const struct column *pick_column(const struct pick *pick)
{
	const struct column *c = NULL;

	for (int level = 0; level < REPORT_LEVELS && !c; level++)
		c = pick->at[level];
	return c;
}

int report_depth(const struct report_options *o, const struct pick *picks,
		 size_t n)
{
	return o->has_level ? o->level : pick_depth(picks, n);
}

/* The type whose rows are lines of the output; NULL: no such level. */
static const struct row_type *shown(const struct report_options *o, int level)
{
	if (o->has_level && level > o->level)
		return NULL;
	return level == 0 || o->tree || o->leaves ? o->levels[level] : NULL;
}

static struct pick *add_pick(struct report *r, const char *name)
{
	MEM_PUSH_ROOM(r->picks, r->n, r->cap);
	r->picks[r->n] = (struct pick){ .name = mem_strdup(name) };
	return &r->picks[r->n++];
}

static bool is_default(const struct report_options *options, int level,
		       const struct column *column)
{
	if (options->format != FORMAT_TABLE)
		return !(column->flags & COLUMN_HUMAN);
	if (options->has_level && level < options->level)
		return column == options->levels[level]->columns ||
		       ((column->flags & COLUMN_MULTI) && options->several);
	return (column->flags & COLUMN_TABLE) ||
	       ((column->flags & COLUMN_LEVEL) && options->has_level &&
		level == options->level) ||
	       ((column->flags & COLUMN_TREE) && options->tree) ||
	       ((column->flags & COLUMN_MULTI) && options->several) ||
	       ((column->flags & COLUMN_OTHER_END) && options->other_end);
}

/* Does a level above (from "level" up) or below have a column of that name? */
static bool is_taken(const struct report_options *o, const char *name, int from,
		     int to)
{
	for (int level = from; level < to; level++)
		if (row_type_find(shown(o, level), name))
			return true;
	return false;
}

/* Does the name of a column begin with that of its level? */
static bool has_prefix(const struct report_options *o, int level,
		       const struct column *c)
{
	const struct row_type *type = o->levels[level];

	if (!o->leaves)
		return false;
	for (int k = level + 1; k < REPORT_LEVELS; k++)
		if (row_type_find(o->levels[k], c->name))
			return true;
	return type->prefixed && c != type->columns;
}

/*
 * The name of a column in the output.  Where each column stands for one level,
 * a deeper level has the plain name: "share", and "direction_share" above.
 */
static char *public_name(const struct report_options *o, int level,
			 const struct column *c)
{
	struct strbuf name = STRBUF_INIT;

	if (has_prefix(o, level, c))
		strbuf_printf(&name, "%s_", o->levels[level]->name);
	strbuf_puts(&name, c->name);
	return strbuf_detach(&name);
}

static void pick_default(struct report *r)
{
	const struct report_options *o = r->options;

	for (int level = 0; level < REPORT_LEVELS; level++) {
		const struct row_type *type = shown(o, level);

		for (size_t i = 0; type && i < type->n; i++) {
			const struct column *c = &type->columns[i];
			char *name = NULL;
			struct pick *pick = NULL;

			if (!is_default(o, level, c) ||
			    (!o->leaves && is_taken(o, c->name, 0, level)))
				continue;
			name = public_name(o, level, c);
			pick = add_pick(r, name);
			free(name);
			pick->at[level] = c;
			for (int k = level + 1; !o->leaves && k < REPORT_LEVELS;
			     k++)
				pick->at[k] =
					row_type_find(shown(o, k), c->name);
		}
	}
}

/* Each column that -o takes, with its meaning when that is asked for. */
static void put_names(const struct report_options *o, struct strbuf *out,
		      const char *before, bool meaning)
{
	for (int level = 0; level < REPORT_LEVELS; level++) {
		const struct row_type *type = shown(o, level);

		for (size_t i = 0; type && i < type->n; i++) {
			const struct column *c = &type->columns[i];
			char *public = public_name(o, level, c);

			if (o->leaves || !is_taken(o, c->name, 0, level))
				strbuf_printf(out, "%s%s%s%s", before, public,
					      meaning ? "\t" : "",
					      meaning ? c->help : "");
			free(public);
		}
	}
}

static int unknown_column(const struct report_options *o, const char *name,
			  struct error *err)
{
	char *lower = mem_strdup(name); /* as names are; headings are not */
	struct nearest nearest = NEAREST_INIT(lower, strlen(lower));
	struct strbuf names = STRBUF_INIT;
	char *near = NULL;

	for (char *s = lower; *s; s++)
		*s = *s == '-' ? '_' : (char)tolower((unsigned char)*s);
	put_names(o, &names, " ", false);
	nearest_offer_all(&nearest, names.text);
	near = nearest_clause(&nearest);
	error_set(err, EXIT_USAGE, "no column '%s'%s; there are:%s", name, near,
		  names.text);
	free(near);
	free(lower);
	strbuf_release(&names);
	return -1;
}

bool pick_find(const struct report_options *o, struct pick *pick)
{
	bool found = false;

	for (int level = REPORT_LEVELS - 1; level >= 0; level--) {
		const struct row_type *type = shown(o, level);
		size_t n = type ? strlen(type->name) : 0;
		const char *name = pick->name;

		if (o->leaves && found)
			break;
		if (o->leaves && type && strncmp(name, type->name, n) == 0 &&
		    name[n] == '_' && row_type_find(type, name + n + 1))
			name += n + 1;
		pick->at[level] = row_type_find(type, name);
		found |= pick->at[level] != NULL;
	}
	return found;
}

/* The name of the only column with this heading; NULL: none, or several. */
static char *name_under(const struct report_options *o, const char *heading)
{
	char *found = NULL;
	size_t n = 0;

	for (int level = 0; level < REPORT_LEVELS; level++) {
		const struct row_type *type = shown(o, level);

		for (size_t i = 0; type && i < type->n; i++) {
			struct pick pick = {
				.name = public_name(o, level, &type->columns[i])
			};
			char *has = NULL;

			pick.at[level] = &type->columns[i];
			has = heading_make(&pick, o->has_level && !o->columns);
			if (strcasecmp(has, heading) == 0 &&
			    !(found && strcmp(found, pick.name) == 0)) {
				free(found);
				found = mem_strdup(pick.name);
				n++;
			}
			free(has);
			free(pick.name);
		}
	}
	if (n == 1)
		return found;
	free(found);
	return NULL;
}

bool pick_find_key(const struct report_options *o, struct pick *pick)
{
	char *name = pick_find(o, pick) ? NULL : name_under(o, pick->name);

	if (name) {
		free(pick->name);
		pick->name = name;
	}
	return pick_find(o, pick);
}

/* Take the last one back if it is among the first "n". */
static void drop_double(struct report *r, size_t n)
{
	const struct pick *last = &r->picks[r->n - 1];

	for (size_t i = 0; i < n; i++)
		if (memcmp(r->picks[i].at, last->at, sizeof(last->at)) == 0) {
			free(last->name);
			r->n--;
			return;
		}
}

/* Those that are there already are not added to them. */
static int pick_named(struct report *r, const char *list, struct error *err)
{
	const struct report_options *o = r->options;
	char *names = mem_strdup(list);
	char *rest = names, *name = NULL;
	size_t before = r->n;
	int rc = 0;

	while (rc == 0 && (name = strsep(&rest, ",")) != NULL)
		if (!pick_find(o, add_pick(r, name)))
			rc = unknown_column(o, name, err);
		else
			drop_double(r, before);
	free(names);
	return rc;
}

static bool is_json(const struct report_options *o)
{
	return o->format == FORMAT_JSON || o->format == FORMAT_JSONL;
}

/* "+NAMES" are more than the default ones; those of JSON are all. */
static int pick_all(struct report *r, struct error *err)
{
	const char *columns = r->options->columns;
	int rc = 0;

	if (!columns || *columns == '+')
		pick_default(r);
	if (columns)
		rc = pick_named(r, columns + (*columns == '+'), err);
	if (columns && *columns == '+' && is_json(r->options))
		r->own.columns = NULL;
	return rc;
}

/* A column that is not printed will do, too. */
static int check_sort(const struct report_options *o, struct error *err)
{
	const char *name = o->sort;
	struct pick pick = { .name = NULL };
	int rc = 0;

	if (!name)
		return 0;
	if (is_json(o))
		return error_set(err, EXIT_USAGE,
				 "--sort cannot be used with JSON");
	name += *name == '-' || *name == '+';
	pick.name = mem_strdup(name);
	if (!pick_find_key(o, &pick))
		rc = unknown_column(o, name, err);
	free(pick.name);
	return rc;
}

/* Whether the text for people can show what the options ask for. */
static bool takes_text(const struct report_options *o)
{
	if (!o->text || o->format != FORMAT_TABLE || o->has_level)
		return false;
	if (o->text->is_table)
		return !o->columns || *o->columns == '+';
	return !o->columns && !o->sort;
}

struct report *report_open(const struct report_options *options,
			   struct error *err)
{
	struct report *r = mem_calloc(1, sizeof(*r));

	r->own = *options;
	r->options = &r->own;
	r->sink = sinks[options->format];
	if (options->format == FORMAT_TABLE && options->at_once)
		r->sink = &sink_lines;
	else if (takes_text(options))
		r->sink = options->text;
	if (pick_all(r, err) < 0 || check_sort(r->options, err) < 0) {
		report_drop(r);
		return NULL;
	}
	r->state = r->sink->open(r->options, r->picks, r->n);
	return r;
}

void report_capture(struct report *report, const struct capture_info *info)
{
	if (report->sink->capture)
		report->sink->capture(report->state, info);
}

void report_row(struct report *report, int level, const struct row_type *type,
		const void *row)
{
	report->sink->row(report->state, level, type, row);
}

int report_flush_rows(struct report *report, struct error *err)
{
	if (report->sink->flush)
		report->sink->flush(report->state);
	return report_flush(err);
}

void report_drop(struct report *report)
{
	if (!report)
		return;
	if (report->state)
		report->sink->free(report->state);
	for (size_t i = 0; i < report->n; i++)
		free(report->picks[i].name);
	free(report->picks);
	free(report);
}

int report_close(struct report *report, struct error *err)
{
	if (report->sink->close)
		report->sink->close(report->state);
	report_drop(report);
	return report_flush(err);
}

int report_flush(struct error *err)
{
	bool had_error = ferror(stdout) != 0;

	errno = 0;
	if (fflush(stdout) == 0 && !had_error)
		return 0;
	if (errno)
		return error_set_errno(err, EXIT_SYSTEM, errno,
				       "cannot write to standard output");
	return error_set(err, EXIT_SYSTEM, "cannot write to standard output");
}

/* On a terminal a name that is too long has a line of its own. */
static int name_width(const struct report_options *o, int level)
{
	const struct row_type *type = o->levels[level];
	int most = isatty(STDOUT_FILENO) ? LIST_WIDTH : INT_MAX, width = 0;

	for (size_t i = 0; i < type->n; i++) {
		char *name = public_name(o, level, &type->columns[i]);
		int n = (int)strlen(name);

		if (n > width && n <= most)
			width = n;
		free(name);
	}
	return width;
}

static void list_columns(const struct report_options *o, int level)
{
	const struct row_type *type = o->levels[level];
	int width = name_width(o, level);

	printf("%s:\n", type->list);
	for (size_t i = 0; i < type->n; i++) {
		const struct column *c = &type->columns[i];
		char *name = public_name(o, level, c);

		report_list_column(name, column_type_name(c->type), c->help,
				   width);
		free(name);
	}
}

void report_list_column(const char *name, const char *type, const char *help,
			int width)
{
	bool is_long = (int)strlen(name) > width;
	struct strbuf line = STRBUF_INIT;

	if (is_long)
		printf("  %s\n", name);
	strbuf_printf(&line, "  %-*s  %-*s  %s", width, is_long ? "" : name,
		      LIST_TYPE, type, help);
	human_print(line.text, isatty(STDOUT_FILENO) ? human_width() : SIZE_MAX,
		    (size_t)LIST_TYPE + 2 + (is_long ? 0 : (size_t)width + 2));
	strbuf_release(&line);
}

/* Columns of rows that a document has in "where". */
static void list_table(const struct report_options *o, int level,
		       const struct row_type *type, const char *where)
{
	for (size_t i = 0; type && i < type->n; i++) {
		const struct column *c = &type->columns[i];
		char *name = type == o->levels[level] ? public_name(o, level, c)
						      : mem_strdup(c->name);

		printf("%s\t%s\t%s\t%s\t%s\t%s\n", where, name,
		       c->json ? c->json : "-", column_type_name(c->type),
		       c->help, c->heading ? c->heading : "-");
		free(name);
	}
}

static void list_family(const struct report_options *o,
			const struct row_type *const types[REPORT_LEVELS])
{
	struct strbuf where = STRBUF_INIT;

	for (int level = 0; level < REPORT_LEVELS && types[level]; level++) {
		strbuf_printf(&where, "%s%s", level ? "." : "",
			      types[level]->list);
		list_table(o, level, types[level], where.text);
	}
	strbuf_release(&where);
}

void report_list_columns(const struct report_options *options)
{
	struct strbuf names = STRBUF_INIT;

	switch (options->list) {
	case LIST_NAMES:
		put_names(options, &names, "\n", true);
		puts(names.len ? names.text + 1 : "");
		strbuf_release(&names);
		break;
	case LIST_TABLE:
		list_family(options, options->levels);
		list_family(options, options->extra);
		for (size_t i = 0; i < 2; i++)
			if (options->singles[i])
				list_table(options, 0, options->singles[i],
					   options->singles[i]->list);
		break;
	case LIST_COLUMNS:
		for (int level = 0; level < REPORT_LEVELS; level++)
			if (options->levels[level])
				list_columns(options, level);
		break;
	}
}
