/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-check - what is wrong with the connections of a capture, and why. */
#include <getopt.h>
#include <string.h>

#include "base/num.h"
#include "check/examine.h"
#include "check/payload_facts.h"
#include "check/problem.h"
#include "cli/capacity.h"
#include "cli/fail_option.h"
#include "cli/kernel_logs.h"
#include "cli/kernel_nstat.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/tallying.h"
#include "output/check_frames.h"

enum {
	OPT_ALL = 0x100,
	OPT_COUNTERS,
	OPT_NO_PAYLOAD,
	OPT_TALLY,
	OPT_MONITOR,
	OPT_CAPACITY,
	OPT_NSTAT,
	OPT_FAIL_ON,
	OPT_LIST_CAUSES,
	OPT_VERDICTS,
	OPT_PROBLEMS,
	OPT_FILTER,
	OPT_CONTEXT
};

enum {
	AROUND_MAX = 1000
};

static const struct opt_spec specs[] = {
	{ OPT_ALL, "all", NULL, "list also the rules that passed" },
	{ OPT_VERDICTS, "verdicts", NULL,
	  "print verdicts as rows, without rules" },
	{ OPT_PROBLEMS, "problems", NULL, "print only problems" },
	{ OPT_FILTER, "filter", NULL,
	  "print a Wireshark display filter for the frames" },
	{ OPT_CONTEXT, "context", "N",
	  "show N frames before and after each named frame" },
	{ OPT_COUNTERS, "counters", NULL,
	  "print the counters of the kernels instead" },
	{ OPT_TALLY, "tally", NULL,
	  "count causes and rules over all connections" },
	{ OPT_NO_PAYLOAD, "no-payload", NULL, "do not read the payload" },
	{ OPT_MONITOR, "monitor", "FILE",
	  "compare with \"ip mptcp monitor\" output in FILE" },
	{ OPT_NSTAT, "nstat", "FILES",
	  "compare counters with the output of nstat in FILES" },
	{ OPT_CAPACITY, "capacity", "RATES",
	  "set capacities of paths, as tcp0=30M,tcp1=10M" },
	{ 'e', "fail-error", NULL, "exit with status 1 when there are errors" },
	{ OPT_FAIL_ON, "fail-on", "WORDS",
	  "exit with status 1 on error, warning, verdict=CAUSE" },
	{ OPT_LIST_CAUSES, "list-causes", NULL,
	  "list the causes of verdicts, and exit" },
	{ 0, NULL, NULL, NULL },
};

struct options {
	struct cli cli;
	bool all, counters, tally, no_payload;
	bool verdicts, problems, filter, has_around;
	uint64_t around; /* --context */
	struct fail_on fail_on;
	struct kernel_logs logs;
	struct kernel_nstats nstats;
	struct capacities capacities;
};

/* What is looked at: one capture, or two. */
struct subject {
	struct options *opt;
	struct loaded captures;
	struct pairing pairing; /* of two */
};

static int read_payload(struct subject *s, struct payload_facts *facts,
			struct error *err)
{
	if (!s->opt->no_payload)
		return payload_facts_gather(facts, &s->captures.session[0],
					    err);
	payload_facts_refuse(facts, "--no-payload was given");
	return 0;
}

static void report_connection(const struct options *opt, struct report *report,
			      const struct check_context *c)
{
	struct check_row row = { .listing = { c->trace, 0, c->conn, NULL },
				 .context = c };

	for (size_t k = 0; k < c->verdicts.n; k++) {
		row.verdict = &c->verdicts.items[k];
		if (!opt->problems || problem_is_verdict(row.verdict))
			report_row(report, 0, &check_verdict, &row);
	}
	row.verdict = NULL;
	for (int r = 0; r < RULES && !opt->verdicts; r++) {
		row.finding = &c->findings[r];
		if (!context_has_rule(c, (enum rule_id)r))
			continue; /* that version of the protocol has it not */
		if (!opt->problems || problem_is_finding(row.finding))
			report_row(report, 0, &check_result, &row);
	}
}

