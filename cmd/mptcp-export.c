/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-export - the packets of a capture, as comma-separated values. */
#include <err.h>
#include <getopt.h>
#include <locale.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "model/ledger.h"
#include "os/cleanup.h"
#include "os/outfile.h"
#include "output/export.h"

enum {
	OPT_COLUMNS = 0x100,
	OPT_LIST
};

static const struct opt_spec specs[] = {
	{ 'o', "output", "OUT", "write to this file" },
	{ OPT_COLUMNS, "columns", "COLUMNS", "the columns to write, or raw" },
	{ OPT_LIST, "list-columns", NULL, "list the columns" },
	{ 0, NULL, NULL, NULL },
};

static const struct cli_command command = {
	.name = "mptcp-export",
	.operands = "CAPTURE",
	.summary = "Write the TCP packets of a capture as mptcp-csv(5).",
	.groups = CLI_INPUT | CLI_CONNECTION | CLI_STREAM | CLI_TOWARDS,
	.specs = specs,
};

struct options {
	struct cli cli;
	const char *out;
	const char *columns;
	int list_columns;
};

/* One byte for each place in the file; NULL: all packets are wanted. */
static uint8_t *choose(const struct select *select, const struct trace *t,
		       const struct rawrows *raw)
{
	uint8_t *streams = NULL, *wanted = NULL;

	if (!select->n && !select->n_streams && !select->one_way)
		return NULL;
	streams = select_streams(select, t);
	wanted = mem_calloc(raw->n + 1, 1);
	for (size_t k = 0; k < raw->n; k++) {
		size_t i = rawrows_packet(raw, k);

		wanted[k] =
			streams[t->packets.stream[i]] &&
			select_wants_direction(select, ledger_direction(t, i));
	}
	free(streams);
	return wanted;
}

static enum exit_status write_out(const struct options *opt,
				  const struct export *x, struct trace *trace,
				  const struct rawrows *raw)
{
	const struct select *select = &opt->cli.common.select;
	struct outfile out = { .stream = NULL };
	struct error err = ERROR_INIT;
	uint8_t *wanted = NULL;

	if (select_check(select, trace, &err) < 0 ||
	    outfile_open(&out, opt->out, 1, &err) < 0)
		return cli_error(EXIT_OK, &err);
	wanted = choose(select, trace, raw);
	export_write(x, trace, raw, wanted, &out);
	free(wanted);
	return outfile_commit(&out, &err) < 0 ? cli_error(EXIT_OK, &err)
					      : EXIT_OK;
}

static enum exit_status export_capture(const struct options *opt,
				       const struct export *x, const char *path)
{
	struct input input = { .tshark = NULL };
	struct progress progress;
	struct rawrows raw;
	struct trace trace;
	struct error err = ERROR_INIT;
	enum exit_status status = EXIT_OK;
	int rc = 0;

	cli_input(&opt->cli, &input);
	progress_init(&progress, opt->cli.common.quiet);
	progress_attach(&progress, &input);
	rc = load_rawrows(&opt->cli, &input, path, &raw, &trace, &err);
	progress_erase(&progress);
	input_release(&input);
	if (rc < 0)
		return cli_error(EXIT_OK, &err);
	for (size_t i = 0; i < trace.info.warnings.n; i++)
		cli_warn(path, trace.info.warnings.items[i]);
	status = write_out(opt, x, &trace, &raw);
	rawrows_release(&raw);
	trace_release(&trace);
	return status;
}

static enum exit_status run(const struct options *opt)
{
	int n = opt->cli.argc - optind;
	const char *path = n > 0 ? opt->cli.argv[optind] : NULL;
	struct error err = ERROR_INIT;
	struct export x;
	enum exit_status status = EXIT_OK;

	if (opt->list_columns) {
		export_list_columns(opt->cli.common.list);
		return report_flush(&err) < 0 ? cli_error(EXIT_OK, &err)
					      : EXIT_OK;
	}
	if (n != 1)
		return cli_usage(&opt->cli, n ? "one capture at a time"
					      : "no capture given");
	if (outfile_is_same(opt->out, path))
		return cli_usage(&opt->cli, "'%s' is the capture itself",
				 opt->out);
	if (export_init(&x, opt->columns, &err) < 0)
		return cli_error(EXIT_OK, &err);
	status = export_capture(opt, &x, path);
	export_release(&x);
	return status;
}

/* Returns CLI_END when there is work to do. */
static int parse(struct options *opt, int argc, char **argv)
{
	int c = 0;

	cli_init(&opt->cli, &command, argc, argv);
	while ((c = cli_next(&opt->cli)) != CLI_END) {
		switch (c) {
		case 'o': opt->out = optarg; break;
		case OPT_COLUMNS: opt->columns = optarg; break;
		case OPT_LIST: opt->list_columns = 1; break;
		default: return c;
		}
	}
	return CLI_END;
}

int main(int argc, char **argv)
{
	struct options opt = { .out = NULL };
	enum exit_status status = EXIT_OK;

	cleanup_install();
	setlocale(LC_CTYPE, "");
	status =
		parse(&opt, argc, argv) == CLI_END ? run(&opt) : opt.cli.status;
	cli_release(&opt.cli);
	return (int)status;
}
