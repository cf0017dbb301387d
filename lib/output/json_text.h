/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_text.h - a JSON string from any text.
 */
#ifndef OUTPUT_JSON_TEXT_H
#define OUTPUT_JSON_TEXT_H

#include <jansson.h>

/*
 * A new string, owned by the caller.  Bytes that are not UTF-8, as in some
 * file names, are replaced.
 */
json_t *json_text(const char *s);

#endif
