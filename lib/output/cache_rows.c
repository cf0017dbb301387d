/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/cache_rows.h"

#include "output/define_columns.h"

#define ROW struct cache_row

VALUE_GETTER(entry_capture, value_text(out, r->entry->capture))
VALUE_GETTER(entry_state,
	     value_text(out, r->entry->busy
				     ? "busy"
				     : cache_state_name(r->entry->state)))
VALUE_GETTER(entry_reason, value_text(out, r->entry->reason))
VALUE_GETTER(entry_bytes, value_u64(out, r->entry->bytes))
KNOWN_GETTER(entry_packets, r->entry->has_counts,
	     value_u64(out, r->entry->packets))
KNOWN_GETTER(entry_tcp_packets, r->entry->has_counts,
	     value_u64(out, r->entry->tcp_packets))
VALUE_GETTER(entry_used, value_ns(out, r->entry->used))
VALUE_GETTER(entry_age, value_ns(out, r->now - r->entry->used))
VALUE_GETTER(entry_toolkit, value_text(out, r->entry->toolkit))
VALUE_GETTER(entry_tshark, value_text(out, r->entry->tshark))
VALUE_GETTER(entry_key, value_text(out, r->entry->key))
VALUE_GETTER(entry_file, value_text(out, r->entry->file))
VALUE_GETTER(cache_directory, value_text(out, r->dir->path))
VALUE_GETTER(cache_entries, value_u64(out, r->dir->n))
VALUE_GETTER(cache_total, value_u64(out, cachedir_bytes(r->dir)))

/* clang-format off */

static const struct column entry_columns[] = {
	SHOWN("state", TEXT,
	      "state: current, changed, gone, outdated, damaged, leftover or "
	      "busy", entry_state),
	COLUMN("reason", NULL, "reason", TEXT, COLUMN_TREE,
	       "why it is removed: its state, old, size or clear",
	       entry_reason),
	COLUMN("bytes", "SIZE", "bytes", BYTES, COLUMN_TABLE,
	       "size of its files", entry_bytes),
	SHOWN("packets", COUNT, "packets in the capture, of any protocol",
	      entry_packets),
	SAME("tcp_packets", COUNT, "TCP packets in the capture",
	     entry_tcp_packets),
	SAME("used", TIME, "when it was made, or last read", entry_used),
	COLUMN("age_s", "AGE", "age_s", SECONDS, COLUMN_TABLE,
	       "age: time since it was made, or last read", entry_age),
	SAME("tshark", TEXT, "version of tshark that read the capture",
	     entry_tshark),
	SAME("toolkit", TEXT, "version of the toolkit that made the entry",
	     entry_toolkit),
	SAME("key", TEXT, "prefix of the names of its files", entry_key),
	SAME("file", TEXT, "the file of the packets that are kept as rows", entry_file),
	COLUMN("capture", NULL, "capture", TEXT, COLUMN_TABLE | COLUMN_CUT,
	       "real path of the capture", entry_capture),
};

static const struct column total_columns[] = {
	SAME("directory", TEXT, "where the cache is", cache_directory),
	SAME("entries", COUNT, "captures in it", cache_entries),
	SAME("bytes", BYTES, "size of their files", cache_total),
};

/* clang-format on */

ROW_TYPE(cache_entry_type, "entry", "entries", entry_columns);
ROW_TYPE(cache_total_type, "cache", "cache", total_columns);
