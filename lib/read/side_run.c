/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/side_run.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "os/file.h"
#include "os/proc.h"
#include "os/tempfile.h"
#include "read/tshark_row.h"

enum {
	FEED_MAX = 64 << 20,  /* bytes queued for tshark, before waiting */
	FEED_WRITE = 1 << 18, /* bytes after which the thread is woken */
	SHOWN_OPTIONS = 36 /* bytes of options that tshark before 4.4 prints */
};

/* A packet passed to tshark. */
struct shown_packet {
	uint32_t number; /* frame number in the capture */
	/* index + 1 of the row to compare; 0: its row is wanted */
	uint32_t row;
};

struct expected {
	struct row row;
	enum row_kind kind;
};

struct side_run {
	const struct tshark *tshark;
	struct tshark_layout layout;
	struct proc proc;
	bool started;
	int output; /* file with its output */
	struct shown_packet *shown;
	size_t n, cap;
	struct expected *expected;
	size_t n_expected, cap_expected;
	/* Shared with the writing thread: */
	pthread_t thread;
	bool threaded;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct strbuf feed; /* not yet taken by the thread */
	bool ended, gone;   /* no more comes; tshark accepts no more */
	int pipe;	    /* its standard input */
	/* State of reading its output: */
	FILE *lines;
	char *line;
	size_t cap_line, answered;
	char *complaint;
};

/* tshark may end before it has read everything. */
static void *write_feed(void *ctx)
{
	struct side_run *r = ctx;
	struct strbuf taken = STRBUF_INIT, empty = STRBUF_INIT;
	bool well = true;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	pthread_mutex_lock(&r->mutex);
	while (well && !(r->ended && !r->feed.len)) {
		if (!r->feed.len) {
			pthread_cond_wait(&r->changed, &r->mutex);
			continue;
		}
		empty = taken;
		taken = r->feed;
		r->feed = empty;
		strbuf_clear(&r->feed);
		pthread_cond_broadcast(&r->changed);
		pthread_mutex_unlock(&r->mutex);
		well = file_write_all(r->pipe, taken.text, taken.len) == 0;
		pthread_mutex_lock(&r->mutex);
	}
	r->gone = true;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->mutex);
	close(r->pipe);
	r->pipe = -1;
	strbuf_release(&taken);
	return NULL;
}

static int start_tshark(struct side_run *r, const char *directory,
			struct error *err)
{
	struct strlist argv = { .n = 0 }, env = { .n = 0 };
	int in[2] = { -1, -1 }, rc = -1;

	r->output = tempfile_nameless(directory, err);
	if (r->output < 0)
		return -1;
	if (pipe2(in, O_CLOEXEC) < 0)
		return error_set_errno(err, EXIT_SYSTEM, errno,
				       "cannot make a pipe");
	tshark_arguments(&argv, r->tshark);
	tshark_layout_arguments(&r->layout, &argv);
	tshark_argument_file(&argv, NULL);
	tshark_environment(&env);
	rc = proc_start_to_file(&r->proc, argv.items, env.items, in[0],
				r->output, err);
	strlist_release(&argv);
	strlist_release(&env);
	close(in[0]);
	r->started = rc == 0;
	r->pipe = in[1];
	if (rc == 0 && pthread_create(&r->thread, NULL, write_feed, r) != 0)
		rc = error_set(err, EXIT_SYSTEM, "cannot start a thread");
	r->threaded = rc == 0;
	return rc;
}

struct side_run *side_run_start(const struct tshark *t, const char *directory,
				struct error *err)
{
	struct side_run *r = mem_calloc(1, sizeof(*r));

	r->tshark = t;
	r->proc = (struct proc){ .out = -1, .err = -1 };
	r->output = r->pipe = -1;
	r->feed = (struct strbuf)STRBUF_INIT;
	pthread_mutex_init(&r->mutex, NULL);
	pthread_cond_init(&r->changed, NULL);
	tshark_layout_init(&r->layout, t->version);
	if (start_tshark(r, directory, err) == 0)
		return r;
	side_run_free(r);
	return NULL;
}

void side_run_show(struct side_run *r, const uint8_t *raw, size_t n)
{
	pthread_mutex_lock(&r->mutex);
	while (r->feed.len > FEED_MAX && !r->gone)
		pthread_cond_wait(&r->changed, &r->mutex);
	if (!r->gone)
		strbuf_append(&r->feed, (const char *)raw, n);
	if (r->feed.len >= FEED_WRITE)
		pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->mutex);
}

