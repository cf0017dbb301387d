/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "input/cache.h"
#include "input/csvfile.h"
#include "input/tshark.h"
#include "os/file.h"
#include "os/proc.h"

enum {
	JOB_PACKETS = 20000, /* what tshark takes about half a second for */
	JOBS_MAX = 16
};

/* A capture as it was found before reading. */
struct source {
	int fd;	    /* for tshark's stdin, or -1 */
	int owned;  /* fd is to be closed */
	int is_csv; /* fd is to be read as comma-separated values */
	int cacheable;
	struct file_id id; /* when cacheable */
};

/* Names that mean something else in another process. */
static int is_special(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0 ||
	       strncmp(path, "/proc/", 6) == 0;
}

/* Waits for the first byte; a writer that closes without one sent nothing. */
static int is_empty_pipe(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
	return (p.revents & POLLHUP) && !(p.revents & POLLIN);
}

static int source_open(struct source *s, const char *path, struct error *err)
{
	int is_stdin = strcmp(path, "-") == 0, regular = 0, fd = -1;
	struct stat st;

	*s = (struct source){ .fd = -1 };
	if ((is_stdin ? fstat(STDIN_FILENO, &st) : stat(path, &st)) < 0)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot read '%s'", path);
	if (S_ISDIR(st.st_mode))
		return error_set(err, EXIT_INPUT,
				 "'%s' is a directory, not a capture", path);
	regular = S_ISREG(st.st_mode);
	fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot read '%s'", path);
	s->fd = fd;
	s->owned = !is_stdin;
	if ((regular && st.st_size == 0) ||
	    (S_ISFIFO(st.st_mode) && is_empty_pipe(fd))) {
		error_set(err, EXIT_INPUT, "'%s' is empty", path);
		return -1;
	}
	s->is_csv = csvfile_recognise(fd);
	if (regular && !s->is_csv && !is_stdin && !is_special(path)) {
		s->cacheable = 1;
		file_id_from_stat(&s->id, &st);
		close(fd); /* that it opens is all we want to know */
		s->fd = -1;
		s->owned = 0;
	}
	return 0;
}

static void source_release(struct source *s)
{
	if (s->owned)
		close(s->fd);
}

/* Rows on their way from tshark to the caller, and to the cache. */
struct tee {
	row_fn *fn;
	void *ctx;
	struct cache *cache;
};

static int tee_row(void *ctx, const struct row *row, struct error *err)
{
	struct tee *tee = ctx;

	cache_put(tee->cache, row);
	return tee->fn(tee->ctx, row, err);
}

static int find_tshark(struct input *in, const char *dir, struct error *err)
{
	struct tshark *t = NULL;

	if (in->found)
		return 0;
	t = mem_calloc(1, sizeof(*t));
	if (tshark_find(t, in->tshark, dir, err) < 0) {
		free(t);
		return -1;
	}
	in->found = t;
	return 0;
}

int input_prepare(struct input *in, struct error *err)
{
	struct error cache_err = ERROR_INIT;
	char *dir = in->no_cache ? NULL
				 : cache_directory(in->cache_dir, &cache_err);
	int rc = find_tshark(in, dir, err);

	free(dir);
	return rc;
}

static void warn_cache(struct capture_info *info, const struct error *err)
{
	strlist_addf(&info->warnings, "cannot use the cache: %s", err->text);
}

/* Keep what was written, unless the capture is another one by now. */
static void keep(struct cache *c, struct capture_info *info)
{
	struct error cache_err = ERROR_INIT;
	struct file_id now = { .inode = 0 };
	struct stat st;

	if (stat(info->path, &st) == 0)
		file_id_from_stat(&now, &st);
	if (!file_id_equal(&now, &c->id)) {
		cache_abandon(c);
		strlist_add(&info->warnings, "changed while it was read");
	} else if (cache_commit(c, info, &cache_err) < 0) {
		warn_cache(info, &cache_err);
	} else {
		info->rows_id = c->rows_id;
	}
}

