/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of the head, of events and of help; live_table.c makes the tables. */
#include "output/live_page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/utc.h"
#include "output/human.h"
#include "output/live_table.h"

enum {
	TALL = 18,	 /* lines, from which on there is room for comfort */
	ROOMY = 100,	 /* columns, from which on events are, too */
	EVENTS_TALL = 8, /* lines of events there, and their heading */
	PARTS = 12	 /* of the head: more than there are */
};

/* ---- lines ---- */

struct page_line *page_add(struct live_page *p)
{
	struct page_line *line = MEM_PUSH(p->lines, p->n, p->cap);

	strbuf_init(&line->text);
	strbuf_init(&line->styles);
	return line;
}

size_t page_length(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += (*text & 0xc0) != 0x80;
	return n;
}

void page_put(struct page_line *line, enum live_style style, const char *text)
{
	strbuf_puts(&line->text, text);
	for (size_t n = page_length(text); n > 0; n--)
		strbuf_putc(&line->styles, (char)style);
}

/* No blanks at its end. */
static void trim(struct page_line *line)
{
	struct strbuf *text = &line->text, *styles = &line->styles;

	while (text->len && text->text[text->len - 1] == ' ' &&
	       styles->text[styles->len - 1] != LIVE_HEADING &&
	       styles->text[styles->len - 1] != LIVE_PICKED) {
		text->text[--text->len] = '\0';
		styles->text[--styles->len] = '\0';
	}
}

/* What does not fit any terminal: up to a blank. */
static void shorten(struct page_line *line, size_t width)
{
	size_t n = width, bytes = 0;

	if (!width || line->styles.len <= width)
		return;
	for (size_t k = 0; k < width || (line->text.text[bytes] & 0xc0) == 0x80;
	     bytes++)
		k += (line->text.text[bytes] & 0xc0) != 0x80;
	while (bytes > 0 && line->text.text[bytes] != ' ') {
		bytes--;
		n -= (line->text.text[bytes] & 0xc0) != 0x80;
	}
	line->text.text[line->text.len = bytes] = '\0';
	line->styles.text[line->styles.len = n] = '\0';
}

void page_fill(struct page_line *line, enum live_style style, size_t column)
{
	while (line->styles.len < column)
		page_put(line, style, " ");
}

static void release_line(struct page_line *line)
{
	strbuf_release(&line->text);
	strbuf_release(&line->styles);
}

static void clear(struct live_page *p)
{
	for (size_t i = 0; i < p->n; i++)
		release_line(&p->lines[i]);
	p->n = 0;
}

void live_page_release(struct live_page *p)
{
	clear(p);
	free(p->lines);
	*p = (struct live_page){ .n = 0 };
}

/* A text, cut where it ends a word, when there is too little room. */
static void put_cut(struct live_page *p, struct page_line *line,
		    enum live_style style, const char *text, bool ascii)
{
	const char *dots = ascii ? "..." : "\u2026";
	const size_t width = (size_t)p->width, at = line->styles.len;
	size_t n = 0;
	char *cut = NULL;

	if (!width || at + strlen(text) <= width) {
		page_put(line, style, text);
		return;
	}
	if (width < at + 1 + page_length(dots))
		return;
	n = width - at - 1 - page_length(dots);
	while (n > 0 && text[n] != ' ')
		n--;
	cut = mem_strndup(text, n);
	page_put(line, style, cut);
	if (n)
		page_put(line, style, " ");
	page_put(line, style, dots);
	free(cut);
}

/* ---- the head ---- */

struct part {
	char *text;
	enum live_style style;
};

struct parts {
	struct part items[PARTS];
	size_t n;
};

static void add(struct parts *parts, enum live_style style, char *text)
{
	parts->items[parts->n++] = (struct part){ text, style };
}

