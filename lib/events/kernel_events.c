/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "events/kernel_events.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "kernel/stamp.h"
#include "model/distribution.h"

#define SECOND INT64_C(1000000000) /* ns */
#define QUARTER (900 * SECOND)	   /* time zones differ by whole ones */

enum {
	ZONES = 14 *
		/*
		 * maximum difference of a time zone from UTC, in quarters of
		 * an hour
		 */
		4,
	NEAR = 5 /* maximum seconds from a packet to the kernel's event */
};

static const enum event_kind kinds[MONITOR_KINDS] = {
	[MONITOR_CREATED] = EVENT_CREATED,
	[MONITOR_ESTABLISHED] = EVENT_ESTABLISHED,
	[MONITOR_CLOSED] = EVENT_CLOSED,
	[MONITOR_ANNOUNCED] = EVENT_ANNOUNCED,
	[MONITOR_REMOVED] = EVENT_REMOVED,
	[MONITOR_SF_ESTABLISHED] = EVENT_SF_ESTABLISHED,
	[MONITOR_SF_CLOSED] = EVENT_SF_CLOSED,
	[MONITOR_SF_PRIO] = EVENT_SF_PRIO,
};

/* State while a log is assigned to a connection. */
struct tie {
	struct timeline *line;
	size_t n; /* number of packets' events in it; those of the log follow */
	bool *used; /* by event: used by one of the log */
	const struct trace *trace;
	const struct connection *conn;
	const struct monitor *log;
	struct kernel_said *said; /* results for this end */
	int end;		  /* host of the log: 0 client, 1 server */
	uint32_t token;		  /* the log's token for the connection */
};

/* ------------------------------------------------------- which connection */

static bool is_end(const struct endpoint *end, const struct address *address,
		   uint32_t port)
{
	return address_is_equal(&end->address, address) && end->port == port;
}

/*
 * The subflow with the ports and addresses of an event, else NULL; "end": the
 * end (MPTCP roles) for which they are local.
 */
static const struct stream *
find_subflow(const struct tie *t, const struct monitor_event *e, int *end)
{
	for (size_t i = 0; i < t->conn->n_subflows; i++) {
		const struct stream *s = trace_subflow(t->trace, t->conn, i);

		if (is_end(&s->client, &e->source, e->source_port) &&
		    is_end(&s->server, &e->destination, e->destination_port)) {
			*end = s->flipped;
			return s;
		}
		if (is_end(&s->server, &e->source, e->source_port) &&
		    is_end(&s->client, &e->destination, e->destination_port)) {
			*end = !s->flipped;
			return s;
		}
	}
	return NULL;
}

/*
 * Whether the log contains the connection as seen at that end.  Decided by its
 * key or, if that was not captured, by addresses.
 */
static bool find_token(struct tie *t)
{
	const struct conn_side *side = &t->conn->side[t->end];

	for (size_t i = 0; i < t->log->n; i++) {
		const struct monitor_event *e = &t->log->events[i];
		int end = !t->end;

		t->token = e->token;
		if (side->has_token ? side->token == e->token
				    : find_subflow(t, e, &end) && end == t->end)
			return true;
	}
	return false;
}

/* ------------------------------------------------------ which packet it was */

static bool is_of_peer(const struct tie *t, const struct event *e)
{
	return e->from != t->end;
}

static bool has_id(const struct event *e, uint32_t id)
{
	for (size_t i = 0; i < e->n_ids; i++)
		if (e->ids[i] == id)
			return true;
	return false;
}

/* Whether that event of packets may have caused this event of the kernel. */
static bool is_cause(const struct tie *t, const struct event *e,
		     const struct monitor_event *m, const struct stream *s)
{
	const bool same = s && e->subflow == s->position;

	switch (m->kind) {
	case MONITOR_CREATED:
		return e->kind == (t->end ? EVENT_CONNECTION_ESTABLISHED
					  : EVENT_CONNECTION_SYNACK);
	case MONITOR_ESTABLISHED:
		return e->kind == EVENT_CONNECTION_ESTABLISHED;
	case MONITOR_ANNOUNCED:
		return e->kind == EVENT_ADD_ADDR && is_of_peer(t, e) &&
		       e->id == m->remote_id;
	case MONITOR_REMOVED:
		return e->kind == EVENT_REMOVE_ADDR && is_of_peer(t, e) &&
		       has_id(e, m->remote_id);
	case MONITOR_SF_ESTABLISHED:
		return e->kind == EVENT_JOIN_ESTABLISHED && same;
	case MONITOR_SF_CLOSED:
		return same &&
		       (e->kind == EVENT_FIN || e->kind == EVENT_TCP_RESET ||
			e->kind == EVENT_JOIN_REFUSED);
	case MONITOR_SF_PRIO:
		return e->kind == EVENT_PRIORITY && is_of_peer(t, e) && same;
	case MONITOR_CLOSED:
		return e->kind == EVENT_FIN || e->kind == EVENT_TCP_RESET ||
		       e->kind == EVENT_FASTCLOSE || e->kind == EVENT_DATA_FIN;
	case MONITOR_KINDS: break;
	}
	return false;
}

