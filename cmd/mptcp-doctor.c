/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mptcp-doctor - is everything usable, and a capture worth its analysis? */
#include <err.h>
#include <getopt.h>

#include "cli/doctor.h"
#include "cli/load.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "load/session.h"
#include "output/report.h"

static void check_capture(bool quiet, const struct session_operand *what,
			  struct input *input, struct doctor *doctor,
			  struct report *report)
{
	struct progress progress;
	struct error err = ERROR_INIT;
	struct session session;
	int rc = 0;

	progress_init(&progress, quiet);
	progress_attach(&progress, input);
	rc = session_open(&session, input, what, SESSION_WHOLE, &err);
	if (rc == 0 && session_need_all(&session, &err) < 0) {
		session_close(&session);
		rc = -1;
	}
	progress_erase(&progress);
	if (rc < 0) {
		doctor_unreadable(doctor, &err);
		return;
	}
	report_capture(report, &session.trace.info);
	doctor_capture(doctor, &session.trace);
	session_close(&session);
}

static enum exit_status run(void *ctx)
{
	const struct cli *cli = ctx;
	struct session_operand what[2];
	size_t n = load_operands(cli, optind, what);
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

	cli_report(cli, &description);
	if (cli->common.list_columns)
		return cli_columns(&description);
	description.no_headings = true;
	report = report_open(&description, &err);
	if (!report)
		return cli_error(EXIT_OK, &err);
	cli_input(cli, &input);
	doctor_options(&doctor, cli);
	doctor_installation(&doctor, &input);
	status = doctor_status(&doctor);
	for (size_t i = 0; i < n && status == EXIT_OK; i++) {
		if (!cli->common.merge)
			load_operands(cli, optind + (int)i, what);
		check_capture(cli->common.quiet, &what[0], &input, &doctor,
			      report);
	}
	for (size_t i = 0; i < doctor.n; i++)
		report_row(report, 0, &doctor_check, &doctor.checks[i]);
	status = doctor_status(&doctor);
	if (report_close(report, &err) < 0)
		status = cli_error(status, &err);
	doctor_release(&doctor);
	input_release(&input);
	return status;
}

static const struct cli_command command = {
	.name = "mptcp-doctor",
	.operands = "[CAPTURE...]",
	.summary = "Check the installation and the quality of captures.",
	.groups = CLI_INPUT | CLI_JSON,
	.run = run,
};

int main(int argc, char **argv)
{
	struct cli cli;

	return cli_main(&command, &cli, &cli, argc, argv);
}
