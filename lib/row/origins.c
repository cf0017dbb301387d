/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row/origins.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "os/file.h"

void origins_add_file(struct origins *o, const char *path)
{
	strlist_add(&o->paths, path);
}

static int by_name(const void *x, const void *y)
{
	const char *const *a = x, *const *b = y;

	return strcmp(*a, *b);
}

/* Whether there are two files of the same name in different directories. */
static bool are_alike(const struct origins *o)
{
	const char **names = mem_calloc(o->paths.n + 1, sizeof(*names));
	bool alike = false;

	for (size_t i = 0; i < o->paths.n; i++)
		names[i] = file_base_name(o->paths.items[i]);
	qsort(names, o->paths.n, sizeof(*names), by_name);
	for (size_t i = 1; i < o->paths.n; i++)
		alike |= strcmp(names[i - 1], names[i]) == 0;
	free(names);
	return alike;
}

void origins_name_files(struct origins *o)
{
	const bool whole = are_alike(o);

	for (size_t i = 0; i < o->paths.n; i++) {
		const char *path = o->paths.items[i];

		strlist_add(&o->names, whole ? path : file_base_name(path));
		text_make_plain(o->names.items[i]);
	}
}

void origins_add(struct origins *o, size_t file, uint32_t frame)
{
	size_t n = o->n;

	*MEM_PUSH(o->frame, n, o->cap_frame) = frame;
	*MEM_PUSH(o->file, o->n, o->cap_file) = (uint16_t)file;
}

struct origin origins_find(const struct origins *o, uint32_t number)
{
	size_t at = (size_t)number - 1;
	struct origin origin = { .frame = number };

	if (number == 0 || at >= o->n)
		return origin;
	return (struct origin){ .path = o->paths.items[o->file[at]],
				.name = o->names.items[o->file[at]],
				.frame = o->frame[at] };
}

struct origin_text origins_text(const struct origins *o, uint32_t number)
{
	enum {
		MOST = ORIGIN_TEXT - 16 /* maximum length of the name */
	};
	const struct origin origin = origins_find(o, number);
	struct origin_text out;
	size_t n = origin.name ? strlen(origin.name) : 0;

	if (!origin.name)
		snprintf(out.text, sizeof(out.text), "%" PRIu32, number);
	else
		snprintf(out.text, sizeof(out.text), "%s%s:%" PRIu32,
			 n > MOST ? "..." : "",
			 n > MOST ? origin.name + n - MOST + 3 : origin.name,
			 origin.frame);
	return out;
}

void origins_release(struct origins *o)
{
	strlist_release(&o->paths);
	strlist_release(&o->names);
	free(o->file);
	free(o->frame);
	*o = (struct origins){ .n = 0 };
}
