/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cache/cachedir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sort.h"
#include "base/strbuf.h"
#include "cache/cache.h"
#include "cache/manifest.h"
#include "os/lock.h"
#include "row/field.h"

enum {
	KEY_DIGITS = 16
};

/* The kind of a file, by its name. */
enum cache_file {
	PART_NONE,
	PART_ROWS,
	PART_MANIFEST,
	PART_ASIDE, /* places, index or outline */
	PART_LOCK,
	PART_TEMPORARY
};

const char *cache_state_name(enum cache_state state)
{
	switch (state) {
	case CACHE_CURRENT: return "current";
	case CACHE_CHANGED: return "changed";
	case CACHE_GONE: return "gone";
	case CACHE_OUTDATED: return "outdated";
	case CACHE_DAMAGED: return "damaged";
	case CACHE_LEFTOVER: return "leftover";
	}
	return "damaged";
}

static int64_t stamp(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

static bool is_temporary(const char *suffix)
{
	const char *digits = strstr(suffix, ".tmp.");

	return digits && digits[5] &&
	       strspn(digits + 5, "0123456789") == strlen(digits + 5);
}

/* "NAME-0123456789abcdef" and a suffix; *length is that of the key. */
static enum cache_file part_of(const char *name, size_t *length)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");
	const char *suffix = NULL;

	if (name[n] || name[0] == '.')
		return PART_NONE;
	for (const char *p = strchr(name, '-'); p; p = strchr(p + 1, '-'))
		if (strspn(p + 1, "0123456789abcdef") == KEY_DIGITS &&
		    p[1 + KEY_DIGITS] == '.')
			suffix = p + 1 + KEY_DIGITS;
	if (!suffix)
		return PART_NONE;
	*length = (size_t)(suffix - name);
	if (strcmp(suffix, ".csv") == 0)
		return PART_ROWS;
	if (strcmp(suffix, ".places") == 0 ||
	    strcmp(suffix, ".index.csv") == 0 ||
	    strcmp(suffix, ".outline.csv") == 0 ||
	    strcmp(suffix, ".listing.csv") == 0)
		return PART_ASIDE;
	if (strcmp(suffix, ".json") == 0)
		return PART_MANIFEST;
	if (strcmp(suffix, ".lock") == 0)
		return PART_LOCK;
	if ((strncmp(suffix, ".csv.tmp.", 9) == 0 ||
	     strncmp(suffix, ".places.tmp.", 12) == 0 ||
	     strncmp(suffix, ".index.csv.tmp.", 15) == 0 ||
	     strncmp(suffix, ".outline.csv.tmp.", 17) == 0 ||
	     strncmp(suffix, ".listing.csv.tmp.", 17) == 0 ||
	     strncmp(suffix, ".json.tmp.", 10) == 0) &&
	    is_temporary(suffix))
		return PART_TEMPORARY;
	return PART_NONE;
}

/*
 * Whether the file begins like rows or a manifest, or like the first "n" bytes
 * of these.
 */
static bool begins_as(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	char *buf = mem_calloc(n, 1);
	ssize_t got = fd < 0 ? -1 : read(fd, buf, n);
	bool same = got >= 0 && memcmp(buf, text, (size_t)got) == 0;

	free(buf);
	if (fd >= 0)
		close(fd);
	return same;
}

static bool is_rows(const char *path)
{
	/* as far as all versions agree */
	static const char first[] = "frame,time,interface,src,dst,";

	return begins_as(path, first, sizeof(first) - 1);
}

static bool is_manifest(const char *path)
{
	struct manifest m;
	enum manifest_result result = manifest_read(&m, path);

	manifest_release(&m);
	return result != MANIFEST_NONE;
}

static bool is_aside(const char *path)
{
	static const char index[] = "stream,first_frame,";
	static const char places[] = "mptcptools-places/";
	static const char outline[] = "outline,", old[] = "listing,";

	return begins_as(path, index, sizeof(index) - 1) ||
	       begins_as(path, places, sizeof(places) - 1) ||
	       begins_as(path, outline, sizeof(outline) - 1) ||
	       begins_as(path, old, sizeof(old) - 1);
}

/*
 * Whether the file belongs to the cache, by its content.  Parts left by a
 * killed run may have any length.
 */
static bool is_ours(enum cache_file part, const char *path,
		    const struct stat *st)
{
	static const char schema[] = "{\n  \"schema\": \"mptcptools-cache/";

	switch (part) {
	case PART_ROWS: return st->st_size > 0 && is_rows(path);
	case PART_MANIFEST: return is_manifest(path);
	case PART_ASIDE: return st->st_size > 0 && is_aside(path);
	case PART_LOCK: return st->st_size == 0;
	case PART_TEMPORARY:
		return strstr(path, ".json.tmp.")
			       ? begins_as(path, schema, sizeof(schema) - 1)
			       : is_rows(path) || is_aside(path);
	case PART_NONE: break;
	}
	return false;
}

