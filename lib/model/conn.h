/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conn.h - the results of the model: TCP streams and MPTCP connections.
 *
 * Plain structs, filled by streams.h, connections.h and account.h and owned by
 * struct trace (trace.h).  Values that a capture may not show have a flag that
 * tells whether they are known.
 *
 * Directions: TO_SERVER is client to server.  In a struct stream client and
 * server are TCP roles (the client sent the SYN), in a struct connection MPTCP
 * roles (the client sent the SYN of the initial subflow).  The two differ only
 * for subflows that the MPTCP server opened, which have "flipped" set.
 */
#ifndef MODEL_CONN_H
#define MODEL_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/packets.h"

enum direction {
	TO_SERVER = 0,
	TO_CLIENT = 1
};

/* At which end a capture was taken (vantage.h). */
enum vantage {
	VANTAGE_UNKNOWN, /* unknown, or both ends on one host */
	VANTAGE_CLIENT,	 /* "client" */
	VANTAGE_SERVER,	 /* "server" */
	VANTAGE_MIDDLE	 /* "middle": at neither end */
};

/*
 * How a stream or connection ended; conn_end_name() returns the quoted names.
 */
enum conn_end {
	END_OPEN,	      /* no end was captured: "open" */
	END_FIN,	      /* FIN from both: "fin" */
	END_FIN_CLIENT,	      /* only the client's FIN: "fin_client" */
	END_FIN_SERVER,	      /* "fin_server" */
	END_DATA_FIN,	      /* connections: DATA_FIN from both: "data_fin" */
	END_RESET_CLIENT,     /* RST by the client: "reset_client" */
	END_RESET_SERVER,     /* "reset_server" */
	END_FASTCLOSE_CLIENT, /* "fastclose_client" */
	END_FASTCLOSE_SERVER, /* "fastclose_server" */
	END_REFUSED,	      /* RST answered the SYN: "refused" */
	END_UNANSWERED	      /* nothing answered the SYN: "unanswered" */
};

const char *conn_end_name(enum conn_end end);

/* The class of a payload byte (account.h). */
enum byte_class {
	BYTES_UNIQUE,		 /* in counts of a subflow: first sent on it */
	BYTES_TCP_RETRANSMITTED, /* same subflow byte as before */
	BYTES_MPTCP_REPEATED,	 /* same data byte, same subflow, new number */
	BYTES_REINJECTED,	 /* data byte first sent on another subflow */
	BYTES_UNMAPPED,		 /* not covered by a known mapping */
	BYTE_CLASSES
};

/* Payload of one direction of a connection or of one of its subflows. */
struct byte_counts {
	uint64_t sent;			   /* bytes; the sum of the classes */
	uint64_t packets;		   /* with payload */
	uint64_t of[BYTE_CLASSES];	   /* bytes */
	uint64_t packets_of[BYTE_CLASSES]; /* with at least one such byte */
};

/*
 * Whether the number of distinct bytes is known.  It is not if no byte could
 * be mapped.
 */
bool byte_counts_know_unique(const struct byte_counts *counts);

