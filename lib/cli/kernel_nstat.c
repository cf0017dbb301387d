/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/kernel_nstat.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/recording.h"

static const char *const hosts[2] = { "client", "server" };

/* "client:" and "server:" before the names; returns what is behind. */
static const char *take_host(const char *text, int *host)
{
	*host = -1;
	for (int h = 0; h < 2; h++) {
		const size_t n = strlen(hosts[h]);

		if (strncmp(text, hosts[h], n) == 0 && text[n] == ':') {
			*host = h;
			return text + n + 1;
		}
	}
	return text;
}

/* "after": NULL where there is one file only. */
static int read_files(struct kernel_nstat *one, const char *first,
		      const char *after, struct error *err)
{
	int rc = nstat_read(&one->first, first, err);

	if (rc == 0 && after) {
		rc = nstat_read(&one->after, after, err);
		one->has_after = rc == 0;
	}
	return rc;
}

/* One file, or two with a comma between, unless that is part of a name. */
static int read_named(struct kernel_nstat *one, const char *names,
		      struct error *err)
{
	const char *comma = access(names, F_OK) ? strchr(names, ',') : NULL;
	char *first = comma ? mem_strndup(names, (size_t)(comma - names))
			    : mem_strdup(names);
	int rc = read_files(one, first, comma ? comma + 1 : NULL, err);

	free(first);
	return rc;
}

bool kernel_nstats_take(struct kernel_nstats *s, struct cli *cli,
			const char *text)
{
	struct kernel_nstat *one = &s->list[s->n];
	struct error err = ERROR_INIT;
	const char *names = NULL;

	if (s->n == 2)
		return cli_stop(cli,
				cli_usage(cli, "more than two --nstat given: "
					       "use it once for each host"));
	names = take_host(text, &one->host);
	s->n++;
	if (read_named(one, names, &err) < 0)
		return cli_stop(cli, cli_error(err.kind, &err));
	return true;
}

bool kernel_nstats_take_recorded(struct kernel_nstats *s, struct cli *cli)
{
	char *before = recording_file(cli, 0, RECORDING_NSTAT_BEFORE);
	char *after = recording_file(cli, 0, RECORDING_NSTAT_AFTER);
	struct error err = ERROR_INIT;
	bool good = true;

	if (!s->n && before && after) {
		s->list[s->n].host = -1;
		if (read_files(&s->list[s->n++], before, after, &err) < 0)
			good = cli_stop(cli, cli_error(err.kind, &err));
	}
	free(before);
	free(after);
	return good;
}

int kernel_nstats_settle(struct kernel_nstats *s, enum vantage vantage,
			 struct error *err)
{
	const int taken_at = vantage == VANTAGE_CLIENT	 ? 0
			     : vantage == VANTAGE_SERVER ? 1
							 : -1;

	for (size_t i = 0; i < s->n; i++) {
		struct kernel_nstat *one = &s->list[i];
		const int host = one->host < 0 ? taken_at : one->host;

		if (host < 0)
			return error_set(
				err, EXIT_USAGE,
				"the capture does not show which host these "
				"counters are from: use --captured-at, --nstat "
				"client:FILE or --nstat server:FILE");
		if (s->host[host])
			return error_set(err, EXIT_USAGE,
					 "both --nstat are from the %s: give "
					 "them as client:FILE and server:FILE",
					 hosts[host]);
		one->counters = (struct kernel_counters){
			.before = one->has_after ? &one->first : NULL,
			.after = one->has_after ? &one->after : &one->first,
			.host = host,
			.at_host = host == taken_at
		};
		s->host[host] = &one->counters;
	}
	return 0;
}

void kernel_nstats_release(struct kernel_nstats *s)
{
	for (size_t i = 0; i < s->n; i++) {
		nstat_release(&s->list[i].first);
		nstat_release(&s->list[i].after);
	}
	*s = (struct kernel_nstats){ .n = 0 };
}
