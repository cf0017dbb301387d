/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel/log_lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static size_t read_all(FILE *file, log_line_fn *fn, void *ctx, bool *is_cut)
{
	char *line = NULL;
	size_t cap = 0, number = 0;
	ssize_t n = 0;

	while ((n = getline(&line, &cap, file)) > 0) {
		number++;
		*is_cut = line[n - 1] != '\n';
		if (!*is_cut)
			fn(ctx, number, line);
	}
	free(line);
	return number;
}

ptrdiff_t log_lines_read(const char *path, log_line_fn *fn, void *ctx,
			 bool *is_cut, struct error *err)
{
	FILE *file = fopen(path, "re");
	size_t lines = 0;
	int failed = 0;

	*is_cut = false;
	if (!file)
		return error_set_errno(err, EXIT_INPUT, errno,
				       "cannot open '%s'", path);
	lines = read_all(file, fn, ctx, is_cut);
	failed = ferror(file) ? errno : 0;
	fclose(file);
	if (failed)
		return error_set_errno(err, EXIT_INPUT, failed,
				       "cannot read '%s'", path);
	return (ptrdiff_t)lines;
}
