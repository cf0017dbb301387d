/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/annotate.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "output/remarks.h"

/* For a complete capture. */
static int write_whole(const struct picked *p, struct session *s,
		       struct outfile *out, struct error *err)
{
	struct comments comments;
	int rc = remarks_make(s, &comments, err);

	if (rc == 0)
		rc = picked_annotate(p, s, &comments, out, err);
	comments_release(&comments);
	return rc;
}

static int write_all_of(struct session *s, struct outfile *out,
			struct error *err)
{
	const size_t n = s->trace.n_streams + 1;
	uint8_t *streams = mem_calloc(n, 1);
	struct picked all;
	int rc = 0;

	memset(streams, 1, n);
	rc = picked_find(&all, s, streams, true, err);
	free(streams);
	if (rc < 0)
		return -1;
	rc = write_whole(&all, s, out, err);
	picked_release(&all);
	return rc;
}

/* Annotate the packets in the temporary file "path". */
static int write_aside(const char *path, const struct session *of,
		       struct outfile *out, struct error *err)
{
	const struct session_operand what = { .paths = &path, .n = 1 };
	struct input in = *of->in; /* which owns its content */
	struct session s;
	int rc = 0;

	in.no_cache = true; /* it is read only once */
	if (session_open(&s, &in, &what, SESSION_WHOLE, err) < 0)
		return -1;
	rc = write_all_of(&s, out, err);
	session_close(&s);
	return rc;
}

int annotate_write(const struct picked *p, struct session *s,
		   struct outfile *out, struct error *err)
{
	struct outfile aside;
	int rc = 0;

	if (picked_is_whole(p, s))
		return write_whole(p, s, out, err);
	input_prepare(s->in);
	if (picked_write_aside(p, s, &aside, err) < 0)
		return -1;
	rc = write_aside(aside.temp.path, s, out, err);
	outfile_drop(&aside);
	return rc;
}
