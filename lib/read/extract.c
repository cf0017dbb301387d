/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/extract.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/plural.h"
#include "base/strbuf.h"
#include "pcap/annotated.h"
#include "pcap/walk.h"
#include "read/convert.h"

enum {
	BLOCK = 256 * 1024, /* bytes written at once, about */
	LITTLE = 32 * 1024, /* bytes collected before writing */
	MUCH = 1024 * 1024  /* bytes that justify a system call of their own */
};

struct copier {
	struct pcap_walk walk;
	const struct frames *frames;
	const struct comments *comments; /* NULL: add none */
	struct outfile *out;
	struct strbuf waiting; /* not yet written */
	/* Spans whose places are still to be used; span == end: none. */
	const struct frame_span *span, *end;
	bool spans_only; /* nothing else is between packets */
	int fd;		 /* of the capture ... */
	off_t start;	 /* ... which begins there */
	uint64_t copied; /* packets */
};

static void flush(struct copier *c)
{
	/* Errors of writing are reported by outfile_commit(). */
	outfile_write(c->out, c->waiting.text, c->waiting.len);
	strbuf_clear(&c->waiting);
}

static void put(struct copier *c, const uint8_t *bytes, size_t n)
{
	if (n < LITTLE) {
		strbuf_append(&c->waiting, bytes, n);
		if (c->waiting.len >= BLOCK)
			flush(c);
		return;
	}
	flush(c);
	outfile_write(c->out, bytes, n);
}

/* Comments refer to the number of a packet in the output. */
static void put_annotated(struct copier *c, const struct pcap_record *record)
{
	const struct comment *list = NULL;
	size_t n = 0;

	if (record->kind == PCAP_PACKET)
		list = comments_find(c->comments, (uint32_t)c->copied + 1, &n);
	annotated_put(&c->waiting, &c->walk, record, list, n);
	if (c->waiting.len >= BLOCK)
		flush(c);
}

/* Copy the next record, if it is wanted; false: there is none. */
static bool copy_record(struct copier *c)
{
	struct pcap_record record;

	if (pcap_walk_next(&c->walk, &record) != PCAP_RECORD)
		return false;
	if (record.kind == PCAP_PACKET && !frames_has(c->frames, record.number))
		return true;
	if (c->comments)
		put_annotated(c, &record);
	else
		put(c, record.raw, record.n_raw);
	c->copied += record.kind == PCAP_PACKET;
	return true;
}

/* Copy the beginning of a long span without reading it. */
static uint64_t copy_much(struct copier *c, const struct frame_span *s)
{
	const uint64_t n = s->last_at - s->at;

	if (n < MUCH)
		return 0;
	flush(c);
	return outfile_copy(c->out, c->fd, c->start + (off_t)s->at, n);
}

/* Copy the next span; false: it is not there. */
static bool copy_span(struct copier *c)
{
	const struct frame_span *s = c->span++;
	const uint8_t *bytes = NULL;
	size_t n = 0;

	const uint64_t at = s->at + copy_much(c, s);

	if (!pcap_walk_go(&c->walk, at, s->first))
		return false;
	while ((n = pcap_walk_raw(&c->walk, s->last_at, &bytes)) > 0)
		put(c, bytes, n);
	c->copied += s->last - s->first;
	return pcap_walk_go(&c->walk, s->last_at, s->last) && copy_record(c);
}

static bool is_at_span(const struct copier *c)
{
	return c->walk.begun && c->span != c->end &&
	       (c->spans_only || pcap_walk_at(&c->walk) == c->span->at);
}

static void use_places(struct copier *c)
{
	const struct frames *frames = c->frames;

	if (c->comments || !frames_are_placed(frames) ||
	    !pcap_walk_can_go(&c->walk))
		return;
	c->span = frames->spans;
	c->end = frames->spans + frames->n_spans;
	c->spans_only = !c->walk.is_pcapng;
}

static void copy(struct copier *c)
{
	bool more = true;

	while (more && !c->out->failed) {
		more = is_at_span(c) ? copy_span(c) : copy_record(c);
		if (c->spans_only && c->span == c->end)
			more = false;
	}
	flush(c);
}

/* The native reader read it, unless it was converted for that. */
static bool is_known(const struct extract_job *job)
{
	const struct source *source = job->source;

	return job->was_walked ? pcap_walk_opens(source->fd, source->start)
			       : pcap_walk_is_known(source->fd, source->start);
}

/* Check that all packets were found. */
static int judge(const struct copier *c, const struct source *source,
		 struct error *err)
{
	if (c->out->failed)
		return 0; /* outfile_commit() reports it */
	if (source->is_file && !source_has_stayed(source))
		return error_set(err, EXIT_INPUT,
				 "'%s' changed while it was read",
				 source->path);
	if (c->copied == c->frames->picked)
		return 0;
	return error_set(err, EXIT_INPUT,
			 "'%s': only %" PRIu64 " of %" PRIu64
			 " packet%s found again: it changed, or has blocks "
			 "that only Wireshark reads",
			 source->path, c->copied, c->frames->picked,
			 plural(c->frames->picked));
}

int extract_packets(struct input *in, const struct extract_job *job,
		    struct error *err)
{
	const struct source *source = job->source;
	struct copier c = { .frames = job->frames,
			    .comments = job->comments,
			    .out = job->out,
			    .waiting = STRBUF_INIT };
	int fd = source->fd, converted = -1, rc = 0;
	off_t start = source->start;

	if (!is_known(job)) {
		fd = converted = convert_to_pcapng(in, source, err);
		start = 0;
		if (converted < 0)
			return -1;
	}
	c.fd = fd;
	c.start = start;
	if (pcap_walk_open(&c.walk, fd, start) == 0) {
		if (converted < 0)
			use_places(&c);
		copy(&c);
	}
	rc = judge(&c, source, err);
	pcap_walk_close(&c.walk);
	strbuf_release(&c.waiting);
	if (converted >= 0)
		close(converted);
	return rc;
}
