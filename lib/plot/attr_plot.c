/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plot "attr": a column of the packets over time. */
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "model/streams.h"
#include "model/tcpopt.h"
#include "plot/draw.h"

/* The value of packet i, and whether it has one. */
#define ATTR(name, value, has)                                                 \
	static bool get_##name(const struct trace *t, uint32_t i, double *out) \
	{                                                                      \
		const struct packets *p = &t->packets;                         \
                                                                               \
		*out = value;                                                  \
		return has;                                                    \
	}

ATTR(frame, p->frame[i], true)
ATTR(tcp_stream, t->streams[p->stream[i]].tcp_stream, true)
ATTR(seq, p->seq[i], true)
ATTR(ack, p->ack[i], p->flags[i] & TCP_ACK)
ATTR(len, p->len[i], true)
ATTR(window, p->window[i], true)

/* Windows of SYNs are never scaled. */
static bool get_scaled_window(const struct trace *t, uint32_t i, double *out)
{
	const struct packets *p = &t->packets;
	int sender = p->mark[i] & PACKET_REVERSE ? TO_CLIENT : TO_SERVER;
	int shift = stream_window_shift(&t->streams[p->stream[i]], sender);

	if (p->flags[i] & TCP_SYN)
		shift = 0;
	if (shift >= 0)
		*out = (double)((uint64_t)p->window[i] << shift);
	return shift >= 0;
}

ATTR(flags, p->flags[i], true)
ATTR(ip_id, p->ip_id[i], p->mark[i] & PACKET_HAS_IP_ID)
ATTR(interface, p->interface[i], p->interfaces.n > 0)
ATTR(options, p->n_options[i], !(p->mark[i] & PACKET_OPTIONS_CUT))

static bool get_tsval(const struct trace *t, uint32_t i, double *out)
{
	uint64_t stamp = packets_tsval(&t->packets, i);

	*out = (double)(uint32_t)stamp;
	return stamp != 0;
}

static bool get_tsecr(const struct trace *t, uint32_t i, double *out)
{
	struct tcp_options o;

	packets_tcpopt(&t->packets, i, &o);
	*out = o.tsecr;
	return o.has_ts && (t->packets.flags[i] & TCP_ACK);
}

static bool get_sack(const struct trace *t, uint32_t i, double *out)
{
	struct tcp_options o;

	packets_tcpopt(&t->packets, i, &o);
	*out = o.n_sack;
	return true;
}

static bool get_mapping(const struct trace *t, uint32_t i, double *out)
{
	const struct mptcp_option *dss = NULL;
	struct tcp_options o;

	packets_tcpopt(&t->packets, i, &o);
	dss = tcpopt_find(&o, MP_DSS);
	if (!dss || !(dss->has & MPTCP_HAS_DLL))
		return false;
	*out = dss->dll;
	return true;
}

static const struct {
	const char *name;
	const char *title;
	enum chart_unit unit;
	bool (*get)(const struct trace *t, uint32_t i,
		    double *out); /* false: none */
} fields[] = {
	{ "frame", "Frame number", CHART_COUNT, get_frame },
	{ "tcp_stream", "TCP stream", CHART_COUNT, get_tcp_stream },
	{ "seq", "Sequence number, raw", CHART_COUNT, get_seq },
	{ "ack", "Acknowledgment number, raw", CHART_COUNT, get_ack },
	{ "len", "Payload", CHART_BYTES, get_len },
	{ "window", "Window field, not scaled", CHART_COUNT, get_window },
	{ "scaled_window", "Window", CHART_BYTES, get_scaled_window },
	{ "flags", "TCP flags as a number", CHART_COUNT, get_flags },
	{ "ip_id", "IP identification", CHART_COUNT, get_ip_id },
	{ "interface", "Interface number", CHART_COUNT, get_interface },
	{ "options", "TCP options", CHART_BYTES, get_options },
	{ "tsval", "TSval", CHART_COUNT, get_tsval },
	{ "tsecr", "TSecr", CHART_COUNT, get_tsecr },
	{ "sack", "SACK blocks", CHART_COUNT, get_sack },
	{ "mapping", "Data-level length of the DSS", CHART_BYTES, get_mapping },
};

enum {
	FIELDS = sizeof(fields) / sizeof(*fields)
};

const char *plot_field_name(int i)
{
	return i < FIELDS ? fields[i].name : plot_socket_field_name(i - FIELDS);
}

static int no_field(const struct plot *p, struct error *err)
{
	struct strbuf names = STRBUF_INIT;

	for (int i = 0; plot_field_name(i); i++)
		strbuf_printf(&names, "%s%s",
			      i == 0		       ? ""
			      : plot_field_name(i + 1) ? ", "
						       : " or ",
			      plot_field_name(i));
	if (p->field)
		error_set(err, EXIT_USAGE,
			  "invalid value '%s' for --field: give %s", p->field,
			  names.text);
	else
		error_set(err, EXIT_USAGE, "'attr' needs --field: give %s",
			  names.text);
	strbuf_release(&names);
	return -1;
}

int plot_attr(const struct plot *p, struct chart *c, struct error *err)
{
	const struct packets *t = &p->trace->packets;
	struct chart_series **subflow = NULL;
	size_t f = 0;

	for (int i = 0; p->field && plot_socket_field_name(i); i++)
		if (strcmp(plot_socket_field_name(i), p->field) == 0)
			return plot_socket_field(p, i, c, err);
	while (f < FIELDS && p->field && strcmp(fields[f].name, p->field) != 0)
		f++;
	if (!p->field || f == FIELDS)
		return no_field(p, err);
	if (p->sockets)
		return error_set(err, EXIT_USAGE,
				 "--ss cannot be used with --field %s",
				 p->field);
	subflow = plot_subflows(p, c, CHART_POINTS);
	chart_set_text(&c->title, "%s of each packet", fields[f].title);
	chart_set_text(&c->y.title, "%s", fields[f].title);
	c->y.unit = fields[f].unit;
	for (size_t k = 0; k < p->ledger->n_packets; k++) {
		uint32_t i = p->ledger->packets[k];
		size_t s = p->trace->streams[t->stream[i]].position;
		double value = 0;

		if (ledger_direction(p->trace, i) == p->direction &&
		    fields[f].get(p->trace, i, &value))
			chart_add_point(subflow[s], plot_time(p, t->time[i]),
					value);
	}
	free(subflow);
	return 0;
}
