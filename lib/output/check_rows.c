/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/check_rows.h"

#include <inttypes.h>

#include "output/define_columns.h"

#define ROW struct check_row

/* For people. */
static void put_frames(struct value *out, const struct trace *t,
		       const uint32_t *frames, size_t n)
{
	value_text(out, "");
	for (size_t i = 0; i < n; i++)
		strbuf_printf(&out->text, "%s%s", i ? " " : "",
			      origins_text(&t->info.origins, frames[i]).text);
}

VALUE_GETTER(verdict_question,
	     value_text(out, question_name(r->verdict->question)))
VALUE_GETTER(verdict_answer, value_text(out, r->verdict->text))
VALUE_GETTER(verdict_cause, value_text(out, r->verdict->cause))
VALUE_GETTER(verdict_frames,
	     set_frames(out, r->context->trace, r->verdict->frames,
			r->verdict->n_frames))
KNOWN_GETTER(verdict_frames_text, r->verdict->n_frames,
	     put_frames(out, r->context->trace, r->verdict->frames,
			r->verdict->n_frames))
VALUE_GETTER(verdict_files,
	     set_frames_files(out, r->context->trace, r->verdict->frames,
			      r->verdict->n_frames))
VALUE_GETTER(verdict_certainty,
	     value_text(out, certainty_name(r->verdict->certainty)))

GETTER(verdict_alternatives)
{
	value_json(out, "[");
	for (size_t i = 0; i < r->verdict->n_alternatives; i++)
		strbuf_printf(&out->text, "%s\"%s\"", i ? "," : "",
			      r->verdict->alternatives[i]);
	strbuf_putc(&out->text, ']');
}

VALUE_GETTER(result_rule, value_text(out, rule_get(r->finding->rule)->name))

GETTER(result_section)
{
	bool v1 = r->context->conn->version != 0;

	value_text(out, "");
	strbuf_printf(&out->text, "RFC %s section %s", v1 ? "8684" : "6824",
		      rule_get(r->finding->rule)->section[v1]);
}

VALUE_GETTER(result_severity,
	     value_text(out, severity_name(r->finding->severity)))
VALUE_GETTER(result_result,
	     value_text(out, result_name(finding_result(r->finding))))
VALUE_GETTER(result_count, value_u64(out, r->finding->wrong))
VALUE_GETTER(result_checked,
	     value_u64(out, r->finding->right + r->finding->wrong))
VALUE_GETTER(result_unchecked, value_u64(out, r->finding->unknown))
VALUE_GETTER(result_frames,
	     set_frames(out, r->context->trace, r->finding->frames,
			r->finding->n_frames))
VALUE_GETTER(result_files,
	     set_frames_files(out, r->context->trace, r->finding->frames,
			      r->finding->n_frames))
KNOWN_GETTER(result_frames_text, r->finding->n_frames,
	     put_frames(out, r->context->trace, r->finding->frames,
			r->finding->n_frames))
VALUE_GETTER(result_text, value_text(out, finding_text(r->finding)))

/* clang-format off */

static const struct column verdict_columns[] = {
	CONNECTION_COLUMN,
	SHOWN("question", TEXT,
	      "the question: single_subflow, fallback, reset, aggregation, "
	      "limit, outage, close or kernel", verdict_question),
	SHOWN("cause", TEXT, "the cause, in a word", verdict_cause),
	SHOWN("certainty", TEXT, "how certain it is: proven, likely or unknown",
	      verdict_certainty),
	COLUMN("answer", NULL, "answer", TEXT, COLUMN_TABLE | COLUMN_CUT,
	       "the answer, in a sentence", verdict_answer),
	{ "frames", NULL, "frames", COLUMN_LIST, COLUMN_TABLE,
	  "frames that show it", verdict_frames, verdict_frames_text },
	SAME("files", LIST,
	     "the files of these frames, where several files are one capture",
	     verdict_files),
	SAME("alternatives", LIST, "other causes that the frames allow",
	     verdict_alternatives),
};

