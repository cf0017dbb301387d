/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_chart_write.c - charts as files (chart/write.h).
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

#include <jansson.h>
#include <zlib.h>

#include "chart/canvas.h"
#include "chart/number.h"
#include "chart/write.h"

static uint64_t random_state;

static double random_unit(void)
{
	random_state =
		random_state * 6364136223846793005u + 1442695040888963407u;
	return (double)(random_state >> 33) / 0x1p31;
}

struct bytes {
	char *text; /* to be freed */
	size_t n;
};

static struct bytes written(const struct chart *c, enum chart_format format)
{
	struct bytes b = { NULL, 0 };
	FILE *out = open_memstream(&b.text, &b.n);
	struct error err = ERROR_INIT;

	assert_non_null(out);
	if (chart_write(c, format, out, &err) < 0)
		fail_msg("%s", err.text);
	fclose(out);
	return b;
}

static void add_series(struct chart *c, enum chart_style style, size_t n)
{
	struct chart_series *s = chart_add_series(c, style, "a <b> & \"c\"");

	for (size_t i = 0; i < n; i++) {
		double y = i % 17 == 3 ? NAN : random_unit();

		if (style == CHART_BARS)
			chart_add_bar(s, (double)i, (double)i + 1, y);
		else
			chart_add_range(s, (double)i, y, y + random_unit());
	}
}

/* One series of each style, and some marks. */
static struct chart colourful(void)
{
	struct chart c;

	random_state = 1;
	chart_init(&c);
	chart_set_text(&c.title, "Everything & \xe2\x86\x92 <more>");
	chart_set_text(&c.subtitle, "at once");
	chart_set_text(&c.x.title, "Time");
	c.x.unit = CHART_SECONDS;
	for (int style = CHART_LINE; style <= CHART_BARS; style++)
		add_series(&c, style, 60);
	c.series[1]->marker = CHART_CROSS;
	for (int i = 0; i < 30; i++)
		chart_add_mark(&c, i * i / 10.0, "MP_<JOIN>", i);
	return c;
}

static void test_same_bytes(void **state)
{
	(void)state;
	for (int theme = CHART_LIGHT; theme <= CHART_PRINT; theme++)
		for (int f = 0; chart_format_name(f); f++) {
			struct chart c = colourful(), d = colourful();
			struct bytes a, b;

			c.theme = d.theme = theme;
			a = written(&c, f);
			b = written(&d, f);
			assert_true(a.n > 100);
			assert_int_equal(a.n, b.n);
			assert_memory_equal(a.text, b.text, a.n);
			free(a.text);
			free(b.text);
			chart_release(&c);
			chart_release(&d);
		}
}

static void test_kinds(void **state)
{
	static const char *const starts[] = { "\x89PNG\r\n",
					      "<?xml version",
					      "%PDF-",
					      "double double\ntitle\n",
					      "series,x_s,x1_s,y,y1\n",
					      "{",
					      "Everything & " };
	struct chart c = colourful();

	(void)state;
	for (int f = 0; chart_format_name(f); f++) {
		struct bytes b = written(&c, f);

		assert_memory_equal(b.text, starts[f], strlen(starts[f]));
		free(b.text);
	}
	chart_release(&c);
}

/* The file, and behind it what it has in compressed streams: where cairo 1.18
   writes all but pictures. */
static struct bytes pdf_text(struct bytes pdf)
{
	struct bytes all = { NULL, 0 };
	FILE *out = open_memstream(&all.text, &all.n);
	char *at = pdf.text;

	assert_non_null(out);
	fwrite(pdf.text, 1, pdf.n, out);
	while ((at = memmem(at, pdf.n - (size_t)(at - pdf.text), "stream\n",
			    7))) {
		uint8_t plain[65536];
		z_stream z = { .next_out = plain, .avail_out = sizeof(plain) };

		at += 7;
		z.next_in = (uint8_t *)at;
		z.avail_in = (unsigned)(pdf.n - (size_t)(at - pdf.text));
		assert_int_equal(inflateInit(&z), Z_OK);
		if (inflate(&z, Z_SYNC_FLUSH) >= 0)
			fwrite(plain, 1, z.total_out, out);
		inflateEnd(&z);
	}
	fclose(out);
	free(pdf.text);
	return all;
}

/* Neither the time of today nor of any other day that matters. */
static void test_pdf_date(void **state)
{
	struct chart c = colourful();
	struct bytes b = pdf_text(written(&c, CHART_PDF));

	(void)state;
	assert_non_null(memmem(b.text, b.n, "20000101000000", 14));
	assert_null(memmem(b.text, b.n, "/ModDate", 8));
	free(b.text);
	chart_release(&c);
}

static uint32_t png_size(const struct bytes *b, size_t at)
{
	const unsigned char *u = (const unsigned char *)b->text + at;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 |
	       (uint32_t)u[2] << 8 | u[3];
}

