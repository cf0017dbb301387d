/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A capture that is looked at while it is made ends with the bytes, and the
 * events, that it has as a whole: whatever is kept in memory meanwhile.
 * "LIVE_CAPTURES": other files, blanks between.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "events/timeline.h"
#include "live/live.h"
#include "load/session.h"
#include "model/account.h"

static const char *const captures[] = {
	"testdata/captures/*.pcap*", "testdata/copies/*.pcap*",
	"testdata/limits/*.pcap*",   "testdata/merge/*.pcap*",
	"testdata/monitor/*.pcap*",  "testdata/synthetic/*.pcap*",
	"testdata/verdicts/*.pcap*", "testdata/check/*.pcap*",
};

enum {
	FEW = 400 /* packets: looked at after each of them */
};

/* An event as both sides tell it. */
struct seen {
	enum event_kind kind;
	uint32_t stream, frame;
	int from;
	bool told;
};

struct watch {
	struct seen *events;
	size_t n, cap;
};

static void note(void *ctx, const struct trace *t,
		 const struct connection *conn, const struct event *e)
{
	struct watch *w = ctx;

	*MEM_PUSH(w->events, w->n, w->cap) = (struct seen){
		.kind = e->kind,
		.stream = trace_subflow(t, conn, e->subflow)->tcp_stream,
		.frame = t->packets.frame[e->packet],
		.from = e->from,
	};
}

static bool take_back(struct watch *w, const struct seen *s)
{
	for (size_t i = 0; i < w->n; i++) {
		struct seen *have = &w->events[i];

		if (have->told || have->kind != s->kind ||
		    have->stream != s->stream || have->frame != s->frame ||
		    have->from != s->from)
			continue;
		have->told = true;
		return true;
	}
	return false;
}

static size_t differences;

/* How a capture is followed. */
struct way {
	uint64_t packets; /* live_options.packets */
	unsigned every;	  /* it is looked at after so many */
};

static void differ(const char *path, const char *what, const struct seen *s)
{
	differences++;
	print_error("%s: %s %s, tcp %u, frame %u, from %d\n", path, what,
		    event_name(s->kind), s->stream, s->frame, s->from);
}

/*
 * Who carries on is told by what was kept: not where that is next to nothing.
 * After each packet a stall is one by the round trip times so far, and the SYN
 * may be the copy of one that comes later.
 */
static bool is_comparable(const struct seen *s, const struct way *way)
{
	switch (s->kind) {
	case EVENT_HANDOVER: return !way->packets;
	case EVENT_STALLED:
	case EVENT_RECOVERED:
	case EVENT_CONNECTION_SYN: return way->every > 1;
	default: return true;
	}
}

static void compare_events(const char *path, struct trace *t, struct watch *w,
			   const struct way *way)
{
	struct watch whole = { .n = 0 };

	for (size_t i = 0; i < t->n_connections; i++) {
		struct ledger ledger;
		struct timeline line;

		ledger_init(&ledger);
		account_connection(t, &t->connections[i], &ledger);
		timeline_make(&line, t, &t->connections[i], &ledger);
		for (size_t k = 0; k < line.n; k++)
			note(&whole, t, &t->connections[i], &line.events[k]);
		timeline_release(&line);
		ledger_release(&ledger);
	}
	for (size_t i = 0; i < whole.n; i++)
		if (!take_back(w, &whole.events[i]) &&
		    is_comparable(&whole.events[i], way))
			differ(path, "not told:", &whole.events[i]);
	for (size_t i = 0; i < w->n; i++)
		if (!w->events[i].told && is_comparable(&w->events[i], way))
			differ(path, "told:", &w->events[i]);
	free(whole.events);
}

static const struct live_connection *find(const struct live_connection *all,
					  size_t n, uint32_t tcp_stream)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all[i].n_subflows; k++)
			if (all[i].subflows[k].stream->tcp_stream == tcp_stream)
				return &all[i];
	return NULL;
}

static void compare_counts(const char *path, const char *of, uint32_t number,
			   int d, const struct byte_counts *whole,
			   const struct byte_counts *live)
{
	static const char *const names[] = { "unique", "retransmitted",
					     "repeated", "reinjected",
					     "unmapped" };

	if (memcmp(whole, live, sizeof(*whole)) == 0)
		return;
	differences++;
	print_error("%s: %s %u, direction %d: sent %lu, live %lu\n", path, of,
		    number, d, whole->sent, live->sent);
	for (int c = 0; c < BYTE_CLASSES; c++)
		print_error("  %s %lu, live %lu\n", names[c], whole->of[c],
			    live->of[c]);
}

static void compare_bytes(const char *path, struct trace *t, struct live *live,
			  const struct way *way)
{
	size_t n = 0;
	const struct live_connection *all = live_connections(live, &n);

	account_all(t);
	if (n != t->n_connections) {
		differences++;
		print_error("%s: %zu connections, live %zu\n", path,
			    t->n_connections, n);
		return;
	}
	for (size_t i = 0; i < t->n_connections; i++) {
		const struct connection *conn = &t->connections[i];
		const struct stream *first = trace_subflow(t, conn, 0);
		const struct live_connection *v =
			find(all, n, first->tcp_stream);

		assert_non_null(v);
		assert_int_equal(v->n_subflows, conn->n_subflows);
		if (way->every > 1) /* else some were taken for two */
			assert_int_equal(v->id, conn->id);
		for (int d = 0; d < 2; d++) {
			compare_counts(path, "connection", conn->id, d,
				       &conn->bytes[d], &v->flow[d].bytes);
			for (size_t k = 0; k < conn->n_subflows; k++)
				compare_counts(
					path, "tcp",
					trace_subflow(t, conn, k)->tcp_stream,
					d, &trace_subflow(t, conn, k)->bytes[d],
					&v->subflows[k].flow[d].bytes);
		}
	}
}

