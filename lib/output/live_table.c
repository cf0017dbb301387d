/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/live_table.h"

#include <stdlib.h>

#include "output/human.h"
#include "output/live_names.h"

enum {
	NAME_LEAST = 13, /* columns of the name of a row */
	NAME_NICE = 18,
	NARROW = 60, /* below: that least will do */
	GAP = 3	     /* blanks between columns, at most */
};

struct table_fields {
	const struct live_field *all;
	size_t n;
	unsigned used; /* bits of these */
	size_t name;   /* columns */
	size_t gap;
};

/* ---- the table ---- */

static struct table_fields fields_of(const struct live_field *all)
{
	struct table_fields f = { .all = all };

	while (all[f.n].heading)
		f.n++;
	return f;
}

static struct live_table_row row_of(const struct live_view *v,
				    const struct live_lines *conn, size_t k)
{
	const bool is_subflow = k > 0;

	return (struct live_table_row){
		.view = v,
		.conn = conn,
		.line = is_subflow ? &conn->subflows[k - 1] : &conn->sum,
		.is_subflow = is_subflow,
	};
}

/* What the longest name of all takes. */
static size_t longest_name(const struct live_view *v)
{
	struct strbuf name = STRBUF_INIT;
	size_t most = NAME_NICE;

	for (size_t i = 0; i < v->n; i++) {
		for (size_t k = 0; k <= v->connections[i].n; k++) {
			const struct live_table_row r =
				row_of(v, &v->connections[i], k);
			size_t n = 0;

			strbuf_clear(&name);
			live_name_put(&name, &r, false, false, NAME_PORTS);
			n = page_length(name.text);
			most = n > most ? n : most;
		}
	}
	strbuf_release(&name);
	return most;
}

static size_t width_of(const struct table_fields *f, size_t gap)
{
	size_t width = 0;

	for (size_t i = 0; i < f->n; i++)
		if (f->used >> i & 1)
			width += gap + (size_t)f->all[i].width;
	return width;
}

/* As many columns as there is room for, by rank; the rest is for the name, and
   then between the columns. */
static void choose(struct table_fields *f, const struct live_view *v,
		   size_t width)
{
	const size_t longest = longest_name(v);
	const size_t least = width < NARROW ? NAME_LEAST : NAME_NICE;

	f->gap = 1;
	for (int rank = 1; rank <= (int)f->n + 1; rank++) {
		const unsigned before = f->used;

		for (size_t i = 0; i < f->n; i++)
			if (f->all[i].rank == rank)
				f->used |= 1u << i;
		if (width && least + width_of(f, 1) > width) {
			f->used = before;
			break;
		}
	}
	f->gap = width ? 1 : 2;
	while (width && f->gap < GAP &&
	       longest + width_of(f, f->gap + 1) <= width)
		f->gap++;
	f->name = width ? width - width_of(f, f->gap) : longest;
	if (f->name > longest)
		f->name = longest;
}

static void put_right(struct page_line *line, enum live_style style,
		      const char *text, size_t width, size_t gap)
{
	const size_t n = page_length(text);

	page_fill(line, style == LIVE_HEADING ? style : LIVE_PLAIN,
		  line->styles.len + gap + (width > n ? width - n : 0));
	page_put(line, style, text);
}

static void put_heading(struct live_page *p, const struct table_fields *f,
			const char *name, int width)
{
	struct page_line *line = page_add(p);

	page_put(line, LIVE_HEADING, page_length(name) <= f->name ? name : "");
	page_fill(line, LIVE_HEADING, f->name);
	for (size_t i = 0; i < f->n; i++) {
		if (!(f->used >> i & 1))
			continue;
		if (f->all[i].is_left)
			page_fill(line, LIVE_HEADING,
				  line->styles.len + f->gap);
		if (f->all[i].is_left)
			page_put(line, LIVE_HEADING, f->all[i].heading);
		else
			put_right(line, LIVE_HEADING, f->all[i].heading,
				  (size_t)f->all[i].width, f->gap);
	}
	if (width)
		page_fill(line, LIVE_HEADING, (size_t)width);
}

static void put_row(struct live_page *p, const struct table_fields *f,
		    const struct live_table_row *r, bool is_last, bool ascii)
{
	struct page_line *line = page_add(p);
	struct strbuf text = STRBUF_INIT;

	live_name_fit(&text, r, is_last, ascii, f->name);
	page_put(line,
		 r->line->state == LIVE_CLOSED ? LIVE_DIM
		 : r->is_subflow	       ? LIVE_PLAIN
					       : LIVE_BOLD,
		 text.text);
	page_fill(line, LIVE_PLAIN, f->name);
	for (size_t i = 0; i < f->n; i++) {
		const struct live_field *one = &f->all[i];

		if (!(f->used >> i & 1))
			continue;
		strbuf_clear(&text);
		one->put(&text, r);
		if (one->is_left) {
			page_fill(line, LIVE_PLAIN, line->styles.len + f->gap);
			page_put(line, live_field_style(r, one), text.text);
		} else {
			put_right(line, live_field_style(r, one), text.text,
				  (size_t)one->width, f->gap);
		}
	}
	strbuf_release(&text);
}

/* The whole line is another one. */
static void mark(struct page_line *line, int width)
{
	if (width)
		page_fill(line, LIVE_PLAIN, (size_t)width);
	for (size_t i = 0; i < line->styles.len; i++)
		line->styles.text[i] = LIVE_PICKED;
}

