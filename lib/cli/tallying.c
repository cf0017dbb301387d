/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/tallying.h"

#include "check/examine.h"
#include "output/tally_rows.h"

static void forget_capture(struct tallying *t)
{
	if (!t->has_capture)
		return;
	token_index_release(&t->tokens);
	payload_facts_release(&t->facts);
	t->has_capture = false;
}

static int open_capture(void *ctx, struct session *session, struct error *err)
{
	struct tallying *t = ctx;
	int rc = 0;

	forget_capture(t);
	payload_facts_init(&t->facts);
	if (t->no_payload)
		payload_facts_refuse(&t->facts, "--no-payload was given");
	else
		rc = payload_facts_gather(&t->facts, session, err);
	token_index_make(&t->tokens, &session->trace);
	t->has_capture = true;
	return rc;
}

static size_t add_connection(void *ctx, struct report *report,
			     struct trace *trace, size_t capture,
			     struct connection *conn, void *made)
{
	struct tallying *t = ctx;
	struct check_context c;

	(void)report;
	(void)made;
	context_init(&c, trace, conn, &t->tokens, NULL, &t->facts);
	examine(&c);
	tally_add(&t->tally, &c, capture);
	t->failed |= fail_on_meets(t->fail_on, &c);
	context_release(&c);
	return 1;
}

static void report_rows(void *ctx, struct report *report)
{
	struct tallying *t = ctx;

	tally_rows_report(report, &t->tally);
}

void tallying_shape(struct tallying *t, struct batch *batch)
{
	struct report_options *report = batch->report;

	report->levels[0] = &check_tally;
	report->extra[0] = &check_tally_rules;
	report->singles[0] = &check_tally_of;
	report->text = &sink_tally;
	report->together = true;
	batch->open = open_capture;
	batch->connection = add_connection;
	batch->end = report_rows;
	batch->ctx = t;
}

void tallying_release(struct tallying *t)
{
	forget_capture(t);
	tally_release(&t->tally);
}
