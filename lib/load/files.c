/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load/files.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "load/capture_file.h"
#include "load/file_list.h"
#include "load/file_sources.h"
#include "model/interleave.h"
#include "read/tshark.h"

int files_open(struct files *f, struct input *in, const char *const *paths,
	       size_t n, struct error *err)
{
	struct strlist list = { .items = NULL };

	*f = (struct files){ .in = in };
	if (file_list_make(&list, &f->said, paths, n, err) < 0) {
		strlist_release(&list);
		strlist_release(&f->said);
		return -1;
	}
	f->name = file_list_name(paths, n);
	f->n = list.n;
	f->items = mem_calloc(f->n, sizeof(struct capture_file *));
	for (size_t i = 0; i < f->n; i++) {
		f->items[i] = mem_calloc(1, sizeof(struct capture_file));
		f->items[i]->path = mem_strdup(list.items[i]);
	}
	strlist_release(&list);
	input_prepare(in);
	return 0;
}

uint64_t files_packets(const struct files *f, size_t i)
{
	return f->items[i]->info.packets;
}

const struct source *files_reopen(struct files *f, size_t i, struct error *err)
{
	struct capture_file *file = f->items[i];

	if (capture_file_open(file, f->in, err) < 0)
		return NULL;
	if (file_id_equal(&file->id, &file->capture.source.id))
		return &file->capture.source;
	error_set(err, EXIT_INPUT, "'%s' changed while it was read",
		  file->path);
	capture_file_shut(file, true);
	return NULL;
}

void files_shut(struct files *f, size_t i)
{
	capture_file_shut(f->items[i], false);
}

void files_close(struct files *f)
{
	for (size_t i = 0; i < f->n; i++) {
		capture_file_release(f->items[i]);
		free(f->items[i]);
	}
	free(f->items);
	free(f->name);
	strlist_release(&f->said);
	*f = (struct files){ .n = 0 };
}

static bool has_interface(const struct capture_info *info, const char *name)
{
	if (!*name)
		return info->interfaces.n == 0;
	for (size_t i = 0; i < info->interfaces.n; i++)
		if (strcmp(info->interfaces.items[i], name) == 0)
			return true;
	return false;
}

/* Determine the sources of the files, in order. */
static void find_sources(const struct files *f, const struct origins *o,
			 struct file_sources *sources)
{
	struct file_span *spans = mem_calloc(f->n, sizeof(*spans));

	for (size_t i = 0; i < f->n; i++)
		spans[i] = (struct file_span){
			.path = o->paths.items[i],
			.name = o->names.items[i],
			.has_time = f->items[i]->info.has_time,
			.first = f->items[i]->info.first_time,
			.last = f->items[i]->info.last_time
		};
	file_sources_find(sources, spans, f->n);
	free(spans);
}

/*
 * Whether another source has a different interface with this name ("": without
 * one).
 */
static bool is_shared(const struct files *f, const struct file_sources *sources,
		      size_t i, const char *name)
{
	for (size_t k = 0; k < f->n; k++)
		if (has_interface(&f->items[k]->info, name) &&
		    file_sources_parallel(sources, sources->of[i],
					  sources->of[k]))
			return true;
	return false;
}

/* The name for an interface of file i. */
static char *interface_name(const struct files *f,
			    const struct file_sources *sources, size_t i,
			    const char *name)
{
	const char *source = NULL;

	if (!is_shared(f, sources, i, name))
		return mem_strdup(name);
	source = sources->names.items[sources->of[i]];
	return mem_printf("%s%s%s", source, *name ? ":" : "", name);
}

/* The index of an interface with this name; UINT16_MAX: none. */
static uint16_t name_index(struct packets *p, char *name)
{
	uint16_t index = UINT16_MAX;

	if (strlen(name) >= ROW_INTERFACE_TEXT)
		name[ROW_INTERFACE_TEXT - 1] = '\0';
	if (*name)
		index = packets_add_interface(p, name);
	return index;
}

