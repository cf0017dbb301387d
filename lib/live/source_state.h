/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source_state.h - the state shared by the parts of source.h: source_open.c
 * opens what is to be read, source_read.c is the thread that reads it.
 */
#ifndef LIVE_SOURCE_STATE_H
#define LIVE_SOURCE_STATE_H

#include <pthread.h>

#include "live/dumpcap.h"
#include "live/feed.h"
#include "live/queue.h"
#include "live/source.h"
#include "pcap/statistics.h"

enum {
	SOURCE_PAIRS = 1 << 16 /* address and port pairs known, before old ones
				  are forgotten */
};

struct live_source {
	/* Set when opening. */
	char *name, *path;
	bool is_stdin, is_captured, follow;
	int fd; /* -1: use that of dumpcap */
	struct proc dumpcap;
	struct keep keep;
	struct queue queue;
	pthread_t thread;
	bool runs;
	/* For the reading thread only. */
	struct feed feed;
	struct follow ring;
	struct numbering numbering;
	size_t forget_at; /* forget pairs when there are so many */
	uint32_t frames;  /* in previous files */
	struct pcap_statistics statistics;
	struct capture_info info; /* of finished files: dropped packets */
	struct live_source_counts now;
	bool has_first;
	/* time of the first packet, and when it arrived */
	int64_t first_time, first_clock;
	enum pcap_step step; /* how the previous file ended */
	/* Shared, protected by the lock. */
	pthread_mutex_t lock;
	struct live_source_counts counts;
	struct strlist warnings;
	size_t told;	     /* number of warnings already delivered */
	struct error failed; /* EXIT_OK: no error */
};

/* Messages about input that cannot be read. */
#define SOURCE_GZIP                                                            \
	"what is packed with gzip cannot be followed: unpack it on the way "   \
	"(gzip -dc FILE | COMMAND -)"
#define SOURCE_FORMAT "it is neither pcap nor pcapng"

/*
 * Start capturing on interfaces, or open "path".  Errors are those of
 * live_source_open().
 */
int source_open_interfaces(struct live_source *s,
			   const struct live_source_options *options,
			   struct error *err)
	__attribute__((warn_unused_result));
int source_open_path(struct live_source *s,
		     const struct live_source_options *options,
		     struct error *err) __attribute__((warn_unused_result));

/*
 * The function of the thread; "ctx" is the source.  source_tell() publishes
 * its counts, also while it waits.
 */
void *source_read(void *ctx);
void source_tell(void *ctx);

/* Add a warning for live_source_warning(); "ctx" is the source. */
void source_warn(void *ctx, const char *text);

#endif
