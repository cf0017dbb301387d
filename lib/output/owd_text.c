/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/owd_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "output/clock_rows.h"
#include "output/human.h"
#include "output/owd_rows.h"

/* In the order of enum match_change. */
static const char *const changed_parts[MATCH_CHANGES] = {
	"Multipath TCP options", "SACK",   "timestamps",
	"other options",	 "window", "flags"
};

static void say_altered(const struct pairing *p, struct strbuf *line)
{
	const char *comma = ": ";

	if (!p->altered)
		return;
	strbuf_printf(line, "%" PRIu64 " of them %s altered on the way",
		      p->altered, p->altered == 1 ? "was" : "were");
	for (int bit = 0; bit < MATCH_CHANGES; bit++) {
		if (!p->altered_in[bit])
			continue;
		strbuf_printf(line, "%s%s of %" PRIu64, comma,
			      changed_parts[bit], p->altered_in[bit]);
		comma = ", ";
	}
	human_say(line, 2);
}

static void say_duplicated(const struct pairing *p, struct strbuf *line)
{
	if (!p->duplicated)
		return;
	strbuf_printf(line,
		      "the network delivered %" PRIu64 " extra %s of packets",
		      p->duplicated, p->duplicated == 1 ? "copy" : "copies");
	human_say(line, 2);
}

static void say_matching(const struct owd_row *r)
{
	const struct pairing *p = r->pairing;
	struct strbuf line = STRBUF_INIT;

	strbuf_printf(&line,
		      "%" PRIu64 " TCP packet%s in both captures, %" PRIu64
		      " only in the first, %" PRIu64 " only in the second",
		      p->matched, p->matched == 1 ? " is" : "s are", p->only[0],
		      p->only[1]);
	human_say(&line, 2);
	say_altered(p, &line);
	say_duplicated(p, &line);
	strbuf_release(&line);
}

static void owd_row(void *state, int level, const struct row_type *type,
		    const void *row)
{
	if (type == &owd_clock)
		owd_print_clock(row);
	else if (type == &owd_matching)
		say_matching(row);
	else
		sink_table.row(state, level, type, row);
}

static void *owd_open(const struct report_options *options,
		      const struct pick *picks, size_t n)
{
	return sink_table.open(options, picks, n);
}

static void owd_close(void *state)
{
	sink_table.close(state);
}

static void owd_free(void *state)
{
	sink_table.free(state);
}

const struct sink sink_owd = {
	.open = owd_open, .row = owd_row, .close = owd_close, .free = owd_free
};
