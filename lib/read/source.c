/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names that mean something else in another process. */
static bool is_special(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0 ||
	       strncmp(path, "/proc/", 6) == 0;
}

/* Waits for the first byte; a writer that closes without one sent nothing. */
static bool is_empty_pipe(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		;
	return (p.revents & POLLHUP) && !(p.revents & POLLIN);
}

static int open_path(struct source *s, struct stat *st, struct error *err)
{
	s->is_stdin = strcmp(s->path, "-") == 0;
	if ((s->is_stdin ? fstat(STDIN_FILENO, st) : stat(s->path, st)) < 0)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot read '%s'", s->path);
	if (S_ISDIR(st->st_mode))
		return error_set(err, EXIT_INPUT,
				 "'%s' is a directory, not a capture", s->path);
	s->fd = s->is_stdin ? STDIN_FILENO
			    : open(s->path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot read '%s'", s->path);
	return 0;
}

int source_open(struct source *s, const char *path, struct error *err)
{
	bool regular = false;
	struct stat st;

	*s = (struct source){ .path = path, .fd = -1 };
	if (open_path(s, &st, err) < 0)
		return -1;
	regular = S_ISREG(st.st_mode);
	if ((regular && st.st_size == 0) ||
	    (S_ISFIFO(st.st_mode) && is_empty_pipe(s->fd)))
		return error_set(err, EXIT_INPUT, "'%s' is empty", path);
	s->is_file = regular && !s->is_stdin && !is_special(path);
	file_id_from_stat(&s->id, &st);
	s->reader = reader_of(s->fd);
	return 0;
}

bool source_has_changed(const struct source *s)
{
	struct file_id now;
	struct stat st;

	if (stat(s->path, &st) < 0)
		return true;
	file_id_from_stat(&now, &st);
	return !file_id_equal(&now, &s->id);
}

void source_close(struct source *s)
{
	if (s->fd >= 0 && !s->is_stdin)
		close(s->fd);
	s->fd = -1;
}
