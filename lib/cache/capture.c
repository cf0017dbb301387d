/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cache/capture.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int capture_open(struct capture *c, struct input *in, const char *path,
		 struct error *err)
{
	const struct reader *reader = NULL;

	*c = (struct capture){ .in = in,
			       .cache = CACHE_INIT,
			       .trouble = ERROR_INIT };
	if (source_open(&c->source, path, err) < 0)
		goto fail;
	reader = c->source.reader;
	if (in->whole_packets && !reader->has_packets) {
		error_set(err, EXIT_INPUT,
			  "'%s' is of mptcp-export: use its -c and -t on it",
			  path);
		goto fail;
	}
	if (!reader->is_slow)
		return 0;
	input_prepare(in);
	if (!in->only_cached && !input_tshark(in, err))
		goto fail;
	if (c->source.is_file && !in->no_cache)
		(void)!cache_open(&c->cache, in, &c->source, &c->trouble);
	return 0;
fail:
	source_close(&c->source);
	return -1;
}

/* Rows on their way from the reader to the caller, and to the cache. */
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

/* Keep what was written, unless the capture is another one by now. */
static void keep(struct capture *c, struct capture_info *info)
{
	if (source_has_changed(&c->source)) {
		cache_abandon(&c->cache);
		strlist_add(&info->warnings, "changed while it was read");
	} else if (cache_commit(&c->cache, info, &c->trouble) == 0) {
		info->rows_id = c->cache.rows_id;
	}
}

/* What the cache has not: read, and kept if possible. */
static int read_source(struct capture *c, struct read_job *job,
		       struct capture_info *info, struct error *err)
{
	const struct reader *reader = c->source.reader;
	struct tee tee = { .fn = job->fn, .ctx = job->ctx, .cache = &c->cache };
	int rc = 0;

	if (!c->cache.writer)
		return reader->read(job, info, err);
	job->fn = tee_row;
	job->ctx = &tee;
	rc = reader->read(job, info, err);
	if (rc == 0)
		keep(c, info);
	else
		cache_abandon(&c->cache);
	return rc;
}

/* Look, lock, look again: somebody else may have read it meanwhile. */
static enum cache_result ask_cache(struct capture *c,
				   const struct read_job *job,
				   struct capture_info *info, struct error *err)
{
	enum cache_result result =
		cache_read(&c->cache, job->fn, job->ctx, info, err);

	if (result != CACHE_MISS || !c->cache.source || c->in->only_cached)
		return result;
	if (cache_lock(&c->cache, &c->trouble) < 0)
		return CACHE_MISS;
	result = cache_read(&c->cache, job->fn, job->ctx, info, err);
	if (result == CACHE_MISS)
		(void)!cache_begin(&c->cache, &c->trouble);
	return result;
}

static bool warn_of_trouble(const struct capture *c, struct capture_info *info)
{
	if (c->trouble.kind == EXIT_OK)
		return false;
	strlist_addf(&info->warnings, "cannot use the cache: %s",
		     c->trouble.text);
	return true;
}

/* A TCP packet whose header makes no sense is one of TCP all the same. */
void capture_settle(struct capture_info *info)
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

int capture_read(struct capture *c, row_fn *fn, void *ctx,
		 struct capture_info *info, struct error *err)
{
	struct read_job job = {
		.in = c->in, .source = &c->source, .fn = fn, .ctx = ctx
	};
	enum cache_result result = CACHE_MISS;
	bool warned = false;
	int rc = 0;

	*info = (struct capture_info){ .path = mem_strdup(c->source.path) };
	result = ask_cache(c, &job, info, err);
	if (result == CACHE_ERROR)
		return -1;
	if (result == CACHE_MISS && c->in->only_cached &&
	    c->source.reader->is_slow)
		return error_set(err, EXIT_INPUT, "'%s' is not in the cache",
				 c->source.path);
	if (result == CACHE_MISS) {
		warned = warn_of_trouble(c, info);
		rc = read_source(c, &job, info, err);
	}
	lock_release(&c->cache.lock);
	if (rc < 0)
		return -1;
	if (result == CACHE_MISS && !warned)
		warn_of_trouble(c, info);
	capture_settle(info);
	return 0;
}

void capture_close(struct capture *c)
{
	cache_release(&c->cache);
	source_close(&c->source);
}
