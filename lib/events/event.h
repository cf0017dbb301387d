/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event.h - an event: something that happened in a connection at a point in
 * time.
 *
 * Names are those in the JSON of mptcp-events and follow "ip mptcp monitor"
 * where that has one.  What is repeated on the wire (an option on several
 * packets, a retransmitted SYN) is one event with a count.
 *
 * Events are plain values, made and owned by timeline.h.
 */
#ifndef EVENTS_EVENT_H
#define EVENTS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "model/conn.h"

enum event_kind {
	EVENT_CONNECTION_SYN,	      /* "connection_syn" */
	EVENT_CONNECTION_SYNACK,      /* "connection_synack" */
	EVENT_CONNECTION_ESTABLISHED, /* the third ACK, with MP_CAPABLE */
	EVENT_CONNECTION_REFUSED,     /* RST answered the SYN */
	EVENT_FALLBACK,		      /* "cause" tells why */
	EVENT_JOIN_SYN,
	EVENT_JOIN_SYNACK,
	EVENT_JOIN_ESTABLISHED, /* the third ACK, with MP_JOIN */
	EVENT_JOIN_REFUSED,	/* RST before that, without FASTCLOSE */
	EVENT_ADD_ADDR,
	EVENT_ADD_ADDR_ECHO,
	EVENT_REMOVE_ADDR,
	EVENT_PRIORITY, /* MP_PRIO */
	EVENT_MP_FAIL,
	EVENT_FASTCLOSE,
	EVENT_TCP_RESET, /* RST, with MP_TCPRST or without */
	EVENT_DATA_FIN,
	EVENT_FIN,
	EVENT_FIRST_DATA,   /* of a subflow, per direction */
	EVENT_WINDOW_PROBE, /* is the receive window still closed? */
	EVENT_STALLED,
	EVENT_RECOVERED,
	EVENT_HANDOVER,
	/* Events from kernel logs (kernel_events.h). */
	EVENT_CREATED,
	EVENT_ESTABLISHED,
	EVENT_CLOSED,
	EVENT_ANNOUNCED,
	EVENT_REMOVED,
	EVENT_SF_ESTABLISHED,
	EVENT_SF_CLOSED,
	EVENT_SF_PRIO,
	EVENT_KINDS
};

const char *event_name(enum event_kind kind);

/* The kind with this name of "n" bytes, or EVENT_KINDS. */
enum event_kind event_find(const char *name, size_t n);

/* Bits of event.has: which members below are known. */
enum {
	EVENT_HAS_FROM = 1 << 0,
	EVENT_HAS_SUBFLOW = 1 << 1,
	EVENT_HAS_ADDRESS = 1 << 2,
	EVENT_HAS_PORT = 1 << 3,
	EVENT_HAS_ID = 1 << 4,
	EVENT_HAS_BACKUP = 1 << 5,
	EVENT_HAS_TOKEN = 1 << 6,
	EVENT_HAS_HMAC = 1 << 7,
	EVENT_HAS_REASON = 1 << 8, /* MP_TCPRST: reason and transient */
	EVENT_HAS_DSN = 1 << 9,
	EVENT_HAS_KEY = 1 << 10,
	EVENT_HAS_NONCE = 1 << 11,
	EVENT_HAS_VERSION = 1 << 12,
	EVENT_HAS_FLAGS = 1 << 13, /* MP_CAPABLE A..H */
	EVENT_HAS_GAP = 1 << 14,
	EVENT_HAS_BYTES = 1 << 15,
	EVENT_HAS_OTHER = 1 << 16,
	EVENT_HAS_ACKED = 1 << 17,
	EVENT_HAS_EFFECT = 1 << 18,
	EVENT_HAS_FORCED = 1 << 19,
	EVENT_HAS_ERROR = 1 << 20,
	EVENT_HAS_LOCAL_ID = 1 << 21,
	EVENT_HAS_REMOTE_ID = 1 << 22,
	EVENT_HAS_INTERFACE = 1 << 23,
	EVENT_HAS_KERNEL = 1 << 24,
	EVENT_HAS_SOURCE = 1 << 27, /* and its port */
	/* For events of kernel logs only: */
	EVENT_NO_PACKET = 1 << 25, /* no captured packet corresponds */
	EVENT_NO_TIME = 1 << 26	   /* "time" is estimated, to sort it */
};

