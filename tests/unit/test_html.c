/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of captures in HTML: nothing of it is markup, and all is UTF-8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "page/html.h"

static void expect(const char *text, const char *want)
{
	struct strbuf out = STRBUF_INIT;

	html_text(&out, text);
	assert_string_equal(out.text, want);
	strbuf_release(&out);
}

static void test_markup(void **state)
{
	(void)state;
	expect("<a b=\"c\" d='e'>&amp;",
	       "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
}

/* The least and the greatest of each length. */
static void test_utf8(void **state)
{
	static const char *const texts[] = {
		"a~",
		"\xc2\x80\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		expect(texts[i], texts[i]);
}

static void test_other_bytes(void **state)
{
	(void)state;
	expect("\xc0\xafz", "??z"); /* a longer form than needed */
	expect("\xe0\x9f\xbfz", "???z");
	expect("\xf0\x8f\xbf\xbfz", "????z");
	expect("\xed\xa0\x80z", "???z");      /* a surrogate */
	expect("\xf4\x90\x80\x80z", "????z"); /* above U+10FFFF */
	expect("\xf5z\xff", "?z?");
	expect("\xe2\x82z", "??z"); /* without its end */
	expect("\xc3", "?");
	expect("\x80z", "?z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markup),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_other_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
