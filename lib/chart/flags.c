/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/flags.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/sort.h"
#include "base/strbuf.h"

#define LINE_ALPHA 0.65

enum {
	FLAGS_MAX = 300 /* more marks are joined by their places first */
};

static bool is_within(const struct scale *x, double value)
{
	return value >= x->from && value <= x->to;
}

static int compare_flags(const void *va, const void *vb)
{
	const struct flag *a = va, *b = vb;

	return COMPARE(a->x, b->x) ?: COMPARE(a->mark, b->mark);
}

static void collect(struct flags *f, const struct chart *c,
		    const struct scale *x)
{
	for (size_t i = 0; i < c->n_marks; i++) {
		const struct chart_mark *m = &c->marks[i];

		if (!is_within(x, m->x) || !m->label || !*m->label)
			continue;
		*MEM_PUSH(f->items, f->n, f->cap) = (struct flag){
			.mark = m,
			.x = floor(scale_pixel(x, m->x)) + 0.5,
		};
	}
	SORT(f->items, f->n, compare_flags);
	for (size_t i = 0; i < f->n; i++) {
		f->items[i].first = i;
		*MEM_PUSH(f->marks, f->n_marks, f->cap_marks) =
			f->items[i].mark;
	}
}

static void drop(struct flags *f, size_t i)
{
	free(f->items[i].text);
	for (f->n--; i < f->n; i++)
		f->items[i] = f->items[i + 1];
}

/* Let the flag "i" join the flag "to"; the others keep their order. */
static void join(struct flags *f, size_t i, size_t to)
{
	f->items[to].joined += f->items[i].joined + 1;
	drop(f, i);
}

static void join_crowd(struct flags *f, double width)
{
	size_t kept = 0;
	double cell = width / FLAGS_MAX;

	if (f->n <= FLAGS_MAX)
		return;
	for (size_t i = 1; i < f->n; i++)
		if (f->items[i].x - f->items[kept].x < cell)
			f->items[kept].joined++;
		else
			f->items[++kept] = f->items[i];
	f->n = kept + 1;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* Is there one with this label before the i-th? */
static bool was_seen(const struct chart_mark *const *marks, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_same(marks[k]->label, marks[i]->label))
			return true;
	return false;
}

/* How many of the first "n" are the same as the i-th, which is the first of
   them; else 0. */
static size_t count_same(const struct chart_mark *const *marks, size_t n,
			 size_t i)
{
	size_t count = 0;

	for (size_t k = 0; k < n; k++)
		if (is_same(marks[k]->label, marks[i]->label) &&
		    is_same(marks[k]->of, marks[i]->of)) {
			if (k < i)
				return 0;
			count++;
		}
	return count;
}

/* " tcp 1, 2": which ones have that label; what all begin with is there once.
   False: some do not say which they are. */
static bool add_which(struct strbuf *out, const struct chart_mark *const *marks,
		      size_t n, const char *label)
{
	const char *before = NULL;

	for (size_t i = 0; i < n; i++) {
		const char *of = marks[i]->of;
		const char *blank = of ? strrchr(of, ' ') : NULL;

		const size_t count = count_same(marks, n, i);

		if (!is_same(marks[i]->label, label))
			continue;
		if (!of)
			return false;
		if (!count)
			continue;
		if (before && blank &&
		    strncmp(of, before, (size_t)(blank - of) + 1) == 0)
			strbuf_printf(out, ", %s", blank + 1);
		else
			strbuf_printf(out, "%s %s", before ? "," : "", of);
		if (count > 1)
			strbuf_printf(out, " \xc3\x97 %zu", count);
		before = of;
	}
	return true;
}

static size_t count_label(const struct chart_mark *const *marks, size_t n,
			  const char *label)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += is_same(marks[i]->label, label);
	return count;
}

/* All of them, with which ones they are, or how many. */
static char *names_of(const struct chart_mark *const *marks, size_t n,
		      bool which)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < n; i++) {
		const char *label = marks[i]->label;
		const size_t count = count_label(marks, n, label);
		struct strbuf list = STRBUF_INIT;

		if (was_seen(marks, i))
			continue;
		strbuf_printf(&out, "%s%s", out.len ? "; " : "", label);
		if (which && add_which(&list, marks, n, label))
			strbuf_puts(&out, list.text);
		else if (count > 1)
			strbuf_printf(&out, " \xc3\x97 %zu", count);
		strbuf_release(&list);
	}
	return out.text;
}

static bool has_room(const struct flags *f, const struct flag *flag,
		     const struct flags_room *room)
{
	const double width = text_width(flag->text, f->size, f->font);
	const double most = fmax(room->right - flag->x, flag->x - room->left);

	return width + f->size * 0.3 <= most;
}

static void set_text(const struct flags *f, struct flag *flag,
		     const struct flags_room *room)
{
	const struct chart_mark *const *marks = f->marks + flag->first;
	const size_t n = flag->joined + 1;

	free(flag->text);
	flag->text = names_of(marks, n, true);
	if (n == 1 || has_room(f, flag, room))
		return;
	free(flag->text);
	flag->text = names_of(marks, n, false);
	if (has_room(f, flag, room))
		return;
	free(flag->text);
	flag->text = mem_printf("%s +%zu", flag->mark->label, flag->joined);
}

/* Whether a pole at "x" does not cross the text of "f"; it may touch its pole.
   "line" is the width of one, px. */
static bool is_beside(const struct flag *f, double x, double line)
{
	double left = f->x == f->from ? f->from + line : f->from - 2 * line;
	double right = f->x == f->to ? f->to - line : f->to + 2 * line;

	return x <= left || x >= right;
}

