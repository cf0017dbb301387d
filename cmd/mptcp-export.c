/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-export - the packets of a capture, as comma-separated values. */
#include <getopt.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/load.h"
#include "cli/options.h"
#include "model/ledger.h"
#include "os/outfile.h"
#include "output/export.h"

enum {
	OPT_COLUMNS = 0x100,
	OPT_LIST
};

static const struct opt_spec specs[] = {
	{ OPT_COLUMNS, "columns", "COLUMNS",
	  "write only these columns, or raw" },
	{ OPT_LIST, "list-columns", NULL, "list the columns, and exit" },
	{ 0, NULL, NULL, NULL },
};

struct options {
	struct cli cli;
	const char *columns;
	bool list_columns;
};

/* One byte for each place in the file; NULL: all packets are wanted. */
static uint8_t *choose(const struct select *select, const struct trace *t,
		       const struct exact_rows *exact)
{
	uint8_t *streams = NULL, *wanted = NULL;

	if (!select->n && !select->n_streams && !select->one_way)
		return NULL;
	streams = select_streams(select, t);
	wanted = mem_calloc(exact->n + 1, 1);
	for (size_t k = 0; k < exact->n; k++) {
		size_t i = exact_rows_packet(exact, k);

		wanted[k] =
			streams[t->packets.stream[i]] &&
			select_wants_direction(select, ledger_direction(t, i));
	}
	free(streams);
	return wanted;
}

static enum exit_status write_out(const struct options *opt,
				  const struct export *x,
				  struct session *session,
				  const struct exact_rows *exact)
{
	const struct select *select = &opt->cli.common.select;
	const char *path = opt->cli.common.out;
	struct trace *trace = &session->trace;
	struct outfile out = { .stream = NULL };
	struct error err = ERROR_INIT;
	uint8_t *wanted = NULL;

	if (session_reads(session, path))
		return cli_usage(
			&opt->cli,
			"cannot write '%s': it is the capture that is read",
			path);
	if (select_check(select, trace, &err) < 0 ||
	    outfile_open(&out, path, 1, &err) < 0)
		return cli_error(EXIT_OK, &err);
	wanted = choose(select, trace, exact);
	export_write(x, trace, exact, wanted, &out);
	free(wanted);
	return outfile_commit(&out, &err) < 0 ? cli_error(EXIT_OK, &err)
					      : EXIT_OK;
}

static enum exit_status export_capture(const struct options *opt,
				       const struct export *x,
				       const struct session_operand *what)
{
	struct exact_rows exact;
	struct loaded l = { .exact = &exact };
	enum exit_status status =
		load_captures(&opt->cli, what, 1, LOAD_SELECTED, &l);

	if (status == EXIT_OK) {
		status = write_out(opt, x, &l.session[0], &exact);
		loaded_release(&l);
	}
	exact_rows_release(&exact);
	return status;
}

/* Columns are what -o is of elsewhere: no file gets their name by accident. */
static bool is_columns(const char *names)
{
	struct error ignored = ERROR_INIT;
	struct export x;
	int rc = export_init(&x, names, &ignored);

	if (rc == 0)
		export_release(&x);
	return rc == 0;
}

static enum exit_status run(void *ctx)
{
	const struct options *opt = ctx;
	struct session_operand what[2];
	const size_t n = load_operands(&opt->cli, optind, what);
	const char *out = opt->cli.common.out;
	struct error err = ERROR_INIT;
	struct export x;
	enum exit_status status = EXIT_OK;

	if (opt->list_columns) {
		export_list_columns(opt->cli.common.list);
		return cli_flush(EXIT_OK);
	}
	if (n != 1)
		return cli_usage(&opt->cli, n ? "more than one capture given"
					      : "no capture given");
	if (opt->cli.common.out_by_o && is_columns(out))
		return cli_usage(&opt->cli,
				 "-o '%s': use --columns to choose columns, or "
				 "-w for a file of that name",
				 out);
	if (export_init(&x, opt->columns, &err) < 0)
		return cli_error(EXIT_OK, &err);
	status = export_capture(opt, &x, &what[0]);
	export_release(&x);
	return status;
}

static bool take_option(void *ctx, int letter)
{
	struct options *opt = ctx;

	switch (letter) {
	case OPT_COLUMNS: opt->columns = optarg; break;
	case OPT_LIST: opt->list_columns = true; break;
	}
	return true;
}

static const struct cli_command command = {
	.name = "mptcp-export",
	.operands = "CAPTURE",
	.summary = "Write the TCP packets of a capture as mptcp-csv(5).",
	.groups = CLI_INPUT | CLI_CONNECTION | CLI_STREAM | CLI_TOWARDS |
		  CLI_WRITE,
	.specs = specs,
	.option = take_option,
	.run = run,
};

int main(int argc, char **argv)
{
	struct options opt = { .columns = NULL };

	return cli_main(&command, &opt.cli, &opt, argc, argv);
}
