/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/input.h"

#include <stdlib.h>

#include "base/mem.h"
#include "os/file.h"
#include "os/proc.h"
#include "read/tshark.h"

char *input_cache_directory(const char *wanted, struct error *err)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (wanted && *wanted)
		return mem_strdup(wanted);
	if (xdg && xdg[0] == '/')
		return mem_printf("%s/mptcptools", xdg);
	if (home && home[0])
		return mem_printf("%s/.cache/mptcptools", home);
	error_set(err, EXIT_SYSTEM, "HOME is not set");
	return NULL;
}

/* Who only reads what the cache has does not make its directory. */
static char *find_directory(struct input *in)
{
	char *dir = input_cache_directory(in->cache_dir, &in->homeless);

	if (dir && !in->only_cached && file_mkdirs(dir, &in->homeless) < 0) {
		free(dir);
		dir = NULL;
	}
	return dir;
}

void input_prepare(struct input *in)
{
	struct tshark *t = NULL;

	if (in->prepared)
		return;
	in->prepared = true;
	if (!in->no_cache)
		in->directory = find_directory(in);
	if (in->only_cached)
		return;
	t = mem_calloc(1, sizeof(*t));
	if (tshark_find(t, in->tshark, in->directory, &in->missing) == 0)
		in->found = t;
	else
		free(t);
}

const struct tshark *input_tshark(struct input *in, struct error *err)
{
	input_prepare(in);
	if (!in->found)
		*err = in->missing;
	return in->found;
}

unsigned input_jobs(const struct input *in)
{
	return in->jobs ? in->jobs : proc_processors();
}

void input_release(struct input *in)
{
	if (in->found)
		tshark_release(in->found);
	free(in->found);
	free(in->directory);
	*in = (struct input){ .tshark = NULL };
}
