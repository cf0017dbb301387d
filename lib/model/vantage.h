/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vantage.h - determine at which end of a connection a capture was taken.
 *
 * What a sender did, and its round-trip times, can only be determined at the
 * sender's end; what a receiver saw, only at the receiver's end.
 *
 * The position of an interface is the same for all connections, so evidence
 * about an address on it is taken from all TCP streams (seats.h).  The
 * evidence, strongest first:
 *
 * - Both ends are on one host: a subflow has the same address at both ends, or
 *   a loopback address, or was captured on the loopback interface.  Proven; and
 *   because a packet on loopback is captured once, neither end is preferred: it
 *   is unknown where the capture was taken.
 * - Packets of the connection were captured before and after a router
 *   (copies.h): the capture was taken on that router, at neither end.  Proven.
 * - Linux cooked captures record the direction of packets: those of one end
 *   were all sent by the capturing host, and those of the other end all
 *   arrived there.  Then it was taken at the former, which is proven; but if
 *   packets that it sent had already passed a router, the host is a router
 *   itself.  If packets of both ends were addressed to other hosts, it was a
 *   bridge or a listener: at neither end, which is proven.
 * - Packets of an end have passed a router (their TTL is not 64, 128 or 255,
 *   the initial values of hosts): it was not taken there.  If this holds for
 *   both ends: at neither.
 * - The near end answers soon, the far one only after a round-trip time: an
 *   end is near if its fastest answer takes less than a tenth of both
 *   together.  If both together take less than 200 us this is no evidence; nor
 *   is it evidence for "at neither end" if an end answers within 1 ms, as a
 *   busy host may.  If packets are delayed on leaving the capturing host
 *   (netem), its own answers seem late.
 * - If answers are no evidence, and only packets of one end have passed a
 *   router: at the other end.
 */
#ifndef MODEL_VANTAGE_H
#define MODEL_VANTAGE_H

#include <stdbool.h>

#include "base/strlist.h"
#include "model/trace.h"

/* How certain it is. */
enum vantage_surety {
	VANTAGE_UNSURE, /* "unknown": no evidence, or a contradiction */
	VANTAGE_LIKELY, /* "likely" */
	VANTAGE_PROVEN, /* "proven" */
	VANTAGE_GIVEN	/* "given": by the user, trace.captured_at */
};

const char *vantage_surety_name(enum vantage_surety surety);

/* NULL for VANTAGE_UNKNOWN. */
const char *vantage_name(enum vantage vantage);

/* The i-th word that vantage_parse() accepts; NULL: there are no more. */
const char *vantage_word(int i);

/*
 * Accepts "client", "server", "middle", and "auto" for VANTAGE_UNKNOWN; -1:
 * another text.
 */
int vantage_parse(const char *text, enum vantage *out)
	__attribute__((warn_unused_result));

/*
 * Gather evidence from a trace whose streams are known and connections
 * numbered.  Call again when these change.
 */
void vantage_gather(struct trace *trace);

struct vantage_verdict {
	enum vantage where;
	enum vantage_surety surety;
	bool is_forwarded;	 /* taken on a router, ... */
	enum vantage near;	 /* ... which is near that end; or unknown */
	bool is_one_host;	 /* which is both ends, and captured it */
	struct strlist evidence; /* sentences, strongest first; owned */
};

/* By MPTCP roles.  "out" is to be released. */
void vantage_judge(const struct trace *trace, const struct connection *conn,
		   struct vantage_verdict *out);
void vantage_verdict_release(struct vantage_verdict *verdict);

/* The other end; unknown if it is at neither. */
enum vantage vantage_opposite(enum vantage vantage);

/* Only where, without reasons. */
enum vantage vantage_of(const struct trace *trace,
			const struct connection *conn);

/* Whether both ends are proven to be on one host. */
bool vantage_is_one_host(const struct trace *trace,
			 const struct connection *conn);

/* For a TCP stream, by TCP roles; from its connection, if it has one. */
enum vantage vantage_of_stream(const struct trace *trace,
			       const struct stream *stream);

/* Whether a capture was taken at the sender, or receiver, of a direction. */
bool vantage_is_sender(enum vantage vantage, enum direction d);
bool vantage_is_receiver(enum vantage vantage, enum direction d);

#endif
