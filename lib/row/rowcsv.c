/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "row/rowcsv.h"

#include <endian.h>
#include <string.h>

#include "base/csvtext.h"
#include "base/num.h"

/* The format of a field, by its first character. */
enum look {
	ABSENT, /* empty */
	TAKEN,
	ODD /* left to field_parse() */
};

enum {
	CELL_MAX = CSVTEXT_MAX(FIELD_PUT_MAX) + 1 /* bytes, with a comma */
};

void rowcsv_init(struct rowcsv *csv)
{
	*csv = (struct rowcsv){ .n = 0 };
	for (int i = 0; i < FIELD_COUNT; i++)
		if (field_table[i].column)
			csv->columns[csv->n++] = (struct rowcsv_column){
				.id = (enum field_id)i, .field = &field_table[i]
			};
}

void rowcsv_header(const struct rowcsv *csv, struct strbuf *out)
{
	for (size_t i = 0; i < csv->n; i++) {
		if (i)
			strbuf_putc(out, ',');
		strbuf_puts(out, csv->columns[i].field->column);
	}
	strbuf_putc(out, '\n');
}

void rowcsv_print(const struct rowcsv *csv, const struct row *row,
		  struct strbuf *out)
{
	char *to = strbuf_room(out, csv->n * CELL_MAX);

	for (size_t i = 0; i < csv->n; i++) {
		if (csv->columns[i].id == FIELD_INTERFACE)
			to = csvtext_put(to, row->interface,
					 strlen(row->interface));
		else
			to = field_put(csv->columns[i].field, row, to);
		*to++ = ',';
	}
	to[-1] = '\n';
	strbuf_end(out, to);
}

/* Fields end at a comma, or at the newline that ends each line. */
static bool is_end(char c)
{
	return c == ',' || c == '\n';
}

static inline enum look take_number(const char **p, uint64_t max, uint64_t *out)
{
	const char *s = *p;
	uint64_t v = 0;
	unsigned digit = 0;

	if (is_end(*s))
		return ABSENT;
	while ((digit = (unsigned char)*s - '0') <= 9) {
		v = v * 10 + digit;
		s++;
	}
	if (s == *p || s - *p > 18 || !is_end(*s) || v > max)
		return ODD;
	*p = s;
	*out = v;
	return TAKEN;
}

static enum look take_time(const char **p, int64_t *out)
{
	const char *s = *p;
	int64_t v = 0, fraction = 0;
	unsigned digit = 0;
	int digits = 0;

	while ((digit = (unsigned char)*s - '0') <= 9 && s - *p < 10) {
		v = v * 10 + (int)digit;
		s++;
	}
	if (s == *p || *s != '.' || v > INT64_MAX / 1000000000 - 1)
		return is_end(**p) ? ABSENT : ODD;
	for (s++; digits < 9 && (digit = (unsigned char)*s - '0') <= 9; s++) {
		fraction = fraction * 10 + (int)digit;
		digits++;
	}
	if (digits < 9 || !is_end(*s))
		return ODD;
	*p = s;
	*out = v * 1000000000 + fraction;
	return TAKEN;
}

/* Values above 15: not a digit. */
static unsigned hex(char c)
{
	return (unsigned)num_hex_digit(c);
}

#define EACH_BYTE(x) (0x0101010101010101u * (x))

/* Eight lower-case digits at once; 0: there is something else. */
static int hex8(const char *s, uint8_t out[4])
{
	uint64_t text = 0, letters = 0, v = 0;
	uint32_t bytes = 0;

	memcpy(&text, s, sizeof(text));
	text = le64toh(text);
	letters = text >> 6 & EACH_BYTE(1);
	v = (text & EACH_BYTE(15)) + 9 * letters;
	/*
	 * They are digits if converting back gives the same text; letters are
	 * 10 to 15.
	 */
	if (v + EACH_BYTE('0') + ('a' - '0' - 10) * letters != text ||
	    (v >> 4 & EACH_BYTE(15)) != 0 ||
	    ((v + EACH_BYTE(6)) >> 4 & EACH_BYTE(1)) != letters)
		return 0;
	v = (v << 4 | v >> 8) & 0x00ff00ff00ff00ffu;
	v = (v | v >> 8) & 0x0000ffff0000ffffu;
	bytes = htole32((uint32_t)(v | v >> 16));
	memcpy(out, &bytes, sizeof(bytes));
	return 1;
}

static enum look take_hex16(const char **p, uint16_t *out)
{
	const char *s = *p;
	unsigned v = 0;
	int digits = 0;

	if (is_end(*s))
		return ABSENT;
	if (s[0] != '0' || s[1] != 'x')
		return ODD;
	for (s += 2; digits < 4 && hex(*s) < 16; s++, digits++)
		v = v << 4 | hex(*s);
	if (!digits || !is_end(*s))
		return ODD;
	*p = s;
	*out = (uint16_t)v;
	return TAKEN;
}

