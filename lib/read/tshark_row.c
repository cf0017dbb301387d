/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/tshark_row.h"

#include <string.h>

#include "base/num.h"

/* What tshark appends to a text that it truncates. */
static const char ellipsis[] = "\xe2\x80\xa6";

/* What it prints if the bytes of a field were not captured. */
static const char not_captured[] = "<MISSING>";

enum {
	TCP_HEADER = 20, /* bytes without options */
	KIND_EOL = 0,
	KIND_NOP = 1,
	KIND_SACK = 5,
	KIND_MPTCP = 30,
	DSS = 2,
	ADD_ADDR = 3,
	REMOVE_ADDR = 4,
	CAPABLE = 0,
	NO_SUBTYPE = 16
};

/* Values of the FIELD_TAIL_ columns; bits in "have" tell which exist. */
struct tail {
	unsigned have; /* 1 << (field_id - FIELD_TAIL_DLL) */
	uint64_t value[FIELD_COUNT - FIELD_TAIL_DLL];
};

void tshark_layout_init(struct tshark_layout *layout, unsigned tshark_version)
{
	layout->n = 0;
	for (int i = 0; i < FIELD_COUNT; i++)
		if (field_wanted(&field_table[i], tshark_version))
			layout->fields[layout->n++] = (enum field_id)i;
}

void tshark_layout_arguments(const struct tshark_layout *layout,
			     struct strlist *argv)
{
	struct strbuf columns = STRBUF_INIT;

	strlist_add(argv, "-T");
	strlist_add(argv, "tabs");
	strbuf_puts(&columns, "gui.column.format:");
	for (size_t i = 0; i < layout->n; i++)
		strbuf_printf(&columns, "%s\"%zu\",\"%%Cus:%s:0:U\"",
			      i ? "," : "", i,
			      field_table[layout->fields[i]].tshark);
	strlist_add(argv, "-o");
	strlist_add(argv, columns.text);
	strbuf_release(&columns);
}

/*
 * Texts that tshark before 3.6 prints instead of a number.  Messages that are
 * not errors, and other subtypes, only have to differ from these.
 */
static const struct {
	enum field_id field;
	const char *word;
	const char *number;
} words[] = {
	{ FIELD_ICMP_TYPE, "Destination unreachable", "3" },
	{ FIELD_ICMP_TYPE, "Source quench (flow control)", "4" },
	{ FIELD_ICMP_TYPE, "Redirect", "5" },
	{ FIELD_ICMP_TYPE, "Time-to-live exceeded", "11" },
	{ FIELD_ICMP_TYPE, "Parameter problem", "12" },
	{ FIELD_ICMP_TYPE, "Destination Unreachable", "1" }, /* ICMPv6 */
	{ FIELD_ICMP_TYPE, "Packet Too Big", "2" },
	{ FIELD_ICMP_TYPE, "Time Exceeded", "3" },
	{ FIELD_ICMP_TYPE, "Parameter Problem", "4" },
	{ FIELD_PACKET_TYPE, "Unicast to us", "0" },
	{ FIELD_PACKET_TYPE, "Broadcast", "1" },
	{ FIELD_PACKET_TYPE, "Multicast", "2" },
	{ FIELD_PACKET_TYPE, "Unicast to another host", "3" },
	{ FIELD_PACKET_TYPE, "Sent by us", "4" },
	{ FIELD_TAIL_SUBTYPE, "Multipath Capable", "0" },
	{ FIELD_TAIL_SUBTYPE, "Join Connection", "1" },
	{ FIELD_TAIL_SUBTYPE, "Data Sequence Signal", "2" },
	{ FIELD_TAIL_SUBTYPE, "Add Address", "3" },
	{ FIELD_TAIL_SUBTYPE, "Remove Address", "4" },
	{ FIELD_TAIL_SUBTYPE, "Change Subflow Priority", "5" },
	{ FIELD_TAIL_SUBTYPE, "TCP Fallback", "6" },
	{ FIELD_TAIL_SUBTYPE, "Fast Close", "7" },
};

/* Replace the last of several words by the number. */
static void replace_word(enum field_id id, const char **text, size_t *n)
{
	static const char other[] = "255";
	const char *comma = memrchr(*text, ',', *n);
	const char *word = comma ? comma + 1 : *text;
	const size_t length = (size_t)(*text + *n - word);

	if ((id != FIELD_ICMP_TYPE && id != FIELD_PACKET_TYPE &&
	     id != FIELD_TAIL_SUBTYPE) ||
	    length == 0 || (word[0] >= '0' && word[0] <= '9'))
		return;
	*text = other;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].field == id && strlen(words[i].word) == length &&
		    memcmp(words[i].word, word, length) == 0)
			*text = words[i].number;
	*n = strlen(*text);
}

