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

/* Who reads packets. */
enum reader_choice {
	READER_CHOICE_AUTO,   /* tshark what is small or odd, and a sample of
				 the rest; else the native reader */
	READER_CHOICE_TSHARK, /* tshark alone */
	READER_CHOICE_NATIVE  /* the native reader alone: what is odd is left
				 out */
};

enum {
	NATIVE_FROM = 10000 /* packets; smaller captures tshark reads alone */
};

struct input {
	const char *tshark; /* --tshark, or NULL */
	enum reader_choice reader;
	uint64_t native_from;  /* in place of NATIVE_FROM; or 0 */
	const char *cache_dir; /* or NULL: see input_cache_directory() */
	bool keep_copies;      /* a packet that was captured more than once
				  is that many packets */
	int captured_at;  /* enum vantage (model/conn.h); 0: as signs say */
	bool no_cache;	  /* neither read nor write the cache */
	bool refresh;	  /* read packets even when the cache has them */
	bool only_cached; /* read no packets: fail when the cache has it not */
	bool whole_packets;    /* refuse exports: they have no packets */
	unsigned jobs;	       /* threads that may work at a time; 0: as many
				  as there are processors */
	uint64_t keep_packets; /* in memory while a capture is read for the
				  first time, at most, where the cache has the
				  others; 0: see session.h */
	/* Called every few thousand packets of a capture, or NULL. */
	void (*progress)(void *ctx, uint64_t packets);
	void *progress_ctx;
	/* Private: what input_prepare() found. */
	struct tshark *found; /* NULL: none, as "missing" says */
	struct error missing;
	char *directory; /* of the cache; NULL: none, as "homeless" says */
	struct error homeless;
	bool prepared;
};

/* The name of a choice, "auto", "tshark", "native"; NULL: there is none. */
const char *input_reader_name(int choice);

/* The opposite; -1: it is none of them. */
int input_reader_parse(const char *text, enum reader_choice *choice)
	__attribute__((warn_unused_result));

/*
 * Look for tshark and for the cache directory, unless that was done: so that
 * copies of "in" can be used by several threads.  Only "in" itself is to be
 * released.
 */
void input_prepare(struct input *in);

/* tshark, prepared, which "in" owns; NULL and EXIT_TSHARK when it is missing.
 */
const struct tshark *input_tshark(struct input *in, struct error *err);

/* How many threads may work at a time. */
unsigned input_jobs(const struct input *in);

/*
 * The name of the cache directory: "wanted" when not NULL, else
 * $XDG_CACHE_HOME/mptcptools, else $HOME/.cache/mptcptools.  To be freed by
 * the caller; NULL and "err" when there is none.
 */
char *input_cache_directory(const char *wanted, struct error *err);

void input_release(struct input *in);

#endif
