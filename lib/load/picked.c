/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/picked.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "os/tempfile.h"
#include "read/extract.h"
#include "read/mergecap.h"

void picked_release(struct picked *p)
{
	for (size_t i = 0; i < p->n; i++)
		frames_release(&p->files[i]);
	free(p->files);
	*p = (struct picked){ .n = 0 };
}

/* For several files, whose packets are all in the trace. */
static void find_in_files(struct picked *p, const struct session *s,
			  const uint8_t *streams, bool others)
{
	const struct packets *packets = &s->trace.packets;
	const struct origins *o = &s->trace.info.origins;

	for (size_t i = 0; i < p->n; i++)
		frames_init(&p->files[i], files_packets(&s->files, i), others);
	for (size_t i = 0; i < packets->n; i++) {
		const bool wanted = streams[packets->stream[i]];
		const size_t at = packets->frame[i] - 1;

		if (wanted && !others)
			frames_add(&p->files[o->file[at]], o->frame[at], 0);
		else if (!wanted && others)
			frames_drop(&p->files[o->file[at]], o->frame[at]);
	}
}

int picked_find(struct picked *p, struct session *s, const uint8_t *streams,
		bool others, struct error *err)
{
	p->packets = 0;
	p->n = s->files.n ? s->files.n : 1;
	p->files = mem_calloc(p->n, sizeof(*p->files));
	if (s->files.n) {
		find_in_files(p, s, streams, others);
	} else if (session_pick(s, streams, others, &p->files[0], err) < 0) {
		free(p->files);
		return -1;
	}
	for (size_t i = 0; i < p->n; i++)
		p->packets += p->files[i].picked;
	return 0;
}

/* Write the packets of file i. */
static int write_file(const struct picked *p, struct session *s, size_t i,
		      struct outfile *out, struct error *err)
{
	struct extract_job job = { .frames = &p->files[i], .out = out };
	int rc = -1;

	job.source = files_reopen(&s->files, i, err);
	if (job.source)
		rc = extract_packets(s->in, &job, err);
	files_shut(&s->files, i);
	return rc;
}

/* A private temporary file. */
static int create_part(struct outfile *part, size_t i, struct error *err)
{
	char *name = mem_printf("%s/mptcp-part-%zu", tempfile_directory(), i);
	const int rc = tempfile_create(&part->temp, name, err);

	part->stream = part->temp.stream;
	free(name);
	return rc;
}

static int finish_part(struct outfile *part, struct error *err)
{
	if (!part->failed && fflush(part->stream) != EOF)
		return 0;
	return error_set_errno(err, EXIT_SYSTEM,
			       part->failed ? part->failed : errno,
			       "cannot write in '%s'", tempfile_directory());
}

/*
 * Write the packets of file i to a temporary file, and add its name to the
 * list.
 */
static int write_part(const struct picked *p, struct session *s, size_t i,
		      struct outfile *part, struct strlist *paths,
		      struct error *err)
{
	if (create_part(part, i, err) < 0 ||
	    write_file(p, s, i, part, err) < 0 || finish_part(part, err) < 0)
		return -1;
	strlist_add(paths, part->temp.path);
	return 0;
}

static int write_merged(const struct picked *p, struct session *s,
			struct outfile *out, struct error *err)
{
	struct outfile *parts = mem_calloc(p->n, sizeof(*parts));
	struct strlist paths = { .items = NULL };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->n; i++)
		if (p->files[i].picked)
			rc = write_part(p, s, i, &parts[i], &paths, err);
	if (rc == 0)
		rc = mergecap_write(s->in, &paths, out, err);
	for (size_t i = 0; i < p->n; i++)
		outfile_drop(&parts[i]);
	free(parts);
	strlist_release(&paths);
	return rc;
}

/* For a capture that is one file. */
static int write_whole(const struct picked *p, struct session *s,
		       const struct comments *comments, struct outfile *out,
		       struct error *err)
{
	const struct extract_job whole = { .source = &s->capture.source,
					   .frames = &p->files[0],
					   .was_walked = s->trace.info.reader ==
							 CAPTURE_BY_NATIVE,
					   .comments = comments,
					   .out = out };

	return extract_packets(s->in, &whole, err);
}

int picked_write(const struct picked *p, struct session *s, struct outfile *out,
		 struct error *err)
{
	size_t i = 0;

	if (!s->files.n)
		return write_whole(p, s, NULL, out, err);
	while (i + 1 < p->n && !p->files[i].picked)
		i++;
	if (p->files[i].picked == p->packets)
		return write_file(p, s, i, out, err);
	return write_merged(p, s, out, err);
}

bool picked_is_whole(const struct picked *p, const struct session *s)
{
	return !s->files.n && p->packets == s->trace.info.packets;
}

int picked_annotate(const struct picked *p, struct session *s,
		    const struct comments *comments, struct outfile *out,
		    struct error *err)
{
	return write_whole(p, s, comments, out, err);
}

int picked_write_aside(const struct picked *p, struct session *s,
		       struct outfile *aside, struct error *err)
{
	*aside = (struct outfile){ .stream = NULL };
	if (create_part(aside, p->n, err) == 0 &&
	    picked_write(p, s, aside, err) == 0 && finish_part(aside, err) == 0)
		return 0;
	outfile_drop(aside);
	return -1;
}
