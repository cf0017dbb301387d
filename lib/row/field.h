/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * field.h - the table of fields: which values are requested from tshark, and
 * where they are stored.
 *
 * Only this table knows the name of a tshark field, the name of our column,
 * its type and position in a row, whether every TCP packet has it, and from
 * which versions of tshark it is requested.  HACKING.md tells how to add a
 * field.
 */
#ifndef ROW_FIELD_H
#define ROW_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "row/row.h"

/* Increase it whenever the table or the meaning of a column changes. */
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
	/*
	 * Values of ICMP messages, which are not rows, and of the capture as a
	 * whole; never stored.
	 */
	FIELD_ICMP_TYPE,
	FIELD_ICMP_CODE,
	FIELD_CAP_LEN,
	/* Only used to complete FIELD_OPTIONS; never stored. */
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

/* The format in tshark's output and the type in struct row. */
enum field_kind {
	FIELD_U8, /* decimal */
	FIELD_U16,
	FIELD_U32,
	FIELD_HEX16,   /* 0x0012 */
	FIELD_SECONDS, /* since 1970, with nanoseconds: row.time */
	FIELD_ADDRESS,
	FIELD_TEXT,   /* row.interface */
	FIELD_OCTETS, /* hexadecimal: row.options */
	FIELD_TAIL    /* completes row.options (tshark_row.h) */
};

struct field {
	const char *tshark; /* field name, or "a or b": the one that exists */
	const char *column; /* name in the cache; NULL: not stored */
	enum field_kind kind;
	size_t at;	  /* offset in struct row */
	unsigned present; /* bit of row.present that tells whether the packet
			     has it; 0: none */
	bool required;	  /* every TCP packet has it */
	unsigned until;	  /* requested only from versions of tshark below this;
			     0: from all */
	bool later;	  /* missing in exports of version 0.1.0 */
	const char *help;
};

extern const struct field field_table[FIELD_COUNT];

/* The type for people: "integer", "address", "hex", ... */
const char *field_type_name(enum field_kind kind);

/* Whether the field is requested from this version of tshark. */
bool field_wanted(const struct field *field, unsigned version);

/*
 * Parse the text of a field into the row; an empty text means that the packet
 * does not have it.  If there are several values ("outer,inner": tunnels, ICMP
 * errors) the last one is used, except for interface names; ROW_TUNNEL and
 * icmp_from tell about the others.  Not for FIELD_TAIL_ fields (tshark_row.h).
 * -1 if the text is not of the field's type.  An implausible time is ignored:
 * the row has none then.
 */
int field_parse(enum field_id id, const char *text, size_t n, struct row *row)
	__attribute__((warn_unused_result));

/* The inverse, for the cache: append the text, nothing if absent. */
void field_print(enum field_id id, const struct row *row, struct strbuf *out);

/*
 * The same into a buffer with room for FIELD_PUT_MAX bytes; no NUL.  Returns
 * the position behind it.
 */
char *field_put(const struct field *field, const struct row *row, char *to);

enum {
	FIELD_PUT_MAX = 2 * ROW_OPTIONS_MAX
};

#endif
