/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a path manager wrote down: cwnd. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "plot/plot.h"

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

static int take_subflow(const json_t *subflow, double x, const char *field,
			struct chart *c)
{
	const char *from = NULL, *to = NULL;
	int from_port = 0, to_port = 0;
	const json_t *value = json_object_get(subflow, field);
	char *name = NULL;

	if (json_unpack((json_t *)subflow, "{s:s,s:s,s:i,s:i}", "srcIp", &from,
			"dstIp", &to, "srcPort", &from_port, "dstPort",
			&to_port) < 0)
		return -1;
	name = mem_printf("%s:%d > %s:%d", from, from_port, to, to_port);
	chart_add_point(find_series(c, name), x,
			json_is_number(value) ? json_number_value(value) : NAN);
	free(name);
	return 0;
}

static int take_file(const char *path, const char *field, struct chart *c,
		     struct error *err)
{
	json_error_t why;
	json_t *root = json_load_file(path, 0, &why);
	const json_t *list = json_object_get(root, "subflows");
	const json_t *delay = json_object_get(root, "delay");
	int rc = 0;

	if (!root)
		rc = bad(path, why.text, err);
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

	return a->x < b->x ? -1 : a->x > b->x;
}

int plot_files(char *const *paths, size_t n, const char *field, struct chart *c,
	       struct error *err)
{
	int is_window = !field || strcmp(field, "snd_cwnd") == 0;

	for (size_t i = 0; i < n; i++)
		if (take_file(paths[i], field ? field : "snd_cwnd", c, err) < 0)
			return -1;
	for (size_t i = 0; i < c->n_series; i++)
		qsort(c->series[i]->points, c->series[i]->n,
		      sizeof(*c->series[i]->points), by_x);
	if (!chart_has_data(c))
		return error_set(err, EXIT_INPUT,
				 "nothing to draw: no subflow has '%s'",
				 field ? field : "snd_cwnd");
	c->x.unit = CHART_SECONDS;
	c->y.from = 0;
	chart_set_text(&c->x.title, "Time");
	chart_set_text(&c->title, "%s",
		       is_window ? "Congestion windows" : field);
	chart_set_text(&c->y.title, "%s",
		       is_window ? "Congestion window (segments)" : field);
	chart_set_text(&c->subtitle, "%zu files of a path manager", n);
	return 0;
}
