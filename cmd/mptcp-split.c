/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-split - connections of a capture into captures of their own. */
#include <err.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/split.h"
#include "load/picked.h"
#include "os/outfile.h"
#include "output/annotate.h"

enum {
	OPT_REST = 0x100,
	OPT_CLEAN,
	OPT_EACH,
	OPT_ANNOTATE
};

static const struct opt_spec specs[] = {
	{ 'f', "force", NULL, "replace an existing file" },
	{ OPT_REST, "rest", NULL, "take what belongs to no MPTCP connection" },
	{ OPT_CLEAN, "clean", NULL, "write only TCP packets" },
	{ OPT_EACH, "each", NULL,
	  "write a file per connection; FILE has a %d" },
	{ OPT_ANNOTATE, "annotate", NULL, "add packet comments for Wireshark" },
	{ 0, NULL, NULL, NULL },
};

struct options {
	struct cli cli;
	bool force, rest, clean, each, annotate;
};

struct subject {
	const struct session_operand *what;
	struct loaded captures;
	const struct trace *trace;
};

/* Of --annotate that is all there is to say. */
static bool takes_all(const struct options *opt)
{
	const struct select *select = &opt->cli.common.select;

	return !select->n && !select->n_streams && !opt->rest && !opt->clean &&
	       !opt->each;
}

/* Mark the streams of no connection, too. */
static void add_rest(const struct trace *t, uint8_t *streams)
{
	for (size_t i = 0; i < t->n_streams; i++)
		streams[i] |= t->streams[i].connection < 0;
}

static enum exit_status write_file(const struct options *opt, struct subject *s,
				   const struct picked *picked,
				   const char *name)
{
	struct session *session = &s->captures.session[0];
	struct outfile out = { .stream = NULL };
	struct error err = ERROR_INIT;

	if (!picked->packets) {
		cli_warn(s->trace->info.path,
			 "no such packet; nothing is written");
		return EXIT_NOTHING;
	}
	if (session_reads(session, name))
		return cli_usage(
			&opt->cli,
			"cannot write '%s': it is the capture that is read",
			name);
	if (outfile_open(&out, name, opt->force, &err) < 0)
		return cli_error(EXIT_OK, &err);
	if ((opt->annotate ? annotate_write : picked_write)(picked, session,
							    &out, &err) < 0) {
		outfile_drop(&out);
		return cli_error(EXIT_OK, &err);
	}
	return outfile_commit(&out, &err) < 0 ? cli_error(EXIT_OK, &err)
					      : EXIT_OK;
}

/* The packets of the streams that are marked; with "others" those of none. */
static enum exit_status write_streams(const struct options *opt,
				      struct subject *s, const uint8_t *streams,
				      bool others, const char *name)
{
	struct error err = ERROR_INIT;
	struct picked picked;
	enum exit_status status = EXIT_OK;

	if (picked_find(&picked, &s->captures.session[0], streams, others,
			&err) < 0)
		return cli_error(EXIT_OK, &err);
	status = write_file(opt, s, &picked, name);
	picked_release(&picked);
	return status;
}

static enum exit_status split_each(const struct options *opt, struct subject *s)
{
	const struct trace *t = s->trace;
	enum exit_status status = EXIT_OK;

	if (!t->n_connections)
		load_warn_absence(t);
	for (size_t i = 0; i < t->n_connections; i++) {
		const struct connection *c = &t->connections[i];
		uint8_t *streams = NULL;
		char *name = NULL;
		enum exit_status one = EXIT_OK;

		if (!select_wants(&opt->cli.common.select, c))
			continue;
		streams = mem_calloc(t->n_streams + 1, 1);
		for (size_t k = 0; k < c->n_subflows; k++)
			streams[c->subflows[k]] = 1;
		name = split_name(opt->cli.common.out, c->id);
		one = write_streams(opt, s, streams, false, name);
		status = one > status ? one : status;
		free(name);
		free(streams);
	}
	return status;
}

static enum exit_status split_one(const struct options *opt, struct subject *s)
{
	const struct select *select = &opt->cli.common.select;
	uint8_t *streams = select_streams(select, s->trace);
	enum exit_status status = EXIT_OK;

	if (opt->rest && !select->n && !select->n_streams)
		memset(streams, 0, s->trace->n_streams);
	if (opt->rest)
		add_rest(s->trace, streams);
	status = write_streams(opt, s, streams,
			       takes_all(opt) || (opt->rest && !opt->clean),
			       opt->cli.common.out);
	free(streams);
	return status;
}

static enum exit_status split_capture(const struct options *opt,
				      struct subject *s)
{
	struct error err = ERROR_INIT;
	enum exit_status status = EXIT_OK;

	s->captures.whole_packets = true;
	status = load_captures(&opt->cli, s->what, 1, LOAD_OUTLINE,
			       &s->captures);
	if (status != EXIT_OK)
		return status;
	s->trace = &s->captures.session[0].trace;
	if (select_check(&opt->cli.common.select, s->trace, &err) < 0)
		status = cli_error(EXIT_OK, &err);
	else
		status = opt->each ? split_each(opt, s) : split_one(opt, s);
	loaded_release(&s->captures);
	return status;
}

static enum exit_status run(void *ctx)
{
	const struct options *opt = ctx;
	const struct cli *cli = &opt->cli;
	const struct select *select = &cli->common.select;
	struct session_operand what[2];
	const size_t n = load_operands(cli, optind, what);
	struct subject s = { .what = what };

	if (n != 1)
		return cli_usage(cli, n ? "more than one capture given"
					: "no capture given");
	if (!cli->common.out)
		return cli_usage(cli, "-w FILE is missing");
	if (takes_all(opt) && !opt->annotate)
		return cli_usage(cli, "no packets chosen: use -c, -t, --rest, "
				      "--clean, --each or --annotate");
	if (opt->each && (opt->rest || select->n_streams))
		return cli_usage(cli,
				 "--each cannot be used with -t or --rest");
	if (opt->each && !split_is_pattern(cli->common.out))
		return cli_usage(cli,
				 "--each needs one %%d in the file name of -w");
	return split_capture(opt, &s);
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case 'f': opt->force = true; break;
	case OPT_REST: opt->rest = true; break;
	case OPT_CLEAN: opt->clean = true; break;
	case OPT_EACH: opt->each = true; break;
	case OPT_ANNOTATE: opt->annotate = true; break;
	}
	return true;
}

static const struct cli_command command = {
	.name = "mptcp-split",
	.operands = "CAPTURE",
	.summary = "Write chosen connections of a capture to a new capture.",
	.groups = CLI_INPUT | CLI_CONNECTION | CLI_STREAM | CLI_WRITE,
	.specs = specs,
	.option = take_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options opt = { .force = false };

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
