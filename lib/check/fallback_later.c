/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts on fallback: Multipath TCP was used, and then no longer. */
#include <inttypes.h>

#include "base/plural.h"
#include "base/strbuf.h"
#include "check/fallback_verdict.h"
#include "check/witness.h"

static const char *const hosts[2] = { "client", "server" };

static uint32_t find_fail(const struct check_context *c)
{
	for (size_t k = 0; k < c->signals.n; k++)
		if (c->signals.items[k].option.subtype == MP_FAIL)
			return context_frame(c, c->signals.items[k].packet);
	return 0;
}

static void tell_fail(struct check_context *c)
{
	int infinite = 0;
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	for (size_t k = 0; k < c->conn->n_subflows; k++)
		infinite |= context_subflow(c, k)->infinite_mapping;
	strbuf_printf(&text,
		      "A checksum failed on the only subflow (MP_FAIL), and it "
		      "went on with%s: the payload was changed on the way",
		      infinite ? " an infinite mapping" : "out mappings");
	v = fallback_add(c, CERTAINTY_PROVEN, text.text);
	verdict_frame(v, find_fail(c));
	strbuf_release(&text);
}

/* The first packet with payload and an infinite mapping. */
static uint32_t find_infinite(const struct check_context *c)
{
	for (size_t k = 0; k < c->timeline.n; k++)
		if (c->timeline.events[k].kind == EVENT_FALLBACK)
			return context_frame(c, c->timeline.events[k].packet);
	return 0;
}

static void tell_infinite(struct check_context *c)
{
	const struct stream *s = context_subflow(c, 0);
	int both = s->side[0].talked && s->side[1].talked && !witness_is_cut(c);
	struct verdict *v = fallback_add(
		c, both ? CERTAINTY_PROVEN : CERTAINTY_LIKELY,
		both ? "It went on with an infinite mapping (length 0), "
		       "without an MP_FAIL before: its sender had seen "
		       "data, or acknowledgments, without the option"
		     : "It went on with an infinite mapping (length 0): "
		       "probably its sender had seen data, or "
		       "acknowledgments, without the option; an MP_FAIL "
		       "was not captured, nor was all of the other "
		       "direction");

	if (!both)
		verdict_alternative(v, "mp_fail");
	verdict_frame(v, find_infinite(c));
}

void fallback_put_lost(struct strbuf *out, const struct check_context *c)
{
	const char *comma = "";

	for (int side = 0; side < 2; side++) {
		const struct conn_side *s = &c->conn->side[side];

		if (!s->lost)
			continue;
		strbuf_printf(out, "%sthe %s from frame %s on", comma,
			      hosts[side],
			      context_frame_text(c, s->lost_frame).text);
		comma = ", ";
	}
}

void fallback_add_lost_frames(struct verdict *v, const struct check_context *c)
{
	for (int side = 0; side < 2; side++)
		if (c->conn->side[side].lost)
			verdict_frame(v, c->conn->side[side].lost_frame);
}

/* Options truncated in the capture may contain an MP_FAIL. */
static void put_cut(struct strbuf *out, const struct check_context *c)
{
	if (witness_is_cut(c))
		strbuf_puts(out, "; probably without an MP_FAIL, but options "
				 "of other packets are cut");
}

/* The host of which no new data without a mapping was captured. */
static int may_send_options(const struct check_context *c)
{
	const struct stream *s = context_subflow(c, 0);

	for (int side = 0; side < 2; side++)
		if (c->conn->side[side].lost && !s->side[side].unmapped_tail)
			return side;
	return s->side[0].unmapped_tail;
}

static void put_likely_loss(struct strbuf *out, const struct check_context *c)
{
	int host = may_send_options(c);

	strbuf_printf(out,
		      "probably both ends went on as plain TCP, or the %s "
		      "still sends options",
		      hosts[host]);
	strbuf_puts(out, context_subflow(c, 0)->side[host].talked
				 ? ", which something on the way removes"
				 : " (its packets were not captured)");
}

