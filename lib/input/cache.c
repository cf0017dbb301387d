/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/strbuf.h"
#include "input/rowcsv.h"
#include "os/tempfile.h"

static const char schema[] = "mptcptools-cache/1";

enum {
	NAME_MAX_KEPT = 40,	    /* of the capture, in the key */
	KEY_BYTES = 8,		    /* of the SHA-256, in the key */
	MANIFEST_MAX = 1024 * 1024, /* bytes */
	BLOCK = 256 * 1024	    /* read and written at once */
};

struct cache_writer {
	struct tempfile file;
	XXH3_state_t *hash;
	struct strbuf pending;
	struct rowcsv csv;
	uint64_t size; /* bytes written */
	uint64_t rows;
	int failed; /* errno of the first write that failed */
};

char *cache_directory(const char *wanted, struct error *err)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char *dir = NULL;

	if (wanted && *wanted)
		dir = mem_strdup(wanted);
	else if (xdg && xdg[0] == '/')
		dir = mem_printf("%s/mptcptools", xdg);
	else if (home && home[0])
		dir = mem_printf("%s/.cache/mptcptools", home);
	if (!dir) {
		error_set(err, EXIT_SYSTEM, "HOME is not set");
	} else if (file_mkdirs(dir, err) < 0) {
		free(dir);
		dir = NULL;
	}
	return dir;
}

/* "NAME-0123456789abcdef" for a real path. */
static void make_key(struct strbuf *key, const char *real)
{
	const char *name = strrchr(real, '/') + 1;
	uint8_t digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX sha;

	for (size_t i = 0; i < NAME_MAX_KEPT && name[i]; i++) {
		char c = name[i];
		int plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '-' ||
			    (c == '.' && i > 0);

		strbuf_putc(key, plain ? c : '_');
	}
	SHA256Init(&sha);
	SHA256Update(&sha, (const uint8_t *)real, strlen(real));
	SHA256Final(digest, &sha);
	strbuf_putc(key, '-');
	strbuf_hex(key, digest, KEY_BYTES);
}

int cache_open(struct cache *c, const char *dir, const char *path,
	       const struct file_id *id, const char *tshark_version,
	       struct error *err)
{
	struct strbuf key = STRBUF_INIT;

	*c = (struct cache){ .id = *id, .lock = LOCK_INIT };
	c->real = realpath(path, NULL);
	if (!c->real)
		return error_set_errno(err, EXIT_SYSTEM, errno,
				       "cannot resolve '%s'", path);
	c->tshark = mem_strdup(tshark_version);
	make_key(&key, c->real);
	c->csv = mem_printf("%s/%s.csv", dir, key.text);
	c->json = mem_printf("%s/%s.json", dir, key.text);
	c->lockfile = mem_printf("%s/%s.lock", dir, key.text);
	strbuf_release(&key);
	return 0;
}

void cache_release(struct cache *c)
{
	cache_abandon(c);
	lock_release(&c->lock);
	free(c->real);
	free(c->tshark);
	free(c->csv);
	free(c->json);
	free(c->lockfile);
	*c = (struct cache){ .lock = LOCK_INIT };
}

/* A path need not be UTF-8, which JSON demands. */
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

/* Numbers that may need all 64 bits are strings in JSON. */
static json_t *json_u64(uint64_t value)
{
	char *text = mem_printf("%llu", (unsigned long long)value);
	json_t *o = json_string(text);

	free(text);
	return o;
}

static json_t *json_time(const struct capture_info *info, int64_t time)
{
	struct strbuf text = STRBUF_INIT;
	json_t *o = NULL;

	if (!info->has_time)
		return json_null();
	strbuf_nanoseconds(&text, time);
	o = json_string(text.text);
	strbuf_release(&text);
	return o;
}

