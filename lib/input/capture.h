/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture.h - the TCP packets of a capture file, from tshark or the cache, or
 *of an export.
 *
 *	struct input in = { .tshark = NULL };
 *	struct capture_info info;
 *
 *	if (capture_read(&in, path, take_row, ctx, &info, &err) < 0) ...
 *	... info.packets, info.warnings ...
 *	capture_info_release(&info);
 *	input_release(&in);
 *
 * The strings in a struct input stay the caller's; a struct capture_info owns
 * what it points to.
 */
#ifndef INPUT_CAPTURE_H
#define INPUT_CAPTURE_H

#include <stdint.h>

#include "base/error.h"
#include "base/strlist.h"
#include "input/icmp.h"
#include "input/row.h"

/* What there is to say about a capture besides its rows. */
struct capture_info {
	char *path;	      /* as it was given */
	uint64_t packets;     /* frames of any protocol */
	uint64_t tcp_packets; /* rows handed out, and the malformed ones */
	uint64_t malformed;   /* TCP headers that make no sense */
	uint64_t options_cut; /* rows with ROW_OPTIONS_CUT */
	uint64_t snapped;     /* of these, cut by the snaplen; while reading */
	uint32_t snaplen;     /* bytes that were captured of them at most */
	int has_time;	      /* first_time and last_time are set */
	int64_t first_time;   /* ns since 1970, the smallest of all frames */
	int64_t last_time;    /* the largest */
	int complete;	      /* 0: cut short or damaged */
	int from_cache;
	struct icmp_errors icmp;   /* that quote a TCP packet */
	struct strlist interfaces; /* that have packets, of any protocol */
	uint64_t rows_id; /* private: of the rows in the cache; 0: none */
	struct strlist warnings; /* without the name of the capture */
};

/* How captures are read; all zero is a good default. */
struct input {
	const char *tshark;    /* --tshark, or NULL */
	const char *cache_dir; /* or NULL: see cache.h */
	int no_cache;	       /* neither read nor write the cache */
	int refresh;	       /* run tshark even when the cache has it */
	int only_cached; /* never run tshark: fail when the cache has it not */
	unsigned jobs;	 /* tsharks at a time over one capture; 0: as
			    many as there are processors */
	uint64_t job_packets;  /* at least, for each of them; 0: as many as
				  make it worth while */
	uint64_t keep_packets; /* in memory while a capture is listed, at
				  most, where the cache has the others; 0: see
				  survey.h */
	/* Called every few thousand packets while tshark runs, or NULL. */
	void (*progress)(void *ctx, uint64_t packets);
	void *progress_ctx;
	struct tshark *found; /* private: resolved once */
};

/*
 * Hand every TCP packet of the capture to "fn", in the order of the file.
 * "path" is a file in any format that tshark reads, or one of mptcp-export
 * (csvfile.h), which needs no tshark; a FIFO, or "-" for the standard input.
 * Only regular files that tshark read are cached (and none below /dev or
 * /proc).
 *
 * "info" need not be initialised; it is to be released after failure, too.
 * A capture that is cut short or damaged behind its first packet is read as
 * far as it goes: success, with info->complete 0 and a warning.  Trouble with
 * the cache is a warning as well.  On -1 the kind of "err" is EXIT_INPUT
 * (the capture), EXIT_TSHARK, EXIT_SYSTEM, or whatever "fn" set when it
 * returned -1; rows may have been handed out by then.
 */
int capture_read(struct input *in, const char *path, row_fn *fn, void *ctx,
		 struct capture_info *info, struct error *err)
	__attribute__((warn_unused_result));

/* Will its rows go into the cache, unless something is wrong with that? */
int capture_can_be_cached(const struct input *in, const char *path);

/*
 * The rows of the capture that the cache has, kept open (cache.h): 1, when they
 * are those with the "rows_id" of a capture_info; 0.
 */
struct cache_rows;
int capture_open_rows(struct input *in, const char *path, uint64_t rows_id,
		      struct cache_rows *rows)
	__attribute__((warn_unused_result));

/*
 * A text about the rows, kept in the cache for as long as these: 1, with "info"
 * filled and *text to be freed by the caller; 0 when there is none.  "info" is
 * to be released in any case.
 */
int capture_read_listing(struct input *in, const char *path,
			 struct capture_info *info, char **text, size_t *n)
	__attribute__((warn_unused_result));

/* Keep such a text, if possible, when "info" came with the rows. */
void capture_write_listing(struct input *in, const struct capture_info *info,
			   const char *text, size_t n);

/*
 * Find tshark now, so that copies of "in" can be used by several threads; only
 * "in" itself is to be released.
 */
int input_prepare(struct input *in, struct error *err)
	__attribute__((warn_unused_result));

void capture_info_release(struct capture_info *info);
void input_release(struct input *in);

#endif
