/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/viewer.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/tempfile.h"

#ifdef __APPLE__
#define DESKTOP_VIEWER "open"
#else
#define DESKTOP_VIEWER "xdg-open"
#endif

extern char **environ;

static const char *set_or(const char *name, const char *other)
{
	const char *value = getenv(name);

	return value && *value ? value : other;
}

char *viewer_file(const char *name, const char *suffix, struct error *err)
{
	char *path = mem_printf("%s/%s-XXXXXX.%s",
				set_or("XDG_RUNTIME_DIR", tempfile_directory()),
				name, suffix);
	int fd = mkstemps(path, (int)strlen(suffix) + 1);

	if (fd >= 0) {
		close(fd);
		return path;
	}
	error_set_errno(err, EXIT_SYSTEM, errno, "cannot create '%s'", path);
	free(path);
	return NULL;
}

int viewer_show(const char *path, struct error *err)
{
	const char *viewer = set_or("MPTCP_VIEWER", DESKTOP_VIEWER);
	char *argv[] = { (char *)viewer, (char *)path, NULL };
	pid_t pid = 0;
	int status = 0,
	    rc = posix_spawnp(&pid, viewer, NULL, NULL, argv, environ);

	if (rc != 0)
		return error_set_errno(
			err, EXIT_SYSTEM, rc,
			"cannot show '%s': cannot run the viewer '%s' (set "
			"MPTCP_VIEWER to use another one)",
			path, viewer);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_set_errno(err, EXIT_SYSTEM, errno,
					       "cannot wait for '%s'", viewer);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return error_set(err, EXIT_SYSTEM,
			 "cannot show '%s': the viewer '%s' failed (set "
			 "MPTCP_VIEWER to use another one)",
			 path, viewer);
}