static void test_png_size(void **state)
{
	struct chart c = colourful();
	struct bytes b;

	(void)state;
	c.width = 320;
	c.height = 240;
	c.dpi = 192;
	b = written(&c, CHART_PNG);
	assert_int_equal(png_size(&b, 16), 640);
	assert_int_equal(png_size(&b, 20), 480);
	free(b.text);
	chart_release(&c);
}

/* Elements are closed in the order in which they are opened. */
static void check_xml(const char *s)
{
	char stack[64][16];
	size_t depth = 0;

	s = strchr(s + 2, '<');
	while (s) {
		const char *end = strchr(s, '>');
		size_t n = strcspn(s + 1, " >");

		assert_non_null(end);
		if (s[1] == '/') {
			assert_true(depth > 0);
			depth--;
			assert_memory_equal(s + 2, stack[depth],
					    strlen(stack[depth]));
		} else if (end[-1] != '/') {
			assert_true(depth < 64 && n < 16);
			memcpy(stack[depth], s + 1, n);
			stack[depth++][n] = '\0';
		}
		s = strchr(end, '<');
	}
	assert_int_equal(depth, 0);
}

static void test_svg(void **state)
{
	struct chart c = colourful();
	struct bytes b = written(&c, CHART_SVG);

	(void)state;
	check_xml(b.text);
	assert_non_null(strstr(b.text, ">Everything &amp; \xe2\x86\x92 "
				       "&lt;more&gt;</text>"));
	assert_non_null(strstr(b.text, ">Time (s)</text>"));
	assert_null(strstr(b.text, "nan"));
	assert_null(strstr(b.text, "inf"));
	free(b.text);
	chart_release(&c);
}

/* The commands of the only stroke of a series with a name. */
static void expect_path(const char *svg, const char *want)
{
	const char *at = strstr(svg, "<title>it</title>\n<path d=\"");

	assert_non_null(at);
	at += strlen("<title>it</title>\n<path d=\"");
	assert_int_equal(strcspn(at, "\""), strlen(want));
	assert_memory_equal(at, want, strlen(want));
}

static void test_svg_path(void **state)
{
	struct chart c;
	struct chart_series *s;
	struct bytes b;

	(void)state;
	chart_init(&c);
	c.x.from = c.y.from = 0;
	c.x.to = c.y.to = 4;
	s = chart_add_series(&c, CHART_STEP, "it");
	chart_add_point(s, 0, 0);
	chart_add_point(s, 1, 2);
	chart_add_point(s, 2, 1);
	b = written(&c, CHART_SVG);
	/* Right, up, right, down; the plot is 734 by 519 px. */
	expect_path(b.text, "m42.5 537.5h183.5v-259.5h183.5v129.75");
	free(b.text);
	chart_release(&c);
}

static void check_svg_size(enum chart_style style, enum chart_marker marker,
			   size_t points)
{
	struct chart c;
	struct bytes b;

	random_state = 5;
	chart_init(&c);
	c.width = 3000;
	c.height = 2000;
	add_series(&c, style, points);
	c.series[0]->marker = marker;
	b = written(&c, CHART_SVG);
	assert_in_range(b.n, 1000, 1500000);
	free(b.text);
	chart_release(&c);
}

static void test_million(void **state)
{
	(void)state;
	for (int style = CHART_LINE; style <= CHART_BARS; style++)
		check_svg_size(style, CHART_MARKER_AUTO, 200000);
	check_svg_size(CHART_POINTS, CHART_DOT, 1000000);
	check_svg_size(CHART_POINTS, CHART_CROSS, 1000000);
}

static void test_csv(void **state)
{
	struct chart c;
	struct chart_series *s;
	struct bytes b;

	(void)state;
	chart_init(&c);
	c.x.unit = CHART_CLOCK;
	c.x.epoch_ns = 1714564795123456789;
	c.y.unit = CHART_RAW64;
	c.y.origin = 18446744073709551610u;
	s = chart_add_series(&c, CHART_SEGMENTS, "a, \"b\"");
	chart_add_range(s, 0.5, 0, 3);
	chart_add_range(s, -1, 3, 7);
	s = chart_add_series(&c, CHART_POINTS, NULL);
	chart_add_point(s, 1e-9, NAN);
	b = written(&c, CHART_CSV);
	assert_string_equal(
		b.text,
		"series,x_s,y,y1\n"
		"\"a, \"\"b\"\"\",1714564795.623456789,18446744073709551610,"
		"18446744073709551613\n"
		"\"a, \"\"b\"\"\",1714564794.123456789,18446744073709551613,"
		"1\n"
		",1714564795.123456790,,\n");
	free(b.text);
	c.y.unit = CHART_RAW32;
	c.y.origin = 4294967290u;
	b = written(&c, CHART_CSV);
	assert_non_null(strstr(b.text, "795.623456789,4294967290,4294967293"));
	assert_non_null(strstr(b.text, "794.123456789,4294967293,1\n"));
	free(b.text);
	chart_release(&c);
	chart_init(&c);
	c.y.unit = CHART_BITRATE;
	s = chart_add_series(&c, CHART_BARS, "h");
	chart_add_bar(s, 0.1, 0.25, 1e6);
	b = written(&c, CHART_CSV);
	assert_string_equal(b.text, "series,x,x1,y_bit_per_s\n"
				    "h,0.1,0.25,1000000\n");
	free(b.text);
	chart_release(&c);
}

