/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "live/cluster.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "live/cut.h"
#include "live/view.h"
#include "model/account.h"
#include "os/monotonic.h"

struct live_cluster *cluster_new(void)
{
	struct live_cluster *c = mem_calloc(1, sizeof(*c));

	packets_init(&c->packets);
	trace_init(&c->trace, 1);
	return c;
}

static void free_connection(struct cluster_connection *c)
{
	free(c->view.subflows);
	free(c->view.numbers);
	free(c->streams);
	free(c);
}

static void free_flights(struct live_cluster *c)
{
	struct cluster_flights *f = NULL, *next = NULL;

	HASH_ITER (hh, c->flights, f, next) {
		HASH_DEL(c->flights, f);
		free(f);
	}
}

void cluster_empty(struct live_cluster *c)
{
	for (size_t i = 0; i < c->n_connections; i++)
		free_connection(c->connections[i]);
	free_flights(c);
	c->n_connections = c->fresh = 0;
	packets_release(&c->packets);
	trace_release(&c->trace);
	trace_init(&c->trace, 1);
	past_release(&c->past);
	told_release(&c->told);
}

void cluster_free(struct live_cluster *c)
{
	cluster_empty(c);
	free(c->connections);
	free(c->streams);
	free(c);
}

const struct cluster_flights *cluster_flights(const struct live_cluster *c,
					      uint32_t tcp_stream)
{
	struct cluster_flights *f = NULL;

	HASH_FIND(hh, c->flights, &tcp_stream, sizeof(tcp_stream), f);
	return f;
}

static struct cluster_flights *open_flights(struct live_cluster *c,
					    const struct row *row)
{
	struct cluster_flights *f = NULL;

	HASH_FIND(hh, c->flights, &row->stream, sizeof(row->stream), f);
	if (f)
		return f;
	f = mem_calloc(1, sizeof(*f));
	f->tcp_stream = row->stream;
	f->end = (struct endpoint){ row->src, row->sport };
	HASH_ADD(hh, c->flights, tcp_stream, sizeof(f->tcp_stream), f);
	return f;
}

static void move_flights(struct live_cluster *to, struct live_cluster *from)
{
	struct cluster_flights *f = NULL, *next = NULL;

	HASH_ITER (hh, from->flights, f, next) {
		HASH_DEL(from->flights, f);
		HASH_ADD(hh, to->flights, tcp_stream, sizeof(f->tcp_stream), f);
	}
}

/* Update the flights after the last packet of the table. */
static void take_flight(struct live_cluster *c, const struct row *row)
{
	struct cluster_flights *f = open_flights(c, row);
	const struct packets *p = &c->packets;
	const uint32_t i = (uint32_t)p->n - 1;
	const int from = row->sport != f->end.port ||
			 !address_is_equal(&row->src, &f->end.address);
	struct silence ended;
	int64_t ack = 0;

	f->last_time = row->time;
	if (flight_reads_ack(&f->flight[!from], p, i, &ack))
		flight_raise(&f->flight[!from], p, i, ack, &ended);
	if (row->len)
		flight_send(&f->flight[from], p, i);
	for (int d = 0; (row->flags & TCP_RST) && d < 2; d++)
		flight_end(&f->flight[d], row->time, &ended);
}

bool cluster_is_special(unsigned flags, const struct tcp_options *o)
{
	if (flags & (TCP_SYN | TCP_FIN | TCP_RST))
		return true;
	for (size_t k = 0; k < o->n_mptcp; k++)
		if (o->mptcp[k].subtype != MP_DSS ||
		    (o->mptcp[k].has & MPTCP_DATA_FIN))
			return true;
	return false;
}

int cluster_take(struct live_cluster *c, const struct row *row,
		 const struct tcp_options *o, struct error *err)
{
	if (packets_append(&c->packets, row, err) < 0)
		return -1;
	take_flight(c, row);
	c->fresh++;
	c->is_urgent |= cluster_is_special(row->flags, o);
	if (row->time > c->last_time)
		c->last_time = row->time;
	return 0;
}

int cluster_join(struct live_cluster *to, struct live_cluster *from,
		 struct error *err)
{
	if (packets_take(&to->packets, &from->packets, 0, err) < 0)
		return -1;
	past_join(&to->past, &from->past);
	told_join(&to->told, &from->told);
	move_flights(to, from);
	for (size_t k = 0; k < from->n_connections; k++)
		*MEM_PUSH(to->connections, to->n_connections,
			  to->cap_connections) = from->connections[k];
	from->n_connections = 0;
	to->fresh += from->fresh + 1;
	to->is_urgent = true;
	if (from->last_time > to->last_time)
		to->last_time = from->last_time;
	/* Views of "from" point into its trace until the next model. */
	trace_release(&to->trace);
	trace_init(&to->trace, 1);
	cluster_free(from);
	return 0;
}

/* Usually it is the k-th again, or a new one with the largest number. */
static bool has_stream(const struct cluster_connection *c, size_t k,
		       uint32_t number)
{
	if (k < c->n_streams && c->streams[k] == number)
		return true;
	for (size_t i = 0; i < c->n_streams && number <= c->largest; i++)
		if (c->streams[i] == number)
			return true;
	return false;
}

