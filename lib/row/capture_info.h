/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_info.h - information about a capture other than its rows.
 *
 * It owns what it points to.  All zero is an empty one.
 */
#ifndef ROW_CAPTURE_INFO_H
#define ROW_CAPTURE_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strlist.h"
#include "row/icmp.h"
#include "row/origins.h"

/* Which reader made the rows; see HACKING.md. */
enum capture_reader {
	CAPTURE_BY_TSHARK,
	CAPTURE_BY_NATIVE, /* and by tshark for odd packets */
	CAPTURE_BY_CSV
};

/* A place where time stamps of a capture jump (clock_watch.h). */
struct clock_jump {
	const char *file; /* if the capture is several files: the file's name in
			     "origins"; else NULL */
	uint32_t packet;  /* frame number of the first packet after the jump */
	int64_t by;	  /* ns; negative: backwards */
	uint32_t streams; /* TCP streams whose timestamps show that the clock
			     jumped; 0: only the order of the file shows it */
};

/* Packets dropped while capturing, as recorded in pcapng. */
struct dropped {
	char *interface; /* its name; "" if it has none */
	uint64_t packets;
};

/* Something that a capture cannot show (model/shortcomings.h). */
struct shortcoming {
	const char *kind; /* an identifier; static */
	char *sentence;	  /* a description in one line */
	char *advice;	  /* how to avoid it next time */
};

struct capture_info {
	char *path;		/* as given; for several files a common name */
	struct origins origins; /* empty if the capture is one file */
	enum capture_reader reader;
	uint64_t odd_packets; /* read by tshark for the native reader */
	/* whose rows by both readers were compared */
	uint64_t compared_packets;
	uint64_t packets;     /* frames of any protocol */
	uint64_t tcp_packets; /* rows; after capture_settle() including the
				 malformed packets */
	uint64_t malformed;   /* TCP packets with invalid headers */
	uint64_t options_cut; /* rows with ROW_OPTIONS_CUT */
	uint64_t snapped;     /* of these, truncated by the snapshot length;
				 unknown for exports of version 0.1.0 */
	uint64_t copies;      /* packets not counted as they are copies of
				 others (model/copies.h); set by the model */
	uint32_t snaplen;     /* maximum number of bytes captured of these */
	uint32_t needed; /* number of bytes needed for all of their options */
	bool has_time;	 /* first_time and last_time are set */
	int64_t first_time; /* ns since 1970, the earliest of all frames */
	int64_t last_time;  /* the latest */
	bool complete;	    /* false: cut short or damaged */
	bool from_cache;
	struct icmp_errors icmp;   /* those that quote a TCP packet */
	struct strlist interfaces; /* those with packets of any protocol */
	uint64_t rows_id; /* identifies rows in the cache (cache.h); 0: none */
	struct clock_jump *jumps; /* in the order of the file */
	size_t n_jumps, cap_jumps;
	struct dropped *dropped; /* by interface, if any */
	size_t n_dropped, cap_dropped;
	/* sentences, without the name of the capture */
	struct strlist warnings;
	struct shortcoming *shortcomings; /* set by the model */
	size_t n_shortcomings, cap_shortcomings;
};

/* "tshark", "native", "csv" */
const char *capture_reader_name(enum capture_reader reader);

/*
 * Add the information about one of several files of a capture, except path,
 * origins, ICMP errors, interfaces, warnings and clock jumps, which depend on
 * all files.
 */
void capture_info_add(struct capture_info *all,
		      const struct capture_info *part);

/* Extend first_time and last_time to a time stamp. */
void capture_info_add_time(struct capture_info *info, int64_t time);

/* Add packets that were dropped on an interface. */
void capture_info_add_dropped(struct capture_info *info, const char *interface,
			      uint64_t packets);

/*
 * The i-th warning, one line each: the warnings, then the sentences of the
 * shortcomings.  NULL: there are no more.
 */
const char *capture_info_warning(const struct capture_info *info, size_t i);

void capture_info_release(struct capture_info *info);

#endif
