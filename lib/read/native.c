/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/native.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/plural.h"
#include "pcap/packet.h"
#include "pcap/statistics.h"
#include "read/convert.h"
#include "read/row_sink.h"
#include "read/sample.h"
#include "read/side_run.h"
#include "read/source.h"
#include "read/tshark.h"
#include "row/field.h"

enum {
	FEW = 1000,	/* odd packets: too few to judge */
	ODD_ONE_OF = 5, /* too many are odd if it is more than one of so many */
	/* size of a file in another format that is worth converting */
	WORTH = 1 << 18
};

/* What a walk over the capture does with packets. */
enum task {
	ROWS_AND_SAMPLE, /* deliver rows until the first odd packet, and pass
			    packets to tshark */
	ROWS_LATE	 /* deliver the rows from the first odd packet on */
};

struct native {
	struct row_sink sink;
	const struct source *source; /* the file that is read */
	struct numbering numbering;
	struct sample sample;
	struct side_run *side;	 /* NULL: without tshark */
	uint64_t odd, maybe_tcp; /* packets so far: odd ones; odd or TCP */
	uint32_t first_odd;	 /* its frame number; 0: none */
	bool all_odd;		 /* one packet makes the whole capture odd */
	bool has_places;	 /* packets can be read again (reread.h) */
	enum pcap_step end;
	struct row row;
};

/*
 * Show the last packets of all shapes; afterwards the interfaces are dropped.
 */
static void show_last(struct native *n)
{
	struct pcap_record record;
	struct packet packet;

	while (sample_next_last(&n->sample, n->source, &record)) {
		enum packet_kind kind = packet_look(&record, &packet);
		enum row_kind what =
			packet_row(kind, &packet, &record, &n->row);

		side_run_compare(n->side, record.raw, record.n_raw, &n->row,
				 what);
	}
}

static bool are_too_many_odd(const struct native *n)
{
	return n->side && (n->all_odd || (n->odd > FEW &&
					  n->odd * ODD_ONE_OF > n->maybe_tcp));
}

static void show_record(struct native *n, const struct pcap_record *record)
{
	if (!n->side || record->kind == PCAP_NOTE)
		return;
	if (record->kind == PCAP_SECTION)
		show_last(n);
	side_run_show(n->side, record->raw, record->n_raw);
}

/* Pass a packet to tshark if necessary; its row is n->row, unless it is odd. */
static void show_packet(struct native *n, enum packet_kind kind,
			enum row_kind what, const struct packet *packet,
			const struct pcap_record *record)
{
	const bool odd = kind == PACKET_ODD || kind == PACKET_ALL_ODD;

	n->maybe_tcp += kind != PACKET_OTHER;
	n->odd += odd;
	n->all_odd |= kind == PACKET_ALL_ODD;
	if (odd && !n->first_odd)
		n->first_odd = record->number;
	if (!n->side)
		return;
	if (odd)
		side_run_ask(n->side, record->raw, record->n_raw,
			     record->number);
	else if (sample_wants(&n->sample, packet->shape, record))
		side_run_compare(n->side, record->raw, record->n_raw, &n->row,
				 what);
}

/* Make the row of a packet that was dissected. */
static enum row_kind make_row(struct native *n, enum packet_kind kind,
			      const struct packet *packet,
			      const struct pcap_record *record)
{
	enum row_kind what = packet_row(kind, packet, record, &n->row);

	if (n->has_places && kind == PACKET_TCP && what == ROW_TCP)
		n->row.at = record->at;
	return what;
}

/* Without tshark an odd packet counts as one without TCP. */
static int first_walk_packet(struct native *n, const struct pcap_record *record,
			     struct error *err)
{
	struct packet packet;
	enum packet_kind kind = packet_look(record, &packet);
	enum row_kind what = make_row(n, kind, &packet, record);

	show_packet(n, kind, what, &packet, record);
	if (n->side && n->first_odd)
		return 0;
	return row_sink_take(&n->sink, &n->row, what, err);
}

/* 1; 0: tshark gave no row for an odd packet, or no stream; -1: error. */
static int late_packet(struct native *n, const struct pcap_record *record,
		       struct error *err)
{
	struct packet packet;
	enum packet_kind kind = PACKET_ODD;
	enum row_kind what = ROW_BAD;

	if (record->number < n->first_odd)
		return 1;
	kind = packet_look(record, &packet);
	if (kind != PACKET_ODD)
		what = make_row(n, kind, &packet, record);
	else if (!side_run_answer(n->side, &n->row, &what) ||
		 n->row.frame != record->number ||
		 /*
		  * Its stream number depends on addresses that the row does
		  * not contain.
		  */
		 (n->row.present & ROW_MIXED))
		return 0;
	if (what == ROW_MALFORMED && !packet_add_flags(&packet, &n->row))
		return 0;
	return row_sink_take(&n->sink, &n->row, what, err) < 0 ? -1 : 1;
}