static void test_json(void **state)
{
	struct chart c;
	struct chart_series *s;
	struct bytes b;

	(void)state;
	chart_init(&c);
	chart_set_text(&c.title, "T \"t\"");
	c.x.unit = CHART_SECONDS;
	c.y.unit = CHART_RAW64;
	c.y.origin = 18446744073709551610u;
	s = chart_add_series(&c, CHART_SEGMENTS, "a");
	chart_add_range(s, 0.5, 0, NAN);
	chart_add_range(s, 0.75, 1, 2);
	chart_add_series(&c, CHART_LINE, NULL);
	chart_add_mark(&c, 0.1, "m", 0);
	b = written(&c, CHART_JSON);
	assert_string_equal(
		b.text,
		"{\"title\": \"T \\\"t\\\"\",\n\"subtitle\": null,\n"
		"\"x\": {\"title\": null, \"unit\": \"s\", \"scale\": "
		"\"linear\"},\n"
		"\"y\": {\"title\": null, \"unit\": null, \"scale\": "
		"\"linear\", "
		"\"origin\": \"18446744073709551610\"},\n"
		"\"series\": [\n{\"name\": \"a\", \"style\": \"segments\", "
		"\"columns\": [\"x\", \"y\", \"y1\"], \"points\": [\n"
		"[0.5, 0, null],\n[0.75, 1, 2]]},\n"
		"{\"name\": null, \"style\": \"line\", "
		"\"columns\": [\"x\", \"y\"], \"points\": []}],\n"
		"\"marks\": [\n{\"x\": 0.1, \"label\": \"m\"}]}\n");
	free(b.text);
	chart_release(&c);
	c = colourful();
	b = written(&c, CHART_JSON);
	json_decref(json_loadb(b.text, b.n, 0, NULL));
	assert_non_null(strstr(b.text, "\"bars\""));
	free(b.text);
	chart_release(&c);
}

static void test_xpl(void **state)
{
	struct chart c;
	struct chart_series *s;
	struct bytes b;

	(void)state;
	chart_init(&c);
	chart_set_text(&c.title, "T");
	chart_set_text(&c.y.title, "Data");
	c.y.unit = CHART_BYTES;
	s = chart_add_series(&c, CHART_SEGMENTS, "sent");
	chart_add_range(s, 0.5, 0, 100);
	chart_add_range(s, 0.5, 0, 100);
	s = chart_add_series(&c, CHART_STEP, "acked");
	chart_add_point(s, 1, 0);
	chart_add_point(s, 2, 50);
	chart_add_point(s, 3, NAN);
	s = chart_add_series(&c, CHART_POINTS, NULL);
	s->marker = CHART_CROSS;
	chart_add_point(s, 2, 25);
	chart_add_point(s, 2, 25);
	chart_add_mark(&c, 2, "FIN", CHART_INK);
	chart_add_mark(&c, 1.5, "", 0);
	chart_add_mark(&c, NAN, "nowhere", 0);
	b = written(&c, CHART_XPL);
	assert_string_equal(b.text, "double double\ntitle\n"
				    "T (green: sent, red: acked)\n"
				    "xlabel\n\nylabel\nData (bytes)\n"
				    "green\n"
				    "darrow 0.5 0\nuarrow 0.5 100\n"
				    "line 0.5 0 0.5 100\n"
				    "darrow 0.5 0\nuarrow 0.5 100\n"
				    "line 0.5 0 0.5 100\n"
				    "red\n"
				    "line 1 0 2 0\nline 2 0 2 50\n"
				    "line 2 50 3 50\n"
				    "blue\nx 2 25\n"
				    "white\nline 2 0 2 104\n"
				    "atext 2 104\nFIN\n"
				    "green\nline 1.5 0 1.5 104\ngo\n");
	free(b.text);
	chart_release(&c);
}

