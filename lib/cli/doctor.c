/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/doctor.h"

#include <csv.h>
#include <inttypes.h>
#include <jansson.h>
#include <libsmartcols/libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/plural.h"
#include "model/shortcomings.h"
#include "os/proc.h"
#include "output/define_columns.h"
#include "read/tshark.h"
#include "row/field.h"

static const char *const result_names[] = { "ok", "warn", "fail" };

#define ROW struct check

VALUE_GETTER(get_check, value_text(out, r->name))
VALUE_GETTER(get_result, value_text(out, result_names[r->result]))
VALUE_GETTER(get_text, value_text(out, r->text))

GETTER(get_advice)
{
	if (r->advice)
		value_text(out, r->advice);
}

GETTER(get_line)
{
	value_text(out, "");
	strbuf_printf(&out->text, "%s: %s", r->name, r->text);
	if (r->advice)
		strbuf_printf(&out->text, "; next time %s", r->advice);
}

/* clang-format off */

static const struct column columns[] = {
	COLUMN("result", NULL, "result", TEXT, COLUMN_TABLE | COLUMN_COLOUR,
	       "what came of it: ok, warn or fail", get_result),
	SAME("check", TEXT, "what was checked", get_check),
	SAME("text", TEXT, "what was found", get_text),
	SAME("advice", TEXT, "what to do at the next capture", get_advice),
	COLUMN("line", NULL, NULL, TEXT, COLUMN_TABLE | COLUMN_HUMAN,
	       "check, text and advice", get_line),
};

/* clang-format on */

ROW_TYPE(doctor_check, "check", "checks", columns);

static void add(struct doctor *d, const char *name, enum doctor_result result,
		enum exit_status status, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

static void add(struct doctor *d, const char *name, enum doctor_result result,
		enum exit_status status, const char *fmt, ...)
{
	struct check check = { .name = name,
			       .result = result,
			       .status = status };
	va_list ap;

	va_start(ap, fmt);
	check.text = mem_vprintf(fmt, ap);
	va_end(ap);
	*MEM_PUSH(d->checks, d->n, d->cap) = check;
}

void doctor_release(struct doctor *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->checks[i].text);
		free(d->checks[i].advice);
	}
	free(d->checks);
	memset(d, 0, sizeof(*d));
}

enum exit_status doctor_status(const struct doctor *d)
{
	enum exit_status status = EXIT_OK;

	for (size_t i = 0; i < d->n; i++)
		if (d->checks[i].result == DOCTOR_FAIL &&
		    d->checks[i].status > status)
			status = d->checks[i].status;
	return status;
}

/* What "tshark -G fields" prints; -1 when it cannot be run. */
static int list_fields(const struct tshark *t, struct strbuf *out,
		       struct error *err)
{
	char *argv[] = { t->path, (char[]){ "-G" }, (char[]){ "fields" },
			 NULL };
	char buf[65536];
	struct strlist env = { .items = NULL };
	struct proc p;
	struct proc_status status = { .exited = 0 };
	ssize_t n = 0;
	int rc = -1;

	tshark_environment(&env);
	if (proc_start(&p, argv, env.items, -1, err) < 0)
		goto out;
	while ((n = proc_read(&p, buf, sizeof(buf), err)) > 0)
		strbuf_append(out, buf, (size_t)n);
	if (n == 0) {
		proc_finish(&p, &status);
		rc = status.exited && status.code == 0 ? 0 : -1;
		if (rc < 0)
			error_set(err, EXIT_TSHARK, "'%s -G fields' failed",
				  t->path);
	}
	proc_release(&p);
out:
	strlist_release(&env);
	return rc;
}

/* A line for a field has "F", its title, its name, ..., separated by tabs. */
static bool has_field(const char *fields, const char *name, size_t n)
{
	char *needle = mem_printf("\t%.*s\t", (int)n, name);
	bool found = strstr(fields, needle) != NULL;

	free(needle);
	return found;
}

static void check_names(const char *fields, const char *names,
			struct strbuf *missing)
{
	while (*names) {
		const char *end = strstr(names, " or ");
		size_t n = end ? (size_t)(end - names) : strlen(names);

		if (!has_field(fields, names, n))
			strbuf_printf(missing, " %.*s", (int)n, names);
		names += end ? n + strlen(" or ") : n;
	}
}

static void check_fields(struct doctor *d, const struct tshark *t)
{
	struct strbuf fields = STRBUF_INIT, missing = STRBUF_INIT;
	struct error err = ERROR_INIT;
	int n = 0;

	if (list_fields(t, &fields, &err) < 0) {
		add(d, "fields", DOCTOR_FAIL, EXIT_TSHARK, "%s", err.text);
		goto out;
	}
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (!field_wanted(&field_table[i], t->version))
			continue;
		check_names(fields.text, field_table[i].tshark, &missing);
		n++;
	}
	if (missing.len)
		add(d, "fields", DOCTOR_FAIL, EXIT_TSHARK,
		    "this tshark does not know%s", missing.text);
	else
		add(d, "fields", DOCTOR_OK, EXIT_OK, "all %d that are needed",
		    n);