static int parse_tail(enum field_id id, const char *text, size_t n,
		      struct tail *tail)
{
	const char *comma = memrchr(text, ',', n);
	uint64_t *value = &tail->value[id - FIELD_TAIL_DLL];
	bool hex = false;

	if (n == 0)
		return 0;
	if (comma) {
		n -= (size_t)(comma + 1 - text);
		text = comma + 1;
	}
	hex = n > 2 && text[0] == '0' && text[1] == 'x';
	if ((hex ? num_hex(text, n, UINT64_MAX, value)
		 : num_u64(text, n, UINT64_MAX, value)) < 0)
		return -1;
	tail->have |= 1u << (id - FIELD_TAIL_DLL);
	return 0;
}

/* Write a big-endian value that ends at bytes[end]. */
static void put(uint8_t *bytes, size_t from, size_t end, uint64_t value)
{
	for (size_t i = end; i > from; i--, value >>= 8)
		bytes[i - 1] = (uint8_t)value;
}

static bool has(const struct tail *tail, enum field_id id)
{
	return tail->have >> (id - FIELD_TAIL_DLL) & 1;
}

/*
 * The option at "at" begins within the "known" bytes but its end, at "end",
 * lies beyond.  Complete it from the named columns: 0, or -1 if they lack it.
 * Returns 2 if only the last two bytes are missing: tshark before 4.4 has no
 * column for the checksum of a DSS, and an option without it is still useful
 * (tcpopt.h treats it as a DSS with unknown checksum).
 */
static int complete_option(uint8_t *o, size_t at, size_t known, size_t end,
			   const struct tail *tail)
{
	const uint64_t *v = tail->value;
	size_t subtype = at + 2 < known ? o[at + 2] >> 4 : 16;

	if (o[at] == KIND_SACK && end - known <= 4 &&
	    has(tail, FIELD_TAIL_SACK)) {
		put(o, end - 4, end, v[FIELD_TAIL_SACK - FIELD_TAIL_DLL]);
		return 0;
	}
	if (o[at] == KIND_MPTCP && subtype == DSS && at + 3 < known &&
	    (o[at + 3] & 5) == 1 && end == at + (o[at + 3] & 2 ? 12 : 8) &&
	    has(tail, FIELD_TAIL_DACK)) {
		put(o, known, end, v[FIELD_TAIL_DACK - FIELD_TAIL_DLL]);
		return 0;
	}
	if (o[at] == KIND_MPTCP && subtype == DSS && at + 3 < known &&
	    has(tail, FIELD_TAIL_DLL)) {
		size_t flags = o[at + 3];
		size_t dll = at + 4 + (flags & 1 ? (flags & 2 ? 8 : 4) : 0) +
			     (flags & 8 ? 8 : 4) + 4;

		if (!(flags & 4) || dll < at + 8 || known < dll)
			return -1;
		if (end == dll + 4) {
			if (has(tail, FIELD_TAIL_CHECKSUM))
				put(o, dll + 2, dll + 4,
				    v[FIELD_TAIL_CHECKSUM - FIELD_TAIL_DLL]);
			put(o, dll, dll + 2, v[0]);
			return has(tail, FIELD_TAIL_CHECKSUM) ? 0 : 2;
		} else if (end != dll + 2) {
			return -1;
		}
		put(o, dll, dll + 2, v[0]);
		return 0;
	}
	if (o[at] == KIND_MPTCP && subtype == ADD_ADDR && end - known <= 8 &&
	    end - at >= 16 && has(tail, FIELD_TAIL_HMAC)) {
		put(o, end - 8, end, v[FIELD_TAIL_HMAC - FIELD_TAIL_DLL]);
		return 0;
	}
	if (o[at] == KIND_MPTCP && subtype == CAPABLE && end == at + 20 &&
	    end - known <= 8 && has(tail, FIELD_TAIL_KEY)) {
		put(o, end - 8, end, v[FIELD_TAIL_KEY - FIELD_TAIL_DLL]);
		return 0;
	}
	return -1;
}

/*
 * The 36 bytes end with a complete option, and the last four bytes are
 * missing.  They are a REMOVE_ADDR with one id if the last MPTCP option has
 * that subtype and none is among the bytes; padding if the last MPTCP option
 * is among the bytes, or there is none.  "subtype" is that of the last MPTCP
 * option in the bytes.
 */
