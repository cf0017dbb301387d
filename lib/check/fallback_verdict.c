/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verdict on fallback: why? */
#include "check/fallback_verdict.h"

#include "base/strbuf.h"
#include "check/examine.h"

static const char *const hosts[2] = { "client", "server" };

struct verdict *fallback_add(struct check_context *c, enum certainty certainty,
			     const char *text)
{
	return verdicts_add(&c->verdicts, QUESTION_FALLBACK,
			    fallback_cause_name(c->conn->cause), certainty,
			    "%s", text);
}

/*
 * The first packet of the initial subflow whose options were changed on the
 * path, not later than "latest", ns; or NULL.
 */
static const struct damaged *find_damage(const struct check_context *c,
					 int64_t latest)
{
	for (size_t k = 0; k < c->damages.n; k++) {
		const struct damaged *d = &c->damages.items[k];

		if (d->subflow == 0 &&
		    c->trace->packets.time[d->packet] <= latest)
			return d;
	}
	return NULL;
}

/* When both had continued without options: later changes are not the reason. */
static int64_t time_of_loss(const struct check_context *c)
{
	int64_t latest = INT64_MIN;

	if (connection_is_plain(c->conn))
		return INT64_MAX;
	for (int side = 0; side < 2; side++) {
		const struct conn_side *s = &c->conn->side[side];

		if (s->lost && s->lost_time > latest)
			latest = s->lost_time;
	}
	return latest;
}

/*
 * How many packets of the initial subflow lost their options, or had them
 * changed, like the first one.
 */
static size_t count_damages(const struct check_context *c, int removed)
{
	size_t n = 0;

	for (size_t k = 0; k < c->damages.n; k++)
		n += c->damages.items[k].subflow == 0 &&
		     c->damages.items[k].removed == removed;
	return n;
}

static void put_damage(struct strbuf *out, const struct check_context *c,
		       const struct damaged *d)
{
	size_t n = count_damages(c, d->removed);

	strbuf_printf(out,
		      "Something on the way %s the Multipath TCP options of ",
		      d->removed ? "removed" : "changed");
	if (n > 1)
		strbuf_printf(out, "%zu packets, first of ", n);
	strbuf_printf(out,
		      "%s (frame %s, which is frame %s of the other capture)",
		      context_packet_name(c, d->packet),
		      context_frame_text(c, context_frame(c, d->packet)).text,
		      context_other_frame(c, d->frame).text);
}

/* The connection in the other capture, or NULL. */
static const struct connection *find_other(const struct check_context *c)
{
	const struct paired_stream *pair =
		c->pairing ? pairing_stream(c->pairing, context_subflow(c, 0))
			   : NULL;
	long id = pair ? pair->stream[1]->connection : -1;

	return id < 0 ? NULL : &c->pairing->trace[1]->connections[id];
}

/*
 * Options of one direction are sent and do not arrive: the other end sees what
 * this one cannot.
 */
static void tell_other(struct check_context *c, const struct connection *other)
{
	const struct damaged *d = find_damage(c, INT64_MAX);
	int lost = other->side[1].lost;
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	if (d)
		put_damage(&text, c, d);
	strbuf_printf(&text,
		      "%sn the capture of the other end no Multipath TCP "
		      "option of the %s comes any more from its frame %s "
		      "on, and the %s goes on with them: its data is not "
		      "acknowledged by DATA_ACKs",
		      d ? "; i" : "I", hosts[lost],
		      context_other_frame(c, other->side[lost].lost_frame).text,
		      hosts[!lost]);
	v = verdicts_add(&c->verdicts, QUESTION_FALLBACK,
			 d ? "middlebox" : "options_lost_one_way",
			 CERTAINTY_PROVEN, "%s", text.text);
	if (d)
		verdict_frame(v, context_frame(c, d->packet));
	fallback_add_lost_frames(v, c);
	if (!v->n_frames)
		verdict_frame(v, c->conn->first_frame);
	strbuf_release(&text);
}

/* With both captures: options were changed on the path. */
static void blame_path(struct check_context *c, const struct subflow_facts *f,
		       const struct damaged *d)
{
	int plain = connection_is_plain(c->conn);
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	put_damage(&text, c, d);
	if (c->conn->cause == FALLBACK_OPTIONS_LOST_ONE_WAY) {
		strbuf_puts(&text, "; ");
		fallback_put_one_way(&text, c, "from");
	} else if (!plain) {
		strbuf_puts(&text, "; both ends went on without them (");
		fallback_put_lost(&text, c);
		strbuf_puts(&text, ")");
	}
	v = verdicts_add(&c->verdicts, QUESTION_FALLBACK, "middlebox",
			 CERTAINTY_PROVEN, "%s", text.text);
	verdict_frame(v, context_frame(c, d->packet));
	verdict_frame(v, plain ? f->synack : 0);
	verdict_frame(v, plain ? f->ack : 0);
	fallback_add_lost_frames(v, c);
	strbuf_release(&text);
}

/* Whether options changed on the path can be the reason. */
static bool rests_on_options(const struct connection *conn)
{
	return connection_is_plain(conn) ||
	       conn->cause == FALLBACK_OPTIONS_LOST ||
	       conn->cause == FALLBACK_OPTIONS_LOST_ONE_WAY;
}

void judge_fallback(struct check_context *c)
{
	const struct connection *other = NULL;
	const struct damaged *damage = NULL;
	struct subflow_facts f;

	other = find_other(c);
	if (other && other->cause == FALLBACK_OPTIONS_LOST_ONE_WAY &&
	    c->conn->cause != FALLBACK_OPTIONS_LOST_ONE_WAY) {
		tell_other(c, other);
		return;
	}
	if (c->conn->state != CONN_FALLBACK)
		return;
	subflow_facts_find(c, 0, &f);
	if (rests_on_options(c->conn))
		damage = find_damage(c, time_of_loss(c));
	if (damage)
		blame_path(c, &f, damage);
	else if (connection_is_plain(c->conn))
		fallback_tell_handshake(c, &f);
	else
		fallback_tell_later(c);
}
