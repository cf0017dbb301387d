/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page/document.h"

#include <sha2.h>

#include "chart/theme.h"
#include "page/html.h"

/* Made of style.css and sort.js by the Makefile. */
static const char *const style_lines[] = {
#include "page/style.css.inc"
};
static const char *const script_lines[] = {
#include "page/sort.js.inc"
};

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void put_lines(struct strbuf *out, const char *const *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strbuf_puts(out, lines[i]);
}

static void put_hex(struct strbuf *out, const struct colour *c)
{
	strbuf_printf(out, "#%02x%02x%02x", c->r, c->g, c->b);
}

/* Colours that are replaced in dark mode. */
static void put_pair(struct strbuf *out, const struct colour *light,
		     const struct colour *dark)
{
	static const char *const whats[] = { "fill", "stroke" };

	for (size_t i = 0; i < N(whats); i++) {
		strbuf_printf(out, "svg [%s=\"", whats[i]);
		put_hex(out, light);
		strbuf_printf(out, "\"]{%s:", whats[i]);
		put_hex(out, dark);
		strbuf_puts(out, "}\n");
	}
}

static void put_dark(struct strbuf *out)
{
	const struct theme *light = theme_of(CHART_LIGHT);
	const struct theme *dark = theme_of(CHART_DARK);

	strbuf_puts(out, "@media screen and (prefers-color-scheme: dark) {\n");
	put_pair(out, &light->background, &dark->background);
	put_pair(out, &light->ink, &dark->ink);
	put_pair(out, &light->muted, &dark->muted);
	put_pair(out, &light->axis, &dark->axis);
	put_pair(out, &light->grid, &dark->grid);
	put_pair(out, &light->accent, &dark->accent);
	for (size_t i = 0; i < PALETTE_SIZE; i++)
		put_pair(out, &light->palette[i], &dark->palette[i]);
	strbuf_puts(out, "}\n");
}

/* RFC 4648 section 4. */
static void put_base64(struct strbuf *out, const uint8_t *bytes, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		const size_t left = n - i < 3 ? n - i : 3;
		uint32_t word = 0;

		for (size_t k = 0; k < 3; k++)
			word = word << 8 | (k < left ? bytes[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			strbuf_putc(
				out,
				k > left ? '='
					 : digits[word >> (18 - 6 * k) & 63]);
	}
}

/* 'sha256-...' of the content of an element. */
static void put_hash(struct strbuf *out, const struct strbuf *text)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX c;

	SHA256Init(&c);
	SHA256Update(&c, (const uint8_t *)text->text, text->len);
	SHA256Final(digest, &c);
	strbuf_puts(out, "'sha256-");
	put_base64(out, digest, sizeof(digest));
	strbuf_puts(out, "'");
}

void document_put(struct strbuf *out, const char *title, const char *tool,
		  const struct strbuf *body)
{
	struct strbuf style = STRBUF_INIT, script = STRBUF_INIT;

	put_lines(&style, style_lines, N(style_lines));
	put_dark(&style);
	put_lines(&script, script_lines, N(script_lines));
	strbuf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
			 "<meta charset=\"utf-8\">\n"
			 "<meta http-equiv=\"Content-Security-Policy\" "
			 "content=\"default-src 'none'; style-src ");
	put_hash(out, &style);
	strbuf_puts(out, "; script-src ");
	put_hash(out, &script);
	strbuf_puts(out, "; base-uri 'none'; form-action 'none'\">\n"
			 "<meta name=\"viewport\" "
			 "content=\"width=device-width, initial-scale=1\">\n"
			 "<meta name=\"generator\" content=\"");
	html_text(out, tool);
	strbuf_puts(out, "\">\n");
	html_element(out, "title", title);
	strbuf_printf(out, "<style>%s</style>\n</head>\n<body>\n", style.text);
	strbuf_append(out, body->text, body->len);
	strbuf_puts(out, "<footer>Made by ");
	html_text(out, tool);
	strbuf_printf(out,
		      ".</footer>\n<script>%s</script>\n</body>\n</html>\n",
		      script.text);
	strbuf_release(&style);
	strbuf_release(&script);
}
