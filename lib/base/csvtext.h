/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csvtext.h - text as a field of comma-separated values (RFC 4180).
 */
#ifndef BASE_CSVTEXT_H
#define BASE_CSVTEXT_H

#include "base/strbuf.h"

/* Append n bytes of text, in quotes only where they are needed. */
void csvtext_append(struct strbuf *out, const char *text, size_t n);

/* The same at a place with room for CSVTEXT_MAX(n) bytes; no NUL.  Returns the
   place behind it. */
char *csvtext_put(char *to, const char *text, size_t n);

#define CSVTEXT_MAX(n) (2 * (n) + 2)

#endif
