/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plots of values from ss: cwnd with --ss, attr with fields of ss. */
#include <inttypes.h>
#include <stdlib.h>

#include "events/kernel_sockets.h"
#include "plot/draw.h"

/* Values of ss and their names there. */
static const struct {
	const char *name;
	const char *title;
	enum chart_unit unit;
	enum ss_value value;
} fields[] = {
	{ "ss.cwnd", "Congestion window (segments)", CHART_COUNT, SS_CWND },
	{ "ss.ssthresh", "Slow start threshold (segments)", CHART_COUNT,
	  SS_SSTHRESH },
	{ "ss.mss", "Segment size", CHART_BYTES, SS_MSS },
	{ "ss.rtt", "Round-trip time", CHART_MILLISECONDS, SS_RTT },
	{ "ss.rttvar", "Variation of the round-trip time", CHART_MILLISECONDS,
	  SS_RTT_VARIATION },
	{ "ss.minrtt", "Least round-trip time", CHART_MILLISECONDS,
	  SS_MIN_RTT },
	{ "ss.rto", "Retransmission timeout", CHART_MILLISECONDS, SS_RTO },
	{ "ss.pacing_rate", "Pacing rate", CHART_BITRATE, SS_PACING_RATE },
	{ "ss.delivery_rate", "Delivery rate", CHART_BITRATE,
	  SS_DELIVERY_RATE },
	{ "ss.unacked", "Not acknowledged (segments)", CHART_COUNT,
	  SS_UNACKED },
	{ "ss.retrans", "Retransmissions in flight (segments)", CHART_COUNT,
	  SS_RETRANS },
	{ "ss.retrans_total", "Retransmissions so far (segments)", CHART_COUNT,
	  SS_RETRANS_TOTAL },
	{ "ss.notsent", "Not yet sent", CHART_BYTES, SS_NOTSENT },
	{ "ss.snd_wnd", "Send window", CHART_BYTES, SS_SEND_WINDOW },
	{ "ss.rcv_space", "Receive space", CHART_BYTES, SS_RCV_SPACE },
};

enum {
	FIELDS = sizeof(fields) / sizeof(*fields)
};

const char *plot_socket_field_name(int i)
{
	return i < FIELDS ? fields[i].name : NULL;
}

/* The samples for the sending or receiving end of the k-th subflow. */
static const struct kernel_sample *samples_of(const struct plot *p, size_t k,
					      bool receives, size_t *n)
{
	const struct stream *s = trace_subflow(p->trace, p->conn, k);
	const int d = (int)p->direction ^ s->flipped ^ receives;

	return kernel_sockets_of(p->sockets, s, (enum direction)d, n);
}

static bool has_samples(const struct plot *p, bool receives)
{
	size_t n = 0;

	for (size_t k = 0; k < p->conn->n_subflows && !n; k++)
		samples_of(p, k, receives, &n);
	return n > 0;
}

int plot_sockets(const struct plot *p, struct error *err)
{
	static const char *const ends[2] = { "client", "server" };

	if (kernel_sockets_tie(p->sockets, p->trace, err) < 0)
		return -1;
	if (has_samples(p, false))
		return 0;
	return error_set(
		err, EXIT_INPUT,
		"'%s': no snapshot shows a socket of the %s, which sends the "
		"data drawn, in connection %" PRIu32 "%s",
		p->trace->info.path, ends[p->direction], p->conn->id,
		has_samples(p, true)
			? "; the snapshots are from the other end: give those "
			  "of the sender, or use --towards"
			: "");
}

/* In bytes, converted from segments. */
static void add_window(const struct kernel_sample *list, size_t n,
		       enum ss_value value, const struct plot *p,
		       struct chart_series *line)
{
	for (size_t i = 0; i < n; i++)
		chart_add_point(line, plot_time(p, list[i].time),
				list[i].socket->value[value] *
					list[i].socket->value[SS_MSS]);
}

static struct chart_series *add_series(const struct plot *p, size_t k,
				       const char *what, struct chart *c)
{
	char *name = plot_short_name(p, k, what);
	struct chart_series *s = chart_add_series(c, CHART_STEP, name);

	s->colour = plot_colour(p, k);
	free(name);
	return s;
}

void plot_kernel_windows(const struct plot *p, struct chart *c)
{
	for (size_t k = 0; k < p->conn->n_subflows; k++) {
		size_t n = 0;
		const struct kernel_sample *list = samples_of(p, k, false, &n);
		struct chart_series *line = NULL;

		if (!n)
			continue;
		line = add_series(p, k, "cwnd (kernel)", c);
		line->weight = 1.6;
		line->marker = CHART_DIAMOND;
		add_window(list, n, SS_CWND, p, line);
	}
}

static bool knows(const struct kernel_sample *list, size_t n,
		  enum ss_value value)
{
	for (size_t i = 0; i < n; i++)
		if (!isnan(list[i].socket->value[value]))
			return true;
	return false;
}

static void add_thresholds(const struct plot *p, struct chart *c)
{
	for (size_t k = 0; k < p->conn->n_subflows; k++) {
		size_t n = 0;
		const struct kernel_sample *list = samples_of(p, k, false, &n);
		struct chart_series *line = NULL;

		if (!knows(list, n, SS_SSTHRESH))
			continue;
		line = add_series(p, k, "ssthresh (kernel)", c);
		line->dash = CHART_DOTTED;
		line->hollow = true;
		line->marker = CHART_DIAMOND;
		add_window(list, n, SS_SSTHRESH, p, line);
	}
}

int plot_cwnd(const struct plot *p, struct chart *c, struct error *err)
{
	if (plot_sockets(p, err) < 0)
		return -1;
	/* Elsewhere acknowledgments are captured too early or too late. */
	if (plot_at_sender(p, NULL) == 0)
		free(plot_subflow_flights(p, c));
	for (size_t i = 0; i < c->n_series; i++)
		c->series[i]->weight = 0.6;
	plot_kernel_windows(p, c);
	add_thresholds(p, c);
	chart_set_text(&c->title, "Congestion windows and data in flight");
	chart_set_text(&c->y.title, "Window, and not yet acknowledged");
	c->y.unit = CHART_BYTES;
	c->y.from = 0;
	return 0;
}

int plot_socket_field(const struct plot *p, int f, struct chart *c,
		      struct error *err)
{
	struct chart_series **subflow = NULL;

	if (!p->sockets)
		return error_set(err, EXIT_USAGE, "--field %s needs --ss FILE",
				 p->field);
	if (plot_sockets(p, err) < 0)
		return -1;
	subflow = plot_subflows(p, c, CHART_STEP);
	for (size_t k = 0; k < p->conn->n_subflows; k++) {
		size_t n = 0;
		const struct kernel_sample *list = samples_of(p, k, false, &n);

		subflow[k]->marker = CHART_DIAMOND;
		for (size_t i = 0; i < n; i++)
			chart_add_point(subflow[k], plot_time(p, list[i].time),
					list[i].socket->value[fields[f].value]);
	}
	free(subflow);
	chart_set_text(&c->title, "%s of the sender's sockets",
		       fields[f].title);
	chart_set_text(&c->y.title, "%s", fields[f].title);
	c->y.unit = fields[f].unit;
	return 0;
}