static struct cache_entry *find(struct cachedir *d, const char *name, size_t n)
{
	struct cache_entry *e = NULL;

	for (size_t i = d->n; i > 0; i--)
		if (strncmp(d->entries[i - 1].key, name, n) == 0 &&
		    d->entries[i - 1].key[n] == '\0')
			return &d->entries[i - 1];
	MEM_PUSH_ROOM(d->entries, d->n, d->cap);
	e = &d->entries[d->n++];
	memset(e, 0, sizeof(*e));
	e->key = mem_strndup(name, n);
	e->state = CACHE_LEFTOVER;
	return e;
}

static enum cache_state state_of(const struct manifest *m)
{
	struct file_id now = { .inode = 0 };
	struct stat st;

	if (strcmp(m->toolkit, MPTCPTOOLS_VERSION) != 0 ||
	    m->fields != FIELD_TABLE_VERSION)
		return CACHE_OUTDATED;
	if (stat(m->capture, &st) < 0)
		return CACHE_GONE;
	file_id_from_stat(&now, &st);
	return file_id_equal(&now, &m->id) ? CACHE_CURRENT : CACHE_CHANGED;
}

static void take_manifest(struct cache_entry *e, const char *path)
{
	struct manifest m;

	e->state = CACHE_OUTDATED;
	if (manifest_read(&m, path) == MANIFEST_READ) {
		e->state = state_of(&m);
		e->capture = m.capture;
		e->tshark = m.tshark;
		e->toolkit = m.toolkit;
		m.capture = m.tshark = m.toolkit = NULL;
		e->has_counts = true;
		e->packets = m.info.packets;
		e->tcp_packets = m.info.tcp_packets + m.info.malformed;
	}
	manifest_release(&m);
}

static void take_file(struct cachedir *d, const char *name)
{
	size_t length = 0;
	enum cache_file part = part_of(name, &length);
	struct cache_entry *e = NULL;
	struct stat st;
	char *path = NULL;

	if (part == PART_NONE)
		return;
	path = mem_printf("%s/%s", d->path, name);
	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
	    !is_ours(part, path, &st))
		goto out;
	e = find(d, name, length);
	e->bytes += (uint64_t)st.st_size;
	if (stamp(&st) > e->used)
		e->used = stamp(&st);
	if (part == PART_MANIFEST)
		take_manifest(e, path);
	if (part == PART_ROWS) {
		e->file = path;
		path = NULL;
	}
out:
	free(path);
}

static bool has_size(const char *path, uint64_t size)
{
	struct stat st;

	return lstat(path, &st) == 0 && (uint64_t)st.st_size == size;
}

/* A manifest whose rows or places do not have the stated length. */
static void check_rows(const struct cachedir *d, struct cache_entry *e)
{
	char *path = mem_printf("%s/%s.json", d->path, e->key);
	char *places = mem_printf("%s/%s.places", d->path, e->key);
	struct manifest m;

	if (manifest_read(&m, path) == MANIFEST_READ &&
	    (!e->file || !has_size(e->file, m.csv_size) ||
	     !has_size(places, m.places_size)))
		e->state = CACHE_DAMAGED;
	manifest_release(&m);
	free(path);
	free(places);
}

static int by_capture(const void *x, const void *y)
{
	const struct cache_entry *a = x, *b = y;
	int c = strcmp(a->capture ? a->capture : "",
		       b->capture ? b->capture : "");

	return c ? c : strcmp(a->key, b->key);
}

int cachedir_scan(struct cachedir *d, const char *path, struct error *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry = NULL;

	memset(d, 0, sizeof(*d));
	d->path = mem_strdup(path);
	if (!dir && errno != ENOENT) {
		error_set_errno(err, EXIT_SYSTEM, errno, "cannot read '%s'",
				path);
		cachedir_release(d);
		return -1;
	}
	while (dir && (entry = readdir(dir)))
		take_file(d, entry->d_name);
	if (dir)
		closedir(dir);
	for (size_t i = 0; i < d->n; i++)
		check_rows(d, &d->entries[i]);
	SORT(d->entries, d->n, by_capture);
	return 0;
}

void cachedir_release(struct cachedir *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->entries[i].key);
		free(d->entries[i].file);
		free(d->entries[i].capture);
		free(d->entries[i].tshark);
		free(d->entries[i].toolkit);
	}
	free(d->entries);
	free(d->path);
	memset(d, 0, sizeof(*d));
}

uint64_t cachedir_bytes(const struct cachedir *d)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < d->n; i++)
		bytes += d->entries[i].bytes;
	return bytes;
}

static enum lock_result lock_entry(const struct cachedir *d,
				   struct cache_entry *e, struct lock *lock,
				   struct error *err)
{
	char *path = mem_printf("%s/%s.lock", d->path, e->key);
	struct stat st;
	enum lock_result result = LOCK_FAILED;

