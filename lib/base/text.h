/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h - make text from captures, logs or file names safe to print: no
 * control characters, so no line breaks and no terminal escapes.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/* Replace control characters by question marks, in place. */
void text_make_plain(char *text);

/* Replace everything but printable ASCII by question marks, in place. */
void text_make_ascii(char *text);

#endif
