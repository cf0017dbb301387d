/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text output of mptcp-check. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/plural.h"
#include "output/check_frames.h"
#include "output/human.h"

struct text {
	const struct report_options *options;
	bool all, counts;	       /* show all rules; count the others */
	const struct connection *conn; /* current one; or NULL */
	size_t connections;	       /* so far */
	size_t ok, violated, not_checked;
};

static void *open_text(const struct report_options *options, bool all)
{
	struct text *t = mem_calloc(1, sizeof(*t));

	t->options = options;
	t->all = all;
	t->counts = true;
	return t;
}

static void *text_open(const struct report_options *options,
		       const struct pick *picks, size_t n)
{
	(void)picks;
	(void)n;
	return open_text(options, false);
}

static void *text_open_all(const struct report_options *options,
			   const struct pick *picks, size_t n)
{
	(void)picks;
	(void)n;
	return open_text(options, true);
}

static void *text_open_problems(const struct report_options *options,
				const struct pick *picks, size_t n)
{
	struct text *t = text_open(options, picks, n);

	t->counts = false;
	return t;
}

static void end_connection(struct text *t)
{
	struct strbuf line = STRBUF_INIT;

	if (!t->conn)
		return;
	if (!t->counts) {
		t->conn = NULL;
		return;
	}
	strbuf_printf(&line,
		      "  %zu rule%s passed, %zu violated, %zu not checked",
		      t->ok, plural(t->ok), t->violated, t->not_checked);
	human_say(&line, 2);
	strbuf_release(&line);
	t->ok = t->violated = t->not_checked = 0;
	t->conn = NULL;
}

static void begin_connection(struct text *t, const struct check_context *c)
{
	struct strbuf line = STRBUF_INIT;

	if (t->connections++)
		putchar('\n');
	t->conn = c->conn;
	strbuf_printf(&line, "Connection %" PRIu32 ": ", c->conn->id);
	address_append_endpoint(&line, &c->conn->side[0].end.address,
				c->conn->side[0].end.port);
	strbuf_puts(&line, " to ");
	address_append_endpoint(&line, &c->conn->side[1].end.address,
				c->conn->side[1].end.port);
	if (c->conn->version >= 0)
		strbuf_printf(&line, ", MPTCP v%d", c->conn->version);
	strbuf_printf(&line, ", %s, %zu subflow%s",
		      conn_state_name(c->conn->state), c->conn->n_subflows,
		      plural(c->conn->n_subflows));
	human_say(&line, 2);
	strbuf_release(&line);
}

void check_put_frames(struct strbuf *line, const struct trace *t,
		      const uint32_t *frames, size_t n, uint64_t total)
{
	if (!n)
		return;
	strbuf_printf(line, n == 1 ? " (frame " : " (frames ");
	for (size_t i = 0; i < n; i++)
		strbuf_printf(line, "%s%s", i ? ", " : "",
			      origins_text(&t->info.origins, frames[i]).text);
	strbuf_puts(line, total > n ? ", ...)" : ")");
}

const char *check_title(enum question question)
{
	static const char *const titles[] = {
		[QUESTION_SINGLE_SUBFLOW] = "one subflow only",
		[QUESTION_FALLBACK] = "fell back",
		[QUESTION_RESET] = "reset",
		[QUESTION_AGGREGATION] = "aggregation",
		[QUESTION_LIMIT] = "what limited it",
		[QUESTION_OUTAGE] = "outage",
		[QUESTION_CLOSE] = "end",
		[QUESTION_KERNEL] = "kernel",
	};

	return titles[question];
}

static void say_verdict(const struct trace *t, const struct verdict *v)
{
	struct strbuf line = STRBUF_INIT;

	strbuf_printf(&line, "  %s: %s", check_title(v->question), v->text);
	check_put_frames(&line, t, v->frames, v->n_frames, v->n_frames);
	human_say(&line, 4);
	strbuf_release(&line);
}

static void say_finding(const struct text *t, const struct check_row *r)
{
	const struct finding *f = r->finding;
	const struct rule *rule = rule_get(f->rule);
	bool v1 = t->conn->version != 0;
	enum result result = finding_result(f);
	struct strbuf line = STRBUF_INIT;

	strbuf_printf(&line, "  %s %s: ",
		      result == RESULT_VIOLATED ? severity_name(f->severity)
		      : result == RESULT_OK	? "ok"
						: "not checked",
		      rule->name);
	finding_put(&line, f);
	check_put_frames(&line, r->context->trace, f->frames, f->n_frames,
			 f->wrong);
	strbuf_printf(&line, " [RFC %s, %s]", v1 ? "8684" : "6824",
		      rule->section[v1]);
	human_say(&line, 4);
	strbuf_release(&line);
}

static void take_finding(struct text *t, const struct check_row *r)
{
	switch (finding_result(r->finding)) {
	case RESULT_OK: t->ok++; break;
	case RESULT_VIOLATED: t->violated++; break;
	case RESULT_NOT_CHECKED: t->not_checked++; break;
	}
	if (t->all || r->finding->wrong)
		say_finding(t, r);
}

static void text_row(void *state, int level, const struct row_type *type,
		     const void *row)
{
	struct text *t = state;
	const struct check_row *r = row;

	(void)level;
	if (type != &check_verdict && type != &check_result)
		return;
	if (t->conn && t->conn != r->context->conn)
		end_connection(t);
	if (!t->conn)
		begin_connection(t, r->context);
	if (type == &check_verdict)
		say_verdict(r->context->trace, r->verdict);
	else
		take_finding(t, r);
	if (t->options->has_around)
		check_say_context(r, t->options->around);
}

static void text_close(void *state)
{
	end_connection(state);
}

const struct sink sink_check = {
	.open = text_open, .row = text_row, .close = text_close, .free = free
};
const struct sink sink_check_all = { .open = text_open_all,
				     .row = text_row,
				     .close = text_close,
				     .free = free };
const struct sink sink_check_problems = { .open = text_open_problems,
					  .row = text_row,
					  .close = text_close,
					  .free = free };