/* The part of the manifest that has to agree. */
static json_t *identity(const struct cache *c)
{
	char *mtime = mem_printf("%lld", (long long)c->id.mtime_ns);
	json_t *o = json_pack("{s:s, s:s, s:i, s:o, s:o, s:s, s:o, s:s}",
			      "schema", schema, "toolkit", MPTCPTOOLS_VERSION,
			      "field_table", FIELD_TABLE_VERSION, "capture",
			      json_path(c->real), "size", json_u64(c->id.size),
			      "mtime_ns", mtime, "inode",
			      json_u64(c->id.inode), "tshark", c->tshark);

	free(mtime);
	return o;
}

struct manifest {
	struct capture_info info; /* all but the path */
	uint64_t csv_size;
	uint64_t csv_hash;
};

static int get_count(json_t *o, const char *name, uint64_t *out)
{
	json_t *v = json_object_get(o, name);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return -1;
	*out = (uint64_t)json_integer_value(v);
	return 0;
}

static int get_time(json_t *o, const char *name, int *has, int64_t *out)
{
	json_t *v = json_object_get(o, name);

	*has = json_is_string(v);
	if (!*has)
		return json_is_null(v) ? 0 : -1;
	return num_nanoseconds(json_string_value(v), json_string_length(v),
			       out);
}

static int decode(struct manifest *m, json_t *o)
{
	struct capture_info *info = &m->info;
	const char *hash = json_string_value(json_object_get(o, "xxh3"));
	json_t *complete = json_object_get(o, "complete");
	json_t *warnings = json_object_get(o, "warnings"), *one = NULL;
	int has_last = 0;
	size_t i = 0;

	if (get_count(o, "rows", &info->tcp_packets) < 0 ||
	    get_count(o, "packets", &info->packets) < 0 ||
	    get_count(o, "malformed", &info->malformed) < 0 ||
	    get_count(o, "options_cut", &info->options_cut) < 0 ||
	    get_count(o, "csv_size", &m->csv_size) < 0 || !hash ||
	    num_hex(hash, strlen(hash), UINT64_MAX, &m->csv_hash) < 0 ||
	    get_time(o, "first_time", &info->has_time, &info->first_time) < 0 ||
	    get_time(o, "last_time", &has_last, &info->last_time) < 0 ||
	    has_last != info->has_time || !json_is_boolean(complete) ||
	    !json_is_array(warnings))
		return -1;
	info->complete = json_is_true(complete);
	info->from_cache = 1;
	json_array_foreach(warnings, i, one) {
		if (!json_is_string(one))
			return -1;
		strlist_add(&info->warnings, json_string_value(one));
	}
	return 0;
}

static int load_manifest(struct cache *c, struct manifest *m)
{
	size_t len = 0;
	char *text = file_slurp(c->json, MANIFEST_MAX, &len);
	json_t *o = text ? json_loadb(text, len, 0, NULL) : NULL;
	json_t *wanted = identity(c), *value = NULL;
	const char *key = NULL;
	int rc = -1;

	if (!o || !wanted)
		goto out;
	json_object_foreach(wanted, key, value)
		if (!json_equal(value, json_object_get(o, key)))
			goto out;
	rc = decode(m, o);
out:
	json_decref(o);
	json_decref(wanted);
	free(text);
	return rc;
}

/* Reading rows back. */
struct reader {
	row_fn *fn;
	void *ctx;
	struct error *err;
	struct rowcsv csv;
	int has_header;
	int bad;       /* the file is not what it should be */
	int stopped;   /* "fn" said so */
	uint64_t rows; /* handed out */
};

static ssize_t read_block(int fd, char *buf, size_t size)
{
	ssize_t n = 0;

	while ((n = read(fd, buf, size)) < 0 && errno == EINTR)
		;
	return n;
}

/* The check covers what the manifest counts, too. */
static uint64_t digest(XXH3_state_t *hash, const struct capture_info *info,
		       uint64_t rows)
{
	const uint64_t counts[] = { rows,
				    info->packets,
				    info->malformed,
				    info->options_cut,
				    (uint64_t)info->has_time,
				    (uint64_t)info->first_time,
				    (uint64_t)info->last_time,
				    (uint64_t)info->complete };

	XXH3_64bits_update(hash, counts, sizeof(counts));
	return XXH3_64bits_digest(hash);
}