static void add_stream(struct cluster_connection *c, uint32_t number)
{
	*MEM_PUSH(c->streams, c->n_streams, c->cap_streams) = number;
	if (number > c->largest)
		c->largest = number;
}

/* The connection that had one of its subflows before, or a new one. */
static struct cluster_connection *connection_of(struct live_cluster *c,
						const struct connection *conn,
						uint64_t *next_id)
{
	struct cluster_connection *found = NULL;

	for (size_t i = 0; i < c->n_connections && !found; i++)
		for (size_t k = 0; k < conn->n_subflows && !found; k++)
			if (!c->connections[i]->is_there &&
			    has_stream(c->connections[i], k,
				       trace_subflow(&c->trace, conn, k)
					       ->tcp_stream))
				found = c->connections[i];
	if (!found) {
		found = mem_calloc(1, sizeof(*found));
		found->view.id = (*next_id)++;
		*MEM_PUSH(c->connections, c->n_connections,
			  c->cap_connections) = found;
	}
	found->is_there = true;
	for (size_t k = 0; k < conn->n_subflows; k++) {
		const uint32_t number =
			trace_subflow(&c->trace, conn, k)->tcp_stream;

		if (!has_stream(found, k, number))
			add_stream(found, number);
	}
	return found;
}

/* Remove connections that turned out to be parts of others. */
static void drop_absent(struct live_cluster *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_connections; i++)
		if (c->connections[i]->is_there)
			c->connections[n++] = c->connections[i];
		else
			free_connection(c->connections[i]);
	c->n_connections = n;
}

static void tell_events(struct live_cluster *c, struct connection *conn,
			const struct ledger *ledger,
			const struct cluster_job *job)
{
	const struct telling how = {
		.trace = &c->trace,
		.until = job->goes_on ? job->now - CLUSTER_SETTLED : INT64_MAX,
		.fn = job->options->event,
		.ctx = job->options->ctx,
	};
	struct timeline line;

	timeline_make(&line, &c->trace, conn, ledger);
	c->is_waiting |= told_tell(&c->told, &how, conn, &line);
	timeline_release(&line);
}

static void model_connection(struct live_cluster *c, struct connection *conn,
			     const struct cluster_job *job)
{
	struct cluster_connection *known = connection_of(c, conn, job->next_id);
	struct ledger ledger;

	conn->id = (uint32_t)known->view.id;
	ledger_init(&ledger);
	account_connection(&c->trace, conn,
			   job->options->event ? &ledger : NULL);
	if (job->options->event)
		tell_events(c, conn, &ledger, job);
	ledger_release(&ledger);
	view_make(c, conn, &known->view, job);
}

/* Keep only streams and connections. */
static void drop_packets(struct trace *t)
{
	packets_release(&t->packets);
	free(t->order);
	t->order = NULL;
}

static void start_model(struct live_cluster *c, const struct cluster_job *job)
{
	trace_release(&c->trace);
	trace_init(&c->trace, job->options->threads);
	packets_sort(&c->packets);
	packets_copy(&c->trace.packets, &c->packets);
	c->trace.captured_at = job->options->captured_at;
	c->trace.past = &c->past;
	c->trace.goes_on = job->goes_on;
	if (job->options->path)
		c->trace.info.path = mem_strdup(job->options->path);
	c->trace.info.has_time = job->has_begin;
	c->trace.info.first_time = job->begin;
	c->trace.info.last_time = job->now;
	for (size_t i = 0; i < c->n_connections; i++)
		c->connections[i]->is_there = false;
	trace_build(&c->trace);
}

void cluster_model(struct live_cluster *c, const struct cluster_job *job)
{
	const int64_t begin = monotonic_ns();

	c->is_waiting = false;
	start_model(c, job);
	for (size_t i = 0; i < c->trace.n_connections; i++)
		model_connection(c, &c->trace.connections[i], job);
	drop_absent(c);
	if (c->packets.n > 2 * job->keep)
		cut_off(c, job->keep,
			job->goes_on ? job->now - CLUSTER_SETTLED : INT64_MAX);
	drop_packets(&c->trace);
	c->fresh = 0;
	c->is_urgent = false;
	c->is_modelled = true;
	c->modelled_at = monotonic_ns();
	c->took = c->modelled_at - begin;
}

bool cluster_is_over(const struct live_cluster *c)
{
	for (size_t i = 0; i < c->n_connections; i++)
		if (c->connections[i]->view.state != LIVE_CLOSED)
			return false;
	return true;
}

bool cluster_is_opening(const struct live_cluster *c)
{
	for (size_t i = 0; i < c->n_connections; i++)
		if (c->connections[i]->view.state != LIVE_OPENING)
			return false;
	return c->n_connections > 0;
}

bool cluster_is_open(const struct live_cluster *c)
{
	for (size_t i = 0; i < c->n_connections; i++)
		if (c->connections[i]->view.state == LIVE_OPEN)
			return true;
	return false;
}