/* One side of a TCP stream: its handshake, MPTCP options and counts. */
struct stream_side {
	bool has_isn;
	uint32_t isn; /* raw sequence number of the SYN */
	/* the other side answered; the shortest time was ... */
	bool has_answer;
	int64_t answer;	  /* ... this, in ns (stream_scan.c) */
	uint8_t ttl;	  /* of most of its packets; 0: unknown */
	uint8_t ways;	  /* of its packets and their copies: bits 1 << enum
			     packet_way */
	uint32_t largest; /* maximum payload of one packet */
	bool has_syn;	  /* its SYN (or SYN/ACK) was captured */
	bool syn_cut;	  /* options of its SYN were truncated */
	bool has_wscale;  /* its SYN offered window scaling */
	uint8_t wscale;	  /* the shift for its windows, if so */
	uint16_t mss;	  /* option of its SYN; 0: none captured */
	uint64_t sent;	  /* payload bytes captured, including repeated ones */
	uint64_t unique;  /* distinct bytes of subflow sequence space */
	uint64_t data_packets;
	uint64_t duplicate_packets; /* additional copies of its packets made by
				       the network, ... */
	uint64_t duplicate_bytes;   /* ... and their payload */
	bool fin, rst;		    /* sent at least one */
	/* one of its RSTs has MP_TCPRST; values of the first */
	bool has_reason;
	uint8_t reason, reason_flags;
	bool fastclose; /* sent a valid MP_FASTCLOSE (effect.h) */
	bool backup;	/* value of the B flag at the end */
	bool has_id;	/* address id in its MP_JOIN SYN or SYN/ACK */
	uint8_t id;
	uint32_t syn_data;     /* payload bytes of its SYN that were accepted;
				  they precede subflow sequence number 1 (RFC
				  8684 appendix B) */
	bool data_fin;	       /* sent a valid DATA_FIN (effect.h) */
	uint32_t data_fin_dsn; /* its sequence number, low 32 bits */
	bool has_data_ack;     /* sent a DATA_ACK */
	uint32_t data_ack;     /* the highest, low 32 bits */
	bool mptcp_after_syn;  /* sent MPTCP options other than MP_TCPRST after
				  the handshake */
	bool dss;	       /* sent a DSS */
	bool infinite;	       /* its data ends with an infinite mapping */
	bool talked;	       /* sent a packet with neither SYN nor RST */
	/* packets without MPTCP options, except RSTs */
	uint64_t plain_after_syn;
	uint32_t plain_tail; /* of these, after the last one with options */
	/* they have payload beyond all mappings, which ... */
	bool unmapped_tail;
	uint32_t mapped_end; /* ... end at this raw sequence number */
	bool acked_more;     /* its acknowledgment number has increased */
	uint64_t missing;    /* payload bytes (at least) that the other side
				acknowledged but that were not captured */
};

enum stream_kind {
	STREAM_PLAIN,	/* no MPTCP seen */
	STREAM_INITIAL, /* MP_CAPABLE */
	STREAM_JOIN,	/* MP_JOIN */
	STREAM_ORPHAN	/* MPTCP, but its handshake is not in the capture */
};

struct stream {
	/* Wireshark's number; the first one if it was split */
	uint32_t tcp_stream;
	uint32_t *also; /* its other numbers, if Wireshark split it */
	size_t n_also;
	uint64_t also_turned; /* bit for each of these: end "b" of the raw
				 stream is the client */
	struct endpoint client, server; /* TCP roles */
	bool roles_known; /* false: the end with the lower port is the server */
	int interface;	  /* of its first packet; -1: unknown */
	size_t first, n;  /* its packets in trace.order ... */
	size_t n_duplicates; /* after them: copies made by the network
				(duplicate.h), in no other count; */
	size_t n_copies;     /* after those: copies captured at other points
				(copies.h), which are not counted, either */
	size_t n_copied;     /* of the n packets, how many have copies ... */
	unsigned captured;   /* ... and how often each was captured; 0: not all
				equally often */
	uint64_t copied_on;  /* bits, by interface, on which packets with copies
				were captured */
	/* copies have different TTLs: captured on a router */
	bool is_forwarded;
	bool is_renamed; /* addresses or ports were rewritten between two
			    points; these are those at the other point: */
	struct endpoint seen_client, seen_server;
	uint32_t first_frame;
	int64_t first_time, last_time; /* ns */
	struct stream_side side[2];    /* by sender: side[TO_SERVER] is the
					  client */
	enum stream_kind kind;
	enum conn_end end;
	bool established;    /* 3-way (joins: 4-way) handshake done */
	uint32_t bad_option; /* frame of the first invalid MPTCP option; 0: none
			      */
	/* MP_CAPABLE */
	bool capable_syn, capable_synack, capable_ack;
	bool plain_ack;	     /* the client's first packet after the SYN has
				no MPTCP option */
	int capable_flaw[3]; /* enum flaw of each (effect.h) */
	/* a SYN was retransmitted without the option */
	bool syn_without_capable;
	bool checksums;	 /* flag A in one of them */
	int version;	 /* of MP_CAPABLE; -1 unknown */
	bool signs[2];	 /* it has options that exist only in version 0, 1 */
	bool has_key[2]; /* [0]: key of the client, [1]: of the server */
	uint64_t key[2];
	/* MP_JOIN */
	bool has_token; /* of the SYN's receiver */
	uint32_t token;
	bool has_nonce[2];
	uint32_t nonce[2];
	bool join_synack; /* SYN/ACK carried MP_JOIN */
	/* [TO_CLIENT]: 8 bytes of the SYN/ACK; else 20 bytes */
	bool has_hmac[2];
	uint8_t hmac[2][20];
	/* MP_FAIL, infinite mapping */
	bool mp_fail;
	bool infinite_mapping;
	long connection;	     /* index; -1: none */
	bool flipped;		     /* opened by the MPTCP server */
	size_t position;	     /* in the subflows of its connection */
	struct byte_counts bytes[2]; /* by MPTCP direction; account.h */
};

