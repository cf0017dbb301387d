/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/kernel_counters.h"

#include <stdio.h>
#include <string.h>

enum {
	NAME_MAX_SIZE = 64
};

static const struct {
	const char *name, *text;
} reasons[] = {
	[COUNTER_EQUAL] = { NULL, NULL },
	[COUNTER_NOT_SHOWN] = { "not_shown", "this capture does not show it" },
	[COUNTER_NOT_COMPUTED] = { "not_computed",
				   "not computed from captures" },
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

const char *kernel_host_name(int host)
{
	static const char *const names[] = { "client", "server", "both" };

	return host <= HOST_BOTH ? names[host] : NULL;
}

static bool grew(const struct kernel_counters *k, enum counter_id id,
		 uint64_t *growth)
{
	char name[NAME_MAX_SIZE];

	snprintf(name, sizeof(name), NSTAT_MPTCP "%s", counter_name(id));
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

/* What the capture has of the counter at that host; false: it is unknown. */
static bool sum_up(const struct kernel_counters *k, const struct counter *c,
		   uint64_t *sum)
{
	bool is_known = true;

	*sum = 0;
	for (int role = 0; role < 2; role++)
		if (k->host == role || k->host == HOST_BOTH) {
			*sum += c->count[role];
			is_known &= !c->unknown[role];
		}
	return is_known;
}

/* Whether the host had more connections than were captured. */
static bool has_others(const struct kernel_counters *k,
		       const struct counters *sums)
{
	static const enum counter_id first[2] = { COUNTER_CAPABLE_SYN_TX,
						  COUNTER_CAPABLE_SYN_RX };

	for (int role = 0; role < 2; role++) {
		const enum counter_id id = first[role];
		uint64_t growth = 0;

		if ((k->host == role || k->host == HOST_BOTH) &&
		    grew(k, id, &growth) && growth > sums->of[id].count[role])
			return true;
	}
	return false;
}

static enum counter_reason find_reason(const struct kernel_counters *k,
				       const struct counters *sums,
				       const struct kernel_counter *c,
				       enum counter_id id)
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
	if (resembles(id))
		return COUNTER_RESEMBLES;
	if (more)
		return is_sent(id) && !k->at_host ? COUNTER_LOST_BEFORE
						  : COUNTER_UNCAPTURED;
	if (is_sent(id))
		return COUNTER_NOT_SENT;
	return k->at_host ? COUNTER_NOT_TAKEN : COUNTER_LOST_BEHIND;
}

struct kernel_counter kernel_counters_compare(const struct kernel_counters *k,
					      const struct counters *sums,
					      enum counter_id id)
{
	struct kernel_counter c = { .name = counter_name(id) };

	c.has_capture = sum_up(k, &sums->of[id], &c.capture);
	c.has_kernel = grew(k, id, &c.kernel);
	c.reason = find_reason(k, sums, &c, id);
	return c;
}

static bool is_computed(const char *name)
{
	for (int id = 0; id < COUNTERS; id++)
		if (strcmp(counter_name((enum counter_id)id), name) == 0)
			return true;
	return false;
}

bool kernel_counters_next_other(const struct kernel_counters *k, size_t *i,
				struct kernel_counter *out)
{
	while (*i < k->after->n) {
		const char *whole = k->after->items[(*i)++].name;

		if (!nstat_is_mptcp(whole))
			continue;
		*out = (struct kernel_counter){
			.name = whole + strlen(NSTAT_MPTCP),
			.has_kernel = true,
			.reason = COUNTER_NOT_COMPUTED
		};
		if (!is_computed(out->name) &&
		    nstat_growth(k->before, k->after, whole, &out->kernel) &&
		    out->kernel)
			return true;
	}
	return false;
}