static int hash_agrees(int fd, char *buf, const struct manifest *m)
{
	XXH3_state_t *hash = XXH3_createState();
	uint64_t size = 0, value = 0;
	ssize_t n = 0;

	if (!hash)
		return 0;
	XXH3_64bits_reset(hash);
	while ((n = read_block(fd, buf, BLOCK)) > 0) {
		XXH3_64bits_update(hash, buf, (size_t)n);
		size += (uint64_t)n;
	}
	value = digest(hash, &m->info, m->info.tcp_packets);
	XXH3_freeState(hash);
	return n == 0 && size == m->csv_size && value == m->csv_hash &&
	       lseek(fd, 0, SEEK_SET) == 0;
}

static void take_line(struct reader *r, const char *line, const char *end)
{
	struct strbuf header = STRBUF_INIT;

	if (r->has_header) {
		r->bad = rowcsv_line(&r->csv, line, end) < 0;
		r->rows += !r->bad;
		if (!r->bad)
			r->stopped = r->fn(r->ctx, &r->csv.row, r->err) < 0;
		return;
	}
	rowcsv_header(&r->csv, &header);
	r->has_header = 1;
	r->bad = header.len != (size_t)(end + 1 - line) ||
		 memcmp(header.text, line, header.len) != 0;
	strbuf_release(&header);
}

/* Every line, the last one, too, has its newline. */
static void parse_rows(struct reader *r, int fd, char *buf)
{
	size_t have = 0;
	ssize_t n = 0;

	rowcsv_init(&r->csv);
	while (have < BLOCK &&
	       (n = read_block(fd, buf + have, BLOCK - have)) > 0) {
		const char *line = buf, *end = buf + have + n, *newline = NULL;

		while (!r->bad && !r->stopped &&
		       (newline = memchr(line, '\n', (size_t)(end - line)))) {
			take_line(r, line, newline);
			line = newline + 1;
		}
		if (r->bad || r->stopped)
			return;
		have = (size_t)(end - line);
		memmove(buf, line, have);
	}
	r->bad |= n < 0 || have > 0 || !r->has_header;
}

static void remove_files(const struct cache *c)
{
	unlink(c->json);
	unlink(c->csv);
}

int cache_read(struct cache *c, row_fn *fn, void *ctx,
	       struct capture_info *info, struct error *err)
{
	struct reader r = { .fn = fn, .ctx = ctx, .err = err };
	struct manifest m = { .csv_size = 0 };
	char *buf = NULL;
	int fd = -1, rc = 0;