/* With a cache that opened: look, lock, look again, else run and store. */
static int read_cached(struct input *in, struct cache *c,
		       struct tshark_job *job, struct capture_info *info,
		       struct error *err)
{
	struct tee tee = { .fn = job->fn, .ctx = job->ctx, .cache = c };
	struct error cache_err = ERROR_INIT;
	int rc = 0;

	if (!in->refresh)
		rc = cache_read(c, job->fn, job->ctx, info, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (cache_lock(c, &cache_err) < 0) {
		warn_cache(info, &cache_err);
		return tshark_read(in->found, job, info, err);
	}
	if (!in->refresh)
		rc = cache_read(c, job->fn, job->ctx, info, err);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (cache_begin(c, &cache_err) < 0) {
		warn_cache(info, &cache_err);
		return tshark_read(in->found, job, info, err);
	}
	job->fn = tee_row;
	job->ctx = &tee;
	rc = tshark_read(in->found, job, info, err);
	if (rc == 0)
		keep(c, info);
	return rc;
}

/* Rows that the cache has, whichever tshark made them. */
static int read_only_cached(const struct input *in, const struct source *source,
			    const struct tshark_job *job,
			    struct capture_info *info, struct error *err)
{
	struct cache cache = { .lock = LOCK_INIT };
	char *dir = cache_directory(in->cache_dir, err);
	int rc = -1;

	if (dir && source->cacheable &&
	    cache_open(&cache, dir, job->path, &source->id, NULL, err) == 0)
		rc = cache_read(&cache, job->fn, job->ctx, info, err);
	if (rc == 0)
		error_set(err, EXIT_INPUT, "'%s' is not in the cache",
			  job->path);
	cache_release(&cache);
	free(dir);
	return rc == 1 ? 0 : -1;
}

/* A TCP packet whose header makes no sense is one of TCP all the same. */
static void count_malformed(struct capture_info *info)
{
	char *warning = NULL;
	size_t i = 0;

	info->tcp_packets += info->malformed;
	if (!info->malformed)
		return;
	warning = mem_printf("%llu TCP packets whose headers or times make no "
			     "sense are left out",
			     (unsigned long long)info->malformed);
	while (i < info->warnings.n &&
	       strcmp(info->warnings.items[i], warning) != 0)
		i++;
	if (i == info->warnings.n) /* an export may have said so */
		strlist_add(&info->warnings, warning);
	free(warning);
}

int capture_read(struct input *in, const char *path, row_fn *fn, void *ctx,
		 struct capture_info *info, struct error *err)
{
	struct tshark_job job = { .path = path,
				  .fn = fn,
				  .ctx = ctx,
				  .progress = in->progress,
				  .progress_ctx = in->progress_ctx };
	struct cache cache = { .lock = LOCK_INIT };
	struct error cache_err = ERROR_INIT;
	struct source source = { .fd = -1 };
	char *dir = NULL;
	int rc = -1;