	*lock = (struct lock)LOCK_INIT;
	/* Only an empty file can be a lock: it will be removed. */
	if (lstat(path, &st) == 0 && (!S_ISREG(st.st_mode) || st.st_size != 0))
		error_set(err, EXIT_SYSTEM, "'%s' is not part of the cache",
			  path);
	else
		result = lock_try(lock, path, err);
	e->busy = result == LOCK_BUSY;
	free(path);
	return result;
}

static void verify(const struct cachedir *d, struct cache_entry *e)
{
	struct error ignored = ERROR_INIT;
	struct manifest m;
	struct lock lock;
	char *path = NULL;

	/* Without permission to lock nobody can write it, either. */
	if (lock_entry(d, e, &lock, &ignored) == LOCK_BUSY)
		return;
	path = mem_printf("%s/%s.json", d->path, e->key);
	if (manifest_read(&m, path) == MANIFEST_READ &&
	    !(e->file && cache_is_sound(e->file, &m)))
		e->state = CACHE_DAMAGED;
	manifest_release(&m);
	free(path);
	lock_release(&lock);
}

void cachedir_verify(struct cachedir *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->entries[i].state != CACHE_LEFTOVER)
			verify(d, &d->entries[i]);
}

static int by_use(const void *x, const void *y)
{
	const struct cache_entry *const *a = x, *const *b = y;

	return COMPARE((*a)->used, (*b)->used);
}

void cachedir_choose(struct cachedir *d, int64_t before, uint64_t bytes)
{
	struct cache_entry **order = mem_calloc(d->n + 1, sizeof(*order));
	uint64_t left = 0;

	for (size_t i = 0; i < d->n; i++) {
		struct cache_entry *e = order[i] = &d->entries[i];

		if (e->state != CACHE_CURRENT)
			e->reason = cache_state_name(e->state);
		else if (e->used < before)
			e->reason = "old";
		else
			left += e->bytes;
	}
	SORT(order, d->n, by_use);
	for (size_t i = 0; i < d->n && left > bytes; i++) {
		if (order[i]->reason)
			continue;
		order[i]->reason = "size";
		left -= order[i]->bytes;
	}
	free(order);
}

void cachedir_choose_all(struct cachedir *d)
{
	for (size_t i = 0; i < d->n; i++)
		d->entries[i].reason = "clear";
}

static int remove_file(const char *path, struct error *err)
{
	if (unlink(path) == 0 || errno == ENOENT)
		return 0;
	return error_set_errno(err, EXIT_SYSTEM, errno, "cannot remove '%s'",
			       path);
}

/* All files of this key that belong to the cache, the manifest first. */
static int remove_parts(const struct cachedir *d, const char *key,
			struct error *err)
{
	static const enum cache_file order[] = { PART_MANIFEST, PART_ROWS,
						 PART_ASIDE, PART_TEMPORARY };
	int rc = 0;

	for (size_t k = 0; k < 4 && rc == 0; k++) {
		DIR *dir = opendir(d->path);
		struct dirent *entry = NULL;

		if (!dir)
			break;
		while (rc == 0 && (entry = readdir(dir))) {
			size_t length = 0;
			enum cache_file part = part_of(entry->d_name, &length);
			struct stat st;
			char *path = NULL;

			if (part != order[k] || length != strlen(key) ||
			    strncmp(entry->d_name, key, length) != 0)
				continue;
			path = mem_printf("%s/%s", d->path, entry->d_name);
			if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
			    is_ours(part, path, &st))
				rc = remove_file(path, err);
			free(path);
		}
		closedir(dir);
	}
	return rc;
}

/* Whether somebody used or replaced it after it was listed. */
static bool was_used(const struct cachedir *d, const struct cache_entry *e)
{
	static const char *const suffixes[] = { "csv", "json" };
	bool used = false;

	for (size_t i = 0; i < 2; i++) {
		char *path =
			mem_printf("%s/%s.%s", d->path, e->key, suffixes[i]);
		struct stat st;

		used |= lstat(path, &st) == 0 && stamp(&st) > e->used;
		free(path);
	}
	return used;
}

int cachedir_remove(const struct cachedir *d, struct cache_entry *e,
		    struct error *err)
{
	struct lock lock;
	enum lock_result result = lock_entry(d, e, &lock, err);
	int rc = 0;

	if (result != LOCK_TAKEN)
		return result == LOCK_FAILED ? -1 : 0;
	e->busy = was_used(d, e);
	if (!e->busy)
		rc = remove_parts(d, e->key, err);
	lock_release(&lock);
	return rc;
}

int cachedir_remove_version(const struct cachedir *d, struct error *err)
{
	static const char schema[] = "{\n  \"schema\": \"mptcptools-tshark/";
	char *path = mem_printf("%s/tshark-version.json", d->path);
	struct stat st;
	int rc = 0;

	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    begins_as(path, schema, sizeof(schema) - 1))
		rc = remove_file(path, err);
	free(path);
	return rc;
}
