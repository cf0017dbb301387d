/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_info.h - what there is to say about a capture besides its rows.
 *
 * It owns what it points to.  All zero is that of nothing.
 */
#ifndef ROW_CAPTURE_INFO_H
#define ROW_CAPTURE_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strlist.h"
#include "row/icmp.h"
#include "row/origins.h"

/* Who made the rows; see HACKING.md. */
enum capture_reader {
	CAPTURE_BY_TSHARK,
	CAPTURE_BY_NATIVE, /* and by tshark what is odd */
	CAPTURE_BY_CSV
};

/* The time stamps of a capture jump there (clock_watch.h). */
struct clock_jump {
	const char *file; /* of several that are one capture: a name of its
			     origins; else NULL */
	uint32_t packet;  /* number of the first one behind it */
	int64_t by;	  /* ns; below 0: back */
	uint32_t streams; /* whose TCP timestamps tell that it is the clock
			     that jumped; 0: only the order of the file does */
};

/* Packets that a pcapng file says were dropped while it was captured. */
struct dropped {
	char *interface; /* its name; "": it has none */
	uint64_t packets;
};

/* Something that a capture cannot show (model/shortcomings.h). */
struct shortcoming {
	const char *kind; /* a word; static */
	char *sentence;	  /* what it is, in one line */
	char *advice;	  /* what to do next time */
};

struct capture_info {
	char *path;		/* as it was given; of several files a name for
				   all of them */
	struct origins origins; /* empty: it is one file */
	enum capture_reader reader;
	uint64_t odd_packets; /* by the native reader: that only tshark reads */
	uint64_t compared_packets; /* whose rows of both were compared */
	uint64_t packets;	   /* frames of any protocol */
	uint64_t tcp_packets; /* rows handed out; after capture_settle() the
				 malformed ones, too */
	uint64_t malformed;   /* TCP headers that make no sense */
	uint64_t options_cut; /* rows with ROW_OPTIONS_CUT */
	uint64_t snapped;     /* of these, cut by the snaplen; an export of
				 0.1.0 does not know */
	uint64_t copies;      /* packets that count nowhere, as they are copies
				 of others (model/copies.h); by the model */
	uint32_t snaplen;     /* bytes that were captured of them at most */
	uint32_t needed;      /* that their options reach to at most */
	bool has_time;	      /* first_time and last_time are set */
	int64_t first_time;   /* ns since 1970, the smallest of all frames */
	int64_t last_time;    /* the largest */
	bool complete;	      /* false: cut short or damaged */
	bool from_cache;
	struct icmp_errors icmp;   /* that quote a TCP packet */
	struct strlist interfaces; /* that have packets, of any protocol */
	uint64_t rows_id; /* of the rows in the cache (cache.h); 0: none */
	struct clock_jump *jumps; /* in the order of the file */
	size_t n_jumps, cap_jumps;
	struct dropped *dropped; /* by interface, those with any */
	size_t n_dropped, cap_dropped;
	struct strlist warnings;	  /* without the name of the capture */
	struct shortcoming *shortcomings; /* by the model */
	size_t n_shortcomings, cap_shortcomings;
};

/* "tshark", "native", "csv" */
const char *capture_reader_name(enum capture_reader reader);

/*
 * Add what is said of one of several files that are one capture, but for what
 * needs all of them: path, origins, ICMP errors, interfaces, warnings, jumps of
 * the clock.
 */
void capture_info_add(struct capture_info *all,
		      const struct capture_info *part);

/* One more time stamp. */
void capture_info_add_time(struct capture_info *info, int64_t time);

/* So many more packets were dropped on an interface. */
void capture_info_add_dropped(struct capture_info *info, const char *interface,
			      uint64_t packets);

/*
 * All there is to warn of, one line each: the warnings, then the sentences of
 * the shortcomings.  NULL behind the last.
 */
const char *capture_info_warning(const struct capture_info *info, size_t i);

void capture_info_release(struct capture_info *info);

#endif
