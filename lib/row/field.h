/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * field.h - the field table: what is asked of tshark, and what it becomes.
 *
 * This table alone knows a tshark field's name, the name of our column, its
 * type and its place in a row, whether a TCP packet must have it and which
 * versions of tshark are asked for it.  HACKING.md says what else a new one
 * needs.
 */
#ifndef ROW_FIELD_H
#define ROW_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "row/row.h"

/* Counts up whenever the table or the meaning of a column changes. */
enum {
	FIELD_TABLE_VERSION = 5
};

enum field_id {
	FIELD_FRAME,
	FIELD_TIME,
	FIELD_INTERFACE,
	FIELD_SRC,
	FIELD_DST,
	FIELD_IP_ID,
	FIELD_SPORT,
	FIELD_DPORT,
	FIELD_STREAM,
	FIELD_FLAGS,
	FIELD_SEQ,
	FIELD_ACK,
	FIELD_LEN,
	FIELD_HDR_LEN,
	FIELD_WINDOW,
	FIELD_OPTIONS,
	FIELD_TTL,
	FIELD_PACKET_TYPE,
	/* Of an ICMP message, which is no row, and of the capture as a whole;
	   never stored. */
	FIELD_ICMP_TYPE,
	FIELD_ICMP_CODE,
	FIELD_CAP_LEN,
	/* These only complete FIELD_OPTIONS, and are never stored. */
	FIELD_TAIL_DLL,
	FIELD_TAIL_CHECKSUM,
	FIELD_TAIL_SACK,
	FIELD_TAIL_HMAC,
	FIELD_TAIL_DACK,
	FIELD_TAIL_KEY,
	FIELD_TAIL_ID,
	FIELD_TAIL_SUBTYPE,
	FIELD_COUNT
};

/* Versions of tshark are numbered major * 10000 + minor * 100 + micro. */
#define TSHARK_VERSION(major, minor, micro)                                    \
	((major)*10000u + (minor)*100u + (micro))

/* What a field is made of, in tshark's output and in struct row. */
enum field_kind {
	FIELD_U8, /* decimal */
	FIELD_U16,
	FIELD_U32,
	FIELD_HEX16,   /* 0x0012 */
	FIELD_SECONDS, /* with nanoseconds, since 1970: row.time */
	FIELD_ADDRESS,
	FIELD_TEXT,   /* row.interface */
	FIELD_OCTETS, /* in hexadecimal: row.options */
	FIELD_TAIL    /* it completes row.options (tshark_row.h) */
};

struct field {
	const char *tshark; /* field, or "a or b": whichever is there */
	const char *column; /* in the cache; NULL: not stored */
	enum field_kind kind;
	size_t at;	  /* place in struct row, bytes */
	unsigned present; /* the bit of row.present that tells whether the
			     packet has it; 0: none does */
	bool required;	  /* every TCP packet has it */
	unsigned until;	  /* asked of versions of tshark below this; 0: of
			     all */
	bool later;	  /* exports of version 0.1.0 do not have it */
	const char *help;
};

extern const struct field field_table[FIELD_COUNT];

/* For people: "integer", "address", "hex", ... */
const char *field_type_name(enum field_kind kind);

/* Is the field asked of this version of tshark? */
bool field_wanted(const struct field *field, unsigned version);

/*
 * Take the text of one field into the row; an empty text means that the packet
 * does not have it.  Of several values ("outer,inner": tunnels, ICMP errors)
 * the last one counts, but for the name of an interface; ROW_TUNNEL and
 * icmp_from tell of the others.  Not for FIELD_TAIL_ (tshark_row.h).  Returns
 * -1 when the text is not of the field's type; a time that no clock can have
 * had is none, and the row is left without.
 */
int field_parse(enum field_id id, const char *text, size_t n, struct row *row)
	__attribute__((warn_unused_result));

/* The opposite, for the cache: append the text, nothing when absent. */
void field_print(enum field_id id, const struct row *row, struct strbuf *out);

/* The same at a place with room for FIELD_PUT_MAX bytes; no NUL.  Returns the
   place behind it. */
char *field_put(const struct field *field, const struct row *row, char *to);

enum {
	FIELD_PUT_MAX = 2 * ROW_OPTIONS_MAX
};

#endif