	*info = (struct capture_info){ .path = mem_strdup(path) };
	if (source_open(&source, path, err) < 0)
		goto out;
	job.stdin_fd = source.fd;
	if (source.is_csv) {
		rc = csvfile_read(&job, info, err);
		goto out;
	}
	if (in->only_cached) {
		rc = read_only_cached(in, &source, &job, info, err);
		goto out;
	}
	if (!in->no_cache)
		dir = cache_directory(in->cache_dir, &cache_err);
	if (find_tshark(in, dir, err) < 0)
		goto out;
	job.workers = in->jobs ? in->jobs : proc_processors();
	if (job.workers > JOBS_MAX)
		job.workers = JOBS_MAX;
	job.least = in->job_packets ? in->job_packets : JOB_PACKETS;
	job.spool_dir = dir;
	if (in->no_cache || !source.cacheable) {
		rc = tshark_read(in->found, &job, info, err);
	} else if (!dir ||
		   cache_open(&cache, dir, path, &source.id,
			      in->found->version_text, &cache_err) < 0) {
		warn_cache(info, &cache_err);
		rc = tshark_read(in->found, &job, info, err);
	} else {
		rc = read_cached(in, &cache, &job, info, err);
	}
out:
	if (rc == 0)
		count_malformed(info);
	cache_release(&cache);
	source_release(&source);
	free(dir);
	return rc;
}

/* A name of a file that may be read again and again. */
static int is_regular(const char *path, struct stat *st)
{
	return strcmp(path, "-") != 0 && !is_special(path) &&
	       stat(path, st) == 0 && S_ISREG(st->st_mode);
}

static int cache_is_writable(const struct input *in)
{
	struct error ignored = ERROR_INIT;
	char *dir = cache_directory(in->cache_dir, &ignored);
	int yes = dir && access(dir, W_OK | X_OK) == 0;

	free(dir);
	return yes;
}

int capture_can_be_cached(const struct input *in, const char *path)
{
	struct stat st;
	int fd = -1, is_csv = 0;

	if (in->no_cache || !is_regular(path, &st) || !cache_is_writable(in))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	is_csv = csvfile_recognise(fd);
	close(fd);
	return !is_csv;
}

/* The cache of a capture that may be there, of whatever kind it is: or -1. */
static int open_stored(struct input *in, const char *path, struct cache *c)
{
	struct error ignored = ERROR_INIT;
	struct file_id id;
	struct stat st;
	char *dir = NULL;
	int rc = -1;

	*c = (struct cache){ .lock = LOCK_INIT };
	if (in->no_cache || !is_regular(path, &st))
		return -1;
	dir = cache_directory_name(in->cache_dir, &ignored);
	file_id_from_stat(&id, &st);
	if (dir && access(dir, X_OK) == 0 && in->only_cached)
		rc = cache_open(c, dir, path, &id, NULL, &ignored);
	else if (dir && access(dir, X_OK) == 0 &&
		 find_tshark(in, dir, &ignored) == 0)
		rc = cache_open(c, dir, path, &id, in->found->version_text,
				&ignored);
	free(dir);
	return rc;
}

int capture_open_rows(struct input *in, const char *path, uint64_t rows_id,
		      struct cache_rows *rows)
{
	struct cache cache;
	int rc = 0;

	if (in->refresh || open_stored(in, path, &cache) < 0)
		return 0;
	rc = cache_open_rows(&cache, rows);
	cache_release(&cache);
	if (rc && rows->rows_id != rows_id) {
		cache_rows_close(rows);
		rc = 0;
	}
	return rc;
}

int capture_read_listing(struct input *in, const char *path,
			 struct capture_info *info, char **text, size_t *n)
{
	struct cache cache;
	int rc = 0;

	*info = (struct capture_info){ .path = mem_strdup(path) };
	if (!in->refresh && open_stored(in, path, &cache) == 0) {
		rc = cache_read_listing(&cache, info, text, n);
		cache_release(&cache);
	}
	if (rc > 0)
		count_malformed(info);
	return rc;
}

void capture_write_listing(struct input *in, const struct capture_info *info,
			   const char *text, size_t n)
{
	struct error ignored = ERROR_INIT;
	struct cache cache;

	/* Without it the next one has more to do, and that is all. */
	if (info->rows_id && !in->only_cached &&
	    open_stored(in, info->path, &cache) == 0) {
		(void)!cache_write_listing(&cache, info->rows_id, text, n,
					   &ignored);
		cache_release(&cache);
	}
}

void capture_info_release(struct capture_info *info)
{
	free(info->path);
	strlist_release(&info->warnings);
	icmp_errors_release(&info->icmp);
	strlist_release(&info->interfaces);
	*info = (struct capture_info){ .path = NULL };
}

void input_release(struct input *in)
{
	if (in->found)
		tshark_release(in->found);
	free(in->found);
	in->found = NULL;
}
