/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/mergecap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "os/proc.h"
#include "os/tempfile.h"
#include "pcap/bytes.h"
#include "pcap/option.h"
#include "pcap/walk.h"
#include "read/tshark.h"

enum {
	TYPE = 4,    /* bytes of a block's type, before its length ... */
	LENGTH = 4,  /* ... which is also at its end */
	OPTIONS = 24 /* offset of options in a section header */
};

static char *find_mergecap(struct input *in)
{
	struct error ignored = ERROR_INIT;
	const struct tshark *t = input_tshark(in, &ignored);
	const char *slash = t ? strrchr(t->path, '/') : NULL;
	char *path = NULL;

	if (slash)
		path = mem_printf("%.*s/mergecap", (int)(slash - t->path),
				  t->path);
	if (path && access(path, X_OK) == 0)
		return path;
	free(path);
	return mem_strdup("mergecap");
}

static int run(char **argv, char **env, int file, struct error *err)
{
	struct proc_status status = { .exited = 0 };
	struct proc p;
	int rc = proc_start_to_file(&p, argv, env, -1, file, err);

	if (rc == 0)
		proc_finish(&p, &status);
	if (rc < 0)
		rc = error_set(err, EXIT_TSHARK,
			       "cannot run mergecap, which merges capture "
			       "files: install it (it comes with tshark)");
	else if (!status.exited || status.code != 0)
		rc = error_set(err, EXIT_INPUT, "mergecap failed: %.*s",
			       (int)strcspn(p.errors.text, "\n"),
			       p.errors.text);
	proc_release(&p);
	return rc;
}

static bool is_about_files(const struct pcap_option *o)
{
	static const char begin[] = "File created by merging";

	return o->code == PCAP_OPTION_COMMENT && o->n >= sizeof(begin) - 1 &&
	       memcmp(o->value, begin, sizeof(begin) - 1) == 0;
}

/* The section header without mergecap's comment that lists the files. */
static void put_header(struct strbuf *out, bool swapped,
		       const struct pcap_record *r)
{
	const uint8_t *at = r->raw + OPTIONS, *end = r->raw + r->n_raw - LENGTH;
	const uint8_t *from = at;
	struct pcap_option o;
	uint32_t n = 0;

	strbuf_append(out, r->raw, OPTIONS);
	for (; pcap_next_option(swapped, &at, end, &o) > 0; from = at)
		if (!is_about_files(&o))
			strbuf_append(out, from, (size_t)(at - from));
	strbuf_append(out, from, (size_t)(end - from));
	n = (uint32_t)(out->len + LENGTH);
	n = swapped ? __builtin_bswap32(n) : n;
	memcpy(out->text + TYPE, &n, LENGTH);
	strbuf_append(out, &n, LENGTH);
}

/* Returns the length of the header, 0: it is not understood. */
static off_t copy_header(int fd, struct outfile *out)
{
	struct strbuf header = STRBUF_INIT;
	struct pcap_walk walk;
	struct pcap_record r = { .n_raw = 0 };
	off_t length = 0;

	if (pcap_walk_open(&walk, fd, 0) == 0 && walk.is_pcapng &&
	    pcap_walk_next(&walk, &r) == PCAP_RECORD) {
		put_header(&header, walk.swapped, &r);
		outfile_write(out, header.text, header.len);
		length = (off_t)r.n_raw;
	}
	pcap_walk_close(&walk);
	strbuf_release(&header);
	return length;
}

/* Errors in writing are kept in "out". */
static void copy(int fd, struct outfile *out)
{
	const uint8_t *p = NULL;
	struct bytes bytes;
	size_t n = 0;

	bytes_open(&bytes, fd, copy_header(fd, out));
	while (p = bytes_some(&bytes, &n), n > 0) {
		outfile_write(out, p, n);
		bytes_skip(&bytes, n);
	}
	bytes_close(&bytes);
}

int mergecap_write(struct input *in, const struct strlist *paths,
		   struct outfile *out, struct error *err)
{
	static const char *const options[] = { "-F", "pcapng", "-w", "-" };
	struct strlist argv = { .n = 0 }, env = { .n = 0 };
	const int file = tempfile_nameless(NULL, err);
	char *program = NULL;
	int rc = 0;

	if (file < 0)
		return -1;
	program = find_mergecap(in);
	strlist_add(&argv, program);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		strlist_add(&argv, options[i]);
	for (size_t i = 0; i < paths->n; i++)
		strlist_add(&argv, paths->items[i]);
	strlist_end(&argv);
	tshark_environment(&env);
	rc = run(argv.items, env.items, file, err);
	if (rc == 0)
		copy(file, out);
	close(file);
	free(program);
	strlist_release(&argv);
	strlist_release(&env);
	return rc;
}
