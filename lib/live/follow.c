/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/follow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "load/file_sources.h"
#include "os/file.h"
#include "os/monotonic.h"
#include "pcap/walk.h"

enum {
	LONG_NUMBER = 4 /* digits; as in a date or time */
};

/* Interval between two looks at a directory. */
static const int64_t look_each = 250000000;

/*
 * dumpcap writes packets of each interface from a separate buffer, so files
 * overlap by at most this time.
 */
static const int64_t overlap = 2 * (int64_t)1000000000;

struct follow_file {
	char *name; /* owned */
	struct file_id id;
	bool has_first;
	int64_t first;
};

static bool first_packet(int fd, int64_t *time)
{
	struct pcap_walk walk;
	struct pcap_record r = { .has_time = false };
	bool has = pcap_walk_open(&walk, fd, 0) == 0 && pcap_walk_can_go(&walk);

	while (has && !r.has_time)
		has = pcap_walk_next(&walk, &r) == PCAP_RECORD;
	pcap_walk_close(&walk);
	*time = r.time;
	return has;
}

static bool first_packet_of(const char *path, int64_t *time)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const bool has = fd >= 0 && first_packet(fd, time);

	if (fd >= 0)
		close(fd);
	return has;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits(const char *s)
{
	size_t n = 0;

	while (is_digit(s[n]))
		n++;
	return n;
}

static bool has_long_number(const char *name)
{
	for (; *name; name++)
		if (digits(name) >= LONG_NUMBER)
			return true;
	return false;
}

/*
 * Of two names that differ only in numbers: whether the numbers may be those
 * of files.  "eth1" next to "eth0" is another interface if something else is a
 * date; a name without a number fits only if tcpdump -C omitted it.
 */
static bool are_numbers_of_files(const char *a, const char *b)
{
	const bool has_long = has_long_number(a);

	while (*a || *b) {
		const size_t m = digits(a), n = digits(b);
		const bool differ = m != n || memcmp(a, b, n) != 0;

		if (differ && has_long && m == 1 && n == 1)
			return false;
		a += m;
		b += n;
		if (differ && (!m || !n) && (*a || *b))
			return false;
		a += *a != '\0';
		b += *b != '\0';
	}
	return true;
}

static bool may_go_on(const char *before, const char *path)
{
	return file_sources_may_go_on(before, path) &&
	       are_numbers_of_files(file_base_name(before),
				    file_base_name(path));
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return mem_strdup(".");
	return mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

/* As the user would write it: without "./" in front. */
static char *beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return mem_printf("%.*s%s", slash ? (int)(slash - path) + 1 : 0, path,
			  name);
}

void follow_start(struct follow *f, const char *path, int fd)
{
	*f = (struct follow){ .path = mem_strdup(path), .fd = fd };
	f->has_first = first_packet(fd, &f->first);
}

static void release_files(struct follow_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(files[i].name);
	free(files);
}

void follow_release(struct follow *f)
{
	release_files(f->files, f->n);
	free(f->path);
	free(f->next);
	*f = (struct follow){ .fd = -1 };
}

/*
 * What is known of a file that has not changed; usually it is the i-th one
 * again.
 */
static const struct follow_file *known(const struct follow *f, size_t i,
				       const char *name,
				       const struct file_id *id)
{
	for (size_t k = 0; k < f->n; k++) {
		const struct follow_file *file = &f->files[(i + k) % f->n];

		if (strcmp(file->name, name) == 0)
			return file_id_equal(&file->id, id) ? file : NULL;
	}
	return NULL;
}

/* Read the i-th file of the ring. */
static struct follow_file look_at(const struct follow *f, size_t i,
				  const char *name, const char *path,
				  const struct stat *st)
{
	struct follow_file file = { .name = mem_strdup(name) };
	const struct follow_file *before = NULL;

	file_id_from_stat(&file.id, st);
	before = known(f, i, name, &file.id);
	if (before) {
		file.has_first = before->has_first;
		file.first = before->first;
	} else {
		file.has_first = first_packet_of(path, &file.first);
	}
	return file;
}

