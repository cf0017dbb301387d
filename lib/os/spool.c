/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/tempfile.h"

enum {
	BLOCK = 256 * 1024
};

static int write_all(int fd, const char *buf, ssize_t n)
{
	while (n > 0) {
		ssize_t k = write(fd, buf, (size_t)n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return -1;
		buf += k;
		n -= k;
	}
	return 0;
}

static int copy(int from, int to, const char *path, struct error *err)
{
	char *buf = mem_calloc(BLOCK, 1);
	ssize_t n = 0;
	int rc = 0;

	while (rc == 0 && (n = read(from, buf, BLOCK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = error_set_errno(err, EXIT_INPUT, errno,
					     "cannot read '%s'", path);
		else if (write_all(to, buf, n) < 0)
			rc = error_set_errno(err, EXIT_SYSTEM, errno,
					     "cannot write in '%s'",
					     tempfile_directory());
	}
	free(buf);
	return rc;
}

int spool_to_stdin(const char *path, off_t *start, struct error *err)
{
	int is_stdin = strcmp(path, "-") == 0, from = -1, to = -1, rc = -1;
	struct stat st;

	*start = 0;
	if ((is_stdin ? fstat(STDIN_FILENO, &st) : stat(path, &st)) < 0)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot read '%s'", path);
	if (S_ISREG(st.st_mode) && is_stdin) {
		*start = lseek(STDIN_FILENO, 0, SEEK_CUR);
		return 1;
	}
	if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
		return 0;
	from = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot read '%s'", path);
	to = tempfile_nameless(NULL, err);
	if (to >= 0 && copy(from, to, path, err) == 0) {
		rc = 1;
		if (dup2(to, STDIN_FILENO) < 0 ||
		    lseek(STDIN_FILENO, 0, SEEK_SET) < 0)
			rc = error_set_errno(err, EXIT_SYSTEM, errno,
					     "cannot read '%s' twice", path);
	}
	if (to >= 0)
		close(to);
	if (!is_stdin)
		close(from);
	return rc;
}
