/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proc.h - run a child process and read its output while it runs.
 *
 * No shell is involved: arguments reach the program unchanged.
 *
 *	struct proc p;
 *	if (proc_start(&p, argv, envp, -1, &err) < 0) ...
 *	while ((n = proc_read(&p, buf, sizeof(buf), &err)) > 0) ...
 *	proc_finish(&p, &status);	// or proc_kill(&p)
 *	... p.errors.text is what it said on stderr ...
 *	proc_release(&p);
 *
 * The child is registered with cleanup.h until it has been waited for.  It
 * leads a process group of its own, so that killing it also kills processes
 * that it started (when it is a script).
 */
#ifndef OS_PROC_H
#define OS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "base/strbuf.h"

struct proc {
	pid_t pid;	      /* 0 after it was waited for */
	int out;	      /* read end of its stdout, -1 when closed */
	int err;	      /* read end of its stderr, -1 when closed */
	int64_t deadline;     /* monotonic clock, ns; 0: none */
	bool late;	      /* it was killed at the deadline */
	struct strbuf errors; /* the last few KB of its stderr; owned */
};

/*
 * The time limit for children started from now on, in seconds; 0, the default:
 * no limit.  Applies to the whole process.
 */
void proc_set_limit(unsigned seconds);
unsigned proc_limit(void); /* seconds; 0: none */

/* How a child ended. */
struct proc_status {
	/* "code" is the exit status, else the signal that killed it */
	bool exited;
	int code;
};

/*
 * Run argv[0] (looked up in PATH) with environment "envp".  Its standard input
 * is "stdin_fd", or /dev/null when that is -1.  Returns 0, or -1 with
 * EXIT_SYSTEM.
 */
int proc_start(struct proc *p, char *const argv[], char *const envp[],
	       int stdin_fd, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The same with standard output redirected to the descriptor "file", which
 * remains the caller's.  There is nothing to proc_read() then.
 */
int proc_start_to_file(struct proc *p, char *const argv[], char *const envp[],
		       int stdin_fd, int file, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Read from its standard output: the number of bytes, 0 at the end, -1 on
 * errors, or with EXIT_TSHARK when its time limit is over.  What it writes to
 * standard error meanwhile is kept in p->errors.
 */
ssize_t proc_read(struct proc *p, char *buf, size_t n, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Append what it wrote to standard error to p->errors; call when p->err is
 * readable.
 */
void proc_take_errors(struct proc *p);

/* Called for each line of output, without its newline; -1 stops reading. */
typedef int proc_line_fn(void *ctx, const char *line, size_t n,
			 struct error *err);

/* Splits a child's output into lines. */
struct proc_lines {
	char *buf;    /* owned */
	size_t size;  /* of buf; lines must be shorter */
	size_t have;  /* bytes of a last line without newline in buf */
	size_t total; /* bytes read so far */
};

void proc_lines_init(struct proc_lines *lines, size_t size);
void proc_lines_release(struct proc_lines *lines);

/*
 * Call "fn" for each line until the output ends; returns 0.  Returns -1 when
 * "fn" fails, or when a line is longer than the buffer, after handing over the
 * part that fits.  A last line without a newline is not handed over but
 * remains in lines->buf: the caller decides what to do with it, by how the
 * child ended.
 */
int proc_lines_each(struct proc *p, struct proc_lines *lines, proc_line_fn *fn,
		    void *ctx, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The number of processors available to this process: how many children are
 * worth running at a time.
 */
unsigned proc_processors(void);

/* Close the pipes and wait for the child to end; kill it at its deadline. */
void proc_finish(struct proc *p, struct proc_status *status);

/* Kill it if it is still running, and wait for it. */
void proc_kill(struct proc *p);

/* Kill it if it is still running, and free what "p" owns. */
void proc_release(struct proc *p);

#endif
