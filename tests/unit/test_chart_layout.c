/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_chart_layout.c - nothing overlaps and nothing is cut off
 * (chart/layout.h, flags.h, legend.h and textfit.h).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "chart/layout.h"
#include "chart/textfit.h"
#include "chart/write.h"

static uint64_t random_state;

static double random_unit(void)
{
	random_state =
		random_state * 6364136223846793005u + 1442695040888963407u;
	return (double)(random_state >> 33) / 0x1p31;
}

#define ELLIPSIS "\xe2\x80\xa6"

static void test_clean(void **state)
{
	static const char *const cases[][2] = {
		{ "plain", "plain" },
		{ "a\tb\nc\x7f", "a b c " },
		{ "\xc3\xa4 \xe2\x86\x92", "\xc3\xa4 \xe2\x86\x92" },
		{ "\xff\xc3", "??" },
		{ "\xc0\x80", "??" },	   /* overlong */
		{ "\xed\xa0\x80", "???" }, /* surrogate */
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "\xef\xbf\xbf", "???" }, /* U+FFFF */
		{ "\xc2\x85", " " },	   /* a control character */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *got = text_clean(cases[i][0]);

		assert_string_equal(got, cases[i][1]);
		free(got);
	}
}

static void test_shorten(void **state)
{
	static const char text[] = "subflow 0: 10.0.1.1 \xe2\x86\x92 10.0.9.1";
	double whole = text_width(text, 12, 0);
	char *got = text_shorten(text, 12, 0, whole, TEXT_CUT_MIDDLE);

	(void)state;
	assert_string_equal(got, text);
	free(got);
	got = text_shorten("abcdefghij", 10, 0, 40, TEXT_CUT_MIDDLE);
	assert_string_equal(got, "abc" ELLIPSIS "hij");
	free(got);
	got = text_shorten("abcdefghij", 10, 0, 40, TEXT_CUT_END);
	assert_string_equal(got, "abcd" ELLIPSIS);
	free(got);
	for (double max = 15; max < whole; max++)
		for (int cut = TEXT_CUT_END; cut <= TEXT_CUT_MIDDLE; cut++) {
			char *clean;

			got = text_shorten(text, 12, 0, max, cut);
			clean = text_clean(got);
			assert_string_equal(got, clean);
			assert_true(text_width(got, 12, 0) <= max);
			assert_non_null(strstr(got, ELLIPSIS));
			free(clean);
			free(got);
		}
}

static void expect_wrap(const char *text, double max, size_t rows,
			const char *want)
{
	struct strlist lines = { .items = NULL };
	char got[256] = "";

	text_wrap(&lines, text, 10, 0, max, rows);
	assert_true(lines.n <= rows);
	for (size_t i = 0; i < lines.n; i++) {
		assert_true(text_width(lines.items[i], 10, 0) <= max);
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s",
			 i ? "|" : "", lines.items[i]);
	}
	assert_string_equal(got, want);
	strlist_release(&lines);
}

static void test_wrap(void **state)
{
	(void)state;
	expect_wrap("one two three four", 49, 9, "one two|three|four");
	expect_wrap("one two three four", 49, 2, "one two|three f" ELLIPSIS);
	expect_wrap("one two three four", 49, 1, "one tw" ELLIPSIS);
	expect_wrap("unbreakable words", 40, 9, "unbrea|kable|words");
	expect_wrap("", 40, 9, "");
}

static void random_text(char *out, size_t size, const char *what)
{
	size_t n = (size_t)(pow(random_unit(), 3) * (double)(size - 20));

	snprintf(out, size, "%s %d ", what, (int)(random_unit() * 100));
	for (size_t i = strlen(out); i < n; i++) {
		out[i] = random_unit() < 0.15
				 ? ' '
				 : (char)('!' + random_unit() * 90);
		out[i + 1] = '\0';
	}
}

