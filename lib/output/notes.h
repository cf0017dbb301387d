/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * notes.h - why a number is missing, in plain sentences.
 */
#ifndef OUTPUT_NOTES_H
#define OUTPUT_NOTES_H

#include "base/strlist.h"
#include "model/summary.h"

/* What limits the numbers of a connection; nothing for an ordinary one. */
void notes_of_connection(const struct summary *s, struct strlist *out);

#endif
