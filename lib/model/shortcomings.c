/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/shortcomings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/strbuf.h"

enum {
	SNAPLEN = 128, /* bytes: Ethernet, IPv6 and a complete TCP header */
	NAMED = 4      /* interfaces listed with a number each */
};

static const int64_t second = 1000000000, tenth = 100000000;

/* Counts for one kind: so many of so many. */
struct tally {
	uint64_t n, of;
	uint64_t bytes;
};

static void add(struct trace *t, const char *kind, struct strbuf *sentence,
		const char *advice, ...) __attribute__((format(printf, 4, 5)));

/* Takes the sentence, which is empty afterwards. */
static void add(struct trace *t, const char *kind, struct strbuf *sentence,
		const char *advice, ...)
{
	struct capture_info *info = &t->info;
	struct shortcoming *s = NULL;
	va_list ap;

	s = MEM_PUSH(info->shortcomings, info->n_shortcomings,
		     info->cap_shortcomings);
	va_start(ap, advice);
	*s = (struct shortcoming){ .kind = kind,
				   .sentence = strbuf_detach(sentence),
				   .advice = mem_vprintf(advice, ap) };
	va_end(ap);
}

static void find_snaplen(struct trace *t)
{
	const struct capture_info *info = &t->info;
	struct strbuf text = STRBUF_INIT;

	if (!info->snapped)
		return;
	strbuf_printf(&text,
		      "the options of %" PRIu64 " packet%s are cut (snaplen "
		      "%" PRIu32 "): Multipath TCP cannot be seen in them",
		      info->snapped, plural(info->snapped), info->snaplen);
	add(t, "snaplen", &text,
	    "capture at least %" PRIu32 " bytes of each packet (-s %" PRIu32
	    "): the options of these reach to byte %" PRIu32,
	    info->needed > SNAPLEN ? info->needed : SNAPLEN,
	    info->needed > SNAPLEN ? info->needed : SNAPLEN, info->needed);
}

static void find_dropped(struct trace *t)
{
	const struct capture_info *info = &t->info;
	struct strbuf text = STRBUF_INIT;
	uint64_t all = 0;
	const char *between = " (";

	for (size_t i = 0; i < info->n_dropped; i++)
		all = all > UINT64_MAX - info->dropped[i].packets
			      ? UINT64_MAX
			      : all + info->dropped[i].packets;
	if (!all)
		return;
	strbuf_printf(&text,
		      "%" PRIu64 " packet%s %s dropped during the capture, as "
		      "the file says",
		      all, plural(all), all == 1 ? "was" : "were");
	for (size_t i = 0; i < info->n_dropped && i < NAMED; i++)
		if (info->dropped[i].interface[0]) {
			strbuf_printf(&text, "%s%" PRIu64 " on %s", between,
				      info->dropped[i].packets,
				      info->dropped[i].interface);
			between = ", ";
		}
	if (between[0] == ',')
		strbuf_puts(&text, info->n_dropped > NAMED ? ", ...)" : ")");
	add(t, "dropped", &text,
	    "give the capture a larger buffer (tcpdump -B 65536, dumpcap -B "
	    "64: 64 MiB), fewer bytes of each packet (-s 128), and a faster "
	    "disk");
}

static bool sent_anything(const struct stream_side *side)
{
	return side->has_syn || side->talked || side->rst;
}

/* SYNs were answered, but nothing except SYNs was captured. */
static void find_syns(struct trace *t)
{
	struct strbuf text = STRBUF_INIT;
	bool answered = false;

	for (size_t i = 0; i < t->n_streams; i++) {
		const struct stream_side *side = t->streams[i].side;

		if (side[0].talked || side[1].talked || side[0].rst ||
		    side[1].rst)
			return;
		answered |= side[TO_CLIENT].has_syn;
	}
	if (!answered)
		return;
	strbuf_printf(&text,
		      "all %" PRIu64
		      " TCP packets are SYNs and SYN/ACKs: nothing after the "
		      "handshakes was captured",
		      t->info.tcp_packets);
	add(t, "syns", &text, "capture without a filter on TCP flags");
}

/*
 * Whether the other direction existed: a side that sends data after its SYN
 * was answered, and so was one whose acknowledgments increase.
 */
