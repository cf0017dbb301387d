/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * column.h - the description of a column, from which all output formats are
 * made.
 *
 * A row type is a table of columns, as define_columns.h shows.  From it come
 * the headings, -o and --list-columns, the table for people, TSV, CSV and JSON,
 * and by "make regen" the man pages and the schemas.
 *
 * A value owns its text.  A value that a getter does not set is unknown: "-"
 * in the table, empty in TSV and CSV, null in JSON.
 */
#ifndef OUTPUT_COLUMN_H
#define OUTPUT_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/strbuf.h"

enum value_kind {
	VALUE_NULL,
	VALUE_ABSENT, /* does not apply to this row: the key is omitted from
			 JSON; other formats treat it as unknown */
	VALUE_TEXT,
	VALUE_U64,
	VALUE_I64,
	VALUE_BOOL,
	VALUE_REAL,
	VALUE_NS,  /* integer nanoseconds */
	VALUE_JSON /* text in JSON: "[[1,2],[7,9]]" */
};

struct value {
	enum value_kind kind;
	union {
		uint64_t u64;
		int64_t i64; /* VALUE_I64, VALUE_NS */
		bool boolean;
		double real;
	};
	struct strbuf text;
};

#define VALUE_INIT                                                             \
	{                                                                      \
		.kind = VALUE_NULL, .text = STRBUF_INIT                        \
	}

/* Set a value.  NULL strings and reals that are not finite are unknown. */
void value_null(struct value *v);
void value_absent(struct value *v);
void value_text(struct value *v, const char *s);
void value_address(struct value *v, const struct address *a);
void value_u64(struct value *v, uint64_t n);
void value_i64(struct value *v, int64_t n);
void value_bool(struct value *v, bool b);
void value_real(struct value *v, double d);
void value_ns(struct value *v, int64_t ns);
void value_json(struct value *v, const char *json);
/* a / b; unknown when b is 0. */
void value_ratio(struct value *v, uint64_t a, uint64_t b);
/* Bits per second; unknown if ns is 0. */
void value_rate(struct value *v, uint64_t bytes, int64_t ns);
void value_release(struct value *v);

/* How a value is formatted. */
enum column_type {
	COLUMN_TEXT,
	COLUMN_COUNT,	     /* an integer */
	COLUMN_BYTES,	     /* table: "2.35 MB" */
	COLUMN_ID64,	     /* 64 bit: a decimal string in JSON */
	COLUMN_TOKEN,	     /* table: 0x%08x */
	COLUMN_BOOL,	     /* table: yes, no */
	COLUMN_SECONDS,	     /* VALUE_NS; table: "12.3 s" */
	COLUMN_MILLISECONDS, /* VALUE_NS */
	COLUMN_TIME,	     /* VALUE_NS since 1970: "seconds.nnnnnnnnn" */
	COLUMN_REAL,
	COLUMN_RATIO, /* 0..1; table: "12.4%" */
	COLUMN_RATE,  /* bit/s; table: "10.7 Mbit/s" */
	COLUMN_LIST   /* VALUE_JSON */
};

enum column_flag {
	COLUMN_TABLE = 1,      /* in the table by default (without -o) */
	COLUMN_TREE = 2,       /* only if the rows below are shown, too */
	COLUMN_MULTI = 4,      /* only if there are several captures */
	COLUMN_HUMAN = 8,      /* combines others, for the table only; in JSON
				  -o NAME means the columns NAME_... and the
				  object NAME */
	COLUMN_CUT = 16,       /* may be truncated on narrow terminals */
	COLUMN_COLOUR = 32,    /* the text selects a colour */
	COLUMN_OTHER_END = 64, /* in the table only with a capture of the
				  other end */
	COLUMN_LEVEL = 128,    /* in the table if rows of its level are the
				  lines: --level */
	COLUMN_SUM = 256,   /* the sum over all lines is meaningful */
	COLUMN_PATH = 512,  /* on narrow terminals its middle is shortened
			       first, ... */
	COLUMN_SPARE = 1024 /* ... and then this column is omitted */
};

struct column {
	const char *name;    /* for -o, and heading of TSV and CSV */
	const char *heading; /* in the table; NULL: the name in capitals */
	const char *json;    /* key, "client.key": in the object "client";
				NULL: not in JSON */
	enum column_type type;
	unsigned flags;
	const char *help; /* its meaning, as a phrase */
	void (*get)(const void *row, struct value *out);
	/* What the table shows instead; NULL: the same. */
	void (*get_table)(const void *row, struct value *out);
};

struct row_type {
	const char *name; /* one row: "connection" */
	const char *list; /* of the array in JSON: "connections" */
	const struct column *columns;
	size_t n;
	bool prefixed; /* with "leaves" (report.h) column names, except the
			  first one, are prefixed with the type's name */
};

const struct column *row_type_find(const struct row_type *type,
				   const char *name);

/* Numbers are aligned to the right in the table. */
bool column_is_right(const struct column *column);

/* The unit or kind for --list-columns: "bytes", "seconds", ... */
const char *column_type_name(enum column_type type);

/* Append the exact value as in TSV and CSV; nothing if it is unknown. */
void column_plain(const struct column *column, const struct value *v,
		  struct strbuf *out);

/* Append the value as in the table; "-" if it is unknown. */
void column_human(const struct column *column, const struct value *v,
		  struct strbuf *out);

#endif
