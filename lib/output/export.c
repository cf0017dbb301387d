/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/export.h"

#include <stdlib.h>
#include <string.h>

#include "base/csvtext.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "output/packet_rows.h"
#include "read/mptcp_csv.h"
#include "row/field.h"

enum {
	BLOCK = 256 * 1024,
	NO_FIELD = -1,
	LIST_WIDTH = 23 /* of the longest name */
};

/* One column: the first, a raw field, or one of the model. */
struct export_pick {
	const char *name;
	int field;		     /* enum field_id, or NO_FIELD */
	const struct column *column; /* or NULL */
};

static void add(struct export *x, struct export_pick pick)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->picks[i].name == pick.name)
			return;
	*MEM_PUSH(x->picks, x->n, x->cap) = pick;
	x->needs_model |= pick.column != NULL;
}

/* Add the column "name", or all of a half when "name" is NULL. */
static bool add_raw(struct export *x, const char *name)
{
	static const char first[] = MPTCP_CSV_FIRST;
	size_t before = x->n;
	bool found = false;

	if (!name || strcmp(name, first) == 0) {
		add(x, (struct export_pick){ first, NO_FIELD, NULL });
		found = true;
	}
	for (int i = 0; i < FIELD_COUNT; i++) {
		const char *column = field_table[i].column;

		if (!column || (name && strcmp(name, column) != 0))
			continue;
		add(x, (struct export_pick){ column, i, NULL });
		found = true;
	}
	return found || x->n > before;
}

static bool add_model(struct export *x, const char *name)
{
	const struct row_type *type = &packet_row_type;
	bool found = false;

	for (size_t i = 0; i < type->n; i++) {
		const struct column *c = &type->columns[i];

		if (name && strcmp(name, c->name) != 0)
			continue;
		add(x, (struct export_pick){ c->name, NO_FIELD, c });
		found = true;
	}
	return found;
}

static bool add_named(struct export *x, const char *name)
{
	if (strcmp(name, "raw") == 0)
		return add_raw(x, NULL);
	if (strcmp(name, "model") == 0)
		return add_model(x, NULL);
	return add_raw(x, name) || add_model(x, name);
}

static int unknown(const char *name, struct error *err)
{
	struct export all;
	struct nearest nearest = NEAREST_INIT(name, strlen(name));
	struct strbuf names = STRBUF_INIT;
	char *near = NULL;

	if (export_init(&all, NULL, err) < 0)
		return -1;
	for (size_t i = 0; i < all.n; i++)
		strbuf_printf(&names, " %s", all.picks[i].name);
	nearest_offer_all(&nearest, names.text);
	near = nearest_clause(&nearest);
	error_set(err, EXIT_USAGE,
		  "no column '%.40s'%s; there are: raw model%s", name, near,
		  names.text);
	free(near);
	strbuf_release(&names);
	export_release(&all);
	return -1;
}

int export_init(struct export *x, const char *names, struct error *err)
{
	char *copy = NULL, *rest = NULL, *name = NULL;
	int rc = 0;

	memset(x, 0, sizeof(*x));
	if (!names) {
		add_raw(x, NULL);
		add_model(x, NULL);
		return 0;
	}
	rest = copy = mem_strdup(names);
	while (rc == 0 && (name = strsep(&rest, ",")) != NULL)
		if (!add_named(x, name))
			rc = unknown(name, err);
	free(copy);
	if (rc < 0)
		export_release(x);
	return rc;
}

void export_release(struct export *x)
{
	free(x->picks);
	memset(x, 0, sizeof(*x));
}

static bool is_wanted(const uint8_t *wanted, size_t k)
{
	return !wanted || wanted[k];
}

/* What is known of the capture that the wanted packets are. */
static void describe(const struct trace *t, const struct exact_rows *raw,
		     const uint8_t *wanted, struct strbuf *out)
{
	struct capture_info info = t->info;
	uint64_t rows = 0;

	if (!wanted) {
		mptcp_csv_put_info(out, &info, raw->n);
		return;
	}
	info.has_time = false;
	info.malformed = 0;
	for (size_t k = 0; k < raw->n; k++) {
		int64_t time = t->packets.time[exact_rows_packet(raw, k)];

		if (!wanted[k])
			continue;
		rows++;
		if (!info.has_time || time < info.first_time)
			info.first_time = time;
		if (!info.has_time || time > info.last_time)
			info.last_time = time;
		info.has_time = true;
	}
	info.packets = rows;
	mptcp_csv_put_info(out, &info, rows);
}

