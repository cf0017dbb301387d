/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"
#include "os/tempfile.h"

enum {
	BLOCK = 256 * 1024
};

int spool_copy(int from, int to, const char *path, struct error *err)
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
		else if (file_write_all(to, buf, (size_t)n) < 0)
			rc = error_set_errno(err, EXIT_SYSTEM, errno,
					     "cannot write in '%s'",
					     tempfile_directory());
	}
	free(buf);
	if (rc == 0 && lseek(to, 0, SEEK_SET) < 0)
		rc = error_set_errno(err, EXIT_SYSTEM, errno,
				     "cannot read '%s' twice", path);
	return rc;
}
