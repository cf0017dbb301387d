/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON: one document, or one line per row. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cache/capture.h"
#include "output/json_text.h"
#include "output/sink.h"

struct document {
	const struct report_options *options;
	const struct pick *picks;
	size_t n;
	json_t *root, *captures;
	json_t *row[REPORT_LEVELS]; /* last of its level, borrowed; NULL: it is
				       not printed */
	json_t *line;		    /* JSON lines: the row not yet written */
	char *path;		    /* of the capture, for JSON lines */
};

static json_t *plain_to_json(const struct column *c, const struct value *v)
{
	struct strbuf text = STRBUF_INIT;
	json_t *json = NULL;

	column_plain(c, v, &text);
	json = json_text(text.text);
	strbuf_release(&text);
	return json;
}

static json_t *value_to_json(const struct column *c, const struct value *v)
{
	switch (v->kind) {
	case VALUE_NULL:
	case VALUE_ABSENT: return json_null();
	case VALUE_TEXT: return json_text(v->text.text);
	case VALUE_JSON: return json_loads(v->text.text, JSON_DECODE_ANY, NULL);
	case VALUE_BOOL: return json_boolean(v->boolean);
	case VALUE_REAL: return json_real(v->real);
	case VALUE_I64: return json_integer((json_int_t)v->i64);
	case VALUE_U64:
		if (c->type == COLUMN_ID64 || v->u64 > INT64_MAX)
			return plain_to_json(c, v);
		return json_integer((json_int_t)v->u64);
	case VALUE_NS:
		if (c->type == COLUMN_TIME)
			return plain_to_json(c, v);
		return json_real((double)v->i64 /
				 (c->type == COLUMN_SECONDS ? 1e9 : 1e6));
	}
	return json_null();
}

/* "client.key": in the object "client", which is created if missing. */
static void set_path(json_t *object, const char *path, json_t *value)
{
	const char *dot = NULL;

	while ((dot = strchr(path, '.')) != NULL) {
		char *key = mem_strndup(path, (size_t)(dot - path));
		json_t *inner = json_object_get(object, key);

		if (!inner) {
			inner = json_object();
			json_object_set_new(object, key, inner);
		}
		free(key);
		object = inner;
		path = dot + 1;
	}
	json_object_set_new(object, path, value);
}

static void set_column(json_t *object, const struct column *c, const void *row)
{
	struct value value = VALUE_INIT;

	c->get(row, &value);
	if (value.kind != VALUE_ABSENT)
		set_path(object, c->json, value_to_json(c, &value));
	value_release(&value);
}

/* Whether the column was chosen, by its name or as part of a combined one. */
static bool is_picked(const struct document *d, int level,
		      const struct column *c)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct column *pick = d->picks[i].at[level];
		size_t n = pick ? strlen(pick->name) : 0;

		if (pick == c)
			return true;
		if (pick && (pick->flags & COLUMN_HUMAN) &&
		    ((strncmp(c->name, pick->name, n) == 0 &&
		      c->name[n] == '_') ||
		     (strncmp(c->json, pick->name, n) == 0 &&
		      c->json[n] == '.')))
			return true;
	}
	return false;
}

static json_t *row_to_json(const struct document *d, int level,
			   const struct row_type *type, const void *row)
{
	json_t *object = json_object();

	for (size_t i = 0; i < type->n; i++) {
		const struct column *c = &type->columns[i];

		if (c->json && (!d->options->columns || is_picked(d, level, c)))
			set_column(object, c, row);
	}
	return object;
}

static void dump(const struct document *d, const json_t *json, size_t flags)
{
	FILE *out = d->options->out ? d->options->out : stdout;

	json_dumpf(json, out, flags | JSON_REAL_PRECISION(15));
	putc('\n', out);
}

static void flush_line(struct document *d)
{
	if (d->line)
		dump(d, d->line, JSON_COMPACT);
	json_decref(d->line);
	d->line = NULL;
}

static void *document_open(const struct report_options *options,
			   const struct pick *picks, size_t n)
{
	struct document *d = mem_calloc(1, sizeof(*d));

	d->options = options;
	d->picks = picks;
	d->n = n;
	d->root = json_object();
	d->captures = json_array();
	json_object_set_new(d->root, "schema", json_string(options->schema));
	json_object_set_new(d->root, "tool", json_string(options->tool));
	json_object_set_new(d->root, "captures", d->captures);
	if (options->extra[0] && !options->columns)
		json_object_set_new(d->root, options->extra[0]->list,
				    json_array());
	json_object_set_new(d->root, options->levels[0]->list, json_array());
	return d;
}

static json_t *time_to_json(const struct capture_info *info, int64_t ns)
{
	struct strbuf text = STRBUF_INIT;
	json_t *json = NULL;

	if (!info->has_time)
		return json_null();
	strbuf_nanoseconds(&text, ns);
	json = json_string(text.text);
	strbuf_release(&text);
	return json;
}

/* null: it is one. */
static json_t *files_to_json(const struct origins *origins)
{
	json_t *files = origins->paths.n ? json_array() : json_null();

	for (size_t i = 0; i < origins->paths.n; i++)
		json_array_append_new(files,
				      json_text(origins->paths.items[i]));
	return files;
}

