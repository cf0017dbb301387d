/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/frames.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void frames_init(struct frames *f, uint64_t n, bool all)
{
	*f = (struct frames){ .n = n };
	f->has = mem_calloc(n + 1, 1);
	if (!all)
		return;
	memset(f->has, 1, n);
	f->picked = n;
}

void frames_release(struct frames *f)
{
	free(f->has);
	free(f->spans);
	*f = (struct frames){ .has = NULL };
}

bool frames_has(const struct frames *f, uint32_t frame)
{
	return frame > 0 && frame <= f->n && f->has[frame - 1];
}

static void place(struct frames *f, uint32_t frame, uint64_t at)
{
	struct frame_span *s = f->n_spans ? &f->spans[f->n_spans - 1] : NULL;

	if (s && (frame <= s->last || at <= s->last_at))
		return;
	if (!s || frame != s->last + 1) {
		s = MEM_PUSH(f->spans, f->n_spans, f->cap_spans);
		s->first = frame;
		s->at = at;
	}
	s->last = frame;
	s->last_at = at;
	f->placed++;
}

void frames_add(struct frames *f, uint32_t frame, uint64_t at)
{
	if (frame == 0 || frame > f->n || f->has[frame - 1])
		return;
	f->has[frame - 1] = 1;
	f->picked++;
	if (at)
		place(f, frame, at);
}

void frames_drop(struct frames *f, uint32_t frame)
{
	if (!frames_has(f, frame))
		return;
	f->has[frame - 1] = 0;
	f->picked--;
	f->placed = 0;
	f->n_spans = 0;
}

bool frames_are_placed(const struct frames *f)
{
	return f->placed == f->picked;
}
