/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/input.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/file.h"
#include "os/proc.h"
#include "read/tshark.h"

const char *input_reader_name(int i)
{
	static const char *const names[] = {
		[READER_CHOICE_AUTO] = "auto",
		[READER_CHOICE_TSHARK] = "tshark",
		[READER_CHOICE_NATIVE] = "native",
	};

	return i < (int)(sizeof(names) / sizeof(*names)) ? names[i] : NULL;
}

int input_reader_parse(const char *text, enum reader_choice *choice)
{
	const char *name = NULL;

	for (int i = 0; (name = input_reader_name(i)); i++)
		if (strcmp(text, name) == 0) {
			*choice = (enum reader_choice)i;
			return 0;
		}
	return -1;
}

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

/* If only the cache is read its directory is not created. */
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
	if (in->reader == READER_CHOICE_NATIVE) {
		error_set(&in->missing, EXIT_TSHARK,
			  "this needs tshark, which --reader native excludes");
		return;
	}
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