static void random_series(struct chart *c)
{
	char text[200];
	double base = (random_unit() - 0.3) * pow(10, random_unit() * 9);
	double size = pow(10, random_unit() * 12 - 4);
	struct chart_series *s;

	random_text(text, sizeof(text), "series");
	s = chart_add_series(c, (enum chart_style)(random_unit() * 5),
			     random_unit() < 0.1 ? NULL : text);
	for (double x = 0; x < 10; x++)
		chart_add_range(s, x * 1e-3 * size, base + size * random_unit(),
				base + size * random_unit());
}

static void random_chart(struct chart *c)
{
	char text[200];

	chart_init(c);
	c->width = 320 + (int)(pow(random_unit(), 3) * 3680);
	c->height = 240 + (int)(pow(random_unit(), 3) * 2760);
	c->x.unit = (enum chart_unit)(random_unit() * (CHART_RAW64 + 1));
	c->y.unit = (enum chart_unit)(random_unit() * (CHART_RAW64 + 1));
	c->x.log = random_unit() < 0.2;
	c->y.log = random_unit() < 0.2;
	c->x.epoch_ns = (int64_t)(random_unit() * 2e18);
	c->y.origin = (uint64_t)(random_unit() * 1e19);
	random_text(text, sizeof(text), "title");
	chart_set_text(&c->title, "%s", text);
	chart_set_text(&c->x.title, "%s", text);
	random_text(text, sizeof(text), "subtitle");
	chart_set_text(random_unit() < 0.3 ? &c->y.title : &c->subtitle, "%s",
		       text);
	for (double n = pow(random_unit(), 3) * 40; n > 0; n--)
		random_series(c);
	for (double n = pow(random_unit(), 3) * 60; n > 0; n--) {
		random_text(text, 40, "mark");
		chart_add_mark(c, pow(random_unit(), 3) * 10, text, (int)n);
	}
}

static void check_flags(const struct chart_layout *l, const struct chart *c)
{
	const struct flags *f = &l->flags;
	double top = l->pad + (double)l->title.n * l->title_size +
		     (double)l->subtitle.n * l->subtitle_size;
	size_t marks = 0, shown = 0;

	for (size_t i = 0; i < c->n_marks; i++)
		shown += c->marks[i].x >= l->x.from && c->marks[i].x <= l->x.to;
	for (size_t i = 0; i < f->n; i++) {
		const struct flag *a = &f->items[i];

		marks += 1 + a->joined;
		assert_true(a->from >= 0 && a->to <= c->width);
		assert_true(text_width(a->text, f->size, 0) <= a->to - a->from);
		assert_true(l->plot.y0 - (double)(a->row + 1) * f->row_height >=
			    top);
		for (size_t k = 0; k < i; k++) {
			const struct flag *b = &f->items[k];

			if (a->row == b->row)
				assert_true(a->from > b->to || b->from > a->to);
			if (a->row > b->row)
				assert_true(a->x <= b->from + 1 ||
					    a->x >= b->to - 1);
			if (b->row > a->row)
				assert_true(b->x <= a->from + 1 ||
					    b->x >= a->to - 1);
		}
	}
	/* All are counted somewhere, unless no label at all has room. */
	assert_true(f->n == 0 || marks == shown);
}

static void check_legend(const struct chart_layout *l, const struct chart *c)
{
	const struct legend *g = &l->legend;
	size_t names = 0, more = 0, lines = 0;

	for (size_t i = 0; i < c->n_series; i++)
		names += c->series[i]->name != NULL;
	for (size_t i = 0; i < g->n; i++) {
		const struct legend_entry *e = &g->entries[i];
		double text = text_width(e->text, g->size, 0);

		assert_true(text + (e->series ? g->sample : 0) <= e->width);
		assert_true(l->legend_x + e->x + e->width <= c->width);
		assert_true(e->row < g->rows);
		if (i > 0 && e[-1].row == e->row)
			assert_true(e[-1].x + e[-1].width < e->x);
		lines += e->goes_on;
		if (e->goes_on)
			assert_int_equal(e->row, e[-1].row + 1);
		else if (!e->series)
			assert_int_equal(sscanf(e->text, "+%zu more", &more),
					 1);
	}
	assert_int_equal(names, g->n - lines + more - (more > 0));
	assert_true(l->legend_y + (double)g->rows * g->row_height <= c->height);
}

