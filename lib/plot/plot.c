/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plot/plot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "base/strbuf.h"
#include "events/timeline.h"
#include "model/account.h"
#include "model/vantage.h"
#include "os/file.h"
#include "plot/draw.h"
#include "plot/ends.h"
#include "plot/log_axis.h"

const struct plot_kind plot_kinds[] = {
	{ "dsn", "data sequence against time, with DATA_ACKs and window",
	  PLOT_CONNECTION | PLOT_GAINS | PLOT_AT | PLOT_RAW | PLOT_MARKS,
	  plot_dsn },
	{ "seq", "sequence numbers of one TCP stream against time",
	  PLOT_STREAM | PLOT_GAINS | PLOT_AT | PLOT_RAW | PLOT_MARKS,
	  plot_seq },
	{ "ack", "bytes that each acknowledgment acknowledges",
	  PLOT_CONNECTION | PLOT_Y_LOG | PLOT_TAILS, plot_ack },
	{ "rate", "throughput of each subflow and of the connection",
	  PLOT_CONNECTION | PLOT_GAINS | PLOT_AT | PLOT_STACKS | PLOT_WINDOW |
		  PLOT_Y_LOG,
	  plot_rate },
	{ "goodput", "goodput: since the start, and in a moving window",
	  PLOT_CONNECTION | PLOT_GAINS | PLOT_AT | PLOT_WINDOW | PLOT_Y_LOG,
	  plot_goodput },
	{ "limits", "what limited it, over time, below the rate",
	  PLOT_CONNECTION | PLOT_WINDOW, plot_limits },
	{ "share", "share of the bytes that each subflow carried",
	  PLOT_CONNECTION | PLOT_GAINS | PLOT_RECEIVER | PLOT_AT | PLOT_WINDOW,
	  plot_share },
	{ "flight", "bytes sent and not yet acknowledged, and the window",
	  PLOT_CONNECTION | PLOT_GAINS | PLOT_SOCKETS | PLOT_Y_LOG,
	  plot_flight },
	{ "rtt", "round-trip times of the subflows and of the data",
	  PLOT_CONNECTION | PLOT_Y_LOG | PLOT_TAILS | PLOT_RUNS, plot_rtt },
	{ "owd", "one-way delay of each packet (two captures)",
	  PLOT_CONNECTION | PLOT_TWO | PLOT_GAINS | PLOT_BOTH_WAYS |
		  PLOT_Y_LOG | PLOT_TAILS | PLOT_RUNS,
	  plot_owd },
	{ "reinject",
	  "time from originals to reinjections, as sent or as they arrived",
	  PLOT_CONNECTION | PLOT_GAINS | PLOT_X_LOG | PLOT_RUNS,
	  plot_reinject },
	{ "reorder", "how long data waited for earlier data",
	  PLOT_CONNECTION | PLOT_GAINS | PLOT_RECEIVER | PLOT_X_LOG | PLOT_RUNS,
	  plot_reorder },
	{ "occupancy", "out-of-order data that the receiver held back",
	  PLOT_CONNECTION | PLOT_GAINS | PLOT_RECEIVER | PLOT_Y_LOG,
	  plot_occupancy },
	{ "interarrival", "time between packets, on and across subflows",
	  PLOT_CONNECTION | PLOT_GAINS | PLOT_RECEIVER | PLOT_AT | PLOT_X_LOG |
		  PLOT_RUNS,
	  plot_interarrival },
	{ "dss", "lengths of the mappings", PLOT_CONNECTION | PLOT_Y_LOG,
	  plot_dss },
	{ "attr", "a column of the packets, or of --ss, which --field names",
	  PLOT_CONNECTION | PLOT_FIELD | PLOT_SOCKETS | PLOT_Y_LOG, plot_attr },
	{ "cwnd", "congestion windows, by --ss, or from files of mptcp-pm",
	  PLOT_FILES | PLOT_FIELD | PLOT_Y_LOG, NULL },
	{ NULL, NULL, 0, NULL },
};

