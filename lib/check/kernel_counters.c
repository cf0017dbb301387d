/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/kernel_counters.h"

#include <stdio.h>

enum {
	NAME_MAX_SIZE = 64
};

static const struct {
	const char *name, *text;
} reasons[] = {
	[COUNTER_EQUAL] = { NULL, NULL },
	[COUNTER_NOT_SHOWN] = { "not_shown", "this capture does not show it" },
	[COUNTER_NOT_KEPT] = { "not_kept", "this kernel does not count it" },
	[COUNTER_RESEMBLES] = { "resembles", "the kernel counts something "
					     "similar, not the same" },
	[COUNTER_OTHERS] = { "other_connections",
			     "from connections that the capture lacks, or "
			     "whose beginning it lacks" },
	[COUNTER_LOST_BEHIND] = { "lost_behind", "lost or removed after the "
						 "point of capture" },
	[COUNTER_LOST_BEFORE] = { "lost_before", "lost or removed before the "
						 "point of capture" },
	[COUNTER_NOT_TAKEN] = { "not_taken", "it arrived at the host, whose "
					     "kernel did not count it" },
	[COUNTER_UNCAPTURED] = { "not_captured",
				 "on another interface, before or after the "
				 "capture, or never sent" },
	[COUNTER_NOT_SENT] = { "not_sent", "not sent by this host: forged, or "
					   "from another network namespace" },
};

const char *counter_reason_text(enum counter_reason reason)
{
	return reasons[reason].text;
}

const char *counter_reason_name(enum counter_reason reason)
{
	return reasons[reason].name;
}

static bool grew(const struct kernel_counters *k, enum counter_id id,
		 uint64_t *growth)
{
	char name[NAME_MAX_SIZE];

	snprintf(name, sizeof(name), "MPTcpExt%s", counter_name(id));
	return nstat_growth(k->before, k->after, name, growth);
}

static bool resembles(enum counter_id id)
{
	return id == COUNTER_RETRANS || id == COUNTER_DUPLICATE_DATA ||
	       id == COUNTER_OFO_QUEUE;
}

/* Whether it counts what the host sends, not what it receives. */
static bool is_sent(enum counter_id id)
{
	switch (id) {
	case COUNTER_CAPABLE_SYN_TX:
	case COUNTER_JOIN_SYN_TX:
	case COUNTER_ADD_ADDR_TX:
	case COUNTER_ECHO_ADD_TX:
	case COUNTER_RM_ADDR_TX:
	case COUNTER_PRIO_TX:
	case COUNTER_FAIL_TX:
	case COUNTER_FASTCLOSE_TX:
	case COUNTER_RST_TX:
	case COUNTER_INFINITE_MAP_TX: return true;
	default: return false;
	}
}

/* Whether the host had more connections than were captured. */
static bool has_others(const struct kernel_counters *k,
		       const struct counters *sums)
{
	const enum counter_id id =
		k->host ? COUNTER_CAPABLE_SYN_RX : COUNTER_CAPABLE_SYN_TX;
	uint64_t growth = 0;

	return grew(k, id, &growth) && growth > sums->of[id].count[k->host];
}

static enum counter_reason find_reason(const struct kernel_counters *k,
				       const struct counters *sums,
				       const struct kernel_counter *c)
{
	const bool more = c->kernel > c->capture;

	if (!c->has_kernel)
		return COUNTER_NOT_KEPT;
	if (!c->has_capture)
		return COUNTER_NOT_SHOWN;
	if (c->kernel == c->capture)
		return COUNTER_EQUAL;
	if (more && has_others(k, sums))
		return COUNTER_OTHERS;
	if (resembles(c->id))
		return COUNTER_RESEMBLES;
	if (more)
		return is_sent(c->id) && !k->at_host ? COUNTER_LOST_BEFORE
						     : COUNTER_UNCAPTURED;
	if (is_sent(c->id))
		return COUNTER_NOT_SENT;
	return k->at_host ? COUNTER_NOT_TAKEN : COUNTER_LOST_BEHIND;
}

struct kernel_counter kernel_counters_compare(const struct kernel_counters *k,
					      const struct counters *sums,
					      enum counter_id id)
{
	struct kernel_counter c = { .id = id,
				    .has_capture =
					    !sums->of[id].unknown[k->host],
				    .capture = sums->of[id].count[k->host] };

	c.has_kernel = grew(k, id, &c.kernel);
	c.reason = find_reason(k, sums, &c);
	return c;
}