static void check_axes(const struct chart_layout *l, const struct chart *c)
{
	const struct ticks_room font = { .size = l->size };
	double room = l->plot.x0 - l->tick;

	if (*l->y_title)
		room -= l->axis_size;
	assert_true(ticks_width(&l->y_ticks, &font) < room);
	for (size_t i = 0; i < l->x_ticks.n; i++) {
		const struct tick *t = &l->x_ticks.items[i];
		double half = text_width(t->label, l->size, 0) / 2;
		double x = scale_pixel(&l->x, t->value);

		assert_true(x - half >= 0 && x + half <= c->width);
	}
	assert_true(text_width(l->x_title, l->axis_size, 0) <=
		    l->plot.x1 - l->plot.x0);
	assert_true(l->plot.y1 + l->tick + l->size <
		    l->legend_y - (*l->x_title ? l->axis_size : 0));
	assert_true(l->plot.x1 - l->plot.x0 > c->width * 0.25);
	assert_true(l->plot.y1 - l->plot.y0 > c->height * 0.2);
}

static void test_random(void **state)
{
	(void)state;
	random_state = 1;
	for (int i = 0; i < 1500; i++) {
		struct chart c;
		struct chart_layout l;

		random_chart(&c);
		layout_make(&l, &c);
		check_flags(&l, &c);
		check_legend(&l, &c);
		check_axes(&l, &c);
		layout_release(&l);
		chart_release(&c);
	}
}

/* Four events within 20 ms of 10 s: all have a label. */
static void test_close_marks(void **state)
{
	static const double at[] = { 0.5, 1.2, 1.205, 1.21, 1.218, 4, 9.9 };
	struct chart c;
	struct chart_layout l;

	(void)state;
	chart_init(&c);
	c.x.to = 10;
	for (size_t i = 0; i < 7; i++)
		chart_add_mark(&c, at[i], "MP_JOIN", 0);
	layout_make(&l, &c);
	assert_int_equal(l.flags.n, 7);
	for (size_t i = 0; i < 7; i++)
		assert_string_equal(l.flags.items[i].text, "MP_JOIN");
	assert_true(l.flags.rows <= 4);
	layout_release(&l);
	for (size_t i = 0; i < 5000; i++)
		chart_add_mark(&c, (double)i / 500, "DSS", 0);
	layout_make(&l, &c);
	assert_true(l.flags.n > 5 && l.flags.n < 200);
	layout_release(&l);
	chart_release(&c);
	/* A label that is wider than the picture has no place. */
	chart_init(&c);
	chart_add_point(chart_add_series(&c, CHART_LINE, NULL), 1, 1);
	c.width = 200;
	c.height = 200;
	chart_add_mark(&c, 1,
		       "a label of more words than there is room for in a "
		       "picture that is so small",
		       0);
	layout_make(&l, &c);
	assert_int_equal(l.flags.n, 0);
	assert_int_equal(l.flags.rows, 0);
	layout_release(&l);
	chart_release(&c);
}

/* Eleven pairs of IPv6 addresses: shortened, and all of them there. */
static void test_long_names(void **state)
{
	struct chart c;
	struct chart_layout l;

	(void)state;
	chart_init(&c);
	for (int i = 0; i < 11; i++) {
		char name[128];

		snprintf(name, sizeof(name),
			 "2001:db8:1234:5678:9abc:def0:1111:%x > "
			 "2001:db8:ffff:eeee:dddd:cccc:bbbb:%x (tcp %d)",
			 0x1000 + i, 0xaaa0 + i, i);
		chart_add_point(chart_add_series(&c, CHART_LINE, name), i, i);
	}
	layout_make(&l, &c);
	assert_int_equal(l.legend.n, 11);
	for (int i = 0; i < 11; i++) {
		const struct legend_entry *e = &l.legend.entries[i];
		char end[16];

		snprintf(end, sizeof(end), "(tcp %d)", i);
		assert_ptr_equal(e->series, c.series[i]);
		assert_non_null(strstr(e->text, end));
	}
	check_legend(&l, &c);
	layout_release(&l);
	chart_add_series(&c, CHART_LINE, "no points");
	layout_make(&l, &c);
	assert_int_equal(l.legend.n, 11);
	layout_release(&l);
	c.no_legend = 1;
	layout_make(&l, &c);
	assert_int_equal(l.legend.n, 0);
	layout_release(&l);
	chart_release(&c);
}

