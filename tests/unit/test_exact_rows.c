/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each column that the cache and exports have comes back from the packet table
 * and what is kept beside it: a new field that is forgotten there is found
 * here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "load/exact_rows.h"
#include "row/rowcsv.h"

enum {
	ROWS = 60
};

/* A text of the field's kind, another one for each row and field. */
static void put_value(struct strbuf *out, const struct field *field, int id,
		      unsigned k)
{
	const unsigned odd = 1 + (unsigned)id * 7 + k;

	switch (field->kind) {
	case FIELD_U8:
	case FIELD_U16:
	case FIELD_U32: strbuf_printf(out, "%u", odd); break;
	case FIELD_HEX16: strbuf_printf(out, "0x%04x", odd << 5); break;
	case FIELD_OCTETS: strbuf_printf(out, "0101%02x%02x", odd, k); break;
	case FIELD_TEXT: strbuf_printf(out, "eth%u", k % 3); break;
	case FIELD_SECONDS:
	case FIELD_ADDRESS:
	case FIELD_TAIL: break;
	}
}

/* Streams of different ends; a file that is not in order of time. */
static void put_fixed(struct strbuf *out, enum field_id id, unsigned k)
{
	const unsigned stream = k % 4, back = k / 4 % 2;

	switch (id) {
	case FIELD_FRAME: strbuf_printf(out, "%u", k + 1); break;
	case FIELD_TIME: strbuf_printf(out, "17.%09u", (k * 37) % ROWS); break;
	case FIELD_SRC:
		strbuf_printf(out, "10.0.0.%u", back ? 200 : stream + 1);
		break;
	case FIELD_DST:
		strbuf_printf(out, "10.0.0.%u", back ? stream + 1 : 200);
		break;
	case FIELD_SPORT: strbuf_puts(out, back ? "80" : "1234"); break;
	case FIELD_DPORT: strbuf_puts(out, back ? "1234" : "80"); break;
	case FIELD_STREAM: strbuf_printf(out, "%u", stream); break;
	case FIELD_FLAGS: strbuf_puts(out, "0x0010"); break;
	default: break;
	}
}

static void make_row(struct row *row, unsigned k)
{
	struct strbuf text = STRBUF_INIT;

	row_clear(row);
	for (int id = 0; id < FIELD_COUNT; id++) {
		const struct field *field = &field_table[id];

		if (!field->column)
			continue;
		strbuf_clear(&text);
		put_fixed(&text, (enum field_id)id, k);
		/* Now and then what a packet may lack is not there. */
		if (!text.len && (field->required || k % 5))
			put_value(&text, field, id, k);
		assert_int_equal(field_parse((enum field_id)id, text.text,
					     text.len, row),
				 0);
	}
	strbuf_release(&text);
	assert_int_equal(row_settle(row), ROW_TCP);
}

static void every_column_comes_back(void **state)
{
	struct strbuf wanted = STRBUF_INIT, found = STRBUF_INIT;
	struct exact_rows exact = { .n = 0 };
	struct error err = ERROR_INIT;
	struct trace trace;
	struct rowcsv csv;
	struct row row;

	(void)state;
	rowcsv_init(&csv);
	trace_init(&trace, 1);
	for (unsigned k = 0; k < ROWS; k++) {
		make_row(&row, k);
		rowcsv_print(&csv, &row, &wanted);
		exact_rows_append(&exact, &row);
		assert_int_equal(packets_append(&trace.packets, &row, &err), 0);
	}
	exact_rows_settle(&exact, &trace.packets);
	trace_build(&trace);
	assert_int_equal(exact.n, ROWS);
	for (unsigned k = 0; k < ROWS; k++) {
		exact_rows_get(&exact, &trace, k, &row);
		rowcsv_print(&csv, &row, &found);
	}
	assert_string_equal(found.text, wanted.text);
	exact_rows_release(&exact);
	trace_release(&trace);
	strbuf_release(&wanted);
	strbuf_release(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_column_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
