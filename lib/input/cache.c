/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/cache.h"

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
#include "input/manifest.h"
#include "input/rowcsv.h"
#include "os/tempfile.h"

enum {
	NAME_MAX_KEPT = 40, /* of the capture, in the key */
	KEY_BYTES = 8,	    /* of the SHA-256, in the key */
	BLOCK = 256 * 1024  /* read and written at once */
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

char *cache_directory_name(const char *wanted, struct error *err)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (wanted && *wanted)
		return mem_strdup(wanted);
	if (xdg && xdg[0] == '/')
		return mem_printf("%s/mptcptools", xdg);
	if (home && home[0])
		return mem_printf("%s/.cache/mptcptools", home);
	error_set(err, EXIT_SYSTEM, "HOME is not set");
	return NULL;
}

char *cache_directory(const char *wanted, struct error *err)
{
	char *dir = cache_directory_name(wanted, err);

	if (dir && file_mkdirs(dir, err) < 0) {
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

/* Was it made from this very capture, by this tshark and this program? */
static int is_current(const struct cache *c, const struct manifest *m)
{
	return strcmp(m->capture, c->real) == 0 &&
	       file_id_equal(&m->id, &c->id) &&
	       strcmp(m->tshark, c->tshark) == 0 &&
	       strcmp(m->toolkit, MPTCPTOOLS_VERSION) == 0 &&
	       m->fields == FIELD_TABLE_VERSION;
}

void cache_put_header(struct strbuf *out)
{
	struct rowcsv csv;

	rowcsv_init(&csv);
	rowcsv_header(&csv, out);
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

int cache_is_sound(const char *csv, const struct manifest *m)
{
	int fd = open(csv, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	char *buf = mem_calloc(BLOCK, 1);
	int sound = fd >= 0 && hash_agrees(fd, buf, m);

	free(buf);
	if (fd >= 0)
		close(fd);
	return sound;
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
	if (manifest_read(&m, c->json) != MANIFEST_READ || !is_current(c, &m))
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
	info->from_cache = 1;
	/* When it was used last, for whoever wants to make room. */
	(void)!utimensat(AT_FDCWD, c->json, NULL, AT_SYMLINK_NOFOLLOW);
	rc = 1;
out:
	manifest_release(&m);
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

static int write_manifest(struct cache *c, const struct capture_info *info,
			  struct error *err)
{
	struct cache_writer *w = c->writer;
	char toolkit[] = MPTCPTOOLS_VERSION;
	struct manifest m = { .capture = c->real,
			      .id = c->id,
			      .toolkit = toolkit,
			      .tshark = c->tshark,
			      .fields = FIELD_TABLE_VERSION,
			      .info = *info,
			      .csv_size = w->size,
			      .csv_hash = digest(w->hash, info, w->rows) };

	m.info.tcp_packets = w->rows;
	return manifest_write(&m, c->json, err);
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
		rc = write_manifest(c, info, err);
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
