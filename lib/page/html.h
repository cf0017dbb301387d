/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.h - write text in HTML: everything that comes from captures is escaped
 *
 * Markup is written with strbuf_puts(), everything else with these functions.
 */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include "base/strbuf.h"

/*
 * Append text for an element or a double-quoted attribute.  Control
 * characters, and bytes that are not UTF-8, become question marks.
 */
void html_text(struct strbuf *out, const char *text);

/* <TAG>text</TAG> */
void html_element(struct strbuf *out, const char *tag, const char *text);

#endif
