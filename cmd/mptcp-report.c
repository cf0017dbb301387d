/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-report - one page about captures. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "chart/canvas.h"
#include "check/examine.h"
#include "check/payload_facts.h"
#include "cli/kernel_logs.h"
#include "cli/load.h"
#include "os/outfile.h"
#include "output/summary_rows.h"
#include "page/overview.h"
#include "pair/both_ends.h"
#include "pair/owd.h"

enum {
	OPT_TITLE = 0x100,
	OPT_LIMIT,
	OPT_JSONL,
	LIMIT_USUAL = 5,
	LIMIT_MOST = 1000
};

static const struct opt_spec specs[] = {
	{ OPT_TITLE, "title", "TEXT", "set the title of the page" },
	{ OPT_LIMIT, "limit", "N",
	  "show the N largest connections of each capture (5)" },
	{ OPT_JSONL, "jsonl", "FILE",
	  "write also FILE, as mptcp-summary --jsonl prints it" },
	{ 0, NULL, NULL, NULL },
};

/* Of --jsonl: a line for each connection. */
struct lines {
	const char *path;
	struct outfile file;
	struct report_options description;
	struct report *report; /* NULL: not asked for */
};

struct options {
	struct cli cli;
	const char *title;
	uint64_t limit;
	struct kernel_logs logs; /* of recordings */
	struct lines lines;
};

/* A capture, or those of both ends, while it is looked at. */
struct subject {
	struct options *opt;
	struct overview *page;
	size_t number; /* of the capture, from 0 */
	struct loaded captures;
	struct pairing pairing;	     /* of two */
	struct arrivals arrivals[2]; /* of two */
	struct token_index tokens;
	struct payload_facts facts;
};

static bool has_both(const struct subject *s)
{
	return s->captures.n == 2;
}

static int add_examined(struct subject *s, struct page_connection *c,
			struct check_context *check, struct error *err)
{
	struct check_context other;
	const bool is_there =
		has_both(s) && context_add_other(check, c->second, &other);

	examine(check);
	if (s->opt->logs.n) {
		kernel_logs_tell(&s->opt->logs, &check->timeline, check->trace,
				 check->conn);
		judge_kernel(check);
	}
	if (is_there)
		context_release(&other);
	check->other = NULL;
	c->check = check;
	return overview_add(s->page, c, err);
}

static void add_lines(const struct subject *s, const struct page_connection *c)
{
	static const bool both[2] = { true, true };
	const struct summary_row row = {
		.listing = { c->trace, c->capture, c->conn, NULL },
		.summary = c->summary,
		.pairing = c->pairing,
	};

	if (s->opt->lines.report)
		summary_rows_report(s->opt->lines.report, &row, s->arrivals,
				    both);
}

static int add_connection(struct subject *s, size_t i, struct error *err)
{
	struct session *session = s->captures.session;
	struct trace *t = &session[0].trace;
	struct summary summary;
	struct check_context check;
	struct page_connection c = {
		.trace = t,
		.second = has_both(s) ? &session[1].trace : NULL,
		.conn = &t->connections[i],
		.capture = s->number,
		.summary = &summary,
		.pairing = has_both(s) ? &s->pairing : NULL,
		.arrivals = s->arrivals,
	};
	int rc = 0;

	summary_make(t, c.conn, &summary);
	if (has_both(s))
		both_ends_tell(&s->pairing, NULL, &summary);
	add_lines(s, &c);
	context_init(&check, t, c.conn, &s->tokens, c.pairing, &s->facts);
	rc = add_examined(s, &c, &check, err);
	context_release(&check);
	summary_release(&summary);
	return rc;
}

/* Those that -c names. */
static bool *wanted(const struct options *opt, struct session *session)
{
	const struct select *select = &opt->cli.common.select;
	const struct trace *t = &session->trace;
	bool *wants = mem_calloc(t->n_connections + 1, sizeof(*wants));

	for (size_t i = 0; i < t->n_connections; i++) {
		wants[i] = select_wants(select, &t->connections[i]);
		if (!wants[i])
			session_skip(session, i);
	}
	return wants;
}

static int add_all(struct subject *s, struct error *err)
{
	struct session *session = &s->captures.session[0];
	bool *wants = wanted(s->opt, session);
	size_t i = 0;
	int rc = payload_facts_gather(&s->facts, session, err);

	overview_begin(s->page, &session->trace, wants);
	if (s->opt->lines.report)
		report_capture(s->opt->lines.report, &session->trace.info);
	if (rc == 0)
		rc = session_next(session, &i, err);
	while (rc > 0) {
		rc = wants[i] ? add_connection(s, i, err) : 0;
		i++;
		if (rc == 0)
			rc = session_next(session, &i, err);
	}
	overview_end(s->page);
	free(wants);
	return rc;
}

static int add_capture(struct subject *s, struct error *err)
{
	const struct pairing_options how = {
		.client_end = s->opt->cli.common.client - 1
	};
	struct session *session = s->captures.session;
	struct trace *t = &session[0].trace;
	int rc = 0;

	if (select_check(&s->opt->cli.common.select, t, err) < 0)
		return -1;
	if (has_both(s)) {
		if (pairing_make(&s->pairing, t, &session[1].trace, &how, err) <
		    0)
			return -1;
		for (int e = 0; e < 2; e++)
			arrivals_find_at(&s->pairing, e, &s->arrivals[e]);
	}
	payload_facts_init(&s->facts);
	token_index_make(&s->tokens, t);
	rc = add_all(s, err);
	token_index_release(&s->tokens);
	payload_facts_release(&s->facts);
	if (has_both(s)) {
		for (int e = 0; e < 2; e++)
			arrivals_release(&s->arrivals[e]);
		pairing_release(&s->pairing);
	}
	return rc;
}

