/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/total_rows.h"

#include "output/define_columns.h"
#include "output/human.h"

#define ROW struct total_row

/* Their names are those of mptcp-summary's columns, where it has them. */
static const struct {
	const char *name;
	enum column_type type;
} quantities[TOTAL_QUANTITIES] = {
	[TOTAL_SUBFLOWS] = { "subflows", COLUMN_COUNT },
	[TOTAL_DURATION] = { "duration_s", COLUMN_SECONDS },
	[TOTAL_UNIQUE] = { "unique_bytes", COLUMN_BYTES },
	[TOTAL_USED_SUBFLOWS] = { "used_subflows", COLUMN_COUNT },
	[TOTAL_DATA_DURATION] = { "duration_s", COLUMN_SECONDS },
	[TOTAL_THROUGHPUT] = { "throughput_bps", COLUMN_RATE },
	[TOTAL_GOODPUT] = { "goodput_bps", COLUMN_RATE },
	[TOTAL_OVERHEAD] = { "overhead", COLUMN_RATIO },
#define LIMIT(name, state)                                                     \
	[TOTAL_LIMIT + LIMIT_##state] = { "limit_" #name "_s", COLUMN_SECONDS }
	LIMIT(starting, STARTING),
	LIMIT(outage, OUTAGE),
	LIMIT(receive_window, RECEIVE_WINDOW),
	LIMIT(application, APPLICATION),
	LIMIT(send_buffer, SEND_BUFFER),
	LIMIT(idle_path, IDLE_PATH),
	LIMIT(recovery, RECOVERY),
	LIMIT(stalled_path, STALLED_PATH),
	LIMIT(path, PATH),
};

VALUE_GETTER(total_quantity, value_text(out, quantities[r->quantity].name))
KNOWN_GETTER(total_towards, total_has_direction(r->quantity),
	     set_towards(out, r->towards))
VALUE_GETTER(total_n, value_u64(out, r->of.n))

static void set_number(const struct total_row *r, struct value *out,
		       int64_t sample)
{
	const double scale = total_scale(r->quantity);

	if (scale == 1)
		value_i64(out, sample);
	else
		value_real(out, (double)sample / scale);
}

/* For people. */
static void set_text(const struct total_row *r, struct value *out,
		     int64_t sample)
{
	const double value = (double)sample / total_scale(r->quantity);

	value_text(out, "");
	switch (quantities[r->quantity].type) {
	case COLUMN_SECONDS: human_duration(&out->text, sample); break;
	case COLUMN_BYTES: human_bytes(&out->text, (uint64_t)sample); break;
	case COLUMN_RATE: human_rate(&out->text, value); break;
	case COLUMN_RATIO: human_ratio(&out->text, value); break;
	default: strbuf_printf(&out->text, "%.6g", value);
	}
}

#define NUMBER_GETTERS(member)                                                 \
	KNOWN_GETTER(total_##member, r->of.n,                                  \
		     set_number(r, out, r->of.member))                         \
	KNOWN_GETTER(total_##member##_text, r->of.n,                           \
		     set_text(r, out, r->of.member))

NUMBER_GETTERS(min)
NUMBER_GETTERS(p50)
NUMBER_GETTERS(p95)
NUMBER_GETTERS(max)

static uint64_t sum_of(const struct total_row *r)
{
	const bool directed = total_has_direction(r->quantity);

	return r->totals->sum[r->quantity][directed ? r->towards : 0];
}

static bool has_sum(const struct total_row *r)
{
	return r->of.n && total_has_sum(r->quantity);
}

GETTER(total_sum)
{
	if (has_sum(r) && total_scale(r->quantity) == 1)
		value_u64(out, sum_of(r));
	else if (has_sum(r))
		value_real(out, (double)sum_of(r) / total_scale(r->quantity));
}

GETTER(total_sum_text)
{
	const uint64_t sum = sum_of(r);

	if (has_sum(r))
		set_text(r, out, sum < INT64_MAX ? (int64_t)sum : INT64_MAX);
}

GETTER(total_share)
{
	if (total_is_limit(r->quantity) && r->of.n)
		value_ratio(out, sum_of(r),
			    totals_limit_time(r->totals, r->towards));
}

KNOWN_GETTER(
	total_limited, total_is_limit(r->quantity) && r->of.n,
	value_u64(out,
		  r->totals->limited[r->quantity - TOTAL_LIMIT][r->towards]))

/* clang-format off */

#define NUMBER_COLUMN(member, help) \
	{ #member, NULL, #member, COLUMN_REAL, COLUMN_TABLE, help, \
	  total_##member, total_##member##_text }

static const struct column columns[] = {
	SHOWN("quantity", TEXT,
	      "what is distributed, with its unit: subflows and duration_s of "
	      "connections; unique_bytes, used_subflows (those with payload), "
	      "duration_s, throughput_bps, goodput_bps, overhead and the times "
	      "limit_starting_s to limit_path_s of directions",
	      total_quantity),
	COLUMN("towards", "TO", "towards", TEXT, COLUMN_TABLE,
	       "where the data goes: server or client; unknown where the "
	       "number is about the connection", total_towards),
	COLUMN("n", "CONNS", "n", COUNT, COLUMN_TABLE,
	       "connections for which it is known", total_n),
	NUMBER_COLUMN(min, "the least"),
	NUMBER_COLUMN(p50, "the median"),
	NUMBER_COLUMN(p95, "the 95th percentile"),
	NUMBER_COLUMN(max, "the largest"),
	{ "sum", NULL, "sum", COLUMN_REAL, COLUMN_TABLE,
	  "the sum; unknown for rates and ratios", total_sum,
	  total_sum_text },
	SHOWN("share", RATIO,
	      "for times in a state: its share in the times of all states",
	      total_share),
	SHOWN("limited", COUNT,
	      "for times in a state: connections that it limited, see limit",
	      total_limited),
};

/* clang-format on */

ROW_TYPE(summary_totals, "total", "totals", columns);

void total_rows_report(struct report *report, struct totals *totals,
		       const bool wanted[2])
{
	for (int q = 0; q < TOTAL_QUANTITIES; q++)
		for (int d = 0; d < 2; d++) {
			struct total_row row = {
				.quantity = (enum total_quantity)q,
				.towards = (enum direction)d,
				.totals = totals,
			};
			const bool directed = total_has_direction(row.quantity);

			if (directed ? !wanted[d] : d == TO_CLIENT)
				continue;
			totals_describe(totals, row.quantity, row.towards,
					&row.of);
			report_row(report, 0, &summary_totals, &row);
		}
}
