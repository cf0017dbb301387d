/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/file_sources.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "os/file.h"

enum {
	STAMP = 14, /* digits of date and time in a dumpcap file name */
	SERIAL = 5  /* minimum digits of the file number there */
};

struct file_source {
	/* of all its files; "name" is that of the first one */
	struct file_span span;
	struct file_span latest;
	size_t common; /* length of the common beginning of all names */
	size_t files;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *s)
{
	while (is_digit(*s))
		s++;
	return s;
}

/* Whether the names differ only in numbers. */
static bool are_alike(const char *a, const char *b)
{
	for (;;) {
		a = skip_digits(a);
		b = skip_digits(b);
		if (!*a || *a != *b)
			return *a == *b;
		a++;
		b++;
	}
}

static size_t in_common(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

/*
 * Whether both were written at the same time, for more than a tenth of the
 * shorter one's duration: packets may be slightly out of order when a file is
 * full.
 */
static bool overlap(const struct file_span *a, const struct file_span *b)
{
	const int64_t from = a->first > b->first ? a->first : b->first;
	const int64_t to = a->last < b->last ? a->last : b->last;
	const int64_t one = a->last - a->first, other = b->last - b->first;

	return to > from && to - from > (one < other ? one : other) / 10;
}

/*
 * The parts of a file name of dumpcap -b: "web_00001_20261129120000.pcapng",
 * or with the time first.
 */
struct serial {
	size_t stem; /* characters before the numbers */
	const char *number, *behind;
	size_t digits;
};

static bool serial_of(const char *path, struct serial *out)
{
	const char *slash = strrchr(path, '/');

	for (const char *at = strchr(slash ? slash : path, '_'); at;
	     at = strchr(at + 1, '_')) {
		const char *end = skip_digits(at + 1);
		const char *behind = *end == '_' ? skip_digits(end + 1) : end;
		const size_t one = (size_t)(end - at) - 1;
		const size_t other = (size_t)(behind - end) - (behind > end);
		const bool time_is_first = one == STAMP;

		if ((one != STAMP || other < SERIAL) &&
		    (other != STAMP || one < SERIAL))
			continue;
		*out = (struct serial){ .stem = (size_t)(at - path),
					.number = time_is_first ? end + 1
								: at + 1,
					.digits = time_is_first ? other : one,
					.behind = behind };
		return true;
	}
	return false;
}

/*
 * Whether two files are of one dumpcap ring. dumpcap writes packets of each
 * interface as they leave its buffer, so its files overlap in time; no other
 * process writes the same names with other numbers.
 */
static bool are_of_ring(const char *a, const char *b)
{
	struct serial x, y;

	return serial_of(a, &x) && serial_of(b, &y) && x.stem == y.stem &&
	       memcmp(a, b, x.stem) == 0 && strcmp(x.behind, y.behind) == 0 &&
	       (x.digits != y.digits ||
		memcmp(x.number, y.number, x.digits) != 0);
}

/*
 * The length of a name without the number that tcpdump -C appends, as in
 * "eth0.pcap12"; 0: there is none.
 */
static size_t before_number(const char *name)
{
	size_t n = strlen(name), end = 0;

	while (n && is_digit(name[n - 1]))
		n--;
	end = n;
	while (n && isalpha((unsigned char)name[n - 1]))
		n--;
	return name[end] && n && n < end && name[n - 1] == '.' ? end : 0;
}

/* Whether such a number continues a file of the same name. */
static bool may_follow(const char *before, const char *name)
{
	const size_t n = before_number(name);

	return are_alike(before, name) &&
	       (!n ||
		(strncmp(before, name, n) == 0 && !*skip_digits(before + n)));
}

bool file_sources_may_go_on(const char *before, const char *path)
{
	return are_of_ring(before, path) ||
	       may_follow(file_base_name(before), file_base_name(path));
}

/* Whether the file may be the next one of the process that wrote "before". */
static bool goes_on(const struct file_span *before,
		    const struct file_span *file)
{
	if (!before->has_time)
		return false;
	return are_of_ring(before->path, file->path) ||
	       (!overlap(before, file) && may_follow(before->name, file->name));
}

/* The source that may have continued with this file; s->n: none. */
static size_t find_source(const struct file_sources *s,
			  const struct file_span *file)
{
	size_t best = s->n, most = 0;

	for (size_t i = 0; file->has_time && i < s->n; i++) {
		const struct file_span *before = &s->items[i].latest;
		size_t common = in_common(before->name, file->name);

		if (goes_on(before, file) && (best == s->n || common > most)) {
			best = i;
			most = common;
		}
	}
	return best;
}

/* The common beginning of all names, without a number that begins there. */
static char *common_name(const struct file_source *source)
{
	const char *name = source->span.name;
	size_t n = source->common;

	while (source->files > 1 && n &&
	       (is_digit(name[n - 1]) || strchr("_-.:", name[n - 1])))
		n--;
	return mem_printf("%.*s", (int)n, name);
}

static bool has(const struct strlist *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

/* The last part of a long name. */
static const char *tail(const char *name)
{
	const size_t n = strlen(name);

	return n > FILE_SOURCE_NAME ? name + n - FILE_SOURCE_NAME : name;
}

/* Make the names of all sources different. */
static void name_source(struct file_sources *s, const struct file_source *one)
{
	char *name = common_name(one);
	const char *first = tail(one->span.name);

	if (*name && !has(&s->names, tail(name)))
		strlist_add(&s->names, tail(name));
	else if (!has(&s->names, first))
		strlist_add(&s->names, first);
	else
		strlist_addf(&s->names, "source %zu", s->names.n + 1);
	free(name);
}

void file_sources_find(struct file_sources *s, const struct file_span *files,
		       size_t n)
{
	*s = (struct file_sources){ .n = 0 };
	s->of = mem_calloc(n + 1, sizeof(*s->of));
	s->items = mem_calloc(n + 1, sizeof(*s->items));
	for (size_t i = 0; i < n; i++) {
		const size_t at = find_source(s, &files[i]);
		struct file_source *source = &s->items[at];
		size_t common = strlen(files[i].name);

		s->of[i] = at;
		if (at == s->n) {
			s->n++;
			source->span = files[i];
			source->common = common;
		} else {
			common = in_common(source->span.name, files[i].name);
		}
		source->files++;
		if (files[i].last > source->span.last)
			source->span.last = files[i].last;
		source->latest = files[i];
		if (common < source->common)
			source->common = common;
	}
	for (size_t i = 0; i < s->n; i++)
		name_source(s, &s->items[i]);
}

bool file_sources_parallel(const struct file_sources *s, size_t a, size_t b)
{
	const struct file_span *x = &s->items[a].span, *y = &s->items[b].span;

	return a != b && x->has_time && y->has_time && overlap(x, y);
}

void file_sources_release(struct file_sources *s)
{
	free(s->of);
	free(s->items);
	strlist_release(&s->names);
	*s = (struct file_sources){ .n = 0 };
}
