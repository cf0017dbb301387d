/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * input.h - how captures are read; and the cache directory and tshark, which
 * are looked for once.
 *
 *	struct input in = { .no_cache = true };
 *	... session_open(&session, &in, path, &err) ...
 *	input_release(&in);
 *
 * All zero is a good default.  The strings that are set by the caller stay its
 * own.
 */
#ifndef READ_INPUT_H
#define READ_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct tshark;

struct input {
	const char *tshark;    /* --tshark, or NULL */
	const char *cache_dir; /* or NULL: see input_cache_directory() */
	bool no_cache;	       /* neither read nor write the cache */
	bool refresh;	       /* run tshark even when the cache has it */
	bool only_cached; /* never run tshark: fail when the cache has it not */
	bool whole_packets;    /* refuse exports: they have no packets */
	unsigned jobs;	       /* tsharks at a time over one capture; 0: as
				  many as there are processors */
	uint64_t job_packets;  /* at least, for each of them; 0: as many as
				  make it worth while */
	uint64_t keep_packets; /* in memory while a capture is read for the
				  first time, at most, where the cache has the
				  others; 0: see session.h */
	/* Called every few thousand packets while tshark runs, or NULL. */
	void (*progress)(void *ctx, uint64_t packets);
	void *progress_ctx;
	/* Private: what input_prepare() found. */
	struct tshark *found; /* NULL: none, as "missing" says */
	struct error missing;
	char *directory; /* of the cache; NULL: none, as "homeless" says */
	struct error homeless;
	bool prepared;
};

/*
 * Look for tshark and for the cache directory, unless that was done: so that
 * copies of "in" can be used by several threads.  Only "in" itself is to be
 * released.
 */
void input_prepare(struct input *in);

/* tshark, prepared, which "in" owns; NULL and EXIT_TSHARK when it is missing. */
const struct tshark *input_tshark(struct input *in, struct error *err);

/* How many threads or processes may work at a time. */
unsigned input_jobs(const struct input *in);

/*
 * The name of the cache directory: "wanted" when not NULL, else
 * $XDG_CACHE_HOME/mptcptools, else $HOME/.cache/mptcptools.  To be freed by
 * the caller; NULL and "err" when there is none.
 */
char *input_cache_directory(const char *wanted, struct error *err);

void input_release(struct input *in);

#endif