static void test_suffix(void **state)
{
	(void)state;
	assert_int_equal(chart_format_from_suffix("a.png"), CHART_PNG);
	assert_int_equal(chart_format_from_suffix("a.b.SVG"), CHART_SVG);
	assert_int_equal(chart_format_from_suffix("a.json"), CHART_JSON);
	assert_int_equal(chart_format_from_suffix("a.xpl"), CHART_XPL);
	assert_int_equal(chart_format_from_suffix("png"), -1);
	assert_int_equal(chart_format_from_suffix("a.pngx"), -1);
	assert_int_equal(chart_format_from_suffix("a.p"), -1);
	assert_null(chart_format_name(-1));
	assert_int_equal(chart_format_from_suffix("a.TXT"), CHART_TEXT);
	assert_int_equal(chart_format_from_suffix("a.text"), -1);
	assert_int_equal(chart_format_from_name("text"), CHART_TEXT);
	assert_null(chart_format_name(CHART_TEXT + 1));
}

static void test_errors(void **state)
{
	struct chart c = colourful();
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	for (int f = 0; chart_format_name(f); f++) {
		struct error err = ERROR_INIT;

		assert_int_equal(chart_write(&c, f, full, &err), -1);
		assert_int_equal(err.kind, EXIT_SYSTEM);
		assert_non_null(strstr(err.text, "write"));
		clearerr(full);
	}
	fclose(full);
	for (int i = 0; i < 3; i++) {
		struct error err = ERROR_INIT;

		c.width = i == 0 ? CHART_WIDTH_MIN - 1 : 800;
		c.height = i == 1 ? CHART_SIZE_MAX + 1 : 600;
		c.dpi = i == 2 ? 0 : 96;
		assert_int_equal(chart_write(&c, CHART_PNG, stdout, &err), -1);
		assert_int_equal(err.kind, EXIT_USAGE);
	}
	chart_release(&c);
}

static void test_no_data(void **state)
{
	struct chart c;
	struct bytes b;

	(void)state;
	chart_init(&c);
	chart_add_point(chart_add_series(&c, CHART_LINE, "x"), 1, NAN);
	assert_false(chart_has_data(&c));
	b = written(&c, CHART_SVG);
	assert_non_null(strstr(b.text, ">no data<"));
	free(b.text);
	chart_add_point(c.series[0], 1, 2);
	assert_true(chart_has_data(&c));
	b = written(&c, CHART_SVG);
	assert_null(strstr(b.text, ">no data<"));
	free(b.text);
	chart_release(&c);
}

/* Values at the ends of what a double can be, in all styles and formats. */
static void test_extremes(void **state)
{
	const double values[] = { 0,	  -1,	    1e308, -1e308,    5e-324,
				  1e-300, INFINITY, NAN,   -INFINITY, 1e18 };
	const size_t n = sizeof(values) / sizeof(values[0]);

	(void)state;
	random_state = 6;
	for (int i = 0; i < 300; i++) {
		struct chart c;
		struct chart_series *s;

		chart_init(&c);
		c.width = 300;
		c.height = 200;
		c.x.unit = (enum chart_unit)(random_unit() * 10);
		c.y.unit = (enum chart_unit)(random_unit() * 10);
		c.x.log = random_unit() < 0.3;
		c.y.log = random_unit() < 0.3;
		s = chart_add_series(&c, (enum chart_style)(i % 6), "s");
		for (double k = random_unit() * 6; k > 0; k--)
			chart_add_range(s, values[(size_t)(random_unit() * n)],
					values[(size_t)(random_unit() * n)],
					values[(size_t)(random_unit() * n)]);
		chart_add_mark(&c, values[(size_t)(random_unit() * n)], "m", 0);
		for (int f = CHART_SVG; chart_format_name(f); f++) {
			struct bytes b = written(&c, f);

			if (f != CHART_PDF)
				assert_null(strstr(b.text, "nan"));
			free(b.text);
		}
		if (i % 20 == 0)
			free(written(&c, CHART_PNG).text);
		chart_release(&c);
	}
}

static void test_numbers(void **state)
{
	char text[NUMBER_MAX];

	(void)state;
	number_shortest(text, 0.1);
	assert_string_equal(text, "0.1");
	number_shortest(text, -1e6);
	assert_string_equal(text, "-1000000");
	number_shortest(text, 1.0 / 3);
	assert_string_equal(text, "0.3333333333333333");
	number_fixed(text, sizeof(text), -0.001, 2);
	assert_string_equal(text, "0.00");
	random_state = 7;
	for (int i = 0; i < 20000; i++) {
		double v = (random_unit() - 0.5) *
			   pow(10, random_unit() * 600 - 300);

		number_shortest(text, v);
		assert_true(strtod(text, NULL) == v);
	}
}

static int forget_fonts(void **state)
{
	(void)state;
	canvas_forget_fonts();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_pdf_date),
		cmocka_unit_test(test_png_size),
		cmocka_unit_test(test_svg),
		cmocka_unit_test(test_svg_path),
		cmocka_unit_test(test_million),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_xpl),
		cmocka_unit_test(test_suffix),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_no_data),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, forget_fonts);
}
