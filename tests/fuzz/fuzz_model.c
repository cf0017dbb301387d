/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any packets: the model, the summary, the events, the checks. */
#include "check/counters.h"
#include "check/examine.h"
#include "check/token_index.h"
#include "fuzz.h"
#include "model/account.h"
#include "model/reinjection.h"
#include "model/summary.h"
#include "rows.h"

static uint64_t classes(const struct byte_counts *b)
{
	uint64_t sum = 0;

	for (int c = 0; c < BYTE_CLASSES; c++)
		sum += b->of[c];
	return sum;
}

static int has_syn_data(const struct trace *t, const struct connection *conn,
			uint32_t subflow)
{
	const struct stream *s = &t->streams[conn->subflows[subflow]];

	return s->side[0].syn_data || s->side[1].syn_data;
}

static void check_ledger(const struct trace *t, const struct connection *conn,
			 const struct ledger *l)
{
	uint64_t sent[2] = { 0, 0 };
	uint32_t last = 0;

	for (size_t k = 0; k < l->n_pieces; k++) {
		const struct piece *x = &l->pieces[k];

		PROMISE(x->len > 0 && x->packet < t->packets.n);
		PROMISE(x->packet >= last);
		PROMISE(x->subflow < conn->n_subflows);
		PROMISE(x->original == LEDGER_NO_PACKET ||
			x->original <= x->packet);
		/* Unknown: without mapping after a fallback, or in a SYN. */
		PROMISE(l->plain || x->byte_class != BYTES_UNIQUE ||
			l->has_idsn[x->direction] || x->dsn >= 1 ||
			(x->dsn == LEDGER_UNKNOWN &&
			 (conn->state == CONN_FALLBACK ||
			  has_syn_data(t, conn, x->subflow))));
		sent[x->direction] += x->len;
		last = x->packet;
	}
	for (int d = 0; d < 2; d++) {
		PROMISE(sent[d] == conn->bytes[d].sent);
		PROMISE(classes(&conn->bytes[d]) == conn->bytes[d].sent);
	}
}

static void check_summary(struct trace *t, struct connection *conn)
{
	struct summary s;

	summary_make(t, conn, &s);
	for (int d = 0; d < 2; d++) {
		const struct direction_summary *x = &s.direction[d];
		uint64_t sent = 0, unique = 0;

		PROMISE(classes(x->counts) == x->counts->sent);
		for (size_t k = 0; k < x->n_subflows; k++) {
			sent += x->subflows[k].counts->sent;
			unique += x->subflows[k].counts->of[BYTES_UNIQUE];
		}
		PROMISE(sent == x->counts->sent);
		PROMISE(unique == x->counts->of[BYTES_UNIQUE]);
		PROMISE(!x->delivery.has_interruption ||
			x->delivery.interruption >= 0);
	}
	summary_release(&s);
}

static void check_connection(struct trace *t, struct connection *conn,
			     const struct token_index *tokens)
{
	struct counters counters = { .of = { { .count = { 0, 0 } } } };
	struct repetitions list;
	struct ledger ledger;
	struct check_context c;
	char *filter = trace_filter(t, conn);

	ledger_init(&ledger);
	account_connection(t, conn, &ledger);
	check_ledger(t, conn, &ledger);
	repetitions_list(t, &ledger, &list);
	for (int d = 0; d < 2; d++) {
		struct repetition_totals totals;

		repetitions_total(t, &list, (enum direction)d, BYTES_REINJECTED,
				  &totals);
		PROMISE(totals.all.bytes ==
			conn->bytes[d].of[BYTES_REINJECTED]);
		repetition_totals_release(&totals);
	}
	repetitions_release(&list);
	ledger_release(&ledger);
	check_summary(t, conn);
	context_init(&c, t, conn, tokens, NULL, NULL);
	examine(&c);
	for (size_t k = 1; k < c.timeline.n; k++)
		PROMISE(c.timeline.events[k - 1].time <=
			c.timeline.events[k].time);
	counters_add(&counters, &c);
	context_release(&c);
	free(filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace t;
	struct token_index tokens;
	size_t subflows = 0;

	rows_load(&t, data, size);
	token_index_make(&tokens, &t);
	for (size_t i = 0; i < t.n_connections; i++) {
		subflows += t.connections[i].n_subflows;
		check_connection(&t, &t.connections[i], &tokens);
	}
	PROMISE(subflows <= t.n_streams);
	account_all(&t);
	token_index_release(&tokens);
	trace_release(&t);
	return 0;
}
