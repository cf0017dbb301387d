/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * monitor.h - what "ip mptcp monitor" printed: the events of the kernel's path
 * manager (linux/mptcp_pm.h, enum mptcp_event_type)
 *
 *	struct monitor log;
 *	if (monitor_read(&log, "monitor.log", &err))
 *		... err.text ...
 *	for (size_t i = 0; i < log.n; i++)
 *		... log.events[i] ...
 *	monitor_release(&log);
 *
 * One event a line:
 *
 *	[SF_ESTABLISHED] token=257f5d72 remid=0 locid=2 saddr4=10.0.2.1 ...
 *
 * A line may begin with the time of "ip -ts" ("[2026-11-30T09:26:53.697585]"),
 * or follow one of "ip -t" ("Timestamp: Mon Nov 30 09:26:53 2026 697585 usec"),
 * or come out of a journal, with what that writes before it (journalctl -o
 * short, short-iso, short-iso-precise, short-unix): other lines of it are left
 * out.  Times are what the machine's wall clocks showed where the log does not
 * say its time zone: they are taken as UTC.
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

/* monitor_event.has */
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
	MONITOR_HAS_ZONE = 1
			   << 9, /* the log says in which zone its times are */
	MONITOR_NO_YEAR = 1
			  << 10 /* ... and not in which year: stamp_in_year() */
};

struct monitor_event {
	enum monitor_kind kind;
	unsigned has;
	size_t line;	/* of the file, from 1 */
	int64_t time;	/* ns since 1970, by the clock on the wall */
	uint32_t token; /* the host's own, of the connection */
	/* IPv4 in IPv6 as IPv4. */
	struct address source, destination;	/* the host's; its peer's */
	uint32_t source_port, destination_port; /* 0: not said */
	uint32_t local_id, remote_id;
	uint32_t backup;    /* 1: yes */
	uint32_t error;	    /* errno of the host */
	uint32_t reason;    /* of the MP_TCPRST that closed it */
	uint32_t interface; /* index */
};

struct monitor {
	struct monitor_event *events; /* as they stand in the file */
	size_t n, cap;
	bool is_cut; /* its last line is not whole, and left out */
};

/*
 * -1 where the file cannot be read (EXIT_INPUT), or has no event and is no log
 * of that program.  A log without events, as of a machine where nothing
 * happened, is empty, or has other lines of the program only ("[UNKNOWN 15]").
 */
int monitor_read(struct monitor *out, const char *path, struct error *err);

void monitor_release(struct monitor *m);

#endif
