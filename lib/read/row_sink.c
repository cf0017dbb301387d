/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/row_sink.h"

#include <string.h>

enum {
	INTERFACES_MAX = 64 /* that are told; others are more of them */
};

static void note_interface(struct strlist *list, const char *name)
{
	if (!*name)
		return;
	for (size_t i = list->n; i-- > 0;)
		if (strcmp(list->items[i], name) == 0)
			return;
	if (list->n < INTERFACES_MAX)
		strlist_add(list, name);
}

static void count_options(struct capture_info *info, const struct row *row)
{
	if (row->present & ROW_OPTIONS_CUT)
		info->options_cut++;
	if (row->present & ROW_SNAPPED) {
		info->snapped++;
		if (row->cap_len > info->snaplen)
			info->snaplen = row->cap_len;
	}
}

int row_sink_take(const struct row_sink *sink, struct row *row,
		  enum row_kind kind, struct error *err)
{
	struct capture_info *info = sink->info;

	info->packets++;
	if (row->present & ROW_HAS_TIME)
		capture_info_add_time(info, row->time);
	reader_progress(sink->job, info->packets);
	note_interface(&info->interfaces, row->interface);
	if (sink->numbering && (row->present & ROW_HAS_STREAM))
		numbering_row(sink->numbering, row, kind);
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

void row_sink_end(const struct row_sink *sink)
{
	struct capture_info *info = sink->info;

	if (info->snapped)
		strlist_addf(&info->warnings,
			     "the options of %llu packet%s are cut (snaplen "
			     "%u): Multipath TCP cannot be seen in them",
			     (unsigned long long)info->snapped,
			     info->snapped == 1 ? "" : "s",
			     (unsigned)info->snaplen);
}
