/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/mptcp_csv.h"

#include <csv.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/csvtext.h"
#include "base/mem.h"
#include "base/plural.h"
#include "base/text.h"
#include "read/source.h"
#include "row/field.h"
#include "row/info_json.h"

enum {
	BLOCK = 256 * 1024,
	GZIP_BLOCK = 16 * 1024,
	CELL_BLOCK = 64 * 1024, /* by which libcsv's cell grows: 128 is slow */
	LINE_MAX_BYTES = 16 * 1024 * 1024,
	SHOWN = 40, /* bytes of an invalid cell shown in a message */
	COLUMN_OTHER = -1,
	COLUMN_FIRST = -2
};

struct parse {
	const struct read_job *job;
	struct capture_info *info;
	struct error *err;
	int *columns; /* enum field_id, COLUMN_OTHER or COLUMN_FIRST */
	size_t n_columns, cap_columns;
	size_t column; /* next column of this line */
	uint64_t line; /* of the file, from 1 */
	uint64_t more; /* newlines within cells of this row */
	bool has_header;
	bool failed; /* the reason is in "err" */
	bool has_info, info_here;
	uint64_t rows, rows_said;
	struct capture_info seen; /* only the times of rows */
	size_t pending;		  /* bytes since the last row ended */
	struct row row;
};

/* The beginning of a cell, for a message. */
struct shown {
	char text[SHOWN + 1];
};

static struct shown show(const char *cell)
{
	struct shown out;

	snprintf(out.text, sizeof(out.text), "%s", cell);
	text_make_ascii(out.text);
	return out;
}

static void fail(struct parse *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void fail(struct parse *r, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	if (r->failed)
		return;
	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	r->failed = true;
	error_set(r->err, EXIT_INPUT, "'%s', line %" PRIu64 ": %s",
		  r->job->source->path, r->line, text);
	free(text);
}

/* Another version of the format has a different name of the first column. */
static void take_name(struct parse *r, const char *name)
{
	static const char any[] = "mptcp_csv_";
	int what = COLUMN_OTHER;

	for (int i = 0; i < FIELD_COUNT; i++)
		if (field_table[i].column &&
		    strcmp(name, field_table[i].column) == 0)
			what = i;
	if (strcmp(name, MPTCP_CSV_FIRST) == 0)
		what = COLUMN_FIRST;
	else if (strncmp(name, any, sizeof(any) - 1) == 0)
		fail(r,
		     "this is '%s', and " MPTCP_CSV_FIRST
		     " is what this program reads",
		     show(name).text);
	*MEM_PUSH(r->columns, r->n_columns, r->cap_columns) = what;
}

static bool has_column(const struct parse *r, int what)
{
	for (size_t i = 0; i < r->n_columns; i++)
		if (r->columns[i] == what)
			return true;
	return false;
}

static void check_header(struct parse *r)
{
	struct strbuf missing = STRBUF_INIT;

	for (int i = 0; i < FIELD_COUNT; i++)
		if (field_table[i].column && !field_table[i].later &&
		    !has_column(r, i))
			strbuf_printf(&missing, " %s", field_table[i].column);
	if (!r->failed && !has_column(r, COLUMN_FIRST)) {
		r->failed = true;
		error_set(r->err, EXIT_INPUT,
			  "'%s' cannot be read as a capture: it looks like CSV, "
			  "but not like that of mptcp-export --columns raw: it "
			  "has no column " MPTCP_CSV_FIRST,
			  r->job->source->path);
	}
	if (missing.len && !r->failed) {
		r->failed = true;
		error_set(r->err, EXIT_INPUT,
			  "'%s' cannot be read as a capture: it lacks the "
			  "columns%s (mptcp-export --columns raw writes them)",
			  r->job->source->path, missing.text);
	}
	strbuf_release(&missing);
	r->has_header = true;
}

static void take_info(struct parse *r, const char *text, size_t n)
{
	json_t *o = NULL;

	if (n == 0 || r->has_info)
		return;
	o = json_loadb(text, n, 0, NULL);
	r->has_info = r->info_here = true;
	if (!o || info_json_decode(o, r->info, &r->rows_said) < 0)
		fail(r, "'%s' is not a description of a capture as mptcp-export writes it",
		     show(text).text);
	json_decref(o);
}

static void take_cell(struct parse *r, const char *text, size_t n)
{
	int what = COLUMN_OTHER;

	if (r->column >= r->n_columns) {
		fail(r, "it has more fields than the first line");
		return;
	}
	what = r->columns[r->column];
	if (what == COLUMN_FIRST) {
		take_info(r, text, n);
	} else if (what >= 0 &&
		   field_parse((enum field_id)what, text, n, &r->row) < 0) {
		fail(r, "'%s' does not fit into the column %s (%s)",
		     show(text).text, field_table[what].column,
		     field_type_name(field_table[what].kind));
	}
}

static void on_field(void *text, size_t n, void *data)
{
	struct parse *r = data;
	const char *p = text, *end = p + n;

	if (r->failed)
		return;
	if (r->has_header)
		take_cell(r, text, n);
	else
		take_name(r, text);
	r->column++;
	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		r->more++;
		p++;
	}
}