static const struct column result_columns[] = {
	CONNECTION_COLUMN,
	SHOWN("rule", TEXT, "name of the rule", result_rule),
	SAME("section", TEXT, "section of the RFC that it comes from",
	     result_section),
	SHOWN("severity", TEXT,
	      "severity of the worst violation found, else of the worst "
	      "possible: error, warning or note", result_severity),
	SHOWN("result", TEXT, "result: ok, violated or not_checked",
	      result_result),
	COLUMN("count", "WRONG", "count", COUNT, COLUMN_TABLE,
	       "number of violations", result_count),
	SHOWN("checked", COUNT, "number of cases that were checked",
	      result_checked),
	SAME("unchecked", COUNT,
	     "number of cases that cannot be checked in this capture",
	     result_unchecked),
	{ "frames", NULL, "frames", COLUMN_LIST, COLUMN_TABLE,
	  "the first frames that violate it, 16 at most", result_frames,
	  result_frames_text },
	SAME("files", LIST,
	     "the files of these frames, where several files are one capture",
	     result_files),
	SHOWN("text", TEXT,
	      "what is wrong, why it was not checked, or what the rule demands",
	      result_text),
};

/* clang-format on */

#undef ROW
#define ROW struct counter_row

/* "MPTcpExtMPJoinSynRx", as nstat prints it. */
static void set_nstat_name(struct value *out, const char *name)
{
	value_text(out, NSTAT_MPTCP);
	strbuf_puts(&out->text, name);
}

static void set_counters(struct value *out, const struct counters *counters,
			 int host)
{
	value_json(out, "{");
	for (int id = 0; id < COUNTERS; id++) {
		const struct counter *c = &counters->of[id];

		strbuf_printf(&out->text, "%s\"%s\":", id ? "," : "",
			      counter_name((enum counter_id)id));
		if (c->unknown[host])
			strbuf_puts(&out->text, "null");
		else
			strbuf_printf(&out->text, "%" PRIu64, c->count[host]);
	}
	strbuf_putc(&out->text, '}');
}

VALUE_GETTER(counters_client, set_counters(out, r->counters, 0))
VALUE_GETTER(counters_server, set_counters(out, r->counters, 1))
VALUE_GETTER(counter_row_name, value_text(out, counter_name(r->id)))
VALUE_GETTER(counter_row_nstat, set_nstat_name(out, counter_name(r->id)))

static void set_counter(struct value *out, const struct counter *c, int host)
{
	if (!c->unknown[host])
		value_u64(out, c->count[host]);
}

VALUE_GETTER(counter_client, set_counter(out, &r->counters->of[r->id], 0))
VALUE_GETTER(counter_server, set_counter(out, &r->counters->of[r->id], 1))

static void put_kernel(struct strbuf *out, const struct kernel_counter *c,
		       bool reasons)
{
	const char *comma = out->len > 1 ? "," : "";
	const char *reason = counter_reason_name(c->reason);

	if (reasons && !reason)
		return;
	strbuf_printf(out, "%s\"%s\":", comma, c->name);
	if (reasons)
		strbuf_printf(out, "\"%s\"", reason);
	else if (c->has_kernel)
		strbuf_printf(out, "%" PRIu64, c->kernel);
	else
		strbuf_puts(out, "null");
}

/* Of all counters, by name: those of the kernel, or why they differ. */
static void set_kernels(struct value *out, const struct counter_row *r,
			int host, bool reasons)
{
	struct kernel_counter c;
	size_t i = 0;

	if (!r->kernel[host])
		return;
	value_json(out, "{");
	for (int id = 0; id < COUNTERS; id++) {
		c = kernel_counters_compare(r->kernel[host], r->counters,
					    (enum counter_id)id);
		put_kernel(&out->text, &c, reasons);
	}
	while (kernel_counters_next_other(r->kernel[host], &i, &c))
		put_kernel(&out->text, &c, reasons);
	strbuf_putc(&out->text, '}');
}

