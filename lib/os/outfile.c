/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "os/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/tempfile.h"

static bool is_stdout(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

static int refuse(const char *path, struct error *err)
{
	return error_set(
		err, EXIT_SYSTEM,
		"'%s' exists: use -f to replace it, or another file name",
		path);
}

int outfile_open(struct outfile *o, const char *path, int replace,
		 struct error *err)
{
	struct stat st;

	*o = (struct outfile){ .replace = replace, .path = path };
	if (is_stdout(path)) {
		o->stream = stdout;
		return 0;
	}
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return error_set(err, EXIT_SYSTEM, "'%s' is a directory", path);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		o->stream = fopen(path, "we");
		if (!o->stream)
			return error_set_errno(err, EXIT_SYSTEM, errno,
					       "cannot write '%s'", path);
		return 0;
	}
	if (!replace && lstat(path, &st) == 0)
		return refuse(path, err);
	if (tempfile_create(&o->temp, path, err) < 0)
		return -1;
	tempfile_share(&o->temp);
	o->stream = o->temp.stream;
	return 0;
}

int outfile_write(struct outfile *o, const void *bytes, size_t n)
{
	errno = EIO;
	if (!o->failed && fwrite(bytes, 1, n, o->stream) != n)
		o->failed = errno;
	return o->failed ? -1 : 0;
}

size_t outfile_copy(struct outfile *o, int fd, off_t from, size_t n)
{
	size_t done = 0;
	ssize_t some = 0;

	if (o->failed || fflush(o->stream) != 0)
		return 0; /* the next outfile_write() fails as well */
	do {
		some = copy_file_range(fd, &from, fileno(o->stream), NULL,
				       n - done, 0);
		done += some > 0 ? (size_t)some : 0;
	} while (some > 0 && done < n);
	return done;
}

static int fail(struct outfile *o, int why, struct error *err)
{
	if (is_stdout(o->path))
		error_set_errno(err, EXIT_SYSTEM, why,
				"cannot write to standard output");
	else
		error_set_errno(err, EXIT_SYSTEM, why, "cannot write '%s'",
				o->path);
	outfile_drop(o);
	return -1;
}

int outfile_commit(struct outfile *o, struct error *err)
{
	int bad = 0;

	errno = EIO;
	if (o->failed || fflush(o->stream) != 0)
		return fail(o, o->failed ? o->failed : errno, err);
	if (o->temp.path)
		/* it belongs to the temporary file, which closes it */
		o->stream = NULL;
	if (o->temp.path && o->replace)
		return tempfile_commit(&o->temp, TEMPFILE_SYNC, err);
	if (o->temp.path) {
		bad = tempfile_commit_new(&o->temp, err);
		return bad > 0 ? refuse(o->path, err) : bad;
	}
	if (ferror(o->stream))
		return fail(o, EIO, err);
	bad = o->stream != stdout && fclose(o->stream) != 0;
	o->stream = NULL;
	return bad ? fail(o, errno, err) : 0;
}

void outfile_drop(struct outfile *o)
{
	if (!o->temp.path && o->stream && o->stream != stdout)
		fclose(o->stream);
	tempfile_drop(&o->temp);
	*o = (struct outfile){ .stream = NULL };
}

bool outfile_is_same(const char *path, const char *other)
{
	struct stat a, b;

	return path && stat(path, &a) == 0 && stat(other, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}