/* What is not as it should be stands first. */
static void add_troubles(struct parts *parts, const struct live_view *v,
			 const struct live_page_options *o)
{
	if (o->paused)
		add(parts, LIVE_NOTE, mem_strdup("paused"));
	if (o->ended)
		add(parts, LIVE_NOTE, mem_strdup("end of input"));
	if (v->moment.counts.has_dropped && v->moment.counts.dropped)
		add(parts, LIVE_BAD,
		    mem_printf("%" PRIu64 " dropped",
			       v->moment.counts.dropped));
	if (v->moment.sampled > 1)
		add(parts, LIVE_NOTE,
		    mem_printf("sampled: 1 of %u connections",
			       v->moment.sampled));
}

static void add_counts(struct parts *parts, const struct live_view *v)
{
	const struct live_totals *t = &v->moment.totals;
	struct strbuf rate = STRBUF_INIT;

	if (v->moment.has_rate)
		add(parts, LIVE_BOLD,
		    mem_printf("%.0f packets/s", v->moment.packets_per_s));
	if (v->moment.has_wire_rate) {
		human_rate(&rate, v->moment.bytes_per_s * 8);
		add(parts, LIVE_BOLD, strbuf_detach(&rate));
	}
	add(parts, LIVE_PLAIN,
	    mem_printf("%" PRIu64 " connection%s", t->connections,
		       plural(t->connections)));
	if (!v->moment.counts.has_dropped)
		add(parts, LIVE_DIM, mem_strdup("dropped: unknown"));
	else if (!v->moment.counts.dropped)
		add(parts, LIVE_PLAIN, mem_strdup("0 dropped"));
	if (t->left_out)
		add(parts, LIVE_NOTE,
		    mem_printf("%" PRIu64 " connection%s left out", t->left_out,
			       plural(t->left_out)));
	if (v->moment.counts.odd)
		add(parts, LIVE_NOTE,
		    mem_printf("%" PRIu64 " packet%s that only tshark can read",
			       v->moment.counts.odd,
			       plural(v->moment.counts.odd)));
	if (t->other_streams)
		add(parts, LIVE_DIM,
		    mem_printf("%" PRIu64 " plain TCP stream%s",
			       t->other_streams, plural(t->other_streams)));
}

/* On as many lines as there may be; the rest is left out. */
static void put_parts(struct live_page *p, struct parts *parts, size_t lines)
{
	struct page_line *line = page_add(p);

	for (size_t i = 0; i < parts->n; i++) {
		const struct part *part = &parts->items[i];
		const size_t n = page_length(part->text);
		size_t at = line->styles.len;

		if (p->width && at && at + 2 + n > (size_t)p->width) {
			if (!--lines)
				break;
			line = page_add(p);
			at = 0;
		}
		if (p->width && n > (size_t)p->width)
			continue;
		page_put(line, LIVE_PLAIN, at ? "  " : "");
		page_put(line, part->style, part->text);
	}
	for (size_t i = 0; i < parts->n; i++)
		free(parts->items[i].text);
}

/* Text to the left and to the right; this one stays. */
static void put_title(struct live_page *p, const char *left, const char *right)
{
	struct page_line *line = page_add(p);
	const size_t width = (size_t)p->width, n = page_length(right);
	size_t room = width > n + 2 ? width - n - 2 : 0;

	if (!width || page_length(left) <= room) {
		page_put(line, LIVE_BOLD, left);
	} else {
		/* The end of a path says more than its beginning. */
		const char *tail = strrchr(left, '/');

		if (tail && page_length(tail + 1) <= room)
			page_put(line, LIVE_BOLD, tail + 1);
	}
	page_fill(line, LIVE_PLAIN,
		  width ? (width > n ? width - n : 0) : line->styles.len + 2);
	if (!width || n <= width)
		page_put(line, LIVE_PLAIN, right);
}

