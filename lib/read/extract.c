/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/extract.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/proc.h"
#include "pcap/walk.h"
#include "read/tshark.h"
#include "row/field.h"

enum {
	RANGES_MAX = 512,	 /* editcap ignores what follows */
	FILTER_MAX = 120 * 1024, /* bytes; Linux takes 128 KiB per argument */
	USAGE = 1		 /* exit status of tshark */
};

static uint64_t count_ranges(const struct extract_job *job, uint64_t *packets)
{
	uint64_t ranges = 0;

	*packets = 0;
	for (uint64_t i = 0; i < job->n; i++) {
		*packets += job->has[i];
		ranges += job->has[i] && (i == 0 || !job->has[i - 1]);
	}
	return ranges;
}

static void add_ranges(const struct extract_job *job, struct strlist *argv)
{
	for (uint64_t i = 0; i < job->n; i++) {
		uint64_t from = i;

		if (!job->has[i])
			continue;
		while (i + 1 < job->n && job->has[i + 1])
			i++;
		strlist_addf(argv, "%" PRIu64 "-%" PRIu64, from + 1, i + 1);
	}
}

/* A name that is no option. */
static void add_path(struct strlist *argv, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;

	strlist_addf(argv, "%s%s", path[0] == '-' && !is_stdin ? "./" : "",
		     path);
}

/* editcap stands beside tshark, or in PATH. */
static char *find_editcap(const struct tshark *t)
{
	const char *slash = strrchr(t->path, '/');
	char *path = NULL;

	if (slash)
		path = mem_printf("%.*s/editcap", (int)(slash - t->path),
				  t->path);
	if (path && access(path, X_OK) == 0)
		return path;
	free(path);
	return mem_strdup("editcap");
}

static void editcap_argv(const struct tshark *t, const struct extract_job *job,
			 struct strlist *argv)
{
	char *program = find_editcap(t);

	strlist_add(argv, program);
	free(program);
	strlist_add(argv, "-F");
	strlist_add(argv, "pcapng");
	strlist_add(argv, "-r");
	add_path(argv, job->path);
	add_path(argv, job->out);
	add_ranges(job, argv);
}

static void tshark_argv(const struct tshark *t, const struct extract_job *job,
			bool as_data, struct strlist *argv)
{
	tshark_arguments(argv, t, as_data, true);
	strlist_add(argv, "-r");
	add_path(argv, job->path);
	strlist_add(argv, "-Y");
	strlist_add(argv, job->filter);
	strlist_add(argv, "-F");
	strlist_add(argv, "pcapng");
	strlist_add(argv, "-w");
	add_path(argv, job->out);
}

/* Run it to its end; "errors" gets what it said. */
static int run(struct strlist *argv, const struct extract_job *job,
	       struct proc_status *status, struct strbuf *errors,
	       struct error *err)
{
	struct strlist env = { .n = 0 };
	struct proc p;
	int fd = strcmp(job->path, "-") == 0 ? STDIN_FILENO : -1, rc = -1;
	char buf[4096];
	ssize_t n = 0;

	MEM_PUSH_ROOM(argv->items, argv->n, argv->cap);
	argv->items[argv->n] = NULL;
	tshark_environment(&env);
	if (fd >= 0)
		(void)!lseek(fd, job->start, SEEK_SET);
	if (proc_start(&p, argv->items, env.items, fd, err) < 0) {
		err->kind = EXIT_TSHARK;
		goto out;
	}
	while ((n = proc_read(&p, buf, sizeof(buf), err)) > 0)
		;
	if (n == 0) {
		proc_finish(&p, status);
		strbuf_clear(errors);
		strbuf_puts(errors, p.errors.text);
		rc = 0;
	}
out:
	proc_release(&p);
	strlist_release(&env);
	return rc;
}

/* How many packets a file has; -1 when it is not whole. */
static int count_packets(const char *path, uint64_t *packets)
{
	struct pcap_walk walk;
	struct pcap_record record;
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc = -1;

	*packets = 0;
	if (fd < 0)
		return -1;
	if (pcap_walk_open(&walk, fd) == 0)
		while ((rc = pcap_walk_next(&walk, &record)) > 0)
			*packets += record.kind == PCAP_PACKET ||
				    record.kind == PCAP_OLD_PACKET;
	pcap_walk_close(&walk);
	close(fd);
	return rc;
}

static int judge(const struct strlist *argv, const struct extract_job *job,
		 const struct proc_status *status, uint64_t wanted,
		 const struct strbuf *errors, struct error *err)
{
	const char *name = strrchr(argv->items[0], '/');
	char *text = NULL;
	uint64_t written = 0;
	int bad = count_packets(job->out, &written);

	if (bad == 0 && written == wanted && status->exited &&
	    (status->code == 0 || !job->complete))
		return 0;
	name = name ? name + 1 : argv->items[0];
	text = tshark_complaint(errors->text);
	if (status->exited && status->code == 0)
		error_set(err, EXIT_TSHARK,
			  "%s took %" PRIu64 " packets of '%s' where %" PRIu64
			  " were meant",
			  name, written, job->path, wanted);
	else
		error_set(err,
			  strstr(errors->text, "No space left") ? EXIT_SYSTEM
								: EXIT_TSHARK,
			  "%s failed on '%s' (%s %d)%s%s", name, job->path,
			  status->exited ? "exit status" : "signal",
			  status->code, *text ? ": " : "", text);
	free(text);
	return -1;
}

int extract_packets(struct input *in, const struct extract_job *job,
		    struct error *err)
{
	uint64_t wanted = 0, ranges = count_ranges(job, &wanted);
	struct strlist argv = { .n = 0 };
	struct strbuf errors = STRBUF_INIT;
	struct proc_status status = { .exited = 0 };
	const struct tshark *t = input_tshark(in, err);
	int rc = -1;

	if (!t)
		return -1;
	if (ranges > RANGES_MAX && strlen(job->filter) > FILTER_MAX)
		return error_set(err, EXIT_TSHARK,
				 "'%s': too many TCP streams at a time",
				 job->path);
	if (ranges <= RANGES_MAX)
		editcap_argv(t, job, &argv);
	else
		tshark_argv(t, job, 1, &argv);
	if (run(&argv, job, &status, &errors, err) < 0)
		goto out;
	if (ranges > RANGES_MAX && status.exited && status.code == USAGE) {
		/* tshark 3.4 does not take "data" as a protocol */
		strlist_release(&argv);
		argv = (struct strlist){ .n = 0 };
		tshark_argv(t, job, 0, &argv);
		if (run(&argv, job, &status, &errors, err) < 0)
			goto out;
	}
	rc = judge(&argv, job, &status, wanted, &errors, err);
out:
	strlist_release(&argv);
	strbuf_release(&errors);
	return rc;
}

void extract_put_filter(struct strbuf *out)
{
	bool any = false;

	for (int i = 0; i < FIELD_COUNT; i++) {
		if (!field_table[i].required)
			continue;
		strbuf_printf(out, "%s(%s)", any ? " and " : "",
			      field_table[i].tshark);
		any = true;
	}
}
