/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rowparse.h - one line of tshark's "-T tabs" output into a struct row.
 *
 * Also restores the end of the TCP options where tshark cut their text (see
 * FIELD_TAIL_* in field.h).
 */
#ifndef INPUT_ROWPARSE_H
#define INPUT_ROWPARSE_H

#include <stddef.h>

#include "input/field.h"
#include "input/row.h"

/* The order of the columns on a line. */
struct rowparse {
	enum field_id fields[FIELD_COUNT];
	size_t n;
};

/* The fields that this version of tshark is asked for, in table order. */
void rowparse_init(struct rowparse *layout, unsigned tshark_version);

enum rowparse_result {
	ROWPARSE_BAD = -1,	/* not a line of this layout */
	ROWPARSE_OTHER = 0,	/* a packet without TCP; frame and time are set
				   as far as they are known */
	ROWPARSE_TCP = 1,	/* a TCP packet */
	ROWPARSE_MALFORMED = 2, /* TCP whose header does not make sense */
	ROWPARSE_ICMP = 3	/* an ICMP error that quotes a TCP packet */
};

/* Parse n bytes (without the newline). */
enum rowparse_result rowparse_line(const struct rowparse *layout,
				   const char *line, size_t n, struct row *row);

/*
 * Settle what follows from several fields together; every reader calls it for
 * a row whose fields are all in.  Says whether the row is a TCP packet.
 */
enum rowparse_result rowparse_finish(struct row *row);

#endif
