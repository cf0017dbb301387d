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

#include "base/csvtext.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "cache/manifest.h"
#include "cache/row_queue.h"
#include "cache/rowindex.h"
#include "os/proc.h"
#include "os/tempfile.h"
#include "read/tshark.h"
#include "row/rowcsv.h"

enum {
	NAME_MAX_KEPT = 40, /* of the capture, in the key */
	KEY_BYTES = 8,	    /* of the SHA-256, in the key */
	ASIDE_MAX =
		1024 * 1024 * 1024, /* bytes of an index, or of an outline */
	AT_ONCE = 128 * 1024	    /* bytes, about, that are written */
};

struct cache_writer {
	struct tempfile file;
	struct rowindex_writer runs;
	struct row_queue *queue; /* on the way there; NULL: none */
	char buffer[AT_ONCE];	 /* of the file's stream */
};

/* "NAME-0123456789abcdef" for a real path. */
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
	c->alone = input_jobs(in) < 2;
	make_key(&key, c->real);
	c->csv = mem_printf("%s/%s.csv", dir, key.text);
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

/* Rows that tshark did not confirm are for those only who want no more. */
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
 * The manifest, if it was made from this very capture, by this tshark and this
 * program; to be released whatever comes of it.
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

/* The first line of every file of rows. */
static void put_header(struct strbuf *out)
{
	struct rowcsv csv;

	rowcsv_init(&csv);
	rowcsv_header(&csv, out);
}