/* The capture, row by row. */
static void follow(const char *path, const struct session *s,
		   const struct exact_rows *exact, struct way way)
{
	struct watch watch = { .n = 0 };
	const struct live_options options = { .keep = INT64_MAX / 2,
					      .second = 1000000000,
					      .packets = way.packets,
					      .event = note,
					      .ctx = &watch };
	struct live *live = live_new(&options);
	struct error err = ERROR_INIT;
	struct trace *t = (struct trace *)(uintptr_t)&s->trace;

	for (size_t k = 0; k < exact->n; k++) {
		struct row row;

		exact_rows_get(exact, &s->trace, k, &row);
		assert_int_equal(live_take(live, &row, &err), 0);
		if (k % way.every == 0)
			live_look(live, row.time);
	}
	live_end(live);
	if (getenv("LIVE_VERBOSE"))
		print_message("%s: %lu packets, every %u\n", path, way.packets,
			      way.every);
	compare_bytes(path, t, live, &way);
	compare_events(path, t, &watch, &way);
	live_free(live);
	free(watch.events);
}

static void follow_capture(const char *path)
{
	static const struct way ways[] = {
		{ 0, 50 },
		{ 0, 1 << 20 },
		{ 800, 97 },
		{ 3000, 1000 },
	};
	struct input in = { .reader = READER_CHOICE_NATIVE, .no_cache = true };
	const struct session_operand what = { &path, 1, false };
	struct exact_rows exact = { .n = 0 };
	struct error err = ERROR_INIT;
	struct session s;

	if (session_open_exact(&s, &in, &what, SESSION_WHOLE, &exact, &err) ==
	    0) {
		for (size_t k = 0; k < sizeof(ways) / sizeof(ways[0]); k++)
			follow(path, &s, &exact, ways[k]);
		if (exact.n < FEW)
			follow(path, &s, &exact, (struct way){ 0, 1 });
		/* copies of packets that were dropped come in between */
		if (strstr(path, "/copies/"))
			follow(path, &s, &exact, (struct way){ 200, 61 });
		session_close(&s);
	}
	exact_rows_release(&exact);
	input_release(&in);
}

static void follow_all(const char *pattern)
{
	glob_t files = { .gl_pathc = 0 };

	assert_int_equal(glob(pattern, 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		follow_capture(files.gl_pathv[i]);
	globfree(&files);
}

/* What is shown of one of two connections, since the middle of the capture, is
   whole; the others are counted. */
static void sample_capture(const char *path)
{
	struct input in = { .reader = READER_CHOICE_NATIVE, .no_cache = true };
	const struct session_operand what = { &path, 1, false };
	const struct live_options options = { .keep = INT64_MAX / 2,
					      .second = 1000000000 };
	struct exact_rows exact = { .n = 0 };
	struct error err = ERROR_INIT;
	struct live *live = live_new(&options);
	const struct live_connection *all = NULL;
	struct live_totals totals;
	struct session s;
	size_t n = 0;

	assert_int_equal(
		session_open_exact(&s, &in, &what, SESSION_WHOLE, &exact, &err),
		0);
	for (size_t k = 0; k < exact.n; k++) {
		struct row row;

		exact_rows_get(&exact, &s.trace, k, &row);
		assert_int_equal(live_take(live, &row, &err), 0);
		live_look(live, row.time);
		if (k == exact.n / 2)
			live_sample(live, 2);
	}
	live_end(live);
	account_all(&s.trace);
	all = live_connections(live, &n);
	live_totals(live, &totals);
	assert_in_range(n, 1, s.trace.n_connections - 1);
	assert_int_equal(n + totals.left_out, s.trace.n_connections);
	for (size_t i = 0; i < n; i++) {
		const struct stream *stream = all[i].subflows[0].stream;
		const struct stream *whole =
			trace_find_stream(&s.trace, stream->tcp_stream);

		for (int d = 0; d < 2; d++)
			compare_counts(path, "connection", (uint32_t)i, d,
				       &s.trace.connections[whole->connection]
						.bytes[d],
				       &all[i].flow[d].bytes);
	}
	assert_int_equal(differences, 0);
	live_free(live);
	session_close(&s);
	exact_rows_release(&exact);
	input_release(&in);
}

static void test_sampling(void **state)
{
	(void)state;
	sample_capture("testdata/captures/fallback-client.pcapng.gz");
	sample_capture("testdata/captures/fastclose-client.pcapng.gz");
	sample_capture("testdata/verdicts/both-rst-client.pcapng");
}

static void test_captures(void **state)
{
	const char *more = getenv("LIVE_CAPTURES");
	char *list = mem_strdup(more ? more : ""), *at = NULL;

	(void)state;
	for (char *p = strtok_r(list, " ", &at); p;
	     p = strtok_r(NULL, " ", &at))
		follow_capture(p);
	free(list);
	for (size_t k = 0; !more && k < sizeof(captures) / sizeof(captures[0]);
	     k++)
		follow_all(captures[k]);
	assert_int_equal(differences, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_captures),
		cmocka_unit_test(test_sampling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
