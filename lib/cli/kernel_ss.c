/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/kernel_ss.h"

#include <stdlib.h>

#include "base/plural.h"
#include "base/strbuf.h"
#include "cli/recording.h"
#include "output/human.h"

bool kernel_ss_take(struct kernel_sockets *sockets, struct cli *cli,
		    const char *path)
{
	struct error err = ERROR_INIT;

	if (kernel_sockets_add(sockets, path, &err) < 0)
		return cli_stop(cli, cli_error(err.kind, &err));
	return true;
}

static bool take(void *to, struct cli *cli, const char *path)
{
	return kernel_ss_take(to, cli, path);
}

bool kernel_ss_take_recorded(struct kernel_sockets *sockets, struct cli *cli)
{
	return sockets->n_logs ||
	       recordings_take(cli, RECORDING_SS, take, sockets);
}

static void say_clock(const struct kernel_sockets_log *log)
{
	struct strbuf text = STRBUF_INIT;

	if (!log->ahead)
		return;
	strbuf_puts(&text, "its times are ");
	human_ahead(&text, log->ahead);
	strbuf_puts(&text, " the capture's, as in another time zone: they are "
			   "shifted by that");
	cli_warn(log->path, text.text);
	strbuf_release(&text);
}

static void say_timeless(const struct kernel_sockets_log *log)
{
	struct strbuf text = STRBUF_INIT;

	if (!log->timeless)
		return;
	strbuf_printf(&text,
		      "%zu of its %zu snapshot%s %s left out: no line with the "
		      "time before %s",
		      log->timeless, log->log.n, plural(log->log.n),
		      log->timeless == 1 ? "is" : "are",
		      log->timeless == 1 ? "it" : "them");
	cli_warn(log->path, text.text);
	strbuf_release(&text);
}

void kernel_ss_say(const struct kernel_sockets *sockets)
{
	for (size_t i = 0; i < sockets->n_logs; i++) {
		const struct kernel_sockets_log *log = &sockets->logs[i];

		if (log->log.is_cut)
			cli_warn(log->path,
				 "its last line is incomplete and left out");
		say_timeless(log);
		say_clock(log);
	}
}