/* What neither the kernel nor the capture has is not worth a line. */
static void report_nstat(struct report *report, const struct counters *sums,
			 const struct kernel_counters *kernel)
{
	struct kernel_counter c;
	const struct nstat_row row = { &c, kernel->host };
	size_t i = 0;

	for (int id = 0; id < COUNTERS; id++) {
		c = kernel_counters_compare(kernel, sums, (enum counter_id)id);
		if (c.kernel || c.capture)
			report_row(report, 0, &check_nstat, &row);
	}
	while (kernel_counters_next_other(kernel, &i, &c))
		report_row(report, 0, &check_nstat, &row);
}

static void report_counters(const struct subject *s, struct report *report,
			    const struct counters *sums)
{
	const struct kernel_counters *const *kernel = s->opt->nstats.host;
	struct counter_row row = { .counters = sums,
				   .kernel = { kernel[0], kernel[1],
					       kernel[HOST_BOTH] } };

	report_row(report, 0, &check_counters, &row);
	for (int id = 0; id < COUNTERS; id++) {
		row.id = (enum counter_id)id;
		report_row(report, 0, &check_counter, &row);
	}
	for (int host = 0; host <= HOST_BOTH; host++)
		if (kernel[host])
			report_nstat(report, sums, kernel[host]);
}

static void hear_kernels(struct kernel_logs *logs, struct check_context *c)
{
	if (!logs->n)
		return;
	kernel_logs_tell(logs, &c->timeline, c->trace, c->conn);
	judge_kernel(c);
}

static void check_connection(struct subject *s, struct check_context *c)
{
	struct check_context other;
	bool both = s->captures.n == 2 &&
		    context_add_other(c, &s->captures.session[1].trace, &other);

	examine(c);
	hear_kernels(&s->opt->logs, c);
	if (both)
		context_release(&other);
	c->other = NULL;
}

/* Sets *failed where a connection has what --fail-on says. */
static int report_trace(struct subject *s, struct report *report, bool *failed,
			struct error *err)
{
	struct counters sums = { .of = { { .count = { 0, 0 } } } };
	struct session *session = &s->captures.session[0];
	struct trace *t = &session->trace;
	struct payload_facts facts;
	struct token_index tokens;
	struct nstat_place place = { .n = 0 };
	size_t i = 0;
	int rc = 0;

	payload_facts_init(&facts);
	rc = read_payload(s, &facts, err);
	token_index_make(&tokens, t);
	if (rc == 0)
		rc = session_next(session, &i, err);
	while (rc > 0) {
		struct check_context c;

		context_init(&c, t, &t->connections[i++], &tokens,
			     s->captures.n == 2 ? &s->pairing : NULL, &facts);
		check_connection(s, &c);
		report_connection(s->opt, report, &c);
		counters_add(&sums, &c);
		nstat_place_add(&place, t, c.conn);
		*failed |= fail_on_meets(&s->opt->fail_on, &c);
		context_release(&c);
		rc = session_next(session, &i, err);
	}
	if (rc == 0)
		rc = kernel_nstats_settle(&s->opt->nstats, &place, err);
	if (rc == 0)
		report_counters(s, report, &sums);
	token_index_release(&tokens);
	payload_facts_release(&facts);
	return rc;
}