/* json.md explains states and causes. */
enum conn_state {
	CONN_ESTABLISHED,
	CONN_FALLBACK,
	CONN_INCOMPLETE,
	CONN_REFUSED
};

const char *conn_state_name(enum conn_state state);

enum fallback_cause {
	FALLBACK_NONE,
	FALLBACK_NO_OPTION_IN_SYNACK,
	FALLBACK_NO_OPTION_IN_ACK,
	FALLBACK_NO_OPTION_IN_DATA,
	FALLBACK_MP_FAIL,
	FALLBACK_PLAIN_SYN_RETRY,
	FALLBACK_BAD_CAPABLE, /* MP_CAPABLE was invalid and had to be ignored */
	FALLBACK_OPTIONS_LOST,	       /* both ends stopped sending options */
	FALLBACK_OPTIONS_LOST_ONE_WAY, /* only one end stopped */
	FALLBACK_INFINITE_MAPPING      /* length 0, without MP_FAIL */
};

/* The name in JSON; NULL for FALLBACK_NONE. */
const char *fallback_cause_name(enum fallback_cause cause);

/* On which evidence subflows were assigned to a connection. */
enum grouping {
	GROUPING_HANDSHAKE,    /* tokens and keys: certain */
	GROUPING_DATA_SEQUENCE /* for some subflow only its 64-bit DSNs */
};

const char *grouping_name(enum grouping grouping);

struct conn_side {
	bool lost;	     /* stopped sending MPTCP options on the initial
				subflow after data had been mapped ... */
	uint32_t lost_frame; /* ... from this frame on, */
	int64_t lost_time;   /* at this time, ns since 1970 */
	bool has_key;
	uint64_t key;
	bool has_token;
	uint32_t token;
	bool has_idsn;
	uint64_t idsn;
	struct endpoint end; /* on the initial subflow, else on the first one */
};

struct connection {
	uint32_t id; /* index in trace.connections */
	int version; /* 0, 1: from MP_CAPABLE, or from options of that version
			only; -1: unknown */
	enum conn_state state;
	enum fallback_cause cause;
	enum grouping grouping;
	enum conn_end close;
	struct conn_side side[2]; /* [0] client, [1] server */
	size_t *subflows; /* indices of streams; the initial one first */
	size_t n_subflows;
	bool has_initial; /* subflows[0] is the initial subflow */
	bool accounted;	  /* "bytes" here and in its subflows are valid */
	uint32_t first_frame;
	int64_t first_time, last_time;
	struct byte_counts bytes[2]; /* by MPTCP direction; account.h */
	bool has_acked[2];
	uint64_t acked[2]; /* data bytes acknowledged by DATA_ACKs */
};

/*
 * Whether it fell back to TCP before any data was mapped.  The bytes of the
 * initial subflow are then the data.
 */
bool connection_is_plain(const struct connection *conn);

#endif
