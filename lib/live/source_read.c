/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that reads and counts packets and makes rows. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "live/source_state.h"
#include "os/monotonic.h"
#include "pcap/packet.h"

enum {
	STREAMS = 1 << 28,   /* maximum number; then numbers start again */
	TOLD_EACH = 1 << 12, /* packets of any kind, when they arrive fast */
	PAIRS_MOST = 1 << 20 /* of addresses and ports, in any case */
};

static const int64_t second = 1000000000;

/* How long a pair without packets is remembered. */
static const int64_t remember = 3 * 3600 * (int64_t)1000000000;
static const int64_t remember_closed = 300 * (int64_t)1000000000;

/*
 * Times of packets that arrive in real time may be ahead of the clock by this
 * much, when packets had to wait.
 */
static const int64_t ahead = 2 * (int64_t)1000000000;

/* With the file name in front, needed if there are several files. */
static void warn(struct live_source *s, const char *text)
{
	char *line = mem_printf("'%s': %s", s->path ? s->path : s->name, text);

	source_warn(s, line);
	free(line);
}

/* A pipe counts as real time until its packets contradict that. */
static bool is_paced(const struct live_source *s)
{
	const int64_t gone = s->now.last_time - s->first_time;

	if (s->is_captured)
		return true;
	if (s->feed.is_regular)
		return s->follow && s->feed.caught_up;
	return s->counts.is_paced &&
	       (!s->has_first ||
		gone <= monotonic_ns() - s->first_clock + ahead);
}

static void count_dropped(struct live_source *s)
{
	uint64_t dropped = 0;

	s->now.has_dropped |= pcap_statistics_now(&s->statistics, &dropped);
	for (size_t i = 0; i < s->info.n_dropped; i++)
		dropped += s->info.dropped[i].packets;
	s->now.dropped = dropped;
}

/* Publish the counts for the other thread. */
static void tell_counts(struct live_source *s)
{
	pthread_mutex_lock(&s->lock);
	s->now.is_paced = is_paced(s);
	s->counts = s->now;
	pthread_mutex_unlock(&s->lock);
}

void source_tell(void *ctx)
{
	struct live_source *s = ctx;

	tell_counts(s);
	queue_publish(&s->queue);
}

/*
 * Limit the table of pairs over days: forget closed pairs, and those without
 * packets for long; if that is not enough, for less long.
 */
static void forget(struct live_source *s)
{
	const int64_t now = s->now.last_time;
	int64_t any = remember, closed = remember_closed;

	if (s->numbering.n_pairs < s->forget_at)
		return;
	do {
		numbering_forget(&s->numbering, now - closed, now - any);
		any /= 4;
		closed /= 4;
	} while (s->numbering.n_pairs > PAIRS_MOST / 2 && any > second);
	if (s->numbering.n_pairs > PAIRS_MOST / 2)
		numbering_forget(&s->numbering, INT64_MAX, INT64_MAX);
	s->forget_at = 2 * s->numbering.n_pairs;
	if (s->forget_at < SOURCE_PAIRS)
		s->forget_at = SOURCE_PAIRS;
}

static void count(struct live_source *s, const struct pcap_record *record)
{
	s->now.packets++;
	s->now.bytes += record->length;
	if (!record->has_time)
		return;
	s->now.last_time = record->time;
	if (!s->has_first || record->time < s->now.first_time)
		s->now.first_time = record->time;
	if (!s->has_first) {
		s->first_time = record->time;
		s->first_clock = monotonic_ns();
		s->has_first = true;
	}
}

/* False: the rows are not wanted any more. */
static bool take_packet(struct live_source *s, struct pcap_record *record)
{
	struct row *row = queue_room(&s->queue);
	struct packet packet;
	enum packet_kind kind = PACKET_OTHER;
	enum row_kind what = ROW_OTHER;

	if (!row)
		return false;
	count(s, record);
	record->is_odd = false; /* there is no other reader */
	kind = packet_look(record, &packet);
	s->now.odd += kind == PACKET_ODD || kind == PACKET_ALL_ODD;
	what = packet_row(kind, &packet, record, row);
	row->frame += s->frames;
	if (row->present & ROW_HAS_STREAM) {
		numbering_row(&s->numbering, row, what);
		row->stream %= STREAMS;
		forget(s);
	}
	if (what == ROW_TCP) {
		/*
		 * The consumer of the first rows asks when the capture began.
		 */
		if (!s->queue.published)
			tell_counts(s);
		queue_put(&s->queue);
	}
	if (s->now.packets % TOLD_EACH == 0)
		source_tell(s);
	return true;
}

static void read_walk(struct live_source *s, struct pcap_walk *walk)
{
	struct pcap_record record;
	bool wanted = true;

	while (wanted &&
	       (s->step = pcap_walk_next(walk, &record)) == PCAP_RECORD) {
		s->feed.record = pcap_walk_at(walk);
		if (record.kind == PCAP_PACKET) {
			wanted = take_packet(s, &record);
			continue;
		}
		pcap_statistics_take(&s->statistics, walk, &record);
		count_dropped(s);
	}
}

static bool is_asked_to_quit(const struct live_source *s)
{
	return atomic_load(&s->feed.asked) == FEED_QUIT;
}

