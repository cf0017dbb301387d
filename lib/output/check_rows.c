/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/check_rows.h"

#include <inttypes.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

#define GETTER(name)                                                           \
	static void name(const void *row, struct value *out)                   \
	{                                                                      \
		const struct check_row *r = row;
#define END }

static void put_frames(struct value *out, const uint32_t *frames, size_t n,
		       int json)
{
	value_text(out, json ? "[" : "");
	for (size_t i = 0; i < n; i++)
		strbuf_printf(&out->text, "%s%" PRIu32,
			      i ? (json ? "," : " ") : "", frames[i]);
	if (!json)
		return;
	strbuf_putc(&out->text, ']');
	out->kind = VALUE_JSON;
}

/* clang-format off */

GETTER(verdict_question)
	value_text(out, question_name(r->verdict->question));
END

GETTER(verdict_answer)
	value_text(out, r->verdict->text);
END

GETTER(verdict_cause)
	value_text(out, r->verdict->cause);
END

GETTER(verdict_frames)
	put_frames(out, r->verdict->frames, r->verdict->n_frames, 1);
END

GETTER(verdict_certainty)
	value_text(out, certainty_name(r->verdict->certainty));
END

GETTER(verdict_alternatives)
	value_text(out, "[");
	for (size_t i = 0; i < r->verdict->n_alternatives; i++)
		strbuf_printf(&out->text, "%s\"%s\"", i ? "," : "",
			      r->verdict->alternatives[i]);
	strbuf_putc(&out->text, ']');
	out->kind = VALUE_JSON;
END

GETTER(result_rule)
	value_text(out, rule_get(r->finding->rule)->name);
END

GETTER(result_section)
	int v1 = r->context->conn->version != 0;

	value_text(out, "");
	strbuf_printf(&out->text, "RFC %s section %s", v1 ? "8684" : "6824",
		      rule_get(r->finding->rule)->section[v1]);
END

GETTER(result_severity)
	value_text(out, severity_name(r->finding->severity));
END

GETTER(result_result)
	value_text(out, result_name(finding_result(r->finding)));
END

GETTER(result_count)
	value_u64(out, r->finding->wrong);
END

GETTER(result_checked)
	value_u64(out, r->finding->right + r->finding->wrong);
END

GETTER(result_unchecked)
	value_u64(out, r->finding->unknown);
END

GETTER(result_frames)
	put_frames(out, r->finding->frames, r->finding->n_frames, 1);
END

GETTER(result_frames_text)
	if (r->finding->n_frames)
		put_frames(out, r->finding->frames, r->finding->n_frames, 0);
END

GETTER(result_text)
	value_text(out, finding_text(r->finding));
END

/* name, heading, JSON key, type, flags, help, getter, getter for the table */
static const struct column verdict_columns[] = {
	{ "connection", "CONN", "connection", COLUMN_COUNT, COLUMN_TABLE,
	  "number of the connection", get_connection, NULL },
	{ "question", NULL, "question", COLUMN_TEXT, COLUMN_TABLE,
	  "single_subflow, fallback, reset, aggregation or close",
	  verdict_question, NULL },
	{ "answer", NULL, "answer", COLUMN_TEXT, COLUMN_TABLE,
	  "a sentence", verdict_answer, NULL },
	{ "cause", NULL, "cause", COLUMN_TEXT, COLUMN_TABLE,
	  "the same in a word", verdict_cause, NULL },
	{ "frames", NULL, "frames", COLUMN_LIST, COLUMN_TABLE,
	  "frames that show it", verdict_frames, NULL },
	{ "certainty", NULL, "certainty", COLUMN_TEXT, COLUMN_TABLE,
	  "proven, likely or unknown", verdict_certainty, NULL },
	{ "alternatives", NULL, "alternatives", COLUMN_LIST, COLUMN_TABLE,
	  "causes that the frames allow, too", verdict_alternatives, NULL },
};

static const struct column result_columns[] = {
	{ "connection", "CONN", "connection", COLUMN_COUNT, COLUMN_TABLE,
	  "number of the connection", get_connection, NULL },
	{ "rule", NULL, "rule", COLUMN_TEXT, COLUMN_TABLE,
	  "name of the rule", result_rule, NULL },
	{ "section", NULL, "section", COLUMN_TEXT, 0,
	  "where it comes from", result_section, NULL },
	{ "severity", NULL, "severity", COLUMN_TEXT, COLUMN_TABLE,
	  "error, warning or note: of the worst found, else possible",
	  result_severity, NULL },
	{ "result", NULL, "result", COLUMN_TEXT, COLUMN_TABLE,
	  "ok, violated or not_checked", result_result, NULL },
	{ "count", "WRONG", "count", COLUMN_COUNT, COLUMN_TABLE,
	  "things that violate the rule", result_count, NULL },
	{ "checked", NULL, "checked", COLUMN_COUNT, COLUMN_TABLE,
	  "things that were judged", result_checked, NULL },
	{ "unchecked", NULL, "unchecked", COLUMN_COUNT, 0,
	  "things that the capture does not let judge", result_unchecked,
	  NULL },
	{ "frames", NULL, "frames", COLUMN_LIST, COLUMN_TABLE,
	  "the first frames that violate it", result_frames,
	  result_frames_text },
	{ "text", NULL, "text", COLUMN_TEXT, COLUMN_TABLE,
	  "what is wrong, why it was not checked, or what is right",
	  result_text, NULL },
};

/* clang-format on */

static void put_counters(const void *row, struct value *out, int host)
{
	const struct counter_row *r = row;

	value_text(out, "{");
	for (int id = 0; id < COUNTERS; id++) {
		const struct counter *c = &r->counters->of[id];

		strbuf_printf(&out->text, "%s\"%s\":", id ? "," : "",
			      counter_name((enum counter_id)id));
		if (c->unknown[host])
			strbuf_puts(&out->text, "null");
		else
			strbuf_printf(&out->text, "%" PRIu64, c->count[host]);
	}
	strbuf_putc(&out->text, '}');
	out->kind = VALUE_JSON;
}

static void counters_client(const void *row, struct value *out)
{
	put_counters(row, out, 0);
}

static void counters_server(const void *row, struct value *out)
{
	put_counters(row, out, 1);
}

static void counter_row_name(const void *row, struct value *out)
{
	const struct counter_row *r = row;

	value_text(out, counter_name(r->id));
}

static void put_counter(const void *row, struct value *out, int host)
{
	const struct counter_row *r = row;
	const struct counter *c = &r->counters->of[r->id];

	if (!c->unknown[host])
		value_u64(out, c->count[host]);
}

static void counter_client(const void *row, struct value *out)
{
	put_counter(row, out, 0);
}

static void counter_server(const void *row, struct value *out)
{
	put_counter(row, out, 1);
}

static const struct column counters_columns[] = {
	{ "client", NULL, "client", COLUMN_LIST, 0,
	  "counters of the clients' kernels", counters_client, NULL },
	{ "server", NULL, "server", COLUMN_LIST, 0,
	  "counters of the servers' kernels", counters_server, NULL },
};

static const struct column counter_columns[] = {
	{ "counter", NULL, "counter", COLUMN_TEXT, COLUMN_TABLE,
	  "as nstat prints it, behind MPTcpExt", counter_row_name, NULL },
	{ "client", NULL, "client", COLUMN_COUNT, COLUMN_TABLE,
	  "at the clients of the connections", counter_client, NULL },
	{ "server", NULL, "server", COLUMN_COUNT, COLUMN_TABLE,
	  "at their servers", counter_server, NULL },
};

const struct row_type check_verdict = { "verdict", "verdicts", verdict_columns,
					N(verdict_columns) };
const struct row_type check_result = { "check", "checks", result_columns,
				       N(result_columns) };
const struct row_type check_counters = { "counters", "counters",
					 counters_columns,
					 N(counters_columns) };
const struct row_type check_counter = { "counter", "counter_list",
					counter_columns, N(counter_columns) };
