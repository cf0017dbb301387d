/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "output/sink.h"

struct report {
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

static const struct row_type *below(const struct report_options *options)
{
	return options->tree ? options->below : NULL;
}

static void add_pick(struct report *r, const struct column *at0,
		     const struct column *at1)
{
	struct pick pick = { .name = at0 ? at0->name : at1->name,
			     .at = { at0, at1 } };

	MEM_PUSH_ROOM(r->picks, r->n, r->cap);
	r->picks[r->n++] = pick;
}

static int is_default(const struct report_options *options,
		      const struct column *column)
{
	if (options->format != FORMAT_TABLE)
		return !(column->flags & COLUMN_HUMAN);
	return (column->flags & COLUMN_TABLE) ||
	       ((column->flags & COLUMN_TREE) && options->tree) ||
	       ((column->flags & COLUMN_MULTI) && options->several);
}

static void pick_default(struct report *r)
{
	const struct report_options *o = r->options;
	const struct row_type *sub = below(o);

	for (size_t i = 0; i < o->main->n; i++) {
		const struct column *c = &o->main->columns[i];

		if (is_default(o, c))
			add_pick(r, c, row_type_find(sub, c->name));
	}
	for (size_t i = 0; sub && i < sub->n; i++)
		if (is_default(o, &sub->columns[i]) &&
		    !row_type_find(o->main, sub->columns[i].name))
			add_pick(r, NULL, &sub->columns[i]);
}

static int unknown_column(const struct report_options *o, const char *name,
			  struct error *err)
{
	struct strbuf names = STRBUF_INIT;
	const struct row_type *sub = below(o);

	for (size_t i = 0; i < o->main->n; i++)
		strbuf_printf(&names, " %s", o->main->columns[i].name);
	for (size_t i = 0; sub && i < sub->n; i++)
		if (!row_type_find(o->main, sub->columns[i].name))
			strbuf_printf(&names, " %s", sub->columns[i].name);
	error_set(err, EXIT_USAGE, "no column '%s'; there are:%s", name,
		  names.text);
	strbuf_release(&names);
	return -1;
}

static int pick_named(struct report *r, struct error *err)
{
	const struct report_options *o = r->options;
	char *names = mem_strdup(o->columns);
	char *rest = names, *name = NULL;
	int rc = 0;

	while (rc == 0 && (name = strsep(&rest, ",")) != NULL) {
		const struct column *c0 = row_type_find(o->main, name);
		const struct column *c1 = row_type_find(below(o), name);

		if (c0 || c1)
			add_pick(r, c0, c1);
		else
			rc = unknown_column(o, name, err);
	}
	free(names);
	return rc;
}

struct report *report_open(const struct report_options *options,
			   struct error *err)
{
	struct report *r = mem_calloc(1, sizeof(*r));

	r->options = options;
	r->sink = sinks[options->format];
	if (!options->columns) {
		pick_default(r);
	} else if (pick_named(r, err) < 0) {
		report_drop(r);
		return NULL;
	}
	r->state = r->sink->open(options, r->picks, r->n);
	return r;
}

void report_capture(struct report *report, const struct capture_info *info)
{
	report->sink->capture(report->state, info);
}

void report_row(struct report *report, int level, const struct row_type *type,
		const void *row)
{
	report->sink->row(report->state, level, type, row);
}

void report_drop(struct report *report)
{
	if (!report)
		return;
	if (report->state)
		report->sink->free(report->state);
	free(report->picks);
	free(report);
}

int report_close(struct report *report, struct error *err)
{
	report->sink->close(report->state);
	report_drop(report);
	return report_flush(err);
}

int report_flush(struct error *err)
{
	int had_error = ferror(stdout);

	errno = 0;
	if (fflush(stdout) == 0 && !had_error)
		return 0;
	if (errno)
		return error_set_errno(err, EXIT_SYSTEM, errno,
				       "cannot write to standard output");
	return error_set(err, EXIT_SYSTEM, "cannot write to standard output");
}

static void list_columns(const struct row_type *type)
{
	int width = 0;

	for (size_t i = 0; i < type->n; i++)
		if ((int)strlen(type->columns[i].name) > width)
			width = (int)strlen(type->columns[i].name);
	for (size_t i = 0; i < type->n; i++) {
		const struct column *c = &type->columns[i];

		printf("  %-*s  %-13s  %s\n", width, c->name,
		       column_type_name(c->type), c->help);
	}
}

void report_list_columns(const struct report_options *options)
{
	printf("%s:\n", options->main->list);
	list_columns(options->main);
	if (options->below) {
		printf("%s:\n", options->below->list);
		list_columns(options->below);
	}
}
