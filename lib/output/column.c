/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/column.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "output/human.h"

void value_null(struct value *v)
{
	v->kind = VALUE_NULL;
	strbuf_clear(&v->text);
}

void value_absent(struct value *v)
{
	value_null(v);
	v->kind = VALUE_ABSENT;
}

void value_text(struct value *v, const char *s)
{
	value_null(v);
	if (!s)
		return;
	v->kind = VALUE_TEXT;
	strbuf_puts(&v->text, s);
}

void value_address(struct value *v, const struct address *a)
{
	value_text(v, address_text(a).text);
}

void value_u64(struct value *v, uint64_t n)
{
	v->kind = VALUE_U64;
	v->u64 = n;
}

void value_i64(struct value *v, int64_t n)
{
	v->kind = VALUE_I64;
	v->i64 = n;
}

void value_bool(struct value *v, bool b)
{
	v->kind = VALUE_BOOL;
	v->boolean = b;
}

void value_real(struct value *v, double d)
{
	v->kind = isfinite(d) ? VALUE_REAL : VALUE_NULL;
	v->real = d;
}

void value_ns(struct value *v, int64_t ns)
{
	v->kind = VALUE_NS;
	v->i64 = ns;
}

void value_json(struct value *v, const char *json)
{
	value_text(v, json);
	if (json)
		v->kind = VALUE_JSON;
}

void value_ratio(struct value *v, uint64_t a, uint64_t b)
{
	value_real(v, b ? (double)a / (double)b : NAN);
}

void value_rate(struct value *v, uint64_t bytes, int64_t ns)
{
	value_real(v, ns > 0 ? (double)bytes * 8e9 / (double)ns : NAN);
}

void value_release(struct value *v)
{
	strbuf_release(&v->text);
	v->kind = VALUE_NULL;
}

const struct column *row_type_find(const struct row_type *type,
				   const char *name)
{
	for (size_t i = 0; type && i < type->n; i++)
		if (strcmp(type->columns[i].name, name) == 0)
			return &type->columns[i];
	return NULL;
}

bool column_is_right(const struct column *column)
{
	return column->type != COLUMN_TEXT && column->type != COLUMN_BOOL &&
	       column->type != COLUMN_LIST;
}

const char *column_type_name(enum column_type type)
{
	switch (type) {
	case COLUMN_TEXT: return "text";
	case COLUMN_COUNT: return "number";
	case COLUMN_BYTES: return "bytes";
	case COLUMN_ID64: return "64-bit number";
	case COLUMN_TOKEN: return "token";
	case COLUMN_BOOL: return "true or false";
	case COLUMN_SECONDS: return "seconds";
	case COLUMN_MILLISECONDS: return "milliseconds";
	case COLUMN_TIME: return "seconds since 1970";
	case COLUMN_REAL: return "number";
	case COLUMN_RATIO: return "ratio 0..1";
	case COLUMN_RATE: return "bit/s";
	case COLUMN_LIST: return "list";
	}
	return "text";
}

static void plain_milliseconds(struct strbuf *out, int64_t ns)
{
	uint64_t u = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	strbuf_printf(out, "%s%" PRIu64 ".%06" PRIu64, ns < 0 ? "-" : "",
		      u / 1000000, u % 1000000);
}

void column_plain(const struct column *column, const struct value *v,
		  struct strbuf *out)
{
	switch (v->kind) {
	case VALUE_NULL:
	case VALUE_ABSENT: break;
	case VALUE_JSON:
	case VALUE_TEXT: strbuf_append(out, v->text.text, v->text.len); break;
	case VALUE_U64: strbuf_decimal(out, v->u64); break;
	case VALUE_I64: strbuf_printf(out, "%" PRId64, v->i64); break;
	case VALUE_BOOL: strbuf_puts(out, v->boolean ? "true" : "false"); break;
	case VALUE_REAL: strbuf_printf(out, "%.15g", v->real); break;
	case VALUE_NS:
		if (column->type == COLUMN_MILLISECONDS)
			plain_milliseconds(out, v->i64);
		else
			strbuf_nanoseconds(out, v->i64);
		break;
	}
}

void column_human(const struct column *column, const struct value *v,
		  struct strbuf *out)
{
	if (v->kind == VALUE_NULL || v->kind == VALUE_ABSENT)
		strbuf_putc(out, '-');
	else if (v->kind == VALUE_U64 && column->type == COLUMN_BYTES)
		human_bytes(out, v->u64);
	else if (v->kind == VALUE_U64 && column->type == COLUMN_TOKEN)
		strbuf_printf(out, "0x%08" PRIx64, v->u64);
	else if (v->kind == VALUE_BOOL)
		strbuf_puts(out, v->boolean ? "yes" : "no");
	else if (v->kind == VALUE_NS && column->type != COLUMN_TIME)
		human_duration(out, v->i64);
	else if (v->kind == VALUE_REAL && column->type == COLUMN_RATIO)
		human_ratio(out, v->real);
	else if (v->kind == VALUE_REAL && column->type == COLUMN_RATE)
		human_rate(out, v->real);
	else if (v->kind == VALUE_U64 && column->type == COLUMN_RATE)
		human_rate(out, (double)v->u64);
	else if (v->kind == VALUE_REAL)
		strbuf_printf(out, "%.6g", v->real);
	else
		column_plain(column, v, out);
}