static bool is_one_way(const struct stream *s, enum direction missing)
{
	const struct stream_side *other = &s->side[!missing];

	return !sent_anything(&s->side[missing]) && other->talked &&
	       (other->has_syn || other->acked_more);
}

static void find_directions(struct trace *t)
{
	struct strbuf text = STRBUF_INIT;
	size_t without[2] = { 0 }, n = 0;
	bool known = true;

	for (size_t i = 0; i < t->n_streams; i++)
		for (int d = 0; d < 2; d++)
			if (is_one_way(&t->streams[i], (enum direction)d)) {
				without[d]++;
				known &= t->streams[i].roles_known;
			}
	n = without[TO_SERVER] + without[TO_CLIENT];
	if (!n)
		return;
	strbuf_printf(&text,
		      "only one direction of %zu of %zu TCP stream%s was "
		      "captured",
		      n, t->n_streams, plural(t->n_streams));
	if (known && without[TO_CLIENT])
		strbuf_printf(&text, "%s no packet of the server",
			      without[TO_SERVER] ? ": of some" : ":");
	if (known && without[TO_SERVER])
		strbuf_printf(&text, "%s no packet of the client",
			      without[TO_CLIENT] ? ", of others" : ":");
	add(t, "directions", &text,
	    "capture where both directions pass, on all interfaces (-i any), "
	    "with a filter that names hosts, not sources or destinations");
}

static void find_payload(struct trace *t)
{
	struct strbuf text = STRBUF_INIT;
	struct tally tally = { .of = t->n_streams };

	for (size_t i = 0; i < t->n_streams; i++) {
		const struct stream_side *side = t->streams[i].side;
		const uint64_t missing = side[0].missing + side[1].missing;

		if (!missing || !sent_anything(&side[0]) ||
		    !sent_anything(&side[1]))
			continue;
		tally.n++;
		tally.bytes += missing;
	}
	if (!tally.n)
		return;
	strbuf_printf(&text,
		      "at least %" PRIu64 " byte%s of %" PRIu64 " of %" PRIu64
		      " TCP stream%s were acknowledged and not captured",
		      tally.bytes, plural(tally.bytes), tally.n, tally.of,
		      plural(tally.of));
	add(t, "payload", &text,
	    "give the capture a larger buffer (tcpdump -B 65536, dumpcap -B "
	    "64: 64 MiB), capture on all interfaces (-i any), and with no "
	    "filter narrower than the hosts");
}

/* "; all that is here is of port 443, on eth0", as far as it applies. */
static char *narrowness(const struct trace *t)
{
	const struct strlist *names = &t->info.interfaces;
	struct strbuf out = STRBUF_INIT;
	bool same = t->n_streams > 1;

	for (size_t i = 1; i < t->n_streams; i++)
		same &= t->streams[i].server.port == t->streams[0].server.port;
	if (same || names->n == 1)
		strbuf_puts(&out, "; all that is here is");
	if (same)
		strbuf_printf(&out, " of port %u", t->streams[0].server.port);
	if (names->n == 1)
		strbuf_printf(&out, "%s of interface %s", same ? "," : "",
			      names->items[0]);
	return strbuf_detach(&out);
}

static void find_handshakes(struct trace *t)
{
	struct strbuf text = STRBUF_INIT;
	size_t n = 0;
	char *what = NULL;

	for (size_t i = 0; i < t->n_connections; i++)
		n += !t->connections[i].has_initial;
	if (!n)
		return;
	strbuf_printf(&text,
		      "the first handshake of %zu of %zu Multipath TCP "
		      "connection%s was not captured",
		      n, t->n_connections, plural(t->n_connections));
	what = narrowness(t);
	add(t, "handshakes", &text,
	    "start the capture before the connections, on all interfaces (-i "
	    "any), with no filter narrower than the hosts%s",
	    what);
	free(what);
}

/*
 * Whether the capture has all payload of a subflow in a direction (by MPTCP
 * role) that was acknowledged.
 */
static bool is_whole(const struct stream *s, int d)
{
	const struct stream_side *side = &s->side[d ^ s->flipped];
	const struct stream_side *other = &s->side[!(d ^ s->flipped)];

	return side->has_isn && !side->missing &&
	       (sent_anything(other) || !s->established);
}

