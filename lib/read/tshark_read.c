/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other half of tshark.h: one run over one capture. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "os/proc.h"
#include "read/source.h"
#include "read/tshark_run.h"

enum {
	BUFFER = 1 << 20 /* also the longest line */
};

/* Exit statuses that go with a complaint about the file. */
enum {
	TSHARK_USAGE = 1,
	TSHARK_FILE = 2,
	TSHARK_FILE_44 = 3,
	TSHARK_FILE_46 = 14
};

/* The one run over the whole capture. */
struct one_run {
	struct tshark_run common;
	struct proc proc;
	struct proc_lines lines;
};

/* "... damaged or corrupt.\n(pcap: File has ...)": the reason, or "". */
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

/* The run ended with something else than exit status 0. */
static int explain(struct one_run *r, const struct proc_status *status,
		   struct error *err)
{
	struct capture_info *info = r->common.info;
	const unsigned long long packets = info->packets;
	const char *errors = r->proc.errors.text;
	const char *damage = strstr(errors, "damaged or corrupt");
	char *text = NULL;
	int rc = -1;

	if (r->proc.late)
		return error_set(err, EXIT_TSHARK,
				 "cannot read '%s': tshark took too long "
				 "(--timeout)",
				 r->common.job->source->path);
	if (!status->exited)
		return error_set(
			err, EXIT_TSHARK,
			"cannot read '%s': tshark was killed by signal "
			"%d after %llu packets",
			r->common.job->source->path, status->code, packets);
	if (strstr(errors, "cut short in the middle of a packet")) {
		info->complete = false;
		strlist_add(&info->warnings,
			    "cut short in the middle of a packet: what was "
			    "read is reported");
		return 0;
	}
	if (damage && info->packets > 0) {
		text = damage_reason(damage);
		info->complete = false;
		strlist_addf(&info->warnings,
			     "damaged or corrupt%s%s%s: what was read is "
			     "reported",
			     *text ? " (" : "", text, *text ? ")" : "");
		rc = 0;
		goto out;
	}
	text = tshark_complaint(errors);
	if (*text &&
	    (status->code == TSHARK_FILE || status->code == TSHARK_FILE_44 ||
	     status->code == TSHARK_FILE_46))
		error_set(err, EXIT_INPUT, "cannot read '%s': %s",
			  r->common.job->source->path, text);
	else
		error_set(err, EXIT_TSHARK,
			  "cannot read '%s': tshark failed with exit status %d "
			  "after %llu packets%s%s",
			  r->common.job->source->path, status->code, packets,
			  *text ? ": " : "", text);
out:
	free(text);
	return rc;
}

static enum tshark_result run_once(struct one_run *r, const struct tshark *t,
				   bool as_data, struct error *err)
{
	const struct source *source = r->common.job->source;
	struct strlist argv = { .n = 0 }, env = { .n = 0 };
	struct proc_status status = { .exited = 0 };
	enum tshark_result result = TSHARK_FAILED;

	tshark_run_argv(&argv, t, &r->common,
			source->is_file ? source->path : NULL, as_data);
	tshark_environment(&env);
	r->lines.have = 0;
	if (proc_start(&r->proc, argv.items, env.items,
		       source->is_file ? -1 : source->fd, err) < 0 ||
	    proc_lines_each(&r->proc, &r->lines, tshark_run_line, &r->common,
			    err) < 0)
		goto out;
	proc_finish(&r->proc, &status);
	if (status.exited && status.code == 0) {
		/* Only a run that went well has a whole last line. */
		if (!r->lines.have || tshark_run_line(&r->common, r->lines.buf,
						      r->lines.have, err) == 0)
			result = TSHARK_DONE;
	} else if (as_data && status.exited && status.code == TSHARK_USAGE &&
		   r->common.info->packets == 0 &&
		   tshark_refuses_data(r->proc.errors.text)) {
		result = TSHARK_AGAIN;
	} else if (explain(r, &status, err) == 0) {
		result = TSHARK_DONE;
	}
out:
	proc_release(&r->proc);
	strlist_release(&argv);
	strlist_release(&env);
	return result;
}

static void warn_snaplen(struct capture_info *info)
{
	if (info->snapped)
		strlist_addf(&info->warnings,
			     "the options of %llu packet%s are cut (snaplen "
			     "%u): Multipath TCP cannot be seen in them",
			     (unsigned long long)info->snapped,
			     info->snapped == 1 ? "" : "s",
			     (unsigned)info->snaplen);
}

/* All in one run. */
static int read_at_once(struct one_run *r, const struct tshark *t,
			struct error *err)
{
	struct numbering reuse;
	enum tshark_result result = TSHARK_FAILED;

	numbering_init(&reuse, NUMBERING_REUSE);
	r->common.numbering =
		t->version < TSHARK_VERSION(4, 0, 0) ? &reuse : NULL;
	proc_lines_init(&r->lines, BUFFER);
	result = run_once(r, t, true, err);
	if (result == TSHARK_AGAIN) /* 3.4 does not take "data" as a protocol */
		result = run_once(r, t, false, err);
	proc_lines_release(&r->lines);
	numbering_release(&reuse);
	return result == TSHARK_DONE ? 0 : -1;
}

static int read_capture(const struct read_job *job, struct capture_info *info,
			struct error *err)
{
	struct one_run r = { .common = { .job = job, .info = info } };
	const struct capture_info before = *info;
	const struct tshark *t = input_tshark(job->in, err);
	enum tshark_result parts = TSHARK_FAILED;
	int rc = 0;

	if (!t)
		return -1;
	tshark_layout_init(&r.common.layout, t->version);
	info->complete = true;
	parts = tshark_parts_read(&r.common, t, err);
	if (parts == TSHARK_FAILED)
		return -1;
	if (parts == TSHARK_AGAIN) {
		icmp_errors_release(&info->icmp);
		strlist_release(&info->interfaces);
		*info = before;
		info->complete = true;
		rc = read_at_once(&r, t, err);
	}
	if (rc == 0)
		warn_snaplen(info);
	/* tshark takes some text files for packets of other formats. */
	if (rc == 0 && info->packets > 0 && !info->has_time)
		rc = error_set(err, EXIT_INPUT, "'%s' is not a packet capture",
			       job->source->path);
	return rc;
}

static bool recognise(int fd)
{
	(void)fd;
	return true;
}

const struct reader tshark_reader = {
	.name = "tshark",
	.has_packets = true,
	.is_slow = true,
	.recognise = recognise,
	.read = read_capture,
};
