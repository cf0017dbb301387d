/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/tshark_run.h"

#include <string.h>

#include "base/strbuf.h"
#include "read/source.h"

enum {
	INTERFACES_MAX = 64 /* that are told; others are more of them */
};

void tshark_run_argv(struct strlist *argv, const struct tshark *t,
		     const struct tshark_run *r, const char *path, bool as_data)
{
	struct strbuf columns = STRBUF_INIT;

	tshark_arguments(argv, t, as_data, true);
	strlist_add(argv, "-T");
	strlist_add(argv, "tabs");
	strbuf_puts(&columns, "gui.column.format:");
	for (size_t i = 0; i < r->layout.n; i++)
		strbuf_printf(&columns, "%s\"%zu\",\"%%Cus:%s:0:U\"",
			      i ? "," : "", i,
			      field_table[r->layout.fields[i]].tshark);
	strlist_add(argv, "-o");
	strlist_add(argv, columns.text);
	tshark_argument_file(argv, path);
	strbuf_release(&columns);
}

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

static int go_astray(struct tshark_run *r, struct error *err)
{
	r->astray = true;
	return error_set(err, EXIT_TSHARK, "'%s' cannot be read in parts",
			 r->job->source->path);
}

/* -1: what only one run over all can tell. */
static int number(struct tshark_run *r, enum row_kind what)
{
	if (!r->numbering)
		return 0;
	if (r->numbering->kind == NUMBERING_PARTS &&
	    (what == ROW_BAD || what == ROW_MALFORMED))
		return -1;
	r->row.frame += (uint32_t)r->before;
	if (what == ROW_TCP)
		return numbering_row(r->numbering, &r->row);
	if (what == ROW_ICMP)
		return numbering_quoted(r->numbering, &r->row);
	return 0;
}

int tshark_run_line(void *ctx, const char *line, size_t n, struct error *err)
{
	struct tshark_run *r = ctx;
	struct capture_info *info = r->info;
	enum row_kind what = tshark_row_parse(&r->layout, line, n, &r->row);

	if (number(r, what) < 0)
		return go_astray(r, err);
	if (what == ROW_BAD)
		return error_set(err, EXIT_TSHARK,
				 "tshark printed a row that does not fit "
				 "('%s', after packet %llu)",
				 r->job->source->path,
				 (unsigned long long)info->packets);
	info->packets++;
	if (r->row.present & ROW_HAS_TIME)
		capture_info_add_time(info, r->row.time);
	reader_progress(r->job, info->packets);
	if (what == ROW_MALFORMED)
		info->malformed++;
	note_interface(&info->interfaces, r->row.interface);
	if (what == ROW_ICMP)
		icmp_errors_add_row(&info->icmp, &r->row);
	if (what != ROW_TCP)
		return 0;
	info->tcp_packets++;
	if (r->row.present & ROW_OPTIONS_CUT)
		info->options_cut++;
	if (r->row.present & ROW_SNAPPED) {
		info->snapped++;
		if (r->row.cap_len > info->snaplen)
			info->snaplen = r->row.cap_len;
	}
	if (r->row.frame <= r->handed)
		return 0;
	r->handed = r->row.frame;
	return r->job->fn(r->job->ctx, &r->row, err);
}