/* Whether "a" and "b" keep apart: labels from labels, poles from labels. */
static bool is_apart(const struct flag *a, const struct flag *b, double size)
{
	double line = size / 11;
	/* Of labels on both sides of one pole each keeps away from it. */
	double gap = a->mark->side * b->mark->side < 0 && a->x == b->x
			     ? 0
			     : size * 0.5;

	if (a->row == b->row)
		return a->to + gap <= b->from || b->to + gap <= a->from;
	return a->row < b->row ? is_beside(a, b->x, line)
			       : is_beside(b, a->x, line);
}

static bool is_free(const struct flags *f, size_t i)
{
	for (size_t k = i + 1; k < f->n; k++)
		if (!is_apart(&f->items[i], &f->items[k], f->size))
			return false;
	return true;
}

static double text_room(const struct flag *flag, const struct flags *f)
{
	return f->size * 0.3 + text_width(flag->text, f->size, f->font);
}

/* Find a place for flag "i", the ones to the right of it having theirs. */
static int place(struct flags *f, size_t i, const struct flags_room *room)
{
	struct flag *flag = &f->items[i];
	double width = text_room(flag, f);

	for (flag->row = 0; flag->row < room->rows; flag->row++) {
		flag->from = flag->x;
		flag->to = flag->x + width;
		if (flag->mark->side >= 0 && flag->to <= room->right &&
		    is_free(f, i))
			return 1;
		flag->from = flag->x - width;
		flag->to = flag->x;
		if (flag->mark->side <= 0 && flag->from >= room->left &&
		    is_free(f, i))
			return 1;
	}
	return 0;
}

/* Place all from right to left; returns the one without a place, or n. */
static size_t place_all(struct flags *f, const struct flags_room *room)
{
	for (size_t i = f->n; i-- > 0;)
		if (!place(f, i, room))
			return i;
	return f->n;
}

/* The flag "i" has no place: of it and those that its text could touch, which
   two are closest to each other?  Returns the right one of them. */
static size_t closest(const struct flags *f, size_t i)
{
	const double end = f->items[i].x + text_room(&f->items[i], f);
	size_t best = i ? i : 1;

	for (size_t k = i + 1; k < f->n && f->items[k].x < end; k++)
		if (f->items[k].x - f->items[k - 1].x <
		    f->items[best].x - f->items[best - 1].x)
			best = k;
	return best;
}

void flags_make(struct flags *f, const struct chart *c, const struct scale *x,
		const struct flags_room *room)
{
	flags_release(f);
	f->size = room->size;
	f->font = room->font;
	f->row_height = rint(f->size * 1.35);
	collect(f, c, x);
	join_crowd(f, room->right - room->left);
	for (size_t i = 0; i < f->n; i++)
		set_text(f, &f->items[i], room);
	while (f->n > 0) {
		size_t i = place_all(f, room);

		if (i == f->n)
			break;
		if (f->n == 1 || f->items[i].mark->side) {
			drop(f, i);
			continue;
		}
		i = closest(f, i);
		join(f, i, i - 1);
		set_text(f, &f->items[i - 1], room);
	}
	for (size_t i = 0; i < f->n; i++)
		f->rows = f->items[i].row + 1 > f->rows ? f->items[i].row + 1
							: f->rows;
}

static void draw_lines(const struct flags *f, struct canvas *cv,
		       const struct chart *c, const struct scale *x,
		       const struct box *plot)
{
	double last = -1;

	for (size_t i = 0; i < c->n_marks; i++) {
		struct path p = { .points = NULL };
		struct pen pen = { .colour =
					   theme_colour(c, c->marks[i].colour),
				   .width = fmax(1, f->size / 11) };
		double px = floor(scale_pixel(x, c->marks[i].x)) + 0.5;

		if (!is_within(x, c->marks[i].x) || px == last)
			continue;
		last = px;
		pen.colour.alpha = LINE_ALPHA;
		path_move(&p, px, plot->y0);
		path_line(&p, px, plot->y1);
		canvas_stroke(cv, &p, &pen);
		path_release(&p);
	}
}

static void draw_flag(const struct flags *f, const struct flag *flag,
		      struct canvas *cv, const struct chart *c, double bottom)
{
	double top = bottom - f->row_height * (double)(flag->row + 1);
	struct colour colour = theme_colour(c, flag->mark->colour);
	struct text_style style = { .colour = theme_of(c->theme)->ink,
				    .size = f->size };
	struct pen pen = { .colour = colour, .width = fmax(1, f->size / 11) };
	struct path p = { .points = NULL };

	pen.colour.alpha = LINE_ALPHA;
	path_move(&p, flag->x, bottom);
	path_line(&p, flag->x, top + f->row_height * 0.15);
	canvas_stroke(cv, &p, &pen);
	path_release(&p);
	if (flag->from < flag->x)
		style.anchor = TEXT_END;
	canvas_text(cv, flag->x + f->size * (flag->from < flag->x ? -0.3 : 0.3),
		    top + f->row_height * 0.5 + f->size * 0.36, flag->text,
		    &style);
}

void flags_draw(const struct flags *f, struct canvas *cv, const struct chart *c,
		const struct scale *x, const struct box *plot)
{
	draw_lines(f, cv, c, x, plot);
	for (size_t i = 0; i < f->n; i++)
		draw_flag(f, &f->items[i], cv, c, plot->y0);
}

void flags_release(struct flags *f)
{
	for (size_t i = 0; i < f->n; i++)
		free(f->items[i].text);
	free(f->items);
	free(f->marks);
	*f = (struct flags){ .items = NULL };
}
