/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cache/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "cache/cache_write.h"
#include "cache/manifest.h"
#include "cache/rowindex.h"
#include "os/proc.h"
#include "os/tempfile.h"
#include "read/tshark.h"

enum {
	NAME_MAX_KEPT = 40, /* characters of the capture's name, in the key */
	KEY_BYTES = 8,	    /* of the SHA-256, in the key */
	/* maximum bytes of an index or an outline */
	ASIDE_MAX = 1024 * 1024 * 1024
};

/* The key "NAME-0123456789abcdef" for a real path. */
static void make_key(struct strbuf *key, const char *real)
{
	const char *name = strrchr(real, '/') + 1;
	uint8_t digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX sha;

	for (size_t i = 0; i < NAME_MAX_KEPT && name[i]; i++) {
		char c = name[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
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

int cache_open(struct cache *c, const struct input *in,
	       const struct source *source, struct error *err)
{
	struct strbuf key = STRBUF_INIT;
	const char *dir = in->directory;

	*c = (struct cache)CACHE_INIT;
	if (!dir) {
		*err = in->homeless;
		return -1;
	}
	c->real = realpath(source->path, NULL);
	if (!c->real)
		return error_set_errno(err, EXIT_SYSTEM, errno,
				       "cannot resolve '%s'", source->path);
	c->source = source;
	c->directory = dir;
	c->stale = in->refresh;
	c->tshark = in->found ? mem_strdup(in->found->version_text) : NULL;
	c->reader = in->reader;
	make_key(&key, c->real);
	c->csv = mem_printf("%s/%s.csv", dir, key.text);
	c->places = mem_printf("%s/%s.places", dir, key.text);
	c->json = mem_printf("%s/%s.json", dir, key.text);
	c->index = mem_printf("%s/%s.index.csv", dir, key.text);
	c->outline = mem_printf("%s/%s.outline.csv", dir, key.text);
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
	free(c->places);
	free(c->json);
	free(c->index);
	free(c->outline);
	free(c->lockfile);
	*c = (struct cache)CACHE_INIT;
}

bool cache_is_writable(const struct cache *c)
{
	return c->source && access(c->directory, W_OK | X_OK) == 0;
}

/*
 * Rows that tshark did not confirm are used only if the user chose that
 * reader.
 */
static bool may_have_made(const struct capture_info *info,
			  enum reader_choice choice)
{
	switch (choice) {
	case READER_CHOICE_TSHARK: return info->reader == CAPTURE_BY_TSHARK;
	case READER_CHOICE_AUTO:
		return info->reader == CAPTURE_BY_TSHARK ||
		       info->compared_packets > 0;
	case READER_CHOICE_NATIVE: break;
	}
	return true;
}

/*
 * Read the manifest, and check that it was made from this very capture, by
 * this tshark and this program.  To be released whatever the result.
 */
static bool has_manifest(const struct cache *c, struct manifest *m)
{
	*m = (struct manifest){ .csv_size = 0 };
	return c->source && !c->stale &&
	       manifest_read(m, c->json) == MANIFEST_READ &&
	       strcmp(m->capture, c->real) == 0 &&
	       file_id_equal(&m->id, &c->source->id) &&
	       (!c->tshark || strcmp(m->tshark, c->tshark) == 0) &&
	       strcmp(m->toolkit, MPTCPTOOLS_VERSION) == 0 &&
	       may_have_made(&m->info, c->reader) &&
	       m->fields == FIELD_TABLE_VERSION;
}

/*
 * Whether the file has the size stated by index and manifest, and the right
 * header.
 */
static bool fits(int fd, const struct rowindex *runs, enum run_kind kind,
		 uint64_t size)
{
	struct strbuf first = STRBUF_INIT;
	char *begin = NULL;
	uint64_t sum = 0;
	struct stat st;
	bool fit = false;

	rowindex_header(kind, &first);
	begin = mem_calloc(first.len, 1);
	sum = first.len;
	for (size_t i = 0; i < runs->n; i++)
		if (runs->items[i].kind == kind)
			sum += runs->items[i].bytes;
	fit = fstat(fd, &st) == 0 && (uint64_t)st.st_size == size &&
	      sum == size &&
	      pread(fd, begin, first.len, 0) == (ssize_t)first.len &&
	      memcmp(begin, first.text, first.len) == 0;
	free(begin);
	strbuf_release(&first);
	return fit;
}

static uint64_t count_rows(const struct rowindex *runs)
{
	uint64_t rows = 0;

	for (size_t i = 0; i < runs->n; i++)
		rows += runs->items[i].rows;
	return rows;
}

static bool open_file(int *fd, const char *name, const struct rowindex *runs,
		      enum run_kind kind, uint64_t size)
{
	*fd = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	return *fd >= 0 && fits(*fd, runs, kind, size);
}

void cache_rows_close(struct cache_rows *rows)
{
	for (int k = 0; k < RUN_KINDS; k++) {
		if (rows->files.fd[k] >= 0)
			close(rows->files.fd[k]);
		rows->files.fd[k] = -1;
	}
	rowindex_release(&rows->index);
}

/* Open the files of the index; to be closed if true. */
static bool open_rows(const struct cache *c, const struct manifest *m,
		      struct cache_rows *rows)
{
	struct rowindex *runs = &rows->index;
	size_t n = 0;
	char *text = file_slurp(c->index, ASIDE_MAX, &n);
	bool sound = false;

	*rows = (struct cache_rows){ .source = c->source,
				     .files = { .fd = { -1, -1 },
						.capture = -1 } };
	if (c->source) {
		rows->files.capture = c->source->fd;
		rows->files.start = c->source->start;
	}
	sound = text && manifest_digest(m, text, n) == m->csv_hash &&
		rowindex_parse(runs, text, n) == 0 &&
		count_rows(runs) == m->info.tcp_packets &&
		open_file(&rows->files.fd[RUN_ROWS], c->csv, runs, RUN_ROWS,
			  m->csv_size) &&
		open_file(&rows->files.fd[RUN_PLACES], c->places, runs,
			  RUN_PLACES, m->places_size);
	free(text);
	if (!sound)
		cache_rows_close(rows);
	return sound;
}

bool cache_is_sound(const char *csv, const struct manifest *m)
{
	const int n = (int)strlen(csv) - 4; /* ".csv" */
	struct cache c = { .csv = mem_strdup(csv),
			   .places = mem_printf("%.*s.places", n, csv),
			   .index = mem_printf("%.*s.index.csv", n, csv) };
	struct cache_rows rows;
	bool sound = false;

	if (open_rows(&c, m, &rows)) {
		sound = rowindex_agree(&rows.index, &rows.files);
		cache_rows_close(&rows);
	}
	free(c.csv);
	free(c.places);
	free(c.index);
	return sound;
}

static void remove_files(const struct cache *c)
{
	unlink(c->json);
	unlink(c->csv);
	unlink(c->places);
	unlink(c->index);
	unlink(c->outline);
}

/* Move the manifest's information to "info"; m->info is empty afterwards. */
static void give_info(const struct cache *c, struct manifest *m,
		      struct capture_info *info)
{
	m->info.path = info->path;
	strlist_release(&info->warnings);
	*info = m->info;
	m->info = (struct capture_info){ .path = NULL }; /* info has it */
	info->from_cache = true;
	info->rows_id = m->csv_hash;
	/* Record the time of use, for cleaning up. */
	(void)!utimensat(AT_FDCWD, c->json, NULL, AT_SYMLINK_NOFOLLOW);
}

/* The number of rows must be that of the index; otherwise they are wrong. */
static bool are_all(const struct cache_rows *rows, const struct rowindex *runs,
		    uint64_t n)
{
	return n == count_rows(runs) && (!rowindex_has(runs, RUN_PLACES) ||
					 source_has_stayed(rows->source));
}

static enum rowindex_result read_runs(const struct cache_rows *rows,
				      const struct rowindex *runs, row_fn *fn,
				      void *ctx, uint64_t *n, struct error *err)
{
	enum rowindex_result result =
		rowindex_read(runs, &rows->files, fn, ctx, n, err);

	if (result == ROWINDEX_READ && !are_all(rows, runs, *n))
		result = ROWINDEX_BAD;
	return result;
}

/* An error after rows were passed on, which cannot be undone. */
static void complain(const struct cache *c, struct error *err)
{
	if (source_has_stayed(c->source))
		error_set(err, EXIT_SYSTEM,
			  "the cache file '%s' was damaged and is removed: run "
			  "again",
			  c->csv);
	else
		error_set(err, EXIT_INPUT, "'%s' changed while it was read",
			  c->source->path);
}

static enum cache_result read_all(struct cache *c, const struct manifest *m,
				  row_fn *fn, void *ctx, struct error *err)
{
	struct cache_rows rows;
	uint64_t n = 0;
	enum rowindex_result result = ROWINDEX_BAD;

	if (!open_rows(c, m, &rows) ||
	    !rowindex_agree(&rows.index, &rows.files)) {
		/* With the lock held nobody is about to replace them. */
		if (c->lock.fd >= 0)
			remove_files(c);
		goto out;
	}
	result = read_runs(&rows, &rows.index, fn, ctx, &n, err);
	if (result == ROWINDEX_BAD)
		remove_files(c);
out:
	cache_rows_close(&rows);
	if (result == ROWINDEX_READ)
		return CACHE_HIT;
	if (result == ROWINDEX_BAD && n == 0)
		return CACHE_MISS;
	if (result == ROWINDEX_BAD)
		complain(c, err);
	return CACHE_ERROR;
}

enum cache_result cache_read(struct cache *c, row_fn *fn, void *ctx,
			     struct capture_info *info, struct error *err)
{
	struct manifest m;
	enum cache_result result = CACHE_MISS;

	/* No manifest, or an outdated one: the next run replaces it. */
	if (has_manifest(c, &m))
		result = read_all(c, &m, fn, ctx, err);
	if (result == CACHE_HIT)
		give_info(c, &m, info);
	manifest_release(&m);
	return result;
}

bool cache_open_rows(const struct cache *c, uint64_t rows_id,
		     struct cache_rows *rows)
{
	struct manifest m;
	bool opened = has_manifest(c, &m) && m.csv_hash == rows_id &&
		      open_rows(c, &m, rows);

	manifest_release(&m);
	return opened;
}

enum cache_result cache_rows_read(const struct cache_rows *rows,
				  const uint32_t *streams, size_t n, row_fn *fn,
				  void *ctx, struct error *err)
{
	struct rowindex some = { .items = NULL };
	enum rowindex_result result = ROWINDEX_BAD;
	uint64_t read = 0;

	if (streams)
		rowindex_select(&rows->index, streams, n, &some);
	result = read_runs(rows, streams ? &some : &rows->index, fn, ctx, &read,
			   err);
	rowindex_release(&some);
	if (result == ROWINDEX_STOPPED)
		return CACHE_ERROR;
	return result == ROWINDEX_READ ? CACHE_HIT : CACHE_MISS;
}

enum cache_result cache_rows_places(const struct cache_rows *rows,
				    const uint32_t *streams, size_t n,
				    place_fn *fn, void *ctx)
{
	struct rowindex some = { .items = NULL };
	uint64_t told = 0;
	bool all = false;

	rowindex_select(&rows->index, streams, n, &some);
	all = rowindex_places(&some, &rows->files, fn, ctx, &told) ==
		      ROWINDEX_READ &&
	      are_all(rows, &some, told);
	rowindex_release(&some);
	return all ? CACHE_HIT : CACHE_MISS;
}

/*
 * The end of an outline: it shows that it is complete, and belongs to these
 * rows.
 */
static char *outline_end(const struct manifest *m, const char *text, size_t n)
{
	uint64_t hash = XXH3_64bits_withSeed(text, n, m->csv_hash);

	return mem_printf("end,%016llx\n", (unsigned long long)hash);
}

bool cache_read_outline(const struct cache *c, struct capture_info *info,
			char **text, size_t *n)
{
	struct manifest m;
	char *end = NULL, *whole = NULL;
	size_t length = 0, tail = 0;
	bool found = false;

	if (!has_manifest(c, &m))
		goto out;
	whole = file_slurp(c->outline, ASIDE_MAX, &length);
	end = outline_end(&m, "", 0);
	tail = strlen(end);
	if (!whole || length < tail)
		goto out;
	free(end);
	end = outline_end(&m, whole, length - tail);
	if (memcmp(whole + length - tail, end, tail) != 0)
		goto out;
	give_info(c, &m, info);
	*text = whole;
	*n = length - tail;
	whole = NULL;
	found = true;
out:
	free(end);
	free(whole);
	manifest_release(&m);
	return found;
}

void cache_write_outline(const struct cache *c, uint64_t rows_id,
			 const char *text, size_t n)
{
	struct error ignored = ERROR_INIT;
	struct manifest m;
	char *end = NULL;

	if (has_manifest(c, &m) && m.csv_hash == rows_id) {
		end = outline_end(&m, text, n);
		(void)!tempfile_write(c->outline, text, n, end, &ignored);
	}
	free(end);
	manifest_release(&m);
}

int cache_lock(struct cache *c, struct error *err)
{
	return lock_acquire(&c->lock, c->lockfile, proc_limit(), err);
}