struct writer {
	const struct export *x;
	struct strbuf info; /* of the first line that is still to come */
	struct strbuf out, cell;
	struct value value;
	struct row raw;
	struct packet_row model;
};

static void put_cell(struct writer *w, const struct export_pick *pick)
{
	if (pick->field == FIELD_INTERFACE) {
		csvtext_append(&w->out, w->raw.interface,
			       strlen(w->raw.interface));
	} else if (pick->field != NO_FIELD) {
		field_print((enum field_id)pick->field, &w->raw, &w->out);
	} else if (!pick->column) {
		strbuf_append(&w->out, w->info.text, w->info.len);
		strbuf_clear(&w->info);
	} else {
		value_null(&w->value);
		pick->column->get(&w->model, &w->value);
		if (w->value.kind != VALUE_TEXT &&
		    w->value.kind != VALUE_JSON) {
			column_plain(pick->column, &w->value, &w->out);
			return;
		}
		strbuf_clear(&w->cell);
		column_plain(pick->column, &w->value, &w->cell);
		csvtext_append(&w->out, w->cell.text, w->cell.len);
	}
}

static void put_header(struct writer *w)
{
	for (size_t i = 0; i < w->x->n; i++)
		strbuf_printf(&w->out, "%s%s", i ? "," : "",
			      w->x->picks[i].name);
	strbuf_putc(&w->out, '\n');
}

/* A capture without packets has a line all the same, for the first column. */
static void put_empty(struct writer *w)
{
	for (size_t i = 0; i < w->x->n; i++) {
		if (i)
			strbuf_putc(&w->out, ',');
		if (w->x->picks[i].field == NO_FIELD && !w->x->picks[i].column)
			put_cell(w, &w->x->picks[i]);
	}
	strbuf_putc(&w->out, '\n');
}

static bool has_first(const struct export *x)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->picks[i].field == NO_FIELD && !x->picks[i].column)
			return true;
	return false;
}

void export_write(const struct export *x, struct trace *t,
		  const struct exact_rows *raw, const uint8_t *wanted,
		  struct outfile *out)
{
	struct writer w = { .x = x,
			    .info = STRBUF_INIT,
			    .out = STRBUF_INIT,
			    .cell = STRBUF_INIT,
			    .value = VALUE_INIT };
	struct ledgers ledgers = { .trace = t };
	size_t written = 0;

	if (x->needs_model)
		ledgers_init(&ledgers, t);
	describe(t, raw, wanted, &w.info);
	put_header(&w);
	for (size_t k = 0; k < raw->n && !out->failed; k++) {
		if (!is_wanted(wanted, k))
			continue;
		exact_rows_get(raw, t, k, &w.raw);
		if (x->needs_model)
			packet_row_fill(&w.model, &ledgers,
					exact_rows_packet(raw, k));
		for (size_t i = 0; i < x->n; i++) {
			if (i)
				strbuf_putc(&w.out, ',');
			put_cell(&w, &x->picks[i]);
		}
		strbuf_putc(&w.out, '\n');
		written++;
		if (w.out.len >= BLOCK) {
			outfile_write(out, w.out.text, w.out.len);
			strbuf_clear(&w.out);
		}
	}
	if (!written && has_first(x))
		put_empty(&w);
	outfile_write(out, w.out.text, w.out.len);
	ledgers_release(&ledgers);
	value_release(&w.value);
	strbuf_release(&w.cell);
	strbuf_release(&w.out);
	strbuf_release(&w.info);
}

static void list_column(enum report_list list, const char *half,
			const char *name, const char *type, const char *help)
{
	switch (list) {
	case LIST_NAMES: printf("%s\t%s\n", name, help); break;
	case LIST_TABLE:
		printf("%s\t%s\t-\t%s\t%s\t-\n", half, name, type, help);
		break;
	case LIST_COLUMNS:
		report_list_column(name, type, help, LIST_WIDTH);
		break;
	}
}

void export_list_columns(enum report_list list)
{
	const struct row_type *type = &packet_row_type;

	if (list == LIST_COLUMNS)
		printf("raw:\n");
	list_column(list, "raw", MPTCP_CSV_FIRST, "JSON",
		    "properties of the capture, on its first line");
	for (int i = 0; i < FIELD_COUNT; i++)
		if (field_table[i].column)
			list_column(list, "raw", field_table[i].column,
				    field_type_name(field_table[i].kind),
				    field_table[i].help);
	if (list == LIST_COLUMNS)
		printf("model:\n");
	for (size_t i = 0; i < type->n; i++)
		list_column(list, "model", type->columns[i].name,
			    column_type_name(type->columns[i].type),
			    type->columns[i].help);
}
