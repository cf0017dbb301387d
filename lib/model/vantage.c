/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vantage.h"

enum {
	NOTHING = 200000, /* ns */
	NEAR_PARTS = 10
};

struct fastest {
	bool known;
	int64_t ns;
};

static void take(struct fastest *f, int64_t ns)
{
	if (!f->known || ns < f->ns)
		f->ns = ns;
	f->known = true;
}

/* By direction of what is answered. */
struct answers_seen {
	struct fastest of[2];
};

static void look(struct answers_seen *a, const struct tcp_summary *tcp,
		 bool flipped)
{
	for (int d = 0; d < 2; d++) {
		const struct rtt *rtt = &tcp->direction[d ^ flipped].rtt;

		if (rtt->has_handshake)
			take(&a->of[d], rtt->handshake);
		if (rtt->data.n)
			take(&a->of[d], rtt->data.min);
	}
}

static enum vantage judge(const struct answers_seen *a)
{
	const struct fastest *of = a->of;
	int64_t both = of[TO_SERVER].ns + of[TO_CLIENT].ns;

	if (!of[TO_SERVER].known || !of[TO_CLIENT].known || both < NOTHING)
		return VANTAGE_UNKNOWN;
	both = both / NEAR_PARTS + (both % NEAR_PARTS > 0);
	if (of[TO_CLIENT].ns < both)
		return VANTAGE_CLIENT;
	if (of[TO_SERVER].ns < both)
		return VANTAGE_SERVER;
	return VANTAGE_MIDDLE;
}

enum vantage vantage_find(const struct connection *conn,
			  const struct tcp_summary *tcp)
{
	struct answers_seen a = { { { 0, 0 }, { 0, 0 } } };

	for (size_t k = 0; k < conn->n_subflows; k++)
		look(&a, &tcp[k], tcp[k].stream->flipped);
	return judge(&a);
}

enum vantage vantage_of(const struct trace *t, const struct connection *conn)
{
	struct answers_seen a = { { { 0, 0 }, { 0, 0 } } };

	for (size_t k = 0; k < conn->n_subflows; k++) {
		struct tcp_summary tcp;

		tcp_summarize(t, trace_subflow(t, conn, k), &tcp);
		look(&a, &tcp, tcp.stream->flipped);
		tcp_summary_release(&tcp);
	}
	return judge(&a);
}

enum vantage vantage_of_stream(const struct tcp_summary *tcp)
{
	struct answers_seen a = { { { 0, 0 }, { 0, 0 } } };

	look(&a, tcp, 0);
	return judge(&a);
}

const char *vantage_name(enum vantage vantage)
{
	switch (vantage) {
	case VANTAGE_UNKNOWN: return NULL;
	case VANTAGE_CLIENT: return "client";
	case VANTAGE_SERVER: return "server";
	case VANTAGE_MIDDLE: return "middle";
	}
	return NULL;
}

bool vantage_is_sender(enum vantage vantage, enum direction d)
{
	return vantage == (d == TO_SERVER ? VANTAGE_CLIENT : VANTAGE_SERVER);
}

bool vantage_is_receiver(enum vantage vantage, enum direction d)
{
	return vantage == (d == TO_SERVER ? VANTAGE_SERVER : VANTAGE_CLIENT);
}
