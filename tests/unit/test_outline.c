/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An outline comes back as it was stored, or is refused as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "load/outline.h"

enum {
	STREAMS = 3
};

/* The lines that the tests damage: how they begin, and which of those. */
struct place {
	const char *kind;
	int line; /* 0 is the line of names */
};

static const struct place first_stream = { "\nstream,", 1 },
			  second_stream = { "\nstream,", 2 },
			  plain_stream = { "\nstream,", 3 },
			  connection = { "\nconnection,", 1 };

static void make_stream(struct stream *s, uint32_t number)
{
	s->tcp_stream = number;
	s->n = 10 + number;
	s->first_frame = number + 1;
	s->first_time = -5;
	s->last_time = INT64_MAX;
	s->interface = (int)number % 3 - 1;
	s->version = -1;
	s->connection = -1;
	s->client.address =
		(struct address){ { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, 16 };
	s->client.port = UINT16_MAX;
	s->side[0].has_isn = 1;
	s->side[0].isn = UINT32_MAX;
	s->side[1].wscale = UINT8_MAX;
	s->key[1] = UINT64_MAX;
	memset(s->hmac[0], 0xa5, sizeof(s->hmac[0]));
	s->bytes[1].of[BYTE_CLASSES - 1] = 77;
}

/* Two subflows of one connection, and a stream of none. */
static void make(struct trace *t)
{
	struct connection *c = NULL;

	trace_init(t, 1);
	packets_add_interface(&t->packets, "eth0");
	packets_add_interface(&t->packets, "a,\"b\"\nc");
	t->n_streams = STREAMS;
	t->streams = mem_calloc(STREAMS, sizeof(*t->streams));
	for (uint32_t i = 0; i < STREAMS; i++)
		make_stream(&t->streams[i], 2 * i);
	t->streams[0].n_also = 2;
	t->streams[0].also = mem_calloc(2, sizeof(uint32_t));
	t->streams[0].also[0] = 1;
	t->streams[0].also[1] = UINT32_MAX;
	t->streams[0].connection = t->streams[1].connection = 0;
	t->streams[1].position = 1;
	t->n_connections = 1;
	t->connections = c = mem_calloc(1, sizeof(*c));
	c->n_subflows = 2;
	c->subflows = mem_calloc(2, sizeof(*c->subflows));
	c->subflows[1] = 1;
	c->side[0].key = 1;
	c->acked[1] = UINT64_MAX;
}

static char *print(const struct trace *t)
{
	struct strbuf text = STRBUF_INIT;

	outline_print(t, &text);
	return strbuf_detach(&text);
}

static char *sample(void)
{
	struct trace t;
	char *text = NULL;

	make(&t);
	text = print(&t);
	trace_release(&t);
	return text;
}

static void back_and_forth(void **state)
{
	char *text = sample(), *again = NULL;
	struct trace t;

	(void)state;
	trace_init(&t, 1);
	assert_int_equal(outline_parse(&t, text, strlen(text)), 0);
	assert_int_equal(t.n_streams, STREAMS);
	assert_int_equal(t.streams[0].n_also, 2);
	assert_true(t.streams[0].also[1] == UINT32_MAX);
	assert_int_equal(t.streams[0].interface, -1);
	assert_true(t.streams[0].first_time == -5);
	assert_true(t.streams[0].last_time == INT64_MAX);
	assert_int_equal(t.streams[2].connection, -1);
	assert_int_equal(t.connections[0].subflows[1], 1);
	assert_string_equal(t.packets.interfaces.items[1], "a,\"b\"\nc");
	again = print(&t);
	assert_string_equal(again, text);
	trace_release(&t);
	free(again);
	free(text);
}

/* A stream that Wireshark split is found by each of its numbers. */
static void streams_by_their_numbers(void **state)
{
	struct trace t;

	(void)state;
	make(&t);
	assert_ptr_equal(trace_find_stream(&t, 0), &t.streams[0]);
	assert_ptr_equal(trace_find_stream(&t, 1), &t.streams[0]);
	assert_ptr_equal(trace_find_stream(&t, 2), &t.streams[1]);
	assert_ptr_equal(trace_find_stream(&t, UINT32_MAX), &t.streams[0]);
	assert_null(trace_find_stream(&t, 3));
	trace_release(&t);
}

static void nothing_to_list(void **state)
{
	struct trace t;
	char *text = NULL;

	(void)state;
	trace_init(&t, 1);
	text = print(&t);
	assert_int_equal(outline_parse(&t, text, strlen(text)), 0);
	assert_int_equal(t.n_streams + t.n_connections, 0);
	trace_release(&t);
	free(text);
}

/* It is refused, and the trace is one that an outline can be parsed into. */
static void refuse(const char *text, size_t n, const char *what)
{
	char *exact = mem_calloc(n, 1); /* whoever reads on reads too far */
	struct trace t;

	memcpy(exact, text, n);
	trace_init(&t, 1);
	if (outline_parse(&t, exact, n) == 0)
		fail_msg("taken for an outline: %s", what);
	assert_int_equal(t.n_streams, 0);
	assert_int_equal(t.n_connections, 0);
	assert_int_equal(t.packets.interfaces.n, 0);
	assert_null(t.streams);
	assert_null(t.connections);
	trace_release(&t);
	free(exact);
}

static void what_is_cut_is_refused(void **state)
{
	char *text = sample();

	(void)state;
	for (size_t n = 0; n < strlen(text); n++)
		refuse(text, n, "one that is cut");
	free(text);
}

/* The text without [from, to), and with something else there. */
static char *replaced(const char *text, const char *from, const char *to,
		      const char *by)
{
	return mem_printf("%.*s%s%s", (int)(from - text), text, by, to);
}

static const char *find_line(const char *text, const struct place *place)
{
	for (int i = 0; i <= place->line; i++) {
		text = strstr(text, place->kind);
		assert_non_null(text);
		text++;
	}
	return text;
}

/* The field of that number in the line, *end behind it; or NULL. */
static const char *find_field(const char *line, size_t field, const char **end)
{
	for (; field > 0; field--) {
		line += strcspn(line, ",\n");
		if (*line != ',')
			return NULL;
		line++;
	}
	*end = line + strcspn(line, ",\n");
	return line;
}

static void refuse_field(const char *text, const struct place *place,
			 size_t field, const char *by)
{
	const char *line = find_line(text, place), *end = NULL;
	const char *from = find_field(line, field, &end);
	char *what = mem_printf("line %d of %s field %zu is '%s'", place->line,
				place->kind + 1, field, by);
	char *changed = NULL;

	assert_non_null(from);
	changed = replaced(text, from, end, by);
	refuse(changed, strlen(changed), what);
	free(changed);
	free(what);
}

static void every_member_is_checked(void **state)
{
	static const struct place *const places[] = { &first_stream,
						      &plain_stream,
						      &connection };
	const char *const too_long = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
				     "xxxxxxxxxxxxxxxxxxxxx";
	char *text = sample();

	(void)state;
	for (size_t p = 0; p < sizeof(places) / sizeof(*places); p++) {
		const char *line = find_line(text, places[p]), *end = NULL;

		for (size_t i = 0; find_field(line, i, &end); i++)
			refuse_field(text, places[p], i, too_long);
	}
	free(text);
}

static void no_field_more_or_less(void **state)
{
	static const struct place *const places[] = { &first_stream,
						      &plain_stream,
						      &connection };
	char *text = sample();

	(void)state;
	for (size_t p = 0; p < sizeof(places) / sizeof(*places); p++) {
		const char *line = find_line(text, places[p]), *end = NULL;
		const char *from = NULL;

		for (size_t i = 0; (from = find_field(line, i, &end)); i++) {
			char *more = replaced(text, from, from, ",");
			char *less =
				*end == ',' ? replaced(text, from, end + 1, "")
					    : replaced(text, from - 1, end, "");

			refuse(more, strlen(more), "a field more");
			refuse(less, strlen(less), "a field less");
			free(more);
			free(less);
		}
	}
	free(text);
}

/* The number of the field that the line of names calls so. */
static size_t field_of(const char *text, const char *kind, const char *name)
{
	const struct place names = { kind, 0 };
	const char *line = find_line(text, &names), *end = NULL, *from = NULL;

	for (size_t i = 0; (from = find_field(line, i, &end)); i++)
		if ((size_t)(end - from) == strlen(name) &&
		    strncmp(from, name, strlen(name)) == 0)
			return i;
	fail_msg("no field is called %s", name);
	return 0;
}

static void numbers_that_lead_astray(void **state)
{
	static const struct {
		const struct place *place;
		const char *name, *value;
	} bad[] = {
		{ &first_stream, "client.port", "65536" },
		{ &first_stream, "key[0]", "18446744073709551616" },
		{ &first_stream, "key[0]", "-1" },
		{ &first_stream, "first_time", "-" },
		{ &first_stream, "hmac[0]", "a5" },
		{ &first_stream, "roles_known", "2" },
		{ &first_stream, "also", "1;4294967296" },
		{ &first_stream, "also", ";1" },
		{ &first_stream, "interface", "2" },
		{ &first_stream, "interface", "-2" },
		{ &first_stream, "n", "" },
		{ &first_stream, "kind", "4" },
		{ &first_stream, "kind", "-1" },
		{ &first_stream, "end", "11" },
		{ &first_stream, "connection", "1" },
		{ &first_stream, "connection", "-1" },
		{ &first_stream, "connection", "-2" },
		{ &first_stream, "position", "1" },
		{ &second_stream, "tcp_stream", "" },
		{ &second_stream, "tcp_stream", "4" },
		{ &plain_stream, "connection", "" },
		{ &plain_stream, "connection", "-2" },
		{ &connection, "id", "1" },
		{ &connection, "state", "4" },
		{ &connection, "cause", "10" },
		{ &connection, "grouping", "2" },
		{ &connection, "close", "11" },
		{ &connection, "subflows", "" },
		{ &connection, "subflows", "0" },
		{ &connection, "subflows", "1;0" },
		{ &connection, "subflows", "0;1;2" },
		{ &connection, "subflows", "0;3" },
	};
	char *text = sample();

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refuse_field(text, bad[i].place,
			     field_of(text, bad[i].place->kind, bad[i].name),
			     bad[i].value);
	free(text);
}

static void refuse_with(const char *text, const char *old, const char *by)
{
	const char *from = strstr(text, old);
	char *changed = NULL;

	assert_non_null(from);
	changed = replaced(text, from, from + strlen(old), by);
	refuse(changed, strlen(changed), by);
	free(changed);
}

static void the_lines_around_are_checked(void **state)
{
	char *text = sample(), *older = NULL, *end = NULL;
	char *first = mem_printf("outline,%d,2,3,1\n", OUTLINE_VERSION);

	(void)state;
	older = mem_printf("outline,%d,2,3,1\n", OUTLINE_VERSION - 1);
	refuse_with(text, first, older);
	refuse_with(text, ",2,3,1\n", ",2,3,1,5\n");
	refuse_with(text, ",2,3,1\n", ",2,3\n");
	refuse_with(text, ",2,3,1\n", ",2,x,1\n");
	refuse_with(text, ",2,3,1\n", ",2,999999999999,1\n");
	refuse_with(text, ",2,3,1\n", ",2,2,1\n");
	refuse_with(text, ",2,3,1\n", ",2,4,1\n");
	refuse_with(text, ",2,3,1\n", ",1,3,1\n");
	refuse_with(text, ",2,3,1\n", ",3,3,1\n");
	refuse_with(text, ",2,3,1\n", ",2,3,0\n");
	refuse_with(text, ",2,3,1\n", ",2,3,2\n");
	refuse_with(text, "\ninterface,", "\ninterfaces,");
	refuse_with(text, "interface,65", "interface,6x");
	refuse_with(text, ",eth0\n", ",eth1\n");
	refuse_with(text, "\nstream,tcp_stream,", "\nstream,stream,");
	refuse_with(text, ",subflows\n", ",streams\n");
	refuse_with(text, "\nconnection,,", "\nconnections,,");
	end = mem_printf("%s\n", text);
	refuse(end, strlen(end), "an empty line more");
	free(end);
	free(older);
	free(first);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(back_and_forth),
		cmocka_unit_test(streams_by_their_numbers),
		cmocka_unit_test(nothing_to_list),
		cmocka_unit_test(what_is_cut_is_refused),
		cmocka_unit_test(every_member_is_checked),
		cmocka_unit_test(no_field_more_or_less),
		cmocka_unit_test(numbers_that_lead_astray),
		cmocka_unit_test(the_lines_around_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