out:
	strbuf_release(&fields);
	strbuf_release(&missing);
}

static void check_tshark(struct doctor *d, const struct input *input)
{
	struct tshark t = { .path = NULL };
	struct error err = ERROR_INIT;

	if (input->reader == READER_CHOICE_NATIVE) {
		add(d, "tshark", DOCTOR_OK, EXIT_OK,
		    "not used (--reader native)");
		return;
	}
	if (tshark_find(&t, input->tshark, NULL, &err) < 0) {
		add(d, "tshark", DOCTOR_FAIL, EXIT_TSHARK, "%s", err.text);
		return;
	}
	add(d, "tshark", DOCTOR_OK, EXIT_OK, "version %s, '%s'", t.version_text,
	    t.path);
	check_fields(d, &t);
	tshark_release(&t);
}

static void check_cache(struct doctor *d, struct input *input)
{
	const char *dir = NULL;

	if (input->no_cache) {
		add(d, "cache", DOCTOR_OK, EXIT_OK, "not used (--no-cache)");
		return;
	}
	input_prepare(input);
	dir = input->directory;
	if (!dir)
		add(d, "cache", DOCTOR_WARN, EXIT_OK,
		    "%s; captures are read anew each time",
		    input->homeless.text);
	else if (access(dir, R_OK | W_OK | X_OK) < 0)
		add(d, "cache", DOCTOR_WARN, EXIT_OK,
		    "cannot write to '%s': %m; captures are read anew each "
		    "time",
		    dir);
	else
		add(d, "cache", DOCTOR_OK, EXIT_OK, "'%s' is writable", dir);
}

void doctor_installation(struct doctor *d, struct input *input)
{
	const char *smartcols = NULL;

	check_tshark(d, input);
	check_cache(d, input);
	scols_get_library_version(&smartcols);
	add(d, "libraries", DOCTOR_OK, EXIT_OK,
	    "jansson %s, libcsv %d.%d.%d, libsmartcols %s",
	    jansson_version_str(), CSV_MAJOR, CSV_MINOR, CSV_RELEASE,
	    smartcols ? smartcols : "unknown");
}

static void check_config(struct doctor *d, const struct config *config)
{
	const char *path = config->path;

	if (!config->absence)
		add(d, "config", DOCTOR_OK, EXIT_OK, "'%s' was read", path);
	else if (path)
		add(d, "config", DOCTOR_OK, EXIT_OK, "none: '%s' %s", path,
		    config->absence);
	else
		add(d, "config", DOCTOR_OK, EXIT_OK, "none: %s",
		    config->absence);
}

/* "otherwise" is the origin if the option was not set. */
static void add_option(struct doctor *d, const struct cli *cli,
		       const char *name, const char *value,
		       const char *otherwise)
{
	char *origin = defaults_origin(cli, name);

	add(d, "option", DOCTOR_OK, EXIT_OK, "%s = %s (%s)", name, value,
	    origin ? origin : otherwise);
	free(origin);
}

/* Options that decide who reads packets, and what is cached. */
static void check_options_in_force(struct doctor *d, const struct cli *cli)
{
	const struct cli_common *common = &cli->common;
	const char *tshark = getenv("MPTCP_TSHARK");
	const char *xdg = getenv("XDG_CACHE_HOME");
	char *dir = input_cache_directory(common->cache_dir, NULL);

	if (common->tshark)
		tshark = common->tshark;
	add_option(d, cli, "reader", input_reader_name((int)common->reader),
		   "default");
	add_option(d, cli, "tshark", tshark && *tshark ? tshark : "tshark",
		   "default");
	add_option(d, cli, "cache-dir", dir ? dir : "-",
		   xdg && *xdg == '/' ? "XDG_CACHE_HOME" : "default");
	free(dir);
}

static bool was_told(const char *name)
{
	return strcmp(name, "reader") == 0 || strcmp(name, "tshark") == 0 ||
	       strcmp(name, "cache-dir") == 0;
}

/* Report a line of the configuration, and why it does not apply here. */
static void add_line(struct doctor *d, const struct cli *cli,
		     const struct config_line *line)
{
	const char *section = line->section;
	const bool is_other = section && strcmp(section, cli->command->name);
	char *here =
		mem_printf("%s:%u", cli->defaults.config.path, line->number);
	char *origin = is_other ? NULL : defaults_origin(cli, line->name);
	const bool holds = origin && strcmp(origin, here) == 0;

	if (!holds || !was_told(line->name))
		add(d, "option", DOCTOR_OK, EXIT_OK, "%s%s%s = %s (%s%s%s)",
		    section ? section : "", section ? ": " : "", line->name,
		    line->value, here,
		    origin && !holds ? "; overruled by " : "",
		    origin && !holds ? origin : "");
	free(here);
	free(origin);
}

void doctor_options(struct doctor *d, const struct cli *cli)
{
	check_config(d, &cli->defaults.config);
	check_options_in_force(d, cli);
	for (size_t i = 0; i < cli->defaults.config.n; i++)
		if (cli->defaults.config.lines[i].name)
			add_line(d, cli, &cli->defaults.config.lines[i]);
}

