/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * notes.h - sentences that explain why values of a connection are missing or
 * limited.
 */
#ifndef OUTPUT_NOTES_H
#define OUTPUT_NOTES_H

#include "base/strlist.h"
#include "model/summary.h"

/* Append the sentences; none for an ordinary connection. */
void notes_of_connection(const struct summary *s, struct strlist *out);

#endif
