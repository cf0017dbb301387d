/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/vantage.h"

#include <inttypes.h>
#include <string.h>

#include "base/strbuf.h"
#include "model/seats.h"

enum {
	NOTHING = 200000, /* ns */
	BUSY = 1000000,	  /* ns: no host takes longer for all of its answers */
	NEAR_PARTS = 10
};

/* What there is to judge by; [0] is the client's. */
struct signs {
	struct seat end[2];
	unsigned ways[2];	      /* of the connection's packets */
	enum vantage by_way;	      /* which way they went */
	const struct stream *at_home; /* it joins a host with itself; or NULL */
	bool is_forwarded;
	enum vantage by_answers;
	bool soon, busy; /* too soon for that; so far an end may be busy */
};

struct vantage_word {
	enum vantage value;
	const char *word;
};

static const struct vantage_word words[] = {
	{ VANTAGE_CLIENT, "client" },
	{ VANTAGE_SERVER, "server" },
	{ VANTAGE_MIDDLE, "middle" },
	{ VANTAGE_UNKNOWN, "auto" },
};

const char *vantage_name(enum vantage vantage)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].value == vantage && vantage != VANTAGE_UNKNOWN)
			return words[i].word;
	return NULL;
}

const char *vantage_word(int i)
{
	const size_t n = sizeof(words) / sizeof(*words);

	return i >= 0 && (size_t)i < n ? words[i].word : NULL;
}

int vantage_parse(const char *text, enum vantage *out)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i].word, text) == 0) {
			*out = words[i].value;
			return 0;
		}
	return -1;
}

const char *vantage_surety_name(enum vantage_surety surety)
{
	static const char *const names[] = { "unknown", "likely", "proven",
					     "given" };

	return names[surety];
}

void vantage_gather(struct trace *t)
{
	seats_free(t->seats);
	t->seats = seats_make(t);
}

static enum vantage at_end(int end)
{
	return end == TO_SERVER ? VANTAGE_CLIENT : VANTAGE_SERVER;
}

static void judge_answers(struct signs *s)
{
	const struct seat *end = s->end;
	int64_t both = end[0].answer + end[1].answer, near = 0;

	if (!end[0].has_answer || !end[1].has_answer)
		return;
	s->soon = both < NOTHING;
	if (s->soon)
		return;
	near = both / NEAR_PARTS + (both % NEAR_PARTS > 0);
	for (int e = 0; e < 2; e++)
		if (end[e].answer < near)
			s->by_answers = at_end(e);
	s->busy = s->by_answers == VANTAGE_UNKNOWN &&
		  (end[0].answer < BUSY || end[1].answer < BUSY);
	if (s->by_answers == VANTAGE_UNKNOWN && !s->busy)
		s->by_answers = VANTAGE_MIDDLE;
}

/* The name of a loopback interface; else NULL. */
static const char *loopback_name(const struct trace *t,
				 const struct stream *stream)
{
	static const char *const names[] = { "lo", "lo0",
					     "\\Device\\NPF_Loopback" };
	const char *name =
		stream->interface < 0
			? ""
			: t->packets.interfaces.items[stream->interface];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0)
			return name;
	return NULL;
}

static bool has_one_address(const struct stream *s)
{
	return s->client.address.size &&
	       address_is_equal(&s->client.address, &s->server.address);
}

/* A loopback address of either end; else NULL. */
static const struct address *loopback_address(const struct stream *s)
{
	if (address_is_loopback(&s->client.address))
		return &s->client.address;
	return address_is_loopback(&s->server.address) ? &s->server.address
						       : NULL;
}

static bool is_at_home(const struct trace *t, const struct stream *s)
{
	return has_one_address(s) || loopback_address(s) || loopback_name(t, s);
}

static void take_stream(struct signs *s, const struct trace *t,
			const struct stream *stream, bool flipped)
{
	const uint32_t *seat = t->seats->of[stream - t->streams];

	s->is_forwarded |= stream->is_forwarded;
	if (!s->at_home && is_at_home(t, stream))
		s->at_home = stream;
	for (int e = 0; e < 2; e++) {
		const struct stream_side *side = &stream->side[e ^ flipped];

		s->ways[e] |= side->ways & ~(1u << WAY_UNKNOWN);
		seat_add(&s->end[e], &t->seats->items[seat[e ^ flipped]]);
	}
}

/* They came for somebody else, by their link addresses, and none for the
   machine that captured them: it bridges, or listens. */
static bool passed(unsigned ways)
{
	return (ways & 1u << WAY_OTHER) && !(ways & 1u << WAY_CAME);
}

static void judge_ways(struct signs *s)
{
	s->by_way = passed(s->ways[0]) && passed(s->ways[1]) ? VANTAGE_MIDDLE
							     : VANTAGE_UNKNOWN;
	for (int e = 0; e < 2; e++)
		if (s->ways[e] == 1u << WAY_SENT &&
		    s->ways[!e] == 1u << WAY_CAME)
			s->by_way = at_end(e);
}

