/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/window_probe.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/search.h"
#include "model/tcpopt.h"

/* The window was closed at a position, all that was sent being acknowledged. */
struct closure {
	int64_t at;
	uint32_t until; /* the packet that changed it, or LEDGER_NO_PACKET */
};

/* One direction, on its way through time. */
struct line {
	bool has_ack, has_sent;
	int64_t acked, edge, sent; /* the highest of each */
	struct closure *closures;  /* by position; owned */
	size_t n, cap;
};

struct walk {
	const struct trace *trace;
	struct line line[2];
	struct {
		uint32_t *packets; /* in order of time; owned */
		size_t n, cap;
	} probes;
	uint32_t *moved; /* [2 * subflow + direction]: 1 + the last packet with
			    bytes that are new to the subflow; owned */
};

static bool has_shape(const struct trace *t, const struct piece *p)
{
	struct tcp_options o;

	if (p->len != 1 || p->dsn == LEDGER_UNKNOWN ||
	    p->byte_class == BYTES_TCP_RETRANSMITTED ||
	    t->packets.len[p->packet] != 1)
		return false;
	packets_mptcp(&t->packets, p->packet, &o);
	for (size_t k = 0; k < o.n_mptcp; k++)
		if (o.mptcp[k].subtype == MP_DSS &&
		    (o.mptcp[k].has & (MPTCP_HAS_DLL | MPTCP_DATA_FIN)) ==
			    MPTCP_HAS_DLL &&
		    o.mptcp[k].dll == 1)
			return true;
	return false;
}

static bool is_closed(const struct line *l)
{
	return l->has_ack && l->edge <= l->acked &&
	       (!l->has_sent || l->sent <= l->acked);
}

/* "packet" is about to change the line, or has. */
static void note_end(struct line *l, uint32_t packet)
{
	if (is_closed(l))
		l->closures[l->n - 1].until = packet;
}

static void note_begin(struct line *l)
{
	if (!is_closed(l))
		return;
	if (!l->n || l->closures[l->n - 1].at != l->acked)
		MEM_PUSH(l->closures, l->n, l->cap)->at = l->acked;
	l->closures[l->n - 1].until = LEDGER_NO_PACKET;
}

/* Where the scale of windows is not known this one ends there or above. */
static int64_t lowest_edge(const struct trace *t, const struct data_ack *ack)
{
	int64_t edge = ledger_window_edge(t, ack);

	return edge != LEDGER_UNKNOWN
		       ? edge
		       : ack->ack + t->packets.window[ack->packet];
}

static void take_ack(struct walk *w, const struct data_ack *ack)
{
	struct line *l = &w->line[ack->direction];
	int64_t edge = lowest_edge(w->trace, ack);

	note_end(l, ack->packet);
	if (!l->has_ack || edge > l->edge)
		l->edge = edge;
	if (!l->has_ack || ack->ack > l->acked)
		l->acked = ack->ack;
	l->has_ack = true;
	note_begin(l);
}

/* Was the window shut behind the piece, when its packet was made? */
static bool met_closed_window(const struct line *l, const struct piece *p,
			      uint32_t moved)
{
	const int64_t at = p->dsn + 1;
	size_t k = LOWER_BOUND(i, 0, l->n, l->closures[i].at < at);

	return k < l->n && l->closures[k].at == at &&
	       moved <= l->closures[k].until;
}

static bool is_known_probe(const struct walk *w, uint32_t packet)
{
	size_t k =
		LOWER_BOUND(i, 0, w->probes.n, w->probes.packets[i] < packet);

	return k < w->probes.n && w->probes.packets[k] == packet;
}

static void take_piece(struct walk *w, struct piece *p)
{
	struct line *l = &w->line[p->direction];
	uint32_t *moved = &w->moved[2 * (size_t)p->subflow + p->direction];

	if (p->byte_class == BYTES_TCP_RETRANSMITTED) {
		if (is_known_probe(w, p->original))
			p->probe = PROBE_AGAIN;
		return;
	}
	if (has_shape(w->trace, p)) {
		if (met_closed_window(l, p, *moved))
			p->probe = PROBE_OF_WINDOW;
		else if (!l->has_ack && l->has_sent && p->dsn + 1 == l->sent)
			p->probe = PROBE_POSSIBLE;
	}
	if (p->probe == PROBE_OF_WINDOW) {
		*MEM_PUSH(w->probes.packets, w->probes.n, w->probes.cap) =
			p->packet;
		return;
	}
	note_end(l, p->packet);
	*moved = p->packet + 1;
	if (p->dsn != LEDGER_UNKNOWN &&
	    (!l->has_sent || p->dsn + p->len > l->sent)) {
		l->sent = p->dsn + p->len;
		l->has_sent = true;
	}
	note_begin(l);
}

void window_probe_mark(const struct trace *t, const struct connection *conn,
		       struct ledger *ledger)
{
	struct walk w = { .trace = t };
	size_t ack = 0, k = 0;

	while (k < ledger->n_pieces && !has_shape(t, &ledger->pieces[k]))
		k++;
	if (k == ledger->n_pieces)
		return; /* as almost always */
	w.moved = mem_calloc(2 * conn->n_subflows, sizeof(*w.moved));
	for (k = 0; k < ledger->n_pieces; k++) {
		struct piece *p = &ledger->pieces[k];

		while (ack < ledger->n_acks &&
		       ledger->acks[ack].packet <= p->packet)
			take_ack(&w, &ledger->acks[ack++]);
		take_piece(&w, p);
	}
	free(w.moved);
	free(w.probes.packets);
	free(w.line[0].closures);
	free(w.line[1].closures);
}
