/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Open what is to be read: interfaces, a file, a ring, a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "live/source_state.h"

static char *interfaces_name(const struct strlist *names)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < names->n; i++)
		strbuf_printf(&text, "%s%s", i ? ", " : "", names->items[i]);
	return strbuf_detach(&text);
}

int source_open_interfaces(struct live_source *s,
			   const struct live_source_options *o,
			   struct error *err)
{
	s->is_captured = true;
	s->name = interfaces_name(&o->interfaces);
	if (dumpcap_start(&s->dumpcap, o, err) < 0)
		return -1;
	s->feed.fd = s->dumpcap.out;
	s->feed.dumpcap = &s->dumpcap;
	return 0;
}

/* Opening a FIFO does not wait for a writer; reading does. */
static int open_path(struct live_source *s, const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		if (!s->follow)
			return error_set(err, EXIT_USAGE,
					 "'%s' is a directory: use --follow "
					 "for a ring that is being written in "
					 "it, or give one of its files",
					 path);
		s->path = follow_newest(path, err);
		if (!s->path)
			return -1;
	} else {
		s->path = mem_strdup(path);
	}
	s->fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (s->fd < 0)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot open '%s'", s->path);
	return 0;
}

/* Check that what is available without waiting looks like a capture. */
static int check_begin(const struct live_source *s, int fd, off_t size,
		       struct error *err)
{
	uint8_t head[4];
	const off_t at = lseek(fd, 0, SEEK_CUR);
	const bool has_head =
		pread(fd, head, sizeof(head), at) == (ssize_t)sizeof(head);

	if (size == 0 && !s->follow)
		return error_set(err, EXIT_INPUT, "'%s' is empty", s->name);
	if (has_head && s->follow && head[0] == 0x1f && head[1] == 0x8b)
		return error_set(err, EXIT_INPUT, "cannot read '%s': %s",
				 s->name, SOURCE_GZIP);
	if (has_head && !pcap_walk_opens(fd, at))
		return error_set(err, EXIT_INPUT, "cannot read '%s': %s",
				 s->name, SOURCE_FORMAT);
	return 0;
}

int source_open_path(struct live_source *s, const struct live_source_options *o,
		     struct error *err)
{
	struct stat st = { .st_mode = 0 };

	s->is_stdin = strcmp(o->path, "-") == 0;
	s->name = mem_strdup(s->is_stdin ? "standard input" : o->path);
	if (!s->is_stdin && open_path(s, o->path, err) < 0)
		return -1;
	s->feed.fd = s->is_stdin ? STDIN_FILENO : s->fd;
	if (s->is_stdin && isatty(STDIN_FILENO))
		return error_set(err, EXIT_INPUT,
				 "standard input is a terminal: use a pipe "
				 "(tcpdump -U -w - | COMMAND -)");
	if (fstat(s->feed.fd, &st) < 0)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot open '%s'", s->name);
	s->feed.is_regular = S_ISREG(st.st_mode);
	s->counts.is_paced = !s->feed.is_regular;
	if (!s->feed.is_regular)
		return 0;
	if (o->write)
		return error_set(err, EXIT_USAGE,
				 "'%s' is already a file: -w can only be used "
				 "with an interface or a pipe",
				 s->name);
	if (!s->is_stdin && s->follow) {
		follow_start(&s->ring, s->path, s->fd);
		s->feed.ring = &s->ring;
	}
	return check_begin(s, s->feed.fd, st.st_size, err);
}
