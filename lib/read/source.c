/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/spool.h"
#include "os/tempfile.h"
#include "read/tshark.h"

/* Names that mean another file in another process. */
static bool is_special(const char *path)
{
	return strncmp(path, "/dev/", 5) == 0 ||
	       strncmp(path, "/proc/", 6) == 0;
}

/*
 * Wait for the first byte; fails if a writer closes the pipe without writing.
 */
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
				 "'%s' is a directory: use -m to read all "
				 "captures in it as one",
				 s->path);
	s->fd = s->is_stdin ? STDIN_FILENO
			    : open(s->path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot read '%s'", s->path);
	return 0;
}

/* Copy input that can be read only once to a file, if it contains packets. */
static int spool(struct source *s, enum reader_choice choice, struct error *err)
{
	struct error ignored = ERROR_INIT;
	int file = -1;

	s->reader = reader_of(s->fd, choice);
	if (!s->reader->has_packets)
		return 0;
	s->reader = &tshark_reader;
	file = tempfile_nameless(NULL, &ignored);
	if (file < 0)
		return 0;
	if (spool_copy(s->fd, file, s->path, err) < 0) {
		close(file);
		return -1;
	}
	source_close(s);
	s->fd = file;
	s->is_stdin = false;
	s->reader = reader_of(s->fd, choice);
	return 0;
}

int source_open(struct source *s, const char *path, enum reader_choice choice,
		struct error *err)
{
	bool regular = false;
	struct stat st;

	*s = (struct source){ .path = path, .fd = -1 };
	if (open_path(s, &st, err) < 0)
		return -1;
	regular = S_ISREG(st.st_mode);
	if ((regular && st.st_size == 0) ||
	    (S_ISFIFO(st.st_mode) && is_empty_pipe(s->fd)))
		return error_set(err, EXIT_INPUT, "%s%s%s is empty",
				 s->is_stdin ? "standard input (" : "'", path,
				 s->is_stdin ? ")" : "'");
	s->is_file = regular && !s->is_stdin && !is_special(path);
	file_id_from_stat(&s->id, &st);
	if (!regular)
		return spool(s, choice, err);
	s->start = lseek(s->fd, 0, SEEK_CUR);
	s->reader = reader_of(s->fd, choice);
	return 0;
}

void source_rewind(const struct source *s)
{
	(void)!lseek(s->fd, s->start, SEEK_SET);
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

bool source_has_stayed(const struct source *s)
{
	struct file_id now;
	struct stat st;

	if (fstat(s->fd, &st) < 0)
		return false;
	file_id_from_stat(&now, &st);
	return file_id_equal(&now, &s->id) ||
	       (now.inode == s->id.inode && now.size > s->id.size);
}

void source_close(struct source *s)
{
	if (s->fd >= 0 && !s->is_stdin)
		close(s->fd);
	s->fd = -1;
}
