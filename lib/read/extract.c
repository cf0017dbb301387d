/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/extract.h"

#include <inttypes.h>
#include <unistd.h>

#include "pcap/walk.h"
#include "read/convert.h"

static bool is_wanted(const struct extract_job *job,
		      const struct pcap_record *record)
{
	return record->kind != PCAP_PACKET ||
	       (record->number <= job->n && job->has[record->number - 1]);
}

static uint64_t count_wanted(const struct extract_job *job)
{
	uint64_t wanted = 0;

	for (uint64_t i = 0; i < job->n; i++)
		wanted += job->has[i] != 0;
	return wanted;
}

/* How many packets were written; what failed outfile_commit() says. */
static uint64_t copy(struct pcap_walk *walk, const struct extract_job *job)
{
	struct pcap_record record;
	uint64_t written = 0;

	while (pcap_walk_next(walk, &record) == PCAP_RECORD) {
		if (!is_wanted(job, &record))
			continue;
		if (outfile_write(job->out, record.raw, record.n_raw) == 0)
			written += record.kind == PCAP_PACKET;
	}
	return written;
}

/* It was when it was read, unless it had to be converted for that. */
static bool is_known(const struct extract_job *job)
{
	const struct source *source = job->source;

	return job->was_walked ? pcap_walk_opens(source->fd, source->start)
			       : pcap_walk_is_known(source->fd, source->start);
}

int extract_packets(struct input *in, const struct extract_job *job,
		    struct error *err)
{
	const struct source *source = job->source;
	const uint64_t wanted = count_wanted(job);
	uint64_t written = 0;
	struct pcap_walk walk;
	int fd = source->fd, converted = -1, rc = 0;
	off_t start = source->start;

	if (!is_known(job)) {
		fd = converted = convert_to_pcapng(in, source, err);
		start = 0;
		if (converted < 0)
			return -1;
	}
	if (pcap_walk_open(&walk, fd, start) == 0)
		written = copy(&walk, job);
	if (written != wanted && !job->out->failed)
		rc = error_set(err, EXIT_INPUT,
			       "'%s' has %" PRIu64 " of %" PRIu64
			       " packets where they are looked for: it "
			       "changed, or has blocks that only Wireshark "
			       "knows",
			       source->path, written, wanted);
	pcap_walk_close(&walk);
	if (converted >= 0)
		close(converted);
	return rc;
}
