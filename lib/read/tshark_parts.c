/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/proc.h"
#include "os/tempfile.h"
#include "read/parts.h"
#include "read/source.h"
#include "read/tshark_run.h"

enum {
	JOB_PACKETS = 20000, /* what tshark takes about half a second for */
	JOBS_MAX = 16,
	LINES = 1 << 20 /* bytes read at once, and the longest line */
};

/* A tshark, and the thread that writes its part to it. */
struct worker {
	const struct parts *parts;
	size_t part;
	int fd;	  /* the capture */
	int feed; /* write end of the pipe to tshark's stdin */
	int file; /* its output; -1: a pipe */
	bool running, threaded;
	pthread_t thread;
	struct proc proc;
};

/* tshark may end before it has read all. */
static void *feed(void *ctx)
{
	struct worker *w = ctx;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	/* That packets are missing is noticed when they are counted. */
	(void)!parts_write(w->parts, w->part, w->fd, w->feed);
	close(w->feed);
	return NULL;
}

static int start(struct worker *w, const struct tshark_run *run,
		 const struct tshark *t)
{
	struct strlist argv = { .n = 0 }, env = { .n = 0 };
	struct error ignored = ERROR_INIT;
	int in[2] = { -1, -1 }, rc = -1;

	if (w->part > 0) {
		w->file = tempfile_nameless(run->job->in->directory, &ignored);
		if (w->file < 0)
			return -1;
	}
	if (pipe2(in, O_CLOEXEC) < 0)
		return -1;
	tshark_run_argv(&argv, t, run, NULL, true);
	tshark_environment(&env);
	rc = w->part > 0 ? proc_start_to_file(&w->proc, argv.items, env.items,
					      in[0], w->file, &ignored)
			 : proc_start(&w->proc, argv.items, env.items, in[0],
				      &ignored);
	strlist_release(&argv);
	strlist_release(&env);
	close(in[0]);
	if (rc < 0) {
		close(in[1]);
		return -1;
	}
	w->running = true;
	w->feed = in[1];
	if (pthread_create(&w->thread, NULL, feed, w) != 0) {
		close(in[1]);
		return -1;
	}
	w->threaded = true;
	return 0;
}

static void stop(struct worker *w)
{
	if (w->running)
		proc_release(&w->proc);
	if (w->threaded)
		pthread_join(w->thread, NULL);
	if (w->file >= 0)
		close(w->file);
}

/* TSHARK_AGAIN: the part cannot be used; TSHARK_FAILED: job->fn failed. */
static enum tshark_result take_lines(struct tshark_run *run, struct worker *w,
				     struct proc_lines *lines,
				     struct error *err)
{
	lines->have = 0;
	if (proc_lines_each(&w->proc, lines, tshark_run_line, run, err) < 0)
		return run->astray ? TSHARK_AGAIN : TSHARK_FAILED;
	/* The last line of a run that went well has its newline. */
	return lines->have ? TSHARK_AGAIN : TSHARK_DONE;
}

static bool went_well(struct worker *w)
{
	struct proc_status status = { .exited = 0 };

	proc_finish(&w->proc, &status);
	return status.exited && status.code == 0;
}

static enum tshark_result take_part(struct tshark_run *run, struct worker *w,
				    struct proc_lines *lines, struct error *err)
{
	const struct part *part = &w->parts->items[w->part];
	uint64_t packets = run->info->packets;
	enum tshark_result result = TSHARK_DONE;

	run->before = part->before;
	numbering_part(run->numbering);
	result = take_lines(run, w, lines, err);
	if (result == TSHARK_DONE &&
	    (!went_well(w) || run->info->packets - packets != part->packets))
		result = TSHARK_AGAIN;
	return result;
}

/* With the parts known: all of them at the same time. */
static enum tshark_result read_parts(struct tshark_run *run,
				     const struct tshark *t,
				     const struct parts *parts, int fd,
				     struct error *err)
{
	struct worker *workers = mem_calloc(parts->n, sizeof(*workers));
	struct numbering numbering;
	struct proc_lines lines;
	enum tshark_result result = TSHARK_DONE;

	numbering_init(&numbering, NUMBERING_PARTS);
	run->numbering = &numbering;
	proc_lines_init(&lines, LINES);
	for (size_t i = 0; i < parts->n; i++)
		workers[i] = (struct worker){
			.parts = parts, .part = i, .fd = fd, .file = -1
		};
	for (size_t i = 0; result == TSHARK_DONE && i < parts->n; i++)
		if (start(&workers[i], run, t) < 0)
			result = TSHARK_AGAIN;
	for (size_t i = 0; result == TSHARK_DONE && i < parts->n; i++)
		result = take_part(run, &workers[i], &lines, err);
	for (size_t i = 0; i < parts->n; i++)
		stop(&workers[i]);
	proc_lines_release(&lines);
	numbering_release(&numbering);
	free(workers);
	run->numbering = NULL;
	run->before = 0;
	return result;
}

enum tshark_result tshark_parts_read(struct tshark_run *run,
				     const struct tshark *t, struct error *err)
{
	const struct input *in = run->job->in;
	const struct source *source = run->job->source;
	unsigned jobs = input_jobs(in) < JOBS_MAX ? input_jobs(in) : JOBS_MAX;
	struct parts parts;
	enum tshark_result result = TSHARK_AGAIN;

	/* Versions before 3.6 need a second try (tshark.h). */
	if (jobs < 2 || !source->is_file ||
	    t->version < TSHARK_VERSION(3, 6, 0))
		return TSHARK_AGAIN;
	if (parts_find(&parts, source->fd, jobs,
		       in->job_packets ? in->job_packets : JOB_PACKETS) > 1)
		result = read_parts(run, t, &parts, source->fd, err);
	parts_release(&parts);
	return result;
}