/*
 * New data that no mapping covers and that the other end acknowledged without
 * options: it accepted the data.  Otherwise the other end may continue with
 * options that do not arrive here.
 */
static void tell_lost(struct check_context *c)
{
	const struct stream *s = context_subflow(c, 0);
	int both = s->side[0].unmapped_tail && s->side[1].unmapped_tail;
	struct strbuf text = STRBUF_INIT;
	struct verdict *v = NULL;

	strbuf_puts(&text, both ? "Both ends went on without Multipath TCP "
				  "options after data had been mapped ("
				: "Options are missing after data had been "
				  "mapped (");
	fallback_put_lost(&text, c);
	strbuf_puts(&text, "): ");
	if (both)
		strbuf_puts(&text, "something on the way, or an end, had "
				   "dropped them first");
	else
		put_likely_loss(&text, c);
	put_cut(&text, c);
	v = fallback_add(c,
			 both && !witness_is_cut(c) ? CERTAINTY_PROVEN
						    : CERTAINTY_LIKELY,
			 text.text);
	if (!both)
		verdict_alternative(v, "options_lost_one_way");
	if (witness_is_cut(c))
		verdict_alternative(v, "mp_fail");
	fallback_add_lost_frames(v, c);
	strbuf_release(&text);
}

/* Packets of a host that sent data after the other side was lost. */
static uint64_t count_repeats(const struct check_context *c, int from,
			      int64_t since)
{
	uint64_t n = 0;
	uint32_t last = LEDGER_NO_PACKET;

	for (size_t k = 0; k < c->ledger.n_pieces; k++) {
		const struct piece *piece = &c->ledger.pieces[k];

		if ((int)piece->direction != from || piece->packet == last ||
		    c->trace->packets.time[piece->packet] < since ||
		    (piece->byte_class != BYTES_MPTCP_REPEATED &&
		     piece->byte_class != BYTES_TCP_RETRANSMITTED))
			continue;
		last = piece->packet;
		n++;
	}
	return n;
}

void fallback_put_one_way(struct strbuf *out, const struct check_context *c,
			  const char *from)
{
	int lost = c->conn->side[1].lost;
	uint64_t repeats =
		count_repeats(c, !lost, c->conn->side[lost].lost_time);

	strbuf_printf(
		out,
		"%s the %s no Multipath TCP option comes any more from "
		"frame %s on, and the %s goes on with them: no DATA_ACK "
		"tells it that its data arrived",
		from, hosts[lost],
		context_frame_text(c, c->conn->side[lost].lost_frame).text,
		hosts[!lost]);
	if (repeats)
		strbuf_printf(
			out,
			"; %s again in %" PRIu64
			" packet%s (the connection is stalled)",
			vantage_is_receiver(c->vantage, (enum direction) !lost)
				? "its data came"
				: "it sent data",
			repeats, plural(repeats));
}

static void tell_one_way(struct check_context *c)
{
	struct verdict *v = NULL;
	struct strbuf text = STRBUF_INIT;

	fallback_put_one_way(&text, c, "From");
	put_cut(&text, c);
	v = fallback_add(
		c, witness_is_cut(c) ? CERTAINTY_LIKELY : CERTAINTY_PROVEN,
		text.text);
	if (witness_is_cut(c))
		verdict_alternative(v, "mp_fail");
	fallback_add_lost_frames(v, c);
	strbuf_release(&text);
}

void fallback_tell_later(struct check_context *c)
{
	switch (c->conn->cause) {
	case FALLBACK_MP_FAIL: tell_fail(c); break;
	case FALLBACK_INFINITE_MAPPING: tell_infinite(c); break;
	case FALLBACK_OPTIONS_LOST: tell_lost(c); break;
	case FALLBACK_OPTIONS_LOST_ONE_WAY: tell_one_way(c); break;
	default: break; /* those of fallback_tell_handshake() */
	}
}
