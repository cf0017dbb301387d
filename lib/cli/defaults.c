/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/defaults.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/shared_options.h"

/* The names of all commands, separated by blanks. */
static const char commands[] = MPTCPTOOLS_COMMANDS;

/*
 * Options for the command line only: they concern the captures at hand, do not
 * fit every use of a command, or request something else than its normal work.
 */
static const char *const never[] = {
	"at",
	"by",
	"capacity",
	"capture-filter",
	"client",
	"connection",
	"context",
	"display",
	"each",
	"field",
	"filter",
	"follow",
	"from",
	"help",
	"interface",
	"label",
	"level",
	"list",
	"list-causes",
	"list-columns",
	"list-interfaces",
	"log",
	"max-size",
	"monitor",
	"nstat",
	"offset",
	"older-than",
	"overlay",
	"raw",
	"rest",
	"skew",
	"snaplen",
	"sort",
	"ss",
	"stacked",
	"tcp-stream",
	"to",
	"version",
	"window",
	"with",
	"write",
	"ymax",
	NULL,
};

/* Environment variables with the same meaning as an option. */
static const struct {
	const char *option, *variable;
} variables[] = {
	{ "reader", "MPTCP_READER" },
	{ "tshark", "MPTCP_TSHARK" },
};

static bool is_among(const char *const *names, const char *name)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names;
}