/* A low axis has a label near its end, however high the values are. */
static void test_top_label(void **state)
{
	(void)state;
	for (int most = 10; most < 400; most++) {
		struct chart c;
		struct chart_layout l;
		double last = 0, before = 0;

		chart_init(&c);
		c.width = 317;
		c.height = 227;
		c.scale = layout_scale_of(8);
		c.y.from = 0;
		chart_add_point(chart_add_series(&c, CHART_LINE, "a"), 1, most);
		layout_make(&l, &c);
		assert_true(l.y.to >= most && l.y.to < 2 * most);
		for (size_t i = 0; i < l.y_ticks.n; i++)
			if (*l.y_ticks.items[i].label) {
				before = last;
				last = l.y_ticks.items[i].value;
			}
		assert_true(l.y.to - last <= 0.51 * (last - before));
		check_axes(&l, &c);
		layout_release(&l);
		chart_release(&c);
	}
}

/* On a narrow page a name goes on in the next row, and loses no number. */
static void test_long_name(void **state)
{
	const char *name = "431 of 485 reinjections; 15 others were lost, of "
			   "39 the original was lost or discarded";
	struct strbuf all = STRBUF_INIT;
	struct chart c;
	struct chart_layout l;

	(void)state;
	chart_init(&c);
	c.width = 317;
	c.height = 227;
	c.scale = layout_scale_of(8);
	chart_add_point(chart_add_series(&c, CHART_LINE, name), 1, 1);
	chart_set_text(&c.x.title, "Arrival of the original minus that of the "
				   "reinjection");
	chart_set_text(&c.x.brief, "Original minus reinjection");
	c.x.unit = CHART_MILLISECONDS;
	layout_make(&l, &c);
	for (size_t i = 0; i < l.legend.n; i++)
		strbuf_printf(&all, "%s%s", i ? " " : "",
			      l.legend.entries[i].text);
	assert_int_equal(l.legend.n, 2);
	assert_int_equal(l.legend.rows, 2);
	assert_string_equal(all.text, name);
	assert_string_equal(l.x_title, "Original minus reinjection (ms)");
	check_legend(&l, &c);
	layout_release(&l);
	c.width = 800;
	c.height = 600;
	layout_make(&l, &c);
	assert_int_equal(l.legend.rows, 1);
	assert_non_null(strstr(l.x_title, "that of the reinjection (ms)"));
	layout_release(&l);
	strbuf_release(&all);
	chart_release(&c);
}

/* Two captures with eight subflows: rather a low plot than a name left out, on
   pages of all sizes. */
static void test_no_name_lost(void **state)
{
	static const struct {
		double width, height, scale;
	} pages[] = { { 800, 600, 0 },
		      { 760, 340, 0 },
		      { 1600, 400, 0 },
		      { 84 * 96 / 25.4, 60 * 96 / 25.4, 7 / 9.0 } };
	struct chart c;

	(void)state;
	chart_init(&c);
	for (int i = 0; i < 18; i++) {
		char name[64];

		if (i < 9)
			snprintf(name, sizeof(name),
				 "10.0.%d.1 > 10.0.1.2 (tcp %d)", i, i);
		else
			snprintf(name, sizeof(name), "tcp %d, arrived", i - 9);
		chart_add_point(chart_add_series(&c, CHART_LINE, name), i, i);
	}
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		struct chart_layout l;

		c.width = pages[i].width;
		c.height = pages[i].height;
		c.scale = pages[i].scale;
		layout_make(&l, &c);
		assert_int_equal(l.legend.n, 18);
		for (size_t k = 0; k < 18; k++)
			assert_ptr_equal(l.legend.entries[k].series,
					 c.series[k]);
		check_legend(&l, &c);
		layout_release(&l);
	}
	/* A page that may grow does, so that the plot is as high as ever. */
	c.width = 760;
	c.height = 240;
	c.scale = 0;
	assert_true(layout_legend_excess(&c) > 0);
	c.no_legend = true;
	assert_true(layout_legend_excess(&c) == 0);
	chart_release(&c);
}