/* Of the index, which has the hashes of the rows, and of the counts. */
static uint64_t digest(const char *index, size_t n,
		       const struct capture_info *info, uint64_t rows)
{
	const uint64_t counts[] = { XXH3_64bits(index, n),
				    rows,
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

/* Is the file as long as index and manifest say, and does it begin right? */
static bool fits(int fd, const struct rowindex *runs, const struct manifest *m)
{
	struct strbuf names = STRBUF_INIT;
	char *begin = NULL;
	uint64_t size = 0, rows = 0;
	struct stat st;
	bool fit = false;

	put_header(&names);
	begin = mem_calloc(names.len, 1);
	size = names.len;
	for (size_t i = 0; i < runs->n; i++) {
		size += runs->items[i].bytes;
		rows += runs->items[i].rows;
	}
	fit = fstat(fd, &st) == 0 && (uint64_t)st.st_size == m->csv_size &&
	      size == m->csv_size && rows == m->info.tcp_packets &&
	      pread(fd, begin, names.len, 0) == (ssize_t)names.len &&
	      memcmp(begin, names.text, names.len) == 0;
	free(begin);
	strbuf_release(&names);
	return fit;
}

/* The file of rows and its index: a descriptor, or -1. */
static int open_rows(const char *csv, const char *index,
		     const struct manifest *m, struct rowindex *runs)
{
	size_t n = 0;
	char *text = file_slurp(index, ASIDE_MAX, &n);
	int fd = -1;

	*runs = (struct rowindex){ .items = NULL };
	if (text &&
	    digest(text, n, &m->info, m->info.tcp_packets) == m->csv_hash &&
	    rowindex_parse(runs, text, n) == 0)
		fd = open(csv, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	free(text);
	if (fd >= 0 && !fits(fd, runs, m)) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		rowindex_release(runs);
	return fd;
}

bool cache_is_sound(const char *csv, const struct manifest *m)
{
	char *index = mem_printf("%.*s.index.csv", (int)strlen(csv) - 4, csv);
	struct rowindex runs;
	int fd = open_rows(csv, index, m, &runs);
	bool sound = fd >= 0 && rowindex_agree(&runs, fd);

	free(index);
	rowindex_release(&runs);
	if (fd >= 0)
		close(fd);
	return sound;
}

static void remove_files(const struct cache *c)
{
	unlink(c->json);
	unlink(c->csv);
	unlink(c->index);
	unlink(c->outline);
}

/* Hand over what the manifest says; m->info has nothing afterwards. */
static void give_info(const struct cache *c, struct manifest *m,
		      struct capture_info *info)
{
	m->info.path = info->path;
	strlist_release(&info->warnings);
	*info = m->info;
	m->info = (struct capture_info){ .path = NULL }; /* info has it */
	info->from_cache = true;
	info->rows_id = m->csv_hash;
	/* When it was used last, for whoever wants to make room. */
	(void)!utimensat(AT_FDCWD, c->json, NULL, AT_SYMLINK_NOFOLLOW);
}

/* As many as the index says, or else it is wrong. */
static enum rowindex_result read_runs(const struct rowindex *runs, int fd,
				      row_fn *fn, void *ctx, uint64_t *rows,
				      struct error *err)
{
	enum rowindex_result result =
		rowindex_read(runs, fd, fn, ctx, rows, err);
	uint64_t wanted = 0;

	for (size_t i = 0; i < runs->n; i++)
		wanted += runs->items[i].rows;
	return result == ROWINDEX_READ && *rows != wanted ? ROWINDEX_BAD
							  : result;
}

/* Rows that were handed out cannot be called back: all are checked before. */
static enum cache_result read_all(struct cache *c, const struct manifest *m,
				  row_fn *fn, void *ctx, struct error *err)
{
	struct rowindex index;
	uint64_t rows = 0;
	enum rowindex_result result = ROWINDEX_BAD;
	int fd = open_rows(c->csv, c->index, m, &index);

	if (fd < 0 || !rowindex_agree(&index, fd)) {
		/* Under the lock nobody is about to replace them. */
		if (c->lock.fd >= 0)
			remove_files(c);
		goto out;
	}
	result = read_runs(&index, fd, fn, ctx, &rows, err);
	if (result == ROWINDEX_BAD)
		remove_files(c);
out:
	rowindex_release(&index);
	if (fd >= 0)
		close(fd);
	if (result == ROWINDEX_READ)
		return CACHE_HIT;
	if (result == ROWINDEX_BAD && rows == 0)
		return CACHE_MISS;
	if (result == ROWINDEX_BAD)
		error_set(err, EXIT_SYSTEM,
			  "the cache file '%s' was damaged and is removed: run "
			  "again",
			  c->csv);
	return CACHE_ERROR;
}

enum cache_result cache_read(struct cache *c, row_fn *fn, void *ctx,
			     struct capture_info *info, struct error *err)
{
	struct manifest m;
	enum cache_result result = CACHE_MISS;

	/* No manifest, or one of an older state: the next run replaces it. */
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

	*rows = (struct cache_rows){ .fd = -1 };
	if (has_manifest(c, &m) && m.csv_hash == rows_id)
		rows->fd = open_rows(c->csv, c->index, &m, &rows->index);
	manifest_release(&m);
	return rows->fd >= 0;
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
	result = read_runs(streams ? &some : &rows->index, rows->fd, fn, ctx,
			   &read, err);
	rowindex_release(&some);
	if (result == ROWINDEX_STOPPED)
		return CACHE_ERROR;
	return result == ROWINDEX_READ ? CACHE_HIT : CACHE_MISS;
}

void cache_rows_close(struct cache_rows *rows)
{
	if (rows->fd >= 0)
		close(rows->fd);
	rowindex_release(&rows->index);
	rows->fd = -1;
}

/* What stands at the end of an outline: it is of these rows, and whole. */
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

static int write_file(const char *path, const char *text, size_t n,
		      const char *end, struct error *err)
{
	struct tempfile file;

	if (tempfile_create(&file, path, err) < 0)
		return -1;
	if (fwrite(text, 1, n, file.stream) != n ||
	    fputs(end, file.stream) == EOF) {
		error_set_errno(err, EXIT_SYSTEM, errno, "cannot write '%s'",
				path);
		tempfile_drop(&file);
		return -1;
	}
	return tempfile_commit(&file, TEMPFILE_NOSYNC, err);
}

void cache_write_outline(const struct cache *c, uint64_t rows_id,
			 const char *text, size_t n)
{
	struct error ignored = ERROR_INIT;
	struct manifest m;
	char *end = NULL;

	if (has_manifest(c, &m) && m.csv_hash == rows_id) {
		end = outline_end(&m, text, n);
		(void)!write_file(c->outline, text, n, end, &ignored);
	}
	free(end);
	manifest_release(&m);
}

int cache_lock(struct cache *c, struct error *err)
{
	return lock_acquire(&c->lock, c->lockfile, proc_limit(), err);
}

static void write_row(void *ctx, const struct row *row)
{
	struct cache_writer *w = ctx;

	rowindex_put(&w->runs, row);
}

int cache_begin(struct cache *c, struct error *err)
{
	struct cache_writer *w = mem_calloc(1, sizeof(*w));

	tempfile_sweep(c->csv);
	tempfile_sweep(c->json);
	tempfile_sweep(c->index);
	tempfile_sweep(c->outline);
	if (tempfile_create(&w->file, c->csv, err) < 0) {
		free(w);
		return -1;
	}
	setvbuf(w->file.stream, w->buffer, _IOFBF, sizeof(w->buffer));
	rowindex_writer_init(&w->runs, w->file.stream);
	w->queue = c->alone ? NULL : row_queue_start(write_row, w);
	c->writer = w;
	return 0;
}

void cache_put(struct cache *c, const struct row *row)
{
	struct cache_writer *w = c->writer;

	if (w->queue)
		row_queue_put(w->queue, row);
	else
		write_row(w, row);
}

static void write_waiting_rows(struct cache_writer *w)
{
	if (w->queue)
		row_queue_end(w->queue);
	w->queue = NULL;
}

static int write_manifest(struct cache *c, const struct capture_info *info,
			  struct error *err)
{
	const struct rowindex_writer *w = &c->writer->runs;
	char toolkit[] = MPTCPTOOLS_VERSION, none[] = "none";
	struct strbuf index = STRBUF_INIT;
	struct manifest m = { .capture = c->real,
			      .id = c->source->id,
			      .toolkit = toolkit,
			      .tshark = c->tshark ? c->tshark : none,
			      .fields = FIELD_TABLE_VERSION,
			      .info = *info,
			      .csv_size = w->size };
	int rc = 0;

	rowindex_print(&w->runs, &index);
	m.csv_hash = digest(index.text, index.len, info, w->rows);
	m.info.tcp_packets = w->rows;
	rc = write_file(c->index, index.text, index.len, "", err);
	if (rc == 0)
		rc = manifest_write(&m, c->json, err);
	c->rows_id = m.csv_hash;
	strbuf_release(&index);
	return rc;
}

int cache_commit(struct cache *c, const struct capture_info *info,
		 struct error *err)
{
	struct cache_writer *w = c->writer;
	int rc = -1;

	write_waiting_rows(w);
	rowindex_flush(&w->runs);
	if (w->runs.failed)
		error_set_errno(err, EXIT_SYSTEM, w->runs.failed,
				"cannot write '%s'", c->csv);
	else if (tempfile_commit(&w->file, TEMPFILE_NOSYNC, err) == 0)
		rc = write_manifest(c, info, err);
	if (rc == 0)
		c->stale = false;
	cache_abandon(c);
	return rc;
}

void cache_abandon(struct cache *c)
{
	struct cache_writer *w = c->writer;

	if (!w)
		return;
	write_waiting_rows(w);
	tempfile_drop(&w->file);
	rowindex_writer_release(&w->runs);
	free(w);
	c->writer = NULL;
}
