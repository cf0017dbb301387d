/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_text.h - any text as a JSON string.
 */
#ifndef OUTPUT_JSON_TEXT_H
#define OUTPUT_JSON_TEXT_H

#include <jansson.h>

/* The caller's; what is not UTF-8 (the name of a file may be anything) is made
   so. */
json_t *json_text(const char *s);

#endif