/* All files that may belong to the ring, except the current one. */
static struct follow_file *look_around(const struct follow *f, size_t *n)
{
	struct follow_file *files = NULL;
	struct stat own = { .st_ino = 0 }, st;
	char *directory = directory_of(f->path);
	DIR *dir = opendir(directory);
	const struct dirent *entry = NULL;
	size_t cap = 0;

	*n = 0;
	fstat(f->fd, &own);
	while (dir && (entry = readdir(dir))) {
		char *path = beside(f->path, entry->d_name);

		if ((strcmp(path, f->path) == 0 || may_go_on(f->path, path)) &&
		    stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    (st.st_ino != own.st_ino || st.st_dev != own.st_dev)) {
			struct follow_file file =
				look_at(f, *n, entry->d_name, path, &st);

			*MEM_PUSH(files, *n, cap) = file;
		}
		free(path);
	}
	if (dir)
		closedir(dir);
	free(directory);
	return files;
}

/* Whether it may follow the current file, which ends at "last". */
static bool is_later(const struct follow *f, const struct follow_file *file,
		     const struct file_id *own, int64_t last)
{
	if (!file->has_first)
		return false;
	if (!f->has_first)
		return file->id.mtime_ns >= own->mtime_ns;
	return file->first > f->first && file->first >= last - overlap;
}

static bool look(struct follow *f, int64_t last)
{
	const struct follow_file *next = NULL;
	struct stat st = { .st_ino = 0 };
	struct file_id own;
	size_t n = 0;
	struct follow_file *files = look_around(f, &n);

	release_files(f->files, f->n);
	f->files = files;
	f->n = n;
	if (!f->has_first)
		f->has_first = first_packet(f->fd, &f->first);
	fstat(f->fd, &st);
	file_id_from_stat(&own, &st);
	for (size_t i = 0; i < n; i++)
		if (is_later(f, &files[i], &own, last) &&
		    (!next || files[i].first < next->first))
			next = &files[i];
	if (next)
		f->next = beside(f->path, next->name);
	return next != NULL;
}

bool follow_is_begun_anew(struct follow *f, uint64_t at)
{
	struct stat st;
	int64_t first = f->first;

	if (fstat(f->fd, &st) < 0 ||
	    ((uint64_t)st.st_size >= at &&
	     (!f->has_first || !first_packet(f->fd, &first) ||
	      first == f->first)))
		return false;
	free(f->next);
	f->next = mem_strdup(f->path);
	return true;
}

bool follow_look(struct follow *f, uint64_t at, int64_t last)
{
	const int64_t now = monotonic_ns();

	if (f->next)
		return true;
	if (f->looked && now - f->looked < look_each)
		return false;
	f->looked = now;
	return follow_is_begun_anew(f, at) || look(f, last);
}

char *follow_newest(const char *directory, struct error *err)
{
	DIR *dir = opendir(directory);
	const struct dirent *entry = NULL;
	const size_t n = strlen(directory);
	char *best = NULL;
	int64_t latest = 0, first = 0;

	if (!dir) {
		error_set_errno(err, EXIT_INPUT, errno, "cannot open '%s'",
				directory);
		return NULL;
	}
	while ((entry = readdir(dir))) {
		struct stat st;
		char *path = mem_printf("%s%s%s", directory,
					n && directory[n - 1] == '/' ? "" : "/",
					entry->d_name);

		if (entry->d_name[0] != '.' && stat(path, &st) == 0 &&
		    S_ISREG(st.st_mode) && first_packet_of(path, &first) &&
		    (!best || first > latest)) {
			free(best);
			best = path;
			latest = first;
			path = NULL;
		}
		free(path);
	}
	closedir(dir);
	if (!best)
		error_set(
			err, EXIT_INPUT,
			"no capture with packets in '%s': start again when "
			"there is one, or give the file that is being written",
			directory);
	return best;
}