/* Why reading a file ended; NULL: at its end, or on request. */
static const char *complaint(const struct live_source *s)
{
	const bool asked = s->feed.is_stopping;

	switch (s->step) {
	case PCAP_CUT:
		return asked ? NULL : "cut short in the middle of a packet";
	case PCAP_DAMAGED: return "damaged or corrupt";
	case PCAP_UNKNOWN:
		return asked ? NULL
			     : "data follows that is neither pcap nor pcapng, "
			       "or that only tshark can read";
	default: return NULL;
	}
}

/* An error if nothing was read; otherwise what was read is kept. */
static void complain(struct live_source *s, const char *why)
{
	char *text = NULL;

	if (s->now.packets) {
		text = mem_printf("%s: results cover what was read", why);
		warn(s, text);
		free(text);
		return;
	}
	pthread_mutex_lock(&s->lock);
	error_set(&s->failed, EXIT_INPUT, "cannot read '%s': %s", s->name, why);
	pthread_mutex_unlock(&s->lock);
}

/* Read one file, or a pipe to its end. */
static void read_one(struct live_source *s)
{
	struct pcap_walk walk;
	const bool opens = pcap_walk_open_read(&walk, feed_read, &s->feed) == 0;
	const bool packed = walk.bytes.gzip || walk.bytes.is_damaged;
	const char *why = NULL;

	s->step = PCAP_END;
	s->statistics = (struct pcap_statistics){ .info = &s->info };
	if (packed && (s->follow || !s->feed.is_regular))
		why = SOURCE_GZIP;
	else if (!opens && walk.bytes.to == walk.bytes.from)
		why = s->feed.is_stopping ? NULL : "it is empty";
	else if (opens)
		read_walk(s, &walk);
	else if (!s->feed.is_stopping) {
		why = SOURCE_FORMAT;
		s->step = PCAP_UNKNOWN;
	}
	if (s->feed.failed)
		why = strerror(s->feed.failed);
	if (s->step == PCAP_UNKNOWN && walk.bytes.at_end)
		s->step = PCAP_CUT; /* ambiguous; treat it as the end */
	if (!why && s->step != PCAP_END && s->feed.ring &&
	    follow_is_begun_anew(&s->ring, s->feed.at))
		s->feed.has_next = true;
	else if (!why)
		why = complaint(s);
	if (why && !is_asked_to_quit(s))
		complain(s, why);
	s->frames += walk.packets;
	count_dropped(s);
	pcap_statistics_settle(&s->statistics);
	pcap_walk_close(&walk);
}

/* Also when stopping: a file that was written by then. */
static bool has_next(struct live_source *s)
{
	if (s->feed.is_stopping && s->feed.caught_up && s->feed.ring) {
		s->ring.looked = 0;
		s->feed.has_next =
			follow_look(&s->ring, s->feed.at, s->now.last_time);
	}
	return s->feed.has_next && (!s->feed.is_stopping || s->feed.caught_up);
}

/* Open the next file of the ring; false: there is none. */
static bool go_on(struct live_source *s)
{
	struct stat st = { .st_size = 0 };
	char *next = NULL;
	int fd = -1;

	if (!has_next(s))
		return false;
	next = mem_strdup(s->ring.next);
	fd = open(next, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		char *text = mem_printf("goes on in '%s', which cannot be "
					"opened: %s",
					next, strerror(errno));

		warn(s, text);
		free(text);
		free(next);
		return false;
	}
	close(s->fd);
	follow_release(&s->ring);
	free(s->path);
	s->path = next;
	s->fd = s->feed.fd = fd;
	s->feed.at = s->feed.record = 0;
	s->feed.upto = fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	s->feed.has_next = false;
	s->feed.failed = 0;
	follow_start(&s->ring, s->path, fd);
	return true;
}

/* dumpcap has ended, or is asked to end. */
static void end_dumpcap(struct live_source *s)
{
	const bool is_invalid = s->step != PCAP_END && s->step != PCAP_CUT;
	struct proc_status status;
	uint64_t dropped = 0;

	if (is_invalid) /* its output, as was said */
		kill(-s->dumpcap.pid, SIGTERM);
	s->dumpcap.deadline = monotonic_ns() + second;
	proc_finish(&s->dumpcap, &status);
	if (dumpcap_dropped(s->dumpcap.errors.text, &dropped)) {
		s->now.has_dropped = true;
		s->now.dropped = dropped;
	}
	if (s->feed.is_stopping || is_invalid ||
	    (status.exited && status.code == 0 &&
	     !dumpcap_complained(s->dumpcap.errors.text)))
		return;
	pthread_mutex_lock(&s->lock);
	dumpcap_failed(s->dumpcap.errors.text, s->name, &s->failed);
	pthread_mutex_unlock(&s->lock);
}

static void end_keep(struct live_source *s)
{
	struct error err = ERROR_INIT;

	if (keep_close(&s->keep, s->feed.record, &err) < 0)
		source_warn(s, err.text);
}

void *source_read(void *ctx)
{
	struct live_source *s = ctx;

	do
		read_one(s);
	while (go_on(s));
	end_keep(s);
	if (s->is_captured && !is_asked_to_quit(s))
		end_dumpcap(s);
	tell_counts(s);
	queue_end(&s->queue);
	return NULL;
}
