/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "read/convert.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/strlist.h"
#include "os/proc.h"
#include "os/tempfile.h"
#include "read/tshark.h"

static int run(const struct tshark *t, const struct source *source, int file,
	       struct error *err)
{
	static const char *const options[] = { "-n", "-F", "pcapng", "-w",
					       "-" };
	struct strlist argv = { .n = 0 }, env = { .n = 0 };
	struct proc_status status = { .exited = 0 };
	struct proc p;
	char *said = NULL;
	int rc = 0;

	strlist_add(&argv, t->path);
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		strlist_add(&argv, options[i]);
	tshark_argument_file(&argv, source->is_file ? source->path : NULL);
	tshark_environment(&env);
	source_rewind(source);
	rc = proc_start_to_file(&p, argv.items, env.items,
				source->is_file ? -1 : source->fd, file, err);
	if (rc == 0)
		proc_finish(&p, &status);
	if (rc == 0 && (!status.exited || status.code != 0)) {
		said = tshark_complaint(p.errors.text);
		rc = error_set(err, EXIT_INPUT, "cannot read '%s': %s",
			       source->path,
			       *said ? said : "tshark cannot convert it");
		free(said);
	}
	proc_release(&p);
	strlist_release(&argv);
	strlist_release(&env);
	return rc;
}

int convert_to_pcapng(struct input *in, const struct source *source,
		      struct error *err)
{
	const struct tshark *t = input_tshark(in, err);
	int file = t ? tempfile_nameless(NULL, err) : -1;

	if (file >= 0 && run(t, source, file, err) < 0) {
		close(file);
		file = -1;
	}
	return file;
}