/* A capture that cannot be read is said, and left out. */
static enum exit_status look_at(struct options *opt, struct overview *page,
				const struct session_operand *capture,
				size_t number)
{
	struct session_operand what[2] = { *capture };
	struct subject s = { .opt = opt, .page = page, .number = number };
	struct error err = ERROR_INIT;
	const bool with = opt->cli.common.n_with > 0;
	enum exit_status status = EXIT_OK;

	if (with)
		what[1] = load_with(&opt->cli);
	status = load_captures(&opt->cli, what, with ? 2 : 1, LOAD_IN_TURN,
			       &s.captures);
	if (status != EXIT_OK)
		return status;
	if (add_capture(&s, &err) < 0)
		status = cli_error(status, &err);
	loaded_release(&s.captures);
	return status;
}

static enum exit_status write_page(const struct options *opt,
				   struct overview *page)
{
	struct outfile out = { .stream = NULL };
	struct strbuf text = STRBUF_INIT;
	struct error err = ERROR_INIT;
	enum exit_status status = EXIT_OK;

	if (outfile_open(&out, opt->cli.common.out, 1, &err) < 0)
		return cli_error(EXIT_OK, &err);
	overview_put(page, "mptcp-report " MPTCPTOOLS_VERSION, &text);
	(void)!outfile_write(&out, text.text, text.len);
	if (outfile_commit(&out, &err) < 0)
		status = cli_error(EXIT_OK, &err);
	strbuf_release(&text);
	return status;
}

static enum exit_status lines_open(struct lines *lines)
{
	struct error err = ERROR_INIT;

	if (!lines->path)
		return EXIT_OK;
	if (outfile_open(&lines->file, lines->path, 1, &err) < 0)
		return cli_error(EXIT_OK, &err);
	lines->description = (struct report_options){
		.format = FORMAT_JSONL,
		.schema = "mptcp-summary/1",
		.tool = "mptcp-report " MPTCPTOOLS_VERSION,
		.leaves = true,
		.levels = { &summary_connection, &summary_direction,
			    &summary_subflow },
		.out = lines->file.stream,
	};
	lines->report = report_open(&lines->description, &err);
	return lines->report ? EXIT_OK : cli_error(EXIT_OK, &err);
}

/* Without a capture that could be read what was there stays. */
static enum exit_status lines_close(struct lines *lines, bool is_good)
{
	struct error err = ERROR_INIT;
	int rc = 0;

	if (lines->report)
		rc = report_close(lines->report, &err);
	if (lines->report && is_good && outfile_commit(&lines->file, &err) < 0)
		rc = -1;
	outfile_drop(&lines->file);
	return rc < 0 ? cli_error(EXIT_OK, &err) : EXIT_OK;
}

static enum exit_status look_at_all(struct options *opt, struct overview *page,
				    size_t n)
{
	enum exit_status status = EXIT_OK;

	for (size_t i = 0; i < n; i++) {
		struct session_operand what[2];
		enum exit_status one = EXIT_OK;

		load_operands(&opt->cli,
			      optind + (opt->cli.common.merge ? 0 : (int)i),
			      what);
		one = look_at(opt, page, &what[0], i);
		status = one > status ? one : status;
	}
	return status;
}

/* What is wrong with the command line, or NULL. */
static const char *find_conflict(const struct options *opt, size_t n)
{
	if (!opt->cli.common.out)
		return "-w FILE is missing";
	if (!n)
		return "no capture given";
	if (n > 1 && opt->cli.common.n_with)
		return "--with needs exactly one capture";
	return NULL;
}

static enum exit_status worse(enum exit_status a, enum exit_status b)
{
	return a > b ? a : b;
}

static enum exit_status run(void *ctx)
{
	struct options *opt = ctx;
	struct session_operand what[2];
	const size_t n = load_operands(&opt->cli, optind, what);
	const char *conflict = find_conflict(opt, n);
	struct overview page;
	enum exit_status status = EXIT_OK;

	if (conflict)
		return cli_usage(&opt->cli, "%s", conflict);
	if (!kernel_logs_take_recorded(&opt->logs, &opt->cli))
		return opt->cli.status;
	overview_init(&page, opt->title, opt->limit, n);
	status = lines_open(&opt->lines);
	if (status == EXIT_OK)
		status = look_at_all(opt, &page, n);
	if (page.n)
		status = worse(status, write_page(opt, &page));
	status = worse(status, lines_close(&opt->lines, page.n > 0));
	kernel_logs_say(&opt->logs, !opt->cli.common.select.n);
	overview_release(&page);
	return status;
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	if (letter == OPT_TITLE)
		opt->title = optarg;
	else if (letter == OPT_JSONL)
		opt->lines.path = optarg;
	else if (num_u64(optarg, strlen(optarg), LIMIT_MOST, &opt->limit) < 0)
		return cli_stop_argument(&opt->cli, letter,
					 "a number of connections, at most %d",
					 LIMIT_MOST);
	return true;
}

static void release(void *ctx)
{
	struct options *opt = ctx;

	kernel_logs_release(&opt->logs);
}

static const struct cli_command command = {
	.name = "mptcp-report",
	.operands = "CAPTURE...",
	.summary = "Write one self-contained HTML page about captures.",
	.groups = CLI_INPUT | CLI_VANTAGE | CLI_CONNECTION | CLI_WRITE |
		  CLI_WITH | CLI_ENDS,
	.specs = specs,
	.option = take_option,
	.run = run,
	.release = release,
};

int main(int argc, char **argv)
{
	struct options opt = { .limit = LIMIT_USUAL };
	const int status = cli_main(&command, &opt.cli, &opt, argc, argv);

	canvas_forget_fonts();
	return status;
}
