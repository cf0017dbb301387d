/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "output/path_rows.h"

#include "output/define_columns.h"

#define ROW struct path_row

KNOWN_GETTER(path_client, r->path->has_client == COMMON_ONE,
	     value_address(out, &r->path->client))
KNOWN_GETTER(path_server, r->path->has_server == COMMON_ONE,
	     value_address(out, &r->path->server))
VALUE_GETTER(path_interface, value_text(out, r->path->interface))

/* People are told where it is not known because subflows differ. */
static void set_several(struct value *out, enum common common)
{
	if (common == COMMON_SEVERAL)
		value_text(out, "several");
}

#define TEXT_GETTER(side)                                                      \
	GETTER(path_##side##_text)                                             \
	{                                                                      \
		path_##side(r, out);                                           \
		set_several(out, r->path->has_##side);                         \
	}

TEXT_GETTER(client)
TEXT_GETTER(server)
TEXT_GETTER(interface)

#define COUNT_GETTER(name)                                                     \
	VALUE_GETTER(path_##name, value_u64(out, r->path->name))

COUNT_GETTER(connections)
COUNT_GETTER(subflows)
COUNT_GETTER(established)
COUNT_GETTER(backup)
COUNT_GETTER(joins)
COUNT_GETTER(joins_failed)
COUNT_GETTER(resets)

/* Directions. */

static void set_share(const struct path_row *r, struct value *out,
		      enum direction d)
{
	value_ratio(out, r->path->direction[d].counts.of[BYTES_UNIQUE],
		    r->total->direction[d].counts.of[BYTES_UNIQUE]);
}

static void set_goodput(const struct path_row *r, struct value *out,
			enum direction d)
{
	const struct byte_counts *counts = &r->path->direction[d].counts;

	if (byte_counts_know_unique(counts))
		value_rate(out, counts->of[BYTES_UNIQUE], r->busy[d]);
}

#define OF(d) (r->path->direction[d])

#define CLASS_GETTER(side, d, name, class)                                     \
	VALUE_GETTER(side##_##name, value_u64(out, OF(d).counts.of[class]))

/* clang-format off */

#define DIRECTION_GETTERS(side, d) \
	VALUE_GETTER(side##_sent, value_u64(out, OF(d).counts.sent)) \
	KNOWN_GETTER(side##_unique, byte_counts_know_unique(&OF(d).counts), \
		     value_u64(out, OF(d).counts.of[BYTES_UNIQUE])) \
	VALUE_GETTER(side##_share, set_share(r, out, d)) \
	CLASS_GETTER(side, d, retransmitted, BYTES_TCP_RETRANSMITTED) \
	CLASS_GETTER(side, d, repeated, BYTES_MPTCP_REPEATED) \
	CLASS_GETTER(side, d, reinjected, BYTES_REINJECTED) \
	CLASS_GETTER(side, d, unmapped, BYTES_UNMAPPED) \
	KNOWN_GETTER(side##_busy, OF(d).counts.packets, \
		     value_ns(out, r->busy[d])) \
	VALUE_GETTER(side##_goodput, set_goodput(r, out, d)) \
	VALUE_GETTER(side##_retransmission_ratio, \
		     value_ratio(out, OF(d).repeated_here, OF(d).sent_here)) \
	KNOWN_GETTER(side##_lost, OF(d).has_lost, value_u64(out, OF(d).lost)) \
	KNOWN_GETTER(side##_loss_ratio, OF(d).has_lost, \
		     value_ratio(out, OF(d).lost, OF(d).crossed)) \
	QUANTILE_GETTER(side##_rtt_p50, &r->rtt[d], p50, value_ns) \
	QUANTILE_GETTER(side##_rtt_p95, &r->rtt[d], p95, value_ns) \
	VALUE_GETTER(side##_rtt_n, value_u64(out, r->rtt[d].n))

DIRECTION_GETTERS(server, TO_SERVER)
DIRECTION_GETTERS(client, TO_CLIENT)

#define WORD_COLUMN(name, help) \
	{ #name, NULL, #name, COLUMN_TEXT, COLUMN_TABLE, help, path_##name, \
	  path_##name##_text }

#define DIRECTION_COLUMN(side, name, key, type, help) \
	COLUMN(#name "_to_" #side, NULL, "to_" #side "." key, type, 0, \
	       "to the " #side ": " help, side##_##name)

#define UNIT_COLUMN(side, name, unit, key, type, help) \
	COLUMN(#name "_to_" #side "_" unit, NULL, "to_" #side "." key, type, \
	       0, "to the " #side ": " help, side##_##name)

#define DIRECTION_COLUMNS(side) \
	DIRECTION_COLUMN(side, sent, "sent_bytes", BYTES, \
			 "all payload, also what was sent again"), \
	DIRECTION_COLUMN(side, unique, "unique_bytes", BYTES, \
			 "data bytes that were seen first on it; unknown " \
			 "when no payload could be mapped"), \
	DIRECTION_COLUMN(side, share, "share", RATIO, \
			 "share of its unique bytes in those of all paths"), \
	DIRECTION_COLUMN(side, retransmitted, "tcp_retransmitted_bytes", \
			 BYTES, \
			 "bytes whose subflow sequence numbers were seen " \
			 "before on the subflow"), \
	DIRECTION_COLUMN(side, repeated, "mptcp_repeated_bytes", BYTES, \
			 "data that was seen before on the same subflow, " \
			 "under other subflow sequence numbers"), \
	DIRECTION_COLUMN(side, reinjected, "reinjected_bytes", BYTES, \
			 "data that was seen before on another subflow"), \
	DIRECTION_COLUMN(side, unmapped, "unmapped_bytes", BYTES, \
			 "new bytes of the subflow for which no mapping is " \
			 "known"), \
	UNIT_COLUMN(side, busy, "s", "busy_s", SECONDS, \
		    "time in which data was in flight on it, each moment " \
		    "counted once"), \
	UNIT_COLUMN(side, goodput, "bps", "goodput_bps", RATE, \
		    "unique bytes, by the time in which it was busy"), \
	DIRECTION_COLUMN(side, retransmission_ratio, \
			 "retransmission_ratio", RATIO, \
			 "TCP-retransmitted bytes, of those sent, where the " \
			 "sender was captured"), \
	DIRECTION_COLUMN(side, lost, "lost_packets", COUNT, \
			 "packets that never arrived (--with)"), \
	DIRECTION_COLUMN(side, loss_ratio, "loss_ratio", RATIO, \
			 "lost packets, of those sent while both captures " \
			 "ran (--with)"), \
	UNIT_COLUMN(side, rtt_p50, "ms", "rtt_ms.p50", MILLISECONDS, \
		    "from data to its acknowledgment, median, where the " \
		    "sender was captured"), \
	UNIT_COLUMN(side, rtt_p95, "ms", "rtt_ms.p95", MILLISECONDS, \
		    "from data to its acknowledgment, 95th percentile"), \
	DIRECTION_COLUMN(side, rtt_n, "rtt_ms.n", COUNT, \
			 "samples of that time")

static const struct column columns[] = {
	WORD_COLUMN(client,
		    "address of the client; unknown where there are several"),
	WORD_COLUMN(server,
		    "address of the server; unknown where there are several"),
	WORD_COLUMN(interface,
		    "interface that captured the first packet; unknown where "
		    "there are several"),
	COLUMN("connections", "CONNS", "connections", COUNT, COLUMN_TABLE,
	       "connections that have a subflow on it", path_connections),
	SHOWN("subflows", COUNT, "subflows on it", path_subflows),
	SAME("established", COUNT, "those whose handshake was completed",
	     path_established),
	COLUMN("backup", NULL, "backup_subflows", COUNT, 0,
	       "those that an end asked to use as a backup only", path_backup),
	SAME("joins", COUNT, "those that began with MP_JOIN", path_joins),
	SAME("joins_failed", COUNT,
	     "joins whose handshake was not completed in the capture",
	     path_joins_failed),
	SAME("resets", COUNT, "subflows that ended with a RST", path_resets),
	DIRECTION_COLUMNS(server),
	DIRECTION_COLUMNS(client),
};

/* clang-format on */

ROW_TYPE(summary_path, "path", "paths", columns);
ROW_TYPE(summary_paths_total, "total", "total", columns);

static struct path_row make_row(const struct paths *paths,
				struct path_sums *path)
{
	struct path_row row = { .by = paths->by,
				.path = path,
				.total = &paths->total };

	for (int d = 0; d < 2; d++) {
		row.busy[d] = periods_total(&path->direction[d].busy);
		digest_describe(&path->direction[d].rtt, &row.rtt[d]);
	}
	return row;
}

void path_rows_report(struct report *report, struct paths *paths)
{
	struct path_row row = make_row(paths, &paths->total);

	paths_sort(paths);
	for (size_t i = 0; i < paths->n; i++) {
		struct path_row one = make_row(paths, paths->items[i]);

		report_row(report, 0, &summary_path, &one);
	}
	report_row(report, 0, &summary_paths_total, &row);
}
