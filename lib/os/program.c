/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/program.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

static char *absolute(const char *path)
{
	char *cwd = NULL, *whole = NULL;

	if (path[0] == '/')
		return mem_strdup(path);
	cwd = getcwd(NULL, 0);
	whole = cwd ? mem_printf("%s/%s", cwd, path) : mem_strdup(path);
	free(cwd);
	return whole;
}

char *program_find(const char *name)
{
	const char *p = getenv("PATH");

	if (strchr(name, '/'))
		return is_program(name) ? absolute(name) : NULL;
	if (!p)
		p = "/usr/local/bin:/usr/bin:/bin";
	for (;;) {
		size_t n = strcspn(p, ":");
		char *path = n ? mem_printf("%.*s/%s", (int)n, p, name)
			       : mem_printf("./%s", name);

		if (is_program(path)) {
			char *found = absolute(path);

			free(path);
			return found;
		}
		free(path);
		if (p[n] == '\0')
			return NULL;
		p += n + 1;
	}
}