static void expect_flag(struct chart *c, const char *want)
{
	struct chart_layout l;

	layout_make(&l, c);
	assert_int_equal(l.flags.n, 1);
	assert_string_equal(l.flags.items[0].text, want);
	layout_release(&l);
}

static void add_which(struct chart *c, const char *label, const char *of)
{
	chart_set_text(&chart_add_mark(c, 5, label, 0)->of, "%s", of);
}

/* Labels that join say which they are; or how many of each. */
static void test_joined_marks(void **state)
{
	struct chart c;

	(void)state;
	chart_init(&c);
	c.x.to = 10;
	c.height = 150; /* one row */
	add_which(&c, "join", "tcp 1");
	expect_flag(&c, "join tcp 1");
	add_which(&c, "join", "tcp 12");
	expect_flag(&c, "join tcp 1, 12");
	chart_add_mark(&c, 5, "DATA_FIN", 0);
	add_which(&c, "join", "LTE");
	expect_flag(&c, "join tcp 1, 12, LTE; DATA_FIN");
	chart_add_mark(&c, 5, "DATA_FIN", 0);
	expect_flag(&c, "join tcp 1, 12, LTE; DATA_FIN \xc3\x97 2");
	add_which(&c, "join", "tcp 1");
	expect_flag(&c, "join tcp 1 \xc3\x97 2, 12, LTE; DATA_FIN \xc3\x97 2");
	for (int i = 0; i < 30; i++) {
		char of[32];

		snprintf(of, sizeof(of), "another subflow %d", i * i);
		add_which(&c, "join", of);
	}
	expect_flag(&c, "join \xc3\x97 34; DATA_FIN \xc3\x97 2");
	for (int i = 0; i < 30; i++) {
		char label[16];

		snprintf(label, sizeof(label), "EVENT_%d", i);
		chart_add_mark(&c, 5, label, 0);
	}
	expect_flag(&c, "join +65");
	chart_release(&c);
}

/* Without a heading the plot begins further up. */
static void test_no_heading(void **state)
{
	struct chart c;
	struct chart_layout with, without;

	(void)state;
	chart_init(&c);
	chart_set_text(&c.title, "A title");
	chart_set_text(&c.subtitle, "and what is below it");
	chart_add_point(chart_add_series(&c, CHART_LINE, NULL), 1, 1);
	layout_make(&with, &c);
	c.no_heading = true;
	layout_make(&without, &c);
	assert_int_equal(without.title.n + without.subtitle.n, 0);
	assert_true(without.plot.y0 < with.plot.y0 - with.title_size);
	layout_release(&with);
	layout_release(&without);
	chart_release(&c);
}

/* A thousand names do not fit: the last entry says how many are left out. */
static void test_many_names(void **state)
{
	struct chart c;
	struct chart_layout l;
	struct error err = ERROR_INIT;
	FILE *out = tmpfile();
	char text[32];

	(void)state;
	chart_init(&c);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "the subflow %d", i);
		chart_add_point(chart_add_series(&c, CHART_LINE, text), i, i);
	}
	layout_make(&l, &c);
	assert_in_range(l.legend.n, 2, 999);
	snprintf(text, sizeof(text), "+%zu more", 1000 - (l.legend.n - 1));
	assert_string_equal(l.legend.entries[l.legend.n - 1].text, text);
	assert_null(l.legend.entries[l.legend.n - 1].series);
	check_legend(&l, &c);
	layout_release(&l);
	assert_non_null(out);
	assert_int_equal(chart_write(&c, CHART_SVG, out, &err), 0);
	fclose(out);
	chart_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_shorten),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_close_marks),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_top_label),
		cmocka_unit_test(test_no_name_lost),
		cmocka_unit_test(test_joined_marks),
		cmocka_unit_test(test_no_heading),
		cmocka_unit_test(test_many_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