static enum exit_status report_all(struct subject *s,
				   const struct report_options *description)
{
	struct options *opt = s->opt;
	const struct pairing_options how = {
		.client_end = opt->cli.common.client - 1
	};
	struct session *session = s->captures.session;
	const struct trace *t = &session[0].trace;
	struct error err = ERROR_INIT;
	struct report *report = NULL;
	bool failed = false;
	enum exit_status status = EXIT_OK;

	if (select_check(&opt->cli.common.select, t, &err) < 0 ||
	    capacities_set(&s->opt->capacities, &session[0].trace, &err) < 0)
		return cli_error(EXIT_OK, &err);
	if (s->captures.n == 2) {
		if (pairing_make(&s->pairing, t, &session[1].trace, &how,
				 &err) < 0)
			return cli_error(EXIT_OK, &err);
		capacities_share(&s->opt->capacities, &s->pairing,
				 &session[1].trace);
	}
	report = report_open(description, &err);
	if (!report) {
		status = cli_error(EXIT_OK, &err);
		goto out;
	}
	for (size_t i = 0; i < s->captures.n; i++)
		report_capture(report, &session[i].trace.info);
	if (report_trace(s, report, &failed, &err) < 0)
		status = cli_error(EXIT_OK, &err);
	if (!t->n_connections)
		load_warn_absence(t);
	if (report_close(report, &err) < 0)
		status = cli_error(EXIT_OK, &err);
	else if (status == EXIT_OK && failed)
		status = EXIT_NOTHING;
out:
	if (s->captures.n == 2)
		pairing_release(&s->pairing);
	return status;
}

static enum exit_status run_tally(struct options *opt,
				  struct report_options *report)
{
	struct tallying tallying = { .no_payload = opt->no_payload,
				     .fail_on = &opt->fail_on };
	struct batch batch = { .cli = &opt->cli, .report = report };
	enum exit_status status = EXIT_OK;

	if (opt->counters || opt->all)
		return cli_usage(
			&opt->cli,
			"--tally cannot be used with --all or --counters");
	if (opt->logs.n)
		return cli_usage(&opt->cli,
				 "--tally cannot be used with --monitor");
	if (opt->capacities.n)
		return cli_usage(&opt->cli,
				 "--tally cannot be used with --capacity, "
				 "which is for the subflows of one capture");
	if (opt->cli.common.client)
		return cli_usage(&opt->cli,
				 "--tally cannot be used with --client: it "
				 "reads each capture by itself");
	tallying_shape(&tallying, &batch);
	status = batch_main(&batch);
	if (status == EXIT_OK && tallying.failed)
		status = EXIT_NOTHING;
	tallying_release(&tallying);
	return status;
}

/* What does not go together, or NULL. */
static const char *find_conflict(const struct options *opt)
{
	const bool is_text = opt->filter || opt->has_around;

	if ((opt->verdicts || opt->problems || is_text) &&
	    (opt->tally || opt->counters))
		return "--verdicts, --problems, --filter and --context cannot "
		       "be used with --tally or --counters";
	if ((opt->verdicts || opt->problems) && opt->all)
		return "--all cannot be used with --verdicts or --problems";
	if (opt->filter && opt->has_around)
		return "--filter cannot be used with --context";
	if (is_text && (opt->cli.common.format != FORMAT_TABLE ||
			opt->cli.common.columns || opt->cli.common.sort))
		return "--filter and --context print text: they cannot be used "
		       "with another format, -o or --sort";
	return NULL;
}

/* What the rows are, and how they are printed. */
static void shape(const struct options *opt, struct report_options *report)
{
	const bool json = report->format == FORMAT_JSON;

	if (opt->counters && !json && report->format != FORMAT_JSONL) {
		report->levels[0] =
			opt->nstats.n ? &check_nstat : &check_counter;
		report->text = NULL;
		return;
	}
	report->text = opt->all	       ? &sink_check_all
		       : opt->problems ? &sink_check_problems
				       : &sink_check;
	report->has_around = opt->has_around;
	report->around = opt->around;
	if (opt->filter)
		report->text = &sink_check_filter;
	if (!opt->verdicts || json)
		return;
	report->levels[0] = &check_verdict;
	report->extra[0] = NULL;
	if (!opt->filter && !opt->has_around)
		report->text = NULL;
	else if (opt->has_around)
		report->text = &sink_check_problems;
}

/* What lies beside captures that are recordings; false: what is wrong has been
   said. */
