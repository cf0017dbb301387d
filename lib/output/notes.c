/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/notes.h"
#include "base/plural.h"

#include <inttypes.h>

/* Where the capture of the other end was taken. */
static enum vantage other_vantage(const struct summary *s)
{
	return s->other ? s->other->summary.vantage : VANTAGE_UNKNOWN;
}

static void note_other(const struct summary *s, struct strlist *out)
{
	const enum vantage where = other_vantage(s);

	if (where != s->vantage &&
	    (where == VANTAGE_CLIENT || where == VANTAGE_SERVER))
		strlist_addf(out,
			     "bytes and packets are those of the first "
			     "capture; what only the %s can tell is from the "
			     "second",
			     vantage_name(where));
}

/* What nobody tells, for neither end was captured, or just one. */
static void note_missing(const struct summary *s, const char *why,
			 const char *sign, struct strlist *out)
{
	const enum vantage missing = vantage_opposite(other_vantage(s));
	const bool has_one =
		missing == VANTAGE_CLIENT || missing == VANTAGE_SERVER;

	strlist_addf(out, "%s%s%s%s: what only the %s can tell is left out",
		     why, sign ? " (" : "", sign ? sign : "", sign ? ")" : "",
		     has_one ? vantage_name(missing)
			     : "sender or the receiver");
}

static void note_vantage(const struct summary *s, struct strlist *out)
{
	const struct strlist *signs = &s->vantage_verdict.evidence;

	if (s->vantage == VANTAGE_MIDDLE)
		note_missing(s, "captured between the ends", NULL, out);
	else if (s->vantage == VANTAGE_UNKNOWN &&
		 s->vantage_verdict.is_one_host)
		note_missing(s, signs->items[0], NULL, out);
	else if (s->vantage == VANTAGE_UNKNOWN)
		note_missing(s, "unknown where it was captured",
			     signs->n ? signs->items[0] : NULL, out);
	note_other(s, out);
}

static void note_state(const struct summary *s, struct strlist *out)
{
	const struct connection *c = s->conn;

	if (s->plain)
		strlist_add(out,
			    "after the fallback, data is counted by subflow "
			    "sequence numbers, and there are no DATA_ACKs");
	else if (!c->has_initial)
		strlist_add(out, "the first handshake was not captured");
	if (c->grouping == GROUPING_DATA_SEQUENCE)
		strlist_add(out, "some subflows were assigned to it by their "
				 "data sequence numbers only");
}

static const char *direction_name(enum direction d)
{
	return d == TO_SERVER ? "to server" : "to client";
}

static const char *missing_text(enum holes holes)
{
	switch (holes) {
	case HOLES_NOT_SENT: return "not sent";
	case HOLES_NOT_CAPTURED: return "not captured";
	case HOLES_UNKNOWN: break;
	}
	return "not in the capture";
}

static void note_mapping(const struct summary *s,
			 const struct direction_summary *d, struct strlist *out)
{
	const char *name = direction_name(d->direction);
	uint64_t unmapped = d->counts->of[BYTES_UNMAPPED];

	if (!byte_counts_know_unique(d->counts))
		strlist_addf(out, "%s: no payload could be mapped to the data",
			     name);
	else if (unmapped)
		strlist_addf(out, "%s: %" PRIu64 " byte%s could not be mapped",
			     name, unmapped, plural(unmapped));
	if (d->coverage.n_holes)
		strlist_addf(
			out,
			"%s: %" PRIu64 " byte%s missing in %zu hole%s (%s)",
			name, d->coverage.missing, plural(d->coverage.missing),
			d->coverage.n_holes, plural(d->coverage.n_holes),
			missing_text(d->holes));
	if (!s->has_idsn[d->direction] && d->coverage.bytes)
		strlist_addf(out,
			     "%s: positions count from the first byte "
			     "captured, not from the first one sent",
			     name);
	else if (d->coverage.bytes && d->coverage.first > 1)
		strlist_addf(out,
			     "%s: the first %" PRId64 " byte%s missing (%s)",
			     name, d->coverage.first - 1,
			     d->coverage.first == 2 ? "" : "s",
			     missing_text(d->holes));
}

static void note_order(const struct summary *s, enum direction d,
		       struct strlist *out)
{
	const struct summary *told = summary_at_receiver(s, d);
	const struct direction_summary *at = told ? &told->direction[d] : NULL;

	if (at && at->reordering.unresolved)
		strlist_addf(
			out, "%s: %" PRIu64 " packet%s %s", direction_name(d),
			at->reordering.unresolved,
			plural(at->reordering.unresolved),
			at->aborted
				? "still out of order when the receiver "
				  "aborted, or arrived after that"
				: "waited for bytes that were never captured");
}

static void note_delivery(const struct summary *s,
			  const struct direction_summary *d,
			  struct strlist *out)
{
	const struct summary *told = summary_at_sender(s, d->direction);
	const struct direction_summary *at =
		told ? &told->direction[d->direction] : d;
	const char *name = direction_name(d->direction);

	if (!d->counts->sent)
		return;
	if (!at->delivery.has_interruption)
		strlist_addf(out, "%s: no acknowledgment of data was captured",
			     name);
	else if (told && !at->delivery.has_limited)
		strlist_addf(out, "%s: the window scale is unknown", name);
	note_order(s, d->direction, out);
}

void notes_of_connection(const struct summary *s, struct strlist *out)
{
	bool data = false;

	for (int d = 0; d < 2; d++)
		data |= s->direction[d].counts->sent > 0;
	note_state(s, out);
	if (data)
		note_vantage(s, out);
	for (int d = 0; d < 2; d++) {
		note_mapping(s, &s->direction[d], out);
		note_delivery(s, &s->direction[d], out);
	}
	if (!s->direction[0].all.known || !s->direction[1].all.known)
		strlist_addf(out, "no packet %s was captured",
			     s->direction[0].all.known ? "to client"
						       : "to server");
}
