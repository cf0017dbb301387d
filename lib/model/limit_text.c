/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/limit_text.h"

#include <inttypes.h>
#include <string.h>

enum {
	/* tenths of the best path alone below which it is mentioned */
	SLOWER_TENTHS = 9,
	/* windows that differ by less than one part count as equal */
	WINDOW_PARTS = 10
};

struct limit_story {
	const struct limits_input *in;
	const struct limits *limits;
	limit_name_fn *name;
	void *ctx;
	struct strbuf *out;
	enum limit_state state;
	long culprit;
};

static void put_bytes(struct strbuf *out, uint64_t bytes)
{
	static const char *const units[] = { "B", "kB", "MB", "GB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 999.5 && unit < 3) {
		value /= 1000;
		unit++;
	}
	strbuf_printf(out, "%.*f %s", unit && value < 9.95 ? 1 : 0, value,
		      units[unit]);
}

/* "15.2 of 16.7 s (91%)" */
static void put_part(struct strbuf *out, int64_t part, int64_t duration)
{
	const double time = (double)part / 1e9;
	const double all = (double)duration / 1e9;
	const int digits = all < 1 ? 3 : all < 10 ? 2 : 1;

	strbuf_printf(out, "%.*f of %.*f s", digits, time, digits, all);
	if (all > 0)
		strbuf_printf(out, " (%.0f%%)", 100 * time / all);
}

static void put_time(const struct limit_story *s)
{
	put_part(s->out, s->limits->time[s->state], s->limits->duration);
}

static void put_name(const struct limit_story *s, long subflow)
{
	s->name(s->ctx, s->out, (size_t)subflow);
}

/* The culprit with its round-trip time. */
static void put_culprit(const struct limit_story *s)
{
	const struct limits_input *in = s->in;
	const struct stream *stream =
		trace_subflow(in->trace, in->conn, (size_t)s->culprit);
	const int64_t rtt =
		rtt_typical(&in->tcp[s->culprit]
				     .direction[in->direction ^ stream->flipped]
				     .rtt);

	put_name(s, s->culprit);
	if (rtt)
		strbuf_printf(s->out, " (RTT %.*f ms)", rtt < 10000000 ? 1 : 0,
			      (double)rtt / 1e6);
}

static void say_window(const struct limit_story *s, uint64_t window)
{
	const int64_t *held = s->limits->held[s->state];
	const int64_t full = s->limits->window;

	strbuf_puts(s->out, "the receive window");
	if (full > 0) {
		strbuf_puts(s->out, " (");
		put_bytes(s->out, (uint64_t)full);
		strbuf_putc(s->out, ')');
	}
	strbuf_puts(s->out,
		    s->limits->n_subflows > 1
			    ? ", which all subflows share, was full for "
			    : " was full for ");
	put_time(s);
	if (s->culprit == LIMIT_READER) {
		strbuf_printf(
			s->out,
			": the receiving application did not read for %.2f s",
			(double)held[s->limits->n_subflows] / 1e9);
		return;
	}
	if (s->culprit >= 0 && s->limits->n_subflows > 1) {
		strbuf_puts(s->out, ", held up by ");
		put_culprit(s);
	}
	if (full > 0 &&
	    window > (uint64_t)full + (uint64_t)full / WINDOW_PARTS) {
		strbuf_puts(s->out, ": a window of about ");
		put_bytes(s->out, window);
		strbuf_puts(s->out, " would suffice");
	}
}

static void say_application(const struct limit_story *s)
{
	strbuf_puts(s->out, "the application had nothing in flight (all data "
			    "sent was acknowledged) for ");
	put_time(s);
	if (s->limits->spare * WINDOW_PARTS >= s->limits->duration)
		strbuf_printf(s->out,
			      ", and for %.2f s only the last of its data was "
			      "in flight",
			      (double)s->limits->spare / 1e9);
}

static void say_send_buffer(const struct limit_story *s)
{
	strbuf_puts(s->out, "a subflow was idle for ");
	put_time(s);
	strbuf_puts(s->out, ", probably because the sender's buffer was full "
			    "or it had no more data");
	if (s->culprit >= 0) {
		strbuf_puts(s->out, ", while it waited for ");
		put_culprit(s);
	}
}

static void say_of_culprit(const struct limit_story *s, const char *before,
			   const char *without, const char *behind)
{
	strbuf_puts(s->out, before);
	if (s->culprit >= 0)
		put_name(s, s->culprit);
	else
		strbuf_puts(s->out, without);
	strbuf_puts(s->out, behind);
	put_time(s);
}

