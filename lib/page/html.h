/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html.h - text in a page: what comes from captures is escaped
 *
 * Markup is written with strbuf_puts(), as it stands in the source; all else
 * with these.
 */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include "base/strbuf.h"

/* Text, in an element or in an attribute between double quotes.  Control
   characters, and bytes that are no UTF-8, become question marks. */
void html_text(struct strbuf *out, const char *text);

/* <TAG>text</TAG> */
void html_element(struct strbuf *out, const char *tag, const char *text);

#endif
