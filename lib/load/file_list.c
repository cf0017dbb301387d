/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/file_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sort.h"
#include "pcap/walk.h"

struct listed_file {
	dev_t device;
	ino_t inode;
	size_t at; /* position in the list */
};

struct file_lister {
	struct strlist *list, *said;
	struct listed_file *files; /* regular files only */
	size_t n, cap;
};

static void add_file(struct file_lister *f, const char *path,
		     const struct stat *st)
{
	if (S_ISREG(st->st_mode) && st->st_size == 0) {
		strlist_addf(f->said, "'%s' is empty", path);
		return;
	}
	if (S_ISREG(st->st_mode))
		*MEM_PUSH(f->files, f->n, f->cap) =
			(struct listed_file){ .device = st->st_dev,
					      .inode = st->st_ino,
					      .at = f->list->n };
	strlist_add(f->list, path);
}

static bool is_capture(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool opens = fd >= 0 && pcap_walk_opens(fd, 0);

	if (fd >= 0)
		close(fd);
	return opens;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int add_directory(struct file_lister *f, const char *path,
			 struct error *err)
{
	struct dirent **entries = NULL;
	const size_t before = f->list->n;
	size_t others = 0;
	char *other = NULL;
	int n = scandir(path, &entries, is_visible, alphasort);

	if (n < 0)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot read '%s'", path);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		const bool slash = path[strlen(path) - 1] == '/';
		char *file = mem_printf("%s%s%s", path, slash ? "" : "/", name);
		struct stat st;

		if (stat(file, &st) == 0 && S_ISREG(st.st_mode) &&
		    (st.st_size == 0 || is_capture(file))) {
			add_file(f, file, &st);
		} else if (others++ == 0) {
			other = mem_strdup(name);
		}
		free(file);
		free(entries[i]);
	}
	free(entries);
	if (f->list->n == before)
		error_set(err, EXIT_INPUT,
			  "'%s' is a directory without captures", path);
	else if (others)
		strlist_addf(f->said,
			     "'%s': %zu file%s left out, not %s: '%s'%s", path,
			     others, others > 1 ? "s" : "",
			     others > 1 ? "captures" : "a capture", other,
			     others > 1 ? " and others" : "");
	free(other);
	return f->list->n == before ? -1 : 0;
}

static int add_path(struct file_lister *f, const char *path, struct error *err)
{
	struct stat st = { .st_mode = S_IFIFO };

	if (strcmp(path, "-") != 0 && stat(path, &st) < 0)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot read '%s'", path);
	if (S_ISDIR(st.st_mode))
		return add_directory(f, path, err);
	add_file(f, path, &st);
	return 0;
}

static int by_identity(const void *x, const void *y)
{
	const struct listed_file *a = x, *b = y;

	return COMPARE(a->device, b->device) ?: COMPARE(a->inode, b->inode) ?:
	       COMPARE(a->at, b->at);
}

static int refuse_twice(struct file_lister *f, struct error *err)
{
	SORT(f->files, f->n, by_identity);
	for (size_t i = 1; i < f->n; i++) {
		const struct listed_file *a = &f->files[i - 1];
		const struct listed_file *b = &f->files[i];

		if (a->device == b->device && a->inode == b->inode)
			return error_set(err, EXIT_INPUT,
					 "'%s' and '%s' are the same file: "
					 "give it once",
					 f->list->items[a->at],
					 f->list->items[b->at]);
	}
	return 0;
}

int file_list_make(struct strlist *list, struct strlist *said,
		   const char *const *paths, size_t n, struct error *err)
{
	struct file_lister f = { .list = list, .said = said };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = add_path(&f, paths[i], err);
	if (rc == 0 && !list->n)
		rc = error_set(err, EXIT_INPUT, "'%s' is empty", paths[0]);
	if (rc == 0)
		rc = refuse_twice(&f, err);
	free(f.files);
	return rc;
}

char *file_list_name(const char *const *paths, size_t n)
{
	if (n == 1)
		return mem_strdup(paths[0]);
	return mem_printf("%s and %zu more", paths[0], n - 1);
}