const struct plot_kind *plot_find(const char *name)
{
	for (const struct plot_kind *k = plot_kinds; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

const struct plot_kind *plot_with_sockets(const struct plot_kind *kind)
{
	static const struct plot_kind cwnd = { "cwnd", "",
					       PLOT_CONNECTION | PLOT_SOCKETS |
						       PLOT_Y_LOG,
					       plot_cwnd };

	return kind->needs & PLOT_FILES ? &cwnd : kind;
}

int64_t plot_zero(const struct plot *p)
{
	const struct plot *axis = p->clock ? p->clock : p;

	return axis->trace->info.first_time;
}

double plot_time(const struct plot *p, int64_t ns)
{
	return (double)(ends_time(p, ns) - plot_zero(p)) / 1e9;
}

/* That it was not captured at "end", or that this is not known. */
static int refuse_end(const struct plot *p, enum vantage end, const char *what,
		      const char *only, struct error *err)
{
	const char *path = p->trace->info.path;
	const char *name = vantage_name(end);

	if (vantage_of(p->trace, p->conn) != VANTAGE_UNKNOWN)
		return error_set(err, EXIT_INPUT,
				 "'%s' was not captured at %s; %s", path, what,
				 only);
	if (vantage_is_one_host(p->trace, p->conn))
		return error_set(err, EXIT_INPUT,
				 "both ends are on one host in '%s': give "
				 "--captured-at %s to take it for the capture "
				 "of %s",
				 path, name, what);
	return error_set(err, EXIT_INPUT,
			 "'%s' does not show that it was captured at %s; %s, "
			 "or --captured-at %s if it was",
			 path, what, only, name);
}

/* Only the sender's capture shows how long an acknowledgment takes. */
int plot_at_sender(const struct plot *p, struct error *err)
{
	const enum vantage sender =
		p->direction == TO_SERVER ? VANTAGE_CLIENT : VANTAGE_SERVER;

	if (p->pairing || vantage_of(p->trace, p->conn) == sender)
		return 0;
	return refuse_end(p, sender, "the sender of the data",
			  "only the sender's capture shows when "
			  "acknowledgments arrive there: give that one",
			  err);
}

/* Only the receiver's capture shows in which order data arrives. */
int plot_at_receiver(const struct plot *p, struct error *err)
{
	const enum vantage receiver =
		p->direction == TO_SERVER ? VANTAGE_SERVER : VANTAGE_CLIENT;

	if (p->pairing || vantage_of(p->trace, p->conn) == receiver)
		return 0;
	return refuse_end(p, receiver, "the receiver of the data",
			  "only the receiver's capture shows how it arrives: "
			  "give that one, or both",
			  err);
}

/* The stream in capture "end" of two, if it is there. */
static const struct stream *stream_at(const struct plot *p,
				      const struct stream *s, int end)
{
	const struct stream *peer = NULL;

	if (p->pairing && p->end != end)
		peer = pairing_peer(p->pairing, p->end, s);
	return peer ? peer : s;
}

int plot_colour(const struct plot *p, size_t k)
{
	const struct stream *s = trace_subflow(p->trace, p->conn, k);

	return (int)(p->pairing ? stream_at(p, s, p->pairing->client_end) : s)
		->position;
}

static const char *label_of(const struct plot *p, uint32_t tcp_stream)
{
	for (size_t i = 0; p->labels && i < p->labels->n; i++)
		if (p->labels->items[i].tcp_stream == tcp_stream)
			return p->labels->items[i].text;
	return NULL;
}

char *plot_stream_label(const struct plot *p, const struct stream *s)
{
	const uint32_t number = stream_at(p, s, 0)->tcp_stream;
	const char *label = label_of(p, number);

	return label ? mem_strdup(label) : mem_printf("tcp %" PRIu32, number);
}

char *plot_stream_name(const struct plot *p, const struct stream *s,
		       enum direction d)
{
	const struct stream *named = stream_at(p, s, 0);
	const bool back = (d == TO_CLIENT) ^ named->flipped;
	const struct endpoint *from = back ? &named->server : &named->client;
	const struct endpoint *to = back ? &named->client : &named->server;
	const char *label = label_of(p, named->tcp_stream);

	if (label)
		return mem_strdup(label);
	return mem_printf("%s > %s (tcp %" PRIu32 ")",
			  address_text(&from->address).text,
			  address_text(&to->address).text, named->tcp_stream);
}

char *plot_subflow_name(const struct plot *p, size_t k)
{
	return plot_stream_name(p, trace_subflow(p->trace, p->conn, k),
				p->direction);
}

char *plot_short_name(const struct plot *p, size_t k, const char *what)
{
	char *label = plot_stream_label(p, trace_subflow(p->trace, p->conn, k));
	char *name = mem_printf("%s, %s", label, what);

	free(label);
	return name;
}

struct chart_series **plot_subflows(const struct plot *p, struct chart *c,
				    enum chart_style style)
{
	size_t n = p->conn->n_subflows;
	struct chart_series **list =
		mem_calloc(n + 1, sizeof(struct chart_series *));

	for (size_t k = 0; k < n; k++) {
		char *name = plot_subflow_name(p, k);

		list[k] = chart_add_series(c, style, name);
		list[k]->colour = plot_colour(p, k);
		list[k]->brief = plot_stream_label(
			p, trace_subflow(p->trace, p->conn, k));
		free(name);
	}
	return list;
}

/* Labels of events that are marked; NULL for others. */
static const char *mark_name(enum event_kind kind)
{
	switch (kind) {
	case EVENT_JOIN_SYN: return "join";
	case EVENT_ADD_ADDR: return "ADD_ADDR";
	case EVENT_REMOVE_ADDR: return "REMOVE_ADDR";
	case EVENT_PRIORITY: return "MP_PRIO";
	case EVENT_MP_FAIL: return "MP_FAIL";
	case EVENT_FASTCLOSE: return "FASTCLOSE";
	case EVENT_TCP_RESET: return "RST";
	case EVENT_DATA_FIN: return "DATA_FIN";
	case EVENT_FALLBACK: return "fallback";
	case EVENT_HANDOVER: return "handover";
	default: return NULL;
	}
}

/* Whether the event is about one subflow, and not only seen on it. */
static bool is_of_subflow(enum event_kind kind)
{
	return kind == EVENT_JOIN_SYN || kind == EVENT_PRIORITY ||
	       kind == EVENT_TCP_RESET || kind == EVENT_HANDOVER;
}

static void add_mark(const struct plot *p, struct chart *c,
		     const struct event *e, const char *name, bool has_subflow)
{
	struct chart_mark *m = chart_add_mark(
		c, plot_time(p, e->time), name,
		has_subflow ? plot_colour(p, e->subflow) : CHART_INK);

	if (has_subflow && p->conn->n_subflows > 1 && !p->stream &&
	    (event_is_of_kernel(e->kind) || is_of_subflow(e->kind)))
		m->of = plot_stream_label(
			p, trace_subflow(p->trace, p->conn, e->subflow));
}

/* "sf_closed (client)", for events from kernel logs. */
static void mark_of_kernel(const struct plot *p, struct chart *c,
			   const struct event *e)
{
	const bool has_subflow = e->has & EVENT_HAS_SUBFLOW;
	char *name = NULL;

	if (p->stream && !(has_subflow && p->stream->position == e->subflow))
		return;
	name = mem_printf("%s (%s)", event_name(e->kind),
			  e->from ? "server" : "client");
	add_mark(p, c, e, name, has_subflow);
	free(name);
}

static void mark_of_packet(const struct plot *p, struct chart *c,
			   const struct event *e)
{
	const char *name = mark_name(e->kind);

	if (name && !(p->stream && p->stream->position != e->subflow))
		add_mark(p, c, e, name, true);
}

void plot_events(const struct plot *p, struct chart *c)
{
	struct timeline line;

	timeline_make(&line, p->trace, p->conn, p->ledger);
	if (p->logs)
		kernel_logs_tell(p->logs, &line, p->trace, p->conn);
	for (size_t k = 0; k < line.n; k++) {
		const struct event *e = &line.events[k];

		if (event_is_of_kernel(e->kind))
			mark_of_kernel(p, c, e);
		else
			mark_of_packet(p, c, e);
	}
	timeline_release(&line);
}

struct chart_series *plot_distribution(struct chart *c, const char *name,
				       struct samples *s, size_t below,
				       size_t above)
{
	struct chart_series *line = NULL;
	double all = (double)(below + s->n + above);

	if (!s->n)
		return NULL;
	line = chart_add_series(c, CHART_STEP, name);
	line->colour = CHART_INK;
	sort_int64(s->values, s->n);
	chart_add_point(line, (double)s->values[0] / 1e6, (double)below / all);
	for (size_t i = 0; i < s->n; i++)
		chart_add_point(line, (double)s->values[i] / 1e6,
				(double)(below + i + 1) / all);
	return line;
}

static const char *const ends[2] = { "server", "client" };

/* "given" refers to the first capture, "here" to the one that is drawn. */
static void set_subtitle(const struct plot_kind *kind, const struct plot *given,
			 const struct plot *here, struct chart *c)
{
	static const char *const at[] = { "", ", at the sender",
					  ", at the receiver" };
	struct strbuf text = STRBUF_INIT;

	strbuf_puts(&text, file_base_name(given->trace->info.path));
	if (given->pairing)
		strbuf_printf(&text, " and %s",
			      file_base_name(given->second->info.path));
	if (kind->needs & PLOT_STREAM)
		strbuf_printf(&text, ", TCP stream %" PRIu32,
			      given->stream->tcp_stream);
	else
		strbuf_printf(&text, ", connection %" PRIu32, given->conn->id);
	if (!(kind->needs & PLOT_BOTH_WAYS) || !given->both_ways)
		strbuf_printf(&text, ", to the %s", ends[given->direction]);
	strbuf_puts(&text, at[given->at]);
	if (here->other && !ends_have_clock(given->pairing))
		strbuf_puts(&text, ", clocks not corrected");
	chart_set_text(&c->subtitle, "%s", text.text);
	strbuf_release(&text);
}

static bool has_data(const struct plot_kind *kind, const struct plot *p)
{
	return (kind->needs & (PLOT_STREAM | PLOT_BOTH_WAYS | PLOT_FIELD)) ||
	       p->conn->bytes[p->direction].sent;
}

/* Delays between clocks that cannot be compared are not known. */
static int no_values(const struct plot_kind *kind, const struct plot *p,
		     struct error *err)
{
	const enum clock_correction c =
		p->pairing ? p->pairing->clock.correction : CLOCK_NONE_NEEDED;
	const bool is_unknown = c == CLOCK_TOO_FEW || c == CLOCK_INFEASIBLE;

	if (is_unknown && strcmp(kind->name, "owd") == 0)
		return error_set(err, EXIT_INPUT, "'%s': nothing to draw: %s",
				 p->trace->info.path, clock_correction_text(c));
	return error_set(err, EXIT_INPUT,
			 "'%s': nothing to draw: no packets of this kind in "
			 "this direction",
			 p->trace->info.path);
}

static int draw_ends(const struct plot_kind *kind, const struct plot *given,
		     struct plot *here, struct chart *c, struct error *err)
{
	if (!has_data(kind, here))
		return error_set(err, EXIT_INPUT,
				 "'%s': nothing to draw: no data to the %s",
				 here->trace->info.path, ends[here->direction]);
	c->x.unit = CHART_SECONDS;
	c->x.epoch_ns = plot_zero(here);
	chart_set_text(&c->x.title, "Time");
	set_subtitle(kind, given, here, c);
	if (kind->draw(here, c, err) < 0)
		return -1;
	log_axis_set(kind, given->log, c);
	if (!chart_has_data(c))
		return no_values(kind, here, err);
	return 0;
}

int plot_make(const struct plot_kind *kind, const struct plot *p,
	      struct chart *c, struct error *err)
{
	struct plot given = *p, here, there = { .end = 0 };
	struct ledger ledger[2];
	int rc = -1;

	ledger_init(&ledger[0]);
	ledger_init(&ledger[1]);
	if ((kind->needs & PLOT_STREAM) && !given.stream)
		given.stream = trace_subflow(p->trace, p->conn, 0);
	here = given;
	if (p->pairing && ends_open(kind, &here, &there, err) < 0)
		goto out;
	here.ledger = &ledger[0];
	there.ledger = &ledger[1];
	if (here.conn)
		account_connection(here.trace, here.conn, here.ledger);
	if (there.conn && here.other)
		account_connection(there.trace, there.conn, there.ledger);
	rc = draw_ends(kind, &given, &here, c, err);
out:
	ledger_release(&ledger[0]);
	ledger_release(&ledger[1]);
	return rc;
}
