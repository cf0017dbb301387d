/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cache/cache_write.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cache/manifest.h"
#include "cache/rowindex.h"
#include "os/tempfile.h"

enum {
	AT_ONCE = 128 * 1024 /* bytes written at once, about */
};

struct cache_writer {
	struct tempfile files[RUN_KINDS];
	struct rowindex_writer runs;
	char buffers[RUN_KINDS][AT_ONCE]; /* of the files' streams */
};

static const char *name_of(const struct cache *c, enum run_kind kind)
{
	return kind == RUN_PLACES ? c->places : c->csv;
}

static void drop_files(struct cache_writer *w)
{
	for (int k = 0; k < RUN_KINDS; k++)
		tempfile_drop(&w->files[k]);
}

int cache_begin(struct cache *c, struct error *err)
{
	struct cache_writer *w = mem_calloc(1, sizeof(*w));
	FILE *streams[RUN_KINDS];

	tempfile_sweep(c->csv);
	tempfile_sweep(c->places);
	tempfile_sweep(c->json);
	tempfile_sweep(c->index);
	tempfile_sweep(c->outline);
	for (enum run_kind k = 0; k < RUN_KINDS; k++) {
		if (tempfile_create(&w->files[k], name_of(c, k), err) < 0) {
			drop_files(w);
			free(w);
			return -1;
		}
		streams[k] = w->files[k].stream;
		setvbuf(streams[k], w->buffers[k], _IOFBF, AT_ONCE);
	}
	rowindex_writer_init(&w->runs, streams);
	c->writer = w;
	return 0;
}

void cache_put(struct cache *c, const struct row *row)
{
	rowindex_put(&c->writer->runs, row);
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
			      .csv_size = w->out[RUN_ROWS].size,
			      .places_size = w->out[RUN_PLACES].size };
	int rc = 0;

	rowindex_print(&w->runs, &index);
	m.info.tcp_packets = w->rows;
	m.csv_hash = manifest_digest(&m, index.text, index.len);
	rc = tempfile_write(c->index, index.text, index.len, "", err);
	if (rc == 0)
		rc = manifest_write(&m, c->json, err);
	c->rows_id = m.csv_hash;
	strbuf_release(&index);
	return rc;
}

/* Give rows and places their final names. */
static int commit_files(struct cache *c, struct error *err)
{
	struct cache_writer *w = c->writer;
	int rc = 0;

	rowindex_flush(&w->runs);
	if (w->runs.failed)
		return error_set_errno(err, EXIT_SYSTEM, w->runs.failed,
				       "cannot write '%s'", c->csv);
	for (int k = 0; k < RUN_KINDS && rc == 0; k++)
		rc = tempfile_commit(&w->files[k], TEMPFILE_NOSYNC, err);
	return rc;
}

int cache_commit(struct cache *c, const struct capture_info *info,
		 struct error *err)
{
	int rc = commit_files(c, err);

	if (rc == 0)
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
	drop_files(w);
	rowindex_writer_release(&w->runs);
	free(w);
	c->writer = NULL;
}