/* Later packets cannot be found by what precedes the first one. */
static bool ends_places(const struct pcap_walk *walk,
			const struct pcap_record *record)
{
	return walk->packets > 0 &&
	       (record->kind == PCAP_SECTION || record->kind == PCAP_INTERFACE);
}

/* 1: success; 0: the capture cannot be read natively; -1: error. */
static int walk(struct native *n, enum task task, struct error *err)
{
	struct pcap_walk walk;
	struct pcap_record record;
	struct pcap_statistics statistics = { .info = n->sink.info };
	int rc = pcap_walk_open(&walk, n->source->fd, n->source->start) == 0;

	n->sample.can_go_back = pcap_walk_can_go(&walk);
	n->has_places =
		pcap_walk_can_go(&walk) && n->source == n->sink.job->source;
	n->end = PCAP_UNKNOWN;
	while (rc > 0 &&
	       (n->end = pcap_walk_next(&walk, &record)) == PCAP_RECORD) {
		/* Wireshark before 4.4 has wrong names for later sections. */
		if (record.kind == PCAP_SECTION && walk.packets > 0 && n->side)
			rc = 0;
		n->has_places &= !ends_places(&walk, &record);
		if (record.kind != PCAP_PACKET && task == ROWS_AND_SAMPLE) {
			pcap_statistics_take(&statistics, &walk, &record);
			show_record(n, &record);
		}
		if (record.kind != PCAP_PACKET)
			continue;
		/* without tshark there is no alternative */
		record.is_odd &= n->side != NULL;
		if (task == ROWS_LATE)
			rc = late_packet(n, &record, err);
		else if (first_walk_packet(n, &record, err) < 0)
			rc = -1;
		else if (are_too_many_odd(n))
			rc = 0;
	}
	if (rc > 0 && task == ROWS_AND_SAMPLE && n->side)
		show_last(n);
	pcap_statistics_settle(&statistics);
	pcap_walk_close(&walk);
	return rc;
}

/* Whether the capture has so few packets that tshark is as fast. */
static bool is_small(const struct source *source, uint64_t from)
{
	struct pcap_walk walk;
	struct pcap_record record;
	bool small = pcap_walk_open(&walk, source->fd, source->start) < 0;

	while (!small && walk.packets <= from)
		small = pcap_walk_next(&walk, &record) != PCAP_RECORD;
	pcap_walk_close(&walk);
	return small;
}

static void warn_of_odd(const struct native *n)
{
	if (n->odd)
		strlist_addf(
			&n->sink.info->warnings,
			"%llu packet%s that only tshark can read (fragments, "
			"tunnels and the like) %s left out (--reader native)",
			(unsigned long long)n->odd, plural(n->odd),
			n->odd == 1 ? "is" : "are");
}

static const char *const only_tshark =
	"damaged, or of a kind that only tshark reads";

static enum reader_result fail_alone(const struct read_job *job,
				     const char *why, struct error *err)
{
	error_set(err, EXIT_INPUT, "cannot read '%s': it is %s",
		  job->source->path, why);
	return READER_FAILED;
}

/* Handle the end of the file; what is unusual there is left to tshark. */
static enum reader_result settle(struct native *n, struct error *err)
{
	struct capture_info *info = n->sink.info;

	info->complete = n->end == PCAP_END;
	if (n->end == PCAP_END)
		return READER_DONE;
	if (n->end == PCAP_CUT && info->packets > 0) {
		strlist_add(&info->warnings,
			    "cut short in the middle of a packet: results "
			    "cover what was read");
		return READER_DONE;
	}
	if (n->side)
		return READER_AGAIN;
	if (info->packets == 0)
		return fail_alone(n->sink.job, only_tshark, err);
	strlist_add(&info->warnings,
		    n->end == PCAP_DAMAGED
			    ? "damaged or corrupt: results cover what was read"
			    : "data follows that only tshark can read: results "
			      "cover what was read");
	return READER_DONE;
}

/* Deliver the rows from the first odd packet on, including those of tshark. */
static int take_odd(struct native *n, struct error *err)
{
	if (side_run_wait(n->side, err) < 0)
		return -1;
	return walk(n, ROWS_LATE, err);
}

/* If tshark disagrees, warn only about that. */
static void complain(const struct side_run *side, struct capture_info *info)
{
	strlist_release(&info->warnings);
	if (side_run_complaint(side))
		strlist_addf(&info->warnings,
			     "%s: so tshark read the whole capture",
			     side_run_complaint(side));
}

static enum reader_result run(struct native *n, struct error *err)
{
	int rc = walk(n, ROWS_AND_SAMPLE, err);
	enum reader_result result = READER_AGAIN;

