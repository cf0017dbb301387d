/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vantage.h - at which end of a connection a capture was taken.
 *
 * What a sender did, and its round trip times, can be told at the sender's end
 * only, what a receiver saw at the receiver's.
 *
 * An interface of a capture is where it is in all connections.  So what is
 * known of an address there, in all TCP streams, counts in each of its
 * connections (seats.h).  The signs, the strongest first:
 *
 *   - Packets of the connection were captured before and behind a router
 *     (copies.h): that is where the capture was taken, at no end.  Proven.
 *   - Linux cooked captures tell which way packets went: all of one end were
 *     sent by the machine that captured them, and all of the other came to it.
 *     Captured at the one, which is proven; but when those that it sent have
 *     been through a router before, it was one, too.  When those of both ends
 *     were for others, it was a bridge, or somebody who listened: at no end,
 *     which is proven.
 *   - Packets of an end have been through a router (their TTL is not 64, 128
 *     or 255, as hosts set it): not captured there.  If so of both ends: at
 *     none of them.
 *   - The near end answers soon, the far one not before a round trip: an end
 *     is near when its fastest answer takes less than a tenth of both.  When
 *     they take less than 200 us together they do not tell; nor do they that
 *     it was at no end when an end answers within 1 ms, as a busy host may.
 *     Where packets are delayed on their way out of the host that captures
 *     them (netem), its own answers seem late.
 *   - When answers do not tell, and the packets of one end only have been
 *     through a router: at the other end.
 */
#ifndef MODEL_VANTAGE_H
#define MODEL_VANTAGE_H

#include <stdbool.h>

#include "base/strlist.h"
#include "model/trace.h"

/* How sure that is. */
enum vantage_surety {
	VANTAGE_UNSURE, /* "unknown": signs are missing, or contradict */
	VANTAGE_LIKELY, /* "likely" */
	VANTAGE_PROVEN, /* "proven" */
	VANTAGE_GIVEN	/* "given": by the user, trace.captured_at */
};

const char *vantage_surety_name(enum vantage_surety surety);

/* NULL for VANTAGE_UNKNOWN. */
const char *vantage_name(enum vantage vantage);

/* The i-th of the words below; NULL: there are no more. */
const char *vantage_word(int i);

/* "client", "server", "middle", or "auto", which is VANTAGE_UNKNOWN; -1: none
   of these. */
int vantage_parse(const char *text, enum vantage *out)
	__attribute__((warn_unused_result));

/*
 * Gather what there is to judge by.  Of a trace whose streams are known, and
 * connections numbered; again when they change.
 */
void vantage_gather(struct trace *trace);

struct vantage_verdict {
	enum vantage where;
	enum vantage_surety surety;
	bool is_forwarded; /* on a router, ... */
	enum vantage near; /* ... near that end; or unknown */
	struct strlist
		evidence; /* sentences, the strongest sign first; owned */
};

/* By MPTCP roles.  To be released. */
void vantage_judge(const struct trace *trace, const struct connection *conn,
		   struct vantage_verdict *out);
void vantage_verdict_release(struct vantage_verdict *verdict);

/* Of the other capture of two: the other end; unknown where it is none. */
enum vantage vantage_opposite(enum vantage vantage);

/* Only where. */
enum vantage vantage_of(const struct trace *trace,
			const struct connection *conn);

/* Of a TCP stream, by TCP roles: as its connection says, if it has one. */
enum vantage vantage_of_stream(const struct trace *trace,
			       const struct stream *stream);

/* The end that sends, and that receives, what goes in a direction. */
bool vantage_is_sender(enum vantage vantage, enum direction d);
bool vantage_is_receiver(enum vantage vantage, enum direction d);

#endif
