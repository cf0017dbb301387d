/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cache/manifest.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/strbuf.h"
#include "os/tempfile.h"
#include "row/info_json.h"

static const char schema[] = "mptcptools-cache/4";

enum {
	MANIFEST_MAX = 1024 * 1024 /* bytes */
};

/* A path need not be UTF-8, which JSON requires. */
static json_t *json_path(const char *path)
{
	struct strbuf text = STRBUF_INIT;
	json_t *o = NULL;

	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (c < ' ' || c > '~' || c == '%')
			strbuf_printf(&text, "%%%02x", c);
		else
			strbuf_putc(&text, *path);
	}
	o = json_string(text.text);
	strbuf_release(&text);
	return o;
}

/* The inverse; NULL if json_path() did not make it. */
static char *path_from_json(json_t *o)
{
	const char *p = json_string_value(o);
	struct strbuf path = STRBUF_INIT;
	uint64_t c = 0;

	for (; p && *p; p++) {
		if (*p != '%') {
			strbuf_putc(&path, *p);
			continue;
		}
		if (strnlen(p, 3) < 3 || num_hex(p + 1, 2, 255, &c) < 0 || !c) {
			strbuf_release(&path);
			return NULL;
		}
		strbuf_putc(&path, (char)c);
		p += 2;
	}
	return p ? strbuf_detach(&path) : NULL;
}

/* Numbers that may need all 64 bits are strings in JSON. */
static json_t *json_u64(uint64_t value)
{
	char *text = mem_printf("%llu", (unsigned long long)value);
	json_t *o = json_string(text);

	free(text);
	return o;
}

static int get_u64(json_t *o, const char *name, uint64_t *out)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text ? num_u64(text, strlen(text), UINT64_MAX, out) : -1;
}

static int get_mtime(json_t *o, int64_t *out)
{
	const char *text = json_string_value(json_object_get(o, "mtime_ns"));
	bool minus = text && *text == '-';
	uint64_t value = 0;

	if (!text ||
	    num_u64(text + minus, strlen(text + minus), INT64_MAX, &value) < 0)
		return -1;
	*out = minus ? -(int64_t)value : (int64_t)value;
	return 0;
}

/* What it was made from. */
static int decode_identity(struct manifest *m, json_t *o)
{
	const char *toolkit = json_string_value(json_object_get(o, "toolkit"));
	const char *tshark = json_string_value(json_object_get(o, "tshark"));

	m->capture = path_from_json(json_object_get(o, "capture"));
	if (!m->capture || !toolkit || !tshark ||
	    get_u64(o, "size", &m->id.size) < 0 ||
	    get_u64(o, "inode", &m->id.inode) < 0 ||
	    get_mtime(o, &m->id.mtime_ns) < 0 ||
	    info_json_count(o, "field_table", &m->fields) < 0)
		return -1;
	m->toolkit = mem_strdup(toolkit);
	m->tshark = mem_strdup(tshark);
	return 0;
}

/* The reader, and what was confirmed. */
static int decode_reader(struct capture_info *info, json_t *o)
{
	const char *name = json_string_value(json_object_get(o, "reader"));
	const bool native =
		name &&
		strcmp(name, capture_reader_name(CAPTURE_BY_NATIVE)) == 0;

	info->reader = native ? CAPTURE_BY_NATIVE : CAPTURE_BY_TSHARK;
	if (!name ||
	    (!native && strcmp(name, capture_reader_name(info->reader)) != 0) ||
	    info_json_count(o, "odd_packets", &info->odd_packets) < 0 ||
	    info_json_count(o, "compared_packets", &info->compared_packets) < 0)
		return -1;
	return 0;
}

static int decode(struct manifest *m, json_t *o)
{
	const char *hash = json_string_value(json_object_get(o, "xxh3"));

	if (info_json_decode(o, &m->info, &m->info.tcp_packets) < 0 ||
	    decode_reader(&m->info, o) < 0 ||
	    info_json_count(o, "options_cut", &m->info.options_cut) < 0 ||
	    info_json_count(o, "csv_size", &m->csv_size) < 0 ||
	    info_json_count(o, "places_size", &m->places_size) < 0 || !hash)
		return -1;
	return num_hex(hash, strlen(hash), UINT64_MAX, &m->csv_hash);
}