static bool is_command(const char *name)
{
	const size_t n = strchr(name, ' ') ? 0 : strlen(name);

	for (const char *at = commands; n && (at = strstr(at, name)); at += n)
		if ((at == commands || at[-1] == ' ') &&
		    (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

/* The option with this name, unless it is an old name. */
static const struct opt_spec *find(const struct cli_command *c,
				   const char *name)
{
	const struct opt_spec *tables[SHARED_GROUPS];

	shared_options_of(c, tables);
	for (size_t g = 0; g < SHARED_GROUPS; g++)
		for (const struct opt_spec *s = tables[g]; s && s->letter; s++)
			if (s->help && s->name && strcmp(s->name, name) == 0 &&
			    !cli_is_replaced(c, tables[g], s))
				return s;
	return NULL;
}

/*
 * Whether it may be before the first section.  Columns differ between
 * commands.
 */
static bool is_shared(const char *name)
{
	static const struct cli_command any = { .groups = ~0U };

	return strcmp(name, "output") != 0 && find(&any, name);
}

static const char *variable_of(const char *option)
{
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		if (strcmp(variables[i].option, option) == 0) {
			const char *value = getenv(variables[i].variable);

			return value && *value ? variables[i].variable : NULL;
		}
	return NULL;
}

static bool is_said(const struct defaults *d, int letter)
{
	for (size_t i = 0; i < d->n_said; i++)
		if (d->said[i] == letter)
			return true;
	return false;
}

static bool is_help(int letter, const char *argument)
{
	return letter == 'h' || letter == 'V' ||
	       (letter == SHARED_COMPLETION &&
		strcmp(argument, "options") == 0);
}

/*
 * Determine which options are on the command line.  False: only help is
 * requested.
 */
static bool look_at(struct cli *cli)
{
	struct defaults *d = &cli->defaults;
	bool works = true;
	int c = 0;

	while ((c = getopt_long(cli->argc, cli->argv, cli->shorts, cli->longs,
				NULL)) != -1) {
		works &= !is_help(c, optarg);
		*MEM_PUSH(d->said, d->n_said, d->cap_said) = c;
	}
	optind = 0; /* restart getopt_long() next time */
	return works;
}

static int unknown(const struct config *config, const struct config_line *line,
		   const struct cli_command *command, struct error *err)
{
	if (line->name[0] == '-')
		return config_error(config, line->number, err,
				    "'%s': options are written without dashes "
				    "here",
				    line->name);
	if (line->section)
		return config_error(config, line->number, err,
				    "%s has no option '%s': '%s --help' lists "
				    "the long names",
				    command->name, line->name, command->name);
	return config_error(
		config, line->number, err,
		"'%s' is not a shared option: options of one command stand "
		"below its name in brackets, as [mptcp-plot]",
		line->name);
}

static int check_switch(const struct config *config,
			const struct config_line *line, struct error *err)
{
	if (strcmp(line->value, "yes") == 0 || strcmp(line->value, "no") == 0)
		return 0;
	return config_error(config, line->number, err,
			    "invalid value '%s' for '%s': give yes or no",
			    line->value, line->name);
}

static void take_out(struct defaults *d, size_t i)
{
	d->n--;
	memmove(&d->options[i], &d->options[i + 1],
		(d->n - i) * sizeof(*d->options));
}

/* It replaces the same option before the first section. */
static int add(struct defaults *d, const struct config_line *line,
	       const struct opt_spec *spec, struct error *err)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct config_line *old = d->options[i].line;

		if (d->options[i].spec != spec)
			continue;
		if (!old->section == !line->section)
			return config_error(&d->config, line->number, err,
					    "'%s' is already in line %u: "
					    "remove one of them",
					    line->name, old->number);
		take_out(d, i);
		break;
	}
	*MEM_PUSH(d->options, d->n, d->cap) =
		(struct default_option){ .line = line, .spec = spec };
	return 0;
}

static int take_option(struct defaults *d, const struct config_line *line,
		       const struct cli_command *command, struct error *err)
{
	const struct opt_spec *spec = find(command, line->name);

	if (is_among(never, line->name))
		return config_error(
			&d->config, line->number, err,
			"'%s' cannot be set here: use it on the command line",
			line->name);
	if (!spec && !line->section && is_shared(line->name))
		return 0; /* for other commands */
	if (!spec || (!line->section && !is_shared(line->name)))
		return unknown(&d->config, line, command, err);
	if (!spec->arg && check_switch(&d->config, line, err) < 0)
		return -1;
	return add(d, line, spec, err);
}

static int take_line(struct defaults *d, const struct config_line *line,
		     const struct cli_command *command, struct error *err)
{
	const char *section = line->section;

	if (section && strcmp(section, command->name) != 0) {
		if (is_command(section))
			return 0;
		return config_error(&d->config, line->number, err,
				    "there is no command '%s': mptcptools(7) "
				    "lists them",
				    section);
	}
	return line->name ? take_option(d, line, command, err) : 0;
}

/* Options that are not overridden, and not switched off. */
static void choose(struct defaults *d)
{
	for (size_t i = d->n; i-- > 0;) {
		const struct default_option *o = &d->options[i];

		if (is_said(d, o->spec->letter) || variable_of(o->line->name) ||
		    (!o->spec->arg && strcmp(o->line->value, "no") == 0))
			take_out(d, i);
	}
}

static void add_word(struct strlist *words, const struct default_option *o)
{
	const char *name = o->line->name, *value = o->line->value;
	const char *home = getenv("HOME");

	if (!o->spec->arg)
		strlist_addf(words, "--%s", name);
	else if (*value == '~' && home)
		strlist_addf(words, "--%s=%s%s", name, home, value + 1);
	else
		strlist_addf(words, "--%s=%s", name, value);
}

static void put_in_front(struct cli *cli)
{
	struct defaults *d = &cli->defaults;
	char **new = mem_calloc((size_t)cli->argc + d->n + 1, sizeof(*new));

	for (size_t i = 0; i < d->n; i++)
		add_word(&d->words, &d->options[i]);
	new[0] = cli->argv[0];
	for (size_t i = 0; i < d->n; i++)
		new[1 + i] = d->words.items[i];
	memcpy(new + 1 + d->n, cli->argv + 1,
	       (size_t)cli->argc * sizeof(*new)); /* with the NULL */
	d->argv = new;
	cli->argv = new;
	cli->argc += (int)d->n;
}

int defaults_take(struct cli *cli, struct error *err)
{
	struct defaults *d = &cli->defaults;

	if (!look_at(cli))
		return 0;
	if (config_find(&d->config, err) < 0)
		return -1;
	for (size_t i = 0; i < d->config.n; i++)
		if (take_line(d, &d->config.lines[i], cli->command, err) < 0)
			return -1;
	choose(d);
	if (d->n)
		put_in_front(cli);
	return 0;
}

const struct config_line *defaults_next(struct defaults *d)
{
	return d->taken < d->n ? d->options[d->taken++].line : NULL;
}

char *defaults_origin(const struct cli *cli, const char *name)
{
	const struct defaults *d = &cli->defaults;
	const struct opt_spec *spec = find(cli->command, name);

	if (spec && is_said(d, spec->letter))
		return mem_strdup("command line");
	if (variable_of(name))
		return mem_strdup(variable_of(name));
	for (size_t i = 0; i < d->n; i++)
		if (d->options[i].spec == spec)
			return mem_printf("%s:%u", d->config.path,
					  d->options[i].line->number);
	return NULL;
}

void defaults_release(struct defaults *d)
{
	config_release(&d->config);
	strlist_release(&d->words);
	free(d->options);
	free(d->said);
	free(d->argv);
	*d = (struct defaults){ .n = 0 };
}