	if (n->side)
		side_run_end(n->side);
	if (rc > 0 && n->side && n->first_odd && !are_too_many_odd(n) &&
	    n->end <= PCAP_CUT)
		rc = take_odd(n, err);
	if (rc < 0)
		return READER_FAILED;
	if (rc > 0)
		result = settle(n, err);
	if (result == READER_AGAIN && n->side)
		complain(n->side, n->sink.info);
	if (result != READER_DONE)
		return result;
	n->sink.info->reader = CAPTURE_BY_NATIVE;
	n->sink.info->odd_packets = n->odd;
	if (n->side)
		n->sink.info->compared_packets = side_run_compared(n->side);
	else
		warn_of_odd(n);
	return result;
}

/* "t" is NULL if tshark is not to be used. */
static enum reader_result read_natively(struct read_job *job,
					const struct source *source,
					struct capture_info *info,
					const struct tshark *t,
					struct error *err)
{
	struct native n = { .sink = { .job = job, .info = info },
			    .source = source };
	struct error trouble = ERROR_INIT;
	enum reader_result result = READER_AGAIN;

	numbering_init(&n.numbering, tshark_numbering(t));
	n.sink.numbering = &n.numbering;
	sample_init(&n.sample);
	if (t)
		n.side = side_run_start(t, job->in->directory, &trouble);
	if (n.side || !t)
		result = run(&n, err);
	else /* e.g. no space for its output */
		strlist_addf(&info->warnings,
			     "%s: so tshark read the whole capture",
			     trouble.text);
	row_sink_end(&n.sink);
	sample_release(&n.sample);
	numbering_release(&n.numbering);
	if (result == READER_DONE)
		job->pending = n.side;
	else
		side_run_free(n.side);
	return result;
}

/* Convert a file in another format to pcapng, if that is worthwhile. */
static enum reader_result read_converted(struct read_job *job,
					 struct capture_info *info,
					 const struct tshark *t,
					 struct error *err)
{
	struct error ignored = ERROR_INIT;
	struct source source = *job->source;
	enum reader_result result = READER_AGAIN;

	if (source.id.size < WORTH)
		return tshark_reader.read(job, info, err);
	source.start = 0;
	source.fd = convert_to_pcapng(job->in, job->source, &ignored);
	if (source.fd < 0)
		return READER_AGAIN; /* tshark_reader reports what is wrong */
	result = read_natively(job, &source, info, t, err);
	close(source.fd);
	return result;
}

/* Some variants of pcap can only be recognised by their first records. */
static bool may_be_another_format(const struct source *source)
{
	struct pcap_walk walk;
	struct pcap_record record;
	enum pcap_step step = PCAP_RECORD;

	if (pcap_walk_open(&walk, source->fd, source->start) == 0)
		while (step == PCAP_RECORD && !walk.is_pcapng &&
		       walk.packets < PCAP_FIRST_RECORDS)
			step = pcap_walk_next(&walk, &record);
	pcap_walk_close(&walk);
	return step == PCAP_DAMAGED || step == PCAP_UNKNOWN;
}

static enum reader_result
read_alone(struct read_job *job, struct capture_info *info, struct error *err)
{
	if (!pcap_walk_opens(job->source->fd, job->source->start))
		return fail_alone(
			job, "neither pcap nor pcapng (--reader native)", err);
	if (may_be_another_format(job->source))
		return fail_alone(job, only_tshark, err);
	return read_natively(job, job->source, info, NULL, err);
}

static enum reader_result
read_capture(struct read_job *job, struct capture_info *info, struct error *err)
{
	const uint64_t from =
		job->in->native_from ? job->in->native_from : NATIVE_FROM;
	const struct tshark *t = NULL;

	if (job->in->reader == READER_CHOICE_NATIVE)
		return read_alone(job, info, err);
	t = input_tshark(job->in, err);
	if (!t)
		return READER_FAILED;
	if (!pcap_walk_opens(job->source->fd, job->source->start))
		return read_converted(job, info, t, err);
	if (is_small(job->source, from))
		return tshark_reader.read(job, info, err);
	return read_natively(job, job->source, info, t, err);
}

enum reader_result reader_confirm(struct read_job *job,
				  struct capture_info *info, struct error *err)
{
	struct side_run *side = job->pending;
	enum reader_result result = READER_DONE;

	if (!side)
		return READER_DONE;
	if (side_run_wait(side, err) < 0)
		result = READER_FAILED;
	else if (!side_run_agrees(side))
		result = READER_AGAIN;
	if (result == READER_AGAIN)
		complain(side, info);
	reader_cancel(job);
	return result;
}

void reader_cancel(struct read_job *job)
{
	side_run_free(job->pending);
	job->pending = NULL;
}

/* For other formats it makes pcapng. */
static bool recognise(int fd)
{
	(void)fd;
	return true;
}

const struct reader native_reader = {
	.name = "native",
	.has_packets = true,
	.is_slow = true,
	.recognise = recognise,
	.read = read_capture,
};
