/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document.h - a page as a file of its own: head, style and script around a
 * body
 *
 * Nothing is loaded from anywhere, and a Content-Security-Policy forbids it.
 * The style is style.css, with the colours of pictures by the reader's
 * preference, the script sort.js: a page without it has all but sorting.
 */
#ifndef PAGE_DOCUMENT_H
#define PAGE_DOCUMENT_H

#include "base/strbuf.h"

/* The page around "body". */
void document_put(struct strbuf *out, const char *title, const char *tool,
		  const struct strbuf *body);

#endif
