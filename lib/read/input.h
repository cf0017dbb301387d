/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * input.h - options for reading captures, and what is looked up only once for
 * all captures: tshark and the cache directory.
 *
 *	struct input in = { .no_cache = true };
 *	... session_open(&session, &in, path, &err) ...
 *	input_release(&in);
 *
 * All zero is a good default.  Strings set by the caller remain its own.
 */
#ifndef READ_INPUT_H
#define READ_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct tshark;

/* Which reader makes rows of packets. */
enum reader_choice {
	READER_CHOICE_AUTO,   /* native, checked by tshark on a sample; tshark
				 alone for small or unusual captures */
	READER_CHOICE_TSHARK, /* tshark alone */
	READER_CHOICE_NATIVE  /* native alone; packets that it cannot read are
				 left out */
};

enum {
	NATIVE_FROM = 10000 /* packets; tshark reads smaller captures alone */
};

struct input {
	const char *tshark; /* value of --tshark, or NULL */
	enum reader_choice reader;
	uint64_t native_from;  /* overrides NATIVE_FROM; 0: does not */
	const char *cache_dir; /* NULL: see input_cache_directory() */
	bool keep_copies;      /* count each copy of a packet that was captured
				  at several points */
	/* enum vantage (model/conn.h); 0: determined from the capture */
	int captured_at;
	bool no_cache; /* neither read nor write the cache */
	bool refresh;  /* read packets even when the cache has them */
	/* never read packets: fail when the cache lacks them */
	bool only_cached;
	bool whole_packets; /* reject exports, which contain no packets */
	unsigned jobs;	    /* maximum number of threads; 0: the number of
			       processors */
	/* Packets in memory, at most, while a capture is read for the first
	   time and the cache takes the others; 0: SESSION_KEEP. */
	uint64_t keep_packets;
	/* Called every few thousand packets of a capture, or NULL. */
	void (*progress)(void *ctx, uint64_t packets);
	void *progress_ctx;
	/* Private: what input_prepare() found. */
	struct tshark *found; /* NULL: none, for the reason in "missing" */
	struct error missing;
	char *directory; /* of the cache; NULL: none, see "homeless" */
	struct error homeless;
	bool prepared;
};

/* The name of a choice, "auto", "tshark", "native"; NULL: there is none. */
const char *input_reader_name(int choice);

/* The choice with that name; -1: there is none. */
int input_reader_parse(const char *text, enum reader_choice *choice)
	__attribute__((warn_unused_result));

/*
 * Look for tshark and the cache directory, unless that was done before.
 * Afterwards copies of "in" can be used by several threads; only "in" itself
 * is to be released.
 */
void input_prepare(struct input *in);

/* The tshark to use, owned by "in"; NULL and EXIT_TSHARK when it is missing. */
const struct tshark *input_tshark(struct input *in, struct error *err);

/* The maximum number of threads, at least 1. */
unsigned input_jobs(const struct input *in);

/*
 * The path of the cache directory: "wanted" when not NULL, else
 * $XDG_CACHE_HOME/mptcptools, else $HOME/.cache/mptcptools.  The caller frees
 * it; NULL and "err" when there is none.
 */
char *input_cache_directory(const char *wanted, struct error *err);

void input_release(struct input *in);

#endif