static void put_head(struct live_page *p, const struct live_view *v,
		     const struct live_page_options *o)
{
	const bool is_wide = !o->width || o->width >= 72;
	const struct utc_text time = utc_text(v->moment.time);
	struct parts parts = { .n = 0 };
	struct strbuf left = STRBUF_INIT, right = STRBUF_INIT;

	strbuf_printf(&left, "%s%s", is_wide ? "mptcp-live  " : "", o->source);
	if (!v->moment.has_time)
		strbuf_puts(&right, "no packet yet");
	else if (is_wide)
		strbuf_printf(&right, "%s UTC", time.text);
	else
		strbuf_printf(&right, "%s UTC", time.text + 11);
	put_title(p, left.text, right.text);
	add_troubles(&parts, v, o);
	add_counts(&parts, v);
	put_parts(p, &parts, o->height && o->height < TALL ? 1 : 3);
	if (o->warning)
		put_cut(p, page_add(p), LIVE_BAD, o->warning, o->ascii);
	strbuf_release(&left);
	strbuf_release(&right);
}

/* ---- events ---- */

static enum live_style style_of(const struct live_said *said)
{
	static const char *const bad[] = { "stalled",		"fallback",
					   "mp_fail",		"tcp_reset",
					   "fastclose",		"join_refused",
					   "connection_refused" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (strcmp(said->name, bad[i]) == 0)
			return LIVE_BAD;
	return LIVE_BOLD;
}

static void put_event(struct live_page *p, const struct live_said *said,
		      bool ascii)
{
	const bool is_wide = !p->width || p->width >= 60;
	const bool has_from = !p->width || p->width >= 80;
	struct page_line *line = page_add(p);
	struct strbuf text = STRBUF_INIT;

	if (said->has_time)
		strbuf_printf(&text, "%s.%03d", utc_text(said->time).text + 11,
			      (int)(said->time / 1000000 % 1000));
	page_put(line, LIVE_DIM, text.text);
	page_fill(line, LIVE_PLAIN, 12);
	strbuf_clear(&text);
	if (is_wide && said->has_stream)
		strbuf_printf(&text, "  %4" PRIu64 " tcp %-3" PRIu32 "  ",
			      said->connection, said->tcp_stream);
	else
		strbuf_printf(&text, " %*" PRIu64 " ", is_wide ? 5 : 1,
			      said->connection);
	if (has_from)
		strbuf_printf(&text, "%-7s", said->from);
	page_put(line, LIVE_PLAIN, text.text);
	strbuf_clear(&text);
	if (is_wide) {
		page_put(line, style_of(said), said->name);
		page_put(line, LIVE_PLAIN, "  ");
		page_fill(line, LIVE_PLAIN,
			  (!p->width || p->width >= ROOMY ? 50 : 42) +
				  (has_from ? 7 : 0));
	} else {
		put_cut(p, line, style_of(said), said->name, ascii);
		page_put(line, LIVE_PLAIN, " ");
	}
	put_cut(p, line, LIVE_PLAIN, said->detail, ascii);
	strbuf_release(&text);
}

/* The last ones, the newest below. */
static void put_events(struct live_page *p, const struct live_view *v,
		       const struct live_page_options *o, size_t most)
{
	uint64_t from =
		v->n_events > LIVE_EVENTS ? v->n_events - LIVE_EVENTS : 0;

	if (from < o->events_from)
		from = o->events_from;
	if (v->n_events - from > most)
		from = v->n_events - most;
	for (; from < v->n_events; from++)
		put_event(p, &v->events[from % LIVE_EVENTS], o->ascii);
}

/* ---- keys ---- */

static const char *const helps[][2] = {
	{ "up, down", "select a connection; also j and k" },
	{ "Enter", "show its details only; again: all connections" },
	{ "s", "sort by the next of rate, bytes, age, RTT, retransmitted" },
	{ "r b a t x", "sort by one of these" },
	{ "p, space",
	  "pause and resume the display; packets are still counted" },
	{ "e", "show or hide the last events" },
	{ "h, ?", "this help" },
	{ "q", "quit" },
};

static const char *const meanings[][2] = {
	{ "0 eth0 ...",
	  "a subflow: Wireshark's tcp.stream, interface, addresses" },
	{ "TO SERVER", "payload sent in the last second, in bit/s" },
	{ "NOW, ALL",
	  "share of the connection's payload: last second, since it began" },
	{ "RTT",
	  "round-trip time of data and its acknowledgment, recent median" },
	{ "RETRANS", "bytes that TCP retransmitted" },
	{ "REINJ",
	  "bytes sent again here that another subflow had sent first" },
	{ "FLIGHT", "bytes that TCP has not acknowledged yet" },
	{ "backup", "an end asked to use it as a backup only" },
	{ "stalled", "data sent, but nothing acknowledged for 1 s, 3 RTTs or "
		     "more" },
	{ "plain", "it fell back to plain TCP" },
};

static void put_help_line(struct live_page *p, const char *const words[2],
			  bool ascii)
{
	struct page_line *line = page_add(p);

	page_put(line, LIVE_BOLD, words[0]);
	page_fill(line, LIVE_PLAIN, 11);
	put_cut(p, line, LIVE_PLAIN, words[1], ascii);
}

static void put_help(struct live_page *p, const struct live_page_options *o)
{
	for (size_t i = 0; i < sizeof(helps) / sizeof(*helps); i++)
		put_help_line(p, helps[i], o->ascii);
	page_add(p);
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		put_help_line(p, meanings[i], o->ascii);
}

/* As many as there is room for. */
static void put_keys(struct live_page *p, const struct live_page_options *o)
{
	static const char *const keys[] = { "q quit",	      "h help",
					    "s order",	      "p pause",
					    "up/down select", "Enter details",
					    "e events" };
	struct page_line *line = page_add(p);
	char *order = mem_printf("by %s", live_order_name(o->order));

	page_put(line, LIVE_DIM, order);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (line->styles.len + 2 + strlen(keys[i]) > (size_t)p->width)
			break;
		page_put(line, LIVE_DIM, "  ");
		page_put(line, LIVE_DIM, keys[i]);
	}
	free(order);
}

