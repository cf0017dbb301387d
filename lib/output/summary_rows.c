/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections; summary_direction_rows.c and summary_subflow_rows.c have what is
   below them. */
#include <stdlib.h>

#include "output/notes.h"
#include "output/summary_getters.h"

void set_period(struct value *out, const struct period *p)
{
	if (p->known)
		value_ns(out, p->to - p->from);
}

void set_throughput(struct value *out, uint64_t bytes, const struct period *p)
{
	if (p->known)
		value_rate(out, bytes, p->to - p->from);
}

void set_holes(struct value *out, const struct coverage *c)
{
	value_json(out, "[");
	for (size_t i = 0; i < c->n_holes; i++)
		strbuf_printf(&out->text, "%s[%lld,%lld]", i ? "," : "",
			      (long long)c->holes[i].from,
			      (long long)c->holes[i].to);
	strbuf_putc(&out->text, ']');
}

static void set_notes(struct value *out, const struct strlist *notes)
{
	value_json(out, "[");
	for (size_t i = 0; i < notes->n; i++)
		strbuf_printf(&out->text, "%s\"%s\"", i ? "," : "",
			      notes->items[i]);
	strbuf_putc(&out->text, ']');
}

static const struct direction_summary *direction_at(const struct summary *s,
						    const struct summary_row *r)
{
	return s ? &s->direction[r->direction->direction] : NULL;
}

const struct direction_summary *at_sender(const struct summary_row *r)
{
	const enum direction d = r->direction->direction;

	return direction_at(summary_at_sender(r->summary, d), r);
}

const struct direction_summary *at_receiver(const struct summary_row *r)
{
	const enum direction d = r->direction->direction;

	return direction_at(summary_at_receiver(r->summary, d), r);
}

static const struct subflow_summary *flow_at(const struct summary *there,
					     const struct summary_row *r)
{
	const size_t here = (size_t)(r->subflow - r->direction->subflows);
	const size_t k = there ? summary_position(r->summary, there, here)
			       : SUMMARY_NOWHERE;

	return k == SUMMARY_NOWHERE ? NULL
				    : &direction_at(there, r)->subflows[k];
}

const struct subflow_summary *flow_at_sender(const struct summary_row *r)
{
	const enum direction d = r->direction->direction;

	return flow_at(summary_at_sender(r->summary, d), r);
}

const struct subflow_summary *flow_at_receiver(const struct summary_row *r)
{
	const enum direction d = r->direction->direction;

	return flow_at(summary_at_receiver(r->summary, d), r);
}

/* Connections. */

VALUE_GETTER(conn_vantage, value_text(out, vantage_name(r->summary->vantage)))
VALUE_GETTER(conn_vantage_surety,
	     value_text(out, vantage_surety_name(
				     r->summary->vantage_verdict.surety)))
VALUE_GETTER(conn_vantage_evidence,
	     set_notes(out, &r->summary->vantage_verdict.evidence))

GETTER(conn_notes)
{
	struct strlist notes = { .n = 0 };

	notes_of_connection(r->summary, &notes);
	set_notes(out, &notes);
	strlist_release(&notes);
}

/* clang-format off */

static const struct column connection_columns[] = {
	COLUMN("connection", "CONN", "id", COUNT, COLUMN_TABLE,
	       "number of the connection", get_connection),
	CAPTURE_COLUMNS,
	SAME("version", COUNT, "MPTCP version: 0 or 1", get_conn_version),
	COLUMN("state", NULL, "state", TEXT, COLUMN_LEVEL,
	     "state: established, fallback, incomplete or refused",
	     get_conn_state),
	SAME("fallback_cause", TEXT, "why it fell back to plain TCP",
	     get_conn_cause),
	SIDE_ADDRESS_COLUMNS(client),
	SIDE_TOKEN_COLUMN(client),
	SIDE_ADDRESS_COLUMNS(server),
	SIDE_TOKEN_COLUMN(server),
	COLUMN("subflows", "SUB", "subflow_count", COUNT,
	       COLUMN_LEVEL | COLUMN_SUM,
	       "number of subflows", get_conn_subflows),
	SAME("start_s", SECONDS, "first packet, since the start of the capture",
	     get_conn_start),
	COLUMN("duration_s", "TIME", "duration_s", SECONDS, COLUMN_LEVEL, "from the first packet to the last",
	     get_conn_duration),
	COLUMN("close", NULL, "close", TEXT, COLUMN_LEVEL, "how it ended", get_conn_close),
	SAME("vantage", TEXT,
	     "where it was captured: client, server or middle", conn_vantage),
	SAME("vantage_certainty", TEXT,
	     "certainty of that: proven, likely, unknown; given "
	     "(--captured-at)",
	     conn_vantage_surety),
	SAME("vantage_evidence", LIST,
	     "why, in sentences, the strongest sign first",
	     conn_vantage_evidence),
	SAME("filter", TEXT,
	     "Wireshark display filter for exactly this connection",
	     get_conn_filter),
	SAME("notes", LIST, "what limits the numbers, in sentences",
	     conn_notes),
};

/* clang-format on */

ROW_TYPE(summary_connection, "connection", "connections", connection_columns);

void summary_rows_flows(const struct summary_row *above,
			const struct arrivals *arrivals, summary_flow_fn *fn,
			void *ctx)
{
	const struct direction_summary *d = above->direction;
	struct summary_row row = *above;
	struct kept kept = { .moved = NULL };

	if (row.pairing)
		crossings_keep(row.pairing, arrivals, row.listing.conn,
			       d->direction, &kept);
	for (size_t k = 0; k < d->n_subflows; k++) {
		struct crossing_summary crossing;

		row.subflow = &d->subflows[k];
		row.listing.stream = row.subflow->stream;
		if (row.pairing) {
			crossing_summarize(row.pairing, &kept, row.listing.conn,
					   row.subflow->stream, d->direction,
					   &crossing);
			row.crossing = &crossing;
		}
		fn(ctx, &row);
	}
	kept_release(&kept);
}

static void report_flow(void *report, const struct summary_row *row)
{
	report_row(report, 2, &summary_subflow, row);
}

static void report_direction(struct report *report, struct summary_row row,
			     const struct arrivals *arrivals,
			     const struct direction_summary *direction)
{
	row.direction = direction;
	report_row(report, 1, &summary_direction, &row);
	summary_rows_flows(&row, arrivals, report_flow, report);
}

void summary_rows_report(struct report *report, const struct summary_row *row,
			 const struct arrivals *arrivals, const bool wanted[2])
{
	report_row(report, 0, &summary_connection, row);
	for (int d = 0; d < 2; d++)
		if (wanted[d])
			report_direction(report, *row, arrivals,
					 &row->summary->direction[d]);
}
