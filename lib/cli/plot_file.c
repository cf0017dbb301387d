/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/plot_file.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/cleanup.h"
#include "os/viewer.h"

/* A path that was given, or none to be made later. */
static enum exit_status check_path(const struct cli *cli,
				   struct plot_file *file,
				   const struct terminal *terminal)
{
	if (file->each && (!file->path || !strstr(file->path, "%d")))
		return cli_usage(cli,
				 "--each needs %%d in the file name of -w");
	if (file->display && file->each)
		return cli_usage(cli, "--each cannot be used with --display");
	if (file->display && file->path && strcmp(file->path, "-") == 0)
		return cli_usage(cli, "--display cannot be used with -w -: "
				      "give a file name, or leave out -w");
	if (file->path || file->display)
		return EXIT_OK;
	if (file->format < 0 && terminal->is_one)
		file->format = CHART_TEXT;
	if (file->format != CHART_TEXT)
		return cli_usage(
			cli,
			"-w FILE is missing (only --format text needs none)");
	file->path = "-";
	return EXIT_OK;
}

static enum exit_status check_format(const struct cli *cli,
				     struct plot_file *file)
{
	if (file->format < 0)
		file->format = file->path ? chart_format_from_suffix(file->path)
					  : CHART_PNG;
	if (file->format < 0)
		return cli_usage(cli,
				 "'%s': unknown format; use --format png, svg, "
				 "pdf, text, xpl, csv or json",
				 file->path);
	if (file->display && !chart_is_picture((enum chart_format)file->format))
		return cli_usage(
			cli, "--display can only be used with png, svg or pdf");
	return EXIT_OK;
}

static enum exit_status make_file(struct plot_file *file)
{
	struct error err = ERROR_INIT;

	file->made = viewer_file("mptcp-plot", chart_format_name(file->format),
				 &err);
	if (!file->made)
		return cli_error(EXIT_OK, &err);
	cleanup_add_path(file->made);
	file->path = file->made;
	return EXIT_OK;
}

enum exit_status plot_file_check(const struct cli *cli, struct plot_file *file,
				 struct plot_look *look)
{
	struct error err = ERROR_INIT;
	enum exit_status status = EXIT_OK;

	terminal_look(&look->terminal, STDOUT_FILENO);
	status = check_path(cli, file, &look->terminal);
	if (status == EXIT_OK)
		status = check_format(cli, file);
	if (status != EXIT_OK)
		return status;
	look->format = (enum chart_format)file->format;
	if (file->path && strcmp(file->path, "-") != 0)
		terminal_look(&look->terminal, -1);
	if (look->width > 0 &&
	    chart_check_size(look->format, look->width, look->height, &err) < 0)
		return cli_usage(cli, "%s", err.text);
	return file->path ? EXIT_OK : make_file(file);
}

enum exit_status plot_file_done(const struct cli *cli, struct plot_file *file,
				enum exit_status status)
{
	struct error err = ERROR_INIT;

	if (file->display && status == EXIT_OK) {
		if (file->made)
			cleanup_drop_path(file->made);
		if (viewer_show(file->path, &err) < 0)
			status = cli_error(status, &err);
		else if (file->made && !cli->common.quiet)
			warnx("the plot is in '%s'", file->made);
	} else if (file->made) {
		unlink(file->made);
		cleanup_drop_path(file->made);
	}
	free(file->made);
	file->made = NULL;
	return status;
}