enum manifest_result manifest_read(struct manifest *m, const char *path)
{
	static const char ours[] = "mptcptools-cache/";
	enum manifest_result result = MANIFEST_NONE;
	size_t len = 0;
	char *text = file_slurp(path, MANIFEST_MAX, &len);
	json_t *o = text ? json_loadb(text, len, 0, NULL) : NULL;
	const char *said = json_string_value(json_object_get(o, "schema"));

	memset(m, 0, sizeof(*m));
	if (said && strncmp(said, ours, sizeof(ours) - 1) == 0)
		result = MANIFEST_OTHER;
	if (said && strcmp(said, schema) == 0 && decode_identity(m, o) == 0 &&
	    decode(m, o) == 0)
		result = MANIFEST_READ;
	json_decref(o);
	free(text);
	return result;
}

void manifest_release(struct manifest *m)
{
	free(m->capture);
	free(m->toolkit);
	free(m->tshark);
	capture_info_release(&m->info);
	memset(m, 0, sizeof(*m));
}

static json_t *encode_identity(const struct manifest *m)
{
	char *mtime = mem_printf("%lld", (long long)m->id.mtime_ns);
	json_t *o = json_pack("{s:s, s:s, s:I, s:o, s:o, s:s, s:o, s:s}",
			      "schema", schema, "toolkit", m->toolkit,
			      "field_table", (json_int_t)m->fields, "capture",
			      json_path(m->capture), "size",
			      json_u64(m->id.size), "mtime_ns", mtime, "inode",
			      json_u64(m->id.inode), "tshark", m->tshark);

	free(mtime);
	return o;
}

int manifest_write(const struct manifest *m, const char *path,
		   struct error *err)
{
	struct tempfile file;
	json_t *o = encode_identity(m);
	json_t *info = info_json_encode(&m->info, m->info.tcp_packets);
	char *hash = mem_printf("%016llx", (unsigned long long)m->csv_hash);
	int rc = -1;

	json_object_set_new(o, "reader",
			    json_string(capture_reader_name(m->info.reader)));
	json_object_set_new(o, "odd_packets",
			    json_integer((json_int_t)m->info.odd_packets));
	json_object_set_new(o, "compared_packets",
			    json_integer((json_int_t)m->info.compared_packets));
	json_object_set_new(o, "options_cut",
			    json_integer((json_int_t)m->info.options_cut));
	json_object_set_new(o, "csv_size",
			    json_integer((json_int_t)m->csv_size));
	json_object_set_new(o, "places_size",
			    json_integer((json_int_t)m->places_size));
	json_object_set_new(o, "xxh3", json_string(hash));
	if (json_object_update(o, info) < 0) {
		error_set(err, EXIT_SYSTEM, "cannot write '%s'", path);
		goto out;
	}
	if (tempfile_create(&file, path, err) < 0)
		goto out;
	if (json_dumpf(o, file.stream, JSON_INDENT(2)) < 0 ||
	    fputc('\n', file.stream) == EOF) {
		error_set_errno(err, EXIT_SYSTEM, errno, "cannot write '%s'",
				path);
		tempfile_drop(&file);
		goto out;
	}
	rc = tempfile_commit(&file, TEMPFILE_NOSYNC, err);
out:
	json_decref(o);
	json_decref(info);
	free(hash);
	return rc;
}

uint64_t manifest_digest(const struct manifest *m, const char *index, size_t n)
{
	const struct capture_info *info = &m->info;
	const uint64_t counts[] = { XXH3_64bits(index, n),
				    m->id.inode,
				    m->id.size,
				    (uint64_t)m->id.mtime_ns,
				    info->tcp_packets,
				    info->packets,
				    info->malformed,
				    info->options_cut,
				    (uint64_t)info->has_time,
				    (uint64_t)info->first_time,
				    (uint64_t)info->last_time,
				    (uint64_t)info->complete,
				    (uint64_t)info->reader,
				    info->odd_packets,
				    info->compared_packets };

	return XXH3_64bits(counts, sizeof(counts));
}