static void find_signs(const struct trace *t, const struct connection *conn,
		       struct signs *s)
{
	*s = (struct signs){ .by_answers = VANTAGE_UNKNOWN };
	for (size_t k = 0; k < conn->n_subflows; k++) {
		const struct stream *stream = trace_subflow(t, conn, k);

		take_stream(s, t, stream, stream->flipped);
	}
	judge_answers(s);
	judge_ways(s);
}

/* By TTLs, and by answers where they tell. */
static enum vantage weigh_distance(const struct signs *s)
{
	const bool far[2] = { seat_is_travelled(&s->end[0]),
			      seat_is_travelled(&s->end[1]) };
	const enum vantage where = s->by_answers;

	if (far[0] && far[1])
		return VANTAGE_MIDDLE;
	for (int e = 0; e < 2; e++) {
		if (!far[e])
			continue;
		if (where == at_end(e))
			return VANTAGE_MIDDLE;
		if (where == VANTAGE_UNKNOWN && seat_is_fresh(&s->end[!e]))
			return at_end(!e);
	}
	return where;
}

/* What went out there had been through a router: that is one, too. */
static bool went_out_travelled(const struct signs *s)
{
	return s->by_way != VANTAGE_MIDDLE &&
	       seat_is_travelled(&s->end[s->by_way == VANTAGE_SERVER]);
}

/* Where, by all signs. */
static enum vantage weigh(const struct signs *s, enum vantage_surety *surety)
{
	enum vantage where = VANTAGE_UNKNOWN;

	*surety = VANTAGE_PROVEN;
	if (s->is_forwarded)
		return VANTAGE_MIDDLE;
	if (s->by_way != VANTAGE_UNKNOWN && !went_out_travelled(s))
		return s->by_way;
	if (s->by_way != VANTAGE_UNKNOWN)
		where = VANTAGE_MIDDLE;
	else if (!s->at_home)
		where = weigh_distance(s);
	*surety = where == VANTAGE_UNKNOWN ? VANTAGE_UNSURE : VANTAGE_LIKELY;
	return where;
}

static void put_time(struct strbuf *out, int64_t ns)
{
	if (ns < 1000000)
		strbuf_printf(out, "%" PRId64 " us", (ns + 500) / 1000);
	else if (ns < 1000000000)
		strbuf_printf(out, "%.3g ms", (double)ns / 1e6);
	else
		strbuf_printf(out, "%.3g s", (double)ns / 1e9);
}

static void say_answers(const struct signs *s, bool contradicts,
			struct strlist *out)
{
	const struct seat *end = s->end;
	struct strbuf text = STRBUF_INIT;

	if (!end[0].has_answer && !end[1].has_answer)
		return;
	if (contradicts)
		strbuf_puts(&text, "but ");
	for (int k = 0; k < 2; k++) {
		/* The near one first, or that which is known. */
		const int e = k ^ (s->by_answers == VANTAGE_SERVER ||
				   !end[0].has_answer);

		strbuf_printf(&text, "%sthe %s's%s", k ? ", " : "",
			      vantage_name(at_end(e)),
			      k ? " " : " answers take ");
		if (end[e].has_answer)
			put_time(&text, end[e].answer);
		else
			strbuf_puts(&text, "are unknown");
	}
	if (s->soon)
		strbuf_puts(&text, ": too fast to tell the ends apart");
	else if (s->busy)
		strbuf_puts(&text, ": too similar to tell the ends apart");
	strlist_add(out, text.text);
	strbuf_release(&text);
}

static void say_ttl(const struct signs *s, struct strlist *out)
{
	const struct seat *end = s->end;
	const bool off[2] = { seat_is_travelled(&end[0]),
			      seat_is_travelled(&end[1]) };

	if (off[0] && off[1])
		strlist_addf(out,
			     "the packets of both ends passed routers (TTL %u "
			     "and %u)",
			     end[0].ttl, end[1].ttl);
	for (int e = 0; e < 2; e++) {
		const char *name = vantage_name(at_end(e));

		if (!off[e] || off[!e])
			continue;
		strlist_addf(out, "the %s's packets passed a router (TTL %u)",
			     name, end[e].ttl);
		if (seat_is_fresh(&end[!e]))
			strlist_addf(
				out,
				"the %s's packets have an initial TTL (%u)",
				vantage_name(at_end(!e)), end[!e].ttl);
	}
}

static void say_super(const struct signs *s, struct strlist *out)
{
	for (int e = 0; e < 2; e++)
		if (s->end[e].largest) {
			strlist_addf(out,
				     "the %s's packets have up to %u bytes of "
				     "payload, more than the MSS of %u: a host "
				     "segments or merges them (TSO, GRO), so "
				     "they were not captured on the wire",
				     vantage_name(at_end(e)), s->end[e].largest,
				     s->end[e].largest_of);
			return;
		}
}