static enum look take_options(const char **p, const char *end, struct row *row)
{
	const char *s = *p;
	unsigned high = 0, low = 0;
	size_t n = 0;

	while (n + 4 <= ROW_OPTIONS_MAX && end - s >= 8 &&
	       hex8(s, row->options + n)) {
		n += 4;
		s += 8;
	}
	while (n < ROW_OPTIONS_MAX && (high = hex(s[0])) < 16 &&
	       (low = hex(s[1])) < 16) {
		row->options[n++] = (uint8_t)(high << 4 | low);
		s += 2;
	}
	if (!is_end(*s))
		return ODD;
	row->n_options = (uint8_t)n;
	*p = s;
	return n ? TAKEN : ABSENT;
}

static bool is_known(const struct rowcsv_text *known, const char *s,
		     const char *end)
{
	const size_t n = known->length;

	return n && (size_t)(end - s) >= n && is_end(s[n]) &&
	       memcmp(s, known->text, n) == 0;
}

/* Replace the older of the column's known texts. */
static enum look learn(struct rowcsv_column *c, const char *s)
{
	struct rowcsv_text *known = &c->known[!c->last];
	size_t n = 0;

	while (!is_end(s[n]) && s[n] != '"')
		n++;
	if (s[n] == '"' || n >= sizeof(known->text))
		return ODD;
	if (n == 0)
		return ABSENT;
	if (c->field->kind == FIELD_ADDRESS &&
	    address_parse(&known->address, s, n) < 0)
		return ODD;
	memset(known->text, 0, sizeof(known->text));
	memcpy(known->text, s, n);
	known->length = n;
	c->last = !c->last;
	return TAKEN;
}

/* Take one of the texts known for the column, which becomes its last one. */
static enum look take_text(struct rowcsv_column *c, const char **p,
			   const char *end)
{
	enum look look = TAKEN;

	if (!is_known(&c->known[c->last], *p, end)) {
		if (is_known(&c->known[!c->last], *p, end))
			c->last = !c->last;
		else
			look = learn(c, *p);
	}
	if (look == TAKEN)
		*p += c->known[c->last].length;
	return look;
}

/* Any other text, possibly in quotes (CSV). */
static int take_odd(enum field_id id, const char **p, const char *end,
		    struct row *row)
{
	char text[256];
	const char *s = *p;
	bool quoted = *s == '"';
	size_t n = 0;

	for (s += quoted; s < end && (quoted || !is_end(*s)); s++) {
		if (quoted && *s == '"' && *++s != '"')
			break; /* the closing quote, if the line is valid */
		if (n == sizeof(text))
			return -1;
		text[n++] = *s;
	}
	if (!is_end(*s) || (quoted && s[-1] != '"'))
		return -1;
	*p = s;
	return field_parse(id, text, n, row);
}

static enum look take_field(struct rowcsv_column *c, struct row *row,
			    const char **p, const char *end)
{
	const struct field *field = c->field;
	uint8_t *place = (uint8_t *)row + field->at;
	enum look look = ODD;
	uint64_t v = 0;

	switch (field->kind) {
	case FIELD_U8:
		look = take_number(p, UINT8_MAX, &v);
		*place = (uint8_t)v;
		break;
	case FIELD_U16:
		look = take_number(p, UINT16_MAX, &v);
		*(uint16_t *)(void *)place = (uint16_t)v;
		break;
	case FIELD_U32:
		look = take_number(p, UINT32_MAX, &v);
		*(uint32_t *)(void *)place = (uint32_t)v;
		break;
	case FIELD_HEX16: return take_hex16(p, (uint16_t *)(void *)place);
	case FIELD_SECONDS: return take_time(p, &row->time);
	case FIELD_ADDRESS:
		look = take_text(c, p, end);
		if (look == TAKEN)
			*(struct address *)place = c->known[c->last].address;
		break;
	case FIELD_TEXT:
		look = take_text(c, p, end);
		if (look == TAKEN)
			memcpy(place, c->known[c->last].text,
			       ROW_INTERFACE_TEXT);
		break;
	case FIELD_OCTETS: return take_options(p, end, row);
	case FIELD_TAIL: break;
	}
	return look;
}

int rowcsv_line(struct rowcsv *csv, const char *line, const char *end)
{
	struct row *row = &csv->row;
	const char *p = line;

	row_clear(row);
	for (size_t i = 0; i < csv->n; i++) {
		struct rowcsv_column *c = &csv->columns[i];

		if (i > 0 && *p++ != ',')
			return -1;
		switch (take_field(c, row, &p, end)) {
		case TAKEN: row->present |= c->field->present; break;
		case ABSENT: break;
		case ODD:
			if (take_odd(c->id, &p, end, row) < 0)
				return -1;
			break;
		}
	}
	return p == end && row_settle(row) == ROW_TCP ? 0 : -1;
}