void doctor_unreadable(struct doctor *d, const struct error *err)
{
	add(d, "capture", DOCTOR_FAIL, err->kind, "%s", err->text);
}

static void check_read(struct doctor *d, const struct trace *t)
{
	const struct capture_info *info = &t->info;
	const char *why = info->warnings.n ? info->warnings.items[0]
					   : "cut short or damaged";

	add(d, "capture", DOCTOR_OK, EXIT_OK,
	    "'%s': %" PRIu64 " packet%s, %" PRIu64 " of them TCP", info->path,
	    info->packets, plural(info->packets), info->tcp_packets);
	if (info->complete)
		add(d, "complete", DOCTOR_OK, EXIT_OK, "read to its end");
	else
		add(d, "complete", DOCTOR_WARN, EXIT_OK, "%s", why);
}

static void check_reader(struct doctor *d, const struct capture_info *info)
{
	const char *name = capture_reader_name(info->reader);

	if (info->reader != CAPTURE_BY_NATIVE)
		add(d, "reader", DOCTOR_OK, EXIT_OK, "%s", name);
	else if (info->compared_packets)
		add(d, "reader", DOCTOR_OK, EXIT_OK,
		    "%s; tshark agrees on a sample of %" PRIu64
		    " packet%s, and read %" PRIu64
		    " packet%s that only tshark can read",
		    name, info->compared_packets,
		    plural(info->compared_packets), info->odd_packets,
		    plural(info->odd_packets));
	else
		add(d, "reader", info->odd_packets ? DOCTOR_WARN : DOCTOR_OK,
		    EXIT_OK,
		    "%s; not compared with tshark; %" PRIu64
		    " packet%s that only tshark can read left out",
		    name, info->odd_packets, plural(info->odd_packets));
}

static void check_headers(struct doctor *d, const struct capture_info *info)
{
	if (info->malformed)
		add(d, "headers", DOCTOR_WARN, EXIT_OK,
		    "%" PRIu64 " packet%s with an impossible TCP header",
		    info->malformed, plural(info->malformed));
}

static void check_order(struct doctor *d, const struct packets *p)
{
	if (!p->steps_back)
		add(d, "order", DOCTOR_OK, EXIT_OK,
		    "TCP packets are in order of time");
	else
		add(d, "order", p->interfaces.n > 1 ? DOCTOR_OK : DOCTOR_WARN,
		    EXIT_OK,
		    "%zu TCP packet%s earlier than the packet before in the "
		    "file%s",
		    p->steps_back, p->steps_back == 1 ? " is" : "s are",
		    p->interfaces.n > 1 ? ", as usual with several interfaces"
					: ": was it merged from several?");
}

/* The shortcoming of that name, if the capture has it: 1. */
static int check_shortcoming(struct doctor *d, const struct trace *t,
			     const char *name)
{
	const struct shortcoming *s = shortcomings_of_kind(&t->info, name);

	if (!s)
		return 0;
	add(d, s->kind, DOCTOR_WARN, EXIT_OK, "%s", s->sentence);
	d->checks[d->n - 1].advice = mem_strdup(s->advice);
	return 1;
}

static void check_options(struct doctor *d, const struct trace *t)
{
	if (check_shortcoming(d, t, "snaplen"))
		return;
	if (t->info.options_cut) /* an export does not contain the reason */
		add(d, "snaplen", DOCTOR_WARN, EXIT_OK,
		    "the TCP options of %" PRIu64 " packet%s are incomplete",
		    t->info.options_cut, plural(t->info.options_cut));
	else
		add(d, "snaplen", DOCTOR_OK, EXIT_OK,
		    "the TCP options of all packets are complete");
}

static void check_handshakes(struct doctor *d, const struct trace *t)
{
	if (t->n_connections == 0) {
		char *absence = trace_absence(t);

		add(d, "handshakes", DOCTOR_WARN, EXIT_OK, "%s", absence);
		free(absence);
	} else if (!check_shortcoming(d, t, "handshakes"))
		add(d, "handshakes", DOCTOR_OK, EXIT_OK,
		    "seen of all connections (%zu)", t->n_connections);
}

static void check_directions(struct doctor *d, const struct trace *t)
{
	if (t->n_streams && !check_shortcoming(d, t, "directions"))
		add(d, "directions", DOCTOR_OK, EXIT_OK,
		    "both seen of all TCP streams that were answered (%zu)",
		    t->n_streams);
}

void doctor_capture(struct doctor *d, const struct trace *trace)
{
	static const char *const others[] = { "dropped", "syns", "payload",
					      "subflows", "clock" };

	check_read(d, trace);
	check_reader(d, &trace->info);
	check_options(d, trace);
	check_headers(d, &trace->info);
	check_order(d, &trace->packets);
	check_handshakes(d, trace);
	check_directions(d, trace);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		check_shortcoming(d, trace, others[i]);
}
