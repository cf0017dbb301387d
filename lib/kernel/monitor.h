/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * monitor.h - parse the output of "ip mptcp monitor": events of the kernel's
 * path manager (linux/mptcp_pm.h, enum mptcp_event_type)
 *
 *	struct monitor log;
 *	if (monitor_read(&log, "monitor.log", &err))
 *		... err.text ...
 *	for (size_t i = 0; i < log.n; i++)
 *		... log.events[i] ...
 *	monitor_release(&log);
 *
 * One event per line:
 *
 *	[SF_ESTABLISHED] token=257f5d72 remid=0 locid=2 saddr4=10.0.2.1 ...
 *
 * A line may begin with the time of "ip -ts" ("[2026-11-30T09:26:53.697585]"),
 * or follow one of "ip -t" ("Timestamp: Mon Nov 30 09:26:53 2026 697585
 * usec"), or come from a journal with its prefix (journalctl -o short,
 * short-iso, short-iso-precise, short-unix); other lines are ignored.  Unless
 * the log states a time zone, times are local wall-clock times, which are
 * treated as UTC.
 */
#ifndef KERNEL_MONITOR_H
#define KERNEL_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/error.h"

enum monitor_kind {
	MONITOR_CREATED,
	MONITOR_ESTABLISHED,
	MONITOR_CLOSED,
	MONITOR_ANNOUNCED,
	MONITOR_REMOVED,
	MONITOR_SF_ESTABLISHED,
	MONITOR_SF_CLOSED,
	MONITOR_SF_PRIO,
	MONITOR_KINDS
};

/* Bits of monitor_event.has. */
enum {
	MONITOR_HAS_TIME = 1 << 0,
	MONITOR_HAS_SOURCE = 1 << 1, /* saddr4, saddr6 */
	MONITOR_HAS_DESTINATION = 1 << 2,
	MONITOR_HAS_LOCAL_ID = 1 << 3,
	MONITOR_HAS_REMOTE_ID = 1 << 4,
	MONITOR_HAS_BACKUP = 1 << 5,
	MONITOR_HAS_ERROR = 1 << 6,
	MONITOR_HAS_REASON = 1 << 7,
	MONITOR_HAS_INTERFACE = 1 << 8,
	MONITOR_HAS_ZONE = 1 << 9, /* the log states the time zone */
	MONITOR_NO_YEAR = 1 << 10  /* the log has no year: stamp_in_year() */
};

struct monitor_event {
	enum monitor_kind kind;
	unsigned has;
	size_t line;	/* of the file, from 1 */
	int64_t time;	/* ns since 1970, wall clock */
	uint32_t token; /* local token of the connection */
	/* IPv4-mapped IPv6 addresses are converted to IPv4. */
	struct address source, destination;	/* local; of the peer */
	uint32_t source_port, destination_port; /* 0: not stated */
	uint32_t local_id, remote_id;
	uint32_t backup;    /* 1: yes */
	uint32_t error;	    /* errno */
	uint32_t reason;    /* from the MP_TCPRST that closed the subflow */
	uint32_t interface; /* interface index */
};

struct monitor {
	struct monitor_event *events; /* in the order of the file */
	size_t n, cap;
	bool is_cut; /* the last line is incomplete and was ignored */
};

/*
 * -1 if the file cannot be read (EXIT_INPUT), or has no events and no other
 * lines of that program.  Logs without events, where nothing happened, are
 * empty or have only other lines ("[UNKNOWN 15]").
 */
int monitor_read(struct monitor *out, const char *path, struct error *err);

void monitor_release(struct monitor *m);

#endif