/* The first connection on the page, so that the picked one is. */
static size_t first_shown(const struct live_view *v,
			  const struct live_page_options *o, size_t room)
{
	const size_t picked =
		o->has_picked ? live_view_find(v, o->picked) : v->n;
	size_t from = picked, used = 0;

	if (picked == v->n)
		return 0;
	for (;; from--) {
		used += 1 + v->connections[from].n;
		if (used > room)
			return from == picked ? from : from + 1;
		if (!from)
			return 0;
	}
}

static void put_rest(struct live_page *p, size_t n, bool ascii)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_printf(&text, "%s %zu more", ascii ? "..." : "\u2026", n);
	page_put(page_add(p), LIVE_DIM, text.text);
	strbuf_release(&text);
}

static void put_connections(struct live_page *p, const struct live_view *v,
			    const struct live_page_options *o,
			    const struct table_fields *f, size_t room)
{
	size_t i = first_shown(v, o, room > 1 ? room - 1 : room);
	const size_t end = room == SIZE_MAX ? SIZE_MAX : p->n + room;

	for (; i < v->n; i++) {
		const struct live_lines *c = &v->connections[i];
		const bool is_picked = o->has_picked && c->sum.id == o->picked;
		const size_t lines = 1 + c->n;

		/* Whole, with a line for what is left; or as it gets. */
		if (end - p->n < lines + (i + 1 < v->n) &&
		    end - p->n <= (size_t)(i + 1 < v->n) + 1) {
			put_rest(p, v->n - i, o->ascii);
			return;
		}
		for (size_t k = 0; k < lines && p->n < end; k++) {
			const struct live_table_row r = row_of(v, c, k);

			if (i + 1 < v->n && p->n + 1 == end && k) {
				put_rest(p, v->n - i - 1, o->ascii);
				return;
			}
			put_row(p, f, &r, k == c->n, o->ascii);
			if (is_picked && !k)
				mark(&p->lines[p->n - 1], p->width);
		}
	}
}

/* ---- one connection ---- */

static void put_story(struct live_page *p, const struct live_lines *c,
		      const struct live_view *v)
{
	struct strbuf text = STRBUF_INIT;
	struct page_line *line = NULL;

	for (enum live_name_form form = NAME_PORTS; form < NAME_FORMS; form++) {
		strbuf_clear(&text);
		strbuf_puts(&text, form == NAME_SHORTER ? "" : "connection ");
		live_name_connection(&text, &c->sum, form);
		if (!p->width || page_length(text.text) <= (size_t)p->width)
			break;
	}
	page_put(page_add(p), LIVE_BOLD, text.text);
	line = page_add(p);
	strbuf_clear(&text);
	strbuf_puts(&text, conn_state_name(c->state));
	if (fallback_cause_name(c->cause))
		strbuf_printf(&text, " (%s)", fallback_cause_name(c->cause));
	if (c->version >= 0)
		strbuf_printf(&text, ", version %d", c->version);
	page_put(line, c->state == CONN_FALLBACK ? LIVE_BAD : LIVE_PLAIN,
		 text.text);
	strbuf_clear(&text);
	strbuf_printf(&text, ", %s, %s",
		      c->is_partial ? "its beginning was not captured"
				    : "captured from its beginning",
		      live_state_name(c->sum.state));
	if (!p->width || line->styles.len + text.len <= (size_t)p->width)
		page_put(line, LIVE_PLAIN, text.text);
	strbuf_clear(&text);
	strbuf_puts(&text, ", ");
	human_duration(&text, v->moment.time - c->sum.first_time);
	if (!p->width || line->styles.len + text.len <= (size_t)p->width)
		page_put(line, LIVE_PLAIN, text.text);
	strbuf_release(&text);
}

static void put_direction(struct live_page *p, const struct live_view *v,
			  const struct live_page_options *o,
			  const struct live_lines *c, enum direction d,
			  size_t end)
{
	struct table_fields f = fields_of(live_one_way);

	choose(&f, v, (size_t)p->width);
	if (p->n + 1 < end)
		put_heading(p, &f, d == TO_SERVER ? "TO SERVER" : "TO CLIENT",
			    p->width);
	for (size_t k = 0; k <= c->n && p->n < end; k++) {
		struct live_table_row r = row_of(v, c, k);

		r.one_way = true;
		r.direction = d;
		put_row(p, &f, &r, k == c->n, o->ascii);
	}
}

static void put_details(struct live_page *p, const struct live_view *v,
			const struct live_page_options *o,
			const struct live_lines *c, size_t room)
{
	const size_t end = room == SIZE_MAX ? SIZE_MAX : p->n + room;
	/* The one of which more is known comes first. */
	const enum direction d = live_main(&c->sum);

	put_story(p, c, v);
	put_direction(p, v, o, c, d, end);
	if (end - p->n < c->n + 2)
		return;
	if (end - p->n > c->n + 3)
		page_add(p);
	put_direction(p, v, o, c, !d, end);
}

void live_table_put(struct live_page *p, const struct live_view *v,
		    const struct live_page_options *o, size_t room)
{
	struct table_fields f = fields_of(live_both_ways);
	const size_t picked = o->details ? live_view_find(v, o->picked) : v->n;

	if (picked < v->n) {
		put_details(p, v, o, &v->connections[picked], room);
		return;
	}
	if (room < 2)
		return;
	choose(&f, v, (size_t)p->width);
	put_heading(p, &f, f.name >= 20 ? "CONNECTION, SUBFLOWS" : "CONNECTION",
		    p->width);
	if (!v->n)
		page_put(page_add(p), LIVE_DIM,
			 "no Multipath TCP connection now");
	put_connections(p, v, o, &f, room == SIZE_MAX ? room : room - 1);
}
