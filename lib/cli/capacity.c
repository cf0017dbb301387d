/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/capacity.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "cli/load.h"

#define LEAST 1.0
#define UNIT 1000 /* bit/s: less is no path, but a unit was left out */
#define MOST 1e15 /* bit/s */

/* "1.5M" */
static int parse_rate(const char *text, size_t n, uint64_t *bps)
{
	static const char units[] = "kMG";
	const char *unit = n ? strchr(units, text[n - 1]) : NULL;
	char number[32];
	double value = 0, factor = 1;

	for (const char *u = units; unit && u <= unit; u++)
		factor *= 1000;
	n -= unit != NULL;
	if (n >= sizeof(number))
		return -1;
	memcpy(number, text, n);
	number[n] = '\0';
	if (num_real(number, 0, MOST, &value) < 0 || value * factor < LEAST ||
	    value * factor > MOST)
		return -1;
	*bps = (uint64_t)(value * factor + 0.5);
	return 0;
}

/* "tcp1=10M" */
static int parse_item(const char *text, size_t n, struct capacity *out)
{
	const char *equals = memchr(text, '=', n);
	size_t name = 0;

	if (!equals || n < 3 || memcmp(text, "tcp", 3) != 0)
		return -1;
	name = (size_t)(equals - text);
	if (name < 3 || num_u32(text + 3, name - 3, &out->tcp_stream) < 0)
		return -1;
	return parse_rate(equals + 1, n - name - 1, &out->bps);
}

static bool has_stream(const struct capacities *c, uint32_t tcp_stream)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->items[i].tcp_stream == tcp_stream)
			return true;
	return false;
}

static int add(struct capacities *c, const char *text, struct error *err)
{
	for (const char *at = text; at; at = strchr(at, ',')) {
		struct capacity one = { .bps = 0 };

		at += at > text; /* the comma */
		if (parse_item(at, strcspn(at, ","), &one) < 0)
			return error_set(err, EXIT_USAGE,
					 "invalid value '%.*s' for --capacity: "
					 "give tcpN=RATE in bit/s with k, M or "
					 "G, as tcp0=30M,tcp1=10M",
					 (int)strcspn(at, ","), at);
		if (one.bps < UNIT)
			return error_set(err, EXIT_USAGE,
					 "'%.*s' for --capacity is %" PRIu64
					 " bit/s: give a unit, as tcp%" PRIu32
					 "=%" PRIu64 "M",
					 (int)strcspn(at, ","), at, one.bps,
					 one.tcp_stream, one.bps);
		if (has_stream(c, one.tcp_stream))
			return error_set(err, EXIT_USAGE,
					 "tcp%" PRIu32
					 " has two capacities: give one",
					 one.tcp_stream);
		*MEM_PUSH(c->items, c->n, c->cap) = one;
	}
	return 0;
}

bool capacities_take(struct capacities *c, struct cli *cli)
{
	struct error err = ERROR_INIT;

	if (add(c, optarg, &err) < 0)
		return cli_stop(cli, cli_usage(cli, "%s", err.text));
	return true;
}

const char *capacities_conflict(const struct capacities *c,
				const struct cli *cli)
{
	struct session_operand what[2];

	if (c->n && load_operands(cli, optind, what) > 1)
		return "--capacity is for the subflows of one capture: give "
		       "only one capture";
	return NULL;
}

int capacities_set(struct capacities *c, struct trace *t, struct error *err)
{
	if (!c->n)
		return 0;
	free(c->of[0]);
	c->of[0] = mem_calloc(t->n_streams + 1, sizeof(*c->of[0]));
	for (size_t i = 0; i < c->n; i++) {
		const struct stream *s =
			trace_find_stream(t, c->items[i].tcp_stream);

		if (!s || s->connection < 0)
			return error_set(
				err, EXIT_INPUT,
				"'%s': tcp%" PRIu32
				" is not a subflow; mptcp-ls -s lists subflows",
				t->info.path, c->items[i].tcp_stream);
		c->of[0][s - t->streams] = c->items[i].bps;
	}
	t->capacity = c->of[0];
	return 0;
}

void capacities_share(struct capacities *c, const struct pairing *p,
		      struct trace *second)
{
	if (!c->n)
		return;
	c->of[1] = mem_calloc(second->n_streams + 1, sizeof(*c->of[1]));
	for (size_t i = 0; i < p->n_streams; i++) {
		const struct stream *const *s = p->streams[i].stream;

		c->of[1][s[1] - second->streams] =
			c->of[0][s[0] - p->trace[0]->streams];
	}
	second->capacity = c->of[1];
}

void capacities_release(struct capacities *c)
{
	free(c->items);
	free(c->of[0]);
	free(c->of[1]);
	*c = (struct capacities){ .n = 0 };
}
