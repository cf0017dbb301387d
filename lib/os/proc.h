/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proc.h - a child process whose output is read while it runs.
 *
 * No shell is involved: the arguments reach the program as they are.
 *
 *	struct proc p;
 *	if (proc_start(&p, argv, envp, -1, &err) < 0) ...
 *	while ((n = proc_read(&p, buf, sizeof(buf), &err)) > 0) ...
 *	proc_finish(&p, &status);	// or proc_kill(&p)
 *	... p.errors.text is what it said on stderr ...
 *	proc_release(&p);
 *
 * The child is registered with cleanup.h until it is reaped.  It leads a group
 * of its own: what it started (when it is a script) is killed with it.
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
	pid_t pid;	      /* 0 when reaped */
	int out;	      /* read end of its stdout, -1 when closed */
	int err;	      /* read end of its stderr, -1 when closed */
	int64_t deadline;     /* monotonic clock, ns; 0: none */
	bool late;	      /* it was killed then */
	struct strbuf errors; /* the last few KB of its stderr */
};

/*
 * How long a child that is started from now on may take, in seconds; 0, the
 * default: as long as it likes.  For the process, as cleanup.h is.
 */
void proc_set_limit(unsigned seconds);
unsigned proc_limit(void); /* seconds; 0: none */

/* How a child ended. */
struct proc_status {
	bool exited; /* "code" is its status, else the signal that killed it */
	int code;
};

/*
 * Run argv[0] (looked up in PATH) with environment "envp"; its stdin is
 * "stdin_fd", or /dev/null when that is -1.  Returns 0, or -1 and EXIT_SYSTEM.
 */
int proc_start(struct proc *p, char *const argv[], char *const envp[],
	       int stdin_fd, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The same, with its stdout going to the file "file", which stays the
 * caller's: there is nothing for proc_read().
 */
int proc_start_to_file(struct proc *p, char *const argv[], char *const envp[],
		       int stdin_fd, int file, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Read from its stdout: the number of bytes, 0 at the end, -1 on errors and,
 * with EXIT_TSHARK, when its time is over.
 * Whatever it writes to stderr meanwhile is kept in p->errors.
 */
ssize_t proc_read(struct proc *p, char *buf, size_t n, struct error *err)
	__attribute__((warn_unused_result));

/* Told of each line of a child's output, without its newline; -1 stops. */
typedef int proc_line_fn(void *ctx, const char *line, size_t n,
			 struct error *err);

/* The lines of a child's output, on their way. */
struct proc_lines {
	char *buf;    /* owned */
	size_t size;  /* the longest line */
	size_t have;  /* bytes of a last line without newline in buf */
	size_t total; /* bytes of all that was read */
};

void proc_lines_init(struct proc_lines *lines, size_t size);
void proc_lines_release(struct proc_lines *lines);

/*
 * Hand over the lines until the output ends: 0.  A line that is longer than
 * the buffer is handed over in part; then, and when "fn" fails, -1.  What has
 * no newline stays in lines->buf: whether it is whole depends on how the child
 * ended.
 */
int proc_lines_each(struct proc *p, struct proc_lines *lines, proc_line_fn *fn,
		    void *ctx, struct error *err)
	__attribute__((warn_unused_result));

/* How many children can run at a time: the processors for this process. */
unsigned proc_processors(void);

/* Close the pipes and wait until it has ended, or kill it at its deadline. */
void proc_finish(struct proc *p, struct proc_status *status);

/* Kill it (when it still runs) and reap it. */
void proc_kill(struct proc *p);

/* Kill it when it still runs, and free what "p" owns. */
void proc_release(struct proc *p);

#endif
