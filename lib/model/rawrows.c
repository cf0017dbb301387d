/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/rawrows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "input/cache.h"
#include "model/streams.h"

struct load {
	struct rawrows *raw;
	struct packets *packets;
};

static int take(void *ctx, const struct row *row, struct error *err)
{
	struct load *l = ctx;
	struct rawrows *raw = l->raw;

	if (raw->n == raw->cap) {
		size_t cap = mem_grow(raw->cap, raw->n + 1);

		raw->stream = mem_realloc(raw->stream, cap, sizeof(uint32_t));
		raw->present = mem_realloc(raw->present, cap, sizeof(uint32_t));
		raw->hdr_len = mem_realloc(raw->hdr_len, cap, 1);
		raw->cap = cap;
	}
	raw->stream[raw->n] = row->stream;
	raw->present[raw->n] = row->present;
	raw->hdr_len[raw->n] = row->hdr_len;
	raw->n++;
	return packets_append(l->packets, row, err);
}

/* What packets_sort() will do: by time, by place where times are equal. */
static int by_time(const void *x, const void *y, void *times)
{
	const uint32_t *a = x, *b = y;
	const int64_t *time = times;

	if (time[*a] != time[*b])
		return time[*a] < time[*b] ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

static void find_places(struct rawrows *raw, const struct packets *p)
{
	uint32_t *order = NULL;
	size_t i = 1;

	while (i < p->n && p->time[i] >= p->time[i - 1])
		i++;
	if (i >= p->n)
		return;
	order = mem_calloc(p->n, sizeof(*order));
	raw->at = mem_calloc(p->n, sizeof(*raw->at));
	for (i = 0; i < p->n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, p->n, sizeof(*order), by_time, p->time);
	for (i = 0; i < p->n; i++)
		raw->at[order[i]] = (uint32_t)i;
	free(order);
}

int rawrows_load(struct rawrows *raw, struct trace *t, struct input *input,
		 const char *path, struct error *err)
{
	struct load l = { .raw = raw, .packets = &t->packets };

	trace_init(t, input);
	memset(raw, 0, sizeof(*raw));
	if (capture_read(input, path, take, &l, &t->info, err) < 0) {
		trace_release(t);
		rawrows_release(raw);
		return -1;
	}
	find_places(raw, &t->packets);
	trace_build(t);
	return 0;
}

int rawrows_load_some(struct rawrows *raw, struct trace *t, struct input *input,
		      const uint32_t *streams, size_t n, struct error *err)
{
	struct load l = { .raw = raw, .packets = &t->packets };
	struct cache_rows rows;
	int rc = capture_open_rows(input, t->info.path, t->info.rows_id, &rows);

	memset(raw, 0, sizeof(*raw));
	if (rc == 1) {
		rc = cache_rows_read(&rows, streams, n, take, &l, err);
		cache_rows_close(&rows);
	}
	if (rc != 1)
		return rc;
	find_places(raw, &t->packets);
	packets_sort(&t->packets);
	return streams_attach(t) == 0;
}

size_t rawrows_packet(const struct rawrows *raw, size_t k)
{
	return raw->at ? raw->at[k] : k;
}

void rawrows_get(const struct rawrows *raw, const struct trace *t, size_t k,
		 struct row *out)
{
	const struct packets *p = &t->packets;
	size_t i = rawrows_packet(raw, k);
	const struct stream *s = &t->streams[p->stream[i]];
	int reverse = !!(p->mark[i] & PACKET_REVERSE);
	const struct endpoint *from = reverse ? &s->server : &s->client;
	const struct endpoint *to = reverse ? &s->client : &s->server;

	out->present = raw->present[k];
	out->frame = p->frame[i];
	out->time = p->time[i];
	memcpy(out->src, from->address, sizeof(out->src));
	memcpy(out->dst, to->address, sizeof(out->dst));
	out->interface[0] = '\0';
	if (p->interface[i] < p->interfaces.n)
		memcpy(out->interface, p->interfaces.items[p->interface[i]],
		       strlen(p->interfaces.items[p->interface[i]]) + 1);
	out->sport = from->port;
	out->dport = to->port;
	out->stream = raw->stream[k];
	out->flags = p->flags[i];
	out->seq = p->seq[i];
	out->ack = p->ack[i];
	out->len = p->mark[i] & PACKET_KEEP_ALIVE ? 1 : p->len[i];
	out->window = p->window[i];
	out->ip_id = p->ip_id[i];
	out->ttl = p->ttl[i];
	out->hdr_len = raw->hdr_len[k];
	out->n_options = p->n_options[i];
	memcpy(out->options, packets_options(p, i), out->n_options);
}

void rawrows_release(struct rawrows *raw)
{
	free(raw->stream);
	free(raw->at);
	free(raw->present);
	free(raw->hdr_len);
	memset(raw, 0, sizeof(*raw));
}