VALUE_GETTER(kernels_client, set_kernels(out, r, 0, false))
VALUE_GETTER(kernels_server, set_kernels(out, r, 1, false))
VALUE_GETTER(kernels_both, set_kernels(out, r, HOST_BOTH, false))
VALUE_GETTER(reasons_client, set_kernels(out, r, 0, true))
VALUE_GETTER(reasons_server, set_kernels(out, r, 1, true))
VALUE_GETTER(reasons_both, set_kernels(out, r, HOST_BOTH, true))

/* clang-format off */

static const struct column counters_columns[] = {
	SAME("client", LIST, "counters of the clients' kernels",
	     counters_client),
	SAME("server", LIST, "counters of the servers' kernels",
	     counters_server),
	SAME("kernel_client", LIST, "what the client's kernel counted",
	     kernels_client),
	SAME("kernel_server", LIST, "what the server's kernel counted",
	     kernels_server),
	SAME("why_client", LIST, "those of the client that differ, and why",
	     reasons_client),
	SAME("why_server", LIST, "those of the server that differ, and why",
	     reasons_server),
	SAME("kernel_both", LIST,
	     "what the kernel of the host that is both ends counted",
	     kernels_both),
	SAME("why_both", LIST,
	     "those that differ from client and server together, and why",
	     reasons_both),
};

static const struct column counter_columns[] = {
	{ "counter", NULL, NULL, COLUMN_TEXT, COLUMN_TABLE,
	  "its name, as nstat prints it after MPTcpExt; in full in the table",
	  counter_row_name, counter_row_nstat },
	SHOWN("client", COUNT, "at the clients of the connections",
	      counter_client),
	SHOWN("server", COUNT, "at the servers of the connections",
	      counter_server),
	COLUMN("nstat", NULL, NULL, TEXT, 0, "its name as nstat prints it",
	       counter_row_nstat),
};

#undef ROW
#define ROW struct nstat_row

/* clang-format on */

VALUE_GETTER(nstat_counter, value_text(out, r->counter->name))
VALUE_GETTER(nstat_counter_nstat, set_nstat_name(out, r->counter->name))
VALUE_GETTER(nstat_host, value_text(out, kernel_host_name(r->host)))
KNOWN_GETTER(nstat_capture, r->counter->has_capture,
	     value_u64(out, r->counter->capture))
KNOWN_GETTER(nstat_kernel, r->counter->has_kernel,
	     value_u64(out, r->counter->kernel))
KNOWN_GETTER(nstat_difference,
	     r->counter->has_capture && r->counter->has_kernel,
	     value_i64(out,
		       (int64_t)(r->counter->kernel - r->counter->capture)))
VALUE_GETTER(nstat_why,
	     value_text(out, counter_reason_text(r->counter->reason)))

/* clang-format off */

static const struct column nstat_columns[] = {
	SHOWN("host", TEXT, "whose counter: that of the client, the server, or both, where "
	      "one host is both ends",
	      nstat_host),
	{ "counter", NULL, NULL, COLUMN_TEXT, COLUMN_TABLE,
	  "its name, as nstat prints it after MPTcpExt; in full in the table",
	  nstat_counter, nstat_counter_nstat },
	SHOWN("capture", COUNT, "what the capture shows", nstat_capture),
	SHOWN("kernel", COUNT, "what the kernel counted", nstat_kernel),
	SHOWN("difference", COUNT, "kernel minus capture",
	      nstat_difference),
	SHOWN("why", TEXT, "why they differ", nstat_why),
	COLUMN("nstat", NULL, NULL, TEXT, 0, "its name as nstat prints it",
	       nstat_counter_nstat),
};

/* clang-format on */

ROW_TYPE(check_nstat, "nstat", "nstat", nstat_columns);
ROW_TYPE(check_verdict, "verdict", "verdicts", verdict_columns);
ROW_TYPE(check_result, "check", "checks", result_columns);
ROW_TYPE(check_counters, "counters", "counters", counters_columns);
ROW_TYPE(check_counter, "counter", "counter_list", counter_columns);
