/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document.h - a page as a self-contained HTML file: head, style and script
 * around a body
 *
 * Nothing is loaded from elsewhere, which a Content-Security-Policy enforces.
 * The style is style.css, which follows the reader's preference for light or
 * dark colours.  The script sort.js only sorts tables; the page works without
 * it.
 */
#ifndef PAGE_DOCUMENT_H
#define PAGE_DOCUMENT_H

#include "base/strbuf.h"

/* Append the complete page with this body. */
void document_put(struct strbuf *out, const char *title, const char *tool,
		  const struct strbuf *body);

#endif