static void take_row(struct parse *r)
{
	if (r->column != r->n_columns) {
		fail(r, "it has fewer fields than the first line");
		return;
	}
	/* A capture without packets has one line for the first column. */
	if (r->info_here && !r->row.present)
		return;
	if (row_settle(&r->row) != ROW_TCP) {
		fail(r, "a field that every TCP packet has is empty");
		return;
	}
	r->rows++;
	capture_info_add_time(&r->seen, r->row.time);
	r->info->options_cut += !!(r->row.present & ROW_OPTIONS_CUT);
	reader_progress(r->job, r->rows);
	r->failed = r->job->fn(r->job->ctx, &r->row, r->err) < 0;
}

static void on_line(int end, void *data)
{
	struct parse *r = data;

	if (r->failed)
		return;
	if (r->column > 0) { /* not the LF of CR LF */
		if (!r->has_header)
			check_header(r);
		else
			take_row(r);
		row_clear(&r->row);
	}
	r->line += r->more + (end == '\n');
	r->more = 0;
	r->column = 0;
	r->info_here = false;
	r->pending = 0;
}

/* Finish after all rows; "damage" is an error message, or NULL. */
static void settle(struct parse *r, const char *damage)
{
	struct capture_info *info = r->info;

	if (!damage && !r->has_info)
		damage = "the line that describes the capture is missing";
	else if (!damage && r->rows != r->rows_said)
		damage = "lines are missing, or there are too many";
	if (damage && r->has_info)
		strlist_addf(&info->warnings,
			     "%s: %" PRIu64 " of %" PRIu64 " packet%s were read",
			     damage, r->rows, r->rows_said,
			     plural(r->rows_said));
	else if (damage)
		strlist_addf(&info->warnings, "%s: results cover what was read",
			     damage);
	info->complete &= !damage;
	if (!info->has_time && r->seen.has_time) {
		info->has_time = true;
		info->first_time = r->seen.first_time;
		info->last_time = r->seen.last_time;
	}
	info->tcp_packets = r->rows;
	if (info->packets < r->rows + info->malformed)
		info->packets = r->rows + info->malformed;
}

static int read_all(struct parse *r, gzFile gz, struct csv_parser *csv)
{
	static const char bom[] = "\xef\xbb\xbf";
	char *buf = mem_calloc(BLOCK, 1);
	int n = 0, last = '\n', zerr = Z_OK;
	size_t skip = 0, size = 0;

	while (!r->failed && (n = gzread(gz, buf, BLOCK)) > 0) {
		skip = !r->has_header && n >= 3 && !memcmp(buf, bom, 3) ? 3 : 0;
		size = (size_t)n - skip;
		r->pending += size;
		if (csv_parse(csv, buf + skip, size, on_field, on_line, r) !=
		    size)
			fail(r, "its quotes are not valid CSV");
		if (r->pending > LINE_MAX_BYTES)
			fail(r, "it is too long");
		last = (unsigned char)buf[n - 1];
	}
	free(buf);
	if (r->failed)
		return -1;
	(void)gzerror(gz, &zerr);
	if (n < 0 && zerr == Z_ERRNO)
		return error_set(r->err, EXIT_INPUT, "cannot read '%s'",
				 r->job->source->path);
	if (!r->has_header)
		return error_set(
			r->err, EXIT_INPUT, "'%s' is %s in its first line",
			r->job->source->path,
			n < 0 && zerr != Z_BUF_ERROR ? "damaged" : "cut short");
	if (n < 0 && zerr != Z_BUF_ERROR)
		settle(r, "damaged or corrupt");
	else if (n < 0 || zerr == Z_BUF_ERROR || last != '\n')
		settle(r, "cut short in the middle of a line");
	else
		settle(r, NULL);
	return 0;
}

static enum reader_result read_capture(struct read_job *job,
				       struct capture_info *info,
				       struct error *err)
{
	struct parse r = { .job = job, .info = info, .err = err, .line = 1 };
	struct csv_parser csv;
	int fd = dup(job->source->fd), rc = -1;
	gzFile gz = fd < 0 ? NULL : gzdopen(fd, "rb");

	if (!gz) {
		if (fd >= 0)
			close(fd);
		error_set(err, EXIT_SYSTEM, "cannot read '%s'",
			  job->source->path);
		return READER_FAILED;
	}
	/* Data still buffered by zlib when it detects damage is lost. */
	(void)gzbuffer(gz, GZIP_BLOCK);
	info->complete = true;
	info->reader = CAPTURE_BY_CSV;
	if (csv_init(&csv, CSV_STRICT | CSV_APPEND_NULL | CSV_REPALL_NL) == 0) {
		csv_set_blk_size(&csv, CELL_BLOCK);
		rc = read_all(&r, gz, &csv);
		csv_free(&csv);
	}
	gzclose_r(gz);
	free(r.columns);
	return rc < 0 ? READER_FAILED : READER_DONE;
}

const struct reader mptcp_csv_reader = {
	.name = "mptcp-csv",
	.recognise = mptcp_csv_recognise,
	.read = read_capture,
};

void mptcp_csv_put_info(struct strbuf *out, const struct capture_info *info,
			uint64_t rows)
{
	json_t *o = info_json_encode(info, rows);
	char *text = json_dumps(o, JSON_COMPACT | JSON_ENSURE_ASCII);

	if (text)
		csvtext_append(out, text, strlen(text));
	free(text);
	json_decref(o);
}
