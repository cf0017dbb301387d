/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/mergecap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/proc.h"
#include "read/tshark.h"

static char *find_mergecap(struct input *in)
{
	struct error ignored = ERROR_INIT;
	const struct tshark *t = input_tshark(in, &ignored);
	const char *slash = t ? strrchr(t->path, '/') : NULL;
	char *path = NULL;

	if (slash)
		path = mem_printf("%.*s/mergecap", (int)(slash - t->path),
				  t->path);
	if (path && access(path, X_OK) == 0)
		return path;
	free(path);
	return mem_strdup("mergecap");
}

static int run(char **argv, char **env, int file, struct error *err)
{
	struct proc_status status = { .exited = 0 };
	struct proc p;
	int rc = proc_start_to_file(&p, argv, env, -1, file, err);

	if (rc == 0)
		proc_finish(&p, &status);
	if (rc < 0)
		rc = error_set(err, EXIT_TSHARK,
			       "cannot run mergecap, which merges capture "
			       "files: install it (it comes with tshark)");
	else if (!status.exited || status.code != 0)
		rc = error_set(err, EXIT_INPUT, "mergecap failed: %.*s",
			       (int)strcspn(p.errors.text, "\n"),
			       p.errors.text);
	proc_release(&p);
	return rc;
}

int mergecap_write(struct input *in, const struct strlist *paths, int file,
		   struct error *err)
{
	static const char *const options[] = { "-F", "pcapng", "-w", "-" };
	struct strlist argv = { .n = 0 }, env = { .n = 0 };
	char *program = find_mergecap(in);
	int rc = 0;

	strlist_add(&argv, program);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		strlist_add(&argv, options[i]);
	for (size_t i = 0; i < paths->n; i++)
		strlist_add(&argv, paths->items[i]);
	strlist_end(&argv);
	tshark_environment(&env);
	rc = run(argv.items, env.items, file, err);
	free(program);
	strlist_release(&argv);
	strlist_release(&env);
	return rc;
}
