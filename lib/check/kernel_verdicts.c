/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The verdict on kernel logs: events of the log without packets, and packets
 * without events.
 */
#include <inttypes.h>

#include "base/plural.h"
#include "base/strbuf.h"
#include "check/examine.h"

static const char *const hosts[2] = { "client", "server" };

struct kernel_case {
	struct check_context *c;
	size_t events[2]; /* of kernels, by host, ... */
	size_t shown[2];  /* ... and those with their packet */
	size_t told;	  /* number of verdicts */
};

static void put_subflow(const struct kernel_case *k, const struct event *e,
			struct strbuf *out)
{
	if (e->has & EVENT_HAS_SUBFLOW) {
		strbuf_printf(out, "tcp %" PRIu32,
			      context_subflow(k->c, e->subflow)->tcp_stream);
		return;
	}
	if (e->has & EVENT_HAS_SOURCE) {
		address_append_endpoint(out, &e->source, e->source_port);
		strbuf_puts(out, " > ");
	}
	address_append_endpoint(out, &e->address, e->port);
}

static struct verdict *add(struct kernel_case *k, const char *cause,
			   const struct strbuf *text)
{
	k->told++;
	return verdicts_add(&k->c->verdicts, QUESTION_KERNEL, cause,
			    CERTAINTY_PROVEN, "%s", text->text);
}

/* A subflow known to the kernel whose third ACK was not captured. */
static void tell_missing(struct kernel_case *k, const struct event *e)
{
	struct strbuf text = STRBUF_INIT;
	const bool part = e->has & EVENT_HAS_SUBFLOW;

	strbuf_printf(&text, "The %s's kernel established ", hosts[e->from]);
	put_subflow(k, e, &text);
	strbuf_printf(&text, " (line %zu of its log), ", e->line);
	strbuf_puts(&text,
		    part ? "whose third ACK was not captured"
			 : "which the capture does not have: it went over an "
			   "interface that was not captured, or before or "
			   "after the capture");
	add(k, part ? "join_not_captured" : "subflow_not_captured", &text);
	strbuf_release(&text);
}

static void tell_error(struct kernel_case *k, const struct event *e)
{
	const char *name = event_error_name(e->error);
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	strbuf_printf(&text, "The %s's kernel closed ", hosts[e->from]);
	put_subflow(k, e, &text);
	strbuf_printf(&text, " with error %" PRIu32, e->error);
	if (name)
		strbuf_printf(&text, " (%s)", name);
	strbuf_printf(&text, ", line %zu of its log", e->line);
	v = add(k, "closed_with_error", &text);
	if (!(e->has & EVENT_NO_PACKET))
		verdict_frame(v, context_frame(k->c, e->packet));
	strbuf_release(&text);
}

/* What a host should log about a packet it received; and alternatives. */
struct unsaid {
	const char *cause, *what, *instead;
};

static struct unsaid find_unsaid(enum event_kind kind)
{
	static const char ignored[] = "it ignored it";
	static const char not_taken[] = "option_not_taken";

	switch (kind) {
	case EVENT_CONNECTION_ESTABLISHED:
		return (struct unsaid){ "connection_not_established",
					"connection by Multipath TCP, though "
					"its third ACK was captured",
					"it had fallen back" };
	case EVENT_JOIN_ESTABLISHED:
		return (struct unsaid){ "join_not_established",
					"join, though its third ACK was "
					"captured",
					"it refused it" };
	case EVENT_ADD_ADDR:
		return (struct unsaid){ not_taken,
					"ADD_ADDR, though one for it was "
					"captured",
					ignored };
	case EVENT_REMOVE_ADDR:
		return (struct unsaid){ not_taken,
					"REMOVE_ADDR, though one for it was "
					"captured",
					ignored };
	default:
		return (struct unsaid){ not_taken,
					"MP_PRIO, though one for it was "
					"captured",
					ignored };
	}
}

static void tell_unsaid(struct kernel_case *k, const struct event *e, int host)
{
	const struct unsaid u = find_unsaid(e->kind);
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	strbuf_printf(&text, "Of tcp %" PRIu32 " the %s's kernel reports no ",
		      context_subflow(k->c, e->subflow)->tcp_stream,
		      hosts[host]);
	strbuf_printf(
		&text,
		"%s: %s, or the packet was lost after the point of capture",
		u.what, u.instead);
	v = add(k, u.cause, &text);
	verdict_frame(v, context_frame(k->c, e->packet));
	strbuf_release(&text);
}

static void look(struct kernel_case *k, const struct event *e)
{
	if (event_is_of_kernel(e->kind)) {
		k->events[e->from]++;
		k->shown[e->from] += !(e->has & EVENT_NO_PACKET);
		if (e->kind == EVENT_SF_ESTABLISHED &&
		    (e->has & EVENT_NO_PACKET))
			tell_missing(k, e);
		if ((e->has & EVENT_HAS_ERROR) && e->error)
			tell_error(k, e);
	} else if (e->has & EVENT_HAS_KERNEL) {
		for (int host = 0; host < 2; host++)
			if (e->unsaid >> host & 1)
				tell_unsaid(k, e, host);
	}
}

/* They agree. */
static void tell_agreement(struct kernel_case *k, int host)
{
	const size_t all = k->events[host], shown = k->shown[host];
	struct strbuf text = STRBUF_INIT;

	if (shown == all)
		strbuf_printf(&text,
			      "%s%zu event%s that the %s's kernel reports has "
			      "its packet in the capture",
			      all == 1 ? "The " : "Each of the ", all,
			      plural(all), hosts[host]);
	else
		strbuf_printf(&text,
			      "%zu of the %zu events that the %s's kernel "
			      "reports %s in the capture",
			      shown, all, hosts[host],
			      shown == 1 ? "has its packet"
					 : "have their packets");
	add(k, shown == all ? "kernel_agrees" : "captured_in_part", &text);
	strbuf_release(&text);
}

void judge_kernel(struct check_context *c)
{
	struct kernel_case k = { .c = c };
	size_t told = 0;

	for (size_t i = 0; i < c->timeline.n; i++)
		look(&k, &c->timeline.events[i]);
	told = k.told;
	for (int host = 0; host < 2; host++)
		if (k.events[host] && !told)
			tell_agreement(&k, host);
}
