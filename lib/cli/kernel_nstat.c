/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/kernel_nstat.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

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

/* One file, or two with a comma between, unless that is part of a name. */
static int read_files(struct kernel_nstat *one, const char *names,
		      struct error *err)
{
	const char *comma = access(names, F_OK) ? strchr(names, ',') : NULL;
	char *first = comma ? mem_strndup(names, (size_t)(comma - names))
			    : mem_strdup(names);
	int rc = nstat_read(&one->first, first, err);

	free(first);
	if (rc == 0 && comma) {
		rc = nstat_read(&one->after, comma + 1, err);
		one->has_after = rc == 0;
	}
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
				cli_usage(cli, "--nstat is given once for "
					       "each host, at most twice"));
	names = take_host(text, &one->host);
	s->n++;
	if (read_files(one, names, &err) < 0)
		return cli_stop(cli, cli_error(err.kind, &err));
	return true;
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
			return error_set(err, EXIT_USAGE,
					 "the capture does not tell whose "
					 "counters these are: say --nstat "
					 "client:FILE or server:FILE");
		if (s->host[host])
			return error_set(err, EXIT_USAGE,
					 "both --nstat are of the %s: say "
					 "client: and server: before the names",
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