static void say_way(const struct signs *s, struct strlist *out)
{
	if (s->by_way == VANTAGE_MIDDLE)
		strlist_add(out, "the packets of both ends were for other "
				 "hosts than the one that captured them");
	for (int e = 0; e < 2; e++)
		if (s->by_way == at_end(e))
			strlist_addf(out,
				     "the host that captured sent the %s's "
				     "packets and received the %s's",
				     vantage_name(at_end(e)),
				     vantage_name(at_end(!e)));
}

static void say_home(const struct trace *t, const struct stream *s,
		     struct strlist *out)
{
	static const char said[] = "both ends are on one host";

	if (has_one_address(s))
		strlist_addf(out,
			     "%s (tcp %u has the same address at both ends)",
			     said, s->tcp_stream);
	else if (loopback_address(s))
		strlist_addf(out, "%s (%s is a loopback address)", said,
			     address_text(loopback_address(s)).text);
	else
		strlist_addf(out, "%s (tcp %u was captured on %s)", said,
			     s->tcp_stream, loopback_name(t, s));
}

static void say_signs(const struct trace *t, const struct signs *s,
		      struct vantage_verdict *v)
{
	struct strlist *out = &v->evidence;
	const bool by_answers =
		v->where == s->by_answers && s->by_way == VANTAGE_UNKNOWN;
	const bool contradict = v->where != VANTAGE_MIDDLE &&
				s->by_answers != VANTAGE_UNKNOWN &&
				s->by_answers != v->where;

	if (s->is_forwarded)
		strlist_add(out, "the same packets were captured before and "
				 "after a router");
	say_way(s, out);
	if (s->at_home)
		say_home(t, s->at_home, out);
	if (by_answers)
		say_answers(s, false, out);
	if (!s->is_forwarded)
		say_ttl(s, out);
	if (!by_answers)
		say_answers(s, contradict, out);
	if (v->where == VANTAGE_CLIENT || v->where == VANTAGE_SERVER)
		say_super(s, out);
}

void vantage_judge(const struct trace *t, const struct connection *conn,
		   struct vantage_verdict *out)
{
	struct signs signs;

	*out = (struct vantage_verdict){ .surety = VANTAGE_UNSURE };
	if (t->seats) {
		find_signs(t, conn, &signs);
		out->where = weigh(&signs, &out->surety);
		out->is_forwarded = signs.is_forwarded;
		out->near = signs.by_answers;
		out->is_one_host = signs.at_home != NULL;
	}
	if (t->captured_at != VANTAGE_UNKNOWN) {
		out->where = t->captured_at;
		out->surety = VANTAGE_GIVEN;
		strlist_add(&out->evidence, "given by --captured-at");
	}
	if (t->seats)
		say_signs(t, &signs, out);
}

void vantage_verdict_release(struct vantage_verdict *v)
{
	strlist_release(&v->evidence);
}

enum vantage vantage_of(const struct trace *t, const struct connection *conn)
{
	enum vantage_surety surety = VANTAGE_UNSURE;
	struct signs signs;

	if (t->captured_at != VANTAGE_UNKNOWN || !t->seats)
		return t->captured_at;
	find_signs(t, conn, &signs);
	return weigh(&signs, &surety);
}

bool vantage_is_one_host(const struct trace *t, const struct connection *conn)
{
	for (size_t k = 0; k < conn->n_subflows; k++)
		if (is_at_home(t, trace_subflow(t, conn, k)))
			return true;
	return false;
}

enum vantage vantage_opposite(enum vantage v)
{
	switch (v) {
	case VANTAGE_CLIENT: return VANTAGE_SERVER;
	case VANTAGE_SERVER: return VANTAGE_CLIENT;
	case VANTAGE_UNKNOWN:
	case VANTAGE_MIDDLE: break;
	}
	return VANTAGE_UNKNOWN;
}

enum vantage vantage_of_stream(const struct trace *t,
			       const struct stream *stream)
{
	enum vantage_surety surety = VANTAGE_UNSURE;
	struct signs signs = { .by_answers = VANTAGE_UNKNOWN };
	enum vantage v = VANTAGE_UNKNOWN;

	if (stream->connection >= 0) {
		v = vantage_of(t, &t->connections[stream->connection]);
		return stream->flipped && v != VANTAGE_MIDDLE
			       ? vantage_opposite(v)
			       : v;
	}
	if (t->captured_at != VANTAGE_UNKNOWN || !t->seats)
		return t->captured_at;
	take_stream(&signs, t, stream, false);
	judge_answers(&signs);
	judge_ways(&signs);
	return weigh(&signs, &surety);
}

bool vantage_is_sender(enum vantage vantage, enum direction d)
{
	return vantage == (d == TO_SERVER ? VANTAGE_CLIENT : VANTAGE_SERVER);
}

bool vantage_is_receiver(enum vantage vantage, enum direction d)
{
	return vantage == (d == TO_SERVER ? VANTAGE_SERVER : VANTAGE_CLIENT);
}
