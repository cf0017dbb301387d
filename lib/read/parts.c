/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "pcap/standalone.h"
#include "pcap/walk.h"

enum {
	MARKS = 8192, /* places where it could be cut */
	FIRST = 20,   /* size of the first part, of which the next has 1 more,
			 and so on */
	PACKET_MAX = 262144, /* bytes; Wireshark takes no larger ones */
	COPY = 1 << 18
};

struct mark {
	uint64_t packet, offset;
};

struct scan {
	uint64_t packets;
	uint64_t size;	    /* of the file */
	struct mark *marks; /* of every "step"th packet */
	size_t n_marks;
	uint64_t step;
	struct parts *parts;
};

static void note_packet(struct scan *s, uint64_t offset)
{
	if (s->packets % s->step == 0) {
		if (s->n_marks == MARKS) {
			for (size_t i = 0; i < MARKS / 2; i++)
				s->marks[i] = s->marks[2 * i];
			s->n_marks /= 2;
			s->step *= 2;
		}
		if (s->packets % s->step == 0)
			s->marks[s->n_marks++] =
				(struct mark){ s->packets, offset };
	}
	s->packets++;
}

static void note_header(struct scan *s, uint64_t from, uint64_t to)
{
	struct parts *p = s->parts;

	*MEM_PUSH(p->headers, p->n_headers, p->cap_headers) =
		(struct extent){ from, to };
}

/* -1: the file cannot be cut with this in it. */
static int take_record(struct scan *s, const struct pcap_record *r)
{
	switch (r->kind) {
	case PCAP_SECTION:
		if (r->from > 0)
			return -1; /* what is before it would be needed, too */
		note_header(s, r->from, r->to);
		return 0;
	case PCAP_INTERFACE: note_header(s, r->from, r->to); return 0;
	case PCAP_PACKET:
		note_packet(s, r->from);
		return r->captured <= r->length && r->captured <= PACKET_MAX &&
				       standalone_packet(r->link, r->bytes,
							 r->n)
			       ? 0
			       : -1;
	case PCAP_NOTE: return 0;
	case PCAP_OLD_PACKET:
	case PCAP_UNKNOWN: break;
	}
	return -1;
}

static int scan_file(struct scan *s, int fd)
{
	struct pcap_walk walk;
	struct pcap_record record;
	int rc = pcap_walk_open(&walk, fd) == 0 ? 1 : -1;

	s->size = walk.size;
	while (rc > 0) {
		rc = pcap_walk_next(&walk, &record);
		if (rc > 0 && take_record(s, &record) < 0)
			rc = -1;
	}
	pcap_walk_close(&walk);
	return rc;
}

/* The first packet of part k of n. */
static uint64_t first_of(const struct scan *s, size_t k, size_t n)
{
	uint64_t all = n * FIRST + n * (n - 1) / 2;
	uint64_t before = k ? k * FIRST + k * (k - 1) / 2 : 0;

	return s->packets / all * before + s->packets % all * before / all;
}

static void cut(struct parts *parts, const struct scan *s, size_t n)
{
	size_t m = 0;

	parts->items = mem_calloc(n, sizeof(*parts->items));
	for (size_t k = 0; k < n; k++) {
		struct part *part = &parts->items[parts->n];

		while (m < s->n_marks && s->marks[m].packet < first_of(s, k, n))
			m++;
		if (m == s->n_marks ||
		    (parts->n && part[-1].before == s->marks[m].packet))
			break;
		part->before = s->marks[m].packet;
		part->extent.from = s->marks[m].offset;
		parts->n++;
	}
	for (size_t k = 0; k < parts->n; k++) {
		struct part *part = &parts->items[k];
		bool last = k + 1 == parts->n;

		part->packets =
			(last ? s->packets : part[1].before) - part->before;
		part->extent.to = last ? s->size : part[1].extent.from;
	}
}

size_t parts_find(struct parts *parts, int fd, size_t wanted, uint64_t least)
{
	struct scan s = { .step = 1, .parts = parts };
	struct stat st;
	uint64_t n = 1;

	*parts = (struct parts){ .items = NULL };
	/* No TCP packet takes less than 40 bytes, nor a record less than 56. */
	if (wanted < 2 || !least || fstat(fd, &st) < 0 ||
	    !S_ISREG(st.st_mode) || (uint64_t)st.st_size / 56 / least < 2)
		return 1;
	s.marks = mem_calloc(MARKS, sizeof(*s.marks));
	if (scan_file(&s, fd) == 0) {
		n = s.packets / least < wanted ? s.packets / least : wanted;
		if (n > 1)
			cut(parts, &s, n);
	}
	free(s.marks);
	return parts->n > 1 ? parts->n : 1;
}

void parts_release(struct parts *parts)
{
	free(parts->items);
	free(parts->headers);
	*parts = (struct parts){ .items = NULL };
}

static int copy(const struct extent *x, int fd, int out, char *buf)
{
	uint64_t at = x->from;

	while (at < x->to) {
		size_t want = x->to - at < COPY ? (size_t)(x->to - at) : COPY;
		ssize_t got = pread(fd, buf, want, (off_t)at), done = 0;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got ? errno : EIO; /* it shrank */
			return -1;
		}
		while (done < got) {
			ssize_t n =
				write(out, buf + done, (size_t)(got - done));

			if (n < 0 && errno != EINTR)
				return -1;
			done += n > 0 ? n : 0;
		}
		at += (uint64_t)got;
	}
	return 0;
}

int parts_write(const struct parts *parts, size_t i, int fd, int out)
{
	const struct part *part = &parts->items[i];
	char *buf = mem_realloc(NULL, COPY, 1);
	int rc = 0;

	for (size_t k = 0; rc == 0 && k < parts->n_headers; k++)
		if (parts->headers[k].to <= part->extent.from)
			rc = copy(&parts->headers[k], fd, out, buf);
	if (rc == 0)
		rc = copy(&part->extent, fd, out, buf);
	free(buf);
	return rc;
}
