/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plot "cwnd" from files written by a path manager. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/plural.h"
#include "base/sort.h"
#include "plot/plot.h"

/* Known keys, as in struct tcp_info of Linux; others are drawn unchanged. */
static const struct info_key {
	const char *name;
	const char *title; /* of the plot */
	const char *axis;
	enum chart_unit unit;
	double factor;
	double unknown; /* the kernel's value for unknown */
} fields[] = {
	{ "snd_cwnd", "Congestion windows", "Congestion window (segments)",
	  CHART_COUNT, 1, NAN },
	{ "snd_ssthresh", "Slow start thresholds",
	  "Slow start threshold (segments)", CHART_COUNT, 1, 2147483647 },
	{ "delivery_rate", "Delivery rates", "Delivery rate", CHART_BITRATE, 8,
	  0 },
	{ "pacing", "Pacing rates", "Pacing rate", CHART_BITRATE, 8, 0 },
	{ "rtt_us", "Round trip times", "Round-trip time", CHART_MILLISECONDS,
	  1e-3, 0 },
	{ "min_rtt", "Least round-trip times", "Least round-trip time",
	  CHART_MILLISECONDS, 1e-3, 0 },
	{ "rttvar", "Variation of round-trip times", "Variation",
	  CHART_MILLISECONDS, 1e-3, 0 },
	{ "rto_us", "Retransmission timeouts", "Retransmission timeout",
	  CHART_MILLISECONDS, 1e-3, 0 },
};

enum {
	WINDOW = 0,
	DELIVERY_RATE = 2
};

static struct info_key field_of(const char *name)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (strcmp(fields[i].name, name) == 0)
			return fields[i];
	return (struct info_key){ name, name, name, CHART_COUNT, 1, NAN };
}

static struct chart_series *find_series(struct chart *c, const char *name)
{
	struct chart_series *s = NULL;

	for (size_t i = 0; i < c->n_series; i++)
		if (c->series[i]->name && !strcmp(c->series[i]->name, name))
			return c->series[i];
	s = chart_add_series(c, CHART_LINE, name);
	s->marker = CHART_DOT;
	s->colour = (int)c->n_series - 1;
	return s;
}

static int bad(const char *path, const char *what, struct error *err)
{
	return error_set(err, EXIT_INPUT, "cannot read '%s': %s", path, what);
}

static int take_subflow(const json_t *subflow, double x,
			const struct info_key *field, struct chart *c)
{
	const char *from = NULL, *to = NULL;
	int from_port = 0, to_port = 0;
	const json_t *value = json_object_get(subflow, field->name);
	double number = json_number_value(value);
	char *name = NULL;

	if (json_unpack((json_t *)subflow, "{s:s,s:s,s:i,s:i}", "srcIp", &from,
			"dstIp", &to, "srcPort", &from_port, "dstPort",
			&to_port) < 0)
		return -1;
	name = mem_printf("%s:%d > %s:%d", from, from_port, to, to_port);
	chart_add_point(find_series(c, name), x,
			json_is_number(value) && number != field->unknown
				? number * field->factor
				: NAN);
	free(name);
	return 0;
}

static int take_file(const char *path, const struct info_key *field,
		     struct chart *c, struct error *err)
{
	json_error_t why;
	json_t *root = json_load_file(path, 0, &why);
	const json_t *list = json_object_get(root, "subflows");
	const json_t *delay = json_object_get(root, "delay");
	int rc = 0;

	if (!root && json_error_code(&why) == json_error_cannot_open_file)
		rc = bad(path, why.text, err);
	else if (!root)
		rc = error_set(err, EXIT_INPUT,
			       "'%s' is not a file of mptcp-pm: to draw the "
			       "congestion windows of a capture, use --ss FILE "
			       "with what ss -tinM printed (if it is one of "
			       "mptcp-pm, it is damaged: %s)",
			       path, why.text);
	else if (!json_is_array(list) || !json_is_number(delay))
		rc = bad(path, "it has no 'subflows' and 'delay'", err);
	for (size_t i = 0; rc == 0 && i < json_array_size(list); i++)
		if (take_subflow(json_array_get(list, i),
				 json_number_value(delay) / 1e3, field, c) < 0)
			rc = bad(path, "a subflow has no addresses and ports",
				 err);
	json_decref(root);
	return rc;
}

static int by_x(const void *x, const void *y)
{
	const struct chart_point *a = x, *b = y;

	return COMPARE(a->x, b->x);
}

static int take_files(char *const *paths, size_t n,
		      const struct info_key *field, struct chart *c,
		      struct error *err)
{
	for (size_t i = 0; i < n; i++)
		if (take_file(paths[i], field, c, err) < 0)
			return -1;
	for (size_t i = 0; i < c->n_series; i++)
		SORT(c->series[i]->points, c->series[i]->n, by_x);
	c->x.unit = CHART_SECONDS;
	c->y.unit = field->unit;
	c->y.from = 0;
	chart_set_text(&c->x.title, "Time");
	chart_set_text(&c->y.title, "%s", field->axis);
	return 0;
}

/* From the first to the last time in either chart. */
static void share_time(struct chart *a, struct chart *b)
{
	double from = INFINITY, to = -INFINITY;

	for (int i = 0; i < 2; i++) {
		const struct chart *c = i ? b : a;

		for (size_t k = 0; k < c->n_series; k++)
			for (size_t n = 0; n < c->series[k]->n; n++) {
				from = fmin(from, c->series[k]->points[n].x);
				to = fmax(to, c->series[k]->points[n].x);
			}
	}
	if (from < to) {
		a->x.from = b->x.from = from;
		a->x.to = b->x.to = to;
	}
}

int plot_files(char *const *paths, size_t n, const char *name, struct chart *c,
	       struct error *err)
{
	struct info_key field = name ? field_of(name) : fields[WINDOW];

	if (take_files(paths, n, &field, c, err) < 0)
		return -1;
	if (!name && take_files(paths, n, &fields[DELIVERY_RATE],
				chart_add_below(c), err) < 0)
		return -1;
	if (!chart_has_data(c) && !(c->below && chart_has_data(c->below)))
		return error_set(err, EXIT_INPUT,
				 "nothing to draw: no subflow has a value '%s'",
				 field.name);
	if (c->below)
		share_time(c, c->below);
	/* the chart below has the same names */
	c->no_legend = c->below != NULL;
	chart_set_text(&c->title, "%s%s", field.title,
		       name ? "" : " and delivery rates");
	chart_set_text(&c->subtitle, "%zu file%s of a path manager", n,
		       plural(n));
	return 0;
}
