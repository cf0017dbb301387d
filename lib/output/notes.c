/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/notes.h"

#include <inttypes.h>

static void note_vantage(const struct summary *s, struct strlist *out)
{
	const struct strlist *why = &s->vantage_verdict.evidence;

	if (s->vantage == VANTAGE_MIDDLE)
		strlist_add(out, "captured at neither end: what only the "
				 "sender or the receiver can tell is left out");
	else if (s->vantage == VANTAGE_UNKNOWN)
		strlist_addf(out,
			     "not known at which end it was captured%s%s%s: "
			     "what only the sender or the receiver can tell "
			     "is left out",
			     why->n ? " (" : "", why->n ? why->items[0] : "",
			     why->n ? ")" : "");
}

static void note_state(const struct summary *s, struct strlist *out)
{
	const struct connection *c = s->conn;

	if (s->plain)
		strlist_add(out,
			    "after the fallback data is counted by subflow "
			    "sequence numbers, and there is no DATA_ACK");
	else if (!c->has_initial)
		strlist_add(out, "the first handshake was not captured");
	if (c->grouping == GROUPING_DATA_SEQUENCE)
		strlist_add(out, "some subflows were tied to it by their data "
				 "sequence numbers only");
}

static const char *direction_name(enum direction d)
{
	return d == TO_SERVER ? "to server" : "to client";
}

static const char *missing_text(enum holes holes)
{
	switch (holes) {
	case HOLES_NOT_SENT: return "were not sent";
	case HOLES_NOT_CAPTURED: return "were not captured";
	case HOLES_UNKNOWN: break;
	}
	return "are not in the capture";
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
		strlist_addf(out, "%s: %" PRIu64 " bytes could not be mapped",
			     name, unmapped);
	if (d->coverage.n_holes)
		strlist_addf(out, "%s: %" PRIu64 " byte%s in %zu hole%s %s",
			     name, d->coverage.missing,
			     d->coverage.missing == 1 ? "" : "s",
			     d->coverage.n_holes,
			     d->coverage.n_holes == 1 ? "" : "s",
			     missing_text(d->holes));
	if (!s->has_idsn[d->direction] && d->coverage.bytes)
		strlist_addf(out,
			     "%s: positions count from the first byte "
			     "captured, not from the first one sent",
			     name);
	else if (d->coverage.bytes && d->coverage.first > 1)
		strlist_addf(out, "%s: the first %" PRId64 " byte%s %s", name,
			     d->coverage.first - 1,
			     d->coverage.first == 2 ? "" : "s",
			     missing_text(d->holes));
}

static void note_delivery(const struct summary *s,
			  const struct direction_summary *d,
			  struct strlist *out)
{
	const char *name = direction_name(d->direction);

	if (!d->counts->sent)
		return;
	if (!d->delivery.has_interruption)
		strlist_addf(out, "%s: no acknowledgment of data was captured",
			     name);
	else if (d->at_sender && !d->delivery.has_limited)
		strlist_addf(out,
			     "%s: the scale of the receive window is not "
			     "known",
			     name);
	if (d->reordering.unresolved && s->vantage != VANTAGE_UNKNOWN)
		strlist_addf(out, "%s: %" PRIu64 " packet%s %s", name,
			     d->reordering.unresolved,
			     d->reordering.unresolved == 1 ? "" : "s",
			     d->aborted ? "had not been put in order when the "
					  "receiver gave up, or came later"
					: "waited for bytes that were never "
					  "captured");
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
