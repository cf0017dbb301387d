/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/kernel_nstat.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/recording.h"

/* "client:", "server:" and "both:" before the names; returns what is behind. */
static const char *take_host(const char *text, int *host)
{
	*host = -1;
	for (int h = 0; h <= HOST_BOTH; h++) {
		const char *name = kernel_host_name(h);
		const size_t n = strlen(name);

		if (strncmp(text, name, n) == 0 && text[n] == ':') {
			*host = h;
			return text + n + 1;
		}
	}
	return text;
}

static int check_order(const struct kernel_nstat *one, const char *first,
		       const char *after, struct error *err)
{
	const char *name = nstat_decrease(&one->first, &one->after);

	if (!name)
		return 0;
	return error_set(err, EXIT_INPUT,
			 "%s is lower in '%s' than in '%s': give the earlier "
			 "file first; if that is the earlier one, the host was "
			 "restarted in between",
			 name, after, first);
}

/* "after": NULL where there is one file only. */
static int read_files(struct kernel_nstat *one, const char *first,
		      const char *after, struct error *err)
{
	int rc = nstat_read(&one->first, first, err);

	if (rc == 0 && after) {
		rc = nstat_read(&one->after, after, err);
		one->has_after = rc == 0;
		rc = rc == 0 ? check_order(one, first, after, err) : rc;
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

/* Whose counters they are; -1: unknown. */
static int find_host(const struct kernel_nstat *one, int taken_at)
{
	if (taken_at == HOST_BOTH)
		return HOST_BOTH; /* whatever end was named */
	return one->host < 0 ? taken_at : one->host;
}

static int settle(struct kernel_nstats *s, struct kernel_nstat *one,
		  int taken_at, struct error *err)
{
	const int host = find_host(one, taken_at);

	if (host < 0)
		return error_set(
			err, EXIT_USAGE,
			"the capture does not show which host these counters "
			"are from: use --captured-at, --nstat client:FILE or "
			"--nstat server:FILE, or both:FILE if both ends are on "
			"that host");
	if (s->n > 1 && host == HOST_BOTH)
		return error_set(err, EXIT_USAGE,
				 "the counters of a host that is both ends are "
				 "those of both: use --nstat once");
	if (s->host[host])
		return error_set(err, EXIT_USAGE,
				 "both --nstat are from the %s: give them as "
				 "client:FILE and server:FILE",
				 kernel_host_name(host));
	one->counters = (struct kernel_counters){
		.before = one->has_after ? &one->first : NULL,
		.after = one->has_after ? &one->after : &one->first,
		.host = host,
		.at_host = host == taken_at || host == HOST_BOTH
	};
	s->host[host] = &one->counters;
	return 0;
}

void nstat_place_add(struct nstat_place *place, const struct trace *trace,
		     const struct connection *conn)
{
	place->n++;
	place->at_home += vantage_is_one_host(trace, conn);
	if (place->vantage == VANTAGE_UNKNOWN)
		place->vantage = vantage_of(trace, conn);
}

static int find_place(const struct nstat_place *place)
{
	if (place->at_home)
		return HOST_BOTH;
	switch (place->vantage) {
	case VANTAGE_CLIENT: return 0;
	case VANTAGE_SERVER: return 1;
	case VANTAGE_UNKNOWN:
	case VANTAGE_MIDDLE: break;
	}
	return -1;
}

int kernel_nstats_settle(struct kernel_nstats *s,
			 const struct nstat_place *place, struct error *err)
{
	if (s->n && place->at_home && place->at_home < place->n)
		return error_set(err, EXIT_USAGE,
				 "both ends of some connections are on one "
				 "host, whose counters are those of both: use "
				 "-c for these, or for the others");
	for (size_t i = 0; i < s->n; i++)
		if (settle(s, &s->list[i], find_place(place), err) < 0)
			return -1;
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
