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
	uint64_t snapped;     /* of these, cut by the snaplen; while reading */
	uint64_t copies;      /* packets that count nowhere, as they are copies
				 of others (model/copies.h); by the model */
	uint32_t snaplen;     /* bytes that were captured of them at most */
	bool has_time;	      /* first_time and last_time are set */
	int64_t first_time;   /* ns since 1970, the smallest of all frames */
	int64_t last_time;    /* the largest */
	bool complete;	      /* false: cut short or damaged */
	bool from_cache;
	struct icmp_errors icmp;   /* that quote a TCP packet */
	struct strlist interfaces; /* that have packets, of any protocol */
	uint64_t rows_id; /* of the rows in the cache (cache.h); 0: none */
	struct strlist warnings; /* without the name of the capture */
};

/* "tshark", "native", "csv" */
const char *capture_reader_name(enum capture_reader reader);

/*
 * Add what is said of one of several files that are one capture, but for what
 * needs all of them: path, origins, ICMP errors, interfaces, warnings.
 */
void capture_info_add(struct capture_info *all,
		      const struct capture_info *part);

/* One more time stamp. */
void capture_info_add_time(struct capture_info *info, int64_t time);

void capture_info_release(struct capture_info *info);

#endif
