/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/kernel_logs.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "cli/recording.h"
#include "output/human.h"

bool kernel_logs_take(struct kernel_logs *logs, struct cli *cli,
		      const char *path)
{
	struct kernel_log log = { .tied = 0 };
	struct error err = ERROR_INIT;

	if (monitor_read(&log.log, path, &err))
		return cli_stop(cli, cli_error(err.kind, &err));
	log.path = mem_strdup(path);
	*MEM_PUSH(logs->list, logs->n, logs->cap) = log;
	return true;
}

bool kernel_logs_take_recorded(struct kernel_logs *logs, struct cli *cli)
{
	const size_t n = logs->n ? 0 : cli->recordings.n;
	bool good = true;

	for (size_t i = 0; good && i < n; i++) {
		char *path = recording_file(cli, i, RECORDING_MONITOR);

		good = !path || kernel_logs_take(logs, cli, path);
		free(path);
	}
	return good;
}

static void put_difference(struct strbuf *out, int64_t ns)
{
	human_duration(out, ns < 0 ? -ns : ns);
	strbuf_puts(out, ns < 0 ? " behind" : " ahead of");
}

/* What its clock is, where that is not the capture's. */
static void say_clock(const struct kernel_log *log)
{
	const struct kernel_said *said = &log->first;
	struct strbuf text = STRBUF_INIT;

	if (!said->has_clock || (said->timed && !said->ahead))
		return;
	strbuf_puts(&text, "its times are ");
	put_difference(&text, said->timed ? said->ahead : said->differs);
	strbuf_puts(&text,
		    said->timed
			    ? " the capture's, as those of another time zone "
			      "are: moved by that"
			    : " the capture's, which is no time zone: another "
			      "clock; its events stand beside their packets, "
			      "without times");
	cli_warn(log->path, text.text);
	strbuf_release(&text);
}

static void say_ties(const struct kernel_log *log)
{
	char *text = NULL;

	if (!log->log.n)
		text = mem_strdup("no event of a connection is in it");
	else if (!log->tied)
		text = mem_printf(
			"no token, and no addresses and ports, of its %zu "
			"%s are of a connection of these captures: it is of "
			"another time or host, or of connections that fell "
			"back before the capture could show a token",
			log->log.n, log->log.n == 1 ? "event" : "events");
	else if (log->tied < log->log.n)
		text = mem_printf("%zu of its %zu events have a token that "
				  "these captures do not show",
				  log->log.n - log->tied, log->log.n);
	if (text)
		cli_warn(log->path, text);
	free(text);
}

void kernel_logs_finish(struct kernel_logs *logs, bool all)
{
	for (size_t i = 0; i < logs->n; i++) {
		struct kernel_log *log = &logs->list[i];

		if (log->log.is_cut)
			cli_warn(log->path, "its last line is not whole, and "
					    "left out");
		if (all)
			say_ties(log);
		say_clock(log);
		monitor_release(&log->log);
		free(log->path);
	}
	free(logs->list);
	*logs = (struct kernel_logs){ .n = 0 };
}
