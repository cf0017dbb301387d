/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/exact_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void grow(struct exact_rows *exact, size_t n)
{
	size_t cap = mem_grow(exact->cap, n);

	exact->stream = mem_realloc(exact->stream, cap, sizeof(uint32_t));
	exact->present = mem_realloc(exact->present, cap, sizeof(uint32_t));
	exact->hdr_len = mem_realloc(exact->hdr_len, cap, 1);
	exact->packet_type =
		mem_realloc(exact->packet_type, cap, sizeof(uint16_t));
	exact->cap = cap;
}

void exact_rows_append(struct exact_rows *exact, const struct row *row)
{
	if (exact->n == exact->cap)
		grow(exact, exact->n + 1);
	exact->stream[exact->n] = row->stream;
	exact->present[exact->n] = row->present;
	exact->hdr_len[exact->n] = row->hdr_len;
	exact->packet_type[exact->n] = row->packet_type;
	exact->n++;
}

void exact_rows_take(struct exact_rows *exact, struct exact_rows *from,
		     uint32_t base)
{
	const size_t n = exact->n;

	if (exact->cap < n + from->n)
		grow(exact, n + from->n);
	for (size_t k = 0; k < from->n; k++) {
		exact->stream[n + k] = from->stream[k] + base;
		exact->present[n + k] = from->present[k];
		exact->hdr_len[n + k] = from->hdr_len[k];
		exact->packet_type[n + k] = from->packet_type[k];
	}
	exact->n += from->n;
	exact_rows_release(from);
}

void exact_rows_rearrange(struct exact_rows *exact, const uint32_t *order,
			  const uint32_t *numbers)
{
	struct exact_rows before = *exact;
	const size_t n = before.n;

	*exact = (struct exact_rows){ .n = n, .cap = n };
	exact->stream = mem_calloc(n + 1, sizeof(*exact->stream));
	exact->present = mem_calloc(n + 1, sizeof(*exact->present));
	exact->hdr_len = mem_calloc(n + 1, sizeof(*exact->hdr_len));
	exact->packet_type = mem_calloc(n + 1, sizeof(*exact->packet_type));
	for (size_t i = 0; i < n; i++) {
		exact->stream[i] = numbers[i];
		exact->present[i] = before.present[order[i]];
		exact->hdr_len[i] = before.hdr_len[order[i]];
		exact->packet_type[i] = before.packet_type[order[i]];
	}
	exact_rows_release(&before);
}

/* The order that packets_sort() will create: by time, then by place. */
static int by_time(const void *x, const void *y, void *times)
{
	const uint32_t *a = x, *b = y;
	const int64_t *time = times;

	if (time[*a] != time[*b])
		return time[*a] < time[*b] ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

void exact_rows_settle(struct exact_rows *exact, const struct packets *p)
{
	uint32_t *order = NULL;
	size_t i = 1;

	while (i < p->n && p->time[i] >= p->time[i - 1])
		i++;
	if (i >= p->n)
		return;
	order = mem_calloc(p->n, sizeof(*order));
	exact->at = mem_calloc(p->n, sizeof(*exact->at));
	for (i = 0; i < p->n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, p->n, sizeof(*order), by_time, p->time);
	for (i = 0; i < p->n; i++)
		exact->at[order[i]] = (uint32_t)i;
	free(order);
}

size_t exact_rows_packet(const struct exact_rows *exact, size_t k)
{
	return exact->at ? exact->at[k] : k;
}

void exact_rows_get(const struct exact_rows *exact, const struct trace *t,
		    size_t k, struct row *out)
{
	const struct packets *p = &t->packets;
	size_t i = exact_rows_packet(exact, k);
	const struct stream *s = &t->streams[p->stream[i]];
	bool reverse = p->mark[i] & PACKET_REVERSE;
	const struct endpoint *from = reverse ? &s->server : &s->client;
	const struct endpoint *to = reverse ? &s->client : &s->server;

	row_clear(out);
	out->present = exact->present[k];
	out->frame = p->frame[i];
	out->time = p->time[i];
	out->src = from->address;
	out->dst = to->address;
	if (p->interface[i] < p->interfaces.n)
		memcpy(out->interface, p->interfaces.items[p->interface[i]],
		       strlen(p->interfaces.items[p->interface[i]]) + 1);
	out->sport = from->port;
	out->dport = to->port;
	out->stream = exact->stream[k];
	out->flags = p->flags[i];
	out->seq = p->seq[i];
	out->ack = p->ack[i];
	out->len = p->mark[i] & PACKET_KEEP_ALIVE ? 1 : p->len[i];
	out->window = p->window[i];
	out->ip_id = p->ip_id[i];
	out->ttl = p->ttl[i];
	out->hdr_len = exact->hdr_len[k];
	out->packet_type = exact->packet_type[k];
	out->n_options = p->n_options[i];
	memcpy(out->options, packets_options(p, i), out->n_options);
}

void exact_rows_release(struct exact_rows *exact)
{
	free(exact->stream);
	free(exact->at);
	free(exact->present);
	free(exact->hdr_len);
	free(exact->packet_type);
	memset(exact, 0, sizeof(*exact));
}
