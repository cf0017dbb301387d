/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/capture_file.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "os/parallel.h"

/* The state of reading all files in several threads. */
struct file_reading {
	struct input *in;
	struct capture_file *const *files;
	size_t n;
	struct trace *trace;
	struct exact_rows *exact;
	pthread_mutex_t mutex; /* protects the following, and the trace */
	size_t next;	       /* file whose packets are appended next */
	uint32_t base;	       /* first number that no TCP stream uses yet */
	uint64_t told;	       /* progress */
	size_t failed;	       /* first file that failed; n: none */
	struct error err;
};

/* Report the progress of all files together. */
static void tell_progress(void *ctx, uint64_t packets)
{
	struct capture_file *file = ctx;
	struct file_reading *r = file->reading;
	const struct input *in = r->in;

	pthread_mutex_lock(&r->mutex);
	r->told += packets - file->told;
	file->told = packets;
	in->progress(in->progress_ctx, r->told);
	pthread_mutex_unlock(&r->mutex);
}

int capture_file_open(struct capture_file *file, const struct input *in,
		      struct error *err)
{
	if (file->is_open)
		return 0;
	file->in = mem_calloc(1, sizeof(*file->in));
	*file->in = *in;
	if (file->reading && in->progress) {
		file->in->progress = tell_progress;
		file->in->progress_ctx = file;
	}
	if (capture_open(&file->capture, file->in, file->path, err) < 0) {
		free(file->in);
		return -1;
	}
	file->is_open = true;
	return 0;
}

void capture_file_shut(struct capture_file *file, bool for_good)
{
	if (!file->is_open || (!for_good && !file->capture.source.is_file))
		return;
	capture_close(&file->capture);
	free(file->in);
	file->is_open = false;
}

static int take_row(void *ctx, const struct row *row, struct error *err)
{
	struct capture_file *file = ctx;

	if (file->reading->exact)
		exact_rows_append(&file->exact, row);
	return packets_append(&file->packets, row, err);
}

static int read_file(struct capture_file *file, const struct input *in,
		     struct error *err)
{
	enum capture_result result = CAPTURE_AGAIN;

	if (capture_file_open(file, in, err) < 0)
		return -1;
	file->id = file->capture.source.id;
	while (result == CAPTURE_AGAIN) {
		packets_clear(&file->packets);
		exact_rows_release(&file->exact);
		result = capture_read(&file->capture, take_row, file,
				      &file->info, err);
		if (result == CAPTURE_READ)
			result = capture_confirm(&file->capture, &file->info,
						 err);
	}
	capture_file_shut(file, false);
	if (file->is_open)
		file->in->progress = NULL;
	return result == CAPTURE_READ ? 0 : -1;
}

/*
 * Append its packets to those of the files before it, with stream numbers that
 * no other file uses.
 */
static int take_file(struct file_reading *r, struct capture_file *file)
{
	struct packets *p = &r->trace->packets;
	const uint32_t base = r->base;

	file->first = p->n;
	file->n = file->packets.n;
	for (size_t i = 0; i < file->packets.n_streams; i++) {
		uint32_t next = base + file->packets.streams[i].tcp_stream + 1;

		if (next > r->base)
			r->base = next;
	}
	if (r->exact)
		exact_rows_take(r->exact, &file->exact, base);
	return packets_take(p, &file->packets, base, &r->err);
}

/* Read one file; then append all files whose turn it is. */
static void read_one(void *ctx, size_t i)
{
	struct file_reading *r = ctx;
	struct capture_file *file = r->files[i];
	struct error err = ERROR_INIT;
	bool go_on = false;
	int rc = 0;

	pthread_mutex_lock(&r->mutex);
	go_on = r->failed == r->n;
	pthread_mutex_unlock(&r->mutex);
	if (!go_on)
		return;
	rc = read_file(file, r->in, &err);
	pthread_mutex_lock(&r->mutex);
	file->is_read = rc == 0;
	if (rc < 0 && i < r->failed) {
		r->failed = i;
		r->err = err;
	}
	while (r->next < r->failed && r->files[r->next]->is_read) {
		if (take_file(r, r->files[r->next]) < 0)
			r->failed = r->next;
		r->next++;
	}
	pthread_mutex_unlock(&r->mutex);
}

int capture_files_read(struct capture_file *const *files, size_t n,
		       struct input *in, struct trace *trace,
		       struct exact_rows *exact, struct error *err)
{
	struct file_reading r = { .in = in,
				  .files = files,
				  .n = n,
				  .trace = trace,
				  .exact = exact,
				  .failed = n,
				  .err = ERROR_INIT };

	pthread_mutex_init(&r.mutex, NULL);
	for (size_t i = 0; i < n; i++)
		files[i]->reading = &r;
	parallel_each(input_jobs(in), n, read_one, &r);
	for (size_t i = 0; i < n; i++)
		files[i]->reading = NULL;
	pthread_mutex_destroy(&r.mutex);
	if (r.failed == n)
		return 0;
	*err = r.err;
	return -1;
}

void capture_file_release(struct capture_file *file)
{
	capture_file_shut(file, true);
	packets_release(&file->packets);
	exact_rows_release(&file->exact);
	capture_info_release(&file->info);
	free(file->path);
}
