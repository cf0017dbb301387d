/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h - text from elsewhere, made fit to be shown: one line, no escapes.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/* Put question marks for control characters. */
void text_make_plain(char *text);

/* The same for all that is no printable ASCII. */
void text_make_ascii(char *text);

#endif