/* Give the interfaces of file i their names in the whole capture. */
static void name_interfaces(const struct files *f,
			    const struct file_sources *sources, size_t i,
			    struct trace *trace)
{
	const struct capture_file *file = f->items[i];
	struct packets *p = &trace->packets;
	size_t n = p->interfaces.n;
	uint16_t *index = mem_calloc(n + 1, sizeof(*index));
	bool *known = mem_calloc(n + 1, sizeof(*known));

	for (size_t k = file->first; k < file->first + file->n; k++) {
		size_t at = p->interface[k] < n ? p->interface[k] : n;

		if (!known[at]) {
			char *name = interface_name(
				f, sources, i,
				at < n ? p->interfaces.items[at] : "");

			known[at] = true;
			index[at] = name_index(p, name);
			free(name);
		}
		p->interface[k] = index[at];
	}
	free(known);
	free(index);
}

static bool says(const struct capture_info *info, const char *warning)
{
	for (size_t i = 0; i < info->warnings.n; i++)
		if (strcmp(info->warnings.items[i], warning) == 0)
			return true;
	return false;
}

/*
 * Add the warnings about file i, unless an earlier file had the same one,
 * which then gets the number of files.
 */
static void add_warning(const struct files *f, size_t i, const char *warning,
			struct capture_info *all)
{
	size_t more = 0;

	for (size_t k = 0; k < f->n; k++) {
		if (k == i || !says(&f->items[k]->info, warning))
			continue;
		if (k < i)
			return;
		more++;
	}
	if (more)
		strlist_addf(&all->warnings, "%s and %zu more: %s",
			     all->origins.names.items[i], more, warning);
	else
		strlist_addf(&all->warnings, "%s: %s",
			     all->origins.names.items[i], warning);
}

static void add_warnings(const struct files *f, struct capture_info *all)
{
	for (size_t i = 0; i < f->said.n; i++)
		strlist_add(&all->warnings, f->said.items[i]);
	for (size_t i = 0; i < f->n; i++) {
		const struct strlist *warnings = &f->items[i]->info.warnings;

		for (size_t k = 0; k < warnings->n; k++)
			add_warning(f, i, warnings->items[k], all);
	}
}

static void add_jumps(const struct capture_info *info, const char *file,
		      struct capture_info *all)
{
	for (size_t k = 0; k < info->n_jumps; k++) {
		struct clock_jump jump = info->jumps[k];

		jump.file = file;
		*MEM_PUSH(all->jumps, all->n_jumps, all->cap_jumps) = jump;
	}
}

static void add_info(const struct files *f, const struct file_sources *sources,
		     struct capture_info *all)
{
	all->path = mem_strdup(f->name);
	all->complete = all->from_cache = true;
	all->reader = f->items[0]->info.reader;
	for (size_t i = 0; i < f->n; i++) {
		const struct capture_info *info = &f->items[i]->info;

		capture_info_add(all, info);
		add_jumps(info, all->origins.names.items[i], all);
		if (info->reader == CAPTURE_BY_NATIVE)
			all->reader = CAPTURE_BY_NATIVE;
		for (size_t k = 0; k < info->interfaces.n; k++) {
			char *name = interface_name(f, sources, i,
						    info->interfaces.items[k]);

			strlist_add_new(&all->interfaces, name);
			free(name);
		}
	}
	add_warnings(f, all);
}

/*
 * Sort the packets of all files, which are in the table one file after the
 * other.
 */
static void interleave_files(struct files *f, struct trace *trace,
			     struct exact_rows *exact)
{
	const enum numbering_rule rule = tshark_numbering(f->in->found);
	struct interleave_file *files = mem_calloc(f->n, sizeof(*files));
	struct interleaved v;

	for (size_t i = 0; i < f->n; i++)
		files[i] = (struct interleave_file){
			.first = f->items[i]->first,
			.n = f->items[i]->n,
			.icmp = &f->items[i]->info.icmp
		};
	interleave(&v, &trace->packets, files, f->n, rule,
		   &trace->info.origins);
	packets_rearrange(&trace->packets, v.order, v.numbers);
	if (exact)
		exact_rows_rearrange(exact, v.order, v.numbers);
	trace->info.icmp = v.icmp;
	v.icmp = (struct icmp_errors){ .items = NULL };
	interleaved_release(&v);
	free(files);
}