void side_run_compare(struct side_run *r, const uint8_t *raw, size_t n,
		      const struct row *row, enum row_kind kind)
{
	*MEM_PUSH(r->expected, r->n_expected, r->cap_expected) =
		(struct expected){ *row, kind };
	*MEM_PUSH(r->shown, r->n, r->cap) =
		(struct shown_packet){ row->frame, (uint32_t)r->n_expected };
	side_run_show(r, raw, n);
}

void side_run_ask(struct side_run *r, const uint8_t *raw, size_t n,
		  uint32_t number)
{
	*MEM_PUSH(r->shown, r->n, r->cap) = (struct shown_packet){ number, 0 };
	side_run_show(r, raw, n);
}

uint64_t side_run_compared(const struct side_run *r)
{
	return r->n_expected;
}

void side_run_end(struct side_run *r)
{
	pthread_mutex_lock(&r->mutex);
	r->ended = true;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->mutex);
}

static void complain(struct side_run *r, char *text)
{
	if (r->complaint)
		free(text);
	else
		r->complaint = text;
}

int side_run_wait(struct side_run *r, struct error *err)
{
	struct proc_status status = { .exited = 0 };
	char *said = NULL;

	if (r->lines)
		return 0;
	side_run_end(r);
	proc_finish(&r->proc, &status);
	r->started = false;
	pthread_join(r->thread, NULL);
	r->threaded = false;
	if (r->proc.late)
		return error_set(err, EXIT_TSHARK,
				 "tshark ran longer than --timeout");
	said = tshark_complaint(r->proc.errors.text);
	if (!status.exited || status.code != 0)
		complain(r, mem_printf("tshark, which was to check the sample, "
				       "ended with %s %d%s%s",
				       status.exited ? "exit status" : "signal",
				       status.code, *said ? ": " : "", said));
	free(said);
	r->lines = fdopen(r->output, "r");
	if (!r->lines)
		return error_set_errno(err, EXIT_SYSTEM, errno,
				       "cannot read what tshark printed");
	r->output = -1;
	rewind(r->lines);
	return 0;
}

static bool says_less(const struct side_run *r, const struct row *ours)
{
	return r->tshark->version < TSHARK_VERSION(4, 4, 0) &&
	       ours->n_options > SHOWN_OPTIONS;
}

/* What is used of an ICMP error, and of the packet it quotes. */
static bool is_of_icmp(enum field_id id)
{
	switch (id) {
	case FIELD_TIME:
	case FIELD_INTERFACE:
	case FIELD_SRC:
	case FIELD_DST:
	case FIELD_SPORT:
	case FIELD_DPORT:
	case FIELD_SEQ:
	case FIELD_ICMP_TYPE:
	case FIELD_ICMP_CODE: return true;
	default: return false;
	}
}

/* Stream numbers are not compared, as they depend on all packets. */
static void compare_fields(struct side_run *r, enum row_kind kind,
			   const struct row *ours, const struct row *theirs)
{
	struct strbuf a = STRBUF_INIT, b = STRBUF_INIT;

	for (int i = 0; i < FIELD_COUNT && !r->complaint; i++) {
		enum field_id id = (enum field_id)i;

		if (id == FIELD_FRAME || id == FIELD_STREAM ||
		    id >= FIELD_TAIL_DLL ||
		    (kind == ROW_ICMP && !is_of_icmp(id)))
			continue;
		strbuf_clear(&a);
		strbuf_clear(&b);
		field_print(id, ours, &a);
		field_print(id, theirs, &b);
		if (id == FIELD_OPTIONS && says_less(r, ours) &&
		    a.len > 2 * SHOWN_OPTIONS && b.len >= 2 * SHOWN_OPTIONS)
			a.text[a.len = 2 * SHOWN_OPTIONS] =
				b.text[b.len = 2 * SHOWN_OPTIONS] = '\0';
		if (strcmp(a.text, b.text) != 0)
			complain(r, mem_printf("tshark has %s '%s' in packet "
					       "%u, where the native reader "
					       "has '%s'",
					       field_table[id].tshark, b.text,
					       (unsigned)ours->frame, a.text));
	}
	strbuf_release(&a);
	strbuf_release(&b);
}