static void append_rest(struct row *row, size_t known, size_t subtype,
			const struct tail *tail)
{
	const uint8_t removal[] = { KIND_MPTCP, 4, REMOVE_ADDR << 4 };

	size_t last = has(tail, FIELD_TAIL_SUBTYPE)
			      ? tail->value[FIELD_TAIL_SUBTYPE - FIELD_TAIL_DLL]
			      : NO_SUBTYPE;

	if (known + 4 != ROW_OPTIONS_MAX || (row->flags & TCP_SYN))
		return;
	if (last == subtype) { /* nothing else fits into four bytes */
		memset(row->options + known, KIND_NOP, 4);
		row->n_options = ROW_OPTIONS_MAX;
		return;
	}
	if (last != REMOVE_ADDR || !has(tail, FIELD_TAIL_ID))
		return;
	memcpy(row->options + known, removal, sizeof(removal));
	row->options[known + 3] =
		(uint8_t)tail->value[FIELD_TAIL_ID - FIELD_TAIL_DLL];
	row->n_options = ROW_OPTIONS_MAX;
}

/*
 * tshark before 4.4 shows only the first 36 bytes.  Walk over the options up
 * to there; an option across the limit is completed; at most two bytes after
 * it can only be padding.  In case of doubt the options stay truncated, which
 * row_settle() marks.
 */
static void restore_options(struct row *row, const struct tail *tail)
{
	size_t known = row->n_options, at = 0, subtype = NO_SUBTYPE;
	size_t total =
		row->hdr_len > TCP_HEADER ? row->hdr_len - TCP_HEADER : 0;

	if (total <= known || total > ROW_OPTIONS_MAX)
		return;
	while (at < known) {
		size_t length = 1;

		if (row->options[at] == KIND_EOL)
			return;
		if (row->options[at] != KIND_NOP) {
			if (at + 1 >= known)
				return;
			length = row->options[at + 1];
			if (length < 2 || at + length > total)
				return;
		}
		if (at + length > known) {
			uint8_t whole[ROW_OPTIONS_MAX];
			int missing = 0;

			memset(whole, KIND_NOP, sizeof(whole));
			memcpy(whole, row->options, known);
			missing = complete_option(whole, at, known, at + length,
						  tail);
			if (missing < 0 || total - (at + length) > 2)
				return;
			if (missing)
				total = at + length - (size_t)missing;
			memcpy(row->options, whole, total);
			row->n_options = (uint8_t)total;
			return;
		}
		if (row->options[at] == KIND_MPTCP && length > 2)
			subtype = row->options[at + 2] >> 4;
		at += length;
	}
	if (total == ROW_OPTIONS_MAX)
		append_rest(row, known, subtype, tail);
}

enum row_kind tshark_row_parse(const struct tshark_layout *layout,
			       const char *line, size_t n, struct row *row)
{
	struct tail tail = { .have = 0 };
	const char *end = line + n;
	enum row_kind what = ROW_BAD;
	bool cut = false;

	row_clear(row);
	for (size_t i = 0; i < layout->n; i++) {
		enum field_id id = layout->fields[i];
		const char *tab = memchr(line, '\t', (size_t)(end - line));
		size_t len = (size_t)((tab ? tab : end) - line);
		const char *text = line;

		if (!tab && i + 1 < layout->n)
			return ROW_BAD;
		if (len == sizeof(not_captured) - 1 &&
		    memcmp(line, not_captured, len) == 0)
			len = 0;
		if (id == FIELD_OPTIONS && len >= sizeof(ellipsis) - 1 &&
		    memcmp(line + len - (sizeof(ellipsis) - 1), ellipsis,
			   sizeof(ellipsis) - 1) == 0) {
			len -= sizeof(ellipsis) - 1;
			cut = true;
		}
		replace_word(id, &text, &len);
		if (id == FIELD_INTERFACE && row_is_nameless(text, len))
			len = 0;
		if ((id >= FIELD_TAIL_DLL
			     ? parse_tail(id, text, len, &tail)
			     : field_parse(id, text, len, row)) < 0)
			return ROW_BAD;
		line = tab ? tab + 1 : end;
	}
	if (line != end || !(row->present & ROW_HAS_FRAME))
		return ROW_BAD;
	if (cut)
		restore_options(row, &tail);
	what = row_settle(row);
	if (!cut && (row->present & ROW_OPTIONS_CUT))
		row->present |= ROW_SNAPPED;
	return what;
}
