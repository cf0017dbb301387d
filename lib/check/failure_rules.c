/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on what follows an MP_FAIL (RFC 8684 3.7). */
#include <stdlib.h>

#include "base/mem.h"
#include "base/search.h"
#include "base/sort.h"
#include "check/examine.h"

/* When subflows were opened and closed, each list in order of time. */
struct lifetimes {
	int64_t *first, *last; /* owned */
	size_t n;
};

static void lifetimes_take(struct lifetimes *l, const struct check_context *c)
{
	l->first = mem_calloc(c->conn->n_subflows, sizeof(*l->first));
	l->last = mem_calloc(c->conn->n_subflows, sizeof(*l->last));
	for (size_t k = 0; k < c->conn->n_subflows; k++) {
		const struct stream *s = context_subflow(c, k);

		if (!s->established)
			continue;
		l->first[l->n] = s->first_time;
		l->last[l->n++] = s->last_time;
	}
	sort_int64(l->first, l->n);
	sort_int64(l->last, l->n);
}

/* The number of times before "time". */
static size_t count_before(const int64_t *times, size_t n, int64_t time)
{
	return LOWER_BOUND(k, 0, n, times[k] < time);
}

/* Number of subflows open at a time, including both ends of their lives. */
static size_t open_subflows(const struct lifetimes *l, int64_t time)
{
	return count_before(l->first, l->n, time + 1) -
	       count_before(l->last, l->n, time);
}

enum {
	QUEUE_TRIPS = 3 /* round trips in which queued data is sent */
};

/* ns; 48 years, as clocks that jump may show: so much can be added up. */
static const int64_t most_trip = INT64_MAX / (2 * QUEUE_TRIPS);

/* A packet of the host that sent the MP_FAIL. */
struct notice {
	bool seen, has_stamp;
	int strict; /* an earlier packet has the same TSval */
	uint32_t stamp;
	uint32_t next; /* its sender's first byte that was not sent before */
	int64_t time;
};

/*
 * What the notified host had mapped before it could know.  A mapping is made
 * when its data is queued, and repeated with each segment.
 */
struct reaction {
	const struct check_context *c;
	int64_t trip;	    /* from capture to the notified host and back, ns */
	int64_t round_trip; /* between both hosts, ns */
	struct notice fail; /* the MP_FAIL */
	struct notice covered; /* the last ACK, if it covers everything sent */
	bool has_stamp, has_next; /* of packets of their sender so far: */
	uint32_t stamp;		  /* the last TSval */
	uint32_t next;		  /* raw sequence number after everything */
	bool has_mapped, has_sent, knows;
	int sent_knowing; /* the last new data was sent knowing it */
	uint32_t mapped;  /* subflow sequence number after all mappings */
	uint32_t sent;	  /* raw, after all data */
	int64_t known;	  /* when it was first known, ns */
	enum severity severity;
};

/*
 * The longest time from the capture to the host that answers data of a
 * direction, and back, ns.
 */
static int64_t longest_trip(const struct check_context *c, size_t subflow,
			    int d)
{
	const struct rtt *rtt = &c->tcp[subflow].direction[d].rtt;
	int64_t longest = rtt->has_handshake ? rtt->handshake : 0;

	if (rtt->data.n && rtt->data.max > longest)
		longest = rtt->data.max;
	return longest < most_trip ? longest : most_trip;
}

/*
 * Whether the sender of packet i had received the notice: it acknowledges what
 * was sent with it or later, or echoes its timestamp; or, without timestamps,
 * a round trip has passed.
 */
static bool has_got(const struct reaction *r, const struct notice *n,
		    uint32_t i, const struct tcp_options *o)
{
	const struct packets *p = &r->c->trace->packets;

	if (!n->seen)
		return false;
	if ((p->flags[i] & TCP_ACK) && (int32_t)(p->ack[i] - n->next) > 0)
		return true;
	if (n->has_stamp && o->has_ts)
		return (int32_t)(o->tsecr - n->stamp) >= n->strict;
	return p->time[i] - n->time > r->trip;
}

static struct notice note(const struct reaction *r, uint32_t i,
			  const struct tcp_options *o)
{
	const struct packets *p = &r->c->trace->packets;

	return (struct notice){ .seen = true,
				.has_stamp = o->has_ts,
				.strict = r->has_stamp && o->has_ts &&
					  o->tsval == r->stamp,
				.stamp = o->tsval,
				.next = r->has_next ? r->next : p->seq[i],
				.time = p->time[i] };
}