/*
 * Data bytes of a direction that DATA_ACKs cover but no subflow carried.  One
 * number may be that of a DATA_FIN.
 */
static uint64_t carried_elsewhere(const struct trace *t,
				  const struct connection *c, int d)
{
	const uint32_t first = (uint32_t)c->side[d].idsn + 1;
	uint64_t there = 0;
	int32_t acked = 0;

	if (!c->side[d].has_idsn || c->state == CONN_FALLBACK)
		return 0;
	for (size_t k = 0; k < c->n_subflows; k++) {
		const struct stream *s = trace_subflow(t, c, k);
		const struct stream_side *other = &s->side[!(d ^ s->flipped)];

		if (!is_whole(s, d))
			return 0;
		there += s->side[d ^ s->flipped].unique;
		if (other->has_data_ack &&
		    (int32_t)(other->data_ack - first) > acked)
			acked = (int32_t)(other->data_ack - first);
	}
	return acked > 1 && (uint64_t)acked - 1 > there
		       ? (uint64_t)acked - 1 - there
		       : 0;
}

static void find_subflows(struct trace *t)
{
	struct strbuf text = STRBUF_INIT;
	struct tally tally = { .of = t->n_connections };
	char *what = NULL;

	for (size_t i = 0; i < t->n_connections; i++) {
		const struct connection *c = &t->connections[i];
		const uint64_t bytes = carried_elsewhere(t, c, TO_SERVER) +
				       carried_elsewhere(t, c, TO_CLIENT);

		tally.n += bytes > 0;
		tally.bytes += bytes;
	}
	if (!tally.n)
		return;
	strbuf_printf(
		&text,
		"at least %" PRIu64 " byte%s of %" PRIu64 " of %" PRIu64
		" Multipath TCP connection%s were acknowledged (DATA_ACK) "
		"that no captured subflow carried",
		tally.bytes, plural(tally.bytes), tally.n, tally.of,
		plural(tally.of));
	what = narrowness(t);
	add(t, "subflows", &text,
	    "capture on all interfaces (-i any), with no filter narrower than "
	    "the hosts%s",
	    what);
	free(what);
}

/* Seconds with one digit behind the point. */
static void print_seconds(struct strbuf *out, int64_t ns)
{
	const int64_t tenths =
		llabs(ns) / tenth + (llabs(ns) % tenth >= tenth / 2);

	strbuf_printf(out, "%" PRId64 ".%" PRId64 " s",
		      tenths / (second / tenth), tenths % (second / tenth));
}

static void find_clock(struct trace *t)
{
	const struct capture_info *info = &t->info;
	const struct clock_jump *j = info->jumps;
	struct strbuf text = STRBUF_INIT;

	if (!info->n_jumps)
		return;
	strbuf_puts(&text, !j->streams ? "time stamps step back by "
			   : j->by < 0 ? "the clock was set back by "
				       : "the clock jumped ahead by ");
	print_seconds(&text, j->by);
	strbuf_printf(&text, " before packet %" PRIu32, j->packet);
	if (j->file)
		strbuf_printf(&text, " of %s", j->file);
	if (j->streams)
		strbuf_printf(&text,
			      ", as TCP timestamps of %" PRIu32
			      " stream%s tell",
			      j->streams, plural(j->streams));
	if (info->n_jumps > 1)
		strbuf_printf(&text, "; %zu more jump%s follow%s",
			      info->n_jumps - 1, plural(info->n_jumps - 1),
			      info->n_jumps == 2 ? "s" : "");
	add(t, "clock", &text,
	    "let nothing set the clock during a capture: have it right before "
	    "(chronyc makestep) and slewed from then on (chrony without "
	    "makestep, ntpd -x); join files in the order in which they were "
	    "captured");
}

void shortcomings_find(struct trace *t)
{
	find_snaplen(t);
	find_dropped(t);
	find_syns(t);
	find_directions(t);
	find_payload(t);
	find_handshakes(t);
	find_subflows(t);
	find_clock(t);
}

const struct shortcoming *shortcomings_of_kind(const struct capture_info *info,
					       const char *kind)
{
	for (size_t i = 0; i < info->n_shortcomings; i++)
		if (strcmp(info->shortcomings[i].kind, kind) == 0)
			return &info->shortcomings[i];
	return NULL;
}