static bool take_recorded(struct options *opt)
{
	return opt->tally ||
	       (kernel_logs_take_recorded(&opt->logs, &opt->cli) &&
		(!opt->counters ||
		 kernel_nstats_take_recorded(&opt->nstats, &opt->cli)));
}

static enum exit_status run(void *ctx)
{
	struct options *opt = ctx;
	struct report_options report = {
		.schema = "mptcp-check/1",
		.tool = "mptcp-check " MPTCPTOOLS_VERSION,
		.levels = { &check_result },
		.extra = { &check_verdict },
		.singles = { &check_counters },
	};
	struct subject s = { .opt = opt };
	struct session_operand what[2];
	const size_t n = load_operands(&opt->cli, optind, what);
	enum exit_status status = EXIT_OK;

	if (!take_recorded(opt))
		return opt->cli.status;
	opt->counters |= opt->nstats.n > 0;
	if (find_conflict(opt))
		return cli_usage(&opt->cli, "%s", find_conflict(opt));
	if (opt->tally)
		return run_tally(opt, &report);
	cli_report(&opt->cli, &report);
	shape(opt, &report);
	if (opt->cli.common.list_columns)
		return cli_columns(&report);
	if (n < 1 || n > 2)
		return cli_usage(&opt->cli,
				 n ? "more than two captures given: use the "
				     "two captures of both ends, or --tally "
				     "for many captures"
				   : "no capture given");
	status = load_captures(&opt->cli, what, n, LOAD_IN_TURN, &s.captures);
	if (status != EXIT_OK)
		return status;
	status = report_all(&s, &report);
	kernel_logs_say(&opt->logs, !opt->cli.common.select.n);
	loaded_release(&s.captures);
	return status;
}

static bool take_context(struct options *opt)
{
	opt->has_around = true;
	if (num_u64(optarg, strlen(optarg), AROUND_MAX, &opt->around) == 0)
		return true;
	return cli_stop_argument(&opt->cli, OPT_CONTEXT,
				 "a number of frames, at most %d", AROUND_MAX);
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case OPT_ALL: opt->all = true; break;
	case OPT_COUNTERS: opt->counters = true; break;
	case OPT_VERDICTS: opt->verdicts = true; break;
	case OPT_PROBLEMS: opt->problems = true; break;
	case OPT_FILTER: opt->filter = true; break;
	case OPT_CONTEXT: return take_context(opt);
	case OPT_TALLY: opt->tally = true; break;
	case OPT_NO_PAYLOAD: opt->no_payload = true; break;
	case OPT_MONITOR:
		return kernel_logs_take(&opt->logs, &opt->cli, optarg);
	case OPT_NSTAT:
		return kernel_nstats_take(&opt->nstats, &opt->cli, optarg);
	case OPT_CAPACITY: return capacities_take(&opt->capacities, &opt->cli);
	case 'e': fail_on_error(&opt->fail_on); break;
	case OPT_FAIL_ON: return fail_option_take(&opt->fail_on, &opt->cli);
	case OPT_LIST_CAUSES: return cli_stop(&opt->cli, fail_option_list());
	}
	return true;
}

static const char *word_of(int letter, int i)
{
	return letter == OPT_FAIL_ON ? fail_option_word(i) : NULL;
}

static void release(void *ctx)
{
	struct options *opt = ctx;

	kernel_logs_release(&opt->logs);
	capacities_release(&opt->capacities);
	kernel_nstats_release(&opt->nstats);
	fail_on_release(&opt->fail_on);
}

static const struct cli_command command = {
	.name = "mptcp-check",
	.operands = "CAPTURE [CAPTURE2]",
	.summary = "Explain how connections behave, and check them against the "
		   "RFCs.",
	.groups = CLI_INPUT | CLI_VANTAGE | CLI_JSON | CLI_OUTPUT |
		  CLI_CONNECTION | CLI_ENDS,
	.specs = specs,
	.word = word_of,
	.option = take_option,
	.run = run,
	.release = release,
};

int main(int argc, char **argv)
{
	struct options opt = { .all = false };

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