/* One packet may end several things, but begins only one. */
static bool is_closing(enum monitor_kind kind)
{
	return kind == MONITOR_CLOSED || kind == MONITOR_SF_CLOSED;
}

/* Tolerance: journals have whole seconds. */
static int64_t latest(const struct tie *t, const struct monitor_event *m)
{
	const bool whole = m->time % SECOND == 0;

	return m->time - t->said->ahead + (whole ? SECOND - 1 : 0);
}

/* The position of the event that caused it, or t->n. */
static size_t find_cause(struct tie *t, const struct monitor_event *m,
			 const struct stream *s)
{
	size_t found = t->n;

	for (size_t k = 0; k < t->n; k++) {
		const struct event *e = &t->line->events[k];

		if (!is_cause(t, e, m, s))
			continue;
		if (!is_closing(m->kind)) {
			if (t->used[k])
				continue;
			t->used[k] = m->kind != MONITOR_CREATED;
			return k;
		}
		if (found == t->n || !t->said->timed || e->time <= latest(t, m))
			found = k;
	}
	return found;
}

/*
 * The packet that the client received next after the third ACK: until then it
 * does not know that the server has received that.
 */
static uint32_t first_answer(const struct tie *t, uint32_t packet)
{
	const struct packets *p = &t->trace->packets;
	const struct stream *s = trace_subflow(t->trace, t->conn, 0);

	for (size_t k = 0; k < s->n; k++) {
		const size_t i = t->trace->order[s->first + k];
		const bool of_server = !!(p->mark[i] & PACKET_REVERSE);

		if (of_server && !(p->flags[i] & TCP_SYN) &&
		    p->time[i] >= p->time[packet])
			return (uint32_t)i;
	}
	return packet;
}

/* ------------------------------------------------------------- its clock */

static bool tells_time(const struct event *e)
{
	return !(e->has & (EVENT_NO_PACKET | EVENT_NO_TIME)) &&
	       e->kind != EVENT_CLOSED && e->kind != EVENT_SF_CLOSED;
}

/* Determine the clock from events of the log that have packets and times. */
static void find_clock(struct tie *t)
{
	struct samples differ = { .n = 0 };
	struct distribution d;
	int64_t quarters = 0;

	for (size_t k = t->n; k < t->line->n; k++) {
		const struct event *e = &t->line->events[k];

		if (tells_time(e))
			samples_add(&differ,
				    e->time -
					    t->trace->packets.time[e->packet]);
	}
	t->said->has_clock = differ.n > 0;
	samples_describe(&differ, &d);
	samples_release(&differ);
	if (!t->said->has_clock)
		return;
	t->said->differs = d.p50;
	quarters = d.p50 / QUARTER + d.p50 % QUARTER / (QUARTER / 2);
	t->said->ahead = quarters * QUARTER;
	t->said->timed = llabs(quarters) <= ZONES &&
			 llabs(d.p50 - t->said->ahead) <= NEAR * SECOND;
}

/*
 * The position of an event: by its own time, else at its packet, else after
 * the previous one in the log.
 */
static void place(struct tie *t, struct event *e, int64_t *before)
{
	if (!t->said->timed)
		e->has |= EVENT_NO_TIME;
	if (!(e->has & EVENT_NO_TIME))
		e->time -= t->said->ahead;
	else if (!(e->has & EVENT_NO_PACKET))
		e->time = t->trace->packets.time[e->packet];
	else
		e->time = *before;
	*before = e->time;
}

/* --------------------------------------------------------------- the events */

static void take_details(struct event *e, const struct monitor_event *m)
{
	static const struct {
		unsigned from, to;
	} same[] = {
		{ MONITOR_HAS_BACKUP, EVENT_HAS_BACKUP },
		{ MONITOR_HAS_ERROR, EVENT_HAS_ERROR },
		{ MONITOR_HAS_LOCAL_ID, EVENT_HAS_LOCAL_ID },
		{ MONITOR_HAS_REMOTE_ID, EVENT_HAS_REMOTE_ID },
		{ MONITOR_HAS_INTERFACE, EVENT_HAS_INTERFACE },
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++)
		e->has |= m->has & same[i].from ? same[i].to : 0;
	e->backup = m->backup;
	e->error = m->error;
	e->local_id = m->local_id;
	e->remote_id = m->remote_id;
	e->interface = m->interface;
	if ((m->has & MONITOR_HAS_REASON) && m->reason <= UINT8_MAX) {
		e->has |= EVENT_HAS_REASON;
		e->reason = (uint8_t)m->reason;
	}
	if (m->has & MONITOR_HAS_DESTINATION) {
		e->has |= EVENT_HAS_ADDRESS;
		e->address = m->destination;
	}
	if (m->destination_port) {
		e->has |= EVENT_HAS_PORT;
		e->port = (uint16_t)m->destination_port;
	}
	if ((m->has & MONITOR_HAS_SOURCE) && m->source_port) {
		e->has |= EVENT_HAS_SOURCE;
		e->source = m->source;
		e->source_port = (uint16_t)m->source_port;
	}
}

