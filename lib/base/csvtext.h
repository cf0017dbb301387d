/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csvtext.h - text as a field of comma-separated values (RFC 4180).
 *
 * A field that contains a comma, a quote, a line break or a blank is put in
 * double quotes (readers may strip blanks otherwise), and quotes in it are
 * doubled.
 */
#ifndef BASE_CSVTEXT_H
#define BASE_CSVTEXT_H

#include "base/strbuf.h"

/* Append n bytes of text as one field, with quotes only where needed. */
void csvtext_append(struct strbuf *out, const char *text, size_t n);

/*
 * Write the field to "to", which has room for CSVTEXT_MAX(n) bytes.  No NUL is
 * written.  Returns the address behind the last byte.
 */
char *csvtext_put(char *to, const char *text, size_t n);

#define CSVTEXT_MAX(n) (2 * (n) + 2)

#endif
