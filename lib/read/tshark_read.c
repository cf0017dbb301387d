/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reader of tshark.h: runs tshark over a capture. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "os/proc.h"
#include "pcap/statistics.h"
#include "read/source.h"
#include "read/tshark.h"
#include "read/row_sink.h"
#include "read/tshark_row.h"

enum {
	BUFFER = 1 << 20 /* also the maximum length of a line */
};

/* Exit statuses with which tshark complains about the file. */
enum {
	TSHARK_FILE = 2,
	TSHARK_FILE_44 = 3,
	TSHARK_FILE_46 = 14
};

struct tshark_run {
	struct row_sink sink;
	struct tshark_layout layout;
	struct row row;
	struct proc proc;
	struct proc_lines lines;
};

/* The reason in "... damaged or corrupt.\n(pcap: File has ...)", or "". */
static char *damage_reason(const char *damage)
{
	const char *p = damage + strcspn(damage, "\n");
	size_t n = 0;
	char *text = NULL;

	if (strncmp(p, "\n(", 2) != 0)
		return mem_strdup("");
	p += 2;
	n = strcspn(p, "\n");
	if (n > 0 && p[n - 1] == ')')
		n--;
	text = mem_strndup(p, n);
	text_make_ascii(text);
	return text;
}

/* Handle an exit status other than 0. */
static int explain(struct tshark_run *r, const struct proc_status *status,
		   struct error *err)
{
	struct capture_info *info = r->sink.info;
	const unsigned long long packets = info->packets;
	const char *errors = r->proc.errors.text;
	const char *damage = strstr(errors, "damaged or corrupt");
	char *text = NULL;
	int rc = -1;

	if (r->proc.late)
		return error_set(
			err, EXIT_TSHARK,
			"cannot read '%s': tshark ran longer than --timeout",
			r->sink.job->source->path);
	if (!status->exited)
		return error_set(
			err, EXIT_TSHARK,
			"cannot read '%s': tshark was killed by signal "
			"%d after %llu packet%s",
			r->sink.job->source->path, status->code, packets,
			plural(packets));
	if (strstr(errors, "cut short in the middle of a packet")) {
		info->complete = false;
		strlist_add(&info->warnings,
			    "cut short in the middle of a packet: results "
			    "cover what was read");
		return 0;
	}
	if (damage && info->packets > 0) {
		text = damage_reason(damage);
		info->complete = false;
		strlist_addf(
			&info->warnings,
			"damaged or corrupt%s%s%s: results cover what was read",
			*text ? " (" : "", text, *text ? ")" : "");
		rc = 0;
		goto out;
	}
	text = tshark_complaint(errors);
	if (*text &&
	    (status->code == TSHARK_FILE || status->code == TSHARK_FILE_44 ||
	     status->code == TSHARK_FILE_46))
		error_set(err, EXIT_INPUT, "cannot read '%s': %s",
			  r->sink.job->source->path, text);
	else
		error_set(err, EXIT_TSHARK,
			  "cannot read '%s': tshark failed with exit status %d "
			  "after %llu packet%s%s%s",
			  r->sink.job->source->path, status->code, packets,
			  plural(packets), *text ? ": " : "", text);
out:
	free(text);
	return rc;
}

static int take_line(void *ctx, const char *line, size_t n, struct error *err)
{
	struct tshark_run *r = ctx;
	enum row_kind kind = tshark_row_parse(&r->layout, line, n, &r->row);

	if (kind == ROW_BAD)
		return error_set(err, EXIT_TSHARK,
				 "tshark printed an unexpected line ('%s', "
				 "after packet %llu)",
				 r->sink.job->source->path,
				 (unsigned long long)r->sink.info->packets);
	return row_sink_take(&r->sink, &r->row, kind, err);
}

static int run_tshark(struct tshark_run *r, const struct tshark *t,
		      struct error *err)
{
	const struct source *source = r->sink.job->source;
	struct strlist argv = { .n = 0 }, env = { .n = 0 };
	struct proc_status status = { .exited = 0 };
	int rc = -1;

	tshark_arguments(&argv, t);
	tshark_layout_arguments(&r->layout, &argv);
	tshark_argument_file(&argv, source->is_file ? source->path : NULL);
	tshark_environment(&env);
	source_rewind(source);
	if (proc_start(&r->proc, argv.items, env.items,
		       source->is_file ? -1 : source->fd, err) < 0 ||
	    proc_lines_each(&r->proc, &r->lines, take_line, r, err) < 0)
		goto out;
	proc_finish(&r->proc, &status);
	/* The last line is complete only if the run succeeded. */
	if (!status.exited || status.code != 0)
		rc = explain(r, &status, err);
	else if (r->lines.have)
		rc = take_line(r, r->lines.buf, r->lines.have, err);
	else
		rc = 0;
out:
	proc_release(&r->proc);
	strlist_release(&argv);
	strlist_release(&env);
	return rc;
}

static enum reader_result
read_capture(struct read_job *job, struct capture_info *info, struct error *err)
{
	struct numbering numbering;
	struct tshark_run r = { .sink = { .job = job, .info = info } };
	const struct tshark *t = input_tshark(job->in, err);
	int rc = 0;

	if (!t)
		return READER_FAILED;
	tshark_layout_init(&r.layout, t->version);
	/*
	 * Versions before 4.0 would have to analyse sequence numbers to detect
	 * reused ports.
	 */
	numbering_init(&numbering, NUMBERING_4_0);
	if (t->version < TSHARK_VERSION(4, 0, 0))
		r.sink.numbering = &numbering;
	info->complete = true;
	info->reader = CAPTURE_BY_TSHARK;
	proc_lines_init(&r.lines, BUFFER);
	rc = run_tshark(&r, t, err);
	proc_lines_release(&r.lines);
	numbering_release(&numbering);
	row_sink_end(&r.sink);
	if (rc == 0)
		pcap_statistics_of_file(job->source->fd, job->source->start,
					info);
	/* tshark accepts some text files as packets in other formats. */
	if (rc == 0 && info->packets > 0 && !info->has_time)
		rc = error_set(err, EXIT_INPUT, "'%s' is not a packet capture",
			       job->source->path);
	return rc < 0 ? READER_FAILED : READER_DONE;
}

const struct reader tshark_reader = {
	.name = "tshark",
	.has_packets = true,
	.is_slow = true,
	.read = read_capture,
};
