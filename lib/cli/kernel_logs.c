/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/kernel_logs.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/plural.h"
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

static bool take(void *to, struct cli *cli, const char *path)
{
	return kernel_logs_take(to, cli, path);
}

bool kernel_logs_take_recorded(struct kernel_logs *logs, struct cli *cli)
{
	return logs->n || recordings_take(cli, RECORDING_MONITOR, take, logs);
}

/* What its clock is, where that is not the capture's. */
static void say_clock(const struct kernel_log *log)
{
	const struct kernel_said *said = &log->first;
	struct strbuf text = STRBUF_INIT;

	if (!said->has_clock || (said->timed && !said->ahead))
		return;
	strbuf_puts(&text, "its times are ");
	human_ahead(&text, said->timed ? said->ahead : said->differs);
	strbuf_puts(&text,
		    said->timed
			    ? " the capture's, as in another time zone: they "
			      "are shifted by that"
			    : " the capture's, which is not a time zone: the "
			      "log has another clock, so its events are listed "
			      "beside their packets, without times");
	cli_warn(log->path, text.text);
	strbuf_release(&text);
}

static void say_ties(const struct kernel_log *log)
{
	char *text = NULL;

	if (!log->log.n)
		text = mem_strdup("it has no event of a connection");
	else if (!log->tied)
		text = mem_printf(
			"none of its %zu event%s has the token, or addresses "
			"and ports, of a connection in these captures: it is "
			"from another time or host, or its connections fell "
			"back before a packet with their token was captured",
			log->log.n, plural(log->log.n));
	else if (log->tied < log->log.n)
		text = mem_printf(
			"%zu of its %zu events %s a token that is not "
			"in these captures",
			log->log.n - log->tied, log->log.n,
			log->log.n - log->tied == 1 ? "has" : "have");
	if (text)
		cli_warn(log->path, text);
	free(text);
}

void kernel_logs_say(const struct kernel_logs *logs, bool all)
{
	for (size_t i = 0; i < logs->n; i++) {
		const struct kernel_log *log = &logs->list[i];

		if (log->log.is_cut)
			cli_warn(log->path,
				 "its last line is incomplete and left out");
		if (all)
			say_ties(log);
		say_clock(log);
	}
}

void kernel_logs_release(struct kernel_logs *logs)
{
	for (size_t i = 0; i < logs->n; i++) {
		monitor_release(&logs->list[i].log);
		free(logs->list[i].path);
	}
	free(logs->list);
	*logs = (struct kernel_logs){ .n = 0 };
}
