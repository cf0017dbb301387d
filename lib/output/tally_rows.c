/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/tally_rows.h"

#include "output/define_columns.h"

#define ROW struct tally_row

VALUE_GETTER(tally_question,
	     value_text(out, question_name(r->item->kind.question)))
VALUE_GETTER(tally_cause, value_text(out, r->item->kind.cause))
VALUE_GETTER(tally_certainty,
	     value_text(out, certainty_name(r->item->kind.certainty)))
VALUE_GETTER(tally_rule, value_text(out, rule_get(r->item->kind.rule)->name))
VALUE_GETTER(tally_severity,
	     value_text(out, severity_name(r->item->kind.severity)))
VALUE_GETTER(tally_connections, value_u64(out, r->item->connections))
VALUE_GETTER(tally_share,
	     value_ratio(out, r->item->connections, r->tally->connections))
VALUE_GETTER(tally_times, value_u64(out, r->item->times))
VALUE_GETTER(tally_capture, value_u64(out, r->item->example.capture))
VALUE_GETTER(tally_path, value_text(out, r->item->example.path))
VALUE_GETTER(tally_connection, value_u64(out, r->item->example.connection))
KNOWN_GETTER(tally_frame, r->item->example.frame,
	     value_u64(out, r->item->example.frame))
VALUE_GETTER(tally_file, value_text(out, r->item->example.file))
VALUE_GETTER(tally_text, value_text(out, r->item->example.text))
VALUE_GETTER(tally_of, value_u64(out, r->tally->connections))

/* clang-format off */

#define EXAMPLE_COLUMNS(what) \
	COLUMN("capture", NULL, "example.capture", COUNT, 0, \
	       "the first example: number of its capture, from 0", \
	       tally_capture), \
	COLUMN("capture_path", "CAPTURE", "example.capture_path", TEXT, \
	       COLUMN_MULTI, "the capture of the example", tally_path), \
	COLUMN("connection", "CONN", "example.connection", COUNT, \
	       COLUMN_TABLE, "number of its connection there", \
	       tally_connection), \
	COLUMN("frame", NULL, "example.frame", COUNT, COLUMN_TABLE, \
	       "the first frame that shows it", tally_frame), \
	COLUMN("file", NULL, "example.file", TEXT, 0, \
	       "the file of this frame", tally_file), \
	COLUMN("text", NULL, "example.text", TEXT, 0, what, tally_text)

static const struct column columns[] = {
	SHOWN("question", TEXT,
	      "the question: single_subflow, fallback, reset, aggregation, "
	      "limit, outage or close", tally_question),
	SHOWN("cause", TEXT, "the cause, in a word", tally_cause),
	SHOWN("certainty", TEXT,
	      "how certain it is: proven, likely or unknown", tally_certainty),
	COLUMN("connections", "CONNS", "connections", COUNT, COLUMN_TABLE,
	       "connections with that answer", tally_connections),
	SHOWN("share", RATIO, "share in all connections examined",
	      tally_share),
	COLUMN("verdicts", NULL, "verdicts", COUNT, 0,
	       "verdicts with this cause; a connection can have several",
	       tally_times),
	EXAMPLE_COLUMNS("its answer, in a sentence"),
};

static const struct column rule_columns[] = {
	SHOWN("rule", TEXT, "name of the rule", tally_rule),
	SHOWN("severity", TEXT,
	      "severity of the worst found: error, warning or note",
	      tally_severity),
	COLUMN("connections", "CONNS", "connections", COUNT, COLUMN_TABLE,
	       "connections that violate it", tally_connections),
	SHOWN("share", RATIO, "share in all connections examined",
	      tally_share),
	COLUMN("count", NULL, "count", COUNT, 0,
	       "number of violations", tally_times),
	EXAMPLE_COLUMNS("what is wrong there"),
};

static const struct column of_columns[] = {
	SAME("connections", COUNT, "connections examined", tally_of),
};

/* clang-format on */

ROW_TYPE(check_tally, "tally", "tally", columns);
ROW_TYPE(check_tally_rules, "rule", "rule_tally", rule_columns);
ROW_TYPE(check_tally_of, "tallied", "tallied", of_columns);

static void report_list(struct report *report, const struct row_type *type,
			const struct tallies *tally,
			const struct tally_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct tally_row row = { .tally = tally,
					       .item = &list->items[i] };

		report_row(report, 0, type, &row);
	}
}

void tally_rows_report(struct report *report, struct tallies *tally)
{
	const struct tally_row of = { .tally = tally };

	tally_sort(tally);
	report_row(report, 0, &check_tally_of, &of);
	report_list(report, &check_tally, tally, &tally->verdicts);
	report_list(report, &check_tally_rules, tally, &tally->rules);
}
