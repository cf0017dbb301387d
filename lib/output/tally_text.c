/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text output of mptcp-check --tally. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "output/human.h"
#include "output/tally_rows.h"

struct text {
	bool several;	     /* captures */
	const char *heading; /* the last one printed */
};

static void *text_open(const struct report_options *options,
		       const struct pick *picks, size_t n)
{
	struct text *t = mem_calloc(1, sizeof(*t));

	(void)picks;
	(void)n;
	t->several = options->several;
	return t;
}

static const char *heading_of(const struct tally_kind *kind)
{
	static const char *const questions[QUESTIONS] = {
		[QUESTION_SINGLE_SUBFLOW] = "Why one subflow only",
		[QUESTION_FALLBACK] = "Why it fell back",
		[QUESTION_RESET] = "Who reset it",
		[QUESTION_AGGREGATION] = "How subflows were used",
		[QUESTION_LIMIT] = "What limited it",
		[QUESTION_OUTAGE] = "No path worked",
		[QUESTION_CLOSE] = "How it ended",
		[QUESTION_KERNEL] = "What the kernels report",
	};

	return kind->is_rule ? "Rules violated" : questions[kind->question];
}

static void put_connections(struct strbuf *line, uint64_t n)
{
	strbuf_printf(line, "%" PRIu64 " connection%s", n, plural(n));
}

/* Where the example is: "connection 3 of a.pcap, frame 12". */
static void put_place(const struct text *t, const struct tally_example *e,
		      struct strbuf *line)
{
	strbuf_printf(line, "connection %" PRIu32, e->connection);
	if (t->several)
		strbuf_printf(line, " of %s", e->path);
	if (e->frame)
		strbuf_printf(line, ", frame %" PRIu32, e->frame);
	if (e->file && strcmp(e->file, e->path) != 0)
		strbuf_printf(line, " of %s", e->file);
}

static void say_item(struct text *t, const struct tally_item *item)
{
	const struct tally_kind *kind = &item->kind;
	const char *heading = heading_of(kind);
	struct strbuf line = STRBUF_INIT;

	if (heading != t->heading)
		printf("%s:\n", heading);
	t->heading = heading;
	strbuf_puts(&line, "  ");
	put_connections(&line, item->connections);
	if (kind->is_rule)
		strbuf_printf(&line, ": %s %s", severity_name(kind->severity),
			      rule_get(kind->rule)->name);
	else
		strbuf_printf(&line, ": %s (%s)", kind->cause,
			      certainty_name(kind->certainty));
	strbuf_puts(&line, item->connections > 1 ? "; for example " : "; ");
	put_place(t, &item->example, &line);
	strbuf_printf(&line, ": %s", item->example.text);
	human_say(&line, 4);
	strbuf_release(&line);
}

static void text_row(void *state, int level, const struct row_type *type,
		     const void *row)
{
	const struct tally_row *r = row;
	struct strbuf line = STRBUF_INIT;

	(void)level;
	if (type != &check_tally_of) {
		say_item(state, r->item);
		return;
	}
	put_connections(&line, r->tally->connections);
	human_say(&line, 2);
	strbuf_release(&line);
}

const struct sink sink_tally = { .open = text_open,
				 .row = text_row,
				 .free = free };
