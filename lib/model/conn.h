/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conn.h - what the model knows of TCP streams and MPTCP connections.
 *
 * Plain results, filled by streams.h, connections.h and account.h and owned by
 * struct trace (trace.h).  Unknown is unknown: each value that a capture may
 * not show has a flag beside it.
 *
 * Directions: TO_SERVER is client to server.  In a struct stream these are the
 * TCP roles (who sent the SYN), in a struct connection the MPTCP roles (who
 * sent the SYN of the initial subflow); a subflow that the MPTCP server opened
 * has "flipped" set, and only there the two differ.
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
	VANTAGE_UNKNOWN, /* not seen, or both ends on one machine */
	VANTAGE_CLIENT,	 /* "client" */
	VANTAGE_SERVER,	 /* "server" */
	VANTAGE_MIDDLE	 /* "middle": at neither */
};

/* How a stream, or a connection, ended.  The names are conn_end_name()'s. */
enum conn_end {
	END_OPEN,	      /* not in the capture: "open" */
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

/* What a payload byte is; account.h decides. */
enum byte_class {
	BYTES_UNIQUE,		 /* of a subflow: that came first on it */
	BYTES_TCP_RETRANSMITTED, /* same subflow byte as before */
	BYTES_MPTCP_REPEATED,	 /* same data byte, same subflow, new number */
	BYTES_REINJECTED,	 /* same data byte as on another subflow */
	BYTES_UNMAPPED,		 /* no mapping known */
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
 * Is it known how many distinct bytes there are?  Not where no byte could be
 * mapped.
 */
bool byte_counts_know_unique(const struct byte_counts *counts);

/* What one side of a TCP stream's handshake said in MPTCP options. */
struct stream_side {
	bool has_isn;
	uint32_t isn;	  /* raw sequence number of the SYN */
	bool has_answer;  /* the other side answered: at the earliest ... */
	int64_t answer;	  /* ... after so many ns (stream_scan.c) */
	uint8_t ttl;	  /* of most of its packets; 0: not known */
	uint8_t ways;	  /* of its packets, and of their copies: the bits
			     1 << enum packet_way */
	uint32_t largest; /* payload of one of its packets, at most */
	bool has_syn;	  /* its SYN (or SYN/ACK) was captured */
	bool syn_cut;	  /* options of its SYN were not all captured */
	bool has_wscale;  /* its SYN offered window scaling */
	uint8_t wscale;	  /* the shift for its windows, if so */
	uint16_t mss;	  /* option of its SYN; 0: none captured */
	uint64_t sent;	  /* payload bytes, all that were captured */
	uint64_t unique;  /* distinct bytes of subflow sequence space */
	uint64_t data_packets;
	uint64_t duplicate_packets; /* copies that the network made of its */
	uint64_t duplicate_bytes;   /* packets, and their payload */
	bool fin, rst;		    /* sent at least one */
	bool has_reason; /* MP_TCPRST in its first RST that has one */
	uint8_t reason, reason_flags;
	bool fastclose; /* sent an MP_FASTCLOSE that counts (effect.h) */
	bool backup;	/* B flag in force at the end */
	bool has_id;	/* address id in its MP_JOIN SYN or SYN/ACK */
	uint8_t id;
	uint32_t syn_data;     /* payload bytes of its SYN that were taken: they
				  stand before subflow sequence number 1 (RFC
				  8684 appendix B) */
	bool data_fin;	       /* sent a DATA_FIN that counts (effect.h) */
	uint32_t data_fin_dsn; /* its number, the low 32 bits */
	bool has_data_ack;     /* sent a DATA_ACK */
	uint32_t data_ack;     /* the highest, the low 32 bits */
	bool mptcp_after_syn;  /* sent MPTCP options behind the handshake, and
				 not just an MP_TCPRST */
	bool dss;	       /* sent a DSS */
	bool infinite;	       /* its data ended with an infinite mapping */
	bool talked;	       /* sent a packet with neither SYN nor RST */
	uint64_t plain_after_syn; /* packets without any, RST left out */
	uint32_t plain_tail;	  /* those behind its last with any */
	bool unmapped_tail;  /* they have payload behind all mappings ... */
	uint32_t mapped_end; /* ... whose end is this raw sequence number */
	bool acked_more;     /* it acknowledged more than it did at first */
	uint64_t missing;    /* payload bytes, at least, that the other side
				acknowledged and that were not captured */
};

enum stream_kind {
	STREAM_PLAIN,	/* no MPTCP seen */
	STREAM_INITIAL, /* MP_CAPABLE */
	STREAM_JOIN,	/* MP_JOIN */
	STREAM_ORPHAN	/* MPTCP, but its handshake was not captured */
};

struct stream {
	uint32_t tcp_stream; /* Wireshark's number: the first, if split */
	uint32_t *also;	     /* its other numbers, when Wireshark split it */
	size_t n_also;
	uint64_t also_turned; /* by the first of these: end "b" of the raw
				 stream is the client */
	struct endpoint client, server; /* TCP roles */
	bool roles_known;    /* else the lower port was taken for the server */
	int interface;	     /* of its first packet; -1 unknown */
	size_t first, n;     /* its packets in trace.order ... */
	size_t n_duplicates; /* ... and behind those the copies that the
				network made (duplicate.h), which count nowhere
				else, ... */
	size_t n_copies;     /* ... and those that were captured at other
				points (copies.h), which count nowhere */
	size_t n_copied;     /* of those before these: so many have copies ... */
	unsigned captured;   /* ... and were captured so often; 0: not all of
				them equally often */
	uint64_t copied_on;  /* by interface: the packets were captured there
				when they were captured more than once */
	bool is_forwarded;   /* ... with another TTL each time: by a router */
	bool is_renamed;     /* addresses or ports were rewritten between two
				points: at the other one they were these */
	struct endpoint seen_client, seen_server;
	uint32_t first_frame;
	int64_t first_time, last_time; /* ns */
	struct stream_side side[2];    /* what TO_SERVER, TO_CLIENT senders did:
					  side[TO_SERVER] is the client's */
	enum stream_kind kind;
	enum conn_end end;
	bool established;    /* 3-way (joins: 4-way) handshake done */
	uint32_t bad_option; /* frame of the first MPTCP option that makes
				no sense; 0: none */
	/* MP_CAPABLE */
	bool capable_syn, capable_synack, capable_ack;
	bool plain_ack;		  /* the client's first packet behind the SYN
				     has no MPTCP option */
	int capable_flaw[3];	  /* enum flaw of each (effect.h) */
	bool syn_without_capable; /* a SYN was repeated without the option */
	bool checksums;		  /* flag A in one of them */
	int version;		  /* of MP_CAPABLE; -1 unknown */
	bool signs[2];		  /* options that only version 0, 1 has */
	bool has_key[2];	  /* key sent by the client, by the server */
	uint64_t key[2];
	/* MP_JOIN */
	bool has_token; /* of the SYN's receiver */
	uint32_t token;
	bool has_nonce[2];
	uint32_t nonce[2];
	bool join_synack; /* SYN/ACK carried MP_JOIN */
	bool has_hmac[2]; /* [TO_CLIENT]: SYN/ACK's 8 bytes, else 20 */
	uint8_t hmac[2][20];
	/* MP_FAIL, infinite mapping */
	bool mp_fail;
	bool infinite_mapping;
	long connection;	     /* index, -1: none */
	bool flipped;		     /* opened by the MPTCP server */
	size_t position;	     /* in the subflows of its connection */
	struct byte_counts bytes[2]; /* by MPTCP direction; account.h */
};

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
	FALLBACK_BAD_CAPABLE,	       /* MP_CAPABLE had to be ignored */
	FALLBACK_OPTIONS_LOST,	       /* both ends went on without options */
	FALLBACK_OPTIONS_LOST_ONE_WAY, /* one end did, the other not */
	FALLBACK_INFINITE_MAPPING      /* length 0, without MP_FAIL */
};

/* json.md's name, or NULL for FALLBACK_NONE. */
const char *fallback_cause_name(enum fallback_cause cause);

enum grouping {
	GROUPING_HANDSHAKE,    /* by tokens and keys: certain */
	GROUPING_DATA_SEQUENCE /* some subflow by its raw 64-bit DSNs only */
};

const char *grouping_name(enum grouping grouping);

struct conn_side {
	bool lost;	     /* it went on without MPTCP options, after data had
				been mapped, on the initial subflow ... */
	uint32_t lost_frame; /* ... from this frame, */
	int64_t lost_time;   /* ns since 1970, on */
	bool has_key;
	uint64_t key;
	bool has_token;
	uint32_t token;
	bool has_idsn;
	uint64_t idsn;
	struct endpoint end; /* of the initial subflow, else of the first */
};

struct connection {
	uint32_t id; /* position in trace.connections */
	int version; /* 0, 1: of MP_CAPABLE, or by what only
			that version has; -1 unknown */
	enum conn_state state;
	enum fallback_cause cause;
	enum grouping grouping;
	enum conn_end close;
	struct conn_side side[2]; /* [0] client, [1] server */
	size_t *subflows; /* indices of streams; the initial one first */
	size_t n_subflows;
	bool has_initial; /* subflows[0] is the initial subflow */
	bool accounted; /* its bytes, and those of its subflows, are counted */
	uint32_t first_frame;
	int64_t first_time, last_time;
	struct byte_counts bytes[2]; /* by MPTCP direction; account.h */
	bool has_acked[2];
	uint64_t acked[2]; /* data bytes that DATA_ACKs cover */
};

/* Did it fall back to TCP before any data was mapped?  Then the bytes of the
   initial subflow are the data. */
bool connection_is_plain(const struct connection *conn);

#endif
