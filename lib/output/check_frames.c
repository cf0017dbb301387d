/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames that verdicts and violated rules name: as a display filter, and with
 * the packets around them.
 */
#include "output/check_frames.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/sort.h"
#include "output/human.h"
#include "output/option_text.h"

/* The frames that a row names. */
static const uint32_t *frames_of(const struct check_row *r, size_t *n)
{
	*n = r->verdict ? r->verdict->n_frames : r->finding->n_frames;
	return r->verdict ? r->verdict->frames : r->finding->frames;
}

/* The filter. */

struct filter {
	bool of_files; /* the capture consists of several files */
	const struct origins *origins;
	uint32_t *numbers; /* of packets in the capture */
	size_t n, cap;
};

static void *filter_open(const struct report_options *options,
			 const struct pick *picks, size_t n)
{
	(void)options;
	(void)picks;
	(void)n;
	return mem_calloc(1, sizeof(struct filter));
}

static void filter_capture(void *state, const struct capture_info *info)
{
	struct filter *f = state;

	f->of_files |= info->origins.paths.n > 0;
}

static void filter_row(void *state, int level, const struct row_type *type,
		       const void *row)
{
	struct filter *f = state;
	const struct check_row *r = row;
	const uint32_t *frames = NULL;
	size_t n = 0;

	(void)level;
	if (type != &check_verdict && type != &check_result)
		return;
	f->origins = &r->context->trace->info.origins;
	frames = frames_of(r, &n);
	for (size_t i = 0; i < n; i++)
		*MEM_PUSH(f->numbers, f->n, f->cap) = frames[i];
}

/* The frame numbers in file "path", or in the only file. */
static void print_filter(const struct filter *f, const char *path)
{
	uint32_t *frames = mem_calloc(f->n + 1, sizeof(*frames));
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct origin o = origins_find(f->origins, f->numbers[i]);

		if (o.path == path)
			frames[n++] = o.frame;
	}
	sort_uint32(frames, n);
	if (n && path)
		printf("%s\t", path);
	for (size_t i = 0; i < n; i++)
		if (!i || frames[i] != frames[i - 1])
			printf("%s%" PRIu32, i ? ", " : "frame.number in {",
			       frames[i]);
	if (n)
		puts("}");
	free(frames);
}

static void filter_close(void *state)
{
	const struct filter *f = state;

	if (!f->n) {
		warnx("the filter matches nothing: no verdict or violated rule "
		      "names a frame");
		/* An empty display filter would match all frames. */
		if (!f->of_files)
			puts("frame.number == 0");
		return;
	}
	if (!f->origins->paths.n)
		print_filter(f, NULL);
	for (size_t i = 0; i < f->origins->paths.n; i++)
		print_filter(f, f->origins->paths.items[i]);
}

static void filter_free(void *state)
{
	struct filter *f = state;

	free(f->numbers);
	free(f);
}

const struct sink sink_check_filter = { .open = filter_open,
					.capture = filter_capture,
					.row = filter_row,
					.close = filter_close,
					.free = filter_free };

/* Packets around frames. */

static bool is_named(uint32_t frame, const uint32_t *frames, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (frames[i] == frame)
			return true;
	return false;
}

static void say_packet(const struct check_context *c, uint32_t i, bool named)
{
	const struct trace *t = c->trace;
	const struct packets *p = &t->packets;
	struct strbuf line = STRBUF_INIT;

	strbuf_printf(&line, "    %s frame %s, %.6f s, tcp %" PRIu32 " to %s: ",
		      named ? ">" : "-",
		      origins_text(&t->info.origins, p->frame[i]).text,
		      (double)(p->time[i] - t->info.first_time) / 1e9,
		      t->streams[p->stream[i]].tcp_stream,
		      ledger_direction(t, i) == TO_SERVER ? "server"
							  : "client");
	packet_put(&line, p, i);
	packet_put_options(&line, p, i);
	human_say(&line, 4);
	strbuf_release(&line);
}

/* Print packets [from, to) of the connection. */
static void say_packets(const struct check_context *c, size_t from, size_t to,
			const uint32_t *frames, size_t n)
{
	for (size_t k = from; k < to; k++) {
		const uint32_t i = c->ledger.packets[k];

		say_packet(c, i,
			   is_named(c->trace->packets.frame[i], frames, n));
	}
}

/*
 * The packets around a frame begin after those around the previous one, if
 * they overlap.
 */
void check_say_context(const struct check_row *r, size_t around)
{
	const struct check_context *c = r->context;
	const struct ledger *l = &c->ledger;
	size_t n = 0, said = 0;
	const uint32_t *frames = frames_of(r, &n);
	bool any = false;

	for (size_t k = 0; n && k < l->n_packets; k++) {
		size_t from = k > around ? k - around : 0;
		size_t to = k + around + 1;

		if (!is_named(c->trace->packets.frame[l->packets[k]], frames,
			      n))
			continue;
		from = from > said ? from : said;
		to = to < l->n_packets ? to : l->n_packets;
		if (any && from > said)
			puts("      ...");
		say_packets(c, from, to, frames, n);
		said = to;
		any = true;
	}
}
