/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/tempfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/cleanup.h"

int tempfile_create(struct tempfile *t, const char *final, struct error *err)
{
	const int flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC;
	sigset_t saved;
	int fd = -1;

	*t = (struct tempfile){ .stream = NULL };
	t->final = mem_strdup(final);
	t->path = mem_printf("%s.tmp.%ld", final, (long)getpid());
	cleanup_hold(&saved);
	fd = open(t->path, flags, 0600);
	if (fd < 0 && errno == EEXIST && unlink(t->path) == 0)
		/* left by a dead process with the same id */
		fd = open(t->path, flags, 0600);
	if (fd >= 0)
		cleanup_add_path(t->path);
	cleanup_unhold(&saved);
	if (fd >= 0) {
		t->stream = fdopen(fd, "w");
		if (t->stream)
			return 0;
	}
	error_set_errno(err, EXIT_SYSTEM, errno, "cannot create '%s'", t->path);
	if (fd >= 0)
		close(fd);
	tempfile_drop(t);
	return -1;
}

static void forget(struct tempfile *t)
{
	cleanup_drop_path(t->path);
	free(t->path);
	free(t->final);
	*t = (struct tempfile){ .stream = NULL };
}

static int fail(struct tempfile *t, struct error *err)
{
	error_set_errno(err, EXIT_SYSTEM, errno, "cannot write '%s'", t->final);
	tempfile_drop(t);
	return -1;
}

/* Write everything and close. */
static int close_it(struct tempfile *t, enum tempfile_durability durability)
{
	int bad = ferror(t->stream) | fflush(t->stream);

	if (!bad && durability == TEMPFILE_SYNC)
		bad = fsync(fileno(t->stream));
	bad |= fclose(t->stream);
	t->stream = NULL;
	return bad;
}

int tempfile_commit(struct tempfile *t, enum tempfile_durability durability,
		    struct error *err)
{
	if (close_it(t, durability) || rename(t->path, t->final) < 0)
		return fail(t, err);
	forget(t);
	return 0;
}

/* If the file system does not support RENAME_NOREPLACE, use a link. */
static int rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (link(from, to) < 0)
		return -1;
	unlink(from);
	return 0;
}

int tempfile_commit_new(struct tempfile *t, struct error *err)
{
	if (close_it(t, TEMPFILE_SYNC))
		return fail(t, err);
	if (rename_new(t->path, t->final) < 0) {
		if (errno != EEXIST)
			return fail(t, err);
		tempfile_drop(t);
		return 1;
	}
	forget(t);
	return 0;
}

void tempfile_share(const struct tempfile *t)
{
	mode_t mask = umask(077);

	umask(mask);
	(void)!fchmod(fileno(t->stream), 0666 & ~mask);
}

void tempfile_drop(struct tempfile *t)
{
	if (!t->path)
		return;
	if (t->stream)
		fclose(t->stream);
	unlink(t->path);
	forget(t);
}

void tempfile_sweep(const char *final)
{
	char *prefix = NULL, *dir = mem_strdup(final);
	char *slash = strrchr(dir, '/');
	DIR *d = NULL;
	struct dirent *entry = NULL;

	if (!slash)
		goto out;
	*slash = '\0';
	prefix = mem_printf("%s.tmp.", slash + 1);
	d = opendir(dir);
	while (d && (entry = readdir(d)))
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
			unlinkat(dirfd(d), entry->d_name, 0);
out:
	if (d)
		closedir(d);
	free(prefix);
	free(dir);
}

int tempfile_write(const char *final, const char *text, size_t n,
		   const char *end, struct error *err)
{
	struct tempfile file;

	if (tempfile_create(&file, final, err) < 0)
		return -1;
	if (fwrite(text, 1, n, file.stream) != n ||
	    fputs(end, file.stream) == EOF) {
		error_set_errno(err, EXIT_SYSTEM, errno, "cannot write '%s'",
				final);
		tempfile_drop(&file);
		return -1;
	}
	return tempfile_commit(&file, TEMPFILE_NOSYNC, err);
}

const char *tempfile_directory(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir ? dir : "/tmp";
}

int tempfile_nameless(const char *dir, struct error *err)
{
	const char *where = dir ? dir : tempfile_directory();
	char *name = mem_printf("%s/mptcp-XXXXXX", where);
	int fd = open(where, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0) { /* not supported by every file system */
		fd = mkostemp(name, O_CLOEXEC);
		if (fd >= 0)
			unlink(name);
	}
	if (fd < 0)
		error_set_errno(err, EXIT_SYSTEM, errno,
				"cannot make a file in '%s'", where);
	free(name);
	return fd;
}