static int by_time(const void *x, const void *y)
{
	const struct capture_file *const *one = x, *const *other = y;
	const struct capture_file *a = *one, *b = *other;

	if (a->info.has_time != b->info.has_time)
		return a->info.has_time ? -1 : 1;
	if (a->info.first_time != b->info.first_time)
		return a->info.first_time < b->info.first_time ? -1 : 1;
	return strcmp(a->path, b->path);
}

int files_read(struct files *f, struct trace *trace, struct exact_rows *exact,
	       struct error *err)
{
	struct origins *o = &trace->info.origins;
	struct file_sources sources;

	if (capture_files_read(f->items, f->n, f->in, trace, exact, err) < 0)
		return -1;
	qsort(f->items, f->n, sizeof(struct capture_file *), by_time);
	for (size_t i = 0; i < f->n; i++)
		origins_add_file(o, f->items[i]->path);
	origins_name_files(o);
	find_sources(f, o, &sources);
	for (size_t i = 0; i < f->n; i++)
		name_interfaces(f, &sources, i, trace);
	add_info(f, &sources, &trace->info);
	file_sources_release(&sources);
	interleave_files(f, trace, exact);
	return 0;
}

/* Passes payload of one file on to the function for all files. */
struct file_payload {
	payload_fn *fn;
	void *ctx;
	const uint32_t *number; /* by frame - 1; 0: not a TCP packet of ours */
	size_t n;
	bool stopped;
};

static enum payload_next pass_payload(void *ctx, const struct payload_row *row)
{
	struct file_payload *p = ctx;
	struct payload_row numbered = *row;
	enum payload_next next = PAYLOAD_GO_ON;

	if (row->frame > p->n || !p->number[row->frame - 1])
		return PAYLOAD_GO_ON;
	numbered.frame = p->number[row->frame - 1];
	next = p->fn(p->ctx, &numbered);
	p->stopped = next == PAYLOAD_STOP;
	return next;
}

/*
 * The new numbers of all packets, file by file; those of file i end at end[i].
 */
static uint32_t *by_file(const struct origins *o, size_t *end)
{
	uint32_t *numbers = mem_calloc(o->n + 1, sizeof(*numbers));
	size_t *at = mem_calloc(o->paths.n + 1, sizeof(*at));

	for (size_t i = 0; i < o->n; i++)
		end[o->file[i]]++;
	for (size_t i = 1; i < o->paths.n; i++)
		end[i] += end[i - 1];
	for (size_t i = 1; i < o->paths.n; i++)
		at[i] = end[i - 1];
	for (size_t i = 0; i < o->n; i++)
		numbers[at[o->file[i]]++] = (uint32_t)(i + 1);
	free(at);
	return numbers;
}

/* Read the payload of file i, whose packets have these n numbers. */
static int read_payload(struct files *f, size_t i, const struct origins *o,
			const uint32_t *numbers, size_t n,
			struct file_payload *p, struct error *err)
{
	const struct source *source = files_reopen(f, i, err);
	uint32_t *number = NULL;
	int rc = 0;

	if (!source)
		return -1;
	p->n = f->items[i]->info.packets;
	p->number = number = mem_calloc(p->n + 1, sizeof(*number));
	for (size_t k = 0; k < n; k++) {
		uint32_t frame = o->frame[numbers[k] - 1];

		if (frame && frame <= p->n)
			number[frame - 1] = numbers[k];
	}
	rc = payload_read(f->in, source, pass_payload, p, err);
	files_shut(f, i);
	free(number);
	return rc;
}

int files_read_payload(struct files *f, const struct origins *o, payload_fn *fn,
		       void *ctx, struct error *err)
{
	struct file_payload p = { .fn = fn, .ctx = ctx };
	size_t *end = mem_calloc(f->n + 1, sizeof(*end));
	uint32_t *numbers = by_file(o, end);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < f->n && !p.stopped; i++) {
		size_t from = i ? end[i - 1] : 0;

		rc = read_payload(f, i, o, numbers + from, end[i] - from, &p,
				  err);
	}
	free(numbers);
	free(end);
	return rc;
}
