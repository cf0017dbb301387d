/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any packets: what is found in clusters is what is found in all. */
#include "fuzz.h"
#include "load/clusters.h"
#include "load/merge.h"
#include "load/outline.h"
#include "model/account.h"
#include "rows.h"

static void load(struct trace *t, const uint8_t *data, size_t size,
		 const uint8_t *streams)
{
	struct row row = { .frame = 0 };
	size_t at = 0, taken = 0, n = 0;

	trace_init(t, 1);
	row.time = ROWS_BEGIN;
	while (n < ROWS_MAX &&
	       (taken = take_record(data + at, size - at, &row)) > 0) {
		at += taken;
		n++;
		if (!streams || streams[row.stream])
			PROMISE(packets_append(&t->packets, &row, NULL) == 0);
	}
}

/* In batches of so many packets. */
static void collect(struct clusters *clusters, const uint8_t *data, size_t size,
		    size_t batch)
{
	struct row row = { .frame = 0 };
	struct packets p;
	size_t at = 0, taken = 0, n = 0;

	packets_init(&p);
	row.time = ROWS_BEGIN;
	while (n++ < ROWS_MAX &&
	       (taken = take_record(data + at, size - at, &row)) > 0) {
		at += taken;
		if (p.n == batch) {
			clusters_take(clusters, &p);
			packets_clear(&p);
		}
		PROMISE(packets_append(&p, &row, NULL) == 0);
	}
	clusters_take(clusters, &p);
	clusters_settle(clusters);
	packets_release(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct clusters clusters = { .n = 0 };
	struct strbuf text[2] = { STRBUF_INIT, STRBUF_INIT };
	struct trace whole, merged, part;
	size_t batch = size ? 1 + data[0] : 1;

	if (size)
		data++, size--;
	load(&whole, data, size, NULL);
	trace_build(&whole);
	account_all(&whole);
	outline_print(&whole, &text[0]);
	collect(&clusters, data, size, batch);
	trace_init(&merged, 1);
	for (size_t i = 0, end = 0; i < clusters.n; i = end) {
		uint8_t streams[16] = { 0 };

		for (end = i;
		     end < clusters.n && clusters.streams[end].cluster ==
						 clusters.streams[i].cluster;
		     end++)
			streams[clusters.streams[end].tcp_stream] = 1;
		load(&part, data, size, streams);
		trace_build(&part);
		account_all(&part);
		merge_adopt(&merged, &part);
		trace_release(&part);
	}
	if (merged.n_streams)
		merge_finish(&merged);
	outline_print(&merged, &text[1]);
	PROMISE(text[0].len == text[1].len &&
		memcmp(text[0].text, text[1].text, text[0].len) == 0);
	strbuf_release(&text[0]);
	strbuf_release(&text[1]);
	clusters_release(&clusters);
	trace_release(&whole);
	trace_release(&merged);
	return 0;
}