	/* No manifest, or one of an older state: the next run replaces it. */
	if (load_manifest(c, &m) < 0)
		goto out;
	fd = open(c->csv, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	buf = mem_calloc(BLOCK, 1);
	if (fd < 0 || !hash_agrees(fd, buf, &m)) {
		/* Under the lock nobody is about to replace them. */
		if (c->lock.fd >= 0)
			remove_files(c);
		goto out;
	}
	parse_rows(&r, fd, buf);
	if (r.stopped) {
		rc = -1;
		goto out;
	}
	if (r.bad || r.rows != m.info.tcp_packets) {
		remove_files(c);
		if (r.rows > 0)
			rc = error_set(err, EXIT_SYSTEM,
				       "the cache file '%s' was damaged and "
				       "is removed: run again",
				       c->csv);
		goto out;
	}
	m.info.path = info->path;
	strlist_release(&info->warnings);
	*info = m.info;
	m.info.warnings = (struct strlist){ .n = 0 };
	rc = 1;
out:
	strlist_release(&m.info.warnings);
	free(buf);
	if (fd >= 0)
		close(fd);
	return rc;
}

int cache_lock(struct cache *c, struct error *err)
{
	return lock_acquire(&c->lock, c->lockfile, err);
}

int cache_begin(struct cache *c, struct error *err)
{
	struct cache_writer *w = mem_calloc(1, sizeof(*w));

	tempfile_sweep(c->csv);
	tempfile_sweep(c->json);
	if (tempfile_create(&w->file, c->csv, err) < 0) {
		free(w);
		return -1;
	}
	w->hash = XXH3_createState();
	if (!w->hash)
		w->failed = ENOMEM;
	else
		XXH3_64bits_reset(w->hash);
	strbuf_init(&w->pending);
	rowcsv_init(&w->csv);
	rowcsv_header(&w->csv, &w->pending);
	c->writer = w;
	return 0;
}

static void flush(struct cache_writer *w)
{
	const struct strbuf *b = &w->pending;

	if (!w->failed) {
		XXH3_64bits_update(w->hash, b->text, b->len);
		w->size += b->len;
		errno = EIO;
		if (fwrite(b->text, 1, b->len, w->file.stream) != b->len)
			w->failed = errno;
	}
	strbuf_clear(&w->pending);
}

void cache_put(struct cache *c, const struct row *row)
{
	struct cache_writer *w = c->writer;

	if (w->failed)
		return;
	rowcsv_print(&w->csv, row, &w->pending);
	w->rows++;
	if (w->pending.len >= BLOCK)
		flush(w);
}

static int write_manifest(const struct cache *c,
			  const struct capture_info *info,
			  const struct cache_writer *w, struct error *err)
{
	struct tempfile file;
	json_t *o = identity(c), *warnings = json_array();
	char *hash = mem_printf("%016llx", (unsigned long long)
						   digest(w->hash, info, w->rows));
	int bad = 0, rc = -1;

	for (size_t i = 0; i < info->warnings.n; i++)
		bad |= json_array_append_new(
			warnings, json_string(info->warnings.items[i]));
	json_object_set_new(o, "rows", json_integer((json_int_t)w->rows));
	json_object_set_new(o, "packets",
			    json_integer((json_int_t)info->packets));
	json_object_set_new(o, "malformed",
			    json_integer((json_int_t)info->malformed));
	json_object_set_new(o, "options_cut",
			    json_integer((json_int_t)info->options_cut));
	json_object_set_new(o, "first_time", json_time(info, info->first_time));
	json_object_set_new(o, "last_time", json_time(info, info->last_time));
	json_object_set_new(o, "complete", json_boolean(info->complete));
	json_object_set_new(o, "csv_size", json_integer((json_int_t)w->size));
	json_object_set_new(o, "xxh3", json_string(hash));
	bad |= json_object_set(o, "warnings", warnings);
	if (bad) {
		error_set(err, EXIT_SYSTEM, "cannot write '%s'", c->json);
		goto out;
	}
	if (tempfile_create(&file, c->json, err) < 0)
		goto out;
	if (json_dumpf(o, file.stream, JSON_INDENT(2)) < 0 ||
	    fputc('\n', file.stream) == EOF) {
		error_set_errno(err, EXIT_SYSTEM, errno, "cannot write '%s'",
				c->json);
		tempfile_drop(&file);
		goto out;
	}
	rc = tempfile_commit(&file, TEMPFILE_NOSYNC, err);
out:
	json_decref(o);
	json_decref(warnings);
	free(hash);
	return rc;
}

int cache_commit(struct cache *c, const struct capture_info *info,
		 struct error *err)
{
	struct cache_writer *w = c->writer;
	int rc = -1;

	flush(w);
	if (w->failed)
		error_set_errno(err, EXIT_SYSTEM, w->failed,
				"cannot write '%s'", c->csv);
	else if (tempfile_commit(&w->file, TEMPFILE_NOSYNC, err) == 0)
		rc = write_manifest(c, info, w, err);
	cache_abandon(c);
	return rc;
}

void cache_abandon(struct cache *c)
{
	struct cache_writer *w = c->writer;

	if (!w)
		return;
	tempfile_drop(&w->file);
	strbuf_release(&w->pending);
	XXH3_freeState(w->hash);
	free(w);
	c->writer = NULL;
}
