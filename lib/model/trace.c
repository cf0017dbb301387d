/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "model/connections.h"
#include "model/numbers.h"
#include "model/seats.h"
#include "model/streams.h"
#include "model/vantage.h"

void trace_init(struct trace *t, unsigned threads)
{
	memset(t, 0, sizeof(*t));
	packets_init(&t->packets);
	t->threads = threads;
}

unsigned trace_threads(const struct trace *t)
{
	return t->packets.n < TRACE_MANY ? 1 : t->threads;
}

void trace_build(struct trace *t)
{
	packets_sort(&t->packets);
	if (!t->packets.n)
		return;
	streams_build(t);
	connections_build(t);
	vantage_gather(t);
}

void trace_release(struct trace *t)
{
	connections_release(t->connections, t->n_connections);
	streams_release(t->streams, t->n_streams);
	seats_free(t->seats);
	free(t->order);
	packets_release(&t->packets);
	capture_info_release(&t->info);
	memset(t, 0, sizeof(*t));
}

size_t trace_set_apart(struct trace *t, struct stream *s, enum packet_mark mark)
{
	uint32_t *order = t->order + s->first;
	uint32_t *apart = mem_calloc(s->n + 1, sizeof(*apart));
	size_t kept = 0, n = 0;

	for (size_t k = 0; k < s->n; k++)
		if (t->packets.mark[order[k]] & mark)
			apart[n++] = order[k];
		else
			order[kept++] = order[k];
	memcpy(order + kept, apart, n * sizeof(*apart));
	free(apart);
	s->n = kept;
	return n;
}

size_t trace_connection_packets(const struct trace *t,
				const struct connection *conn)
{
	size_t packets = 0;

	for (size_t k = 0; k < conn->n_subflows; k++)
		packets += trace_subflow(t, conn, k)->n;
	return packets;
}

const struct stream *trace_find_stream(const struct trace *t,
				       uint32_t tcp_stream)
{
	for (size_t i = 0; i < t->n_streams; i++) {
		const struct stream *s = &t->streams[i];

		if (s->tcp_stream == tcp_stream)
			return s;
		for (size_t k = 0; k < s->n_also; k++)
			if (s->also[k] == tcp_stream)
				return s;
	}
	return NULL;
}

char *trace_absence(const struct trace *t)
{
	if (t->info.options_cut)
		return mem_strdup("cannot tell whether there is Multipath TCP "
				  "in this capture: options are cut");
	for (size_t i = 0; i < t->n_streams; i++)
		if (t->streams[i].bad_option)
			return mem_printf(
				"no Multipath TCP connection in this capture, "
				"but a malformed MPTCP option (frame %s)",
				origins_text(&t->info.origins,
					     t->streams[i].bad_option)
					.text);
	return mem_strdup("no Multipath TCP in this capture");
}

char *trace_filter(const struct trace *t, const struct connection *conn)
{
	struct strbuf out = STRBUF_INIT;
	struct numbers numbers = { .items = NULL };

	numbers_add_connection(&numbers, t, conn);
	numbers_sort(&numbers);
	strbuf_puts(&out, "tcp.stream in {");
	for (size_t k = 0; k < numbers.n; k++) {
		if (k)
			strbuf_putc(&out, ',');
		strbuf_decimal(&out, numbers.items[k]);
	}
	strbuf_putc(&out, '}');
	numbers_release(&numbers);
	return strbuf_detach(&out);
}
