/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/plural.h"
#include "cache/cache_write.h"
#include "cache/capture.h"

#include <stdlib.h>

#include "base/mem.h"
#include "read/tshark.h"

int capture_open(struct capture *c, struct input *in, const char *path,
		 struct error *err)
{
	const struct reader *reader = NULL;

	*c = (struct capture){ .in = in,
			       .cache = CACHE_INIT,
			       .trouble = ERROR_INIT };
	if (source_open(&c->source, path, in->reader, err) < 0)
		goto fail;
	reader = c->source.reader;
	if (in->whole_packets && !reader->has_packets) {
		error_set(err, EXIT_INPUT,
			  "'%s' is a CSV export: use mptcp-export -c or -t",
			  path);
		goto fail;
	}
	if (!reader->is_slow)
		return 0;
	input_prepare(in);
	if (!in->only_cached && in->reader != READER_CHOICE_NATIVE &&
	    !input_tshark(in, err))
		goto fail;
	if (c->source.is_file && !in->no_cache)
		(void)!cache_open(&c->cache, in, &c->source, &c->trouble);
	return 0;
fail:
	source_close(&c->source);
	return -1;
}

/* Passes rows from the reader to the caller and to the cache. */
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

/* Keep what was written, unless the capture has changed. */
static void keep(struct capture *c, struct capture_info *info)
{
	if (source_has_changed(&c->source)) {
		cache_abandon(&c->cache);
		strlist_add(&info->warnings, "changed while it was read");
	} else if (cache_commit(&c->cache, info, &c->trouble) == 0) {
		info->rows_id = c->cache.rows_id;
	}
}

/* Check, lock, check again: another process may have read it meanwhile. */
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

static void warn_of_trouble(const struct capture *c, struct capture_info *info)
{
	if (c->trouble.kind != EXIT_OK)
		strlist_addf(&info->warnings, "cannot use the cache: %s",
			     c->trouble.text);
}

/* TCP packets with invalid headers count as TCP packets. */
void capture_settle(struct capture_info *info)
{
	char *warning = NULL;

	info->tcp_packets += info->malformed;
	if (!info->malformed)
		return;
	warning = mem_printf("%llu TCP packet%s with an impossible header or "
			     "time %s left out",
			     (unsigned long long)info->malformed,
			     plural(info->malformed),
			     info->malformed == 1 ? "is" : "are");
	/* an export may contain it already */
	strlist_add_new(&info->warnings, warning);
	free(warning);
}

/* tshark has to read everything; the warning about the reason is kept. */
static enum capture_result give_up(struct capture *c, struct capture_info *info)
{
	for (size_t i = 0; i < info->warnings.n; i++)
		strlist_add(&c->said, info->warnings.items[i]);
	capture_info_release(info);
	c->source.reader = &tshark_reader;
	return CAPTURE_AGAIN;
}

/* Handle the result of reading or confirming. */
static enum capture_result settle(struct capture *c, enum reader_result result,
				  struct capture_info *info)
{
	if (result == READER_DONE)
		return CAPTURE_READ;
	reader_cancel(&c->job);
	cache_abandon(&c->cache);
	lock_release(&c->cache.lock);
	return result == READER_AGAIN ? give_up(c, info) : CAPTURE_FAILED;
}

/* Read what the cache lacks, and cache it if possible. */
static enum capture_result
read_source(struct capture *c, struct capture_info *info, struct error *err)
{
	struct tee tee = { .fn = c->job.fn,
			   .ctx = c->job.ctx,
			   .cache = &c->cache };

	if (c->cache.writer) {
		c->job.fn = tee_row;
		c->job.ctx = &tee;
	}
	for (size_t i = 0; i < c->said.n; i++)
		strlist_add(&info->warnings, c->said.items[i]);
	strlist_release(&c->said);
	return settle(c, c->source.reader->read(&c->job, info, err), info);
}

enum capture_result capture_read(struct capture *c, row_fn *fn, void *ctx,
				 struct capture_info *info, struct error *err)
{
	enum cache_result cached = CACHE_MISS;

	c->job = (struct read_job){
		.in = c->in, .source = &c->source, .fn = fn, .ctx = ctx
	};
	*info = (struct capture_info){ .path = mem_strdup(c->source.path) };
	cached = ask_cache(c, &c->job, info, err);
	if (cached == CACHE_ERROR)
		return CAPTURE_FAILED;
	if (cached == CACHE_HIT)
		return CAPTURE_READ;
	if (c->in->only_cached && c->source.reader->is_slow) {
		error_set(err, EXIT_INPUT, "'%s' is not in the cache",
			  c->source.path);
		return CAPTURE_FAILED;
	}
	return read_source(c, info, err);
}

enum capture_result
capture_confirm(struct capture *c, struct capture_info *info, struct error *err)
{
	enum capture_result result =
		settle(c, reader_confirm(&c->job, info, err), info);

	if (result != CAPTURE_READ)
		return result;
	if (c->cache.writer)
		keep(c, info);
	lock_release(&c->cache.lock);
	if (!info->from_cache)
		warn_of_trouble(c, info);
	capture_settle(info);
	return CAPTURE_READ;
}

void capture_close(struct capture *c)
{
	reader_cancel(&c->job);
	strlist_release(&c->said);
	cache_release(&c->cache);
	source_close(&c->source);
}