enum {
	EVENT_IDS_MAX = 37
};

struct event {
	enum event_kind kind;
	int64_t time;		/* of the first packet, ns since 1970 */
	uint32_t packet;	/* first packet, index in trace.packets */
	uint32_t last;		/* last packet */
	uint32_t count;		/* number of packets, including copies */
	unsigned has;		/* EVENT_HAS_* */
	int from;		/* sender of it, or of the data it is about: 0
				   client, 1 server (MPTCP roles) */
	uint32_t subflow;	/* position in connection.subflows */
	struct address address; /* ADD_ADDR: the announced address */
	uint16_t port;
	uint8_t id;    /* address id */
	uint8_t n_ids; /* REMOVE_ADDR */
	uint8_t ids[EVENT_IDS_MAX];
	bool backup;
	uint8_t n_hmac;
	uint8_t hmac[20];
	uint32_t token; /* MP_JOIN in a SYN */
	uint32_t nonce;
	int version;
	uint8_t flags;
	uint8_t reason; /* of MP_TCPRST; reset_reason_name() */
	bool transient; /* its T flag */
	bool effective; /* ADD_ADDR, PRIORITY, FASTCLOSE: the option is valid
			   (effect.h) */
	uint64_t key;
	/* Data sequence numbers are relative: the first data byte is 1. */
	int64_t dsn;	/* MP_FAIL, DATA_FIN, FIRST_DATA, WINDOW_PROBE: that of
			   the byte; HANDOVER: the first on the new subflow */
	int64_t acked;	/* HANDOVER: end of the data acknowledged on the old
			   subflow; valid with EVENT_HAS_ACKED */
	int64_t gap;	/* ns.  STALLED, RECOVERED: total time without
			   acknowledgment; HANDOVER: from the last effective
			   packet of the old subflow to this one */
	uint64_t bytes; /* STALLED, RECOVERED: outstanding at its end; HANDOVER:
			   of the data outstanding on the old subflow without
			   DATA_ACK, how much was sent again */
	bool forced;	/* HANDOVER: data was outstanding on the old subflow;
			   valid with EVENT_HAS_FORCED */
	uint32_t other; /* HANDOVER: position of the old subflow; valid with
			   EVENT_HAS_OTHER */
	enum fallback_cause cause; /* FALLBACK */
	unsigned unsaid; /* bit for each host that should have logged it but did
			    not; valid with EVENT_HAS_KERNEL */
	/*
	 * From the kernel's log; "from" is the host of the log, "address" and
	 * "port" are the peer's.
	 */
	size_t line;	       /* line number in the log */
	struct address source; /* the host's own address */
	uint16_t source_port;
	uint32_t local_id, remote_id;
	uint32_t error;	    /* errno: why the subflow was closed */
	uint32_t interface; /* interface index on the host */
};

/* Whether the event is from a kernel's log. */
static inline bool event_is_of_kernel(enum event_kind kind)
{
	return kind >= EVENT_CREATED;
}

/*
 * "ECONNREFUSED" for 111, with the numbers of Linux on most machines; NULL for
 * errors with which no subflow is closed.
 */
const char *event_error_name(uint32_t error);

/*
 * The name of a reason in RFC 8684 section 3.6: "unspecified", "mptcp_error",
 * "lack_of_resources", "prohibited", "too_much_data", "bad_performance",
 * "middlebox"; NULL for others.
 */
const char *reset_reason_name(uint8_t reason);

#endif