static json_t *shortcomings_to_json(const struct capture_info *info)
{
	json_t *all = json_array();

	for (size_t i = 0; i < info->n_shortcomings; i++) {
		const struct shortcoming *s = &info->shortcomings[i];
		json_t *one = json_object();

		json_object_set_new(one, "kind", json_string(s->kind));
		json_object_set_new(one, "sentence", json_text(s->sentence));
		json_object_set_new(one, "advice", json_text(s->advice));
		json_array_append_new(all, one);
	}
	return all;
}

static void document_capture(void *state, const struct capture_info *info)
{
	struct document *d = state;
	json_t *capture = json_object(), *warnings = json_array();
	const char *text = NULL;

	json_object_set_new(capture, "path", json_text(info->path));
	json_object_set_new(capture, "files", files_to_json(&info->origins));
	json_object_set_new(capture, "packets",
			    json_integer((json_int_t)info->packets));
	json_object_set_new(capture, "tcp_packets",
			    json_integer((json_int_t)info->tcp_packets));
	json_object_set_new(capture, "first_time",
			    time_to_json(info, info->first_time));
	json_object_set_new(capture, "last_time",
			    time_to_json(info, info->last_time));
	json_object_set_new(capture, "complete", json_boolean(info->complete));
	json_object_set_new(capture, "reader",
			    json_string(capture_reader_name(info->reader)));
	json_object_set_new(capture, "odd_packets",
			    json_integer((json_int_t)info->odd_packets));
	json_object_set_new(capture, "compared_packets",
			    json_integer((json_int_t)info->compared_packets));
	json_object_set_new(capture, "copies",
			    json_integer((json_int_t)info->copies));
	for (size_t i = 0; (text = capture_info_warning(info, i)); i++)
		json_array_append_new(warnings, json_text(text));
	json_object_set_new(capture, "warnings", warnings);
	json_object_set_new(capture, "shortcomings",
			    shortcomings_to_json(info));
	json_array_append_new(d->captures, capture);
	free(d->path);
	d->path = mem_strdup(info->path);
}

/* The row types of the levels related to a row; NULL: none. */
static const struct row_type *const *family(const struct document *d, int level,
					    const struct row_type *type)
{
	const struct report_options *o = d->options;

	if (type == o->levels[level])
		return o->levels;
	if (type == o->extra[level] && !o->columns)
		return o->extra;
	return NULL;
}

/* With -o: whether rows of that level were requested. */
static bool is_asked(const struct document *d, int level)
{
	const struct report_options *o = d->options;

	if (!o->columns || level == 0)
		return true;
	return o->leaves ? level <= pick_depth(d->picks, d->n) : o->tree;
}

/* Add the row; an empty list of rows below shows that there are none. */
static void begin_row(struct document *d, int level,
		      const struct row_type *const *types, json_t *object)
{
	d->row[level] = object;
	for (int k = level + 1; k < REPORT_LEVELS; k++)
		d->row[k] = NULL;
	if (level + 1 < REPORT_LEVELS && types[level + 1] &&
	    is_asked(d, level + 1))
		json_object_set_new(object, types[level + 1]->list,
				    json_array());
}

static void document_row(void *state, int level, const struct row_type *type,
			 const void *row)
{
	struct document *d = state;
	const struct row_type *const *types = family(d, level, type);
	json_t *list = NULL, *object = NULL;

	if ((type == d->options->singles[0] ||
	     type == d->options->singles[1]) &&
	    !d->options->columns)
		json_object_set_new(d->root, type->list,
				    row_to_json(d, level, type, row));
	if (!level)
		d->row[0] = NULL;
	if (!types)
		return;
	list = json_object_get(level ? d->row[level - 1] : d->root, type->list);
	if (!list)
		return;
	object = row_to_json(d, level, type, row);
	json_array_append_new(list, object);
	begin_row(d, level, types, object);
}

static void document_close(void *state)
{
	struct document *d = state;

	dump(d, d->root, JSON_INDENT(2));
}

static void document_free(void *state)
{
	struct document *d = state;

	json_decref(d->line);
	json_decref(d->root);
	free(d->path);
	free(d);
}

static void begin_line(struct document *d, const struct row_type *type,
		       const void *row)
{
	json_t *object = NULL;

	flush_line(d);
	d->row[0] = NULL;
	if (type != d->options->levels[0])
		return;
	d->line = json_object();
	json_object_set_new(d->line, "schema", json_string(d->options->schema));
	json_object_set_new(
		d->line, "capture_path",
		d->path && !(d->options->together && d->options->several)
			? json_text(d->path)
			: json_null());
	object = row_to_json(d, 0, type, row);
	json_object_update(d->line, object);
	json_decref(object);
	begin_row(d, 0, d->options->levels, d->line);
}

static void lines_row(void *state, int level, const struct row_type *type,
		      const void *row)
{
	struct document *d = state;

	if (!level)
		begin_line(d, type, row);
	else if (type == d->options->levels[level])
		document_row(d, level, type, row);
}

static void lines_close(void *state)
{
	flush_line(state);
}

const struct sink sink_json = { .open = document_open,
				.capture = document_capture,
				.row = document_row,
				.close = document_close,
				.free = document_free };
const struct sink sink_jsonl = { .open = document_open,
				 .capture = document_capture,
				 .row = lines_row,
				 .close = lines_close,
				 .free = document_free,
				 .flush = lines_close };