static void say_recovery(const struct limit_story *s)
{
	strbuf_puts(s->out, "the acknowledgment of data did not advance for ");
	put_time(s);
	strbuf_puts(s->out, ", probably because losses");
	if (s->culprit >= 0) {
		strbuf_puts(s->out, " on ");
		put_name(s, s->culprit);
	}
	strbuf_puts(s->out, " had to be repaired");
}

static void say_state(const struct limit_story *s, uint64_t window)
{
	switch (s->state) {
	case LIMIT_STARTING:
		strbuf_puts(s->out, "the first acknowledgment took ");
		put_time(s);
		break;
	case LIMIT_OUTAGE:
		strbuf_puts(s->out, "nothing was acknowledged on any captured "
				    "subflow for ");
		put_time(s);
		break;
	case LIMIT_RECEIVE_WINDOW: say_window(s, window); break;
	case LIMIT_APPLICATION: say_application(s); break;
	case LIMIT_SEND_BUFFER: say_send_buffer(s); break;
	case LIMIT_IDLE_PATH:
		say_of_culprit(s, "", "a subflow",
			       " was idle while other subflows went on, for ");
		break;
	case LIMIT_RECOVERY: say_recovery(s); break;
	case LIMIT_STALLED_PATH:
		say_of_culprit(
			s, "", "a subflow",
			" was stalled while other subflows went on, for ");
		break;
	case LIMIT_PATH:
	case LIMIT_STATES:
		strbuf_puts(s->out,
			    s->limits->n_subflows > 1
				    ? "all usable subflows were busy for "
				    : "the path was busy for ");
		put_time(s);
		break;
	}
}

/* Whether choosing another path gives another result. */
static bool depends_on_paths(const struct limit_story *s)
{
	return s->state != LIMIT_STARTING && s->state != LIMIT_OUTAGE &&
	       s->state != LIMIT_APPLICATION && s->culprit != LIMIT_READER;
}

static void say_alone(const struct limit_story *s, const struct aggregation *a,
		      bool guess)
{
	if (!depends_on_paths(s) || !a->has_benefit || !a->best ||
	    a->goodput * 10 >= a->best * SLOWER_TENTHS ||
	    (!a->best_is_given && !guess))
		return;
	strbuf_puts(s->out, a->best_is_given ? "; " : "; probably ");
	put_name(s, (long)a->best_subflow);
	strbuf_printf(s->out,
		      a->best_is_given
			      ? " alone would have been faster: its path "
				"carries %.1f Mbit/s, as --capacity says, all "
				"together brought %.1f"
			      : " alone would have been faster: it carried "
				"%.1f Mbit/s at best, all together %.1f",
		      (double)a->best / 1e6, (double)a->goodput / 1e6);
}

void limits_describe(const struct limits_input *in, const struct limits *limits,
		     const struct aggregation *a, bool guess,
		     limit_name_fn *name, void *ctx, struct strbuf *out)
{
	const enum limit_state state = limits_main(limits);
	const struct limit_story s = { .in = in,
				       .limits = limits,
				       .name = name,
				       .ctx = ctx,
				       .out = out,
				       .state = state,
				       .culprit =
					       limits_culprit(limits, state) };

	say_state(&s, a->window);
	say_alone(&s, a, guess);
}

const char *limits_unknown_text(const char *why, bool is_one_host)
{
	if (strcmp(why, "at_receiver") == 0)
		return "it was captured at the receiver, where a pause does "
		       "not show whether the sender had no data or no room, "
		       "left a path idle, or repaired losses; only the "
		       "sender's capture does";
	if (strcmp(why, "in_the_middle") == 0)
		return "it was captured between the ends; only the sender's "
		       "capture tells";
	if (strcmp(why, "place_unknown") == 0 && is_one_host)
		return "both ends are on one host; give --captured-at with the "
		       "end that sends";
	if (strcmp(why, "place_unknown") == 0)
		return "where it was captured is unknown; give --captured-at";
	return "SYNs, data or acknowledgments were not captured, or options "
	       "are cut";
}

void limits_describe_receiver(const struct delivery *d, int64_t duration,
			      struct strbuf *out)
{
	if (!d->has_limited || d->exhausted <= 0)
		return;
	strbuf_puts(
		out,
		"; all data that its receive window allowed had arrived for ");
	put_part(out, d->exhausted, duration);
	if (d->reader > 0)
		strbuf_printf(
			out,
			", for %.2f s of that all of it was acknowledged: the "
			"receiving application did not read",
			(double)d->reader / 1e9);
}
