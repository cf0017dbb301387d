/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/live_fields.h"

#include "output/human.h"

static void put_rate(struct strbuf *out, const struct live_table_row *r,
		     enum direction d)
{
	const uint64_t bytes = r->line->flow[d].lately;
	const bool is_hurried = r->view->moment.is_hurried;

	if (!bytes || is_hurried) {
		strbuf_putc(out, is_hurried ? '-' : '0');
		return;
	}
	human_rate(out, (double)bytes * 8e9 / (double)r->view->moment.second);
	/* "bit/s": the "/s" is what rates are anyway. */
	out->text[out->len -= 2] = '\0';
}

static void put_to_server(struct strbuf *out, const struct live_table_row *r)
{
	put_rate(out, r, TO_SERVER);
}

static void put_to_client(struct strbuf *out, const struct live_table_row *r)
{
	put_rate(out, r, TO_CLIENT);
}

static void put_one_rate(struct strbuf *out, const struct live_table_row *r)
{
	put_rate(out, r, r->direction);
}

/* "100%", "0%": what is not nothing, nor all, does not look like it. */
static void put_share(struct strbuf *out, uint64_t part, uint64_t whole)
{
	const double percent = 100 * (double)part / (double)whole;

	if (!whole)
		strbuf_putc(out, '-');
	else if (part && percent < 1)
		strbuf_puts(out, "<1%");
	else if (part < whole && percent > 99)
		strbuf_puts(out, ">99%");
	else
		strbuf_printf(out, "%.0f%%", percent);
}

static uint64_t lately_of(const struct live_line *l,
			  const struct live_table_row *r)
{
	return r->one_way ? l->flow[r->direction].lately : live_lately(l);
}

static uint64_t sent_of(const struct live_line *l,
			const struct live_table_row *r)
{
	return r->one_way ? l->flow[r->direction].bytes.sent : live_sent(l);
}

static void put_now(struct strbuf *out, const struct live_table_row *r)
{
	if (r->is_subflow)
		put_share(out, lately_of(r->line, r),
			  r->view->moment.is_hurried
				  ? 0
				  : lately_of(&r->conn->sum, r));
}

static void put_all(struct strbuf *out, const struct live_table_row *r)
{
	if (r->is_subflow)
		put_share(out, sent_of(r->line, r), sent_of(&r->conn->sum, r));
}

static void put_time(struct strbuf *out, int64_t ns)
{
	if (ns)
		human_duration(out, ns);
	else
		strbuf_putc(out, '-');
}

static void put_rtt(struct strbuf *out, const struct live_table_row *r)
{
	if (r->is_subflow)
		put_time(out, r->one_way ? r->line->flow[r->direction].rtt
					 : live_rtt(r->line));
}

static void put_class(struct strbuf *out, const struct live_table_row *r,
		      enum byte_class class)
{
	const struct live_flow *flow = r->line->flow;

	human_bytes(out, r->one_way ? flow[r->direction].bytes.of[class]
				    : flow[0].bytes.of[class] +
					      flow[1].bytes.of[class]);
}

static void put_retransmitted(struct strbuf *out,
			      const struct live_table_row *r)
{
	put_class(out, r, BYTES_TCP_RETRANSMITTED);
}

static void put_reinjected(struct strbuf *out, const struct live_table_row *r)
{
	put_class(out, r, BYTES_REINJECTED);
}

static void put_repeated(struct strbuf *out, const struct live_table_row *r)
{
	put_class(out, r, BYTES_MPTCP_REPEATED);
}

static void put_sent(struct strbuf *out, const struct live_table_row *r)
{
	human_bytes(out, sent_of(r->line, r));
}

static void put_unique(struct strbuf *out, const struct live_table_row *r)
{
	if (byte_counts_know_unique(&r->conn->sum.flow[r->direction].bytes))
		put_class(out, r, BYTES_UNIQUE);
	else
		strbuf_putc(out, '-');
}

static void put_flight(struct strbuf *out, const struct live_table_row *r)
{
	const enum direction d = r->one_way ? r->direction : live_main(r->line);
	const struct live_flow *flow = &r->line->flow[d];

	if (r->is_subflow && flow->has_flight)
		human_bytes(out, flow->flight);
	else if (r->is_subflow)
		strbuf_putc(out, '-');
}

static void put_age(struct strbuf *out, const struct live_table_row *r)
{
	human_duration(out, r->view->moment.time - r->line->first_time);
}

static const char *word_of(const struct live_table_row *r)
{
	const struct live_flow *flow = &r->line->flow[r->direction];

	if (!r->is_subflow && r->conn->state == CONN_FALLBACK &&
	    r->line->state != LIVE_CLOSED)
		return "plain";
	if (!r->is_subflow || !r->one_way || r->line->state == LIVE_CLOSED)
		return live_state_word(r->line);
	return flow->stalled  ? "stalled"
	       : flow->backup ? "backup"
			      : live_state_name(r->line->state);
}

static void put_state(struct strbuf *out, const struct live_table_row *r)
{
	strbuf_puts(out, word_of(r));
}

/* clang-format off */

const struct live_field live_both_ways[] = {
	{ "TO SERVER", 9, 1, false, put_to_server },
	{ "TO CLIENT", 9, 1, false, put_to_client },
	{ "NOW", 4, 2, false, put_now },
	{ "ALL", 4, 5, false, put_all },
	{ "RTT", 7, 3, false, put_rtt },
	{ "RETRANS", 7, 6, false, put_retransmitted },
	{ "REINJ", 7, 7, false, put_reinjected },
	{ "FLIGHT", 7, 8, false, put_flight },
	{ "SENT", 7, 9, false, put_sent },
	{ "AGE", 7, 10, false, put_age },
	{ "STATE", 7, 4, true, put_state },
	{ NULL, 0, 0, false, NULL },
};

const struct live_field live_one_way[] = {
	{ "RATE", 9, 1, false, put_one_rate },
	{ "NOW", 4, 2, false, put_now },
	{ "ALL", 4, 5, false, put_all },
	{ "RTT", 7, 3, false, put_rtt },
	{ "FLIGHT", 7, 9, false, put_flight },
	{ "SENT", 7, 6, false, put_sent },
	{ "UNIQUE", 7, 10, false, put_unique },
	{ "RETRANS", 7, 7, false, put_retransmitted },
	{ "REPEATED", 8, 11, false, put_repeated },
	{ "REINJ", 7, 8, false, put_reinjected },
	{ "STATE", 7, 4, true, put_state },
	{ NULL, 0, 0, false, NULL },
};

/* clang-format on */

enum live_style live_field_style(const struct live_table_row *r,
				 const struct live_field *f)
{
	if (r->line->state == LIVE_CLOSED)
		return LIVE_DIM;
	if (f->is_left) {
		const char c = *word_of(r);

		return c == 's' || c == 'p' ? LIVE_BAD
		       : c == 'b'	    ? LIVE_NOTE
					    : LIVE_PLAIN;
	}
	return r->is_subflow ? LIVE_PLAIN : LIVE_BOLD;
}
