/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/cache_rows.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* A getter: "r" is the row, "out" what it fills. */
#define GETTER(name)                                                           \
	static void name##_of(const struct cache_row *r, struct value *out);   \
	static void name(const void *row, struct value *out)                   \
	{                                                                      \
		name##_of(row, out);                                           \
	}                                                                      \
	static void name##_of(const struct cache_row *r, struct value *out)

GETTER(get_capture)
{
	value_text(out, r->entry->capture);
}

GETTER(get_state)
{
	value_text(out,
		   r->entry->busy ? "busy" : cache_state_name(r->entry->state));
}

GETTER(get_reason)
{
	value_text(out, r->entry->reason);
}

GETTER(get_bytes)
{
	value_u64(out, r->entry->bytes);
}

GETTER(get_packets)
{
	if (r->entry->has_counts)
		value_u64(out, r->entry->packets);
}

GETTER(get_tcp_packets)
{
	if (r->entry->has_counts)
		value_u64(out, r->entry->tcp_packets);
}

GETTER(get_used)
{
	value_ns(out, r->entry->used);
}

GETTER(get_age)
{
	value_ns(out, r->now - r->entry->used);
}

GETTER(get_toolkit)
{
	value_text(out, r->entry->toolkit);
}

GETTER(get_tshark)
{
	value_text(out, r->entry->tshark);
}

GETTER(get_key)
{
	value_text(out, r->entry->key);
}

GETTER(get_file)
{
	value_text(out, r->entry->file);
}

GETTER(get_directory)
{
	value_text(out, r->dir->path);
}

GETTER(get_entries)
{
	value_u64(out, r->dir->n);
}

GETTER(get_total)
{
	value_u64(out, cachedir_bytes(r->dir));
}

/* clang-format off */

/* name, heading, JSON key, type, flags, help, getter, getter for the table */
static const struct column entry_columns[] = {
	{ "state", NULL, "state", COLUMN_TEXT, COLUMN_TABLE,
	  "of the capture, compared to the entry", get_state, NULL },
	{ "reason", NULL, "reason", COLUMN_TEXT, COLUMN_TREE,
	  "why it is removed", get_reason, NULL },
	{ "bytes", "SIZE", "bytes", COLUMN_BYTES, COLUMN_TABLE,
	  "of its files", get_bytes, NULL },
	{ "packets", NULL, "packets", COLUMN_COUNT, COLUMN_TABLE,
	  "in the capture", get_packets, NULL },
	{ "tcp_packets", NULL, "tcp_packets", COLUMN_COUNT, 0,
	  "of TCP", get_tcp_packets, NULL },
	{ "used", NULL, "used", COLUMN_TIME, 0,
	  "made, or last read", get_used, NULL },
	{ "age_s", "AGE", "age_s", COLUMN_SECONDS, COLUMN_TABLE,
	  "since then", get_age, NULL },
	{ "tshark", NULL, "tshark", COLUMN_TEXT, 0,
	  "version that read the capture", get_tshark, NULL },
	{ "toolkit", NULL, "toolkit", COLUMN_TEXT, 0,
	  "version that made the entry", get_toolkit, NULL },
	{ "key", NULL, "key", COLUMN_TEXT, 0,
	  "what the names of its files begin with", get_key, NULL },
	{ "file", NULL, "file", COLUMN_TEXT, 0,
	  "the file of its packets", get_file, NULL },
	{ "capture", NULL, "capture", COLUMN_TEXT, COLUMN_TABLE | COLUMN_CUT,
	  "real path of the capture", get_capture, NULL },
};

static const struct column total_columns[] = {
	{ "directory", NULL, "directory", COLUMN_TEXT, 0,
	  "where the cache is", get_directory, NULL },
	{ "entries", NULL, "entries", COLUMN_COUNT, 0,
	  "captures in it", get_entries, NULL },
	{ "bytes", NULL, "bytes", COLUMN_BYTES, 0,
	  "of their files", get_total, NULL },
};

/* clang-format on */

const struct row_type cache_entry_type = { "entry", "entries", entry_columns,
					   N(entry_columns) };
const struct row_type cache_total_type = { "cache", "cache", total_columns,
					   N(total_columns) };