/* A packet of the host that reported the failure. */
static void take_teller(struct reaction *r, uint32_t i, int is_fail,
			const struct tcp_options *o)
{
	const struct packets *p = &r->c->trace->packets;
	uint32_t next =
		p->seq[i] + p->len[i] + !!(p->flags[i] & (TCP_SYN | TCP_FIN));

	if (is_fail)
		r->fail = note(r, i, o);
	if (r->has_sent && (p->flags[i] & TCP_ACK) && !r->covered.seen &&
	    (int32_t)(p->ack[i] - r->sent) >= 0)
		r->covered = note(r, i, o);
	if (o->has_ts) {
		r->has_stamp = true;
		r->stamp = o->tsval;
	}
	if (!r->has_next || (int32_t)(next - r->next) > 0) {
		r->has_next = true;
		r->next = next;
	}
}

/* Whether it is the first mapping of these bytes. */
static bool is_new(struct reaction *r, const struct mptcp_option *m)
{
	if (r->has_mapped && (int32_t)(m->ssn - r->mapped) < 0)
		return false;
	r->mapped = m->ssn + m->dll;
	r->has_mapped = true;
	return true;
}

/*
 * Whether a packet of the notified host contains a new mapping that need not
 * have been queued before it knew.  Nothing was left of the queue when
 * everything that it sent later was acknowledged; and a queue does not last
 * for several round trips.
 */
static int take_told(struct reaction *r, uint32_t i,
		     const struct tcp_options *o)
{
	const struct packets *p = &r->c->trace->packets;
	const struct mptcp_option *m = tcpopt_find(o, MP_DSS);
	uint32_t end = p->seq[i] + p->len[i];
	int idle = r->sent_knowing && has_got(r, &r->covered, i, o);
	int late =
		r->knows && p->time[i] - r->known > QUEUE_TRIPS * r->round_trip;

	if (!r->knows && has_got(r, &r->fail, i, o)) {
		r->knows = true;
		r->known = p->time[i];
	}
	if (!p->len[i])
		return 0;
	if (!r->has_sent || (int32_t)(end - r->sent) > 0) {
		r->sent = end;
		r->has_sent = true;
		r->sent_knowing = r->knows;
		r->covered.seen = false;
	}
	if (!m || !(m->has & MPTCP_HAS_DLL) || !m->dll || !is_new(r, m))
		return 0;
	r->severity = idle ? SEVERITY_ERROR : SEVERITY_WARNING;
	return idle || late;
}

/*
 * The first packet with a new ordinary mapping from the notified host, made
 * when it knew of the failure; 0: none.
 */
static uint32_t goes_on(const struct check_context *c, const struct signal *s,
			enum severity *severity)
{
	const struct stream *stream = context_subflow(c, s->subflow);
	const struct packets *p = &c->trace->packets;
	int d = s->opener ? TO_SERVER : TO_CLIENT;
	struct reaction r = { .c = c, .trip = longest_trip(c, s->subflow, d) };

	r.round_trip = r.trip + longest_trip(c, s->subflow, !d);
	for (size_t n = 0; n < stream->n; n++) {
		uint32_t i = c->trace->order[stream->first + n];
		int from = !!(p->mark[i] & PACKET_REVERSE) ^ stream->flipped;
		struct tcp_options o;

		packets_tcpopt(p, i, &o);
		if (from == s->from) {
			take_teller(&r, i, i == s->packet, &o);
		} else if (take_told(&r, i, &o)) {
			*severity = r.severity;
			return p->frame[i];
		}
	}
	return 0;
}

static void check_fail(struct check_context *c, const struct lifetimes *l,
		       const struct signal *s)
{
	struct finding *f = &c->findings[RULE_MP_FAIL_HANDLING];
	const struct stream *stream = context_subflow(c, s->subflow);
	int64_t time = c->trace->packets.time[s->packet];
	int reset = stream->side[0].rst || stream->side[1].rst;
	uint32_t frame = context_frame(c, s->packet);
	enum severity severity = SEVERITY_ERROR;
	uint32_t ordinary = reset ? 0 : goes_on(c, s, &severity);

	if (ordinary && open_subflows(l, time) < 2)
		finding_wrong(
			f, severity, frame,
			"the %s was told that a checksum failed on tcp %u "
			"(MP_FAIL), the only subflow, and goes on with "
			"new ordinary mappings (frame %s)",
			s->from ? "client" : "server", stream->tcp_stream,
			context_frame_text(c, ordinary).text);
	else if (reset || stream->infinite_mapping)
		finding_ok(f);
	else if (open_subflows(l, time) > 1)
		finding_wrong(f, SEVERITY_ERROR, frame,
			      "tcp %u had a checksum that failed (MP_FAIL), "
			      "others were open, and it was not reset",
			      stream->tcp_stream);
	else
		finding_unknown(f,
				"no data that was mapped later followed "
				"MP_FAIL on tcp %u, the only subflow",
				stream->tcp_stream);
}

void check_failures(struct check_context *c)
{
	struct lifetimes l = { .first = NULL };

	lifetimes_take(&l, c);
	for (size_t k = 0; k < c->signals.n; k++)
		if (c->signals.items[k].option.subtype == MP_FAIL)
			check_fail(c, &l, &c->signals.items[k]);
	free(l.first);
	free(l.last);
}