/* ---- the page ---- */

static size_t left_of(const struct live_page *p,
		      const struct live_page_options *o, size_t below)
{
	const size_t used = p->n + below;

	if (!o->height)
		return SIZE_MAX;
	return used < (size_t)o->height ? (size_t)o->height - used : 0;
}

/* Lines for events, their heading, if any, among them. */
static size_t room_of_events(const struct live_view *v,
			     const struct live_page_options *o, size_t room)
{
	const size_t titled = !o->height || o->height >= TALL ? 2 : 0;
	size_t n = v->n_events - o->events_from, most = LIVE_EVENTS;

	if (!o->events || !n)
		return 0;
	if (o->height)
		most = o->height < TALL	      ? 2
		       : o->height < 2 * TALL ? EVENTS_TALL
					      : room / 3;
	n += titled;
	n = n > most ? most : n;
	return n < room / 2 || !o->height ? n : room / 2;
}

static void put_body(struct live_page *p, const struct live_view *v,
		     const struct live_page_options *o)
{
	const bool is_tall = !o->height || o->height >= TALL;
	const size_t keys = o->keys && is_tall;
	const size_t events = room_of_events(v, o, left_of(p, o, keys));

	live_table_put(p, v, o, left_of(p, o, keys + events));
	if (events) {
		if (o->height)
			while (left_of(p, o, keys + events) > 0)
				page_add(p);
		if (is_tall) {
			page_add(p);
			page_put(page_add(p), LIVE_DIM,
				 o->height ? "Last events" : "Events");
		}
		put_events(p, v, o, is_tall ? events - 2 : events);
	}
	if (!keys)
		return;
	while (left_of(p, o, 1) > 0)
		page_add(p);
	put_keys(p, o);
}

void live_page_make(struct live_page *p, const struct live_view *v,
		    const struct live_page_options *o)
{
	clear(p);
	p->width = o->width;
	put_head(p, v, o);
	if (!o->height || o->height >= TALL)
		page_add(p);
	if (o->help)
		put_help(p, o);
	else
		put_body(p, v, o);
	while (o->height && p->n > (size_t)o->height)
		release_line(&p->lines[--p->n]);
	for (size_t i = 0; i < p->n; i++) {
		shorten(&p->lines[i], (size_t)p->width);
		trim(&p->lines[i]);
	}
}
