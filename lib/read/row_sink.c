/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/row_sink.h"

#include <string.h>

enum {
	TCP_HEADER = 20,			/* bytes without options */
	INTERFACES_MAX = CLOCK_WATCH_INTERFACES /* that are distinguished */
};

/* Index in the list; INTERFACES_MAX: not in it. */
static size_t note_interface(struct strlist *list, const char *name)
{
	if (!*name)
		return INTERFACES_MAX;
	for (size_t i = list->n; i-- > 0;)
		if (strcmp(list->items[i], name) == 0)
			return i;
	if (list->n == INTERFACES_MAX)
		return INTERFACES_MAX;
	strlist_add(list, name);
	return list->n - 1;
}

/* Number of bytes of the frame up to the end of its TCP options. */
static uint32_t needed(const struct row *row)
{
	return row->cap_len + row->hdr_len - TCP_HEADER - row->n_options;
}

static void count_options(struct capture_info *info, const struct row *row)
{
	if (row->present & ROW_OPTIONS_CUT)
		info->options_cut++;
	if (row->present & ROW_SNAPPED) {
		info->snapped++;
		if (row->cap_len > info->snaplen)
			info->snaplen = row->cap_len;
		if (needed(row) > info->needed)
			info->needed = needed(row);
	}
}

int row_sink_take(struct row_sink *sink, struct row *row, enum row_kind kind,
		  struct error *err)
{
	struct capture_info *info = sink->info;
	size_t interface = 0;

	info->packets++;
	if (row->present & ROW_HAS_TIME)
		capture_info_add_time(info, row->time);
	reader_progress(sink->job, info->packets);
	interface = note_interface(&info->interfaces, row->interface);
	if (sink->numbering && (row->present & ROW_HAS_STREAM))
		numbering_row(sink->numbering, row, kind);
	sink->clock.info = info;
	clock_watch_packet(&sink->clock, row, kind, interface);
	if (kind == ROW_MALFORMED)
		info->malformed++;
	if (kind == ROW_ICMP)
		icmp_errors_add_row(&info->icmp, row);
	if (kind != ROW_TCP)
		return 0;
	info->tcp_packets++;
	count_options(info, row);
	return sink->job->fn(sink->job->ctx, row, err);
}

void row_sink_end(struct row_sink *sink)
{
	clock_watch_settle(&sink->clock);
}