static const char *kind_name(enum row_kind kind)
{
	switch (kind) {
	case ROW_TCP: return "a TCP packet";
	case ROW_MALFORMED: return "a malformed TCP packet";
	case ROW_ICMP: return "an ICMP error";
	case ROW_OTHER: return "no TCP packet";
	case ROW_BAD: break;
	}
	return "no packet";
}

static void compare(struct side_run *r, const struct expected *ours,
		    const struct row *theirs, enum row_kind kind)
{
	const unsigned loose = ROW_OPTIONS_CUT | ROW_SNAPPED;

	if (kind != ours->kind)
		complain(r, mem_printf("packet %u is %s to tshark, where the "
				       "native reader has %s",
				       (unsigned)ours->row.frame,
				       kind_name(kind), kind_name(ours->kind)));
	else if (kind == ROW_TCP || kind == ROW_ICMP)
		compare_fields(r, kind, &ours->row, theirs);
	else if (theirs->time != ours->row.time ||
		 strcmp(theirs->interface, ours->row.interface) != 0)
		complain(r, mem_printf("tshark has another time or interface "
				       "of packet %u than the native reader",
				       (unsigned)ours->row.frame));
	if (kind == ROW_ICMP &&
	    (!address_is_equal(&theirs->icmp_from, &ours->row.icmp_from) ||
	     ((theirs->present ^ ours->row.present) & ROW_HAS_STREAM)))
		complain(r, mem_printf("tshark has another sender or stream of "
				       "the ICMP error in packet %u than the "
				       "native reader",
				       (unsigned)ours->row.frame));
	if (kind == ROW_TCP && !says_less(r, &ours->row) &&
	    ((theirs->present ^ ours->row.present) & (loose | ROW_TUNNEL)))
		complain(r, mem_printf("tshark has other options or a tunnel "
				       "in packet %u, where the native reader "
				       "has none",
				       (unsigned)ours->row.frame));
}

/* Parse the next line; ROW_BAD: there is no line that fits. */
static enum row_kind next_row(struct side_run *r, struct row *row)
{
	ssize_t n = getline(&r->line, &r->cap_line, r->lines);
	enum row_kind kind = ROW_BAD;

	if (n > 0 && r->line[n - 1] == '\n')
		kind = tshark_row_parse(&r->layout, r->line, (size_t)n - 1,
					row);
	return kind != ROW_BAD && row->frame == r->answered + 1 ? kind
								: ROW_BAD;
}

int side_run_answer(struct side_run *r, struct row *row, enum row_kind *kind)
{
	while (!r->complaint && r->answered < r->n) {
		const struct shown_packet *q = &r->shown[r->answered];

		*kind = next_row(r, row);
		if (*kind == ROW_BAD) {
			complain(r, mem_printf("tshark printed no line, or an "
					       "unexpected one, for packet %u",
					       (unsigned)q->number));
			break;
		}
		r->answered++;
		if (!q->row) {
			row->frame = q->number;
			return 1;
		}
		compare(r, &r->expected[q->row - 1], row, *kind);
	}
	return 0;
}

bool side_run_agrees(struct side_run *r)
{
	enum row_kind kind = ROW_BAD;
	struct row row;

	if (side_run_answer(r, &row, &kind))
		complain(r, mem_printf("tshark printed a line for packet %u, "
				       "which was not in the sample",
				       (unsigned)row.frame));
	else if (!r->complaint && getline(&r->line, &r->cap_line, r->lines) > 0)
		complain(r, mem_strdup("tshark printed more lines than it was "
				       "given packets"));
	return !r->complaint;
}

const char *side_run_complaint(const struct side_run *r)
{
	return r->complaint;
}

void side_run_free(struct side_run *r)
{
	if (!r)
		return;
	if (r->started)
		proc_kill(&r->proc);
	side_run_end(r);
	if (r->threaded)
		pthread_join(r->thread, NULL);
	else if (r->pipe >= 0)
		close(r->pipe);
	proc_release(&r->proc);
	if (r->lines)
		fclose(r->lines);
	else if (r->output >= 0)
		close(r->output);
	pthread_mutex_destroy(&r->mutex);
	pthread_cond_destroy(&r->changed);
	strbuf_release(&r->feed);
	free(r->shown);
	free(r->expected);
	free(r->line);
	free(r->complaint);
	free(r);
}
