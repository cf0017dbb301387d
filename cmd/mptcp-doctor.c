/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-doctor - is everything usable, and a capture worth its analysis? */
#include <err.h>
#include <getopt.h>
#include <locale.h>

#include "cli/doctor.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "os/cleanup.h"
#include "output/report.h"

static const struct opt_spec specs[] = {
	{ 0, NULL, NULL, NULL },
};

static const struct cli_command command = {
	.name = "mptcp-doctor",
	.operands = "[CAPTURE]",
	.summary = "Check the installation, and a capture.",
	.groups = CLI_INPUT | CLI_JSON,
	.specs = specs,
};

struct options {
	struct cli cli;
	const char *capture; /* or NULL */
};

static void check_capture(const struct options *opt, struct input *input,
			  struct doctor *doctor, struct report *report)
{
	struct progress progress;
	struct error err = ERROR_INIT;
	struct trace trace;
	int rc = 0;

	progress_init(&progress, opt->cli.common.quiet);
	progress_attach(&progress, input);
	rc = trace_load(&trace, input, opt->capture, &err);
	progress_erase(&progress);
	if (rc < 0) {
		doctor_unreadable(doctor, &err);
		return;
	}
	report_capture(report, &trace.info);
	doctor_capture(doctor, &trace);
	trace_release(&trace);
}

static enum exit_status run(const struct options *opt)
{
	struct report_options description = {
		.schema = "mptcp-doctor/1",
		.tool = "mptcp-doctor " MPTCPTOOLS_VERSION,
		.levels = { &doctor_check },
	};
	struct doctor doctor = DOCTOR_INIT;
	struct input input = { .tshark = NULL };
	struct error err = ERROR_INIT;
	enum exit_status status = EXIT_OK;
	struct report *report = NULL;

	cli_report(&opt->cli, &description);
	if (opt->cli.common.list_columns)
		return cli_columns(&description);
	description.no_headings = 1;
	report = report_open(&description, &err);
	if (!report)
		return cli_error(EXIT_OK, &err);
	cli_input(&opt->cli, &input);
	doctor_installation(&doctor, &input);
	status = doctor_status(&doctor);
	if (opt->capture && status == EXIT_OK)
		check_capture(opt, &input, &doctor, report);
	for (size_t i = 0; i < doctor.n; i++)
		report_row(report, 0, &doctor_check, &doctor.checks[i]);
	status = doctor_status(&doctor);
	if (report_close(report, &err) < 0)
		status = cli_error(status, &err);
	doctor_release(&doctor);
	input_release(&input);
	return status;
}

/* Returns CLI_END when there is work to do. */
static int parse(struct options *opt, int argc, char **argv)
{
	int c = 0;

	cli_init(&opt->cli, &command, argc, argv);
	while ((c = cli_next(&opt->cli)) != CLI_END)
		if (c == CLI_EXIT)
			return c;
	if (argc - optind > 1) {
		opt->cli.status =
			cli_usage(&opt->cli, "more than one capture given");
		return CLI_EXIT;
	}
	opt->capture = argv[optind];
	return CLI_END;
}

int main(int argc, char **argv)
{
	struct options opt = { .capture = NULL };
	enum exit_status status = EXIT_OK;

	cleanup_install();
	setlocale(LC_CTYPE, "");
	status =
		parse(&opt, argc, argv) == CLI_END ? run(&opt) : opt.cli.status;
	cli_release(&opt.cli);
	return (int)status;
}