static void add_event(struct tie *t, const struct monitor_event *m)
{
	int end = 0;
	const struct stream *s = find_subflow(t, m, &end);
	struct event e = { .kind = kinds[m->kind],
			   .time = m->time,
			   .count = 1,
			   .has = EVENT_HAS_FROM,
			   .from = t->end,
			   .line = m->line };
	size_t cause = find_cause(t, m, s);

	if (!(m->has & MONITOR_HAS_TIME))
		e.has |= EVENT_NO_TIME;
	if (cause < t->n) {
		e.packet = t->line->events[cause].packet;
		e.subflow = t->line->events[cause].subflow;
		e.has |= EVENT_HAS_SUBFLOW;
	} else {
		e.has |= EVENT_NO_PACKET;
	}
	if (m->kind == MONITOR_ESTABLISHED && !t->end && cause < t->n)
		e.packet = first_answer(t, e.packet);
	e.last = e.packet;
	if (s) {
		e.subflow = s->position;
		e.has |= EVENT_HAS_SUBFLOW;
	}
	take_details(&e, m);
	*MEM_PUSH(t->line->events, t->line->n, t->line->cap) = e;
}

static void add_all(struct tie *t)
{
	int64_t before = t->conn->first_time;

	memset(t->used, 0, t->n * sizeof(*t->used));
	t->line->n = t->n;
	t->said->events = 0;
	for (size_t i = 0; i < t->log->n; i++) {
		struct monitor_event m = t->log->events[i];

		if (m.token != t->token)
			continue;
		if (m.has & MONITOR_NO_YEAR)
			m.time = stamp_in_year(m.time, t->conn->first_time);
		add_event(t, &m);
		t->said->events++;
	}
	if (!t->said->has_clock)
		find_clock(t);
	for (size_t k = t->n; k < t->line->n; k++)
		place(t, &t->line->events[k], &before);
}

/* ----------------------------------------- what of the packets it had to say
 */

static bool is_to_be_said(const struct tie *t, const struct event *e)
{
	switch (e->kind) {
	case EVENT_CONNECTION_ESTABLISHED:
	case EVENT_JOIN_ESTABLISHED: return true;
	case EVENT_ADD_ADDR:
	case EVENT_REMOVE_ADDR:
	case EVENT_PRIORITY:
		return is_of_peer(t, e) &&
		       (!(e->has & EVENT_HAS_EFFECT) || e->effective);
	default: return false;
	}
}

static bool has_kind(const struct tie *t, enum event_kind kind)
{
	for (size_t k = t->n; k < t->line->n; k++)
		if (t->line->events[k].kind == kind)
			return true;
	return false;
}

static void mark_said(struct tie *t)
{
	if (!has_kind(t, EVENT_CREATED) || !has_kind(t, EVENT_CLOSED))
		return;
	for (size_t k = 0; k < t->n; k++) {
		struct event *e = &t->line->events[k];

		if (!is_to_be_said(t, e))
			continue;
		e->has |= EVENT_HAS_KERNEL;
		e->unsaid |= t->used[k] ? 0 : 1u << t->end;
	}
}

static void add_end(struct tie *t)
{
	t->n = t->line->n;
	t->used = mem_calloc(t->n + 1, sizeof(*t->used));
	add_all(t);
	if (t->said->timed) /* who closed it is decided by times, too */
		add_all(t);
	mark_said(t);
	free(t->used);
}

void kernel_events_add(struct timeline *line, const struct trace *trace,
		       const struct connection *conn, const struct monitor *log,
		       struct kernel_said *said)
{
	struct kernel_said one[2] = { { .events = 0 }, { .events = 0 } };

	for (int end = 0; end < 2; end++) {
		struct tie t = { .line = line,
				 .trace = trace,
				 .conn = conn,
				 .log = log,
				 .said = &one[end],
				 .end = end };

		if (find_token(&t))
			add_end(&t);
	}
	*said = one[!one[0].has_clock];
	said->events = one[0].events + one[1].events;
	timeline_sort(line, trace);
}

void kernel_logs_tell(struct kernel_logs *logs, struct timeline *line,
		      const struct trace *trace, const struct connection *conn)
{
	for (size_t i = 0; i < logs->n; i++) {
		struct kernel_log *log = &logs->list[i];
		struct kernel_said said;

		kernel_events_add(line, trace, conn, &log->log, &said);
		log->tied += said.events;
		if (!log->first.has_clock)
			log->first = said;
	}
}
